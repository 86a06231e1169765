#include "support/support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/mem.h"
#include "lake/part.h"
#include "query/worker.h"
#include "support/sample.h"

enum { RECORDS = 1000, SECOND_US = 1000000 };

#define LONG_QUERY "SELECT count(*) FROM cloudtrail a, cloudtrail b, cloudtrail c, cloudtrail d"

static Config *config;
static char temp[300], program[300];

static void fill_lake(const char *folder)
{
    Error err = {0};
    PartResult result;
    BUF_AUTO Buf json = buf_init(64 << 20);
    Lake *lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    sample_records(&json, RECORDS);
    Batch *batch = sample_batch(buf_str(&json));
    ClaimTable *claims = claim_table_new(lake, &err);
    PartStore *store = part_store_new(lake, claims, &err);
    QuarantineSet pieces = quarantine_new();
    Receipt receipt = {.object_id = 1,
                       .source = STR("file"),
                       .key = STR("/k"),
                       .read = RECORDS,
                       .row_end = RECORDS};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(part_commit(store, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(store);
    claim_table_free(claims);
    batch_free(batch);
    lake_close(lake);
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    static char folder[300];
    snprintf(folder, sizeof folder, "%s/lake", support_folder());
    snprintf(temp, sizeof temp, "%s/temp", support_folder());
    snprintf(program, sizeof program, "%s/program", support_folder());
    assert_int_equal(mkdir(temp, 0700), 0);
    assert_int_equal(setenv("TMPDIR", temp, 1), 0);
    fill_lake(folder);
    config = config_new(&err);
    support_ok(config && config_set(config, CONFIG_LAKE_FOLDER, str_of(folder), "--lake", &err),
               &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    config_free(config);
    support_folder_end();
    return 0;
}

static Worker *start(const char *given)
{
    Error err = {0};
    const WorkerOptions options = {
        .program = given, .config = config, .since_us = INT64_MIN, .until_us = INT64_MAX};
    Worker *worker = worker_start(&options, &err);
    support_ok(worker != NULL, &err);
    return worker;
}

static bool append(void *context, Str bytes, Error *err)
{
    return buf_append_str(context, bytes, err);
}

static bool ask(Worker *worker, WorkerStatement statement, Buf *out, WorkerAnswer *ret, Error *err)
{
    Error later = {0};
    const WorkerSink sink = {.put = append, .context = out};
    out->len = 0;
    bool ok = worker_run(worker, &statement, &sink, ret, err);
    support_ok(buf_text(out, &later) != NULL, &later);
    return ok;
}

static WorkerStatement csv(const char *sql)
{
    return (WorkerStatement){.sql = str_of(sql), .format = OUTPUT_CSV};
}

/* A worker leaves nothing behind. */
static void finish(Worker *worker)
{
    worker_end(worker);
    assert_int_equal(rmdir(temp), 0);
    assert_int_equal(mkdir(temp, 0700), 0);
}

/* What a sink is told while it waits. */
typedef struct Waited {
    unsigned calls, known;
    Worker *worker; /* to end once the progress is known */
} Waited;

static bool append_nothing(void *context, Str bytes, Error *err)
{
    (void)context, (void)bytes, (void)err;
    return true;
}

static void note_wait(void *context, int percent)
{
    Waited *waited = context;
    waited->calls++;
    assert_true(percent >= -1 && percent <= 100);
    if (percent >= 0 && waited->known++ == 0)
        worker_cancel(waited->worker);
}

static void a_sink_is_told_how_far_the_query_is(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    Worker *worker = start(NULL);
    Waited waited = {.worker = worker};
    const WorkerSink sink = {append_nothing, &waited, note_wait};
    const WorkerStatement statement = csv(LONG_QUERY);
    assert_false(worker_run(worker, &statement, &sink, &answer, &err));
    assert_string_equal(err.text, "the query was ended: interrupted");
    assert_true(waited.calls > 0 && waited.known > 0);
    assert_false(worker_has_ended(worker));
    finish(worker);
}

static void statements_are_answered_one_after_another(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    Worker *worker = start(NULL);
    support_ok(ask(worker, csv("SELECT count(*) AS n FROM cloudtrail"), &out, &answer, &err), &err);
    assert_string_equal(out.ptr, "n\n1000\n");
    assert_true(answer.rows == 1 && answer.scanned.files > 0 && answer.scanned.days > 0);
    assert_true(answer.scanned.bytes > 1000);
    assert_int_equal(answer.scannable.files, answer.scanned.files);
    assert_int_equal(answer.scannable.days, answer.scanned.days);
    support_ok(ask(worker, csv("SELECT count(*) AS n FROM objects"), &out, &answer, &err), &err);
    assert_string_equal(out.ptr, "n\n1\n");
    WorkerStatement json = csv("SELECT 'a' AS x");
    json.format = OUTPUT_JSONL;
    support_ok(ask(worker, json, &out, &answer, &err), &err);
    assert_string_equal(out.ptr, "{\"x\":\"a\"}\n");
    assert_non_null(strstr(worker_confinement(worker), "system calls"));
    finish(worker);
}

static void a_result_larger_than_a_message_comes_whole(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(64 << 20);
    Worker *worker = start(NULL);
    support_ok(ask(worker, csv("SELECT a.eventid FROM cloudtrail a, cloudtrail b LIMIT 50000"),
                   &out, &answer, &err),
               &err);
    size_t lines = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.ptr[i] == '\n';
    assert_int_equal(lines, 50001);
    assert_int_equal(answer.rows, 50000);
    finish(worker);
}

static void errors_come_back_as_they_are(void **state)
{
    (void)state;
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    Worker *worker = start(NULL);
    Error err = {0};
    assert_false(ask(worker, csv("SELECT nobody FROM cloudtrail"), &out, &answer, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_non_null(strstr(err.text, "line 1:8"));
    assert_true(answer.culprit.at == 7 && answer.culprit.end == 13);
    WorkerStatement few = csv("SELECT eventid FROM cloudtrail");
    few.rows_max = 10;
    assert_false(ask(worker, few, &out, &answer, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_non_null(strstr(err.text, "query.rows"));
    support_ok(ask(worker, csv("SELECT 1 AS x"), &out, &answer, &err), &err);
    finish(worker);
}

static void a_result_is_exported(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    FileInfo info;
    char path[400];
    BUF_AUTO Buf out = buf_init(1 << 20);
    snprintf(path, sizeof path, "%s/x.parquet", support_folder());
    Worker *worker = start(NULL);
    WorkerStatement statement = csv("SELECT eventid FROM cloudtrail");
    statement.format = OUTPUT_FORMATS;
    support_ok(ask(worker, statement, &out, &answer, &err), &err);
    assert_true(answer.rows == 1000 && out.len == 0);
    support_ok(worker_export(worker, path, &err) && file_info(path, &info, &err), &err);
    assert_true(info.bytes > 1000);
    finish(worker);
}

static void a_link_is_no_export(void **state)
{
    (void)state;
    Error err = {0};
    char path[400], script[400];
    snprintf(path, sizeof path, "%s/y.parquet", support_folder());
    Worker *worker = start(NULL);
    snprintf(script, sizeof script, "ln -s /etc/passwd $(echo %s/*)/export.parquet", temp);
    assert_int_equal(system(script), 0);
    assert_false(worker_export(worker, path, &err));
    assert_non_null(strstr(err.text, "made no file"));
    assert_false(file_exists(path));
    finish(worker);
}

static void a_missing_lake_is_said(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    Config *other = config_new(&err);
    support_ok(other && config_set(other, CONFIG_LAKE_FOLDER, STR("nowhere"), "--lake", &err),
               &err);
    const WorkerOptions options = {
        .program = NULL, .config = other, .since_us = INT64_MIN, .until_us = INT64_MAX};
    Worker *worker = worker_start(&options, &err);
    support_ok(worker != NULL, &err);
    assert_false(ask(worker, csv("SELECT 1"), &out, &answer, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    assert_non_null(strstr(err.text, "lake 'nowhere' (set by --lake)"));
    finish(worker);
    config_free(other);
}

static void another_lake_than_the_configurations_is_read(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    Config *other = config_new(&err);
    support_ok(other && config_set(other, CONFIG_LAKE_FOLDER, STR("nowhere"), "--lake", &err),
               &err);
    const WorkerOptions options = {.folder = config_text(config, CONFIG_LAKE_FOLDER),
                                   .config = other,
                                   .since_us = INT64_MIN,
                                   .until_us = INT64_MAX};
    Worker *worker = worker_start(&options, &err);
    support_ok(worker != NULL, &err);
    support_ok(ask(worker, csv("SELECT count(*) AS n FROM cloudtrail"), &out, &answer, &err), &err);
    assert_string_equal(out.ptr, "n\n1000\n");
    finish(worker);
    config_free(other);
}

static void a_query_ends_at_its_deadline(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    Worker *worker = start(NULL);
    WorkerStatement statement = csv(LONG_QUERY);
    statement.timeout_us = SECOND_US / 2;
    int64_t started_us = clock_monotonic_us();
    assert_false(ask(worker, statement, &out, &answer, &err));
    assert_true(clock_monotonic_us() - started_us < 10 * SECOND_US);
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_string_equal(err.text, "the query was ended: it ran longer than query.timeout");
    support_ok(ask(worker, csv("SELECT 1 AS x"), &out, &answer, &err), &err); /* it obeyed */
    finish(worker);
}

static Worker *running;

static void cancel_running(int signal_number)
{
    (void)signal_number;
    worker_cancel(running);
}

static void a_query_ends_when_it_is_told_to(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    running = start(NULL);
    signal(SIGALRM, cancel_running);
    alarm(1);
    assert_false(ask(running, csv(LONG_QUERY), &out, &answer, &err));
    assert_string_equal(err.text, "the query was ended: interrupted");
    support_ok(ask(running, csv("SELECT 1 AS x"), &out, &answer, &err), &err);
    finish(running);
}

static bool refuse(void *context, Str bytes, Error *err)
{
    (void)context;
    (void)bytes;
    return error_set(err, ERROR_ACCESS, "no more room");
}

static void a_sink_that_fails_ends_the_query(void **state)
{
    (void)state;
    Error err = {0};
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    const WorkerSink sink = {.put = refuse};
    Worker *worker = start(NULL);
    WorkerStatement statement = csv("SELECT eventid FROM cloudtrail");
    assert_false(worker_run(worker, &statement, &sink, &answer, &err));
    assert_string_equal(err.text, "no more room");
    assert_false(ask(worker, statement, &out, &answer, &err));
    assert_string_equal(err.text, "the query worker has ended");
    finish(worker);
}

/* Starts a program of the shell in the worker's place and asks it once. */
static void ask_program(const char *script, int64_t timeout_us, Error *err)
{
    WorkerAnswer answer;
    BUF_AUTO Buf out = buf_init(1 << 20);
    FILE *file = fopen(program, "w");
    fprintf(file, "#!/bin/sh\n%s\n", script);
    fclose(file);
    assert_int_equal(chmod(program, 0700), 0);
    Worker *worker = start(program);
    WorkerStatement statement = csv("SELECT 1");
    statement.timeout_us = timeout_us;
    assert_false(ask(worker, statement, &out, &answer, err));
    finish(worker);
}

static void a_process_that_dies_is_said(void **state)
{
    (void)state;
    Error err = {0};
    ask_program("head -c 20 <&3 >/dev/null; kill -9 $$", 0, &err);
    assert_int_equal(err.kind, ERROR_SYSTEM);
    assert_non_null(strstr(err.text, "was killed before it answered"));
    ask_program("head -c 20 <&3 >/dev/null; exit 7", 0, &err);
    assert_non_null(strstr(err.text, "the query worker"));
    ask_program("head -c 20 <&3 >/dev/null; kill -ILL $$", 0, &err);
    assert_int_equal(err.kind, ERROR_SYSTEM);
}

/* READY is the answer to OPEN: DONE, without an error, a text or numbers. */
#define READY "printf '\\003\\0\\0\\0\\130\\0\\0\\0' >&3; head -c 88 /dev/zero >&3; "

static void nonsense_is_not_believed(void **state)
{
    static const char *const SCRIPTS[] = {
        "echo what is this >&3; sleep 100",
        "head -c 1000 /dev/zero >&3; sleep 100",
        "printf '\\002\\0\\0\\0\\377\\377\\377\\377' >&3; sleep 100",
        "printf '\\002\\0\\0\\0\\0\\0\\0\\0' >&3; sleep 100", /* OUTPUT before it is open */
        "printf '\\003\\0\\0\\0\\001\\0\\0\\0x' >&3; sleep 100",
        READY "echo what is this >&3; sleep 100",
        READY "printf '\\0\\0\\0\\0\\0\\0\\0\\0' >&3; sleep 100",
        READY
        "printf '\\003\\0\\0\\0\\130\\0\\0\\0' >&3; head -c 88 /dev/zero | tr '\\0' '\\377' >&3;"
        "sleep 100",
    };
    (void)state;
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++) {
        Error err = {0};
        ask_program(SCRIPTS[i], 0, &err);
        if (err.kind != ERROR_INPUT || !strstr(err.text, "the query worker was ended"))
            fail_msg("%s gave %s", SCRIPTS[i], err.text);
    }
}

static void a_process_that_does_not_obey_is_killed(void **state)
{
    static const char *const SCRIPTS[] = {
        "trap '' USR1; sleep 100",
        "trap '' USR1; printf '\\003\\0\\0\\0\\130' >&3; sleep 100", /* half a header */
        "trap '' USR1; " READY "while :; do printf '\\002\\0\\0\\0\\001\\0\\0\\0x' >&3; done",
    };
    (void)state;
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++) {
        Error err = {0};
        int64_t started_us = clock_monotonic_us();
        ask_program(SCRIPTS[i], SECOND_US / 4, &err);
        int64_t took_us = clock_monotonic_us() - started_us;
        assert_string_equal(err.text, "the query was ended: it ran longer than query.timeout");
        assert_true(took_us > 2 * SECOND_US && took_us < 10 * SECOND_US);
    }
}

static void a_start_that_fails_leaves_nothing(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth <= 4; nth++) {
        Error err = {0};
        const WorkerOptions options = {
            .program = NULL, .config = config, .since_us = INT64_MIN, .until_us = INT64_MAX};
        fault_arm(FAULT_SYSCALL, nth);
        Worker *worker = worker_start(&options, &err);
        fault_arm(FAULT_SYSCALL, 0);
        assert_null(worker);
        finish(NULL);
    }
}

int main(int count, char **words)
{
    if (count == 2 && strcmp(words[1], WORKER_COMMAND) == 0)
        worker_serve();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_answered_one_after_another),
        cmocka_unit_test(a_sink_is_told_how_far_the_query_is),
        cmocka_unit_test(a_result_larger_than_a_message_comes_whole),
        cmocka_unit_test(errors_come_back_as_they_are),
        cmocka_unit_test(a_result_is_exported),
        cmocka_unit_test(a_link_is_no_export),
        cmocka_unit_test(a_missing_lake_is_said),
        cmocka_unit_test(another_lake_than_the_configurations_is_read),
        cmocka_unit_test(a_query_ends_at_its_deadline),
        cmocka_unit_test(a_query_ends_when_it_is_told_to),
        cmocka_unit_test(a_sink_that_fails_ends_the_query),
        cmocka_unit_test(a_process_that_dies_is_said),
        cmocka_unit_test(nonsense_is_not_believed),
        cmocka_unit_test(a_process_that_does_not_obey_is_killed),
        cmocka_unit_test(a_start_that_fails_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
