/* parse_function.c - calls of functions, with FILTER and OVER (parse.h). */
#include "parser/parse.h"

/* The function's name, and what stands before its last dot as a path. */
static bool read_function(Parse *parse, Ast *call)
{
    if (parse_ahead(parse, 1, TOKEN_DOT)) {
        Ast *path = parse_open(parse, AST_PATH);
        for (; parse_ahead(parse, 1, TOKEN_DOT); parse->at++)
            if (!parse_add(parse, path, parse_name(parse, AST_NAME, "a function's name")))
                return false;
        if (!parse_add(parse, call, path))
            return false;
    }
    Ast *name = parse_name(parse, AST_NAME, "a function's name");
    if (!call || !name)
        return false;
    call->text = name->text;
    call->flags = name->flags;
    return true;
}

/* What stands between the parentheses: *, or arguments and an order. */
static bool read_arguments(Parse *parse, Ast *call)
{
    if (parse_is(parse, TOKEN_STAR) && parse_ahead(parse, 1, TOKEN_CLOSE)) {
        parse->at++;
        call->flags |= AST_STAR;
        return true;
    }
    if (parse_is(parse, TOKEN_CLOSE))
        return true;
    call->flags |= parse_quantifier(parse);
    if (!parse_is_word(parse, KEYWORD_ORDER) && !parse_list(parse, call, parse_expression))
        return false;
    return !parse_is_word(parse, KEYWORD_ORDER) || parse_add(parse, call, parse_order_by(parse));
}

bool parse_filter(Parse *parse, Ast *call)
{
    if (!parse_is_word(parse, KEYWORD_FILTER) || !parse_ahead(parse, 1, TOKEN_OPEN))
        return true;
    Ast *filter = parse_open(parse, AST_FILTER);
    parse->at += 2;
    return parse_expect_word(parse, KEYWORD_WHERE, "and a condition in FILTER") &&
           parse_add(parse, filter, parse_expression(parse)) &&
           parse_expect(parse, TOKEN_CLOSE, "')' after the condition") &&
           parse_add(parse, call, parse_close(parse, filter));
}

/* OVER w, or OVER (...). */
static Ast *parse_over(Parse *parse)
{
    Ast *over = parse_open(parse, AST_OVER);
    parse->at++;
    bool ok =
        parse_add(parse, over,
                  parse_is(parse, TOKEN_OPEN) ? parse_window(parse)
                                              : parse_name(parse, AST_NAME, "a window after OVER"));
    return ok ? over : NULL;
}

/* IGNORE NULLS OVER ..., where it stands here. */
static bool read_over(Parse *parse, Ast *call)
{
    bool treated = true;
    if (parse_take_words(parse, KEYWORD_IGNORE, KEYWORD_NULLS))
        call->flags |= AST_IGNORE_NULLS;
    else if (parse_take_words(parse, KEYWORD_RESPECT, KEYWORD_NULLS))
        call->flags |= AST_RESPECT_NULLS;
    else
        treated = false;
    bool is_over = parse_is_word(parse, KEYWORD_OVER) &&
                   (parse_ahead(parse, 1, TOKEN_OPEN) || parse_is_name(parse, 1));
    if (is_over)
        return parse_add(parse, call, parse_over(parse));
    return !treated || parse_refuse(parse, "OVER and a window after NULLS");
}

Ast *parse_call(Parse *parse)
{
    Ast *call = parse_open(parse, AST_CALL);
    bool ok = read_function(parse, call) &&
              parse_expect(parse, TOKEN_OPEN, "'(' after the function's name") &&
              read_arguments(parse, call) && parse_expect(parse, TOKEN_CLOSE, "',' or ')'");
    if (!ok || !parse_close(parse, call))
        return NULL;
    return parse_filter(parse, call) && read_over(parse, call) ? call : NULL;
}
