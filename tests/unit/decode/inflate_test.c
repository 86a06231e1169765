#include "decode/inflate.h"

#include <zlib.h>

#include "decode/object.h"
#include "support/support.h"

static const InflateLimits LIMITS = {
    .window_max = 1000, .total_max = 100000, .ratio_max = 250, .ratio_floor = 100000};

static void append_gzip(Buf *buf, const char *text, size_t len)
{
    Error err = {0};
    z_stream stream = {0};
    BUF_AUTO Buf copy = buf_init(1 << 24);
    support_ok(buf_append(&copy, text, len, &err), &err);
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    support_ok(buf_reserve(buf, deflateBound(&stream, len) + 64, &err), &err);
    stream.next_in = (Bytef *)copy.ptr;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)buf->ptr + buf->len;
    stream.avail_out = (uInt)(buf->cap - buf->len);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf->len += stream.total_out;
    deflateEnd(&stream);
}

/* Appends all windows of *bytes* to *text*, keeping *keep* bytes from window to window. */
static InflateReport drain(Str bytes, size_t keep, Buf *text)
{
    Error err = {0};
    Inflate *self = inflate_new(&LIMITS, &err);
    support_ok(self != NULL, &err);
    inflate_start(self, bytes);
    size_t kept = 0;
    for (bool last = false; !last;) {
        Str window;
        size_t fresh;
        support_ok(inflate_next(self, kept, &window, &fresh, &last, &err), &err);
        assert_true(window.len <= LIMITS.window_max && window.len == kept + fresh);
        assert_memory_equal(window.ptr, text->ptr ? text->ptr + text->len - kept : "", kept);
        for (int i = 0; i < RECORD_PADDING; i++)
            assert_int_equal(window.ptr[window.len + (size_t)i], 0);
        support_ok(buf_append(text, window.ptr + kept, fresh, &err), &err);
        kept = keep < window.len ? keep : window.len;
    }
    InflateReport report = inflate_report(self);
    inflate_free(self);
    return report;
}

static void gives_all_bytes_in_windows_whatever_is_kept(void **state)
{
    static const size_t LENGTHS[] = {0, 1, 999, 1000, 1001, 2500, 40000};
    static char text[40000];
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * 7919 % 26);
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++)
        for (size_t keep = 0; keep < 1000; keep += 333)
            for (int packed = 0; packed < 2; packed++) {
                BUF_AUTO Buf gzip = buf_init(1 << 20), out = buf_init(1 << 20);
                append_gzip(&gzip, text, LENGTHS[i]);
                Str bytes = packed ? buf_str(&gzip) : (Str){text, LENGTHS[i]};
                InflateReport report = drain(bytes, keep, &out);
                assert_true(str_equal(buf_str(&out), (Str){text, LENGTHS[i]}));
                assert_int_equal(report.inflated, LENGTHS[i]);
                assert_int_equal(report.flags, 0);
                assert_null(report.problem);
            }
}

static void says_what_is_wrong_with_the_rest(void **state)
{
    BUF_AUTO Buf gzip = buf_init(1 << 20), out = buf_init(1 << 20);
    static char zeros[200000];
    InflateReport report;
    (void)state;
    append_gzip(&gzip, "hello hello hello", 17);
    size_t one = gzip.len;

    report = drain((Str){gzip.ptr, one - 9}, 0, &out);
    assert_int_equal(report.flags, OBJECT_TRUNCATED);
    assert_non_null(report.problem);

    gzip.ptr[one - 5] ^= 1;
    out.len = 0;
    report = drain((Str){gzip.ptr, one}, 0, &out);
    assert_int_equal(report.flags, OBJECT_BAD_CHECKSUM);
    assert_int_equal(out.len, 17);
    gzip.ptr[one - 5] ^= 1;

    gzip.ptr[12] ^= 0x55;
    out.len = 0;
    report = drain((Str){gzip.ptr, one}, 0, &out);
    assert_true(report.flags & (OBJECT_BROKEN | OBJECT_TRUNCATED | OBJECT_BAD_CHECKSUM));
    gzip.ptr[12] ^= 0x55;

    append_gzip(&gzip, "again", 5);
    out.len = 0;
    report = drain(buf_str(&gzip), 0, &out);
    assert_int_equal(report.flags, OBJECT_SEVERAL_MEMBERS);
    assert_int_equal(report.members, 2);
    assert_int_equal(out.len, 22);

    Error err = {0};
    support_ok(buf_append(&gzip, zeros, 100, &err), &err);
    out.len = 0;
    report = drain(buf_str(&gzip), 0, &out);
    assert_int_equal(report.flags, OBJECT_SEVERAL_MEMBERS);
    support_ok(buf_append(&gzip, "x", 1, &err), &err);
    out.len = 0;
    report = drain(buf_str(&gzip), 0, &out);
    assert_int_equal(report.flags, OBJECT_SEVERAL_MEMBERS | OBJECT_TRAILING_GARBAGE);
    assert_int_equal(report.rest.len, 101);

    gzip.len = 0;
    out.len = 0;
    append_gzip(&gzip, zeros, sizeof zeros);
    report = drain(buf_str(&gzip), 0, &out);
    assert_int_equal(report.flags, OBJECT_REFUSED);
    assert_int_equal(out.len, LIMITS.total_max);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_all_bytes_in_windows_whatever_is_kept),
        cmocka_unit_test(says_what_is_wrong_with_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
