#include "derive/derive.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "support/mmdb.h"
#include "support/support.h"

static const char RANGES[] = "{\"createDate\":\"2026\",\"prefixes\":[{\"ip_prefix\":\"52.0.0.0/8\","
                             "\"region\":\"us-east-1\",\"service\":\"EC2\"}]}";

/* The path of *name* in the test's folder, in one of a few buffers. */
static const char *path_of(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", support_folder(), name);
    return path;
}

static void put(const char *name, const char *text)
{
    Error err = {0};
    support_ok(file_replace(path_of(name), str_of(text), &err), &err);
}

static void set(Config *config, ConfigKey key, const char *value)
{
    Error err = {0};
    support_ok(config_set(config, key, str_of(value), "--test", &err), &err);
}

/* A configuration with all lookups. */
static Config *full_config(void)
{
    char lists[1100];
    Error err = {0};
    Config *config = config_new(&err);
    support_ok(config != NULL, &err);
    put("drop.list.txt", "52.1.0.0/16\n81.2.69.142\n");
    put("exits", "ExitAddress 81.2.69.142 2026-11-20 11:05:02\n");
    put("ranges.json", RANGES);
    put("accounts.csv", "account_id,name,owner\n111122223333,Shop,ann\n");
    mmdb_write(path_of("city.mmdb"), "GeoLite2-City",
               "[\"81.2.69.0/24\", {\"country\": {\"iso_code\": \"GB\"}, \"city\": {\"names\": "
               "{\"en\": \"London\"}}}]\n");
    mmdb_write(path_of("asn.mmdb"), "GeoLite2-ASN",
               "[\"81.2.69.0/24\", {\"autonomous_system_number\": 20712, "
               "\"autonomous_system_organization\": \"Andrews\"}]\n");
    snprintf(lists, sizeof lists, "%s,tor = %s", path_of("drop.list.txt"), path_of("exits"));
    set(config, CONFIG_DERIVE_LISTS, lists);
    set(config, CONFIG_DERIVE_RANGES, path_of("ranges.json"));
    set(config, CONFIG_DERIVE_ACCOUNTS, path_of("accounts.csv"));
    set(config, CONFIG_DERIVE_GEO_CITY, path_of("city.mmdb"));
    set(config, CONFIG_DERIVE_GEO_ASN, path_of("asn.mmdb"));
    return config;
}

static void expect(const Derive *derive, const DeriveInput *input, const char *json)
{
    Error err = {0};
    DerivedMembers members;
    BUF_AUTO Buf text = buf_init(8192);
    Arena *arena = arena_new(1 << 16, &err);
    support_ok(derive_members(derive, input, arena, &members, &err), &err);
    support_ok(derive_write(&members, &text, &err), &err);
    if (!str_equal(buf_str(&text), str_of(json)))
        fail_msg("%.*s", STR_ARG(buf_str(&text)));
    arena_free(arena);
}

static void all_lookups_answer(void **state)
{
    static const DeriveInput LISTED = {
        .source_ip = {"81.2.69.142", 11},
        .user_agent = {"aws-cli/2.1", 11},
        .event_source = {"iam.amazonaws.com", 17},
        .event_name = {"CreateUser", 10},
        .event_type = {"AwsApiCall", 10},
        .read_only = {"false", 5},
        .recipient_account_id = {"111122223333", 12},
        .identity = {.type = {"IAMUser", 7}, .arn = {"arn:aws:iam::1:user/ann", 23}},
    };
    static const DeriveInput CLOUD = {
        .source_ip = {"52.1.2.3", 8},
        .identity = {.type = {"Root", 4}, .account_id = {"111122223333", 12}},
    };
    Error err = {0};
    Config *config = full_config();
    Derive *derive = derive_open(config, &err);
    (void)state;
    support_ok(derive != NULL, &err);
    expect(derive, &LISTED,
           "{\"addressKind\":\"public\",\"country\":\"GB\",\"city\":\"London\",\"asn\":20712,"
           "\"asnOrganization\":\"Andrews\",\"threatLists\":[\"drop.list\",\"tor\"],"
           "\"accountName\":\"Shop\",\"owner\":\"ann\",\"principal\":\"arn:aws:iam::1:user/ann\","
           "\"clientFamily\":\"cli\",\"clientName\":\"aws-cli\",\"clientVersion\":\"2.1\","
           "\"isConsole\":false,\"isHuman\":true,\"action\":\"permissions\"}");
    expect(derive, &CLOUD,
           "{\"addressKind\":\"public\",\"awsService\":\"EC2\",\"awsRegion\":\"us-east-1\","
           "\"threatLists\":[\"drop.list\"],\"accountName\":\"Shop\",\"owner\":\"ann\","
           "\"principal\":\"arn:aws:iam::111122223333:root\",\"isConsole\":false,"
           "\"isHuman\":true}");
    assert_int_equal(derive_list_count(derive), 2);
    assert_true(str_equal(derive_list_name(derive, 1), STR("tor")));
    assert_string_equal(derive_list_report(derive, 1)->format, "tor");
    derive_release(derive);
    config_free(config);
}

static void without_lookups_the_record_alone_answers(void **state)
{
    static const DeriveInput NOTHING = {.read_only = {NULL, 0}};
    static const DeriveInput SERVICE = {.source_ip = {"ec2.amazonaws.com", 17},
                                        .user_agent = {"ec2.amazonaws.com", 17}};
    Error err = {0};
    Config *config = config_new(&err);
    Derive *derive = derive_open(config, &err);
    (void)state;
    support_ok(derive != NULL, &err);
    expect(derive, &NOTHING, "{\"isConsole\":false}");
    expect(derive, &SERVICE,
           "{\"addressKind\":\"service\",\"clientFamily\":\"service\",\"clientName\":"
           "\"ec2.amazonaws.com\",\"isConsole\":false}");
    assert_null(derive_geo(derive, GEO_PLACE));
    assert_null(derive_aws_ranges(derive));
    assert_null(derive_accounts(derive));
    derive_release(derive);
    derive_release(NULL);
    config_free(config);
}

static void a_lookup_that_cannot_be_read_is_an_error(void **state)
{
    static const struct {
        const char *sentence;
        ConfigKey key;
        const char *value, *words;
    } CASES[] = {
        {"a missing database", CONFIG_DERIVE_GEO_CITY, "none.mmdb",
         "derive.geo_city (set by --test): "},
        {"a database of the other kind", CONFIG_DERIVE_GEO_ASN, "city.mmdb", "expected a database"},
        {"ranges that are none", CONFIG_DERIVE_RANGES, "accounts.csv", "derive.aws_ranges"},
        {"accounts that are none", CONFIG_DERIVE_ACCOUNTS, "exits", "derive.accounts"},
        {"a missing list", CONFIG_DERIVE_LISTS, "none.txt", "derive.threat_lists"},
        {"a list that is none", CONFIG_DERIVE_LISTS, "accounts.csv", "no address in it"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Config *config = full_config();
        set(config, CASES[i].key, path_of(CASES[i].value));
        if (derive_open(config, &err) || !strstr(err.text, CASES[i].words))
            fail_msg("%s: %s", CASES[i].sentence, err.text);
        error_clear(&err);
        assert_null(derive_open_one(config, CASES[i].key, &err));
        config_free(config);
    }
}

static void lists_are_told_apart_by_name(void **state)
{
    Error err = {0};
    Config *config = full_config();
    char lists[8192];
    size_t used = 0;
    (void)state;
    snprintf(lists, sizeof lists, "%s,%s", path_of("exits"), path_of("exits"));
    set(config, CONFIG_DERIVE_LISTS, lists);
    assert_null(derive_open_one(config, CONFIG_DERIVE_LISTS, &err));
    assert_non_null(strstr(err.text, "two lists are called 'exits'; name one NAME=FILE"));
    for (int i = 0; i <= DERIVE_LISTS_MAX; i++)
        used += (size_t)snprintf(lists + used, sizeof lists - used, "n%d=%s,", i, path_of("exits"));
    set(config, CONFIG_DERIVE_LISTS, lists);
    assert_null(derive_open_one(config, CONFIG_DERIVE_LISTS, &err));
    assert_non_null(strstr(err.text, "more than 64 lists"));
    config_free(config);
}

static FileStamp stamp_of(const Config *config)
{
    FileStamp stamp = {0};
    derive_stamp(config, &stamp);
    return stamp;
}

static void a_changed_file_changes_the_stamp_and_no_set_that_is_open(void **state)
{
    Error err = {0};
    Account account;
    Config *config = full_config();
    FileStamp first = stamp_of(config);
    Derive *derive = derive_open(config, &err);
    (void)state;
    support_ok(derive != NULL, &err);
    assert_in_range(first.files, 5, 64);
    assert_true(file_stamp_equal(first, stamp_of(config)));

    put("accounts.csv", "account_id,name\n111122223333,Store\n");
    assert_false(file_stamp_equal(first, stamp_of(config)));
    Derive *next = derive_open(config, &err);
    support_ok(next != NULL, &err);
    derive_account(next, STR("111122223333"), &account);
    assert_true(str_equal(account.name, STR("Store")));
    derive_account(derive, STR("111122223333"), &account);
    assert_true(str_equal(account.name, STR("Shop")));
    derive_release(derive);

    put("accounts.csv", "account_id,name\nabc,Store\n");
    assert_null(derive_open(config, &err));
    assert_non_null(strstr(err.text, "derive.accounts (set by --test): "));
    assert_non_null(strstr(err.text, "accounts.csv:2: expected an account's 12 digits"));
    derive_release(next);
    config_free(config);
}

static void a_failed_step_is_an_error(void **state)
{
    Config *config = full_config();
    (void)state;
    for (int kind = FAULT_ALLOC; kind <= FAULT_SYSCALL; kind++) {
        uint64_t steps = 0;
        for (uint64_t nth = 0; nth <= steps; nth++) { /* the first round only counts */
            Error err = {0};
            fault_arm((FaultKind)kind, nth);
            Derive *derive = derive_open(config, &err);
            if (!nth)
                steps = fault_count((FaultKind)kind);
            fault_arm((FaultKind)kind, 0);
            assert_true((derive != NULL) == (err.kind == ERROR_NONE));
            derive_release(derive);
        }
        assert_true(steps > 3);
    }
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lookups_answer),
        cmocka_unit_test(without_lookups_the_record_alone_answers),
        cmocka_unit_test(a_lookup_that_cannot_be_read_is_an_error),
        cmocka_unit_test(lists_are_told_apart_by_name),
        cmocka_unit_test(a_changed_file_changes_the_stamp_and_no_set_that_is_open),
        cmocka_unit_test(a_failed_step_is_an_error),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    support_folder_end();
    return failed;
}
