/* aws_home.h - a home of its own for tests of what AWS's variables and files say.
 *
 * As a test's setup and teardown: no variable of AWS is set, HOME is an empty folder, the metadata
 * service of instances is switched off, and the clock is real.
 */
#ifndef SUPPORT_AWS_HOME_H
#define SUPPORT_AWS_HOME_H

#include "cloud/credentials.h"
#include "support/peer.h"

int aws_home_begin(void **state);
int aws_home_end(void **state);

/* Writes a file below HOME, such as ".aws/config". */
void aws_home_write(const char *name, const char *text);

/* An answer with a status, such as "200 OK", and a body; lives until the test ends. */
const char *aws_home_answer(const char *status, const char *body);

/* Starts a peer with *count* answers in the place of the one before; stopped when the test ends. */
Peer *aws_home_peer(const PeerAnswer *answers, size_t count);

/* Asks a chain of its own with a profile or NULL. What it tells goes to aws_home_told. */
bool aws_home_get(const char *profile, Credentials *ret, Error *err);
extern char aws_home_told[2000];

/* Options for a chain that tells there. */
CredentialsOptions aws_home_options(const char *profile);

/* Fails the test when the keys are not "KEY SECRET TOKEN" with this origin, or the error is
 * another one. */
void aws_home_assert_keys(const char *profile, const char *expected, const char *origin);
void aws_home_assert_error(const char *profile, const char *expected, ErrorKind kind);

/* Fails the test when *text* does not hold *part*. */
void aws_home_assert_holds(const char *text, const char *part);

#endif
