/* Conformance: CloudWatch filter patterns, one JSON document a line. */
#include <stdio.h>
#include <string.h>

#include "base/yaml.h"
#include "detect/cloudwatch.h"
#include "detect/extract.h"
#include "detect/required.h"
#include "support/pattern.h"

enum { ARENA_BYTES_MAX = 1 << 24, TEXT_BYTES_MAX = 1 << 16 };

/* The event as the tree that a pattern looks at; NULL: it cannot match. */
static const Json *tree_of(const CloudWatchPattern *pattern, Str text, Arena *arena)
{
    static const JsonLimits LIMITS = {.depth_max = 64, .duplicates_allowed = true};
    Error err = {0};
    const Json *tree;
    const Json *json = json_read(text, &LIMITS, arena, &err);
    support_ok(cloudwatch_event(pattern, text, json, arena, &tree, &err), &err);
    return tree;
}

/* Whether the extracted values are those that the vector expects. */
static bool same_values(const CloudWatchPattern *pattern, const Json *tree, Document *document,
                        const Json *want, Buf *why)
{
    Error err = {0};
    BUF_AUTO Buf got = buf_init(TEXT_BYTES_MAX);
    if (pattern->kind == CLOUDWATCH_FIELDS)
        support_ok(json_append(&got, tree, &err), &err);
    else
        support_ok(buf_append_byte(&got, '{', &err) &&
                       extract_append(pattern->expr, document, &got, &err) &&
                       buf_append_byte(&got, '}', &err),
                   &err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    bool same = json_equal(json_read(buf_str(&got), NULL, arena, &err), want);
    arena_free(arena);
    if (!same)
        support_ok(buf_printf(why, &err, "extracted %.*s", STR_ARG(buf_str(&got))), &err);
    return same;
}

static bool try_event(const CloudWatchPattern *pattern, const Json *vector, Arena *arena, Buf *why)
{
    Error err = {0};
    const Json *event = json_member(vector, STR("ev"));
    const Json *values = json_member(vector, STR("values"));
    Str text = event ? event->raw : json_member(vector, STR("line"))->text;
    const Json *tree = tree_of(pattern, text, arena);
    Document *document = document_new(&err);
    support_ok(document != NULL, &err);
    document_set_tree(document, tree);
    bool holds = tree && expr_holds(pattern->expr, document);
    Truth known = tree ? expr_partial(pattern->expr, document, UINT64_MAX) : TRUTH_UNKNOWN;
    assert_true(known == TRUTH_UNKNOWN || (known == TRUTH_TRUE) == holds);
    bool same = holds == (json_member(vector, STR("want"))->type == JSON_TRUE);
    if (!same)
        support_ok(buf_printf(why, &err, "got %s", holds ? "true" : "false"), &err);
    same = same && (!values || same_values(pattern, tree, document, values, why));
    document_free(document);
    return same;
}

static bool check(const Json *vector, Buf *why)
{
    Error err = {0}, refused = {0};
    CloudWatchPattern pattern;
    BUF_AUTO Buf regexes = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    bool rejects = json_member(vector, STR("want"))->type == JSON_STRING;
    bool read =
        cloudwatch_read(json_member(vector, STR("p"))->text, arena, &regexes, &pattern, &refused);
    bool same = read ? !rejects && try_event(&pattern, vector, arena, why)
                     : rejects && pattern_test_says(vector, &refused);
    if (!read && !same)
        support_ok(buf_append_str(why, str_of(refused.text), &err), &err);
    pattern_test_free(&regexes);
    arena_free(arena);
    return same;
}

static void patterns_match_as_specified(void **state)
{
    (void)state;
    pattern_test_run("unit/detect/cloudwatch_patterns.jsonl", 435, check);
}

static const char RECORD[] =
    "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"Root\",\"invokedBy\":\"a\"},"
    "\"eventTime\":\"2026-01-05T10:00:00Z\",\"eventSource\":\"iam.amazonaws.com\","
    "\"eventName\":\"CreateUser\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"192.0.2.1\","
    "\"userAgent\":\"cli\",\"requestParameters\":{\"tags\":[{\"key\":\"a\"},{\"key\":\"b\"}]},"
    "\"responseElements\":null,\"eventID\":\"e\",\"eventType\":\"AwsApiCall\",\"readOnly\":false,"
    "\"new.member\":7}";

/* Of records that decode has read, as of the same text as a tree. */
static void views_of_records_match_as_their_text_does(void **state)
{
    static const struct {
        const char *pattern;
        bool want;
    } CASES[] = {
        {"{ $.eventName = CreateUser && $.eventSource = iam.amazonaws.com }", true},
        {"{ $.eventName = createuser }", false},
        {"{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS }", false},
        {"{ $.requestParameters.tags[1].key = b }", true},
        {"{ $.requestParameters.tags[*].key = c }", false},
        {"{ $.responseElements IS NULL }", true},
        {"{ $.errorCode NOT EXISTS && $.errorMessage != x }", false},
        {"{ $.readOnly IS FALSE && $.readOnly = false }", true},
        {"{ $.* = %^192\\.0% }", true},
        {"{ $.['new.member'] = 7 }", true},
        {"{ $.eventTime = 2026-01-* }", true},
        {"CreateUser -DeleteUser", true},
    };
    static char padded[sizeof RECORD + RECORD_PADDING];
    const char *end;
    Error err = {0};
    (void)state;
    memcpy(padded, RECORD, sizeof RECORD);
    RecordParser *parser = record_new(RECORD_BEST, &err);
    Document *document = document_new(&err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(parser && document && arena, &err);
    assert_int_equal(record_parse(parser, padded, padded + sizeof RECORD - 1, &end),
                     RECORD_ORDINARY);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        CloudWatchPattern pattern;
        BUF_AUTO Buf regexes = buf_init(TEXT_BYTES_MAX);
        support_ok(cloudwatch_read(str_of(CASES[i].pattern), arena, &regexes, &pattern, &err),
                   &err);
        document_set_view(document, record_view(parser));
        if (expr_holds(pattern.expr, document) != CASES[i].want)
            print_error("%s\n", CASES[i].pattern);
        assert_int_equal(expr_holds(pattern.expr, document), CASES[i].want);
        pattern_test_free(&regexes);
    }
    arena_free(arena);
    document_free(document);
    record_free(parser);
}

static void names_of_calls_guard_a_pattern(void **state)
{
    Error err = {0};
    CloudWatchPattern pattern;
    BUF_AUTO Buf regexes = buf_init(TEXT_BYTES_MAX), names = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    (void)state;
    support_ok(
        cloudwatch_read(STR("{ $.eventSource = kms.amazonaws.com && ($.eventName = DisableKey "
                            "|| $.eventName = ScheduleKeyDeletion) && $.a[0] = 1 }"),
                        arena, &regexes, &pattern, &err),
        &err);
    assert_int_equal(expr_refuted(pattern.expr, SLOT_BIT(S_EVENT_NAME)), TRUTH_FALSE);
    assert_int_equal(expr_refuted(pattern.expr, SLOT_BIT(S_ERROR_CODE)), TRUTH_UNKNOWN);
    assert_true(required_names(pattern.expr, S_EVENT_NAME, &names, &err));
    assert_int_equal(names.len, 2 * sizeof(Str));
    support_ok(
        cloudwatch_read(STR("{ $.eventName != DisableKey }"), arena, &regexes, &pattern, &err),
        &err);
    assert_int_equal(expr_refuted(pattern.expr, SLOT_BIT(S_EVENT_NAME)), TRUTH_TRUE);
    assert_false(required_names(pattern.expr, S_EVENT_NAME, &names, &err));
    arena_free(arena);
}

/* One control's sample event through its pattern. */
static void try_sample(const Yaml *control, const Json *sample, Arena *arena)
{
    Error err = {0};
    CloudWatchPattern pattern;
    BUF_AUTO Buf regexes = buf_init(TEXT_BYTES_MAX);
    Str text = yaml_member(control, "pattern")->text;
    support_ok(cloudwatch_read(text, arena, &regexes, &pattern, &err), &err);
    Document *document = document_new(&err);
    support_ok(document != NULL, &err);
    document_set_tree(document, json_member(sample, STR("match")));
    bool matches = expr_holds(pattern.expr, document);
    document_set_tree(document, json_member(sample, STR("other")));
    bool other = expr_holds(pattern.expr, document);
    if (!matches || other)
        print_error("%.*s: %s\n", STR_ARG(yaml_member(control, "name")->text),
                    other ? "the other event matches" : "the event does not match");
    assert_true(matches && !other);
    document_free(document);
    pattern_test_free(&regexes);
}

/* The line of the samples for a control; NULL: there is none. */
static const Json *sample_of(Str samples, Str name, Arena *arena)
{
    Error err = {0};
    for (size_t at = 0, end; at < samples.len; at = end + 1) {
        end = str_find_byte(samples, '\n', at);
        const Json *sample = json_read(str_slice(samples, at, end), NULL, arena, &err);
        if (sample && str_equal(json_member(sample, STR("control"))->text, name))
            return sample;
    }
    return NULL;
}

static void each_cis_control_matches_its_event_and_not_another(void **state)
{
    Error err = {0};
    char path[512];
    const Yaml *controls = NULL;
    unsigned seen = 0;
    BUF_AUTO Buf text = buf_init(1 << 20), samples = buf_init(1 << 20);
    (void)state;
    snprintf(path, sizeof path, "%s/content/patterns/cis.yml", TEST_SOURCE_DIR);
    if (!file_read(path, &text, NULL, &err)) {
        print_message("content/patterns/cis.yml is not there: its patterns are not tried\n");
        skip();
    }
    support_read("unit/detect/cis_events.jsonl", &samples);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    YamlReader *reader = yaml_open(buf_str(&text), "cis.yml", &err);
    support_ok(reader && yaml_next(reader, arena, &controls, &err) && controls, &err);
    for (const Yaml *control = controls ? controls->first : NULL; control;
         control = control->next) {
        Str name = yaml_member(control, "name")->text;
        const Json *sample = sample_of(buf_str(&samples), name, arena);
        if (!sample)
            print_error("%.*s has no sample\n", STR_ARG(name));
        assert_non_null(sample);
        try_sample(control, sample, arena);
        seen++;
    }
    assert_true(seen >= 15);
    yaml_close(reader);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_specified),
        cmocka_unit_test(views_of_records_match_as_their_text_does),
        cmocka_unit_test(names_of_calls_guard_a_pattern),
        cmocka_unit_test(each_cis_control_matches_its_event_and_not_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
