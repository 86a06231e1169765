/* serve_state.h - how a service is: what its threads tell, and what those who watch it read.
 *
 * pipeline's tick, sources -> [serve_state] -> /healthz, /readyz, /metrics; the service manager
 *
 * Told by any thread, read by one, whose lake for reading it is.
 */
#ifndef SERVE_STATE_H
#define SERVE_STATE_H

#include "base/buf.h"
#include "ingest_report.h"
#include "lake/lake.h"

typedef struct ServeState ServeState;

/* A service that begins now. *lake* is opened for reading, borrowed, and used by whoever calls
 * serve_state_metrics alone. NULL with *err*; the caller frees. */
ServeState *serve_state_new(Lake *lake, Error *err) __attribute__((warn_unused_result));
void serve_state_free(ServeState *self);

/* What came of it so far. */
void serve_state_note(ServeState *self, const IngestReport *so_far);

/* That it asks its sources from now on (a sign of life), or works on what they gave. */
void serve_state_ask(ServeState *self, bool asking, uint64_t round);

/* Whether it does something: it asks its sources, or what came of it became more within five
 * minutes; *ret_why* (emptied first) says what it does. */
bool serve_state_is_alive(ServeState *self, Buf *ret_why, Error *err);

/* Whether its sources were listed once, and what they held is in. */
bool serve_state_is_ready(ServeState *self);

/* Appends its figures in Prometheus's text format (0.0.4); docs/serve.md names them. */
bool serve_state_metrics(ServeState *self, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
