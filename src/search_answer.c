#include "search_answer.h"

#include <stdio.h>

#include "base/clock.h"
#include "lake/lake.h"
#include "search_counted.h"
#include "search_pattern.h"
#include "sql_run.h"

enum { LINES_BYTES_MAX = 16 << 20 };

static bool read_ends(Lake *lake, int64_t *ret_first, int64_t *ret_last, Error *err)
{
    return db_get_int(lake->db, "SELECT min(time_min) FROM parts WHERE removed_seq IS NULL", 0,
                      ret_first, err) &&
           db_get_int(lake->db, "SELECT max(time_max) FROM parts WHERE removed_seq IS NULL", 0,
                      ret_last, err);
}

/* The times that are counted: those asked for, open ends as the lake has them. */
static bool read_span(const CommandLine *line, const char *folder, SearchSpan *ret, Error *err)
{
    int64_t since, until, first = 0, last = 0;
    if (!command_range(line, &since, &until, err))
        return false;
    folder = folder ? folder : config_text(command_config(line), CONFIG_LAKE_FOLDER);
    LAKE_AUTO Lake *lake = lake_open(folder, LAKE_READ, err);
    if (!lake || !read_ends(lake, &first, &last, err))
        return false;
    ret->since_us = since != INT64_MIN ? since : first;
    ret->until_us = until != INT64_MAX ? until : last + 1;
    if (ret->until_us <= ret->since_us)
        ret->until_us = ret->since_us + 1;
    ret->step_s = search_statement_step(ret->until_us - ret->since_us);
    return true;
}

static bool write_counts(const SearchQuestion *question, const SearchSpan *span, Buf *sql,
                         Error *err)
{
    const SearchHits hits = search_question_hits(question);
    const SearchCounts counts = {
        .step_s = span->step_s, .facets = question->facets, .facet_count = question->facet_count};
    return search_statement_counts(&hits, &counts, sql, err);
}

static bool write_rows(const SearchQuestion *question, Buf *sql, Error *err)
{
    const SearchHits hits = search_question_hits(question);
    return search_statement_rows(&hits, question->columns, question->column_count, question->limit,
                                 sql, err);
}

static bool take_lines(void *context, Str bytes, Error *err)
{
    return buf_append_str(context, bytes, err);
}

/* Prints what was counted in front of a table. */
static bool print_counts(SqlRun *run, const SearchSpan *span, Str sql, Error *err)
{
    BUF_AUTO Buf lines = buf_init(LINES_BYTES_MAX);
    const WorkerSink sink = {take_lines, &lines, NULL};
    WorkerAnswer given;
    return sql_run_lines(run, sql, &sink, &given, err) &&
           search_counted_print(buf_str(&lines), span, stdout, err);
}

/* Asks whether any row says more in `extra` of what the search reads: few do, or none, and the
 * statement is a simple one then. */
static bool ask_touched(SearchQuestion *question, SqlRun *run, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SEARCH_STATEMENT_BYTES);
    BUF_AUTO Buf line = buf_init(LINES_BYTES_MAX);
    const SearchHits hits = search_question_hits(question);
    const WorkerSink sink = {take_lines, &line, NULL};
    WorkerAnswer given;
    if (question->untouched)
        return true;
    if (!search_statement_touched(&hits, &sql, err) ||
        !sql_run_lines(run, buf_str(&sql), &sink, &given, err))
        return false;
    question->untouched = str_equal(str_trim(buf_str(&line)), STR("{\"events\":0}"));
    return true;
}

static bool answer(const CommandLine *line, SearchQuestion *question, const char *folder,
                   SqlRun *run, WorkerAnswer *given, Error *err)
{
    bool times = question->times, counts = times || question->facet_count;
    SearchSpan span = {.step_s = 0};
    BUF_AUTO Buf sql = buf_init(SEARCH_STATEMENT_BYTES);
    if (!ask_touched(question, run, err))
        return false;
    if ((times && !read_span(line, folder, &span, err)) ||
        (counts && !write_counts(question, &span, &sql, err)))
        return false;
    if (counts && question->table && !print_counts(run, &span, buf_str(&sql), err))
        return false;
    if (!counts || question->table) {
        sql.len = 0;
        if (!write_rows(question, &sql, err))
            return false;
    }
    fflush(stdout);
    return sql_run_answer(run, buf_str(&sql), given, err);
}

bool search_answer_run(const CommandLine *line, SearchQuestion *question, const char *folder,
                       Error *err)
{
    int64_t started_us = clock_monotonic_us();
    WorkerAnswer given = {0};
    SqlRun *run = sql_run_begin(line, folder, err);
    bool ok = run && (!question->pattern || search_pattern_find(line, folder, question, err)) &&
              answer(line, question, folder, run, &given, err);
    if (ok)
        sql_run_say(run, &given, started_us);
    sql_run_end(run);
    return ok;
}

bool search_answer_show(const CommandLine *line, const SearchQuestion *question, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SEARCH_STATEMENT_BYTES);
    if (question->follow || question->facet_count || command_has(line, "histogram"))
        return error_set(err, ERROR_USAGE,
                         "--show-sql shows the statement that finds the events: "
                         "--follow, --facets and --histogram do not go with it");
    if (!write_rows(question, &sql, err))
        return false;
    printf("%.*s\n", STR_ARG(buf_str(&sql)));
    return true;
}
