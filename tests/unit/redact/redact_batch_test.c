/* The property that what is named is gone: records and redactions made at random, each value a text
 * of its own, by which it is known wherever it stands. */
#define _GNU_SOURCE /* memmem */
#include "redact/redact_batch.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "decode/rebuild.h"
#include "filter/filter_set.h"
#include "generate/random.h"
#include "lake/parquet.h"
#include "lake/reread.h"
#include "support/sample.h"
#include "support/support.h"

enum {
    TURNS = 120,
    ROWS = 12,
    MARKERS_MAX = 2000,
    STEPS_MAX = 12,
    PATHS_MAX = 6,
    REDACTIONS = 5,
    DEPTH_MAX = 4,
    TEXT_BYTES_MAX = 16 << 20,
    ARENA_BYTES_MAX = 16 << 20,
};

/* A member's name, or an element's number. */
typedef struct Step {
    const char *name; /* NULL: an element */
    unsigned index;
} Step;

/* A value of its own, where it stands, and whether a redaction of this turn names it. */
typedef struct Marker {
    char text[16];
    uint32_t row;
    Step steps[STEPS_MAX];
    unsigned depth;
    uint64_t named; /* by these redactions */
} Marker;

typedef struct Turn {
    Random random;
    Marker markers[MARKERS_MAX];
    unsigned marker_count;
    Step steps[STEPS_MAX]; /* where the writer is */
    unsigned depth;
    uint32_t row;
    Buf json, filters;
    uint64_t masks[ROWS];
    Error err;
} Turn;

static Engine *engine;
static Turn turn;
static uint64_t seen_hidden, seen_kept, seen_rows_changed, seen_rows_kept;

static unsigned pick(unsigned below)
{
    return (unsigned)random_below(&turn.random, below);
}

static void put(const char *text)
{
    support_ok(buf_append_str(&turn.json, str_of(text), &turn.err), &turn.err);
}

/* ---- records ---- */

/* A new value, as a text, part of one, one with an escape, or a number. What is looked for is
 * without the letter that may be escaped. */
static void put_marker(void)
{
    static const char *const FORMS[] = {"\"M%s\"", "\"of M%s, it says\"", "\"\\u004d%s\"",
                                        "\"{\\\"password\\\":\\\"M%s\\\"}\"", "%s"};
    assert_true(turn.marker_count < MARKERS_MAX);
    Marker *marker = &turn.markers[turn.marker_count];
    unsigned form = pick(5);
    snprintf(marker->text, sizeof marker->text, form == 4 ? "88%07u8" : "ARK%07uZ",
             turn.marker_count++);
    marker->row = turn.row;
    marker->depth = turn.depth;
    marker->named = 0;
    memcpy(marker->steps, turn.steps, sizeof marker->steps);
    Str text = str_of(FORMS[form]);
    for (size_t i = 0; i < text.len; i++) {
        bool here = str_starts(str_slice(text, i, text.len), STR("%s"));
        support_ok(here ? buf_append_str(&turn.json, str_of(marker->text), &turn.err)
                        : buf_append_byte(&turn.json, (unsigned char)text.ptr[i], &turn.err),
                   &turn.err);
        i += here;
    }
}

static void enter(const char *name, unsigned index)
{
    assert_true(turn.depth < STEPS_MAX);
    turn.steps[turn.depth++] = (Step){name, index};
    if (name)
        support_ok(json_append_string(&turn.json, str_of(name), &turn.err) &&
                       buf_append_byte(&turn.json, ':', &turn.err),
                   &turn.err);
}

static void leave(void)
{
    turn.depth--;
}

static const char *const NAMES[] = {"password", "Password", "userName",   "my.key",
                                    "a.b.c",    "list",     "items",      "secret-id",
                                    "arn",      "x",        "accessKeyId"};

/* A tree of objects, lists and values. */
static void put_tree(unsigned deeper)
{
    unsigned kind = deeper ? pick(4) : 0, count = 1 + pick(3);
    if (kind < 2) {
        put_marker();
        return;
    }
    bool object = kind == 2;
    put(object ? "{" : "[");
    for (unsigned i = 0; i < count; i++) {
        put(i ? ", " : " ");
        enter(object ? NAMES[pick(sizeof NAMES / sizeof *NAMES)] : NULL, i);
        put_tree(deeper - 1);
        leave();
    }
    put(object ? "}" : "]");
}

/* A member with a value of its own, or not. */
static void put_some(const char *name)
{
    if (pick(3) == 0)
        return;
    enter(name, 0);
    put_marker();
    leave();
    put(",");
}

static void put_each(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_some(names[i]);
}

#define PUT_EACH(names) put_each(names, sizeof(names) / sizeof *(names))

static void put_identity(void)
{
    static const char *const MEMBERS[] = {"principalId", "arn", "accessKeyId", "userName",
                                          "invokedBy",   "odd", "odd.name"};
    static const char *const ISSUER[] = {"arn", "userName", "principalId", "unheard"};
    if (pick(5) == 0)
        return;
    enter("userIdentity", 0);
    put("{");
    PUT_EACH(MEMBERS);
    enter("sessionContext", 0);
    put("{");
    enter("sessionIssuer", 0);
    put("{");
    PUT_EACH(ISSUER);
    put("\"type\":\"Role\"}");
    leave();
    put(",");
    enter("attributes", 0);
    put("{");
    put_some("sourceIdentity");
    put("\"mfaAuthenticated\":\"false\"}");
    leave();
    put("}");
    leave();
    put(",\"type\":\"IAMUser\"},");
    leave();
}

static void put_resources(void)
{
    static const char *const MEMBERS[] = {"ARN", "accountId", "odd"};
    unsigned count = pick(4);
    enter("resources", 0);
    put("[");
    for (unsigned i = 0; i < count; i++) {
        put(i ? ",{" : "{");
        enter(NULL, i);
        PUT_EACH(MEMBERS);
        leave();
        put("\"type\":\"AWS::S3::Bucket\"}");
    }
    put("],");
    leave();
}

static void put_credentials(void)
{
    static const char *const MEMBERS[] = {"accessKeyId", "sessionToken"};
    enter("responseElements", 0);
    put("{");
    enter("credentials", 0);
    put("{");
    PUT_EACH(MEMBERS);
    put("\"n\":1}");
    leave();
    put("},");
    leave();
}

static void put_record(void)
{
    static const char *const TEXTS[] = {"userAgent", "sourceIPAddress", "errorMessage", "requestID",
                                        "vpcEndpointId"};
    static const char *const TREES[] = {"requestParameters", "additionalEventData", "newMember",
                                        "serviceEventDetails", "other.member"};
    static const char *const TLS[] = {"cipherSuite", "clientProvidedHostHeader", "odd"};
    put("{");
    PUT_EACH(TEXTS);
    put_identity();
    put_resources();
    if (pick(2))
        put_credentials();
    enter("tlsDetails", 0);
    put("{");
    PUT_EACH(TLS);
    put("\"tlsVersion\":\"TLSv1.3\"},");
    leave();
    for (size_t i = 0; i < sizeof TREES / sizeof *TREES; i++) {
        if (pick(2))
            continue;
        enter(TREES[i], 0);
        put_tree(DEPTH_MAX);
        leave();
        put(",");
    }
    support_ok(buf_printf(&turn.json, &turn.err,
                          "\"eventTime\":\"2026-11-24T00:00:%02uZ\",\"eventID\":\"id-%u\","
                          "\"eventName\":\"Name\"}",
                          turn.row, turn.row),
               &turn.err);
}

static void make_records(void)
{
    turn.marker_count = 0;
    turn.json.len = 0;
    put("{\"Records\":[");
    for (turn.row = 0; turn.row < ROWS; turn.row++) {
        put(turn.row ? "," : "");
        put_record();
    }
    put("]}");
}

/* ---- redactions ---- */

static void put_name(Buf *out, const char *name)
{
    bool quoted = pick(4) == 0 || strchr(name, '-');
    bool ok = !quoted || buf_append_byte(out, '"', &turn.err);
    for (const char *c = name; ok && *c; c++) {
        bool letter = (*c | 0x20) >= 'a' && (*c | 0x20) <= 'z';
        ok = buf_append_byte(out, (unsigned char)(letter && pick(4) == 0 ? *c ^ 0x20 : *c),
                             &turn.err);
    }
    support_ok(ok && (!quoted || buf_append_byte(out, '"', &turn.err)), &turn.err);
}

/* The path's next step: the number of places of *marker* that it passes. */
static unsigned put_step(Buf *out, const Marker *marker, unsigned at, unsigned end)
{
    const Step *step = &marker->steps[at];
    const char *dot = out->len ? "." : "";
    if (!step->name) {
        bool may_skip = at + 1 == end || marker->steps[at + 1].name;
        unsigned form = pick(may_skip ? 3 : 2);
        support_ok(form == 0   ? buf_append_str(out, STR("[*]"), &turn.err)
                   : form == 1 ? buf_printf(out, &turn.err, "[%u]", step->index)
                               : true,
                   &turn.err);
        return 1;
    }
    unsigned left = end - at - 1, form = pick(8);
    support_ok(buf_append_str(out, str_of(dot), &turn.err), &turn.err);
    if (form == 0 && left) {
        support_ok(buf_append_str(out, STR("**"), &turn.err), &turn.err);
        unsigned passed = pick(left + 1);
        while (!marker->steps[at + passed].name)
            passed--;
        support_ok(buf_append_byte(out, '.', &turn.err), &turn.err);
        put_name(out, marker->steps[at + passed].name);
        return passed + 1;
    }
    if (form == 1 && at)
        support_ok(buf_append_byte(out, '*', &turn.err), &turn.err);
    else
        put_name(out, step->name);
    return 1;
}

/* A path that names *marker*, or what it stands in. */
static void put_path(Buf *out, const Marker *marker)
{
    unsigned end = pick(4) == 0 ? 1 + pick(marker->depth) : marker->depth;
    out->len = 0;
    for (unsigned at = 0; at < end;)
        at += put_step(out, marker, at, end);
}

static void put_redaction(unsigned number)
{
    static const char *const VERBS[] = {"mask", "hash", "remove", "truncate, keep: 3"};
    BUF_AUTO Buf path = buf_init(TEXT_BYTES_MAX);
    Buf *out = &turn.filters;
    unsigned paths = 1 + pick(PATHS_MAX);
    support_ok(buf_printf(out, &turn.err, "name: r%u\nredact: {paths: [", number), &turn.err);
    for (unsigned i = 0; i < paths; i++) {
        Marker *marker = &turn.markers[pick(turn.marker_count)];
        put_path(&path, marker);
        marker->named |= (uint64_t)1 << number;
        support_ok(buf_append_str(out, str_of(i ? ", " : ""), &turn.err) &&
                       json_append_string(out, buf_str(&path), &turn.err),
                   &turn.err);
    }
    support_ok(buf_printf(out, &turn.err, "], with: %s}\n---\n", VERBS[pick(4)]), &turn.err);
}

static FilterSet *make_redactions(void)
{
    static const RedactKey KEY = {{"2026", 4}, {"0123456789abcdef", 16}};
    FilterSet *set = filter_set_new(&turn.err);
    turn.filters.len = 0;
    for (unsigned i = 0; i < REDACTIONS; i++)
        put_redaction(i);
    for (uint32_t row = 0; row < ROWS; row++)
        turn.masks[row] = pick(4) ? random_below(&turn.random, 1U << REDACTIONS) : 0;
    support_ok(set && filter_set_key(set, &KEY, &turn.err) &&
                   filter_set_add_text(set, buf_str(&turn.filters), "f.yml", &turn.err) &&
                   filter_set_finish(set, &turn.err),
               &turn.err);
    return set;
}

/* ---- what a row holds ---- */

static void add_value(const BatchColumn *column, uint32_t code, Buf *out)
{
    if (code)
        support_ok(buf_append_str(out, batch_value(column, code), &turn.err) &&
                       buf_append_byte(out, '\n', &turn.err),
                   &turn.err);
}

static void add_group(const Batch *batch, GroupId id, uint32_t row, Buf *out)
{
    const BatchGroup *group = &batch->groups[id];
    uint32_t code = group->codes[row];
    if (!code)
        return;
    const BatchShape *shape = &group->shapes[code - 1];
    for (uint32_t i = shape->first; i < shape->first + shape->count; i++)
        for (int at = 0; at < GROUP_NODES_MAX; at++)
            if (group->leaf_codes[at])
                add_value(&batch->columns[group->root + (FieldNode)at], group->leaf_codes[at][i],
                          out);
}

/* All that a row has in columns, groups and copies, and its record. */
static void hold(const Batch *batch, uint32_t row, Arena *arena, Buf *out)
{
    out->len = 0;
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        FieldNode top = field_top(node);
        if (field_is_text(node) && top != F_RESOURCES && top != F_DERIVED)
            add_value(batch_column(batch, node), batch_code(batch, node, row), out);
    }
    for (int id = 0; id < GROUP_COUNT; id++)
        add_group(batch, (GroupId)id, row, out);
    support_ok(rebuild_record(batch, row, arena, out, &turn.err), &turn.err);
}

static bool holds(const Buf *held, const Marker *marker)
{
    return held->len && memmem(held->ptr, held->len, marker->text, strlen(marker->text)) != NULL;
}

/* Says where the value stands, and what there is; cmocka's own messages are short. */
static void fail_hidden(const char *what, const Marker *marker, Str held)
{
    fprintf(stderr, "%.*s%.*s\n%.*s\n", STR_ARG(buf_str(&turn.filters)),
            STR_ARG(buf_str(&turn.json)), STR_ARG(held));
    for (unsigned i = 0; i < marker->depth; i++)
        fprintf(stderr, "/%s %u", marker->steps[i].name ? marker->steps[i].name : "",
                marker->steps[i].index);
    fail_msg("%s: '%s' of row %u, named by %#llx, in force %#llx", what, marker->text, marker->row,
             (unsigned long long)marker->named, (unsigned long long)turn.masks[marker->row]);
}

/* What redactions in force name is gone; a row with none in force has all. */
static void assert_hidden(const Batch *batch, const char *what)
{
    BUF_AUTO Buf held = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &turn.err);
    support_ok(arena != NULL, &turn.err);
    uint32_t row = UINT32_MAX;
    for (unsigned i = 0; i < turn.marker_count; i++) {
        const Marker *marker = &turn.markers[i];
        if (marker->row != row)
            hold(batch, marker->row, arena, &held);
        row = marker->row;
        bool is_there = holds(&held, marker), named = (marker->named & turn.masks[row]) != 0;
        if ((named && is_there) || (!turn.masks[row] && !is_there))
            fail_hidden(what, marker, buf_str(&held));
        seen_hidden += named;
        seen_kept += !turn.masks[row];
    }
    arena_free(arena);
}

/* ---- rows as they were ---- */

/* The codes of a row, one after the other. */
static void add_codes(const Batch *batch, uint32_t row, Buf *out)
{
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (batch->columns[node].codes)
            support_ok(
                buf_append(out, &batch->columns[node].codes[row], sizeof(uint32_t), &turn.err),
                &turn.err);
    for (int id = 0; id < GROUP_COUNT; id++)
        support_ok(buf_append(out, &batch->groups[id].codes[row], sizeof(uint32_t), &turn.err),
                   &turn.err);
}

static void assert_others_stay(const Batch *batch, const uint64_t *changed, Str before)
{
    BUF_AUTO Buf after = buf_init(TEXT_BYTES_MAX);
    size_t len = before.len / ROWS;
    for (uint32_t row = 0; row < ROWS; row++) {
        assert_false(changed[row] & ~turn.masks[row]);
        add_codes(batch, row, &after);
        seen_rows_changed += changed[row] != 0;
        seen_rows_kept += !changed[row];
        if (!changed[row] && memcmp(after.ptr + row * len, before.ptr + row * len, len) != 0)
            fail_msg("a row changed, and nobody changed it");
    }
}

/* ---- the lake ---- */

static void write_file(const Batch *batch, const char *path)
{
    uint64_t bytes;
    uint32_t order[ROWS];
    BUF_AUTO Buf summary = buf_init(TEXT_BYTES_MAX);
    for (uint32_t row = 0; row < ROWS; row++)
        order[row] = row;
    const ParquetRows rows = {batch, order, ROWS, NULL, 5};
    ParquetEncoder *encoder = parquet_encoder_new(&turn.err);
    ParquetFile *file = encoder ? parquet_create(encoder, path, &turn.err) : NULL;
    support_ok(file && parquet_write_rows(file, &rows, &turn.err) &&
                   parquet_finish(file, &bytes, &summary, &turn.err),
               &turn.err);
    parquet_encoder_free(encoder);
}

static void fail_hash(const Batch *batch, const Batch *back, uint32_t row)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &turn.err);
    support_ok(arena && rebuild_record(batch, row, arena, &text, &turn.err) &&
                   buf_append_byte(&text, '\n', &turn.err) &&
                   rebuild_record(back, row, arena, &text, &turn.err),
               &turn.err);
    fprintf(stderr, "%.*s%.*s\n", STR_ARG(buf_str(&turn.filters)), STR_ARG(buf_str(&text)));
    arena_free(arena);
    fail_msg("row %u has another hash when it is read back", row);
}

/* Read back, nothing more is in the file, and each row hashes to what the ledger signed. */
static void assert_stored(const Batch *batch)
{
    char path[400];
    int64_t seqs[ROWS];
    snprintf(path, sizeof path, "%s/hidden.parquet", support_folder());
    write_file(batch, path);
    Batch *back = batch_new(ROWS, 64 << 20, sample_secret(), &turn.err);
    Reread *reread = back ? reread_file(engine, path, &turn.err) : NULL;
    support_ok(reread && reread_fill(reread, back, ROWS, seqs, &turn.err), &turn.err);
    reread_free(reread);
    if (!back || back->rows != ROWS) {
        fail_msg("not all rows are read back");
        return;
    }
    for (uint32_t row = 0; row < ROWS; row++)
        if (back->content_hash[row] !=
            (batch->stored_hash ? batch->stored_hash : batch->content_hash)[row])
            fail_hash(batch, back, row);
    assert_hidden(back, "read back");
    batch_free(back);
    support_ok(file_remove(path, &turn.err), &turn.err);
}

static void take_turn(void)
{
    BUF_AUTO Buf before = buf_init(TEXT_BYTES_MAX);
    make_records();
    FilterSet *set = make_redactions();
    Batch *batch = sample_batch(buf_str(&turn.json));
    assert_int_equal(batch->rows, ROWS);
    for (uint32_t row = 0; row < ROWS; row++)
        add_codes(batch, row, &before);
    RedactBatch *redact = redact_batch_new(filter_set_plan(set), &turn.err);
    support_ok(redact &&
                   redact_batch_run(redact, batch, &(RedactRows){.masks = turn.masks}, &turn.err),
               &turn.err);
    assert_hidden(batch, "in the batch");
    assert_others_stay(batch, redact_batch_changed(redact), buf_str(&before));
    assert_stored(batch);
    redact_batch_free(redact);
    batch_free(batch);
    filter_set_free(set);
}

static void what_is_named_is_gone(void **state)
{
    (void)state;
    turn.json = buf_init(TEXT_BYTES_MAX);
    turn.filters = buf_init(TEXT_BYTES_MAX);
    for (uint64_t number = 0; number < TURNS; number++) {
        turn.random = random_new(26, number);
        take_turn();
    }
    buf_free(&turn.json);
    buf_free(&turn.filters);
    assert_true(seen_hidden > 1000 && seen_kept > 1000);
    assert_true(seen_rows_changed > TURNS && seen_rows_kept > TURNS);
}

static int begin(void **state)
{
    Error err = {0};
    const EngineOptions options = {.memory_bytes = 1u << 30, .threads = 1};
    (void)state;
    engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    engine_close(engine);
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_named_is_gone),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
