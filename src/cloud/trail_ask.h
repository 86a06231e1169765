/* trail_ask.h - asks AWS how the trails of the caller's account are set up.
 *
 * Aws -> [trail_ask] -> the document that trail_check judges
 *
 * The same questions as content/trail/ask.sh has, many at a time; the answers have the members that
 * AWS's CLI prints, so a document may come from either. Nothing is changed.
 */
#ifndef CLOUD_TRAIL_ASK_H
#define CLOUD_TRAIL_ASK_H

#include "cloud/aws.h"

typedef struct TrailAskOptions {
    Aws *aws;
    /* Told what could not be looked at, a line each. */
    void (*tell)(void *context, const char *line);
    void *context;
} TrailAskOptions;

/* Appends the document. What AWS refuses is in it, with the reason; false with *err* only when no
 * region says which trails there are. */
bool trail_ask(const TrailAskOptions *options, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
