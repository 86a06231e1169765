/* finding_pages.h - findings that AWS gives out by pages when it is asked.
 *
 * (GetFindings; ListDetectors, ListFindings, GetFindings) -> [finding_pages] -> finding_import
 *
 *   securityhub:[REGION]    all that Security Hub has there, in ASFF ("Security Hub", section 3)
 *   guardduty:[REGION]      those of GuardDuty's detectors there ("GuardDuty", section 4; its API's
 *                           reference, "ListFindings")
 *
 * Asked for by their time of update, the oldest first. At most three requests a second go to
 * Security Hub, ten to GuardDuty. Belongs to one thread.
 */
#ifndef CLOUD_FINDING_PAGES_H
#define CLOUD_FINDING_PAGES_H

#include <stdatomic.h>

#include "base/json.h"
#include "cloud/aws.h"

enum { FINDING_PAGES_MAX = 20000, FINDING_PAGES_NAME_BYTES = 80 };

typedef struct FindingPages FindingPages;

typedef struct FindingPagesOptions {
    Aws *aws;                    /* borrowed */
    Str name;                    /* as above */
    int64_t since_us, until_us;  /* of their update, the second not in it; INT64_MIN, MAX: all */
    int pages_max;               /* 0: FINDING_PAGES_MAX */
    const atomic_bool *stopping; /* ends a request when it becomes true; NULL: nobody does */
} FindingPagesOptions;

typedef struct FindingPage {
    const Json *findings; /* an array that lives until the next call; NULL: nothing is left */
    int number;           /* of the page, from 1 on */
    bool in_order; /* what comes in later pages was updated later, when AWS keeps the order */
} FindingPage;

/* Whether *name* is such a source. */
bool finding_pages_is(Str name);

/* Asks nobody yet. ERROR_USAGE for a region that is none. NULL with *err*; the caller frees. */
FindingPages *finding_pages_open(const FindingPagesOptions *options, Error *err)
    __attribute__((warn_unused_result));
void finding_pages_free(FindingPages *pages);

/* "securityhub:eu-west-1": with the region that is asked; lives as long as *pages*. */
const char *finding_pages_name(const FindingPages *pages);

/* Asks for the next page, which may be empty. False with *err*, which names the permission when it
 * was denied; ERROR_INPUT when a token comes again, ERROR_LIMIT when there are pages without end,
 * ERROR_BUSY when it was stopped. */
bool finding_pages_next(FindingPages *pages, FindingPage *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
