#include "rules_new.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "detect/rule_draft.h"
#include "hunt/samples.h"
#include "setup.h"

enum { TEXT_BYTES_MAX = 16 << 20, ARENA_BYTES_MAX = 256 << 20, UUID_BYTES = 37 };

/* A rule's YAML stands some levels above its sample's event. */
static const JsonLimits LIMITS = {.depth_max = 48};

/* What is to be a file's event: the file itself, or the first of its Records or of its array. */
static const Json *read_event(const char *path, Buf *text, Arena *arena, Error *err)
{
    if (!path)
        return json_read(rule_draft_example(), &LIMITS, arena, err);
    if (!file_read(path, text, NULL, err))
        return NULL;
    const Json *root = json_read(buf_str(text), &LIMITS, arena, err);
    if (!root) {
        error_context(err, "'%s'", path);
        return NULL;
    }
    const Json *records = json_member(root, STR("Records"));
    const Json *list = records ? records : root;
    const Json *event = list->type == JSON_ARRAY ? list->first : list;
    if (event && event->type == JSON_OBJECT)
        return event;
    error_set(err, ERROR_INPUT, "'%s' holds no event", path);
    return NULL;
}

static void fail_sample(void *context, const Rule *rule, uint32_t line, const char *text)
{
    Error *err = context;
    (void)rule;
    error_set(err, ERROR_INPUT, "no rule can be made from this event: line %u: %s", line, text);
}

/* Whether it is a rule, and does on its samples what they say. */
static bool try_rule(Str text, Error *err)
{
    SamplesReport report = {0};
    Error why = {0};
    RuleSet *set = ruleset_new(NULL, err);
    bool ok = set && ruleset_add_text(set, text, "the draft", err) && ruleset_finish(set, err);
    if (ok && ruleset_error_count(set)) {
        const RuleProblem *problem = ruleset_problem(set, 0);
        ok = error_set(err, ERROR_INPUT, "no rule can be made from this: line %u: %.*s",
                       problem->line, STR_ARG(problem->text));
    }
    ok = ok && samples_run(set, NULL, fail_sample, &why, &report, err);
    if (ok && report.failed) {
        *err = why;
        ok = false;
    }
    ruleset_free(set);
    return ok;
}

static bool make(const char *title, const char *from, Buf *out, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    char id[UUID_BYTES], date[TIMESTAMP_TEXT_BYTES];
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    timestamp_format_day(timestamp_day(clock_now_us()), date);
    RuleDraft draft = {.title = str_of(title), .id = id, .date = date};
    draft.event = arena ? read_event(from, &text, arena, err) : NULL;
    bool ok = draft.event && hash_uuid(id, err) && rule_draft_write(&draft, arena, out, err) &&
              try_rule(buf_str(out), err);
    arena_free(arena);
    return ok;
}

static bool write_file(const char *path, Str text, Error *err)
{
    if (!setup_write_new(path, text, err))
        return false;
    fprintf(stderr, "%s is written; fill in what its comments ask for, then: spoor rules test %s\n",
            path, path);
    return true;
}

int rules_new(const CommandLine *line, Error *err)
{
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    const char *path = command_text(line, "output", NULL);
    if (command_argument_count(line) != 2) {
        error_set(err, ERROR_USAGE, "rules new takes one title, in quotes if it has several words");
        return EXIT_STATUS_USAGE;
    }
    if (!make(command_argument(line, 1), command_text(line, "from", NULL), &out, err))
        return EXIT_STATUS_FAILURE;
    if (path)
        return write_file(path, buf_str(&out), err) ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
    bool ok =
        fwrite(out.ptr, 1, out.len, stdout) == out.len || error_errno(err, "cannot write the rule");
    return ok ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
}
