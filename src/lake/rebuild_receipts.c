#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "lake/layout.h"
#include "lake/object_table.h"
#include "lake/publication.h"
#include "lake/rebuild_job.h"
#include "lake/state.h"

enum { SQL_BYTES_MAX = 64 << 20, VALUE_BYTES_MAX = 1 << 20, COLUMN_SHA256 = 10 };

/* The columns of the state's table, in the order of OBJECT_TABLE_FIELDS. */
static const char INSERT_SQL[] =
    "INSERT INTO objects (id, source, key, etag, bytes, modified_us, kind, state, reason,"
    " inflated_bytes, sha256, warnings, read, kept, duplicate, conflicting, dropped, quarantined,"
    " filter_version, commit_seq, ingested_at_us, superseded_by)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/* Every column as text; numbers become numbers again in the state. */
static bool put_columns(Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "SELECT ");
    for (int i = 0; ok && i < OBJECT_TABLE_RECEIPT_COLUMNS; i++) {
        const Field *field = &OBJECT_TABLE_FIELDS[i];
        ok = buf_printf(sql, err, field->type == FIELD_TIME ? "%sepoch_us(\"%.*s\")" : "%s\"%.*s\"",
                        i ? ", " : "", STR_ARG(field->column));
    }
    return ok;
}

static bool put_query(const RebuildJob *job, const Published *published, Buf *sql, Error *err)
{
    bool ok = put_columns(sql, err) && buf_printf(sql, err, " FROM read_parquet([");
    for (size_t i = 0; ok && i < published->file_count; i++) {
        char path[LAYOUT_PATH_BYTES];
        ok = layout_path(path, err, job->lake->folder, "%.*s", STR_ARG(published->files[i])) &&
             (i == 0 || buf_append_byte(sql, ',', err)) && engine_quote(sql, str_of(path), err);
    }
    return ok && buf_printf(sql, err, "]) ORDER BY object_id") && buf_text(sql, err);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool bind_sha256(DbStatement *insert, Str text, Error *err)
{
    uint8_t bytes[HASH_SHA256_BYTES];
    bool ok = text.len == 2 * sizeof bytes;
    for (size_t i = 0; ok && i < sizeof bytes; i++) {
        int high = digit(text.ptr[2 * i]), low = digit(text.ptr[2 * i + 1]);
        ok = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(ok ? high << 4 | low : 0);
    }
    if (!ok)
        return error_set(err, ERROR_INPUT, "a published receipt's sha256 is none");
    db_bind_blob(insert, COLUMN_SHA256 + 1, bytes, sizeof bytes);
    return true;
}

static bool bind_column(DbStatement *insert, const EngineResult *result, int column, Error *err)
{
    BUF_AUTO Buf text = buf_init(VALUE_BYTES_MAX);
    if (engine_is_null(result, (size_t)column))
        return true;
    if (!engine_value(result, (size_t)column, ENGINE_TEXT, &text, err))
        return false;
    Str value = text.len ? buf_str(&text) : STR("");
    if (column == COLUMN_SHA256)
        return value.len == 0 || bind_sha256(insert, value, err);
    db_bind_text(insert, column + 1, value);
    return true;
}

static bool insert_all(RebuildJob *job, EngineResult *result, Error *err)
{
    bool row = true;
    while (engine_next(result, &row, err)) {
        bool ok = true;
        if (!row)
            return true;
        DbStatement *insert = db_statement(job->lake->db, INSERT_SQL, err);
        for (int column = 0; insert && ok && column < OBJECT_TABLE_RECEIPT_COLUMNS; column++)
            ok = bind_column(insert, result, column, err);
        if (!insert || !ok || !db_run(insert, err))
            return false;
        job->report->receipts++;
    }
    return false;
}

static bool take_receipts(RebuildJob *job, const Published *published, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!put_query(job, published, &sql, err) || !db_begin(job->lake->db, err))
        return false;
    EngineResult *result = engine_query(job->engine, sql.ptr, err);
    bool ok = result && insert_all(job, result, err) &&
              db_exec(job->lake->db, STATE_NAME_RECEIPTS, err) && db_commit(job->lake->db, err);
    engine_result_free(result);
    if (!ok)
        db_rollback(job->lake->db);
    return ok;
}

/* Without receipts the lake's events are still all there: the rebuild goes on. */
static void note(RebuildJob *job, const char *trouble)
{
    job->report->receipts = 0;
    snprintf(job->report->trouble, sizeof job->report->trouble, "%.*s",
             (int)sizeof job->report->trouble - 1, trouble);
}

bool rebuild_receipts(RebuildJob *job, Error *err)
{
    Published published;
    const char *trouble;
    int64_t last;
    if (!published_read(job->lake, &PUBLICATION_OBJECTS, job->arena, &published, &trouble, err))
        return false;
    if (trouble)
        note(job, trouble);
    if (published.file_count && !take_receipts(job, &published, err)) {
        note(job, err->text);
        error_clear(err);
    }
    if (!db_get_int(job->lake->db, "SELECT max(commit_seq) FROM objects", 0, &last, err))
        return false;
    last = last > published.commit_seq ? last : published.commit_seq;
    job->seq = last >= job->seq ? last + 1 : job->seq;
    return true;
}
