/* failure.h - what an answer of AWS that is no success says, and what to do about it.
 *
 * S3 and the query protocol answer in XML, the JSON protocols in JSON ("Lake Formation, Glue,
 * Lambda, S3", sections 1 and 4.1); an answer to HEAD has no body, and what stands between may
 * answer in HTML: then the status is all there is. Texts are the other side's: bounded here, and
 * control characters are made visible by error_set. Any thread.
 */
#ifndef CLOUD_FAILURE_H
#define CLOUD_FAILURE_H

#include "base/http.h"

typedef struct Failure {
    int status;
    char code[64];     /* "SlowDown"; "" when the answer names none */
    char message[400]; /* of AWS, for people */
    char request_id[80];
    char region[64]; /* the one that should have been asked, when it says so */
} Failure;

/* What may help. */
typedef enum {
    FAILURE_FINAL,      /* nothing: tell the operator */
    FAILURE_AGAIN,      /* the same request a little later */
    FAILURE_THROTTLED,  /* the same, and it asks for less */
    FAILURE_CLOCK,      /* sign with the server's time */
    FAILURE_CREDENTIALS /* sign with fresh keys */
} FailurePolicy;

/* Reads an answer whose status is not 2xx. */
void failure_read(const HttpReply *reply, Failure *ret);

/* What to do about it. */
FailurePolicy failure_policy(const Failure *failure);

/* Fills *err* with what the operator needs: code, message, status, request id. ERROR_BUSY when
 * another try may help later, else ERROR_ACCESS. Returns false. */
bool failure_error(const Failure *failure, Error *err);

#endif
