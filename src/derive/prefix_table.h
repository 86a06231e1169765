/* prefix_table.h - which networks hold an address: a compact table that never changes once made.
 *
 * decode -> [derive] -> detect. A builder takes prefixes with a value each, in any order, equal and
 * nested ones too; the table gives all that hold an address, the longest first. One thread builds;
 * a table may be read by any number of threads.
 *
 * Invariants
 *   1. Rows are sorted by first address, shorter prefixes first; what encloses a row is its parent,
 *      which lies before it. Of prefixes that are equal each is the parent of the one behind it.
 *   2. The last row whose first address is not above an address, and that row's parents, are all
 *      rows that can hold it: networks nest or do not touch.
 *   3. IPv4 rows take 12 bytes, IPv6 rows 24. Rows are cut into slots by the first bits in which
 *      they differ, and a crowded slot once more by the bits in which its rows do. A slot says of
 *      its quarters whether any row is there at all.
 */
#ifndef DERIVE_PREFIX_TABLE_H
#define DERIVE_PREFIX_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "derive/address.h"

enum { PREFIX_TABLE_ROWS_MAX = (1 << 24) - 1 };

typedef struct PrefixTable PrefixTable;
typedef struct PrefixTableBuilder PrefixTableBuilder;

/* A prefix that holds the address that was looked up. */
typedef struct PrefixMatch {
    uint32_t value;
    unsigned bits; /* of the key, as in AddressPrefix */
    uint32_t next; /* where prefix_table_next goes on */
    AddressKey key;
} PrefixMatch;

/* An empty builder; the caller frees it, after the build too. NULL is fine to free. */
PrefixTableBuilder *prefix_table_builder_new(Error *err) __attribute__((warn_unused_result));
void prefix_table_builder_free(PrefixTableBuilder *builder);

/* Adds a prefix. ERROR_LIMIT beyond PREFIX_TABLE_ROWS_MAX of a family. */
bool prefix_table_add(PrefixTableBuilder *builder, AddressPrefix prefix, uint32_t value, Error *err)
    __attribute__((warn_unused_result));

/* The table of what was added; the builder is empty afterwards. A prefix that was added twice with
 * one value is in it once. The caller frees with prefix_table_free; NULL is fine. */
PrefixTable *prefix_table_build(PrefixTableBuilder *builder, Error *err)
    __attribute__((warn_unused_result));
void prefix_table_free(PrefixTable *table);

/* The longest prefix that holds *key*; false when there is none. */
bool prefix_table_first(const PrefixTable *table, AddressKey key, PrefixMatch *ret);

/* The next one that holds the same address, equal or shorter; false when there is none. */
bool prefix_table_next(const PrefixTable *table, PrefixMatch *match);

/* Rows, and bytes that the table takes. */
size_t prefix_table_rows(const PrefixTable *table);
size_t prefix_table_bytes(const PrefixTable *table);

#endif
