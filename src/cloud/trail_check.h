/* trail_check.h - how trails are set up, judged by what AWS answers about them.
 *
 * The answers are one JSON document, as content/trail/ask.sh prints it: "trails", each with its
 * settings, status, selectors and bucket, and "regions" with GuardDuty and Security Hub. An answer
 * that AWS refused is {"refused": TEXT}. Texts of a finding borrow from the document or live as
 * long as the call of *tell*.
 */
#ifndef CLOUD_TRAIL_CHECK_H
#define CLOUD_TRAIL_CHECK_H

#include "base/json.h"

typedef enum { TRAIL_HOLDS, TRAIL_FAILS, TRAIL_UNKNOWN } TrailVerdict;

typedef struct TrailFinding {
    Str subject; /* the trail's ARN, or a region */
    Str check;   /* what should hold, in words */
    bool needed; /* without it logs can be lost, changed or read; else it is advice */
    TrailVerdict verdict;
    Str reason; /* why it is unknown, or what failed as AWS says it; empty otherwise */
    Str fix;    /* a call of the AWS CLI that makes it hold; empty when it holds */
} TrailFinding;

typedef void (*TrailTell)(void *context, const TrailFinding *finding);

/* Tells of each check, in the order of the document. ERROR_INPUT when the document is not one of
 * ask.sh's or names no trail. */
bool trail_check(const Json *document, TrailTell tell, void *context, Error *err)
    __attribute__((warn_unused_result));

/* "holds", "fails" or "unknown". */
const char *trail_check_word(TrailVerdict verdict);

#endif
