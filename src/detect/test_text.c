#include "detect/test_text.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

const Test *test_text_new(const Buf *texts, bool folded, Arena *arena, Error *err)
{
    size_t count = texts->len / sizeof(GlobText);
    Test *test = arena_calloc(arena, 1, sizeof *test, err);
    Str *exact = test ? arena_alloc(arena, (count + 1) * sizeof *exact, err) : NULL;
    const Glob **globs = exact ? arena_alloc(arena, (count + 1) * sizeof *globs, err) : NULL;
    if (!globs)
        return NULL;
    *test = (Test){.kind = TEST_TEXT, .folded = folded, .exact = exact, .globs = globs};
    for (size_t i = 0; i < count; i++) {
        GlobText text;
        memcpy(&text, texts->ptr + i * sizeof text, sizeof text);
        const Glob *glob = glob_new(&text, folded, arena, err);
        if (!glob)
            return NULL;
        if (glob->shape == GLOB_EXACT) {
            exact[test->exact_count++] = glob->literal;
            test->lengths |= (uint64_t)1 << glob->literal.len % 64;
        } else
            globs[test->glob_count++] = glob;
    }
    qsort(exact, test->exact_count, sizeof *exact, compare);
    return test;
}
