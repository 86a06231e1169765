#include "filter/filter_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/config_document.h"
#include "base/content.h"
#include "base/file.h"
#include "base/mem.h"
#include "filter/filter_set_state.h"
#include "function/function_run.h"

enum {
    ARENA_BYTES_MAX = 64 << 20,
    LIST_BYTES_MAX = 1 << 20,
    FILE_BYTES_MAX = 8 << 20,
    PATH_BYTES_MAX = 4096,
    FILES_BYTES_MAX = 16 << 20
};

static const char SHIPPED[] = "filters/";

/* ---- the life of a set ---- */

FilterSet *filter_set_new(Error *err)
{
    FilterSet *set = mem_calloc(1, sizeof *set, err);
    if (!set)
        return NULL;
    atomic_init(&set->references, 1);
    set->list = buf_init(LIST_BYTES_MAX);
    set->redactions = buf_init(LIST_BYTES_MAX);
    set->files = buf_init(LIST_BYTES_MAX);
    set->arena = arena_new(ARENA_BYTES_MAX, err);
    set->conditions = set->arena ? ruleset_new(NULL, err) : NULL;
    if (set->conditions)
        return set;
    filter_set_free(set);
    return NULL;
}

FilterSet *filter_set_keep(FilterSet *set)
{
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void filter_set_free(FilterSet *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) > 1)
        return;
    ruleset_free(set->conditions);
    buf_free(&set->list);
    buf_free(&set->redactions);
    buf_free(&set->files);
    if (set->key.bytes.len)
        arena_wipe(set->arena);
    arena_free(set->arena);
    mem_free(set);
}

bool filter_set_key(FilterSet *set, const RedactKey *key, Error *err)
{
    const char *id = arena_text(set->arena, key->id, err);
    const char *bytes = id ? arena_text(set->arena, key->bytes, err) : NULL;
    set->key = (RedactKey){{id, key->id.len}, {bytes, bytes ? key->bytes.len : 0}};
    return bytes != NULL;
}

/* The text of each is run once, as each worker will. */
static bool check_functions(const FilterSet *set, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < filter_set_count(set); i++) {
        const RecordFilter *filter = filter_set_at(set, i);
        if (filter->verb != FILTER_FUNCTION)
            continue;
        FunctionRun *run = function_run_new(filter->function, err);
        ok = run != NULL;
        function_run_free(run);
        if (!ok)
            error_context(err, "%.*s:%u: '%.*s'", STR_ARG(filter->file), filter->line,
                          STR_ARG(filter->name));
    }
    return ok;
}

bool filter_set_finish(FilterSet *set, Error *err)
{
    const Redaction *list = (const Redaction *)(const void *)set->redactions.ptr;
    size_t count = set->redactions.len / sizeof *list;
    set->plan = redaction_plan(list, count, set->key, set->arena, err);
    return set->plan && ruleset_finish(set->conditions, err) && check_functions(set, err);
}

bool filter_set_check_key(const FilterSet *set, Error *err)
{
    for (size_t i = 0; !set->key.bytes.len && i < filter_set_count(set); i++) {
        const RecordFilter *filter = filter_set_at(set, i);
        if (filter->verb == FILTER_REDACT &&
            set->plan->list[filter->redaction].action.verb == REDACT_HASH)
            return error_set(err, ERROR_USAGE,
                             "%.*s:%u: '%.*s' replaces values by keyed hashes: redact.key names no "
                             "file with a key",
                             STR_ARG(filter->file), filter->line, STR_ARG(filter->name));
    }
    return true;
}

/* ---- what it holds ---- */

size_t filter_set_count(const FilterSet *set)
{
    return set->list.len / sizeof(RecordFilter *);
}

const RecordFilter *filter_set_at(const FilterSet *set, size_t index)
{
    const RecordFilter *filter;
    memcpy(&filter, set->list.ptr + index * sizeof filter, sizeof filter);
    return filter;
}

const RecordFilter *filter_set_find(const FilterSet *set, Str name)
{
    for (size_t i = 0; i < filter_set_count(set); i++)
        if (str_equal(filter_set_at(set, i)->name, name))
            return filter_set_at(set, i);
    return NULL;
}

const RuleSet *filter_set_conditions(const FilterSet *set)
{
    return set->conditions;
}

const RedactPlan *filter_set_plan(const FilterSet *set)
{
    return set->plan;
}

const RecordFilter *filter_set_redactor(const FilterSet *set, uint32_t redaction)
{
    for (size_t i = 0; i < filter_set_count(set); i++) {
        const RecordFilter *filter = filter_set_at(set, i);
        if (filter->verb == FILTER_REDACT && filter->redaction == redaction)
            return filter;
    }
    return NULL;
}

const char *filter_set_verb(FilterVerb verb)
{
    static const char *const VERBS[] = {
        [FILTER_DROP] = "drop",     [FILTER_KEEP] = "keep",         [FILTER_SAMPLE] = "sample",
        [FILTER_REDACT] = "redact", [FILTER_FUNCTION] = "function",
    };
    return VERBS[verb];
}

/* ---- files ---- */

bool filter_set_add_text(FilterSet *set, Str text, const char *file, Error *err)
{
    YamlReader *reader = yaml_open(text, file, err);
    const Yaml *document = NULL;
    bool ok = reader != NULL;
    while (ok && (ok = yaml_next(reader, set->arena, &document, err)) && document)
        ok = document->kind == YAML_NULL_VALUE || filter_set_read(set, document, file, err);
    yaml_close(reader);
    return ok;
}

static bool is_file(Str path)
{
    return str_ends(path, STR(".yml")) || str_ends(path, STR(".yaml"));
}

static bool add_file(FilterSet *set, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    return file_read(path, &text, NULL, err) && filter_set_add_text(set, buf_str(&text), path, err);
}

/* The files below a folder, while it is walked. */
typedef struct Folder {
    Arena *arena;
    Buf paths; /* const char * each */
} Folder;

static bool note(void *context, const char *path, const FileInfo *info, Error *err)
{
    Folder *folder = context;
    (void)info;
    if (!is_file(str_of(path)))
        return true;
    const char *copy = arena_text(folder->arena, str_of(path), err);
    return copy && buf_append(&folder->paths, &copy, sizeof copy, err);
}

static int compare(const void *a, const void *b)
{
    const char *left, *right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return strcmp(left, right);
}

static bool add_folder(FilterSet *set, const char *path, Error *err)
{
    Folder folder = {.arena = set->arena, .paths = buf_init(FILES_BYTES_MAX)};
    bool ok = file_walk(path, note, NULL, &folder, err);
    size_t count = folder.paths.len / sizeof(const char *);
    if (ok && !count)
        ok = error_set(err, ERROR_USAGE, "'%s' holds no *.yml or *.yaml", path);
    if (ok)
        qsort(folder.paths.ptr, count, sizeof(const char *), compare);
    for (size_t i = 0; ok && i < count; i++) {
        const char *file;
        memcpy(&file, folder.paths.ptr + i * sizeof file, sizeof file);
        ok = add_file(set, file, err);
    }
    buf_free(&folder.paths);
    return ok;
}

/* The file of that name that ships; all of them without one. */
static bool add_content(FilterSet *set, Str name, Error *err)
{
    bool any = false, ok = true;
    for (const ContentFile *file = CONTENT_FILES; ok && file->path; file++) {
        Str path = str_of(file->path);
        if (!str_starts(path, str_of(SHIPPED)) || !is_file(path))
            continue;
        Str stem = str_slice(path, sizeof SHIPPED - 1, path.len - (sizeof ".yml" - 1));
        if (name.ptr && !str_equal(stem, name))
            continue;
        any = true;
        ok = filter_set_add_text(set, (Str){(const char *)file->bytes, file->len}, file->path, err);
    }
    return ok && (any || error_set(err, ERROR_USAGE,
                                   "no filter that ships is called '%.*s'; spoor filter list names "
                                   "them, and a file has a dot or a slash in its path",
                                   STR_ARG(str_slice(name, 0, 80))));
}

bool filter_set_add_shipped(FilterSet *set, Error *err)
{
    return add_content(set, (Str){NULL, 0}, err);
}

static bool is_name(Str item)
{
    return str_find_byte(item, '.', 0) == item.len && str_find_byte(item, '/', 0) == item.len;
}

bool filter_set_add(FilterSet *set, Str item, Error *err)
{
    BUF_AUTO Buf copy = buf_init(PATH_BYTES_MAX);
    if (is_name(item))
        return add_content(set, item, err);
    if (!buf_append_str(&copy, item, err))
        return false;
    const char *path = buf_text(&copy, err);
    if (!path)
        return false;
    return is_file(item) ? add_file(set, path, err) : add_folder(set, path, err);
}

/* ---- those of the configuration ---- */

static bool add_written(FilterSet *set, Str item, const char *file, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    return config_document_read(item, &text, err) &&
           filter_set_add_text(set, buf_str(&text), file, err);
}

bool filter_set_add_configured(FilterSet *set, const Config *config, Error *err)
{
    Str item;
    const char *file = config_source(config, CONFIG_FILTERS);
    bool ok = true;
    for (size_t i = 0; ok && config_item(config, CONFIG_FILTERS, i, &item); i++)
        ok = config_document_is(item) ? add_written(set, item, file, err)
                                      : filter_set_add(set, item, err);
    return ok;
}

FilterSet *filter_set_open(const Config *config, const RedactKey *key, Error *err)
{
    FilterSet *set = filter_set_new(err);
    if (set && filter_set_add_configured(set, config, err) && filter_set_key(set, key, err) &&
        filter_set_finish(set, err) && filter_set_check_key(set, err))
        return set;
    filter_set_free(set);
    (void)error_context(err, "filters");
    return NULL;
}

bool filter_set_is_wanted(const Config *config)
{
    Str item;
    return config_item(config, CONFIG_FILTERS, 0, &item);
}

void filter_set_stamp_functions(const FilterSet *set, FileStamp *stamp)
{
    for (size_t i = 0; set && i < set->files.len / sizeof(const char *); i++) {
        const char *path;
        memcpy(&path, set->files.ptr + i * sizeof path, sizeof path);
        file_stamp_add(stamp, path, NULL);
    }
}

void filter_set_stamp(const Config *config, FileStamp *stamp)
{
    Str item;
    for (size_t i = 0; config_item(config, CONFIG_FILTERS, i, &item); i++) {
        BUF_AUTO Buf copy = buf_init(PATH_BYTES_MAX);
        Error ignored = {0};
        const char *path = buf_append_str(&copy, item, &ignored) ? buf_text(&copy, &ignored) : NULL;
        if (path && !config_document_is(item) && !is_name(item))
            file_stamp_add(stamp, path, is_file);
    }
}
