#include "derive/member.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "support/support.h"

static const Str LISTS[] = {{"tor", 3}, {"a\"b", 3}, {"c", 1}};

static void members_have_names_and_types(void **state)
{
    static const struct {
        const char *name;
        MemberType type;
    } CASES[] = {
        {"addressKind", MEMBER_TEXT},
        {"awsService", MEMBER_TEXT},
        {"awsRegion", MEMBER_TEXT},
        {"country", MEMBER_TEXT},
        {"city", MEMBER_TEXT},
        {"asn", MEMBER_NUMBER},
        {"asnOrganization", MEMBER_TEXT},
        {"threatLists", MEMBER_LISTS},
        {"accountName", MEMBER_TEXT},
        {"organizationalUnit", MEMBER_TEXT},
        {"owner", MEMBER_TEXT},
        {"environment", MEMBER_TEXT},
        {"principal", MEMBER_TEXT},
        {"sessionName", MEMBER_TEXT},
        {"clientFamily", MEMBER_TEXT},
        {"clientName", MEMBER_TEXT},
        {"clientVersion", MEMBER_TEXT},
        {"isConsole", MEMBER_FLAG},
        {"isHuman", MEMBER_FLAG},
        {"action", MEMBER_TEXT},
        {"calendar", MEMBER_TEXT},
        {"offHours", MEMBER_FLAG},
    };
    (void)state;
    assert_int_equal(MEMBER_COUNT, sizeof CASES / sizeof *CASES);
    for (int i = 0; i < MEMBER_COUNT; i++) {
        assert_string_equal(member_name((MemberId)i), CASES[i].name);
        assert_int_equal(member_type((MemberId)i), CASES[i].type);
        assert_int_equal(member_find(str_of(CASES[i].name)), i);
    }
    assert_int_equal(member_find(STR("Country")), MEMBER_NONE);
    assert_int_equal(member_find(STR("")), MEMBER_NONE);
}

static void nothing_known_is_nearly_empty(void **state)
{
    Error err = {0};
    BUF_AUTO Buf json = buf_init(4096);
    DerivedMembers members = {.is_console = false};
    (void)state;
    support_ok(member_write(&members, &json, &err), &err);
    assert_true(str_equal(buf_str(&json), STR("{\"isConsole\":false}")));
}

static void everything_known_is_written_in_order(void **state)
{
    static const char EXPECTED[] =
        "{\"addressKind\":\"public\",\"awsService\":\"EC2\",\"awsRegion\":\"eu-west-1\","
        "\"country\":\"KR\",\"city\":\"Seoul\",\"asn\":16509,\"asnOrganization\":\"AMAZON-02\","
        "\"threatLists\":[\"tor\",\"c\"],\"accountName\":\"Shop\",\"organizationalUnit\":\"Prod\","
        "\"owner\":\"ann\",\"environment\":\"live\",\"principal\":\"arn\",\"sessionName\":\"s\","
        "\"clientFamily\":\"cli\",\"clientName\":\"aws-cli\",\"clientVersion\":\"2\","
        "\"isConsole\":true,\"isHuman\":false,\"action\":\"permissions\",\"calendar\":\"seoul\","
        "\"offHours\":true}";
    Error err = {0};
    BUF_AUTO Buf json = buf_init(4096);
    DerivedMembers members = {
        .address = {.kind = ADDRESS_PUBLIC,
                    .aws = {STR("EC2"), STR("eu-west-1")},
                    .place = {STR("KR"), STR("Seoul")},
                    .network = {16509, STR("AMAZON-02")},
                    .threat_lists = {5, LISTS}},
        .account = {STR("Shop"), STR("Prod"), STR("ann"), STR("live")},
        .principal = {STR("arn"), STR("s")},
        .client = {.family = CLIENT_CLI, .name = STR("aws-cli"), .version = STR("2")},
        .is_console = true,
        .is_human = PRINCIPAL_NO,
        .action = ACTION_PERMISSIONS,
        .calendar = STR("seoul"),
        .off_hours = true,
    };
    (void)state;
    support_ok(member_write(&members, &json, &err), &err);
    assert_true(str_equal(buf_str(&json), str_of(EXPECTED)));
    assert_true(member_get(&members, MEMBER_ASN).number == 16509);
    assert_true(str_equal(member_get(&members, MEMBER_CITY).text, STR("Seoul")));
    assert_true(member_get(&members, MEMBER_IS_HUMAN).is_known);
    assert_int_equal(member_get(&members, MEMBER_IS_HUMAN).number, 0);
}

static void hostile_texts_stay_json(void **state)
{
    Error err = {0};
    BUF_AUTO Buf json = buf_init(4096);
    DerivedMembers members = {
        .address.threat_lists = {2, LISTS},
        .client = {.family = CLIENT_OTHER, .name = STR("\"\\\x01\xff")},
    };
    (void)state;
    support_ok(member_write(&members, &json, &err), &err);
    Arena *arena = arena_new(1 << 16, &err);
    const Json *tree = json_read(buf_str(&json), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(tree != NULL, &err);
    assert_true(
        str_equal(json_text(json_member(tree, STR("threatLists"))->first, STR("")), STR("a\"b")));
    arena_free(arena);
    Buf small = buf_init(8);
    assert_false(member_write(&members, &small, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    buf_free(&small);
}

static void every_member_is_documented(void **state)
{
    Error err = {0};
    BUF_AUTO Buf page = buf_init(1 << 20);
    (void)state;
    support_read("../docs/derived-members.md", &page);
    const char *text = buf_text(&page, &err);
    for (int i = 0; i < MEMBER_COUNT; i++) {
        char cell[64];
        snprintf(cell, sizeof cell, "\n| `%s` |", member_name((MemberId)i));
        if (!strstr(text, cell))
            fail_msg("docs/derived-members.md has no row for %s", member_name((MemberId)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_have_names_and_types),
        cmocka_unit_test(nothing_known_is_nearly_empty),
        cmocka_unit_test(everything_known_is_written_in_order),
        cmocka_unit_test(hostile_texts_stay_json),
        cmocka_unit_test(every_member_is_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
