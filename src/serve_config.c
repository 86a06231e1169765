#include "serve_config.h"

#include <string.h>

#include "base/file_stamp.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { PATH_BYTES = 4096 };

/* A configuration and how the files looked that are read when it is taken up. */
typedef struct Version {
    CommandLine *line; /* NULL: none */
    FileStamp files;
} Version;

struct ServeConfig {
    const CommandLine *first; /* main's; never freed here */
    FileStamp first_files;
    Version now;    /* none: *first* */
    Version next;   /* none: nothing is due */
    Version before; /* none: *first*, when has_before */
    bool has_before;
};

/* Files that are read once, when all is opened; lookups and alarms are looked at all the time. */
static const ConfigKey FILES[] = {
    CONFIG_AWS_CA,   CONFIG_PUSH_ACCESS_KEY,   CONFIG_PUSH_CERTIFICATE,
    CONFIG_PUSH_KEY, CONFIG_SERVE_CERTIFICATE, CONFIG_SERVE_KEY};

static void add_file(FileStamp *stamp, Str path)
{
    char text[PATH_BYTES];
    if (!path.len || path.len >= sizeof text)
        return; /* no file, or one that nobody can open */
    memcpy(text, path.ptr, path.len);
    text[path.len] = 0;
    file_stamp_add(stamp, text, NULL);
}

static FileStamp stamp(const CommandLine *line)
{
    const Config *config = command_config(line);
    FileStamp files = {0};
    Str target;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        add_file(&files, str_of(config_text(config, FILES[i])));
    for (size_t i = 0; config_item(config, CONFIG_NOTIFY_TARGETS, i, &target); i++) {
        add_file(&files, config_item_member(target, STR("url_file")));
        add_file(&files, config_item_member(target, STR("secret_file")));
    }
    return files;
}

ServeConfig *serve_config_new(const CommandLine *line, Error *err)
{
    ServeConfig *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->first = line;
    self->first_files = stamp(line);
    return self;
}

void serve_config_free(ServeConfig *self)
{
    if (!self)
        return;
    command_free(self->now.line);
    command_free(self->next.line);
    command_free(self->before.line);
    mem_free(self);
}

const CommandLine *serve_config_line(const ServeConfig *self)
{
    return self->now.line ? self->now.line : self->first;
}

static FileStamp files_in_force(const ServeConfig *self)
{
    return self->now.line ? self->now.files : self->first_files;
}

bool serve_config_look(ServeConfig *self)
{
    Error err = {0};
    if (self->next.line)
        return true;
    CommandLine *read = command_again(serve_config_line(self), &err);
    if (!read) {
        log_tell(LOG_WARN, "serve", "%s; the configuration from before goes on", err.text);
        return false;
    }
    const Version next = {read, stamp(read)};
    if (config_equal(command_config(read), command_config(serve_config_line(self))) &&
        file_stamp_equal(next.files, files_in_force(self))) {
        command_free(read);
        return false;
    }
    self->next = next;
    return true;
}

bool serve_config_is_due(const ServeConfig *self)
{
    return self->next.line != NULL;
}

/* Sets what of the configuration in force is the process's. */
static bool set_process(const ServeConfig *self, Error *err)
{
    const Config *config = command_config(serve_config_line(self));
    log_set_level_named(config_text(config, CONFIG_LOG_LEVEL));
    return timestamp_set_zone(config_text(config, CONFIG_DISPLAY_ZONE), err);
}

bool serve_config_take(ServeConfig *self, Error *err)
{
    const Version next = self->next;
    self->next = (Version){0};
    if (!command_apply(next.line, err)) {
        command_free(next.line);
        return false;
    }
    command_free(self->before.line);
    self->before = self->now;
    self->has_before = true;
    self->now = next;
    return set_process(self, err);
}

bool serve_config_go_back(ServeConfig *self)
{
    Error ignored = {0}; /* its zone was in force before */
    if (!self->has_before)
        return false;
    command_free(self->now.line);
    self->now = self->before;
    self->before = (Version){0};
    self->has_before = false;
    return set_process(self, &ignored);
}
