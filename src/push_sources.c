#include "push_sources.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "collect/push_source.h"

struct PushSources {
    PushSourcesOptions options;
    PushSource **list;
    int count;
};

bool push_sources_is(const char *name)
{
    return str_starts(str_of(name), STR("http://")) || str_starts(str_of(name), STR("https://"));
}

static void tell(void *context, const char *line)
{
    const PushSources *self = context;
    log_tell(LOG_INFO, self->options.command, "%s", line);
}

static bool is_in(void *context, Str source, Str key, Str etag, bool *ret, Error *err)
{
    const PushSources *self = context;
    return self->options.is_in(self->options.context, source, key, etag, ret, err);
}

static bool take_findings(void *context, NotificationFindings *list, size_t count, Arena *arena,
                          Error *err)
{
    const PushSources *self = context;
    return self->options.take_findings(self->options.context, list, count, arena, err);
}

/* A configured path; NULL when it is not set. */
static const char *path_of(const PushSources *self, ConfigKey key)
{
    const char *path = config_text(self->options.config, key);
    return path && *path ? path : NULL;
}

/* An endpoint that nobody would wait at. */
static bool leave_out(PushSources *self, const char *name, Error *err)
{
    Error why = {0};
    bool configured = source_list_is_configured(self->options.list);
    error_set(&why, ERROR_USAGE, "'%.200s': what is delivered has no end: --follow", name);
    if (configured)
        tell(self, why.text);
    else
        *err = why;
    return configured;
}

static bool open_one(PushSources *self, const char *name, Error *err)
{
    const PushSourceOptions options = {.url = str_of(name),
                                       .access_key_file = path_of(self, CONFIG_PUSH_ACCESS_KEY),
                                       .certificate_file = path_of(self, CONFIG_PUSH_CERTIFICATE),
                                       .key_file = path_of(self, CONFIG_PUSH_KEY),
                                       .is_in = is_in,
                                       .take_findings =
                                           self->options.take_findings ? take_findings : NULL,
                                       .tell = tell,
                                       .context = self};
    if (!self->options.follow)
        return leave_out(self, name, err);
    PushSource *source = push_source_open(&options, err);
    if (!source)
        return false;
    self->list[self->count++] = source;
    log_tell(LOG_INFO, self->options.command, "listening at port %u for %s",
             push_source_port(source), name);
    return true;
}

PushSources *push_sources_open(const PushSourcesOptions *options, Error *err)
{
    PushSources *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->options = *options;
    self->list = mem_calloc((size_t)source_list_count(options->list), sizeof(PushSource *), err);
    bool ok = self->list != NULL;
    for (int i = 0; ok && i < source_list_count(options->list); i++) {
        const char *name = source_list_at(options->list, i)->name;
        ok = !push_sources_is(name) || open_one(self, name, err);
    }
    if (ok)
        return self;
    push_sources_free(self);
    return NULL;
}

void push_sources_free(PushSources *self)
{
    if (!self)
        return;
    for (int i = 0; self->list && i < self->count; i++)
        push_source_free(self->list[i]);
    mem_free(self->list);
    mem_free(self);
}

int push_sources_count(const PushSources *self)
{
    return self->count;
}

bool push_sources_next(PushSources *self, ObjectList *list, int64_t wait_us, bool *ret_any,
                       Error *err)
{
    *ret_any = false;
    for (int i = 0; i < self->count; i++) {
        bool any;
        if (!push_source_next(self->list[i], list, self->count > 1 ? 0 : wait_us, &any, err))
            return false;
        *ret_any |= any;
    }
    return true;
}

bool push_sources_settle(PushSources *self, Error *err)
{
    for (int i = 0; i < self->count; i++)
        if (!push_source_settle(self->list[i], err))
            return false;
    return true;
}
