#include "cloud/trail_check.h"

#include <stdio.h>

#include "support/support.h"

static char told[20000];

static void note(void *context, const TrailFinding *finding)
{
    size_t used = strlen(told);
    (void)context;
    snprintf(told + used, sizeof told - used, "%.*s|%.*s|%s|%.*s|%.*s\n", STR_ARG(finding->subject),
             STR_ARG(finding->check), trail_check_word(finding->verdict), STR_ARG(finding->reason),
             STR_ARG(finding->fix));
}

static bool check(const char *text, Error *err)
{
    Arena *arena = arena_new(1 << 20, err);
    told[0] = 0;
    const Json *document = json_read(str_of(text), &JSON_LIMITS_DEFAULT, arena, err);
    support_ok(document != NULL, err);
    bool ok = trail_check(document, note, NULL, err);
    arena_free(arena);
    return ok;
}

static int held;

static void count(void *context, const TrailFinding *finding)
{
    held += str_equal(finding->check, str_of(context)) && finding->verdict == TRAIL_HOLDS;
}

/* Counts in *held* how often *words* holds. */
static bool count_held(const char *text, char *words, Error *err)
{
    Arena *arena = arena_new(64 << 20, err);
    held = 0;
    const Json *document = json_read(str_of(text), &JSON_LIMITS_DEFAULT, arena, err);
    bool ok = document && trail_check(document, count, words, err);
    arena_free(arena);
    return ok;
}

/* A trail with *members* of AWS's answers: what is told of it holds *expected*. */
static void assert_told(const char *members, const char *expected)
{
    char text[8000];
    Error err = {0};
    snprintf(text, sizeof text,
             "{\"spoor_trail_answers\": 1, \"trails\": [{\"arn\": \"T\", \"region\": \"R\", %s}]}",
             members);
    support_ok(check(text, &err), &err);
    if (!strstr(told, expected))
        fail_msg("expected %s in\n%s", expected, told);
}

static void what_a_member_says_decides(void **state)
{
    (void)state;
    assert_told("\"status\": {\"IsLogging\": true}", "T|it is logging|holds||\n");
    assert_told("\"status\": {\"IsLogging\": false}",
                "T|it is logging|fails||aws cloudtrail start-logging --region R --name T\n");
    assert_told("\"trail\": {\"Trail\": {\"IsMultiRegionTrail\": \"true\"}}",
                "T|of all regions|fails|");
    assert_told("\"trail\": {\"Trail\": {\"KmsKeyId\": \"k\"}}",
                "T|with a key of one's own|holds|");
    assert_told("\"status\": {\"LatestDeliveryError\": \"AccessDenied\"}",
                "T|logs are delivered|fails|AccessDenied|");
    assert_told("\"status\": {\"LatestDeliveryError\": \"\"}", "T|logs are delivered|holds|");
}

static void nothing_set_is_an_answer_and_a_refusal_is_none(void **state)
{
    (void)state;
    assert_told("\"bucket\": {\"lifecycle\": {\"refused\": \"An error occurred "
                "(NoSuchLifecycleConfiguration) when\"}}",
                "T|its bucket archives or expires|fails||aws s3api "
                "put-bucket-lifecycle-configuration --bucket BUCKET ");
    assert_told(
        "\"bucket\": {\"lifecycle\": {\"refused\": \"An error occurred (AccessDenied) when\"}}",
        "T|its bucket archives or expires|unknown|An error occurred (AccessDenied) when|\n");
    assert_told("\"bucket\": {}", "T|its bucket archives or expires|unknown|it was not asked|\n");
}

#define MANAGEMENT "{\"Field\": \"eventCategory\", \"Equals\": [\"Management\"]}"

static void selectors_of_both_kinds_are_understood(void **state)
{
    (void)state;
    assert_told("\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [" MANAGEMENT
                "]}]}",
                "T|all management events|holds|");
    assert_told("\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [" MANAGEMENT
                ", {\"Field\": \"readOnly\", \"Equals\": [\"false\"]}]}]}",
                "T|all management events|fails|");
    assert_told("\"selectors\": {\"AdvancedEventSelectors\": [{\"FieldSelectors\": [{\"Field\": "
                "\"eventCategory\", \"Equals\": [\"Data\"]}, "
                "{\"Field\": \"resources.type\", \"Equals\": [\"AWS::S3::Object\"]}]}]}",
                "T|some data events|holds|");
    assert_told("\"selectors\": {\"EventSelectors\": [{\"ReadWriteType\": \"All\", "
                "\"IncludeManagementEvents\": true, "
                "\"ExcludeManagementEventSources\": [], \"DataResources\": []}]}",
                "T|all management events|holds|");
    assert_told("\"selectors\": {\"EventSelectors\": [{\"ReadWriteType\": \"WriteOnly\", "
                "\"IncludeManagementEvents\": true}]}",
                "T|all management events|fails|");
    assert_told("\"selectors\": {\"EventSelectors\": [{\"ReadWriteType\": \"All\", "
                "\"IncludeManagementEvents\": true, "
                "\"ExcludeManagementEventSources\": [\"kms.amazonaws.com\"]}]}",
                "T|all management events|fails|");
    assert_told("\"selectors\": {\"EventSelectors\": [{\"DataResources\": [{\"Type\": "
                "\"AWS::S3::Object\"}]}]}",
                "T|some data events|holds|");
}

#define POLICY(statement)                                                                          \
    "\"bucket\": {\"policy\": {\"Policy\": \"{\\\"Statement\\\": " statement "}\"}}"
#define WRITES                                                                                     \
    "\\\"Effect\\\": \\\"Allow\\\", \\\"Principal\\\": {\\\"Service\\\": "                         \
    "\\\"cloudtrail.amazonaws.com\\\"}"

static void the_policy_within_is_read(void **state)
{
    (void)state;
    assert_told(
        POLICY("[{" WRITES
               ", \\\"Condition\\\": {\\\"StringEquals\\\": {\\\"AWS:SourceArn\\\": \\\"T\\\"}}}]"),
        "T|its bucket takes logs of own trails only|holds|");
    assert_told(POLICY("{" WRITES "}"), "T|its bucket takes logs of own trails only|fails|");
    assert_told(POLICY("[{\\\"Effect\\\": \\\"Deny\\\", \\\"Condition\\\": {\\\"Bool\\\": "
                       "{\\\"aws:SecureTransport\\\": \\\"false\\\"}}}]"),
                "T|its bucket refuses plain HTTP|holds|");
    assert_told(POLICY("[{\\\"Effect\\\": \\\"Allow\\\", \\\"Condition\\\": {\\\"Bool\\\": "
                       "{\\\"aws:SecureTransport\\\": \\\"false\\\"}}}]"),
                "T|its bucket refuses plain HTTP|fails|");
    assert_told(POLICY("broken"), "T|its bucket refuses plain HTTP|fails|");
}

/* A policy is as long as AWS lets it be, and an organisation has as many trails as it likes. */
static void policies_of_many_trails_are_read(void **state)
{
    (void)state;
    enum { TRAILS = 300, PADDING = 15000 };
    char words[] = "its bucket refuses plain HTTP";
    Error err = {0};
    BUF_AUTO Buf text = buf_init(16 << 20);
    bool ok = buf_append_str(&text, STR("{\"spoor_trail_answers\": 1, \"trails\": ["), &err);
    for (int i = 0; ok && i < TRAILS; i++)
        ok =
            buf_printf(&text, &err,
                       "%s{\"arn\": \"T%d\", \"region\": \"R\", \"bucket\": {\"policy\": "
                       "{\"Policy\": \"{\\\"Statement\\\": [%*s{\\\"Sid\\\": \\\"\\\\\\\\%0*d\\\", "
                       "\\\"Effect\\\": \\\"Deny\\\", "
                       "\\\"Condition\\\": {\\\"Bool\\\": {\\\"aws:SecureTransport\\\": "
                       "\\\"false\\\"}}}]}\"}}}",
                       i ? "," : "", i, 1, "", PADDING, 0);
    ok = ok && buf_append(&text, "]}", 3, &err);
    support_ok(ok, &err);
    support_ok(count_held(text.ptr, words, &err), &err);
    assert_int_equal(held, TRAILS);
}

static void regions_are_told_of_too(void **state)
{
    (void)state;
    Error err = {0};
    support_ok(
        check("{\"spoor_trail_answers\": 1, \"trails\": [{\"arn\": \"T\"}], \"regions\": "
              "[{\"region\": \"R\", "
              "\"guardduty\": {\"DetectorIds\": []}, \"security_hub\": {\"HubArn\": \"h\"}}]}",
              &err),
        &err);
    assert_non_null(
        strstr(told, "R|GuardDuty is on|fails||aws guardduty create-detector --enable --region R\n"
                     "R|Security Hub is on|holds||\n"));
}

static void what_is_no_answer_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    assert_false(check("{\"trails\": []}", &err));
    assert_string_equal(err.text,
                        "expected what the script of 'spoor trail check --script' prints");
    error_clear(&err);
    assert_false(check("{\"spoor_trail_answers\": 1, \"trails\": []}", &err));
    assert_string_equal(err.text,
                        "the account has no trail; 'spoor trail template' prints what makes one");
    error_clear(&err);
    assert_false(check("{\"spoor_trail_answers\": 1, \"trails\": [{}]}", &err));
    assert_string_equal(err.text, "a trail without its arn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_member_says_decides),
        cmocka_unit_test(nothing_set_is_an_answer_and_a_refusal_is_none),
        cmocka_unit_test(selectors_of_both_kinds_are_understood),
        cmocka_unit_test(the_policy_within_is_read),
        cmocka_unit_test(policies_of_many_trails_are_read),
        cmocka_unit_test(regions_are_told_of_too),
        cmocka_unit_test(what_is_no_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
