#include "support/support.h"

#include <regex.h>
#include <string.h>

#include "base/timestamp.h"
#include "generate/fill.h"

static CastAccount account = {.id = "111122223333", .number = 111122223333};
static const CastPrincipal PRINCIPAL = {.identity = {"{\"accountId\":\"%A\"}", 18},
                                        .arn = {"arn:x", 5},
                                        .agent = {"50% agent", 9},
                                        .address = {"192.0.2.1", 9}};
static const Call CALL_MADE = {.version = "1.08", .service = "s3", .name = "GetObject"};
static FillClock clock_of_test;

static Fill fill_to(Buf *out, Random *random, Error *err)
{
    fill_clock_set(&clock_of_test, timestamp_day_of(2026, 10, 31) * INT64_C(86400) + 5 * 3600 + 7);
    return (Fill){.out = out,
                  .account = &account,
                  .region = "eu-west-1",
                  .principal = &PRINCIPAL,
                  .call = &CALL_MADE,
                  .clock = &clock_of_test,
                  .random = random,
                  .err = err};
}

static void every_placeholder_has_its_form(void **state)
{
    static const char *const CASES[][2] = {
        {"a %A %R %%", "^a 111122223333 eu-west-1 %$"},
        {"%i %v %g %h %x", "^[0-9a-f]{16}( [0-9a-f]{16}){4}$"},
        {"%u", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"},
        {"%b", "^acme-[a-z]+-[0-9]+$"},
        {"%o", "^year=2026/part-[0-9]+-[0-9a-f]{24}\\.parquet$"},
        {"%n %r %t", "^[0-9]+ service-role-[0-9]+ engineer-[0-9]+$"},
        {"%K %q", "^ASIA[A-Z2-7]{16} [A-Z2-7]{17}$"},
        {"%T", "^IQoJ[A-Za-z0-9]+==$"},
        {"%X %y", "^[A-Za-z0-9]{76} [A-Z2-7]{16}$"},
        {"%M %H %D %N", "^2026-10-31T05:00:07Z 2026-10-31T04: 2026/10/31 2026-10-31T05:05:00Z$"},
        {"%d", "^Oct 31, 2026, "},
        {"%f", "^[0-9]+(\\.0)?$"},
        {"%l", "^(ARN|arn)$"},
        {"%V %S %E %w", "^1\\.08 s3 GetObject false$"},
        {"%a %U %P", "^192\\.0\\.2\\.1 50% agent arn:x$"},
        {"%I", "^\\{\"accountId\":\"111122223333\"\\}$"},
        {"%e", "^[0-9a-f-]{36}$"},
        {"%s", "^[0-9a-f-]{36}$"},
    };
    (void)state;
    Random random = random_new(1, 1);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1 << 16);
        Fill fill = fill_to(&out, &random, &err);
        regex_t form;
        support_ok(fill_pattern(&fill, CASES[i][0]), &err);
        assert_int_equal(regcomp(&form, CASES[i][1], REG_EXTENDED | REG_NOSUB), 0);
        if (regexec(&form, buf_text(&out, &err), 0, NULL, 0) != 0)
            fail_msg("'%s' gave '%s'", CASES[i][0], buf_text(&out, &err));
        regfree(&form);
    }
}

static void a_record_names_the_same_thing_twice(void **state)
{
    (void)state;
    Error err = {0};
    Random random = random_new(1, 2);
    for (const char *letter = "ivgbokrts"; *letter; letter++)
        for (int i = 0; i < 20; i++) {
            BUF_AUTO Buf out = buf_init(1 << 16);
            Fill fill = fill_to(&out, &random, &err);
            const char pattern[] = {'%', *letter, '%', *letter, '\0'};
            support_ok(fill_pattern(&fill, pattern), &err);
            assert_int_equal(out.len % 2, 0);
            assert_memory_equal(out.ptr, out.ptr + out.len / 2, out.len / 2);
        }
}

static void what_is_held_comes_from_outside(void **state)
{
    (void)state;
    Error err = {0};
    Random random = random_new(1, 3);
    uint32_t held[FILL_HELD];
    int set = 0;
    for (int i = 0; i < 100; i++) {
        fill_hold(&random, held);
        for (int j = 0; j < FILL_HELD; j++)
            set += held[j] != 0;
    }
    assert_in_range(set, 100 * FILL_HELD * 4 / 10, 100 * FILL_HELD * 6 / 10);
    BUF_AUTO Buf out = buf_init(1 << 16);
    Fill fill = fill_to(&out, &random, &err);
    for (int j = 0; j < FILL_HELD; j++)
        fill.held[j] = 5;
    support_ok(fill_pattern(&fill, "%r %t"), &err);
    assert_string_equal(buf_text(&out, &err), "service-role-4 engineer-4");
}

static void items_repeat_until_the_record_is_large(void **state)
{
    (void)state;
    Error err = {0};
    Random random = random_new(1, 4);
    BUF_AUTO Buf out = buf_init(1 << 16);
    Fill fill = fill_to(&out, &random, &err);
    fill.item = ",{\"n\":1}";
    fill.item_bytes = 40;
    support_ok(fill_pattern(&fill, "[%*]"), &err);
    assert_string_equal(buf_text(&out, &err),
                        "[{\"n\":1},{\"n\":1},{\"n\":1},{\"n\":1},{\"n\":1}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_placeholder_has_its_form),
        cmocka_unit_test(a_record_names_the_same_thing_twice),
        cmocka_unit_test(what_is_held_comes_from_outside),
        cmocka_unit_test(items_repeat_until_the_record_is_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
