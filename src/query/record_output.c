#include "query/record_output.h"

#include <inttypes.h>

#include "parser/lexer.h"
#include "query/output.h"
#include "query/records.h"

enum { TOKENS_BYTES_MAX = 64 << 20 };

static bool put_columns(RecordOutputColumns columns, Buf *sql, Error *err)
{
    FieldNode tops[FIELD_COUNT];
    if (columns == RECORD_OUTPUT_ALL)
        return buf_append_str(sql, STR("SELECT *"), err);
    return records_select(sql, tops, field_record_columns(tops), err);
}

/* Whether a condition ends within the parentheses around it. */
static bool check_pairs(Str condition, Error *err)
{
    char complaint[LEXER_COMPLAINT_BYTES];
    BUF_AUTO Buf tokens = buf_init(TOKENS_BYTES_MAX);
    if (!lexer_read(condition, &tokens, complaint, err))
        return false;
    const Token *token = (const Token *)tokens.ptr;
    int64_t depth = 0;
    for (; depth >= 0 && token->kind != TOKEN_END && token->kind != TOKEN_BAD; token++)
        depth += token->kind == TOKEN_OPEN ? 1 : -(token->kind == TOKEN_CLOSE);
    if (depth >= 0 && token->kind == TOKEN_BAD)
        return error_set(err, ERROR_USAGE, "the condition: %s", complaint);
    return depth == 0 ||
           error_set(err, ERROR_USAGE, "the condition's parentheses are not in pairs");
}

bool record_output_statement(RecordOutputColumns columns, Str condition, Buf *sql, size_t *ret_at,
                             Error *err)
{
    Str all = STR("true");
    if (!check_pairs(condition, err) || !put_columns(columns, sql, err) ||
        !buf_printf(sql, err, " FROM cloudtrail WHERE ("))
        return false;
    *ret_at = sql->len;
    return buf_append_str(sql, str_trim(condition).len ? condition : all, err) &&
           buf_append_str(sql, STR("\n)"), err); /* behind a comment, too */
}

void record_output_blame(Str condition, Place culprit, Error *err)
{
    const char *colon = strstr(err->text, ": ");
    uint32_t line, column;
    Error told = {0};
    if (!str_starts(str_of(err->text), STR("line ")) || !colon)
        return;
    place_line(condition, culprit.at, &line, &column);
    error_set(&told, err->kind, "line %" PRIu32 ":%" PRIu32 "%s", line, column, colon);
    *err = told;
}

typedef struct Writing {
    FILE *out;
    uint64_t rows, rows_max;
} Writing;

static bool put_line(void *context, const RecordsRow *row, Error *err)
{
    Writing *to = context;
    if (!output_check_rows(++to->rows, to->rows_max, err))
        return false;
    return (fwrite(row->text.ptr, 1, row->text.len, to->out) == row->text.len &&
            fputc('\n', to->out) != EOF) ||
           error_errno(err, "cannot write the result");
}

bool record_output_write(const Lake *lake, EngineResult *result, uint64_t rows_max, FILE *out,
                         uint64_t *ret_rows, Error *err)
{
    FieldNode tops[FIELD_COUNT];
    Writing writing = {.out = out, .rows_max = rows_max};
    const RecordsReader reader = {put_line, &writing};
    Records *records = records_new(lake, err);
    if (!records)
        engine_result_free(result);
    bool ok = records &&
              records_of_result(records, result, tops, field_record_columns(tops), &reader, err);
    records_free(records);
    *ret_rows = writing.rows;
    return ok;
}
