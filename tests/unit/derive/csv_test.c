#include "derive/csv.h"

#include <stdio.h>
#include <string.h>

#include "support/support.h"

/* All rows as "line:a|b|c " of copied fields; "line! " of broken ones. */
static void show(Str text, const char *comments, char *ret, size_t size)
{
    Error err = {0};
    CsvRow row;
    size_t used = 0;
    Arena *arena = arena_new(1 << 20, &err);
    support_ok(arena != NULL, &err);
    Csv csv = csv_start(text, comments);
    ret[0] = '\0';
    while (csv_next(&csv, &row)) {
        used += (size_t)snprintf(ret + used, size - used, "%zu%s", row.line, row.broken ? "!" : "");
        for (unsigned i = 0; !row.broken && i < row.count; i++) {
            Str field;
            support_ok(csv_copy(&row, i, arena, &field, &err), &err);
            used +=
                (size_t)snprintf(ret + used, size - used, "%s%.*s", i ? "|" : ":", STR_ARG(field));
        }
        used += (size_t)snprintf(ret + used, size - used, " ");
    }
    arena_free(arena);
}

static void rows_are_read(void **state)
{
    static const struct {
        const char *sentence, *text, *rows;
    } CASES[] = {
        {"two rows", "a,b\nc,d\n", "1:a|b 2:c|d "},
        {"no line end at the end", "a,b", "1:a|b "},
        {"line ends of Windows", "a,b\r\nc,d\r\n", "1:a|b 2:c|d "},
        {"a byte order mark",
         "\xef\xbb\xbf"
         "a,b\n",
         "1:a|b "},
        {"empty fields", ",\n,,x\n", "1:| 2:||x "},
        {"empty lines", "\n \na\n\n", "3:a "},
        {"white space around fields", " a , b\t\n", "1:a|b "},
        {"quotes around a comma", "\"a,b\",c\n", "1:a,b|c "},
        {"doubled quotes", "\"say \"\"no\"\"\",c\n", "1:say \"no\"|c "},
        {"a line end in quotes", "\"a\nb\",c\nd\n", "1:a\nb|c 3:d "},
        {"a quote inside a field is a letter", "a\"b,c\n", "1:a\"b|c "},
        {"a doubled quote outside quotes stays", "a\"\"b\n", "1:a\"\"b "},
        {"an empty text in quotes", "\"\",x\n", "1:|x "},
        {"a quote that is not closed spoils its line", "\"a,b\nc,d\n", "1! 2:c|d "},
        {"something behind a closing quote", "\"a\"b,c\nd\n", "1! 2:d "},
        {"comments", "# a,\"b\n;c\nd # e\n", "3:d # e "},
        {"a comment after white space", "  # x\ny\n", "2:y "},
        {"nothing", "", ""},
        {"a comment without an end", "#", ""},
    };
    char rows[256];
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        show(str_of(CASES[i].text), "#;", rows, sizeof rows);
        if (strcmp(rows, CASES[i].rows) != 0)
            fail_msg("%s: %s", CASES[i].sentence, rows);
    }
}

static void sizes_are_bounded(void **state)
{
    Error err = {0};
    CsvRow row;
    BUF_AUTO Buf text = buf_init(1 << 20);
    (void)state;
    for (int i = 0; i < 100; i++)
        support_ok(buf_append_str(&text, STR("x,"), &err), &err);
    support_ok(buf_append_str(&text, STR("\n\""), &err), &err);
    for (int i = 0; i < CSV_FIELD_BYTES_MAX; i++)
        support_ok(buf_append_byte(&text, 'x', &err), &err);
    support_ok(buf_append_str(&text, STR("\"\n"), &err), &err);
    Csv csv = csv_start(buf_str(&text), "");
    assert_true(csv_next(&csv, &row));
    assert_int_equal(row.count, CSV_FIELDS_MAX);
    assert_false(row.broken);
    assert_true(csv_next(&csv, &row));
    assert_true(row.broken);
    assert_false(csv_next(&csv, &row));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read),
        cmocka_unit_test(sizes_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
