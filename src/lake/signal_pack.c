#include "lake/signal_pack.h"

#include <string.h>
#include <zstd.h>

#include "base/mem.h"
#include "lake/claim.h"

enum {
    VERSION = 1,
    ZSTD_LEVEL = 1,
    PACK_BYTES_MAX = 1 << 30,
    VARINT_BYTES = 10,
    NODES_MAX = FIELD_PRINCIPALS,
};

/* Where a text comes from: the first of these that has one. */
static const struct {
    FieldNode nodes[NODES_MAX];
    int count;
} SOURCES[PACK_PRINCIPAL] = {
    {{F_EVENT_ID}, 1},   {{F_EVENT_SOURCE}, 1},         {{F_EVENT_NAME}, 1},
    {{F_AWS_REGION}, 1}, {{F_RECIPIENT_ACCOUNT_ID}, 1}, {{F_SOURCE_IP_ADDRESS}, 1},
    {{F_ERROR_CODE}, 1},
};

typedef struct Packing {
    const Batch *batch;
    const SignalHits *signals;
    const uint32_t *chosen; /* hits, by their index */
    size_t count;
    uint32_t *codes; /* of a column, by place */
    Buf out;
    Error *err;
} Packing;

static bool put_number(Buf *out, uint64_t number, Error *err)
{
    unsigned char bytes[VARINT_BYTES];
    size_t len = 0;
    for (; number >= 0x80; number >>= 7)
        bytes[len++] = (unsigned char)(number | 0x80);
    bytes[len++] = (unsigned char)number;
    return buf_append(out, bytes, len, err);
}

/* As put_number, for differences: small ones of either sign are short. */
static bool put_difference(Buf *out, int64_t value, int64_t before, Error *err)
{
    uint64_t difference = (uint64_t)value - (uint64_t)before;
    return put_number(out, difference << 1 ^ (0 - (difference >> 63)), err);
}

static const SignalHit *hit_at(const Packing *in, size_t place)
{
    return &in->signals->hits[in->chosen[place]];
}

static bool put_rules(Packing *in)
{
    bool ok = true;
    for (size_t i = 0; ok && i < in->count; i++)
        ok = put_number(&in->out, (uint64_t)hit_at(in, i)->rule << 1 | hit_at(in, i)->shown,
                        in->err);
    return ok;
}

typedef int64_t (*NumberOf)(const Batch *batch, uint32_t row);

static int64_t time_of(const Batch *batch, uint32_t row)
{
    return batch->event_time[row];
}

static int64_t object_of(const Batch *batch, uint32_t row)
{
    return batch->object_id[row];
}

static int64_t index_of(const Batch *batch, uint32_t row)
{
    return batch->record_index[row];
}

static const NumberOf NUMBERS[] = {time_of, object_of, index_of};

enum { NUMBER_COLUMNS = sizeof NUMBERS / sizeof *NUMBERS };

static bool put_numbers(Packing *in, NumberOf number_of)
{
    int64_t before = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < in->count; i++) {
        int64_t number = number_of(in->batch, hit_at(in, i)->row);
        ok = put_difference(&in->out, number, before, in->err);
        before = number;
    }
    return ok;
}

/* A text column: entries, each with its length, in the order in which they are met; then codes. */
static bool put_codes(Packing *in, const Buf *entries, uint32_t entry_count)
{
    bool ok = put_number(&in->out, entry_count, in->err) &&
              buf_append_str(&in->out, buf_str(entries), in->err);
    for (size_t i = 0; ok && i < in->count; i++)
        ok = put_number(&in->out, in->codes[i], in->err);
    return ok;
}

static bool add_entry(Buf *entries, Str text, Error *err)
{
    return put_number(entries, text.len, err) && buf_append_str(entries, text, err);
}

/* A column of dictionaries met through *nodes*: *seen* has a place for each of their codes. */
static bool number_texts(Packing *in, const FieldNode *nodes, int node_count, uint32_t **seen,
                         Buf *entries, uint32_t *ret_count)
{
    uint32_t count = 0;
    for (size_t i = 0; i < in->count; i++) {
        in->codes[i] = 0;
        for (int n = 0; n < node_count; n++) {
            uint32_t code = batch_code(in->batch, nodes[n], hit_at(in, i)->row);
            if (!code)
                continue;
            Str text = batch_value(batch_column(in->batch, nodes[n]), code);
            if (!text.len && n + 1 < node_count)
                continue;
            if (!seen[n][code]) {
                seen[n][code] = ++count;
                if (!add_entry(entries, text, in->err))
                    return false;
            }
            in->codes[i] = seen[n][code];
            break;
        }
    }
    *ret_count = count;
    return true;
}

static bool put_texts(Packing *in, const FieldNode *nodes, int node_count)
{
    uint32_t *seen[NODES_MAX] = {NULL};
    uint32_t count = 0;
    BUF_AUTO Buf entries = buf_init(PACK_BYTES_MAX);
    bool ok = true;
    for (int n = 0; ok && n < node_count; n++) {
        seen[n] = mem_calloc((size_t)batch_column(in->batch, nodes[n])->entry_count + 1,
                             sizeof *seen[n], in->err);
        ok = seen[n] != NULL;
    }
    ok = ok && number_texts(in, nodes, node_count, seen, &entries, &count) &&
         put_codes(in, &entries, count);
    for (int n = 0; n < node_count; n++)
        mem_free(seen[n]);
    return ok;
}

/* The column group_by, whose dictionary is that of the hits. */
static bool put_groups(Packing *in)
{
    const BatchColumn *values = in->signals->values;
    uint32_t count = 0, known = values ? values->entry_count : 0;
    BUF_AUTO Buf entries = buf_init(PACK_BYTES_MAX);
    MEM_AUTO uint32_t *seen = mem_calloc((size_t)known + 1, sizeof *seen, in->err);
    bool ok = seen != NULL;
    for (size_t i = 0; ok && i < in->count; i++) {
        uint32_t code = values ? hit_at(in, i)->values : 0;
        if (code && !seen[code]) {
            seen[code] = ++count;
            ok = add_entry(&entries, batch_value(values, code), in->err);
        }
        in->codes[i] = code ? seen[code] : 0;
    }
    return ok && put_codes(in, &entries, count);
}

static bool put_columns(Packing *in)
{
    bool ok = put_number(&in->out, VERSION, in->err) && put_number(&in->out, in->count, in->err) &&
              put_rules(in);
    for (int i = 0; ok && i < NUMBER_COLUMNS; i++)
        ok = put_numbers(in, NUMBERS[i]);
    for (int i = 0; ok && i < PACK_PRINCIPAL; i++)
        ok = put_texts(in, SOURCES[i].nodes, SOURCES[i].count);
    return ok && put_texts(in, FIELD_PRINCIPAL, FIELD_PRINCIPALS) && put_groups(in);
}

static bool squeeze(const Buf *from, Buf *ret, Error *err)
{
    size_t bound = ZSTD_compressBound(from->len);
    if (!buf_reserve(ret, bound, err))
        return error_context(err, "signals");
    size_t size = ZSTD_compress(ret->ptr, bound, from->ptr, from->len, ZSTD_LEVEL);
    if (ZSTD_isError(size))
        return error_set(err, ERROR_SYSTEM, "signals could not be compressed: %s",
                         ZSTD_getErrorName(size));
    ret->len = size;
    return true;
}

static void widen_times(const Packing *in, SignalPack *ret)
{
    ret->time_min = INT64_MAX;
    ret->time_max = INT64_MIN;
    for (size_t i = 0; i < in->count; i++) {
        int64_t time = in->batch->event_time[hit_at(in, i)->row];
        ret->time_min = time < ret->time_min ? time : ret->time_min;
        ret->time_max = time > ret->time_max ? time : ret->time_max;
    }
}

bool signal_pack_make(const SignalHits *signals, const Batch *batch, const uint8_t *verdicts,
                      SignalPack *ret, Error *err)
{
    MEM_AUTO uint32_t *chosen = mem_calloc(2 * signals->count + 1, sizeof *chosen, err);
    Packing in = {.batch = batch, .signals = signals, .chosen = chosen, .err = err};
    *ret = (SignalPack){.blob = buf_init(PACK_BYTES_MAX)};
    if (!chosen)
        return false;
    for (size_t i = 0; i < signals->count; i++)
        if (signals->hits[i].packed && verdicts[signals->hits[i].row] != VERDICT_DUPLICATE)
            chosen[in.count++] = (uint32_t)i;
    if (!in.count)
        return true;
    in.codes = chosen + signals->count;
    in.out = buf_init(PACK_BYTES_MAX);
    ret->count = in.count;
    widen_times(&in, ret);
    bool ok = put_columns(&in) && squeeze(&in.out, &ret->blob, err);
    buf_free(&in.out);
    return ok;
}

void signal_pack_free(SignalPack *pack)
{
    buf_free(&pack->blob);
}

/* ---- reading ---- */

enum { COLUMN_RULE, COLUMN_NUMBER, COLUMN_TEXT = COLUMN_NUMBER + NUMBER_COLUMNS };
enum { COLUMNS = COLUMN_TEXT + PACK_TEXTS };

struct PackReader {
    Buf bytes;
    const unsigned char *end;
    const unsigned char *at[COLUMNS]; /* the next number of each column */
    Str *entries[PACK_TEXTS];
    uint32_t entry_counts[PACK_TEXTS];
    int64_t before[NUMBER_COLUMNS];
    uint64_t place, count;
};

static bool take_number(const unsigned char **at, const unsigned char *end, uint64_t *ret)
{
    uint64_t number = 0;
    for (int shift = 0; *at < end && shift < 64; shift += 7) {
        unsigned char byte = *(*at)++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret = number;
            return true;
        }
    }
    return false;
}

/* Passes over the numbers of a column: each ends with a byte below 0x80. */
static bool pass(const unsigned char **at, const unsigned char *end, uint64_t count)
{
    while (count && *at < end)
        count -= *(*at)++ < 0x80;
    return count == 0;
}

static bool read_entries(PackReader *reader, const unsigned char **at, int text, Error *err)
{
    uint64_t count, len;
    if (!take_number(at, reader->end, &count) || count > reader->count)
        return false;
    reader->entries[text] = mem_calloc((size_t)count + 1, sizeof(Str), err);
    if (!reader->entries[text])
        return false;
    reader->entry_counts[text] = (uint32_t)count;
    for (uint64_t i = 0; i < count; i++) {
        if (!take_number(at, reader->end, &len) || len > (uint64_t)(reader->end - *at))
            return false;
        reader->entries[text][i] = (Str){(const char *)*at, (size_t)len};
        *at += len;
    }
    return true;
}

static bool find_columns(PackReader *reader, Error *err)
{
    const unsigned char *at = (const unsigned char *)reader->bytes.ptr;
    uint64_t version;
    reader->end = at + reader->bytes.len;
    if (!take_number(&at, reader->end, &version) || version != VERSION ||
        !take_number(&at, reader->end, &reader->count) || reader->count > reader->bytes.len)
        return false;
    for (int i = 0; i < COLUMNS; i++) {
        if (i >= COLUMN_TEXT && !read_entries(reader, &at, i - COLUMN_TEXT, err))
            return false;
        reader->at[i] = at;
        if (!pass(&at, reader->end, reader->count))
            return false;
    }
    return true;
}

static bool unsqueeze(Str blob, Buf *ret, Error *err)
{
    unsigned long long size = ZSTD_getFrameContentSize(blob.ptr, blob.len);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
        size > PACK_BYTES_MAX || !buf_reserve(ret, (size_t)size + 1, err))
        return false;
    ret->len = (size_t)size;
    return ZSTD_decompress(ret->ptr, (size_t)size, blob.ptr, blob.len) == size;
}

PackReader *signal_pack_open(Str blob, Error *err)
{
    PackReader *reader = mem_calloc(1, sizeof *reader, err);
    if (!reader)
        return NULL;
    reader->bytes = buf_init((size_t)PACK_BYTES_MAX + 1);
    if (unsqueeze(blob, &reader->bytes, err) && find_columns(reader, err))
        return reader;
    signal_pack_close(reader);
    if (err->kind == ERROR_NONE)
        error_set(err, ERROR_INPUT, "a pack of signals in the state is damaged");
    return NULL;
}

void signal_pack_close(PackReader *reader)
{
    if (!reader)
        return;
    for (int i = 0; i < PACK_TEXTS; i++)
        mem_free(reader->entries[i]);
    buf_free(&reader->bytes);
    mem_free(reader);
}

uint32_t signal_pack_groups(const PackReader *reader)
{
    return reader->entry_counts[PACK_GROUP_BY];
}

/* The column's next number; columns hold as many as there are signals (find_columns). */
static uint64_t next_number(PackReader *reader, int column)
{
    uint64_t number = 0;
    return take_number(&reader->at[column], reader->end, &number) ? number : 0;
}

static int64_t next_difference(PackReader *reader, int column)
{
    uint64_t number = next_number(reader, COLUMN_NUMBER + column);
    uint64_t difference = number >> 1 ^ (0 - (number & 1));
    reader->before[column] = (int64_t)((uint64_t)reader->before[column] + difference);
    return reader->before[column];
}

bool signal_pack_next(PackReader *reader, PackedSignal *ret)
{
    if (reader->place == reader->count)
        return false;
    uint64_t rule = next_number(reader, COLUMN_RULE);
    ret->place = (int64_t)reader->place++;
    ret->rule = (int64_t)(rule >> 1);
    ret->shown = rule & 1;
    ret->time_us = next_difference(reader, 0);
    ret->object_id = next_difference(reader, 1);
    ret->record_index = next_difference(reader, 2);
    for (int i = 0; i < PACK_TEXTS; i++) {
        uint64_t code = next_number(reader, COLUMN_TEXT + i);
        bool known = code && code <= reader->entry_counts[i];
        ret->texts[i] = known ? reader->entries[i][code - 1] : (Str){NULL, 0};
        if (i == PACK_GROUP_BY)
            ret->group_code = known ? (uint32_t)code : 0;
    }
    return true;
}

/* ---- editing ---- */

/* A pack under way: its texts as they become, column by column. */
typedef struct Editing {
    PackReader *reader;
    PackEdit edit;
    void *context;
    Buf out;
    Buf entries; /* of the column */
    Buf text;    /* one of them */
    bool changed;
    Error *err;
} Editing;

/* The codes that entries get, from 1; 0: nothing is left of it. */
static bool edit_entries(Editing *in, int text, uint32_t *codes, uint32_t *ret_count)
{
    PackReader *reader = in->reader;
    *ret_count = 0;
    in->entries.len = 0;
    for (uint32_t i = 0; i < reader->entry_counts[text]; i++) {
        Str before = reader->entries[text][i];
        bool removed = false;
        in->text.len = 0;
        if (!in->edit(in->context, (PackText)text, before, &in->text, &removed, in->err))
            return false;
        in->changed = in->changed || removed || !str_equal(before, buf_str(&in->text));
        if (removed)
            continue;
        codes[i] = ++*ret_count;
        if (!add_entry(&in->entries, buf_str(&in->text), in->err))
            return false;
    }
    return true;
}

static bool edit_column(Editing *in, int text)
{
    PackReader *reader = in->reader;
    uint32_t count;
    MEM_AUTO uint32_t *codes =
        mem_calloc((size_t)reader->entry_counts[text] + 1, sizeof *codes, in->err);
    bool ok = codes && edit_entries(in, text, codes, &count) &&
              put_number(&in->out, count, in->err) &&
              buf_append_str(&in->out, buf_str(&in->entries), in->err);
    for (uint64_t i = 0; ok && i < reader->count; i++) {
        uint64_t code = next_number(reader, COLUMN_TEXT + text);
        bool known = code && code <= reader->entry_counts[text];
        ok = put_number(&in->out, known ? codes[code - 1] : 0, in->err);
    }
    return ok;
}

/* All before the texts stays as it is. */
static bool edit_columns(Editing *in)
{
    const unsigned char *from = (const unsigned char *)in->reader->bytes.ptr;
    const unsigned char *end = in->reader->at[COLUMN_TEXT - 1];
    if (!pass(&end, in->reader->end, in->reader->count) ||
        !buf_append(&in->out, from, (size_t)(end - from), in->err))
        return false;
    bool ok = true;
    for (int text = 0; ok && text < PACK_TEXTS; text++)
        ok = edit_column(in, text);
    return ok;
}

bool signal_pack_edit(Str blob, PackEdit edit, void *context, Buf *ret, bool *ret_changed,
                      Error *err)
{
    Editing in = {
        .reader = signal_pack_open(blob, err), .edit = edit, .context = context, .err = err};
    in.out = in.entries = in.text = buf_init(PACK_BYTES_MAX);
    bool ok = in.reader && edit_columns(&in) && (!in.changed || squeeze(&in.out, ret, err));
    *ret_changed = in.changed;
    signal_pack_close(in.reader);
    buf_free(&in.out);
    buf_free(&in.entries);
    buf_free(&in.text);
    return ok;
}
