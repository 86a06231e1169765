/* peer.h - a small HTTP server on loopback that says what a test told it to, for clients' tests.
 *
 * One thread takes connections one after the other and serves all that are open; requests are
 * answered in the order in which they come, by the answers in theirs. What was asked is kept.
 */
#ifndef SUPPORT_PEER_H
#define SUPPORT_PEER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Peer Peer;

/* One answer: bytes as they are sent, head and body. A test writes Content-Length itself. */
typedef struct PeerAnswer {
    const char *text;
    size_t len;       /* 0: strlen(text) */
    size_t cut_after; /* the connection is reset after so many bytes; 0: not */
    bool closes;      /* the connection is closed after it */
    bool silent;      /* nothing is sent, and the connection stays open */
} PeerAnswer;

/* Starts one with *count* answers, copied but for their texts; requests beyond them get 500. */
Peer *peer_start(const PeerAnswer *answers, size_t count);

/* Its port, and "http://127.0.0.1:PORT" (owned by the peer). */
int peer_port(const Peer *peer);
const char *peer_url(const Peer *peer);

/* How many requests came so far, and one of them, head and body, with a NUL behind; "" when there
 * is none. The text lives until peer_stop. */
size_t peer_request_count(Peer *peer);
const char *peer_request(Peer *peer, size_t index);

/* Stops and frees it. */
void peer_stop(Peer *peer);

#endif
