#include "support/text_cases.h"

#include <stdio.h>

#include "support/support.h"

enum { FILE_BYTES_MAX = 1 << 20, RESULT_BYTES_MAX = 1 << 16 };

typedef struct Case {
    Str name;
    Str sql;
    char verdict; /* '=', '-', '~' or '!' */
    Buf expected;
} Case;

static Str next_line(Str *text)
{
    size_t end = str_find_byte(*text, '\n', 0);
    Str line = str_slice(*text, 0, end);
    *text = str_slice(*text, end + 1, text->len);
    return line;
}

static bool is_verdict(Str line)
{
    return str_starts(line, STR("=> ")) || str_starts(line, STR("-> ")) ||
           str_starts(line, STR("!! ")) || str_starts(line, STR("~> "));
}

/* Appends *text*, runs of white space as one blank. */
void text_cases_fold(Buf *out, Str text)
{
    Error err = {0};
    bool blank = out->len > 0;
    text = str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ') {
            blank = true;
            continue;
        }
        if (blank && out->len)
            support_ok(buf_append_byte(out, ' ', &err), &err);
        blank = false;
        support_ok(buf_append_byte(out, (unsigned char)text.ptr[i], &err), &err);
    }
}

/* The next case of *text*; false at the end. The caller frees `expected`. */
static bool next_case(Str *text, Case *ret)
{
    Str line = {"", 0};
    while (text->len && !str_starts(line, STR("## ")))
        line = next_line(text);
    if (!str_starts(line, STR("## ")))
        return false;
    *ret = (Case){.name = str_slice(line, 3, line.len), .expected = buf_init(RESULT_BYTES_MAX)};
    const char *from = text->ptr;
    while (text->len && !is_verdict(line = next_line(text)))
        ;
    ret->sql = str_trim((Str){from, (size_t)(line.ptr - from)});
    ret->verdict = line.len ? line.ptr[0] : '\0';
    text_cases_fold(&ret->expected, str_slice(line, 3, line.len));
    while (text->len && text->ptr[0] == ' ')
        text_cases_fold(&ret->expected, next_line(text));
    return true;
}

void assert_text_cases(const char *path_below_tests, unsigned cases_min, TextCaseRun run)
{
    BUF_AUTO Buf file = buf_init(FILE_BYTES_MAX);
    unsigned cases = 0, wrong = 0;
    Case one;
    support_read(path_below_tests, &file);
    for (Str text = buf_str(&file); next_case(&text, &one); cases++) {
        BUF_AUTO Buf actual = buf_init(RESULT_BYTES_MAX);
        run(one.sql, one.verdict, &actual);
        if (!str_equal(buf_str(&actual), buf_str(&one.expected))) {
            wrong++;
            print_message("%.*s\n  %.*s\n  expected %.*s\n  got      %.*s\n", STR_ARG(one.name),
                          STR_ARG(one.sql), STR_ARG(buf_str(&one.expected)),
                          STR_ARG(buf_str(&actual)));
        }
        buf_free(&one.expected);
    }
    if (wrong || cases < cases_min)
        fail_msg("%s: %u of %u cases came out otherwise", path_below_tests, wrong, cases);
}
