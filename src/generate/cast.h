/* cast.h - who acts in a made-up organisation: its accounts, regions and principals.
 *
 * Made once from the seed, then only read, by any thread. Shares of identity types follow what
 * modern organisations show: mostly assumed roles and services, few users, root hardly ever.
 */
#ifndef GENERATE_CAST_H
#define GENERATE_CAST_H

#include "base/arena.h"
#include "generate/random.h"

enum { CAST_ACCOUNTS_MAX = 200, CAST_REGIONS_MAX = 17, CAST_PRINCIPALS = 160 };

typedef struct CastPrincipal {
    Str identity; /* the JSON text of userIdentity */
    Str arn;      /* "" for services */
    Str agent;    /* userAgent */
    Str address;  /* sourceIPAddress */
    Str name;     /* of the user or the session */
    bool human;
    bool console;
    bool service; /* AWSService: address and agent are its name */
} CastPrincipal;

typedef struct CastAccount {
    char id[13];
    Str name;
    CastPrincipal principals[CAST_PRINCIPALS]; /* the busiest first */
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

#endif
