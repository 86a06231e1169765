/* Redactions are read as they are written; of each, what becomes of a record; what is wrong is
 * told. */
#include <string.h>

#include "decode/altered.h"
#include "decode/batch_edit.h"
#include "decode/object.h"
#include "decode/rebuild.h"
#include "filter/filter_set.h"
#include "redact/redact_batch.h"
#include "support/pattern.h"

enum { TEXT_BYTES_MAX = 1 << 20, BATCH_BYTES = 64 << 20, ARENA_BYTES_MAX = 1 << 24 };

static const uint8_t SECRET[BATCH_SECRET_BYTES] = {1, 9};
static const RedactKey KEY = {{"2026", 4}, {"0123456789abcdef", 16}};

/* The vectors' word for HMAC-SHA-256 of "secret" under that key, by OpenSSL. */
static const char HASH[] = "59fa6a4dccc441a2ceb3d563296276a0";

static const RedactRows ALL = {NULL, NULL};

static FilterSet *set_of(const Json *redactions)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    FilterSet *set = filter_set_new(&err);
    support_ok(set && filter_set_key(set, &KEY, &err), &err);
    int number = 0;
    for (const Json *one = redactions->first; one; one = one->next)
        support_ok(buf_printf(&text, &err, "{\"name\":\"r%d\",\"redact\":%.*s}\n---\n", number++,
                              STR_ARG(one->raw)),
                   &err);
    support_ok(filter_set_add_text(set, buf_str(&text), "f.yml", &err) &&
                   filter_set_finish(set, &err),
               &err);
    return set;
}

static Batch *batch_of(Str record)
{
    Error err = {0};
    ObjectReport report;
    Batch *batch = batch_new(10, BATCH_BYTES, SECRET, &err);
    Decoder *decoder = object_decoder_new(NULL, NULL, &err);
    support_ok(batch && decoder && object_decode(decoder, record, 5, batch, &report, &err), &err);
    assert_int_equal(batch->rows, 1);
    object_decoder_free(decoder);
    return batch;
}

static void append_members(Buf *out, const Json *object)
{
    Error err = {0};
    support_ok(buf_append_str(out, STR("{\"eventTime\":\"2026-11-01T00:00:00Z\""), &err), &err);
    for (const Json *member = object->first; member; member = member->next) {
        Str raw = member->raw;
        support_ok(buf_append_byte(out, ',', &err) && json_append_string(out, member->name, &err) &&
                       buf_append_byte(out, ':', &err),
                   &err);
        for (size_t at = 0; at < raw.len; at++) {
            bool word = str_starts(str_slice(raw, at, raw.len), STR("HASH"));
            support_ok(word ? buf_append_str(out, str_of(HASH), &err)
                            : buf_append_byte(out, (unsigned char)raw.ptr[at], &err),
                       &err);
            at += word ? 3 : 0;
        }
    }
    support_ok(buf_append_byte(out, '}', &err), &err);
}

/* Both are the same record, as JSON values; members that are null are as if they were not there. */
static bool same_record(Str a, Str b)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    const Json *left = arena ? json_read(a, &JSON_LIMITS_DEFAULT, arena, &err) : NULL;
    const Json *right = left ? json_read(b, &JSON_LIMITS_DEFAULT, arena, &err) : NULL;
    support_ok(right != NULL, &err);
    bool same = true;
    for (const Json *member = left->first; member; member = member->next) {
        const Json *other = json_member(right, member->name);
        same = same && (other ? json_equal(member, other) : member->type == JSON_NULL);
    }
    for (const Json *member = right->first; member; member = member->next)
        same = same && (json_member(left, member->name) || member->type == JSON_NULL);
    arena_free(arena);
    return same;
}

static FieldNode column_of(Str name)
{
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (str_equal(FIELDS[node].column, name))
            return node;
    fail_msg("no column %.*s", STR_ARG(name));
    return 0;
}

static bool columns_are(const Batch *batch, const Json *columns)
{
    BUF_AUTO Buf want = buf_init(TEXT_BYTES_MAX);
    for (const Json *column = columns ? columns->first : NULL; column; column = column->next) {
        Error err = {0};
        FieldNode node = column_of(column->name);
        uint32_t code = batch_code(batch, node, 0);
        Str got = code ? batch_value(batch_column(batch, node), code) : STR("");
        want.len = 0;
        Str text = column->text, word = STR("HASH");
        bool hash = str_ends(text, word);
        support_ok(
            buf_append_str(&want, str_slice(text, 0, text.len - (hash ? word.len : 0)), &err) &&
                buf_append_str(&want, hash ? str_of(HASH) : STR(""), &err),
            &err);
        if (!str_equal(got, buf_str(&want)))
            return false;
    }
    return true;
}

/* A changed row says who changed it, and what its record was. */
static void assert_marked(const Batch *batch, uint64_t content)
{
    Error err = {0};
    uint64_t noted;
    uint32_t code = batch->columns[F_EXTRA].codes[0];
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    assert_true(code != 0);
    Str extra = batch_value(&batch->columns[F_EXTRA], code);
    assert_true(altered_content(extra, arena, &noted));
    assert_true(noted == content);
    assert_true(batch->content_hash[0] == content);
    assert_true(batch->stored_hash && batch->stored_hash[0] != content);
    arena_free(arena);
}

static bool check(const Json *vector, Buf *why)
{
    Error err = {0};
    BUF_AUTO Buf record = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf expected = buf_init(TEXT_BYTES_MAX);
    bool stays = json_member(vector, STR("same")) != NULL;
    FilterSet *set = set_of(json_member(vector, STR("redact")));
    append_members(&record, json_member(vector, STR("is")));
    append_members(&expected, json_member(vector, stays ? STR("is") : STR("becomes")));
    Batch *batch = batch_of(buf_str(&record));
    uint64_t content = batch->content_hash[0];
    RedactBatch *redact = redact_batch_new(filter_set_plan(set), &err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(redact && arena && redact_batch_run(redact, batch, &ALL, &err), &err);
    support_ok(rebuild_record(batch, 0, arena, why, &err), &err);
    bool changed = redact_batch_changed(redact)[0] != 0;
    bool same = changed != stays && same_record(buf_str(why), buf_str(&expected)) &&
                columns_are(batch, json_member(vector, STR("column")));
    if (changed)
        assert_marked(batch, content);
    /* Hiding twice is hiding once. */
    support_ok(redact_batch_run(redact, batch, &ALL, &err), &err);
    same = same && (!redact_batch_changed(redact)[0]) == !json_member(vector, STR("again"));
    arena_free(arena);
    redact_batch_free(redact);
    batch_free(batch);
    filter_set_free(set);
    return same;
}

static void records_become_what_is_said(void **state)
{
    (void)state;
    pattern_test_run("unit/filter/filter_redact.jsonl", 58, check);
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        {"name: a\nredact: x", "f.yml:2: redact: expected paths or detect, and with, not 'x'"},
        {"name: a\nredact: {with: mask}", "f.yml:2: redact: expected paths, detect, or both"},
        {"name: a\nredact: {paths: x}",
         "f.yml:2: redact: expected with: remove, mask, truncate or hash"},
        {"name: a\nredact:\n  paths: x\n  with: hide",
         "f.yml:4: with: expected remove, mask, truncate or hash, not 'hide'"},
        {"name: a\nredact:\n  paths: x\n  with: truncate",
         "f.yml:4: truncate needs keep, how many characters stay, which no other verb has"},
        {"name: a\nredact:\n  paths: x\n  with: mask\n  keep: 3",
         "f.yml:5: truncate needs keep, how many characters stay, which no other verb has"},
        {"name: a\nredact:\n  paths: x\n  with: truncate\n  keep: -1",
         "f.yml:5: keep: expected how many characters stay, 0 to 1000000, not '-1'"},
        {"name: a\nredact:\n  paths: [eventID]\n  with: mask",
         "f.yml:3: path 'eventID': eventID is what records are found and told apart by, and is "
         "stored as it is"},
        {"name: a\nredact:\n  paths: ['*.x']\n  with: mask",
         "f.yml:3: path '*.x': expected the name of a member of the record, or '**', in front"},
        {"name: a\nredact:\n  paths: [a..b]\n  with: mask",
         "f.yml:3: path 'a..b': expected a name, '*' or '**' at character 3"},
        {"name: a\nredact:\n  paths: {}\n  with: mask",
         "f.yml:3: paths: expected a path such as requestParameters.password, or a list of them, "
         "not a map"},
        {"name: a\nredact:\n  detect: [phone]\n  with: mask",
         "f.yml:3: expected access-key, secret-key, private-key, token, email, card or "
         "resident-registration-number, not 'phone'"},
        {"name: a\nredact:\n  detect: [email]\n  in: [eventName]\n  with: mask",
         "f.yml:4: expected members with free text, such as requestParameters or errorMessage, not "
         "'eventName'"},
        {"name: a\nredact:\n  paths: x\n  in: [userAgent]\n  with: mask",
         "f.yml:4: in: it says where detectors look, and there are none"},
        {"name: a\nredact:\n  paths: x\n  wiht: mask",
         "f.yml:4: 'wiht' is no member of redact: expected paths, detect, in, with or keep"},
        {"name: a\nredact: {paths: x, with: mask}\neven_if_detected: true",
         "f.yml:1: filter 'a': redact has no use for even_if_detected"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        FilterSet *set = filter_set_new(&err);
        assert_false(filter_set_add_text(set, str_of(CASES[i].text), "f.yml", &err));
        if (strcmp(err.text, CASES[i].error) != 0)
            print_error("case %zu:\n  %s\n  %s\n", i, err.text, CASES[i].error);
        assert_string_equal(err.text, CASES[i].error);
        assert_int_equal(err.kind, ERROR_INPUT);
        filter_set_free(set);
    }
}

static void hashes_need_a_key(void **state)
{
    (void)state;
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    support_ok(set &&
                   filter_set_add_text(set, STR("name: a\nredact: {paths: x, with: hash}"), "f.yml",
                                       &err) &&
                   filter_set_finish(set, &err),
               &err);
    assert_false(filter_set_check_key(set, &err));
    assert_string_equal(err.text, "f.yml:1: 'a' replaces values by keyed hashes: redact.key names "
                                  "no file with a key");
    filter_set_free(set);
}

static void there_are_not_too_many(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    FilterSet *set = filter_set_new(&err);
    for (int i = 0; i <= REDACTIONS_MAX; i++)
        support_ok(buf_printf(&text, &err, "name: r%d\nredact: {paths: x, with: mask}\n---\n", i),
                   &err);
    support_ok(set && filter_set_add_text(set, buf_str(&text), "f.yml", &err), &err);
    assert_false(filter_set_finish(set, &err));
    assert_string_equal(err.text, "65 redactions with 65 paths: at most 64 with 64 in all");
    filter_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_what_is_said),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(hashes_need_a_key),
        cmocka_unit_test(there_are_not_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
