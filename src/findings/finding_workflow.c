#include "findings/finding_workflow.h"

#include "base/buf.h"

enum { NOTE_BYTES_MAX = 1 << 16 };

/* A text, or NULL where it stays as it is. */
static void bind(DbStatement *statement, int index, Str text)
{
    if (text.ptr)
        db_bind_text(statement, index, text);
}

/* The note of the history: what was said, and what changed that it has no column for. */
static bool write_note(const FindingChange *change, Buf *out, Error *err)
{
    bool ok = buf_append_str(out, change->note, err);
    if (ok && change->severity)
        ok = buf_printf(out, err, "%sseverity %d", out->len ? "; " : "", *change->severity);
    if (ok && change->confidence)
        ok = buf_printf(out, err, "%sconfidence %d", out->len ? "; " : "", *change->confidence);
    if (ok && change->record_state.ptr)
        ok = buf_printf(out, err, "%srecord state %.*s", out->len ? "; " : "",
                        STR_ARG(change->record_state));
    if (ok && change->user_fields.ptr)
        ok = buf_printf(out, err, "%sfields %.*s", out->len ? "; " : "",
                        STR_ARG(change->user_fields));
    return ok;
}

static bool keep_change(Db *db, Str id, const FindingChange *change, Error *err)
{
    BUF_AUTO Buf note = buf_init(NOTE_BYTES_MAX);
    if (!write_note(change, &note, err))
        return false;
    DbStatement *insert = db_statement(db,
                                       "INSERT INTO finding_history (finding, at_us, author,"
                                       " workflow, assignee, note) VALUES (?, ?, ?, ?, ?, ?)",
                                       err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, id);
    db_bind_int(insert, 2, change->at_us);
    db_bind_text(insert, 3, change->author);
    bind(insert, 4, change->workflow);
    bind(insert, 5, change->assignee);
    if (note.len)
        db_bind_text(insert, 6, buf_str(&note));
    return db_run(insert, err);
}

static bool apply(Db *db, Str id, const FindingChange *change, Error *err)
{
    DbStatement *update = db_statement(db,
                                       "UPDATE findings SET workflow = coalesce(?2, CASE WHEN ?6 ="
                                       " 'ACTIVE' AND record_state = 'ARCHIVED' AND workflow IN"
                                       " ('NOTIFIED', 'RESOLVED') THEN 'NEW' END, workflow),"
                                       " assignee = nullif(coalesce(?3, assignee), ''), severity ="
                                       " coalesce(?4, severity), confidence = coalesce(?5,"
                                       " confidence), record_state = coalesce(?6, record_state),"
                                       " user_fields = CASE WHEN ?7 IS NULL THEN user_fields ELSE"
                                       " json_patch(coalesce(user_fields, '{}'), ?7) END WHERE id"
                                       " = ?1",
                                       err);
    if (!update)
        return false;
    db_bind_text(update, 1, id);
    bind(update, 2, change->workflow);
    bind(update, 3, change->assignee);
    if (change->severity)
        db_bind_int(update, 4, *change->severity);
    if (change->confidence)
        db_bind_int(update, 5, *change->confidence);
    bind(update, 6, change->record_state);
    bind(update, 7, change->user_fields);
    return db_run(update, err) && keep_change(db, id, change, err);
}

static bool check(const FindingChange *change, Error *err)
{
    if (change->note.len > FINDING_NOTE_MAX)
        return error_set(err, ERROR_USAGE, "a note has at most %d bytes", FINDING_NOTE_MAX);
    return (change->assignee.len <= FINDING_NAME_MAX && change->author.len <= FINDING_NAME_MAX) ||
           error_set(err, ERROR_USAGE, "a name has at most %d bytes", FINDING_NAME_MAX);
}

bool finding_workflow_change(Db *db, Str id, const FindingChange *change, Error *err)
{
    Finding finding;
    Arena *arena = arena_new((size_t)64 << 20, err);
    bool ok = arena && check(change, err) && finding_get(db, id, arena, &finding, err) &&
              apply(db, finding.id, change, err);
    arena_free(arena);
    return ok;
}

bool finding_workflow_told(Db *db, Str id, Str target, int64_t at_us, Error *err)
{
    DbStatement *insert = db_statement(
        db,
        "INSERT INTO finding_history (finding, at_us, author, workflow, note) SELECT id, ?2,"
        " 'spoor', 'NOTIFIED', 'told ' || ?3 FROM findings WHERE id = ?1 AND workflow = 'NEW'",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, id);
    db_bind_int(insert, 2, at_us);
    db_bind_text(insert, 3, target);
    if (!db_run(insert, err))
        return false;
    DbStatement *update = db_statement(
        db, "UPDATE findings SET workflow = 'NOTIFIED' WHERE id = ? AND workflow = 'NEW'", err);
    if (!update)
        return false;
    db_bind_text(update, 1, id);
    return db_run(update, err);
}

static Str text_or_none(DbStatement *row, int index)
{
    return db_is_null(row, index) ? (Str){NULL, 0} : db_text(row, index);
}

bool finding_workflow_each(Db *db, Str id, FindingChangeTake take, void *context, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(db,
                                       "SELECT at_us, author, workflow, assignee, note FROM"
                                       " finding_history WHERE finding = ? ORDER BY id",
                                       err);
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        const FindingChange change = {.at_us = db_int(select, 0),
                                      .author = db_text(select, 1),
                                      .workflow = text_or_none(select, 2),
                                      .assignee = text_or_none(select, 3),
                                      .note = text_or_none(select, 4)};
        if (!take(context, &change, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}
