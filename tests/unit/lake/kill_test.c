/* Appends, merging and publication in one process, which is killed at a durable step or at a
 * random moment; what it leaves keeps the invariants of docs/formats/commit.md, and the same work
 * done again brings each event in once. The test starts itself anew: "append FOLDER" is the process
 * that is killed, "check FOLDER" the one that looks.
 *
 * KILL_ROUNDS (8) says how often, KILL_SEED (1) what is random; both are tests/flow/kill's too. */
#include "support/support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "lake/expire.h"
#include "lake/merge.h"
#include "lake/part.h"
#include "lake/publish_sweep.h"
#include "lake/scan_sql.h"
#include "lake/sweep.h"
#include "support/sample.h"

enum { OBJECTS = 60, RECORDS = 20, REPEATED = 5, APPENDERS = 2, PUBLISH_EVERY = 6 };
enum { STEPS_MAX = 900, DELAY_MAX_US = 150000, WAIT_US = 1000 };

/* ---- the process that is killed ---- */

typedef struct Work {
    Lake *lake;
    ClaimTable *claims;
    Engine *engine;
    bool is_in[OBJECTS];
    int64_t next_id;
    _Atomic int appending;
} Work;

typedef struct Appender {
    Work *work;
    int number;
} Appender;

/* Records of object *k* over two days that are long closed, and some of the object before it. */
static void put_records(Buf *out, int k)
{
    Error err = {0};
    bool ok = buf_printf(out, &err, "{\"Records\":[");
    for (int i = 0; ok && i < RECORDS + (k > 0 ? REPEATED : 0); i++) {
        int object = i < RECORDS ? k : k - 1, record = i % RECORDS;
        ok = buf_printf(out, &err,
                        "%s{\"eventVersion\":\"1.08\",\"eventTime\":\"2020-01-0%dT00:00:%02dZ\","
                        "\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\","
                        "\"awsRegion\":\"us-east-1\",\"eventID\":\"%d-%d\","
                        "\"recipientAccountId\":\"111122223333\"}",
                        i ? "," : "", 1 + record % 2, record, object, record);
    }
    support_ok(ok && buf_printf(out, &err, "]}"), &err);
}

static void append_object(Work *work, PartStore *store, int k)
{
    Error err = {0};
    PartResult result;
    char key[16];
    BUF_AUTO Buf json = buf_init(1 << 20);
    QuarantineSet none = quarantine_new();
    put_records(&json, k);
    Batch *batch = sample_batch_keyed(buf_str(&json), work->lake->secret, work->next_id + k);
    snprintf(key, sizeof key, "%d", k);
    Receipt receipt = {.object_id = work->next_id + k,
                       .source = STR("file"),
                       .key = str_of(key),
                       .etag = "e",
                       .read = batch->rows,
                       .row_end = batch->rows};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &none};
    support_ok(part_commit(store, &input, &result, &err), &err);
    batch_free(batch);
}

static void publish(Work *work)
{
    static const PublishPolicy SHORT = {.age_min_ms = 0, .age_max_ms = 1000, .count_max = 3};
    Error err = {0};
    ExpireReport report;
    Claim *claim = claim_take(work->claims, NULL, 0, &err);
    bool ok = claim && claim_await_turn(claim) && expire_lake(work->lake, &SHORT, &report, &err);
    claim_end(claim, ok);
    support_ok(ok, &err);
}

static void *append(void *context)
{
    const Appender *appender = context;
    Work *work = appender->work;
    Error err = {0};
    PartStore *store = part_store_new(work->lake, work->claims, &err);
    support_ok(store != NULL, &err);
    for (int k = appender->number; k < OBJECTS; k += APPENDERS) {
        if (work->is_in[k])
            continue;
        append_object(work, store, k);
        if (k % PUBLISH_EVERY == 0)
            publish(work);
    }
    part_store_free(store);
    atomic_fetch_sub(&work->appending, 1);
    return NULL;
}

static void *merge(void *context)
{
    Work *work = context;
    bool over = false;
    while (!over) {
        Error err = {0};
        MergeReport report;
        MergeOptions options = {
            work->lake, work->claims, work->engine, INT64_MIN, INT64_MAX, NULL, 0, 0};
        over = atomic_load(&work->appending) == 0; /* then this merge is the last one */
        support_ok(merge_lake(&options, &report, &err), &err);
        nanosleep(&(struct timespec){.tv_nsec = WAIT_US * 1000}, NULL);
    }
    return NULL;
}

static Engine *open_engine(void)
{
    Error err = {0};
    EngineOptions options = {.memory_bytes = 1u << 30, .threads = 1};
    Engine *engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    return engine;
}

static void open_work(Work *work, const char *folder)
{
    Error err = {0};
    SweepReport swept;
    work->lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(work->lake && sweep_lake(work->lake, false, &swept, &err) &&
                   publish_sweep(work->lake, false, &swept, &err) &&
                   receipt_next_id(work->lake, &work->next_id, &err),
               &err);
    for (int k = 0; k < OBJECTS; k++) {
        char key[16];
        ReceiptMatch match;
        snprintf(key, sizeof key, "%d", k);
        support_ok(receipt_find(work->lake, STR("file"), str_of(key), STR("e"), &match, &err),
                   &err);
        work->is_in[k] = match == RECEIPT_SAME;
    }
    work->claims = claim_table_new(work->lake, &err);
    support_ok(work->claims != NULL, &err);
    work->engine = open_engine();
    atomic_store(&work->appending, APPENDERS);
}

/* Appends what is not in yet; merging and publication go on beside it. */
static int append_main(const char *folder)
{
    static Work work;
    pthread_t merger, threads[APPENDERS];
    Appender appenders[APPENDERS];
    open_work(&work, folder);
    assert_int_equal(pthread_create(&merger, NULL, merge, &work), 0);
    for (int i = 0; i < APPENDERS; i++) {
        appenders[i] = (Appender){&work, i};
        assert_int_equal(pthread_create(&threads[i], NULL, append, &appenders[i]), 0);
    }
    for (int i = 0; i < APPENDERS; i++)
        pthread_join(threads[i], NULL);
    pthread_join(merger, NULL);
    publish(&work);
    engine_close(work.engine);
    claim_table_free(work.claims);
    lake_close(work.lake);
    return 0;
}

/* ---- the process that looks ---- */

static int64_t ask(Lake *lake, const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

/* Texts of a query's rows, one after the other with "," between them. */
static size_t join(Lake *lake, const char *sql, Buf *ret)
{
    Error err = {0};
    bool row = true;
    size_t count = 0;
    DbStatement *select = db_statement(lake->db, sql, &err);
    support_ok(select != NULL, &err);
    while (db_next(select, &row, &err) && row)
        support_ok(buf_printf(ret, &err, "%s%.*s", count++ ? "," : "", STR_ARG(db_text(select, 0))),
                   &err);
    support_ok(err.kind == ERROR_NONE && buf_text(ret, &err), &err);
    return count;
}

/* What the files themselves hold of the objects *keys*: rows, different events, and those of them
 * that belong to one of *keys*. */
static void read_events(Lake *lake, const char *keys, long long ret[3])
{
    enum { FILES_MAX = 500 };
    static char paths[FILES_MAX][512];
    static const char *list[FILES_MAX];
    Error err = {0};
    bool row = true;
    size_t count = 0;
    BUF_AUTO Buf sql = buf_init(1 << 20), text = buf_init(1000);
    DbStatement *select =
        db_statement(lake->db, "SELECT path FROM parts WHERE removed_seq IS NULL", &err);
    while (select && db_next(select, &row, &err) && row) {
        assert_true(count < FILES_MAX);
        list[count] = paths[count];
        snprintf(paths[count++], sizeof paths[0], "%s/%.*s", lake->folder,
                 STR_ARG(db_text(select, 0)));
    }
    support_ok(buf_printf(&sql, &err,
                          "SELECT count(*) || ' ' || count(DISTINCT eventid) || ' ' || count("
                          "DISTINCT eventid) FILTER (split_part(eventid, '-', 1)::INTEGER IN (%s))"
                          " FROM ",
                          *keys ? keys : "-1") &&
                   scan_sql(&sql, list, count, &err) && buf_text(&sql, &err),
               &err);
    Engine *engine = open_engine();
    EngineResult *result = engine_query(engine, sql.ptr, &err);
    support_ok(result && engine_next(result, &row, &err) &&
                   engine_value(result, 0, ENGINE_TEXT, &text, &err) && buf_text(&text, &err),
               &err);
    char *at = text.ptr;
    for (int i = 0; i < 3; i++)
        ret[i] = strtoll(at, &at, 10);
    engine_result_free(result);
    engine_close(engine);
}

/* The numbers are those of docs/formats/commit.md. Exits 0 when all objects are in, 3 when not. */
static int check_main(const char *folder)
{
    Error err = {0};
    SweepReport swept;
    long long events[3];
    BUF_AUTO Buf keys = buf_init(1 << 20);
    Lake *lake = lake_open(folder, LAKE_WRITE, &err);
    support_ok(lake != NULL, &err);
    size_t objects = join(lake, "SELECT key FROM objects WHERE superseded_by IS NULL", &keys);
    int64_t kept = ask(lake, "SELECT coalesce(sum(kept), 0) FROM objects");
    read_events(lake, keys.ptr, events);
    /* 1 */
    assert_int_equal(events[0], events[1]);
    assert_int_equal(events[2], objects * RECORDS);
    /* 2 */
    assert_int_equal(ask(lake, "SELECT count(*) FROM objects"), objects);
    assert_int_equal(ask(lake, "SELECT count(*) FROM objects WHERE read <> kept + duplicate +"
                               " dropped + quarantined"),
                     0);
    /* 3 */
    assert_int_equal(ask(lake, "SELECT coalesce(sum(rows), 0) FROM parts"
                               " WHERE removed_seq IS NULL"),
                     kept);
    assert_int_equal(events[0], kept);
    /* 4 */
    assert_int_equal(ask(lake, "SELECT coalesce(sum(entries), 0) FROM runs"), kept);
    /* 5 */
    support_ok(sweep_lake(lake, true, &swept, &err), &err);
    assert_int_equal(swept.missing, 0);
    /* 6 */
    support_ok(publish_lake(lake, &err) && publish_sweep(lake, false, &swept, &err), &err);
    if (objects == OBJECTS)
        assert_int_equal(kept, OBJECTS * RECORDS);
    lake_close(lake);
    return objects == OBJECTS ? 0 : 3;
}

/* ---- the test ---- */

static pid_t start(const char *what, const char *folder, unsigned long kill_step)
{
    char step[24];
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    snprintf(step, sizeof step, "%lu", kill_step);
    if (kill_step)
        setenv("SPOOR_FAULT_KILL", step, 1);
    execl("/proc/self/exe", "kill_test", what, folder, (char *)NULL);
    _exit(127);
}

static int wait_for(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* Exit status of "check"; fails the test when it found something. */
static int look(const char *folder)
{
    int status = wait_for(start("check", folder, 0));
    assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3));
    return WEXITSTATUS(status);
}

/* Appends until killed: at a durable step, or after a moment. True when it was killed. */
static bool append_and_kill(const char *folder, bool at_step, uint64_t random)
{
    pid_t child = start("append", folder, at_step ? 1 + random % STEPS_MAX : 0);
    if (!at_step) {
        nanosleep(&(struct timespec){.tv_nsec = (long)(random % DELAY_MAX_US) * 1000}, NULL);
        kill(child, SIGKILL);
    }
    int status = wait_for(child);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!killed && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
        fail_msg("appending ended with status %d", status);
    return killed;
}

static uint64_t from_environment(const char *name, uint64_t fallback)
{
    uint64_t number;
    const char *text = getenv(name);
    return text && str_to_u64(str_of(text), &number) ? number : fallback;
}

static void appends_beside_a_merge_are_killed_and_each_event_is_in_once(void **state)
{
    (void)state;
    Error err = {0};
    char folder[256], state_path[300];
    uint64_t rounds = from_environment("KILL_ROUNDS", 8);
    uint64_t random = from_environment("KILL_SEED", 1);
    int kills = 0, lakes = 0;
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    snprintf(state_path, sizeof state_path, "%s/state.db", folder);
    for (uint64_t round = 0; round < rounds; round++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        kills += append_and_kill(folder, round % 2 == 0, random >> 33);
        if (!file_exists(state_path) || look(folder) != 0)
            continue;
        lakes++;
        support_ok(file_remove_tree(folder, &err), &err);
    }
    assert_int_equal(wait_for(start("append", folder, 0)), 0);
    assert_int_equal(look(folder), 0);
    printf("%d kills over %d lakes\n", kills, lakes + 1);
    assert_true(kills > 0 || rounds == 0);
    support_folder_end();
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return strcmp(argv[1], "append") == 0 ? append_main(argv[2]) : check_main(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_beside_a_merge_are_killed_and_each_event_is_in_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
