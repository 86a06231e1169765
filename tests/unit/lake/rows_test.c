#include "support/support.h"

#include "base/timestamp.h"
#include "lake/rows.h"

enum { COUNT = 5000 };

static int64_t times[COUNT];

static void rows_come_by_day_and_time_and_keep_their_order_among_equals(void **state)
{
    (void)state;
    Error err = {0};
    uint64_t seed = 5;
    Arena *arena = arena_new(16 << 20, &err);
    static const int64_t SPANS[] = {1, 1000000, INT64_C(200000000000), INT64_C(1) << 61};
    for (size_t s = 0; s < sizeof SPANS / sizeof *SPANS; s++) {
        uint32_t *order;
        RowsDay *days;
        size_t day_count;
        Batch batch = {.rows = COUNT, .event_time = times};
        for (int i = 0; i < COUNT; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            times[i] = (int64_t)(seed >> 2) % SPANS[s] - SPANS[s] / 2;
        }
        arena_reset(arena);
        support_ok(rows_by_day(&batch, arena, &order, &days, &day_count, &err), &err);
        uint32_t next = 0;
        for (size_t d = 0; d < day_count; d++) {
            assert_int_equal(days[d].first, next);
            assert_true(d == 0 || days[d].day > days[d - 1].day);
            for (uint32_t i = next; i < next + days[d].count; i++)
                assert_int_equal(timestamp_day(times[order[i]]), days[d].day);
            next += days[d].count;
        }
        assert_int_equal(next, COUNT);
        for (uint32_t i = 1; i < COUNT; i++)
            assert_true(times[order[i - 1]] < times[order[i]] ||
                        (times[order[i - 1]] == times[order[i]] && order[i - 1] < order[i]));
    }
    arena_free(arena);
}

static void no_rows_are_no_days(void **state)
{
    (void)state;
    Error err = {0};
    uint32_t *order;
    RowsDay *days;
    size_t day_count;
    Batch batch = {0};
    Arena *arena = arena_new(1 << 20, &err);
    support_ok(rows_by_day(&batch, arena, &order, &days, &day_count, &err), &err);
    assert_int_equal(day_count, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_by_day_and_time_and_keep_their_order_among_equals),
        cmocka_unit_test(no_rows_are_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
