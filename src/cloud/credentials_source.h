/* credentials_source.h - the sources of keys that credentials.h's chain asks, each behind one call.
 *
 * A source answers in one of three ways: it has keys; it is not set up, and says what is missing;
 * it is set up and fails. Texts that it gives hold no secret. One thread at a time (the chain's
 * lock).
 */
#ifndef CLOUD_CREDENTIALS_SOURCE_H
#define CLOUD_CREDENTIALS_SOURCE_H

#include "base/http.h"
#include "base/json.h"
#include "cloud/credentials.h"
#include "cloud/endpoint.h"

typedef enum { CREDENTIALS_FOUND, CREDENTIALS_ABSENT, CREDENTIALS_FAILED } CredentialsVerdict;

/* One search along the chain: what all sources go by. */
typedef struct CredentialsSearch {
    const Profiles *profiles;
    Str profile; /* the chosen one */
    bool given;  /* by the caller: the environment's keys do not count */
    bool named;  /* by the caller or the environment: it must exist */
    Str region;  /* of the caller's option; empty: none */
    HttpClient *client;
    void (*tell)(void *context, const char *line); /* never NULL */
    void *context;
    bool unreachable; /* a source may only be out of reach for now */
} CredentialsSearch;

/* What of a search is asked for: a profile, which is the chosen one or one that it names as its
 * source. *below* has the profiles on whose behalf it is asked. */
typedef struct CredentialsProfile {
    Str name;
    bool chosen; /* else the environment says nothing of it */
    const struct CredentialsProfile *below;
} CredentialsProfile;

typedef CredentialsVerdict (*CredentialsAsk)(CredentialsSearch *search,
                                             const CredentialsProfile *profile, Credentials *ret,
                                             Error *why);

/* credentials_search.c: the order. Fills *ret* and its origin; ERROR_ACCESS with what was looked
 * at when no source is set up. */
bool credentials_search(CredentialsSearch *search, Credentials *ret, Error *err)
    __attribute__((warn_unused_result));

/* The sources of a profile but for its role: where a role's source profile gets its keys. */
CredentialsVerdict credentials_search_profile(CredentialsSearch *search,
                                              const CredentialsProfile *profile, Credentials *ret,
                                              Error *why);

/* credentials_static.c: keys as they stand in the environment and in either file. */
CredentialsVerdict credentials_environment(CredentialsSearch *search,
                                           const CredentialsProfile *profile, Credentials *ret,
                                           Error *why);
CredentialsVerdict credentials_credentials_file(CredentialsSearch *search,
                                                const CredentialsProfile *profile, Credentials *ret,
                                                Error *why);
CredentialsVerdict credentials_config_file(CredentialsSearch *search,
                                           const CredentialsProfile *profile, Credentials *ret,
                                           Error *why);

/* credentials_role.c: role_arn with source_profile or credential_source. */
CredentialsVerdict credentials_role(CredentialsSearch *search, const CredentialsProfile *profile,
                                    Credentials *ret, Error *why);

/* credentials_web.c: a role for a token in a file, as Kubernetes and CI systems write it. */
CredentialsVerdict credentials_web(CredentialsSearch *search, const CredentialsProfile *profile,
                                   Credentials *ret, Error *why);

/* credentials_sso.c: a role for the token that `aws sso login` left in its cache. */
CredentialsVerdict credentials_sso(CredentialsSearch *search, const CredentialsProfile *profile,
                                   Credentials *ret, Error *why);

/* credentials_login.c: the token of `aws sso login`, out of its cache, and renewed there before it
 * ends when it belongs to an sso-session. Appends it to *ret_token*, which has room for it and is
 * the caller's to wipe. */
typedef struct CredentialsLogin {
    Str session; /* its name in the files; empty: of the older kind, named by its URL */
    Str start_url, region;
} CredentialsLogin;
bool credentials_login(CredentialsSearch *search, const CredentialsProfile *profile,
                       const CredentialsLogin *of, Buf *ret_token, Error *err)
    __attribute__((warn_unused_result));

/* Fills *err* with what is wrong with the login and the command that helps. Returns false. */
bool credentials_login_missing(const CredentialsProfile *profile, const char *problem, Error *err);

/* credentials_process.c: what a program prints. */
CredentialsVerdict credentials_process(CredentialsSearch *search, const CredentialsProfile *profile,
                                       Credentials *ret, Error *why);

/* credentials_container.c: the agent beside a container, of ECS or EKS. */
CredentialsVerdict credentials_container(CredentialsSearch *search,
                                         const CredentialsProfile *profile, Credentials *ret,
                                         Error *why);

/* credentials_instance.c: the metadata service of an EC2 instance. */
CredentialsVerdict credentials_instance(CredentialsSearch *search,
                                        const CredentialsProfile *profile, Credentials *ret,
                                        Error *why);

/* credentials_sts.c: a role taken on. Of *role* the token counts when *keys* is NULL, which is
 * AssumeRoleWithWebIdentity; texts but role_arn and session_name may be empty. */
typedef struct CredentialsRole {
    Str role_arn;
    Str session_name; /* empty: one with the time in it */
    Str external_id;
    Str duration_s;
    Str token;
} CredentialsRole;
bool credentials_sts(CredentialsSearch *search, const CredentialsRole *role,
                     const Credentials *keys, Credentials *ret, Error *err)
    __attribute__((warn_unused_result));

/* credentials_fetch.c: a request that is asked up to *attempts* times, with a growing pause, as
 * long as there is no answer, or one of status 429 or 5xx, or *again* says so of it (NULL: never).
 * The caller frees the call; NULL with *err*. The reply is wiped with the call. */
typedef bool (*CredentialsAgain)(const HttpReply *reply);
HttpCall *credentials_fetch(CredentialsSearch *search, HttpRequest *request, int attempts,
                            CredentialsAgain again, Error *err) __attribute__((warn_unused_result));

/* Fills *err* with a status that is none of success: ERROR_BUSY where another try may help, else
 * ERROR_ACCESS. Returns false. */
bool credentials_fetch_refused(const HttpReply *reply, Error *err);

/* credentials_keys.c: copies keys into *ret*. ERROR_INPUT, which does not hold them, when one is
 * missing or holds what no key does. */
bool credentials_keep(Credentials *ret, Str access_key, Str secret_key, Str session_token,
                      Error *err) __attribute__((warn_unused_result));

/* credentials_json.c: a JSON text with secrets as a tree; credentials_json_free wipes it. */
typedef struct CredentialsJson {
    Arena *arena;
    const Json *top;
} CredentialsJson;
bool credentials_json(Str text, CredentialsJson *ret, Error *err)
    __attribute__((warn_unused_result));
void credentials_json_free(CredentialsJson *json);
#define CREDENTIALS_JSON_AUTO __attribute__((cleanup(credentials_json_free)))

/* Takes AccessKeyId, SecretAccessKey, the member *token* and Expiration, a time, out of an object.
 * Without Expiration, which *expires* makes an error, keys never expire. */
bool credentials_json_keys(const Json *object, Str token, bool expires, Credentials *ret,
                           Error *err) __attribute__((warn_unused_result));

#endif
