/* http_listen.h - where a server listens, as an operator writes it: http://127.0.0.1:8126. */
#ifndef BASE_HTTP_LISTEN_H
#define BASE_HTTP_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { HTTP_LISTEN_ADDRESS_BYTES = 64 };

typedef struct HttpListen {
    char address[HTTP_LISTEN_ADDRESS_BYTES]; /* numeric, without brackets */
    uint16_t port;                           /* 0: one that is free */
    bool tls;                                /* https */
    bool is_local;                           /* only this machine reaches it */
} HttpListen;

/* Reads http://ADDRESS:PORT or https://ADDRESS:PORT, with or without a slash behind it. ERROR_USAGE
 * for anything else. */
bool http_listen_read(Str url, HttpListen *ret, Error *err) __attribute__((warn_unused_result));

#endif
