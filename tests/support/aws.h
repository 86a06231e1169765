/* aws.h - AWS's surroundings for a test: keys, and a peer that is asked for everything. */
#ifndef SUPPORT_AWS_H
#define SUPPORT_AWS_H

#include "cloud/aws.h"
#include "support/peer.h"

/* The environment of a process whose only AWS is *peer*: keys "AKID" and "SECRET", no files. */
void support_aws_environment(const Peer *peer);

/* An Aws there, and a line of it; the caller frees both. */
Aws *support_aws(const Peer *peer, int parallel, RequestLine **ret_line);

/* "HTTP/1.1 STATUS ...", the headers (lines with their ends) and the body, with its length; owned
 * by the caller. */
char *support_answer(int status, const char *headers, const char *body);

#endif
