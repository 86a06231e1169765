#include "support/support.h"

#include <stdlib.h>

#include "lake/merge_choose.h"

static void few_files_are_left_alone(void **state)
{
    (void)state;
    uint64_t sizes[80] = {0};
    assert_int_equal(merge_choose(sizes, 0, false), 0);
    assert_int_equal(merge_choose(sizes, MERGE_CLOSED_FILES, false), 0);
    assert_int_equal(merge_choose(sizes, MERGE_OPEN_FILES, true), 0);
    assert_int_equal(merge_choose(sizes, MERGE_OPEN_FILES + 1, true),
                     MERGE_OPEN_FILES + 1); /* all are empty: none is larger than the others */
}

static void a_much_larger_file_is_not_written_again(void **state)
{
    (void)state;
    assert_int_equal(merge_choose((uint64_t[]){1, 2, 100}, 3, false), 2);
    assert_int_equal(merge_choose((uint64_t[]){10, 20, 31}, 3, false), 2);
    assert_int_equal(merge_choose((uint64_t[]){10, 20, 30}, 3, false), 3);
    assert_int_equal(merge_choose((uint64_t[]){5, 5, 5}, 3, false), 3);
}

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Files of size 1 come one by one behind a first one, each merge follows the choice: the number of
 * files stays bounded, and what is written again stays a small multiple of what was there. */
static void bytes_are_written_again_few_times(void **state)
{
    (void)state;
    static const struct {
        bool open;
        size_t most;
        uint64_t first, files, times;
    } CASES[] = {{true, MERGE_OPEN_FILES, 1, 17280, 3}, {false, MERGE_CLOSED_FILES, 17280, 120, 1}};
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        uint64_t sizes[MERGE_OPEN_FILES + 2] = {CASES[c].first};
        uint64_t written = 0, all = CASES[c].first;
        size_t count = 1;
        for (uint64_t i = 0; i < CASES[c].files; i++) {
            sizes[count++] = 1;
            all++;
            qsort(sizes, count, sizeof *sizes, compare);
            size_t taken = merge_choose(sizes, count, CASES[c].open);
            uint64_t sum = 0;
            for (size_t t = 0; t < taken; t++)
                sum += sizes[t];
            for (size_t t = taken; taken && t < count; t++)
                sizes[t - taken] = sizes[t];
            count -= taken;
            if (taken)
                sizes[count++] = sum;
            written += sum;
            assert_true(count <= CASES[c].most);
        }
        print_message("written again %.1f times\n", (double)written / (double)all);
        assert_true(written <= CASES[c].times * all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_files_are_left_alone),
        cmocka_unit_test(a_much_larger_file_is_not_written_again),
        cmocka_unit_test(bytes_are_written_again_few_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
