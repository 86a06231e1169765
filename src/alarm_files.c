#include "alarm_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "setup.h"
#include "watch/alarm_describe.h"
#include "watch/alarm_template.h"

enum { TEXT_BYTES_MAX = 64 << 20 };

static void tell(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

/* To the file of --output, else to standard output. */
static bool put(const CommandLine *line, Str text, Error *err)
{
    const char *path = command_text(line, "output", NULL);
    if (path)
        return setup_write_new(path, text, err);
    return fwrite(text.ptr, 1, text.len, stdout) == text.len || error_errno(err, "cannot write");
}

static bool add_file(AlarmDescribe *describe, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(SETUP_INPUT_BYTES_MAX);
    return setup_read_input(path, &text, err) &&
           alarm_describe_add(describe, buf_str(&text),
                              strcmp(path, "-") == 0 ? "standard input" : path, err);
}

bool alarm_files_import(const CommandLine *line, Lake *none, Error *err)
{
    (void)none;
    AlarmDescribeTally tally;
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    if (command_argument_count(line) < 2)
        return error_set(err, ERROR_USAGE,
                         "spoor alarms import needs a file, or - for standard input");
    AlarmDescribe *describe = alarm_describe_new(tell, NULL, err);
    bool ok = describe != NULL;
    for (int i = 1; ok && i < command_argument_count(line); i++)
        ok = add_file(describe, command_argument(line, i), err);
    ok = ok && alarm_describe_write(describe, &out, &tally, err) && put(line, buf_str(&out), err);
    alarm_describe_free(describe);
    if (ok)
        fprintf(stderr,
                "%" PRId64 " metric filters, %" PRId64 " alarms and %" PRId64
                " composite alarms are carried, %" PRId64 " left out\n",
                tally.filters, tally.alarms, tally.composites, tally.left_out);
    return ok;
}

bool alarm_files_export(const CommandLine *line, Lake *none, Error *err)
{
    (void)none;
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    if (command_argument_count(line) > 1)
        return error_set(err, ERROR_USAGE, "spoor alarms export writes what alarms.path names");
    AlarmSet *set = alarm_set_open(command_config(line), err);
    size_t count = set ? alarm_set_count(set) + alarm_set_filter_count(set) : 0;
    bool ok = set && (count || error_set(err, ERROR_USAGE, "alarms.path names no alarms"));
    ok = ok && alarm_template_write(set, &out, err) && put(line, buf_str(&out), err);
    if (ok && count > ALARM_TEMPLATE_RESOURCES_MAX)
        fprintf(stderr, "%zu resources: CloudFormation takes %d in a template\n", count,
                ALARM_TEMPLATE_RESOURCES_MAX);
    if (ok && alarm_set_mute_count(set))
        fprintf(stderr, "mute windows are left out: %zu\n", alarm_set_mute_count(set));
    alarm_set_free(set);
    return ok;
}
