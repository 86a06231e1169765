#include "findings/asff_check.h"

#include <stdio.h>
#include <string.h>

#include "support/support.h"

/* A finding that is allowed, with *member* (a JSON member) instead of that of its name; "" nothing
 * else, and without *left_out*. */
static void write_finding(const char *member, const char *left_out, Buf *ret)
{
    static const char *const MEMBERS[] = {
        "\"SchemaVersion\":\"2018-10-08\"",
        "\"Id\":\"x\"",
        "\"ProductArn\":\"arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/"
        "default\"",
        "\"GeneratorId\":\"g\"",
        "\"AwsAccountId\":\"111122223333\"",
        "\"CreatedAt\":\"2026-11-26T10:00:00Z\"",
        "\"UpdatedAt\":\"2026-11-26T10:00:00.123Z\"",
        "\"Title\":\"t\"",
        "\"Description\":\"d\"",
        "\"Severity\":{\"Label\":\"LOW\"}",
        "\"Resources\":[{\"Type\":\"Other\",\"Id\":\"r\"}]",
    };
    Error err = {0};
    size_t name = strcspn(member, ":");
    bool ok = buf_append_byte(ret, '{', &err), first = true;
    for (size_t i = 0; ok && i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        if (strncmp(MEMBERS[i], member, name + 1) == 0 ||
            (*left_out && strstr(MEMBERS[i], left_out) == MEMBERS[i] + 1))
            continue;
        ok = buf_printf(ret, &err, "%s%s", first ? "" : ",", MEMBERS[i]);
        first = false;
    }
    ok =
        ok && (!*member || buf_printf(ret, &err, ",%s", member)) && buf_append_byte(ret, '}', &err);
    support_ok(ok, &err);
}

/* What the check says of it; empty: it is allowed. */
static void assert_check(const char *member, const char *left_out, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    Arena *arena = arena_new(8 << 20, &err);
    write_finding(member, left_out, &text);
    const Json *finding = json_read(buf_str(&text), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(finding != NULL, &err);
    bool ok = asff_check(finding, &err);
    assert_int_equal(ok, !*expected);
    if (!ok && !strstr(err.text, expected))
        fail_msg("'%s' where '%s' is expected", err.text, expected);
    arena_free(arena);
}

static void what_is_needed_is_asked_for(void **state)
{
    static const char *const NEEDED[] = {"SchemaVersion", "Id",        "ProductArn", "GeneratorId",
                                         "AwsAccountId",  "CreatedAt", "UpdatedAt",  "Title",
                                         "Description",   "Resources", "Severity"};
    (void)state;
    assert_check("", "", "");
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++)
        assert_check("", NEEDED[i], NEEDED[i]);
}

static void limits_are_those_of_the_schema(void **state)
{
    static const struct {
        const char *member, *expected;
    } CASES[] = {
        {"\"SchemaVersion\":\"1\"", "SchemaVersion: one of 2018-10-08 expected, \"1\" found"},
        {"\"Id\":\"\"", "Id: a text of 1 to 512 characters expected"},
        {"\"ProductArn\":\"arn\"", "ProductArn: a text of 12 to 2048 characters expected"},
        {"\"AwsAccountId\":\"11112222333\"", "AwsAccountId: twelve digits expected"},
        {"\"AwsAccountId\":\"11112222333x\"", "AwsAccountId: twelve digits expected"},
        {"\"CreatedAt\":\"yesterday\"", "CreatedAt: a time such as"},
        {"\"CreatedAt\":\"2026-11-26\"", "CreatedAt: a time such as"},
        {"\"Title\":7", "Title: a text of 1 to 256 characters expected, 7 found"},
        {"\"Resources\":[]", "Resources: a list of 1 to 32 elements expected, [] found"},
        {"\"Resources\":[{\"Type\":\"Other\",\"Id\":\"r\"},{\"Type\":\"Other\"}]",
         "Resources[1].Id: a text of 1 to 512 characters expected, nothing found"},
        {"\"Resources\":[{\"Type\":\"Other\",\"Id\":\"r\",\"Partition\":\"mars\"}]",
         "Resources[0].Partition: one of aws|aws-cn|aws-us-gov expected, \"mars\" found"},
        {"\"Types\":[\"TTPs/Discovery\",\"a/b/c/d\"]", "Types[1]: a type such as TTPs/Discovery"},
        {"\"Types\":[\"TTPs\"]", ""},
        {"\"Severity\":{\"Original\":\"x\"}", "Severity: a Label or Normalized expected"},
        {"\"Severity\":{\"Label\":\"WORSE\"}", "Severity.Label: one of INFORMATIONAL|LOW|"},
        {"\"Severity\":{\"Normalized\":101}", "Severity.Normalized: a whole number of 0 to 100"},
        {"\"Severity\":{\"Normalized\":50}", ""},
        {"\"Confidence\":-1", "Confidence: a whole number of 0 to 100 expected, -1 found"},
        {"\"Confidence\":100", ""},
        {"\"ProductFields\":{\"a\":1}", "ProductFields: an object of 0 to"},
        {"\"Workflow\":{\"Status\":\"DONE\"}", "Workflow.Status: one of NEW|NOTIFIED"},
        {"\"RecordState\":\"GONE\"", "RecordState: one of ACTIVE|ARCHIVED expected"},
        {"\"RelatedFindings\":[]", "RelatedFindings: a list of 1 to 10 elements expected"},
        {"\"RelatedFindings\":[{\"Id\":\"x\"}]", "RelatedFindings[0].ProductArn: a text of 12"},
        {"\"Note\":{\"Text\":\"x\",\"UpdatedBy\":\"y\"}", "Note.UpdatedAt: a time such as"},
        {"\"Compliance\":{\"Status\":\"OK\"}", "Compliance.Status: one of PASSED"},
        {"\"Action\":[]", "Action: an object expected, [] found"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_check(CASES[i].member, "", CASES[i].expected);
}

/* Members of as many characters as there may be, and of one more; characters, not bytes. */
static void lengths_are_counted_in_characters(void **state)
{
    static const struct {
        const char *name;
        int most;
    } CASES[] = {{"Id", 512},          {"Title", 256},         {"Description", 1024},
                 {"ProductName", 128}, {"AwsAccountName", 50}, {"Region", 16}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (int more = 0; more < 2; more++) {
            char member[4096];
            int at = snprintf(member, sizeof member, "\"%s\":\"", CASES[i].name);
            for (int j = 0; j < CASES[i].most + more; j++)
                at += snprintf(member + at, sizeof member - (size_t)at, "\xc3\xa9");
            snprintf(member + at, sizeof member - (size_t)at, "\"");
            assert_check(member, "", more ? CASES[i].name : "");
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_needed_is_asked_for),
        cmocka_unit_test(limits_are_those_of_the_schema),
        cmocka_unit_test(lengths_are_counted_in_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
