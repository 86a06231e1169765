#include "watch/sql_ask.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/engine.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "query/worker.h"

enum { SQL_BYTES_MAX = 4 << 20, RESULT_BYTES_MAX = 64 << 20, GROUP_BYTES_MAX = 1 << 20 };

static const int64_t SECOND_US = 1000000;

struct SqlAsk {
    SqlAskOptions options;
    Worker *worker;        /* NULL: none is started */
    uint64_t memory_bytes; /* that it may use */
};

/* A question under way. */
typedef struct Asking {
    SqlAsk *ask;
    const SqlQuestion *question;
    Arena *arena;
    SqlAnswer *answer;
    Buf result; /* JSON lines */
    int64_t end_us;
    Error *err;
} Asking;

static bool put(void *context, Str bytes, Error *err)
{
    Asking *in = context;
    return buf_append_str(&in->result, bytes, err);
}

static void wait_for(void *context, int percent)
{
    const Asking *in = context;
    (void)percent;
    if (in->ask->options.stopping && atomic_load(in->ask->options.stopping))
        worker_cancel(in->ask->worker);
}

/* Runs a statement within what is left of the budget; its rows are the asking's result. */
static bool run(Asking *in, Str sql, uint64_t rows_max)
{
    const WorkerSink sink = {.put = put, .wait = wait_for, .context = in};
    int64_t left_us = in->end_us - clock_monotonic_us();
    const WorkerStatement statement = {.sql = sql,
                                       .format = output_format("jsonl"),
                                       .rows_max = rows_max,
                                       .timeout_us = left_us > 1 ? left_us : 1,
                                       .read_max = in->question->rule->read_bytes};
    WorkerAnswer answer;
    in->result.len = 0;
    bool ok = worker_run(in->ask->worker, &statement, &sink, &answer, in->err);
    in->answer->read_bytes += answer.scanned.bytes;
    return ok;
}

/* The next line of the result as a tree in the arena, which copies it; NULL at the end or with
 * the asking's error. */
static const Json *next_row(Asking *in, size_t *at)
{
    static const JsonLimits LIMITS = {.depth_max = 64, .duplicates_allowed = true};
    size_t end = str_find_byte(buf_str(&in->result), '\n', *at);
    if (*at >= in->result.len)
        return NULL;
    Str line = str_slice(buf_str(&in->result), *at, end);
    *at = end + 1;
    const char *copy = arena_text(in->arena, line, in->err);
    return copy ? json_read((Str){copy, line.len}, &LIMITS, in->arena, in->err) : NULL;
}

static size_t count_lines(const Asking *in)
{
    size_t count = 0;
    for (size_t at = 0; at < in->result.len; count++)
        at = str_find_byte(buf_str(&in->result), '\n', at) + 1;
    return count;
}

/* ---- the rows of the rule's query ---- */

/* The member of a row by its column's name, whose case is not regarded. */
static const Json *column(const Json *row, Str name)
{
    for (const Json *member = row->first; member; member = member->next)
        if (str_equal_nocase(member->name, name))
            return member;
    return NULL;
}

static bool read_moment(const Json *value, int64_t *ret)
{
    return value && value->type == JSON_STRING && timestamp_parse(value->text, ret);
}

static bool write_group(const Json *row, const RuleTexts *names, Buf *out, Error *err)
{
    bool ok = buf_append_byte(out, '{', err);
    for (uint32_t i = 0; ok && i < names->count; i++) {
        const Json *value = column(row, names->list[i]);
        Str text = !value || value->type == JSON_NULL ? STR("")
                   : value->type == JSON_STRING       ? value->text
                                                      : value->raw;
        ok = (i == 0 || buf_append_byte(out, ',', err)) &&
             json_append_string(out, names->list[i], err) && buf_append_byte(out, ':', err) &&
             json_append_string(out, text, err);
    }
    return ok && buf_append_byte(out, '}', err);
}

/* An eventID, or those of an array; at most FINDING_EVENTS_MAX. */
static bool read_evidence(Asking *in, const Json *value, SqlRow *row)
{
    bool list = value && value->type == JSON_ARRAY;
    uint32_t most = list ? value->count : 1;
    Str *ids = arena_alloc(in->arena, (most + 1) * sizeof *ids, in->err);
    row->event_ids = ids;
    for (const Json *each = list ? value->first : value; ids && each;
         each = list ? each->next : NULL)
        if (each->type == JSON_STRING && each->text.len && row->event_count < FINDING_EVENTS_MAX)
            ids[row->event_count++] = each->text;
    return ids != NULL;
}

static bool read_row(Asking *in, const Json *json, SqlRow *row)
{
    BUF_AUTO Buf group = buf_init(GROUP_BYTES_MAX);
    const SqlRule *rule = in->question->rule;
    const Json *value = column(json, STR("value"));
    *row =
        (SqlRow){.value = value && value->type == JSON_NUMBER ? strtod(value->text.ptr, NULL) : 0};
    if (!read_moment(column(json, STR("eventtime")), &row->first_us))
        return error_set(in->err, ERROR_USAGE, "the column eventtime of a row holds no timestamp");
    if (!read_moment(column(json, STR("lasttime")), &row->last_us) || row->last_us < row->first_us)
        row->last_us = row->first_us;
    if (!read_evidence(in, column(json, rule->evidence), row) ||
        !write_group(json, &rule->group_by, &group, in->err))
        return false;
    row->group = (Str){arena_text(in->arena, buf_str(&group), in->err), group.len};
    return row->group.ptr &&
           (row->event_count ||
            error_set(in->err, ERROR_USAGE, "the column %.*s of a row names no event",
                      STR_ARG(rule->evidence)));
}

static int by_time(const void *a, const void *b)
{
    const SqlRow *left = a, *right = b;
    if (left->first_us != right->first_us)
        return left->first_us < right->first_us ? -1 : 1;
    int order = str_compare(left->group, right->group);
    return order ? order : str_compare(left->event_ids[0], right->event_ids[0]);
}

static bool read_rows(Asking *in)
{
    SqlAnswer *answer = in->answer;
    const Json *json;
    answer->rows = arena_alloc(in->arena, (count_lines(in) + 1) * sizeof *answer->rows, in->err);
    for (size_t at = 0; answer->rows && (json = next_row(in, &at)) != NULL; answer->row_count++)
        if (!read_row(in, json, &answer->rows[answer->row_count]))
            return false;
    if (!answer->rows || in->err->kind != ERROR_NONE)
        return false;
    qsort(answer->rows, answer->row_count, sizeof *answer->rows, by_time);
    return true;
}

static bool ask_rows(Asking *in)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return sql_rule_write(in->question->rule, in->question->from_us, in->question->to_us, &sql,
                          in->err) &&
           run(in, buf_str(&sql), SQL_ASK_ROWS_MAX) && read_rows(in);
}

/* ---- the events that they name ---- */

static bool put_second(int64_t at_us, Buf *sql, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(at_us, text);
    text[10] = ' ';
    return buf_printf(sql, err, "TIMESTAMP '%.19s'", text);
}

/* All from the first row's time to the end of what was asked about. */
static bool write_events(Asking *in, Buf *sql)
{
    const SqlAnswer *answer = in->answer;
    int64_t until_us = in->question->to_us;
    size_t count = 0;
    for (size_t i = 0; i < answer->row_count; i++)
        if (answer->rows[i].last_us >= until_us)
            until_us = answer->rows[i].last_us + SECOND_US;
    bool ok = buf_printf(sql, in->err,
                         "SELECT eventid, eventtime, object_id, record_index, eventsource,"
                         " eventname, awsregion, recipientaccountid, sourceipaddress, errorcode,"
                         " coalesce(nullif(useridentity.arn, ''), nullif(useridentity.invokedby,"
                         " ''), nullif(useridentity.principalid, ''),"
                         " nullif(useridentity.username, ''), useridentity.accountid) AS principal"
                         " FROM cloudtrail WHERE eventtime >= ") &&
              put_second(answer->rows[0].first_us, sql, in->err) &&
              buf_printf(sql, in->err, " AND eventtime < ") && put_second(until_us, sql, in->err) &&
              buf_printf(sql, in->err, " AND eventid IN (");
    for (size_t i = 0; ok && i < answer->row_count; i++)
        for (uint32_t e = 0; ok && e < answer->rows[i].event_count && count < SQL_ASK_EVENTS_MAX;
             e++, count++)
            ok = (!count || buf_append_byte(sql, ',', in->err)) &&
                 engine_quote(sql, answer->rows[i].event_ids[e], in->err);
    return ok && buf_append_byte(sql, ')', in->err);
}

static bool read_event(const Json *json, FindingHit *ret)
{
    const Str names[] = {STR("eventid"),         STR("eventsource"),        STR("eventname"),
                         STR("awsregion"),       STR("recipientaccountid"), STR("principal"),
                         STR("sourceipaddress"), STR("errorcode")};
    Str *const to[] = {&ret->event_id, &ret->event_source, &ret->event_name, &ret->region,
                       &ret->account,  &ret->principal,    &ret->address,    &ret->error_code};
    *ret = (FindingHit){.rule = 0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        *to[i] = json_text(json_member(json, names[i]), (Str){NULL, 0});
    return read_moment(json_member(json, STR("eventtime")), &ret->time_us) &&
           json_int(json_member(json, STR("object_id")), &ret->object_id) &&
           json_int(json_member(json, STR("record_index")), &ret->record_index);
}

static int by_id(const void *a, const void *b)
{
    const FindingHit *left = a, *right = b;
    return str_compare(left->event_id, right->event_id);
}

static bool read_events(Asking *in)
{
    SqlAnswer *answer = in->answer;
    const Json *json;
    answer->events =
        arena_alloc(in->arena, (count_lines(in) + 1) * sizeof *answer->events, in->err);
    for (size_t at = 0; answer->events && (json = next_row(in, &at)) != NULL;)
        answer->event_count += read_event(json, &answer->events[answer->event_count]);
    if (!answer->events || in->err->kind != ERROR_NONE)
        return false;
    qsort(answer->events, answer->event_count, sizeof *answer->events, by_id);
    return true;
}

static bool ask_events(Asking *in)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return !in->answer->row_count ||
           (write_events(in, &sql) && run(in, buf_str(&sql), 2 * (uint64_t)SQL_ASK_EVENTS_MAX) &&
            read_events(in));
}

const FindingHit *sql_ask_event(const SqlAnswer *answer, Str event_id)
{
    const FindingHit key = {.event_id = event_id};
    return answer->event_count
               ? bsearch(&key, answer->events, answer->event_count, sizeof *answer->events, by_id)
               : NULL;
}

SqlAsk *sql_ask_open(const SqlAskOptions *options, Error *err)
{
    SqlAsk *ask = mem_calloc(1, sizeof *ask, err);
    if (ask)
        ask->options = *options;
    return ask;
}

void sql_ask_rest(SqlAsk *ask)
{
    worker_end(ask->worker);
    ask->worker = NULL;
}

void sql_ask_free(SqlAsk *ask)
{
    if (ask)
        sql_ask_rest(ask);
    mem_free(ask);
}

/* A process that answers, with as much memory as the rule may use. */
static bool start(SqlAsk *ask, const SqlRule *rule, Error *err)
{
    const WorkerOptions options = {.program = ask->options.program,
                                   .folder = ask->options.folder,
                                   .config = ask->options.config,
                                   .since_us = INT64_MIN,
                                   .until_us = INT64_MAX,
                                   .memory_bytes = rule->memory_bytes};
    if (ask->worker && (worker_has_ended(ask->worker) || ask->memory_bytes != rule->memory_bytes))
        sql_ask_rest(ask);
    if (!ask->worker)
        ask->worker = worker_start(&options, err);
    ask->memory_bytes = rule->memory_bytes;
    return ask->worker != NULL;
}

bool sql_ask(SqlAsk *ask, const SqlQuestion *question, Arena *arena, SqlAnswer *ret, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    Asking in = {.ask = ask,
                 .question = question,
                 .arena = arena,
                 .answer = ret,
                 .result = buf_init(RESULT_BYTES_MAX),
                 .end_us = started_us + question->rule->time_us,
                 .err = err};
    *ret = (SqlAnswer){.rows = NULL};
    bool ok = start(ask, question->rule, err) && ask_rows(&in) && ask_events(&in);
    if (!ok && err->kind == ERROR_LIMIT && clock_monotonic_us() >= in.end_us) {
        error_clear(err);
        error_set(err, ERROR_LIMIT, "it took longer than %.0f s",
                  (double)question->rule->time_us / 1e6);
    }
    buf_free(&in.result);
    ret->seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
    return ok;
}
