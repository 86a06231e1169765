#include "support/pattern.h"

#include <string.h>

#include "detect/regex.h"

enum { FILE_BYTES_MAX = 1 << 22, WHY_BYTES_MAX = 1 << 16, ARENA_BYTES_MAX = 1 << 24 };

static bool try_line(Str line, PatternCheck check, Arena *arena)
{
    Error err = {0};
    BUF_AUTO Buf why = buf_init(WHY_BYTES_MAX);
    const Json *vector = json_read(line, &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(vector != NULL, &err);
    bool holds = check(vector, &why);
    if (!holds)
        print_error("%.*s\n  %.*s\n", STR_ARG(line), STR_ARG(buf_str(&why)));
    return holds;
}

void pattern_test_run(const char *file, size_t count, PatternCheck check)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    size_t seen = 0, bad = 0;
    support_read(file, &text);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(arena != NULL, &err);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = str_find_byte(buf_str(&text), '\n', at);
        Str line = str_slice(buf_str(&text), at, end);
        if (!line.len || line.ptr[0] == '#')
            continue;
        seen++;
        bad += !try_line(line, check, arena);
        arena_reset(arena);
    }
    arena_free(arena);
    assert_int_equal(bad, 0);
    assert_true(seen >= count);
}

bool pattern_test_says(const Json *vector, const Error *said)
{
    const Json *part = json_member(vector, STR("error"));
    if (!part)
        return true;
    for (Str rest = str_of(said->text); rest.len; rest = str_slice(rest, 1, rest.len))
        if (str_starts(rest, part->text))
            return true;
    return false;
}

void pattern_test_free(const Buf *regexes)
{
    for (size_t at = 0; at < regexes->len; at += sizeof(Regex *)) {
        Regex *regex;
        memcpy(&regex, regexes->ptr + at, sizeof regex);
        regex_free(regex);
    }
}
