/* alarm_state.h - the state of an alarm, from the last points of its metric, as CloudWatch has it.
 *
 * points of the evaluation range -> [alarm_state] -> OK, ALARM, INSUFFICIENT_DATA
 *
 * "CloudWatch alarm evaluation and CIS monitoring controls", sections 1 to 4. Pure: no clock, no
 * memory.
 */
#ifndef WATCH_ALARM_STATE_H
#define WATCH_ALARM_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

typedef enum { ALARM_OK, ALARM_ALARM, ALARM_INSUFFICIENT_DATA } AlarmState;

/* What stands for a period without data (TreatMissingData). */
typedef enum {
    ALARM_MISSING_MISSING,
    ALARM_MISSING_IGNORE,
    ALARM_MISSING_BREACHING,
    ALARM_MISSING_NOT_BREACHING
} AlarmMissing;

typedef enum {
    ALARM_GREATER,
    ALARM_GREATER_OR_EQUAL,
    ALARM_LESS,
    ALARM_LESS_OR_EQUAL
} AlarmComparison;

/* One period of the evaluation range. */
typedef enum { ALARM_POINT_NONE, ALARM_POINT_GOOD, ALARM_POINT_BREACHING } AlarmPoint;

/* CloudWatch looks at more periods than an alarm asks for, so that late data counts; how many more
 * it does not say, and for three periods it names five (section 3). */
enum { ALARM_RANGE_MORE = 2 };

/* How many points of how many make the alarm. */
typedef struct AlarmTest {
    unsigned points, periods; /* M of N: 1 <= M <= N */
    AlarmMissing missing;
} AlarmTest;

/* The state after the points of *count* periods, the oldest first; *before* is the one before,
 * which stays where the points decide nothing. */
AlarmState alarm_state_next(const AlarmTest *test, const AlarmPoint *points, size_t count,
                            AlarmState before);

/* Whether *value* breaches. */
bool alarm_state_breaches(AlarmComparison comparison, double value, double threshold);

/* Whether a percentile (0 to 100) of *samples* values is too uncertain to change the state, where
 * EvaluateLowSampleCountPercentile says "ignore" (section 4). */
bool alarm_state_few_samples(double percentile, double samples);

/* CloudWatch's words, and back; false for a word that is none. */
const char *alarm_state_word(AlarmState state);
bool alarm_state_read(Str word, AlarmState *ret);
const char *alarm_state_missing_word(AlarmMissing missing);
bool alarm_state_read_missing(Str word, AlarmMissing *ret);
const char *alarm_state_comparison_word(AlarmComparison comparison);
bool alarm_state_read_comparison(Str word, AlarmComparison *ret);

#endif
