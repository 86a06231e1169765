#include "lake/quarantine_index.h"

#include <string.h>
#include <zstd.h>

#include "support/support.h"

static void fill(QuarantineSet *set)
{
    Error err = {0};
    QuarantinePiece one = {.object_id = 3,
                           .record_index = -1,
                           .offset = 7,
                           .bytes = 5,
                           .reason = "it says \"no\"\n\xc3\xa4"};
    QuarantinePiece two = {.object_id = 4, .record_index = 9, .bytes = 1, .stored = true};
    support_ok(quarantine_add(set, &one, STR("first"), &err) &&
                   quarantine_add(set, &two, STR("2"), &err),
               &err);
}

static void make_file(Buf *bytes)
{
    Error err = {0};
    QuarantineSet set = quarantine_new();
    fill(&set);
    support_ok(buf_append_str(bytes, buf_str(&set.frames), &err) &&
                   quarantine_index_append(&set, bytes, &err),
               &err);
    quarantine_free(&set);
}

static void the_index_gives_back_every_piece(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    QuarantineSet written = quarantine_new(), found = quarantine_new();
    fill(&written);
    make_file(&bytes);
    support_ok(quarantine_index_read(buf_str(&bytes), &found, &err), &err);
    assert_int_equal(quarantine_count(&found), 2);
    assert_memory_equal(found.pieces.ptr, written.pieces.ptr, found.pieces.len);
    quarantine_free(&written);
    quarantine_free(&found);
}

static void the_file_stays_a_series_of_frames(void **state)
{
    (void)state;
    char text[100];
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    make_file(&bytes);
    size_t size = ZSTD_decompress(text, sizeof text, bytes.ptr, bytes.len);
    assert_int_equal(size, 6);
    assert_memory_equal(text, "first2", 6);
}

static void a_damaged_index_is_refused(void **state)
{
    (void)state;
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    QuarantineSet found = quarantine_new();
    make_file(&bytes);
    for (size_t len = 0; len < bytes.len; len++)
        assert_false(quarantine_index_read((Str){bytes.ptr, len}, &found, &err));
    /* Without the first byte, the last piece's frame would reach into the index. */
    assert_false(quarantine_index_read((Str){bytes.ptr + 1, bytes.len - 1}, &found, &err));
    assert_non_null(strstr(err.text, "does not fit"));
    for (size_t at = 0; at < bytes.len; at++) { /* whatever it is, nothing breaks */
        bytes.ptr[at] ^= 0x21;
        if (!quarantine_index_read(buf_str(&bytes), &found, &err))
            assert_int_equal(err.kind, ERROR_INPUT);
        bytes.ptr[at] ^= 0x21;
    }
    quarantine_free(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_gives_back_every_piece),
        cmocka_unit_test(the_file_stays_a_series_of_frames),
        cmocka_unit_test(a_damaged_index_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
