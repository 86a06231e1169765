#include "support/support.h"

#include <errno.h>

#include "base/fault.h"

static void only_the_armed_step_fails(void **state)
{
    (void)state;
    fault_arm(FAULT_SYSCALL, 3);
    assert_false(fault_due(FAULT_SYSCALL));
    assert_false(fault_due(FAULT_ALLOC));
    assert_false(fault_due(FAULT_SYSCALL));
    assert_true(fault_due(FAULT_SYSCALL));
    assert_int_equal(errno, ENOSPC);
    assert_false(fault_due(FAULT_SYSCALL));
    assert_int_equal(fault_count(FAULT_SYSCALL), 4);
    fault_arm(FAULT_SYSCALL, 0);
}

static void counting_alone_fails_nothing(void **state)
{
    (void)state;
    fault_arm(FAULT_DURABLE, 0);
    for (int i = 0; i < 10; i++)
        assert_false(fault_due(FAULT_DURABLE));
    assert_int_equal(fault_count(FAULT_DURABLE), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_armed_step_fails),
        cmocka_unit_test(counting_alone_fails_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
