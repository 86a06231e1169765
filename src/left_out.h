/* left_out.h - which kinds of events no trail logs, kept in the lake for status.
 *
 * trail check --lake -> [left_out] -> the state's meta, row "selectors" -> status
 */
#ifndef LEFT_OUT_H
#define LEFT_OUT_H

#include "base/json.h"
#include "lake/lake.h"

/* Keeps what the selectors in *document* (cloud/trail_kinds.h) leave out, as of *asked_us*, in
 * place of what was kept before. The lake is a writer's. */
bool left_out_keep(Lake *lake, const Json *document, int64_t asked_us, Error *err)
    __attribute__((warn_unused_result));

/* Prints it on standard output: a JSON value ("null" when nothing was kept), or lines. */
bool left_out_print(Lake *lake, bool json, Error *err) __attribute__((warn_unused_result));

#endif
