#include "watch/watch.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "detect/correlation.h"
#include "lake/signals.h"
#include "watch/watch_state.h"

enum {
    ARENA_BYTES_MAX = 512 << 20,
    TEXT_BYTES_MAX = 64 << 20,
    RESULT_BYTES_MAX = 512 << 20,
    ENGINE_BYTES = 256 << 20,
    VERSION_BYTES = 8,
    REACH_FACTOR = 3, /* so many reaches before a new signal decide what it changes */
};

static bool is_watched(const Rule *rule)
{
    return rule->kind == RULE_CORRELATION && !rule->silent && rule->level >= LEVEL_LOW;
}

/* What a correlation is made of, its rules in the form that the state knows. */
static bool put_form(const Watch *watch, const Rule *rule, Arena *arena, Buf *out, Error *err)
{
    SignalRule described;
    if (rule->kind != RULE_CORRELATION)
        return buf_printf(out, err, "%" PRId64 ",", watch->ids[rule->index]);
    bool ok = signals_describe(rule, arena, &described, err) &&
              buf_append_str(out, described.version, err) && buf_append_byte(out, '(', err);
    for (uint32_t i = 0; ok && i < rule->correlation->rules.count; i++)
        ok = put_form(watch, rule->correlation->resolved[i], arena, out, err);
    return ok && buf_append_byte(out, ')', err);
}

/* A hash of it: the correlation or one of its rules changed when it does. */
static bool make_version(const Watch *watch, const Rule *rule, char ret[2 * VERSION_BYTES + 1],
                         Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    BUF_AUTO Buf form = buf_init(TEXT_BYTES_MAX);
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena && put_form(watch, rule, arena, &form, err);
    arena_free(arena);
    if (!ok)
        return false;
    hash_sha256(form.ptr, form.len, digest);
    hash_hex(digest, VERSION_BYTES, ret);
    return true;
}

/* Reads how far it was evaluated; *ret_known is false when the state knows no such form of it. */
static bool read_progress(Watch *watch, Watched *watched, Str version, bool *ret_known, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(
        watch->lake->db,
        "SELECT since_seq, evaluated_seq, horizon_us FROM correlations WHERE rule_id = ? AND"
        " version = ?",
        err);
    if (!select)
        return false;
    db_bind_text(select, 1, watched->rule_id);
    db_bind_text(select, 2, version);
    if (!db_next(select, &row, err))
        return false;
    *ret_known = row;
    if (!row)
        return true;
    watched->since_seq = db_int(select, 0);
    watched->evaluated_seq = db_int(select, 1);
    watched->horizon_us = db_is_null(select, 2) ? WATCH_NEVER : db_int(select, 2);
    db_reset(select);
    return true;
}

static bool insert(Watch *watch, Watched *watched, Str version, Error *err)
{
    DbStatement *insert =
        db_statement(watch->lake->db,
                     "INSERT OR REPLACE INTO correlations (rule_id, rule, version, since_seq,"
                     " evaluated_seq, horizon_us) VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
                     err);
    watched->since_seq = watched->evaluated_seq = watch->seq;
    watched->horizon_us = watch->horizon_us;
    if (!insert)
        return false;
    db_bind_text(insert, 1, watched->rule_id);
    db_bind_int(insert, 2, watched->row);
    db_bind_text(insert, 3, version);
    db_bind_int(insert, 4, watch->seq);
    if (watch->horizon_us != WATCH_NEVER)
        db_bind_int(insert, 5, watch->horizon_us);
    watch->report.news += watch->horizon_us != WATCH_NEVER;
    return db_run(insert, err);
}

static bool make_known(Watch *watch, Watched *watched, Error *err)
{
    char version[2 * VERSION_BYTES + 1];
    bool known = false;
    return make_version(watch, watched->rule, version, err) &&
           read_progress(watch, watched, str_of(version), &known, err) &&
           (known || insert(watch, watched, str_of(version), err));
}

/* What the set does not have any more counts anew when it comes back. */
static bool forget_others(Watch *watch, Error *err)
{
    BUF_AUTO Buf ids = buf_init(TEXT_BYTES_MAX);
    bool ok = buf_append_byte(&ids, '[', err);
    for (size_t i = 0; ok && i < watch->count; i++)
        ok = (i == 0 || buf_append_byte(&ids, ',', err)) &&
             json_append_string(&ids, watch->list[i].rule_id, err);
    DbStatement *statement =
        ok && buf_append_byte(&ids, ']', err)
            ? db_statement(watch->lake->db,
                           "DELETE FROM correlations WHERE rule_id NOT IN (SELECT value FROM"
                           " json_each(?))",
                           err)
            : NULL;
    if (!statement)
        return false;
    db_bind_text(statement, 1, buf_str(&ids));
    return db_run(statement, err);
}

static bool read_now(Watch *watch, Error *err)
{
    return db_get_int(watch->lake->db, "SELECT max(seq) FROM commits", 0, &watch->seq, err) &&
           db_get_int(watch->lake->db, "SELECT max(time_max) FROM parts WHERE removed_seq IS NULL",
                      WATCH_NEVER, &watch->horizon_us, err);
}

static bool make_all_known(Watch *watch, Error *err)
{
    if (!db_begin(watch->lake->db, err))
        return false;
    bool ok = read_now(watch, err);
    for (size_t i = 0; ok && i < watch->count; i++)
        ok = make_known(watch, &watch->list[i], err);
    ok = ok && forget_others(watch, err) && db_commit(watch->lake->db, err);
    if (!ok)
        db_rollback(watch->lake->db);
    return ok;
}

/* Lists the correlations, with their rows in the state. */
static bool list(Watch *watch, Error *err)
{
    size_t count = ruleset_count(watch->set);
    SignalRule *described = arena_calloc(watch->arena, count + 1, sizeof *described, err);
    int64_t *rows = described ? arena_calloc(watch->arena, count + 1, sizeof *rows, err) : NULL;
    watch->list = rows ? arena_calloc(watch->arena, count + 1, sizeof *watch->list, err) : NULL;
    bool ok = watch->list != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        const Rule *rule = ruleset_rule(watch->set, i);
        if (!is_watched(rule))
            continue;
        ok = signals_describe(rule, watch->arena, &described[watch->count], err);
        watch->list[watch->count] =
            (Watched){.rule = rule, .rule_id = described[watch->count].rule_id};
        watch->count++;
    }
    ok = ok && signals_register(watch->lake, described, watch->count, rows, err);
    for (size_t i = 0; ok && i < watch->count; i++)
        watch->list[i].row = rows[i];
    watch->report.correlations = watch->count;
    return ok;
}

Watch *watch_open(Lake *lake, const RuleSet *set, const int64_t *ids, Error *err)
{
    size_t count = ruleset_count(set);
    Watch *watch = mem_calloc(1, sizeof *watch, err);
    if (!watch)
        return NULL;
    *watch = (Watch){.lake = lake,
                     .set = set,
                     .ids = ids,
                     .episodes = buf_init(RESULT_BYTES_MAX),
                     .hits = buf_init(RESULT_BYTES_MAX)};
    watch->arena = arena_new(ARENA_BYTES_MAX, err);
    watch->texts = watch->arena ? arena_new(RESULT_BYTES_MAX, err) : NULL;
    watch->counts = watch->texts ? mem_calloc(count + 1, sizeof *watch->counts, err) : NULL;
    watch->fresh = watch->counts ? mem_calloc(count + 1, sizeof *watch->fresh, err) : NULL;
    watch->paths = watch->fresh ? correlation_sql_paths(set, err) : NULL;
    if (watch->paths && list(watch, err) && make_all_known(watch, err))
        return watch;
    watch_free(watch);
    return NULL;
}

void watch_free(Watch *watch)
{
    if (!watch)
        return;
    correlation_sql_paths_free(watch->paths);
    arena_free(watch->arena);
    arena_free(watch->texts);
    mem_free(watch->counts);
    mem_free(watch->fresh);
    buf_free(&watch->episodes);
    buf_free(&watch->hits);
    mem_free(watch);
}

/* ---- evaluation ---- */

/* What must be looked at: signals from *from_us* to *to_us*, those behind *evaluated_seq* are new.
 * False when nothing need be. */
typedef struct Span {
    int64_t from_us, to_us, evaluated_seq;
} Span;

static bool read_fresh(Watch *watch, Span *span, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(watch->lake->db,
                                       "SELECT min(time_min), max(time_max) FROM signal_packs WHERE"
                                       " commit_seq > ?",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, span->evaluated_seq);
    if (!db_next(select, &row, err))
        return false;
    if (row && !db_is_null(select, 0)) {
        span->from_us = db_int(select, 0);
        span->to_us = db_int(select, 1);
    }
    db_reset(select);
    return true;
}

static bool find_span(Watch *watch, Span *ret, Error *err)
{
    int64_t most = 0;
    *ret = (Span){INT64_MAX, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < watch->count; i++) {
        int64_t reach = correlation_reach_us(watch->list[i].rule);
        most = reach > most ? reach : most;
        if (watch->list[i].evaluated_seq < ret->evaluated_seq)
            ret->evaluated_seq = watch->list[i].evaluated_seq;
    }
    if (!read_fresh(watch, ret, err))
        return false;
    for (size_t i = 0; i < watch->count; i++) {
        const Watched *watched = &watch->list[i];
        int64_t before = watched->horizon_us;
        if (!correlation_has_absence(watched->rule) || before == WATCH_NEVER ||
            before >= watch->horizon_us)
            continue;
        before -= correlation_reach_us(watched->rule);
        ret->from_us = before < ret->from_us ? before : ret->from_us;
        ret->to_us = watch->horizon_us > ret->to_us ? watch->horizon_us : ret->to_us;
    }
    if (ret->from_us > ret->to_us)
        return true;
    ret->from_us -= REACH_FACTOR * most;
    ret->to_us += REACH_FACTOR * most;
    return true;
}

/* Signals get numbers of events: equal for all that one event raised, and the same in whatever
 * order the events came. */
static bool number_events(const Watch *watch, Engine *engine, Error *err)
{
    BUF_AUTO Buf sql = buf_init(1 << 12);
    return engine_run(
               engine,
               "CREATE TABLE ranked AS SELECT *, dense_rank() OVER (ORDER BY t, d, o, i) AS e"
               " FROM stored",
               err) &&
           engine_run(engine, "DROP TABLE stored", err) &&
           buf_printf(&sql, err, "CREATE TABLE horizon AS SELECT %" PRId64 "::BIGINT AS t",
                      watch->horizon_us) &&
           buf_text(&sql, err) && engine_run(engine, sql.ptr, err);
}

/* How many signals the packs of the span hold. */
static bool count_signals(Watch *watch, const Span *span, uint64_t *ret, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(watch->lake->db,
                                       "SELECT sum(rows) FROM signal_packs WHERE time_max >= ? AND"
                                       " time_min <= ?",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, span->from_us);
    db_bind_int(select, 2, span->to_us);
    if (!db_next(select, &row, err))
        return false;
    *ret = row && !db_is_null(select, 0) ? (uint64_t)db_int(select, 0) : 0;
    db_reset(select);
    return true;
}

/* A sieve for one evaluation. */
static bool make_sieve(Watch *watch, const Span *span, Error *err)
{
    uint64_t signals;
    if (!count_signals(watch, span, &signals, err))
        return false;
    MEM_AUTO bool *watched = mem_calloc(ruleset_count(watch->set) + 1, sizeof *watched, err);
    if (!watched)
        return false;
    for (size_t i = 0; i < watch->count; i++)
        watched[watch->list[i].rule->index] = true;
    watch->sieve = watch_sieve_new(watch->set, watched, signals, err);
    return watch->sieve != NULL;
}

static bool ask_all(Watch *watch, Engine *engine, const Span *span, Error *err)
{
    bool ok = make_sieve(watch, span, err) &&
              watch_load(watch, engine, span->from_us, span->to_us, span->evaluated_seq, err) &&
              number_events(watch, engine, err);
    for (size_t i = 0; ok && i < watch->count; i++)
        ok = watch_ask(watch, engine, &watch->list[i], err);
    watch_sieve_free(watch->sieve);
    watch->sieve = NULL;
    return ok;
}

static bool ask(Watch *watch, const Span *span, Error *err)
{
    Error second = {0};
    char *folder = file_make_temp(err);
    if (!folder)
        return false;
    const EngineOptions options = {
        .memory_bytes = ENGINE_BYTES, .threads = 1, .temp_folder = folder};
    Engine *engine = engine_open(&options, err);
    bool ok = engine && ask_all(watch, engine, span, err);
    engine_close(engine);
    if (!file_remove_tree(folder, &second))
        error_clear(&second); /* a temporary folder that stays does no harm */
    mem_free(folder);
    return ok;
}

static void begin(Watch *watch)
{
    arena_reset(watch->texts);
    watch->episodes.len = watch->hits.len = 0;
    for (size_t i = 0; i < ruleset_count(watch->set); i++) {
        watch->counts[i] = 0;
        watch->fresh[i] = (WatchCount){0};
    }
    for (size_t i = 0; i < watch->count; i++)
        watch->list[i].untold = 0;
}

bool watch_evaluate(Watch *watch, Error *err)
{
    Span span;
    int64_t started_us = clock_monotonic_us();
    begin(watch);
    if (!watch->count)
        return true;
    if (!read_now(watch, err) || !find_span(watch, &span, err))
        return false;
    bool due = span.from_us <= span.to_us;
    watch->report.evaluations += due;
    bool ok = (!due || ask(watch, &span, err)) && watch_store(watch, err);
    for (size_t i = 0; ok && i < watch->count; i++) {
        watch->list[i].evaluated_seq = watch->seq;
        watch->list[i].horizon_us = watch->horizon_us;
    }
    watch->report.seconds += (double)(clock_monotonic_us() - started_us) / 1e6;
    return ok;
}

const WatchReport *watch_report(const Watch *watch)
{
    return &watch->report;
}
