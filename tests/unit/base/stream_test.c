#include "base/stream.h"

#include <unistd.h>

#include "base/fault.h"
#include "support/support.h"

static void reads_as_much_as_is_wanted_and_tells_the_end(void **state)
{
    (void)state;
    int ends[2];
    Error err = {0};
    bool end;
    BUF_AUTO Buf buf = buf_init(100);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "abcdef", 6), 6);
    support_ok(stream_read(ends[0], &buf, 4, NULL, &end, &err), &err);
    assert_int_equal(buf.len, 4);
    assert_false(end);
    close(ends[1]);
    support_ok(stream_read(ends[0], &buf, 10, NULL, &end, &err), &err);
    assert_true(end);
    assert_true(str_equal(buf_str(&buf), STR("abcdef")));
    assert_false(stream_read(ends[0], &buf, 200, NULL, &end, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    close(ends[0]);
}

static void ends_when_it_is_told_to_or_cannot(void **state)
{
    (void)state;
    int ends[2];
    Error err = {0};
    bool end;
    atomic_bool stopping = true;
    BUF_AUTO Buf buf = buf_init(100);
    assert_int_equal(pipe(ends), 0);
    support_ok(stream_read(ends[0], &buf, 4, &stopping, &end, &err), &err);
    assert_false(end);
    assert_int_equal(write(ends[1], "a", 1), 1);
    fault_arm(FAULT_SYSCALL, 1);
    assert_false(stream_read(ends[0], &buf, 4, NULL, &end, &err));
    fault_arm(FAULT_SYSCALL, 0);
    assert_int_equal(err.kind, ERROR_SYSTEM);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_much_as_is_wanted_and_tells_the_end),
        cmocka_unit_test(ends_when_it_is_told_to_or_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
