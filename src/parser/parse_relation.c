/* parse_relation.c - what stands behind FROM: tables, joins, UNNEST, LATERAL, samples (parse.h). */
#include "parser/parse.h"

enum { STORE_ID_BYTES = 36 };

/* FOR TIMESTAMP AS OF e, FOR VERSION AS OF e. */
static Ast *parse_as_of(Parse *parse)
{
    Ast *as_of = parse_open(parse, AST_AS_OF);
    parse->at++;
    if (!as_of)
        return NULL;
    as_of->text = STR("timestamp");
    if (parse_take_word(parse, KEYWORD_VERSION))
        as_of->text = STR("version");
    else if (!parse_expect_word(parse, KEYWORD_TIMESTAMP, "or VERSION after FOR"))
        return NULL;
    bool ok = parse_expect_word(parse, KEYWORD_AS, "OF") &&
              parse_expect_word(parse, KEYWORD_OF, "after AS") &&
              parse_add(parse, as_of, parse_value(parse));
    return ok ? parse_close(parse, as_of) : NULL;
}

static Ast *parse_table(Parse *parse)
{
    Ast *table = parse_open(parse, AST_TABLE);
    if (!parse_add(parse, table, parse_path(parse, "a table's name")))
        return NULL;
    if (parse_is(parse, TOKEN_OPEN))
        return parse_table_function(parse, table->first);
    if (parse_is_word(parse, KEYWORD_FOR) && !parse_add(parse, table, parse_as_of(parse)))
        return NULL;
    return parse_close(parse, table);
}

/* The id of an event data store, as CloudTrail Lake has it behind FROM: no name of Trino's, and
 * any number of tokens. */
static bool is_store_id(const Parse *parse)
{
    Str id = str_slice(parse->sql, parse_token(parse, 0)->place.at,
                       parse_token(parse, 0)->place.at + STORE_ID_BYTES);
    return place_is_uuid(id) && !parse_is(parse, TOKEN_QUOTED) && !parse_is(parse, TOKEN_STRING);
}

static Ast *parse_store_id(Parse *parse)
{
    uint32_t from = parse_token(parse, 0)->place.at, end = from + STORE_ID_BYTES;
    Ast *table = parse_open(parse, AST_TABLE), *path = parse_open(parse, AST_PATH);
    Ast *name = parse_open(parse, AST_NAME);
    while (parse_token(parse, 0)->kind != TOKEN_END && parse_token(parse, 0)->place.end < end)
        parse->at++;
    if (parse_token(parse, 0)->place.end != end)
        return parse_refuse(parse, "the id of an event data store");
    parse->at++;
    if (!name)
        return NULL;
    name->text = str_slice(parse->sql, from, end);
    name->flags = AST_QUOTED;
    if (!parse_close(parse, name) || !parse_add(parse, path, name) || !parse_close(parse, path) ||
        !parse_add(parse, table, path))
        return NULL;
    return parse_close(parse, table);
}

static Ast *parse_unnest(Parse *parse)
{
    Ast *unnest = parse_open(parse, AST_UNNEST);
    parse->at++;
    if (!parse_list_in_parentheses(parse, unnest, parse_expression, "'(' after UNNEST"))
        return NULL;
    if (parse_take_words(parse, KEYWORD_WITH, KEYWORD_ORDINALITY))
        unnest->flags = AST_ORDINALITY;
    return parse_close(parse, unnest);
}

/* DERIVED or LATERAL: the current token is the parenthesis, or the word before it. */
static Ast *parse_derived(Parse *parse, AstKind kind)
{
    Ast *derived = parse_open(parse, kind);
    parse->at += kind == AST_LATERAL;
    bool ok = parse_add(parse, derived, parse_query_in_parentheses(parse, "'(' after LATERAL"));
    return ok ? parse_close(parse, derived) : NULL;
}

static Ast *parse_relation_in_parentheses(Parse *parse)
{
    uint32_t open = parse->at++;
    Ast *relation = parse_relation(parse);
    bool ok = relation && parse_expect(parse, TOKEN_CLOSE, "JOIN or ')' after the relation");
    return ok ? parse_widen(parse, relation, open) : NULL;
}

static Ast *parse_relation_primary(Parse *parse)
{
    if (parse_is(parse, TOKEN_OPEN))
        return parse_is_query(parse, 1) ? parse_derived(parse, AST_DERIVED)
                                        : parse_relation_in_parentheses(parse);
    if (parse_is_word(parse, KEYWORD_UNNEST))
        return parse_unnest(parse);
    if (parse_is_word(parse, KEYWORD_LATERAL) && parse_ahead(parse, 1, TOKEN_OPEN))
        return parse_derived(parse, AST_LATERAL);
    if (parse_is_word(parse, KEYWORD_TABLE))
        return parse_refuse_kind(parse, "TABLE(...)", "only tables, queries and UNNEST are");
    if (parse_is_word(parse, KEYWORD_JSON_TABLE))
        return parse_refuse_kind(parse, "JSON_TABLE", "json_extract and UNNEST are");
    if (is_store_id(parse))
        return parse_store_id(parse);
    if (parse_is_name(parse, 0))
        return parse_table(parse);
    return parse_refuse(parse, "a relation: a table, a query in parentheses or UNNEST(...)");
}

static Ast *parse_aliased(Parse *parse)
{
    Ast *relation = parse_relation_primary(parse);
    if (!relation || (!parse_take_word(parse, KEYWORD_AS) && !parse_is_alias(parse)))
        return relation;
    Ast *alias = parse_wrap(parse, AST_ALIAS, relation);
    if (!parse_add(parse, alias, parse_name(parse, AST_NAME, "a name after AS")))
        return NULL;
    if (parse_is(parse, TOKEN_OPEN) && !parse_add(parse, alias, parse_columns(parse)))
        return NULL;
    return parse_close(parse, alias);
}

/* TABLESAMPLE BERNOULLI (percentage). */
static Ast *parse_sample(Parse *parse, Ast *relation)
{
    Ast *sample = parse_wrap(parse, AST_SAMPLE, relation);
    parse->at++;
    if (!sample)
        return NULL;
    sample->text = STR("bernoulli");
    if (parse_take_word(parse, KEYWORD_SYSTEM))
        sample->text = STR("system");
    else if (!parse_expect_word(parse, KEYWORD_BERNOULLI, "or SYSTEM after TABLESAMPLE"))
        return NULL;
    bool ok = parse_expect(parse, TOKEN_OPEN, "'(' and a percentage") &&
              parse_add(parse, sample, parse_expression(parse)) &&
              parse_expect(parse, TOKEN_CLOSE, "')' after the percentage");
    return ok ? parse_close(parse, sample) : NULL;
}

static Ast *parse_sampled(Parse *parse)
{
    Ast *relation = parse_aliased(parse);
    if (relation && parse_is_word(parse, KEYWORD_MATCH_RECOGNIZE))
        return parse_refuse_kind(parse, "MATCH_RECOGNIZE", "window functions are");
    if (relation && parse_is_word(parse, KEYWORD_TABLESAMPLE))
        return parse_sample(parse, relation);
    return relation;
}

/* ON condition, or USING (a, b). */
static Ast *parse_criteria(Parse *parse)
{
    if (parse_is_word(parse, KEYWORD_USING))
        return parse_using(parse);
    Ast *on = parse_open(parse, AST_ON);
    bool ok = parse_expect_word(parse, KEYWORD_ON, "or USING for the join") &&
              parse_add(parse, on, parse_expression(parse));
    return ok ? on : NULL;
}

static bool is_join(const Parse *parse)
{
    static const uint16_t WORDS[] = {KEYWORD_JOIN,  KEYWORD_CROSS, KEYWORD_INNER,  KEYWORD_LEFT,
                                     KEYWORD_RIGHT, KEYWORD_FULL,  KEYWORD_NATURAL};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (parse_is_word(parse, (Keyword)WORDS[i]))
            return true;
    return false;
}

/* LEFT [OUTER] and the like, or nothing. */
static Str take_join_type(Parse *parse)
{
    Str type = STR("inner");
    if (parse_take_word(parse, KEYWORD_LEFT))
        type = STR("left");
    else if (parse_take_word(parse, KEYWORD_RIGHT))
        type = STR("right");
    else if (parse_take_word(parse, KEYWORD_FULL))
        type = STR("full");
    else if (parse_take_word(parse, KEYWORD_CROSS))
        return STR("cross");
    else {
        parse_take_word(parse, KEYWORD_INNER);
        return type;
    }
    parse_take_word(parse, KEYWORD_OUTER);
    return type;
}

/* The right side of a join with a condition may have joins of its own before that:
 * a JOIN b JOIN c ON ... ON .... */
static Ast *parse_join(Parse *parse, Ast *left)
{
    Ast *join = parse_wrap(parse, AST_JOIN, left);
    if (!join)
        return NULL;
    if (parse_take_word(parse, KEYWORD_NATURAL))
        join->flags = AST_NATURAL;
    bool was_natural = join->flags != 0;
    join->text = take_join_type(parse);
    bool plain = was_natural || str_equal(join->text, STR("cross"));
    if (was_natural && str_equal(join->text, STR("cross"))) {
        parse->at--;
        return parse_refuse(parse, "INNER, LEFT, RIGHT, FULL or JOIN after NATURAL");
    }
    if (!parse_expect_word(parse, KEYWORD_JOIN, "") ||
        !parse_add(parse, join, plain ? parse_sampled(parse) : parse_relation(parse)))
        return NULL;
    return plain || parse_add(parse, join, parse_criteria(parse)) ? parse_close(parse, join) : NULL;
}

static Ast *read_relation(Parse *parse)
{
    Ast *relation = parse_sampled(parse);
    while (relation && is_join(parse))
        relation = parse_join(parse, relation);
    return relation;
}

Ast *parse_relation(Parse *parse)
{
    return parse_enter(parse) ? parse_leave(parse, read_relation(parse)) : NULL;
}
