/* queue_sources.h - the queues among a command's sources. One thread, but for queue_sources_tick.
 */
#ifndef QUEUE_SOURCES_H
#define QUEUE_SOURCES_H

#include "collect/queue_source.h"
#include "source_list.h"

typedef struct QueueSources QueueSources;

/* Finds those in *list*, which is borrowed; *options* is that of each, but for its uri and aws.
 * With *bear* one that cannot be reached is told, and the others are opened. NULL with *err*:
 * ERROR_USAGE when options->is_in is NULL, which asks nobody; configured ones are told and left out
 * then. The caller frees. */
QueueSources *queue_sources_open(const QueueSourceOptions *options, const SourceList *list,
                                 bool bear, Error *err) __attribute__((warn_unused_result));

/* Opens those that could not be reached; what still cannot is told. */
void queue_sources_open_again(QueueSources *sources);
void queue_sources_free(QueueSources *sources);

/* How many there are. */
int queue_sources_count(const QueueSources *sources);

/* As queue_source_next, of one after the other; no more are asked after a tick that stops. */
bool queue_sources_next(QueueSources *sources, ObjectList *list, int wait_s, bool *ret_any,
                        Error *err) __attribute__((warn_unused_result));

/* As queue_source_settle and queue_source_tick, of all. */
bool queue_sources_settle(QueueSources *sources, Error *err) __attribute__((warn_unused_result));
void queue_sources_tick(QueueSources *sources, bool stopping);

/* What was done with the messages of the queue *name*; NULL: of all. */
QueueSourceTally queue_sources_tally(const QueueSources *sources, const char *name);

#endif
