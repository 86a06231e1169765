#include "support/support.h"

#include <string.h>

#include "generate/random.h"

static void a_stream_follows_from_its_seed_alone(void **state)
{
    (void)state;
    Random a = random_new(7, 3), b = random_new(7, 3), c = random_new(7, 4);
    bool differs = false;
    for (int i = 0; i < 100; i++) {
        uint64_t next = random_next(&a);
        assert_true(next == random_next(&b));
        differs = differs || next != random_next(&c);
    }
    assert_true(differs);
}

static void draws_stay_in_range_and_low_ranks_are_frequent(void **state)
{
    (void)state;
    Random random = random_new(1, 1);
    uint32_t ranks[50] = {0};
    for (int i = 0; i < 100000; i++) {
        assert_true(random_below(&random, 7) < 7);
        ranks[random_rank(&random, 50)]++;
    }
    assert_true(ranks[0] > 4 * ranks[10]);
    assert_true(ranks[49] > 0);
}

static void texts_have_their_alphabets(void **state)
{
    (void)state;
    Error err = {0};
    Random random = random_new(1, 2);
    BUF_AUTO Buf out = buf_init(1000);
    support_ok(buf_reserve(&out, 500, &err), &err);
    random_hex(&random, &out, 100);
    assert_int_equal(strspn(buf_text(&out, &err), "0123456789abcdef"), 100);
    out.len = 0;
    random_id(&random, &out, 100);
    assert_int_equal(strspn(buf_text(&out, &err), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 100);
    out.len = 0;
    random_uuid(&random, &out);
    assert_int_equal(out.len, 36);
    assert_int_equal(out.ptr[14], '4');
    out.len = 0;
    random_alnum(&random, &out, 100);
    for (size_t i = 0; i < 100; i++)
        assert_true((out.ptr[i] >= '0' && out.ptr[i] <= '9') ||
                    (out.ptr[i] >= 'A' && out.ptr[i] <= 'Z') ||
                    (out.ptr[i] >= 'a' && out.ptr[i] <= 'z'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_follows_from_its_seed_alone),
        cmocka_unit_test(draws_stay_in_range_and_low_ranks_are_frequent),
        cmocka_unit_test(texts_have_their_alphabets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
