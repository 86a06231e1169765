/* carried.h - which fields some event of a lake carries.
 *
 * What has a column is told by the counts that the state keeps of every file, without opening one;
 * what stands in free-form JSON is looked for in the events themselves, once for all fields
 * together. Paths are those of rules: exact names of the record, cut at dots in any way, arrays
 * gone through ("sigma", section 13). One thread owns a Carried.
 */
#ifndef QUERY_CARRIED_H
#define QUERY_CARRIED_H

#include "base/config.h"
#include "lake/lake.h"

typedef struct Carried Carried;

typedef struct CarriedReport {
    uint64_t events; /* in the lake */
    uint64_t looked; /* of them, as far as the time allowed: what was not found may be in others */
} CarriedReport;

/* No field yet. NULL with *err*. */
Carried *carried_new(Error *err) __attribute__((warn_unused_result));
void carried_free(Carried *carried);

/* Adds a field to look for; *path* is copied. */
bool carried_add(Carried *carried, Str path, Error *err) __attribute__((warn_unused_result));

/* Looks for all fields in the live events of *lake*, for about *time_us* at most. */
bool carried_look(Carried *carried, Lake *lake, const Config *config, int64_t time_us,
                  CarriedReport *ret, Error *err) __attribute__((warn_unused_result));

/* Whether an event was seen that carries *path*, even as null, which was added before. */
bool carried_has(const Carried *carried, Str path);

#endif
