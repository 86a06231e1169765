/* The matcher with its guards finds exactly what asking every rule of every event finds. */
#include "detect/matcher.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "generate/trail.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 64 << 20, ROUNDS = 60, RULES = 60, EVENTS = 400 };

/* A rule set tried both ways on each record of a decoder. */
typedef struct Trial {
    RuleSet *set;
    Matcher *matcher;
    Document *document;
    Decoder *decoder;
    size_t records, matches, differ;
} Trial;

static bool is_hit(const Rule *const *hits, size_t count, const Rule *rule)
{
    for (size_t i = 0; i < count; i++)
        if (hits[i] == rule)
            return true;
    return false;
}

static bool compare(void *context, const RecordView *view, Error *err)
{
    Trial *trial = context;
    const Rule *const *hits;
    size_t count;
    if (!matcher_run(trial->matcher, view, &hits, &count, err))
        return false;
    trial->records++;
    trial->matches += count;
    document_set_view(trial->document, view);
    for (size_t i = 0; i < ruleset_count(trial->set); i++) {
        const Rule *rule = ruleset_rule(trial->set, i);
        if (rule->kind != RULE_DETECTION)
            continue;
        bool holds = expr_holds(rule->expr, trial->document);
        if (holds == is_hit(hits, count, rule))
            continue;
        if (trial->differ++ < 5)
            print_error("record %zu: '%.*s' %s\n", trial->records, STR_ARG(rule->title),
                        holds ? "was missed" : "is no match");
    }
    return true;
}

static void begin(Trial *trial, RuleSet *set)
{
    Error err = {0};
    const DecoderHooks hooks = {.context = trial, .record = compare};
    support_ok(ruleset_finish(set, &err), &err);
    assert_int_equal(ruleset_error_count(set), 0);
    *trial = (Trial){.set = set};
    trial->matcher = matcher_new(set, LEVEL_NONE, &err);
    trial->document = document_new(&err);
    trial->decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(trial->matcher && trial->document && trial->decoder, &err);
}

static void end(Trial *trial)
{
    object_decoder_free(trial->decoder);
    document_free(trial->document);
    matcher_free(trial->matcher);
    ruleset_free(trial->set);
}

static void decode(Trial *trial, Str text)
{
    Error err = {0};
    ObjectReport report;
    support_ok(object_decode(trial->decoder, text, 1, NULL, &report, &err), &err);
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(TEXT_BYTES_MAX);
    (void)info;
    support_ok(file_read(path, &bytes, NULL, err), err);
    decode(context, buf_str(&bytes));
    return true;
}

static void write_trail(const char *folder)
{
    Error err = {0};
    TrailReport report = {0};
    const TrailOptions options = {.folder = folder,
                                  .events = 3000,
                                  .days = 2,
                                  .accounts = 3,
                                  .regions = 2,
                                  .seed = 5,
                                  .end_us = timestamp_day_of(2026, 11, 1) * TIMESTAMP_DAY_US};
    Trail *trail = trail_new(&options, &err);
    support_ok(trail != NULL, &err);
    TrailWriter *writer = trail_writer_new(&err);
    for (size_t i = 0; i < trail_unit_count(trail); i++)
        support_ok(trail_write_unit(trail, writer, i, &report, &err), &err);
    trail_writer_free(writer);
    trail_free(trail);
}

static void the_rules_that_ship_find_the_same_both_ways(void **state)
{
    Error err = {0};
    Trial trial;
    char folder[256];
    RuleSet *set = ruleset_new(NULL, &err);
    (void)state;
    snprintf(folder, sizeof folder, "%s/trail", support_folder());
    write_trail(folder);
    support_ok(set && ruleset_add_content(set, &err), &err);
    begin(&trial, set);
    support_ok(file_walk(folder, visit, NULL, &trial, &err), &err);
    const char *real = support_real_data();
    if (real) {
        snprintf(folder, sizeof folder, "%s/invictus/CloudTrail", real);
        support_ok(file_walk(folder, visit, NULL, &trial, &err), &err);
    }
    assert_int_equal(trial.differ, 0);
    assert_true(trial.records >= 3000);
    assert_true(trial.matches > 100);
    end(&trial);
    support_folder_end();
}

static uint64_t random_state;
static bool exact; /* rules ask for what is another text in each session */

static uint32_t pick(uint32_t count)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % count;
}

static const char *pick_text(const char *const *texts, uint32_t count)
{
    return texts[pick(count)];
}

#define PICK(texts) pick_text(texts, sizeof texts / sizeof *texts)

/* A search over members that guards know and others, in ways that refute and that do not. */
static bool put_search(Buf *out, Error *err)
{
    static const char *const ITEMS[] = {
        "eventName: [GetObject, PutObject]",
        "eventName|startswith: Get",
        "eventName|neq: PutObject",
        "eventSource: s3.amazonaws.com",
        "eventSource|cased: S3.amazonaws.com",
        "errorCode: null",
        "errorCode|contains: denied",
        "errorCode|exists: true",
        "userAgent|re|i: KALI",
        "userIdentity.type: Root",
        "userIdentity.type: null",
        "userIdentity.arn|endswith: /alice",
        "userIdentity.invokedBy|exists: false",
        "readOnly: true",
        "readOnly: 'false'",
        "sourceIPAddress|cidr: 10.0.0.0/8",
        "requestParameters.bucketName: b1",
        "requestParameters|contains: secret",
        "requestParameters: null",
        "eventType|neq: AwsApiCall",
        "userIdentity.userName|fieldref: requestParameters.userName",
        "eventTime|hour|gte: 12",
        "awsRegion|all: [us-east-1, us-west-2]",
        "errorCode.detail: 7",
        "made.up: x",
        "userIdentity.accessKeyId|startswith: [AKIA, asia]",
        "userIdentity.sessionContext|exists: true",
        "derived.principal|endswith: /alice",
    };
    /* These make all of a session's texts matter. */
    static const char *const EXACT[] = {
        "userIdentity.accessKeyId: ASIA000000000000000b",
        "userIdentity.sessionContext.attributes.creationDate|endswith: 3Z",
        "userIdentity|contains: 000000000a",
    };
    const char *first = exact && pick(8) == 0 ? PICK(EXACT) : PICK(ITEMS), *second = PICK(ITEMS);
    size_t key = strcspn(first, ":");
    while (strncmp(first, second, key + 1) == 0)
        second = PICK(ITEMS);
    return buf_printf(out, err, "{%s, %s}", first, second);
}

static bool put_rule(Buf *out, int number, Error *err)
{
    static const char *const CONDITIONS[] = {
        "a",           "a and not b",        "a or b",        "not a", "1 of them",
        "all of them", "not (a and b) or c", "b and (a or c)"};
    bool ok = buf_printf(out, err,
                         "---\ntitle: rule %d\nlogsource: {product: aws}\nlevel: low\n"
                         "detection:\n  condition: %s\n",
                         number, PICK(CONDITIONS));
    for (int i = 0; ok && i < 3; i++)
        ok = buf_printf(out, err, "  %c: ", 'a' + i) && put_search(out, err) &&
             buf_printf(out, err, "\n");
    return ok;
}

static bool put_event(Buf *out, int number, Error *err)
{
    static const char *const SOURCES[] = {"\"s3.amazonaws.com\"", "\"S3.amazonaws.com\"",
                                          "\"ec2.amazonaws.com\""};
    static const char *const NAMES[] = {"\"GetObject\"", "\"PutObject\"", "\"getobject\"",
                                        "\"Get\\u004fbject\"", "\"RunInstances\""};
    static const char *const ERRORS[] = {"",
                                         "",
                                         "",
                                         "\"errorCode\":\"AccessDenied\",",
                                         "\"errorCode\":null,",
                                         "\"errorCode\":{\"detail\":7},",
                                         "\"errorCode.detail\":7,"};
    static const char *const AGENTS[] = {"\"aws-cli\"", "\"x kali y\"", "\"Kali\"", "null"};
    static const char *const IDENTITIES[] = {
        "{\"type\":\"Root\"}",
        "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::1:user/alice\",\"userName\":\"alice\"}",
        "{\"type\":\"AssumedRole\",\"arn\":\"arn:x/ALICE\",\"invokedBy\":\"s3.amazonaws.com\"}",
        "null", "{}"};
    static const char *const KEYS[] = {"AKIA", "ASIA", "asia", "AKI\\u0041", "\xc3\x84SIA", ""};
    static const char *const CONTEXTS[] = {"\"sessionContext\":", "\"other\":", "\"arn\":"};
    static const char *const READS[] = {"\"readOnly\":true,", "\"readOnly\":false,",
                                        "\"readOnly\":\"false\",", ""};
    static const char *const ADDRESSES[] = {"\"10.1.2.3\"", "\"198.51.100.7\"", "\"AWS Internal\""};
    static const char *const PARAMETERS[] = {"null", "{\"bucketName\":\"b1\"}",
                                             "{\"bucketName\":[\"b0\",\"b1\"],\"x\":\"a Secret\"}",
                                             "{\"userName\":\"alice\"}"};
    static const char *const OTHERS[] = {"", "", "\"userIdentity.type\":\"Root\",",
                                         "\"made\":{\"up\":\"x\"},", "\"made.up\":\"x\","};
    char session[256];
    snprintf(session, sizeof session,
             "{\"type\":\"AssumedRole\",\"accessKeyId\":\"%s000000000000000%x\",%s{\"attributes\":{"
             "\"creationDate\":\"2026-11-01T00:00:0%uZ\"}}}",
             PICK(KEYS), pick(16), PICK(CONTEXTS), pick(10));
    return buf_printf(out, err,
                      "%s{\"eventVersion\":\"1.09\",\"userIdentity\":%s,\"eventTime\":\"2026-11-0%u"
                      "T%02u:00:00Z\",\"eventSource\":%s,\"eventName\":%s,\"awsRegion\":\"us-east-1"
                      "\",\"sourceIPAddress\":%s,\"userAgent\":%s,%s%s%s\"requestParameters\":%s,"
                      "\"responseElements\":null,\"eventID\":\"%d\",\"eventType\":\"AwsApiCall\"}",
                      number ? "," : "", pick(2) ? session : PICK(IDENTITIES), 1 + pick(9),
                      pick(24), PICK(SOURCES), PICK(NAMES), PICK(ADDRESSES), PICK(AGENTS),
                      PICK(ERRORS), PICK(READS), PICK(OTHERS), PICK(PARAMETERS), number);
}

static void random_rules_find_the_same_both_ways(void **state)
{
    size_t matches = 0;
    (void)state;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        Error err = {0};
        Trial trial;
        BUF_AUTO Buf rules = buf_init(TEXT_BYTES_MAX);
        BUF_AUTO Buf events = buf_init(TEXT_BYTES_MAX);
        RuleSet *set = ruleset_new(NULL, &err);
        random_state = round;
        exact = round % 2;
        bool ok = set != NULL;
        for (int i = 0; ok && i < RULES; i++)
            ok = put_rule(&rules, i, &err);
        ok = ok && buf_printf(&events, &err, "{\"Records\":[");
        for (int i = 0; ok && i < EVENTS; i++)
            ok = put_event(&events, i, &err);
        support_ok(ok && buf_printf(&events, &err, "]}") &&
                       ruleset_add_text(set, buf_str(&rules), "random.yml", &err),
                   &err);
        begin(&trial, set);
        decode(&trial, buf_str(&events));
        assert_int_equal(trial.records, EVENTS);
        if (trial.differ)
            fail_msg("round %d: %zu differ", (int)round, trial.differ);
        matches += trial.matches;
        end(&trial);
    }
    assert_true(matches > 10000);
}

static void a_guard_asked_of_every_other_record_is_not_fooled(void **state)
{
    static const char RULE[] = "title: r\nlogsource: {product: aws}\nlevel: low\ndetection:\n  s: "
                               "{eventName: X, userAgent: "
                               "B, requestParameters.p: 1}\n  condition: s\n";
    static const char *const CALLS[][2] = {{"X", "A"}, {"Y", "B"}, {"X", "B"}};
    Error err = {0};
    Trial trial;
    BUF_AUTO Buf events = buf_init(1 << 16);
    RuleSet *set = ruleset_new(NULL, &err);
    bool ok = set && ruleset_add_text(set, str_of(RULE), "rule.yml", &err) &&
              buf_printf(&events, &err, "[");
    (void)state;
    for (int i = 0; ok && i < 3; i++)
        ok = buf_printf(&events, &err,
                        "%s{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"%s\","
                        "\"userAgent\":\"%s\",\"requestParameters\":{\"p\":1},\"eventID\":\"%d\"}",
                        i ? "," : "", CALLS[i][0], CALLS[i][1], i);
    support_ok(ok && buf_printf(&events, &err, "]"), &err);
    begin(&trial, set);
    decode(&trial, buf_str(&events));
    assert_int_equal(trial.records, 3);
    assert_int_equal(trial.matches, 1);
    assert_int_equal(trial.differ, 0);
    end(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_that_ship_find_the_same_both_ways),
        cmocka_unit_test(a_guard_asked_of_every_other_record_is_not_fooled),
        cmocka_unit_test(random_rules_find_the_same_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
