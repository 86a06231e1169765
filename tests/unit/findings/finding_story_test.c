#include "findings/finding_story.h"

#include <string.h>

#include "base/json.h"
#include "findings/asff_check.h"
#include "findings/finding_import.h"
#include "findings/finding_workflow.h"
#include "support/new_lake.h"
#include "support/support.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void tell(void *context, const char *line)
{
    (void)context;
    fail_msg("%s", line);
}

/* The only finding as ASFF, which the schema takes, in *arena*. */
static const Json *document(Lake *lake, Arena *arena)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    support_ok(finding_story_document(lake->db, STR(""), arena, &text, &err), &err);
    const char *kept = arena_text(arena, buf_str(&text), &err);
    const Json *finding =
        kept ? json_read((Str){kept, text.len}, &JSON_LIMITS_DEFAULT, arena, &err) : NULL;
    support_ok(finding && asff_check(finding, &err), &err);
    return finding;
}

static void assert_at(const Json *finding, const char *path, const char *expected)
{
    const Json *value = json_path(finding, str_of(path));
    if (!value || !str_equal(json_text(value, value->raw), str_of(expected)))
        fail_msg("%s is %.*s", path, STR_ARG(value ? value->raw : STR("not there")));
}

static void change(Lake *lake, const FindingChange *what)
{
    Error err = {0};
    support_ok(finding_workflow_change(lake->db, STR(""), what, &err), &err);
}

static void ours_has_what_people_made_of_it(void **state)
{
    (void)state;
    static const int LOW = 1;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    Arena *arena = arena_new(8 << 20, &err);
    new_lake_find(lake, 1, 100, "arn:aws:iam::111122223333:user/bob", 1);
    const Json *finding = document(lake, arena);
    assert_at(finding, "Severity.Label", "HIGH");
    assert_at(finding, "Workflow.Status", "NEW");
    assert_at(finding, "ProductName", "Spoor");
    assert_null(json_member(finding, STR("Note")));
    const FindingChange made = {.workflow = STR("RESOLVED"),
                                .note = STR("a drill"),
                                .author = STR("ann"),
                                .severity = &LOW,
                                .record_state = STR("ARCHIVED"),
                                .user_fields = STR("{\"team\":\"red\"}"),
                                .at_us = 1000000};
    change(lake, &made);
    finding = document(lake, arena);
    assert_at(finding, "Severity.Label", "LOW");
    assert_at(finding, "Workflow.Status", "RESOLVED");
    assert_at(finding, "RecordState", "ARCHIVED");
    assert_at(finding, "UserDefinedFields.team", "red");
    assert_at(finding, "Note.UpdatedBy", "ann");
    const FindingChange again = {.record_state = STR("ACTIVE"), .author = STR("ann")};
    change(lake, &again);
    assert_at(document(lake, arena), "Workflow.Status", "NEW"); /* what is active is new again */
    arena_free(arena);
}

static void an_imported_one_keeps_what_its_product_said(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    Arena *arena = arena_new(8 << 20, &err);
    BUF_AUTO Buf text = buf_init(1 << 16);
    FindingImport import = {.db = lake->db, .name = "f", .tell = tell};
    support_read("support/findings/guardduty.json", &text);
    support_ok(finding_import_text(&import, buf_str(&text), &err), &err);
    const FindingChange made = {.workflow = STR("SUPPRESSED"), .author = STR("ann")};
    change(lake, &made);
    const Json *finding = document(lake, arena);
    assert_at(finding, "ProductName", "GuardDuty");
    assert_at(finding, "Action.AwsApiCallAction.RemoteIpDetails.City.CityName", "Vik");
    assert_at(finding, "Severity.Normalized", "55");
    assert_at(finding, "Confidence", "80");
    assert_at(finding, "Workflow.Status", "SUPPRESSED");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ours_has_what_people_made_of_it),
        cmocka_unit_test(an_imported_one_keeps_what_its_product_said),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
