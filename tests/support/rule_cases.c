#include "support/rule_cases.h"

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 24 };

RuleSet *rule_cases_load(Str text)
{
    Error err = {0};
    const RuleSetOptions options = {.strict = str_starts(text, STR("# strict")),
                                    .titles = str_starts(text, STR("# titles"))};
    RuleSet *set = ruleset_new(&options, &err);
    support_ok(set && ruleset_add_text(set, text, "f.yml", &err) && ruleset_finish(set, &err),
               &err);
    return set;
}

static void append_problem(Buf *out, const RuleProblem *problem)
{
    Error err = {0};
    support_ok(buf_printf(out, &err, "%s%s%s%u: %.*s", out->len ? "; " : "",
                          problem->error ? problem->code : "", problem->error ? " " : "",
                          problem->line, STR_ARG(problem->text)),
               &err);
}

void rule_cases_run(Str text, char verdict, Buf *out)
{
    Error err = {0};
    RuleSet *set = rule_cases_load(text);
    for (size_t i = 0; verdict != '=' && i < ruleset_problem_count(set); i++)
        if (ruleset_problem(set, i)->error == (verdict == '!'))
            append_problem(out, ruleset_problem(set, i));
    for (size_t i = 0; verdict == '=' && i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        support_ok(
            buf_printf(out, &err, "%s%.*s %u", i ? "; " : "", STR_ARG(rule->title), rule->line),
            &err);
    }
    if (!out->len)
        support_ok(buf_printf(out, &err, "nothing"), &err);
    ruleset_free(set);
}

const Rule *rule_cases_only(const RuleSet *set)
{
    if (ruleset_count(set) != 1)
        fail_msg("%zu rules; %.*s", ruleset_count(set),
                 ruleset_problem_count(set) ? (int)ruleset_problem(set, 0)->text.len : 0,
                 ruleset_problem_count(set) ? ruleset_problem(set, 0)->text.ptr : "");
    return ruleset_rule(set, 0);
}

bool rule_cases_match(const Rule *rule, const char *event)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    Document *document = document_new(&err);
    const Json *tree = arena ? json_read(str_of(event), NULL, arena, &err) : NULL;
    support_ok(document && tree, &err);
    document_set_tree(document, tree);
    bool matches = expr_holds(rule->expr, document);
    document_free(document);
    arena_free(arena);
    return matches;
}
