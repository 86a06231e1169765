#include "support/parse_cases.h"

#include "parser/parser.h"
#include "support/support.h"
#include "support/text_cases.h"

/* What came of the case, as its verdict shows it. */
static void run_case(Str sql, char verdict, Buf *out)
{
    Error err = {0};
    ParserStatement statement;
    Place culprit;
    Arena *arena = arena_new(PARSER_ARENA_BYTES, &err);
    support_ok(arena != NULL, &err);
    if (parser_read(sql, arena, &statement, &culprit, &err)) {
        const Ast *shown = statement.root;
        const Ast *select = verdict == '-' ? ast_find(shown, AST_SELECT) : NULL;
        if (select)
            shown = select->first->first;
        support_ok(ast_check(statement.root, &err), &err);
        support_ok(ast_dump(shown, out, &err), &err);
    } else {
        assert_int_equal(err.kind, ERROR_USAGE);
        assert_true(culprit.at <= culprit.end && culprit.end <= sql.len);
        text_cases_fold(out, str_of(err.text));
    }
    arena_free(arena);
}

void assert_parse_cases(const char *path_below_tests, unsigned cases_min)
{
    assert_text_cases(path_below_tests, cases_min, run_case);
}
