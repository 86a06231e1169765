#include "decode/record.h"

#include <stdio.h>

#include "decode/record_parser.h"
#include "support/support.h"

typedef struct Case {
    const char *name;
    const char *text;
    bool ordinary;
} Case;

#define TIME "\"eventTime\":\"2024-01-02T03:04:05Z\""

static const Case CASES[] = {
    {"the smallest record", "{" TIME "}", true},
    {"white space everywhere", "{ \"eventName\" :\t\"x\" ,\r\n " TIME " }", true},
    {"an unknown member", "{" TIME ",\"newMember\":{\"a\":[1]}}", true},
    {"an escaped text", "{" TIME ",\"userAgent\":\"a\\\"b\"}", true},
    {"no eventTime", "{\"eventName\":\"x\"}", false},
    {"an eventTime with a fraction", "{\"eventTime\":\"2024-01-02T03:04:05.1Z\"}", false},
    {"an eventTime that is no date", "{\"eventTime\":\"2024-02-30T03:04:05Z\"}", false},
    {"an eventTime of zero bytes", "{\"eventTime\":\"0000-00-00T00:00:00Z\"}", false},
    {"equal names", "{" TIME ",\"eventName\":\"a\",\"eventName\":\"b\"}", false},
    {"equal unknown names", "{" TIME ",\"x\":1,\"x\":2}", false},
    {"a text that is a number", "{" TIME ",\"apiVersion\":1}", true},
    {"a text that is an object", "{" TIME ",\"apiVersion\":{}}", false},
    {"a text that is a wrong number", "{" TIME ",\"apiVersion\":01}", false},
    {"a flag that is a number", "{" TIME ",\"readOnly\":1}", false},
    {"a struct that is a number", "{" TIME ",\"userIdentity\":1}", false},
    {"a time that is null", "{\"eventTime\":null}", false},
    {"a flag that is null", "{" TIME ",\"readOnly\":null}", true},
    {"a text that is null", "{" TIME ",\"userAgent\":null}", true},
    {"a text with NUL", "{" TIME ",\"userAgent\":\"a\\u0000\"}", false},
    {"a flag that is a text", "{" TIME ",\"readOnly\":\"true\"}", false},
    {"a struct that is null", "{" TIME ",\"userIdentity\":null}", true},
    {"a list that is an object", "{" TIME ",\"resources\":{}}", false},
    {"an escaped name", "{" TIME ",\"event\\u004eame\":\"x\"}", false},
    {"a name like our marks", "{" TIME ",\"_absent\":1}", false},
    {"an empty name", "{" TIME ",\"\":1}", false},
    {"an empty object", "{}", false},
    {"a comma at the end", "{" TIME ",}", false},
    {"no end", "{" TIME, false},
};

static RecordVerdict parse(RecordParser *parser, const char *text, char *room, size_t size,
                           const char **end)
{
    size_t len = strlen(text);
    assert_true(len + RECORD_PADDING <= size);
    memset(room, 0, size);
    memcpy(room, text, len);
    return record_parse(parser, room, room + len, end);
}

static void takes_the_ordinary_and_leaves_the_rest(void **state)
{
    (void)state;
    Error err = {0};
    RecordParser *parser = record_new(RECORD_BEST, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char room[1024];
        const char *end;
        record_forget(parser);
        bool ordinary = parse(parser, CASES[i].text, room, sizeof room, &end) == RECORD_ORDINARY;
        if (ordinary != CASES[i].ordinary)
            fail_msg("%s: %s", CASES[i].name, ordinary ? "taken" : "left");
    }
    record_free(parser);
}

static void marks_what_is_the_same_as_before(void **state)
{
    (void)state;
    Error err = {0};
    char a[1024], b[1024];
    const char *end;
    RecordParser *parser = record_new(RECORD_BEST, &err);
    const char *first =
        "{\"eventName\":\"a\"," TIME ",\"awsRegion\":\"r\",\"x\":1,\"eventID\":\"1\"}";
    const char *second =
        "{\"eventName\":\"a\"," TIME ",\"awsRegion\":\"r\",\"x\":1,\"eventID\":\"2\"}";
    assert_int_equal(parse(parser, first, a, sizeof a, &end), RECORD_ORDINARY);
    assert_int_equal(record_view(parser)->same, 0);
    assert_int_equal(parse(parser, second, b, sizeof b, &end), RECORD_ORDINARY);
    const RecordView *view = record_view(parser);
    assert_int_equal(view->same,
                     SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_EVENT_TIME) | SLOT_BIT(S_AWS_REGION));
    assert_true(str_equal(view->extra, STR("\"x\":1")));
    assert_true(str_equal(view->absent, STR("\"requestParameters\",\"responseElements\"")));
    record_forget(parser);
    assert_int_equal(parse(parser, second, a, sizeof a, &end), RECORD_ORDINARY);
    assert_int_equal(record_view(parser)->same, 0);
    record_free(parser);
}

static void follows_members_that_move_come_and_go(void **state)
{
    static const char *const TEXTS[] = {
        "{" TIME ",\"eventName\":\"a\",\"eventSource\":\"s\",\"eventID\":\"1\"}",
        "{\"eventName\":\"a\"," TIME ",\"eventID\":\"1\",\"eventSource\":\"s\"}",
        "{\"eventID\":\"1\"," TIME "}",
        "{" TIME ",\"errorCode\":\"e\",\"eventName\":\"a\",\"eventID\":\"1\"}",
        "{" TIME
        ",\"eventName\":\"a\",\"eventSource\":\"s\",\"eventID\":\"1\",\"errorCode\":\"e\"}",
    };
    static const uint64_t PRESENT[] = {
        SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_EVENT_SOURCE),
        SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_EVENT_SOURCE),
        0,
        SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_ERROR_CODE),
        SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_EVENT_SOURCE) | SLOT_BIT(S_ERROR_CODE),
    };
    enum { COUNT = sizeof TEXTS / sizeof *TEXTS };
    (void)state;
    Error err = {0};
    RecordParser *parser = record_new(RECORD_BEST, &err);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++) {
            char a[1024], b[1024];
            const char *end;
            record_forget(parser);
            assert_int_equal(parse(parser, TEXTS[i], a, sizeof a, &end), RECORD_ORDINARY);
            assert_int_equal(parse(parser, TEXTS[j], b, sizeof b, &end), RECORD_ORDINARY);
            uint64_t always = SLOT_BIT(S_EVENT_TIME) | SLOT_BIT(S_EVENT_ID);
            assert_int_equal(record_view(parser)->present, PRESENT[j] | always);
        }
    record_free(parser);
}

/* Many principals, of whom some share a place in the parser's memory, come again and again with
 * sessions of their own. */
static void equal_numbers_are_equal_identities(void **state)
{
    enum { PRINCIPALS = 900, RECORDS = 20000 };
    static char texts[RECORDS][160];
    static uint64_t numbers[RECORDS];
    (void)state;
    Error err = {0};
    RecordParser *parser = record_new(RECORD_BEST, &err);
    size_t known = 0;
    for (unsigned i = 0; i < RECORDS; i++) {
        char record[1024], room[1024];
        const char *end;
        unsigned who = i * 7919 % (i % 3 ? PRINCIPALS : 40);
        snprintf(texts[i], sizeof *texts,
                 "{\"type\":\"AssumedRole\",\"principalId\":\"AROA%03uEXAMPLE:a-session\","
                 "\"accessKeyId\":\"ASIA%u\"}",
                 who, i * who / 100000);
        snprintf(record, sizeof record, "{" TIME ",\"userIdentity\":%.159s,\"eventID\":\"%u\"}",
                 texts[i], i);
        assert_int_equal(parse(parser, record, room, sizeof room, &end), RECORD_ORDINARY);
        const RecordValue *value = &record_view(parser)->values[S_USER_IDENTITY];
        assert_true(str_equal((Str){value->ptr, value->len}, str_of(texts[i])));
        numbers[i] = record_view(parser)->identity;
        support_ok(record_keep(parser, &err), &err);
    }
    for (unsigned i = 1; i < RECORDS; i++)
        for (unsigned j = i > 1000 ? i - 1000 : 0; j < i; j++)
            if (numbers[i] && numbers[i] == numbers[j]) {
                assert_string_equal(texts[i], texts[j]);
                known++;
            }
    assert_true(known > RECORDS);
    record_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_ordinary_and_leaves_the_rest),
        cmocka_unit_test(marks_what_is_the_same_as_before),
        cmocka_unit_test(follows_members_that_move_come_and_go),
        cmocka_unit_test(equal_numbers_are_equal_identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
