#include "support/support.h"

#include <string.h>

#include "base/clock.h"
#include "base/command.h"

static const Option OPTIONS[] = {
    {"events", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "how many"},
    {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "workers"},
    {"story", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "plant it"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const Command COMMAND = {.name = "make",
                                .arguments = "DIR...",
                                .arguments_min = 1,
                                .arguments_max = 2,
                                .options = OPTIONS};

static CommandLine *parse(const char *const *words, Error *err)
{
    char *copy[16];
    int count = 0;
    for (; words[count]; count++)
        copy[count] = (char *)(uintptr_t)words[count];
    return command_parse(&COMMAND, count, copy, err);
}

static void options_and_arguments_mix(void **state)
{
    (void)state;
    Error err = {0};
    CommandLine *line = parse((const char *const[]){"a", "--events=3k", "-j", "2", "--story",
                                                    "--lake", "/l", "--", "--b", NULL},
                              &err);
    support_ok(line != NULL, &err);
    assert_int_equal(command_number(line, "events", 0), 3000);
    assert_true(command_has(line, "story"));
    assert_false(command_has(line, "last"));
    assert_int_equal(command_argument_count(line), 2);
    assert_string_equal(command_argument(line, 1), "--b");
    assert_int_equal(config_number(command_config(line), CONFIG_INGEST_JOBS), 2);
    assert_string_equal(config_text(command_config(line), CONFIG_LAKE_FOLDER), "/l");
    assert_string_equal(config_source(command_config(line), CONFIG_LAKE_FOLDER), "--lake");
    assert_string_equal(command_text(line, "config", "none"), "none");
    command_free(line);
}

static void wrong_usage_says_what_was_meant(void **state)
{
    static const struct {
        const char *words[6];
        const char *text;
    } CASES[] = {
        {{"a", "--evnts", "3"}, "did you mean '--events'?"},
        {{"a", "--events"}, "--events needs a value: --events N"},
        {{"a", "--events", "x"}, "--events takes a whole number"},
        {{"a", "--story=1"}, "--story takes no value"},
        {{"a", "-x"}, "has no option '--x'"},
        {{NULL}, "spoor make needs DIR..."},
        {{"a", "b", "c"}, "does not take 'c'"},
        {{"a", "--tz", "Nowhere"}, "is no time zone"},
        {{"a", "--config", "/nonexistent.yml"}, "/nonexistent.yml"},
        {{"a", "--since", "soon"}, "--since: 'soon' is no time"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        CommandLine *line = parse(CASES[i].words, &err);
        if (line || !strstr(err.text, CASES[i].text))
            fail_msg("case %zu said: %s", i, err.text);
        command_free(line);
    }
}

static int64_t noon(void)
{
    return INT64_C(1795521600) * 1000000;
}

static void a_range_comes_from_since_until_or_last(void **state)
{
    (void)state;
    Error err = {0};
    int64_t since, until;
    clock_replace(noon);
    CommandLine *line = parse((const char *const[]){"a", "--last", "1h", NULL}, &err);
    support_ok(command_range(line, &since, &until, &err), &err);
    assert_true(since == noon() - INT64_C(3600000000) && until == INT64_MAX);
    command_free(line);
    line = parse((const char *const[]){"a", "--since", "2026-11-24", "--until", "2026-11-23", NULL},
                 &err);
    assert_false(command_range(line, &since, &until, &err));
    command_free(line);
    line = parse((const char *const[]){"a", "--since", "2026-11-24", "--last", "1h", NULL}, &err);
    assert_false(command_range(line, &since, &until, &err));
    assert_non_null(strstr(err.text, "--last stands alone"));
    command_free(line);
    line = parse((const char *const[]){"a", "--tz", "Asia/Seoul", "--since", "2026-11-24", NULL},
                 &err);
    support_ok(command_range(line, &since, &until, &err), &err);
    assert_true(since == INT64_C(1795446000) * 1000000);
    command_free(line);
    clock_replace(NULL);
}

static void help_needs_nothing_else(void **state)
{
    (void)state;
    Error err = {0};
    CommandLine *line = parse((const char *const[]){"--help", NULL}, &err);
    support_ok(line != NULL, &err);
    assert_true(command_wants_help(line));
    command_free(line);
    command_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_arguments_mix),
        cmocka_unit_test(wrong_usage_says_what_was_meant),
        cmocka_unit_test(a_range_comes_from_since_until_or_last),
        cmocka_unit_test(help_needs_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
