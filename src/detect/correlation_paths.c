/* Which paths the signals of each rule must carry for the correlations above it. */
#include <string.h>

#include "base/mem.h"
#include "detect/correlation_paths.h"

enum { PATHS_BYTES_MAX = 1 << 20 };

/* The index of *path* in a list of Str, where it is added if it is new; SIZE_MAX with *err*. */
static size_t path_index(Buf *list, Str path, Error *err)
{
    size_t count = list->len / sizeof path;
    for (size_t i = 0; i < count; i++) {
        Str known;
        memcpy(&known, list->ptr + i * sizeof known, sizeof known);
        if (str_equal(known, path))
            return i;
    }
    return buf_append(list, &path, sizeof path, err) ? count : SIZE_MAX;
}

Buf correlation_paths_list(void)
{
    return buf_init(PATHS_BYTES_MAX);
}

/* Stops as soon as there are too many. */
static bool add_names(Buf *list, const Correlation *correlation, const RuleTexts *names, Error *err)
{
    for (uint32_t rule = 0; rule < correlation->rules.count; rule++)
        for (uint32_t i = 0; i < names->count; i++) {
            Str path = correlation_path(correlation, names->list[i], rule);
            if (list->len / sizeof path > CORRELATION_PATHS_MAX)
                return true;
            if (path_index(list, path, err) == SIZE_MAX)
                return false;
        }
    return true;
}

bool correlation_paths_add(Buf *list, const Correlation *correlation, bool *ret_fits, Error *err)
{
    size_t before = list->len;
    if (!add_names(list, correlation, &correlation->group_by, err) ||
        !add_names(list, correlation, &correlation->value_fields, err))
        return false;
    *ret_fits = list->len / sizeof(Str) <= CORRELATION_PATHS_MAX;
    if (!*ret_fits)
        list->len = before;
    return true;
}

/* Notes that signals of *rule*, and of those below it, need *path*. */
static bool need(CorrelationPaths *paths, const Rule *rule, Str path, Error *err)
{
    bool ok = true;
    size_t index = path_index(&paths->list, path, err);
    if (index == SIZE_MAX)
        return false;
    if (index >= CORRELATION_PATHS_MAX)
        return error_set(err, ERROR_LIMIT, "correlations look at more than %d fields",
                         CORRELATION_PATHS_MAX);
    uint64_t *word = &paths->needs[rule->index].words[index / 64];
    if (*word >> index % 64 & 1)
        return true;
    *word |= (uint64_t)1 << index % 64;
    const Correlation *inner = rule->kind == RULE_CORRELATION ? rule->correlation : NULL;
    for (uint32_t i = 0; ok && inner && i < inner->rules.count; i++)
        ok = need(paths, inner->resolved[i], path, err);
    return ok;
}

static bool need_all(CorrelationPaths *paths, const Correlation *correlation,
                     const RuleTexts *names, uint32_t rule, Error *err)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < names->count; i++)
        ok = need(paths, correlation->resolved[rule],
                  correlation_path(correlation, names->list[i], rule), err);
    return ok;
}

static bool add(CorrelationPaths *paths, const Rule *rule, Error *err)
{
    const Correlation *correlation = rule->correlation;
    bool ok = true;
    for (uint32_t i = 0; ok && i < correlation->rules.count; i++) {
        paths->wanted[correlation->resolved[i]->index] = true;
        ok = need_all(paths, correlation, &correlation->group_by, i, err) &&
             need_all(paths, correlation, &correlation->value_fields, i, err);
    }
    return ok;
}

CorrelationPaths *correlation_sql_paths(const RuleSet *set, Error *err)
{
    CorrelationPaths *paths = mem_calloc(1, sizeof *paths, err);
    size_t count = ruleset_count(set);
    if (!paths)
        return NULL;
    paths->list = buf_init(PATHS_BYTES_MAX);
    paths->rule_count = count + 1;
    paths->wanted = mem_calloc(count + 1, sizeof *paths->wanted, err);
    paths->needs = mem_calloc(count + 1, sizeof *paths->needs, err);
    bool ok = paths->wanted && paths->needs;
    for (size_t i = 0; ok && i < count; i++)
        if (ruleset_rule(set, i)->kind == RULE_CORRELATION)
            ok = add(paths, ruleset_rule(set, i), err);
    if (ok)
        return paths;
    correlation_sql_paths_free(paths);
    return NULL;
}

void correlation_sql_paths_free(CorrelationPaths *paths)
{
    if (!paths)
        return;
    buf_free(&paths->list);
    mem_free(paths->wanted);
    mem_free(paths->needs);
    mem_free(paths);
}

size_t correlation_sql_path_count(const CorrelationPaths *paths)
{
    return paths->list.len / sizeof(Str);
}

Str correlation_sql_path(const CorrelationPaths *paths, size_t index)
{
    Str path;
    memcpy(&path, paths->list.ptr + index * sizeof path, sizeof path);
    return path;
}

bool correlation_sql_wants(const CorrelationPaths *paths, const Rule *rule)
{
    return paths->wanted[rule->index];
}

bool correlation_sql_needs(const CorrelationPaths *paths, const Rule *rule, size_t index)
{
    return paths->needs[rule->index].words[index / 64] >> index % 64 & 1;
}

size_t correlation_paths_find(const CorrelationPaths *paths, Str path)
{
    size_t index = 0;
    while (index < correlation_sql_path_count(paths) &&
           !str_equal(correlation_sql_path(paths, index), path))
        index++;
    return index;
}
