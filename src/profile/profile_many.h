/* profile_many.h - the statement that compares all entities of a kind: a row of counts for each.
 *
 * profile_entity -> [profile_many] -> query/worker. Where the table `summary` has what names the
 * entities, its hourly counts are asked, and records only of hours that the time cuts: the same
 * numbers, many times faster. Only the addresses of the rows that are shown are asked of records.
 * Threads: any; nothing is kept.
 */
#ifndef PROFILE_PROFILE_MANY_H
#define PROFILE_PROFILE_MANY_H

#include "profile/profile_entity.h"

/* The words of --sort, "calls|denied|abused|last". */
#define PROFILE_MANY_SORTS "calls|denied|abused|last"

typedef struct ProfileMany {
    const ProfileEntity *by;    /* with an empty value */
    int64_t since_us, until_us; /* what the worker sees; INT64_MIN, INT64_MAX: open */
    const char *sort;           /* one of PROFILE_MANY_SORTS; most, or the latest, first */
    uint64_t limit;             /* 0: all */
} ProfileMany;

/* Rows (NAME, first, last, calls, denied, abused, addresses, regions), NAME being the kind's word;
 * of addresses principals instead of addresses. Records without a name count nowhere. */
bool profile_many_write(const ProfileMany *many, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

#endif
