#include "lake/retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/day_writer.h"
#include "lake/hold.h"
#include "lake/scan_sql.h"

enum {
    LIST_BYTES_MAX = 64 << 20,
    SQL_BYTES_MAX = 16 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    RUNS_MAX = 1 << 16
};

static const char ACCOUNT_SQL[] = "coalesce(recipientaccountid, useridentity.accountid, '')";

/* A live file of the day. */
typedef struct Input {
    int64_t part_id;
    const char *path; /* absolute */
    uint64_t rows, go;
} Input;

/* What goes of an account. */
typedef struct Share {
    Str account;
    uint64_t go, held;
} Share;

/* A day being looked at. */
typedef struct Day {
    const RetainOptions *options;
    Arena *arena;
    int32_t day;
    Buf inputs; /* Input each: all live files */
    Buf shares; /* Share each */
    uint64_t go;
    Buf expired; /* SQL: it was kept long enough */
    Buf held;    /* SQL: a hold names it */
    Buf keep;    /* SQL: it stays */
    DayWriter *writer;
} Day;

static Input *inputs_of(const Day *day)
{
    return (Input *)(void *)day->inputs.ptr;
}

static size_t input_count(const Day *day)
{
    return day->inputs.len / sizeof(Input);
}

/* ---- what goes ---- */

static bool add_input(Day *day, DbStatement *row, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    if (!layout_path(path, err, day->options->lake->folder, "%.*s", STR_ARG(db_text(row, 1))))
        return false;
    const Input input = {.part_id = db_int(row, 0),
                         .path = arena_text(day->arena, str_of(path), err),
                         .rows = (uint64_t)db_int(row, 2)};
    return input.path && buf_append(&day->inputs, &input, sizeof input, err);
}

static bool list_inputs(Day *day, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        day->options->lake->db,
        "SELECT id, path, rows FROM parts WHERE removed_seq IS NULL AND day = ? ORDER BY id", err);
    if (!select)
        return false;
    db_bind_int(select, 1, day->day);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add_input(day, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool add_share(Day *day, Str account, uint64_t go, uint64_t held, Error *err)
{
    Share *shares = (Share *)(void *)day->shares.ptr;
    size_t count = day->shares.len / sizeof(Share), i = 0;
    while (i < count && !str_equal(shares[i].account, account))
        i++;
    if (i < count) {
        shares[i].go += go;
        shares[i].held += held;
        return true;
    }
    const char *copy = arena_text(day->arena, account, err);
    const Share share = {{copy, account.len}, go, held};
    return copy && buf_append(&day->shares, &share, sizeof share, err);
}

static bool take_share(Day *day, Input *input, const EngineResult *result, Error *err)
{
    int64_t go, held;
    BUF_AUTO Buf account = buf_init(SQL_BYTES_MAX);
    if (!engine_value(result, 0, ENGINE_TEXT, &account, err) || !engine_long(result, 1, &go, err) ||
        !engine_long(result, 2, &held, err))
        return false;
    input->go += (uint64_t)go;
    day->go += (uint64_t)go;
    return add_share(day, buf_str(&account), (uint64_t)go, (uint64_t)held, err);
}

/* Counts what of a file goes, by account. */
static bool count_input(Day *day, Input *input, Error *err)
{
    bool row = true;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!buf_printf(&sql, err, "SELECT %s, count(*) FILTER (NOT %s), count(*) FILTER (%s) FROM ",
                    ACCOUNT_SQL, day->held.ptr, day->held.ptr) ||
        !scan_sql(&sql, &input->path, 1, err) ||
        !buf_printf(&sql, err, " WHERE %s GROUP BY 1 ORDER BY 1", day->expired.ptr) ||
        !buf_text(&sql, err))
        return false;
    EngineResult *result = engine_query(day->options->engine, sql.ptr, err);
    bool ok = result != NULL;
    while (ok && (ok = engine_next(result, &row, err)) && row)
        ok = take_share(day, input, result, err);
    engine_result_free(result);
    return ok;
}

/* The conditions of a day. */
static bool write_sql(Day *day, Error *err)
{
    char number[16];
    snprintf(number, sizeof number, "%" PRId32, day->day);
    day->expired.len = day->held.len = day->keep.len = 0;
    return retain_policy_sql(day->options->policy, ACCOUNT_SQL, number, day->options->today,
                             &day->expired, err) &&
           buf_text(&day->expired, err) && hold_sql(day->options->lake, &day->held, err) &&
           buf_text(&day->held, err) &&
           buf_printf(&day->keep, err, "(NOT %s OR %s)", day->expired.ptr, day->held.ptr) &&
           buf_text(&day->keep, err);
}

static bool tell_shares(const Day *day, RetainReport *report, Error *err)
{
    const Share *shares = (const Share *)(const void *)day->shares.ptr;
    bool ok = true;
    for (size_t i = 0; ok && i < day->shares.len / sizeof *shares; i++) {
        report->go += shares[i].go;
        report->held += shares[i].held;
        ok = day->options->tell(day->options->context, day->day, shares[i].account, shares[i].go,
                                shares[i].held, err);
    }
    report->days += day->go > 0;
    return ok;
}

/* ---- deleting ---- */

/* Takes out of the inputs those that stay as they are. *ret_all*: nothing of the day stays. */
static void choose(Day *day, bool *ret_whole, bool *ret_all)
{
    Input *inputs = inputs_of(day);
    size_t left = 0, count = input_count(day);
    *ret_whole = true;
    for (size_t i = 0; i < count; i++) {
        *ret_whole = *ret_whole && (inputs[i].go == 0 || inputs[i].go == inputs[i].rows);
        if (inputs[i].go)
            inputs[left++] = inputs[i];
    }
    *ret_all = *ret_whole && left == count;
    day->inputs.len = left * sizeof *inputs;
}

/* What goes and what was written make what there was. */
static bool check_sums(const Day *day, const int64_t *parts, const LedgerSum *gone, Error *err)
{
    LedgerSum before, after;
    bool known;
    uint64_t rows = day_writer_total(day->writer, &after) + day->go;
    if (!ledger_sum_of_parts(day->options->lake, parts, input_count(day), &known, &before, err))
        return false;
    ledger_sum_add(&after, gone);
    for (size_t i = 0; i < input_count(day); i++)
        rows -= inputs_of(day)[i].rows;
    return (rows == 0 && (!known || ledger_sum_equal(&before, &after))) ||
           error_set(err, ERROR_INPUT,
                     "the files of day %" PRId32 " do not hold the rows that were written, by the"
                     " ledger's sums: nothing of it is deleted; see spoor verify --lake %s",
                     day->day, day->options->lake->folder);
}

/* Writes the rows that stay, and sums those that go. */
static bool write_rest(Day *day, const int64_t *parts, LedgerSum *ret_gone, Error *err)
{
    uint64_t gone;
    BUF_AUTO Buf where = buf_init(SQL_BYTES_MAX);
    Engine *engine = day->options->engine;
    return buf_printf(&where, err, "NOT %s", day->keep.ptr) && buf_text(&where, err) &&
           day_writer_copy(day->writer, engine, day->keep.ptr, err) &&
           day_writer_sum(day->writer, engine, where.ptr, ret_gone, &gone, err) &&
           (gone == day->go || error_set(err, ERROR_BUSY, "a file changed while it was read")) &&
           check_sums(day, parts, ret_gone, err);
}

static void write_share(JsonWriter *to, const Share *share)
{
    if (!share->go)
        return;
    json_write_open(to, NULL, '{');
    json_write_text(to, "account", share->account);
    json_write_int(to, "rows", (int64_t)share->go);
    json_write_close(to, '}');
}

static bool write_detail(const Day *day, const LedgerSum *gone, Buf *out, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES], hex[2 * LEDGER_SUM_BYTES + 1];
    uint8_t sum[LEDGER_SUM_BYTES];
    const Share *shares = (const Share *)(const void *)day->shares.ptr;
    JsonWriter to = {out, err, true};
    timestamp_format_day(day->day, text);
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "table", STR("cloudtrail"));
    json_write_text(&to, "day", str_of(text));
    json_write_text(&to, "days", str_of(day->options->policy->text));
    json_write_int(&to, "rows", (int64_t)day->go);
    if (gone) {
        ledger_sum_write(gone, sum);
        hash_hex(sum, sizeof sum, hex);
        json_write_text(&to, "sum", str_of(hex));
    }
    json_write_open(&to, "accounts", '[');
    for (size_t i = 0; i < day->shares.len / sizeof *shares; i++)
        write_share(&to, &shares[i]);
    json_write_close(&to, ']');
    json_write_close(&to, '}');
    return to.ok;
}

/* Removes the files of fingerprint runs that the state names no more; what stays is swept later. */
static void remove_runs(const Day *day, const ClaimRun *runs, size_t count)
{
    Error ignored = {0};
    for (size_t i = 0; i < count; i++) {
        bool named = true;
        char path[LAYOUT_PATH_BYTES];
        DbStatement *find = db_statement(day->options->lake->db,
                                         "SELECT 1 FROM runs WHERE path = ? LIMIT 1", &ignored);
        if (!find)
            return;
        db_bind_text(find, 1, str_of(runs[i].path));
        if (!db_next(find, &named, &ignored))
            return;
        db_reset(find);
        if (!named &&
            (!layout_path(path, &ignored, day->options->lake->folder, "%s", runs[i].path) ||
             !file_remove(path, &ignored)))
            error_clear(&ignored);
    }
}

/* What a commit takes out: parts, and the runs of a day of which nothing stays. */
typedef struct Removed {
    int64_t *parts;
    ClaimRun *runs;
    int64_t *run_ids;
    size_t run_count;
} Removed;

static bool list_removed(Day *day, bool all, Removed *ret, Error *err)
{
    *ret = (Removed){0};
    if (all)
        ret->run_count = claim_runs(day->options->claims, day->day, NULL, 0);
    ret->parts = arena_calloc(day->arena, input_count(day) + 1, sizeof *ret->parts, err);
    ret->runs = arena_calloc(day->arena, ret->run_count + 1, sizeof *ret->runs, err);
    ret->run_ids = arena_calloc(day->arena, ret->run_count + 1, sizeof *ret->run_ids, err);
    const char **paths = arena_calloc(day->arena, input_count(day) + 1, sizeof *paths, err);
    if (!ret->parts || !ret->runs || !ret->run_ids || !paths)
        return false;
    if (all)
        claim_runs(day->options->claims, day->day, ret->runs, ret->run_count);
    for (size_t i = 0; i < ret->run_count; i++)
        ret->run_ids[i] = ret->runs[i].id;
    for (size_t i = 0; i < input_count(day); i++) {
        ret->parts[i] = inputs_of(day)[i].part_id;
        paths[i] = inputs_of(day)[i].path;
    }
    day->writer->inputs = paths;
    day->writer->input_count = input_count(day);
    return true;
}

/* Deletes in the turn of *claim*. */
static bool delete_in(Day *day, Claim *claim, RetainReport *report, Error *err)
{
    LedgerSum gone;
    Removed removed;
    bool whole, all;
    BUF_AUTO Buf detail = buf_init(SQL_BYTES_MAX);
    choose(day, &whole, &all);
    if (!day_writer_begin(day->writer, day->day, claim_seq(claim), err) ||
        !list_removed(day, all, &removed, err) ||
        (!whole && !write_rest(day, removed.parts, &gone, err)) ||
        !write_detail(day, whole ? NULL : &gone, &detail, err))
        return false;
    CommitPlan plan = {.kind = "retention",
                       .files = day->writer->files,
                       .file_count = day->writer->file_count,
                       .removed_parts = removed.parts,
                       .removed_count = input_count(day),
                       .removed_runs = removed.run_ids,
                       .removed_run_count = removed.run_count,
                       .detail = buf_str(&detail)};
    if (!commit_run(day->options->lake, claim, &plan, err))
        return false;
    report->dropped += input_count(day);
    report->written += day->writer->file_count;
    remove_runs(day, removed.runs, removed.run_count);
    return true;
}

static bool delete_day(Day *day, RetainReport *report, Error *err)
{
    Claim *claim = claim_take(day->options->claims, NULL, 0, err);
    bool ok = claim && claim_await_turn(claim) && delete_in(day, claim, report, err);
    if (!ok)
        day_writer_remove(day->writer);
    claim_end(claim, ok);
    return ok;
}

/* ---- days ---- */

static bool retain_day(Day *day, RetainReport *report, Error *err)
{
    arena_reset(day->arena);
    day->inputs.len = day->shares.len = 0;
    day->go = 0;
    if (!write_sql(day, err) || !list_inputs(day, err))
        return false;
    for (size_t i = 0; i < input_count(day); i++)
        if (!count_input(day, &inputs_of(day)[i], err))
            return false;
    if (!tell_shares(day, report, err))
        return false;
    return !day->options->claims || day->go == 0 || delete_day(day, report, err);
}

static bool list_days(const RetainOptions *options, Buf *days, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        options->lake->db,
        "SELECT DISTINCT day FROM parts WHERE removed_seq IS NULL AND day < ? ORDER BY day", err);
    if (!select)
        return false;
    db_bind_int(select, 1, options->today - retain_policy_least(options->policy));
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        int32_t day = (int32_t)db_int(select, 0);
        if (!buf_append(days, &day, sizeof day, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool retain_days(Day *day, const Buf *days, RetainReport *report, Error *err)
{
    bool ok = true;
    for (size_t at = 0; ok && at < days->len; at += sizeof day->day) {
        memcpy(&day->day, days->ptr + at, sizeof day->day);
        ok = retain_day(day, report, err);
    }
    return ok;
}

bool retain_events(const RetainOptions *options, RetainReport *ret, Error *err)
{
    BUF_AUTO Buf days = buf_init(LIST_BYTES_MAX);
    *ret = (RetainReport){0};
    if (retain_policy_least(options->policy) == RETAIN_FOREVER)
        return true;
    if (!list_days(options, &days, err))
        return false;
    Day day = {.options = options,
               .inputs = buf_init(LIST_BYTES_MAX),
               .shares = buf_init(LIST_BYTES_MAX),
               .expired = buf_init(SQL_BYTES_MAX),
               .held = buf_init(SQL_BYTES_MAX),
               .keep = buf_init(SQL_BYTES_MAX)};
    day.arena = arena_new(ARENA_BYTES_MAX, err);
    day.writer = day.arena ? mem_calloc(1, sizeof *day.writer, err) : NULL;
    bool ok = day.writer && day_writer_open(day.writer, options->lake, day.arena, err) &&
              retain_days(&day, &days, ret, err);
    if (day.writer)
        day_writer_close(day.writer);
    mem_free(day.writer);
    arena_free(day.arena);
    buf_free(&day.inputs);
    buf_free(&day.shares);
    buf_free(&day.expired);
    buf_free(&day.held);
    buf_free(&day.keep);
    return ok;
}
