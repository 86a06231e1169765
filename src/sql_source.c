#include "sql_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "pipeline.h"
#include "query/saved.h"
#include "setup.h"
#include "sources.h"

enum { FOLDER_BYTES = 256, FROM_MAX = 256, WAVE_OBJECTS = 200000 };

static const int64_t PUBLISH_NEVER_US = INT64_MAX / 2;

struct SqlSource {
    char folder[FOLDER_BYTES];
};

/* "name=value" */
static bool split_value(Str text, SavedValue *ret, Error *err)
{
    size_t equals = str_find_byte(text, '=', 0);
    if (equals == 0 || equals == text.len)
        return error_set(err, ERROR_USAGE, "a value is given as NAME=VALUE, not '%.*s'",
                         STR_ARG(str_slice(text, 0, 80)));
    *ret = (SavedValue){str_slice(text, 0, equals), str_slice(text, equals + 1, text.len)};
    return true;
}

bool sql_source_saved(Str name, const Str *values, size_t count, Buf *out, Error *err)
{
    Saved saved;
    SavedValue split[SAVED_PARAMETERS_MAX];
    if (!saved_find(name, &saved, err))
        return false;
    if (count > SAVED_PARAMETERS_MAX)
        return error_set(err, ERROR_USAGE, "more than %d values are given", SAVED_PARAMETERS_MAX);
    for (size_t i = 0; i < count; i++)
        if (!split_value(values[i], &split[i], err))
            return false;
    return saved_write(&saved, split, count, out, err);
}

static bool put_saved(const CommandLine *line, const char *name, Buf *out, Error *err)
{
    Str values[SAVED_PARAMETERS_MAX + 1];
    size_t count = 0;
    const char *text;
    while (count < SAVED_PARAMETERS_MAX + 1 &&
           (text = command_text_at(line, "parameter", (int)count)) != NULL)
        values[count++] = str_of(text);
    return sql_source_saved(str_of(name), values, count, out, err);
}

bool sql_source_statement(const CommandLine *line, Buf *out, Error *err)
{
    const char *name = command_text(line, "saved", NULL);
    int arguments = command_argument_count(line);
    if (name && arguments)
        return error_set(err, ERROR_USAGE, "a query or --saved is taken, not both");
    if (name)
        return put_saved(line, name, out, err);
    if (command_has(line, "parameter"))
        return error_set(err, ERROR_USAGE, "-p goes with --saved");
    if (!arguments)
        return error_set(err, ERROR_USAGE, "a query is missing: give one, or --saved NAME");
    return buf_append_str(out, str_of(command_argument(line, 0)), err);
}

bool sql_source_list(Buf *out, Error *err)
{
    Saved saved;
    bool ok = true;
    Str group = {"", 0};
    static const char *const GROUPS[] = {"incident response", "operations", "audit", "integrity"};
    for (size_t g = 0; g < sizeof GROUPS / sizeof *GROUPS; g++)
        for (size_t i = 0; ok && saved_at(i, &saved); i++) {
            if (!str_equal(saved.group, str_of(GROUPS[g])))
                continue;
            if (!str_equal(group, saved.group))
                ok = buf_printf(out, err, "%s%.*s\n", group.len ? "\n" : "", STR_ARG(saved.group));
            group = saved.group;
            ok = ok && buf_printf(out, err, "  %-28.*s %.*s\n", STR_ARG(saved.name),
                                  STR_ARG(saved.question));
        }
    return ok;
}

bool sql_source_describe(Str name, Buf *out, Error *err)
{
    Saved saved;
    if (!saved_find(name, &saved, err))
        return false;
    bool ok =
        buf_printf(out, err, "-- %.*s\n-- %.*s\n", STR_ARG(saved.title), STR_ARG(saved.question));
    for (uint32_t i = 0; ok && i < saved.parameter_count; i++) {
        const SavedParameter *parameter = &saved.parameters[i];
        ok = buf_printf(out, err, "-- -p %.*s=... %.*s%s%.*s: %.*s\n", STR_ARG(parameter->name),
                        STR_ARG(parameter->type), parameter->standard.len ? ", else " : "",
                        STR_ARG(parameter->standard), STR_ARG(parameter->words));
    }
    return ok && buf_printf(out, err, "%.*s\n", STR_ARG(saved.body));
}

static void tell_report(const IngestReport *report)
{
    fprintf(stderr, "%" PRIu64 " records of %" PRIu64 " objects read in %.1f s",
            report->records_kept, report->ingested, report->seconds);
    if (report->pieces_quarantined || report->quarantined || report->unreadable)
        fprintf(stderr, "; %" PRIu64 " pieces set apart, %" PRIu64 " objects unreadable",
                report->pieces_quarantined, report->unreadable);
    fprintf(stderr, "\n");
}

/* What fills the column `derived`. */
static TriedHolder *open_lookups(const Config *config, Lake *lake, Error *err)
{
    Derive *derive = derive_open(config, err);
    Tried *tried = derive ? tried_new(&(TriedPieces){.derive = derive}, true, err) : NULL;
    TriedHolder *holder = tried ? tried_holder_new(tried, lake, err) : NULL;
    if (!holder)
        tried_release(tried);
    derive_release(derive);
    return holder;
}

static bool next_objects(void *context, ObjectList *list, bool *ret_more, Error *err)
{
    return sources_next(context, list, WAVE_OBJECTS, ret_more, err);
}

static bool ingest(const CommandLine *line, Lake *lake, ObjectList *list, Sources *sources,
                   IngestReport *ret, Error *err)
{
    const Config *config = command_config(line);
    TriedHolder *lookups = NULL;
    if (setup_writes_derived(config) && !(lookups = open_lookups(config, lake, err)))
        return false;
    int64_t jobs = config_number(config, CONFIG_INGEST_JOBS);
    const IngestOptions options = {
        .lake = lake,
        .listed = list,
        .aws = source_list_aws(sources_list(sources)),
        .next = next_objects,
        .context = sources,
        .tried = lookups,
        .jobs = jobs > 0 && jobs <= 256 ? (int)jobs : pool_processors(),
        .part_rows = (uint32_t)config_number(config, CONFIG_INGEST_PART_ROWS),
        .publish_us = PUBLISH_NEVER_US,
        .evaluate_us = PUBLISH_NEVER_US,
        .free_bytes_min = (uint64_t)config_number(config, CONFIG_INGEST_FREE)};
    bool ok = pipeline_ingest(&options, ret, err);
    tried_holder_free(lookups);
    return ok && (!ret->interrupted || error_set(err, ERROR_LIMIT, "interrupted"));
}

static bool fill(const CommandLine *line, const char *folder, const SourceListOptions *names,
                 IngestReport *ret, Error *err)
{
    const SourcesOptions options = {.list = *names};
    LAKE_AUTO Lake *lake = lake_open(folder, LAKE_CREATE, err);
    ObjectList *list = lake ? object_list_new(err) : NULL;
    Sources *sources = list ? sources_open(line, &options, err) : NULL;
    if (list && !sources)
        error_context(err, "--from");
    bool ok = sources && ingest(line, lake, list, sources, ret, err);
    sources_free(sources);
    object_list_free(list);
    return ok;
}

SqlSource *sql_source_of(const CommandLine *line, const char *const *names, int count,
                         IngestReport *ret, Error *err)
{
    const SourceListOptions list = {.command = "sql", .names = names, .count = count};
    const char *base = getenv("TMPDIR");
    SqlSource *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return NULL;
    int used = snprintf(source->folder, sizeof source->folder, "%s/spoor-lake-XXXXXX",
                        base && base[0] ? base : "/tmp");
    if (used >= (int)sizeof source->folder || !mkdtemp(source->folder)) {
        source->folder[0] = '\0';
        error_errno(err, "no temporary folder could be made");
        sql_source_close(source);
        return NULL;
    }
    if (fill(line, source->folder, &list, ret, err))
        return source;
    sql_source_close(source);
    return NULL;
}

SqlSource *sql_source_open(const CommandLine *line, Error *err)
{
    const char *names[FROM_MAX];
    int count = 0;
    IngestReport report;
    while (count < FROM_MAX && (names[count] = command_text_at(line, "from", count)) != NULL)
        count++;
    if (command_text_at(line, "from", count)) {
        error_set(err, ERROR_USAGE, "--from is given more than %d times", FROM_MAX);
        return NULL;
    }
    SqlSource *source = sql_source_of(line, names, count, &report, err);
    if (source)
        tell_report(&report);
    return source;
}

const char *sql_source_folder(const SqlSource *source)
{
    return source->folder;
}

void sql_source_close(SqlSource *source)
{
    Error ignored = {0};
    if (source && source->folder[0] && !file_remove_tree(source->folder, &ignored))
        error_clear(&ignored); /* it does no harm */
    mem_free(source);
}
