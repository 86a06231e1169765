#include "folder_sources.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_watch.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/folder.h"
#include "source_name.h"

enum {
    TOLD_MAX = 10,
    SETTLE_US = 300000 /* after the first file that comes, for those behind it */
};

/* A followed path: files below it are of its source. */
typedef struct Followed {
    const Source *source;
    char *path; /* absolute */
} Followed;

struct FolderSources {
    FolderSourcesOptions options;
    FileWatch *watch; /* NULL: they are only listed again */
    Followed *followed;
    int followed_count;
    ObjectList *coming; /* takes what the watch tells */
    int troubles;
};

/* Objects of a list from *first* on that *source* wants. */
typedef struct Wanted {
    const Source *source;
    size_t first, seen;
} Wanted;

static void tell_trouble(void *context, const char *path, const Error *trouble)
{
    FolderSources *self = context;
    if (self->troubles++ < TOLD_MAX)
        log_tell(LOG_WARN, self->options.command, "left out '%s': %s", path, trouble->text);
}

static bool watch_path(FolderSources *self, const Source *source, Error *err)
{
    Followed *followed = &self->followed[self->followed_count];
    followed->source = source;
    followed->path = file_real_path(source_name_path(source->name), err);
    if (!followed->path)
        return false;
    self->followed_count++;
    return (self->watch || (self->watch = file_watch_new(err))) &&
           file_watch_add(self->watch, followed->path, err);
}

/* What a watch that could not be set up means. */
static bool bear(FolderSources *self, const Error *trouble, Error *err)
{
    if (trouble->kind != ERROR_LIMIT) {
        *err = *trouble;
        return false;
    }
    log_tell(LOG_WARN, self->options.command, "%s", trouble->text);
    file_watch_free(self->watch);
    self->watch = NULL;
    return true;
}

static bool watch_all(FolderSources *self, Error *err)
{
    int count = source_list_count(self->options.list);
    Error trouble = {0};
    bool ok = true;
    self->followed = mem_calloc((size_t)count, sizeof *self->followed, err);
    if (!self->followed)
        return false;
    for (int i = 0; ok && i < count; i++) {
        const Source *source = source_list_at(self->options.list, i);
        trouble = (Error){0};
        ok = !source_name_path(source->name) || watch_path(self, source, &trouble) ||
             trouble.kind == ERROR_ACCESS; /* listing the path tells it */
    }
    return ok || bear(self, &trouble, err);
}

FolderSources *folder_sources_open(const FolderSourcesOptions *options, Error *err)
{
    FolderSources *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->options = *options;
    if (!options->follow || watch_all(self, err))
        return self;
    folder_sources_free(self);
    return NULL;
}

void folder_sources_free(FolderSources *self)
{
    if (!self)
        return;
    for (int i = 0; i < self->followed_count; i++)
        mem_free(self->followed[i].path);
    file_watch_free(self->watch);
    mem_free(self->followed);
    mem_free(self);
}

static bool is_wanted(const ObjectRef *object, void *context)
{
    Wanted *wanted = context;
    return wanted->seen++ < wanted->first || source_list_wants(wanted->source, object->day);
}

/* Whether the others go on without a source that cannot be read. */
static bool pass_over(const FolderSources *self, Error *err)
{
    if (!self->options.bear || err->kind != ERROR_ACCESS)
        return false;
    log_tell(LOG_WARN, self->options.command, "%s", err->text);
    error_clear(err);
    return true;
}

bool folder_sources_list(FolderSources *self, ObjectList *list, Error *err)
{
    for (int i = 0; i < source_list_count(self->options.list); i++) {
        Wanted wanted = {source_list_at(self->options.list, i), object_list_count(list), 0};
        const char *path = source_name_path(wanted.source->name);
        if (!path)
            continue;
        if (!folder_list(list, path, tell_trouble, self, err) && !pass_over(self, err))
            return error_context(err, "source %d", i + 1);
        object_list_filter(list, is_wanted, &wanted);
    }
    return true;
}

/* Whether *path* is *folder* or lies below it. */
static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    return !strncmp(path, folder, len) &&
           (!path[len] || path[len] == '/' || (len && folder[len - 1] == '/'));
}

static bool is_followed(const ObjectRef *object, void *context)
{
    const FolderSources *self = context;
    for (int i = 0; i < self->followed_count; i++)
        if (is_below(object->folder, self->followed[i].path) &&
            source_list_wants(self->followed[i].source, object->day))
            return true;
    return false;
}

/* Of the watch: what vanished again is no trouble. */
static bool list_coming(void *context, const char *path, Error *err)
{
    FolderSources *self = context;
    Error trouble = {0};
    if (folder_list(self->coming, path, tell_trouble, self, &trouble) ||
        trouble.kind == ERROR_ACCESS)
        return true;
    *err = trouble;
    return false;
}

bool folder_sources_come(FolderSources *self, ObjectList *list, bool *ret_any, Error *err)
{
    *ret_any = folder_sources_wait(self, 0);
    if (!*ret_any)
        return true;
    clock_sleep_us(SETTLE_US);
    self->coming = list;
    if (!file_watch_take(self->watch, list_coming, self, err))
        return false;
    object_list_filter(list, is_followed, self);
    return true;
}

bool folder_sources_watched(const FolderSources *self)
{
    return self->watch != NULL;
}

bool folder_sources_wait(const FolderSources *self, int wait_ms)
{
    return self->watch && file_watch_wait(self->watch, wait_ms);
}

int folder_sources_troubles(const FolderSources *self)
{
    return self->troubles;
}
