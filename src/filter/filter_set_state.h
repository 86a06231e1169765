/* filter_set_state.h - a set of filters while it is read. Internal to filter_set*.c. */
#ifndef FILTER_FILTER_SET_STATE_H
#define FILTER_FILTER_SET_STATE_H

#include <stdatomic.h>

#include "filter/filter_set.h"

struct FilterSet {
    atomic_uint references;
    Arena *arena;
    RuleSet *conditions;
    Buf list; /* RecordFilter * each */
};

/* Adds the filter that *document* describes. ERROR_INPUT names file and line. */
bool filter_set_read(FilterSet *set, const Yaml *document, const char *file, Error *err)
    __attribute__((warn_unused_result));

#endif
