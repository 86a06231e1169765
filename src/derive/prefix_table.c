#include "derive/prefix_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    SLOT_BITS_MAX = 21,
    SLOT_BITS_MAX_V6 = 16, /* few blocks hold all IPv6 addresses: most slots would be empty */
    CROWD_ROWS = 16,       /* a slot of more rows is cut again */
    ROWS_FIRST = 1024,
    QUARTER_BITS = 2,
    ROW_BITS = 24, /* of a row's number; all ones is NO_ROW */
};

static const uint32_t NO_ROW = PREFIX_TABLE_ROWS_MAX;

/* A slot is the number of its first row and four marks above it, one for each quarter of the slot:
 * whether a row begins there or reaches into it. Most addresses fall into an unmarked quarter: that
 * is one look. CROWDED: the number is that of a crowd. */
static const uint32_t CROWDED = UINT32_C(1) << 31;

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
    uint64_t high;        /* of the first row */
    uint32_t slots;       /* where they begin */
    uint8_t shared, bits; /* bits 0: no slots */
} Span;

/* The rows of a slot that holds many of them. */
typedef struct Crowd {
    Span span;
    uint32_t from, to;
} Crowd;

typedef struct Family {
    RowV4 *v4; /* one of the two, or neither */
    RowV6 *v6;
    uint32_t *slots; /* the first row of each slot of all spans; one more at each span's end */
    Crowd *crowds;
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

/* A span over rows [from, to), cut so that there are about as many slots. */
static Span make_span(const Row *rows, uint32_t from, uint32_t to, unsigned bits_max)
{
    uint64_t differing = rows[from].high ^ rows[to - 1].high;
    Span span = {.high = rows[from].high};
    span.shared = differing ? (uint8_t)__builtin_clzll(differing) : 64;
    if (span.shared > 64 - QUARTER_BITS - 1)
        return span;
    span.bits = 1;
    while (span.bits < bits_max && span.bits < 64 - QUARTER_BITS - span.shared &&
           UINT32_C(1) << span.bits < to - from)
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

static uint32_t link_of(const Family *family, uint32_t row)
{
    return family->v6 ? family->v6[row].link : family->v4[row].link;
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

/* Whether a row before *row*, which is the first at or above a key, holds that key. Of an IPv6 key
 * the lower half is 0, as at the start of a slot. */
static bool is_reached(const Family *family, const Row *rows, uint32_t row, uint64_t high)
{
    uint32_t before = row ? row - 1 : NO_ROW;
    while (before != NO_ROW && !row_holds(&rows[before], high, 0))
        before = link_of(family, before) & NO_ROW;
    return before != NO_ROW;
}

/* Writes where each slot of a span over rows [from, to) begins, and its quarters' marks. */
static void fill_slots(const Family *family, const Span *span, const Row *rows, uint32_t from,
                       uint32_t to)
{
    Span fine = *span;
    fine.bits += QUARTER_BITS;
    uint32_t *slots = family->slots + span->slots;
    uint64_t high = span->shared ? span->high >> (64 - span->shared) << (64 - span->shared) : 0;
    uint64_t step = UINT64_C(1) << (64 - fine.shared - fine.bits);
    for (uint32_t quarter = 0; quarter < UINT32_C(1) << fine.bits; quarter++, high += step) {
        uint32_t *slot = &slots[quarter >> QUARTER_BITS];
        uint32_t end = end_of_slot(&fine, rows, from, to, quarter);
        if (quarter % (1 << QUARTER_BITS) == 0)
            *slot = from;
        if (end > from || is_reached(family, rows, from, high))
            *slot |= UINT32_C(1) << (ROW_BITS + quarter % (1 << QUARTER_BITS));
        from = end;
    }
    slots[UINT32_C(1) << span->bits] = to;
}

/* Counts the slots of *whole* that hold many rows, and the slots that these need. */
static size_t count_crowds(const Span *whole, const Rows *rows, size_t *ret_slots)
{
    size_t crowds = 0;
    uint32_t from = 0;
    *ret_slots = (size_t)(UINT32_C(1) << whole->bits) + 1;
    while (from < rows->count) {
        uint32_t slot = slot_of(whole, rows->rows[from].high);
        uint32_t to = end_of_slot(whole, rows->rows, from, (uint32_t)rows->count, slot);
        if (to - from > CROWD_ROWS) {
            crowds++;
            *ret_slots +=
                (size_t)(UINT32_C(1) << make_span(rows->rows, from, to, SLOT_BITS_MAX).bits) + 1;
        }
        from = to;
    }
    return crowds;
}

/* Cuts the crowded slots again and marks them. */
static void fill_crowds(Family *family, const Row *rows)
{
    uint32_t crowds = 0, next = (UINT32_C(1) << family->whole.bits) + 1;
    for (uint32_t slot = 0; slot < UINT32_C(1) << family->whole.bits; slot++) {
        uint32_t from = family->slots[slot] & NO_ROW, to = family->slots[slot + 1] & NO_ROW;
        if (to - from <= CROWD_ROWS)
            continue;
        Crowd *crowd = &family->crowds[crowds];
        *crowd = (Crowd){make_span(rows, from, to, SLOT_BITS_MAX), from, to};
        crowd->span.slots = next;
        if (crowd->span.bits)
            fill_slots(family, &crowd->span, rows, from, to);
        next += (UINT32_C(1) << crowd->span.bits) + 1;
        family->slots[slot] = CROWDED | crowds++;
    }
}

/* Makes the index of sorted rows. */
static bool index_rows(PrefixTable *table, Family *family, const Rows *rows, Error *err)
{
    size_t slots;
    family->whole =
        make_span(rows->rows, 0, family->count, family->v6 ? SLOT_BITS_MAX_V6 : SLOT_BITS_MAX);
    if (!family->whole.bits) /* all keys begin alike: one slot is as good as many */
        family->whole = (Span){.bits = 1};
    size_t crowds = count_crowds(&family->whole, rows, &slots);
    family->slots = take(table, slots, sizeof(uint32_t), err);
    family->crowds = family->slots ? take(table, crowds, sizeof(Crowd), err) : NULL;
    if (!family->crowds)
        return false;
    fill_slots(family, &family->whole, rows->rows, 0, family->count);
    fill_crowds(family, rows->rows);
    return true;
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
        if (!family->v6)
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
    if (!rows->count)
        return true;
    qsort(rows->rows, rows->count, sizeof *rows->rows, compare_rows);
    rows->count = drop_repeated(rows);
    family->count = (uint32_t)rows->count;
    return copy_rows(table, family, rows, v4, err) && index_rows(table, family, rows, err);
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
    mem_free(family->slots);
    mem_free(family->crowds);
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
    if (!family->v6)
        return family->v4[row].key > high >> 32;
    uint64_t row_high = join(family->v6[row].high);
    return row_high > high || (row_high == high && join(family->v6[row].low) > low);
}

static uint32_t first_of(const Family *family, uint32_t slot)
{
    return slot & CROWDED ? family->crowds[slot & NO_ROW].from : slot & NO_ROW;
}

/* The last of rows [from, to) whose key is not above the one looked for, else the one before. */
static uint32_t last_below(const Family *family, uint32_t from, uint32_t to, uint64_t high,
                           uint64_t low)
{
    while (from < to) { /* rows below from are not above, rows from to on are */
        uint32_t middle = from + (to - from) / 2;
        if (is_above(family, middle, high, low))
            to = middle;
        else
            from = middle + 1;
    }
    return from ? from - 1 : NO_ROW;
}

/* As find_row, in a span that holds the key. */
static uint32_t find_in_span(const Family *family, const Span *span, uint64_t high, uint64_t low)
{
    const uint32_t *slots = family->slots + span->slots + slot_of(span, high);
    unsigned quarter = (unsigned)(high << span->shared << span->bits >> (64 - QUARTER_BITS));
    if (!(slots[0] >> (ROW_BITS + quarter) & 1))
        return NO_ROW;
    return last_below(family, slots[0] & NO_ROW, first_of(family, slots[1]), high, low);
}

static uint32_t find_in_crowd(const Family *family, const Crowd *crowd, uint64_t high, uint64_t low)
{
    if (!crowd->span.bits)
        return last_below(family, crowd->from, crowd->to, high, low);
    int side = side_of(&crowd->span, high);
    if (side)
        return side > 0 ? crowd->to - 1 : crowd->from ? crowd->from - 1 : NO_ROW;
    return find_in_span(family, &crowd->span, high, low);
}

/* The last row whose key is not above the one looked for, or NO_ROW when there is none or none
 * holds the key. */
static uint32_t find_row(const Family *family, uint64_t high, uint64_t low)
{
    int side = side_of(&family->whole, high);
    if (side)
        return side < 0 ? NO_ROW : family->count - 1;
    uint32_t slot = family->slots[slot_of(&family->whole, high)];
    return slot & CROWDED ? find_in_crowd(family, &family->crowds[slot & NO_ROW], high, low)
                          : find_in_span(family, &family->whole, high, low);
}

static Row read_row(const Family *family, uint32_t row, uint32_t *ret_link)
{
    if (!family->v6) {
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
    bool v4 = !family->v6;
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
