#include "rules.h"

#include <stdio.h>

#include "base/cell.h"
#include "base/log.h"
#include "query/query_check.h"

enum { LINE_BYTES_MAX = 4096 };

static bool add_given(const CommandLine *line, RuleSet *set, const char *const *paths, int *ret,
                      Error *err)
{
    const char *path;
    for (*ret = 0; (path = command_text_at(line, "rules", *ret)) != NULL; ++*ret)
        if (!ruleset_add_path(set, path, err))
            return false;
    for (; paths && *paths; paths++, ++*ret)
        if (!ruleset_add_path(set, *paths, err))
            return false;
    return true;
}

static RuleSet *open_set(const CommandLine *line, const char *const *paths, bool only_queries,
                         Error *err)
{
    const RuleSetOptions options = {.strict = command_has(line, "strict"),
                                    .titles = true,
                                    .retired = command_has(line, "retired"),
                                    .only_queries = only_queries,
                                    .check = query_check};
    RuleSet *set = ruleset_new(&options, err);
    int given = 0;
    bool ok = set && add_given(line, set, paths, &given, err) &&
              (given || ruleset_add_content(set, err)) && ruleset_finish(set, err);
    if (ok)
        return set;
    ruleset_free(set);
    return NULL;
}

RuleSet *rules_open(const CommandLine *line, const char *const *paths, Error *err)
{
    return open_set(line, paths, false, err);
}

RuleSet *rules_open_queries(const CommandLine *line, Error *err)
{
    return open_set(line, NULL, true, err);
}

void rules_stamp(const CommandLine *line, FileStamp *stamp)
{
    const char *path;
    for (int i = 0; (path = command_text_at(line, "rules", i)) != NULL; i++)
        ruleset_stamp(path, stamp);
}

/* Retired rules that tell nothing. */
static size_t count_retired(const RuleSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < ruleset_count(set); i++)
        count += ruleset_rule(set, i)->silent && rule_is_retired(ruleset_rule(set, i));
    return count;
}

/* Tells errors, and warnings if *all*. */
static void tell_problems(const RuleSet *set, bool all, size_t most)
{
    size_t told = 0, left = 0;
    for (size_t i = 0; i < ruleset_problem_count(set); i++) {
        const RuleProblem *problem = ruleset_problem(set, i);
        BUF_AUTO Buf text = buf_init(LINE_BYTES_MAX);
        Error ignored = {0};
        if (!problem->error && !all)
            continue;
        if (told == most) {
            left++;
            continue;
        }
        told++;
        if (cell_visible(problem->title, &text, &ignored))
            log_tell(problem->error ? LOG_ERROR : LOG_WARN, "", "%.*s:%u: %s: %.*s%s%.*s%s",
                     STR_ARG(problem->file), problem->line, problem->error ? "error" : "warning",
                     STR_ARG(problem->text), text.len ? " (rule '" : "", STR_ARG(buf_str(&text)),
                     text.len ? "')" : "");
    }
    if (left)
        log_tell(LOG_WARN, "", "... and %zu more; spoor rules check tells all", left);
}

void rules_tell_errors(const RuleSet *set, size_t most)
{
    tell_problems(set, false, most);
}

void rules_tell(const RuleSet *set, bool all, size_t most)
{
    tell_problems(set, all, most);
    if (!all && count_retired(set))
        log_tell(LOG_INFO, "",
                 "rules of status deprecated or unsupported, which tell nothing without "
                 "--retired: %zu",
                 count_retired(set));
}
