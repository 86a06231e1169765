/* credentials.h - who this program is to AWS: keys found along AWS's chain, kept fresh.
 *
 * The chain asks in this order, and the first source that is set up decides: environment; role of
 * the profile; web identity; SSO; credentials file; credential_process; config file; container;
 * instance metadata ("Lake Formation, Glue, Lambda, S3", section 12). A source that is not set up
 * is passed over; one that is but fails ends the search with its error. With none, the error lists
 * all, in order, and why each did not do.
 *
 * The same files, variables and services are asked again before the keys expire, so what an
 * operator or an agent changed is seen.
 *
 * Threads: one chain is shared by all. While one thread asks, others get the keys at hand as long
 * as these need not be replaced, and wait otherwise.
 *
 * Secrets: keys and tokens are wiped when they are replaced or freed, and stand in no message.
 */
#ifndef CLOUD_CREDENTIALS_H
#define CLOUD_CREDENTIALS_H

#include "base/buf.h"

enum {
    CREDENTIALS_BYTES_MAX = 64 << 10 /* of the three texts together */
};

/* Keys in the hands of a caller: zero at first, filled by credentials_get, as often as wanted, and
 * ended by credentials_wipe. The texts lie in *storage*. */
typedef struct Credentials {
    Str access_key;
    Str secret_key;
    Str session_token;  /* empty for none */
    int64_t expires_us; /* wall time; INT64_MAX: never */
    const char *origin; /* the source's name, such as "sso"; static */
    Buf storage;
} Credentials;

typedef struct CredentialsOptions {
    const char *profile; /* goes before the environment's keys, as in AWS's tools; NULL: AWS_PROFILE
                            or "default" */
    const char *region;  /* whose STS is asked; NULL: of the environment or profile */
    const char *ca_file; /* as in HttpOptions */
    /* Told one line that no failure carries: keys that could not be refreshed yet, a line of a
     * file that is passed over. From the asking thread, with a lock held: it may not call the
     * chain. NULL: nobody is told. */
    void (*tell)(void *context, const char *line);
    void *context;
} CredentialsOptions;

typedef struct CredentialsChain CredentialsChain;

/* A chain that has asked nobody yet; the texts of *options* are copied. The caller frees; NULL with
 * *err*. */
CredentialsChain *credentials_new(const CredentialsOptions *options, Error *err)
    __attribute__((warn_unused_result));

/* Wipes and frees; no thread may be in a call. NULL is fine. */
void credentials_free(CredentialsChain *chain);

/* Gives the current keys, replacing what *ret* held. Asks the sources the first time and again
 * before the keys expire: from 15 minutes before, when a failure is only told, once; from 10
 * minutes before, when it is returned. (Of keys that live for less than 40 minutes: from a half,
 * and a quarter, of their life.) ERROR_ACCESS: the operator must set something up; ERROR_BUSY:
 * another try may succeed. On failure *ret* is empty. */
bool credentials_get(CredentialsChain *chain, Credentials *ret, Error *err)
    __attribute__((warn_unused_result));

/* Asks the sources now: for a caller that was told ExpiredToken. Keys that came within the last
 * seconds, for another thread with the same trouble, are kept. False as credentials_get; the keys
 * at hand stay. */
bool credentials_refresh(CredentialsChain *chain, Error *err) __attribute__((warn_unused_result));

/* Overwrites and frees what *credentials* holds; it is zero then. */
void credentials_wipe(Credentials *credentials);

#endif
