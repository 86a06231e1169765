/* CloudWatch filter patterns. What stands behind the first NUL is an event that is tried with it.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "detect/cloudwatch.h"
#include "detect/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The event is a text, and a document when it reads as one. */
static void cloudwatch_try(const CloudWatchPattern *pattern, Str event, Arena *arena)
{
    static const JsonLimits LIMITS = {.depth_max = 32, .duplicates_allowed = true};
    Error err = {0};
    const Json *tree;
    Buf values = buf_init(1 << 24);
    Document *document = document_new(&err);
    assert(document);
    const Json *json = json_read(event, &LIMITS, arena, &err);
    bool ok = cloudwatch_event(pattern, event, json, arena, &tree, &err);
    assert(ok);
    document_set_tree(document, tree);
    bool holds = tree && expr_holds(pattern->expr, document);
    Truth known = tree ? expr_partial(pattern->expr, document, UINT64_MAX) : TRUTH_UNKNOWN;
    assert(known == TRUTH_UNKNOWN || (known == TRUTH_TRUE) == holds);
    ok = extract_append(pattern->expr, document, &values, &err);
    assert(ok);
    document_free(document);
    buf_free(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    CloudWatchPattern pattern;
    Str text = {(const char *)data, size};
    Buf regexes = buf_init(1 << 16);
    Arena *arena = arena_new(64 << 20, &err);
    assert(arena);
    size_t end = str_find_byte(text, '\0', 0);
    if (cloudwatch_read(str_slice(text, 0, end), arena, &regexes, &pattern, &err))
        cloudwatch_try(&pattern, str_slice(text, end + 1, size), arena);
    else
        assert(err.kind == ERROR_INPUT && err.text[0]);
    for (size_t at = 0; at < regexes.len; at += sizeof(Regex *)) {
        Regex *regex;
        memcpy(&regex, regexes.ptr + at, sizeof regex);
        regex_free(regex);
    }
    buf_free(&regexes);
    arena_free(arena);
    return 0;
}
