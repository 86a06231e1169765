#include "lake/reread.h"

#include <duckdb.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "decode/batch_facet.h"
#include "decode/row_hash.h"
#include "lake/scan_sql.h"

enum {
    SQL_BYTES_MAX = 64 << 20,
    TEXT_BYTES_MAX = 256 << 20,
    TOP_NODES_MAX = FIELD_COUNT,
    ELEMENTS_MAX = 256
};

struct Reread {
    EngineResult *result;
    duckdb_data_chunk chunk;
    idx_t row;
    idx_t rows;
    bool ended;                    /* the engine must not be asked again */
    bool borrowed;                 /* the chunk is the caller's, and the only one */
    bool hashes;                   /* rows get their fingerprints */
    FieldNode tops[TOP_NODES_MAX]; /* the result's columns */
    size_t top_count;
    Buf texts; /* JSON texts of one row's structs and lists */
};

/* What is read: *where* and *order* are SQL behind FROM. */
static Reread *open_reread(Engine *engine, const char *const *paths, size_t count,
                           const char *where, const char *order, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    Reread *reread = mem_calloc(1, sizeof *reread, err);
    if (!reread)
        return NULL;
    reread->texts = buf_init(TEXT_BYTES_MAX);
    for (int node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT)
            reread->tops[reread->top_count++] = (FieldNode)node;
    if (buf_printf(&sql, err, "SELECT * FROM ") && scan_sql(&sql, paths, count, err) &&
        (!where || buf_printf(&sql, err, " WHERE %s", where)) &&
        buf_printf(&sql, err, "%s", order) && buf_text(&sql, err))
        reread->result = engine_query(engine, sql.ptr, err);
    reread->hashes = true;
    if (reread->result)
        return reread;
    reread_free(reread);
    return NULL;
}

Reread *reread_result(EngineResult *result, const FieldNode *tops, size_t count, Error *err)
{
    Reread *reread = mem_calloc(1, sizeof *reread, err);
    if (!reread) {
        engine_result_free(result);
        return NULL;
    }
    reread->texts = buf_init(TEXT_BYTES_MAX);
    reread->result = result;
    memcpy(reread->tops, tops, count * sizeof *tops);
    reread->top_count = count;
    return reread;
}

Reread *reread_new(Engine *engine, const char *const *paths, size_t count, const char *where,
                   Error *err)
{
    return open_reread(engine, paths, count, where,
                       " ORDER BY eventsource, eventname, eventtime, object_id, record_index", err);
}

Reread *reread_unsorted(Engine *engine, const char *const *paths, size_t count, const char *where,
                        Error *err)
{
    return open_reread(engine, paths, count, where, "", err);
}

Reread *reread_file(Engine *engine, const char *path, Error *err)
{
    return open_reread(engine, &path, 1, NULL, "", err);
}

Reread *reread_rows(void *chunk, const FieldNode *tops, size_t count, Error *err)
{
    Reread *reread = reread_result(NULL, tops, count, err);
    if (!reread)
        return NULL;
    reread->borrowed = true;
    reread->chunk = chunk;
    reread->rows = duckdb_data_chunk_get_size(chunk);
    return reread;
}

void reread_free(Reread *reread)
{
    if (!reread)
        return;
    if (!reread->borrowed)
        duckdb_destroy_data_chunk(&reread->chunk);
    engine_result_free(reread->result);
    buf_free(&reread->texts);
    mem_free(reread);
}

static bool is_null(duckdb_vector vector, idx_t row)
{
    uint64_t *validity = duckdb_vector_get_validity(vector);
    return validity && !duckdb_validity_row_is_valid(validity, row);
}

static Str text_at(duckdb_vector vector, idx_t row)
{
    duckdb_string_t *strings = duckdb_vector_get_data(vector);
    return (Str){duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])};
}

static bool put_node(Buf *out, FieldNode node, duckdb_vector vector, idx_t row, Error *err);

/* The members that are not NULL, under their JSON names. */
static bool put_struct(Buf *out, FieldNode node, duckdb_vector vector, idx_t row, Error *err)
{
    idx_t index = 0;
    bool first = true;
    bool ok = buf_append_byte(out, '{', err);
    for (int child = 0; ok && child < FIELD_COUNT; child++) {
        if (FIELDS[child].parent != node)
            continue;
        duckdb_vector member = duckdb_struct_vector_get_child(vector, index++);
        if (is_null(member, row))
            continue;
        ok = (first || buf_append_byte(out, ',', err)) && buf_append_byte(out, '"', err) &&
             buf_append_str(out, FIELDS[child].member, err) && buf_append(out, "\":", 2, err) &&
             put_node(out, (FieldNode)child, member, row, err);
        first = false;
    }
    return ok && buf_append_byte(out, '}', err);
}

static bool put_list(Buf *out, FieldNode node, duckdb_vector vector, idx_t row, Error *err)
{
    const duckdb_list_entry *entries = duckdb_vector_get_data(vector);
    duckdb_vector child = duckdb_list_vector_get_child(vector);
    FieldNode element = (FieldNode)(node + 1);
    bool ok = buf_append_byte(out, '[', err);
    for (idx_t i = 0; ok && i < entries[row].length; i++) {
        idx_t at = entries[row].offset + i;
        ok = (i == 0 || buf_append_byte(out, ',', err)) &&
             (is_null(child, at) ? buf_append(out, "null", 4, err)
                                 : put_node(out, element, child, at, err));
    }
    return ok && buf_append_byte(out, ']', err);
}

/* A value as JSON: the schema has four levels, so this does not go deep. */
static bool put_node(Buf *out, FieldNode node, duckdb_vector vector, idx_t row, Error *err)
{
    switch (FIELDS[node].type) {
    case FIELD_STRUCT:
        return put_struct(out, node, vector, row, err);
    case FIELD_LIST:
        return put_list(out, node, vector, row, err);
    case FIELD_STRING:
        return json_append_string(out, text_at(vector, row), err);
    default:
        return buf_append_str(out, text_at(vector, row), err);
    }
}

/* Where the JSON text of a struct or list begins and ends; pointers follow when all are there,
 * because the buffer may move. */
typedef struct TextRange {
    size_t from;
    size_t to;
} TextRange;

static bool take_parts(Reread *reread, BatchRow *row, Error *err)
{
    TextRange ranges[TOP_NODES_MAX] = {0};
    reread->texts.len = 0;
    for (size_t c = 0; c < reread->top_count; c++) {
        FieldNode node = reread->tops[c];
        duckdb_vector vector = duckdb_data_chunk_get_vector(reread->chunk, c);
        if (field_is_leaf(node) || node == F_DERIVED || is_null(vector, reread->row))
            continue;
        ranges[c].from = reread->texts.len;
        if (!put_node(&reread->texts, node, vector, reread->row, err))
            return false;
        ranges[c].to = reread->texts.len;
    }
    for (size_t c = 0; c < reread->top_count; c++)
        if (ranges[c].to > ranges[c].from)
            row->texts[reread->tops[c]] =
                (Str){reread->texts.ptr + ranges[c].from, ranges[c].to - ranges[c].from};
    return true;
}

static uint8_t bool_at(duckdb_vector vector, idx_t row)
{
    const bool *bools = duckdb_vector_get_data(vector);
    return is_null(vector, row) ? 2 : bools[row];
}

static void take_scalar(FieldNode node, duckdb_vector vector, idx_t at, BatchRow *row,
                        int64_t *commit_seq)
{
    const int64_t *longs = duckdb_vector_get_data(vector);
    const int32_t *ints = duckdb_vector_get_data(vector);
    switch (node) {
    case F_EVENT_TIME:
        row->event_time = longs[at];
        break;
    case F_READ_ONLY:
        row->read_only = bool_at(vector, at);
        break;
    case F_MANAGEMENT_EVENT:
        row->management = bool_at(vector, at);
        break;
    case F_OBJECT_ID:
        row->object_id = longs[at];
        break;
    case F_RECORD_INDEX:
        row->record_index = ints[at];
        break;
    case F_SAMPLE_FACTOR: /* a number that ingest would not write is NULL */
        row->sample_factor = !is_null(vector, at) && ints[at] > 0 ? ints[at] : 0;
        break;
    case F_COMMIT_SEQ:
        *commit_seq = longs[at];
        break;
    default:
        if (field_is_leaf(node) && !is_null(vector, at))
            row->texts[node] = text_at(vector, at);
        break;
    }
}

static bool list_code(Batch *batch, duckdb_vector vector, idx_t row, uint32_t *ret, Error *err)
{
    uint32_t codes[ELEMENTS_MAX];
    const duckdb_list_entry *entries = duckdb_vector_get_data(vector);
    duckdb_vector child = duckdb_list_vector_get_child(vector);
    size_t count = 0;
    for (idx_t i = 0; i < entries[row].length && count < ELEMENTS_MAX; i++) {
        idx_t at = entries[row].offset + i;
        if (is_null(child, at))
            continue;
        if (!batch_facet_text(batch, F_D_THREAT_LIST, text_at(child, at), &codes[count], err))
            return false;
        count += codes[count] != 0;
    }
    return !count || batch_facet_list(batch, F_D_THREAT_LISTS, codes, count, ret, err);
}

/* The code of a member of `derived`; a number that ingest would not write is NULL. */
static bool member_code(Batch *batch, FieldNode node, duckdb_vector vector, idx_t row,
                        uint32_t *ret, Error *err)
{
    const int64_t *longs = duckdb_vector_get_data(vector);
    *ret = 0;
    if (is_null(vector, row))
        return true;
    switch (FIELDS[node].type) {
    case FIELD_LIST:
        return list_code(batch, vector, row, ret, err);
    case FIELD_BOOL:
        *ret = bool_at(vector, row) + 1u;
        return true;
    case FIELD_LONG:
        *ret = longs[row] >= 0 && longs[row] < UINT32_MAX ? (uint32_t)longs[row] + 1 : 0;
        return true;
    default:
        return batch_facet_text(batch, node, text_at(vector, row), ret, err);
    }
}

/* The row's derived members, facet by facet; 0 where it has none at all. */
static bool take_derived(duckdb_vector vector, idx_t row, Batch *batch, Error *err)
{
    idx_t child = 0;
    bool ok = true;
    if (is_null(vector, row))
        return true;
    batch->derived.filled = true;
    for (int id = 0; ok && id < FACET_COUNT; id++) {
        uint32_t codes[FACET_MEMBERS_MAX] = {0};
        uint32_t *rows = batch_facet_rows(batch, (FacetId)id, err);
        ok = rows != NULL;
        for (int node = BATCH_FACETS[id]; ok && node < (int)BATCH_FACETS[id + 1]; node++)
            if (FIELDS[node].parent == F_DERIVED)
                ok = member_code(batch, (FieldNode)node,
                                 duckdb_struct_vector_get_child(vector, child++), row,
                                 &codes[node - (int)BATCH_FACETS[id]], err);
        ok = ok && batch_facet_find(batch, (FacetId)id, codes, &rows[batch->rows], err);
    }
    return ok;
}

static bool append_row(Reread *reread, Batch *batch, int64_t *commit_seqs, Error *err)
{
    BatchRow row = {0};
    if (!take_parts(reread, &row, err))
        return false;
    for (size_t c = 0; c < reread->top_count; c++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(reread->chunk, c);
        if (reread->tops[c] == F_DERIVED && !take_derived(vector, reread->row, batch, err))
            return false;
        take_scalar(reread->tops[c], vector, reread->row, &row, &commit_seqs[batch->rows]);
    }
    return batch_row_append(batch, &row, err) && (!reread->hashes || row_hash(batch, &row, err));
}

/* Steps to a chunk with rows; *ret_any is false at the end. */
static bool next_chunk(Reread *reread, bool *ret_any, Error *err)
{
    reread->ended |= reread->borrowed && reread->row >= reread->rows;
    while (reread->row >= reread->rows && !reread->ended) {
        void *chunk;
        duckdb_destroy_data_chunk(&reread->chunk);
        if (!engine_next_chunk(reread->result, &chunk, err))
            return false;
        reread->chunk = chunk;
        reread->row = 0;
        reread->rows = chunk ? duckdb_data_chunk_get_size(chunk) : 0;
        reread->ended = !chunk;
    }
    *ret_any = !reread->ended;
    return true;
}

bool reread_fill(Reread *reread, Batch *batch, uint32_t rows_max, int64_t *commit_seqs, Error *err)
{
    bool any = true;
    while (batch->rows < rows_max && !batch_full(batch)) {
        if (!next_chunk(reread, &any, err))
            return false;
        if (!any)
            return true;
        if (!append_row(reread, batch, commit_seqs, err))
            return false;
        reread->row++;
    }
    return true;
}
