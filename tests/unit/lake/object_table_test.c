#include "lake/object_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/engine.h"
#include "base/fault.h"
#include "lake/expire.h"
#include "lake/publication.h"
#include "lake/publish.h"
#include "lake/published.h"
#include "lake/receipt.h"
#include "lake/sweep.h"
#include "support/support.h"

static Lake *lake;
static Engine *engine;
static int lakes;

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    EngineOptions options = {.memory_bytes = 1u << 28, .threads = 1};
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

static int open_lake(void **state)
{
    (void)state;
    Error err = {0};
    char folder[300];
    snprintf(folder, sizeof folder, "%s/lake%d", support_folder(), lakes++);
    lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    return 0;
}

static int close_lake(void **state)
{
    (void)state;
    lake_close(lake);
    return 0;
}

static int64_t ask(const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

/* Commits the receipts of objects [from, to), as commit *seq*. */
static void commit(int64_t seq, int64_t from, int64_t to, const char *etag)
{
    Error err = {0};
    support_ok(db_begin(lake->db, &err), &err);
    DbStatement *insert = db_statement(
        lake->db, "INSERT INTO commits (seq, kind, at_us) VALUES (?, 'ingest', 1)", &err);
    db_bind_int(insert, 1, seq);
    support_ok(db_run(insert, &err), &err);
    for (int64_t id = from; id < to; id++) {
        char key[64];
        snprintf(key, sizeof key, "/k/%" PRId64, id % 1000);
        Receipt receipt = {.object_id = id,
                           .source = STR("file"),
                           .key = str_of(key),
                           .bytes = (uint64_t)id * 7,
                           .modified_us = INT64_C(1795219200000000),
                           .read = 10,
                           .kept = 8,
                           .duplicate = 2};
        snprintf(receipt.etag, sizeof receipt.etag, "%s", etag);
        snprintf(receipt.reason, sizeof receipt.reason, "%s", id % 2 ? "" : "why");
        memset(receipt.sha256, (int)id, sizeof receipt.sha256);
        support_ok(receipt_insert(lake, &receipt, seq, 5, &err), &err);
    }
    support_ok(db_commit(lake->db, &err), &err);
}

/* What the published table says: an expression over its current files. */
static void read_published(const char *expression, char ret[200])
{
    Error err = {0};
    bool row;
    const char *trouble;
    Published published;
    BUF_AUTO Buf sql = buf_init(1 << 20);
    BUF_AUTO Buf text = buf_init(1000);
    Arena *arena = arena_new(16 << 20, &err);
    support_ok(published_read(lake, &PUBLICATION_OBJECTS, arena, &published, &trouble, &err), &err);
    assert_null(trouble);
    support_ok(buf_printf(&sql, &err, "SELECT %s FROM read_parquet([", expression), &err);
    for (size_t i = 0; i < published.file_count; i++)
        support_ok(buf_printf(&sql, &err, "%s'%s/%.*s'", i ? "," : "", lake->folder,
                              STR_ARG(published.files[i])),
                   &err);
    support_ok(buf_printf(&sql, &err, "])") && buf_text(&sql, &err), &err);
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err),
               &err);
    snprintf(ret, 200, "%.*s", STR_ARG(buf_str(&text)));
    engine_result_free(result);
    arena_free(arena);
}

/* The published table and the state say the same of every receipt. */
static void assert_published(void)
{
    char found[200], expected[200];
    snprintf(expected, sizeof expected, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
             ask("SELECT count(*) FROM objects"), ask("SELECT sum(id * 31 + bytes) FROM objects"),
             ask("SELECT coalesce(sum(superseded_by), 0) FROM objects"),
             ask("SELECT sum(commit_seq) FROM objects"));
    read_published("count(DISTINCT object_id) || ' ' || sum(object_id * 31 + bytes) || ' ' ||"
                   " coalesce(sum(superseded_by), 0) || ' ' || sum(commit_seq)",
                   found);
    assert_string_equal(found, expected);
    snprintf(expected, sizeof expected, "%" PRId64, ask("SELECT count(*) FROM objects"));
    read_published("count(*)", found);
    assert_string_equal(found, expected);
}

static void publish(void)
{
    Error err = {0};
    support_ok(publish_lake(lake, &err), &err);
}

static void every_receipt_is_published_with_its_values(void **state)
{
    (void)state;
    char found[200];
    commit(3, 1, 51, "a");
    publish();
    assert_published();
    read_published("string_agg(DISTINCT etag || source || state || modified || coalesce(reason, "
                   "'-')) FILTER (object_id = 17)",
                   found);
    assert_string_equal(found, "afileingested2026-11-21 00:00:00-");
    read_published("first(sha256) FILTER (object_id = 17)", found);
    assert_string_equal(found, "1111111111111111111111111111111111111111111111111111111111111111");
}

static void a_receipt_that_changed_is_published_anew(void **state)
{
    (void)state;
    commit(1, 1, 101, "a");
    publish();
    commit(2, 200, 301, "b");
    publish();
    assert_int_equal(ask("SELECT count(*) FROM object_files WHERE removed_seq IS NULL"), 2);
    commit(3, 1002, 1003, "c"); /* the key of object 2 */
    assert_int_equal(ask("SELECT superseded_by FROM objects WHERE id = 2"), 1002);
    publish();
    assert_published();
    assert_int_equal(ask("SELECT count(*) FROM object_files WHERE removed_seq IS NULL"), 3);
    assert_int_equal(ask("SELECT count(*) FROM object_files WHERE removed_seq IS NOT NULL"), 1);
    commit(4, 150, 160, "d"); /* ids that were given before others and came later */
    publish();
    assert_published();
    commit(5, 150, 151, "e"); /* a partial receipt is replaced */
    publish();
    assert_published();
}

static void put(const char *sql)
{
    Error err = {0};
    support_ok(db_exec(lake->db, sql, &err), &err);
}

/* Digests come later than their logs, and their signatures are checked later still. */
static void a_verdict_that_changed_is_published_anew(void **state)
{
    static const char VERDICT[] = "first(verdict || coalesce(digest, 0)) FILTER (object_id = 17)";
    char found[200];
    (void)state;
    commit(1, 1, 51, "a");
    put("UPDATE objects SET account = 'a', region = 'r', delivered_us = 1800000000 WHERE id = 17");
    publish();
    read_published(VERDICT, found);
    assert_string_equal(found, "uncovered0");
    commit(2, 60, 61, "b");
    put("INSERT INTO digests (object_id, account, region, start_us, end_us, stored, commit_seq)"
        " VALUES (60, 'a', 'r', 0, 3600000000, '', 2)");
    publish();
    read_published(VERDICT, found);
    assert_string_equal(found, "unlisted0");
    commit(3, 61, 62, "c");
    put("INSERT INTO digests (object_id, stored, commit_seq) VALUES (61, '', 3);"
        "INSERT INTO digest_logs SELECT key, source, 61, 0, sha256 FROM objects WHERE id = 17");
    publish();
    read_published(VERDICT, found);
    assert_string_equal(found, "listed61");
    put("INSERT INTO commits (seq, kind, at_us) VALUES (4, 'verify', 1);"
        "UPDATE digests SET verified = 1, verified_seq = 4 WHERE object_id = 61");
    publish();
    read_published(VERDICT, found);
    assert_string_equal(found, "verified61");
    assert_published();
    put("DELETE FROM digests; DELETE FROM digest_logs");
}

static void files_stay_few(void **state)
{
    (void)state;
    for (int64_t seq = 1; seq <= OBJECT_TABLE_SMALL_FILES + 4; seq++) {
        commit(seq, seq * 3, seq * 3 + 3, "a");
        publish();
        assert_in_range(ask("SELECT count(*) FROM object_files WHERE removed_seq IS NULL"), 1,
                        OBJECT_TABLE_SMALL_FILES + 1);
    }
    assert_published();
    assert_int_equal(ask("SELECT sum(rows) FROM object_files WHERE removed_seq IS NULL"),
                     ask("SELECT count(*) FROM objects"));
}

static void nothing_new_publishes_nothing(void **state)
{
    (void)state;
    Error err = {0};
    commit(1, 1, 4, "a");
    publish();
    int64_t snapshots = ask("SELECT count(*) FROM publications");
    support_ok(db_exec(lake->db, "INSERT INTO commits VALUES (2, 'merge', 1)", &err), &err);
    publish();
    assert_int_equal(ask("SELECT count(*) FROM publications"), snapshots);
    assert_int_equal(ask("SELECT count(*) FROM object_files"), 1);
}

static void a_failed_step_is_done_again(void **state)
{
    (void)state;
    Error err = {0};
    commit(1, 1, 40, "a");
    publish();
    commit(2, 20, 60, "b");
    bool ok = false;
    for (uint64_t step = 1; !ok; step++) {
        fault_arm(FAULT_DURABLE, step);
        ok = publish_lake(lake, &err);
        fault_arm(FAULT_DURABLE, 0);
        error_clear(&err);
        assert_true(step < 200);
    }
    assert_published();
}

static void what_was_replaced_expires_and_is_swept(void **state)
{
    (void)state;
    Error err = {0};
    ExpireReport report;
    SweepReport sweep;
    PublishPolicy none = {0};
    commit(1, 1, 40, "a");
    publish();
    commit(2, 20, 60, "b");
    publish();
    support_ok(
        db_exec(lake->db, "UPDATE object_files SET removed_at_us = 1 WHERE removed_seq > 0", &err),
        &err);
    support_ok(expire_lake(lake, &none, &report, &err), &err);
    assert_int_equal(report.files, 1);
    assert_int_equal(ask("SELECT count(*) FROM object_files"), 1);
    assert_published();
    lake->opened_at_us = INT64_MAX;
    support_ok(sweep_lake(lake, false, &sweep, &err), &err);
    assert_int_equal(sweep.missing + sweep.files, 0);
    assert_int_equal(sweep.named, 1);
    support_ok(publish_sweep(lake, false, &sweep, &err), &err);
    assert_published();
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_lake, close_lake)
    const struct CMUnitTest tests[] = {
        CASE(every_receipt_is_published_with_its_values),
        CASE(a_receipt_that_changed_is_published_anew),
        CASE(a_verdict_that_changed_is_published_anew),
        CASE(files_stay_few),
        CASE(nothing_new_publishes_nothing),
        CASE(a_failed_step_is_done_again),
        CASE(what_was_replaced_expires_and_is_swept),
    };
#undef CASE
    return cmocka_run_group_tests(tests, begin, end);
}
