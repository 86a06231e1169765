/* parse_query.c - queries: WITH, SELECT and its clauses, VALUES, set operations, LIMIT (parse.h).
 */
#include "parser/parse.h"

static Ast *parse_cte(Parse *parse)
{
    Ast *cte = parse_open(parse, AST_CTE);
    if (!parse_add(parse, cte, parse_name(parse, AST_NAME, "the name of a query after WITH")))
        return NULL;
    if (parse_is(parse, TOKEN_OPEN) && !parse_add(parse, cte, parse_columns(parse)))
        return NULL;
    bool ok = parse_expect_word(parse, KEYWORD_AS, "and a query in parentheses") &&
              parse_add(parse, cte, parse_query_in_parentheses(parse, "'(' and a query after AS"));
    return ok ? parse_close(parse, cte) : NULL;
}

/* WITH FUNCTION f() ..., WITH SESSION a.b = ...: newer than Athena's engine. */
static bool is_with_of_trino(const Parse *parse)
{
    return (parse_is_word(parse, KEYWORD_FUNCTION) || parse_is_word(parse, KEYWORD_SESSION)) &&
           parse_is_name(parse, 1);
}

static Ast *parse_with(Parse *parse)
{
    Ast *with = parse_open(parse, AST_WITH);
    parse->at++;
    if (is_with_of_trino(parse))
        return parse_refuse_kind(parse, "a function or a session of WITH", "only queries are");
    if (with && parse_take_word(parse, KEYWORD_RECURSIVE))
        with->flags = AST_RECURSIVE;
    return parse_list(parse, with, parse_cte) ? parse_close(parse, with) : NULL;
}

static Ast *parse_all_of(Parse *parse, Ast *item, Ast *operand)
{
    if (operand != parse->starred)
        return parse_refuse(parse, "',' or FROM");
    parse->at += 2;
    item->kind = AST_ALL_OF;
    if (!parse_add(parse, item, operand))
        return NULL;
    if (parse_take_word(parse, KEYWORD_AS) && !parse_add(parse, item, parse_columns(parse)))
        return NULL;
    return parse_close(parse, item);
}

/* An alias, after AS or without; neither is fine, too. */
static bool add_alias(Parse *parse, Ast *item)
{
    if (!parse_take_word(parse, KEYWORD_AS) && !parse_is_alias(parse))
        return true;
    return parse_add(parse, item, parse_name(parse, AST_NAME, "a name after AS"));
}

static Ast *parse_item(Parse *parse)
{
    if (parse_is(parse, TOKEN_STAR))
        return parse_leaf(parse, AST_ALL_COLUMNS, (Str){NULL, 0});
    if (!parse_is_expression(parse, 0))
        return parse_refuse(parse, "a column or an expression to select");
    Ast *item = parse_open(parse, AST_ITEM);
    Ast *operand = parse_expression(parse);
    if (!item || !operand)
        return NULL;
    if (parse_is(parse, TOKEN_DOT) && parse_ahead(parse, 1, TOKEN_STAR))
        return parse_all_of(parse, item, operand);
    bool ok = parse_add(parse, item, operand) && add_alias(parse, item);
    return ok ? parse_close(parse, item) : NULL;
}

/* (a, b) is a set of its own, (a) is a. */
static Ast *parse_set(Parse *parse)
{
    if (parse_is(parse, TOKEN_OPEN) && parse_ahead(parse, 1, TOKEN_CLOSE) &&
        !parse_ahead(parse, 2, TOKEN_ARROW)) {
        Ast *set = parse_open(parse, AST_SET);
        parse->at += 2;
        return parse_close(parse, set);
    }
    Ast *set = parse_expression(parse);
    if (set && set->kind == AST_ROW && set->flags == AST_IMPLICIT) {
        set->kind = AST_SET;
        set->flags = 0;
    }
    return set;
}

/* ROLLUP (...), CUBE (...): unlike the sets of GROUPING SETS, theirs may be none. */
static Ast *parse_sets(Parse *parse, AstKind kind)
{
    Ast *sets = parse_open(parse, kind);
    parse->at += kind == AST_GROUPING_SETS ? 2 : 1;
    if (kind != AST_GROUPING_SETS && parse_is(parse, TOKEN_OPEN) &&
        parse_ahead(parse, 1, TOKEN_CLOSE)) {
        parse->at += 2;
        return parse_close(parse, sets);
    }
    return parse_list_in_parentheses(parse, sets, parse_set, "'(' before what is grouped") ? sets
                                                                                           : NULL;
}

static Ast *parse_grouping(Parse *parse)
{
    if (parse_is_word(parse, KEYWORD_ROLLUP))
        return parse_sets(parse, AST_ROLLUP);
    if (parse_is_word(parse, KEYWORD_CUBE))
        return parse_sets(parse, AST_CUBE);
    if (parse_is_word(parse, KEYWORD_GROUPING) && parse_ahead_word(parse, 1, KEYWORD_SETS))
        return parse_sets(parse, AST_GROUPING_SETS);
    return parse_set(parse);
}

static Ast *parse_group_by(Parse *parse)
{
    Ast *group = parse_open(parse, AST_GROUP_BY);
    parse->at++;
    if (!group || !parse_expect_word(parse, KEYWORD_BY, "after GROUP"))
        return NULL;
    group->flags = parse_quantifier(parse);
    return parse_list(parse, group, parse_grouping) ? parse_close(parse, group) : NULL;
}

static Ast *parse_from(Parse *parse)
{
    Ast *from = parse_open(parse, AST_FROM);
    parse->at++;
    return parse_list(parse, from, parse_relation) ? parse_close(parse, from) : NULL;
}

/* WHERE or HAVING. */
static Ast *parse_condition(Parse *parse, AstKind kind)
{
    Ast *clause = parse_open(parse, kind);
    parse->at++;
    return parse_add(parse, clause, parse_expression(parse)) ? clause : NULL;
}

/* What may follow the items of a SELECT. */
static bool add_clauses(Parse *parse, Ast *select)
{
    if (parse_is_word(parse, KEYWORD_FROM) && !parse_add(parse, select, parse_from(parse)))
        return false;
    if (parse_is_word(parse, KEYWORD_WHERE) &&
        !parse_add(parse, select, parse_condition(parse, AST_WHERE)))
        return false;
    if (parse_is_word(parse, KEYWORD_GROUP) && !parse_add(parse, select, parse_group_by(parse)))
        return false;
    if (parse_is_word(parse, KEYWORD_HAVING) &&
        !parse_add(parse, select, parse_condition(parse, AST_HAVING)))
        return false;
    return !parse_is_word(parse, KEYWORD_WINDOW) || parse_add(parse, select, parse_windows(parse));
}

static Ast *parse_select(Parse *parse)
{
    Ast *select = parse_open(parse, AST_SELECT);
    parse->at++;
    if (!select)
        return NULL;
    select->flags = parse_quantifier(parse);
    bool ok = parse_list(parse, select, parse_item) && add_clauses(parse, select);
    return ok ? parse_close(parse, select) : NULL;
}

static Ast *parse_values(Parse *parse)
{
    Ast *values = parse_open(parse, AST_VALUES);
    parse->at++;
    return parse_list(parse, values, parse_expression) ? parse_close(parse, values) : NULL;
}

static Ast *parse_table_all(Parse *parse)
{
    Ast *table = parse_open(parse, AST_TABLE_ALL);
    parse->at++;
    return parse_add(parse, table, parse_path(parse, "a table's name after TABLE")) ? table : NULL;
}

static Ast *parse_term(Parse *parse)
{
    uint32_t open = parse->at;
    switch ((Keyword)parse_token(parse, 0)->keyword) {
    case KEYWORD_SELECT:
        return parse_select(parse);
    case KEYWORD_VALUES:
        return parse_values(parse);
    case KEYWORD_TABLE:
        return parse_table_all(parse);
    default:
        break;
    }
    if (!parse_is(parse, TOKEN_OPEN))
        return parse_refuse(parse, "a query: SELECT, VALUES, TABLE or '('");
    return parse_widen(parse, parse_query_in_parentheses(parse, "a query"), open);
}

/* UNION ALL and so on: DISTINCT is what no word means. */
static uint32_t take_set_quantifier(Parse *parse)
{
    if (parse_take_word(parse, KEYWORD_ALL))
        return AST_ALL;
    parse_take_word(parse, KEYWORD_DISTINCT);
    return 0;
}

/* Hangs the right side on *chain*, the operation that the left side is if it was made here and is
 * the same one; else makes a new one of *left*. */
static Ast *add_operation(Parse *parse, AstKind kind, Ast *left, const Ast *chain,
                          Ast *(*read)(Parse *))
{
    uint32_t flags = take_set_quantifier(parse);
    bool goes_on = left == chain && left->kind == kind && left->flags == flags;
    Ast *operation = goes_on ? left : parse_wrap(parse, kind, left);
    if (!operation)
        return NULL;
    operation->flags = flags;
    return parse_add(parse, operation, read(parse)) ? operation : NULL;
}

static Ast *parse_intersection(Parse *parse)
{
    Ast *left = parse_term(parse);
    Ast *chain = NULL;
    while (left && parse_take_word(parse, KEYWORD_INTERSECT))
        left = chain = add_operation(parse, AST_INTERSECT, left, chain, parse_term);
    return left;
}

static Ast *parse_union(Parse *parse)
{
    Ast *left = parse_intersection(parse);
    Ast *chain = NULL;
    while (left) {
        if (parse_take_word(parse, KEYWORD_UNION))
            left = chain = add_operation(parse, AST_UNION, left, chain, parse_intersection);
        else if (parse_take_word(parse, KEYWORD_EXCEPT))
            left = chain = add_operation(parse, AST_EXCEPT, left, chain, parse_intersection);
        else
            break;
    }
    return left;
}

/* A number of rows: digits or a parameter. */
static Ast *parse_rows(Parse *parse, const char *what)
{
    return parse_is(parse, TOKEN_QUESTION) ? parse_primary(parse) : parse_integer(parse, what);
}

static Ast *parse_offset(Parse *parse)
{
    Ast *offset = parse_open(parse, AST_OFFSET);
    parse->at++;
    if (!parse_add(parse, offset, parse_rows(parse, "a number of rows after OFFSET")))
        return NULL;
    if (!parse_take_word(parse, KEYWORD_ROWS))
        parse_take_word(parse, KEYWORD_ROW);
    return parse_close(parse, offset);
}

static Ast *parse_limit(Parse *parse)
{
    Ast *limit = parse_open(parse, AST_LIMIT);
    parse->at++;
    if (limit && parse_take_word(parse, KEYWORD_ALL)) {
        limit->flags = AST_ALL;
        return parse_close(parse, limit);
    }
    return parse_add(parse, limit, parse_rows(parse, "a number of rows or ALL after LIMIT")) ? limit
                                                                                             : NULL;
}

/* FETCH FIRST n ROWS ONLY. */
static Ast *parse_fetch(Parse *parse)
{
    Ast *fetch = parse_open(parse, AST_FETCH);
    parse->at++;
    if (!parse_take_word(parse, KEYWORD_FIRST) && !parse_take_word(parse, KEYWORD_NEXT))
        return parse_refuse(parse, "FIRST or NEXT after FETCH");
    bool is_row = parse_is_word(parse, KEYWORD_ROW) || parse_is_word(parse, KEYWORD_ROWS);
    if (!is_row && !parse_add(parse, fetch, parse_rows(parse, "a number of rows, ROW or ROWS")))
        return NULL;
    if (!parse_take_word(parse, KEYWORD_ROWS) &&
        !parse_expect_word(parse, KEYWORD_ROW, "or ROWS after FETCH FIRST"))
        return NULL;
    if (parse_take_words(parse, KEYWORD_WITH, KEYWORD_TIES))
        fetch->flags = AST_WITH_TIES;
    else if (!parse_expect_word(parse, KEYWORD_ONLY, "or WITH TIES"))
        return NULL;
    return parse_close(parse, fetch);
}

/* OFFSET, and LIMIT or FETCH: Trino's order is this, Athena's documents have the other, too. */
static bool add_range(Parse *parse, Ast *query)
{
    Ast *offset = NULL, *limit = NULL;
    for (;;) {
        if (!offset && parse_is_word(parse, KEYWORD_OFFSET)) {
            if (!(offset = parse_offset(parse)))
                return false;
        } else if (!limit &&
                   (parse_is_word(parse, KEYWORD_LIMIT) || parse_is_word(parse, KEYWORD_FETCH))) {
            limit = parse_is_word(parse, KEYWORD_LIMIT) ? parse_limit(parse) : parse_fetch(parse);
            if (!limit)
                return false;
        } else {
            break;
        }
    }
    return (!offset || parse_add(parse, query, offset)) &&
           (!limit || parse_add(parse, query, limit));
}

static Ast *read_query(Parse *parse)
{
    Ast *query = parse_open(parse, AST_QUERY);
    if (parse_is_word(parse, KEYWORD_WITH) && !parse_add(parse, query, parse_with(parse)))
        return NULL;
    Ast *body = parse_union(parse);
    if (!parse_add(parse, query, body))
        return NULL;
    if (parse_is_word(parse, KEYWORD_ORDER) && !parse_add(parse, query, parse_order_by(parse)))
        return NULL;
    if (!add_range(parse, query))
        return NULL;
    if (body->kind == AST_QUERY && query->count == 1)
        return body; /* parentheses around the whole of it */
    return parse_close(parse, query);
}

Ast *parse_query(Parse *parse)
{
    return parse_enter(parse) ? parse_leave(parse, read_query(parse)) : NULL;
}

Ast *parse_query_in_parentheses(Parse *parse, const char *where)
{
    if (!parse_expect(parse, TOKEN_OPEN, where))
        return NULL;
    Ast *query = parse_query(parse);
    return query && parse_expect(parse, TOKEN_CLOSE, "')' after the query") ? query : NULL;
}
