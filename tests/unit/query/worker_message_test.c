#include "support/support.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "query/worker_message.h"

enum { BUF_MAX = WORKER_STATEMENT_MAX + 65536, HEADER = 8 };

static int ends[2];
static Buf out, in;

static int begin(void **state)
{
    (void)state;
    out = buf_init(BUF_MAX);
    in = buf_init(BUF_MAX);
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int end(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    buf_free(&out);
    buf_free(&in);
    return 0;
}

static Str fields_of(const Buf *message)
{
    return str_slice(buf_str(message), HEADER, message->len);
}

static void what_is_put_is_got(void **state)
{
    (void)state;
    Error err = {0};
    const WorkerOpening opening = {STR("lake"), STR("--lake"), STR("/t"), STR("Asia/Seoul"), -5,
                                   7,           1ULL << 40,    3,         UINT64_MAX};
    WorkerOpening got;
    support_ok(worker_put_opening(&opening, &out, &err), &err);
    support_ok(worker_get_opening(fields_of(&out), &got, &err), &err);
    assert_true(str_equal(got.lake, opening.lake) && str_equal(got.source, opening.source));
    assert_true(str_equal(got.temp, opening.temp) && str_equal(got.zone, opening.zone));
    assert_true(got.since_us == -5 && got.until_us == 7 && got.memory_bytes == 1ULL << 40);
    assert_true(got.threads == 3 && got.temp_bytes == UINT64_MAX);

    const WorkerQuery query = {{"SELECT '\0'", 10}, 5, 80, 1, 9, 10};
    WorkerQuery asked;
    out.len = 0;
    support_ok(worker_put_query(&query, &out, &err), &err);
    support_ok(worker_get_query(fields_of(&out), &asked, &err), &err);
    assert_true(str_equal(asked.sql, query.sql) && asked.format == 5 && asked.width == 80);
    assert_true(asked.wide == 1 && asked.rows_max == 9 && asked.read_max == 10);

    const WorkerDone done = {ERROR_LIMIT, STR("no"), 1, 2, 3, 4, 5, 6, 7, 8, 9};
    WorkerDone told;
    out.len = 0;
    support_ok(worker_put_done(&done, &out, &err), &err);
    support_ok(worker_get_done(fields_of(&out), &told, &err), &err);
    assert_true(told.error == ERROR_LIMIT && str_equal(told.text, STR("no")));
    assert_true(told.culprit_at == 1 && told.culprit_end == 2 && told.rows == 3 && told.days == 4);
    assert_true(told.files == 5 && told.bytes == 6);
    assert_true(told.all_days == 7 && told.all_files == 8 && told.all_bytes == 9);

    uint64_t percent;
    out.len = 0;
    support_ok(worker_put_progress(100, &out, &err), &err);
    support_ok(worker_get_progress(fields_of(&out), &percent, &err), &err);
    assert_int_equal(percent, 100);
    out.len = 0;
    support_ok(worker_put_progress(101, &out, &err), &err);
    assert_false(worker_get_progress(fields_of(&out), &percent, &err));
}

static void messages_go_through_a_socket(void **state)
{
    (void)state;
    Error err = {0};
    WorkerKind kind;
    bool over;
    support_ok(worker_put_output(STR("abc"), &out, &err) && worker_put_output(STR(""), &out, &err),
               &err);
    support_ok(worker_send(ends[0], buf_str(&out), &err), &err);
    support_ok(worker_receive(ends[1], NULL, &kind, &in, &over, &err), &err);
    assert_true(kind == WORKER_OUTPUT && !over && str_equal(buf_str(&in), STR("abc")));
    support_ok(worker_receive(ends[1], NULL, &kind, &in, &over, &err), &err);
    assert_true(kind == WORKER_OUTPUT && !over && in.len == 0);
    shutdown(ends[0], SHUT_WR);
    support_ok(worker_receive(ends[1], NULL, &kind, &in, &over, &err), &err);
    assert_true(over);
}

static void a_message_that_stops_halfway_is_the_end(void **state)
{
    (void)state;
    Error err = {0};
    WorkerKind kind;
    bool over;
    support_ok(worker_put_output(STR("abcdef"), &out, &err), &err);
    support_ok(worker_send(ends[0], str_slice(buf_str(&out), 0, HEADER + 2), &err), &err);
    shutdown(ends[0], SHUT_WR);
    support_ok(worker_receive(ends[1], NULL, &kind, &in, &over, &err), &err);
    assert_true(over);
}

static void a_header_is_not_believed(void **state)
{
    static const uint32_t HEADERS[][2] = {
        {WORKER_KINDS, 0},
        {UINT32_MAX, 0},
        {WORKER_OUTPUT, WORKER_OUTPUT_MAX + 1},
        {WORKER_OUTPUT, UINT32_MAX},
        {WORKER_DONE, WORKER_TEXT_MAX * 2},
        {WORKER_QUERY, WORKER_STATEMENT_MAX + 4096},
    };
    (void)state;
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++) {
        Error err = {0};
        WorkerKind kind;
        bool over;
        assert_int_equal(write(ends[0], HEADERS[i], HEADER), HEADER);
        assert_false(worker_receive(ends[1], NULL, &kind, &in, &over, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_true(in.cap < WORKER_STATEMENT_MAX);
    }
}

static void fields_are_not_believed(void **state)
{
    (void)state;
    Error err = {0};
    WorkerDone told;
    WorkerQuery asked;
    WorkerOpening got;
    const WorkerDone done = {.error = ERROR_INPUT, .text = STR("text")};
    support_ok(worker_put_done(&done, &out, &err), &err);
    Str fields = fields_of(&out);
    for (size_t len = 0; len < fields.len; len++)
        assert_false(worker_get_done(str_slice(fields, 0, len), &told, &err));
    support_ok(buf_append_byte(&out, 0, &err), &err);
    assert_false(worker_get_done(fields_of(&out), &told, &err)); /* a byte too many */
    out.len--;
    memset(out.ptr + HEADER + 8, 0xff, 8); /* the text's length */
    assert_false(worker_get_done(fields_of(&out), &told, &err));
    memset(out.ptr + HEADER, 0xff, 8); /* the kind of error */
    assert_false(worker_get_done(fields_of(&out), &told, &err));
    assert_false(worker_get_query(STR("x"), &asked, &err));
    assert_false(worker_get_opening(STR("\xff\xff\xff\xff\xff\xff\xff\xff"), &got, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void a_statement_has_a_ceiling(void **state)
{
    (void)state;
    Error err = {0};
    static char sql[WORKER_STATEMENT_MAX + 200];
    WorkerQuery query = {{sql, WORKER_STATEMENT_MAX}, 0, 0, 0, 0, 0};
    support_ok(worker_put_query(&query, &out, &err), &err);
    out.len = 0;
    query.sql.len = sizeof sql;
    assert_false(worker_put_query(&query, &out, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

static void a_side_that_is_gone_is_an_error_to_the_sender(void **state)
{
    (void)state;
    Error err = {0};
    close(ends[1]);
    assert_false(worker_send(ends[0], STR("abc"), &err));
    ends[1] = dup(ends[0]);
    fault_arm(FAULT_SYSCALL, 1);
    assert_false(worker_send(ends[0], STR("abc"), &err));
    fault_arm(FAULT_SYSCALL, 0);
}

static bool refuse(void *context, Error *err)
{
    (void)context;
    return error_set(err, ERROR_LIMIT, "enough");
}

static void a_wait_may_end_the_reading(void **state)
{
    (void)state;
    Error err = {0};
    WorkerKind kind;
    bool over;
    const WorkerWait wait = {refuse, NULL};
    assert_false(worker_receive(ends[1], &wait, &kind, &in, &over, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(what_is_put_is_got),
        CASE(messages_go_through_a_socket),
        CASE(a_message_that_stops_halfway_is_the_end),
        CASE(a_header_is_not_believed),
        CASE(fields_are_not_believed),
        CASE(a_statement_has_a_ceiling),
        CASE(a_side_that_is_gone_is_an_error_to_the_sender),
        CASE(a_wait_may_end_the_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
