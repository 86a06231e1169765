#include "support/support.h"

#include "lake/rle.h"

/* Reads *count* values back, as a reader of the format does. */
static void decode(const Buf *buf, int width, uint32_t *values, size_t count)
{
    const uint8_t *at = (const uint8_t *)buf->ptr;
    const uint8_t *end = at + buf->len;
    size_t done = 0;
    while (done < count) {
        uint64_t header = 0;
        int shift = 0;
        do {
            assert_true(at < end);
            header |= (uint64_t)(*at & 0x7f) << shift;
            shift += 7;
        } while (*at++ & 0x80);
        uint64_t items = header & 1 ? (header >> 1) * 8 : header >> 1;
        uint32_t repeated = 0;
        for (int bits = 0; !(header & 1) && bits < width; bits += 8)
            repeated |= (uint32_t)*at++ << bits;
        for (uint64_t i = 0; i < items; i++) {
            uint32_t value = repeated;
            for (int b = 0; header & 1 && b < width; b++) {
                uint64_t bit = i * (uint64_t)width + (uint64_t)b;
                value |= (uint32_t)(at[bit / 8] >> (bit % 8) & 1) << b;
            }
            if (done < count)
                values[done++] = value;
            else
                assert_true(header & 1); /* only a packed run at the end may be padded */
        }
        if (header & 1)
            at += (header >> 1) * (uint64_t)width;
        assert_true(done == count || !(header & 1) || items % 8 == 0);
    }
    assert_ptr_equal(at, end);
}

static void the_formats_examples_come_out(void **state)
{
    static const struct {
        uint32_t values[32];
        size_t count;
        int width;
        const char *bytes;
        size_t len;
    } CASES[] = {
        {{0, 1, 2, 3, 4, 5, 6, 7}, 8, 3, "\x03\x88\xc6\xfa", 4},
        {{1, 0, 1, 1}, 4, 1, "\x03\x0d", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1000);
        support_ok(rle_append(&out, CASES[i].values, CASES[i].count, CASES[i].width, &err), &err);
        assert_int_equal(out.len, CASES[i].len);
        assert_memory_equal(out.ptr, CASES[i].bytes, out.len);
    }
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1000);
    support_ok(rle_append_run(&out, 1, 100, 1, &err), &err);
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.ptr, "\xc8\x01\x01", 3);
}

static void any_mixture_of_runs_is_read_back(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    static uint32_t values[COUNT], back[COUNT];
    uint64_t seed = 3;
    for (int round = 0; round < 300; round++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1 << 20);
        int width = 1 + round % 32;
        size_t count = (size_t)(round * 7 % COUNT) + 1;
        uint32_t mask = width == 32 ? UINT32_MAX : (UINT32_C(1) << width) - 1;
        for (size_t i = 0; i < count;) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t run = seed >> 60 < 8 ? 1 : 1 + (seed >> 40 & 63);
            for (; run && i < count; run--)
                values[i++] = (uint32_t)(seed >> 20) & mask;
        }
        support_ok(rle_append(&out, values, count, width, &err), &err);
        decode(&out, width, back, count);
        assert_memory_equal(values, back, count * sizeof *values);
    }
}

static void any_levels_are_read_back(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static uint8_t levels[COUNT];
    static uint32_t back[COUNT];
    uint64_t seed = 5;
    for (int round = 0; round < 2000; round++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(1 << 20);
        int width = 1 + round % 8;
        size_t count = (size_t)(round * 7 % COUNT) + 1;
        for (size_t i = 0; i < count;) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t run = seed >> 60 < 8 ? 1 : 1 + (seed >> 40 & 63);
            for (; run && i < count; run--)
                levels[i++] = (uint8_t)((seed >> 20) & ((1u << width) - 1));
        }
        support_ok(rle_append_levels(&out, levels, count, width, &err), &err);
        decode(&out, width, back, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(levels[i], back[i]);
    }
}

static void widths_are_those_of_the_greatest_value(void **state)
{
    (void)state;
    assert_int_equal(rle_width(0), 0);
    assert_int_equal(rle_width(1), 1);
    assert_int_equal(rle_width(4), 3);
    assert_int_equal(rle_width(UINT32_MAX), 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_formats_examples_come_out),
        cmocka_unit_test(any_mixture_of_runs_is_read_back),
        cmocka_unit_test(any_levels_are_read_back),
        cmocka_unit_test(widths_are_those_of_the_greatest_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
