#include "derive/prefix_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    TOP_BITS_MAX = 16,
    BUCKET_ROWS = 8, /* a bucket of more rows gets slots of its own */
    SLOT_BITS_MAX = 20,
    ROWS_FIRST = 1024,
    ROW_BITS = 24, /* of a row's number; all ones is NO_ROW */
};

static const uint32_t NO_ROW = PREFIX_TABLE_ROWS_MAX;

/* A row of the builder. An IPv4 prefix is held in *high* alone, at its top, so that both families
 * are sorted and searched alike. */
typedef struct Row {
    uint64_t high, low;
    uint32_t value;
    uint8_t bits; /* of its family: up to 32 or 128 */
} Row;

typedef struct Rows {
    Row *rows;
    size_t count, capacity;
} Rows;

/* Rows of the table; *link* is the parent's number and, at its top, the prefix's bits. */
typedef struct RowV4 {
    uint32_t key, value, link;
} RowV4;

typedef struct RowV6 {
    uint32_t high[2], low[2], value, link; /* halves, the upper first: 24 bytes without padding */
} RowV6;

/* Part of the sorted rows that agree in the top *shared* bits of their keys, cut into 2^bits slots
 * by the bits behind. */
typedef struct Span {
    uint64_t high; /* of the first row */
    uint32_t slots;
    uint8_t shared, bits; /* bits 0: no slots */
} Span;

/* A slot of the whole, which has slots of its own when it holds many rows. */
typedef struct Bucket {
    Span span;
    uint32_t from; /* its first row; the next bucket's is behind its last */
} Bucket;

typedef struct Family {
    RowV4 *v4; /* one of the two, or neither */
    RowV6 *v6;
    Bucket *buckets;
    uint32_t *slots; /* of all buckets: the first row of each slot */
    Span whole;
    uint32_t count;
} Family;

struct PrefixTableBuilder {
    Rows v4, v6;
};

struct PrefixTable {
    Family v4, v6;
    size_t bytes;
};

PrefixTableBuilder *prefix_table_builder_new(Error *err)
{
    return mem_calloc(1, sizeof(PrefixTableBuilder), err);
}

static void clear_rows(Rows *rows)
{
    mem_free(rows->rows);
    *rows = (Rows){NULL, 0, 0};
}

void prefix_table_builder_free(PrefixTableBuilder *builder)
{
    if (!builder)
        return;
    clear_rows(&builder->v4);
    clear_rows(&builder->v6);
    mem_free(builder);
}

static bool grow(Rows *rows, Error *err)
{
    if (rows->count >= PREFIX_TABLE_ROWS_MAX)
        return error_set(err, ERROR_LIMIT, "at most %d networks are held",
                         (int)PREFIX_TABLE_ROWS_MAX);
    size_t capacity = rows->capacity ? rows->capacity * 2 : ROWS_FIRST;
    Row *grown = mem_realloc(rows->rows, capacity * sizeof *grown, err);
    if (!grown)
        return false;
    rows->rows = grown;
    rows->capacity = capacity;
    return true;
}

bool prefix_table_add(PrefixTableBuilder *builder, AddressPrefix prefix, uint32_t value, Error *err)
{
    bool v4 = address_is_v4(prefix.key) && prefix.bits >= ADDRESS_V4_ABOVE;
    Rows *rows = v4 ? &builder->v4 : &builder->v6;
    AddressKey key = address_first(prefix.key, prefix.bits);
    if (rows->count == rows->capacity && !grow(rows, err))
        return false;
    rows->rows[rows->count++] =
        v4 ? (Row){key.low << ADDRESS_V4_BITS, 0, value, (uint8_t)(prefix.bits - ADDRESS_V4_ABOVE)}
           : (Row){key.high, key.low, value, (uint8_t)prefix.bits};
    return true;
}

/* Invariant 1; equal prefixes by value. */
static int compare_rows(const void *left, const void *right)
{
    const Row *a = left, *b = right;
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    if (a->bits != b->bits)
        return a->bits < b->bits ? -1 : 1;
    return a->value == b->value ? 0 : a->value < b->value ? -1 : 1;
}

static size_t drop_repeated(Rows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (!i || compare_rows(&rows->rows[i], &rows->rows[kept - 1]) != 0)
            rows->rows[kept++] = rows->rows[i];
    return kept;
}

static bool row_holds(const Row *row, uint64_t high, uint64_t low)
{
    AddressKey first = address_first((AddressKey){high, low}, row->bits);
    return first.high == row->high && first.low == row->low;
}

static uint32_t link_parent(uint32_t *links, uint32_t row, const Row *rows)
{
    uint32_t parent = row ? row - 1 : NO_ROW;
    while (parent != NO_ROW && !row_holds(&rows[parent], rows[row].high, rows[row].low))
        parent = links[parent] & NO_ROW;
    return parent | (uint32_t)rows[row].bits << ROW_BITS;
}

/* A span over rows [from, to), cut so that a slot holds about two rows. */
static Span make_span(const Row *rows, uint32_t from, uint32_t to, unsigned bits_max)
{
    uint64_t differing = rows[from].high ^ rows[to - 1].high;
    Span span = {.high = rows[from].high};
    if (!differing)
        return span;
    span.shared = (uint8_t)__builtin_clzll(differing);
    span.bits = 1;
    while (span.bits < bits_max && span.bits < 64 - span.shared &&
           UINT32_C(2) << span.bits < to - from)
        span.bits++;
    return span;
}

/* The slot of a key that agrees in the shared bits. */
static uint32_t slot_of(const Span *span, uint64_t high)
{
    return (uint32_t)(high << span->shared >> (64 - span->bits));
}

/* Where a key lies against the span: in it (0), below (-1) or above (1) all its rows. */
static int side_of(const Span *span, uint64_t high)
{
    if (!span->shared)
        return 0;
    uint64_t top = high >> (64 - span->shared), shared = span->high >> (64 - span->shared);
    return top == shared ? 0 : top < shared ? -1 : 1;
}

static uint32_t end_of_slot(const Span *span, const Row *rows, uint32_t from, uint32_t to,
                            uint32_t slot)
{
    while (from < to && slot_of(span, rows[from].high) == slot)
        from++;
    return from;
}

static void *take(PrefixTable *table, size_t count, size_t size, Error *err)
{
    table->bytes += count * size;
    return mem_calloc(count, size, err);
}

/* Cuts the rows into buckets and says how many slots these need. */
static bool cut_buckets(PrefixTable *table, Family *family, const Row *rows, size_t *ret_slots,
                        Error *err)
{
    family->whole = make_span(rows, 0, family->count, TOP_BITS_MAX);
    uint32_t buckets = UINT32_C(1) << family->whole.bits, from = 0;
    family->buckets = take(table, (size_t)buckets + 1, sizeof(Bucket), err);
    if (!family->buckets)
        return false;
    *ret_slots = 0;
    for (uint32_t i = 0; i < buckets; i++) {
        uint32_t to = family->whole.bits ? end_of_slot(&family->whole, rows, from, family->count, i)
                                         : family->count;
        Bucket *bucket = &family->buckets[i];
        bucket->from = from;
        if (to - from > BUCKET_ROWS)
            bucket->span = make_span(rows, from, to, SLOT_BITS_MAX);
        bucket->span.slots = (uint32_t)*ret_slots;
        if (bucket->span.bits)
            *ret_slots += (UINT32_C(1) << bucket->span.bits) + 1;
        from = to;
    }
    family->buckets[buckets].from = family->count;
    return true;
}

static void fill_slots(Family *family, const Row *rows)
{
    for (uint32_t i = 0; i < UINT32_C(1) << family->whole.bits; i++) {
        const Bucket *bucket = &family->buckets[i];
        uint32_t from = bucket->from, to = bucket[1].from;
        if (!bucket->span.bits)
            continue;
        uint32_t *slots = family->slots + bucket->span.slots;
        uint32_t count = UINT32_C(1) << bucket->span.bits;
        for (uint32_t slot = 0; slot < count; slot++) {
            slots[slot] = from;
            from = end_of_slot(&bucket->span, rows, from, to, slot);
        }
        slots[count] = to;
    }
}

/* Copies the rows with the links that were made for them. */
static bool copy_rows(PrefixTable *table, Family *family, const Rows *rows, bool v4, Error *err)
{
    MEM_AUTO uint32_t *links = mem_calloc(rows->count, sizeof *links, err);
    if (!links)
        return false;
    if (v4)
        family->v4 = take(table, rows->count, sizeof(RowV4), err);
    else
        family->v6 = take(table, rows->count, sizeof(RowV6), err);
    if (!family->v4 && !family->v6)
        return false;
    for (uint32_t i = 0; i < family->count; i++) {
        const Row *row = &rows->rows[i];
        links[i] = link_parent(links, i, rows->rows);
        if (v4)
            family->v4[i] = (RowV4){(uint32_t)(row->high >> 32), row->value, links[i]};
        else
            family->v6[i] = (RowV6){{(uint32_t)(row->high >> 32), (uint32_t)row->high},
                                    {(uint32_t)(row->low >> 32), (uint32_t)row->low},
                                    row->value,
                                    links[i]};
    }
    return true;
}

static bool build_family(PrefixTable *table, Family *family, Rows *rows, bool v4, Error *err)
{
    size_t slots;
    if (!rows->count)
        return true;
    qsort(rows->rows, rows->count, sizeof *rows->rows, compare_rows);
    rows->count = drop_repeated(rows);
    family->count = (uint32_t)rows->count;
    if (!copy_rows(table, family, rows, v4, err) ||
        !cut_buckets(table, family, rows->rows, &slots, err))
        return false;
    family->slots = take(table, slots, sizeof(uint32_t), err);
    if (family->slots)
        fill_slots(family, rows->rows);
    return family->slots != NULL;
}

PrefixTable *prefix_table_build(PrefixTableBuilder *builder, Error *err)
{
    PrefixTable *table = mem_calloc(1, sizeof *table, err);
    if (!table)
        return NULL;
    table->bytes = sizeof *table;
    bool ok = build_family(table, &table->v4, &builder->v4, true, err);
    clear_rows(&builder->v4);
    ok = ok && build_family(table, &table->v6, &builder->v6, false, err);
    clear_rows(&builder->v6);
    if (ok)
        return table;
    prefix_table_free(table);
    return NULL;
}

static void free_family(Family *family)
{
    mem_free(family->v4);
    mem_free(family->v6);
    mem_free(family->buckets);
    mem_free(family->slots);
}

void prefix_table_free(PrefixTable *table)
{
    if (!table)
        return;
    free_family(&table->v4);
    free_family(&table->v6);
    mem_free(table);
}

static uint64_t join(const uint32_t halves[2])
{
    return (uint64_t)halves[0] << 32 | halves[1];
}

/* Whether the key of *row* lies above the one looked for. */
static bool is_above(const Family *family, uint32_t row, uint64_t high, uint64_t low)
{
    if (family->v4)
        return family->v4[row].key > high >> 32;
    uint64_t row_high = join(family->v6[row].high);
    return row_high > high || (row_high == high && join(family->v6[row].low) > low);
}

/* The last row whose key is not above the one looked for, or NO_ROW. */
static uint32_t find_row(const Family *family, uint64_t high, uint64_t low)
{
    int side = side_of(&family->whole, high);
    if (side)
        return side < 0 ? NO_ROW : family->count - 1;
    const Bucket *bucket = &family->buckets[family->whole.bits ? slot_of(&family->whole, high) : 0];
    uint32_t from = bucket->from, to = bucket[1].from;
    if (bucket->span.bits) {
        side = side_of(&bucket->span, high);
        const uint32_t *slots = family->slots + bucket->span.slots;
        if (side) {
            from = to = side < 0 ? from : to;
        } else {
            slots += slot_of(&bucket->span, high);
            from = slots[0];
            to = slots[1];
        }
    }
    while (from < to) { /* rows below from are not above, rows from to on are */
        uint32_t middle = from + (to - from) / 2;
        if (is_above(family, middle, high, low))
            to = middle;
        else
            from = middle + 1;
    }
    return from ? from - 1 : NO_ROW;
}

static Row read_row(const Family *family, uint32_t row, uint32_t *ret_link)
{
    if (family->v4) {
        const RowV4 *v4 = &family->v4[row];
        *ret_link = v4->link;
        return (Row){(uint64_t)v4->key << 32, 0, v4->value, (uint8_t)(v4->link >> ROW_BITS)};
    }
    const RowV6 *v6 = &family->v6[row];
    *ret_link = v6->link;
    return (Row){join(v6->high), join(v6->low), v6->value, (uint8_t)(v6->link >> ROW_BITS)};
}

/* Gives the first of *row* and its parents that holds *key*, of the whole key space. */
static bool match_from(const Family *family, uint32_t row, AddressKey key, PrefixMatch *ret)
{
    bool v4 = family->v4 != NULL;
    uint64_t high = v4 ? key.low << ADDRESS_V4_BITS : key.high, low = v4 ? 0 : key.low;
    while (row != NO_ROW) {
        uint32_t link;
        Row held = read_row(family, row, &link);
        if (row_holds(&held, high, low)) {
            *ret = (PrefixMatch){held.value, held.bits + (v4 ? ADDRESS_V4_ABOVE : 0u),
                                 link & NO_ROW, key};
            return true;
        }
        row = link & NO_ROW;
    }
    return false;
}

bool prefix_table_first(const PrefixTable *table, AddressKey key, PrefixMatch *ret)
{
    bool v4 = address_is_v4(key);
    const Family *family = v4 ? &table->v4 : &table->v6;
    if (!family->count)
        return false;
    uint64_t high = v4 ? key.low << ADDRESS_V4_BITS : key.high;
    return match_from(family, find_row(family, high, v4 ? 0 : key.low), key, ret);
}

bool prefix_table_next(const PrefixTable *table, PrefixMatch *match)
{
    const Family *family = address_is_v4(match->key) ? &table->v4 : &table->v6;
    return match_from(family, match->next, match->key, match);
}

size_t prefix_table_rows(const PrefixTable *table)
{
    return (size_t)table->v4.count + table->v6.count;
}

size_t prefix_table_bytes(const PrefixTable *table)
{
    return table->bytes;
}
