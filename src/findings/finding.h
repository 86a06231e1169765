/* finding.h - findings: what a person should see of the signals, kept in the state.
 *
 * lake (signals of a commit) -> [finding] -> findings list|show, SQL
 *
 * Signals of one rule for one account and principal belong to one finding while less than
 * FINDING_GAP_US lies between each and the next: an episode. Its id is a hash of rule, group and
 * the event that opened it (architecture, D1); it stays when later or late signals widen the
 * episode. A late signal that joins two episodes makes the earlier opened one take the other in,
 * which then names it: a count is never doubled, an id never lost. Called inside the caller's
 * transaction. Those of correlations: finding_episode.h.
 */
#ifndef FINDINGS_FINDING_H
#define FINDINGS_FINDING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/db.h"

enum { FINDING_ID_BYTES = 33, FINDING_EVENTS_MAX = 200 };

#define FINDING_GAP_US (INT64_C(24) * 3600 * 1000000)

/* A match as a finding sees it; texts may be empty. */
typedef struct FindingSignal {
    int64_t rule; /* row of the state's `rules` */
    int64_t time_us;
    Str event_id, account, principal, region;
    Str event_source, request; /* requestParameters as JSON */
    int64_t object_id, record_index;
    int64_t signal; /* row of the state's `signals` */
    int64_t commit_seq;
} FindingSignal;

/* Adds a signal to its finding, or opens one. */
bool finding_add(Db *db, const FindingSignal *signal, Error *err)
    __attribute__((warn_unused_result));

/* A finding as it is stored. */
typedef struct Finding {
    Str id, rule_id, rule_title, level, account, principal, episode;
    int64_t first_us, last_us;
    int64_t count;
    Str group_by;   /* of a correlation what its hits share: JSON object; without ptr: none */
    double value;   /* of a correlation: what was compared */
    Str workflow;   /* finding_workflow.h */
    Str assignee;   /* empty: nobody */
    int severity;   /* 0 to 100: what people or rules said, else its product, else the level */
    int confidence; /* 0 to 100; -1: not known */
    Str severity_label, product, record_state, region;
    int64_t created_us, updated_us; /* when it was stored, and changed by more events */
    bool dry_run;                   /* of a rule that is tried out */
    bool provisional;               /* until settles_us, events of its time may come */
    int64_t settles_us;             /* 0: it never was */
    Str user_fields;                /* a JSON object of texts; without ptr: none */
    Str product_arn, given_id;      /* of an imported one; empty: it is ours */
    Str kind;                       /* detection, correlation, or query */
    Str rule_text; /* as JSON, of the version that matched last; finding_get alone gives it */
    Str body;      /* of an imported one, as ASFF; finding_get alone gives it */
} Finding;

/* The kind of a row of finding_all or finding_rows, by what its rule is. */
#define FINDING_KIND_SQL                                                                           \
    "CASE WHEN group_by IS NULL THEN 'detection' WHEN json_type(rule_text, '$.query') IS NULL"     \
    " THEN 'correlation' ELSE 'query' END"

/* Which ones; unset members ask for nothing. */
typedef struct FindingQuery {
    int level_min;              /* 0 all, 1 informational ... 5 critical */
    int64_t since_us, until_us; /* last seen in [since, until) */
    Str rule;                   /* id or title */
    Str principal;              /* a part of it */
    Str workflow, assignee;
    Str severity; /* a label of ASFF */
    Str account, region, product, record_state;
    Str address;   /* of one of its events */
    Str resource;  /* a part of the id of one */
    bool dry_run;  /* those of rules that are tried out, instead of the others */
    int64_t limit; /* so many at most; 0: all */
} FindingQuery;

/* Calls *take* for each finding, the worst and latest first; false of *take* ends with *err*. */
typedef bool (*FindingTake)(void *context, const Finding *finding, Error *err);
bool finding_each(Db *db, const FindingQuery *query, FindingTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

/* Appends the id of each, in the same order, FINDING_ID_BYTES - 1 bytes each: no query is under way
 * then. */
bool finding_ids(Db *db, const FindingQuery *query, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* The finding whose id begins with *id*, into *arena*; one that was taken in gives its heir.
 * ERROR_USAGE when there is none or several. */
bool finding_get(Db *db, Str id, Arena *arena, Finding *ret, Error *err)
    __attribute__((warn_unused_result));

/* One event of a finding. */
typedef struct FindingEvent {
    int64_t time_us;
    Str event_id, event_source, event_name, address, region, error_code, principal, account;
    Str threat_lists; /* those that hold the address, a JSON array; empty: none, or not known */
    int64_t object_id, record_index;
} FindingEvent;

/* Calls *take* for each event kept of a finding, by time. */
typedef bool (*FindingEventTake)(void *context, const FindingEvent *event, Error *err);
bool finding_events(Db *db, Str id, FindingEventTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

/* Appends the names of the threat lists that hold addresses of its events, ", " between them. */
bool finding_lists(Db *db, Str id, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
