/* page_source.h - records that AWS gives out by pages: CloudTrail's event history, a log group.
 *
 * (LookupEvents, FilterLogEvents) -> [page_source] -> object_list
 *
 *   cloudtrail:[REGION]     management events of the last 90 days of one region ("CloudTrail event
 *                           record", section 12); two requests a second, as AWS allows
 *   logs://GROUP            what CloudTrail delivers to a log group of CloudWatch Logs, or its ARN,
 *                           which names region and account too (ibid., section 1.3)
 *
 * A page becomes one object carried in memory, a record a line, called NAME/HASH by its bytes. The
 * event history is asked day by day, so that the pages of days that are over stay the same. Records
 * that came by another way too are in once, as ever.
 *
 * Belongs to one thread.
 */
#ifndef COLLECT_PAGE_SOURCE_H
#define COLLECT_PAGE_SOURCE_H

#include <stdatomic.h>

#include "cloud/aws.h"
#include "collect/object_list.h"

enum { PAGE_SOURCE_WAVE = 60 /* pages of a wave */ };

typedef struct PageSource PageSource;

typedef struct PageSourceOptions {
    Aws *aws;
    Str uri; /* borrowed */
    int64_t since_us,
        until_us; /* of the events, of the log group's delivery; INT64_MIN, MAX: all */
    const atomic_bool *stopping; /* ends a wave when it becomes true; NULL: nobody does */
} PageSourceOptions;

/* Whether *name* is such a source. */
bool page_source_is(Str name);

/* Asks nobody yet. ERROR_USAGE when the name is none. NULL with *err*; the caller frees. */
PageSource *page_source_open(const PageSourceOptions *options, Error *err)
    __attribute__((warn_unused_result));
void page_source_free(PageSource *source);

/* Adds the pages of a wave to *list*; *ret_more* tells whether there are others. */
bool page_source_next(PageSource *source, ObjectList *list, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

#endif
