#include "lake/ledger_sum.h"

#include <string.h>

#include "support/support.h"

enum { ROWS = 101 };

static Lake lake;
static Batch *batch;
static uint32_t order[ROWS];

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    memset(lake.secret, 7, sizeof lake.secret);
    batch = batch_new(ROWS, 1 << 20, lake.secret, &err);
    support_ok(batch != NULL, &err);
    for (uint32_t i = 0; i < ROWS; i++) {
        batch->content_hash[i] = i * UINT64_C(0x9e3779b97f4a7c15);
        batch->object_id[i] = i / 10 + 1;
        batch->record_index[i] = (int32_t)(i % 10);
        order[i] = i;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(batch);
    return 0;
}

static LedgerSum sum_of(const LedgerSummer *summer, uint32_t from, uint32_t count)
{
    LedgerSum sum = {{0}};
    ledger_sum_rows(summer, batch, order + from, count, &sum);
    return sum;
}

static void parts_in_any_order_add_up_to_the_whole(void **state)
{
    const LedgerSummer summer = ledger_sum_new(&lake);
    LedgerSum whole = sum_of(&summer, 0, ROWS), parts = sum_of(&summer, 60, ROWS - 60);
    (void)state;
    LedgerSum rest = sum_of(&summer, 0, 60);
    ledger_sum_add(&parts, &rest);
    assert_true(ledger_sum_equal(&whole, &parts));
    ledger_sum_subtract(&parts, &rest);
    rest = sum_of(&summer, 60, ROWS - 60);
    assert_true(ledger_sum_equal(&rest, &parts));
    for (uint32_t i = 0; i < ROWS; i++)
        order[i] = ROWS - 1 - i;
    parts = sum_of(&summer, 0, ROWS);
    assert_true(ledger_sum_equal(&whole, &parts));
}

/* Rows side by side and one by one, with whatever the processor has. */
static void every_way_of_hashing_gives_the_same(void **state)
{
    LedgerSummer summer = ledger_sum_new(&lake);
    LedgerSum best = sum_of(&summer, 0, ROWS);
    (void)state;
    summer.pair_works = false;
    LedgerSum plain = sum_of(&summer, 0, ROWS);
    assert_true(ledger_sum_equal(&best, &plain));
}

/* As docs/formats/ledger.md says it. */
static void a_row_s_hash_is_sha256_of_key_content_object_and_index(void **state)
{
    const LedgerSummer summer = ledger_sum_new(&lake);
    uint8_t message[LEDGER_SUM_KEY_BYTES + 20], hash[HASH_SHA256_BYTES], got[LEDGER_SUM_BYTES];
    uint32_t row = 42;
    LedgerSum sum = {{0}};
    (void)state;
    memcpy(message, summer.key, sizeof summer.key);
    for (int i = 0; i < 8; i++) {
        message[LEDGER_SUM_KEY_BYTES + i] = (uint8_t)(batch->content_hash[row] >> 8 * i);
        message[LEDGER_SUM_KEY_BYTES + 8 + i] = (uint8_t)((uint64_t)batch->object_id[row] >> 8 * i);
    }
    for (int i = 0; i < 4; i++)
        message[LEDGER_SUM_KEY_BYTES + 16 + i] =
            (uint8_t)((uint32_t)batch->record_index[row] >> 8 * i);
    hash_sha256(message, sizeof message, hash);
    ledger_sum_rows(&summer, batch, &row, 1, &sum);
    ledger_sum_write(&sum, got);
    assert_memory_equal(got, hash, sizeof got);
}

static void each_part_of_a_row_and_the_secret_count(void **state)
{
    const LedgerSummer summer = ledger_sum_new(&lake);
    uint32_t row = 3;
    LedgerSum before = {{0}}, after[5] = {{{0}}};
    (void)state;
    ledger_sum_rows(&summer, batch, &row, 1, &before);
    batch->content_hash[row] ^= 1;
    ledger_sum_rows(&summer, batch, &row, 1, &after[0]);
    batch->content_hash[row] ^= 1;
    batch->object_id[row]++;
    ledger_sum_rows(&summer, batch, &row, 1, &after[1]);
    batch->object_id[row]--;
    batch->record_index[row]++;
    ledger_sum_rows(&summer, batch, &row, 1, &after[2]);
    batch->record_index[row]--;
    lake.secret[0]++;
    const LedgerSummer other = ledger_sum_new(&lake);
    lake.secret[0]--;
    ledger_sum_rows(&other, batch, &row, 1, &after[3]);
    batch->sample_factor[row] = 100;
    ledger_sum_rows(&summer, batch, &row, 1, &after[4]);
    batch->sample_factor[row] = 0;
    for (size_t i = 0; i < 5; i++)
        assert_false(ledger_sum_equal(&before, &after[i]));
}

static void carries_run_through_all_words(void **state)
{
    LedgerSum sum = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, 0}}, one = {{1, 0, 0, 0}};
    const LedgerSum wanted = {{0, 0, 0, 1}};
    uint8_t bytes[LEDGER_SUM_BYTES];
    (void)state;
    ledger_sum_add(&sum, &one);
    assert_true(ledger_sum_equal(&sum, &wanted));
    ledger_sum_write(&sum, bytes);
    assert_int_equal(bytes[7], 1);
    LedgerSum again = ledger_sum_read(bytes);
    assert_true(ledger_sum_equal(&sum, &again));
    ledger_sum_subtract(&again, &one);
    ledger_sum_add(&again, &one);
    assert_true(ledger_sum_equal(&sum, &again));
    LedgerSum zero = {{0}};
    ledger_sum_subtract(&zero, &one);
    for (int i = 0; i < 4; i++)
        assert_true(zero.words[i] == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_in_any_order_add_up_to_the_whole),
        cmocka_unit_test(every_way_of_hashing_gives_the_same),
        cmocka_unit_test(a_row_s_hash_is_sha256_of_key_content_object_and_index),
        cmocka_unit_test(each_part_of_a_row_and_the_secret_count),
        cmocka_unit_test(carries_run_through_all_words),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
