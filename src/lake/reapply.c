#include "lake/reapply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/day_writer.h"
#include "lake/drops.h"
#include "lake/hold.h"
#include "lake/scan_sql.h"

enum {
    LIST_BYTES_MAX = 64 << 20,
    SQL_BYTES_MAX = 64 << 20,
    DETAIL_BYTES_MAX = 16 << 20,
    ARENA_BYTES_MAX = 256 << 20,
};

/* A live file of the day. */
typedef struct Input {
    int64_t part_id;
    const char *path; /* absolute */
    bool touched;     /* it has rows that go or change */
} Input;

/* The days under way, and the one at hand. */
typedef struct Work {
    const ReapplyOptions *options;
    ReapplyReport *report;
    Arena *arena;
    int32_t day;
    Buf inputs; /* Input each */
    Buf held;   /* names of cases */
    Buf cases;  /* const char * each: all that are in force */
    ReapplyTally tally;
    DayChange change;
    DayWriter *writer;
} Work;

static Input *inputs_of(const Work *work)
{
    return (Input *)(void *)work->inputs.ptr;
}

static size_t input_count(const Work *work)
{
    return work->inputs.len / sizeof(Input);
}

/* ---- rows ---- */

/* The writer's hook: rows on their way. */
static bool change_rows(void *context, DayRows *rows, Error *err)
{
    Work *work = context;
    const ReapplyFilters *filters = work->options->filters;
    ReapplyRows done;
    if (!filters->run(filters->context, rows->batch, &done, err) ||
        !reapply_tally_add(&work->tally, rows->batch, &done, err))
        return false;
    for (uint32_t row = 0; row < done.batch->rows; row++) /* from[row] >= row */
        rows->commit_seqs[row] = rows->commit_seqs[done.from[row]];
    rows->batch = done.batch;
    return true;
}

/* ---- what there is ---- */

static bool add_input(Work *work, DbStatement *row, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, work->options->lake->folder, "%.*s", STR_ARG(db_text(row, 1))))
        return false;
    const Input input = {.part_id = db_int(row, 0),
                         .path = arena_text(work->arena, str_of(path), err)};
    return input.path && buf_append(&work->inputs, &input, sizeof input, err);
}

static bool list_inputs(Work *work, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        work->options->lake->db,
        "SELECT id, path FROM parts WHERE removed_seq IS NULL AND day = ? ORDER BY id", err);
    if (!select)
        return false;
    db_bind_int(select, 1, work->day);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add_input(work, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* The paths of the inputs, as the writer takes them. */
static bool set_inputs(Work *work, Error *err)
{
    const char **paths = arena_calloc(work->arena, input_count(work) + 1, sizeof *paths, err);
    for (size_t i = 0; paths && i < input_count(work); i++)
        paths[i] = inputs_of(work)[i].path;
    work->writer->inputs = paths;
    work->writer->input_count = input_count(work);
    return paths != NULL;
}

/* ---- holds ---- */

static bool add_case(void *context, const Hold *hold, Error *err)
{
    Work *work = context;
    const char **cases = (const char **)(void *)work->cases.ptr;
    for (size_t i = 0; i < work->cases.len / sizeof *cases; i++)
        if (str_equal(str_of(cases[i]), hold->case_name))
            return true;
    const char *name = arena_text(work->arena, hold->case_name, err);
    return name && buf_append(&work->cases, &name, sizeof name, err);
}

/* Whether the hold of a case names a record of the day. */
static bool ask_case(Work *work, const char *name, bool *ret, Error *err)
{
    bool row = false;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&sql, err, "SELECT 1 FROM ") ||
        !scan_sql(&sql, work->writer->inputs, work->writer->input_count, err) ||
        !buf_printf(&sql, err, " WHERE ") ||
        !hold_sql_of(work->options->lake, str_of(name), &sql, err) ||
        !buf_printf(&sql, err, " LIMIT 1") || !buf_text(&sql, err))
        return false;
    EngineResult *result = engine_query(work->options->engine, sql.ptr, err);
    bool ok = result && engine_next(result, &row, err);
    engine_result_free(result);
    *ret = row;
    return ok;
}

static bool note_held_day(Work *work, Error *err)
{
    DbStatement *insert = db_statement(work->options->lake->db,
                                       "INSERT OR IGNORE INTO held_days (day) VALUES (?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, work->day);
    return db_run(insert, err);
}

/* Which cases hold records of the day. */
static bool find_holds(Work *work, Error *err)
{
    bool ok = true, held;
    work->cases.len = work->held.len = 0;
    if (!hold_each(work->options->lake, add_case, work, err))
        return false;
    const char *const *cases = (const char *const *)(const void *)work->cases.ptr;
    for (size_t i = 0; ok && i < work->cases.len / sizeof *cases; i++) {
        ok = ask_case(work, cases[i], &held, err);
        if (ok && held)
            ok = buf_printf(&work->held, err, "%s%s", work->held.len ? ", " : "", cases[i]);
    }
    return ok && (!work->held.len || (buf_text(&work->held, err) && note_held_day(work, err)));
}

/* ---- what would become of it ---- */

static bool look_at(Work *work, Input *input, Error *err)
{
    uint64_t before = work->tally.dropped + work->tally.changed;
    work->writer->inputs = &input->path;
    work->writer->input_count = 1;
    if (!day_writer_look(work->writer, work->options->engine, err))
        return error_context(err, "%s", input->path);
    input->touched = work->tally.dropped + work->tally.changed > before;
    return true;
}

static bool look_at_day(Work *work, Error *err)
{
    const ReapplyFilters *filters = work->options->filters;
    reapply_tally_reset(&work->tally);
    work->tally.db = NULL;
    if (!filters->begin(filters->context, work->day, err))
        return false;
    for (size_t i = 0; i < input_count(work); i++)
        if (!look_at(work, &inputs_of(work)[i], err))
            return false;
    return true;
}

static bool tell_day(const Work *work, Error *err)
{
    ReapplyReport *report = work->report;
    const ReapplyTally *tally = &work->tally;
    bool some = tally->dropped + tally->changed > 0;
    const ReapplyDay day = {work->day, tally, work->held.len ? work->held.ptr : NULL};
    report->days++;
    report->rows += tally->rows;
    report->failed += tally->failed;
    report->held += day.held != NULL;
    if (some && !day.held) {
        report->changing++;
        report->dropped += tally->dropped;
        report->changed += tally->changed;
    }
    return !(some || day.held) || work->options->tell(work->options->context, &day, err);
}

/* ---- writing ---- */

static void keep_touched(Work *work)
{
    Input *inputs = inputs_of(work);
    size_t left = 0, count = input_count(work);
    for (size_t i = 0; i < count; i++)
        if (inputs[i].touched)
            inputs[left++] = inputs[i];
    work->inputs.len = left * sizeof *inputs;
}

/* What was read is what the ledger knows, and what was written is that with the changes. */
static bool check_sums(const Work *work, const int64_t *parts, Error *err)
{
    LedgerSum known_before, after;
    bool known;
    const ReapplyTally *tally = &work->tally;
    uint64_t rows = day_writer_total(work->writer, &after);
    if (!ledger_sum_of_parts(work->options->lake, parts, input_count(work), &known, &known_before,
                             err))
        return false;
    ledger_sum_add(&after, &tally->gone);
    ledger_sum_add(&after, &tally->changed_from);
    ledger_sum_subtract(&after, &tally->changed_to);
    return (rows + tally->dropped == tally->rows && ledger_sum_equal(&after, &tally->before) &&
            (!known || ledger_sum_equal(&known_before, &tally->before))) ||
           error_set(err, ERROR_INPUT,
                     "the files of day %" PRId32 " do not hold the rows that were written, by the"
                     " ledger's sums: nothing of it is changed; see spoor verify --lake %s",
                     work->day, work->options->lake->folder);
}

static void write_sum(JsonWriter *to, const char *name, const LedgerSum *sum)
{
    char hex[2 * LEDGER_SUM_BYTES + 1];
    uint8_t bytes[LEDGER_SUM_BYTES];
    ledger_sum_write(sum, bytes);
    hash_hex(bytes, sizeof bytes, hex);
    json_write_text(to, name, str_of(hex));
}

static void write_filter(JsonWriter *to, const RecordFilter *filter, const ReapplyCount *count)
{
    char version[DROPS_VERSION_BYTES];
    if (!count->dropped && !count->changed)
        return;
    drops_version(filter, version);
    json_write_open(to, NULL, '{');
    json_write_text(to, "name", filter->name);
    json_write_text(to, "version", str_of(version));
    json_write_int(to, "dropped", (int64_t)count->dropped);
    json_write_int(to, "changed", (int64_t)count->changed);
    json_write_close(to, '}');
}

static bool write_detail(const Work *work, Buf *out, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    const ReapplyTally *tally = &work->tally;
    JsonWriter to = {out, err, true};
    timestamp_format_day(work->day, text);
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "table", STR("cloudtrail"));
    json_write_text(&to, "day", str_of(text));
    json_write_int(&to, "dropped", (int64_t)tally->dropped);
    write_sum(&to, "dropped_sum", &tally->gone);
    json_write_int(&to, "changed", (int64_t)tally->changed);
    write_sum(&to, "changed_from", &tally->changed_from);
    write_sum(&to, "changed_to", &tally->changed_to);
    json_write_open(&to, "filters", '[');
    for (size_t i = 0; i < filter_set_count(tally->set); i++)
        write_filter(&to, filter_set_at(tally->set, i), &tally->filters[i]);
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    return to.ok;
}

/* The commit's hook: receipts say what of their rows was dropped. */
static bool count_objects(void *context, Error *err)
{
    return reapply_tally_objects(context, err);
}

static bool commit_day(Work *work, Claim *claim, const int64_t *parts, Error *err)
{
    BUF_AUTO Buf detail = buf_init(DETAIL_BYTES_MAX);
    if (!check_sums(work, parts, err) || !write_detail(work, &detail, err))
        return false;
    CommitPlan plan = {.kind = "reapply",
                       .files = work->writer->files,
                       .file_count = work->writer->file_count,
                       .removed_parts = parts,
                       .removed_count = input_count(work),
                       .detail = buf_str(&detail),
                       .more = count_objects,
                       .more_context = &work->tally};
    return commit_run(work->options->lake, claim, &plan, err);
}

/* In the turn of *claim*. */
static bool rewrite_in(Work *work, Claim *claim, Error *err)
{
    const ReapplyFilters *filters = work->options->filters;
    keep_touched(work);
    int64_t *parts = arena_calloc(work->arena, input_count(work) + 1, sizeof *parts, err);
    for (size_t i = 0; parts && i < input_count(work); i++)
        parts[i] = inputs_of(work)[i].part_id;
    reapply_tally_reset(&work->tally);
    if (!parts || !day_writer_begin(work->writer, work->day, claim_seq(claim), err) ||
        !set_inputs(work, err) ||
        !reapply_tally_by_object(&work->tally, work->options->lake, filters->ids, err) ||
        !day_writer_copy(work->writer, work->options->engine, NULL, err) ||
        !commit_day(work, claim, parts, err))
        return false;
    work->report->removed += input_count(work);
    work->report->written += work->writer->file_count;
    return true;
}

static bool rewrite_day(Work *work, Error *err)
{
    Claim *claim = claim_take(work->options->claims, NULL, 0, err);
    bool ok = claim && claim_await_turn(claim) && rewrite_in(work, claim, err);
    if (!ok)
        day_writer_remove(work->writer);
    claim_end(claim, ok);
    return ok;
}

/* ---- days ---- */

static bool reapply_day(Work *work, Error *err)
{
    arena_reset(work->arena);
    work->inputs.len = 0;
    if (!list_inputs(work, err) || !set_inputs(work, err) || !find_holds(work, err) ||
        !look_at_day(work, err) || !tell_day(work, err))
        return false;
    return !work->options->claims || work->held.len ||
           work->tally.dropped + work->tally.changed == 0 || rewrite_day(work, err);
}

static int32_t first_day(int64_t since_us)
{
    return since_us == INT64_MIN ? INT32_MIN : timestamp_day(since_us);
}

static int32_t last_day(int64_t until_us)
{
    return until_us == INT64_MAX ? INT32_MAX : timestamp_day(until_us - 1);
}

static bool list_days(const ReapplyOptions *options, Buf *days, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(options->lake->db,
                                       "SELECT DISTINCT day FROM parts WHERE removed_seq IS NULL"
                                       " AND day BETWEEN ? AND ? ORDER BY day",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, first_day(options->since_us));
    db_bind_int(select, 2, last_day(options->until_us));
    while (db_next(select, &row, err)) {
        int32_t day = row ? (int32_t)db_int(select, 0) : 0;
        if (!row)
            return true;
        if (!buf_append(days, &day, sizeof day, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool run_days(Work *work, Error *err)
{
    BUF_AUTO Buf days = buf_init(LIST_BYTES_MAX);
    bool ok = list_days(work->options, &days, err) &&
              db_exec(work->options->lake->db,
                      "CREATE TEMP TABLE IF NOT EXISTS held_days (day INTEGER PRIMARY KEY)", err);
    const int32_t *list = (const int32_t *)(const void *)days.ptr;
    for (size_t i = 0; ok && i < days.len / sizeof *list; i++) {
        work->day = list[i];
        ok = reapply_day(work, err);
    }
    return ok;
}

bool reapply_days(const ReapplyOptions *options, ReapplyReport *ret, Error *err)
{
    *ret = (ReapplyReport){0};
    Work work = {.options = options,
                 .report = ret,
                 .inputs = buf_init(LIST_BYTES_MAX),
                 .held = buf_init(LIST_BYTES_MAX),
                 .cases = buf_init(LIST_BYTES_MAX)};
    work.change = (DayChange){change_rows, &work};
    work.arena = arena_new(ARENA_BYTES_MAX, err);
    work.writer = work.arena ? mem_calloc(1, sizeof *work.writer, err) : NULL;
    bool ok = reapply_tally_init(&work.tally, options->lake, options->filters->set, err) &&
              work.writer && day_writer_open(work.writer, options->lake, work.arena, err);
    if (ok) {
        work.writer->change = &work.change;
        ok = run_days(&work, err);
    }
    if (work.writer)
        day_writer_close(work.writer);
    mem_free(work.writer);
    reapply_tally_free(&work.tally);
    arena_free(work.arena);
    buf_free(&work.inputs);
    buf_free(&work.held);
    buf_free(&work.cases);
    return ok;
}
