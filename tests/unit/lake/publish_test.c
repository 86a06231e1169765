/* What is published is what is live: after appends, merges, expiry, moves, damage and failures. */
#include "lake/publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "lake/catalog.h"
#include "lake/layout.h"
#include "lake/publication.h"
#include "support/support.h"

static Lake *lake;
static int64_t seq;
static int64_t now_us;

static int64_t test_clock(void)
{
    return now_us;
}

static int open_lake(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256];
    now_us = INT64_C(1800000000000000);
    clock_replace(test_clock);
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    seq = 0;
    return 0;
}

static int close_lake(void **state)
{
    (void)state;
    clock_replace(NULL);
    lake_close(lake);
    support_folder_end();
    return 0;
}

/* Runs a statement made by printf rules on the state. */
static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *format, ...)
{
    char sql[1024];
    Error err = {0};
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    support_ok(db_exec(lake->db, sql, &err), &err);
}

static void commit(void)
{
    seq++;
    run("INSERT INTO commits VALUES (%" PRId64 ", 'ingest', 0)", seq);
}

/* A part of the current commit; its summary says: version 1, rows, bytes, one group, no leaves. */
static void add_part(int name, int day, int rows)
{
    run("INSERT INTO parts (id, path, day, rows, bytes, time_min, time_max, summary, added_seq)"
        " VALUES (%d, 'cloudtrail/data/%d.parquet', %d, %d, 100, 0, 0, x'01%02x64010400', %" PRId64
        ")",
        name, name, day, rows, rows, seq);
}

static void remove_part(int name)
{
    run("UPDATE parts SET removed_seq = %" PRId64 " WHERE id = %d", seq, name);
}

/* ---- reading what is published, as a reader would ---- */

typedef struct Published {
    Publication publication;
    Buf document;
    size_t manifests;
    size_t live;
    size_t deleted;
    uint64_t rows;
    int64_t sequence_min;
    int64_t name_sum;
} Published;

static bool see_entry(void *context, const ManifestEntry *entry, Error *err)
{
    Published *published = context;
    uint64_t name = 0;
    char prefix[LAYOUT_PATH_BYTES];
    (void)err;
    int used = snprintf(prefix, sizeof prefix, "file://%s/cloudtrail/data/", lake->folder);
    assert_true(str_starts(entry->path, (Str){prefix, (size_t)used}));
    Str rest = str_slice(entry->path, (size_t)used, entry->path.len);
    assert_true(str_to_u64(str_slice(rest, 0, str_find_byte(rest, '.', 0)), &name));
    if (entry->status == MANIFEST_DELETED) {
        published->deleted++;
        return true;
    }
    published->live++;
    published->rows += entry->rows;
    published->name_sum += (int64_t)(name * name);
    assert_true(entry->sequence > 0);
    return true;
}

static void read_manifests(Published *published, const IcebergSnapshot *snapshot)
{
    Error err = {0};
    BUF_AUTO Buf list = buf_init(1 << 20);
    BUF_AUTO Buf rows = buf_init(1 << 20);
    support_ok(publication_read(&published->publication, snapshot->manifest_list, &list, &err) &&
                   manifest_list_read(buf_str(&list), &rows, &err),
               &err);
    const ManifestRow *row = (const ManifestRow *)(const void *)rows.ptr;
    published->manifests = rows.len / sizeof *row;
    for (size_t i = 0; i < published->manifests; i++) {
        BUF_AUTO Buf bytes = buf_init(1 << 24);
        size_t live = published->live;
        support_ok(publication_read(&published->publication, row[i].path, &bytes, &err), &err);
        assert_int_equal(bytes.len, row[i].length);
        support_ok(manifest_read(&PUBLICATION_CLOUDTRAIL, buf_str(&bytes), &row[i], see_entry,
                                 published, &err),
                   &err);
        assert_int_equal(published->live - live,
                         row[i].files[MANIFEST_ADDED] + row[i].files[MANIFEST_EXISTING]);
    }
}

/* Reads snapshot number *back* from the end. */
static Published read_published(size_t back)
{
    Error err = {0};
    BUF_AUTO Buf pointer = buf_init(4096);
    Published published = {.publication = {.lake = lake,
                                           .table = &PUBLICATION_CLOUDTRAIL,
                                           .arena = arena_new(64 << 20, &err)},
                           .document = buf_init(1 << 24)};
    Db *catalog = catalog_open(lake->folder, &err);
    support_ok(catalog && catalog_get(catalog, "cloudtrail", &pointer, &err), &err);
    db_close(catalog);
    IcebergMeta *meta = &published.publication.meta;
    support_ok(
        publication_read(&published.publication, buf_str(&pointer), &published.document, &err) &&
            iceberg_read(buf_str(&published.document), published.publication.arena, meta, &err),
        &err);
    if (back < meta->snapshot_count)
        read_manifests(&published, &meta->snapshots[meta->snapshot_count - 1 - back]);
    return published;
}

static void free_published(Published *published)
{
    arena_free(published->publication.arena);
    buf_free(&published->document);
}

static int64_t ask(const char *sql)
{
    int64_t value = -1;
    Error err = {0};
    support_ok(db_get_int(lake->db, sql, 0, &value, &err), &err);
    return value;
}

/* The current snapshot lists exactly the live parts. */
static void check_current(void)
{
    Published published = read_published(0);
    assert_int_equal(published.live, ask("SELECT count(*) FROM parts WHERE removed_seq IS NULL"));
    assert_int_equal(published.rows, ask("SELECT sum(rows) FROM parts WHERE removed_seq IS NULL"));
    assert_int_equal(published.name_sum,
                     ask("SELECT sum(id * id) FROM parts WHERE removed_seq IS NULL"));
    assert_int_equal(published.publication.meta.snapshot_count,
                     ask("SELECT count(*) FROM publications WHERE expired = 0"));
    free_published(&published);
}

static void publish(void)
{
    Error err = {0};
    support_ok(publish_lake(lake, &err), &err);
}

/* ---- the sentences ---- */

static void an_empty_lake_publishes_nothing(void **state)
{
    (void)state;
    publish();
    assert_int_equal(ask("SELECT count(*) FROM publications"), 0);
}

static void an_append_carries_the_former_manifest(void **state)
{
    (void)state;
    commit();
    add_part(1, 100, 5);
    add_part(2, 101, 6);
    publish();
    check_current();
    commit();
    add_part(3, 101, 7);
    now_us += 60000000;
    publish();
    check_current();
    Published published = read_published(0);
    assert_int_equal(published.manifests, 2);
    const IcebergMeta *meta = &published.publication.meta;
    assert_int_equal(meta->snapshot_count, 2);
    assert_int_equal(meta->last_sequence, 2);
    assert_int_equal(meta->log_count, 1);
    assert_int_equal(meta->snapshots[1].parent_id, meta->snapshots[0].id);
    assert_int_equal(meta->snapshots[1].commit_seq, 2);
    free_published(&published);
}

static void nothing_new_publishes_nothing(void **state)
{
    (void)state;
    commit();
    add_part(1, 100, 5);
    publish();
    publish();
    commit();
    publish();
    assert_int_equal(ask("SELECT count(*) FROM publications"), 1);
}

static void a_part_that_came_and_went_between_is_never_seen(void **state)
{
    (void)state;
    commit();
    add_part(1, 100, 5);
    add_part(2, 100, 5);
    commit();
    remove_part(2);
    add_part(3, 100, 5);
    publish();
    check_current();
    Published published = read_published(0);
    assert_int_equal(published.deleted, 0);
    free_published(&published);
}

static void a_merge_deletes_what_it_replaced_in_its_snapshot_only(void **state)
{
    (void)state;
    commit();
    add_part(1, 100, 5);
    add_part(2, 100, 6);
    add_part(3, 200, 7);
    publish();
    commit();
    add_part(4, 200, 1);
    publish();
    commit();
    remove_part(1);
    remove_part(2);
    add_part(5, 100, 11);
    publish();
    check_current();
    Published published = read_published(0);
    const IcebergMeta *meta = &published.publication.meta;
    assert_int_equal(published.deleted, 2);
    assert_true(str_starts(meta->snapshots[2].summary, STR("{\"operation\":\"replace\"")));
    free_published(&published);
    published = read_published(1); /* the snapshot before still has them */
    assert_int_equal(published.live, 4);
    free_published(&published);
    commit();
    remove_part(3);
    publish();
    check_current();
    published = read_published(0);
    assert_int_equal(published.deleted, 1);
    free_published(&published);
}

static void many_manifests_become_few(void **state)
{
    (void)state;
    for (int i = 1; i <= 103; i++) {
        commit();
        add_part(i, i, i);
        publish();
    }
    check_current();
    Published published = read_published(0);
    assert_true(published.manifests < 10);
    free_published(&published);
    published = read_published(5);
    assert_int_equal(published.manifests, 98);
    free_published(&published);
}

static void old_snapshots_expire_but_young_ones_and_the_last_stay(void **state)
{
    (void)state;
    Error err = {0};
    PublishPolicy policy = {.age_min_ms = 1000, .age_max_ms = 100000, .count_max = 3};
    static const struct {
        int64_t step_us;
        size_t kept;
    } STEPS[] = {
        {0, 1},         {100000, 2}, {100000, 3},
        {100000, 4},    {100000, 5}, /* young: more than count_max */
        {2000000, 4},                /* three before it stay, and itself */
        {200000000, 1},
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        now_us += STEPS[i].step_us;
        commit();
        add_part((int)i + 1, 100, 1);
        support_ok(publish_now(lake, &policy, false, &err), &err);
        Published published = read_published(0);
        assert_true(published.publication.meta.snapshot_count <= STEPS[i].kept);
        assert_true(published.publication.meta.snapshot_count + 1 >= STEPS[i].kept);
        free_published(&published);
        check_current();
    }
    int64_t released;
    support_ok(publish_released_seq(lake, "cloudtrail", &released, &err), &err);
    assert_int_equal(released, seq);
}

static void a_clock_set_back_does_not_turn_time_back(void **state)
{
    (void)state;
    commit();
    add_part(1, 100, 5);
    publish();
    now_us -= INT64_C(86400000000);
    commit();
    add_part(2, 100, 5);
    publish();
    Published published = read_published(0);
    const IcebergMeta *meta = &published.publication.meta;
    assert_true(meta->snapshots[1].at_ms > meta->snapshots[0].at_ms);
    free_published(&published);
}

static void a_moved_lake_is_published_anew(void **state)
{
    (void)state;
    Error err = {0};
    char from[256];
    char to[256];
    commit();
    add_part(1, 100, 5);
    publish();
    snprintf(from, sizeof from, "%s", lake->folder);
    snprintf(to, sizeof to, "%s/other", support_folder());
    lake_close(lake);
    assert_int_equal(rename(from, to), 0);
    lake = lake_open(to, LAKE_WRITE, &err);
    support_ok(lake != NULL, &err);
    publish();
    check_current();
    Published published = read_published(0);
    assert_int_equal(published.publication.meta.snapshot_count, 1);
    assert_int_equal(published.publication.meta.last_sequence, 2);
    free_published(&published);
}

static void damaged_metadata_is_replaced(void **state)
{
    (void)state;
    Error err = {0};
    char path[LAYOUT_PATH_BYTES];
    BUF_AUTO Buf pointer = buf_init(4096);
    commit();
    add_part(1, 100, 5);
    publish();
    Db *catalog = catalog_open(lake->folder, &err);
    support_ok(catalog && catalog_get(catalog, "cloudtrail", &pointer, &err), &err);
    db_close(catalog);
    snprintf(path, sizeof path, "%.*s", (int)pointer.len - 7, pointer.ptr + 7);
    support_ok(file_replace(path, STR("{\"format-version\":2}"), &err), &err);
    now_us += 60000000;
    commit();
    add_part(2, 100, 5);
    publish();
    check_current();
}

#ifdef SPOOR_FAULTS
/* Fails the first step of *kind*, then the second, until a publication gets through. */
static void fail_each(FaultKind kind)
{
    bool done = false;
    commit();
    add_part(1, 100, 5);
    publish();
    for (int name = 2; !done; name++) {
        Error err = {0};
        commit();
        add_part(name, 100, 5);
        if (name > 3)
            remove_part(name - 2);
        fault_arm(kind, (uint64_t)name - 1);
        done = publish_lake(lake, &err);
        assert_true(done || err.kind != ERROR_NONE);
        fault_arm(kind, 0);
        publish();
        check_current();
        assert_true(name < 1000);
    }
}
#endif

/* Invariant 3 of iceberg-publication.md. */
static void every_step_may_fail(void **state)
{
    FaultKind kind = *(const FaultKind *)*state;
#ifdef SPOOR_FAULTS
    open_lake(state);
    fail_each(kind);
    close_lake(state);
#else
    (void)kind;
    skip();
#endif
}

static FaultKind kinds[] = {FAULT_ALLOC, FAULT_SYSCALL, FAULT_DURABLE};

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_lake, close_lake)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_empty_lake_publishes_nothing),
        CASE(an_append_carries_the_former_manifest),
        CASE(nothing_new_publishes_nothing),
        CASE(a_part_that_came_and_went_between_is_never_seen),
        CASE(a_merge_deletes_what_it_replaced_in_its_snapshot_only),
        CASE(many_manifests_become_few),
        CASE(old_snapshots_expire_but_young_ones_and_the_last_stay),
        CASE(a_clock_set_back_does_not_turn_time_back),
        CASE(a_moved_lake_is_published_anew),
        CASE(damaged_metadata_is_replaced),
        cmocka_unit_test_prestate(every_step_may_fail, &kinds[0]),
        cmocka_unit_test_prestate(every_step_may_fail, &kinds[1]),
        cmocka_unit_test_prestate(every_step_may_fail, &kinds[2]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
