/* web.h - the listener of a service: a thread that answers who asks how it is.
 *
 * base/http_server -> [web] -> GET /healthz, /readyz, /metrics
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/buf.h"

typedef enum { WEB_HEALTH, WEB_READY, WEB_METRICS, WEB_INDEX } WebPage;

typedef struct WebOptions {
    const char *url;                         /* as http_listen.h reads it */
    const char *certificate_file, *key_file; /* PEM, for https; NULL: none */
    /* Appends what a page says, as text, on the listener's thread; not *ret_good* is status 503.
     * WEB_INDEX is never asked for. */
    bool (*page)(void *context, WebPage page, Buf *ret, bool *ret_good, Error *err);
    void *context;
} WebOptions;

typedef struct Web Web;

/* Listens, and answers from then on. ERROR_USAGE for what would be open to others without TLS.
 * *options* is copied, its texts are borrowed. NULL with *err*; the caller frees. */
Web *web_open(const WebOptions *options, Error *err) __attribute__((warn_unused_result));

/* Ends the thread, and closes. NULL is fine. */
void web_free(Web *web);

/* The port that it listens at. */
uint16_t web_port(const Web *web);

#endif
