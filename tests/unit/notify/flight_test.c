/* Messages on their way: a target that takes its time keeps its own places alone. */
#include "notify/flight.h"

#include <stdio.h>

#include "base/clock.h"
#include "support/support.h"

static const int64_t SECOND = 1000000;
static Targets *targets;

/* The name is where a file's messages go; "slow" takes two seconds for each. */
static int begin(void **state)
{
    char text[2000];
    Error err = {0};
    Config *config = config_new(&err);
    (void)state;
    snprintf(text, sizeof text,
             "notify:\n  targets: [{name: slow, kind: exec, command: sleep 2}, {name: quick,"
             " kind: file, path: '%s/told'}, {name: nowhere, kind: file, path: /dev/null/x}]\n",
             support_folder());
    support_ok(config_read_text(config, str_of(text), "f.yml", &err), &err);
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

static const Target *target(const char *name)
{
    return targets_find(targets, str_of(name));
}

/* Sends the message *id* to a target that has room. */
static void send(Flight *flight, int64_t id, const char *name)
{
    Error err = {0};
    const OutboxDelivery delivery = {.id = id};
    const Notice notice = {
        .key = "finding/1", .id = STR("1"), .title = STR("One"), .level_name = STR("high")};
    Sending *sending = flight_begin(flight, &delivery, target(name));
    support_ok(sending_write(sending, &notice, &err), &err);
    support_ok(flight_go(flight, sending, &err), &err);
}

/* Takes what is back, as "ID+" where it was sent, "ID-" where it failed, "ID?" where neither. */
static void assert_back(Flight *flight, const char *expected)
{
    char text[200] = "";
    int at = 0;
    for (const Sending *one; (one = flight_back(flight, &at)) != NULL;)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d%c ", (int)one->delivery.id,
                 one->sent          ? '+'
                 : one->why.text[0] ? '-'
                                    : '?');
    flight_clear(flight);
    assert_string_equal(text, expected);
}

static void a_slow_target_keeps_its_own_places(void **state)
{
    const SendingWith with = {.language = NOTICE_ENGLISH};
    Error err = {0};
    Flight *flight = flight_new(targets, &with, NULL, &err);
    (void)state;
    support_ok(flight != NULL, &err);
    for (int i = 0; i < FLIGHT_OF_TARGET; i++) {
        assert_int_equal(flight_room(flight, target("slow")), FLIGHT_OF_TARGET - i);
        send(flight, i + 1, "slow");
    }
    assert_int_equal(flight_room(flight, target("slow")), 0);
    assert_int_equal(flight_room(flight, target("quick")), FLIGHT_OF_TARGET);
    send(flight, 10, "quick");
    send(flight, 11, "nowhere");
    support_ok(flight_wait(flight, 60 * SECOND, &err), &err);
    assert_back(flight, "10+ 11- "); /* nobody waited for the others */
    assert_true(flight_has(flight, 1));
    assert_false(flight_has(flight, 10));
    assert_int_equal(flight_count(flight), FLIGHT_OF_TARGET);
    flight_land(flight);
    assert_back(flight, "1+ 2+ 3+ 4+ ");
    assert_int_equal(flight_room(flight, target("slow")), FLIGHT_OF_TARGET);
    assert_back(flight, "");
    flight_free(flight);
}

static void what_is_put_down_comes_back(void **state)
{
    const SendingWith with = {.language = NOTICE_ENGLISH};
    const OutboxDelivery delivery = {.id = 5};
    Error err = {0}, why = {0};
    Flight *flight = flight_new(targets, &with, NULL, &err);
    (void)state;
    support_ok(flight != NULL, &err);
    error_set(&why, ERROR_USAGE, "its finding is gone");
    flight_put_down(flight_begin(flight, &delivery, target("quick")), &why);
    support_ok(flight_wait(flight, 60 * SECOND, &err), &err);
    assert_back(flight, "5- ");
    flight_free(flight);
}

static void nothing_begins_once_the_end_is_asked_for(void **state)
{
    const SendingWith with = {.language = NOTICE_ENGLISH};
    atomic_bool stopping = true;
    Error err = {0};
    Flight *flight = flight_new(targets, &with, &stopping, &err);
    (void)state;
    support_ok(flight != NULL, &err);
    send(flight, 1, "slow");
    flight_land(flight);
    assert_back(flight, "1? ");
    send(flight, 2, "slow"); /* and who frees need not take it */
    flight_free(flight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_target_keeps_its_own_places),
        cmocka_unit_test(what_is_put_down_comes_back),
        cmocka_unit_test(nothing_begins_once_the_end_is_asked_for),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
