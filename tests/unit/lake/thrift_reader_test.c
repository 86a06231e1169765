#include "lake/thrift_reader.h"

#include "support/support.h"

/* A struct with every kind of field, and fields that a reader passes over. */
static void write_sample(Buf *out)
{
    Error err = {0};
    Thrift thrift = thrift_begin(out, &err);
    thrift_i64(&thrift, 1, INT64_MIN);
    thrift_bool(&thrift, 2, true);
    thrift_list(&thrift, 3, THRIFT_TRUE, 20);
    for (int i = 0; i < 20; i++)
        thrift_item_bool(&thrift, i & 1);
    thrift_struct(&thrift, 4);
    thrift_text(&thrift, 1, STR("inner"));
    thrift_list(&thrift, 40, THRIFT_STRUCT, 2);
    for (int i = 0; i < 2; i++) {
        thrift_item_struct(&thrift);
        thrift_i32(&thrift, 7, -i);
        thrift_close(&thrift);
    }
    thrift_close(&thrift);
    thrift_text(&thrift, 30, STR("end"));
    support_ok(thrift_end(&thrift), &err);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    int id;
    ThriftType type;
    BUF_AUTO Buf bytes = buf_init(1000);
    write_sample(&bytes);
    ThriftReader reader = thrift_reader(buf_str(&bytes));
    assert_true(thrift_reader_field(&reader, &id, &type));
    assert_int_equal(id, 1);
    assert_true(thrift_reader_int(&reader) == INT64_MIN);
    assert_true(thrift_reader_field(&reader, &id, &type));
    assert_int_equal(type, THRIFT_TRUE);
    assert_true(thrift_reader_field(&reader, &id, &type));
    thrift_reader_skip(&reader, type);
    assert_true(thrift_reader_field(&reader, &id, &type));
    thrift_reader_open(&reader);
    assert_true(thrift_reader_field(&reader, &id, &type));
    assert_true(str_equal(thrift_reader_text(&reader), STR("inner")));
    assert_true(thrift_reader_field(&reader, &id, &type));
    assert_int_equal(id, 40);
    assert_int_equal(thrift_reader_list(&reader, &type), 2);
    for (int i = 0; i < 2; i++) {
        thrift_reader_open(&reader);
        assert_true(thrift_reader_field(&reader, &id, &type));
        assert_int_equal(thrift_reader_int(&reader), -i);
        assert_false(thrift_reader_field(&reader, &id, &type));
    }
    assert_false(thrift_reader_field(&reader, &id, &type));
    assert_true(thrift_reader_field(&reader, &id, &type));
    assert_int_equal(id, 30);
    assert_true(str_equal(thrift_reader_text(&reader), STR("end")));
    assert_false(thrift_reader_field(&reader, &id, &type));
    assert_true(reader.ok);
    assert_int_equal(reader.rest.len, 0);
}

/* Passes over everything; true when the bytes were one whole struct. */
static bool skip_all(Str bytes)
{
    int id;
    ThriftType type;
    ThriftReader reader = thrift_reader(bytes);
    while (thrift_reader_field(&reader, &id, &type))
        thrift_reader_skip(&reader, type);
    return reader.ok && reader.rest.len == 0;
}

static void every_cut_is_noticed(void **state)
{
    (void)state;
    BUF_AUTO Buf bytes = buf_init(1000);
    write_sample(&bytes);
    assert_true(skip_all(buf_str(&bytes)));
    for (size_t len = 0; len < bytes.len; len++)
        assert_false(skip_all((Str){bytes.ptr, len}));
}

static void hostile_bytes_end_with_an_error(void **state)
{
    (void)state;
    const struct {
        const char *name;
        Str bytes;
    } CASES[] = {
        {"a list longer than the input", STR("\x19\xf8\xff\xff\xff\xff\x0f")},
        {"a text longer than the input", STR("\x18\xff\x01x")},
        {"a number without an end", STR("\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {"structs that go too deep", STR("\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c\x1c"
                                         "\x1c\x1c\x1c\x1c\x1c\x1c")},
        {"lists that go too deep", STR("\x19\x19\x19\x19\x19\x19\x19\x19\x19\x19\x19\x19\x19\x19"
                                       "\x19\x19\x19\x19\x19\x19")},
        {"a type that does not occur", STR("\x1b\x00")},
        {"a field id below zero", STR("\x05\x01\x00")},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (skip_all(CASES[i].bytes))
            fail_msg("%s was taken", CASES[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(hostile_bytes_end_with_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
