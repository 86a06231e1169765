/* profile_statement.h - the statement that says what one entity did.
 *
 * profile_entity -> [profile_statement] -> query/worker -> profile_screen. Its rows are (part,
 * value, detail, events, denied, failed, first_seen, last_seen, of): first those of "calls", all
 * calls of the entity, then the lists of profile_part_table.h, of each the most frequent values and
 * in `of` how many there are. Of findings `events` is how many findings, `detail` their level, the
 * gravest first. No rows: nothing has to do with the entity. Threads: any; nothing is kept.
 */
#ifndef PROFILE_PROFILE_STATEMENT_H
#define PROFILE_PROFILE_STATEMENT_H

#include "profile/profile_entity.h"

enum { PROFILE_STATEMENT_BYTES = 4 << 20 };

typedef enum {
#define PART(id, word, heading, condition, value, detail) PROFILE_PART_##id,
#include "profile/profile_part_table.h"
#undef PART
    PROFILE_PARTS
} ProfilePart;

/* What a summary asks: of one entity, whose value is not empty. */
typedef struct ProfileAsk {
    const ProfileEntity *entity;
    int64_t since_us, until_us; /* of findings; INT64_MIN, INT64_MAX: open */
    unsigned max;               /* rows of each list */
} ProfileAsk;

/* Appends it. */
bool profile_statement_write(const ProfileAsk *ask, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* Appends "TIMESTAMP '...'", rounded down to the second. */
bool profile_statement_put_moment(int64_t time_us, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

#endif
