/* parse_window.c - ORDER BY, and windows with their frames (parse.h). */
#include "parser/parse.h"

static Ast *parse_sort(Parse *parse)
{
    Ast *sort = parse_open(parse, AST_SORT);
    if (!parse_add(parse, sort, parse_expression(parse)))
        return NULL;
    if (parse_take_word(parse, KEYWORD_DESC))
        sort->flags |= AST_DESCENDING;
    else
        parse_take_word(parse, KEYWORD_ASC);
    if (parse_take_word(parse, KEYWORD_NULLS)) {
        if (parse_take_word(parse, KEYWORD_FIRST))
            sort->flags |= AST_NULLS_FIRST;
        else if (parse_expect_word(parse, KEYWORD_LAST, "or FIRST after NULLS"))
            sort->flags |= AST_NULLS_LAST;
        else
            return NULL;
    }
    return parse_close(parse, sort);
}

Ast *parse_order_by(Parse *parse)
{
    Ast *order = parse_open(parse, AST_ORDER_BY);
    bool ok = parse_expect_word(parse, KEYWORD_ORDER, "BY") &&
              parse_expect_word(parse, KEYWORD_BY, "after ORDER") &&
              parse_list(parse, order, parse_sort);
    return ok ? parse_close(parse, order) : NULL;
}

static Ast *parse_partition_by(Parse *parse)
{
    Ast *partition = parse_open(parse, AST_PARTITION_BY);
    parse->at++;
    bool ok = parse_expect_word(parse, KEYWORD_BY, "after PARTITION") &&
              parse_list(parse, partition, parse_expression);
    return ok ? parse_close(parse, partition) : NULL;
}

/* Where a frame begins or ends, in two words; a distance may stand for the first. */
static Ast *parse_bound(Parse *parse)
{
    Ast *bound = parse_open(parse, AST_BOUND);
    if (!bound)
        return NULL;
    if (parse_take_words(parse, KEYWORD_CURRENT, KEYWORD_ROW)) {
        bound->text = STR("current row");
    } else if (parse_take_words(parse, KEYWORD_UNBOUNDED, KEYWORD_PRECEDING)) {
        bound->text = STR("unbounded preceding");
    } else if (parse_take_words(parse, KEYWORD_UNBOUNDED, KEYWORD_FOLLOWING)) {
        bound->text = STR("unbounded following");
    } else {
        if (!parse_add(parse, bound, parse_expression(parse)))
            return NULL;
        bound->text = STR("following");
        if (parse_take_word(parse, KEYWORD_PRECEDING))
            bound->text = STR("preceding");
        else if (!parse_expect_word(parse, KEYWORD_FOLLOWING, "or PRECEDING"))
            return NULL;
    }
    return parse_close(parse, bound);
}

static bool is_frame(const Parse *parse)
{
    return parse_is_word(parse, KEYWORD_ROWS) || parse_is_word(parse, KEYWORD_RANGE) ||
           parse_is_word(parse, KEYWORD_GROUPS);
}

/* ROWS b, or ROWS BETWEEN b AND b. */
static Ast *parse_frame(Parse *parse)
{
    Ast *frame = parse_open(parse, AST_FRAME);
    if (!frame || !parse_text(parse, &frame->text))
        return NULL;
    parse->at++;
    bool ok = parse_take_word(parse, KEYWORD_BETWEEN)
                  ? parse_add(parse, frame, parse_bound(parse)) &&
                        parse_expect_word(parse, KEYWORD_AND, "and the frame's end") &&
                        parse_add(parse, frame, parse_bound(parse))
                  : parse_add(parse, frame, parse_bound(parse));
    return ok ? parse_close(parse, frame) : NULL;
}

/* A window may build on another one, whose name then stands first. */
static bool has_base(const Parse *parse)
{
    bool clause = parse_is_word(parse, KEYWORD_PARTITION) && parse_ahead_word(parse, 1, KEYWORD_BY);
    bool frame = is_frame(parse) && !parse_ahead(parse, 1, TOKEN_CLOSE);
    return parse_is_name(parse, 0) && !clause && !frame;
}

Ast *parse_window(Parse *parse)
{
    Ast *window = parse_open(parse, AST_WINDOW);
    if (!parse_expect(parse, TOKEN_OPEN, "'(' before the window"))
        return NULL;
    if (has_base(parse) && !parse_add(parse, window, parse_name(parse, AST_NAME, "a window")))
        return NULL;
    if (parse_is_word(parse, KEYWORD_PARTITION) &&
        !parse_add(parse, window, parse_partition_by(parse)))
        return NULL;
    if (parse_is_word(parse, KEYWORD_ORDER) && !parse_add(parse, window, parse_order_by(parse)))
        return NULL;
    if (is_frame(parse) && !parse_add(parse, window, parse_frame(parse)))
        return NULL;
    if (!parse_expect(parse, TOKEN_CLOSE, "')' after the window"))
        return NULL;
    return parse_close(parse, window);
}

static Ast *parse_named_window(Parse *parse)
{
    Ast *named = parse_open(parse, AST_NAMED_WINDOW);
    bool ok = parse_add(parse, named, parse_name(parse, AST_NAME, "a window's name")) &&
              parse_expect_word(parse, KEYWORD_AS, "and a window in parentheses") &&
              parse_add(parse, named, parse_window(parse));
    return ok ? parse_close(parse, named) : NULL;
}

Ast *parse_windows(Parse *parse)
{
    Ast *windows = parse_open(parse, AST_WINDOWS);
    parse->at++;
    return parse_list(parse, windows, parse_named_window) ? parse_close(parse, windows) : NULL;
}
