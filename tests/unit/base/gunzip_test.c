/* Gzip of moderate size comes out whole, and broken or too large gzip is told. */
#include "base/gunzip.h"

#include "support/support.h"

#include <libdeflate.h>

enum { MOST = 1 << 20 };

/* *size* bytes of one letter, packed into *ret*; how many there are. */
static Str pack(size_t size, char *ret, size_t room)
{
    static char plain[MOST];
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
    memset(plain, 'a', size);
    size_t len = libdeflate_gzip_compress(compressor, plain, size, ret, room);
    libdeflate_free_compressor(compressor);
    assert_true(len > 0);
    return (Str){ret, len};
}

static void texts_come_out_whole(void **state)
{
    static const size_t SIZES[] = {0, 1, 65535, 65536, 65537, MOST - 3};
    char room[8192];
    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(MOST);
        Str packed = pack(SIZES[i], room, sizeof room);
        assert_true(gunzip_is_packed(packed));
        support_ok(buf_append_str(&out, STR("xyz"), &err), &err);
        support_ok(gunzip(packed, &out, &err), &err);
        assert_int_equal(out.len, SIZES[i] + 3);
        assert_true(!SIZES[i] || (out.ptr[3] == 'a' && out.ptr[out.len - 1] == 'a'));
    }
}

static void a_size_that_lies_is_no_harm(void **state)
{
    char room[8192];
    Error err = {0};
    BUF_AUTO Buf out = buf_init(MOST), less = buf_init(MOST / 2);
    Str packed = pack(MOST - 1, room, sizeof room);
    (void)state;
    assert_false(gunzip(packed, &less, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    for (size_t i = 1; i <= 4; i++)
        room[packed.len - i] = '\xff';
    error_clear(&err);
    assert_false(gunzip(packed, &out, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void what_is_broken_is_told(void **state)
{
    char room[8192];
    Str packed = pack(1000, room, sizeof room - 1);
    (void)state;
    for (size_t len = 0; len < packed.len; len++) {
        Error err = {0};
        BUF_AUTO Buf out = buf_init(MOST);
        assert_false(gunzip(str_slice(packed, 0, len), &out, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_int_equal(out.len, 0);
    }
    Error err = {0};
    BUF_AUTO Buf out = buf_init(MOST);
    room[packed.len] = 'x';
    assert_false(gunzip((Str){room, packed.len + 1}, &out, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_false(gunzip_is_packed(STR("{}")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_out_whole),
        cmocka_unit_test(a_size_that_lies_is_no_harm),
        cmocka_unit_test(what_is_broken_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
