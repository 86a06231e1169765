#include "support/support.h"

#include <stdio.h>

#include "shell_complete.h"

static Arena *kept, *arena;
static const Catalog *catalog;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    kept = arena_new(4 << 20, &err);
    arena = arena_new(16 << 20, &err);
    catalog = catalog_new(kept, &err);
    support_ok(catalog != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    arena_free(kept);
    return 0;
}

static const char *name_command(size_t index)
{
    static const char *const NAMES[] = {".mode", ".saved", ".schema", ".timer"};
    return index < sizeof NAMES / sizeof *NAMES ? NAMES[index] : NULL;
}

/* Completes *text* at its '|', which is taken out: the names, parted by spaces, and "..." behind
 * the tenth. */
static void complete(const char *text, Buf *out)
{
    Error err = {0};
    char copy[1000];
    static const Str PREPARED[] = {{"by_key", 6}, {"by_name", 7}};
    size_t at = str_find_byte(str_of(text), '|', 0);
    snprintf(copy, sizeof copy, "%.*s%s", (int)at, text, text + at + 1);
    const ShellCompleteInput input = {.text = str_of(copy),
                                      .at = at,
                                      .catalog = catalog,
                                      .command = name_command,
                                      .prepared = PREPARED,
                                      .prepared_count = 2};
    ShellCompletion found;
    arena_reset(arena);
    support_ok(shell_complete(&input, arena, &found, &err), &err);
    out->len = 0;
    for (size_t i = 0; i < found.count && i < 10; i++)
        support_ok(buf_printf(out, &err, "%s%.*s", i ? " " : "", STR_ARG(found.names[i])), &err);
    support_ok(found.count <= 10 || buf_printf(out, &err, " ..."), &err);
    support_ok(buf_text(out, &err) != NULL, &err);
}

static void check(const char *const (*cases)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        BUF_AUTO Buf out = buf_init(4096);
        complete(cases[i][0], &out);
        if (strcmp(out.ptr ? out.ptr : "", cases[i][1]) != 0)
            fail_msg("'%s' gives '%s', not '%s'", cases[i][0], out.ptr, cases[i][1]);
    }
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof *(cases))

static void tables_follow_from_and_join(void **state)
{
    static const char *const CASES[][2] = {
        {"select * from |",
         "alarm_history alarms cloudtrail cloudtrail_lake cloudtrail_logs finding_events "
         "findings metrics objects quarantine ..."},
        {"select * from cl|", "cloudtrail cloudtrail_lake cloudtrail_logs"},
        {"SELECT * FROM CLOUDTRAIL_|", "cloudtrail_lake cloudtrail_logs"},
        {"select * from cloudtrail a join o|", "objects"},
        {"select * from cloudtrail a, q|", "quarantine"},
        {"describe o|", "objects"},
        {"show create table q|", "quarantine"},
        {"show columns from o|", "objects"},
        {"with mine as (select 1) select * from mi|", "mine"},
        {"select * from (select 1) where x in (select 1 from o|)", "objects"},
    };
    (void)state;
    CHECK(CASES);
}

static void columns_are_of_the_tables_that_are_named(void **state)
{
    static const char *const CASES[][2] = {
        {"select eventn| from cloudtrail", "eventname"},
        {"select inflated| from objects", "inflated_bytes"},
        {"select eventna| from objects", ""},
        {"select 1 from cloudtrail where eventna|", "eventname"},
        {"select 1 from cloudtrail order by awsr|", "awsregion"},
        {"select\n  eventn|\nfrom cloudtrail_logs", "eventname"},
        {"select o.sha| from objects o", "sha256"},
        {"select o.sha| from objects as o", "sha256"},
        {"select objects.sha| from objects", "sha256"},
        {"select eventn|", "eventname"},
        {"select accesskey_| from cloudtrail_logs", ""}, /* hidden */
    };
    (void)state;
    CHECK(CASES);
}

static void fields_follow_a_dot(void **state)
{
    static const char *const CASES[][2] = {
        {"select useridentity.ac| from cloudtrail", "accesskeyid accountid"},
        {"select useridentity.sess|", "sessioncontext."},
        {"select useridentity.sessioncontext.attr|", "attributes."},
        {"select t.useridentity.sessioncontext.attributes.m| from cloudtrail t",
         "mfaauthenticated"},
        {"select \"useridentity\".user|", "username"},
        {"select eventname.x|", ""},
        {"select nothing.x|", ""},
        {"select useriden|", "useridentity."},
    };
    (void)state;
    CHECK(CASES);
}

static void functions_and_keywords_need_a_beginning(void **state)
{
    static const char *const CASES[][2] = {
        {"select json_extract_s|", "json_extract_scalar("},
        {"select regexp_l| from cloudtrail", "regexp_like("},
        {"select 1 from cloudtrail wher|", "where"},
        {"select 1 from cloudtrail WHER|", "WHERE"},
        {"sel|", "select"},
        {"SEL|", "SELECT"},
        {"show ta|", "tables"},
        {"execute by_n|", "by_name"},
        {"deallocate prepare by_|", "by_key by_name"},
    };
    (void)state;
    CHECK(CASES);
}

static void nothing_stands_in_quotes_and_comments(void **state)
{
    static const char *const CASES[][2] = {
        {"select 'eventn|", ""},
        {"select 'eventn|'", ""},
        {"select 1 /* eventn|", ""},
        {"select \"eventn|", ""},
    };
    (void)state;
    CHECK(CASES);
}

static void commands_have_arguments(void **state)
{
    static const char *const CASES[][2] = {
        {".s|", ".saved .schema"},
        {".mode c|", "csv"},
        {".mode |", "csv json jsonl markdown parquet table"},
        {".timer o|", "off on"},
        {".schema q|", "quarantine"},
        {".schema objects q|", ""},
        {".saved root-act|", "root-activity"},
        {".saved root-activity acc|", "account="},
    };
    (void)state;
    CHECK(CASES);
}

static void what_names_have_in_common_is_told(void **state)
{
    (void)state;
    Error err = {0};
    ShellCompletion found;
    Str text = STR("select 1 from cl");
    const ShellCompleteInput input = {
        .text = text, .at = text.len, .catalog = catalog, .command = name_command};
    support_ok(shell_complete(&input, arena, &found, &err), &err);
    assert_int_equal(found.from, text.len - 2);
    assert_int_equal(found.common, strlen("cloudtrail"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_follow_from_and_join),
        cmocka_unit_test(columns_are_of_the_tables_that_are_named),
        cmocka_unit_test(fields_follow_a_dot),
        cmocka_unit_test(functions_and_keywords_need_a_beginning),
        cmocka_unit_test(nothing_stands_in_quotes_and_comments),
        cmocka_unit_test(commands_have_arguments),
        cmocka_unit_test(what_names_have_in_common_is_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
