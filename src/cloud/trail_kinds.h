/* trail_kinds.h - which kinds of events no trail logs, by what AWS answers about their selectors.
 *
 * The document of trail_check.h -> [trail_kinds] -> trail check --lake, status
 *
 * A trail logs what any of its selectors takes, and a kind is logged when any trail logs it
 * ("CloudTrail event record", section 13). Where trails log, in which regions and whether they do
 * at the moment, trail_check says.
 */
#ifndef CLOUD_TRAIL_KINDS_H
#define CLOUD_TRAIL_KINDS_H

#include "base/json.h"

/* What of a kind is left out. */
typedef enum { TRAIL_KIND_ALL, TRAIL_KIND_PART, TRAIL_KIND_UNKNOWN } TrailKindLeft;

/* Told one kind, in words that live during the call; of TRAIL_KIND_UNKNOWN *kind* is the trail
 * whose selectors AWS did not tell. */
typedef void (*TrailKindTell)(void *context, Str kind, TrailKindLeft left);

/* Tells which kinds are left out, in an order of its own. ERROR_INPUT when the document has no
 * trails; ERROR_LIMIT beyond 256 types or services. */
bool trail_kinds(const Json *document, TrailKindTell tell, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
