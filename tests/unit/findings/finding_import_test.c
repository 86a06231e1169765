#include "findings/finding_import.h"

#include <string.h>

#include "support/new_lake.h"
#include "support/support.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void note(void *context, const char *line)
{
    Error err = {0};
    support_ok(buf_printf(context, &err, "%s\n", line), &err);
}

static void import(Lake *lake, const char *text, Buf *told, FindingImportReport *ret)
{
    Error err = {0};
    FindingImport all = {.db = lake->db, .name = "f.json", .tell = note, .context = told};
    support_ok(finding_import_text(&all, str_of(text), &err), &err);
    *ret = all.report;
}

/* The text of ASFF with *updated* as its time of update, and *more* members. */
static void write_asff(Buf *out, const char *updated, const char *more)
{
    Error err = {0};
    support_ok(
        buf_printf(out, &err,
                   "{\"SchemaVersion\":\"2018-10-08\",\"Id\":\"x1\",\"ProductArn\":\"arn:aws:"
                   "securityhub:eu-west-1::product/aws/securityhub\",\"GeneratorId\":\"g1\","
                   "\"AwsAccountId\":\"111122223333\",\"CreatedAt\":\"2026-11-26T10:00:00Z\","
                   "\"UpdatedAt\":\"%s\",\"Severity\":{\"Label\":\"HIGH\"},\"Title\":\"T\","
                   "\"Description\":\"D\",\"Resources\":[{\"Type\":\"AwsIamUser\",\"Id\":"
                   "\"arn:aws:iam::111122223333:user/bob\"}]%s}",
                   updated, more) &&
            buf_text(out, &err),
        &err);
}

/* How a text is wrapped: what stands before and behind; how many are read. */
static void findings_are_found_in_what_wraps_them(void **state)
{
    static const struct {
        const char *before, *behind;
    } CASES[] = {
        {"", ""},
        {"[", "]"},
        {"{\"Findings\":[", "],\"NextToken\":\"n\"}"},
        {"{\"detail-type\":\"Security Hub Findings - Imported\",\"source\":\"aws.securityhub\","
         "\"detail\":{\"findings\":[",
         "]}}"},
        {"{\"detail-type\":\"GuardDuty Finding\",\"detail\":", "}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        LAKE_AUTO Lake *lake = new_lake();
        Error err = {0};
        FindingImportReport report;
        BUF_AUTO Buf text = buf_init(1 << 16);
        BUF_AUTO Buf told = buf_init(1 << 16);
        support_ok(buf_printf(&text, &err, "%s", CASES[i].before), &err);
        BUF_AUTO Buf given = buf_init(1 << 16);
        support_read("support/findings/guardduty.json", &given);
        if (strstr(CASES[i].before, "GuardDuty"))
            support_ok(buf_append_str(&text, buf_str(&given), &err), &err);
        else
            write_asff(&text, "2026-11-26T10:00:00Z", "");
        support_ok(buf_printf(&text, &err, "%s", CASES[i].behind) && buf_text(&text, &err), &err);
        import(lake, text.ptr, &told, &report);
        if (told.len)
            fail_msg("%.*s", STR_ARG(buf_str(&told)));
        assert_int_equal(report.read, 1);
        assert_int_equal(report.added, 1);
        import(lake, text.ptr, &told, &report);
        assert_int_equal(report.ignored, 1);
        assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_rows WHERE principal ="
                                            " 'arn:aws:iam::111122223333:user/bob'"),
                         1);
    }
}

static void a_newer_one_replaces_and_people_are_not_overruled(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    FindingImportReport report;
    Error err = {0};
    BUF_AUTO Buf first = buf_init(1 << 16);
    BUF_AUTO Buf newer = buf_init(1 << 16);
    BUF_AUTO Buf passed = buf_init(1 << 16);
    BUF_AUTO Buf failed = buf_init(1 << 16);
    BUF_AUTO Buf told = buf_init(1 << 16);
    write_asff(&first, "2026-11-26T10:00:00Z", ",\"RecordState\":\"ARCHIVED\"");
    write_asff(&newer, "2026-11-26T11:00:00Z", ",\"Confidence\":50");
    write_asff(&passed, "2026-11-26T12:00:00Z", ",\"Compliance\":{\"Status\":\"PASSED\"}");
    write_asff(&failed, "2026-11-26T13:00:00Z", ",\"Compliance\":{\"Status\":\"FAILED\"}");
    import(lake, first.ptr, &told, &report);
    support_ok(db_exec(lake->db, "UPDATE findings SET severity = 1, workflow = 'NOTIFIED'", &err),
               &err);
    import(lake, newer.ptr, &told, &report);
    assert_int_equal(report.updated, 1);
    assert_int_equal(new_lake_ask(lake, "SELECT shown_severity FROM finding_rows WHERE workflow ="
                                        " 'NEW' AND shown_confidence = 50 AND severity_given = 70"
                                        " AND record_state = 'ACTIVE'"),
                     1);
    import(lake, first.ptr, &told, &report);
    assert_int_equal(report.ignored, 1);
    import(lake, passed.ptr, &told, &report);
    assert_int_equal(new_lake_ask(lake, "SELECT workflow = 'RESOLVED' FROM findings"), 1);
    import(lake, failed.ptr, &told, &report);
    assert_int_equal(new_lake_ask(lake, "SELECT workflow = 'NEW' FROM findings"), 1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM notices WHERE kind = 'reopened'"), 2);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM findings"), 1);
}

static void what_is_wrong_is_told_and_the_others_go_on(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake();
    FindingImportReport report;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 16);
    BUF_AUTO Buf good = buf_init(1 << 16);
    BUF_AUTO Buf told = buf_init(1 << 16);
    write_asff(&good, "2026-11-26T10:00:00Z", "");
    support_ok(buf_printf(&text, &err,
                          "{\"a\":1}\n%s\n{\n{\"SchemaVersion\":\"2018-10-08\",\"ProductArn\":7}\n",
                          good.ptr) &&
                   buf_text(&text, &err),
               &err);
    import(lake, text.ptr, &told, &report);
    support_ok(buf_text(&told, &err), &err);
    assert_int_equal(report.read, 4);
    assert_int_equal(report.bad, 3);
    assert_int_equal(report.added, 1);
    assert_non_null(strstr(told.ptr, "f.json, line 1: a finding in ASFF (with SchemaVersion"));
    assert_non_null(strstr(told.ptr, "f.json, line 3: JSON ends at byte 1"));
    assert_non_null(strstr(told.ptr, "f.json, line 4: Id: a text of 1 to 512 characters expected,"
                                     " nothing found"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_found_in_what_wraps_them),
        cmocka_unit_test(a_newer_one_replaces_and_people_are_not_overruled),
        cmocka_unit_test(what_is_wrong_is_told_and_the_others_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
