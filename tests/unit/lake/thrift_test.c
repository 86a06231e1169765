#include "support/support.h"

#include "lake/thrift.h"

/* The worked pieces of "parquet-iceberg", section 2. */
static void worked_pieces_come_out_byte_for_byte(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1000);
    Thrift thrift = thrift_begin(&out, &err);
    thrift_text(&thrift, 1, STR("k"));
    thrift_text(&thrift, 2, STR("v"));
    support_ok(thrift_end(&thrift), &err);
    assert_int_equal(out.len, 7);
    assert_memory_equal(out.ptr, "\x18\x01\x6b\x18\x01\x76\x00", 7);

    out.len = 0;
    thrift = thrift_begin(&out, &err);
    thrift_i32(&thrift, 1, 2);
    thrift_i32(&thrift, 3, 1);
    thrift_text(&thrift, 4, STR("ts"));
    thrift_i32(&thrift, 6, 10);
    thrift_i32(&thrift, 9, 7);
    thrift_struct(&thrift, 10);
    thrift_struct(&thrift, 8);
    thrift_bool(&thrift, 1, true);
    thrift_struct(&thrift, 2);
    thrift_struct(&thrift, 2);
    for (int i = 0; i < 4; i++)
        thrift_close(&thrift);
    support_ok(thrift_end(&thrift), &err);
    static const char EXPECTED[] = "\x15\x04\x25\x02\x18\x02\x74\x73\x25\x14\x35\x0e\x1c\x8c\x11"
                                   "\x1c\x2c\x00\x00\x00\x00\x00";
    assert_int_equal(out.len, sizeof EXPECTED - 1);
    assert_memory_equal(out.ptr, EXPECTED, out.len);
}

static void far_fields_and_long_lists_use_the_long_forms(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1000);
    Thrift thrift = thrift_begin(&out, &err);
    thrift_i64(&thrift, 100, -1);
    thrift_byte(&thrift, 101, -2);
    thrift_i16(&thrift, 102, 3);
    thrift_list(&thrift, 103, THRIFT_TRUE, 15);
    for (int i = 0; i < 15; i++)
        thrift_item_bool(&thrift, i == 0);
    thrift_list(&thrift, 104, THRIFT_I32, 1);
    thrift_item_i32(&thrift, INT32_MIN);
    thrift_list(&thrift, 105, THRIFT_I64, 1);
    thrift_item_i64(&thrift, 64);
    support_ok(thrift_end(&thrift), &err);
    static const char EXPECTED[] = "\x06\xc8\x01\x01\x13\xfe\x14\x06\x19\xf1\x0f"
                                   "\x01\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02"
                                   "\x19\x15\xff\xff\xff\xff\x0f\x19\x16\x80\x01";
    assert_int_equal(out.len, sizeof EXPECTED);
    assert_memory_equal(out.ptr, EXPECTED, out.len);
}

static void a_full_buffer_is_told_at_the_end(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf out = buf_init(4);
    Thrift thrift = thrift_begin(&out, &err);
    thrift_text(&thrift, 1, STR("too long for it"));
    assert_false(thrift_end(&thrift));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_pieces_come_out_byte_for_byte),
        cmocka_unit_test(far_fields_and_long_lists_use_the_long_forms),
        cmocka_unit_test(a_full_buffer_is_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
