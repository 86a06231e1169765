#include "query/state_table.h"

#include <duckdb.h>
#include <stdio.h>

#include "base/db.h"
#include "base/json.h"
#include "base/mem.h"
#include "findings/finding.h"
#include "query/packed_table.h"

typedef enum {
    COLUMN_TEXT,
    COLUMN_LONG,
    COLUMN_BOOL,
    COLUMN_TIME,
    COLUMN_HEX,
    COLUMN_REAL,
    COLUMN_MAP,  /* of texts; a JSON object in the state */
    COLUMN_LIST, /* of texts; a JSON array there */
} ColumnType;

typedef struct StateColumn {
    const char *name;
    ColumnType type;
} StateColumn;

typedef struct StateTable {
    const char *name;
    const char *sql; /* gives the columns in their order */
    const StateColumn *columns;
    const char *lean; /* faster, without the last columns; NULL: there is none */
    int lean_columns; /* what it gives */
    bool packed;      /* packed signals are rows of it, too */
} StateTable;

static const StateColumn OBJECT_COLUMNS[] = {
    {"object_id", COLUMN_LONG},   {"source", COLUMN_TEXT},
    {"key", COLUMN_TEXT},         {"etag", COLUMN_TEXT},
    {"bytes", COLUMN_LONG},       {"modified", COLUMN_TIME},
    {"kind", COLUMN_TEXT},        {"state", COLUMN_TEXT},
    {"reason", COLUMN_TEXT},      {"inflated_bytes", COLUMN_LONG},
    {"sha256", COLUMN_HEX},       {"read", COLUMN_LONG},
    {"kept", COLUMN_LONG},        {"duplicate", COLUMN_LONG},
    {"conflicting", COLUMN_LONG}, {"dropped", COLUMN_LONG},
    {"quarantined", COLUMN_LONG}, {"commit_seq", COLUMN_LONG},
    {"ingested", COLUMN_TIME},    {"superseded_by", COLUMN_LONG},
    {"verdict", COLUMN_TEXT},     {"digest", COLUMN_LONG},
    {NULL, COLUMN_TEXT},
};

static const StateColumn QUARANTINE_COLUMNS[] = {
    {"id", COLUMN_LONG},           {"object_id", COLUMN_LONG}, {"key", COLUMN_TEXT},
    {"record_index", COLUMN_LONG}, {"offset", COLUMN_LONG},    {"bytes", COLUMN_LONG},
    {"reason", COLUMN_TEXT},       {"stored", COLUMN_BOOL},    {"commit_seq", COLUMN_LONG},
    {"at", COLUMN_TIME},           {NULL, COLUMN_TEXT},
};

static const StateColumn SIGNAL_COLUMNS[] = {
    {"id", COLUMN_LONG},           {"rule_id", COLUMN_TEXT},
    {"rule_version", COLUMN_TEXT}, {"rule_title", COLUMN_TEXT},
    {"level", COLUMN_TEXT},        {"kind", COLUMN_TEXT},
    {"eventtime", COLUMN_TIME},    {"eventid", COLUMN_TEXT},
    {"eventsource", COLUMN_TEXT},  {"eventname", COLUMN_TEXT},
    {"awsregion", COLUMN_TEXT},    {"recipientaccountid", COLUMN_TEXT},
    {"principal", COLUMN_TEXT},    {"sourceipaddress", COLUMN_TEXT},
    {"errorcode", COLUMN_TEXT},    {"object_id", COLUMN_LONG},
    {"record_index", COLUMN_LONG}, {"commit_seq", COLUMN_LONG},
    {"group_by", COLUMN_MAP},      {"threat_lists", COLUMN_LIST},
    {NULL, COLUMN_TEXT},
};

static const StateColumn FINDING_COLUMNS[] = {
    {"id", COLUMN_TEXT},         {"rule_id", COLUMN_TEXT},        {"rule_title", COLUMN_TEXT},
    {"level", COLUMN_TEXT},      {"account", COLUMN_TEXT},        {"principal", COLUMN_TEXT},
    {"episode", COLUMN_TEXT},    {"first_seen", COLUMN_TIME},     {"last_seen", COLUMN_TIME},
    {"signals", COLUMN_LONG},    {"kind", COLUMN_TEXT},           {"group_by", COLUMN_MAP},
    {"value", COLUMN_REAL},      {"workflow", COLUMN_TEXT},       {"assignee", COLUMN_TEXT},
    {"severity", COLUMN_LONG},   {"severity_label", COLUMN_TEXT}, {"confidence", COLUMN_LONG},
    {"product", COLUMN_TEXT},    {"record_state", COLUMN_TEXT},   {"region", COLUMN_TEXT},
    {"created", COLUMN_TIME},    {"updated", COLUMN_TIME},        {"given_id", COLUMN_TEXT},
    {"user_fields", COLUMN_MAP}, {"provisional", COLUMN_BOOL},    {"addresses", COLUMN_LIST},
    {"resources", COLUMN_LIST},  {"related", COLUMN_LIST},        {NULL, COLUMN_TEXT},
};

static const StateColumn EVIDENCE_COLUMNS[] = {
    {"finding_id", COLUMN_TEXT},
    {"eventtime", COLUMN_TIME},
    {"eventid", COLUMN_TEXT},
    {"eventsource", COLUMN_TEXT},
    {"eventname", COLUMN_TEXT},
    {"awsregion", COLUMN_TEXT},
    {"recipientaccountid", COLUMN_TEXT},
    {"principal", COLUMN_TEXT},
    {"sourceipaddress", COLUMN_TEXT},
    {"errorcode", COLUMN_TEXT},
    {"object_id", COLUMN_LONG},
    {"record_index", COLUMN_LONG},
    {NULL, COLUMN_TEXT},
};

static const StateColumn METRIC_COLUMNS[] = {
    {"namespace", COLUMN_TEXT}, {"metric", COLUMN_TEXT},  {"dimensions", COLUMN_MAP},
    {"unit", COLUMN_TEXT},      {"time", COLUMN_TIME},    {"period", COLUMN_LONG},
    {"samples", COLUMN_REAL},   {"total", COLUMN_REAL},   {"minimum", COLUMN_REAL},
    {"maximum", COLUMN_REAL},   {"average", COLUMN_REAL}, {NULL, COLUMN_TEXT},
};

static const StateColumn ALARM_COLUMNS[] = {
    {"name", COLUMN_TEXT},      {"kind", COLUMN_TEXT},      {"state", COLUMN_TEXT},
    {"since", COLUMN_TIME},     {"severity", COLUMN_TEXT},  {"description", COLUMN_TEXT},
    {"watches", COLUMN_TEXT},   {"reason", COLUMN_TEXT},    {"reason_data", COLUMN_TEXT},
    {"evaluated", COLUMN_TIME}, {"held_back", COLUMN_TEXT}, {NULL, COLUMN_TEXT},
};

static const StateColumn ALARM_HISTORY_COLUMNS[] = {
    {"id", COLUMN_LONG},          {"alarm", COLUMN_TEXT},       {"at", COLUMN_TIME},
    {"kind", COLUMN_TEXT},        {"old_state", COLUMN_TEXT},   {"new_state", COLUMN_TEXT},
    {"severity", COLUMN_TEXT},    {"description", COLUMN_TEXT}, {"reason", COLUMN_TEXT},
    {"reason_data", COLUMN_TEXT}, {NULL, COLUMN_TEXT},
};

#define RECEIPT                                                                                    \
    "SELECT id, source, key, etag, bytes, modified_us, kind, state, reason, inflated_bytes,"       \
    " sha256, read, kept, duplicate, conflicting, dropped, quarantined, commit_seq,"               \
    " ingested_at_us, superseded_by"

#define FINDING                                                                                    \
    "SELECT id, rule_id, rule_title, level, account, principal, episode, first_us, last_us, "      \
    "count,"                                                                                       \
    " " FINDING_KIND_SQL ", group_by, value, workflow, assignee,"                                  \
    " shown_severity, severity_label, shown_confidence, product, record_state, region, "           \
    "created_us,"                                                                                  \
    " updated_us, given_id, user_fields, provisional"

static const StateTable TABLES[] = {
    {"objects", RECEIPT ", verdict, digest FROM receipts ORDER BY id", OBJECT_COLUMNS,
     RECEIPT " FROM objects ORDER BY id", 20, false},
    {"quarantine",
     "SELECT q.id, q.object_id, o.key, q.record_index, q.offset, q.bytes, q.reason, q.stored,"
     " q.commit_seq, q.at_us FROM quarantine q LEFT JOIN objects o ON o.id = q.object_id"
     " WHERE q.resolved_seq IS NULL ORDER BY q.id",
     QUARANTINE_COLUMNS, NULL, 0, false},
    {"signals",
     "SELECT s.id, r.rule_id, r.version, r.title, r.level, 'shown', s.eventtime, s.eventid, "
     "s.eventsource,"
     " s.eventname, s.awsregion, s.recipientaccountid, s.principal, s.sourceipaddress, s.errorcode,"
     " s.object_id, s.record_index, s.commit_seq, s.group_by, s.threat_lists FROM signals s JOIN "
     "rules r ON r.id = "
     "s.rule"
     " ORDER BY s.id",
     SIGNAL_COLUMNS, NULL, 0, true},
    {"findings",
     FINDING ", (SELECT json_group_array(address) FROM (SELECT DISTINCT sourceipaddress AS address"
             " FROM finding_evidence e WHERE e.finding = f.id AND sourceipaddress IS NOT NULL ORDER"
             " BY 1)), (SELECT json_group_array(r.id) FROM finding_resources r WHERE r.finding ="
             " f.id), (SELECT json_group_array(r.other) FROM finding_related r WHERE r.finding ="
             " f.id) FROM finding_rows f ORDER BY last_us, id",
     FINDING_COLUMNS, FINDING " FROM finding_rows ORDER BY last_us, id", 26, false},
    {"finding_events",
     "SELECT finding, eventtime, eventid, eventsource, eventname, awsregion, recipientaccountid,"
     " principal, sourceipaddress, errorcode, object_id, record_index FROM finding_evidence WHERE"
     " finding IN (SELECT id FROM findings WHERE superseded_by IS NULL AND dry_run = 0)",
     EVIDENCE_COLUMNS, NULL, 0, false},
    {"metrics",
     "SELECT s.namespace, s.name, iif(s.dimensions = 'other', '{\"other\":\"\"}',"
     " s.dimensions), min(s.unit), p.start_s * 1000000, p.period_s, sum(p.samples), sum(p.sum),"
     " min(p.min), max(p.max), sum(p.sum) / sum(p.samples) FROM metric_series s JOIN metric_points"
     " p ON p.series = s.id GROUP BY s.namespace, s.name, s.dimensions, p.start_s, p.period_s",
     METRIC_COLUMNS, NULL, 0, false},
    {"alarms",
     "SELECT name, kind, state, since_us, severity, description, watches, reason, reason_data,"
     " evaluated_s * 1000000, nullif(held, '') FROM alarms ORDER BY name",
     ALARM_COLUMNS, NULL, 0, false},
    {"alarm_history",
     "SELECT id, alarm, at_us, kind, old_state, new_state, severity, description, reason,"
     " reason_data FROM alarm_history ORDER BY id",
     ALARM_HISTORY_COLUMNS, NULL, 0, false},
};

/* What a registered function needs: the table and where the state is. */
typedef struct Source {
    const StateTable *table;
    const char *path;
} Source;

enum { COLUMNS_MAX = 32 };

/* One scan: its connection and statement; opened by init, closed by its destructor. */
typedef struct Scan {
    const StateTable *table;
    Db *db;
    DbStatement *statement;
    PackedTable *packed; /* once the statement has ended, of a table that has them */
    Arena *arena;        /* of a map being read */
    bool ended;
    int columns[COLUMNS_MAX]; /* that are asked for; -1: none of the table's */
    int column_count;
} Scan;

enum { MAP_BYTES_MAX = 64 << 20 };

static void free_source(void *source)
{
    mem_free(source);
}

static void free_scan(void *given)
{
    Scan *scan = given;
    packed_table_close(scan->packed);
    arena_free(scan->arena);
    db_close(scan->db);
    mem_free(scan);
}

static bool is_nested(ColumnType type)
{
    return type == COLUMN_MAP || type == COLUMN_LIST;
}

static duckdb_logical_type engine_type(ColumnType type)
{
    static const duckdb_type TYPES[] = {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BIGINT,
                                        DUCKDB_TYPE_BOOLEAN, DUCKDB_TYPE_TIMESTAMP,
                                        DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_DOUBLE};
    if (!is_nested(type))
        return duckdb_create_logical_type(TYPES[type]);
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type nested =
        type == COLUMN_MAP ? duckdb_create_map_type(text, text) : duckdb_create_list_type(text);
    duckdb_destroy_logical_type(&text);
    return nested;
}

static void bind(duckdb_bind_info info)
{
    const Source *source = duckdb_bind_get_extra_info(info);
    for (const StateColumn *column = source->table->columns; column->name; column++) {
        duckdb_logical_type type = engine_type(column->type);
        duckdb_bind_add_result_column(info, column->name, type);
        duckdb_destroy_logical_type(&type);
    }
}

/* Notes which columns are asked for. The statement that gives them. */
static const char *choose_columns(Scan *scan, duckdb_init_info info)
{
    const StateTable *table = scan->table;
    bool lean = table->lean != NULL;
    int known = 0;
    while (table->columns[known].name)
        known++;
    idx_t count = duckdb_init_get_column_count(info);
    for (idx_t i = 0; i < count && scan->column_count < COLUMNS_MAX; i++) {
        idx_t index = duckdb_init_get_column_index(info, i);
        int column = index < (idx_t)known ? (int)index : -1;
        scan->columns[scan->column_count++] = column;
        lean = lean && column < table->lean_columns;
    }
    return lean ? table->lean : table->sql;
}

static void init(duckdb_init_info info)
{
    const Source *source = duckdb_init_get_extra_info(info);
    Error err = {0};
    Scan *scan = mem_calloc(1, sizeof *scan, &err);
    if (!scan) {
        duckdb_init_set_error(info, err.text);
        return;
    }
    scan->table = source->table;
    duckdb_init_set_init_data(info, scan, free_scan);
    duckdb_init_set_max_threads(info, 1);
    scan->db = db_open(source->path, DB_READ_ONLY, &err);
    scan->arena = scan->db ? arena_new(MAP_BYTES_MAX, &err) : NULL;
    const char *sql = choose_columns(scan, info);
    scan->statement = scan->arena ? db_statement(scan->db, sql, &err) : NULL;
    if (!scan->statement)
        duckdb_init_set_error(info, err.text);
}

static const char HEX_DIGITS[] = "0123456789abcdef";

static void put_hex(duckdb_vector vector, idx_t row, Str bytes)
{
    char text[129];
    size_t count = bytes.len < 64 ? bytes.len : 64;
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = HEX_DIGITS[(unsigned char)bytes.ptr[i] >> 4];
        text[2 * i + 1] = HEX_DIGITS[(unsigned char)bytes.ptr[i] & 15];
    }
    duckdb_vector_assign_string_element_len(vector, row, text, 2 * count);
}

static void assign(duckdb_vector vector, idx_t at, Str text)
{
    duckdb_vector_assign_string_element_len(vector, at, text.ptr, text.len);
}

/* A JSON object or array of texts; what is neither gives an empty one. */
static bool put_nested(Scan *scan, duckdb_vector vector, idx_t row, Str text, Error *err)
{
    const Json *nested = json_read(text, &JSON_LIMITS_DEFAULT, scan->arena, err);
    duckdb_list_entry *entry = (duckdb_list_entry *)duckdb_vector_get_data(vector) + row;
    idx_t at = duckdb_list_vector_get_size(vector);
    if (!nested)
        return false;
    bool map = nested->type == JSON_OBJECT;
    *entry = (duckdb_list_entry){at, map || nested->type == JSON_ARRAY ? nested->count : 0};
    if (duckdb_list_vector_reserve(vector, at + entry->length) != DuckDBSuccess ||
        duckdb_list_vector_set_size(vector, at + entry->length) != DuckDBSuccess)
        return error_set(err, ERROR_LIMIT, "no memory for a map or list");
    duckdb_vector items = duckdb_list_vector_get_child(vector);
    for (const Json *each = entry->length ? nested->first : NULL; each; each = each->next, at++) {
        if (map)
            assign(duckdb_struct_vector_get_child(items, 0), at, each->name);
        assign(map ? duckdb_struct_vector_get_child(items, 1) : items, at,
               json_text(each, STR("")));
    }
    arena_reset(scan->arena);
    return true;
}

static bool put_value(Scan *scan, duckdb_vector vector, idx_t row, StateValue value,
                      ColumnType type, Error *err)
{
    if (value.is_null) {
        duckdb_vector_ensure_validity_writable(vector);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
        if (is_nested(type))
            ((duckdb_list_entry *)duckdb_vector_get_data(vector))[row] =
                (duckdb_list_entry){duckdb_list_vector_get_size(vector), 0};
        return true;
    }
    switch (type) {
    case COLUMN_TEXT:
        duckdb_vector_assign_string_element_len(vector, row, value.text.ptr, value.text.len);
        break;
    case COLUMN_HEX:
        put_hex(vector, row, value.text);
        break;
    case COLUMN_BOOL:
        ((bool *)duckdb_vector_get_data(vector))[row] = value.number != 0;
        break;
    case COLUMN_REAL:
        ((double *)duckdb_vector_get_data(vector))[row] = value.real;
        break;
    case COLUMN_MAP:
    case COLUMN_LIST:
        return put_nested(scan, vector, row, value.text, err);
    case COLUMN_LONG:
    case COLUMN_TIME:
        ((int64_t *)duckdb_vector_get_data(vector))[row] = value.number;
        break;
    }
    return true;
}

/* Column *index* of the state's row. */
static StateValue stored_value(DbStatement *row, int index, ColumnType type)
{
    if (db_is_null(row, index))
        return (StateValue){.is_null = true};
    if (type == COLUMN_TEXT || is_nested(type))
        return (StateValue){.text = db_text(row, index)};
    if (type == COLUMN_HEX)
        return (StateValue){.text = db_blob(row, index)};
    if (type == COLUMN_REAL)
        return (StateValue){.real = db_real(row, index)};
    return (StateValue){.number = db_int(row, index)};
}

/* Steps to the next row: those of the statement, then those that are packed. */
static bool step(Scan *scan, Error *err)
{
    bool more = false;
    if (!scan->packed) {
        if (!db_next(scan->statement, &more, err))
            return false;
        if (more)
            return true;
        if (scan->table->packed && !(scan->packed = packed_table_open(scan->db, err)))
            return false;
    }
    if (scan->packed && !packed_table_next(scan->packed, &more, err))
        return false;
    scan->ended = !more;
    return true;
}

static bool put_row(Scan *scan, duckdb_data_chunk output, idx_t row, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < scan->column_count; i++) {
        int c = scan->columns[i];
        if (c < 0)
            continue;
        ColumnType type = scan->table->columns[c].type;
        StateValue value = scan->packed ? packed_table_value(scan->packed, c)
                                        : stored_value(scan->statement, c, type);
        ok = put_value(scan, duckdb_data_chunk_get_vector(output, (idx_t)i), row, value, type, err);
    }
    return ok;
}

static void read_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    Scan *scan = duckdb_function_get_init_data(info);
    Error err = {0};
    idx_t rows = 0;
    while (!scan->ended && rows < duckdb_vector_size()) {
        if (!step(scan, &err) || (!scan->ended && !put_row(scan, output, rows, &err))) {
            duckdb_function_set_error(info, err.text);
            return;
        }
        rows += !scan->ended;
    }
    duckdb_data_chunk_set_size(output, rows);
}

static bool register_function(Engine *engine, const StateTable *table, const char *path, Error *err)
{
    char name[64];
    Source *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return false;
    *source = (Source){table, path};
    snprintf(name, sizeof name, "spoor_%s", table->name);
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, name);
    duckdb_table_function_set_extra_info(function, source, free_source);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, read_rows);
    duckdb_table_function_supports_projection_pushdown(function, true);
    bool ok = duckdb_register_table_function(engine_connection(engine), function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return ok ||
           error_set(err, ERROR_SYSTEM, "the table '%s' could not be registered", table->name);
}

bool state_table_register(Engine *engine, const char *path, Error *err)
{
    char sql[160];
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        snprintf(sql, sizeof sql, "CREATE VIEW %s AS SELECT * FROM spoor_%s()", TABLES[i].name,
                 TABLES[i].name);
        if (!register_function(engine, &TABLES[i], path, err) || !engine_run(engine, sql, err))
            return false;
    }
    return true;
}
