/* The parser of statements: whatever the text, a tree that keeps its contract or one safe line. */
#include <assert.h>
#include <stdint.h>

#include "parser/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Arena *arena;
    Str sql = {(const char *)data, size};
    Error err = {0};
    ParserStatement statement;
    Place culprit;
    if (!arena)
        arena = arena_new(PARSER_ARENA_BYTES, &err);
    arena_reset(arena);
    if (parser_read(sql, arena, &statement, &culprit, &err)) {
        Buf dump = buf_init((size_t)64 << 20);
        bool ok = ast_check(statement.root, &err) && ast_dump(statement.root, &dump, &err);
        assert(ok && statement.root->place.end <= size);
        buf_free(&dump);
    } else {
        assert(err.kind == ERROR_USAGE && err.text[0]);
        assert(culprit.at <= culprit.end && culprit.end <= size);
    }
    return 0;
}
