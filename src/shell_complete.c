#include "shell_complete.h"

#include <stdlib.h>
#include <string.h>

#include "parser/lexer.h"
#include "planner/function.h"
#include "query/saved.h"

enum { TOKENS_BYTES_MAX = 64 << 20, CHAIN_MAX = 8, SOURCES_MAX = 32 };

/* A table that the statement reads, under the name that it has there. */
typedef struct Source {
    const CatalogTable *table;
    Str name;
} Source;

typedef struct Completing {
    const ShellCompleteInput *input;
    Arena *arena;
    Error *err;
    Buf tokens;
    const Token *token;
    size_t before;        /* tokens before the word */
    Str word;             /* what is typed of it */
    Str chain[CHAIN_MAX]; /* the names before it, each with a dot behind it */
    size_t chain_count;
    Source sources[SOURCES_MAX];
    size_t source_count;
    Str *names;
    size_t count;
} Completing;

static Str raw(const Completing *in, size_t index)
{
    Place place = in->token[index].place;
    return str_slice(in->input->text, place.at, place.end);
}

/* A name without its quotes. */
static Str bare(Str name)
{
    return name.len >= 2 && name.ptr[0] == '"' ? str_slice(name, 1, name.len - 1) : name;
}

static bool is_name(const Completing *in, size_t index)
{
    return in->token[index].kind == TOKEN_NAME || in->token[index].kind == TOKEN_QUOTED;
}

/* Adds *name*, with *tail* behind it, when it begins with what is typed. */
static bool offer(Completing *in, Str name, const char *tail)
{
    Str typed = in->word;
    if (in->count == SHELL_COMPLETE_MAX || name.len < typed.len ||
        !str_equal_nocase(str_slice(name, 0, typed.len), typed))
        return true;
    size_t tail_len = strlen(tail);
    char *copy = arena_alloc(in->arena, name.len + tail_len + 1, in->err);
    if (!copy)
        return false;
    memcpy(copy, name.ptr, name.len);
    memcpy(copy + name.len, tail, tail_len + 1);
    in->names[in->count++] = (Str){copy, name.len + tail_len};
    return true;
}

/* A keyword in the case of what is typed. */
static bool offer_keyword(Completing *in, const char *name)
{
    char lower[64];
    size_t len = strlen(name);
    bool small = false;
    for (size_t i = 0; i < in->word.len; i++)
        small |= in->word.ptr[i] >= 'a' && in->word.ptr[i] <= 'z';
    for (size_t i = 0; i < len && i < sizeof lower; i++)
        lower[i] = (char)(small && name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i]);
    return len >= sizeof lower || offer(in, (Str){lower, len}, "");
}

static bool offer_keywords(Completing *in, const char *const *names)
{
    bool ok = true;
    for (; ok && *names; names++)
        ok = offer_keyword(in, *names);
    return ok;
}

static bool offer_tables(Completing *in)
{
    bool ok = true;
    for (size_t i = 0; ok && i < in->input->catalog->count; i++)
        ok = offer(in, in->input->catalog->tables[i].name, "");
    return ok;
}

static bool offer_column(Completing *in, Str name, const Type *type)
{
    return offer(in, name, type->kind == TYPE_ROW ? "." : "");
}

static bool offer_columns(Completing *in, const CatalogTable *table)
{
    bool ok = true;
    for (size_t i = 0; ok && i < table->count; i++)
        if (!(table->columns[i].flags & CATALOG_HIDDEN))
            ok = offer_column(in, table->columns[i].name, table->columns[i].type);
    return ok;
}

static bool offer_fields(Completing *in, const Type *row)
{
    bool ok = true;
    for (uint32_t i = 0; ok && row->kind == TYPE_ROW && i < row->count; i++)
        ok = offer_column(in, row->names[i], row->parts[i]);
    return ok;
}

/* The names of WITH a AS (...), b AS (...): what stands before AS and '('. */
static bool offer_common_tables(Completing *in, const Token *tokens, size_t count)
{
    bool ok = true;
    for (size_t i = 1; ok && i + 2 < count; i++)
        if (tokens[i + 1].keyword == KEYWORD_AS && tokens[i + 2].kind == TOKEN_OPEN &&
            (tokens[i - 1].keyword == KEYWORD_WITH || tokens[i - 1].kind == TOKEN_COMMA))
            ok = offer(in, raw(in, i), "");
    return ok;
}

static bool in_from(const Completing *in, size_t before)
{
    int depth = 0;
    for (size_t i = before; i-- > 0;) {
        const Token *token = &in->token[i];
        depth += token->kind == TOKEN_CLOSE;
        depth -= token->kind == TOKEN_OPEN;
        if (depth < 0)
            return false;
        if (depth > 0 || token->kind != TOKEN_NAME)
            continue;
        switch (token->keyword) {
        case KEYWORD_FROM:
            return true;
        case KEYWORD_SELECT:
        case KEYWORD_WHERE:
        case KEYWORD_ON:
        case KEYWORD_BY:
        case KEYWORD_HAVING:
        case KEYWORD_WITH:
        case KEYWORD_VALUES:
            return false;
        default:
            break;
        }
    }
    return false;
}

/* What stands behind token *index* - 1 is a table. */
static bool expects_table(const Completing *in, size_t index)
{
    if (index == 0)
        return false;
    const Token *before = &in->token[index - 1];
    if (before->kind == TOKEN_COMMA)
        return in_from(in, index - 1);
    return before->kind == TOKEN_NAME &&
           (before->keyword == KEYWORD_FROM || before->keyword == KEYWORD_JOIN ||
            before->keyword == KEYWORD_TABLE || before->keyword == KEYWORD_DESCRIBE);
}

/* The tables that the statement names, wherever the cursor is. */
static void find_sources(Completing *in)
{
    size_t count = in->tokens.len / sizeof(Token);
    for (size_t i = 1; i < count && in->source_count < SOURCES_MAX; i++) {
        const CatalogTable *table = is_name(in, i) && expects_table(in, i)
                                        ? catalog_find(in->input->catalog, bare(raw(in, i)))
                                        : NULL;
        if (!table)
            continue;
        size_t alias = i + 1;
        if (alias < count && in->token[alias].keyword == KEYWORD_AS)
            alias++;
        bool named = alias < count && is_name(in, alias) &&
                     in->token[alias].place.at + in->word.len != in->input->at &&
                     !keyword_is_reserved((Keyword)in->token[alias].keyword);
        in->sources[in->source_count++] = (Source){table, bare(raw(in, named ? alias : i))};
    }
}

static const Type *column_type(const CatalogTable *table, Str name)
{
    const CatalogColumn *column = catalog_column(table, name);
    return column ? column->type : NULL;
}

/* The first name of the chain as a column: of the statement's tables, else of any. */
static const Type *first_type(const Completing *in)
{
    const Catalog *catalog = in->input->catalog;
    const Type *type = NULL;
    for (size_t i = 0; !type && i < in->source_count; i++)
        type = column_type(in->sources[i].table, in->chain[0]);
    for (size_t i = 0; !type && !in->source_count && i < catalog->count; i++)
        type = column_type(&catalog->tables[i], in->chain[0]);
    return type;
}

static const Source *find_source(const Completing *in, Str name)
{
    for (size_t i = 0; i < in->source_count; i++)
        if (str_equal_nocase(in->sources[i].name, name) ||
            str_equal_nocase(in->sources[i].table->name, name))
            return &in->sources[i];
    return NULL;
}

/* What is in `a.b.`: columns of a table or fields of a row. */
static bool offer_chain(Completing *in)
{
    const Source *source = find_source(in, in->chain[0]);
    const Type *type = first_type(in);
    size_t next = 1;
    if (source && in->chain_count == 1)
        return offer_columns(in, source->table);
    if (source && !type) {
        type = column_type(source->table, in->chain[1]);
        next = 2;
    }
    for (; type && next < in->chain_count; next++) {
        int field = type->kind == TYPE_ROW ? type_field(type, in->chain[next]) : -1;
        type = field >= 0 ? type->parts[field] : NULL;
    }
    return !type || offer_fields(in, type);
}

static bool offer_expression(Completing *in)
{
    bool ok = true;
    const Catalog *catalog = in->input->catalog;
    for (size_t i = 0; ok && i < in->source_count; i++)
        ok = offer_columns(in, in->sources[i].table) &&
             (!in->word.len || offer(in, in->sources[i].name, "."));
    for (size_t i = 0; ok && !in->source_count && i < catalog->count; i++)
        ok = offer_columns(in, &catalog->tables[i]);
    if (!in->word.len)
        return ok; /* all functions and keywords are no help */
    for (size_t i = 0; ok && i < FUNCTION_COUNT; i++)
        ok = offer(in, str_of(FUNCTIONS[i].name), "(");
    for (int keyword = KEYWORD_NONE + 1; ok && keyword < KEYWORDS; keyword++)
        ok = offer_keyword(in, keyword_name((Keyword)keyword));
    return ok;
}

static bool offer_prepared(Completing *in)
{
    bool ok = true;
    for (size_t i = 0; ok && i < in->input->prepared_count; i++)
        ok = offer(in, in->input->prepared[i], "");
    return ok;
}

static bool offer_statement(Completing *in)
{
    static const char *const BEGINNINGS[] = {"SELECT",  "WITH",       "SHOW",    "DESCRIBE",
                                             "EXPLAIN", "PREPARE",    "EXECUTE", "VALUES",
                                             "TABLE",   "DEALLOCATE", NULL};
    static const char *const SHOWN[] = {
        "TABLES", "COLUMNS FROM", "CREATE TABLE", "FUNCTIONS", "DATABASES", "SCHEMAS", NULL};
    size_t before = in->before;
    if (before == 0)
        return offer_keywords(in, BEGINNINGS);
    switch (in->token[before - 1].keyword) {
    case KEYWORD_SHOW:
        return before == 1 ? offer_keywords(in, SHOWN) : offer_expression(in);
    case KEYWORD_EXECUTE:
    case KEYWORD_PREPARE:
        return offer_prepared(in);
    default:
        return expects_table(in, before)
                   ? offer_tables(in) && offer_common_tables(in, in->token, before)
                   : offer_expression(in);
    }
}

/* The names with dots behind them that stand before the word. */
static void find_chain(Completing *in)
{
    Str chain[CHAIN_MAX];
    while (in->before >= 2 && in->token[in->before - 1].kind == TOKEN_DOT &&
           is_name(in, in->before - 2) && in->chain_count < CHAIN_MAX) {
        chain[in->chain_count++] = bare(raw(in, in->before - 2));
        in->before -= 2;
    }
    for (size_t i = 0; i < in->chain_count; i++)
        in->chain[i] = chain[in->chain_count - 1 - i];
}

/* Parts what stands before the cursor into a chain of names and the word under way. False when
 * the cursor stands inside quotes, a comment or what is no token. */
static bool find_word(Completing *in)
{
    size_t count = in->tokens.len / sizeof(Token);
    size_t at = in->input->at;
    while (count && in->token[count - 1].kind == TOKEN_END)
        count--;
    if (count && in->token[count - 1].kind == TOKEN_BAD)
        return false;
    in->before = count;
    in->word = (Str){"", 0};
    if (count && in->token[count - 1].place.end == at && in->token[count - 1].kind == TOKEN_NAME)
        in->word = raw(in, --in->before);
    else if (count && in->token[count - 1].place.end == at && is_name(in, count - 1))
        return false;
    find_chain(in);
    return true;
}

static bool read_tokens(Completing *in, Str text)
{
    char complaint[LEXER_COMPLAINT_BYTES];
    in->tokens.len = 0;
    if (!lexer_read(text, &in->tokens, complaint, in->err))
        return false;
    in->token = (const Token *)(const void *)in->tokens.ptr;
    return true;
}

static bool complete_statement(Completing *in, ShellCompletion *ret)
{
    Str text = in->input->text;
    if (!read_tokens(in, str_slice(text, 0, in->input->at)))
        return false;
    if (!find_word(in))
        return true;
    if (!read_tokens(in, text))
        return false;
    find_sources(in);
    ret->from = in->input->at - in->word.len;
    return in->chain_count ? offer_chain(in) : offer_statement(in);
}

static bool offer_commands(Completing *in)
{
    bool ok = true;
    const char *name;
    for (size_t i = 0; ok && (name = in->input->command(i)) != NULL; i++)
        ok = offer(in, str_of(name), "");
    return ok;
}

static bool offer_saved(Completing *in)
{
    Saved saved;
    bool ok = true;
    for (size_t i = 0; ok && saved_at(i, &saved); i++)
        ok = offer(in, saved.name, "");
    return ok;
}

/* The parameters of a saved query. */
static bool offer_parameters(Completing *in, Str name)
{
    Saved saved;
    Error none = {0};
    bool ok = true;
    if (!saved_find(name, &saved, &none))
        return true;
    for (uint32_t i = 0; ok && i < saved.parameter_count; i++)
        ok = offer(in, saved.parameters[i].name, "=");
    return ok;
}

/* What may be argument *index*, from 1, of the command. */
static bool offer_arguments(Completing *in, Str command, size_t index, Str first)
{
    static const char *const FORMATS[] = {"table", "markdown", "csv", "json",
                                          "jsonl", "parquet",  NULL};
    static const char *const SWITCHES[] = {"on", "off", NULL};
    if (str_equal(command, STR(".saved")))
        return index == 1 ? offer_saved(in) : offer_parameters(in, first);
    if (index > 1)
        return true;
    if (str_equal(command, STR(".mode")))
        return offer_keywords(in, FORMATS);
    if (str_equal(command, STR(".schema")))
        return offer_tables(in);
    if (str_equal(command, STR(".timer")) || str_equal(command, STR(".wide")))
        return offer_keywords(in, SWITCHES);
    return true;
}

/* The line of a command, `.name argument ...`: which word of it the cursor is in. */
static bool complete_command(Completing *in, ShellCompletion *ret)
{
    Str line = str_slice(in->input->text, 0, in->input->at), words[2] = {{"", 0}, {"", 0}};
    size_t index = 0;
    for (size_t at = 0, end; (end = str_find_byte(line, ' ', at)) < line.len; index++) {
        if (index < 2)
            words[index] = str_slice(line, at, end);
        for (at = end; at < line.len && line.ptr[at] == ' ';)
            at++;
        ret->from = at;
    }
    in->word = str_slice(line, ret->from, line.len);
    return index == 0 ? offer_commands(in) : offer_arguments(in, words[0], index, words[1]);
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Sorts the names, leaves out what is double, and finds what they have in common. */
static void tidy(Completing *in, ShellCompletion *ret)
{
    size_t kept = 0;
    qsort(in->names, in->count, sizeof *in->names, compare);
    for (size_t i = 0; i < in->count; i++)
        if (kept == 0 || !str_equal(in->names[kept - 1], in->names[i]))
            in->names[kept++] = in->names[i];
    ret->names = in->names;
    ret->count = kept;
    ret->common = kept ? in->names[0].len : 0;
    for (size_t i = 1; i < kept; i++) {
        size_t len = 0;
        while (len < ret->common && len < in->names[i].len &&
               in->names[i].ptr[len] == in->names[0].ptr[len])
            len++;
        ret->common = len;
    }
}

bool shell_complete(const ShellCompleteInput *input, Arena *arena, ShellCompletion *ret, Error *err)
{
    Completing in = {
        .input = input, .arena = arena, .err = err, .tokens = buf_init(TOKENS_BYTES_MAX)};
    *ret = (ShellCompletion){.from = input->at};
    in.names = arena_alloc(arena, SHELL_COMPLETE_MAX * sizeof *in.names, err);
    bool command = input->text.len && input->text.ptr[0] == '.';
    if (command)
        ret->from = 0;
    bool ok = in.names && (command ? complete_command(&in, ret) : complete_statement(&in, ret));
    if (ok)
        tidy(&in, ret);
    buf_free(&in.tokens);
    return ok;
}
