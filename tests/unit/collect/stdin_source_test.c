#include "collect/stdin_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/support.h"

/* Standard input that holds *first* and then *line* until it is *bytes* long. */
static StdinSource *open_text(const char *first, const char *line, size_t bytes, int *ret_fd)
{
    Error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/input", support_folder());
    *ret_fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(*ret_fd >= 0);
    support_folder_end();
    char *block = test_malloc(1 << 20);
    size_t len = strlen(line), fit = len ? ((1 << 20) / len) * len : 0;
    for (size_t i = 0; i < fit; i += len)
        memcpy(block + i, line, len);
    assert_int_equal(write(*ret_fd, first, strlen(first)), strlen(first));
    for (size_t done = 0; done < bytes; done += fit)
        assert_int_equal(write(*ret_fd, block, fit), fit);
    test_free(block);
    lseek(*ret_fd, 0, SEEK_SET);
    StdinSource *source = stdin_source_open(*ret_fd, &err);
    support_ok(source != NULL, &err);
    return source;
}

static void text_is_cut_between_values(void **state)
{
    (void)state;
    static const char *const LINES[] = {"{\"a\":{\"b\":1}}\n", "{\"a\":{\"b\":1}}\r\n"};
    for (size_t i = 0; i < 2; i++) {
        int fd;
        Error err = {0};
        bool more = true;
        size_t count = 0, bytes = 0;
        ObjectList *list = object_list_new(&err);
        StdinSource *source = open_text("{\n\"x\": [{},\n{}]\n}\n", LINES[i], 130 << 20, &fd);
        for (; more; count++) {
            support_ok(stdin_source_next(source, list, NULL, &more, &err), &err);
            Str text = object_list_at(list, count)->carried->bytes;
            assert_true(text.len <= STDIN_BYTES);
            assert_true(str_starts(text, count ? STR("{\"a\":{\"b\"") : STR("{\n\"x\"")));
            assert_int_equal(text.ptr[text.len - 1], '\n');
            bytes += text.len;
        }
        assert_int_equal(count, 3);
        assert_int_equal(bytes, lseek(fd, 0, SEEK_END));
        assert_true(str_equal(object_list_source(object_list_at(list, 0)), STR("stdin")));
        stdin_source_free(source);
        object_list_free(list);
        close(fd);
    }
}

static void what_cannot_be_cut_is_refused(void **state)
{
    (void)state;
    static const char *const STARTS[] = {"[", "\x1f\x8b"};
    static const char *const LINES[] = {"{\"a\":1},\n", "}\n{"};
    for (size_t i = 0; i < 2; i++) {
        int fd;
        Error err = {0};
        bool more = true;
        ObjectList *list = object_list_new(&err);
        StdinSource *source = open_text(STARTS[i], LINES[i], STDIN_BYTES_MAX + 1, &fd);
        assert_false(stdin_source_next(source, list, NULL, &more, &err));
        assert_int_equal(err.kind, ERROR_LIMIT);
        stdin_source_free(source);
        object_list_free(list);
        close(fd);
    }
}

static void nothing_is_no_object(void **state)
{
    (void)state;
    int fd;
    Error err = {0};
    bool more = true;
    ObjectList *list = object_list_new(&err);
    StdinSource *source = open_text("", "", 0, &fd);
    support_ok(stdin_source_next(source, list, NULL, &more, &err), &err);
    assert_false(more);
    assert_int_equal(object_list_count(list), 0);
    stdin_source_free(source);
    object_list_free(list);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_between_values),
        cmocka_unit_test(what_cannot_be_cut_is_refused),
        cmocka_unit_test(nothing_is_no_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
