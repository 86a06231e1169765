#include "reapplying.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash_set.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "decode/altered.h"
#include "decode/batch_append.h"
#include "decode/rebuild.h"
#include "decode/shred.h"
#include "derive/derive_batch.h"
#include "detect/derived.h"
#include "filter/filter_run.h"
#include "lake/day_writer.h"
#include "lake/signal_pack.h"
#include "redact/redact_batch.h"

enum {
    ROWS_MAX = DAY_WRITER_ROWS + 1,
    BATCH_BYTES_MAX = 384 << 20,
    TEXT_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    LEVELS_MAX = RECORD_DEPTH_MAX + 2,
};

#define DAY_US (INT64_C(86400) * 1000000)

struct Reapplying {
    Lake *lake;
    FilterSet *set;
    Derive *derive;
    bool writes_derived;
    FilterRun *run;
    Derived *derived; /* of *run* */
    RedactBatch *redact;
    RecordParser *parser;
    Shredder *shredder;
    Batch *batch;     /* rows that stay */
    Arena *arena;     /* of one record */
    Buf text;         /* one, and zero bytes behind it */
    Buf altered;      /* entries of its `_altered` */
    Buf absent;       /* and of `_absent` */
    Buf others;       /* the other members of its `extra` */
    HashSet detected; /* records of the day that raised signals */
    uint64_t failed;
    /* Per row: */
    uint32_t *from;
    uint8_t *touched;
    uint16_t *dropped_by;
    uint64_t *masks, *changed;
};

static Str derive_member(void *context, Document *document)
{
    return derived_write(context, document);
}

static bool open_rows(Reapplying *self, Error *err)
{
    return (self->from = mem_calloc(ROWS_MAX, sizeof *self->from, err)) &&
           (self->touched = mem_calloc(ROWS_MAX, sizeof *self->touched, err)) &&
           (self->dropped_by = mem_calloc(ROWS_MAX, sizeof *self->dropped_by, err)) &&
           (self->masks = mem_calloc(ROWS_MAX, sizeof *self->masks, err)) &&
           (self->changed = mem_calloc(ROWS_MAX, sizeof *self->changed, err)) &&
           (self->batch = batch_new(ROWS_MAX, BATCH_BYTES_MAX, self->lake->secret, err));
}

static bool open_tools(Reapplying *self, Error *err)
{
    return (self->run = filter_run_new(self->set, err)) &&
           (self->derived = derived_new(self->derive, err)) &&
           (self->redact = redact_batch_new(filter_set_plan(self->set), err)) &&
           (self->parser = record_new(RECORD_BEST, err)) && (self->shredder = shred_new(err)) &&
           (self->arena = arena_new(ARENA_BYTES_MAX, err)) && open_rows(self, err);
}

Reapplying *reapplying_new(Lake *lake, const ReapplyingParts *parts, Error *err)
{
    Reapplying *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->lake = lake;
    self->set = filter_set_keep(parts->set);
    self->derive = derive_keep(parts->derive);
    self->writes_derived = parts->writes_derived;
    self->text = buf_init(TEXT_BYTES_MAX);
    self->altered = self->absent = self->others = buf_init(TEXT_BYTES_MAX);
    if (!open_tools(self, err)) {
        reapplying_free(self);
        return NULL;
    }
    filter_run_set_derive(self->run, derive_member, self->derived);
    return self;
}

void reapplying_free(Reapplying *self)
{
    if (!self)
        return;
    filter_run_free(self->run);
    derived_free(self->derived);
    redact_batch_free(self->redact);
    record_free(self->parser);
    shred_free(self->shredder);
    arena_free(self->arena);
    batch_free(self->batch);
    buf_free(&self->text);
    buf_free(&self->altered);
    buf_free(&self->absent);
    buf_free(&self->others);
    hash_set_free(&self->detected);
    mem_free(self->from);
    mem_free(self->touched);
    mem_free(self->dropped_by);
    mem_free(self->masks);
    mem_free(self->changed);
    derive_release(self->derive);
    filter_set_free(self->set);
    mem_free(self);
}

/* ---- what raised a signal ---- */

static uint64_t number_of(int64_t object_id, int64_t record_index)
{
    const int64_t place[] = {object_id, record_index};
    return hash_fast64(place, sizeof place);
}

static bool note_signal(Reapplying *self, DbStatement *row, Error *err)
{
    return hash_set_add(&self->detected, number_of(db_int(row, 0), db_int(row, 1)), NULL, err);
}

static bool note_pack(Reapplying *self, DbStatement *row, Error *err)
{
    PackedSignal signal;
    PackReader *reader = signal_pack_open(db_blob(row, 0), err);
    bool ok = reader != NULL;
    while (ok && signal_pack_next(reader, &signal))
        ok = hash_set_add(&self->detected, number_of(signal.object_id, signal.record_index), NULL,
                          err);
    signal_pack_close(reader);
    return ok;
}

typedef bool (*NoteRow)(Reapplying *self, DbStatement *row, Error *err);

/* Gives *note* the rows of *sql*, whose parameters are the beginning of the day and its end. */
static bool note_rows(Reapplying *self, int32_t day, const char *sql, NoteRow note, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(self->lake->db, sql, err);
    if (!select)
        return false;
    db_bind_int(select, 1, day * DAY_US);
    db_bind_int(select, 2, (day + 1) * DAY_US);
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!note(self, select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool begin_day(void *context, int32_t day, Error *err)
{
    Reapplying *self = context;
    hash_set_free(&self->detected);
    self->detected = (HashSet){NULL, 0, 0};
    return hash_set_init(&self->detected, err) &&
           note_rows(self, day,
                     "SELECT object_id, record_index FROM signals WHERE eventtime >= ?1 AND"
                     " eventtime < ?2",
                     note_signal, err) &&
           note_rows(self, day,
                     "SELECT bytes FROM signal_packs WHERE time_max >= ?1 AND time_min < ?2",
                     note_pack, err);
}

/* ---- a row as its record ---- */

/* The function that an entry of `_altered` names, as a bit of the plan; 0: none. */
static uint64_t function_of(const Reapplying *self, Str entry)
{
    Str prefix = STR(ALTERED_CHANGED);
    if (!str_starts(entry, prefix))
        return 0;
    const RecordFilter *filter =
        filter_set_find(self->set, str_slice(entry, prefix.len, entry.len));
    return filter && filter->verb == FILTER_FUNCTION ? (uint64_t)1 << filter->redaction : 0;
}

/* Appends *text* behind a comma, unless it is the first. */
static bool put_next(Buf *list, Str text, Error *err)
{
    return (!list->len || buf_append_byte(list, ',', err)) && buf_append_str(list, text, err);
}

static bool read_entries(const Json *list, Buf *ret, Error *err)
{
    bool ok = true;
    for (const Json *entry = list->first; ok && entry; entry = entry->next)
        ok = put_next(ret, entry->raw, err);
    return ok;
}

static bool read_member(Reapplying *self, const Json *member, Error *err)
{
    if (str_equal(member->name, STR("_altered")))
        return read_entries(member, &self->altered, err);
    if (str_equal(member->name, STR("_absent")))
        return read_entries(member, &self->absent, err);
    return (!self->others.len || buf_append_byte(&self->others, ',', err)) &&
           json_append_string(&self->others, member->name, err) &&
           buf_append_byte(&self->others, ':', err) &&
           buf_append_str(&self->others, member->raw, err);
}

/* Reads `extra` of the row, what was done to it before among it, and which functions changed it. */
static bool read_extra(Reapplying *self, const Batch *read, uint32_t row, uint64_t *ret_called,
                       Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = LEVELS_MAX, .duplicates_allowed = true};
    uint32_t code = read->columns[F_EXTRA].codes[row];
    self->altered.len = self->absent.len = self->others.len = 0;
    *ret_called = 0;
    if (!code)
        return true;
    arena_reset(self->arena);
    const Json *extra =
        json_read(batch_value(&read->columns[F_EXTRA], code), &LIMITS, self->arena, err);
    if (!extra)
        return error_context(err, "column extra");
    bool ok = true;
    for (const Json *member = extra->first; ok && member; member = member->next)
        ok = read_member(self, member, err);
    const Json *list = json_member(extra, STR("_altered"));
    for (const Json *entry = list ? list->first : NULL; entry; entry = entry->next)
        *ret_called |= function_of(self, entry->text);
    return ok;
}

static bool shred(Reapplying *self, Str text, const RecordView **ret, Error *err)
{
    const char *reason;
    return shred_record(self->shredder, text, ret, &reason, err) &&
           (!reason || error_set(err, ERROR_SYSTEM, "a row of the lake is no record: %s", reason));
}

/* Parses self->text, which *ret_text is. */
static bool parse(Reapplying *self, Str *ret_text, const RecordView **ret, Error *err)
{
    static const char PADDING[RECORD_PADDING];
    const char *behind;
    size_t len = self->text.len;
    if (!buf_append(&self->text, PADDING, sizeof PADDING, err))
        return false;
    *ret_text = (Str){self->text.ptr, len};
    record_forget(self->parser);
    if (record_parse(self->parser, self->text.ptr, self->text.ptr + len, &behind) ==
        RECORD_ORDINARY) {
        *ret = record_view(self->parser);
        return true;
    }
    return shred(self, *ret_text, ret, err);
}

/* The row's record; *ret_text lives with it. */
static bool rebuild(Reapplying *self, const Batch *read, uint32_t row, Str *ret_text,
                    const RecordView **ret, Error *err)
{
    self->text.len = 0;
    return rebuild_record(read, row, self->arena, &self->text, err) &&
           parse(self, ret_text, ret, err);
}

static bool append_view(Reapplying *self, const Batch *read, uint32_t row, RecordView view,
                        Error *err)
{
    view.same = 0;
    return batch_append_record(self->batch, &view, read->object_id[row], read->record_index[row],
                               err);
}

/* Appends *view* with what `_altered` said. */
static bool append(Reapplying *self, const Batch *read, uint32_t row, const RecordView *view,
                   Error *err)
{
    RecordView whole = *view;
    if (self->altered.len)
        whole.altered = buf_str(&self->altered);
    return append_view(self, read, row, whole, err);
}

static bool is_same(const Reapplying *self, const Batch *read, uint32_t row)
{
    return self->batch->content_hash[self->batch->rows - 1] == read->content_hash[row];
}

/* What was hidden in `extra` may be no part of the record that it was of: the columns are taken as
 * they are, and so is `extra`. */
static bool append_columns(Reapplying *self, const Batch *read, uint32_t row, Error *err)
{
    Str text;
    const RecordView *view;
    batch_append_undo(self->batch);
    self->text.len = 0;
    if (!rebuild_columns(read, row, &self->text, err) || !parse(self, &text, &view, err))
        return false;
    RecordView whole = *view;
    whole.extra = buf_str(&self->others);
    whole.absent = buf_str(&self->absent);
    whole.altered = buf_str(&self->altered);
    return append_view(self, read, row, whole, err) &&
           (is_same(self, read, row) ||
            error_set(err, ERROR_SYSTEM,
                      "record %" PRId32 " of object %" PRId64 " is another one when it is made of"
                      " its row again: its day is left as it is",
                      read->record_index[row], read->object_id[row]));
}

/* Appends the record as it is; a struct with equal names takes the slow path, as at ingest. What
 * comes of it must be what was read. */
static bool append_same(Reapplying *self, const Batch *read, uint32_t row, Str text,
                        const RecordView *view, Error *err)
{
    if (!append(self, read, row, view, err)) {
        if (err->kind != ERROR_INPUT)
            return false;
        error_clear(err);
        if (!shred(self, text, &view, err) || !append(self, read, row, view, err))
            return false;
    }
    return is_same(self, read, row) || append_columns(self, read, row, err);
}

/* ---- what becomes of it ---- */

static void note_kept(Reapplying *self, const Batch *read, uint32_t row,
                      const FilterVerdict *verdict)
{
    Batch *batch = self->batch;
    uint32_t at = batch->rows - 1;
    bool sampled = !read->sample_factor[row] && verdict->factor > 1;
    batch->identity_hash[at] = read->identity_hash[row];
    batch->content_hash[at] = read->content_hash[row];
    batch->sample_factor[at] = sampled ? (int32_t)verdict->factor : read->sample_factor[row];
    self->from[at] = row;
    self->touched[at] = sampled;
    self->masks[at] = verdict->redactions;
    self->changed[at] = verdict->failed ? 0 : verdict->changed_by;
}

static void tell_trouble(Reapplying *self, const FilterVerdict *verdict)
{
    if (verdict->over)
        log_tell(LOG_ERROR, "filters", "the function of '%.*s' is turned off: %s",
                 STR_ARG(verdict->over->name), verdict->why);
    if (verdict->failed && !self->failed)
        log_tell(LOG_WARN, "filters", "filter '%.*s': %s; the record stays without it",
                 STR_ARG(verdict->failed->name), verdict->why);
    self->failed += verdict->failed != NULL;
}

static bool take_row(Reapplying *self, const Batch *read, uint32_t row, Error *err)
{
    Str text;
    FilterVerdict verdict;
    FilterStored stored = {
        .detected =
            hash_set_has(&self->detected, number_of(read->object_id[row], read->record_index[row])),
        .sampled = read->sample_factor[row] != 0};
    if (!read_extra(self, read, row, &stored.called, err) ||
        !rebuild(self, read, row, &text, &stored.view, err))
        return false;
    filter_run_forget(self->run);
    if (!filter_run_take_stored(self->run, &stored, &verdict, err))
        return false;
    tell_trouble(self, &verdict);
    self->dropped_by[row] = verdict.by ? (uint16_t)(verdict.decided + 1) : 0;
    if (verdict.by)
        return true;
    if (!(verdict.changed ? append(self, read, row, verdict.changed, err)
                          : append_same(self, read, row, text, stored.view, err)))
        return false;
    note_kept(self, read, row, &verdict);
    return true;
}

static bool run_rows(void *context, const Batch *read, ReapplyRows *ret, Error *err)
{
    Reapplying *self = context;
    batch_reset(self->batch);
    self->failed = 0;
    for (uint32_t row = 0; row < read->rows; row++)
        if (!take_row(self, read, row, err))
            return false;
    const RedactRows rows = {self->masks, self->changed};
    if (!redact_batch_run(self->redact, self->batch, &rows, err) ||
        ((self->writes_derived || read->derived.filled) &&
         !derive_batch(self->derive, self->batch, err)))
        return false;
    const uint64_t *changed = redact_batch_changed(self->redact);
    for (uint32_t row = 0; row < self->batch->rows; row++)
        self->touched[row] |= changed[row] != 0;
    *ret = (ReapplyRows){.batch = self->batch,
                         .from = self->from,
                         .touched = self->touched,
                         .changed = changed,
                         .dropped_by = self->dropped_by,
                         .failed = self->failed};
    return true;
}

ReapplyFilters reapplying_filters(Reapplying *self, const int64_t *ids)
{
    return (ReapplyFilters){self->set, ids, begin_day, run_rows, self};
}
