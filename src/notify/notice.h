/* notice.h - what is told of a finding: what, who, where, when, and the most telling facts; of an
 * alarm: its states, and why it changed; or of several of them at once.
 *
 * findings, watch -> [notice] -> notice_format
 */
#ifndef NOTIFY_NOTICE_H
#define NOTIFY_NOTICE_H

#include "base/arena.h"
#include "base/db.h"
#include "detect/rule.h"
#include "notify/notice_words.h"

enum { NOTICE_FACTS_MAX = 5, NOTICE_KEY_BYTES = 64, NOTICE_TAGS_MAX = 32 };

/* What a fact is about; words for it: notice_words.h. */
typedef enum {
    FACT_PRINCIPALS, /* those of its events, in the order of these, when it has no principal */
    FACT_CALLS,
    FACT_ADDRESSES,
    FACT_REGIONS,
    FACT_ERRORS,
} NoticeFactKind;

typedef struct NoticeFact {
    NoticeFactKind kind;
    Str text; /* "StopLogging (2), DeleteTrail", the most frequent first */
} NoticeFact;

typedef struct Notice {
    char key[NOTICE_KEY_BYTES]; /* the same however often it is sent: "finding/ID" */
    Str id, title, level_name, rule_id, account, principal, description;
    RuleLevel level;
    bool reopened;    /* it was resolved, and went on */
    bool provisional; /* more events of its time may come, until settles_us */
    bool suppressed;  /* nobody wants to hear of it */
    int64_t settles_us;
    int64_t first_us, last_us, count;
    NoticeFact facts[NOTICE_FACTS_MAX];
    int fact_count;
    Str tags[NOTICE_TAGS_MAX]; /* of the rule */
    int tag_count;
    Str link; /* empty: none */
    /* Of an alarm; of a finding they are empty. */
    Str alarm, old_state, new_state, reason, reason_data;
    /* Of a group: what it is of; 0: it is none. */
    const struct Notice *members;
    int member_count;
} Notice;

/* Who did it: the principal, else the principals of its events; empty: that is not known. */
Str notice_who(const Notice *notice);

/* What kind of notice it is: "finding", "reopened", "alarm", "group". */
const char *notice_kind(const Notice *notice);

/* The notice of the finding *id*, its texts in *arena*. *link* is what its id stands behind; empty:
 * no link. False with *err* when there is no such finding. */
bool notice_of_finding(Db *db, Str id, Str link, Arena *arena, Notice *ret, Error *err)
    __attribute__((warn_unused_result));

/* The notice of a change of an alarm's state, the row *id* of the table alarm_history, its texts in
 * *arena*. ERROR_USAGE when there is no such row. */
bool notice_of_alarm(Db *db, Str id, Arena *arena, Notice *ret, Error *err)
    __attribute__((warn_unused_result));

/* Several notices, more than one; *number*: that of the notice that stands for all, of which the
 * key is made. */
typedef struct NoticeGroup {
    Notice *members;
    int count;
    int64_t number;
} NoticeGroup;

/* One notice of all of a group, as grave as its gravest. The members are borrowed, and sorted. */
bool notice_of_group(const NoticeGroup *group, NoticeLanguage language, Arena *arena, Notice *ret,
                     Error *err) __attribute__((warn_unused_result));

#endif
