/* finding_ask.h - Security Hub and GuardDuty are asked for findings, which are stored page by page.
 *
 * cloud/finding_pages -> [finding_ask] -> findings/finding_import -> the state
 */
#ifndef FINDING_ASK_H
#define FINDING_ASK_H

#include "cloud/finding_pages.h"
#include "findings/finding_import.h"

typedef struct FindingAsk {
    Aws *aws;
    Str source;                  /* as finding_pages.h names them */
    int64_t since_us, until_us;  /* of their update; INT64_MIN, INT64_MAX: all */
    const atomic_bool *stopping; /* NULL: nobody stops it */
    /* Told of each page in its transaction, once it is stored; NULL: nobody is. */
    bool (*stored)(void *context, const FindingPage *page, Error *err);
    void *context;
} FindingAsk;

/* Stores all pages through *import*, whose name is the source's while it lasts, each in a
 * transaction of its own. False with *err*, as finding_pages_next: the pages before are stored. */
bool finding_ask_run(const FindingAsk *ask, FindingImport *import, Error *err)
    __attribute__((warn_unused_result));

#endif
