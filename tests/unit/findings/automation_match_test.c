#include "findings/automation.h"

#include <string.h>

#include "support/support.h"

static const char FINDING[] =
    "{\"AwsAccountId\":\"111122223333\",\"Title\":\"Trail "
    "stopped\",\"Severity\":{\"Label\":\"HIGH\","
    "\"Normalized\":70},\"Confidence\":55,\"Types\":[\"TTPs/Discovery\",\"Effects\"],\"UpdatedAt\":"
    "\"2026-11-26T10:00:00Z\",\"Resources\":[{\"Id\":\"arn:aws:s3:::logs\",\"Tags\":{\"team\":"
    "\"red\"}}"
    ",{\"Id\":\"arn:aws:s3:::web\"}],\"ProductFields\":{\"spoor/addresses\":\"198.51.100.7, "
    "2001:db8::1\",\"a.b\":\"c\"}}";

/* 2026-11-28T10:00:00Z */
static const int64_t NOW_US = INT64_C(1795860000000000);

/* Whether the criteria match: 1, 0, or -1 where they are none. */
static int match(const char *text, Error *err)
{
    Error unread = {0};
    const Yaml *map = NULL;
    Criteria criteria;
    Arena *arena = arena_new(8 << 20, &unread);
    const Json *finding = json_read(str_of(FINDING), &JSON_LIMITS_DEFAULT, arena, &unread);
    YamlReader *reader = yaml_open(str_of(text), "t.yml", &unread);
    support_ok(finding && reader && yaml_next(reader, arena, &map, &unread), &unread);
    int result = automation_read_criteria(map, "t.yml", arena, &criteria, err)
                     ? automation_matches(&criteria, finding, NOW_US)
                     : -1;
    yaml_close(reader);
    arena_free(arena);
    return result;
}

static void criteria_ask_as_security_hubs_do(void **state)
{
    static const struct {
        const char *criteria;
        int expected;
    } CASES[] = {
        {"{SeverityLabel: HIGH}", 1},
        {"{SeverityLabel: LOW}", 0},
        {"{SeverityLabel: [LOW, HIGH]}", 1},
        {"{SeverityLabel: HIGH, AwsAccountId: '1'}", 0},
        {"{Title: {value: Trail, comparison: PREFIX}}", 1},
        {"{Title: {value: stop, comparison: CONTAINS}}", 1},
        {"{Title: {value: stop, comparison: NOT_CONTAINS}}", 0},
        {"{Title: [{value: Trail, comparison: PREFIX}, {value: Trail stopped, comparison:"
         " NOT_EQUALS}]}",
         0},
        {"{Title: [{value: x, comparison: NOT_EQUALS}, {value: y, comparison: NOT_EQUALS}]}", 1},
        {"{Type: {value: TTPs/, comparison: PREFIX}}", 1},
        {"{ResourceId: 'arn:aws:s3:::web'}", 1},
        {"{ResourceId: {value: 'arn:aws:s3:::web', comparison: NOT_EQUALS}}", 0},
        {"{ResourceTags: {key: team, value: red}}", 1},
        {"{ResourceTags: {key: team, value: blue, comparison: NOT_EQUALS}}", 1},
        {"{ProductFields: {key: a.b, value: c}}", 1},
        {"{SeverityNormalized: {gte: 70}}", 1},
        {"{SeverityNormalized: {gt: 70}}", 0},
        {"{SeverityNormalized: {gte: 40, lt: 70}}", 0},
        {"{Confidence: 55}", 1},
        {"{Criticality: {gte: 0}}", 0},
        {"{UpdatedAt: {start: '2026-11-26T00:00:00Z', end: '2026-11-27T00:00:00Z'}}", 1},
        {"{UpdatedAt: {start: '2026-11-27T00:00:00Z'}}", 0},
        {"{UpdatedAt: {within_days: 3}}", 1},
        {"{UpdatedAt: {within_days: 1}}", 0},
        {"{UpdatedAt: {older_than_days: 1}}", 1},
        {"{SourceAddress: {cidr: 198.51.100.0/24}}", 1},
        {"{SourceAddress: '2001:db8::/32'}", 1},
        {"{SourceAddress: 203.0.113.0/24}", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        if (match(CASES[i].criteria, &err) != CASES[i].expected)
            fail_msg("%s: %s", CASES[i].criteria, err.text);
    }
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *criteria, *expected;
    } CASES[] = {
        {"{Severity: HIGH}", "t.yml:1: expected a field such as SeverityLabel, SeverityNormalized, "
                             "SeverityProduct, not 'Severity'"},
        {"{resourceID: x}", "expected a field such as ResourceId, "},
        {"{Title: {value: x, comparison: LIKE}}",
         "t.yml:1: comparison: expected one of EQUALS, PREFIX"},
        {"{Title: {comparison: PREFIX}}", "Title: expected a value, "},
        {"{Confidence: high}", "Confidence: expected a mapping, not 'high'"},
        {"{Confidence: {gte: high}}", "gte: expected a number, not 'high'"},
        {"{UpdatedAt: {within_days: 0}}", "expected a number of days, not '0'"},
        {"{UpdatedAt: {start: soon}}", "a time such as"},
        {"{SourceAddress: {cidr: here}}", "an address or block such as"},
        {"{Title: {key: x}}", "key: expected value or comparison, "},
        {"{}", "expected a mapping of fields"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        assert_int_equal(match(CASES[i].criteria, &err), -1);
        if (!strstr(err.text, CASES[i].expected))
            fail_msg("%s: %s", CASES[i].criteria, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(criteria_ask_as_security_hubs_do),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
