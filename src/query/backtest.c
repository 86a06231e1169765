#include "query/backtest.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "detect/derived.h"
#include "detect/required.h"
#include "detect/rule_sql.h"
#include "query/addresses.h"
#include "query/calls.h"
#include "query/extras.h"
#include "query/records.h"
#include "query/values.h"

enum {
    SQL_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    CELL_BYTES_MAX = 1 << 20,
    DAYS_MAX = 8
};

struct Backtest {
    BacktestOptions options;
    Session *session;
    Derived *derived;
    Document *document;
    Records *records;
    Arena *tree;
    Calls *calls;         /* that the lake holds; NULL: not asked yet */
    Addresses *addresses; /* the same */
    Values *values;
};

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

/* The lake when all its events are asked: what they hold is kept then. */
static Lake *kept_lake(const BacktestOptions *options)
{
    bool all = options->since_us == INT64_MIN && options->until_us == INT64_MAX;
    return all ? options->lake : NULL;
}

Backtest *backtest_open(const BacktestOptions *options, Error *err)
{
    const SessionOptions session = {
        .config = options->config, .since_us = options->since_us, .until_us = options->until_us};
    Backtest *backtest = mem_calloc(1, sizeof *backtest, err);
    if (!backtest)
        return NULL;
    backtest->options = *options;
    backtest->session = session_open(options->lake, &session, err);
    backtest->derived = backtest->session ? derived_new(options->derive, err) : NULL;
    backtest->document = backtest->derived ? document_new(err) : NULL;
    backtest->records = backtest->document ? records_new(options->lake, err) : NULL;
    backtest->values =
        backtest->records ? values_new(backtest->session, kept_lake(options), err) : NULL;
    backtest->tree = backtest->values ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    if (backtest->tree) {
        document_set_derive(backtest->document, derive, backtest->derived);
        return backtest;
    }
    backtest_close(backtest);
    return NULL;
}

void backtest_close(Backtest *backtest)
{
    if (!backtest)
        return;
    session_close(backtest->session);
    derived_free(backtest->derived);
    document_free(backtest->document);
    records_free(backtest->records);
    arena_free(backtest->tree);
    calls_free(backtest->calls);
    addresses_free(backtest->addresses);
    values_free(backtest->values);
    mem_free(backtest);
}

/* Columns of the table. */
typedef struct Columns {
    FieldNode list[FIELD_COUNT];
    size_t count;
} Columns;

/* A rule that is asked of the lake. */
typedef struct Question {
    const Rule *rule;
    RuleSql sql;
    Columns columns;   /* that rule and match read */
    Columns shown;     /* that a match reads */
    bool sure;         /* the condition tells */
    Buf calls;         /* "eventname IN (...) AND ", when the rule requires some */
    bool none;         /* the lake holds no call that it requires */
    int64_t touched;   /* how many rows say more in `extra` and may match */
    int64_t since_us;  /* of examples: only of [since, since + a day); INT64_MIN: of all */
    uint32_t examples; /* how many rows are wanted of those that are counted */
    BacktestTake take;
    void *context;
    BacktestReport *report;
} Question;

/* Notes what correlations look at in the events of the rule. */
static void note_paths(Question *question, const CorrelationPaths *paths)
{
    for (size_t i = 0; paths && i < correlation_sql_path_count(paths); i++) {
        Str path = correlation_sql_path(paths, i);
        Str member = str_slice(path, 0, str_find_byte(path, '.', 0));
        Slot slot = slot_of_member(member);
        if (!correlation_sql_needs(paths, question->rule, i))
            continue;
        if (slot != SLOT_NONE)
            question->sql.reads[SLOT_FIELDS[slot]] = true;
        else if (str_equal(member, STR("derived")))
            rule_sql_derived_reads(path, question->sql.reads);
    }
}

static void choose_columns(Question *question)
{
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        if (FIELDS[node].parent != F_ROOT || FIELDS[node].flags & (FIELD_HOISTED | FIELD_DERIVED))
            continue;
        if (records_shown(node))
            question->shown.list[question->shown.count++] = node;
        if (question->sql.whole || question->sql.reads[node] || records_shown(node))
            question->columns.list[question->columns.count++] = node;
    }
}

static const Columns *asked_columns(const Question *question)
{
    return question->examples ? &question->shown : &question->columns;
}

static bool write_select(const Question *question, Buf *sql, Error *err)
{
    const Columns *columns = asked_columns(question);
    return records_select(sql, columns->list, columns->count, err) &&
           buf_append_str(sql, STR(" FROM cloudtrail WHERE "), err);
}

/* Rows whose columns tell all that the rule reads: those that are not touched. When no touched row
 * may match, no row of the condition is one, and `extra` need not be read. */
static bool write_plain_where(const Question *question, Str where, Buf *sql, Error *err)
{
    if (!buf_append_str(sql, buf_str(&question->calls), err) || !buf_append_str(sql, where, err))
        return false;
    return !question->touched ||
           (buf_append_str(sql, STR(" AND (extra IS NULL OR NOT ("), err) &&
            buf_append_str(sql, question->sql.touches, err) && buf_append_str(sql, STR("))"), err));
}

static bool write_plain(const Question *question, Buf *sql, Error *err)
{
    return write_select(question, sql, err) &&
           write_plain_where(question, question->sql.where, sql, err);
}

/* Those of them that the rule must be asked of. */
static bool write_doubtful(const Question *question, Buf *sql, Error *err)
{
    return write_plain(question, sql, err) && buf_append_str(sql, STR(" AND "), err) &&
           buf_append_str(sql, question->sql.doubt, err);
}

static bool write_touched_where(const Question *question, Buf *sql, Error *err)
{
    return buf_append_str(sql, STR("extra IS NOT NULL AND ("), err) &&
           buf_append_str(sql, question->sql.touches, err) &&
           buf_append_str(sql, STR(") AND "), err) &&
           buf_append_str(sql, question->sql.where_touched, err);
}

/* Rows whose `extra` says more of it. */
static bool write_touched(const Question *question, Buf *sql, Error *err)
{
    return write_select(question, sql, err) && write_touched_where(question, sql, err);
}

/* The rows of one question as they come. */
typedef struct Answer {
    Backtest *backtest;
    const Question *question;
} Answer;

static bool take_row(void *context, const RecordsRow *row, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    const Answer *answer = context;
    const Question *question = answer->question;
    Backtest *backtest = answer->backtest;
    arena_reset(backtest->tree);
    const Json *root = json_read(row->text, &LIMITS, backtest->tree, err);
    if (!root)
        return error_context(err, "a row of the lake");
    document_set_tree(backtest->document, root);
    question->report->candidates++;
    question->report->asked += !question->sure;
    if (!question->sure && !expr_holds(question->rule->expr, backtest->document))
        return true;
    const BacktestEvent event = {.document = backtest->document,
                                 .time_us = row->time_us,
                                 .number = row->number,
                                 .counted = question->examples > 0};
    question->report->matches++;
    return question->take(question->context, &event, err);
}

static bool ask(Backtest *backtest, const Question *question,
                bool (*write)(const Question *, Buf *, Error *), Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Answer answer = {backtest, question};
    bool ok = write(question, &sql, err);
    const Columns *columns = asked_columns(question);
    const RecordsQuery query = {backtest->session, buf_str(&sql), columns->list, columns->count};
    ok = ok && records_each(backtest->records, &query, take_row, &answer, err);
    if (ok) {
        question->report->scanned = session_scanned(backtest->session);
        question->report->scannable = session_scannable(backtest->session);
    }
    return ok;
}

static bool write_counts(const Question *question, Buf *sql, Error *err)
{
    return buf_printf(sql, err, "SELECT date_trunc('day', eventtime), ") &&
           records_put_principal(sql, err) && buf_printf(sql, err, ", count(*), count_if(") &&
           buf_append_str(sql, question->sql.doubt, err) &&
           buf_printf(sql, err, ") FROM cloudtrail WHERE ") &&
           write_plain_where(question, question->sql.where_counted, sql, err) &&
           buf_printf(sql, err, " GROUP BY 1, 2");
}

static bool write_examples(const Question *question, Buf *sql, Error *err)
{
    return write_plain(question, sql, err) && buf_printf(sql, err, " AND NOT coalesce(") &&
           buf_append_str(sql, question->sql.doubt, err) && buf_printf(sql, err, ", FALSE) AND ") &&
           records_put_time(sql, ">=", question->since_us, err) && buf_printf(sql, err, " AND ") &&
           records_put_time(sql, "<", question->since_us + TIMESTAMP_DAY_US, err) &&
           buf_printf(sql, err, " LIMIT %u", (unsigned)question->examples);
}

/* The last days with rows, the last one first. */
typedef struct Days {
    int64_t since_us[DAYS_MAX];
    size_t count;
} Days;

static void add_day(Days *days, int64_t since_us)
{
    size_t at = 0;
    while (at < days->count && days->since_us[at] > since_us)
        at++;
    if (at == DAYS_MAX || (at < days->count && days->since_us[at] == since_us))
        return;
    days->count += days->count < DAYS_MAX;
    for (size_t i = days->count - 1; i > at; i--)
        days->since_us[i] = days->since_us[i - 1];
    days->since_us[at] = since_us;
}

/* What the engine counted. */
typedef struct Counted {
    Days days;         /* of rows that match */
    uint64_t doubtful; /* rows that the rule must be asked of */
} Counted;

static bool read_tally(const EngineResult *result, const BacktestCounting *counting,
                       BacktestReport *report, Counted *counted, Error *err)
{
    BUF_AUTO Buf principal = buf_init(CELL_BYTES_MAX);
    BacktestTally tally = {.time_us = 0};
    int64_t count, doubtful;
    if (!engine_value(result, 1, ENGINE_TEXT, &principal, err) ||
        !engine_long(result, 2, &count, err) || !engine_long(result, 3, &doubtful, err))
        return false;
    if (!engine_moment(result, 0, &tally.time_us))
        return error_set(err, ERROR_SYSTEM, "the day of counted events is none");
    counted->doubtful += (uint64_t)doubtful;
    if (count == doubtful)
        return true;
    tally.principal = buf_str(&principal);
    tally.count = (uint64_t)(count - doubtful);
    report->candidates += tally.count;
    report->matches += tally.count;
    add_day(&counted->days, tally.time_us);
    return counting->count(counting->context, &tally, err);
}

static bool count_rows(Backtest *backtest, const Question *question,
                       const BacktestCounting *counting, Counted *counted, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = true;
    EngineResult *result = write_counts(question, &sql, err)
                               ? session_query(backtest->session, buf_str(&sql), err)
                               : NULL;
    bool ok = result != NULL;
    while (ok && row)
        ok = engine_next(result, &row, err) &&
             (!row || read_tally(result, counting, question->report, counted, err));
    engine_result_free(result);
    question->report->scanned = session_scanned(backtest->session);
    question->report->scannable = session_scannable(backtest->session);
    return ok;
}

/* A few of those that are counted, of the last days that have some. */
static bool ask_examples(Backtest *backtest, Question *question, const BacktestCounting *counting,
                         const Days *days, Error *err)
{
    BacktestReport shown = {0}, *report = question->report;
    bool ok = true;
    question->report = &shown;
    for (size_t i = 0; ok && i < days->count && shown.matches < counting->examples; i++) {
        question->since_us = days->since_us[i];
        question->examples = counting->examples - (uint32_t)shown.matches;
        ok = ask(backtest, question, write_examples, err);
    }
    question->report = report;
    question->examples = 0;
    return ok;
}

/* How many rows the columns tell, a few of them, and all that they do not tell of. */
static bool count_plain(Backtest *backtest, Question *question, const BacktestCounting *counting,
                        Error *err)
{
    Counted counted = {.doubtful = 0};
    question->sure = true;
    if (!count_rows(backtest, question, counting, &counted, err) ||
        !ask_examples(backtest, question, counting, &counted.days, err))
        return false;
    question->sure = false;
    return !counted.doubtful || ask(backtest, question, write_doubtful, err);
}

/* All rows whose columns tell, or how many there are and a few of them. */
static bool ask_plain(Backtest *backtest, Question *question, const BacktestCounting *counting,
                      Error *err)
{
    bool told = !str_equal(question->sql.where, STR("TRUE")) || question->sql.exact;
    question->sure = question->sql.exact;
    if (question->none)
        return true;
    return counting && told ? count_plain(backtest, question, counting, err)
                            : ask(backtest, question, write_plain, err);
}

/* How many rows there are whose `extra` says more of what the rule reads: few, or none, so that
 * they are counted first, of fewer columns. */
static bool count_touched(Backtest *backtest, Question *question, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = false, may = true;
    question->touched = 0;
    if (kept_lake(&backtest->options) &&
        !extras_may_touch(backtest->session, backtest->options.lake, backtest->values,
                          question->sql.touches, &may, err))
        return false;
    bool ok = may ? buf_printf(&sql, err, "SELECT count(*) FROM cloudtrail WHERE ") &&
                        write_touched_where(question, &sql, err)
                  : buf_printf(&sql, err, "SELECT 0 FROM cloudtrail WHERE eventname = ''");
    EngineResult *result = ok ? session_query(backtest->session, buf_str(&sql), err) : NULL;
    ok = result && engine_next(result, &row, err) &&
         (!row || engine_long(result, 0, &question->touched, err));
    engine_result_free(result);
    question->report->scanned = session_scanned(backtest->session);
    question->report->scannable = session_scannable(backtest->session);
    return ok;
}

static bool ask_touched(Backtest *backtest, Question *question, Error *err)
{
    question->sure = false;
    return !question->touched || ask(backtest, question, write_touched, err);
}

/* Which calls of the lake the rule requires: named as the lake spells them the engine passes over
 * files, row groups and columns of all others. */
static bool find_calls(Backtest *backtest, Question *question, Error *err)
{
    BUF_AUTO Buf names = buf_init(SQL_BYTES_MAX);
    size_t found = 0;
    bool required = required_names(question->rule->expr, S_EVENT_NAME, &names, err);
    if (err->kind != ERROR_NONE || !required)
        return err->kind == ERROR_NONE;
    if (!backtest->calls)
        backtest->calls = calls_ask(backtest->session, backtest->values, err);
    if (!backtest->calls || !buf_printf(&question->calls, err, "eventname IN (") ||
        !calls_put(backtest->calls, (const Str *)(void *)names.ptr, names.len / sizeof(Str),
                   &question->calls, &found, err))
        return false;
    question->none = found == 0;
    return buf_printf(&question->calls, err, ") AND ");
}

static bool write_sql(Backtest *backtest, Question *question, Arena *arena, Error *err)
{
    const Expr *expr = question->rule->expr;
    bool asks = rule_sql_asks_lookups(expr);
    if (asks && !backtest->addresses)
        backtest->addresses = addresses_ask(backtest->session, backtest->options.derive, err);
    if (asks && !backtest->addresses)
        return false;
    RuleSqlKnown known = {.no_accounts = false};
    if (asks)
        known = *addresses_known(backtest->addresses);
    known.named = question->calls.len > 0;
    known.values = known.named ? NULL : values_of; /* of few rows it costs less to ask SQL */
    known.context = backtest->values;
    return rule_sql_write(expr, &known, arena, &question->sql, err);
}

static bool run(Backtest *backtest, Question *question, const BacktestCounting *counting,
                Error *err)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    question->calls = buf_init(SQL_BYTES_MAX);
    bool ok =
        arena && find_calls(backtest, question, err) && write_sql(backtest, question, arena, err);
    if (ok) {
        note_paths(question, backtest->options.paths);
        choose_columns(question);
        ok = count_touched(backtest, question, err) &&
             ask_plain(backtest, question, counting, err) && ask_touched(backtest, question, err);
    }
    buf_free(&question->calls);
    arena_free(arena);
    return ok || error_context(err, "rule '%.*s'", STR_ARG(question->rule->title));
}

bool backtest_run(Backtest *backtest, const Rule *rule, BacktestTake take, void *context,
                  BacktestReport *report, Error *err)
{
    Question question = {.rule = rule, .take = take, .context = context, .report = report};
    return run(backtest, &question, NULL, err);
}

bool backtest_count(Backtest *backtest, const Rule *rule, const BacktestCounting *counting,
                    BacktestReport *report, Error *err)
{
    Question question = {
        .rule = rule, .take = counting->take, .context = counting->context, .report = report};
    return run(backtest, &question, counting, err);
}

bool backtest_recall(void *context, const HuntWanted *wanted, HuntRecalled take, void *to,
                     Error *err)
{
    Backtest *backtest = context;
    return records_recall(backtest->records, backtest->session, wanted, take, to, err);
}
