/* targets.h - to whom notices go, and which: notify.targets and notify.routes of spoor.yml.
 *
 * config -> [targets] -> courier
 *
 * A target is where messages are sent, a route says which notices go to one. Secrets stand in files
 * of their own, are read when the targets are opened, and wiped when they are freed. One thread.
 */
#ifndef NOTIFY_TARGETS_H
#define NOTIFY_TARGETS_H

#include "base/address.h"
#include "base/config.h"
#include "cloud/sns.h"
#include "notify/pace.h"

enum { TARGETS_MAX = 64, ROUTES_MAX = 256, TARGET_WORDS_MAX = 64, TARGET_TO_MAX = 16 };

typedef enum {
    TARGET_WEBHOOK,   /* POST of the notice as JSON, signed when there is a secret */
    TARGET_SLACK,     /* an incoming webhook of Slack */
    TARGET_TEAMS,     /* a webhook of Teams that takes adaptive cards */
    TARGET_PAGERDUTY, /* Events API v2; the secret is the routing key */
    TARGET_EXEC,      /* a program with arguments, no shell */
    TARGET_FILE,      /* a line of JSON at the end of a file */
    TARGET_SMTP,      /* e-mail over SMTP; the secret is the password */
    TARGET_SYSLOG,    /* a message of RFC 5424 over TLS, or TCP on this machine */
    TARGET_SNS,       /* a topic of SNS */
    TARGET_KINDS
} TargetKind;

typedef struct Target {
    const char *name;
    TargetKind kind;
    bool is_slow;                        /* waits for who takes it, but not over HTTP */
    const char *url;                     /* of the kinds that are sent over a net */
    Address address;                     /* of smtp and syslog: its URL's */
    bool tls;                            /* of both: from the first byte */
    Str secret;                          /* empty: none */
    const char *words[TARGET_WORDS_MAX]; /* of exec: program and arguments, NULL behind the last */
    const char *path;                    /* of file */
    const char *user, *from;             /* of smtp; no user: NULL */
    const char *to[TARGET_TO_MAX + 1];   /* of smtp, NULL behind the last */
    SnsTopic topic;                      /* of sns */
    Pace pace;                           /* not of pagerduty, which groups by itself */
} Target;

typedef struct Route {
    int target;               /* its index */
    RuleLevel level;          /* at least */
    const char *alarm;        /* wildcard (* and ?) over an alarm's name; NULL: any */
    const char *rule;         /* wildcard (* and ?) over the rule's id or title; NULL: any */
    const char *account;      /* the same over the account */
    const char *principal;    /* the same over the principal */
    const char *tag;          /* the same over one of the rule's tags */
    int from_minute, minutes; /* of the day, in the zone of display; minutes 0: always */
} Route;

typedef struct Targets Targets;

/* Reads both lists; none is fine. NULL with *err*: ERROR_USAGE names the key, the element and what
 * was expected; ERROR_ACCESS a file of a secret. The caller frees. */
Targets *targets_open(const Config *config, Error *err) __attribute__((warn_unused_result));
void targets_free(Targets *targets);

/* How many there are, and one of them. */
int targets_count(const Targets *targets);
const Target *targets_at(const Targets *targets, int index);

/* The target of that name, or NULL. */
const Target *targets_find(const Targets *targets, Str name);

/* What a route looks at: a finding, or an alarm, which has neither rule nor principal. */
typedef struct TargetAsked {
    Str alarm; /* empty: a finding */
    RuleLevel level;
    Str rule_id, rule_title, account, principal;
    const Str *tags;
    int tag_count;
    int minute; /* of the day, in the zone of display */
} TargetAsked;

/* Whether a route sends that to the target with this index. */
bool targets_take(const Targets *targets, int index, const TargetAsked *asked);

/* The word that spoor.yml has for a kind. */
const char *targets_kind_word(TargetKind kind);

#endif
