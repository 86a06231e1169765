#include "asking.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "rules.h"
#include "watch/sql_watch.h"

static const int64_t LOOK_US = INT64_C(2000000);

struct Asking {
    const CommandLine *line;
    RuleSet *set;
    Automation *automation;
    SqlWatch *watch; /* NULL: nothing is tried */
    FileStamp in_force, seen;
    int64_t looked_us;
};

static FileStamp stamp(const Asking *self)
{
    FileStamp now = {0};
    rules_stamp(self->line, &now);
    return now;
}

/* Watches what the files hold; those from before stay when some of it cannot be used. */
static bool take(Asking *self, Error *err)
{
    RuleSet *set = rules_open_queries(self->line, err);
    if (!set)
        return false;
    if (self->set && ruleset_error_count(set)) {
        ruleset_free(set);
        return true;
    }
    if (!sql_watch_take(self->watch, set, err)) {
        ruleset_free(set);
        return false;
    }
    ruleset_free(self->set);
    self->set = set;
    return true;
}

Asking *asking_open(const CommandLine *line, const char *folder, const atomic_bool *stopping,
                    bool hurry, Error *err)
{
    const Config *config = command_config(line);
    Asking *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->line = line;
    if (command_has(line, "no-detect"))
        return self;
    self->in_force = self->seen = stamp(self);
    self->looked_us = clock_monotonic_us();
    self->automation = automation_open(config_text(config, CONFIG_FINDINGS_RULES), NULL, err);
    const SqlWatchOptions options = {.folder = folder,
                                     .config = config,
                                     .automation = self->automation,
                                     .stopping = stopping,
                                     .hurry = hurry};
    self->watch = self->automation ? sql_watch_open(&options, err) : NULL;
    if (self->watch && take(self, err))
        return self;
    asking_free(self);
    return NULL;
}

void asking_free(Asking *self)
{
    if (!self)
        return;
    sql_watch_free(self->watch);
    automation_free(self->automation);
    ruleset_free(self->set);
    mem_free(self);
}

/* Takes up what changed and has not changed since the last look. */
static bool look(Asking *self, Error *err)
{
    if (clock_monotonic_us() - self->looked_us < LOOK_US)
        return true;
    self->looked_us = clock_monotonic_us();
    const FileStamp now = stamp(self);
    bool rests = file_stamp_equal(now, self->seen);
    self->seen = now;
    if (!rests || file_stamp_equal(now, self->in_force))
        return true;
    self->in_force = now;
    return take(self, err);
}

bool asking_step(void *context, bool *ret_more, Error *err)
{
    Asking *self = context;
    *ret_more = false;
    return !self->watch || (look(self, err) && sql_watch_step(self->watch, ret_more, err));
}

bool asking_finish(Asking *self, Error *err)
{
    bool more = self->watch != NULL;
    while (more)
        if (!sql_watch_step(self->watch, &more, err))
            return false;
    return true;
}
