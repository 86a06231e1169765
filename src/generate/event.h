/* event.h - writes one made-up CloudTrail record.
 *
 * Members come in the order of real records ("CloudTrail event record", section 3); a record is a
 * few templates (fill.h), chosen by what the call is and who makes it.
 */
#ifndef GENERATE_EVENT_H
#define GENERATE_EVENT_H

#include "generate/fill.h"

enum { EVENT_LARGE_MAX = 250 << 10 };

/* Records that lie in files of their own, under a folder of their own. */
typedef enum { EVENT_INSIGHT, EVENT_NETWORK, EVENT_AGGREGATED, EVENT_SPECIALS } EventSpecial;

/* Where, when and by whom: what the records of a burst share. */
typedef struct EventScene {
    const CastAccount *account;
    const char *region;
    const CastPrincipal *principal;
    const Call *call;
    const char *error_code;    /* NULL: it worked */
    const char *error_message; /* template */
    size_t large_bytes;        /* another call, of about so many bytes; 0: *call* */
    FillClock clock;
    uint32_t
        held[FILL_HELD]; /* what the burst is about (fill_hold); zeros: nothing in particular */
} EventScene;

/* Appends the record's JSON text. *event_id* is 36 characters, or NULL for a new one. */
bool event_write(Buf *out, const EventScene *scene, const char *event_id, Random *random,
                 Error *err) __attribute__((warn_unused_result));

/* Appends a record of a special category; those of *number* 2n and 2n + 1 belong together. Only
 * account, region, principal and clock of *scene* count. */
bool event_write_special(Buf *out, const EventScene *scene, EventSpecial special, uint64_t number,
                         Random *random, Error *err) __attribute__((warn_unused_result));

/* How AWS names the folder and the files of a special category: "CloudTrail-Insight". */
const char *event_special_tag(EventSpecial special);

/* Sets how the scene's call ends: mostly well, *per_mille* of 1,000 times with
 * an error that its service gives. */
void event_draw_outcome(EventScene *scene, uint32_t per_mille, Random *random);

#endif
