#include "detect/required.h"

#include "support/rule_cases.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16, RULES_MAX = 8 };

static RuleSet *load(const char *searches, const char *condition)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    support_ok(buf_printf(&text, &err,
                          "title: t\nlogsource: {product: aws}\n"
                          "detection: {%s, condition: %s}\n",
                          searches, condition),
               &err);
    return rule_cases_load(buf_str(&text));
}

static void names_are_required_where_no_event_matches_without_them(void **state)
{
    static const struct {
        const char *searches, *condition, *names; /* NULL: none is required */
    } CASES[] = {
        {"a: {eventName: GetObject}", "a", "getobject "},
        {"a: {eventName: [B, a, C]}", "a", "a b c "},
        {"a: {eventName: Get*}", "a", NULL},
        {"a: {eventName: [Get*, a]}", "a", NULL},
        {"a: {eventName|contains: Get}", "a", NULL},
        {"a: {eventName|cased: Get}", "a", "Get "},
        {"a: {eventName|re: Get}", "a", NULL},
        {"a: {eventName|neq: a}", "a", NULL},
        {"a: {eventName.x: a}", "a", NULL},
        {"a: {eventSource: a}", "a", NULL},
        {"a: {eventName: 5}", "a", NULL},
        {"a: {eventName: ~}", "a", NULL},
        {"a: [eventName]", "a", NULL},
        {"a: {eventName: a, f: 1}", "a", "a "},
        {"a: {f: 1, eventName: a}", "a", "a "},
        {"a: [{eventName: a}, {eventName: b, f: 1}]", "a", "a b "},
        {"a: [{eventName: a}, {f: 1}]", "a", NULL},
        {"a: {eventName: x}, b: {f: 1}", "a and b", "x "},
        {"a: {eventName: x}, b: {f: 1}", "b and a", "x "},
        {"a: {eventName: x}, b: {f: 1}", "a or b", NULL},
        {"a: {eventName: x}, b: {eventName: y}", "a or b", "x y "},
        {"a: {eventName: x}, b: {eventName: y}", "a and b", "x "},
        {"a: {eventName: x}, b: {eventName: y}", "a and not b", "x "},
        {"a: {eventName: x}, b: {eventName: y}", "not b and a", "x "},
        {"a: {eventName: x}", "not a", NULL},
        {"a: {eventName: x}", "not not a", "x "},
        {"a: {eventName: x}, b: {f: 1}, c: {eventName: y}", "(a or b) and c", "y "},
        {"a: {eventName: x}, b: {f: 1}, c: {eventName: y}", "a and b or c", "x y "},
        {"a: {eventName: x}, b: {f: 1}, c: {eventName: y}", "(a or b) or c", NULL},
        {"a: {eventName: x}, b: {eventName: y}", "1 of them", "x y "},
        {"a: {eventName: x}, b: {eventName: y}", "all of them", "x "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf names = buf_init(TEXT_BYTES_MAX), out = buf_init(TEXT_BYTES_MAX);
        RuleSet *set = load(CASES[i].searches, CASES[i].condition);
        bool some = required_names(rule_cases_only(set)->expr, S_EVENT_NAME, &names, &err);
        for (size_t at = 0; at < names.len; at += sizeof(Str)) {
            Str name;
            memcpy(&name, names.ptr + at, sizeof name);
            support_ok(buf_printf(&out, &err, "%.*s ", STR_ARG(name)), &err);
        }
        const char *expect = CASES[i].names ? CASES[i].names : "";
        if (some != (CASES[i].names != NULL) || !str_equal(buf_str(&out), str_of(expect)))
            fail_msg("%s, %s: '%.*s'", CASES[i].searches, CASES[i].condition,
                     STR_ARG(buf_str(&out)));
        ruleset_free(set);
    }
}

static void a_name_leaves_the_rules_that_require_it_and_those_that_require_none(void **state)
{
    static const char TEXT[] =
        "title: '0'\nlogsource: {product: aws}\ndetection: {a: {eventName: [A, B]}, condition: a}\n"
        "---\n"
        "title: '1'\nlogsource: {product: aws}\ndetection: {a: {f: 1}, condition: a}\n---\n"
        "title: '2'\nlogsource: {product: aws}\ndetection: {a: {eventName: B}, condition: a}\n---\n"
        "title: '3'\nlogsource: {product: aws}\ndetection: {a: {eventName: Ä}, condition: a}\n---\n"
        "title: '4'\nlogsource: {product: aws}\ndetection: {a: {eventName: C*}, condition: "
        "a}\n---\n"
        "title: '5'\nlogsource: {product: aws}\ndetection: {a: {eventName|cased: D}, condition: a}"
        "\n";
    static const struct {
        const char *event, *rules;
    } CASES[] = {
        {"{\"eventName\": \"A\"}", "014"}, {"{\"eventName\": \"b\"}", "0124"},
        {"{\"eventName\": \"ä\"}", "134"}, {"{\"eventName\": \"\"}", "14"},
        {"{\"eventName\": \"AB\"}", "14"}, {"{}", "14"},
        {"{\"eventName\": null}", "14"},   {"{\"eventName\": \"d\"}", "145"},
    };
    Error err = {0};
    const Rule *rules[RULES_MAX];
    (void)state;
    RuleSet *set = rule_cases_load(str_of(TEXT));
    for (size_t i = 0; i < ruleset_count(set); i++)
        rules[i] = ruleset_rule(set, i);
    RequiredIndex *index = required_new(rules, ruleset_count(set), &err);
    support_ok(index != NULL, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Rule *const *left;
        size_t count;
        char titles[RULES_MAX] = "";
        Arena *arena = arena_new(1 << 16, &err);
        Document *document = document_new(&err);
        document_set_tree(document, json_read(str_of(CASES[i].event), NULL, arena, &err));
        support_ok(required_look(index, document, &left, &count, &err), &err);
        assert_true(count < RULES_MAX);
        for (size_t rule = 0; rule < count; rule++)
            titles[rule] = left[rule]->title.ptr[0];
        if (strcmp(titles, CASES[i].rules) != 0)
            fail_msg("%s: %s", CASES[i].event, titles);
        document_free(document);
        arena_free(arena);
    }
    required_free(index);
    required_free(NULL);
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_required_where_no_event_matches_without_them),
        cmocka_unit_test(a_name_leaves_the_rules_that_require_it_and_those_that_require_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
