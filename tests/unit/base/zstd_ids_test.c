/* Frames of ids, read back by the library. */
#include "base/zstd_ids.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "support/support.h"

enum { BODY_MAX = 16 << 20, ENTRY_BYTES = 40 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void put_text(Buf *body, const char *text)
{
    Error err = {0};
    uint32_t len = (uint32_t)strlen(text);
    support_ok(buf_append(body, &len, sizeof len, &err) && buf_append(body, text, len, &err), &err);
}

/* *from* bytes and *count* random ids. */
static Buf body_of(size_t from, size_t count, uint64_t *state)
{
    Error err = {0};
    Buf body = buf_init(BODY_MAX);
    for (size_t i = 0; i < from; i++)
        support_ok(buf_append_byte(&body, (unsigned char)next_random(state), &err), &err);
    for (size_t i = 0; i < count; i++) {
        char id[64];
        uint64_t a = next_random(state), b = next_random(state);
        snprintf(id, sizeof id, "%08x-%04x-%04x-%04x-%012llx", (unsigned)a,
                 (unsigned)(a >> 32) & 0xffff, (unsigned)(a >> 48), (unsigned)b & 0xffff,
                 (unsigned long long)(b >> 16));
        put_text(&body, id);
    }
    return body;
}

/* The length of the frame, 0 when there is none; it must be the body again. */
static size_t pack(const Buf *body, size_t from)
{
    Error err = {0};
    MEM_AUTO char *frame = mem_alloc(zstd_ids_bound(body->len), &err);
    MEM_AUTO char *again = mem_alloc(body->len + 1, &err);
    support_ok(frame && again, &err);
    size_t size = zstd_ids_pack(buf_str(body), from, frame);
    if (!size)
        return 0;
    assert_true(size <= zstd_ids_bound(body->len));
    assert_int_equal(ZSTD_getFrameContentSize(frame, size), body->len);
    size_t len = ZSTD_decompress(again, body->len, frame, size);
    if (ZSTD_isError(len))
        fail_msg("%zu bytes of %zu: %s", size, body->len, ZSTD_getErrorName(len));
    assert_int_equal(len, body->len);
    assert_memory_equal(again, body->ptr, len);
    return size;
}

static void ids_come_back_from_the_frame(void **state)
{
    static const size_t COUNTS[] = {2,   3,    4,    5,    7,    8,    9,    127,  128,   129,
                                    130, 1000, 3276, 3277, 3278, 3279, 6552, 6553, 20000, 65537};
    static const size_t FROMS[] = {0, 1, 6, 7, 8, 23, 24, 87, 88, 215, 500, 999, 1000, 2000};
    uint64_t random = 88172645463325252u;
    (void)state;
    for (size_t c = 0; c < sizeof COUNTS / sizeof *COUNTS; c++)
        for (size_t f = 0; f < sizeof FROMS / sizeof *FROMS; f++) {
            if (COUNTS[c] > 3279 && f > 1)
                continue;
            Buf body = body_of(FROMS[f], COUNTS[c], &random);
            size_t size = pack(&body, FROMS[f]);
            assert_true(size > 0);
            if (COUNTS[c] >= 1000 && f < 4)
                assert_true(size < body.len / 2);
            buf_free(&body);
        }
}

static void characters_may_stand_anywhere(void **state)
{
    (void)state;
    BUF_AUTO Buf body = buf_init(BODY_MAX);
    for (int i = 0; i < 5000; i++)
        put_text(&body, i % 3 == 0   ? "000000000000000000000000000000000000"
                        : i % 3 == 1 ? "------------------------------------"
                                     : "ffffffffffffffffffffffffffffffffffff");
    assert_true(pack(&body, 0) > 0);
}

/* Whatever is no id makes no frame, wherever it stands. */
static void other_texts_make_no_frame(void **state)
{
    static const char *const OTHERS[] = {
        "0123456789abcdef0123456789abcdef012",  "0123456789abcdef0123456789abcdef01234",
        "0123456789abcdef0123456789abcdeF0123", "0123456789abcdefg123456789abcdef0123",
        "0123456789abcdef/123456789abcdef0123", "0123456789abcdef:123456789abcdef0123",
        "0123456789abcdef`123456789abcdef0123", ""};
    (void)state;
    uint64_t random = 88172645463325252u;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        for (int place = 1; place < 3; place++) {
            Buf body = body_of(3, 4000, &random), more = body_of(0, 4000, &random);
            Error err = {0};
            put_text(&body, OTHERS[i]);
            if (place == 2)
                support_ok(buf_append_str(&body, buf_str(&more), &err), &err);
            assert_int_equal(pack(&body, 3), 0);
            buf_free(&body);
            buf_free(&more);
        }
    Buf few = body_of(0, 1, &random);
    assert_int_equal(pack(&few, 0), 0);
    few.len = 0;
    assert_int_equal(pack(&few, 0), 0);
    buf_free(&few);
    Buf far = body_of(2001, 5, &random);
    assert_int_equal(pack(&far, 2001), 0);
    assert_int_equal(pack(&far, 2001 + ENTRY_BYTES * 5), 0);
    buf_free(&far);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_come_back_from_the_frame),
        cmocka_unit_test(characters_may_stand_anywhere),
        cmocka_unit_test(other_texts_make_no_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
