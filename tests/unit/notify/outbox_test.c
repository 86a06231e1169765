#include "notify/outbox.h"

#include <stdio.h>

#include "notify/notice.h"
#include "support/new_lake.h"
#include "support/support.h"

enum { MAX = 8 };

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* The notice of the lake's next finding, routed to *targets*. */
static OutboxNotice routed(Lake *lake, const char *const *targets)
{
    Error err = {0};
    OutboxNotice notice;
    bool any = false;
    support_ok(outbox_next(lake->db, &notice, &any, &err), &err);
    assert_true(any);
    const OutboxWait at_once = {100, 0, STR("")};
    for (; *targets; targets++)
        support_ok(outbox_add(lake->db, notice.id, str_of(*targets), &at_once, &err), &err);
    support_ok(outbox_routed(lake->db, notice.id, &err), &err);
    return notice;
}

/* What is due for all targets for which anything waits, each delivery a message. */
static int due(Lake *lake, int64_t now, OutboxDelivery ret[MAX])
{
    Error err = {0};
    char target[OUTBOX_NAME_BYTES] = "";
    int count = 0;
    bool any = true;
    support_ok(db_exec(lake->db, "UPDATE deliveries SET message = id", &err), &err);
    while (any) {
        int more = 0;
        support_ok(outbox_next_target(lake->db, target, &any, &err), &err);
        const OutboxAsked asked = {target, now, MAX - count};
        if (any)
            support_ok(outbox_due(lake->db, &asked, ret + count, &more, &err), &err);
        count += more;
    }
    return count;
}

static void a_finding_brings_a_notice_once(void **state)
{
    static const char *const TARGETS[] = {"a", "b", "a", NULL};
    OutboxDelivery found[MAX];
    OutboxNotice notice;
    Error err = {0};
    bool any = true;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    support_ok(outbox_next(lake->db, &notice, &any, &err), &err);
    assert_false(any);
    new_lake_find(lake, 1, 100, "ann", 1);
    new_lake_find(lake, 1, 101, "ann", 1); /* the same episode */
    notice = routed(lake, TARGETS);
    assert_string_equal(notice.kind, "finding");
    assert_true(notice.at_us > 0);
    support_ok(outbox_next(lake->db, &notice, &any, &err), &err);
    assert_false(any);
    assert_int_equal(due(lake, 99, found), 0);
    assert_int_equal(due(lake, 100, found), 2);
    assert_string_equal(found[0].target, "a");
    assert_string_equal(found[1].target, "b");
    assert_string_equal(found[1].notice.subject, found[0].notice.subject);
}

static void a_notice_goes_with_its_transaction(void **state)
{
    OutboxNotice notice;
    Error err = {0};
    bool any = true;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    support_ok(db_begin(lake->db, &err), &err);
    new_lake_find(lake, 1, 100, "ann", 1);
    db_rollback(lake->db);
    support_ok(outbox_next(lake->db, &notice, &any, &err), &err);
    assert_false(any);
}

static void deliveries_are_tried_until_they_are_sent_or_dead(void **state)
{
    static const char *const TARGETS[] = {"a", "b", NULL};
    OutboxDelivery found[MAX];
    Error err = {0};
    int64_t count;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    (void)routed(lake, TARGETS);
    assert_int_equal(due(lake, 100, found), 2);
    support_ok(outbox_sent(lake->db, found[0].id, 110, &err), &err);
    support_ok(outbox_failed(lake->db, found[1].id, STR("refused"), 200, &err), &err);
    assert_int_equal(due(lake, 199, found), 0);
    assert_int_equal(due(lake, 200, found), 1);
    assert_string_equal(found[0].reason, "refused");
    assert_int_equal(found[0].tries, 1);
    support_ok(outbox_failed(lake->db, found[0].id, STR("refused again"), 0, &err), &err);
    assert_int_equal(due(lake, INT64_MAX, found), 0);
    support_ok(outbox_replay(lake->db, found[0].id + 1, 300, &count, &err), &err);
    assert_int_equal(count, 0);
    support_ok(outbox_replay(lake->db, 0, 300, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_int_equal(due(lake, 300, found), 1);
    assert_int_equal(found[0].tries, 0);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM deliveries WHERE state = 'sent'"), 1);
}

static void what_waits_for_a_target_is_buried_alone(void **state)
{
    static const char *const TARGETS[] = {"a", "b", NULL};
    OutboxDelivery found[MAX];
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    (void)routed(lake, TARGETS);
    support_ok(outbox_bury(lake->db, "a", STR("it is gone"), &err), &err);
    assert_int_equal(due(lake, 100, found), 1);
    assert_string_equal(found[0].target, "b");
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM deliveries WHERE state = 'dead' AND"
                                        " target = 'a' AND reason = 'it is gone'"),
                     1);
}

static bool take(void *context, const OutboxDelivery *delivery, Error *err)
{
    (void)err;
    snprintf((char *)context + strlen(context), 100, "%.20s ", delivery->target);
    return true;
}

static void the_newest_are_listed_first(void **state)
{
    static const char *const TARGETS[] = {"a", "b", "c", NULL};
    char told[200] = "";
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    (void)routed(lake, TARGETS);
    support_ok(outbox_add_notice(lake->db, STR("test"), STR("x"), STR("d"), 100, &err), &err);
    support_ok(outbox_each(lake->db, STR(""), 3, take, told, &err), &err);
    assert_string_equal(told, "d c b ");
    told[0] = '\0';
    support_ok(outbox_each(lake->db, STR("dead"), 3, take, told, &err), &err);
    assert_string_equal(told, "");
}

static void a_notice_tells_of_its_finding(void **state)
{
    Notice notice;
    Error err = {0};
    Arena *arena = arena_new(8 << 20, &err);
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    new_lake_find(lake, 1, 100, "ann", 1);
    new_lake_find(lake, 1, 101, "ann", 1);
    OutboxNotice found = routed(lake, (const char *const[]){NULL});
    support_ok(
        notice_of_finding(lake->db, str_of(found.subject), STR("https://x/"), arena, &notice, &err),
        &err);
    assert_true(str_equal(notice.title, STR("One")));
    assert_int_equal(notice.level, LEVEL_HIGH);
    assert_int_equal(notice.count, 2);
    assert_true(str_starts(str_of(notice.key), STR("finding/")));
    assert_true(str_starts(notice.link, STR("https://x/")));
    assert_false(notice_of_finding(lake->db, STR("none"), STR(""), arena, &notice, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_brings_a_notice_once),
        cmocka_unit_test(a_notice_goes_with_its_transaction),
        cmocka_unit_test(deliveries_are_tried_until_they_are_sent_or_dead),
        cmocka_unit_test(what_waits_for_a_target_is_buried_alone),
        cmocka_unit_test(the_newest_are_listed_first),
        cmocka_unit_test(a_notice_tells_of_its_finding),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
