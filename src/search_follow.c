#include "search_follow.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/cell.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "lake/lake.h"
#include "setup.h"
#include "sql_run.h"

enum {
    LINE_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    CELL_COLUMNS = 60,
    TEXT_BYTES_MAX = 4 << 20,
    WAIT_NS = 200 * 1000 * 1000
};

/* A search that is followed. */
typedef struct Following {
    const SearchQuestion *question;
    SqlRun *run;
    Lake *lake;
    int64_t seen; /* the last commit that was looked at */
    uint64_t printed;
    bool wide;
    Buf line; /* of JSON, until its end has come */
    Arena *arena;
} Following;

static bool is_full(const Following *following)
{
    return following->question->limit && following->printed >= following->question->limit;
}

/* A moment in the zone of display, any other value as it is. */
static bool put_cell(const Following *following, const Json *value, Buf *out, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    int64_t time_us;
    Str text = value && value->type == JSON_STRING ? value->text
               : value && value->type != JSON_NULL ? value->raw
                                                   : STR("");
    if (str_equal_nocase(value ? value->name : STR(""), STR("eventTime")) &&
        timestamp_parse(text, &time_us)) {
        timestamp_format_zone(time_us, time);
        return buf_append_str(out, str_of(time), err);
    }
    BUF_AUTO Buf shown = buf_init(LINE_BYTES_MAX);
    return cell_visible(text, &shown, err) &&
           buf_append_str(
               out, following->wide ? buf_str(&shown) : cell_cut(buf_str(&shown), CELL_COLUMNS),
               err);
}

/* Columns as a table has them, parted by two blanks: those to come are not known yet. */
static bool print_row(Following *following, Str line, Error *err)
{
    BUF_AUTO Buf out = buf_init(LINE_BYTES_MAX);
    arena_reset(following->arena);
    const Json *row = json_read(line, &JSON_LIMITS_DEFAULT, following->arena, err);
    if (!row)
        return error_context(err, "an event of a search");
    for (const Json *value = row->first; value; value = value->next)
        if (!put_cell(following, value, &out, err) ||
            !buf_append_str(&out, value->next ? STR("  ") : STR("\n"), err))
            return false;
    return fwrite(out.ptr, 1, out.len, stdout) == out.len ||
           error_errno(err, "cannot write the events");
}

static bool print_line(Following *following, Str line, Error *err)
{
    if (is_full(following))
        return true;
    following->printed++;
    if (following->question->table)
        return print_row(following, line, err);
    return (fwrite(line.ptr, 1, line.len, stdout) == line.len && fputc('\n', stdout) != EOF) ||
           error_errno(err, "cannot write the events");
}

static bool take_bytes(void *context, Str bytes, Error *err)
{
    Following *following = context;
    for (size_t from = 0; from < bytes.len;) {
        size_t end = str_find_byte(bytes, '\n', from);
        if (!buf_append_str(&following->line, str_slice(bytes, from, end), err))
            return false;
        if (end == bytes.len)
            return true;
        if (!print_line(following, buf_str(&following->line), err))
            return false;
        following->line.len = 0;
        from = end + 1;
    }
    return true;
}

static bool last_commit(Lake *lake, int64_t *ret, Error *err)
{
    return db_get_int(lake->db, "SELECT coalesce(max(seq), 0) FROM commits", 0, ret, err);
}

/* Prints the events of the commits since the last look, up to *last*, which a statement that begins
 * now sees. */
static bool look(Following *following, int64_t last, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SEARCH_STATEMENT_BYTES);
    SearchHits hits = search_question_hits(following->question);
    const WorkerSink sink = {take_bytes, following, NULL};
    WorkerAnswer given;
    hits.after_commit = following->seen;
    hits.to_commit = last;
    if (!search_statement_follow(&hits, following->question->columns,
                                 following->question->column_count, &sql, err) ||
        !sql_run_lines(following->run, buf_str(&sql), &sink, &given, err))
        return false;
    following->seen = last;
    return fflush(stdout) == 0 || error_errno(err, "cannot write the events");
}

static bool follow(Following *following, Error *err)
{
    const struct timespec wait = {0, WAIT_NS};
    while (!sql_run_is_stopped(following->run) && !is_full(following)) {
        int64_t last;
        if (!last_commit(following->lake, &last, err))
            return false;
        if (last > following->seen && !look(following, last, err)) {
            if (!sql_run_is_stopped(following->run))
                return false;
            error_clear(err); /* Ctrl-C is how it ends */
        } else {
            nanosleep(&wait, NULL);
        }
    }
    return true;
}

bool search_follow_run(const CommandLine *line, const SearchQuestion *question, Error *err)
{
    Following following = {
        .question = question, .wide = command_has(line, "wide"), .line = buf_init(LINE_BYTES_MAX)};
    following.lake = setup_lake(line, LAKE_READ, err);
    following.arena = following.lake ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    following.run = following.arena && last_commit(following.lake, &following.seen, err)
                        ? sql_run_begin(line, NULL, err)
                        : NULL;
    bool ok = following.run != NULL;
    if (ok) {
        fputs("spoor search: waiting for events; Ctrl-C ends\n", stderr);
        ok = follow(&following, err);
    }
    sql_run_end(following.run);
    arena_free(following.arena);
    lake_close(following.lake);
    buf_free(&following.line);
    return ok;
}
