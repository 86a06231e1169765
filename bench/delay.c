/* delay - a proxy on loopback that holds back what clients send: a server that is far away.
 *
 * delay PORT MILLISECONDS: prints its own port and passes on to PORT until it is killed. Bytes from
 * a client reach the server so much later; what comes back is not held. One thread.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS = 4096, CHUNK = 64 << 10, EVENTS = 256 };

/* Bytes that wait for their time, or for the peer to take them. */
typedef struct Held {
    struct Held *next;
    int64_t due_us;
    size_t len, sent;
    char bytes[];
} Held;

/* One direction of a connection. */
typedef struct Way {
    int to; /* descriptor that is written to */
    Held *first, *last;
    int64_t delay_us;
} Way;

typedef struct Pair {
    int client, server;
    Way up, down;
} Pair;

static Pair pairs[PAIRS];
static int epoll;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void drop_held(Way *way)
{
    while (way->first) {
        Held *next = way->first->next;
        free(way->first);
        way->first = next;
    }
    way->last = NULL;
}

static void end_pair(Pair *pair)
{
    close(pair->client);
    close(pair->server);
    drop_held(&pair->up);
    drop_held(&pair->down);
    *pair = (Pair){.client = -1, .server = -1};
}

/* Sends what is due; false when the connection is gone. */
static int flush(Way *way, int64_t now)
{
    while (way->first && way->first->due_us <= now) {
        Held *held = way->first;
        ssize_t sent = send(way->to, held->bytes + held->sent, held->len - held->sent,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0)
            return errno == EAGAIN;
        held->sent += (size_t)sent;
        if (held->sent < held->len)
            return 1;
        way->first = held->next;
        if (!way->first)
            way->last = NULL;
        free(held);
    }
    return 1;
}

/* Reads once; false when the connection is gone. */
static int take(int from, Way *way, int64_t now)
{
    Held *held = malloc(sizeof *held + CHUNK);
    if (!held)
        return 0;
    ssize_t got = recv(from, held->bytes, CHUNK, MSG_DONTWAIT);
    if (got <= 0) {
        free(held);
        return got < 0 && errno == EAGAIN;
    }
    held->next = NULL;
    held->len = (size_t)got;
    held->sent = 0;
    held->due_us = now + way->delay_us;
    if (way->last)
        way->last->next = held;
    else
        way->first = held;
    way->last = held;
    return flush(way, now);
}

static int watch(int fd, uint64_t what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = what};
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void take_client(int listener, int port, int64_t delay_us)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = accept(listener, NULL, NULL);
    if (client < 0)
        return;
    for (uint64_t i = 0; i < PAIRS; i++) {
        if (pairs[i].client >= 0)
            continue;
        int server = socket(AF_INET, SOCK_STREAM, 0);
        if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof address) != 0)
            break;
        pairs[i] = (Pair){client, server, {.to = server, .delay_us = delay_us}, {.to = client}};
        watch(client, i * 2);
        watch(server, i * 2 + 1);
        return;
    }
    close(client);
}

static void serve(int listener, int port, int64_t delay_us)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, 1);
        int64_t now = now_us();
        for (int i = 0; i < count; i++) {
            uint64_t what = events[i].data.u64;
            if (what == UINT64_MAX) {
                take_client(listener, port, delay_us);
                continue;
            }
            Pair *pair = &pairs[what / 2];
            int is_server = what % 2 != 0;
            if (pair->client >= 0 && !take(is_server ? pair->server : pair->client,
                                           is_server ? &pair->down : &pair->up, now))
                end_pair(pair);
        }
        for (int i = 0; i < PAIRS; i++)
            if (pairs[i].client >= 0 && (!flush(&pairs[i].up, now) || !flush(&pairs[i].down, now)))
                end_pair(&pairs[i]);
    }
}

int main(int count, char **words)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    if (count != 3) {
        fprintf(stderr, "delay PORT MILLISECONDS\n");
        return 2;
    }
    for (int i = 0; i < PAIRS; i++)
        pairs[i] = (Pair){.client = -1, .server = -1};
    epoll = epoll_create1(0);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0 ||
        watch(listener, UINT64_MAX) != 0) {
        perror("delay");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    serve(listener, (int)strtol(words[1], NULL, 10), strtol(words[2], NULL, 10) * 1000);
}
