/* EventBridge event patterns. What stands behind the first NUL is an event that is tried with it.
 */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "detect/eventbridge.h"
#include "detect/eventbridge_envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void eventbridge_try(const Expr *expr, Str event, Arena *arena)
{
    static const JsonLimits LIMITS = {.depth_max = 32, .duplicates_allowed = true};
    Error err = {0};
    Document *document = document_new(&err);
    assert(document);
    const Json *json = json_read(event, &LIMITS, arena, &err);
    if (json) {
        document_set_tree(document, json);
        bool holds = expr_holds(expr, document);
        Truth known = expr_partial(expr, document, UINT64_MAX);
        assert(known == TRUTH_UNKNOWN || (known == TRUTH_TRUE) == holds);
        const Json *sent = eventbridge_envelope(json, arena, &err);
        assert(sent);
        document_set_tree(document, sent);
        (void)expr_holds(expr, document);
    }
    document_free(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    const Expr *expr = NULL;
    Str text = {(const char *)data, size};
    Arena *arena = arena_new(256 << 20, &err);
    assert(arena);
    size_t end = str_find_byte(text, '\0', 0);
    if (eventbridge_read(str_slice(text, 0, end), arena, &expr, &err))
        eventbridge_try(expr, str_slice(text, end + 1, size), arena);
    else
        assert(err.kind != ERROR_NONE && err.text[0]);
    arena_free(arena);
    return 0;
}
