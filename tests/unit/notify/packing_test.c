/* What is due of a bundle is one message; a target has no more of them than it wants. */
#include "notify/packing.h"

#include <stdio.h>

#include "notify/outbox.h"
#include "support/new_lake.h"
#include "support/support.h"

enum { MAX = 8, HOUR_S = 3600 };

static const int64_t SECOND = 1000000;
static Targets *targets;

static int begin(void **state)
{
    static const char TEXT[] = "notify:\n  targets: [{name: many, kind: file, path: x}, {name: few,"
                               " kind: file, path: y, limit: 2/hour}]\n";
    Error err = {0};
    Config *config = config_new(&err);
    (void)state;
    support_ok(config_read_text(config, STR(TEXT), "f.yml", &err), &err);
    targets = targets_open(config, &err);
    support_ok(targets != NULL, &err);
    config_free(config);
    return 0;
}

static int end(void **state)
{
    (void)state;
    targets_free(targets);
    support_folder_end();
    return 0;
}

/* Puts out a delivery of a new notice. */
static void put(Lake *lake, const char *target, const char *bundle, int64_t now, int64_t wait)
{
    Error err = {0};
    const OutboxWait how = {now * SECOND, wait * SECOND, str_of(bundle)};
    support_ok(db_exec(lake->db,
                       "INSERT INTO notices (kind, subject, routed) VALUES ('test', 'x', 1)", &err),
               &err);
    int64_t id = new_lake_ask(lake, "SELECT max(id) FROM notices");
    support_ok(outbox_add(lake->db, id, str_of(target), &how, &err), &err);
}

static bool add_number(void *context, const OutboxDelivery *delivery, Error *err)
{
    char *text = context;
    (void)err;
    snprintf(text + strlen(text), 20, "%d ", (int)delivery->id);
    return true;
}

/* The messages that are due, their deliveries in brackets: "[1 2 ][3 ]". */
static void assert_due(Lake *lake, int64_t now, const char *expected)
{
    OutboxDelivery due[MAX];
    Error err = {0};
    int count;
    char text[400] = "", target[OUTBOX_NAME_BYTES] = "";
    bool any = true;
    support_ok(packing_run(lake->db, targets, now * SECOND, &err), &err);
    for (;;) {
        support_ok(outbox_next_target(lake->db, target, &any, &err), &err);
        if (!any)
            break;
        const OutboxAsked asked = {target, now * SECOND, MAX};
        support_ok(outbox_due(lake->db, &asked, due, &count, &err), &err);
        for (int i = 0; i < count; i++) {
            strcat(text, "[");
            support_ok(outbox_message(lake->db, due[i].id, add_number, text, &err), &err);
            strcat(text, "]");
        }
    }
    assert_string_equal(text, expected);
}

static void sent(Lake *lake, int64_t message, int64_t now)
{
    Error err = {0};
    support_ok(outbox_sent(lake->db, message, now * SECOND, &err), &err);
}

static void a_bundle_is_one_message(void **state)
{
    Error err = {0};
    int64_t count;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    put(lake, "many", "all:", 100, 30);
    put(lake, "many", "all:", 120, 30); /* is due with the first */
    put(lake, "many", "rule:r", 120, 30);
    put(lake, "many", "", 121, 0);
    assert_due(lake, 129, "[4 ]");
    assert_due(lake, 130, "[4 ][1 2 ]");
    put(lake, "many", "all:", 131, 30); /* the first one is under way */
    assert_due(lake, 150, "[4 ][1 2 ][3 ]");
    sent(lake, 1, 151);
    support_ok(outbox_failed(lake->db, 4, STR("no"), 0, &err), &err);
    assert_due(lake, 161, "[3 ][5 ]");
    support_ok(outbox_failed(lake->db, 3, STR("no"), 0, &err), &err);
    support_ok(outbox_replay(lake->db, 4, 170 * SECOND, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_due(lake, 170, "[5 ][4 ]");
}

static void a_message_fails_and_waits_again_as_it_is(void **state)
{
    Error err = {0};
    int64_t count;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    put(lake, "many", "all:", 100, 0);
    put(lake, "many", "all:", 100, 0);
    assert_due(lake, 100, "[1 2 ]");
    support_ok(outbox_failed(lake->db, 1, STR("no"), 0, &err), &err);
    assert_due(lake, 200, "");
    put(lake, "many", "all:", 200, 0);
    support_ok(outbox_replay(lake->db, 2, 200 * SECOND, &count, &err), &err);
    assert_int_equal(count, 2);
    assert_due(lake, 200, "[1 2 ][3 ]");
}

static void a_limit_puts_off_what_is_left_as_one(void **state)
{
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    for (int i = 0; i < 5; i++)
        put(lake, "few", "", 100 + i, 0);
    assert_due(lake, 110, "[1 ][2 ]");
    assert_due(lake, 111, "[1 ][2 ]"); /* they fail, and hold their places */
    sent(lake, 1, 120);
    sent(lake, 2, 140);
    put(lake, "few", "rule:r", 150, 10);
    assert_due(lake, 160, "");
    assert_due(lake, 119 + HOUR_S, "");
    put(lake, "many", "", 200, 0);
    assert_due(lake, 121 + HOUR_S, "[3 4 5 6 ][7 ]"); /* the first of two is an hour ago */
}

static void a_long_bundle_is_several_messages(void **state)
{
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    for (int i = 0; i < PACKING_NOTICES_MAX + 2; i++)
        put(lake, "many", "all:", 100, 0);
    Error err = {0};
    support_ok(packing_run(lake->db, targets, 100 * SECOND, &err), &err);
    assert_int_equal(new_lake_ask(lake, "SELECT count(DISTINCT message) FROM deliveries"), 2);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM deliveries WHERE message = 1"),
                     PACKING_NOTICES_MAX);
}

static void who_is_gone_gets_messages_to_fail(void **state)
{
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    (void)state;
    put(lake, "nobody", "", 100, 0);
    put(lake, "nobody", "all:", 100, 0);
    assert_due(lake, 100, "[1 ][2 ]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_is_one_message),
        cmocka_unit_test(a_message_fails_and_waits_again_as_it_is),
        cmocka_unit_test(a_limit_puts_off_what_is_left_as_one),
        cmocka_unit_test(a_long_bundle_is_several_messages),
        cmocka_unit_test(who_is_gone_gets_messages_to_fail),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
