#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lake/fingerprint.h"

enum { COUNT = 20000 };

static FingerprintRow rows[COUNT];
static FingerprintRow scratch[COUNT];
static uint8_t verdicts[COUNT];

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed ^ *seed >> 29;
}

static int in_order(const FingerprintRow *a, const FingerprintRow *b)
{
    if (a->print.identity != b->print.identity)
        return a->print.identity < b->print.identity;
    if (a->print.content != b->print.content)
        return a->print.content < b->print.content;
    return a->row < b->row;
}

static void sorting_orders_any_mixture_of_equals(void **state)
{
    (void)state;
    uint64_t seed = 7;
    static const uint64_t SPREADS[] = {1, 3, 1000, UINT64_MAX};
    for (size_t s = 0; s < sizeof SPREADS / sizeof *SPREADS; s++)
        for (size_t count = 0; count <= COUNT; count = count * 3 + 1) {
            for (size_t i = 0; i < count; i++)
                rows[i] = (FingerprintRow){
                    {next_random(&seed) % SPREADS[s] * 0x9E3779B97F4A7C15u, next_random(&seed) % 5},
                    (uint32_t)i};
            fingerprint_sort(rows, scratch, count);
            for (size_t i = 1; i < count; i++)
                assert_true(in_order(&rows[i - 1], &rows[i]));
        }
}

static void within_a_part_the_first_of_equals_is_new(void **state)
{
    (void)state;
    FingerprintRow mine[] = {{{1, 1}, 0}, {{1, 1}, 1}, {{1, 2}, 2}, {{2, 9}, 3}, {{2, 9}, 4}};
    uint8_t out[5] = {0};
    const uint8_t expected[] = {VERDICT_NEW, VERDICT_DUPLICATE, VERDICT_CONFLICT, VERDICT_NEW,
                                VERDICT_DUPLICATE};
    fingerprint_compare_within(mine, 5, NULL, out);
    assert_memory_equal(out, expected, sizeof expected);
}

/* The same question answered by looking at every pair. */
static Verdict by_hand(Fingerprint mine, const Fingerprint *run, size_t count)
{
    Verdict verdict = VERDICT_NEW;
    for (size_t i = 0; i < count; i++)
        if (run[i].identity == mine.identity) {
            if (run[i].content == mine.content)
                return VERDICT_DUPLICATE;
            verdict = VERDICT_CONFLICT;
        }
    return verdict;
}

static int compare_prints(const void *left, const void *right)
{
    const Fingerprint *a = left;
    const Fingerprint *b = right;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return (a->content > b->content) - (a->content < b->content);
}

static void merging_answers_as_looking_at_every_pair_does(void **state)
{
    (void)state;
    uint64_t seed = 11;
    static Fingerprint run[300];
    for (int round = 0; round < 200; round++) {
        size_t mine = next_random(&seed) % 100;
        size_t theirs = next_random(&seed) % 300;
        uint64_t spread = 1 + next_random(&seed) % 150;
        for (size_t i = 0; i < mine; i++)
            rows[i] = (FingerprintRow){{next_random(&seed) % spread, next_random(&seed) % 4},
                                       (uint32_t)i};
        for (size_t i = 0; i < theirs; i++)
            run[i] = (Fingerprint){next_random(&seed) % spread, next_random(&seed) % 4};
        fingerprint_sort(rows, scratch, mine);
        qsort(run, theirs, sizeof *run, compare_prints);
        memset(verdicts, VERDICT_NEW, mine);
        fingerprint_compare(rows, mine, run, theirs, NULL, verdicts);
        for (size_t i = 0; i < mine; i++)
            assert_int_equal(verdicts[i], by_hand(rows[i].print, run, theirs));
        for (size_t i = 0; i < theirs; i++)
            scratch[i] = (FingerprintRow){run[i], 0};
        memset(verdicts, VERDICT_NEW, mine);
        fingerprint_compare_rows(rows, mine, scratch, theirs, NULL, verdicts);
        for (size_t i = 0; i < mine; i++)
            assert_int_equal(verdicts[i], by_hand(rows[i].print, run, theirs));
    }
}

/* Of contents whose difference is 100. */
static bool differ_by_100(const void *context, uint32_t row, uint64_t other)
{
    const FingerprintRow *mine = context;
    return mine[row].print.content - other == 100;
}

static void a_judge_makes_duplicates_of_conflicts_alone(void **state)
{
    (void)state;
    FingerprintRow mine[] = {{{1, 1}, 0}, {{1, 101}, 1}, {{1, 102}, 2}, {{2, 150}, 3}, {{3, 7}, 4}};
    const Fingerprint run[] = {{2, 40}, {2, 50}, {3, 8}};
    const FingerprintRow others[] = {{{2, 50}, 0}, {{3, 107}, 1}};
    const FingerprintJudge judge = {differ_by_100, mine};
    uint8_t out[5] = {0};
    const uint8_t within[] = {VERDICT_NEW, VERDICT_DUPLICATE, VERDICT_CONFLICT, VERDICT_NEW,
                              VERDICT_NEW};
    const uint8_t expected[] = {VERDICT_NEW, VERDICT_DUPLICATE, VERDICT_CONFLICT, VERDICT_DUPLICATE,
                                VERDICT_CONFLICT};
    fingerprint_compare_within(mine, 5, &judge, out);
    assert_memory_equal(out, within, sizeof within);
    fingerprint_compare(mine, 5, run, 3, &judge, out);
    assert_memory_equal(out, expected, sizeof expected);
    memcpy(out, within, sizeof within);
    assert_int_equal(fingerprint_compare_rows(mine, 5, others, 2, &judge, out), 2);
    assert_memory_equal(out, expected, sizeof expected);
}

static void a_run_is_written_read_and_checked(void **state)
{
    (void)state;
    Error err = {0};
    char path[256];
    FileMap map;
    const Fingerprint *section;
    snprintf(path, sizeof path, "%s/a.run", support_folder());
    FingerprintWriter writer = fingerprint_writer(100);
    for (uint64_t i = 0; i < 100; i++)
        support_ok(fingerprint_write(&writer, (Fingerprint){i, i * i}, &err), &err);
    support_ok(fingerprint_write_file(&writer, path, &err), &err);
    buf_free(&writer.bytes);
    support_ok(fingerprint_open(&map, path, true, &err), &err);
    support_ok(fingerprint_section(&map, FINGERPRINT_HEADER_BYTES + 16 * 10, 90, &section, &err),
               &err);
    assert_true(section[0].identity == 10 && section[89].content == 99 * 99);
    static const struct {
        uint64_t offset, count;
    } OUTSIDE[] = {{0, 1}, {32, 101}, {33, 1}, {1 << 20, 0}, {32, UINT64_MAX}, {32 + 1600, 1}};
    for (size_t i = 0; i < sizeof OUTSIDE / sizeof *OUTSIDE; i++)
        assert_false(
            fingerprint_section(&map, OUTSIDE[i].offset, OUTSIDE[i].count, &section, &err));
    file_map_close(&map);
}

static void a_damaged_run_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    char path[256];
    FileMap map;
    BUF_AUTO Buf bytes = buf_init(1 << 16);
    snprintf(path, sizeof path, "%s/a.run", support_folder());
    support_ok(file_read(path, &bytes, NULL, &err), &err);
    snprintf(path, sizeof path, "%s/b.run", support_folder());
    bytes.ptr[bytes.len - 1] ^= 1;
    support_ok(file_replace(path, buf_str(&bytes), &err), &err);
    assert_true(fingerprint_open(&map, path, false, &err));
    file_map_close(&map);
    assert_false(fingerprint_open(&map, path, true, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    static const size_t LENGTHS[] = {0, 5, 31, 33, 40};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        support_ok(file_replace(path, (Str){bytes.ptr, LENGTHS[i]}, &err), &err);
        assert_false(fingerprint_open(&map, path, false, &err));
    }
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorting_orders_any_mixture_of_equals),
        cmocka_unit_test(within_a_part_the_first_of_equals_is_new),
        cmocka_unit_test(a_judge_makes_duplicates_of_conflicts_alone),
        cmocka_unit_test(merging_answers_as_looking_at_every_pair_does),
        cmocka_unit_test(a_run_is_written_read_and_checked),
        cmocka_unit_test(a_damaged_run_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
