#include "lake/row_view.h"

#include <duckdb.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

enum { TEXT_BYTES_MAX = 256 << 20, NONE = 255 };

/* A column of the chunk, or a part of one. */
typedef struct Column {
    const void *data;
    const uint64_t *validity; /* NULL: no value is NULL */
} Column;

struct RowView {
    FieldNode tops[FIELD_COUNT];
    Slot slots[FIELD_COUNT]; /* of the tops */
    size_t top_count;
    uint8_t first_child[FIELD_COUNT], next_child[FIELD_COUNT]; /* NONE behind the last */
    Column columns[FIELD_COUNT];
    size_t rows;
    Buf texts[2]; /* JSON of a row's structs and lists, and of the row before */
    RecordView views[2];
    unsigned side;
    bool follows; /* the other side holds the row before */
};

_Static_assert((int)FIELD_COUNT < (int)NONE, "nodes are kept as bytes");

static void link_children(RowView *rows)
{
    memset(rows->first_child, NONE, sizeof rows->first_child);
    memset(rows->next_child, NONE, sizeof rows->next_child);
    for (int node = FIELD_COUNT - 1; node >= 0; node--) {
        FieldNode parent = FIELDS[node].parent;
        if (parent == F_ROOT)
            continue;
        rows->next_child[node] = rows->first_child[parent];
        rows->first_child[parent] = (uint8_t)node;
    }
}

RowView *row_view_new(const FieldNode *tops, size_t count, Error *err)
{
    RowView *rows = mem_calloc(1, sizeof *rows, err);
    if (!rows)
        return NULL;
    rows->texts[0] = rows->texts[1] = buf_init(TEXT_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        rows->tops[i] = tops[i];
        rows->slots[i] = slot_of_member(FIELDS[tops[i]].member);
    }
    rows->top_count = count;
    link_children(rows);
    return rows;
}

void row_view_free(RowView *rows)
{
    if (!rows)
        return;
    buf_free(&rows->texts[0]);
    buf_free(&rows->texts[1]);
    mem_free(rows);
}

/* Notes where the values of *node* and the nodes below it are: the schema has four levels. */
static void open_column(RowView *rows, FieldNode node, duckdb_vector vector)
{
    idx_t index = 0;
    rows->columns[node] =
        (Column){duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector)};
    if (FIELDS[node].type == FIELD_LIST)
        open_column(rows, (FieldNode)rows->first_child[node], duckdb_list_vector_get_child(vector));
    if (FIELDS[node].type == FIELD_STRUCT)
        for (uint8_t child = rows->first_child[node]; child != NONE;
             child = rows->next_child[child])
            open_column(rows, (FieldNode)child, duckdb_struct_vector_get_child(vector, index++));
}

void row_view_begin(RowView *rows, void *chunk)
{
    rows->rows = duckdb_data_chunk_get_size(chunk);
    rows->follows = false;
    for (size_t i = 0; i < rows->top_count; i++)
        open_column(rows, rows->tops[i], duckdb_data_chunk_get_vector(chunk, i));
}

size_t row_view_count(const RowView *rows)
{
    return rows->rows;
}

static bool is_null(const Column *column, size_t row)
{
    return column->validity && !(column->validity[row / 64] >> row % 64 & 1);
}

static Str text_at(const Column *column, size_t row)
{
    const duckdb_string_t *text = (const duckdb_string_t *)column->data + row;
    uint32_t len = text->value.inlined.length;
    return (Str){len <= sizeof text->value.inlined.inlined ? text->value.inlined.inlined
                                                           : text->value.pointer.ptr,
                 len};
}

/* Whether one of eight bytes is below ' ', a quote or a backslash. */
static bool has_special(uint64_t bytes)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t quote = bytes ^ ones * '"', slash = bytes ^ ones * '\\';
    uint64_t found =
        ((bytes - ones * ' ') & ~bytes) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
    return found & tops;
}

/* Texts of the table are UTF-8; only these bytes are written otherwise. */
static bool is_plain(Str text)
{
    uint64_t bytes = 0x2020202020202020;
    size_t at = 0;
    for (; at + sizeof bytes <= text.len; at += sizeof bytes) {
        memcpy(&bytes, text.ptr + at, sizeof bytes);
        if (has_special(bytes))
            return false;
    }
    bytes = 0x2020202020202020;
    memcpy(&bytes, text.ptr + at, text.len - at);
    return !has_special(bytes);
}

static bool put_text(Buf *out, Str text, Error *err)
{
    if (!is_plain(text))
        return json_append_string(out, text, err);
    return buf_append_byte(out, '"', err) && buf_append_str(out, text, err) &&
           buf_append_byte(out, '"', err);
}

static bool put_node(RowView *rows, Buf *out, FieldNode node, size_t row, Error *err);

/* The members that are not NULL, under their JSON names. */
static bool put_struct(RowView *rows, Buf *out, FieldNode node, size_t row, Error *err)
{
    bool ok = buf_append_byte(out, '{', err), first = true;
    for (uint8_t child = rows->first_child[node]; ok && child != NONE;
         child = rows->next_child[child]) {
        if (is_null(&rows->columns[child], row))
            continue;
        ok = (first || buf_append_byte(out, ',', err)) && buf_append_byte(out, '"', err) &&
             buf_append_str(out, FIELDS[child].member, err) && buf_append(out, "\":", 2, err) &&
             put_node(rows, out, (FieldNode)child, row, err);
        first = false;
    }
    return ok && buf_append_byte(out, '}', err);
}

static bool put_list(RowView *rows, Buf *out, FieldNode node, size_t row, Error *err)
{
    duckdb_list_entry entry = ((const duckdb_list_entry *)rows->columns[node].data)[row];
    FieldNode element = (FieldNode)rows->first_child[node];
    bool ok = buf_append_byte(out, '[', err);
    for (size_t at = entry.offset; ok && at < entry.offset + entry.length; at++)
        ok = (at == entry.offset || buf_append_byte(out, ',', err)) &&
             (is_null(&rows->columns[element], at) ? buf_append(out, "null", 4, err)
                                                   : put_node(rows, out, element, at, err));
    return ok && buf_append_byte(out, ']', err);
}

/* A value as JSON: the schema has four levels, so this does not go deep. */
static bool put_node(RowView *rows, Buf *out, FieldNode node, size_t row, Error *err)
{
    switch (FIELDS[node].type) {
    case FIELD_STRUCT:
        return put_struct(rows, out, node, row, err);
    case FIELD_LIST:
        return put_list(rows, out, node, row, err);
    case FIELD_STRING:
        return put_text(out, text_at(&rows->columns[node], row), err);
    default:
        return buf_append_str(out, text_at(&rows->columns[node], row), err);
    }
}

/* What is written lies in a buffer that may move: until the row is done its pointer is the offset
 * behind the buffer's beginning. */
typedef struct Written {
    Slot slots[FIELD_COUNT];
    size_t from[FIELD_COUNT];
    size_t count;
} Written;

static void note_written(Written *written, Slot slot, size_t from)
{
    written->slots[written->count] = slot;
    written->from[written->count++] = from;
}

/* A text with bytes that JSON writes otherwise: as it stands between quotes. */
static bool put_escaped(RowView *rows, Slot slot, Str text, Written *written, Error *err)
{
    Buf *out = &rows->texts[rows->side];
    RecordValue *value = &rows->views[rows->side].values[slot];
    size_t from = out->len;
    note_written(written, slot, from + 1);
    if (!json_append_string(out, text, err))
        return false;
    *value = (RecordValue){.len = (uint32_t)(out->len - from - 2), .flags = VALUE_ESCAPED};
    return true;
}

static bool take_value(RowView *rows, size_t top, size_t row, Written *written, Error *err)
{
    FieldNode node = rows->tops[top];
    Slot slot = rows->slots[top];
    Buf *out = &rows->texts[rows->side];
    RecordView *view = &rows->views[rows->side];
    const Column *column = &rows->columns[node];
    size_t from = out->len;
    view->present |= SLOT_BIT(slot);
    if (!field_is_leaf(node)) {
        note_written(written, slot, from);
        if (!put_node(rows, out, node, row, err))
            return false;
        view->values[slot] = (RecordValue){.len = (uint32_t)(out->len - from)};
        return true;
    }
    if (node == F_EVENT_TIME) {
        view->event_time = ((const int64_t *)column->data)[row];
        return true;
    }
    if (FIELDS[node].type == FIELD_BOOL) {
        uint8_t flag = ((const bool *)column->data)[row];
        *(node == F_READ_ONLY ? &view->read_only : &view->management) = flag;
        return true;
    }
    Str text = text_at(column, row);
    if (FIELDS[node].type == FIELD_STRING && !is_plain(text))
        return put_escaped(rows, slot, text, written, err);
    view->values[slot] = (RecordValue){text.ptr, (uint32_t)text.len, 0};
    return true;
}

/* The members that are equal to those of the row before. */
static uint64_t find_same(const RecordView *view, const RecordView *before)
{
    uint64_t same = 0;
    for (uint64_t left = view->present & before->present; left; left &= left - 1) {
        Slot slot = (Slot)__builtin_ctzll(left);
        FieldType type = FIELDS[SLOT_FIELDS[slot]].type;
        const RecordValue *value = &view->values[slot], *other = &before->values[slot];
        bool equal = value->len == other->len && value->flags == other->flags &&
                     (!value->len || memcmp(value->ptr, other->ptr, value->len) == 0);
        if (type == FIELD_TIME)
            equal = view->event_time == before->event_time;
        else if (type == FIELD_BOOL)
            equal = slot == S_READ_ONLY ? view->read_only == before->read_only
                                        : view->management == before->management;
        same |= equal ? SLOT_BIT(slot) : 0;
    }
    return same;
}

const RecordView *row_view_at(RowView *rows, size_t row, Error *err)
{
    Written written = {.count = 0};
    rows->side ^= 1;
    Buf *out = &rows->texts[rows->side];
    RecordView *view = &rows->views[rows->side];
    out->len = 0;
    *view = (RecordView){.event_time = 0, .read_only = 2, .management = 2};
    for (size_t i = 0; i < rows->top_count; i++)
        if (rows->slots[i] < SLOT_MEMBERS && !is_null(&rows->columns[rows->tops[i]], row) &&
            !take_value(rows, i, row, &written, err))
            return NULL;
    for (size_t i = 0; i < written.count; i++)
        view->values[written.slots[i]].ptr = out->ptr + written.from[i];
    if (rows->follows)
        view->same = find_same(view, &rows->views[rows->side ^ 1]);
    rows->follows = true;
    return view;
}

int64_t row_view_object(const RowView *rows, size_t row)
{
    return ((const int64_t *)rows->columns[F_OBJECT_ID].data)[row];
}

int32_t row_view_index(const RowView *rows, size_t row)
{
    return ((const int32_t *)rows->columns[F_RECORD_INDEX].data)[row];
}
