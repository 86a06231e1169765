#include "detect/ruleset.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/content.h"
#include "base/file.h"
#include "base/mem.h"
#include "detect/ruleset_state.h"
#include "detect/sigma.h"

enum {
    ARENA_BYTES_MAX = 1 << 30,
    LIST_BYTES_MAX = 1 << 28,
    FILE_BYTES_MAX = 8 << 20,
    PROBLEM_TEXT_MAX = 512
};

RuleSet *ruleset_new(const RuleSetOptions *options, Error *err)
{
    RuleSet *set = mem_calloc(1, sizeof *set, err);
    if (!set)
        return NULL;
    atomic_init(&set->references, 1);
    if (options)
        set->options = *options;
    set->rules = buf_init(LIST_BYTES_MAX);
    set->problems = buf_init(LIST_BYTES_MAX);
    set->regexes = buf_init(LIST_BYTES_MAX);
    set->arena = arena_new(ARENA_BYTES_MAX, err);
    if (set->arena)
        return set;
    ruleset_free(set);
    return NULL;
}

RuleSet *ruleset_keep(RuleSet *set)
{
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void ruleset_free(RuleSet *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t at = 0; at < set->regexes.len; at += sizeof(Regex *)) {
        Regex *regex;
        memcpy(&regex, set->regexes.ptr + at, sizeof regex);
        regex_free(regex);
    }
    buf_free(&set->regexes);
    buf_free(&set->rules);
    buf_free(&set->problems);
    arena_free(set->arena);
    mem_free(set);
}

static __attribute__((format(printf, 3, 0))) void note(RuleReading *reading, RuleProblem problem,
                                                       const char *format, va_list args)
{
    char text[PROBLEM_TEXT_MAX];
    vsnprintf(text, sizeof text, format, args);
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    const char *copy = arena_text(reading->arena, str_of(text), reading->err);
    problem.file = reading->file;
    problem.title = reading->title;
    problem.text = str_of(copy);
    if (copy && buf_append(&reading->set->problems, &problem, sizeof problem, reading->err)) {
        reading->set->errors += problem.error;
        reading->errors += problem.error;
    }
}

bool ruleset_reject(RuleReading *reading, const Yaml *node, const char *code, const char *format,
                    ...)
{
    va_list args;
    va_start(args, format);
    note(reading,
         (RuleProblem){.error = true, .code = code, .line = node ? node->line : reading->line},
         format, args);
    va_end(args);
    return false;
}

bool ruleset_warn(RuleReading *reading, const Yaml *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note(reading, (RuleProblem){.code = "W", .line = node ? node->line : reading->line}, format,
         args);
    va_end(args);
    return false;
}

bool ruleset_take(RuleReading *reading, const Rule *rule)
{
    Rule *copy = arena_alloc(reading->arena, sizeof *copy, reading->err);
    if (!copy)
        return false;
    *copy = *rule;
    copy->index = (uint32_t)ruleset_count(reading->set);
    return buf_append(&reading->set->rules, &copy, sizeof(Rule *), reading->err);
}

const Regex *ruleset_regex(RuleReading *reading, Str pattern, unsigned flags, Error *why)
{
    Regex *regex = regex_new(pattern, flags, why);
    if (regex && !buf_append(&reading->set->regexes, &regex, sizeof(Regex *), reading->err)) {
        regex_free(regex);
        return NULL;
    }
    return regex;
}

/* Whether a line of *text* begins with "query:", without which no rule of it has a query. */
static bool has_query(Str text)
{
    for (size_t at = 0; at < text.len; at = str_find_byte(text, '\n', at) + 1)
        if (str_starts(str_slice(text, at, text.len), STR("query:")))
            return true;
    return false;
}

bool ruleset_add_text(RuleSet *set, Str text, const char *file, Error *err)
{
    if (set->options.only_queries && !has_query(text))
        return true;
    const char *name = arena_text(set->arena, str_of(file), err);
    RuleReading reading = {.set = set, .arena = set->arena, .file = str_of(name), .err = err};
    return name && sigma_read_stream(&reading, text);
}

static bool is_rule_file(Str path)
{
    return str_ends(path, STR(".yml")) || str_ends(path, STR(".yaml"));
}

static bool add_file(RuleSet *set, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    return file_read(path, &text, NULL, err) && ruleset_add_text(set, buf_str(&text), path, err);
}

/* Context of a walk over a folder of rules. */
typedef struct Walk {
    RuleSet *set;
    size_t files;
} Walk;

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Walk *walk = context;
    (void)info;
    if (!is_rule_file(str_of(path)))
        return true;
    walk->files++;
    return add_file(walk->set, path, err);
}

bool ruleset_add_path(RuleSet *set, const char *path, Error *err)
{
    Walk walk = {.set = set};
    if (is_rule_file(str_of(path)))
        return add_file(set, path, err);
    return file_walk(path, visit, NULL, &walk, err) &&
           (walk.files || error_set(err, ERROR_USAGE,
                                    "'%s': no rules there, files that end in .yml or .yaml", path));
}

void ruleset_stamp(const char *path, FileStamp *stamp)
{
    file_stamp_add(stamp, path, is_rule_file);
}

bool ruleset_add_content(RuleSet *set, Error *err)
{
    for (const ContentFile *file = CONTENT_FILES; file->path; file++) {
        Str path = str_of(file->path);
        Str text = {(const char *)file->bytes, file->len};
        if (str_starts(path, STR("rules/")) && is_rule_file(path) &&
            !ruleset_add_text(set, text, file->path, err))
            return false;
    }
    return true;
}

size_t ruleset_count(const RuleSet *set)
{
    return set->rules.len / sizeof(Rule *);
}

const Rule *ruleset_rule(const RuleSet *set, size_t index)
{
    const Rule *rule;
    memcpy(&rule, set->rules.ptr + index * sizeof rule, sizeof rule);
    return rule;
}

static Str stem_of(Str file)
{
    Str name = str_base_name(file);
    size_t dot = str_ends(name, STR(".yaml")) ? name.len - 5 : name.len - 4;
    return is_rule_file(name) ? str_slice(name, 0, dot) : name;
}

const Rule *ruleset_find(const RuleSet *set, Str name)
{
    const Rule *found = NULL;
    for (size_t i = 0; name.len && i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        if (str_equal_nocase(rule->id, name) || str_equal(rule->name, name))
            return rule;
        if (!found && (str_equal(stem_of(rule->file), name) || str_equal(rule->title, name)))
            found = rule;
    }
    return found;
}

size_t ruleset_problem_count(const RuleSet *set)
{
    return set->problems.len / sizeof(RuleProblem);
}

const RuleProblem *ruleset_problem(const RuleSet *set, size_t index)
{
    return (const RuleProblem *)(void *)set->problems.ptr + index;
}

size_t ruleset_error_count(const RuleSet *set)
{
    return set->errors;
}
