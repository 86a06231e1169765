#include "lake/parquet_chunk.h"

#include <endian.h>
#include <string.h>
#include <zstd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/zstd_ids.h"
#include "lake/bloom.h"
#include "lake/rle.h"
#include "lake/thrift.h"

enum {
    ZSTD_LEVEL = 1,
    ZSTD_HASH_LOG = 13, /* the level's own is 14: 7 % slower for the same size */
    /* Level 1 of zstd 1.5.4 makes 0.37 bytes a value of a column of equal BIGINTs; 3 nearly none,
     * in less time. */
    ZSTD_NUMBERS_LEVEL = 3,
    DICTIONARY_BYTES_MAX = 1 << 20,
    BODY_BYTES_MAX = 1 << 30,
    PLAIN_GAIN_MAX = 1 << 10, /* bytes that compressing a chunk must save */
    ENCODING_PLAIN = 0,
    ENCODING_RLE = 3,
    ENCODING_RLE_DICTIONARY = 8,
    PAGE_DATA = 0,
    PAGE_DICTIONARY = 2,
};

struct ParquetChunkWriter {
    ZSTD_CCtx *texts; /* compressors: of pages of texts, and of numbers */
    ZSTD_CCtx *numbers;
    Buf body;         /* a page before compression */
    size_t values_at; /* where its values begin, behind their levels */
    Buf packed;       /* and after */
    Buf header;
    Buf filter;
    /* The dictionary of the chunk being written. */
    uint32_t *locals; /* per entry of the column: number in the chunk's dictionary + 1 */
    size_t local_cap;
    uint32_t *indices; /* per value */
    size_t index_cap;
    uint32_t *used; /* codes in the order of first use */
    size_t used_cap;
    Buf seen; /* per dictionary number, a byte: whether the page holds it */
    size_t used_count;
    bool uses_dictionary;
    bool stored;                 /* pages of the chunk being written stay as they are */
    uint64_t plain_bytes;        /* of all values, lengths included */
    const ParquetTarget *target; /* of the chunk being written */
    ParquetChunk *chunk;
};

/* A page being made: entries and values [from, to) of the vector. */
typedef struct PageRange {
    size_t entry_from, entry_to;
    size_t value_from, value_to;
    uint32_t first_row;
} PageRange;

static bool set_level(ZSTD_CCtx *zstd, int level)
{
    return zstd && !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, level));
}

static bool make_compressors(ParquetChunkWriter *writer)
{
    writer->texts = ZSTD_createCCtx();
    writer->numbers = ZSTD_createCCtx();
    return set_level(writer->texts, ZSTD_LEVEL) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(writer->texts, ZSTD_c_hashLog, ZSTD_HASH_LOG)) &&
           set_level(writer->numbers, ZSTD_NUMBERS_LEVEL);
}

ParquetChunkWriter *parquet_chunk_writer_new(Error *err)
{
    ParquetChunkWriter *writer = mem_calloc(1, sizeof *writer, err);
    if (!writer)
        return NULL;
    writer->body = buf_init(BODY_BYTES_MAX);
    writer->packed = buf_init(BODY_BYTES_MAX);
    writer->header = buf_init(1 << 16);
    writer->filter = buf_init(BLOOM_BYTES_MAX);
    writer->seen = buf_init(UINT32_MAX);
    if (make_compressors(writer))
        return writer;
    error_set(err, ERROR_LIMIT, "out of memory: no compressor");
    parquet_chunk_writer_free(writer);
    return NULL;
}

void parquet_chunk_writer_free(ParquetChunkWriter *writer)
{
    if (!writer)
        return;
    ZSTD_freeCCtx(writer->texts);
    ZSTD_freeCCtx(writer->numbers);
    buf_free(&writer->body);
    buf_free(&writer->packed);
    buf_free(&writer->header);
    buf_free(&writer->filter);
    mem_free(writer->locals);
    mem_free(writer->indices);
    mem_free(writer->used);
    buf_free(&writer->seen);
    mem_free(writer);
}

static bool reserve(uint32_t **array, size_t *cap, size_t count, Error *err)
{
    if (count <= *cap && *array)
        return true;
    size_t wanted = count + count / 4 + 1;
    uint32_t *grown = mem_realloc(*array, wanted * sizeof **array, err);
    if (!grown)
        return false;
    *array = grown;
    *cap = wanted;
    return true;
}

static bool reserve_dictionary(ParquetChunkWriter *writer, const ParquetVector *vector, Error *err)
{
    return reserve(&writer->locals, &writer->local_cap, vector->column->entry_count + 1, err) &&
           reserve(&writer->indices, &writer->index_cap, vector->values, err) &&
           reserve(&writer->used, &writer->used_cap, vector->values, err) &&
           buf_reserve(&writer->seen, vector->values, err);
}

/* Numbers the used entries in the order of first use, and says whether a dictionary pays. */
static bool build_dictionary(ParquetChunkWriter *writer, const ParquetVector *vector, Error *err)
{
    writer->uses_dictionary = false;
    writer->used_count = 0;
    writer->plain_bytes = 0;
    if (!vector->column || vector->values == 0)
        return true;
    if (FIELDS[vector->node].flags & FIELD_UNIQUE) {
        for (size_t i = 0; i < vector->values; i++)
            writer->plain_bytes += vector->column->entries[vector->codes[i] - 1].len + 4;
        return true;
    }
    if (!reserve_dictionary(writer, vector, err))
        return false;
    memset(writer->locals, 0, (vector->column->entry_count + 1) * sizeof *writer->locals);
    uint64_t plain = 0;
    uint64_t dictionary = 0;
    uint32_t count = 0;
    uint32_t *restrict locals = writer->locals, *restrict used = writer->used;
    uint32_t *restrict indices = writer->indices;
    const uint32_t *restrict codes = vector->codes;
    const BatchEntry *restrict entries = vector->column->entries;
    for (size_t i = 0; i < vector->values; i++) {
        uint32_t code = codes[i];
        uint32_t bytes = entries[code - 1].len + 4;
        plain += bytes;
        if (!locals[code]) {
            used[count] = code;
            locals[code] = ++count;
            dictionary += bytes;
        }
        indices[i] = locals[code] - 1;
    }
    writer->used_count = count;
    writer->plain_bytes = plain;
    uint64_t index_bytes = vector->values * (uint64_t)(rle_width(count) + 1) / 8;
    writer->uses_dictionary =
        dictionary <= DICTIONARY_BYTES_MAX && dictionary + index_bytes < plain - plain / 8;
    return true;
}

/* Random ids are packed without a look for matches. Gives 0 for a page of anything else. */
static size_t pack_ids(ParquetChunkWriter *writer)
{
    bool unique = FIELDS[writer->chunk->node].flags & FIELD_UNIQUE;
    return unique ? zstd_ids_pack(buf_str(&writer->body), writer->values_at, writer->packed.ptr)
                  : 0;
}

/* What a page of the chunk is stored as: writer->body itself or compressed. */
static bool pack_page(ParquetChunkWriter *writer, Str *ret, Error *err)
{
    FieldNode node = writer->chunk->node;
    bool text = field_is_text(node) && !(FIELDS[node].flags & FIELD_UNBOUNDED);
    ZSTD_CCtx *zstd = text ? writer->texts : writer->numbers;
    size_t len = writer->body.len, bound = ZSTD_compressBound(len), ids = zstd_ids_bound(len);
    *ret = buf_str(&writer->body);
    if (writer->stored)
        return true;
    if (!buf_reserve(&writer->packed, bound > ids ? bound : ids, err))
        return false;
    size_t size = pack_ids(writer);
    if (!size)
        size = ZSTD_compress2(zstd, writer->packed.ptr, bound, writer->body.ptr, len);
    *ret = (Str){writer->packed.ptr, size};
    return !ZSTD_isError(size) || error_set(err, ERROR_SYSTEM, "a page could not be compressed: %s",
                                            ZSTD_getErrorName(size));
}

/* Packs writer->body and appends header and page to the target. */
static bool append_page(ParquetChunkWriter *writer, int type, int32_t values, int encoding,
                        Error *err)
{
    Str page;
    writer->packed.len = 0;
    writer->header.len = 0;
    if (!pack_page(writer, &page, err))
        return false;
    Thrift thrift = thrift_begin(&writer->header, err);
    thrift_i32(&thrift, 1, type);
    thrift_i32(&thrift, 2, (int32_t)writer->body.len);
    thrift_i32(&thrift, 3, (int32_t)page.len);
    thrift_i32(&thrift, 4, (int32_t)hash_crc32(0, page.ptr, page.len));
    thrift_struct(&thrift, type == PAGE_DATA ? 5 : 7);
    thrift_i32(&thrift, 1, values);
    thrift_i32(&thrift, 2, encoding);
    if (type == PAGE_DATA) {
        thrift_i32(&thrift, 3, ENCODING_RLE);
        thrift_i32(&thrift, 4, ENCODING_RLE);
    }
    thrift_close(&thrift);
    if (!thrift_end(&thrift))
        return false;
    writer->chunk->raw_bytes += writer->header.len + writer->body.len;
    writer->chunk->bytes += writer->header.len + page.len;
    Buf *out = writer->target->out;
    return buf_append(out, writer->header.ptr, writer->header.len, err) &&
           buf_append_str(out, page, err);
}

static bool put_plain_text(Buf *body, Str text, Error *err)
{
    uint32_t len = (uint32_t)text.len;
    if (!buf_reserve(body, sizeof len + text.len, err))
        return false;
    memcpy(body->ptr + body->len, &len, sizeof len);
    if (text.len)
        memcpy(body->ptr + body->len + sizeof len, text.ptr, text.len);
    body->len += sizeof len + text.len;
    return true;
}

static bool append_dictionary(ParquetChunkWriter *writer, const ParquetVector *vector, Error *err)
{
    writer->body.len = 0;
    for (size_t i = 0; i < writer->used_count; i++)
        if (!put_plain_text(&writer->body, batch_value(vector->column, writer->used[i]), err))
            return false;
    return append_page(writer, PAGE_DICTIONARY, (int32_t)writer->used_count, ENCODING_PLAIN, err);
}

static bool all_same(const uint8_t *levels, size_t count)
{
    return count < 2 || memcmp(levels, levels + 1, count - 1) == 0;
}

/* Levels of a v1 page: four bytes of length, then runs. */
static bool put_levels(Buf *body, const uint8_t *levels, size_t count, int max, Error *err)
{
    size_t at = body->len;
    uint32_t len = 0;
    int width = rle_width((uint32_t)max);
    if (!buf_append(body, &len, sizeof len, err))
        return false;
    bool one_run = count && all_same(levels, count);
    if (one_run ? !rle_append_run(body, levels[0], count, width, err)
                : !rle_append_levels(body, levels, count, width, err))
        return false;
    len = (uint32_t)(body->len - at - sizeof len);
    memcpy(body->ptr + at, &len, sizeof len);
    return true;
}

static bool put_bools(Buf *body, const int64_t *numbers, size_t count, Error *err)
{
    size_t bytes = (count + 7) / 8;
    if (!buf_reserve(body, bytes, err))
        return false;
    memset(body->ptr + body->len, 0, bytes);
    for (size_t i = 0; i < count; i++)
        body->ptr[body->len + i / 8] |= (char)(numbers[i] << (i % 8));
    body->len += bytes;
    return true;
}

static bool put_ints(Buf *body, const int64_t *numbers, size_t count, Error *err)
{
    if (!buf_reserve(body, count * sizeof(int32_t), err))
        return false;
    for (size_t i = 0; i < count; i++) {
        int32_t number = (int32_t)numbers[i];
        memcpy(body->ptr + body->len + i * sizeof number, &number, sizeof number);
    }
    body->len += count * sizeof(int32_t);
    return true;
}

static bool put_values(ParquetChunkWriter *writer, const ParquetVector *vector,
                       const PageRange *range, Error *err)
{
    Buf *body = &writer->body;
    size_t count = range->value_to - range->value_from;
    switch (FIELDS[vector->node].type) {
    case FIELD_BOOL:
        return put_bools(body, vector->numbers + range->value_from, count, err);
    case FIELD_INT:
        return put_ints(body, vector->numbers + range->value_from, count, err);
    case FIELD_TIME:
    case FIELD_LONG:
        return buf_append(body, vector->numbers + range->value_from, count * sizeof(int64_t), err);
    default:
        break;
    }
    if (writer->uses_dictionary) {
        int width = rle_width((uint32_t)writer->used_count - 1);
        width = width ? width : 1;
        return buf_append_byte(body, (unsigned char)width, err) &&
               rle_append(body, writer->indices + range->value_from, count, width, err);
    }
    for (size_t i = range->value_from; i < range->value_to; i++)
        if (!put_plain_text(body, batch_value(vector->column, vector->codes[i]), err))
            return false;
    return true;
}

/* The smallest and the greatest text seen so far. */
typedef struct Extremes {
    Str least;
    Str greatest;
    uint64_t least_begin, greatest_begin; /* see begin_of */
    bool any;
} Extremes;

/* The first bytes of a text as a number: of two texts the one with the smaller number comes first,
 * and where they are equal the rest decides. */
static inline uint64_t begin_of(Str text)
{
    uint64_t begin = 0;
    memcpy(&begin, text.ptr, text.len < sizeof begin ? text.len : sizeof begin);
    return be64toh(begin);
}

static inline void see(Extremes *extremes, Str text)
{
    uint64_t begin = text.len ? begin_of(text) : 0;
    bool first = !extremes->any;
    if (first || begin < extremes->least_begin ||
        (begin == extremes->least_begin && str_compare(text, extremes->least) < 0)) {
        extremes->least = text;
        extremes->least_begin = begin;
    }
    if (first || begin > extremes->greatest_begin ||
        (begin == extremes->greatest_begin && str_compare(text, extremes->greatest) > 0)) {
        extremes->greatest = text;
        extremes->greatest_begin = begin;
    }
    extremes->any = true;
}

static bool bound_texts(const Extremes *extremes, Bound *lower, Bound *upper)
{
    if (!extremes->any || !bounds_upper(extremes->greatest, upper))
        return false;
    *lower = bounds_lower(extremes->least);
    return true;
}

static Bound bound_number(FieldType type, int64_t number)
{
    Bound bound = {.exact = true, .len = type == FIELD_BOOL ? 1 : type == FIELD_INT ? 4 : 8};
    memcpy(bound.bytes, &number, bound.len); /* little-endian: the low bytes come first */
    return bound;
}

static bool bound_numbers(const ParquetVector *vector, size_t from, size_t to, Bound *lower,
                          Bound *upper)
{
    if (from == to)
        return false;
    int64_t least = vector->numbers[from];
    int64_t greatest = least;
    for (size_t i = from + 1; i < to; i++) {
        int64_t number = vector->numbers[i];
        least = number < least ? number : least;
        greatest = number > greatest ? number : greatest;
    }
    *lower = bound_number(FIELDS[vector->node].type, least);
    *upper = bound_number(FIELDS[vector->node].type, greatest);
    return true;
}

/* Texts of a page that has a dictionary: each entry is looked at once. */
static Extremes dictionary_extremes(ParquetChunkWriter *writer, const ParquetVector *vector,
                                    const PageRange *range)
{
    Extremes extremes = {0};
    char *restrict seen = writer->seen.ptr;
    const uint32_t *restrict indices = writer->indices;
    memset(seen, 0, writer->used_count);
    for (size_t i = range->value_from; i < range->value_to; i++)
        seen[indices[i]] = 1;
    for (size_t local = 0; local < writer->used_count; local++)
        if (seen[local])
            see(&extremes, batch_value(vector->column, writer->used[local]));
    return extremes;
}

static Extremes page_extremes(ParquetChunkWriter *writer, const ParquetVector *vector,
                              const PageRange *range)
{
    if (writer->uses_dictionary)
        return dictionary_extremes(writer, vector, range);
    Extremes extremes = {0};
    for (size_t i = range->value_from; i < range->value_to; i++)
        see(&extremes, batch_value(vector->column, vector->codes[i]));
    return extremes;
}

static void widen(Extremes *all, const Extremes *page)
{
    if (page->any) {
        see(all, page->least);
        see(all, page->greatest);
    }
}

static bool append_data_page(ParquetChunkWriter *writer, const ParquetVector *vector,
                             const PageRange *range, Error *err)
{
    size_t entries = range->entry_to - range->entry_from;
    bool dictionary = writer->uses_dictionary;
    writer->body.len = 0;
    if (vector->rep_max &&
        !put_levels(&writer->body, vector->reps + range->entry_from, entries, vector->rep_max, err))
        return false;
    if (!put_levels(&writer->body, vector->defs + range->entry_from, entries, vector->def_max, err))
        return false;
    writer->values_at = writer->body.len;
    return put_values(writer, vector, range, err) &&
           append_page(writer, PAGE_DATA, (int32_t)entries,
                       dictionary ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN, err);
}

/* Rows of a page: few enough that its body stays near PARQUET_PAGE_BYTES, by the average value. */
static uint32_t rows_per_page(const ParquetChunkWriter *writer, const ParquetVector *vector)
{
    if (!vector->column || writer->uses_dictionary || writer->plain_bytes == 0)
        return PARQUET_PAGE_ROWS_MAX;
    uint64_t rows = vector->entries * (uint64_t)PARQUET_PAGE_BYTES / writer->plain_bytes;
    return rows < 1 ? 1 : rows > PARQUET_PAGE_ROWS_MAX ? PARQUET_PAGE_ROWS_MAX : (uint32_t)rows;
}

/* Values among the definition levels [from, to). */
static size_t count_values(const ParquetVector *vector, size_t from, size_t to)
{
    size_t count = 0;
    if (vector->values == vector->entries)
        return to - from;
    for (size_t i = from; vector->values && i < to; i++)
        count += vector->defs[i] == vector->def_max;
    return count;
}

/* Moves the range to the next page of at most *rows_max* whole rows. */
static void next_page(const ParquetVector *vector, uint32_t rows_max, PageRange *range,
                      uint32_t *row)
{
    uint32_t rows = 0;
    range->entry_from = range->entry_to;
    range->value_from = range->value_to;
    range->first_row = *row;
    if (vector->rep_max) {
        while (range->entry_to < vector->entries &&
               (vector->reps[range->entry_to] || rows < rows_max))
            rows += vector->reps[range->entry_to++] == 0;
    } else {
        size_t left = vector->entries - range->entry_to;
        rows = left < rows_max ? (uint32_t)left : rows_max;
        range->entry_to += rows;
    }
    range->value_to += count_values(vector, range->entry_from, range->entry_to);
    *row += rows;
}

/* The page's bounds; texts also widen those of the chunk. */
static void bound_page(ParquetChunkWriter *writer, const ParquetVector *vector,
                       const PageRange *range, Extremes *all, ParquetPage *page)
{
    if (FIELDS[vector->node].flags & FIELD_UNBOUNDED)
        return;
    if (!vector->column) {
        page->has_bounds =
            bound_numbers(vector, range->value_from, range->value_to, &page->lower, &page->upper);
        return;
    }
    Extremes extremes = page_extremes(writer, vector, range);
    page->has_bounds = bound_texts(&extremes, &page->lower, &page->upper);
    widen(all, &extremes);
}

static bool write_page(ParquetChunkWriter *writer, const ParquetVector *vector,
                       const PageRange *range, Extremes *all, Error *err)
{
    const ParquetTarget *target = writer->target;
    ParquetPage page = {.offset = target->file_offset + target->out->len,
                        .first_row = range->first_row,
                        .values = (uint32_t)(range->entry_to - range->entry_from)};
    page.nulls = page.values - (uint32_t)(range->value_to - range->value_from);
    bound_page(writer, vector, range, all, &page);
    if (!append_data_page(writer, vector, range, err))
        return false;
    page.bytes = (uint32_t)(target->file_offset + target->out->len - page.offset);
    writer->chunk->page_count++;
    return buf_append(target->pages, &page, sizeof page, err);
}

static bool write_pages(ParquetChunkWriter *writer, const ParquetVector *vector, Error *err)
{
    PageRange range = {0};
    Extremes all = {0};
    ParquetChunk *chunk = writer->chunk;
    uint32_t row = 0;
    uint32_t rows_max = rows_per_page(writer, vector);
    while (range.entry_to < vector->entries) {
        next_page(vector, rows_max, &range, &row);
        if (!write_page(writer, vector, &range, &all, err))
            return false;
    }
    if (FIELDS[vector->node].flags & FIELD_UNBOUNDED)
        return true;
    chunk->has_bounds =
        vector->column ? bound_texts(&all, &chunk->lower, &chunk->upper)
                       : bound_numbers(vector, 0, vector->values, &chunk->lower, &chunk->upper);
    return true;
}

/* Dictionary and pages at the target's end. */
static bool write_chunk(ParquetChunkWriter *writer, const ParquetVector *vector, Error *err)
{
    const ParquetTarget *target = writer->target;
    ParquetChunk *chunk = writer->chunk;
    *chunk = (ParquetChunk){.node = vector->node,
                            .stored = writer->stored,
                            .has_dictionary = writer->uses_dictionary,
                            .entries = vector->entries,
                            .nulls = vector->entries - vector->values,
                            .page_first = target->pages->len / sizeof(ParquetPage)};
    chunk->dictionary_offset = target->file_offset + target->out->len;
    if (writer->uses_dictionary && !append_dictionary(writer, vector, err))
        return false;
    chunk->data_offset = target->file_offset + target->out->len;
    return write_pages(writer, vector, err);
}

bool parquet_chunk_write(ParquetChunkWriter *writer, const ParquetVector *vector,
                         const ParquetTarget *target, ParquetChunk *ret, Error *err)
{
    size_t out_len = target->out->len, pages_len = target->pages->len;
    writer->target = target;
    writer->chunk = ret;
    writer->stored = false;
    *ret = (ParquetChunk){.node = vector->node};
    if (!build_dictionary(writer, vector, err) || !write_chunk(writer, vector, err))
        return false;
    if (ret->bytes + PLAIN_GAIN_MAX <= ret->raw_bytes)
        return true;
    target->out->len = out_len; /* hardly smaller: readers are spared the work */
    target->pages->len = pages_len;
    writer->stored = true;
    return write_chunk(writer, vector, err);
}

static void add_hashes(ParquetChunkWriter *writer, const ParquetVector *vector, size_t bytes)
{
    uint8_t *filter = (uint8_t *)writer->filter.ptr;
    bool known = writer->used_count > 0; /* the distinct codes were listed */
    size_t count = known ? writer->used_count : vector->values;
    for (size_t i = 0; i < count; i++) {
        Str text = batch_value(vector->column, known ? writer->used[i] : vector->codes[i]);
        bloom_add(filter, bytes, hash_xxh64(text.ptr, text.len));
    }
}

bool parquet_chunk_bloom(ParquetChunkWriter *writer, const ParquetVector *vector, Buf *out,
                         Error *err)
{
    size_t distinct = writer->used_count ? writer->used_count : vector->values;
    size_t bytes = bloom_bytes(distinct);
    writer->filter.len = 0;
    if (distinct == 0)
        return true;
    if (!buf_reserve(&writer->filter, bytes, err))
        return false;
    memset(writer->filter.ptr, 0, bytes);
    add_hashes(writer, vector, bytes);
    return bloom_header(out, bytes, err) && buf_append(out, writer->filter.ptr, bytes, err);
}
