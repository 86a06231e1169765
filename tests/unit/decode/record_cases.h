/* record_cases.h - documents with verdicts, run against every build of the record parser. */
#ifndef UNIT_DECODE_RECORD_CASES_H
#define UNIT_DECODE_RECORD_CASES_H

#include <stdio.h>

#include "base/mem.h"
#include "decode/record.h"
#include "support/support.h"

typedef struct RecordCase {
    const char *value; /* of requestParameters */
    bool ordinary;     /* else left to the slow path */
} RecordCase;

static const RecordCase RECORD_CASES[] = {
    /* strict JSON */
    {"{}", true},
    {"[]", true},
    {"null", true},
    {"\"text\"", true},
    {"{\"a\":1}", true},
    {"{\"a\":2}", true},
    {"{\"a\":12}", true},
    {"{\"a\":-0.5e+10,\"b\":true}", true},
    {"{\"a\":-0.5e-9,\"b\":false}", true},
    {"{\"a\":1E5}", true},
    {"{\"a\":123456789012345678901234567890}", true},
    {"{\"a\":null,\"b\":[1,2,3]}", true},
    {"{\"a\":null,\"b\":[1,2,3,4]}", true},
    {"{\"a\":\"x\",\"b\":\"y\"}", true},
    {"{\"a\":\"xx\",\"b\":\"y\"}", true},
    {"{\"a\":\"\",\"b\":\"y\"}", true},
    {"{\"a\":{\"b\":{\"c\":[[[\"d\"]]]}}}", true},
    {"{\"a\":{\"b\":{\"c\":[[[\"e\",{}]]]}}}", true},
    {"{\"a\":\"text that is longer than one block of thirty-two bytes\"}", true},
    {"{\"a\":\"text that is longer than one block of thirty-two byteZ\"}", true},
    {"{\"a\":\"text that is longer than one block of \\\"thirty\\\" bytes\"}", true},
    {"{ \"a\" : [ 1 , 2 ] }", true},
    {"{\n\t\"a\":\r\n1}", true},
    {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"}", true},
    {"{\"a\":\"\\ud83d\\ude00\"}", true},
    {"{\"a\":\"\\u0000\"}", true},
    {"{\"a\":\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}", true},
    {"{\"a\":\"\x7f\"}", true},
    {"{\"a:b.c/d e\":1,\"\":2}", true},
    {"{\"a\":1,\"a\":2}", true}, /* equal names of a free-form part stay as they came */
    /* not JSON */
    {"{\"a\":01}", false},
    {"{\"a\":1.}", false},
    {"{\"a\":.5}", false},
    {"{\"a\":1e}", false},
    {"{\"a\":+1}", false},
    {"{\"a\":-}", false},
    {"{\"a\":1a}", false},
    {"{\"a\":NaN}", false},
    {"{\"a\":tru}", false},
    {"{\"a\":truex}", false},
    {"{\"a\":nul}", false},
    {"{\"a\":}", false},
    {"{\"a\"}", false},
    {"{\"a\":1,}", false},
    {"{,\"a\":1}", false},
    {"{\"a\":1 \"b\":2}", false},
    {"{a:1}", false},
    {"{'a':1}", false},
    {"[1,]", false},
    {"[1 2]", false},
    {"[1}", false},
    {"{\"a\":[1}}", false},
    {"{\"a\":\"\\x\"}", false},
    {"{\"a\":\"\\u12g4\"}", false},
    {"{\"a\":\"\\ud800\"}", false},
    {"{\"a\":\"\\ud800\\u0041\"}", false},
    {"{\"a\":\"\\udc00\"}", false},
    {"{\"a\":\"tab\there\"}", false},
    {"{\"a\":\"line\nhere\"}", false},
    {"{\"a\":\"\xff\"}", false},
    {"{\"a\":\"\xc0\xaf\"}", false},
    {"{\"a\":\"\xed\xa0\x80\"}", false},
    {"{\"a\":\"\xf4\x90\x80\x80\"}", false},
    {"{\"a\":\"\xe2\x82\"}", false},
    {"/* c */ {}", false},
    /* scalars where an object is usual: the slow path keeps them */
    {"true", false},
    {"12", false},
};

enum { RECORD_CASE_COUNT = sizeof RECORD_CASES / sizeof *RECORD_CASES, RECORD_ROOM = 1024 };

/* The userIdentity of case *i*: one of three principals, whose last identity is compared with the
 * next one. */
static inline void record_case_identity(size_t i, char *text)
{
    snprintf(text, RECORD_ROOM,
             "{\"type\":\"AssumedRole\",\"principalId\":\"%zuAROAEXAMPLE:a-session\",\"case\":%s}",
             i % 3, RECORD_CASES[i].value);
}

/* A record around case *i*, padded with zeros, in *text* of RECORD_ROOM bytes. */
static inline size_t record_case_text(size_t i, char *text)
{
    char identity[RECORD_ROOM];
    record_case_identity(i, identity);
    memset(text, 0, RECORD_ROOM);
    return (size_t)snprintf(text, RECORD_ROOM - RECORD_PADDING,
                            "{\"eventVersion\":\"1.08\",\"userIdentity\":%s,"
                            "\"eventTime\":\"2024-01-02T03:04:%02zuZ\","
                            "\"eventName\":\"Case%zu\",\"requestParameters\":%s,"
                            "\"responseElements\":null,\"readOnly\":%s,\"eventID\":\"id-%zu\"}",
                            identity, i % 60, i, RECORD_CASES[i].value, i % 2 ? "true" : "false",
                            i);
}

static inline void record_case_check(RecordParser *parser, size_t i, const char *text, size_t len,
                                     const char *what)
{
    const char *end = NULL;
    RecordVerdict verdict = record_parse(parser, text, text + len, &end);
    if ((verdict == RECORD_ORDINARY) != RECORD_CASES[i].ordinary)
        fail_msg("%s: '%s' was %s", what, RECORD_CASES[i].value,
                 verdict == RECORD_ORDINARY ? "taken" : "refused");
    if (verdict != RECORD_ORDINARY)
        return;
    const RecordView *view = record_view(parser);
    assert_ptr_equal(end, text + len);
    assert_int_equal(view->event_time, (1704164640 + (int64_t)(i % 60)) * 1000000);
    assert_int_equal(view->read_only, i % 2);
    assert_int_equal(view->management, 2);
    char identity[RECORD_ROOM];
    record_case_identity(i, identity);
    const RecordValue *value = &view->values[S_USER_IDENTITY];
    if (!str_equal((Str){value->ptr, value->len}, str_of(identity)))
        fail_msg("%s: '%s' came out as '%.*s'", what, identity, (int)value->len, value->ptr);
    value = &view->values[S_REQUEST_PARAMETERS];
    bool null = strcmp(RECORD_CASES[i].value, "null") == 0;
    assert_true(!(view->present & SLOT_BIT(S_REQUEST_PARAMETERS)) == null);
    if (!null && !str_equal((Str){value->ptr, value->len}, str_of(RECORD_CASES[i].value)))
        fail_msg("%s: '%s' came out as '%.*s'", what, RECORD_CASES[i].value, (int)value->len,
                 value->ptr);
}

/* Every document after every other one: what came before never changes a verdict. Gives how many
 * pairs were tried. */
static inline size_t record_cases_in_pairs(RecordBuild build)
{
    Error err = {0};
    RecordParser *parser = record_new(build, &err);
    support_ok(parser != NULL, &err);
    static char first[RECORD_ROOM], second[RECORD_ROOM];
    size_t pairs = 0;
    for (size_t i = 0; i < RECORD_CASE_COUNT; i++)
        for (size_t j = 0; j < RECORD_CASE_COUNT; j++) {
            size_t first_len = record_case_text(i, first), second_len = record_case_text(j, second);
            record_forget(parser);
            record_case_check(parser, i, first, first_len, "first");
            if ((i + j) % 3 == 0)
                support_ok(record_keep(parser, &err), &err);
            if ((i + j) % 3 == 0)
                memset(first, '#', sizeof first); /* only the kept copy may be read now */
            record_case_check(parser, j, second, second_len, RECORD_CASES[i].value);
            first_len = record_case_text(i, first);
            record_case_check(parser, i, first, first_len, RECORD_CASES[j].value);
            pairs++;
        }
    record_free(parser);
    return pairs;
}

/* A record cut short anywhere is awkward; ASan sees a read behind the padding. Gives how many
 * cuts were tried. */
static inline size_t record_cases_cut_short(RecordBuild build)
{
    Error err = {0};
    RecordParser *parser = record_new(build, &err);
    char text[RECORD_ROOM];
    size_t cuts = 0;
    support_ok(parser != NULL, &err);
    for (size_t i = 0; i < RECORD_CASE_COUNT; i += 5) {
        size_t len = record_case_text(i, text);
        for (size_t cut = 0; cut < len; cut++) {
            char *exact = mem_calloc(1, cut + RECORD_PADDING, &err);
            const char *end;
            memcpy(exact, text, cut);
            assert_int_equal(record_parse(parser, exact, exact + cut, &end), RECORD_AWKWARD);
            mem_free(exact);
            cuts++;
        }
    }
    record_free(parser);
    return cuts;
}

#endif
