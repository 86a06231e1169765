/* Functions in Lua: whatever the text says and the event holds, the call comes back, within its
 * ceilings, with JSON when it changed the event. The text ends at the first NUL, the event is what
 * follows. */
#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "function/function_run.h"

enum { INSTRUCTIONS = 20000, MEMORY = 1 << 20, ARENA_BYTES_MAX = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void call(FunctionRun *run, const Json *event, Arena *arena)
{
    Error err = {0};
    FunctionResult result;
    Document *document = document_new(&err);
    assert(document);
    document_set_tree(document, event);
    for (int i = 0; i < 2; i++) {
        function_run_call(run, document, i, &result);
        assert(result.memory <= MEMORY);
        assert(result.outcome != FUNCTION_FAILED || result.why);
        assert(result.outcome != FUNCTION_CHANGED ||
               json_read(result.event, &JSON_LIMITS_DEFAULT, arena, &err));
    }
    document_free(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    atomic_bool off = false;
    const char *text = (const char *)data, *end = size ? memchr(text, 0, size) : NULL;
    size_t len = end ? (size_t)(end - text) : size;
    Str event = {end ? end + 1 : text + size, end ? size - len - 1 : 0};
    const FunctionCode code = {
        .chunk = STR("=f"), .text = {text, len}, .limits = {INSTRUCTIONS, MEMORY}, .off = &off};
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    assert(arena);
    const Json *tree = json_read(event, &JSON_LIMITS_DEFAULT, arena, &err);
    error_clear(&err);
    FunctionRun *run = function_run_new(&code, &err);
    assert(run || err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    if (run && tree && tree->type == JSON_OBJECT)
        call(run, tree, arena);
    function_run_free(run);
    arena_free(arena);
    return 0;
}
