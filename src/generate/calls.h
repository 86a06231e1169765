/* calls.h - which calls a made-up organisation makes, by whom, and how often.
 *
 * The calls are one table (call_table.h). A CallMix holds how often each is made in one account:
 * few names are most of what machines do, people do many things. Made once, then only read, by any
 * thread.
 */
#ifndef GENERATE_CALLS_H
#define GENERATE_CALLS_H

#include "generate/random.h"

/* Who makes a call: what a principal may do depends on its kind. */
typedef enum {
    CALLER_MACHINE,
    CALLER_PERSON,
    CALLER_SERVICE,  /* an AWS service for itself */
    CALLER_ACCOUNT,  /* somebody of another account */
    CALLER_WEB,      /* with a token of a web identity */
    CALLER_SAML,     /* with a SAML assertion */
    CALLER_INTERNAL, /* AWS; nobody called */
    CALLER_CENTER,   /* with a token of IAM Identity Center */
    CALLER_UNKNOWN,
    CALLERS
} Caller;

/* What a record has besides its call: event type, category, resources, additional data. */
typedef enum {
    SHAPE_API,
    SHAPE_KEY,      /* on a KMS key */
    SHAPE_ROLE,     /* on a role */
    SHAPE_BUCKET,   /* on a bucket, its settings */
    SHAPE_OBJECT,   /* data: an object of a bucket */
    SHAPE_TABLE,    /* data: an item of a table */
    SHAPE_FUNCTION, /* data: a function runs */
    SHAPE_SIGNIN,
    SHAPE_SERVICE, /* AwsServiceEvent */
    SHAPES
} Shape;

/* One line of call_table.h. */
typedef struct Call {
    Caller caller;
    const char *version; /* eventVersion; the service decides */
    const char *service; /* without ".amazonaws.com" */
    const char *name;
    bool read_only;
    Shape shape;
    const char *request;  /* template (fill.h); "" is null */
    const char *response; /* template; "" is null */
} Call;

enum { CALLS_MAX = 200 };

/* How often the calls are made in one account. */
typedef struct CallMix {
    uint16_t order[CALLS_MAX]; /* into the table; a caller's calls are neighbours */
    uint32_t sums[CALLS_MAX];  /* of the weights up to and with this one, within its caller */
    uint16_t begins[CALLERS + 1];
} CallMix;

/* How many calls the table has, and one of them. */
size_t calls_count(void);
const Call *calls_at(size_t index);

/* Fills *ret*: the weights follow a power of the rank, and neighbours in rank differ from account
 * to account. */
void calls_mix(Random *random, CallMix *ret);

/* A call of *caller*, drawn by weight; *home*: also calls of services that have no region. */
const Call *calls_draw(const CallMix *mix, Caller caller, bool home, Random *random);

/* Whether the call's service has no region: its records are in the first one's files. */
bool calls_is_global(const Call *call);

#endif
