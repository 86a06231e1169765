/* remote_sources.h - the buckets and pages of AWS among a command's sources, listed one after the
 * other. One thread. */
#ifndef REMOTE_SOURCES_H
#define REMOTE_SOURCES_H

#include <stdatomic.h>

#include "collect/s3_source.h"
#include "source_list.h"

typedef struct RemoteSources RemoteSources;

typedef struct RemoteSourcesOptions {
    const SourceList *list;
    const atomic_bool *stopping; /* ends a listing */
    bool newest_first;           /* of buckets */
    int restore_days;            /* as in SourcesOptions */
    /* Told what is left out, a line each. */
    void (*tell)(void *context, const char *line);
    void *context;
} RemoteSourcesOptions;

/* Asks nobody yet. *options* is copied; NULL with *err*, the caller frees. */
RemoteSources *remote_sources_new(const RemoteSourcesOptions *options, Error *err)
    __attribute__((warn_unused_result));
void remote_sources_free(RemoteSources *self);

/* Begins again with the first, and with day *from* where a source wants older ones, too. */
void remote_sources_begin(RemoteSources *self, int32_t from);

/* Adds objects until *list* holds about *max* (SIZE_MAX: all); pages, which are held in memory,
 * fill a list. *ret_more* tells whether there are others. */
bool remote_sources_next(RemoteSources *self, ObjectList *list, size_t max, bool *ret_more,
                         Error *err) __attribute__((warn_unused_result));

/* Gives up the one under way, after an error: the next one is next. */
void remote_sources_drop(RemoteSources *self);

/* What was seen of buckets. */
S3SourceTally remote_sources_tally(const RemoteSources *self);

#endif
