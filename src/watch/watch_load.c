/* watch_load - packs of signals become a table of the engine. */
#include <duckdb.h>
#include <inttypes.h>

#include "base/json.h"
#include "base/mem.h"
#include "lake/signal_pack.h"
#include "watch/watch_state.h"

/* Columns before the paths: id, r, seq, t, o, i, d. */
enum { COLUMN_ID, COLUMN_RULE, COLUMN_SEQ, COLUMN_TIME, COLUMN_OBJECT, COLUMN_INDEX, COLUMN_EVENT };
enum { COLUMN_PATHS = 7, SQL_BYTES_MAX = 1 << 20, GROUPS_BYTES_MAX = 1 << 30 };

typedef struct Loading {
    Watch *watch;
    int64_t from_us, to_us, evaluated_seq;
    duckdb_appender appender;
    duckdb_data_chunk chunk;
    idx_t rows;
    size_t path_count;
    bool noting;        /* signals are counted; else those that matter are loaded */
    Arena *arena;       /* of a pack */
    WatchGroup *groups; /* of a pack, by code; 0 is for signals without */
    uint32_t *rules;    /* index of the rule by its row in the state, plus 1; 0: none */
    size_t rules_end;
} Loading;

static bool make_table(const Watch *watch, Engine *engine, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = buf_printf(&sql, err,
                         "CREATE TABLE stored (id BIGINT, r INTEGER, seq BIGINT, t BIGINT, o "
                         "BIGINT, i BIGINT, d VARCHAR");
    for (size_t p = 0; ok && p < correlation_sql_path_count(watch->paths); p++)
        ok = buf_printf(&sql, err, ", p%zu VARCHAR", p);
    return ok && buf_printf(&sql, err, ")") && buf_text(&sql, err) &&
           engine_run(engine, sql.ptr, err);
}

static bool number_rules(Loading *in, Error *err)
{
    const Watch *watch = in->watch;
    size_t count = ruleset_count(watch->set);
    for (size_t i = 0; i < count; i++)
        if ((size_t)watch->ids[i] >= in->rules_end)
            in->rules_end = (size_t)watch->ids[i] + 1;
    in->rules = mem_calloc(in->rules_end + 1, sizeof *in->rules, err);
    for (size_t i = 0; in->rules && i < count; i++)
        if (watch->ids[i] && correlation_sql_wants(watch->paths, ruleset_rule(watch->set, i)))
            in->rules[watch->ids[i]] = (uint32_t)i + 1;
    return in->rules != NULL;
}

static bool make_chunk(Loading *in, Error *err)
{
    size_t count = COLUMN_PATHS + in->path_count;
    MEM_AUTO duckdb_logical_type *types = mem_calloc(count, sizeof *types, err);
    if (!types)
        return false;
    for (size_t i = 0; i < count; i++)
        types[i] = duckdb_create_logical_type(i >= COLUMN_EVENT  ? DUCKDB_TYPE_VARCHAR
                                              : i == COLUMN_RULE ? DUCKDB_TYPE_INTEGER
                                                                 : DUCKDB_TYPE_BIGINT);
    in->chunk = duckdb_create_data_chunk(types, count);
    for (size_t i = 0; i < count; i++)
        duckdb_destroy_logical_type(&types[i]);
    return in->chunk || error_set(err, ERROR_SYSTEM, "no memory for signals");
}

static bool flush(Loading *in, Error *err)
{
    duckdb_data_chunk_set_size(in->chunk, in->rows);
    bool ok = !in->rows || duckdb_append_data_chunk(in->appender, in->chunk) == DuckDBSuccess;
    if (!ok)
        error_set(err, ERROR_LIMIT, "signals could not be loaded: %s",
                  duckdb_appender_error(in->appender));
    duckdb_data_chunk_reset(in->chunk);
    in->rows = 0;
    return ok;
}

static void put_long(const Loading *in, idx_t column, int64_t number)
{
    ((int64_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(in->chunk, column)))[in->rows] =
        number;
}

static void put_text(const Loading *in, idx_t column, Str text)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(in->chunk, column);
    if (text.ptr) {
        duckdb_vector_assign_string_element_len(vector, in->rows, text.ptr, text.len);
        return;
    }
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), in->rows);
}

static void put_paths(const Loading *in, const Json *values)
{
    for (size_t p = 0; p < in->path_count; p++) {
        const Json *value = json_member(values, correlation_sql_path(in->watch->paths, p));
        put_text(in, COLUMN_PATHS + p, value ? value->text : (Str){NULL, 0});
    }
}

static void count(Watch *watch, uint32_t rule, int64_t time_us, bool fresh)
{
    WatchCount *sum = &watch->fresh[rule];
    watch->counts[rule]++;
    if (!fresh)
        return;
    if (!sum->fresh++ || time_us < sum->fresh_min)
        sum->fresh_min = time_us;
    if (sum->fresh == 1 || time_us > sum->fresh_max)
        sum->fresh_max = time_us;
}

static bool load_signal(Loading *in, int64_t id, int64_t seq, uint32_t rule,
                        const PackedSignal *signal, Error *err)
{
    put_long(in, COLUMN_ID, id);
    ((int32_t *)duckdb_vector_get_data(
        duckdb_data_chunk_get_vector(in->chunk, COLUMN_RULE)))[in->rows] = (int32_t)rule;
    put_long(in, COLUMN_SEQ, seq);
    put_long(in, COLUMN_TIME, signal->time_us);
    put_long(in, COLUMN_OBJECT, signal->object_id);
    put_long(in, COLUMN_INDEX, signal->record_index);
    put_text(in, COLUMN_EVENT, signal->texts[PACK_EVENT_ID]);
    put_paths(in, in->groups[signal->group_code].values);
    return ++in->rows < duckdb_vector_size() || flush(in, err);
}

static bool add_signal(Loading *in, int64_t pack, int64_t seq, const PackedSignal *signal,
                       Error *err)
{
    bool keeps;
    if (signal->time_us < in->from_us || signal->time_us > in->to_us ||
        (uint64_t)signal->rule >= in->rules_end || !in->rules[signal->rule])
        return true;
    const WatchSignal sieved = {in->rules[signal->rule] - 1, signal->time_us,
                                &in->groups[signal->group_code]};
    if (in->noting) {
        count(in->watch, sieved.rule, sieved.time_us, seq > in->evaluated_seq);
        return watch_sieve_note(in->watch->sieve, &sieved, in->arena, err);
    }
    if (!watch_sieve_keeps(in->watch->sieve, &sieved, in->arena, &keeps, err))
        return false;
    return !keeps ||
           load_signal(in, pack << PACK_PLACE_BITS | signal->place, seq, sieved.rule, signal, err);
}

/* Texts of a pack's groups are read when a signal first has one. */
static bool read_group(Loading *in, const PackedSignal *signal, Error *err)
{
    uint32_t code = signal->group_code;
    if (!code || in->groups[code].values)
        return true;
    in->groups[code].values =
        json_read(signal->texts[PACK_GROUP_BY], &JSON_LIMITS_DEFAULT, in->arena, err);
    return in->groups[code].values != NULL;
}

static bool add_pack(Loading *in, int64_t pack, int64_t seq, Str blob, Error *err)
{
    PackedSignal signal;
    PackReader *reader = signal_pack_open(blob, err);
    bool ok = reader != NULL;
    arena_reset(in->arena);
    if (ok)
        in->groups = arena_calloc(in->arena, (size_t)signal_pack_groups(reader) + 1,
                                  sizeof *in->groups, err);
    ok = ok && in->groups;
    while (ok && signal_pack_next(reader, &signal))
        ok = read_group(in, &signal, err) && add_signal(in, pack, seq, &signal, err);
    signal_pack_close(reader);
    return ok;
}

static bool add_packs(Loading *in, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(in->watch->lake->db,
                                       "SELECT id, commit_seq, bytes FROM signal_packs WHERE"
                                       " time_max >= ?1 AND time_min <= ?2 ORDER BY id",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, in->from_us);
    db_bind_int(select, 2, in->to_us);
    while (db_next(select, &row, err)) {
        if (!row)
            return in->noting || flush(in, err);
        if (!add_pack(in, db_int(select, 0), db_int(select, 1), db_blob(select, 2), err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

/* Counts all signals, then loads those that matter. */
static bool add_sieved(Loading *in, Error *err)
{
    in->noting = true;
    if (!add_packs(in, err))
        return false;
    in->noting = false;
    watch_sieve_settle(in->watch->sieve);
    return add_packs(in, err) && watch_sieve_conclude(in->watch->sieve, err);
}

bool watch_load(Watch *watch, Engine *engine, int64_t from_us, int64_t to_us, int64_t evaluated_seq,
                Error *err)
{
    Loading in = {.watch = watch,
                  .from_us = from_us,
                  .to_us = to_us,
                  .evaluated_seq = evaluated_seq,
                  .path_count = correlation_sql_path_count(watch->paths)};
    in.arena = arena_new(GROUPS_BYTES_MAX, err);
    bool ok = in.arena && number_rules(&in, err) && make_table(watch, engine, err) &&
              make_chunk(&in, err);
    if (ok && duckdb_appender_create(engine_connection(engine), NULL, "stored", &in.appender) !=
                  DuckDBSuccess)
        ok = error_set(err, ERROR_SYSTEM, "the table of signals could not be filled");
    ok = ok && add_sieved(&in, err);
    if (in.appender && duckdb_appender_destroy(&in.appender) != DuckDBSuccess && ok)
        ok = error_set(err, ERROR_LIMIT, "signals could not be loaded");
    if (in.chunk)
        duckdb_destroy_data_chunk(&in.chunk);
    mem_free(in.rules);
    arena_free(in.arena);
    return ok;
}
