/* profile_abused.h - calls that attackers often make: the tables profile_abused_*_table.h as
 * constant data.
 */
#ifndef PROFILE_PROFILE_ABUSED_H
#define PROFILE_PROFILE_ABUSED_H

#include <stddef.h>

#include "base/buf.h"

typedef struct ProfileAbused {
    const char *service; /* eventSource */
    const char *call;    /* eventName */
    const char *tactic;
} ProfileAbused;

/* All of them; *ret_count is how many. */
const ProfileAbused *profile_abused(size_t *ret_count);

/* Appends "abused (abused_source, abused_name, abused_tactic) AS (VALUES ...)", a table for WITH.
 */
bool profile_abused_put(Buf *sql, Error *err) __attribute__((warn_unused_result));

#endif
