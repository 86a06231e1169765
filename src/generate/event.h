/* event.h - writes one made-up CloudTrail record.
 *
 * Members come in the order of real records ("CloudTrail event record", section 3). Values differ
 * where real ones do: ids, keys, tokens; the rest repeats, as in real trails.
 */
#ifndef GENERATE_EVENT_H
#define GENERATE_EVENT_H

#include "generate/cast.h"

enum { EVENT_BYTES_ROOM = 1 << 15 };

typedef enum { EVENT_MANAGEMENT, EVENT_DATA, EVENT_SIGNIN } EventCategory;

/* One line of call_table.h. */
typedef struct EventCall {
    bool by_machine;
    uint32_t weight;
    const char *service; /* without ".amazonaws.com" */
    const char *name;
    bool read_only;
    EventCategory category;
    const char *request;  /* template; "" is null */
    const char *response; /* template; "" is null */
} EventCall;

/* Where and by whom: what the records of a burst share. */
typedef struct EventScene {
    const Cast *cast;
    const CastAccount *account;
    const char *region;
    const CastPrincipal *principal;
    const EventCall *call;
    const char *error_code; /* NULL: it worked */
    const char *error_message;
    bool tls; /* tlsDetails are written */
} EventScene;

/* A call that a machine or a person makes, drawn by weight. */
const EventCall *event_call(bool by_machine, Random *random);

/* The call of this name, for stories; it must be in the table. */
const EventCall *event_call_named(const char *name);

/* Appends the record's JSON text. *event_id* is 36 characters, or NULL for a new one. */
bool event_write(Buf *out, const EventScene *scene, int64_t time_us, const char *event_id,
                 Random *random, Error *err) __attribute__((warn_unused_result));

/* Appends *pattern* with its placeholders filled (call_table.h). */
bool event_fill(Buf *out, const char *pattern, const EventScene *scene, Random *random, Error *err)
    __attribute__((warn_unused_result));

#endif
