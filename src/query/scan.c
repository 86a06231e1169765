#include "query/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lake/layout.h"
#include "lake/scan_sql.h"
#include "lake/summary_file.h"
#include "lake/summary_sql.h"
#include "lake/views.h"
#include "query/day_filter.h"
#include "query/lookup.h"

static const int64_t HOUR_US = INT64_C(3600000000);

enum { SQL_BYTES_MAX = 256 << 20, LIST_BYTES_MAX = 512 << 20, PLAN_BYTES_MAX = 64 << 20 };

/* A live data file. */
typedef struct File {
    const char *path; /* absolute */
    PruneFile known;
    int64_t bytes, rows;
    unsigned counted; /* COUNTED and the like */
} File;

/* Marks of a file; those of the one that lies beside it for `summary` are so many bits higher. */
enum { COUNTED = 1, COUNTED_CHOSEN = 2, COUNTED_SUMMARY = 2 };

/* One preparation under way. */
typedef struct Preparation {
    const ScanInput *input;
    Buf files; /* File each, by day */
    Scan *scans;
    Error *err;
} Preparation;

static size_t file_count(const Preparation *in)
{
    return in->files.len / sizeof(File);
}

static File *file_at(const Preparation *in, size_t index)
{
    return (File *)(void *)in->files.ptr + index;
}

static bool add_file(Preparation *in, DbStatement *row)
{
    char path[LAYOUT_PATH_BYTES];
    Arena *arena = in->input->arena;
    Str summary = db_blob(row, 6);
    if (!layout_path(path, in->err, in->input->lake->folder, "%.*s", STR_ARG(db_text(row, 0))))
        return false;
    File file = {.path = arena_text(arena, str_of(path), in->err),
                 .known = {.day = (int32_t)db_int(row, 1),
                           .time_min = db_int(row, 4),
                           .time_max = db_int(row, 5),
                           .added_seq = db_int(row, 7)},
                 .bytes = db_int(row, 2),
                 .rows = db_int(row, 3)};
    const char *copy = file.path ? arena_text(arena, summary, in->err) : NULL;
    file.known.summary = (Str){copy, summary.len};
    return copy && buf_append(&in->files, &file, sizeof file, in->err);
}

#define PARTS                                                                                      \
    "SELECT path, day, bytes, rows, time_min, time_max, summary, added_seq FROM parts WHERE "
#define OF_RANGE " AND time_max >= ?1 AND time_min < ?2 ORDER BY day, id"

static DbStatement *select_files(const ScanInput *input, Error *err)
{
    ScanRange range = input->range;
    DbStatement *select =
        db_statement(input->lake->db,
                     range.share.commit_seq ? PARTS
                         "added_seq <= ?3 AND (removed_seq IS NULL OR removed_seq > ?3)" OF_RANGE
                                            : PARTS "removed_seq IS NULL" OF_RANGE,
                     err);
    if (!select)
        return NULL;
    db_bind_int(select, 1, range.since_us);
    db_bind_int(select, 2, range.until_us);
    if (range.share.commit_seq)
        db_bind_int(select, 3, range.share.commit_seq);
    return select;
}

static bool list_files(Preparation *in)
{
    bool row = true;
    const ScanShare share = in->input->range.share;
    DbStatement *select = select_files(in->input, in->err);
    for (uint32_t i = 0; select && db_next(select, &row, in->err); i++) {
        if (!row)
            return true;
        if ((!share.count || i % share.count == share.number) && !add_file(in, select))
            return false;
    }
    return false;
}

static bool is_summary(const Scan *scan)
{
    return str_equal(scan->table->name, STR("summary"));
}

/* The range of times as a condition on *column*. */
static bool put_range(Buf *sql, ScanRange range, const char *column, Error *err)
{
    bool since = range.since_us != INT64_MIN, until = range.until_us != INT64_MAX;
    bool ok = true;
    if (since)
        ok = buf_printf(sql, err, " WHERE %s >= make_timestamp(%" PRId64 ")", column,
                        range.since_us);
    if (ok && until)
        ok = buf_printf(sql, err, " %s %s < make_timestamp(%" PRId64 ")", since ? "AND" : "WHERE",
                        column, range.until_us);
    return ok;
}

/* What is selected of a scan's columns; ret_asked: the SQL that names those it is made of. */
static bool put_shape(Preparation *in, uint32_t number, Str asked, Buf *sql, Str *ret_asked)
{
    size_t from = sql->len;
    Str table = in->scans[number - 1].table->name;
    if (!views_of(table) && !is_summary(&in->scans[number - 1])) {
        *ret_asked = asked;
        return buf_printf(sql, in->err, "SELECT * FROM ");
    }
    const char *copy = NULL;
    bool summary = is_summary(&in->scans[number - 1]);
    if (summary ? summary_sql_plan(sql, asked, in->err) : views_select(sql, table, asked, in->err))
        copy = arena_text(in->input->arena, str_slice(buf_str(sql), from, sql->len), in->err);
    *ret_asked = str_of(copy);
    return copy != NULL;
}

/* The view of a scan over *files*; *planned*: over the first, which stands for all. */
static bool make_view(Preparation *in, uint32_t number, const ScanFiles *files, bool planned)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Str asked = planned ? in->input->planning_sql : in->input->engine_sql;
    bool ok = buf_printf(&sql, in->err, "CREATE OR REPLACE TEMP VIEW scan_%u AS ", number) &&
              put_shape(in, number, asked, &sql, &asked) &&
              buf_printf(&sql, in->err, "(SELECT * FROM ") &&
              (planned ? scan_sql_planned(&sql, files->paths[0], number, asked, in->err)
                       : scan_sql_named(&sql, files, asked, in->err));
    return ok && put_range(&sql, in->input->range, "eventtime", in->err) &&
           buf_append_byte(&sql, ')', in->err) && buf_text(&sql, in->err) &&
           engine_run(in->input->engine, sql.ptr, in->err);
}

/* The view of a scan of the table `summary`: of the hours that begin in the range. */
static bool make_summary_view(Preparation *in, uint32_t number, const ScanFiles *files)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return buf_printf(&sql, in->err, "CREATE OR REPLACE TEMP VIEW scan_%u AS SELECT * FROM (",
                      number) &&
           summary_sql(&sql, in->input->lake->folder, files, in->err) &&
           buf_append_byte(&sql, ')', in->err) &&
           put_range(&sql, in->input->range, "hour", in->err) && buf_text(&sql, in->err) &&
           engine_run(in->input->engine, sql.ptr, in->err);
}

static bool make_planning_views(Preparation *in)
{
    const char *path = file_at(in, 0)->path;
    const ScanFiles first = {.paths = &path, .count = 1};
    for (uint32_t i = 0; i < in->input->statement->scan_count; i++)
        if (!make_view(in, i + 1, &first, true))
            return false;
    return true;
}

static bool read_plan(Preparation *in, PruneScan *prune)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf plan = buf_init(PLAN_BYTES_MAX);
    bool row = false;
    if (!buf_printf(&sql, in->err, "EXPLAIN (FORMAT json) ") ||
        !buf_append_str(&sql, in->input->planning_sql, in->err) || !buf_text(&sql, in->err))
        return false;
    EngineResult *result = engine_query(in->input->engine, sql.ptr, in->err);
    bool ok = result && engine_next(result, &row, in->err) && row &&
              engine_value(result, engine_columns(result) - 1, ENGINE_TEXT, &plan, in->err);
    engine_result_free(result);
    if (!ok)
        return false;
    const char *copy = arena_text(in->input->arena, buf_str(&plan), in->err);
    return copy && prune_read((Str){copy, plan.len}, in->input->statement->scan_count,
                              in->input->arena, prune, in->err);
}

static void count_file(ScanCount *count, const File *file, int32_t *last_day)
{
    count->days += count->files == 0 || file->known.day != *last_day;
    count->files++;
    count->bytes += (uint64_t)file->bytes;
    count->rows += (uint64_t)file->rows;
    *last_day = file->known.day;
}

static bool is_of_day(const Preparation *in, size_t index, int32_t day, unsigned marks)
{
    return file_at(in, index)->known.day == day && file_at(in, index)->counted & marks;
}

/* Whether a file of the day of *index* was counted; files of a day stand side by side. */
static bool is_day_counted(const Preparation *in, size_t index, unsigned mark)
{
    unsigned marks = mark | mark << COUNTED_SUMMARY;
    int32_t day = file_at(in, index)->known.day;
    for (size_t i = index; i > 0 && file_at(in, i - 1)->known.day == day; i--)
        if (is_of_day(in, i - 1, day, marks))
            return true;
    for (size_t i = index; i < file_count(in) && file_at(in, i)->known.day == day; i++)
        if (is_of_day(in, i, day, marks))
            return true;
    return false;
}

/* Counts the file *index*, which is known as *known*, unless a scan before did. */
static void count_more(Preparation *in, size_t index, const Scan *scan, bool chosen,
                       const File *known, ScanCount *more)
{
    unsigned mark = chosen ? COUNTED_CHOSEN : COUNTED;
    unsigned own = mark << (is_summary(scan) ? COUNTED_SUMMARY : 0);
    if (file_at(in, index)->counted & own)
        return;
    more->days += !is_day_counted(in, index, mark);
    more->files++;
    more->bytes += (uint64_t)known->bytes;
    more->rows += (uint64_t)known->rows;
    file_at(in, index)->counted |= own;
}

/* The days that have files, ascending. */
static size_t list_days(const Preparation *in, int32_t *ret_days)
{
    size_t count = 0;
    for (size_t i = 0; i < file_count(in); i++)
        if (!count || ret_days[count - 1] != file_at(in, i)->known.day)
            ret_days[count++] = file_at(in, i)->known.day;
    return count;
}

/* Asks the conditions on days, where a scan has some, of all days that have files. */
static bool refuse_days(Preparation *in, uint32_t number)
{
    const PruneScan *prune = &in->scans[number - 1].prune;
    Arena *arena = in->input->arena;
    for (uint32_t i = 0; i < prune->count; i++) {
        PruneConjunction *all = &prune->occurrences[i];
        if (!all->days.len)
            continue;
        int32_t *days = arena_alloc(arena, file_count(in) * sizeof *days, in->err);
        bool *wanted = arena_alloc(arena, file_count(in) * sizeof *wanted, in->err);
        if (!days || !wanted)
            return false;
        const DayFilterDays asked = {days, wanted, list_days(in, days)};
        if (!day_filter_run(in->input->engine, all->days, number, &asked, in->err))
            return false;
        for (size_t d = 0; d < asked.count; d++)
            if (!wanted[d])
                days[all->refused_count++] = days[d];
        all->refused = days;
    }
    return true;
}

static void reverse(const char **paths, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const char *path = paths[i];
        paths[i] = paths[count - 1 - i];
        paths[count - 1 - i] = path;
    }
}

/* What is known of the rows that a file adds to the table `summary`: they begin with an hour. */
static bool know_summary(const Preparation *in, File *file)
{
    char path[LAYOUT_PATH_BYTES];
    FileInfo info;
    const char *folder = in->input->lake->folder;
    file->known.time_min -= (file->known.time_min % HOUR_US + HOUR_US) % HOUR_US;
    if (!summary_file_path(path, folder, str_of(file->path + strlen(folder) + 1), in->err))
        return false;
    if (!file_exists(path))
        return true;
    if (!file_info(path, &info, in->err))
        return false;
    file->bytes = (int64_t)info.bytes;
    return true;
}

static bool choose(Preparation *in, uint32_t number)
{
    Scan *scan = &in->scans[number - 1];
    int32_t last_day = 0, last_chosen = 0;
    ScanFiles chosen = {.count = 0};
    Lookup lookup = lookup_begin(&scan->prune);
    const char **paths =
        arena_alloc(in->input->arena, (file_count(in) + 1) * sizeof *paths, in->err);
    if (!paths)
        return false;
    chosen.paths = paths;
    for (size_t i = 0; i < file_count(in); i++) {
        File known = *file_at(in, i);
        const File *file = &known;
        bool keep;
        if (is_summary(scan) && !know_summary(in, &known))
            return false;
        if (!prune_keeps(&scan->prune, &file->known, &keep, in->err))
            return error_context(in->err, "'%s'", file->path);
        count_file(&scan->all, file, &last_day);
        count_more(in, i, scan, false, file, &scan->more_all);
        if (!keep || !lookup_keeps(&lookup, file->path, (uint64_t)file->bytes))
            continue;
        count_file(&scan->chosen, file, &last_chosen);
        count_more(in, i, scan, true, file, &scan->more);
        paths[chosen.count++] = file->path;
        parquet_summary_lacking(file->known.summary, chosen.lacking);
    }
    if (in->input->newest_first)
        reverse(paths, chosen.count);
    return is_summary(scan) ? make_summary_view(in, number, &chosen)
                            : make_view(in, number, &chosen, false);
}

static bool choose_all(Preparation *in)
{
    uint32_t count = in->input->statement->scan_count;
    PruneScan *prune = arena_calloc(in->input->arena, count + 1, sizeof *prune, in->err);
    if (!prune)
        return false;
    if (file_count(in) && (!make_planning_views(in) || !read_plan(in, prune)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        in->scans[i].prune = prune[i];
        if (!refuse_days(in, i + 1) || !choose(in, i + 1))
            return false;
    }
    return true;
}

bool scan_prepare(const ScanInput *input, const Scan **ret_scans, Error *err)
{
    uint32_t count = input->statement->scan_count;
    Preparation in = {.input = input, .files = buf_init(LIST_BYTES_MAX), .err = err};
    in.scans = arena_calloc(input->arena, count + 1, sizeof *in.scans, err);
    if (!in.scans)
        return false;
    for (uint32_t i = 0; i < count; i++)
        in.scans[i].table = input->statement->scans[i].table;
    bool ok = count == 0 || (list_files(&in) && choose_all(&in));
    buf_free(&in.files);
    *ret_scans = in.scans;
    return ok;
}
