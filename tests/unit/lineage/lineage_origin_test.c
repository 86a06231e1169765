#include "lineage/lineage_origin.h"

#include <string.h>

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

#define HOUR_US INT64_C(3600000000)
#define NOON_US (INT64_C(1772366400) * 1000000) /* 2026-03-01T12:00:00Z */

static LineageEvent session_of(const char *type, const char *issuer, const char *created)
{
    LineageEvent event = {.time_us = NOON_US};
    event.text[LINEAGE_TYPE] = str_of(type);
    event.text[LINEAGE_ISSUER] = str_of(issuer);
    event.text[LINEAGE_CREATED] = str_of(created);
    event.text[LINEAGE_KEY] = STR("ASIA1");
    event.text[LINEAGE_OWNER] = STR("111122223333");
    return event;
}

/* 12 hours for roles, 36 for what users ask STS for; the session's own date where it has one, in
 * both forms ("cloudtrail-record", 4.3). */
static void a_gap_says_which_event_when(void **state)
{
    static const struct {
        const char *type, *issuer, *created, *names;
        int64_t from_us, until_us;
    } CASES[] = {
        {"AssumedRole", "arn:aws:iam::1:role/r", "",
         "AssumeRole, AssumeRoleWithSAML or AssumeRoleWithWebIdentity", NOON_US - 12 * HOUR_US,
         NOON_US},
        {"AssumedRole", "arn:aws:iam::1:role/r", "20260301T110000Z",
         "AssumeRole, AssumeRoleWithSAML or AssumeRoleWithWebIdentity", NOON_US - HOUR_US - 5000000,
         NOON_US - HOUR_US + 5000000},
        {"AssumedRole", "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/R",
         "2026-03-01T11:00:00Z", "AssumeRole by the role's service", NOON_US - HOUR_US - 5000000,
         NOON_US - HOUR_US + 5000000},
        {"IAMUser", "", "", "GetSessionToken or ConsoleLogin", NOON_US - 36 * HOUR_US, NOON_US},
        {"FederatedUser", "", "", "GetFederationToken", NOON_US - 36 * HOUR_US, NOON_US},
        {"Root", "", "", "ConsoleLogin or AssumeRoot", NOON_US - 12 * HOUR_US, NOON_US},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        LineageEvent session = session_of(CASES[i].type, CASES[i].issuer, CASES[i].created);
        LineageGap gap = lineage_origin_gap(&session);
        assert_string_equal(gap.names, CASES[i].names);
        assert_true(gap.from_us == CASES[i].from_us && gap.until_us == CASES[i].until_us);
        assert_true(str_equal(gap.key, STR("ASIA1")));
        assert_true(str_equal(gap.account, STR("111122223333")));
    }
}

static void what_a_session_says_of_a_person_goes_before_what_it_says_of_a_machine(void **state)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    LineageEvent session = session_of("AssumedRole", "arn:aws:iam::1:role/r", "");
    (void)state;
    support_ok(arena != NULL, &err);
    session.text[LINEAGE_ARN] = STR("arn:aws:sts::1:assumed-role/r/i-0123456789abcdef0");
    assert_int_equal(lineage_origin_guess(&session, arena).kind, LINEAGE_WORKLOAD);
    session.text[LINEAGE_SOURCE_IDENTITY] = STR("mina");
    assert_true(str_equal(lineage_origin_guess(&session, arena).name, STR("mina")));
    session.text[LINEAGE_STORE_USER] = STR("u-1");
    assert_true(
        str_equal(lineage_origin_guess(&session, arena).name, STR("Identity Center user u-1")));
    arena_free(arena);
}

/* Attackers choose session names: one that looks like a path of a service-linked role is none. */
static void a_role_is_a_services_only_by_its_issuer(void **state)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    LineageEvent session = session_of("AssumedRole", "arn:aws:iam::1:role/r", "");
    (void)state;
    support_ok(arena != NULL, &err);
    session.text[LINEAGE_ARN] =
        STR("arn:aws:sts::1:assumed-role/r/:role/aws-service-role/x.amazonaws.com/R");
    assert_int_equal(lineage_origin_guess(&session, arena).name.len, 0);
    session.text[LINEAGE_ISSUER] = STR("arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/R");
    assert_true(str_equal(lineage_origin_guess(&session, arena).name, STR("x.amazonaws.com")));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gap_says_which_event_when),
        cmocka_unit_test(what_a_session_says_of_a_person_goes_before_what_it_says_of_a_machine),
        cmocka_unit_test(a_role_is_a_services_only_by_its_issuer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
