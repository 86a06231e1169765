#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "decode/altered.h"
#include "decode/row_hash.h"
#include "lake/fingerprint.h"
#include "lake/layout.h"
#include "lake/parquet.h"
#include "lake/rebuild_job.h"
#include "lake/reread.h"

enum {
    GROUP_ROWS = PARQUET_GROUP_ROWS_MAX,
    BATCH_BYTES_MAX = 96 << 20,
    SUMMARY_BYTES_MAX = 1 << 20,
    EXTRA_BYTES_MAX = 64 << 20,
};

#define PRINTS_BYTES_MAX ((size_t)16 << 30)

/* A row of the day: its fingerprint, and where it is. */
typedef struct RowPrint {
    Fingerprint print; /* identity 0: a record without an eventID */
    uint32_t file;     /* index in the day's files */
    uint32_t row;
} RowPrint;

/* The files of one day; which of their rows are held by an earlier one too. */
typedef struct Day {
    RebuildJob *job;
    Batch *batch;
    Arena *arena; /* of a row's `extra` */
    ParquetEncoder *encoder;
    int64_t *commit_seqs;
    uint32_t *order;
    RebuildFile *files; /* published ones first, then by commit */
    size_t file_count;
    Buf prints;        /* RowPrint each */
    Buf repeated;      /* a byte per row of the day, file after file */
    size_t *first_row; /* of each file in *repeated* */
    uint64_t *repeats; /* per file */
} Day;

static RowPrint *prints_of(const Day *day, size_t *ret_count)
{
    *ret_count = day->prints.len / sizeof(RowPrint);
    return (RowPrint *)(void *)day->prints.ptr;
}

/* ---- reading ---- */

static Reread *open_file(const Day *day, const RebuildFile *file, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return layout_path(path, err, day->job->lake->folder, "%.*s", STR_ARG(file->path))
               ? reread_file(day->job->engine, path, err)
               : NULL;
}

/* Called when the day's batch holds rows of file *index*; *first* is the first one's number. */
typedef bool (*BatchVisit)(Day *day, uint32_t index, uint32_t first, void *context, Error *err);

/* Reads a file group by group. *ret_rows* is how many rows it has. */
static bool each_batch(Day *day, uint32_t index, BatchVisit visit, void *context,
                       uint32_t *ret_rows, Error *err)
{
    uint32_t row = 0;
    bool ok = true;
    Reread *reread = open_file(day, &day->files[index], err);
    if (!reread)
        return false;
    do {
        batch_reset(day->batch);
        ok = reread_fill(reread, day->batch, GROUP_ROWS, day->commit_seqs, err) &&
             visit(day, index, row, context, err);
        row += day->batch->rows;
    } while (ok && day->batch->rows);
    reread_free(reread);
    *ret_rows = row;
    return ok;
}

/* The content hash that the row's record had: of one in which something was hidden, as it says. */
static uint64_t content_of(const Day *day, uint32_t row)
{
    const Batch *batch = day->batch;
    const BatchColumn *extra = &batch->columns[F_EXTRA];
    uint64_t content;
    bool altered = extra->codes[row] &&
                   altered_content(batch_value(extra, extra->codes[row]), day->arena, &content);
    return altered ? content : batch->content_hash[row];
}

static bool take_prints(Day *day, uint32_t index, uint32_t first, void *context, Error *err)
{
    const Batch *batch = day->batch;
    bool ok = buf_reserve(&day->prints, batch->rows * sizeof(RowPrint), err);
    (void)context;
    for (uint32_t i = 0; ok && i < batch->rows; i++) {
        RowPrint print = {{batch->identity_hash[i], content_of(day, i)}, index, first + i};
        ok = buf_append(&day->prints, &print, sizeof print, err);
    }
    return ok;
}

static bool read_file(Day *day, uint32_t index, Error *err)
{
    const RebuildFile *file = &day->files[index];
    uint32_t row;
    if (!each_batch(day, index, take_prints, NULL, &row, err))
        return error_context(err, "'%.*s'", STR_ARG(file->path));
    return row == file->rows ||
           error_set(err, ERROR_INPUT, "'%.*s' holds %u rows; its footer says %" PRIu64,
                     STR_ARG(file->path), row, file->rows);
}

/* ---- what is held twice ---- */

static int compare_prints(const void *a, const void *b)
{
    const RowPrint *left = a;
    const RowPrint *right = b;
    int order = fingerprint_order(left->print, right->print);
    if (order != 0)
        return order;
    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    return (left->row > right->row) - (left->row < right->row);
}

static bool same_print(const RowPrint *a, const RowPrint *b)
{
    return fingerprint_order(a->print, b->print) == 0;
}

static void repeat(Day *day, const RowPrint *print)
{
    day->repeated.ptr[day->first_row[print->file] + print->row] = 1;
    day->repeats[print->file]++;
}

static bool is_newer(const Day *day, const RowPrint *print)
{
    return day->files[print->file].fate == REBUILD_NEWER;
}

/* Events with an eventID: among the files that count none is held twice, so that a second one
 * tells of a file that was never committed. */
static void mark_named(Day *day)
{
    size_t count;
    const RowPrint *prints = prints_of(day, &count);
    for (size_t i = 1; i < count; i++)
        if (prints[i].print.identity && same_print(&prints[i - 1], &prints[i]) &&
            is_newer(day, &prints[i]))
            repeat(day, &prints[i]);
}

/* Records without an eventID may be equal and still count. Only in a file that other rows have
 * told of, they are taken for the ones that earlier files hold. */
static void mark_unnamed(Day *day)
{
    size_t count;
    const RowPrint *prints = prints_of(day, &count);
    for (size_t i = 0, end; i < count && prints[i].print.identity == 0; i = end) {
        size_t earlier = 0; /* kept ones of the files before the current one */
        size_t kept = 0;
        size_t matched = 0; /* in the current file */
        for (end = i; end < count && same_print(&prints[i], &prints[end]); end++) {
            if (end == i || prints[end].file != prints[end - 1].file) {
                earlier = kept;
                matched = 0;
            }
            bool suspect = is_newer(day, &prints[end]) && day->repeats[prints[end].file];
            if (suspect && matched < earlier) {
                matched++;
                repeat(day, &prints[end]);
            } else {
                kept++;
            }
        }
    }
}

static bool mark(Day *day, Error *err)
{
    size_t count;
    size_t rows = 0;
    RowPrint *prints = prints_of(day, &count);
    for (size_t i = 0; i < day->file_count; i++) {
        day->first_row[i] = rows;
        day->repeats[i] = 0;
        rows += day->files[i].rows;
    }
    day->repeated.len = 0;
    if (!buf_reserve(&day->repeated, rows + 1, err))
        return false;
    assert(day->repeated.ptr);
    memset(day->repeated.ptr, 0, rows + 1);
    qsort(prints, count, sizeof *prints, compare_prints);
    mark_named(day);
    mark_unnamed(day);
    return true;
}

/* ---- parts ---- */

static bool insert_commit(const Day *day, const RebuildFile *file, Error *err)
{
    DbStatement *insert =
        db_statement(day->job->lake->db,
                     "INSERT OR IGNORE INTO commits (seq, kind, at_us) VALUES (?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, file->seq);
    db_bind_text(insert, 2, file->note.len ? STR("merge") : STR("ingest"));
    db_bind_int(insert, 3, file->modified_us);
    return db_run(insert, err);
}

static bool insert_part(const Day *day, const RebuildFile *file, Error *err)
{
    DbStatement *insert = db_statement(
        day->job->lake->db,
        "INSERT INTO parts (path, day, rows, bytes, time_min, time_max, summary, added_seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, file->path);
    db_bind_int(insert, 2, file->day);
    db_bind_int(insert, 3, (int64_t)file->rows);
    db_bind_int(insert, 4, (int64_t)file->bytes);
    db_bind_int(insert, 5, file->time_min);
    db_bind_int(insert, 6, file->time_max);
    db_bind_blob(insert, 7, file->summary.ptr, file->summary.len);
    db_bind_int(insert, 8, file->seq);
    if (!db_run(insert, err) || !insert_commit(day, file, err))
        return false;
    day->job->report->files++;
    day->job->report->newer += file->fate == REBUILD_NEWER;
    day->job->report->events += file->rows;
    day->job->report->bytes += file->bytes;
    return true;
}

/* ---- a file of which only some rows count ---- */

/* Writes the rows of the batch that count, the first of which is row *first* of the file. */
static bool write_kept(Day *day, uint32_t index, uint32_t first, void *parquet, Error *err)
{
    const char *repeated = day->repeated.ptr + day->first_row[index] + first;
    ParquetRows rows = {.batch = day->batch, .rows = day->order, .commit_seqs = day->commit_seqs};
    for (uint32_t i = 0; i < day->batch->rows; i++)
        if (!repeated[i])
            day->order[rows.count++] = i;
    return rows.count == 0 || parquet_write_rows(parquet, &rows, err);
}

static bool sync_folder_of(const char *path, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    size_t len = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, len);
    folder[len] = '\0';
    return file_sync_folder(folder, err);
}

/* The rows that count become a file of the rebuild's own commit, which names the one it stands
 * for: should the rebuild be run again, the two are not taken for different ones. */
static bool rewrite(Day *day, uint32_t index, Error *err)
{
    RebuildJob *job = day->job;
    RebuildFile *file = &day->files[index];
    RebuildFile next = {
        .seq = job->seq, .modified_us = job->lake->opened_at_us, .fate = REBUILD_NEWER};
    BUF_AUTO Buf summary = buf_init(SUMMARY_BYTES_MAX);
    char relative[LAYOUT_PATH_BYTES], path[LAYOUT_PATH_BYTES], uuid[37];
    uint64_t bytes;
    uint32_t rows;
    if (!hash_uuid(uuid, err) || !layout_data_file(relative, file->day, job->seq, uuid, 0, err) ||
        !layout_path(path, err, job->lake->folder, "%s", relative))
        return false;
    next.path = str_of(arena_text(job->arena, str_of(relative), err));
    ParquetFile *parquet = next.path.ptr ? parquet_create(day->encoder, path, err) : NULL;
    if (!parquet || !parquet_note(parquet, file->name, err) ||
        !each_batch(day, index, write_kept, parquet, &rows, err)) {
        parquet_abandon(parquet);
        return false;
    }
    job->report->rewritten++;
    return parquet_finish(parquet, &bytes, &summary, err) && sync_folder_of(path, err) &&
           rebuild_files_inspect(job, &next, err) && insert_part(day, &next, err);
}

static bool take_files(Day *day, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < day->file_count; i++)
        if (day->repeats[i] == 0)
            ok = insert_part(day, &day->files[i], err);
        else if (day->repeats[i] < day->files[i].rows)
            ok = rewrite(day, (uint32_t)i, err);
        else
            day->job->report->repeated++;
    return ok;
}

/* ---- fingerprints ---- */

/* Keeps the prints of rows that count, gives those without an eventID their identity, and sorts. */
static void settle_prints(Day *day)
{
    size_t count;
    size_t kept = 0;
    uint64_t number = 0;
    uint64_t content = 0;
    RowPrint *prints = prints_of(day, &count);
    for (size_t i = 0; i < count; i++) {
        RowPrint print = prints[i];
        if (day->repeated.ptr[day->first_row[print.file] + print.row])
            continue;
        if (print.print.identity == 0) {
            number = number && content == print.print.content ? number + 1 : 1;
            content = print.print.content;
            print.print.identity = row_hash_unnamed(day->batch, content, number);
        }
        prints[kept++] = print;
    }
    day->prints.len = kept * sizeof *prints;
    qsort(prints, kept, sizeof *prints, compare_prints);
}

static bool insert_run(const Day *day, const char *relative, uint64_t entries, Error *err)
{
    DbStatement *insert = db_statement(
        day->job->lake->db,
        "INSERT INTO runs (path, day, offset, entries, added_seq) VALUES (?, ?, ?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(relative));
    db_bind_int(insert, 2, day->files[0].day);
    db_bind_int(insert, 3, FINGERPRINT_HEADER_BYTES);
    db_bind_int(insert, 4, (int64_t)entries);
    db_bind_int(insert, 5, day->job->seq);
    return db_run(insert, err);
}

static bool write_run(Day *day, Error *err)
{
    size_t count;
    char relative[LAYOUT_PATH_BYTES], path[LAYOUT_PATH_BYTES], uuid[37];
    settle_prints(day);
    const RowPrint *prints = prints_of(day, &count);
    FingerprintWriter writer = fingerprint_writer(count);
    bool ok = hash_uuid(uuid, err);
    for (size_t i = 0; ok && i < count; i++)
        if (i == 0 || !same_print(&prints[i - 1], &prints[i]))
            ok = fingerprint_write(&writer, prints[i].print, err);
    snprintf(relative, sizeof relative, "fingerprints/%010" PRId64 "-%s.run", day->job->seq, uuid);
    ok = ok &&
         (writer.entries == 0 || (layout_path(path, err, day->job->lake->folder, "%s", relative) &&
                                  fingerprint_write_file(&writer, path, err) &&
                                  insert_run(day, relative, writer.entries, err)));
    buf_free(&writer.bytes);
    return ok;
}

/* ---- days ---- */

static bool run_day(Day *day, Error *err)
{
    Db *db = day->job->lake->db;
    bool ok = true;
    day->prints.len = 0;
    for (size_t i = 0; ok && i < day->file_count; i++)
        ok = read_file(day, (uint32_t)i, err);
    ok = ok && mark(day, err) && db_begin(db, err);
    if (!ok)
        return false;
    if (take_files(day, err) && write_run(day, err) && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}

static bool open_tools(Day *day, size_t files, Error *err)
{
    day->prints = buf_init(PRINTS_BYTES_MAX);
    day->repeated = buf_init(PRINTS_BYTES_MAX);
    day->first_row = mem_calloc(files + 1, sizeof *day->first_row, err);
    day->repeats = day->first_row ? mem_calloc(files + 1, sizeof *day->repeats, err) : NULL;
    day->commit_seqs = day->repeats ? mem_calloc(GROUP_ROWS, sizeof *day->commit_seqs, err) : NULL;
    day->order = day->commit_seqs ? mem_calloc(GROUP_ROWS, sizeof *day->order, err) : NULL;
    day->encoder = day->order ? parquet_encoder_new(err) : NULL;
    day->arena = day->encoder ? arena_new(EXTRA_BYTES_MAX, err) : NULL;
    day->batch =
        day->arena ? batch_new(GROUP_ROWS, BATCH_BYTES_MAX, day->job->lake->secret, err) : NULL;
    return day->batch != NULL;
}

static void close_tools(Day *day)
{
    buf_free(&day->prints);
    buf_free(&day->repeated);
    mem_free(day->first_row);
    mem_free(day->repeats);
    mem_free(day->commit_seqs);
    mem_free(day->order);
    parquet_encoder_free(day->encoder);
    batch_free(day->batch);
    arena_free(day->arena);
}

/* The files that count, in the order that rebuild_files gave them. */
static size_t list_live(const RebuildJob *job, RebuildFile *ret)
{
    size_t live = 0;
    const RebuildFile *files = (const RebuildFile *)(const void *)job->files.ptr;
    for (size_t i = 0; i < job->files.len / sizeof *files; i++)
        if (files[i].fate != REBUILD_LEFT)
            ret[live++] = files[i];
    return live;
}

bool rebuild_days(RebuildJob *job, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    size_t all = job->files.len / sizeof(RebuildFile);
    Day day = {.job = job};
    RebuildFile *files = mem_calloc(all + 1, sizeof *files, err);
    bool ok = files && open_tools(&day, all, err);
    size_t live = ok ? list_live(job, files) : 0;
    for (size_t i = 0; ok && i < live; i += day.file_count) {
        day.files = files + i;
        day.file_count = 1;
        while (i + day.file_count < live && files[i + day.file_count].day == files[i].day)
            day.file_count++;
        ok = run_day(&day, err);
    }
    close_tools(&day);
    mem_free(files);
    return ok && layout_path(path, err, job->lake->folder, "fingerprints") &&
           file_sync_folder(path, err);
}
