#include "support/small_table.h"

#define PARENT(index) (FieldNode)(index)

static const Field SMALL[SMALL_FIELDS] = {
    [SMALL_AT] = {.parent = F_ROOT, .id = 1, .type = FIELD_TIME, .column = {"at", 2}},
    [SMALL_WHO] = {.parent = F_ROOT, .id = 2, .type = FIELD_STRUCT, .column = {"who", 3}},
    [SMALL_NAME] = {.parent = PARENT(SMALL_WHO),
                    .id = 3,
                    .type = FIELD_STRING,
                    .column = {"name", 4}},
    [SMALL_TAGS] = {.parent = F_ROOT, .id = 4, .type = FIELD_LIST, .column = {"tags", 4}},
    [SMALL_TAG] = {.parent = PARENT(SMALL_TAGS),
                   .id = 5,
                   .type = FIELD_STRUCT,
                   .column = {"element", 7}},
    [SMALL_KEY] = {.parent = PARENT(SMALL_TAG),
                   .id = 6,
                   .type = FIELD_STRING,
                   .column = {"key", 3}},
    [SMALL_COUNT] = {.parent = F_ROOT, .id = 7, .type = FIELD_LONG, .column = {"count", 5}},
};

static const int SORTED_BY[] = {SMALL_COUNT, SMALL_AT};

const IcebergTable SMALL_TABLE = {.name = "small",
                                  .fields = SMALL,
                                  .field_count = SMALL_FIELDS,
                                  .sorted_by = SORTED_BY,
                                  .sorted_count = 2,
                                  .day_of = SMALL_AT};

const IcebergTable TINY_TABLE = {.name = "tiny",
                                 .fields = SMALL,
                                 .field_count = 1,
                                 .sorted_by = &SORTED_BY[1],
                                 .sorted_count = 1,
                                 .day_of = SMALL_AT};
