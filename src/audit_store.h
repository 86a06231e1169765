/* audit_store.h - audit reports as files with their seals: when somebody asks, and by themselves
 * each month.
 */
#ifndef AUDIT_STORE_H
#define AUDIT_STORE_H

#include "audit.h"
#include "base/command.h"

enum { AUDIT_STORE_PATH_BYTES = 4096, AUDIT_STORE_BYTES_MAX = 256 << 20 };

/* Appends the report of *month*, such as "2026-10", in the language that report.language names. */
bool audit_store_make(const Config *config, Lake *lake, const char *month, AuditFormat format,
                      Buf *ret, Error *err) __attribute__((warn_unused_result));

/* Where the seal of a document lies: "PATH.seal". ERROR_USAGE when that is too long. */
bool audit_store_seal_path(const char *path, char ret[AUDIT_STORE_PATH_BYTES], Error *err)
    __attribute__((warn_unused_result));

/* Writes *document* and its seal, one that lies there is replaced; a document without a seal does
 * not stay. */
bool audit_store_put(const Lake *lake, const char *path, Str document, Error *err)
    __attribute__((warn_unused_result));

typedef struct AuditStore AuditStore;

/* For reports that are made by themselves (report.folder, report.formats), of the lake that *line*
 * names. ERROR_USAGE when a format is none. NULL with *err*; the caller frees. */
AuditStore *audit_store_open(const CommandLine *line, Error *err)
    __attribute__((warn_unused_result));
void audit_store_free(AuditStore *store);

/* Writes one report of the last month that is missing in the folder, from a day after the month's
 * end on; *ret_more*: another one may be. A ScheduleJob. */
bool audit_store_step(void *store, bool *ret_more, Error *err) __attribute__((warn_unused_result));

#endif
