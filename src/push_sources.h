/* push_sources.h - the endpoints among a command's sources, where Firehose delivers. One thread. */
#ifndef PUSH_SOURCES_H
#define PUSH_SOURCES_H

#include "base/config.h"
#include "collect/notification.h"
#include "collect/object_list.h"
#include "source_list.h"

typedef struct PushSources PushSources;

typedef struct PushSourcesOptions {
    const Config *config;
    const char *command; /* what messages call the program */
    const SourceList *list;
    bool follow;
    /* As in PushSourceOptions. */
    bool (*is_in)(void *context, Str source, Str key, Str etag, bool *ret, Error *err);
    NotificationTake take_findings;
    void *context;
} PushSourcesOptions;

/* Whether a source is a URL to listen at. */
bool push_sources_is(const char *name);

/* Listens at those in the list, and tells the ports. NULL with *err*: ERROR_USAGE without
 * options->follow; configured ones are told and left out then. The caller frees. */
PushSources *push_sources_open(const PushSourcesOptions *options, Error *err)
    __attribute__((warn_unused_result));
void push_sources_free(PushSources *sources);

/* How many there are. */
int push_sources_count(const PushSources *sources);

/* As push_source_next, of all; *wait_us* is for one that is alone. */
bool push_sources_next(PushSources *sources, ObjectList *list, int64_t wait_us, bool *ret_any,
                       Error *err) __attribute__((warn_unused_result));

/* As push_source_settle. */
bool push_sources_settle(PushSources *sources, Error *err) __attribute__((warn_unused_result));

#endif
