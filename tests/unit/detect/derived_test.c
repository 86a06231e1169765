#include "detect/derived.h"

#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 20 };

/* What is derived of an event, without any lookup configured. */
static void assert_derived(const char *event, const char *expected)
{
    Error err = {0};
    Config *config = config_new(&err);
    Derive *derive = config ? derive_open(config, &err) : NULL;
    Derived *derived = derive ? derived_new(derive, &err) : NULL;
    Document *document = derived ? document_new(&err) : NULL;
    Arena *arena = document ? arena_new(ARENA_BYTES_MAX, &err) : NULL;
    const Json *root = arena ? json_read(str_of(event), &JSON_LIMITS_DEFAULT, arena, &err) : NULL;
    support_ok(root != NULL, &err);
    document_set_tree(document, root);
    Str got = derived_write(derived, document);
    if (!str_equal(got, str_of(expected)))
        fail_msg("%s: %.*s", event, STR_ARG(got));
    arena_free(arena);
    document_free(document);
    derived_free(derived);
    derive_release(derive);
    config_free(config);
}

static void members_follow_from_the_event_alone(void **state)
{
    (void)state;
    assert_derived(
        "{\"sourceIPAddress\": \"10.1.2.3\", \"eventSource\": \"s3.amazonaws.com\", "
        "\"eventName\": \"PutBucketPolicy\", \"readOnly\": false, \"userAgent\": "
        "\"aws-cli/2.1\", \"userIdentity\": {\"type\": \"IAMUser\", \"arn\": "
        "\"arn:aws:iam::111122223333:user/eve\", \"accountId\": \"111122223333\"}}",
        "{\"addressKind\":\"private\",\"principal\":\"arn:aws:iam::111122223333:user/eve\","
        "\"clientFamily\":\"cli\",\"clientName\":\"aws-cli\",\"clientVersion\":\"2.1\","
        "\"isConsole\":false,\"isHuman\":true,\"action\":\"permissions\"}");
    assert_derived("{}", "{\"isConsole\":false}");
}

static void each_member_says_what_decides_it(void **state)
{
    (void)state;
    assert_true(derived_needs(STR("country")) == SLOT_BIT(S_SOURCE_IP_ADDRESS));
    assert_true(derived_needs(STR("clientFamily")) == SLOT_BIT(S_USER_AGENT));
    assert_true(derived_needs(STR("isHuman")) == 0);
    assert_true(derived_needs(STR("offHours")) ==
                (SLOT_BIT(S_USER_IDENTITY) | SLOT_BIT(S_EVENT_TIME)));
    assert_true(derived_needs(STR("made up")) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_follow_from_the_event_alone),
        cmocka_unit_test(each_member_says_what_decides_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
