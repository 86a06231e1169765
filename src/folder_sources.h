/* folder_sources.h - the files and folders among a command's sources: listed, and watched when they
 * are followed. One thread. */
#ifndef FOLDER_SOURCES_H
#define FOLDER_SOURCES_H

#include "collect/object_list.h"
#include "source_list.h"

typedef struct FolderSources FolderSources;

typedef struct FolderSourcesOptions {
    const SourceList *list;
    const char *command; /* what messages call the program */
    bool follow;         /* watch them */
    bool bear;           /* one that cannot be read is told, the others go on */
} FolderSourcesOptions;

/* Watches them when they are followed; where the system allows no more watches, that is told, and
 * they are only listed again. *options* is copied; NULL with *err*, the caller frees. */
FolderSources *folder_sources_open(const FolderSourcesOptions *options, Error *err)
    __attribute__((warn_unused_result));
void folder_sources_free(FolderSources *self);

/* Adds what lies there and is wanted. Paths below that cannot be looked at are told on standard
 * error and counted. */
bool folder_sources_list(FolderSources *self, ObjectList *list, Error *err)
    __attribute__((warn_unused_result));

/* Adds what came into watched folders since; *ret_any*: something moved there. */
bool folder_sources_come(FolderSources *self, ObjectList *list, bool *ret_any, Error *err)
    __attribute__((warn_unused_result));

/* Whether something is watched; waits up to *wait_ms* for something to move. */
bool folder_sources_watched(const FolderSources *self);
bool folder_sources_wait(const FolderSources *self, int wait_ms);

/* How many paths could not be looked at. */
int folder_sources_troubles(const FolderSources *self);

#endif
