/* filter_set.h - what files say is done with records before they are stored: filters, in their
 * order.
 *
 * YAML files, spoor.yml -> [filter_set] -> filter_run
 *
 * docs/filters.md describes the files. Conditions are rules of one set, so that a matcher tries all
 * of them at the cost of the few that may hold. A set is made by one thread, then immutable and
 * shared by reference count.
 *
 * Invariants
 *   1. Names are unique.
 *   2. Conditions stand in filter_set_conditions in the order of their filters.
 *   3. The plan's redactions stand in the order of their filters.
 */
#ifndef FILTER_FILTER_SET_H
#define FILTER_FILTER_SET_H

#include "base/config.h"
#include "base/file_stamp.h"
#include "detect/ruleset.h"
#include "function/function_code.h"
#include "redact/redaction.h"

enum { FILTER_SAMPLE_MAX = 1000000 };
#define FILTER_ALWAYS UINT32_MAX

typedef enum {
    FILTER_DROP,     /* it is not stored */
    FILTER_KEEP,     /* it is stored, whatever later filters say */
    FILTER_SAMPLE,   /* one in so many is stored */
    FILTER_REDACT,   /* something of it is hidden */
    FILTER_FUNCTION, /* the operator's function changes or drops it */
} FilterVerb;

typedef struct RecordFilter {
    Str name, description;
    Str costs, share; /* what is seen less of by it; how much of a trail it drops */
    Str body;         /* its document, as JSON */
    Str file;
    uint32_t line;
    FilterVerb verb;
    uint32_t one_in;              /* of a sample; else 1 */
    bool even_if_detected;        /* also what raised a signal */
    uint32_t condition;           /* its rule's index; FILTER_ALWAYS: it has none */
    uint32_t redaction;           /* of REDACT and FUNCTION: its bit's number in the plan */
    const FunctionCode *function; /* of FUNCTION */
} RecordFilter;

typedef struct FilterSet FilterSet;

/* An empty set with one reference. NULL with *err*. */
FilterSet *filter_set_new(Error *err) __attribute__((warn_unused_result));

/* One more reference, and one less; the last one frees. NULL is fine for both. */
FilterSet *filter_set_keep(FilterSet *set);
void filter_set_free(FilterSet *set);

/* Adds the filters of *text*, a stream of YAML documents that errors call *file*. ERROR_INPUT names
 * file, line, and what was expected. */
bool filter_set_add_text(FilterSet *set, Str text, const char *file, Error *err)
    __attribute__((warn_unused_result));

/* Adds a file, or all *.yml and *.yaml below a folder in the order of their paths, or, of a name
 * without dot and slash, the filter of that name that ships. ERROR_INPUT, ERROR_USAGE when there is
 * none. */
bool filter_set_add(FilterSet *set, Str item, Error *err) __attribute__((warn_unused_result));

/* Adds those that the key `filters` names or holds, in their order. ERROR_INPUT of one that is
 * written in place names the configuration's file and its line there. */
bool filter_set_add_configured(FilterSet *set, const Config *config, Error *err)
    __attribute__((warn_unused_result));

/* Adds all that ship. */
bool filter_set_add_shipped(FilterSet *set, Error *err) __attribute__((warn_unused_result));

/* The key of hashes, which is copied; before filter_set_finish. */
bool filter_set_key(FilterSet *set, const RedactKey *key, Error *err)
    __attribute__((warn_unused_result));

/* Called once, after all was added. ERROR_INPUT when a condition is wrong, there are too many
 * redactions, or the text of a function is none of Lua. */
bool filter_set_finish(FilterSet *set, Error *err) __attribute__((warn_unused_result));

/* A redaction hashes, and there is no key: ERROR_USAGE names it. */
bool filter_set_check_key(const FilterSet *set, Error *err) __attribute__((warn_unused_result));

/* The set of filter_set_add_configured, with *key*, finished and with all it needs; empty without
 * any. NULL with *err*. */
FilterSet *filter_set_open(const Config *config, const RedactKey *key, Error *err)
    __attribute__((warn_unused_result));

/* Whether the key `filters` names anything. */
bool filter_set_is_wanted(const Config *config);

/* Adds to *stamp* how the files look that filter_set_open takes; and those that functions of *set*,
 * which may be NULL, are made of. */
void filter_set_stamp(const Config *config, FileStamp *stamp);
void filter_set_stamp_functions(const FilterSet *set, FileStamp *stamp);

/* The filters in their order; they live as long as the set. */
size_t filter_set_count(const FilterSet *set);
const RecordFilter *filter_set_at(const FilterSet *set, size_t index);

/* The filter of that name; NULL when there is none. */
const RecordFilter *filter_set_find(const FilterSet *set, Str name);

/* The conditions, by the filters' order. */
const RuleSet *filter_set_conditions(const FilterSet *set);

/* What is hidden, of a set that is finished; it lives as long as the set. */
const RedactPlan *filter_set_plan(const FilterSet *set);

/* The filter of that redaction. */
const RecordFilter *filter_set_redactor(const FilterSet *set, uint32_t redaction);

/* "drop", "keep", "sample", "redact", "function". */
const char *filter_set_verb(FilterVerb verb);

#endif
