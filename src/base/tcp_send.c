#include "base/tcp_send.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"

enum { DRAIN_BYTES = 512 };

static const int64_t MS_US = 1000;
static const int64_t CLOSING_US = INT64_C(2000000);

/* A connection under way. */
typedef struct Wire {
    const TcpSend *how;
    int64_t until_us; /* by the monotonic clock */
    int fd;
    gnutls_certificate_credentials_t trust; /* both NULL without TLS */
    gnutls_session_t session;
    Error *err;
} Wire;

static bool fail(const Wire *wire, ErrorKind kind, const char *words)
{
    return error_set(wire->err, kind, "%s:%s: %s", wire->how->to->host, wire->how->to->port, words);
}

static bool fail_errno(const Wire *wire)
{
    error_errno(wire->err, "%s:%s", wire->how->to->host, wire->how->to->port);
    wire->err->kind = ERROR_BUSY;
    return false;
}

/* Waits until the socket can do one of *events*; false with the error when the time is over. */
static bool await(const Wire *wire, short events, int64_t until_us)
{
    for (;;) {
        struct pollfd waiting = {.fd = wire->fd, .events = events};
        int64_t left = until_us - clock_monotonic_us();
        if (left <= 0)
            return fail(wire, ERROR_BUSY, "it took too long");
        int ready = fault_due(FAULT_SYSCALL) ? -1 : poll(&waiting, 1, (int)(left / MS_US) + 1);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return fail_errno(wire);
    }
}

/* ---- connecting ---- */

static bool connect_to(Wire *wire, const struct addrinfo *at)
{
    int problem = 0;
    socklen_t size = sizeof problem;
    wire->fd = fault_due(FAULT_SYSCALL)
                   ? -1
                   : socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (wire->fd < 0)
        return fail_errno(wire);
    if (connect(wire->fd, at->ai_addr, at->ai_addrlen) == 0)
        return true;
    if (errno != EINPROGRESS)
        return fail_errno(wire);
    if (!await(wire, POLLOUT, wire->until_us))
        return false;
    if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0)
        return true;
    errno = problem ? problem : errno;
    return fail_errno(wire);
}

/* Tries the addresses of the host, one after the other. */
static bool connect_any(Wire *wire)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    bool ok = false;
    int code = fault_due(FAULT_SYSCALL)
                   ? EAI_FAIL
                   : getaddrinfo(wire->how->to->host, wire->how->to->port, &hints, &found);
    if (code != 0)
        return fail(wire, ERROR_BUSY, gai_strerror(code));
    for (const struct addrinfo *at = found; !ok && at; at = at->ai_next) {
        ok = connect_to(wire, at);
        if (!ok && wire->fd >= 0) {
            close(wire->fd);
            wire->fd = -1;
        }
    }
    freeaddrinfo(found);
    if (ok)
        error_clear(wire->err);
    return ok;
}

/* ---- TLS ---- */

/* Waits for what GnuTLS waits for; false when *code* is not of that kind, or the time is over. */
static bool again(const Wire *wire, ssize_t code)
{
    if (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED)
        return await(wire, gnutls_record_get_direction(wire->session) ? POLLOUT : POLLIN,
                     wire->until_us);
    return fail(wire, ERROR_BUSY, gnutls_strerror((int)code));
}

/* Loads what is trusted, and makes the session. */
static bool prepare_tls(Wire *wire)
{
    const Address *to = wire->how->to;
    int code = fault_due(FAULT_ALLOC) ? GNUTLS_E_MEMORY_ERROR
                                      : gnutls_certificate_allocate_credentials(&wire->trust);
    if (code == 0)
        code = gnutls_init(&wire->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    if (code != 0)
        return fail(wire, ERROR_LIMIT, gnutls_strerror(code));
    code = wire->how->ca_file ? gnutls_certificate_set_x509_trust_file(
                                    wire->trust, wire->how->ca_file, GNUTLS_X509_FMT_PEM)
                              : gnutls_certificate_set_x509_system_trust(wire->trust);
    if (code <= 0)
        return fail(wire, ERROR_ACCESS, "there are no certificates to trust");
    code = gnutls_priority_set_direct(wire->session, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
                                      NULL);
    if (code == 0)
        code = gnutls_credentials_set(wire->session, GNUTLS_CRD_CERTIFICATE, wire->trust);
    if (code == 0 && !to->is_number)
        code = gnutls_server_name_set(wire->session, GNUTLS_NAME_DNS, to->host, strlen(to->host));
    if (code != 0)
        return fail(wire, ERROR_SYSTEM, gnutls_strerror(code));
    gnutls_session_set_verify_cert(wire->session, to->host, 0);
    gnutls_transport_set_int(wire->session, wire->fd);
    return true;
}

/* What is wrong with the certificate. */
static bool fail_certificate(const Wire *wire)
{
    gnutls_datum_t words = {NULL, 0};
    if (gnutls_certificate_verification_status_print(
            gnutls_session_get_verify_cert_status(wire->session), GNUTLS_CRT_X509, &words, 0) != 0)
        return fail(wire, ERROR_ACCESS, "its certificate cannot be trusted");
    fail(wire, ERROR_ACCESS, (const char *)words.data);
    gnutls_free(words.data);
    return false;
}

static bool start_tls(Wire *wire)
{
    if (!prepare_tls(wire))
        return false;
    for (;;) {
        int code = gnutls_handshake(wire->session);
        if (code == 0)
            return true;
        if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
            return fail_certificate(wire);
        if (code == GNUTLS_E_WARNING_ALERT_RECEIVED)
            continue;
        if (!again(wire, code))
            return false;
    }
}

/* ---- sending ---- */

/* Sends some of *bytes*; false with the error. */
static bool send_some(const Wire *wire, Str bytes, size_t *ret_sent)
{
    ssize_t sent;
    *ret_sent = 0;
    if (wire->session) {
        sent = gnutls_record_send(wire->session, bytes.ptr, bytes.len);
        if (sent < 0)
            return again(wire, sent); /* the same bytes are given again */
    } else {
        sent = fault_due(FAULT_SYSCALL) ? -1 : send(wire->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            return await(wire, POLLOUT, wire->until_us);
        if (sent < 0)
            return fail_errno(wire);
    }
    *ret_sent = (size_t)sent;
    return true;
}

static bool send_all(const Wire *wire, Str bytes)
{
    while (bytes.len) {
        size_t sent;
        if (!send_some(wire, bytes, &sent))
            return false;
        bytes = str_slice(bytes, sent, bytes.len);
    }
    return true;
}

/* What came of reading: more may come, the receiver has closed, or it has refused what was sent. */
typedef enum { MORE, CLOSED, REFUSED } Came;

static Came read_some(const Wire *wire)
{
    char drained[DRAIN_BYTES];
    ssize_t came;
    if (!wire->session) {
        came = recv(wire->fd, drained, sizeof drained, 0);
        if (came >= 0 || errno == EAGAIN || errno == EINTR)
            return came == 0 ? CLOSED : MORE;
        fail_errno(wire);
        return REFUSED;
    }
    came = gnutls_record_recv(wire->session, drained, sizeof drained);
    if (came == 0 || came == GNUTLS_E_PREMATURE_TERMINATION)
        return CLOSED;
    if (came > 0 || !gnutls_error_is_fatal((int)came))
        return MORE;
    fail(wire, ERROR_BUSY,
         came == GNUTLS_E_FATAL_ALERT_RECEIVED
             ? gnutls_alert_get_name(gnutls_alert_get(wire->session))
             : gnutls_strerror((int)came));
    return REFUSED;
}

/* Says the end, and waits for the receiver's: one that breaks the connection has not taken it all.
 */
static bool end(const Wire *wire)
{
    Error late = {0};
    Wire closing = *wire;
    int64_t until = clock_monotonic_us() + CLOSING_US;
    int code = 0;
    Came came;
    closing.err = &late;
    while (wire->session && (code = gnutls_bye(wire->session, GNUTLS_SHUT_WR)) != 0)
        if (!again(wire, code))
            return false;
    if (shutdown(wire->fd, SHUT_WR) != 0)
        return fail_errno(wire);
    while ((came = read_some(wire)) == MORE)
        if (!await(&closing, POLLIN, until))
            return true;
    return came == CLOSED;
}

bool tcp_send(const TcpSend *how, Str bytes, Error *err)
{
    Wire wire = {
        .how = how, .until_us = clock_monotonic_us() + how->timeout_us, .fd = -1, .err = err};
    bool ok = connect_any(&wire) && (!how->tls || start_tls(&wire)) && send_all(&wire, bytes) &&
              end(&wire);
    if (wire.session)
        gnutls_deinit(wire.session);
    if (wire.trust)
        gnutls_certificate_free_credentials(wire.trust);
    if (wire.fd >= 0)
        close(wire.fd);
    return ok;
}
