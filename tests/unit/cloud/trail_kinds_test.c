#include "cloud/trail_kinds.h"

#include <stdio.h>

#include "support/support.h"

static char told[8000];

static void note(void *context, Str kind, TrailKindLeft left)
{
    static const char *const WORDS[] = {"all", "part", "unknown"};
    size_t used = strlen(told);
    (void)context;
    snprintf(told + used, sizeof told - used, "%s: %.*s\n", WORDS[left], STR_ARG(kind));
}

static bool ask(const char *text, Error *err)
{
    Arena *arena = arena_new(8 << 20, err);
    told[0] = 0;
    const Json *document = json_read(str_of(text), &JSON_LIMITS_DEFAULT, arena, err);
    support_ok(document != NULL, err);
    bool ok = trail_kinds(document, note, NULL, err);
    arena_free(arena);
    return ok;
}

#define DATA_ALL    "all: data events of all types of resources\n"
#define NETWORK_ALL "all: network activity of all services\n"
#define INSIGHTS    "all: insights into call rates\nall: insights into error rates\n"
#define READS       "management events that only read\n"
#define WRITES      "management events that change something\n"

static void selectors_leave_kinds_out(void **state)
{
    static const struct {
        const char *trails, *expected;
    } CASES[] = {
        {"{\"arn\": \"T\", \"selectors\": {}}",
         "all: " WRITES "all: " READS DATA_ALL NETWORK_ALL INSIGHTS},
        {"{\"arn\": \"T\"}",
         "unknown: T\nall: " WRITES "all: " READS DATA_ALL NETWORK_ALL INSIGHTS},
        {"{\"arn\": \"T\", \"selectors\": {\"refused\": \"AccessDenied\"}}",
         "unknown: T\nall: " WRITES "all: " READS DATA_ALL NETWORK_ALL INSIGHTS},
        /* the older kind */
        {"{\"selectors\": {\"EventSelectors\": [{\"ReadWriteType\": \"All\", "
         "\"IncludeManagementEvents\": true, \"DataResources\": []}]}}",
         DATA_ALL NETWORK_ALL INSIGHTS},
        {"{\"selectors\": {\"EventSelectors\": [{\"ReadWriteType\": \"WriteOnly\", "
         "\"IncludeManagementEvents\": true, \"ExcludeManagementEventSources\": "
         "[\"kms.amazonaws.com\"], \"DataResources\": [{\"Type\": \"AWS::S3::Object\", "
         "\"Values\": [\"arn:aws:s3:::one/\"]}, {\"Type\": \"AWS::Lambda::Function\", \"Values\": "
         "[\"arn:aws-cn:lambda\"]}]}]}}",
         "all: " READS "all: management events of kms.amazonaws.com\n"
         "all: data events of all types of resources but AWS::S3::Object, AWS::Lambda::Function\n"
         "part: data events of AWS::S3::Object\npart: data events of "
         "AWS::Lambda::Function\n" NETWORK_ALL INSIGHTS},
        {"{\"selectors\": {\"EventSelectors\": [{\"IncludeManagementEvents\": false, "
         "\"DataResources\": [{\"Type\": \"AWS::S3::Object\", \"Values\": "
         "[\"arn:aws:s3:::\"]}]}]}}",
         "all: " WRITES "all: " READS
         "all: data events of all types of resources but AWS::S3::Object\n" NETWORK_ALL INSIGHTS},
        /* advanced ones; a part of another trail makes a kind whole */
        {"{\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [{\"Field\": "
         "\"eventCategory\", \"Equals\": [\"Management\"]}, {\"Field\": \"readOnly\", \"Equals\": "
         "[\"true\"]}]}, {\"FieldSelectors\": [{\"Field\": \"eventCategory\", \"Equals\": "
         "[\"NetworkActivity\"]}, {\"Field\": \"eventSource\", \"Equals\": "
         "[\"kms.amazonaws.com\"]}]}]}, \"insights\": {\"InsightSelectors\": [{\"InsightType\": "
         "\"ApiErrorRateInsight\"}]}}, "
         "{\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [{\"Field\": "
         "\"eventCategory\", \"Equals\": [\"Management\"]}, {\"Field\": \"readOnly\", \"Equals\": "
         "[\"false\"]}, {\"Field\": \"eventSource\", \"NotEquals\": "
         "[\"rdsdata.amazonaws.com\"]}]}]}}",
         "part: management events of rdsdata.amazonaws.com\n" DATA_ALL
         "all: network activity of all services but kms.amazonaws.com\n"
         "all: insights into call rates\n"},
        /* a field that narrows it */
        {"{\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [{\"Field\": "
         "\"eventCategory\", \"Equals\": [\"Management\"]}, {\"Field\": \"eventName\", "
         "\"NotEquals\": [\"Decrypt\"]}]}, {\"FieldSelectors\": [{\"Field\": \"eventCategory\", "
         "\"Equals\": [\"Data\"]}, {\"Field\": \"resources.type\", \"Equals\": "
         "[\"AWS::S3::Object\"]}, {\"Field\": \"resources.ARN\", \"StartsWith\": "
         "[\"arn:aws:s3:::x/\"]}]}]}}",
         "part: " WRITES "part: " READS
         "all: data events of all types of resources but AWS::S3::Object\n"
         "part: data events of AWS::S3::Object\n" NETWORK_ALL INSIGHTS},
        /* services of management events: one that is not told by itself, and only one */
        {"{\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [{\"Field\": "
         "\"eventCategory\", \"Equals\": [\"Management\"]}, {\"Field\": \"eventSource\", "
         "\"NotEquals\": [\"sts.amazonaws.com\"]}]}]}}",
         "part: " WRITES "part: " READS DATA_ALL NETWORK_ALL INSIGHTS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[4000];
        Error err = {0};
        snprintf(text, sizeof text, "{\"trails\": [%s]}", CASES[i].trails);
        support_ok(ask(text, &err), &err);
        if (strcmp(told, CASES[i].expected) != 0)
            fail_msg("case %zu told\n%s", i, told);
    }
}

static void what_is_no_document_is_refused(void **state)
{
    Error err = {0};
    (void)state;
    assert_false(ask("{\"trails\": []}", &err));
    assert_non_null(strstr(err.text, "no trail"));
}

static void too_many_types_are_refused(void **state)
{
    static char text[40000];
    size_t used = 0;
    Error err = {0};
    (void)state;
    used += (size_t)snprintf(text, sizeof text,
                             "{\"trails\": [{\"selectors\": {\"EventSelectors\": [{"
                             "\"DataResources\": [");
    for (int i = 0; i < 257; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s{\"Type\": \"%d\"}",
                                 i ? ", " : "", i);
    snprintf(text + used, sizeof text - used, "]}]}}]}");
    assert_false(ask(text, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_leave_kinds_out),
        cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(too_many_types_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
