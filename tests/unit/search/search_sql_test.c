/* What searches find: cases as plain text, and random searches on random records, of which a slow
 * evaluator over the records' JSON says what they mean. */
#include "search/search_sql.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "detect/network.h"
#include "detect/regex.h"
#include "query/session.h"
#include "search/search_parse.h"
#include "search/search_statement.h"
#include "support/new_lake.h"
#include "support/sample.h"
#include "support/support.h"
#include "support/text_cases.h"

enum { TEXT_BYTES_MAX = 64 << 20, EVENTS = 400, SEARCHES = 250, NAME_BYTES = 512 };

/* A lake and the engine. */
typedef struct Store {
    Lake *lake;
    Config *config;
    Session *session;
    uint32_t count;
} Store;

static Store cases;

static void open_store(Store *store, const char *name, Str records, uint32_t count)
{
    Error err = {0};
    char folder[256];
    ObjectReport report;
    snprintf(folder, sizeof folder, "%s/%s", support_folder(), name);
    store->count = count;
    store->lake = lake_open(folder, LAKE_CREATE, &err);
    store->config = config_new(&err);
    Batch *batch = batch_new(EVENTS, TEXT_BYTES_MAX, sample_secret(), &err);
    Decoder *decoder = batch ? object_decoder_new(NULL, NULL, &err) : NULL;
    support_ok(decoder && object_decode(decoder, records, 1, batch, &report, &err), &err);
    object_decoder_free(decoder);
    assert_int_equal(batch->rows, count);
    new_lake_store(store->lake, batch);
    const SessionOptions options = {
        .config = store->config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    store->session = session_open(store->lake, &options, &err);
    support_ok(store->session != NULL, &err);
}

static void close_store(Store *store)
{
    session_close(store->session);
    config_free(store->config);
    lake_close(store->lake);
}

static bool read_hits(EngineResult *result, bool *hits, uint32_t count, Error *err)
{
    BUF_AUTO Buf cell = buf_init(1 << 16);
    for (bool row = true;;) {
        uint64_t id;
        if (!engine_next(result, &row, err))
            return false;
        if (!row)
            return true;
        cell.len = 0;
        if (!engine_value(result, 0, ENGINE_TEXT, &cell, err))
            return false;
        assert_true(str_to_u64(buf_str(&cell), &id) && id <= count);
        assert_false(hits[id]);
        hits[id] = true;
    }
}

/* Notes in *hits* the events (their IDs are numbers from 1) that a search finds. */
static bool ask(Store *store, const SearchNode *root, Str text, bool *hits, Error *err)
{
    const Str columns[] = {STR("eventID")};
    Place culprit;
    BUF_AUTO Buf plain = buf_init(SEARCH_SQL_BYTES_MAX);
    BUF_AUTO Buf touched = buf_init(SEARCH_SQL_BYTES_MAX);
    BUF_AUTO Buf touches = buf_init(SEARCH_SQL_BYTES_MAX);
    BUF_AUTO Buf sql = buf_init(SEARCH_STATEMENT_BYTES);
    if (!search_sql_write(root, text, false, &plain, &culprit, err) ||
        !search_sql_write(root, text, true, &touched, &culprit, err) ||
        !search_sql_touches(root, &touches, err))
        return false;
    const SearchHits asked = {.plain = buf_str(&plain),
                              .touched = buf_str(&touched),
                              .touches = buf_str(&touches),
                              .untouched = touches.len == 0};
    bool ok = search_statement_rows(&asked, columns, 1, 0, &sql, err);
    EngineResult *result = ok ? session_query(store->session, buf_str(&sql), err) : NULL;
    ok = result && read_hits(result, hits, store->count, err);
    engine_result_free(result);
    if (!ok)
        print_message("%.*s\n%.*s\n", STR_ARG(text), STR_ARG(buf_str(&sql)));
    return ok;
}

static void show(Str text, char verdict, Buf *out)
{
    Error err = {0};
    Place culprit;
    bool hits[EVENTS + 1] = {false};
    (void)verdict;
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    const SearchNode *root = search_parse(text, arena, &culprit, &err);
    if (!root || !ask(&cases, root, text, hits, &err)) {
        assert_int_equal(err.kind, ERROR_USAGE);
        assert_true(buf_append_str(out, str_of(err.text), &err));
    }
    for (uint32_t id = 1; !err.kind && id <= cases.count; id++)
        if (hits[id])
            support_ok(buf_printf(out, &err, "%s%u", out->len ? " " : "", id), &err);
    if (!out->len)
        support_ok(buf_append_str(out, STR("none"), &err), &err);
    error_clear(&err);
    arena_free(arena);
}

static void searches_find_these(void **state)
{
    BUF_AUTO Buf records = buf_init(TEXT_BYTES_MAX);
    (void)state;
    support_read("unit/search/search_records.jsonl", &records);
    open_store(&cases, "cases", buf_str(&records), 7);
    assert_text_cases("unit/search/search_sql.txt", 60, show);
    close_store(&cases);
}

/* The reference. */

typedef struct Judge {
    const SearchTest *test;
    bool words, time;
    Regex *regex;
} Judge;

static bool glob_fits(Str pattern, Str text)
{
    if (!pattern.len)
        return !text.len;
    char c = pattern.ptr[0];
    Str rest = str_slice(pattern, 1, pattern.len);
    if (c == '*')
        return glob_fits(rest, text) ||
               (text.len && glob_fits(pattern, str_slice(text, 1, text.len)));
    if (c == '\\' && rest.len) {
        c = rest.ptr[0];
        rest = str_slice(rest, 1, rest.len);
    } else if (c == '?') {
        return text.len && glob_fits(rest, str_slice(text, 1, text.len));
    }
    return text.len && text.ptr[0] == c && glob_fits(rest, str_slice(text, 1, text.len));
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* The words begin at *at* of the text, where * is a run of what is no blank; naively. */
static bool words_fit(Str pattern, bool glob, Str text, size_t at)
{
    if (!pattern.len) {
        return true;
    }
    char c = pattern.ptr[0];
    Str rest = str_slice(pattern, 1, pattern.len);
    bool wild = glob && (c == '*' || c == '?');
    if (wild && c == '*' && words_fit(rest, glob, text, at))
        return true;
    if (at >= text.len || (wild && strchr(" \t\n\r\f\v", text.ptr[at])))
        return false;
    if (wild && c == '*')
        return words_fit(pattern, glob, text, at + 1);
    if (!wild && tolower((unsigned char)text.ptr[at]) != tolower((unsigned char)c))
        return false;
    bool ends = !rest.len && (wild || is_letter(c));
    return words_fit(rest, glob, text, at + 1) &&
           (!ends || at + 1 == text.len || !is_letter(text.ptr[at + 1]));
}

static bool words_stand(const SearchTest *test, Str text)
{
    bool glob = test->kind == SEARCH_GLOB;
    char first = test->text.ptr[0];
    bool begins = is_letter(first) || (glob && first == '?');
    for (size_t at = 0; at <= text.len; at++)
        if ((!begins || at == 0 || !is_letter(text.ptr[at - 1])) &&
            words_fit(test->text, glob, text, at))
            return true;
    return false;
}

static bool as_number(Str text, double *ret)
{
    char copy[64], *end;
    if (!text.len || text.len >= sizeof copy || !strchr("-0123456789.", text.ptr[0]))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *ret = strtod(copy, &end);
    return !*end;
}

static bool as_address(Str text, unsigned char ret[4])
{
    char copy[64];
    if (text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return inet_pton(AF_INET, copy, ret) == 1;
}

/* How *text* compares with a bound; *ret* false: not at all. */
static int compare(Str text, Str bound, bool time, bool *ret)
{
    double a, b;
    unsigned char left[4], right[4];
    int64_t moment, end;
    *ret = true;
    if (time && timestamp_parse(text, &moment) && timestamp_parse(bound, &end))
        return (moment > end) - (moment < end);
    if (as_number(bound, &b)) {
        *ret = as_number(text, &a);
        return *ret ? (a > b) - (a < b) : 0;
    }
    if (as_address(bound, right)) {
        *ret = as_address(text, left);
        return *ret ? memcmp(left, right, sizeof left) : 0;
    }
    return str_compare(text, bound);
}

static bool in_range(const SearchTest *test, Str text, bool time)
{
    bool low = true, high = true, comparable = true;
    if (test->low.there) {
        int order = compare(text, test->low.text, time, &comparable);
        low = comparable && (order > 0 || (order == 0 && test->low.included));
    }
    if (test->high.there) {
        int order = compare(text, test->high.text, time, &comparable);
        high = comparable && (order < 0 || (order == 0 && test->high.included));
    }
    return low && high;
}

static bool in_network(Str network, Str text)
{
    Error err = {0};
    Network read;
    assert_true(network_read(network, &read, &err));
    return network_holds(&read, text) || str_equal(network, text);
}

static bool value_fits(const Judge *judge, Str text)
{
    const SearchTest *test = judge->test;
    if (judge->words)
        return words_stand(test, text);
    switch (test->kind) {
    case SEARCH_EXISTS:
        return true;
    case SEARCH_EQUAL:
        return str_equal(test->text, text);
    case SEARCH_GLOB:
        return glob_fits(test->text, text);
    case SEARCH_REGEX:
        return regex_match(judge->regex, text);
    case SEARCH_RANGE:
        return in_range(test, text, judge->time);
    default:
        return in_network(test->text, text);
    }
}

static Str scalar_of(const Json *value)
{
    return value->type == JSON_STRING ? value->text : value->raw;
}

/* Whether some value at *path* or below fits, names cut at dots in any way. */
static bool any_fits(const Judge *judge, const Json *value, Str path)
{
    if (value->type == JSON_NULL || value->shadowed)
        return false;
    if (value->type != JSON_OBJECT && value->type != JSON_ARRAY)
        return !path.len && value_fits(judge, scalar_of(value));
    for (const Json *child = value->first; child; child = child->next) {
        Str rest = path;
        if (value->type == JSON_OBJECT && path.len) {
            if (!str_starts(path, child->name) ||
                (path.len > child->name.len && path.ptr[child->name.len] != '.'))
                continue;
            rest = str_slice(path, child->name.len + 1, path.len);
        }
        if (any_fits(judge, child, rest))
            return true;
    }
    return false;
}

static bool holds(const SearchNode *node, const Json *record);

static bool any_within(const SearchNode *inner, const Json *value, Str path)
{
    if (value->type == JSON_OBJECT && !path.len)
        return holds(inner, value);
    for (const Json *child = value->first; child; child = child->next) {
        Str rest = path;
        if (value->type == JSON_OBJECT) {
            if (!str_starts(path, child->name) ||
                (path.len > child->name.len && path.ptr[child->name.len] != '.'))
                continue;
            rest = str_slice(path, child->name.len + 1, path.len);
        }
        if (any_within(inner, child, rest))
            return true;
    }
    return false;
}

static bool test_holds_of(const SearchNode *node, const Json *record)
{
    Error err = {0};
    BUF_AUTO Buf whole = buf_init(NAME_BYTES);
    Judge judge = {.test = &node->test,
                   .words = node->where == SEARCH_NO_FIELD && node->test.kind != SEARCH_REGEX,
                   .time = str_equal(node->field, STR("eventTime"))};
    if (node->test.kind == SEARCH_REGEX) {
        support_ok(buf_printf(&whole, &err, "^(?:%.*s)\\z", STR_ARG(node->test.text)), &err);
        judge.regex = regex_new(buf_str(&whole), REGEX_DOT_ALL, &err);
        support_ok(judge.regex != NULL, &err);
    }
    bool fits = any_fits(&judge, record, node->where == SEARCH_FIELD ? node->field : STR(""));
    if (!fits && judge.words && node->test.kind == SEARCH_NETWORK) {
        judge.words = false;
        fits = any_fits(&judge, record, STR("sourceIPAddress"));
    }
    regex_free(judge.regex);
    return fits;
}

static bool holds(const SearchNode *node, const Json *record)
{
    switch (node->kind) {
    case SEARCH_ALL:
        return true;
    case SEARCH_TEST:
        return test_holds_of(node, record);
    case SEARCH_NOT:
        return !holds(node->first, record);
    case SEARCH_WITHIN:
        return any_within(node->first, record, node->field);
    default:
        for (const SearchNode *child = node->first; child; child = child->next)
            if (holds(child, record) != (node->kind == SEARCH_AND))
                return node->kind == SEARCH_OR;
        return node->kind == SEARCH_AND;
    }
}

/* Random records and searches. */

static uint64_t random_state = 11;

static uint32_t pick(uint32_t count)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % count;
}

static const char *pick_text(const char *const *texts, size_t count)
{
    return texts[pick((uint32_t)count)];
}

#define PICK(texts) pick_text(texts, sizeof texts / sizeof *texts)

/* As they stand in JSON. */
static const char *const SCALARS[] = {"\"GetObject\"",
                                      "\"DeleteBucket\"",
                                      "\"delete bucket\"",
                                      "\"203.0.113.9\"",
                                      "\"203.0.113.90\"",
                                      "\"10.0.0.0/8\"",
                                      "\"a_b%c\"",
                                      "\"it's\"",
                                      "\"say \\\"x\\\"\"",
                                      "\"tab\\there\"",
                                      "\"\"",
                                      "7",
                                      "-1.5",
                                      "100",
                                      "true",
                                      "false",
                                      "null",
                                      "\"7\"",
                                      "\"\\u00c9t\\u00e9\"",
                                      "\"one\\ntwo\"",
                                      "\"arn:aws:iam::1:role/admin\"",
                                      "\"x/y\\/z\"",
                                      "\"*\"",
                                      "\"a\\\\b\"",
                                      "\"\\u001e\""};

static const char *const NAMES[] = {"name", "a", "b", "a.b", "x y", "n\\u0061me", "items"};

static const char *const MEMBERS[] = {"eventName",
                                      "eventSource",
                                      "errorCode",
                                      "userAgent",
                                      "awsRegion",
                                      "errorMessage",
                                      "sourceIPAddress",
                                      "made",
                                      "made.up",
                                      "readOnly",
                                      "requestParameters",
                                      "responseElements",
                                      "additionalEventData",
                                      "userIdentity"};

static void put(Buf *out, const char *text)
{
    Error err = {0};
    support_ok(buf_append_str(out, str_of(text), &err), &err);
}

static void put_value(Buf *out, int depth)
{
    uint32_t kind = depth > 2 ? 0 : pick(4);
    if (kind < 2) {
        put(out, PICK(SCALARS));
        return;
    }
    bool object = kind == 2;
    uint32_t count = pick(4), used = pick(7);
    put(out, object ? "{" : "[");
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            put(out, ", ");
        if (object) { /* names differ */
            put(out, "\"");
            put(out, NAMES[(used + i) % 5]);
            put(out, "\":");
        }
        put_value(out, depth + 1);
    }
    put(out, object ? "}" : "]");
}

static void put_resources(Buf *out)
{
    static const char *const RESOURCES[] = {
        "[{\"ARN\":\"arn:x\",\"type\":\"T1\"},{\"ARN\":\"arn:y\",\"type\":\"T2\"}]",
        "[{\"ARN\":\"arn:x\",\"type\":\"T2\",\"odd\":1}]",
        "[{\"ARN\":\"arn:y\"},\"text\"]",
        "[]",
        "[{\"type\":\"T1\",\"accountId\":\"7\"}]",
        "null"};
    put(out, ",\"resources\":");
    put(out, PICK(RESOURCES));
}

static void put_identity(Buf *out)
{
    static const char *const IDENTITIES[] = {
        "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::1:user/x\",\"accessKeyId\":\"AKIA7\"}",
        "{\"type\":\"AssumedRole\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":"
        "\"true\"}}}",
        "{\"type\":\"Root\",\"odd\":{\"a\":\"it's\"},\"userName\":7}",
        "{\"type\":\"AWSService\",\"sessionContext\":{\"webIdFederationData\":{\"attributes\":"
        "{\"name\":\"x y\"}}}}"};
    put(out, ",\"userIdentity\":");
    put(out, PICK(IDENTITIES));
}

static void put_record(Buf *out, uint32_t id)
{
    Error err = {0};
    support_ok(buf_printf(out, &err,
                          "{\"eventVersion\":\"1.11\",\"eventID\":\"%u\",\"eventTime\":"
                          "\"2024-03-%02uT%02u:00:00Z\"",
                          id, 1 + pick(20), pick(24)),
               &err);
    for (size_t i = 0; i + 1 < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        bool odd = pick(8) == 0, nested = i > 6;
        if (pick(3) == 0)
            continue;
        support_ok(buf_printf(out, &err, ",\"%s\":", MEMBERS[i]), &err);
        if (nested || odd)
            put_value(out, 0);
        else
            put(out, SCALARS[pick(11)]);
    }
    if (pick(3))
        put_resources(out);
    if (pick(4))
        put_identity(out);
    put(out, "}\n");
}

static const char *const ASKED[] = {
    "eventName",
    "eventSource",
    "errorCode",
    "userAgent",
    "sourceIPAddress",
    "made",
    "made.up",
    "made.a.b",
    "readOnly",
    "requestParameters",
    "requestParameters.name",
    "requestParameters.a",
    "requestParameters.a.b",
    "requestParameters.items.name",
    "additionalEventData.\"x y\"",
    "responseElements.b",
    "userIdentity",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.accessKeyId",
    "userIdentity.odd.a",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.webIdFederationData.attributes.name",
    "userIdentity.userName",
    "resources",
    "resources.ARN",
    "resources.odd",
    "resources.type",
    "nowhere",
    "*"};

static const char *const VALUES[] = {"GetObject",
                                     "Get*",
                                     "*ucket",
                                     "Delete?ucket",
                                     "\"delete bucket\"",
                                     "203.0.113.9",
                                     "203.0.113.0/24",
                                     "10.0.0.0/8",
                                     "a_b%c",
                                     "\"it's\"",
                                     "it's",
                                     "7",
                                     "[1 TO 50]",
                                     ">=7",
                                     "<0",
                                     "true",
                                     "*",
                                     "\"say \\\"x\\\"\"",
                                     "/[A-Z].*/",
                                     "/.*u.*/",
                                     "/one.two/",
                                     "[203.0.113.1 TO 203.0.113.50]",
                                     "{D TO H]",
                                     "Ét*",
                                     "\"a\\\\b\"",
                                     "x/y/z",
                                     "\\*",
                                     "(GetObject OR DeleteBucket OR 7)",
                                     "(Get* AND NOT *t)",
                                     "*e*"};

static const char *const WORDS[] = {"delete",
                                    "Delete*",
                                    "*object",
                                    "203.0.113.9",
                                    "\"delete bucket\"",
                                    "it",
                                    "7",
                                    "true",
                                    "b*t",
                                    "tw?",
                                    "arn:aws:iam::1:role/admin",
                                    "203.0.113.0/24",
                                    "été",
                                    "Ét*",
                                    "x",
                                    "\\*",
                                    "/[0-9]+/",
                                    "akia*",
                                    "user",
                                    "one",
                                    "2024-03-05*"};

static void put_term(Buf *out)
{
    static const char *const WITHIN[] = {"resources:{ARN:arn\\:x and type:T1}",
                                         "resources:{ARN:arn\\:y and not type:T2}",
                                         "requestParameters:{a:* and not name:*}",
                                         "requestParameters.items:{name:7 or a:true}",
                                         "userIdentity:{type:IAMUser and not arn:nobody}",
                                         "made:{a:{b:*}}",
                                         "responseElements.a:{b:* or name:*}"};
    static const char *const TIMES[] = {"eventTime:[2024-03-02 TO \"2024-03-09T00:00:00Z\"}",
                                        "eventTime:>=2024-03-11",
                                        "eventTime:\"2024-03-05T06:00:00Z\""};
    uint32_t kind = pick(12);
    if (kind < 3) {
        put(out, PICK(WORDS));
    } else if (kind == 3) {
        put(out, PICK(WITHIN));
    } else if (kind == 4) {
        put(out, PICK(TIMES));
    } else {
        put(out, PICK(ASKED));
        put(out, ":");
        put(out, PICK(VALUES));
    }
}

static void put_search(Buf *out, int depth)
{
    static const char *const JOINS[] = {" AND ", " OR ", " ", " or "};
    if (pick(4) == 0)
        put(out, pick(2) ? "NOT " : "-");
    if (depth == 2 || pick(2)) {
        put_term(out);
        return;
    }
    put(out, "(");
    put_search(out, depth + 1);
    put(out, PICK(JOINS));
    put_search(out, depth + 1);
    put(out, ")");
}

/* The records as the reference reads them. */
static void read_records(Str text, Arena *arena, const Json **ret)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Error err = {0};
    size_t from = 0;
    for (uint32_t i = 0; i < EVENTS; i++) {
        size_t end = str_find_byte(text, '\n', from);
        ret[i] = json_read(str_slice(text, from, end), &LIMITS, arena, &err);
        support_ok(ret[i] != NULL, &err);
        from = end + 1;
    }
}

static bool is_found_rightly(Store *store, const Json *const *records, Str text, Arena *arena,
                             uint64_t *found)
{
    Error err = {0};
    Place culprit;
    bool hits[EVENTS + 1] = {false}, right = true;
    const SearchNode *root = search_parse(text, arena, &culprit, &err);
    if (!root)
        print_message("%.*s\n", STR_ARG(text));
    support_ok(root && ask(store, root, text, hits, &err), &err);
    for (uint32_t i = 0; i < EVENTS; i++) {
        bool wanted = holds(root, records[i]);
        *found += wanted;
        if (wanted == hits[i + 1])
            continue;
        if (right)
            print_message("%s: %.*s\n  %.*s\n", wanted ? "missed" : "found wrongly", STR_ARG(text),
                          STR_ARG(records[i]->raw));
        right = false;
    }
    return right;
}

static void searches_find_what_the_reference_finds(void **state)
{
    Error err = {0};
    Store store;
    uint64_t found = 0;
    unsigned wrong = 0;
    static const Json *records[EVENTS];
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    (void)state;
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err), *trees = arena_new(TEXT_BYTES_MAX, &err);
    for (uint32_t id = 1; id <= EVENTS; id++)
        put_record(&text, id);
    read_records(buf_str(&text), trees, records);
    open_store(&store, "random", buf_str(&text), EVENTS);
    for (int i = 0; i < SEARCHES; i++) {
        BUF_AUTO Buf search = buf_init(TEXT_BYTES_MAX);
        put_search(&search, 0);
        arena_reset(arena);
        wrong += !is_found_rightly(&store, records, buf_str(&search), arena, &found);
    }
    assert_int_equal(wrong, 0);
    assert_true(found > SEARCHES * EVENTS / 20 && found < SEARCHES * (EVENTS - 20));
    close_store(&store);
    arena_free(arena);
    arena_free(trees);
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_find_these),
        cmocka_unit_test(searches_find_what_the_reference_finds),
    };
    return cmocka_run_group_tests_name("search_sql", tests, NULL, end);
}
