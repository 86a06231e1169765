#include "lake/parquet_bloom.h"

#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "lake/bloom.h"
#include "lake/thrift_reader.h"

enum {
    END_BYTES = 8,           /* the footer's length, and the magic */
    FOOTER_GUESS = 16 << 10, /* of most files the whole footer */
    FOOTER_BYTES_MAX = 16 << 20,
    BLOCK_BYTES = 32,
    GROUPS_MAX = 4096,
};

/* Where a row group's filter lies, with its header. */
typedef struct Place {
    uint64_t offset, bytes; /* 0 bytes: it has none */
    int64_t entries, nulls; /* of the column there: all null, it has no filter and no value */
} Place;

typedef struct Asking {
    ThriftReader reader;
    int32_t id;         /* of the field */
    size_t leaf, found; /* leaves so far; which one is the field, from 1; 0: none yet */
    Buf places;         /* Place each */
} Asking;

static void read_element(Asking *at)
{
    int id;
    ThriftType type;
    int64_t children = 0, field = 0;
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 5)
            children = thrift_reader_int(&at->reader);
        else if (id == 9)
            field = thrift_reader_int(&at->reader);
        else
            thrift_reader_skip(&at->reader, type);
    at->leaf += children == 0;
    if (children == 0 && field == at->id)
        at->found = at->leaf;
}

/* Statistics: how many values are null. */
static void read_statistics(ThriftReader *reader, Place *place)
{
    int id;
    ThriftType type;
    thrift_reader_open(reader);
    while (thrift_reader_field(reader, &id, &type))
        if (id == 3)
            place->nulls = thrift_reader_int(reader);
        else
            thrift_reader_skip(reader, type);
}

/* ColumnMetaData. */
static void read_meta(ThriftReader *reader, Place *place)
{
    int id;
    ThriftType type;
    thrift_reader_open(reader);
    while (thrift_reader_field(reader, &id, &type))
        if (id == 5)
            place->entries = thrift_reader_int(reader);
        else if (id == 12)
            read_statistics(reader, place);
        else if (id == 14)
            place->offset = (uint64_t)thrift_reader_int(reader);
        else if (id == 15)
            place->bytes = (uint64_t)thrift_reader_int(reader);
        else
            thrift_reader_skip(reader, type);
}

static Place read_column(Asking *at)
{
    int id;
    ThriftType type;
    Place place = {.nulls = -1};
    thrift_reader_open(&at->reader);
    while (thrift_reader_field(&at->reader, &id, &type))
        if (id == 3)
            read_meta(&at->reader, &place);
        else
            thrift_reader_skip(&at->reader, type);
    return place;
}

static bool read_group(Asking *at)
{
    int id;
    ThriftType type;
    ERROR_UNREAD(ignored);
    bool ok = true;
    thrift_reader_open(&at->reader);
    while (ok && thrift_reader_field(&at->reader, &id, &type)) {
        if (id != 1 || type != THRIFT_LIST) {
            thrift_reader_skip(&at->reader, type);
            continue;
        }
        size_t count = thrift_reader_list(&at->reader, &type);
        for (size_t i = 1; ok && at->reader.ok && i <= count; i++) {
            if (i != at->found) {
                thrift_reader_skip(&at->reader, type);
                continue;
            }
            const Place place = read_column(at);
            ok = buf_append(&at->places, &place, sizeof place, &ignored);
        }
    }
    return ok && at->reader.ok;
}

/* The place of the field's filter in every row group. */
static bool read_places(Asking *at)
{
    int id;
    ThriftType type;
    while (thrift_reader_field(&at->reader, &id, &type)) {
        if ((id != 2 && id != 4) || type != THRIFT_LIST) {
            thrift_reader_skip(&at->reader, type);
            continue;
        }
        size_t count = thrift_reader_list(&at->reader, &type);
        for (size_t i = 0; at->reader.ok && i < count; i++)
            if (id == 2)
                read_element(at);
            else if (!at->found || !read_group(at))
                return false;
    }
    return at->reader.ok;
}

static bool read_footer(const char *path, uint64_t bytes, Buf *footer)
{
    ERROR_UNREAD(ignored);
    uint32_t length;
    uint64_t guess = bytes < FOOTER_GUESS ? bytes : FOOTER_GUESS;
    if (guess < END_BYTES || !buf_reserve(footer, guess, &ignored) ||
        !file_read_at(path, bytes - guess, footer->ptr, guess, &ignored))
        return false;
    memcpy(&length, footer->ptr + guess - END_BYTES, sizeof length);
    if (length > FOOTER_BYTES_MAX || length + (uint64_t)END_BYTES > bytes)
        return false;
    if (length + END_BYTES <= guess)
        memmove(footer->ptr, footer->ptr + guess - END_BYTES - length, length);
    else if (!buf_reserve(footer, length, &ignored) ||
             !file_read_at(path, bytes - END_BYTES - length, footer->ptr, length, &ignored))
        return false;
    footer->len = length;
    return true;
}

/* Only the block of the filter that the value would be in is read. */
static bool filter_holds(const char *path, Place place, uint64_t hash)
{
    uint8_t block[BLOCK_BYTES];
    ERROR_UNREAD(ignored);
    uint64_t filter = BLOCK_BYTES;
    while (2 * filter <= place.bytes)
        filter *= 2;
    if (place.bytes == 0 && place.nulls == place.entries)
        return false;
    if (place.bytes < BLOCK_BYTES || filter > BLOOM_BYTES_MAX)
        return true;
    uint64_t number = ((hash >> 32) * (filter / BLOCK_BYTES)) >> 32;
    uint64_t offset = place.offset + place.bytes - filter + number * BLOCK_BYTES;
    return !file_read_at(path, offset, block, sizeof block, &ignored) ||
           bloom_holds(block, sizeof block, hash);
}

static bool places_hold(const char *path, const Buf *places, Str text)
{
    uint64_t hash = hash_xxh64(text.ptr, text.len);
    const Place *list = (const Place *)(const void *)places->ptr;
    size_t count = places->len / sizeof *list;
    bool holds = count == 0;
    for (size_t i = 0; !holds && i < count; i++)
        holds = filter_holds(path, list[i], hash);
    return holds;
}

bool parquet_bloom_may_hold(const char *path, uint64_t bytes, FieldNode node, const Str *texts,
                            size_t count)
{
    BUF_AUTO Buf footer = buf_init(FOOTER_BYTES_MAX);
    Asking at = {.id = FIELDS[node].id, .places = buf_init(GROUPS_MAX * sizeof(Place))};
    bool may = true;
    if (FIELDS[node].flags & FIELD_BLOOM && read_footer(path, bytes, &footer)) {
        at.reader = thrift_reader(buf_str(&footer));
        may = !read_places(&at);
        for (size_t i = 0; !may && i < count; i++)
            may = places_hold(path, &at.places, texts[i]);
    }
    buf_free(&at.places);
    return may;
}
