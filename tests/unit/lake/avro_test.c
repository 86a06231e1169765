#include "lake/avro.h"

#include "support/support.h"

static const uint8_t SYNC[AVRO_SYNC_BYTES] = {1, 2,  3,  4,  5,  6,  7,  8,
                                              9, 10, 11, 12, 13, 14, 15, 16};

static void numbers_have_the_form_of_the_specification(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        Str bytes;
    } CASES[] = {
        {0, {"\x00", 1}},
        {-1, {"\x01", 1}},
        {1, {"\x02", 1}},
        {64, {"\x80\x01", 2}},
        {-65, {"\x81\x01", 2}},
        {1234, {"\xa4\x13", 2}},
        {INT64_MAX, {"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}},
        {INT64_MIN, {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(64);
        AvroWriter writer = avro_writer(&out, &err);
        avro_long(&writer, CASES[i].value);
        assert_true(writer.ok);
        assert_true(str_equal(buf_str(&out), CASES[i].bytes));
        AvroReader reader = {buf_str(&out), true};
        assert_int_equal(avro_take_long(&reader), CASES[i].value);
        assert_true(reader.ok && reader.rest.len == 0);
        for (size_t len = 0; len < out.len; len++) {
            reader = (AvroReader){{out.ptr, len}, true};
            avro_take_long(&reader);
            assert_false(reader.ok);
        }
    }
}

/* The tiny file of "parquet-iceberg", section 12: two records {long, null or string}. */
static void make_tiny(Buf *out)
{
    Error err = {0};
    BUF_AUTO Buf data = buf_init(64);
    AvroWriter records = avro_writer(&data, &err);
    avro_long(&records, 3);
    avro_long(&records, 1);
    avro_text(&records, STR("hi"));
    avro_long(&records, -1);
    avro_long(&records, 0);
    const AvroPair pairs[] = {{STR("avro.schema"), STR("{}")}};
    AvroWriter writer = avro_writer(out, &err);
    avro_header(&writer, pairs, 1, SYNC);
    avro_block(&writer, 2, buf_str(&data), SYNC);
    support_ok(records.ok && writer.ok, &err);
}

static void a_container_comes_back(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1024);
    AvroFile file;
    AvroReader data;
    uint64_t records;
    make_tiny(&bytes);
    static const char BLOCK[] = "\x04\x0e\x06\x02\x04hi\x01\x00";
    assert_memory_equal(bytes.ptr + bytes.len - 16 - 9, BLOCK, 9);
    support_ok(avro_open(&file, buf_str(&bytes), &err), &err);
    assert_true(str_equal(avro_value(&file, STR("avro.schema")), STR("{}")));
    assert_int_equal(avro_value(&file, STR("other")).len, 0);
    support_ok(avro_next_block(&file, &data, &records, &err), &err);
    assert_int_equal(records, 2);
    assert_int_equal(avro_take_long(&data), 3);
    assert_true(avro_take_present(&data));
    assert_true(str_equal(avro_take_text(&data), STR("hi")));
    assert_int_equal(avro_take_long(&data), -1);
    assert_false(avro_take_present(&data));
    assert_true(data.ok && data.rest.len == 0);
    support_ok(avro_next_block(&file, &data, &records, &err), &err);
    assert_int_equal(records, 0);
}

static bool count_record(void *context, AvroReader *data, Error *err)
{
    int *left = context; /* of what is taken; the next one is refused */
    if ((*left)-- == 0)
        return error_set(err, ERROR_LIMIT, "enough");
    avro_take_long(data);
    if (avro_take_present(data))
        avro_take_text(data);
    return true;
}

static bool forget_text(void *context, AvroReader *data, Error *err)
{
    (void)context;
    (void)err;
    avro_take_long(data);
    return true;
}

static void each_record_is_taken_and_nothing_may_be_left(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1024);
    AvroFile file;
    int left = 2;
    make_tiny(&bytes);
    support_ok(avro_open(&file, buf_str(&bytes), &err) &&
                   avro_each(&file, count_record, &left, "it", &err),
               &err);
    assert_int_equal(left, 0);
    left = 1;
    support_ok(avro_open(&file, buf_str(&bytes), &err), &err);
    assert_false(avro_each(&file, count_record, &left, "it", &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    error_clear(&err);
    support_ok(avro_open(&file, buf_str(&bytes), &err), &err);
    assert_false(avro_each(&file, forget_text, NULL, "it", &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, "it is damaged"));
}

static bool reads_whole(Str bytes)
{
    Error err = {0};
    AvroFile file;
    AvroReader data;
    uint64_t records;
    if (!avro_open(&file, bytes, &err))
        return false;
    do
        if (!avro_next_block(&file, &data, &records, &err))
            return false;
    while (records);
    return true;
}

static void a_file_that_was_cut_is_refused(void **state)
{
    (void)state;
    BUF_AUTO Buf bytes = buf_init(1024);
    make_tiny(&bytes);
    size_t block = bytes.len - 16 - 9;
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(reads_whole((Str){bytes.ptr, len}), len == block);
    assert_true(reads_whole(buf_str(&bytes)));
    bytes.ptr[bytes.len - 1] ^= 1; /* the marker behind the block */
    assert_false(reads_whole(buf_str(&bytes)));
}

static void a_compressed_file_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    AvroFile file;
    static const char BYTES[] = "Obj\x01\x02\x14"
                                "avro.codec\x0e"
                                "deflate\x00"
                                "0123456789abcdef";
    assert_false(avro_open(&file, (Str){BYTES, sizeof BYTES - 1}, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, "'deflate'"));
}

static void counts_beyond_the_bytes_are_refused(void **state)
{
    (void)state;
    AvroReader reader = {{"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10}, true};
    avro_take_count(&reader);
    assert_false(reader.ok);
    reader = (AvroReader){{"\x03\x04\x01\x02", 4}, true}; /* -2, of 2 bytes */
    assert_int_equal(avro_take_count(&reader), 2);
    assert_true(reader.ok);
    reader = (AvroReader){{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00", 11}, true};
    avro_take_count(&reader);
    assert_false(reader.ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_the_form_of_the_specification),
        cmocka_unit_test(a_container_comes_back),
        cmocka_unit_test(each_record_is_taken_and_nothing_may_be_left),
        cmocka_unit_test(a_file_that_was_cut_is_refused),
        cmocka_unit_test(a_compressed_file_is_refused),
        cmocka_unit_test(counts_beyond_the_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
