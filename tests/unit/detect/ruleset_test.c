#include "detect/ruleset.h"

#include <stdio.h>
#include <sys/stat.h>

#include "support/support.h"

#define RULE(title)                                                                                \
    "title: " title                                                                                \
    "\nlogsource: {product: aws}\nlevel: low\ndetection: {a: {f: 1}, condition: a}\n"

enum { PATH_BYTES_MAX = 512 };

static void put(const char *name, const char *text)
{
    char path[PATH_BYTES_MAX];
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

static const char *path_of(const char *name)
{
    static char path[PATH_BYTES_MAX];
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

static RuleSet *new_set(void)
{
    Error err = {0};
    RuleSet *set = ruleset_new(NULL, &err);
    support_ok(set != NULL, &err);
    return set;
}

static void a_text_gives_its_rules_in_order(void **state)
{
    Error err = {0};
    RuleSet *set = new_set();
    (void)state;
    support_ok(ruleset_add_text(set, STR(RULE("a") "---\n" RULE("b")), "x/one.yml", &err), &err);
    support_ok(ruleset_add_text(set, STR(RULE("c")), "two.yaml", &err), &err);
    support_ok(ruleset_add_text(set, STR(""), "none.yml", &err), &err);
    support_ok(ruleset_finish(set, &err), &err);
    assert_int_equal(ruleset_count(set), 3);
    static const char *const TITLES[] = {"a", "b", "c"};
    static const uint32_t LINES[] = {1, 6, 1}, DOCUMENTS[] = {1, 2, 1};
    for (size_t i = 0; i < 3; i++) {
        const Rule *rule = ruleset_rule(set, i);
        assert_int_equal(rule->index, i);
        assert_true(str_equal(rule->title, str_of(TITLES[i])));
        assert_int_equal(rule->line, LINES[i]);
        assert_int_equal(rule->document, DOCUMENTS[i]);
        assert_int_equal(rule->kind, RULE_DETECTION);
        assert_int_equal(rule->level, LEVEL_LOW);
        assert_true(rule->applies && rule->expr && rule->tree);
    }
    assert_int_equal(ruleset_problem_count(set), 0);
    ruleset_free(set);
    ruleset_free(NULL);
}

static void the_text_may_go_away_once_it_is_added(void **state)
{
    Error err = {0};
    char text[] = RULE("title") "tags: [attack.t1]\n";
    char file[] = "f.yml";
    RuleSet *set = new_set();
    (void)state;
    support_ok(ruleset_add_text(set, str_of(text), file, &err), &err);
    memset(text, 'x', sizeof text - 1);
    memset(file, 'x', sizeof file - 1);
    support_ok(ruleset_finish(set, &err), &err);
    const Rule *rule = ruleset_rule(set, 0);
    assert_true(str_equal(rule->title, STR("title")));
    assert_true(str_equal(rule->file, STR("f.yml")));
    assert_true(str_equal(rule->tags.list[0], STR("attack.t1")));
    ruleset_free(set);
}

static void a_bad_file_among_good_ones_is_told_and_passed_over(void **state)
{
    Error err = {0};
    RuleSet *set = new_set();
    (void)state;
    assert_int_equal(mkdir(path_of("deep"), 0700), 0);
    put("a.yml", RULE("a"));
    put("b.yml", "title: b\nlogsource: {product: aws}\n");
    put("c.yml", "title: [c\n");
    put("d.yml", "\xff\xff no text");
    put("deep/e.yaml", RULE("e"));
    put("deep/notes.txt", "title: [no rule");
    put("deep/README.md", "no: [rule");
    support_ok(ruleset_add_path(set, support_folder(), &err), &err);
    support_ok(ruleset_finish(set, &err), &err);
    assert_int_equal(ruleset_count(set), 2);
    assert_non_null(ruleset_find(set, STR("a")));
    assert_non_null(ruleset_find(set, STR("e")));
    assert_int_equal(ruleset_error_count(set), 3);
    for (size_t i = 0; i < 3; i++) {
        static const char *const FILES[] = {"b.yml", "c.yml", "d.yml"};
        static const char *const CODES[] = {"R04", "R24", "R24"};
        const RuleProblem *problem = ruleset_problem(set, i);
        assert_true(problem->error);
        assert_string_equal(problem->code, CODES[i]);
        assert_true(str_equal(str_base_name(problem->file), str_of(FILES[i])));
        assert_true(problem->line >= 1 && problem->text.len);
    }
    ruleset_free(set);
}

static void a_path_is_a_file_or_a_folder_with_rules(void **state)
{
    Error err = {0};
    RuleSet *set = new_set();
    (void)state;
    support_ok(ruleset_add_path(set, path_of("a.yml"), &err), &err);
    assert_int_equal(ruleset_count(set), 1);
    assert_false(ruleset_add_path(set, path_of("nowhere.yml"), &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    error_clear(&err);
    assert_false(ruleset_add_path(set, path_of("nowhere"), &err));
    assert_int_not_equal(err.kind, ERROR_NONE);
    error_clear(&err);
    assert_int_equal(mkdir(path_of("empty"), 0700), 0);
    assert_false(ruleset_add_path(set, path_of("empty"), &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_non_null(strstr(err.text, "no rules there, files that end in .yml or .yaml"));
    assert_int_equal(ruleset_count(set), 1);
    ruleset_free(set);
    support_folder_end();
}

static void a_rule_is_found_by_id_name_title_or_file(void **state)
{
    static const struct {
        const char *name, *title;
    } CASES[] = {
        {"12345678-1234-1234-1234-123456789abc", "first"},
        {"12345678-1234-1234-1234-123456789ABC", "first"},
        {"n", "second"},
        {"N", NULL},
        {"second", "second"},
        {"one", "first"},
        {"one.yml", NULL},
        {"two", "third"},
        {"", NULL},
        {"nobody", NULL},
    };
    Error err = {0};
    RuleSet *set = new_set();
    (void)state;
    support_ok(
        ruleset_add_text(set,
                         STR(RULE("first") "id: 12345678-1234-1234-1234-123456789abc\n---\n" RULE(
                             "second") "name: n\n"),
                         "rules/one.yml", &err) &&
            ruleset_add_text(set, STR(RULE("third")), "rules/two.yaml", &err) &&
            ruleset_finish(set, &err),
        &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Rule *rule = ruleset_find(set, str_of(CASES[i].name));
        if (!rule != !CASES[i].title || (rule && !str_equal(rule->title, str_of(CASES[i].title))))
            fail_msg("'%s'", CASES[i].name);
    }
    ruleset_free(set);
}

static void the_rules_that_ship_are_whole(void **state)
{
    Error err = {0};
    RuleSet *set = new_set();
    (void)state;
    support_ok(ruleset_add_content(set, &err) && ruleset_finish(set, &err), &err);
    assert_true(ruleset_count(set) > 0);
    for (size_t i = 0; i < ruleset_problem_count(set); i++)
        fail_msg("%.*s: %.*s", STR_ARG(ruleset_problem(set, i)->file),
                 STR_ARG(ruleset_problem(set, i)->text));
    ruleset_free(set);
}

static void problems_are_one_line_however_long_what_they_quote(void **state)
{
    static char text[1 << 16];
    Error err = {0};
    RuleSet *set = new_set();
    (void)state;
    int len = snprintf(text, sizeof text,
                       "title: \"a\\nb\"\nlogsource: {\"x\\ny\": 1}\ndetection:\n  a: {f: 1}\n"
                       "  condition: ");
    memset(text + len, 'k', 60000);
    support_ok(ruleset_add_text(set, str_of(text), "f.yml", &err), &err);
    assert_int_equal(ruleset_count(set), 0);
    assert_int_equal(ruleset_error_count(set), 2);
    for (size_t i = 0; i < 2; i++) {
        Str problem = ruleset_problem(set, i)->text;
        assert_true(problem.len < 512);
        assert_int_equal(str_find_byte(problem, '\n', 0), problem.len);
        assert_true(str_equal(ruleset_problem(set, i)->title, STR("a\nb")));
    }
    ruleset_free(set);
}

static void values_beyond_measure_refuse_their_rule_and_no_other(void **state)
{
    static char text[1 << 20];
    static const char *const KEYS[] = {
        "f",
        "f|contains",
        "f|base64",
        "f|wide",
        "f|re",
        "f|fieldref",
        "",
        "f|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide|wide",
        "f|base64|base64|base64|base64|base64|base64|base64|base64|base64|base64|base64|base64",
    };
    (void)state;
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        Error err = {0};
        RuleSet *set = new_set();
        bool chain = strlen(KEYS[i]) > 20;
        size_t len = (size_t)snprintf(text, sizeof text,
                                      "title: t\nlogsource: {product: aws}\nlevel: low\ndetection:"
                                      "\n  condition: a\n  a:\n    \"%s\": \"",
                                      KEYS[i]);
        memset(text + len, 'a', chain ? 2000 : 500000);
        len += chain ? 2000 : 500000;
        snprintf(text + len, 1000, "\"\n---\n%s", RULE("other"));
        support_ok(ruleset_add_text(set, str_of(text), "f.yml", &err) && ruleset_finish(set, &err),
                   &err);
        bool refused = strcmp(KEYS[i], "f|fieldref") != 0;
        if (ruleset_count(set) != (refused ? 1 : 2) || !ruleset_find(set, STR("other")))
            fail_msg("'%s': %zu rules", KEYS[i], ruleset_count(set));
        ruleset_free(set);
    }
}

static void many_values_and_searches_have_ceilings(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 23);
    RuleSet *set = new_set();
    (void)state;
    bool ok = buf_printf(&text, &err,
                         "title: many\nlogsource: {product: aws}\nlevel: low\n"
                         "detection:\n  condition: '");
    for (int i = 0; ok && i < 3000; i++)
        ok = buf_printf(&text, &err, "1 of them or ");
    ok = ok && buf_printf(&text, &err, "1 of them'\n");
    for (int i = 0; ok && i < 3000; i++)
        ok = buf_printf(&text, &err, "  s%d: {f: %d}\n", i, i);
    ok = ok && buf_printf(&text, &err,
                          "---\n%s---\ntitle: values\nlogsource: {product: aws}\n"
                          "level: low\ndetection:\n  condition: a\n  a:\n    f|contains:"
                          " [a",
                          RULE("other"));
    for (int i = 0; ok && i < 100000; i++)
        ok = buf_printf(&text, &err, ", a%d", i);
    ok = ok && buf_printf(&text, &err, "]\n");
    support_ok(ok && ruleset_add_text(set, buf_str(&text), "f.yml", &err), &err);
    assert_null(ruleset_find(set, STR("many")));
    assert_non_null(ruleset_find(set, STR("other")));
    assert_non_null(ruleset_find(set, STR("values")));
    assert_string_equal(ruleset_problem(set, 0)->code, "R07");
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_gives_its_rules_in_order),
        cmocka_unit_test(the_text_may_go_away_once_it_is_added),
        cmocka_unit_test(a_bad_file_among_good_ones_is_told_and_passed_over),
        cmocka_unit_test(a_path_is_a_file_or_a_folder_with_rules),
        cmocka_unit_test(a_rule_is_found_by_id_name_title_or_file),
        cmocka_unit_test(the_rules_that_ship_are_whole),
        cmocka_unit_test(problems_are_one_line_however_long_what_they_quote),
        cmocka_unit_test(values_beyond_measure_refuse_their_rule_and_no_other),
        cmocka_unit_test(many_values_and_searches_have_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
