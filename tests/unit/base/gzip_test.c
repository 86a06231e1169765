/* What is packed comes out again, whatever its size, and one packer serves many texts. */
#include "base/gzip.h"

#include "base/gunzip.h"
#include "support/support.h"

enum { MOST = 1 << 20 };

static void texts_come_out_again(void **state)
{
    static const size_t SIZES[] = {0, 1, 65536, MOST - 1, 3};
    static char plain[MOST];
    Error err = {0};
    Gzip *gzip = gzip_new(6, &err);
    (void)state;
    support_ok(gzip != NULL, &err);
    for (size_t i = 0; i < MOST; i++)
        plain[i] = (char)(i * i % 251);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        BUF_AUTO Buf out = buf_init(MOST);
        Str packed;
        support_ok(gzip_pack(gzip, (Str){plain, SIZES[i]}, &packed, &err), &err);
        assert_true(gunzip_is_packed(packed));
        support_ok(gunzip(packed, &out, &err), &err);
        assert_int_equal(out.len, SIZES[i]);
        assert_memory_equal(out.len ? out.ptr : plain, plain, SIZES[i]);
    }
    gzip_free(gzip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_out_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
