/* tcp_send.h - bytes to a receiver that answers nothing, over TCP or TLS by GnuTLS.
 *
 * Each call is a connection of its own, and blocks. Safe for all threads.
 */
#ifndef BASE_TCP_SEND_H
#define BASE_TCP_SEND_H

#include "base/address.h"
#include "base/error.h"

typedef struct TcpSend {
    const Address *to;
    const char *ca_file; /* certificates to trust, PEM; NULL: the system's */
    int64_t timeout_us;  /* of all of it but the look-up of a name */
    bool tls;            /* 1.2 or newer; the certificate is checked, and that it is for the host */
} TcpSend;

/* Connects, sends *bytes*, and says that it was all. True when the receiver closed the connection
 * in order, or held it open for two seconds more: more than that it does not tell. ERROR_ACCESS:
 * the operator has to do something (certificate); ERROR_BUSY: another try may succeed. */
bool tcp_send(const TcpSend *how, Str bytes, Error *err) __attribute__((warn_unused_result));

#endif
