#include "decode/shred.h"

#include "support/support.h"

#define TIME "\"eventTime\":\"2024-01-02T03:04:05Z\""

static const struct {
    const char *name, *text;
    const char *reason;                   /* a part of it, or NULL when it is stored */
    const char *extra, *absent, *altered; /* of the view, NULL when not looked at */
} CASES[] = {
    {"all usual", "{" TIME ",\"requestParameters\":null,\"responseElements\":{}}", NULL, "", "",
     ""},
    {"absent ones", "{" TIME "}", NULL, "", "\"requestParameters\",\"responseElements\"", ""},
    {"an unknown member", "{" TIME ",\"new\" : [1]}", NULL, "\"new\":[1]", NULL, ""},
    {"our own marks as members", "{" TIME ",\"_absent\":1,\"__altered\":2}", NULL,
     "\"__absent\":1,\"___altered\":2", NULL, ""},
    {"readOnly as text", "{" TIME ",\"readOnly\":\"true\"}", NULL, "\"readOnly\":\"true\"", NULL,
     ""},
    {"a time of another form", "{\"eventTime\":\"20240102T030405Z\"}", NULL,
     "\"eventTime\":\"20240102T030405Z\"", NULL, ""},
    {"a time as a number", "{\"eventTime\":1704164645}", NULL, "\"eventTime\":1704164645", NULL,
     ""},
    {"a time as a flag", "{\"eventTime\":true}", "no readable eventTime", NULL, NULL, NULL},
    {"no time", "{\"eventName\":\"a\"}", "no readable eventTime", NULL, NULL, NULL},
    {"an array", "[1]", "not a JSON object", NULL, NULL, NULL},
    {"a null struct", "{" TIME ",\"userIdentity\":null}", NULL, "\"userIdentity\":null", NULL, ""},
    {"equal names", "{" TIME ",\"eventName\":\"a\",\"eventName\":\"b\"}", NULL, "", NULL,
     "\"duplicate:eventName\""},
    {"an Aggregated record",
     "{\"eventId\":\"i\",\"accountId\":\"1\",\"timeWindow\":{\"windowStart\":\"2024-01-02T03:04:"
     "05Z\"}}",
     NULL,
     "\"eventId\":\"i\",\"accountId\":\"1\",\"timeWindow\":{\"windowStart\":\"2024-01-02T03:04:"
     "05Z\"}",
     "\"eventTime\",\"eventID\",\"recipientAccountId\",\"requestParameters\",\"responseElements\"",
     ""},
    {"not JSON", "{" TIME ",\"userAgent\":\"\xff\"}", NULL, "", NULL, "\"utf8:userAgent\""},
};

static void same(Str is, const char *expect, const char *name)
{
    if (expect && !str_equal(is, str_of(expect)))
        fail_msg("%s: '%.*s', expected '%s'", name, STR_ARG(is), expect);
}

static void takes_every_object_with_a_time(void **state)
{
    Error err = {0};
    (void)state;
    Shredder *shredder = shred_new(&err);
    support_ok(shredder != NULL, &err);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const RecordView *view;
        const char *reason;
        support_ok(shred_record(shredder, str_of(CASES[i].text), &view, &reason, &err), &err);
        if (!reason != !CASES[i].reason || (reason && !strstr(reason, CASES[i].reason)))
            fail_msg("%s: %s", CASES[i].name, reason ? reason : "stored");
        if (reason)
            continue;
        assert_int_equal(view->event_time, 1704164645000000);
        same(view->extra, CASES[i].extra, CASES[i].name);
        same(view->absent, CASES[i].absent, CASES[i].name);
        same(view->altered, CASES[i].altered, CASES[i].name);
    }
    shred_free(shredder);
    shred_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_object_with_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
