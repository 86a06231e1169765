/* small_table.h - a table of a few fields, for tests of what is published. */
#ifndef SUPPORT_SMALL_TABLE_H
#define SUPPORT_SMALL_TABLE_H

#include "lake/iceberg_schema.h"

/* at TIME 1, who STRUCT 2 (name STRING 3), tags LIST 4 (element STRUCT 5 (key STRING 6)), count
 * LONG 7; partitioned by day(at), sorted by
 * count and at. */
enum {
    SMALL_AT,
    SMALL_WHO,
    SMALL_NAME,
    SMALL_TAGS,
    SMALL_TAG,
    SMALL_KEY,
    SMALL_COUNT,
    SMALL_FIELDS
};

extern const IcebergTable SMALL_TABLE;

/* One TIME field, id 1: the table of the specification's examples. */
extern const IcebergTable TINY_TABLE;

#endif
