/* lineage_origin.h - who an identity is, by its own words alone ("cloudtrail-record", section 4).
 *
 * lineage_event -> [lineage_origin] -> lineage_back
 *
 * Pure: nothing is asked. Threads: any.
 */
#ifndef LINEAGE_ORIGIN_H
#define LINEAGE_ORIGIN_H

#include "lineage/lineage_event.h"

typedef enum {
    LINEAGE_SESSION,   /* credentials that somebody else was given them by */
    LINEAGE_USER,      /* of IAM, with keys of its own */
    LINEAGE_ROOT,      /* of an account */
    LINEAGE_PERSON,    /* of an identity provider or Identity Center */
    LINEAGE_WORKLOAD,  /* an instance, function, task, pod or pipeline */
    LINEAGE_SERVICE,   /* of AWS, by itself */
    LINEAGE_FEDERATED, /* a provider's subject, a person or a workload */
    LINEAGE_ACCOUNT,   /* somebody of another account */
    LINEAGE_UNKNOWN
} LineageKind;

/* The word in JSON, and in texts. */
extern const char *const LINEAGE_KIND_WORDS[];

typedef struct LineageOrigin {
    LineageKind kind;
    Str name;        /* empty: not known */
    const char *how; /* a literal: by what it is known */
} LineageOrigin;

/* Who calls: a session, or somebody behind whom nobody stands. Names live in *arena*. */
LineageOrigin lineage_origin_of(const LineageEvent *event, Arena *arena);

/* Who a service hands a role to, by its AssumeRole: the instance, function or task that the session
 * is named after, else the service. */
LineageOrigin lineage_origin_of_service(const LineageEvent *assumed, Arena *arena);

/* Who stands behind a session whose credentials' giver is not known, as far as the session itself
 * says; of an empty name where it does not. */
LineageOrigin lineage_origin_guess(const LineageEvent *session, Arena *arena);

/* Whom an ARN alone names: a user, an account's root, a role's session. */
LineageOrigin lineage_origin_of_arn(Str arn);

/* What would tell where a session's credentials came from. */
typedef struct LineageGap {
    const char *names;  /* of the events that one of is needed; a literal */
    const char *source; /* their eventsource */
    Str key, role;      /* that it gave out, and for which role; may be empty */
    Str account;        /* whose trail has it */
    Str shared;         /* its sharedEventID, where another account's record of it is known */
    int64_t from_us, until_us; /* when it happened */
    bool has_others;           /* the lake has other events of that account of an hour around */
} LineageGap;

/* The gap above *session*, an event of it. */
LineageGap lineage_origin_gap(const LineageEvent *session);

/* When the session began, in µs UTC; false when the event does not say it. */
bool lineage_origin_created(const LineageEvent *session, int64_t *ret_us);

#endif
