#include "support/peer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 64, REQUESTS = 4096, REQUEST_BYTES = 1 << 20, URL_BYTES = 40 };

typedef struct Connection {
    int fd; /* -1: free */
    char *bytes;
    size_t len;
} Connection;

struct Peer {
    PeerAnswer *answers;
    size_t answer_count;
    int listener;
    int wake[2];
    int port;
    char url[URL_BYTES];
    pthread_t thread;
    pthread_mutex_t lock; /* protects the two below */
    char *requests[REQUESTS];
    size_t request_count;
    Connection open[CONNECTIONS];
};

static const PeerAnswer NOTHING = {.text =
                                       "HTTP/1.1 500 Nothing to say\r\nContent-Length: 0\r\n\r\n"};

static void end_connection(Connection *connection)
{
    close(connection->fd);
    free(connection->bytes);
    *connection = (Connection){.fd = -1};
}

/* A reset, not an orderly end. */
static void cut_connection(Connection *connection)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    end_connection(connection);
}

/* Bytes of the first whole request at hand; 0 when it is not whole yet. */
static size_t whole_request(const Connection *connection)
{
    const char *end = strstr(connection->bytes, "\r\n\r\n");
    if (!end)
        return 0;
    size_t head = (size_t)(end - connection->bytes) + 4;
    size_t body = 0;
    for (const char *at = connection->bytes; at < end; at++)
        if (strncasecmp(at, "\r\ncontent-length:", 17) == 0)
            body = strtoul(at + 17, NULL, 10);
    return head + body <= connection->len ? head + body : 0;
}

static void send_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        len -= (size_t)sent;
    }
}

/* Answers one request of *len* bytes; false when the connection is gone then. */
static bool answer(Peer *peer, Connection *connection, size_t len)
{
    pthread_mutex_lock(&peer->lock);
    size_t number = peer->request_count;
    assert(number < REQUESTS);
    peer->requests[number] = strndup(connection->bytes, len);
    peer->request_count++;
    pthread_mutex_unlock(&peer->lock);
    connection->len -= len;
    memmove(connection->bytes, connection->bytes + len, connection->len + 1);
    const PeerAnswer *what = number < peer->answer_count ? &peer->answers[number] : &NOTHING;
    if (what->silent)
        return true;
    size_t bytes = what->len ? what->len : strlen(what->text);
    send_all(connection->fd, what->text, what->cut_after ? what->cut_after : bytes);
    if (what->cut_after) {
        usleep(20000); /* a reset overtakes what was sent */
        cut_connection(connection);
        return false;
    }
    if (what->closes)
        end_connection(connection);
    return !what->closes;
}

static void take_bytes(Peer *peer, Connection *connection)
{
    if (!connection->bytes)
        connection->bytes = malloc(REQUEST_BYTES);
    ssize_t got = recv(connection->fd, connection->bytes + connection->len,
                       REQUEST_BYTES - 1 - connection->len, 0);
    if (got <= 0) {
        end_connection(connection);
        return;
    }
    connection->len += (size_t)got;
    connection->bytes[connection->len] = '\0';
    for (size_t len; (len = whole_request(connection)) != 0;)
        if (!answer(peer, connection, len))
            return;
}

static void take_connection(Peer *peer)
{
    int fd = accept(peer->listener, NULL, NULL);
    for (int i = 0; fd >= 0 && i < CONNECTIONS; i++)
        if (peer->open[i].fd < 0) {
            peer->open[i].fd = fd;
            return;
        }
    assert(fd < 0);
}

static void *serve(void *context)
{
    Peer *peer = context;
    for (;;) {
        struct pollfd wait[CONNECTIONS + 2] = {{peer->wake[0], POLLIN, 0},
                                               {peer->listener, POLLIN, 0}};
        for (int i = 0; i < CONNECTIONS; i++)
            wait[i + 2] = (struct pollfd){peer->open[i].fd, POLLIN, 0};
        if (poll(wait, CONNECTIONS + 2, -1) < 0)
            continue;
        if (wait[0].revents)
            return NULL;
        for (int i = 0; i < CONNECTIONS; i++)
            if (wait[i + 2].revents)
                take_bytes(peer, &peer->open[i]);
        if (wait[1].revents)
            take_connection(peer);
    }
}

Peer *peer_start(const PeerAnswer *answers, size_t count)
{
    Peer *peer = calloc(1, sizeof *peer);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    assert(peer);
    peer->answers = malloc((count + 1) * sizeof *answers);
    assert(peer->answers);
    if (count)
        memcpy(peer->answers, answers, count * sizeof *answers);
    peer->answer_count = count;
    for (int i = 0; i < CONNECTIONS; i++)
        peer->open[i].fd = -1;
    pthread_mutex_init(&peer->lock, NULL);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = peer->listener >= 0 &&
              bind(peer->listener, (struct sockaddr *)&address, sizeof address) == 0 &&
              listen(peer->listener, CONNECTIONS) == 0 &&
              getsockname(peer->listener, (struct sockaddr *)&address, &len) == 0 &&
              pipe(peer->wake) == 0 && pthread_create(&peer->thread, NULL, serve, peer) == 0;
    assert(ok);
    (void)ok;
    peer->port = ntohs(address.sin_port);
    snprintf(peer->url, sizeof peer->url, "http://127.0.0.1:%d", peer->port);
    return peer;
}

int peer_port(const Peer *peer)
{
    return peer->port;
}

const char *peer_url(const Peer *peer)
{
    return peer->url;
}

size_t peer_request_count(Peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    size_t count = peer->request_count;
    pthread_mutex_unlock(&peer->lock);
    return count;
}

const char *peer_request(Peer *peer, size_t index)
{
    pthread_mutex_lock(&peer->lock);
    const char *text = index < peer->request_count ? peer->requests[index] : "";
    pthread_mutex_unlock(&peer->lock);
    return text;
}

void peer_stop(Peer *peer)
{
    ssize_t told = write(peer->wake[1], "x", 1);
    assert(told == 1);
    (void)told;
    pthread_join(peer->thread, NULL);
    for (int i = 0; i < CONNECTIONS; i++)
        if (peer->open[i].fd >= 0)
            end_connection(&peer->open[i]);
    for (size_t i = 0; i < peer->request_count; i++)
        free(peer->requests[i]);
    close(peer->listener);
    close(peer->wake[0]);
    close(peer->wake[1]);
    pthread_mutex_destroy(&peer->lock);
    free(peer->answers);
    free(peer);
}
