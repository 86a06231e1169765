#include "search_question.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "search/search_field.h"
#include "search/search_parse.h"
#include "search/search_sql.h"
#include "search/search_value.h"
#include "sql_culprit.h"

enum { ARENA_BYTES_MAX = 64 << 20, LIMIT = 50, KEY_BYTES = 20, UUID_BYTES = 36 };

static const char SHOWN[] =
    "eventTime,eventSource,eventName,principal,sourceIPAddress,awsRegion,errorCode";

/* A field that is neither a column nor below one may stand beside the known members. */
static void tell_unknown(void *context, Str name)
{
    SearchField field;
    Error ignored = {0};
    char quoted[PLACE_QUOTE_BYTES];
    (void)context;
    if (!search_field_find(name, &field, &ignored)) {
        error_clear(&ignored);
        return;
    }
    if (field.node != F_ROOT)
        return;
    Str near = field.known_top ? STR("") : search_field_suggest(name);
    fprintf(stderr,
            "spoor search: no column has '%s', which only what records have beside known members "
            "may be called",
            (place_quote(name, quoted), quoted));
    if (near.len)
        fprintf(stderr, "; did you mean '%.*s'?", STR_ARG(near));
    fputc('\n', stderr);
}

static bool is_key(Str text)
{
    return text.len == KEY_BYTES &&
           (str_starts(text, STR("AKIA")) || str_starts(text, STR("ASIA")));
}

static bool is_arn(Str text)
{
    return str_starts(text, STR("arn:aws"));
}

static bool is_uuid(Str text)
{
    bool ok = text.len == UUID_BYTES;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = i == 8 || i == 13 || i == 18 || i == 23
                 ? text.ptr[i] == '-'
                 : strchr("0123456789abcdef", text.ptr[i]) != NULL;
    return ok;
}

/* Words may stand anywhere, so that all files are read; as a field's value most of these are found
 * by an index. */
static void tell_field(void *context, Str text)
{
    static const struct {
        bool (*is)(Str);
        const char *field;
    } SHAPES[] = {{search_value_is_address, "sourceIPAddress"},
                  {is_key, "userIdentity.accessKeyId"},
                  {is_arn, "userIdentity.arn"},
                  {is_uuid, "eventID"}};
    char quoted[PLACE_QUOTE_BYTES];
    (void)context;
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (SHAPES[i].is(text))
            fprintf(stderr,
                    "spoor search: '%s' is looked for in every value of every event; %s:... is "
                    "found in the few files that have it there\n",
                    (place_quote(text, quoted), quoted), SHAPES[i].field);
}

static bool write_conditions(Str text, Arena *arena, SearchQuestion *ret, Place *culprit,
                             Error *err)
{
    const SearchNode *root = search_parse(text, arena, culprit, err);
    if (!root || !search_sql_write(root, text, false, &ret->plain, culprit, err) ||
        !search_sql_write(root, text, true, &ret->touched, culprit, err) ||
        !search_sql_touches(root, &ret->touches, err))
        return false;
    ret->untouched = ret->touches.len == 0;
    search_sql_fields(root, tell_unknown, NULL);
    if (isatty(STDERR_FILENO))
        search_sql_words(root, tell_field, NULL);
    return true;
}

static bool read_text(const CommandLine *line, SearchQuestion *ret, Error *err)
{
    Str text = str_of(command_argument(line, 0));
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    Place culprit = {0, 0};
    bool ok = arena && write_conditions(text, arena, ret, &culprit, err);
    arena_free(arena);
    if (!ok && err->kind == ERROR_LIMIT)
        error_context(err, "the search is too long");
    if (!ok)
        sql_culprit_show(text, culprit);
    return ok;
}

static bool read_columns(const CommandLine *line, SearchQuestion *ret, Error *err)
{
    const char *fields = command_text(line, "fields", ret->table ? SHOWN : NULL);
    const char *facets = command_text(line, "facets", NULL);
    return (!fields ||
            search_statement_columns(str_of(fields), ret->columns, &ret->column_count, err) ||
            error_context(err, "--fields")) &&
           (!facets ||
            search_statement_columns(str_of(facets), ret->facets, &ret->facet_count, err) ||
            error_context(err, "--facets"));
}

static bool check_options(const CommandLine *line, const SearchQuestion *question, Error *err)
{
    static const char *const NOT_FOLLOWED[] = {"from", "histogram", "facets", "output"};
    bool jsonl = strcmp(command_text(line, "format", "table"), "jsonl") == 0;
    bool counts = command_has(line, "facets") || command_has(line, "histogram");
    if (!question->pattern == !command_argument_count(line))
        return error_set(err, ERROR_USAGE, "a search's text or --pattern is taken, one of them");
    if (question->pattern && (question->follow || command_has(line, "show-sql")))
        return error_set(err, ERROR_USAGE, "--pattern does not go with --follow or --show-sql");
    if (counts && !question->table && (command_has(line, "fields") || command_has(line, "limit")))
        return error_set(err, ERROR_USAGE,
                         "in a format other than table the counts stand alone: --fields and "
                         "--limit say nothing of them");
    if (!question->follow)
        return true;
    for (size_t i = 0; i < sizeof NOT_FOLLOWED / sizeof *NOT_FOLLOWED; i++)
        if (command_has(line, NOT_FOLLOWED[i]))
            return error_set(err, ERROR_USAGE, "--follow does not go with --%s", NOT_FOLLOWED[i]);
    return question->table || jsonl ||
           error_set(err, ERROR_USAGE, "--follow prints a table's lines or --format jsonl");
}

bool search_question_read(const CommandLine *line, SearchQuestion *ret, Error *err)
{
    const char *format = command_text(line, "format", "table");
    *ret =
        (SearchQuestion){.plain = buf_init(SEARCH_SQL_BYTES_MAX),
                         .touched = buf_init(SEARCH_SQL_BYTES_MAX),
                         .touches = buf_init(SEARCH_SQL_BYTES_MAX),
                         .follow = command_has(line, "follow"),
                         .pattern = command_text(line, "pattern", NULL),
                         .table = strcmp(format, "table") == 0 || strcmp(format, "markdown") == 0};
    bool terminal = ret->table && !command_has(line, "output") && isatty(STDOUT_FILENO);
    ret->times = command_has(line, "histogram") || terminal;
    int64_t limit = command_number(line, "limit", ret->follow ? 0 : LIMIT);
    if (limit < 0)
        return error_set(err, ERROR_USAGE, "--limit is 0 or more");
    ret->limit = (uint64_t)limit;
    return check_options(line, ret, err) && read_columns(line, ret, err) &&
           (ret->pattern || read_text(line, ret, err));
}

void search_question_free(SearchQuestion *question)
{
    buf_free(&question->plain);
    buf_free(&question->touched);
    buf_free(&question->touches);
}

SearchHits search_question_hits(const SearchQuestion *question)
{
    return (SearchHits){.plain = buf_str(&question->plain),
                        .touched = buf_str(&question->touched),
                        .touches = buf_str(&question->touches),
                        .untouched = question->untouched};
}
