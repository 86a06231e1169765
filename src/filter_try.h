/* filter_try.h - what filters would do to the records of some sources, with nothing stored.
 *
 * collect -> decode -> derive -> detect -> filter -> [filter_try] -> cmd_filter
 */
#ifndef FILTER_TRY_H
#define FILTER_TRY_H

#include "base/command.h"
#include "filter/filter_run.h"

enum { FILTER_TRY_EXAMPLES = 3, FILTER_TRY_TEXT_BYTES = 200 };

/* A record that a filter dropped, or in which it hid something, as texts that are shown. */
typedef struct FilterExample {
    int64_t time_us;
    char event_id[FILTER_TRY_TEXT_BYTES], source[FILTER_TRY_TEXT_BYTES];
    char name[FILTER_TRY_TEXT_BYTES], who[FILTER_TRY_TEXT_BYTES];
    Str diff; /* of a redaction: lines of members as they came and as they are stored */
} FilterExample;

typedef struct FilterExamples {
    FilterExample list[FILTER_TRY_EXAMPLES];
    int count;
} FilterExamples;

typedef struct FilterTry FilterTry;

/* Reads the sources of *line* and tries the filters of *set*, and before them the rules that *line*
 * chooses, on at most *records_max* records. NULL with *err*; the caller frees. */
FilterTry *filter_try_run(const CommandLine *line, const FilterSet *set, uint64_t records_max,
                          Error *err) __attribute__((warn_unused_result));
void filter_try_free(FilterTry *self);

/* What came of it; the run's tallies say it for each filter. */
typedef struct FilterTryReport {
    uint64_t objects, unreadable, records, kept, dropped, detected;
    uint64_t quarantined; /* records that could not be read, and so were not tried */
    uint64_t incomplete;  /* objects of which something could not be read */
    uint64_t stands_for;  /* the kept records, each by its factor */
    uint64_t redacted;    /* kept ones in which something is hidden or changed */
    uint64_t failed;      /* on which functions failed */
    bool more;            /* there were more records than were looked at */
} FilterTryReport;
const FilterTryReport *filter_try_report(const FilterTry *self);
const FilterRun *filter_try_tallies(const FilterTry *self);

/* In how many records the filter *index*, a redaction, hid something. */
uint64_t filter_try_redacted(const FilterTry *self, size_t index);

/* The first records that the filter *index* dropped, or in which it hid something. */
const FilterExamples *filter_try_examples(const FilterTry *self, size_t index);

#endif
