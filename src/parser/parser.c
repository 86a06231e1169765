/* parser.c - statements, from the text to the root of the tree. */
#include "parser/parser.h"

#include <stdio.h>

#include "parser/parse.h"

enum { WORDS_BYTES = 64 };

static const char ONLY_READING[] = "only statements that read are";

/* Statements that Athena, or who comes from another engine, knows: told by name. */
static const char *const REFUSED[] = {
    "ALTER",    "ANALYZE",  "ATTACH",  "BEGIN",   "CALL",   "COMMENT",  "COMMIT",
    "COPY",     "CREATE",   "DELETE",  "DENY",    "DETACH", "DROP",     "EXPORT",
    "GRANT",    "IMPORT",   "INSERT",  "INSTALL", "LOAD",   "MERGE",    "MSCK",
    "OPTIMIZE", "PRAGMA",   "REFRESH", "RESET",   "REVOKE", "ROLLBACK", "SET",
    "START",    "TRUNCATE", "UNLOAD",  "UPDATE",  "USE",    "VACUUM",
};

/* The current token if it is a word, else nothing. */
static Str word_text(const Parse *parse)
{
    return parse_is(parse, TOKEN_NAME) ? parse_raw(parse) : (Str){"", 0};
}

/* The statement's name, if it is one that is refused. */
static const char *find_refused(const Parse *parse)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (str_equal_nocase(word_text(parse), str_of(REFUSED[i])))
            return REFUSED[i];
    return NULL;
}

/* The query of EXPLAIN and PREPARE; *what* is expected. */
static Ast *parse_inner(Parse *parse, const char *what)
{
    const char *refused = find_refused(parse);
    if (refused)
        return parse_refuse_kind(parse, refused, ONLY_READING);
    if (parse_is(parse, TOKEN_OPEN) || parse_is_query(parse, 0))
        return parse_query(parse);
    return parse_refuse(parse, what);
}

/* FORMAT JSON, TYPE IO. */
static Ast *parse_option(Parse *parse)
{
    static const char *const FORMATS[] = {"text", "graphviz", "json", NULL};
    static const char *const TYPES[] = {"logical", "distributed", "validate", "io", NULL};
    bool is_format = parse_is_word(parse, KEYWORD_FORMAT);
    Ast *option = parse_open(parse, AST_OPTION);
    if (!option || (!is_format && !parse_is_word(parse, KEYWORD_TYPE)))
        return option ? parse_refuse(parse, "FORMAT or TYPE") : NULL;
    option->text = is_format ? STR("format") : STR("type");
    parse->at++;
    const char *const *value = is_format ? FORMATS : TYPES;
    while (*value && !str_equal_nocase(word_text(parse), str_of(*value)))
        value++;
    if (!*value)
        return parse_refuse(parse, is_format ? "TEXT, GRAPHVIZ or JSON after FORMAT"
                                             : "LOGICAL, DISTRIBUTED, VALIDATE or IO after TYPE");
    return parse_add(parse, option, parse_name(parse, AST_NAME, "a value")) ? option : NULL;
}

static Ast *parse_explain(Parse *parse)
{
    Ast *explain = parse_open(parse, AST_EXPLAIN);
    parse->at++;
    if (!explain)
        return NULL;
    if (parse_take_word(parse, KEYWORD_ANALYZE))
        explain->flags |= AST_ANALYZE;
    if (explain->flags && parse_take_word(parse, KEYWORD_VERBOSE))
        explain->flags |= AST_VERBOSE;
    bool options = parse_is(parse, TOKEN_OPEN) && (parse_ahead_word(parse, 1, KEYWORD_FORMAT) ||
                                                   parse_ahead_word(parse, 1, KEYWORD_TYPE));
    if (options && !parse_list_in_parentheses(parse, explain, parse_option, "'('"))
        return NULL;
    bool ok = parse_add(parse, explain, parse_inner(parse, "a query after EXPLAIN"));
    return ok ? parse_close(parse, explain) : NULL;
}

static Ast *parse_prepare(Parse *parse)
{
    Ast *prepare = parse_open(parse, AST_PREPARE);
    parse->at++;
    bool ok = parse_add(parse, prepare, parse_name(parse, AST_NAME, "a name after PREPARE")) &&
              parse_expect_word(parse, KEYWORD_FROM, "and a query") &&
              parse_add(parse, prepare, parse_inner(parse, "a query after FROM"));
    return ok ? parse_close(parse, prepare) : NULL;
}

/* EXECUTE name, or EXECUTE IMMEDIATE 'text'; USING and values. */
static Ast *parse_execute(Parse *parse)
{
    Ast *execute = parse_open(parse, AST_EXECUTE);
    parse->at++;
    bool immediate = parse_is_word(parse, KEYWORD_IMMEDIATE) &&
                     (parse_ahead(parse, 1, TOKEN_STRING) || parse_ahead(parse, 1, TOKEN_UNICODE));
    parse->at += immediate;
    if (execute && immediate)
        execute->kind = AST_EXECUTE_IMMEDIATE;
    bool ok =
        parse_add(parse, execute,
                  immediate ? parse_string(parse, "a statement in quotes")
                            : parse_name(parse, AST_NAME, "a name after EXECUTE")) &&
        (!parse_take_word(parse, KEYWORD_USING) || parse_list(parse, execute, parse_expression));
    return ok ? parse_close(parse, execute) : NULL;
}

static Ast *parse_deallocate(Parse *parse)
{
    Ast *deallocate = parse_open(parse, AST_DEALLOCATE);
    parse->at++;
    bool ok = parse_expect_word(parse, KEYWORD_PREPARE, "after DEALLOCATE") &&
              parse_add(parse, deallocate, parse_name(parse, AST_NAME, "a name after PREPARE"));
    return ok ? deallocate : NULL;
}

static Ast *parse_describe(Parse *parse)
{
    static const Keyword FORMS[] = {KEYWORD_INPUT, KEYWORD_OUTPUT, KEYWORD_EXTENDED,
                                    KEYWORD_FORMATTED};
    Ast *describe = parse_open(parse, AST_DESCRIBE);
    parse->at++;
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++)
        if (parse_is_word(parse, FORMS[i]) && parse_is_name(parse, 1)) {
            char name[WORDS_BYTES];
            snprintf(name, sizeof name, "DESCRIBE %s", keyword_name(FORMS[i]));
            return parse_refuse_kind(parse, name, "DESCRIBE and a table's name is");
        }
    return parse_add(parse, describe, parse_path(parse, "a table's name after DESCRIBE")) ? describe
                                                                                          : NULL;
}

/* LIKE 'pattern' [ESCAPE 'c'], or Hive's pattern without a word, where one stands here. */
static bool read_pattern(Parse *parse, Ast *show)
{
    bool like = parse_is_word(parse, KEYWORD_LIKE);
    if (!like && !parse_is(parse, TOKEN_STRING))
        return true;
    Ast *pattern = parse_open(parse, AST_PATTERN);
    parse->at += like;
    if (!parse_add(parse, pattern, parse_string(parse, "a pattern in quotes after LIKE")))
        return false;
    pattern->flags = like ? 0 : AST_REGEX;
    if (like && parse_take_word(parse, KEYWORD_ESCAPE) &&
        !parse_add(parse, pattern, parse_string(parse, "a character in quotes after ESCAPE")))
        return false;
    return parse_add(parse, show, pattern);
}

static bool take_from(Parse *parse)
{
    return parse_take_word(parse, KEYWORD_FROM) || parse_take_word(parse, KEYWORD_IN);
}

/* SHOW TABLES [FROM schema] [LIKE 'pattern'] and its like. */
static Ast *parse_show_list(Parse *parse, AstKind kind)
{
    Ast *show = parse_open(parse, kind);
    parse->at += 2;
    if (take_from(parse) && !parse_add(parse, show, parse_path(parse, "a schema's name")))
        return NULL;
    return read_pattern(parse, show) ? parse_close(parse, show) : NULL;
}

/* SHOW COLUMNS FROM table [FROM schema]: the schema goes before the table's name. */
static Ast *parse_show_columns(Parse *parse)
{
    Ast *show = parse_open(parse, AST_SHOW_COLUMNS);
    parse->at += 2;
    if (!take_from(parse))
        return parse_refuse(parse, "FROM or IN and a table's name");
    Ast *path = parse_path(parse, "a table's name");
    if (path && path->count == 1 && take_from(parse)) {
        Ast *name = path->first;
        path = parse_path(parse, "a schema's name");
        if (path && name->place.at < path->place.at)
            path->place.at = name->place.at;
        if (!parse_add(parse, path, name))
            return NULL;
    }
    bool ok = parse_add(parse, show, path) && read_pattern(parse, show);
    return ok ? parse_close(parse, show) : NULL;
}

static Ast *parse_show_create(Parse *parse)
{
    bool is_view = parse_ahead_word(parse, 2, KEYWORD_VIEW);
    Ast *show = parse_open(parse, is_view ? AST_SHOW_CREATE_VIEW : AST_SHOW_CREATE_TABLE);
    parse->at += 2;
    if (!is_view && !parse_is_word(parse, KEYWORD_TABLE))
        return parse_refuse(parse, "TABLE or VIEW after SHOW CREATE");
    parse->at++;
    return parse_add(parse, show, parse_path(parse, "a table's name")) ? show : NULL;
}

static Ast *refuse_show(Parse *parse)
{
    char quote[PLACE_QUOTE_BYTES], name[PLACE_QUOTE_BYTES + WORDS_BYTES];
    parse->at++;
    if (!parse_is_name(parse, 0))
        return parse_refuse(parse, "TABLES, SCHEMAS, COLUMNS or another list after SHOW");
    place_quote(parse_raw(parse), quote);
    snprintf(name, sizeof name, "SHOW %s", quote);
    return parse_refuse_kind(parse, name,
                             "SHOW TABLES, SCHEMAS, DATABASES, COLUMNS, FUNCTIONS, "
                             "CREATE TABLE and CREATE VIEW are");
}

static Ast *parse_show(Parse *parse)
{
    switch ((Keyword)parse_token(parse, 1)->keyword) {
    case KEYWORD_TABLES:
        return parse_show_list(parse, AST_SHOW_TABLES);
    case KEYWORD_SCHEMAS:
    case KEYWORD_DATABASES:
        return parse_show_list(parse, AST_SHOW_SCHEMAS);
    case KEYWORD_FUNCTIONS:
        return parse_show_list(parse, AST_SHOW_FUNCTIONS);
    case KEYWORD_COLUMNS:
        return parse_show_columns(parse);
    case KEYWORD_CREATE:
        return parse_show_create(parse);
    default:
        return refuse_show(parse);
    }
}

static Ast *parse_statement(Parse *parse)
{
    switch ((Keyword)parse_token(parse, 0)->keyword) {
    case KEYWORD_EXPLAIN:
        return parse_explain(parse);
    case KEYWORD_PREPARE:
        return parse_prepare(parse);
    case KEYWORD_EXECUTE:
        return parse_execute(parse);
    case KEYWORD_DEALLOCATE:
        return parse_deallocate(parse);
    case KEYWORD_DESCRIBE:
    case KEYWORD_DESC:
        parse->back_quotes = true;
        return parse_describe(parse);
    case KEYWORD_SHOW:
        parse->back_quotes = true;
        return parse_show(parse);
    default:
        return parse_inner(parse, "a statement: SELECT, WITH, VALUES, TABLE, EXPLAIN, SHOW, "
                                  "DESCRIBE, PREPARE or EXECUTE");
    }
}

/* What stands behind a whole statement: often a clause in the wrong place. */
static Ast *refuse_rest(Parse *parse)
{
    static const Keyword CLAUSES[] = {KEYWORD_FROM,   KEYWORD_WHERE, KEYWORD_GROUP,  KEYWORD_HAVING,
                                      KEYWORD_WINDOW, KEYWORD_ORDER, KEYWORD_OFFSET, KEYWORD_LIMIT};
    for (size_t i = 0; i < sizeof CLAUSES / sizeof *CLAUSES; i++)
        if (parse_is_word(parse, CLAUSES[i]))
            return parse_refuse_at(parse, parse_token(parse, 0)->place,
                                   "expected the end of the statement, found '%s'; each clause "
                                   "stands once, in the order FROM, WHERE, GROUP BY, HAVING, "
                                   "WINDOW, ORDER BY, OFFSET, LIMIT",
                                   keyword_name(CLAUSES[i]));
    return parse_refuse(parse, "the end of the statement");
}

static Ast *parse_all(Parse *parse)
{
    Ast *root = parse_statement(parse);
    if (!root)
        return NULL;
    if (parse_take(parse, TOKEN_SEMICOLON) && !parse_is(parse, TOKEN_END))
        return parse_refuse(parse, "one statement and nothing behind its ';'");
    return parse_is(parse, TOKEN_END) ? root : refuse_rest(parse);
}

bool parser_read(Str sql, Arena *arena, ParserStatement *ret, Place *ret_culprit, Error *err)
{
    char complaint[LEXER_COMPLAINT_BYTES];
    BUF_AUTO Buf tokens = buf_init((PARSER_SQL_BYTES_MAX + 1) * sizeof(Token));
    if (ret_culprit)
        *ret_culprit = (Place){0, 0};
    if (sql.len > PARSER_SQL_BYTES_MAX)
        return error_set(err, ERROR_USAGE, "the statement has %zu bytes; at most %d are taken",
                         sql.len, PARSER_SQL_BYTES_MAX);
    if (!lexer_read(sql, &tokens, complaint, err))
        return false;
    Parse parse = {.sql = sql,
                   .tokens = (const Token *)(const void *)tokens.ptr,
                   .last = (uint32_t)(tokens.len / sizeof(Token)) - 1,
                   .complaint = complaint,
                   .arena = arena,
                   .err = err};
    Ast *root = parse_all(&parse);
    if (ret_culprit)
        *ret_culprit = parse.culprit;
    if (root)
        *ret = (ParserStatement){.root = root, .parameters = parse.parameters};
    return root != NULL;
}
