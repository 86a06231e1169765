/* sources.h - what commands read: files, folders, buckets, queues, deliveries and standard input.
 *
 * A source is a path (dir:PATH too), s3://BUCKET[/PREFIX], a queue (cloud/sqs.h), pages of AWS
 * (collect/page_source.h), a URL to listen at (push_sources.h), or "-". Objects of paths and
 * buckets that were delivered outside --since, --until and --last are left out, by the day in their
 * key; what a queue or standard input brings is taken in any case. Belongs to one thread, but for
 * sources_tick; its Aws may be shared.
 *
 * Followed sources have no end: queues are asked all the time, what comes into folders is listed as
 * the kernel tells it, and all else is listed again when aws.relist_s is over, buckets and pages
 * from aws.relist_days before today on.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include "collect/object_list.h"
#include "collect/queue_source.h"
#include "collect/s3_source.h"
#include "source_list.h"
#include "sources_aws.h"

typedef struct Sources Sources;

typedef struct SourcesOptions {
    SourceListOptions list;
    bool newest_first; /* of buckets */
    int restore_days;  /* ask for archived objects to be readable for so long; 0: no */
    bool follow;
    bool bear; /* with follow: a source that cannot be read is told, the others go on */
    /* As in QueueSourceOptions; NULL: a queue is no source. */
    bool (*is_in)(void *context, Str source, Str key, Str etag, QueueMatch *ret, Error *err);
    NotificationTake take_findings; /* that queues and deliveries bring; NULL: nobody does */
    void *context;
} SourcesOptions;

/* Opens them; nothing is listed yet. *options* is copied, its texts are borrowed. NULL with *err*.
 */
Sources *sources_open(const CommandLine *line, const SourcesOptions *options, Error *err)
    __attribute__((warn_unused_result));
void sources_free(Sources *sources);

/* Puts the next objects into *list* in place of those before, sorted: all of files and folders
 * first, then those of standard input and buckets, about *max* at a time (SIZE_MAX: all), then
 * those of queues; *ret_more* tells whether there are others. Paths that cannot be looked at are
 * told on standard error and counted. What is left in *list* of the objects before counts as new in
 * the line that a round of followed sources ends with. */
bool sources_next(Sources *sources, ObjectList *list, size_t max, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* Deletes the messages whose objects are in now, after the last objects. */
bool sources_settle(Sources *sources, Error *err) __attribute__((warn_unused_result));

/* As queue_source_tick, for all queues; ends the wait for the next round. Any thread. */
void sources_tick(Sources *sources, bool stopping);

/* What was done with messages of the queue *name* so far; NULL: of all. */
QueueSourceTally sources_messages(const Sources *sources, const char *name);

/* How often followed sources were listed again. */
uint64_t sources_round(const Sources *sources);

/* What they are, with who reads their objects. */
const SourceList *sources_list(const Sources *sources);

/* How many paths could not be looked at, and what was seen of buckets. */
int sources_troubles(const Sources *sources);
S3SourceTally sources_tally(const Sources *sources);

#endif
