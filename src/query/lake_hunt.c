#include "query/lake_hunt.h"

#include <duckdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "decode/shred.h"
#include "detect/correlation_sql.h"
#include "detect/derived.h"
#include "detect/matcher.h"
#include "lake/row_view.h"
#include "query/records.h"

enum {
    SQL_BYTES_MAX = 64 << 20,
    PATHS_BYTES_MAX = 64 << 20,
    NAME_BYTES_MAX = 1 << 20,
    NAMES_BYTES_MAX = 16 << 20
};

/* What rules and correlations look at. */
typedef struct Needs {
    uint64_t slots;
    bool whole;
    Buf others; /* Str each: members that no column takes */
} Needs;

/* The hunt under way, shared by its workers. */
typedef struct Sweep {
    const LakeHunt *wanted;
    Hunt *hunt;
    int64_t commit_seq;
    FieldNode tops[FIELD_COUNT]; /* the columns that are read */
    size_t top_count;
    Buf touches; /* which rows say more in `extra` of what is looked at */
    atomic_int next_worker;
    atomic_bool failed;
    pthread_mutex_t lock; /* protects what follows */
    ScanCount scanned;
    Error failure;
} Sweep;

typedef struct Sweeper {
    Sweep *sweep;
    int number;
    Lake *lake;
    Session *session;
    Matcher *matcher;
    Derived *derived;
    RowView *rows;
    Records *records;
    RecordParser *parser; /* of records that are rebuilt */
    Shredder *shredder;
} Sweeper;

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

static bool open_session(const LakeHunt *wanted, Lake *lake, ScanShare share, Session **ret,
                         Error *err)
{
    const SessionOptions options = {.config = wanted->config,
                                    .since_us = wanted->options.since_us,
                                    .until_us = wanted->options.until_us,
                                    .share = share,
                                    .threads = share.count ? 1 : 0};
    *ret = session_open(lake, &options, err);
    return *ret != NULL;
}

static bool open_sweeper(Sweeper *sweeper, Error *err)
{
    const Sweep *sweep = sweeper->sweep;
    const HuntOptions *options = &sweep->wanted->options;
    const ScanShare share = {sweep->commit_seq, (uint32_t)sweeper->number, (uint32_t)options->jobs};
    sweeper->lake = lake_open(sweep->wanted->lake->folder, LAKE_READ, err);
    if (!sweeper->lake ||
        !open_session(sweep->wanted, sweeper->lake, share, &sweeper->session, err))
        return false;
    sweeper->matcher = matcher_new(options->rules, options->level_min, err);
    sweeper->derived = sweeper->matcher ? derived_new(options->derive, err) : NULL;
    sweeper->rows = sweeper->derived ? row_view_new(sweep->tops, sweep->top_count, err) : NULL;
    sweeper->records = sweeper->rows ? records_new(sweeper->lake, err) : NULL;
    sweeper->parser = sweeper->records ? record_new(RECORD_BEST, err) : NULL;
    sweeper->shredder = sweeper->parser ? shred_new(err) : NULL;
    if (!sweeper->shredder)
        return false;
    document_set_derive(matcher_document(sweeper->matcher), derive, sweeper->derived);
    return true;
}

static void close_sweeper(Sweeper *sweeper, bool ok, const Error *err)
{
    Sweep *sweep = sweeper->sweep;
    pthread_mutex_lock(&sweep->lock);
    if (!ok && sweep->failure.kind == ERROR_NONE)
        sweep->failure = *err;
    pthread_mutex_unlock(&sweep->lock);
    if (!ok)
        atomic_store(&sweep->failed, true);
    shred_free(sweeper->shredder);
    record_free(sweeper->parser);
    records_free(sweeper->records);
    row_view_free(sweeper->rows);
    derived_free(sweeper->derived);
    matcher_free(sweeper->matcher);
    session_close(sweeper->session);
    lake_close(sweeper->lake);
}

static bool take_view(Sweeper *sweeper, const RecordView *view, uint64_t number, Error *err)
{
    const Rule *const *rules;
    size_t count;
    if (!matcher_run(sweeper->matcher, view, &rules, &count, err))
        return false;
    const HuntEvent event = {.document = matcher_document(sweeper->matcher),
                             .time_us = view->event_time,
                             .number = number,
                             .worker = sweeper->number};
    return hunt_take(sweeper->sweep->hunt, &event, rules, count, err);
}

static bool take_chunk(Sweeper *sweeper, duckdb_data_chunk chunk, Error *err)
{
    RowView *rows = sweeper->rows;
    bool ok = true;
    row_view_begin(rows, chunk);
    for (size_t row = 0; ok && row < row_view_count(rows); row++) {
        const RecordView *view = row_view_at(rows, row, err);
        ok = view &&
             take_view(sweeper, view,
                       records_number(row_view_object(rows, row), row_view_index(rows, row)), err);
    }
    return ok;
}

/* Of all rows those that are touched, or all others. */
static bool write_select(const Sweep *sweep, bool touched, Buf *sql, Error *err)
{
    return records_select(sql, sweep->tops, sweep->top_count, err) &&
           buf_printf(sql, err, " FROM cloudtrail WHERE extra IS %s (",
                      touched ? "NOT NULL AND" : "NULL OR NOT") &&
           buf_append_str(sql, buf_str(&sweep->touches), err) && buf_append_byte(sql, ')', err);
}

/* Rows of which the columns say all that is looked at. */
static bool take_plain(Sweeper *sweeper, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    EngineResult *result = write_select(sweeper->sweep, false, &sql, err)
                               ? session_query(sweeper->session, buf_str(&sql), err)
                               : NULL;
    void *chunk = NULL;
    bool ok = result != NULL;
    do {
        ok = ok && engine_next_chunk(result, &chunk, err);
        duckdb_data_chunk taken = ok ? chunk : NULL;
        ok = ok && (!taken || take_chunk(sweeper, taken, err));
        duckdb_destroy_data_chunk(&taken);
    } while (ok && chunk && !atomic_load(&sweeper->sweep->failed));
    engine_result_free(result);
    return ok;
}

static bool take_rebuilt(void *context, const RecordsRow *row, Error *err)
{
    Sweeper *sweeper = context;
    const char *end = row->text.ptr + row->text.len, *behind = NULL;
    const RecordView *view = NULL;
    const char *reason = NULL;
    record_forget(sweeper->parser);
    if (record_parse(sweeper->parser, row->text.ptr, end, &behind) == RECORD_ORDINARY)
        view = record_view(sweeper->parser);
    else if (!shred_record(sweeper->shredder, row->text, &view, &reason, err))
        return false;
    if (reason)
        return error_set(err, ERROR_SYSTEM, "a row of the lake is no record: %s", reason);
    matcher_forget(sweeper->matcher);
    return take_view(sweeper, view, row->number, err);
}

static bool take_touched(Sweeper *sweeper, Error *err)
{
    const Sweep *sweep = sweeper->sweep;
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = write_select(sweep, true, &sql, err);
    const RecordsQuery query = {sweeper->session, buf_str(&sql), sweep->tops, sweep->top_count};
    return ok && records_each(sweeper->records, &query, take_rebuilt, sweeper, err);
}

static void note_scanned(Sweep *sweep, const Session *session)
{
    ScanCount count = session_scannable(session);
    pthread_mutex_lock(&sweep->lock);
    sweep->scanned.files += count.files;
    sweep->scanned.bytes += count.bytes;
    sweep->scanned.rows += count.rows;
    pthread_mutex_unlock(&sweep->lock);
}

/* One thread may run several workers, one after the other: each has a number of its own. */
static void run_sweeper(void *argument, int thread)
{
    Sweep *sweep = argument;
    Sweeper sweeper = {.sweep = sweep, .number = atomic_fetch_add(&sweep->next_worker, 1)};
    Error err = {0};
    (void)thread;
    bool ok =
        open_sweeper(&sweeper, &err) && take_plain(&sweeper, &err) && take_touched(&sweeper, &err);
    if (ok)
        note_scanned(sweep, sweeper.session);
    close_sweeper(&sweeper, ok, &err);
}

/* A member that no column takes, with a name that JSON writes in one way only. */
static void add_other(Needs *needs, Str member)
{
    Error full = {0};
    bool odd = !member.len;
    for (size_t i = 0; i < member.len; i++)
        odd |= (unsigned char)member.ptr[i] < ' ' || strchr("\"\\/", member.ptr[i]);
    needs->whole |= odd || !buf_append(&needs->others, &member, sizeof member, &full);
}

static void add_path(Needs *needs, const FieldPath *path)
{
    Str member = path ? str_slice(path->text, 0, path->segment) : STR("");
    if (!path || path->steps)
        needs->whole = true;
    else if (path->needs || path->slot != SLOT_NONE)
        needs->slots |= path->needs;
    else if (str_equal(member, STR("derived")))
        needs->whole = true;
    else
        add_other(needs, member);
}

static void add_item(void *context, const Expr *item)
{
    add_path(context, item->path);
    if (item->test && item->test->kind == TEST_FIELD)
        add_path(context, item->test->other);
}

/* What correlations look at in events. */
static bool add_correlated(Needs *needs, const RuleSet *rules, Arena *arena, Error *err)
{
    CorrelationPaths *paths = correlation_sql_paths(rules, err);
    bool ok = paths != NULL;
    for (size_t i = 0; ok && i < correlation_sql_path_count(paths); i++) {
        const FieldPath *path = document_path(correlation_sql_path(paths, i), arena, err);
        ok = path != NULL;
        if (ok)
            add_path(needs, path);
    }
    correlation_sql_paths_free(paths);
    return ok;
}

static void choose_columns(Sweep *sweep, const Needs *needs)
{
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        Slot slot = slot_of_member(FIELDS[node].member);
        if (FIELDS[node].parent == F_ROOT &&
            (records_shown(node) ||
             (slot < SLOT_MEMBERS && (needs->whole || needs->slots & SLOT_BIT(slot)))))
            sweep->tops[sweep->top_count++] = node;
    }
}

static bool put_touch(Buf *sql, Str member, Error *err)
{
    BUF_AUTO Buf name = buf_init(NAME_BYTES_MAX);
    return buf_printf(sql, err, " OR strpos(extra, ") && buf_append_byte(&name, '"', err) &&
           buf_append_str(&name, member, err) && engine_quote(sql, buf_str(&name), err) &&
           buf_printf(sql, err, ") > 0");
}

/* `extra` names what is looked at, or holds equal or escaped names. */
static bool write_touches(Sweep *sweep, const Needs *needs, Error *err)
{
    Buf *sql = &sweep->touches;
    bool ok = buf_printf(sql, err, "%s", needs->whole ? "TRUE" : "FALSE");
    for (size_t i = 0; ok && i < sweep->top_count; i++) {
        Str member = FIELDS[sweep->tops[i]].member;
        ok = !member.len || put_touch(sql, member, err);
    }
    for (size_t at = 0; ok && at < needs->others.len; at += sizeof(Str)) {
        Str member;
        memcpy(&member, needs->others.ptr + at, sizeof member);
        ok = put_touch(sql, member, err);
    }
    return ok && buf_printf(sql, err,
                            " OR strpos(extra, '\"duplicate:') > 0 OR strpos(extra, '\\u') > 0");
}

/* Which columns are read, and which rows they tell. */
static bool plan(Sweep *sweep, Error *err)
{
    const RuleSet *rules = sweep->wanted->options.rules;
    Needs needs = {.others = buf_init(NAMES_BYTES_MAX)};
    Arena *arena = arena_new(PATHS_BYTES_MAX, err);
    bool ok = arena && add_correlated(&needs, rules, arena, err);
    for (size_t i = 0; ok && i < ruleset_count(rules); i++) {
        const Rule *rule = ruleset_rule(rules, i);
        if (rule->kind == RULE_DETECTION && rule->applies)
            expr_each(rule->expr, add_item, &needs);
    }
    choose_columns(sweep, &needs);
    ok = ok && write_touches(sweep, &needs, err);
    arena_free(arena);
    buf_free(&needs.others);
    return ok;
}

static bool run_sweepers(Sweep *sweep, Error *err)
{
    int jobs = sweep->wanted->options.jobs;
    Pool *pool = pool_new(jobs, jobs, err);
    for (int i = 0; pool && i < jobs; i++)
        pool_run(pool, run_sweeper, sweep);
    pool_free(pool);
    if (sweep->failure.kind != ERROR_NONE)
        *err = sweep->failure;
    return pool && sweep->failure.kind == ERROR_NONE;
}

/* Where the events of the hunt came from. */
typedef struct Origin {
    const Sweep *sweep;
    Lake *lake;
    int64_t object_id; /* whose name is known; 0: none */
    Buf name;
} Origin;

static bool recall(void *context, const HuntWanted *wanted, HuntRecalled take, void *to, Error *err)
{
    const Origin *origin = context;
    const ScanShare share = {.commit_seq = origin->sweep->commit_seq};
    Session *session = NULL;
    bool ok = open_session(origin->sweep->wanted, origin->lake, share, &session, err);
    Records *records = ok ? records_new(origin->lake, err) : NULL;
    ok = records && records_recall(records, session, wanted, take, to, err);
    records_free(records);
    session_close(session);
    return ok;
}

static bool name_object(void *context, uint64_t number, Str *ret, Error *err)
{
    Origin *origin = context;
    int64_t id = records_object(number);
    if (id != origin->object_id) {
        bool row = false;
        DbStatement *select =
            db_statement(origin->lake->db, "SELECT key FROM objects WHERE id = ?1", err);
        if (!select)
            return false;
        db_bind_int(select, 1, id);
        origin->name.len = 0;
        bool ok = db_next(select, &row, err) &&
                  (!row || buf_append_str(&origin->name, db_text(select, 0), err));
        db_reset(select);
        if (!ok)
            return false;
        origin->object_id = id;
    }
    *ret = buf_str(&origin->name);
    return true;
}

static Hunt *run(Sweep *sweep, Origin *origin, Error *err)
{
    HuntOptions options = sweep->wanted->options;
    options.objects = NULL;
    options.only = NULL;
    options.origin = (HuntOrigin){origin, recall, name_object};
    sweep->hunt = hunt_begin(&options, err);
    if (sweep->hunt && run_sweepers(sweep, err) && hunt_end(sweep->hunt, err))
        return sweep->hunt;
    hunt_free(sweep->hunt);
    return NULL;
}

Hunt *lake_hunt_run(const LakeHunt *wanted, ScanCount *ret_scanned, Error *err)
{
    Sweep sweep = {.wanted = wanted, .touches = buf_init(SQL_BYTES_MAX)};
    Origin origin = {.sweep = &sweep, .name = buf_init(NAME_BYTES_MAX)};
    LAKE_AUTO Lake *lake = lake_open(wanted->lake->folder, LAKE_READ, err);
    if (!lake)
        return NULL;
    origin.lake = lake;
    pthread_mutex_init(&sweep.lock, NULL);
    bool ok = db_get_int(lake->db, "SELECT max(seq) FROM commits", 0, &sweep.commit_seq, err) &&
              plan(&sweep, err);
    Hunt *hunt = ok ? run(&sweep, &origin, err) : NULL;
    pthread_mutex_destroy(&sweep.lock);
    buf_free(&sweep.touches);
    buf_free(&origin.name);
    *ret_scanned = sweep.scanned;
    return hunt;
}
