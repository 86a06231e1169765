#include "findings/finding_workflow.h"

#include <stdio.h>

#include "support/new_lake.h"
#include "support/support.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* The id of the lake's one live finding. */
static void id_of(Lake *lake, char ret[FINDING_ID_BYTES])
{
    Error err = {0};
    bool row;
    DbStatement *select =
        db_statement(lake->db, "SELECT id FROM findings WHERE superseded_by IS NULL", &err);
    support_ok(select && db_next(select, &row, &err) && row, &err);
    snprintf(ret, FINDING_ID_BYTES, "%.*s", STR_ARG(db_text(select, 0)));
    db_reset(select);
}

static void change(Lake *lake, const char *id, FindingChange changed)
{
    Error err = {0};
    changed.author = STR("ann");
    support_ok(finding_workflow_change(lake->db, str_of(id), &changed, &err), &err);
}

static void assert_workflow(Lake *lake, const char *id, const char *workflow, const char *assignee)
{
    Finding finding;
    Error err = {0};
    Arena *arena = arena_new(8 << 20, &err);
    support_ok(finding_get(lake->db, str_of(id), arena, &finding, &err), &err);
    assert_true(str_equal(finding.workflow, str_of(workflow)));
    assert_true(str_equal(finding.assignee, str_of(assignee)));
    arena_free(arena);
}

static bool write_change(void *context, const FindingChange *each, Error *err)
{
    (void)err;
    snprintf((char *)context + strlen(context), 100, "%.*s %.*s %.*s/%.*s;", STR_ARG(each->author),
             STR_ARG(each->workflow), STR_ARG(each->assignee), STR_ARG(each->note));
    return true;
}

static void changes_are_kept(void **state)
{
    char id[FINDING_ID_BYTES], history[600] = "";
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    id_of(lake, id);
    assert_workflow(lake, id, "NEW", "");
    support_ok(finding_workflow_told(lake->db, str_of(id), STR("team"), 5, &err), &err);
    support_ok(finding_workflow_told(lake->db, str_of(id), STR("hook"), 5, &err), &err);
    support_ok(finding_workflow_told(lake->db, STR("gone"), STR("hook"), 5, &err), &err);
    assert_workflow(lake, id, "NOTIFIED", "");
    change(lake, id, (FindingChange){.assignee = STR("bob")});
    change(lake, id, (FindingChange){.workflow = STR("SUPPRESSED"), .note = STR("known")});
    assert_workflow(lake, id, "SUPPRESSED", "bob");
    change(lake, id, (FindingChange){.assignee = STR("")});
    assert_workflow(lake, id, "SUPPRESSED", "");
    support_ok(finding_workflow_each(lake->db, str_of(id), write_change, history, &err), &err);
    assert_string_equal(history,
                        "spoor NOTIFIED /told team;ann  bob/;ann SUPPRESSED /known;ann  /;");
}

static void what_goes_on_is_new_again_unless_it_is_suppressed(void **state)
{
    char id[FINDING_ID_BYTES];
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    id_of(lake, id);
    change(lake, id, (FindingChange){.workflow = STR("RESOLVED")});
    new_lake_find(lake, 1, 99, "ann", 1); /* a late event of before */
    assert_workflow(lake, id, "RESOLVED", "");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM notices"), 1);
    new_lake_find(lake, 1, 101, "ann", 1);
    assert_workflow(lake, id, "NEW", "");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM notices WHERE kind = 'reopened'"), 1);
    change(lake, id, (FindingChange){.workflow = STR("SUPPRESSED")});
    new_lake_find(lake, 1, 102, "ann", 1);
    assert_workflow(lake, id, "SUPPRESSED", "");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM notices"), 2);
}

static void what_was_taken_in_brings_its_history(void **state)
{
    char id[FINDING_ID_BYTES];
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    new_lake_find(lake, 1, 140, "ann", 1);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM findings"), 2);
    {
        Error err = {0};
        bool row;
        DbStatement *select =
            db_statement(lake->db, "SELECT id FROM findings ORDER BY first_us DESC", &err);
        support_ok(select && db_next(select, &row, &err) && row, &err);
        snprintf(id, sizeof id, "%.*s", STR_ARG(db_text(select, 0)));
        db_reset(select);
    }
    change(lake, id, (FindingChange){.note = STR("of the later one")});
    new_lake_find(lake, 1, 120, "ann", 1); /* joins them */
    id_of(lake, id);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_history h JOIN findings f ON"
                                        " f.id = h.finding WHERE f.superseded_by IS NULL"),
                     1);
}

static void what_cannot_be_is_refused(void **state)
{
    static char note[FINDING_NOTE_MAX + 2];
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    memset(note, 'x', sizeof note - 1);
    const FindingChange longer = {.note = str_of(note), .author = STR("a")};
    assert_false(finding_workflow_change(lake->db, STR("x"), &longer, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    error_clear(&err);
    const FindingChange fine = {.note = STR("x"), .author = STR("a")};
    assert_false(finding_workflow_change(lake->db, STR("x"), &fine, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_kept),
        cmocka_unit_test(what_goes_on_is_new_again_unless_it_is_suppressed),
        cmocka_unit_test(what_was_taken_in_brings_its_history),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
