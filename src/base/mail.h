/* mail.h - one message to a mail server, over SMTP (RFC 5321) and TLS by libcurl.
 *
 * Blocks until the server took it. Each call is a connection of its own, through no proxy. The
 * password stands in no message. Safe for all threads.
 */
#ifndef BASE_MAIL_H
#define BASE_MAIL_H

#include "base/address.h"
#include "base/buf.h"

typedef struct Mail {
    const Address *server;
    bool tls;            /* TLS from the first byte; else STARTTLS, without which nothing is sent */
    bool or_clear;       /* without STARTTLS it goes in clear: the server is this machine */
    const char *ca_file; /* certificates to trust, PEM; NULL: the system's */
    const char *user;    /* NULL: nobody signs in */
    const char *password;  /* when there is a user */
    const char *from;      /* an address as mail_is_address takes */
    const char *const *to; /* the same, NULL behind the last */
    Str message;           /* RFC 5322: header and body, lines end with CR LF */
    int64_t timeout_us;    /* of all of it */
} Mail;

/* Sends it to all recipients; one that the server refuses is a failure, and nobody gets it then.
 * ERROR_USAGE: an address is none; ERROR_ACCESS: the operator has to do something (certificate, no
 * TLS, password); ERROR_BUSY: another try may succeed, the text has what the server said. */
bool mail_send(const Mail *mail, Error *err) __attribute__((warn_unused_result));

/* Whether *text* is an address that can be written without quotes: one '@' between texts of
 * printable ASCII, no blank, and nothing that has a meaning in a header or a command. */
bool mail_is_address(Str text);

#endif
