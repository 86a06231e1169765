/* lineage_event.h - an event as lineage reads it: who called, from where, and what was handed out.
 *
 * session -> lineage_read -> [lineage_event] -> lineage_origin, lineage_back
 *
 * Texts are the attackers' as much as ours: they are compared here and escaped where they are shown
 * (lineage_put.h). All of it lives in the arena of the reader. Threads: any.
 */
#ifndef LINEAGE_EVENT_H
#define LINEAGE_EVENT_H

#include "base/arena.h"
#include "base/str.h"

/* Texts of an event; an absent one is empty. */
typedef enum {
#define LINEAGE(name, sql, json) LINEAGE_##name,
#include "lineage/lineage_event_table.h"
#undef LINEAGE
    LINEAGE_TEXTS
} LineageText;

typedef struct LineageEvent {
    int64_t time_us;
    Str text[LINEAGE_TEXTS];
} LineageEvent;

/* Events in the order of time. */
typedef struct LineageEvents {
    LineageEvent *items;
    size_t count;
    bool more; /* than were asked for */
} LineageEvents;

/* What a text of an event is called in SQL, and in JSON ("": it is not shown). */
extern const char *const LINEAGE_EVENT_SQL[LINEAGE_TEXTS];
extern const char *const LINEAGE_EVENT_JSON[LINEAGE_TEXTS];

/* A text below a free-form member of the event ("credentials.accessKeyId" of LINEAGE_RESPONSE);
 * empty where there is none or the member is no JSON. */
Str lineage_event_member(const LineageEvent *event, LineageText of, const char *path, Arena *arena);

/* The call worked. A sign-in says so in its answer ("cloudtrail-record", 6). */
bool lineage_event_worked(const LineageEvent *event);

/* The name of a role's session: behind the last '/' of an assumed role's ARN, else behind the ':'
 * of its principalId. Empty for others. */
Str lineage_event_session_name(const LineageEvent *event);

/* The key is of credentials that end by themselves. */
bool lineage_event_key_is_temporary(Str key);

/* The ARN of the session that the event opened: assumedRoleUser or federatedUser of the answer,
 * else made of the request. Empty when it says nothing of one. */
Str lineage_event_opened(const LineageEvent *event, Arena *arena);

/* *text* has the shape of an instance's id: "i-" and 8 to 17 small hexadecimal digits. */
bool lineage_event_is_instance(Str text);

/* Which text differs between two records of one event first; LINEAGE_TEXTS: none. */
LineageText lineage_event_difference(const LineageEvent *a, const LineageEvent *b);

#endif
