#include "findings/guardduty.h"

#include <string.h>

#include "findings/asff_check.h"
#include "support/support.h"

static const Json *read_file(const char *name, Buf *text, Arena *arena)
{
    Error err = {0};
    support_read(name, text);
    const Json *value = json_read(buf_str(text), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(value != NULL, &err);
    return value;
}

static void one_becomes_what_security_hub_makes_of_it(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf given = buf_init(1 << 16);
    BUF_AUTO Buf wanted = buf_init(1 << 16);
    BUF_AUTO Buf out = buf_init(1 << 16);
    Arena *arena = arena_new(8 << 20, &err);
    const Json *finding = read_file("support/findings/guardduty.json", &given, arena);
    const Json *expected = read_file("support/findings/guardduty-asff.json", &wanted, arena);
    assert_true(guardduty_is_one(finding));
    assert_false(guardduty_is_one(expected));
    support_ok(guardduty_asff(finding, &out, &err), &err);
    const Json *made = json_read(buf_str(&out), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(made && asff_check(made, &err), &err);
    if (!json_equal(made, expected))
        fail_msg("%.*s", STR_ARG(buf_str(&out)));
    arena_free(arena);
}

/* Members as get-findings names them; severities, and the label of each. */
static void severities_are_ten_times_theirs(void **state)
{
    static const struct {
        const char *severity, *expected;
    } CASES[] = {{"2", "\"Label\":\"LOW\",\"Normalized\":20,\"Product\":2,"},
                 {"4.9", "\"Label\":\"MEDIUM\",\"Normalized\":49,"},
                 {"8", "\"Label\":\"HIGH\",\"Normalized\":80,"},
                 {"9.5", "\"Label\":\"CRITICAL\",\"Normalized\":95,"},
                 {"1e9", "\"Label\":\"LOW\",\"Normalized\":10,"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(1 << 12);
        BUF_AUTO Buf out = buf_init(1 << 12);
        Arena *arena = arena_new(1 << 20, &err);
        support_ok(
            buf_printf(&text, &err,
                       "{\"AccountId\":\"111122223333\",\"Region\":\"eu-west-1\",\"Arn\":\"arn:x\","
                       "\"Type\":\"Recon:IAMUser/X\",\"CreatedAt\":\"2026-11-26T10:00:00Z\","
                       "\"UpdatedAt\":\"2026-11-26T10:00:00Z\",\"Resource\":{},\"Service\":"
                       "{\"Archived\":true},\"Severity\":%s}",
                       CASES[i].severity),
            &err);
        const Json *finding = json_read(buf_str(&text), &JSON_LIMITS_DEFAULT, arena, &err);
        support_ok(finding && guardduty_is_one(finding) && guardduty_asff(finding, &out, &err) &&
                       buf_text(&out, &err),
                   &err);
        assert_non_null(strstr(out.ptr, CASES[i].expected));
        assert_non_null(strstr(out.ptr, "\"TTPs/Discovery/IAMUser-X\""));
        assert_non_null(strstr(out.ptr, "\"RecordState\":\"ARCHIVED\""));
        assert_non_null(strstr(out.ptr, "\"AWS::::Account:111122223333\""));
        arena_free(arena);
    }
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1 << 12);
    Arena *arena = arena_new(1 << 20, &err);
    const Json *finding =
        json_read(STR("{\"accountId\":\"1\"}"), &JSON_LIMITS_DEFAULT, arena, &err);
    assert_false(guardduty_asff(finding, &out, &err));
    assert_non_null(strstr(err.text, "region: expected"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_becomes_what_security_hub_makes_of_it),
        cmocka_unit_test(severities_are_ten_times_theirs),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
