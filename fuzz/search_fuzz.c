/* Searches: whatever the text, a tree whose statement our own parser takes, or one safe line. */
#include <assert.h>
#include <stdint.h>

#include "parser/parser.h"
#include "search/search_parse.h"
#include "search/search_sql.h"
#include "search/search_statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The statement of the conditions reads as one SELECT: nothing of the text became SQL. */
static void search_read_again(const SearchHits *hits, Arena *arena)
{
    Error err = {0};
    ParserStatement statement;
    Place culprit;
    const Str columns[] = {STR("eventID"), STR("requestParameters.a"), STR("resources.ARN")};
    Buf sql = buf_init(SEARCH_STATEMENT_BYTES);
    bool ok = search_statement_rows(hits, columns, 3, 10, &sql, &err);
    assert(ok && sql.len);
    ok = parser_read(buf_str(&sql), arena, &statement, &culprit, &err);
    assert(ok && statement.root->kind == AST_QUERY);
    buf_free(&sql);
}

static void search_write(const SearchNode *root, Str text, Arena *arena)
{
    Error err = {0};
    Place culprit;
    Buf plain = buf_init(SEARCH_SQL_BYTES_MAX), touched = buf_init(SEARCH_SQL_BYTES_MAX);
    Buf touches = buf_init(SEARCH_SQL_BYTES_MAX);
    if (search_sql_write(root, text, false, &plain, &culprit, &err) &&
        search_sql_write(root, text, true, &touched, &culprit, &err) &&
        search_sql_touches(root, &touches, &err)) {
        const SearchHits hits = {.plain = buf_str(&plain),
                                 .touched = buf_str(&touched),
                                 .touches = buf_str(&touches),
                                 .untouched = touches.len == 0};
        search_read_again(&hits, arena);
    } else {
        assert((err.kind == ERROR_USAGE && err.text[0]) || err.kind == ERROR_LIMIT);
        assert(culprit.at <= culprit.end && culprit.end <= text.len);
    }
    buf_free(&plain);
    buf_free(&touched);
    buf_free(&touches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Arena *arena, *sql;
    Str text = {(const char *)data, size};
    Error err = {0};
    Place culprit;
    if (!arena) {
        arena = arena_new((size_t)64 << 20, &err);
        sql = arena_new(PARSER_ARENA_BYTES, &err);
    }
    arena_reset(arena);
    arena_reset(sql);
    const SearchNode *root = search_parse(text, arena, &culprit, &err);
    if (root) {
        assert(root->place.at <= root->place.end && root->place.end <= size);
        search_write(root, text, sql);
    } else {
        assert(err.kind == ERROR_USAGE && err.text[0]);
        assert(culprit.at <= culprit.end && culprit.end <= size);
    }
    return 0;
}
