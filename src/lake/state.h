/* state.h - the state database: its tables, their versions, and what is kept beside them.
 *
 * The state is the truth: a file or a run that it does not name does not exist. The tables are
 * described in docs/formats/state.md. `user_version` is the schema's version; an older state is
 * migrated in one transaction after a backup copy, a newer one is refused by name.
 */
#ifndef LAKE_STATE_H
#define LAKE_STATE_H

#include "base/db.h"

/* The version that this program writes. */
enum { STATE_VERSION = 16 };

/* Opens (and under DB_CREATE makes) the state at *path*, migrating it when it is older and *mode*
 * allows writing. ERROR_ACCESS when a read-only caller meets an older state, ERROR_INPUT when it
 * is newer or no state of ours. */
Db *state_open(const char *path, DbMode mode, Error *err) __attribute__((warn_unused_result));

/* SQL that fills in account, region and delivered_us of the receipts where they are NULL, out of
 * the names of logs, as receipt_insert does (collect/object_name.h). */
extern const char STATE_NAME_RECEIPTS[];

/* A named value of the lake ("lake_uuid", "secret"): bytes as they were set, exactly *len* of them,
 * copied to *ret*. False with ERROR_INPUT when it is missing or has another length. */
bool state_get(Db *db, Str name, void *ret, size_t len, Error *err)
    __attribute__((warn_unused_result));

/* Sets a named value. */
bool state_set(Db *db, Str name, Str value, Error *err) __attribute__((warn_unused_result));

#endif
