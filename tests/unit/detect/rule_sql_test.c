/* What a rule says in SQL: the forms, and that no match is missed and no exact condition lies. */
#include "detect/rule_sql.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/timestamp.h"
#include "decode/object.h"
#include "derive/derive_batch.h"
#include "detect/derived.h"
#include "detect/fold.h"
#include "query/addresses.h"
#include "query/session.h"
#include "query/values.h"
#include "support/new_lake.h"
#include "support/rule_cases.h"
#include "support/sample.h"
#include "support/support.h"
#include "support/text_cases.h"

enum { TEXT_BYTES_MAX = 64 << 20, RULES = 400, EVENTS = 3000 };

static Arena *arena;

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    arena = arena_new(TEXT_BYTES_MAX, &err);
    support_ok(arena != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    support_folder_end();
    return 0;
}

/* A case is what stands below `detection` of a rule; its verdict begins with "exact" or not. */
static void show(Str detection, char verdict, Buf *out)
{
    Error err = {0};
    RuleSql sql;
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    (void)verdict;
    bool ok = buf_printf(&text, &err,
                         "title: t\nlogsource: {product: aws}\ndetection:\n  s: %.*s\n"
                         "  condition: s\n",
                         STR_ARG(str_trim(detection)));
    support_ok(ok, &err);
    RuleSet *set = rule_cases_load(buf_str(&text));
    support_ok(rule_sql_write(rule_cases_only(set)->expr, NULL, arena, &sql, &err), &err);
    ok = buf_printf(out, &err, "%s%.*s%.*s", sql.exact ? "" : "weak, ", STR_ARG(sql.inexact),
                    sql.inexact.len ? 2 : 0, ": ") &&
         buf_append_str(out, sql.where, &err);
    support_ok(ok, &err);
    ruleset_free(set);
}

static void tests_have_these_forms(void **state)
{
    (void)state;
    assert_text_cases("unit/detect/rule_sql.txt", 30, show);
}

/* The condition of a rule whose selection is *detection*, for a lake of which nothing is known. */
static Str condition_of(const char *detection)
{
    Error err = {0};
    RuleSql sql;
    const RuleSqlKnown known = {.values = NULL};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    support_ok(buf_printf(&text, &err,
                          "title: t\nlogsource: {product: aws}\ndetection:\n  s: %s\n"
                          "  condition: s\n",
                          detection),
               &err);
    RuleSet *set = rule_cases_load(buf_str(&text));
    support_ok(rule_sql_write(rule_cases_only(set)->expr, &known, arena, &sql, &err), &err);
    ruleset_free(set);
    return sql.where;
}

static void assert_condition(const char *detection, const char *expected)
{
    assert_string_equal(condition_of(detection).ptr, expected);
}

/* Beside a condition on a column of its own, which leaves few rows, parts of structs wait. */
static void what_is_costly_is_asked_of_the_rows_that_are_left(void **state)
{
    (void)state;
    assert_condition("{errorCode: Denied, userIdentity.type: Root}",
                     "(lower(errorcode) = 'denied' AND lower(if(eventtime IS NULL, NULL, "
                     "useridentity.type)) = 'root')");
    assert_condition("{userIdentity.accessKeyId|startswith: AKIA, userIdentity.invokedBy: null}",
                     "(lower(useridentity.accesskeyid) LIKE 'akia%' AND if(eventtime IS NULL, "
                     "NULL, useridentity.invokedby) IS NULL)");
    assert_condition("{userIdentity.type: Root, userIdentity.invokedBy: null}",
                     "(lower(useridentity.type) = 'root' AND useridentity.invokedby IS NULL)");
    assert_condition("[{errorCode: Denied, tlsDetails.tlsVersion: a}, {tlsDetails.tlsVersion: b}]",
                     "((lower(errorcode) = 'denied' AND lower(tlsdetails.tlsversion) = 'a') OR "
                     "lower(tlsdetails.tlsversion) = 'b')");
}

/* The lake that rules are asked of, and the engine. */
typedef struct Store {
    Lake *lake;
    Config *config;
    Derive *derive;
    Session *session;
} Store;

/* A batch of the records, also of those that are not stored as they came. */
static Batch *batch_of(Str records)
{
    Error err = {0};
    ObjectReport report;
    Batch *batch = batch_new(EVENTS, TEXT_BYTES_MAX, sample_secret(), &err);
    Decoder *decoder = batch ? object_decoder_new(NULL, NULL, &err) : NULL;
    support_ok(decoder && object_decode(decoder, records, 1, batch, &report, &err), &err);
    object_decoder_free(decoder);
    return batch;
}

/* A list of addresses as a lookup. */
static Config *listing_config(void)
{
    Error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/inner.txt", support_folder());
    Config *config = config_new(&err);
    FILE *out = fopen(path, "w");
    bool ok = config && out && fputs("10.0.0.0/8\n", out) >= 0 &&
              config_set(config, CONFIG_DERIVE_LISTS, str_of(path), "--test", &err);
    ok = out && fclose(out) == 0 && ok;
    support_ok(ok, &err);
    return config;
}

static void open_store(Store *store, const char *name, Str records)
{
    Error err = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/%s", support_folder(), name);
    store->lake = lake_open(folder, LAKE_CREATE, &err);
    store->config = listing_config();
    support_ok(store->lake != NULL, &err);
    Batch *batch = batch_of(records);
    store->derive = derive_open(store->config, &err);
    support_ok(store->derive && derive_batch(store->derive, batch, &err), &err);
    new_lake_store(store->lake, batch);
    const SessionOptions options = {
        .config = store->config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    store->session = session_open(store->lake, &options, &err);
    support_ok(store->session != NULL, &err);
}

static void close_store(Store *store)
{
    session_close(store->session);
    derive_release(store->derive);
    config_free(store->config);
    lake_close(store->lake);
}

/* Which events (their IDs are numbers) the rows of *condition* are. */
static void ask(Store *store, const char *condition, bool *found, uint8_t *ret_hits)
{
    Error err = {0};
    bool row = true;
    BUF_AUTO Buf sql = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf cell = buf_init(1 << 10);
    bool ok = buf_printf(&sql, &err, "SELECT eventid FROM cloudtrail WHERE %s", condition);
    EngineResult *result = ok ? session_query(store->session, buf_str(&sql), &err) : NULL;
    while (result && row) {
        uint64_t id;
        if (!engine_next(result, &row, &err))
            break;
        cell.len = 0;
        if (row && engine_value(result, 0, ENGINE_TEXT, &cell, &err) &&
            str_to_u64(buf_str(&cell), &id) && id < EVENTS)
            ret_hits[id] |= 1;
    }
    engine_result_free(result);
    *found = result && err.kind == ERROR_NONE;
    if (!*found)
        fail_msg("%s\n%s", err.text, condition);
}

/* What the rules say of each event themselves. */
typedef struct Truths {
    const RuleSet *set;
    Document *document;
    uint8_t *holds; /* rule by event */
    size_t event;
} Truths;

static bool note_truth(void *context, const RecordView *view, Error *err)
{
    Truths *truths = context;
    (void)err;
    document_set_view(truths->document, view);
    for (size_t i = 0; i < ruleset_count(truths->set); i++)
        truths->holds[i * EVENTS + truths->event] =
            expr_holds(ruleset_rule(truths->set, i)->expr, truths->document);
    truths->event++;
    return true;
}

static Str derive_event(void *context, Document *document)
{
    return derived_write(context, document);
}

static void note_truths(Truths *truths, Str records)
{
    Error err = {0};
    Config *config = listing_config();
    Derive *derive = derive_open(config, &err);
    Derived *derived = derive ? derived_new(derive, &err) : NULL;
    support_ok(derived != NULL, &err);
    document_set_derive(truths->document, derive_event, derived);
    ObjectReport report;
    const DecoderHooks hooks = {.context = truths, .record = note_truth};
    Decoder *decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(decoder && object_decode(decoder, records, 1, NULL, &report, &err), &err);
    assert_int_equal(truths->event, EVENTS);
    object_decoder_free(decoder);
    derived_free(derived);
    derive_release(derive);
    config_free(config);
}

static uint64_t random_state = 7;

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

static const char *const FIELDS_ASKED[] = {
    "eventName",
    "eventSource",
    "errorCode",
    "errorCode.detail",
    "userAgent",
    "readOnly",
    "userIdentity",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.userName",
    "userIdentity.sessionContext",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "sourceIPAddress",
    "requestParameters",
    "requestParameters.name",
    "requestParameters.a.b",
    "requestParameters.a.b.c",
    "responseElements",
    "additionalEventData.MFAUsed",
    "resources.ARN",
    "resources.type",
    "resources.none",
    "tlsDetails.tlsVersion",
    "made.up",
    "made",
    "derived.action",
    "derived.addressKind",
    "derived.clientFamily",
    "derived.principal",
    "derived.sessionName",
    "derived.isConsole",
    "derived.isHuman",
    "derived.country",
    "derived.threatLists",
    "derived.threatLists",
    "derived.owner",
    "derived.offHours",
    "derived.calendar",
};

static const char *const VALUES_ASKED[] = {
    "x",
    "GetObject",
    "getobject",
    "s3.amazonaws.com",
    "'true'",
    "true",
    "false",
    "Root",
    "7",
    "1.5",
    "100",
    "'*'",
    "'?'",
    "'Get*'",
    "'*ject'",
    "'G?tObject'",
    "\"it's\"",
    "'a_b%c'",
    "'\xc3\x89t\xc3\xa9'",
    "''",
    "'a!b'",
    "No",
    "denied",
    "other",
    "private",
    "write",
    "inner",
};

static bool put_item(Buf *out, int number, Error *err)
{
    static const char *const FORMS[] = {
        ": %s",       "|contains: %s", "|startswith: %s", "|endswith: %s",
        "|cased: %s", "|neq: %s",      ": [%s, Second]",  "|contains|all: [%s, e]"};
    static const char *const OTHERS[] = {": null",
                                         "|exists: true",
                                         "|exists: false",
                                         "|re: '^.{3,9}$'",
                                         "|re|i: 'O[^b]?B\\w+'",
                                         "|gte: 7",
                                         "|lt: 100",
                                         "|cidr: 10.0.0.0/8",
                                         "|cidr: 2001:db8::/32",
                                         "|fieldref: eventName",
                                         "|hour|gte: 12",
                                         "|windash|contains: ' -x'",
                                         "|fieldref|endswith: requestParameters.name"};
    const char *field = PICK(FIELDS_ASKED), *value = PICK(VALUES_ASKED);
    bool text = value[0] == '\'' || value[0] == '"' || (value[0] > '9' && strlen(value) > 5);
    bool plain = pick(3) > 0;
    if (!plain && pick(8) == 0)
        return buf_printf(out, err, "eventTime|hour|lt: 6");
    if (!plain)
        return buf_printf(out, err, "%s%s", field, PICK(OTHERS));
    const char *form = text ? PICK(FORMS) : ": %s";
    const char *at = strstr(form, "%s");
    (void)number;
    return buf_printf(out, err, "%s%.*s%s%s", field, (int)(at - form), form, value, at + 2);
}

static bool put_rule(Buf *out, int number, Error *err)
{
    static const char *const CONDITIONS[] = {"a",           "not a",  "a and b",
                                             "a and not b", "a or b", "not (a and b) or c"};
    static const char *const KEYWORDS[] = {"['xyz']", "[GetObject, 'No']", "['|all': x]"};
    bool ok =
        buf_printf(out, err,
                   "---\ntitle: rule %d\nlogsource: {product: aws}\nlevel: low\n"
                   "detection:\n  condition: %s\n",
                   number, number < (int)(RULES / 2) ? CONDITIONS[number % 2] : PICK(CONDITIONS));
    for (int i = 0; ok && i < 3; i++) {
        ok = buf_printf(out, err, "  %c: ", 'a' + i);
        if (ok && pick(40) == 0)
            ok = buf_printf(out, err, "%s\n", pick(2) ? KEYWORDS[0] : KEYWORDS[1]);
        else
            ok = ok && buf_printf(out, err, "{") && put_item(out, number, err) &&
                 buf_printf(out, err, "}\n");
    }
    return ok;
}

static const char *const LEAVES[] = {
    "\"x\"",
    "\"GetObject\"",
    "\"getobject\"",
    "\"Root\"",
    "true",
    "false",
    "7",
    "\"7\"",
    "1.50",
    "1.5e2",
    "100",
    "-0",
    "null",
    "\"\"",
    "\"it's\"",
    "\"A_B%c\"",
    "\"a!b\"",
    "\"\xc3\x89T\xc3\xa9\"",
    "\"O\\u0062B\"",
    "\"denied\"",
    "\"s3.amazonaws.com\"",
    "\"10.1.2.3\"",
    "\"2001:DB8::7\"",
    "\"::ffff:10.1.2.3\"",
    "\"cmd -x\"",
    "\"No\\nnext\"",
    "\"+7\"",
    "\" 7\"",
    "\"1e2\"",
};

static bool put_leaf(Buf *out, Error *err)
{
    return buf_printf(out, err, "%s", PICK(LEAVES));
}

/* Parameters of all kinds, with names that lead to a value in more ways than one. */
static bool put_parameters(Buf *out, Error *err)
{
    static const char *const SHAPES[] = {"null",
                                         "{\"name\":@}",
                                         "{\"name\":[@,@]}",
                                         "{\"a\":{\"b\":@}}",
                                         "{\"a\":{\"b\":{\"c\":@}}}",
                                         "{\"a.b\":@}",
                                         "{\"a\":{\"b.c\":@}}",
                                         "{\"a.b\":{\"c\":@},\"a\":{\"b\":@}}",
                                         "{\"a\":[{\"b\":@},{\"b\":@}]}",
                                         "[{\"name\":@}]",
                                         "@",
                                         "{\"n\\u0061me\":@}",
                                         "{\"MFAUsed\":@}",
                                         "{ \"name\" : {\"x\":@} }",
                                         "{\"name\":@,\"name\":@}",
                                         "{}",
                                         "[]",
                                         "{\"x\":\"Get\\u004fbject\"}"};
    bool ok = true;
    for (const char *at = PICK(SHAPES); ok && *at; at++)
        ok = *at == '@' ? put_leaf(out, err) : buf_append_byte(out, (unsigned char)*at, err);
    return ok;
}

static bool put_member(Buf *out, const char *name, Error *err)
{
    return buf_printf(out, err, "\"%s\":", name) && put_leaf(out, err) && buf_printf(out, err, ",");
}

static bool put_text_members(Buf *out, Error *err)
{
    static const char *const NAMES[] = {"errorCode",       "userAgent",        "sourceIPAddress",
                                        "readOnly",        "made.up",          "errorCode.detail",
                                        "user\\u0041gent", "userIdentity.type"};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof NAMES / sizeof *NAMES; i++)
        if (pick(i < 4 ? 2 : 12) == 0)
            ok = put_member(out, NAMES[i], err);
    return ok;
}

static bool put_identity(Buf *out, Error *err)
{
    static const char *const IDENTITIES[] = {
        "{\"type\":\"Root\"}",
        "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::1:user/"
        "GetObject\",\"userName\":\"GetObject\"}",
        "{\"type\":\"AssumedRole\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":"
        "\"true\"}}}",
        "{\"type\":\"AssumedRole\",\"sessionContext\":{}}",
        "{\"type\":null,\"sessionContext.attributes\":{\"mfaAuthenticated\":\"x\"}}",
        "null",
        "{}",
        "\"Root\"",
        "{\"type\":\"a\",\"userName\":7}"};
    return buf_printf(out, err, "\"userIdentity\":%s,", PICK(IDENTITIES));
}

static bool put_event(Buf *out, int number, Error *err)
{
    static const char *const NAMES[] = {"\"GetObject\"", "\"getobject\"", "\"PutObject\"", "\"x\"",
                                        "null"};
    static const char *const LISTS[] = {
        "",
        "",
        "\"resources\":[{\"ARN\":\"x\",\"type\":\"GetObject\"},{\"ARN\":\"it's\"}],",
        "\"resources\":[],",
        "\"resources\":[{\"type\":\"Root\"}],",
        "\"resources\":null,",
        "\"resources\":[{\"ARN\":null}],"};
    static const char *const MORE[] = {"",
                                       "",
                                       "\"made\":{\"up\":\"x\"},",
                                       "\"tlsDetails\":{\"tlsVersion\":\"x\"},",
                                       "\"additionalEventData\":{\"MFAUsed\":\"No\"},",
                                       "\"made\":\"x\",",
                                       "\"derived\":{\"action\":\"x\"},",
                                       "\"readOnly\":\"true\",",
                                       "\"eventType\":\"AwsConsoleAction\","};
    bool ok = buf_printf(out, err,
                         "%s{\"eventVersion\":\"1.09\",\"eventTime\":\"2026-11-0%uT%02u:00:00Z\",",
                         number ? "," : "", 1 + pick(2), pick(24)) &&
              put_identity(out, err) && put_text_members(out, err) &&
              buf_printf(out, err, "%s%s\"eventSource\":\"s3.amazonaws.com\",\"eventName\":%s,",
                         PICK(LISTS), PICK(MORE), PICK(NAMES));
    if (ok && pick(8))
        ok = buf_printf(out, err, "\"requestParameters\":") && put_parameters(out, err) &&
             buf_printf(out, err, ",");
    return ok && buf_printf(out, err, "\"responseElements\":") && put_parameters(out, err) &&
           buf_printf(out, err, ",\"eventID\":\"%d\"}", number);
}

/* Rows of conditions that are not exact, of which the rule need not be asked. */
static size_t told_weak;

/* Compares the rows of *sql* with what the rule says of each event. */
static size_t compare(Store *store, const Rule *rule, const uint8_t *holds, const RuleSql *sql)
{
    static uint8_t chosen[EVENTS], sure[EVENTS], any[EVENTS];
    Error err = {0};
    bool asked;
    size_t matches = 0;
    BUF_AUTO Buf plain = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf odd = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf told = buf_init(TEXT_BYTES_MAX);
    memset(chosen, 0, sizeof chosen);
    memset(sure, 0, sizeof sure);
    bool ok = buf_printf(&plain, &err, "%.*s AND (extra IS NULL OR NOT (%.*s))",
                         STR_ARG(sql->where), STR_ARG(sql->touches)) &&
              buf_printf(&odd, &err, "extra IS NOT NULL AND (%.*s) AND %.*s", STR_ARG(sql->touches),
                         STR_ARG(sql->where_touched)) &&
              buf_printf(&told, &err,
                         "%.*s AND (extra IS NULL OR NOT (%.*s)) AND NOT coalesce(%.*s, FALSE)",
                         STR_ARG(sql->where_counted), STR_ARG(sql->touches), STR_ARG(sql->doubt)) &&
              buf_text(&plain, &err) && buf_text(&odd, &err) && buf_text(&told, &err);
    support_ok(ok, &err);
    ask(store, plain.ptr, &asked, chosen);
    ask(store, told.ptr, &asked, sure);
    memcpy(any, chosen, sizeof any);
    ask(store, odd.ptr, &asked, any);
    for (size_t i = 0; i < EVENTS; i++) {
        matches += holds[i];
        if (holds[i] && !any[i])
            fail_msg("%.*s misses event %zu: %s", STR_ARG(rule->title), i, plain.ptr);
        if (sure[i] && !holds[i])
            fail_msg("%.*s is not told for event %zu: %s", STR_ARG(rule->title), i, told.ptr);
        if (sql->exact && chosen[i] != sure[i])
            fail_msg("%.*s is exact with doubt: %s", STR_ARG(rule->title), told.ptr);
        told_weak += sure[i] && !sql->exact;
    }
    return matches;
}

static void no_match_is_missed_and_what_is_told_matches(void **state)
{
    Error err = {0};
    Store store;
    size_t matches = 0, exact = 0;
    static uint8_t holds[(size_t)RULES * EVENTS];
    BUF_AUTO Buf rules = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf events = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = ruleset_new(NULL, &err);
    (void)state;
    bool ok = set != NULL;
    for (int i = 0; ok && i < RULES; i++)
        ok = put_rule(&rules, i, &err);
    ok = ok && buf_printf(&events, &err, "{\"Records\":[");
    for (int i = 0; ok && i < EVENTS; i++)
        ok = put_event(&events, i, &err);
    support_ok(ok && buf_printf(&events, &err, "]}") &&
                   ruleset_add_text(set, buf_str(&rules), "random.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    Truths truths = {.set = set, .document = document_new(&err), .holds = holds};
    note_truths(&truths, buf_str(&events));
    open_store(&store, "random", buf_str(&events));
    Addresses *addresses = addresses_ask(store.session, store.derive, &err);
    Values *values = values_new(store.session, NULL, &err);
    support_ok(addresses && values, &err);
    for (size_t i = 0; i < ruleset_count(set); i++) {
        RuleSql sql;
        arena_reset(arena);
        RuleSqlKnown known = *addresses_known(addresses);
        known.named = i % 3 == 0;
        known.values = i % 3 == 1 ? values_of : NULL;
        known.context = values;
        support_ok(
            rule_sql_write(ruleset_rule(set, i)->expr, i % 4 ? &known : NULL, arena, &sql, &err),
            &err);
        exact += sql.exact;
        matches += compare(&store, ruleset_rule(set, i), holds + i * EVENTS, &sql);
    }
    assert_true(ruleset_count(set) > RULES / 2);
    assert_true(exact > RULES / 6);
    assert_true(matches > 10000);
    assert_true(told_weak > 1000);
    addresses_free(addresses);
    values_free(values);
    close_store(&store);
    document_free(truths.document);
    ruleset_free(set);
}

/* Rules fold texts as lower() does: every character. */
static void lower_folds_as_rules_do(void **state)
{
    Error err = {0};
    Store store;
    bool row;
    BUF_AUTO Buf cell = buf_init(64);
    BUF_AUTO Buf folded = buf_init(64);
    size_t differ = 0;
    (void)state;
    open_store(&store, "letters",
               STR("[{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventID\":\"1\"}]"));
    EngineResult *result = session_query(
        store.session,
        STR("SELECT chr(n), lower(chr(n)) FROM (SELECT a * 1024 + b AS n FROM "
            "UNNEST(sequence(0, 1087)) AS t(a) CROSS JOIN UNNEST(sequence(0, 1023)) AS u(b)) "
            "WHERE n > 0 AND (n < 55296 OR n > 57343)"),
        &err);
    support_ok(result != NULL, &err);
    for (;;) {
        support_ok(engine_next(result, &row, &err), &err);
        if (!row)
            break;
        cell.len = folded.len = 0;
        support_ok(engine_value(result, 0, ENGINE_TEXT, &cell, &err) &&
                       fold_append(&folded, buf_str(&cell), &err),
                   &err);
        cell.len = 0;
        support_ok(engine_value(result, 1, ENGINE_TEXT, &cell, &err), &err);
        if (!str_equal(buf_str(&cell), buf_str(&folded)) && differ++ < 5)
            print_error("'%.*s', not '%.*s'\n", STR_ARG(buf_str(&cell)), STR_ARG(buf_str(&folded)));
    }
    engine_result_free(result);
    close_store(&store);
    assert_int_equal(differ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_have_these_forms),
        cmocka_unit_test(what_is_costly_is_asked_of_the_rows_that_are_left),
        cmocka_unit_test(lower_folds_as_rules_do),
        cmocka_unit_test(no_match_is_missed_and_what_is_told_matches),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
