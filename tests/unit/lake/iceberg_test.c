#define _GNU_SOURCE /* memmem */
#include "lake/iceberg.h"

#include <string.h>

#include "base/json.h"
#include "support/small_table.h"
#include "support/support.h"

static Str schemas[] = {{"{\"type\":\"struct\",\"schema-id\":0,\"fields\":[]}", 46}};
static IcebergSnapshot snapshots[] = {
    {.id = 5,
     .parent_id = -1,
     .sequence = 1,
     .at_ms = 1000,
     .commit_seq = 12,
     .manifest_list = {"file:///l0", 10},
     .summary = {"{\"operation\":\"append\",\"spoor.commit-seq\":\"12\"}", 48}},
    {.id = INT64_MAX,
     .parent_id = 5,
     .sequence = 2,
     .at_ms = 2000,
     .commit_seq = 0,
     .manifest_list = {"file:///l1", 10},
     .summary = {"{\"operation\":\"append\",\"spoor.commit-seq\":\"0\"}", 47}},
};
static IcebergLogEntry history[] = {{1000, {"file:///0.metadata.json", 23}}};

static IcebergMeta make(size_t snapshot_count)
{
    for (size_t i = 0; i < 2; i++)
        snapshots[i].summary = str_of(snapshots[i].summary.ptr);
    schemas[0] = str_of(schemas[0].ptr);
    return (IcebergMeta){.uuid = STR("9c12d441-03fe-4693-9a96-a0705ddf69c1"),
                         .location = STR("file:///lake/small"),
                         .last_sequence = 2,
                         .updated_ms = 2000,
                         .schemas = schemas,
                         .schema_count = 1,
                         .snapshots = snapshots,
                         .snapshot_count = snapshot_count,
                         .log = history,
                         .log_count = 1};
}

static void what_was_written_comes_back(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    Arena *arena = arena_new(1 << 20, &err);
    IcebergMeta meta = make(2);
    IcebergMeta back;
    support_ok(iceberg_write(&SMALL_TABLE, &meta, &text, &err), &err);
    support_ok(iceberg_read(buf_str(&text), arena, &back, &err), &err);
    assert_true(str_equal(back.uuid, meta.uuid) && str_equal(back.location, meta.location));
    assert_int_equal(back.last_sequence, 2);
    assert_int_equal(back.updated_ms, 2000);
    assert_int_equal(back.schema_count, 1);
    assert_true(str_equal(back.schemas[0], schemas[0]));
    assert_int_equal(back.snapshot_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(back.snapshots[i].id, snapshots[i].id);
        assert_int_equal(back.snapshots[i].parent_id, snapshots[i].parent_id);
        assert_int_equal(back.snapshots[i].sequence, snapshots[i].sequence);
        assert_int_equal(back.snapshots[i].at_ms, snapshots[i].at_ms);
        assert_int_equal(back.snapshots[i].commit_seq, snapshots[i].commit_seq);
        assert_true(str_equal(back.snapshots[i].summary, snapshots[i].summary));
        assert_true(str_equal(back.snapshots[i].manifest_list, snapshots[i].manifest_list));
    }
    assert_int_equal(back.log_count, 1);
    assert_true(str_equal(back.log[0].file, history[0].file));
    arena_free(arena);
}

static void readers_find_what_they_insist_on(void **state)
{
    (void)state;
    static const char *const MEMBERS[] = {
        "format-version",  "table-uuid",
        "location",        "last-sequence-number",
        "last-updated-ms", "last-column-id",
        "schemas",         "current-schema-id",
        "partition-specs", "default-spec-id",
        "sort-orders",     "last-partition-id",
        "snapshots",       "default-sort-order-id",
        "refs.main.type",  "current-snapshot-id",
    };
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    Arena *arena = arena_new(1 << 20, &err);
    IcebergMeta meta = make(2);
    support_ok(iceberg_write(&SMALL_TABLE, &meta, &text, &err), &err);
    const Json *json = json_read(buf_str(&text), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(json != NULL, &err);
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        if (!json_path(json, str_of(MEMBERS[i])))
            fail_msg("no %s", MEMBERS[i]);
    const Json *mapping =
        json_member(json_member(json, STR("properties")), STR("schema.name-mapping.default"));
    assert_non_null(mapping);
    assert_non_null(json_read(mapping->text, &JSON_LIMITS_DEFAULT, arena, &err));
    arena_free(arena);
}

static void a_table_without_snapshots_says_minus_one(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    Arena *arena = arena_new(1 << 20, &err);
    IcebergMeta meta = make(0);
    IcebergMeta back;
    support_ok(iceberg_write(&SMALL_TABLE, &meta, &text, &err), &err);
    assert_non_null(memmem(text.ptr, text.len, "\"current-snapshot-id\":-1,", 25));
    support_ok(iceberg_read(buf_str(&text), arena, &back, &err), &err);
    assert_int_equal(back.snapshot_count, 0);
    arena_free(arena);
}

/* Any member taken away, any text cut: refused, never misread. */
static void a_damaged_document_is_refused(void **state)
{
    (void)state;
    static const char *const NEEDED[] = {
        "\"format-version\"",       "\"table-uuid\"",    "\"location\"",
        "\"last-sequence-number\"", "\"snapshots\"",     "\"schemas\"",
        "\"spoor.commit-seq\"",     "\"manifest-list\"", "\"current-snapshot-id\""};
    Error err = {0};
    BUF_AUTO Buf text = buf_init(1 << 20);
    Arena *arena = arena_new(1 << 24, &err);
    IcebergMeta meta = make(2);
    IcebergMeta back;
    support_ok(iceberg_write(&SMALL_TABLE, &meta, &text, &err), &err);
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++) {
        char *at = memmem(text.ptr, text.len, NEEDED[i], strlen(NEEDED[i]));
        assert_non_null(at);
        at[1] ^= 1;
        if (iceberg_read(buf_str(&text), arena, &back, &err))
            fail_msg("without %s it was read", NEEDED[i]);
        assert_int_equal(err.kind, ERROR_INPUT);
        at[1] ^= 1;
    }
    char *uuid = memmem(text.ptr, text.len, "9c12d441", 8);
    uuid[3] = '"' ^ 1; /* no digit of a UUID */
    assert_false(iceberg_read(buf_str(&text), arena, &back, &err));
    uuid[3] = '2';
    assert_true(iceberg_read(buf_str(&text), arena, &back, &err));
    for (size_t len = 0; len < text.len; len += 7) {
        arena_reset(arena);
        assert_false(iceberg_read((Str){text.ptr, len}, arena, &back, &err));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_comes_back),
        cmocka_unit_test(readers_find_what_they_insist_on),
        cmocka_unit_test(a_table_without_snapshots_says_minus_one),
        cmocka_unit_test(a_damaged_document_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
