#include "detect/document.h"

#include "decode/shred.h"
#include "support/sample.h"
#include "support/support.h"

enum { ARENA_BYTES_MAX = 1 << 26, TEXT_BYTES_MAX = 1 << 22 };

#define TIME "\"eventTime\":\"2024-01-02T03:04:05Z\""

/* Records that are odd in one way each. */
static const char *const RECORDS[] = {
    "{" TIME "}",
    "{" TIME ",\"eventName\":\"GetObject\",\"awsRegion\":\"eu-west-1\",\"readOnly\":true}",
    "{" TIME ",\"userAgent\":\"a\\\"b\\u00e4\\\\c\\n\"}",
    "{" TIME ",\"userAgent\":\"\"}",
    "{" TIME ",\"errorCode\":null,\"errorMessage\":null}",
    "{" TIME ",\"requestParameters\":null,\"responseElements\":null}",
    "{" TIME ",\"requestParameters\":{\"a\":{\"b\":[1,{\"c\":null}]},\"d.e\":{\"f\":\"x\"}}}",
    "{" TIME ",\"requestParameters\":{},\"responseElements\":{\"x\":[]}}",
    "{" TIME ",\"readOnly\":null,\"managementEvent\":false}",
    "{" TIME ",\"userIdentity\":{\"type\":\"Root\",\"sessionContext\":{\"attributes\":{"
    "\"mfaAuthenticated\":\"true\"},\"sessionIssuer\":{\"arn\":\"arn:x\"}}}}",
    "{" TIME ",\"userIdentity\":null}",
    "{" TIME ",\"userIdentity\":{\"type\":\"A\",\"type\":\"B\"}}",
    "{" TIME ",\"resources\":[{\"ARN\":\"a\",\"type\":\"t\"},{\"ARN\":\"b\"},{}]}",
    "{" TIME ",\"resources\":[]}",
    "{" TIME ",\"resources\":null}",
    "{" TIME ",\"newMember\":{\"a\":[{\"b\":1},{\"b\":[2,3]}]},\"other\":null}",
    "{" TIME ",\"userIdentity.type\":\"literal\",\"userIdentity\":{\"type\":\"Root\"}}",
    "{" TIME ",\"userIdentity.type\":null}",
    "{" TIME ",\"requestParameters.a\":{\"b\":1},\"requestParameters\":{\"a\":{\"b\":2}}}",
    "{" TIME ",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"c\"}}",
    "{" TIME ",\"apiVersion\":\"2012-08-10\",\"additionalEventData\":{\"MFAUsed\":\"No\"}}",
    "{" TIME ",\"apiVersion\":20120810}",
    "{" TIME ",\"eventName\":[\"a\",\"b\"]}",
    "{" TIME ",\"eventName\":{\"a\":1}}",
    "{" TIME ",\"eventName\":\"a\",\"eventName\":\"b\"}",
    "{" TIME ",\"x\":1,\"x\":2}",
    "{" TIME ",\"userIdentity\":5}",
    "{" TIME ",\"resources\":{}}",
    "{" TIME ",\"event\\u004eame\":\"x\"}",
    "{" TIME ",\"\":1,\"a\":{\"\":{\"b\":2}}}",
    "{ \"eventName\" :\t\"x\" , " TIME " , \"requestParameters\" : { \"a\" : [ 1 , 2 ] } }",
};

static const char *const PATHS[] = {"eventTime",
                                    "eventName",
                                    "eventSource",
                                    "awsRegion",
                                    "userAgent",
                                    "errorCode",
                                    "errorMessage",
                                    "readOnly",
                                    "managementEvent",
                                    "requestParameters",
                                    "requestParameters.a",
                                    "requestParameters.a.b",
                                    "requestParameters.a.b.c",
                                    "requestParameters.d.e",
                                    "requestParameters.d.e.f",
                                    "requestParameters.bucketName",
                                    "responseElements",
                                    "responseElements.x",
                                    "responseElements.x.y",
                                    "userIdentity",
                                    "userIdentity.type",
                                    "userIdentity.arn",
                                    "userIdentity.userName",
                                    "userIdentity.sessionContext.attributes",
                                    "userIdentity.sessionContext.attributes.mfaAuthenticated",
                                    "userIdentity.sessionContext.sessionIssuer.arn",
                                    "userIdentity.accessKeyId",
                                    "resources",
                                    "resources.ARN",
                                    "resources.type",
                                    "resources.accountId",
                                    "newMember",
                                    "newMember.a",
                                    "newMember.a.b",
                                    "newMember.a.b.c",
                                    "other",
                                    "other.x",
                                    "tlsDetails.tlsVersion",
                                    "apiVersion",
                                    "additionalEventData.MFAUsed",
                                    "eventName.a",
                                    "event",
                                    "x",
                                    "x.y",
                                    "a",
                                    "a.b",
                                    "a..b",
                                    "",
                                    ".",
                                    "eventName.",
                                    ".eventName",
                                    "nowhere",
                                    "nowhere.a.b",
                                    "derived",
                                    "derived.x",
                                    "derived.y",
                                    "derived.x.z",
                                    "extra",
                                    "_absent",
                                    "vpcEndpointId",
                                    "serviceEventDetails",
                                    "sharedEventID",
                                    "recipientAccountId",
                                    "eventID",
                                    "eventVersion",
                                    "eventType",
                                    "eventCategory",
                                    "sessionCredentialFromConsole",
                                    "edgeDeviceDetails.type",
                                    "requestID"};

/* What stands at *path*, as JSON; scalars by their text, since a view may hold numbers as text. */
static void describe(Document *document, const FieldPath *path, Buf *out)
{
    Error err = {0};
    Found found;
    document_find(document, path, &found);
    for (uint32_t i = 0; i < found.count; i++) {
        const Json *value = found.values[i];
        bool text = value->type == JSON_STRING || value->type == JSON_NUMBER;
        support_ok(
            (text ? json_append_string(out, value->text, &err) : json_append(out, value, &err)) &&
                buf_append_byte(out, '\n', &err),
            &err);
    }
}

static void compare(Document *tree, Document *view, Str record, const char *who)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        BUF_AUTO Buf expect = buf_init(TEXT_BYTES_MAX), got = buf_init(TEXT_BYTES_MAX);
        const FieldPath *path = document_path(str_of(PATHS[i]), arena, &err);
        describe(tree, path, &expect);
        describe(view, path, &got);
        if (!str_equal(buf_str(&expect), buf_str(&got)))
            fail_msg("%s of %.*s\n'%s' is %.*s of the tree and %.*s of the view", who,
                     STR_ARG(record), PATHS[i], STR_ARG(buf_str(&expect)), STR_ARG(buf_str(&got)));
        if (!str_equal(document_text(tree, str_of(PATHS[i])),
                       document_text(view, str_of(PATHS[i]))))
            fail_msg("%s of %.*s: the text of '%s'", who, STR_ARG(record), PATHS[i]);
    }
    arena_free(arena);
}

/* The leaves below *value*, without names: what keywords are looked for in. */
static void append_leaves(const Json *value, Buf *out)
{
    Error err = {0};
    if (value->type == JSON_OBJECT || value->type == JSON_ARRAY) {
        for (const Json *each = value->first; each; each = each->next)
            if (!each->shadowed)
                append_leaves(each, out);
        return;
    }
    static const char *const WORDS[] = {"null", "false", "true"};
    bool word = value->type == JSON_NULL || value->type == JSON_TRUE || value->type == JSON_FALSE;
    support_ok(
        buf_printf(out, &err, "<%.*s>", STR_ARG(word ? str_of(WORDS[value->type]) : value->text)),
        &err);
}

/* What keywords find in each member of *a* they find in that of *b*. */
static void compare_roots(Document *a, Document *b, Str record, const char *who)
{
    const Json *other = document_root(b);
    for (const Json *member = document_root(a)->first; member; member = member->next) {
        BUF_AUTO Buf expect = buf_init(TEXT_BYTES_MAX), got = buf_init(TEXT_BYTES_MAX);
        const Json *same = json_member(other, member->name);
        if (member->shadowed)
            continue;
        append_leaves(member, &expect);
        if (same)
            append_leaves(same, &got);
        if (!same || !str_equal(buf_str(&expect), buf_str(&got)))
            fail_msg("%s of %.*s: member '%.*s' is %.*s and %.*s", who, STR_ARG(record),
                     STR_ARG(member->name), STR_ARG(buf_str(&expect)), STR_ARG(buf_str(&got)));
    }
}

typedef struct Readers {
    RecordParser *parser;
    Shredder *shredder;
    Document *tree, *view;
    Arena *arena;
    unsigned ordinary, shredded;
} Readers;

static Str derive(void *context, Document *document)
{
    (void)context;
    (void)document;
    return STR("{\"x\":\"d\",\"y\":[1,{\"z\":2}]}");
}

static void compare_all(Readers *in, Str record, const char *who)
{
    compare(in->tree, in->view, record, who);
    compare_roots(in->tree, in->view, record, who);
    compare_roots(in->view, in->tree, record, who);
}

static void check_record(Readers *in, Str record)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    static char room[TEXT_BYTES_MAX];
    Error err = {0};
    const char *end, *reason;
    const RecordView *view;
    const Json *tree = json_read(record, &LIMITS, in->arena, &err);
    support_ok(tree != NULL, &err);
    assert_true(record.len + RECORD_PADDING <= sizeof room);
    memcpy(room, record.ptr, record.len);
    memset(room + record.len, 0, RECORD_PADDING);
    document_set_tree(in->tree, tree);
    if (record_parse(in->parser, room, room + record.len, &end) == RECORD_ORDINARY) {
        in->ordinary++;
        document_set_view(in->view, record_view(in->parser));
        compare_all(in, record, "the parser");
    }
    record_forget(in->parser);
    support_ok(shred_record(in->shredder, record, &view, &reason, &err), &err);
    if (view && !reason) {
        in->shredded++;
        document_set_view(in->view, view);
        compare_all(in, record, "the shredder");
    }
}

static Readers open_readers(void)
{
    Error err = {0};
    Readers in = {.parser = record_new(RECORD_BEST, &err),
                  .shredder = shred_new(&err),
                  .tree = document_new(&err),
                  .view = document_new(&err),
                  .arena = arena_new(ARENA_BYTES_MAX, &err)};
    support_ok(in.parser && in.shredder && in.tree && in.view && in.arena, &err);
    document_set_derive(in.tree, derive, NULL);
    document_set_derive(in.view, derive, NULL);
    return in;
}

static void close_readers(Readers *in)
{
    record_free(in->parser);
    shred_free(in->shredder);
    document_free(in->tree);
    document_free(in->view);
    arena_free(in->arena);
}

static void odd_records_look_the_same_as_trees_and_as_views(void **state)
{
    Readers in = open_readers();
    (void)state;
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++)
        check_record(&in, str_of(RECORDS[i]));
    assert_int_equal(in.shredded, sizeof RECORDS / sizeof *RECORDS);
    assert_true(in.ordinary > 15);
    close_readers(&in);
}

static void sample_records_look_the_same_as_trees_and_as_views(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Readers in = open_readers();
    (void)state;
    sample_records(&text, 300);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    const Json *all = json_read(buf_str(&text), NULL, arena, &err);
    support_ok(all != NULL, &err);
    for (const Json *each = json_member(all, STR("Records"))->first; each; each = each->next)
        check_record(&in, each->raw);
    assert_true(in.ordinary > 200);
    arena_free(arena);
    close_readers(&in);
}

static void paths_go_through_members_that_hold_dots_and_through_lists(void **state)
{
    static const struct {
        const char *event, *path, *values;
    } CASES[] = {
        {"{\"a\":{\"b\":1}}", "a.b", "\"1\"\n"},
        {"{\"a.b\":1,\"a\":{\"b\":2}}", "a.b", "\"1\"\n"},
        {"{\"a.b\":{\"c\":1},\"a\":{\"b.c\":2}}", "a.b.c", "\"2\"\n\"1\"\n"},
        {"{\"a.b\":{\"c\":1},\"a\":{\"b\":{\"c\":3}}}", "a.b.c", "\"3\"\n\"1\"\n"},
        {"{\"a\":[{\"b\":1},{\"b\":2},3,[{\"b\":4}]]}", "a.b", "\"1\"\n\"2\"\n\"4\"\n"},
        {"{\"a\":[[1]]}", "a", "[[1]]\n"},
        {"{\"a\":null}", "a", "null\n"},
        {"{\"a\":null}", "a.b", ""},
        {"{\"a\":\"x\"}", "a.b", ""},
        {"{\"A\":1}", "a", ""},
        {"{\"a\":1,\"a\":2}", "a", "\"2\"\n"},
        {"{\"a[0]\":1,\"a\":[2]}", "a[0]", "\"1\"\n"},
        {"{\"\":{\"\":1}}", ".", "\"1\"\n"},
        {"[{\"a\":1},{\"a\":2}]", "a", "\"1\"\n\"2\"\n"},
        {"5", "a", ""},
    };
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
        Document *document = document_new(&err);
        document_set_tree(document, json_read(str_of(CASES[i].event), &LIMITS, arena, &err));
        describe(document, document_path(str_of(CASES[i].path), arena, &err), &out);
        if (!str_equal(buf_str(&out), str_of(CASES[i].values)))
            fail_msg("%s, '%s': %.*s", CASES[i].event, CASES[i].path, STR_ARG(buf_str(&out)));
        document_free(document);
        arena_free(arena);
    }
}

static void only_so_many_values_are_found_at_only_so_great_a_depth(void **state)
{
    Error err = {0};
    Found found;
    BUF_AUTO Buf wide = buf_init(TEXT_BYTES_MAX), deep = buf_init(TEXT_BYTES_MAX);
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    Document *document = document_new(&err);
    bool ok = buf_printf(&wide, &err, "{\"a\":[0");
    for (int i = 0; ok && i < 1000; i++)
        ok = buf_printf(&wide, &err, ",{\"b\":%d}", i);
    support_ok(ok && buf_printf(&wide, &err, "]}"), &err);
    document_set_tree(document, json_read(buf_str(&wide), NULL, arena, &err));
    document_find(document, document_path(STR("a.b"), arena, &err), &found);
    assert_int_equal(found.count, DOCUMENT_FOUND_MAX);
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX};
    for (int i = 0; ok && i < 100; i++)
        ok = buf_printf(&deep, &err, "[");
    ok = ok && buf_printf(&deep, &err, "{\"a\":1}");
    for (int i = 0; ok && i < 100; i++)
        ok = buf_printf(&deep, &err, "]");
    const Json *tree = json_read(buf_str(&deep), &LIMITS, arena, &err);
    support_ok(ok && tree, &err);
    document_set_tree(document, tree);
    document_find(document, document_path(STR("a"), arena, &err), &found);
    assert_int_equal(found.count, 0);
    document_free(document);
    arena_free(arena);
}

static void nothing_stands_in_a_document_without_an_event(void **state)
{
    Error err = {0};
    Found found;
    (void)state;
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    Document *document = document_new(&err);
    document_find(document, document_path(STR("a"), arena, &err), &found);
    assert_int_equal(found.count, 0);
    assert_null(document_root(document));
    assert_int_equal(document_text(document, STR("a")).len, 0);
    assert_int_equal(document_touched(document), 0);
    document_free(document);
    document_free(NULL);
    arena_free(arena);
}

static void members_outside_their_columns_are_told(void **state)
{
    static const struct {
        const char *record;
        uint64_t touched;
    } CASES[] = {
        {"{" TIME ",\"eventName\":\"x\"}", 0},
        {"{" TIME ",\"newMember\":1}", 0},
        {"{" TIME ",\"errorCode\":null}", SLOT_BIT(S_ERROR_CODE)},
        {"{" TIME ",\"userIdentity.arn\":1}", SLOT_BIT(S_USER_IDENTITY)},
        {"{" TIME ",\"eventName\":[1],\"awsRegion\":{}}",
         SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_AWS_REGION)},
    };
    Readers in = open_readers();
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        const RecordView *view;
        const char *reason;
        support_ok(shred_record(in.shredder, str_of(CASES[i].record), &view, &reason, &err), &err);
        document_set_view(in.view, view);
        if (document_touched(in.view) != CASES[i].touched)
            fail_msg("%s: %llx", CASES[i].record, (unsigned long long)document_touched(in.view));
    }
    close_readers(&in);
}

static void a_tree_may_bring_its_own_derived_members_and_a_record_may_not(void **state)
{
    static const char RECORD[] = "{" TIME ",\"derived\":{\"x\":\"own\"}}";
    Error err = {0};
    const RecordView *view;
    const char *reason;
    Readers in = open_readers();
    (void)state;
    document_set_tree(in.tree, json_read(STR(RECORD), NULL, in.arena, &err));
    assert_true(str_equal(document_text(in.tree, STR("derived.x")), STR("own")));
    support_ok(shred_record(in.shredder, STR(RECORD), &view, &reason, &err), &err);
    document_set_view(in.view, view);
    assert_true(str_equal(document_text(in.view, STR("derived.x")), STR("d")));
    close_readers(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_records_look_the_same_as_trees_and_as_views),
        cmocka_unit_test(sample_records_look_the_same_as_trees_and_as_views),
        cmocka_unit_test(paths_go_through_members_that_hold_dots_and_through_lists),
        cmocka_unit_test(only_so_many_values_are_found_at_only_so_great_a_depth),
        cmocka_unit_test(nothing_stands_in_a_document_without_an_event),
        cmocka_unit_test(members_outside_their_columns_are_told),
        cmocka_unit_test(a_tree_may_bring_its_own_derived_members_and_a_record_may_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
