#include "support/support.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "generate/cast.h"
#include "generate/fill.h"

static const char *const TYPES[CAST_KINDS] = {
    [CAST_MACHINE] = "AssumedRole",
    [CAST_PERSON] = "AssumedRole",
    [CAST_SERVICE] = "AWSService",
    [CAST_PARTNER] = "AWSAccount",
    [CAST_USER] = "IAMUser",
    [CAST_WEB] = "WebIdentityUser",
    [CAST_INTERNAL] = "",
    [CAST_SAML] = "SAMLUser",
    [CAST_FEDERATED] = "FederatedUser",
    [CAST_CENTER] = "IdentityCenterUser",
    [CAST_UNIDENTIFIED] = "Unknown",
    [CAST_ROOT] = "Root",
};

static void every_principal_has_the_identity_of_its_kind(void **state)
{
    (void)state;
    Error err = {0};
    Cast *cast = cast_new(3, 2, 1, &err);
    support_ok(cast != NULL, &err);
    Random random = random_new(1, 1);
    for (int a = 0; a < 2; a++)
        for (int i = 0; i < CAST_PRINCIPALS; i++) {
            const CastPrincipal *principal = &cast->accounts[a].principals[i];
            FillClock clock = {.hour = "2026-10-31T04:"};
            BUF_AUTO Buf text = buf_init(1 << 16);
            Arena *arena = arena_new(1 << 20, &err);
            Fill fill = {.out = &text,
                         .account = &cast->accounts[a],
                         .region = "eu-west-1",
                         .clock = &clock,
                         .random = &random,
                         .err = &err};
            support_ok(fill_pattern(&fill, principal->identity.ptr), &err);
            const Json *identity = json_read(buf_str(&text), &JSON_LIMITS_DEFAULT, arena, &err);
            support_ok(identity != NULL, &err);
            Str type = json_text(json_member(identity, STR("type")), STR(""));
            assert_true(str_equal(type, str_of(TYPES[principal->kind])));
            assert_true(
                str_equal(json_text(json_member(identity, STR("arn")), STR("")), principal->arn));
            assert_true(principal->agent.len > 0 && principal->address.len > 0);
            arena_free(arena);
        }
    cast_free(cast);
}

static void kinds_act_as_often_as_in_modern_organisations(void **state)
{
    (void)state;
    Error err = {0};
    Cast *cast = cast_new(3, 1, 1, &err);
    Random random = random_new(1, 2);
    int times[CAST_KINDS] = {0};
    support_ok(cast != NULL, &err);
    for (int i = 0; i < 100000; i++)
        times[cast_draw(&cast->accounts[0], &random)->kind]++;
    assert_in_range(times[CAST_MACHINE] + times[CAST_PERSON], 64000, 66000);
    assert_in_range(times[CAST_SERVICE], 21500, 22500);
    assert_in_range(times[CAST_PARTNER], 4700, 5300);
    assert_in_range(times[CAST_USER], 3700, 4300);
    assert_in_range(times[CAST_WEB], 1800, 2200);
    assert_in_range(times[CAST_INTERNAL], 850, 1150);
    assert_in_range(times[CAST_ROOT], 20, 90);
    for (CastKind kind = 0; kind < CAST_KINDS; kind++)
        assert_true(times[kind] > 0);
    cast_free(cast);
}

static void some_accounts_are_busy_with_people(void **state)
{
    (void)state;
    Error err = {0};
    Cast *cast = cast_new(3, 6, 1, &err);
    support_ok(cast != NULL, &err);
    assert_true(cast->accounts[5].shares[CAST_PERSON] > 5 * cast->accounts[0].shares[CAST_PERSON]);
    cast_free(cast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_principal_has_the_identity_of_its_kind),
        cmocka_unit_test(kinds_act_as_often_as_in_modern_organisations),
        cmocka_unit_test(some_accounts_are_busy_with_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
