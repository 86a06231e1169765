/* cast.h - who acts in a made-up organisation: its accounts, regions and principals.
 *
 * Made once from the seed, then only read, by any thread. Each account has principals of every
 * kind; how often a kind acts follows what modern organisations show: mostly assumed roles and
 * services, few users, root hardly ever.
 */
#ifndef GENERATE_CAST_H
#define GENERATE_CAST_H

#include "base/arena.h"
#include "generate/calls.h"

enum { CAST_ACCOUNTS_MAX = 200, CAST_REGIONS_MAX = 17, CAST_PRINCIPALS = 160 };

/* Kinds of principals; the comment is userIdentity.type. */
typedef enum {
    CAST_MACHINE,      /* AssumedRole */
    CAST_PERSON,       /* AssumedRole, through single sign-on */
    CAST_SERVICE,      /* AWSService */
    CAST_PARTNER,      /* AWSAccount */
    CAST_USER,         /* IAMUser */
    CAST_WEB,          /* WebIdentityUser */
    CAST_INTERNAL,     /* none: AWS itself */
    CAST_SAML,         /* SAMLUser */
    CAST_FEDERATED,    /* FederatedUser */
    CAST_CENTER,       /* IdentityCenterUser */
    CAST_UNIDENTIFIED, /* Unknown */
    CAST_ROOT,         /* Root */
    CAST_KINDS
} CastKind;

/* How a client encrypts; what tlsDetails says. */
typedef enum { CAST_TLS_NONE, CAST_TLS_12, CAST_TLS_13, CAST_TLS_EXCHANGE, CAST_TLS_FORMS } CastTls;

typedef struct CastPrincipal {
    CastKind kind;
    Str identity; /* template (fill.h) of userIdentity */
    Str arn;      /* "" for services and others without one */
    Str agent;    /* userAgent */
    Str address;  /* sourceIPAddress */
    Caller caller;
    CastTls tls;
    const char *console; /* sessionCredentialFromConsole as JSON; NULL: left out */
    bool endpoint;       /* calls come through a VPC endpoint */
} CastPrincipal;

typedef struct CastAccount {
    char id[13];
    uint64_t number; /* the id as a number: the seed of what belongs to the account */
    Str name;
    CastPrincipal principals[CAST_PRINCIPALS]; /* by kind; within it the busiest first */
    uint16_t begins[CAST_KINDS + 1];           /* where a kind's principals begin */
    uint32_t shares[CAST_KINDS];               /* of 10,000 events */
    CallMix calls;
} CastAccount;

typedef struct Cast {
    Arena *arena;
    char organisation[13]; /* "o-" and ten characters */
    int account_count;
    int region_count;
    const char *regions[CAST_REGIONS_MAX]; /* the busiest first */
    CastAccount *accounts;                 /* the busiest first */
} Cast;

/* The cast of *seed*; the caller frees with cast_free. NULL with *err*. */
Cast *cast_new(uint64_t seed, int accounts, int regions, Error *err)
    __attribute__((warn_unused_result));
void cast_free(Cast *cast);

/* Who acts next in the account: a kind by its share, then one of the kind by rank. */
const CastPrincipal *cast_draw(const CastAccount *account, Random *random);

#endif
