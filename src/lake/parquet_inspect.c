#include "lake/parquet_inspect.h"

#include <string.h>

#include "base/file.h"
#include "lake/parquet.h"
#include "lake/parquet_chunk.h"
#include "lake/parquet_footer.h"
#include "lake/thrift_reader.h"

enum {
    FOOTER_BYTES_MAX = 256 << 20,
    SUMMARY_BYTES_MAX = 1 << 20,
    TAIL_BYTES = 8, /* the footer's length, and the magic */
    LEAVES_MAX = 1024,
};

/* A footer being read. */
typedef struct Inspecting {
    ThriftReader reader;
    ParquetMeta meta;             /* groups and chunks, as the writer had them */
    FieldNode leaves[LEAVES_MAX]; /* in the file's order; F_ROOT: not known to this version */
    size_t leaf_count;
    ParquetInspection *inspection;
    Error *err;
} Inspecting;

static FieldNode node_of_id(int64_t id)
{
    for (int node = 0; node < FIELD_COUNT; node++)
        if (field_is_leaf((FieldNode)node) && FIELDS[node].id == id)
            return (FieldNode)node;
    return F_ROOT;
}

static bool fail(Inspecting *at)
{
    at->reader.ok = false;
    return false;
}

/* One SchemaElement: a leaf has no children. */
static void read_element(Inspecting *at)
{
    int id;
    ThriftType type;
    int64_t children = 0, field_id = 0;
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 5)
            children = thrift_reader_int(&at->reader);
        else if (id == 9)
            field_id = thrift_reader_int(&at->reader);
        else
            thrift_reader_skip(&at->reader, type);
    if (children == 0 && at->leaf_count < LEAVES_MAX)
        at->leaves[at->leaf_count++] = node_of_id(field_id);
}

static bool take_bound(Str bytes, bool exact, Bound *ret)
{
    if (bytes.len > BOUNDS_BYTES_MAX)
        return false;
    *ret = (Bound){.len = (uint8_t)bytes.len, .exact = exact};
    if (bytes.len)
        memcpy(ret->bytes, bytes.ptr, bytes.len);
    return true;
}

static size_t width_of(FieldType type)
{
    static const size_t WIDTHS[] = {
        [FIELD_BOOL] = 1, [FIELD_TIME] = 8, [FIELD_INT] = 4, [FIELD_LONG] = 8};
    return type == FIELD_STRING || type == FIELD_JSON ? 0 : WIDTHS[type];
}

static void read_statistics(Inspecting *at, ParquetChunk *chunk)
{
    int id;
    ThriftType type;
    Str lower = {0}, upper = {0};
    bool lower_exact = false, upper_exact = false;
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type)) {
        if (id == 3)
            chunk->nulls = (uint64_t)thrift_reader_int(&at->reader);
        else if (id == 5)
            upper = thrift_reader_text(&at->reader);
        else if (id == 6)
            lower = thrift_reader_text(&at->reader);
        else
            thrift_reader_skip(&at->reader, type);
        upper_exact = id == 7 ? type == THRIFT_TRUE : upper_exact;
        lower_exact = id == 8 ? type == THRIFT_TRUE : lower_exact;
    }
    size_t width = chunk->node == F_ROOT ? 0 : width_of(FIELDS[chunk->node].type);
    chunk->has_bounds = lower.ptr && upper.ptr &&
                        (!width || (lower.len == width && upper.len == width)) &&
                        take_bound(lower, lower_exact, &chunk->lower) &&
                        take_bound(upper, upper_exact, &chunk->upper);
}

static void read_column_meta(Inspecting *at, ParquetChunk *chunk)
{
    int id;
    ThriftType type;
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 5)
            chunk->entries = (uint64_t)thrift_reader_int(&at->reader);
        else if (id == 7)
            chunk->bytes = (uint64_t)thrift_reader_int(&at->reader);
        else if (id == 12)
            read_statistics(at, chunk);
        else
            thrift_reader_skip(&at->reader, type);
}

/* One ColumnChunk: the *index*-th of its row group. */
static bool read_column(Inspecting *at, size_t index)
{
    int id;
    ThriftType type;
    ParquetChunk chunk = {.node = index < at->leaf_count ? at->leaves[index] : F_ROOT};
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 3)
            read_column_meta(at, &chunk);
        else
            thrift_reader_skip(&at->reader, type);
    return chunk.node == F_ROOT || buf_append(&at->meta.chunks, &chunk, sizeof chunk, at->err);
}

/* The columns that rows are sorted by: one in files that are sorted by time, three by call. */
static void read_sorting(Inspecting *at)
{
    ThriftType type;
    size_t count = thrift_reader_list(&at->reader, &type);
    at->meta.order = count == 1 ? PARQUET_ORDER_TIME : PARQUET_ORDER_CALL;
    for (size_t i = 0; at->reader.ok && i < count; i++)
        thrift_reader_skip(&at->reader, type);
}

static bool read_group(Inspecting *at)
{
    int id;
    ThriftType type;
    ParquetGroup group = {0};
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type)) {
        if (id == 3) {
            group.rows = (uint64_t)thrift_reader_int(&at->reader);
        } else if (id == 5) {
            group.offset = (uint64_t)thrift_reader_int(&at->reader);
        } else if (id == 4 && type == THRIFT_LIST) {
            read_sorting(at);
        } else if (id == 1 && type == THRIFT_LIST) {
            size_t count = thrift_reader_list(&at->reader, &type);
            for (size_t i = 0; at->reader.ok && i < count; i++)
                if (!read_column(at, i))
                    return fail(at);
        } else {
            thrift_reader_skip(&at->reader, type);
        }
    }
    return buf_append(&at->meta.groups, &group, sizeof group, at->err) || fail(at);
}

static bool read_note(Inspecting *at)
{
    int id;
    ThriftType type;
    Str key = {0}, value = {0};
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 1)
            key = thrift_reader_text(&at->reader);
        else if (id == 2)
            value = thrift_reader_text(&at->reader);
        else
            thrift_reader_skip(&at->reader, type);
    return !str_equal(key, STR(PARQUET_NOTE_KEY)) ||
           buf_append_str(&at->inspection->note, value, at->err) || fail(at);
}

/* The elements of one of FileMetaData's lists. */
static bool read_list(Inspecting *at, int field)
{
    ThriftType type;
    size_t count = thrift_reader_list(&at->reader, &type);
    bool ok = type == THRIFT_STRUCT;
    for (size_t i = 0; ok && at->reader.ok && i < count; i++)
        if (field == 2)
            read_element(at);
        else
            ok = field == 4 ? read_group(at) : read_note(at);
    return ok || fail(at);
}

static void read_meta(Inspecting *at)
{
    int id;
    ThriftType type;
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 3)
            at->meta.rows = (uint64_t)thrift_reader_int(&at->reader);
        else if ((id == 2 || id == 4 || id == 5) && type == THRIFT_LIST)
            read_list(at, id);
        else
            thrift_reader_skip(&at->reader, type);
}

/* The rows must add up, and there must be exact bounds of eventtime. */
static bool check(Inspecting *at)
{
    ParquetSummary summary;
    uint64_t rows = 0;
    size_t count = at->meta.groups.len / sizeof(ParquetGroup);
    const ParquetGroup *groups = (const ParquetGroup *)(const void *)at->meta.groups.ptr;
    for (size_t i = 0; i < count; i++)
        rows += groups[i].rows;
    if (!parquet_summary_read(buf_str(&at->inspection->summary), &summary, at->err))
        return false;
    const ParquetLeaf *time = &summary.leaves[F_EVENT_TIME];
    bool ok = rows && rows == at->meta.rows && time->has_bounds && time->values == rows;
    memcpy(&at->inspection->time_min, time->lower.bytes, sizeof(int64_t));
    memcpy(&at->inspection->time_max, time->upper.bytes, sizeof(int64_t));
    at->inspection->rows = rows;
    parquet_summary_free(&summary);
    return ok || error_set(at->err, ERROR_INPUT, "its row groups do not add up");
}

bool parquet_inspect_footer(Str footer, uint64_t file_bytes, ParquetInspection *ret, Error *err)
{
    Inspecting at = {.reader = thrift_reader(footer),
                     .meta = {.order = PARQUET_ORDER_TIME,
                              .groups = buf_init(FOOTER_BYTES_MAX),
                              .chunks = buf_init(FOOTER_BYTES_MAX)},
                     .inspection = ret,
                     .err = err};
    error_clear(err);
    *ret = (ParquetInspection){.bytes = file_bytes,
                               .summary = buf_init(SUMMARY_BYTES_MAX),
                               .note = buf_init(FOOTER_BYTES_MAX)};
    read_meta(&at);
    bool ok = at.reader.ok && at.reader.rest.len == 0;
    if (!ok && err->kind == ERROR_NONE)
        error_set(err, ERROR_INPUT, "its footer is damaged");
    ok = ok && parquet_footer_summary(&at.meta, file_bytes, &ret->summary, err) && check(&at);
    buf_free(&at.meta.groups);
    buf_free(&at.meta.chunks);
    if (!ok)
        parquet_inspect_free(ret);
    return ok;
}

static bool read_footer(const char *path, Buf *footer, uint64_t *ret_bytes, Error *err)
{
    FileInfo info;
    char tail[TAIL_BYTES];
    uint32_t length;
    if (!file_info(path, &info, err))
        return false;
    *ret_bytes = info.bytes;
    if (info.bytes < 4 + TAIL_BYTES)
        return error_set(err, ERROR_INPUT, "it is too short");
    if (!file_read_at(path, info.bytes - TAIL_BYTES, tail, sizeof tail, err))
        return false;
    memcpy(&length, tail, sizeof length);
    if (memcmp(tail + 4, "PAR1", 4) != 0 || length > info.bytes - 4 - TAIL_BYTES)
        return error_set(err, ERROR_INPUT, "it ends before its footer");
    if (!buf_reserve(footer, length, err) ||
        !file_read_at(path, info.bytes - TAIL_BYTES - length, footer->ptr, length, err))
        return false;
    footer->len = length;
    return true;
}

bool parquet_inspect(const char *path, ParquetInspection *ret, Error *err)
{
    BUF_AUTO Buf footer = buf_init(FOOTER_BYTES_MAX);
    uint64_t bytes = 0;
    return (read_footer(path, &footer, &bytes, err) &&
            parquet_inspect_footer(buf_str(&footer), bytes, ret, err)) ||
           error_context(err, "'%s' is no whole data file", path);
}

void parquet_inspect_free(ParquetInspection *inspection)
{
    buf_free(&inspection->summary);
    buf_free(&inspection->note);
}
