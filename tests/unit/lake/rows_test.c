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

/* A column over *texts*; *codes* index them from 1. */
static BatchColumn column_of(uint32_t *codes, BatchEntry *entries, const char *const *texts,
                             uint32_t count, Buf *bytes)
{
    Error err = {0};
    for (uint32_t i = 0; i < count; i++) {
        entries[i] = (BatchEntry){(uint32_t)bytes->len, (uint32_t)strlen(texts[i])};
        support_ok(buf_append_str(bytes, str_of(texts[i]), &err), &err);
    }
    return (BatchColumn){.codes = codes, .entries = entries, .entry_count = count, .bytes = *bytes};
}

static void rows_of_a_day_come_by_call(void **state)
{
    (void)state;
    Error err = {0};
    static const char *const TEXTS_OF_SOURCES[] = {"s3", "iam"};
    static const char *const TEXTS_OF_NAMES[] = {"Put", "Get", "Put"}; /* a text may come twice */
    static const int64_t DAY = TIMESTAMP_DAY_US;
    int64_t at[] = {DAY + 5, 9, 8, 7, 6, 3, 2, 1};
    uint32_t sources[] = {2, 1, 1, 1, 2, 0, 1, 1}, names[] = {1, 1, 2, 3, 0, 1, 2, 1};
    static const uint32_t EXPECTED[] = {4, 6, 2, 7, 3, 1, 5, 0};
    BatchEntry entries[2][3];
    Buf texts[2] = {buf_init(64), buf_init(64)};
    Arena *arena = arena_new(1 << 20, &err);
    Batch batch = {.rows = 8, .event_time = at};
    batch.columns[F_EVENT_SOURCE] = column_of(sources, entries[0], TEXTS_OF_SOURCES, 2, &texts[0]);
    batch.columns[F_EVENT_NAME] = column_of(names, entries[1], TEXTS_OF_NAMES, 3, &texts[1]);
    uint32_t *order;
    RowsDay *days;
    size_t day_count;
    support_ok(rows_by_day(&batch, arena, &order, &days, &day_count, &err), &err);
    assert_int_equal(day_count, 2);
    for (int i = 0; i < 8; i++)
        assert_int_equal(order[i], EXPECTED[i]);
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    rows_widen_times(&batch, order, days[0].count, &least, &greatest);
    assert_int_equal(least, 1);
    assert_int_equal(greatest, 9);
    buf_free(&texts[0]);
    buf_free(&texts[1]);
    arena_free(arena);
}

static void rows_of_a_merged_day_come_by_call_time_object_and_record(void **state)
{
    (void)state;
    Error err = {0};
    static const char *const TEXTS_OF_NAMES[] = {"Put", "Get"};
    int64_t at[] = {5, 5, 5, 5, 4, 5}, objects[] = {-1, 9, 9, 9, 9, 9};
    int32_t records[] = {0, 2, -1, 1, 3, 0};
    uint32_t sources[6] = {0}, names[] = {2, 2, 2, 2, 2, 1};
    static const uint32_t EXPECTED[] = {4, 0, 2, 3, 1, 5};
    BatchEntry entries[2];
    Buf texts = buf_init(64);
    Arena *arena = arena_new(1 << 20, &err);
    Batch batch = {.rows = 6, .event_time = at, .object_id = objects, .record_index = records};
    batch.columns[F_EVENT_SOURCE] = (BatchColumn){.codes = sources};
    batch.columns[F_EVENT_NAME] = column_of(names, entries, TEXTS_OF_NAMES, 2, &texts);
    uint32_t *order;
    support_ok(rows_of_day(&batch, arena, &order, &err), &err);
    for (int i = 0; i < 6; i++)
        assert_int_equal(order[i], EXPECTED[i]);
    buf_free(&texts);
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
        cmocka_unit_test(rows_of_a_day_come_by_call),
        cmocka_unit_test(rows_of_a_merged_day_come_by_call_time_object_and_record),
        cmocka_unit_test(no_rows_are_no_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
