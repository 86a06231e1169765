/* Conformance: searches and conditions of Sigma, one JSON document a line. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "detect/ruleset.h"
#include "support/support.h"

enum { FILE_BYTES_MAX = 1 << 20, RULE_BYTES_MAX = 1 << 16, ARENA_BYTES_MAX = 1 << 24 };

static const RuleSetOptions STRICT = {.strict = true};

typedef bool (*Check)(const Json *vector, Buf *why);

/* Loads one rule; NULL when it was rejected, with the reason in *why*. */
static const Rule *load(RuleSet *set, Str text, Buf *why)
{
    Error err = {0};
    support_ok(ruleset_add_text(set, text, "rule.yml", &err) && ruleset_finish(set, &err), &err);
    for (size_t i = 0; i < ruleset_problem_count(set); i++)
        if (ruleset_problem(set, i)->error)
            support_ok(buf_append_str(why, ruleset_problem(set, i)->text, &err), &err);
    return ruleset_count(set) ? ruleset_rule(set, 0) : NULL;
}

static bool verdict(const Rule *rule, const Json *event, Str want, Buf *why)
{
    Error err = {0};
    Document *document = document_new(&err);
    support_ok(document != NULL, &err);
    document_set_tree(document, event);
    const char *got = !rule ? "\"reject\"" : expr_holds(rule->expr, document) ? "true" : "false";
    bool same = str_equal(want, str_of(got));
    if (!same)
        support_ok(buf_printf(why, &err, " got %s", got), &err);
    document_free(document);
    return same;
}

static bool check_field(const Json *vector, Buf *why)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(RULE_BYTES_MAX);
    RuleSet *set = ruleset_new(&STRICT, &err);
    const Json *search = json_member(vector, STR("sel"));
    support_ok(set && buf_printf(&text, &err,
                                 "title: t\nlogsource: {product: aws}\nlevel: low\ndetection: "
                                 "{selection: %.*s, condition: selection}\n",
                                 STR_ARG(search->raw)),
               &err);
    bool same = verdict(load(set, buf_str(&text), why), json_member(vector, STR("ev")),
                        json_member(vector, STR("want"))->raw, why);
    ruleset_free(set);
    return same;
}

static bool check_condition(const Json *vector, Buf *why)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(RULE_BYTES_MAX);
    RuleSet *set = ruleset_new(&STRICT, &err);
    bool ok = buf_printf(&text, &err, "title: t\nlogsource: {product: aws}\ndetection:\n");
    for (const Json *id = json_member(vector, STR("ids"))->first; ok && id; id = id->next)
        ok = buf_printf(&text, &err, "  \"%.*s\": {f: %d}\n", STR_ARG(id->name),
                        id->type == JSON_TRUE);
    support_ok(ok && buf_printf(&text, &err, "  condition: %.*s\n",
                                STR_ARG(json_member(vector, STR("condition"))->raw)),
               &err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    const Json *event = json_read(STR("{\"f\": 1}"), &JSON_LIMITS_DEFAULT, arena, &err);
    bool same =
        verdict(load(set, buf_str(&text), why), event, json_member(vector, STR("want"))->raw, why);
    arena_free(arena);
    ruleset_free(set);
    return same;
}

static void run(const char *file, size_t count, Check check)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    char path[512];
    size_t seen = 0, bad = 0;
    snprintf(path, sizeof path, "%s/tests/unit/detect/%s", TEST_SOURCE_DIR, file);
    support_ok(file_read(path, &text, NULL, &err), &err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = str_find_byte(buf_str(&text), '\n', at);
        Str line = str_slice(buf_str(&text), at, end);
        if (!line.len || line.ptr[0] == '#')
            continue;
        BUF_AUTO Buf why = buf_init(RULE_BYTES_MAX);
        const Json *vector = json_read(line, &JSON_LIMITS_DEFAULT, arena, &err);
        support_ok(vector != NULL, &err);
        seen++;
        if (!check(vector, &why) && ++bad)
            print_error("%.*s\n  %.*s\n", STR_ARG(line), STR_ARG(buf_str(&why)));
        arena_reset(arena);
    }
    arena_free(arena);
    assert_int_equal(bad, 0);
    assert_true(seen >= count);
}

static void searches_match_as_specified(void **state)
{
    (void)state;
    run("sigma_fields.jsonl", 190, check_field);
}

static void conditions_mean_what_they_say(void **state)
{
    (void)state;
    run("sigma_conditions.jsonl", 46, check_condition);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_match_as_specified),
        cmocka_unit_test(conditions_mean_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
