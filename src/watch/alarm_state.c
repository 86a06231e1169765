#include "watch/alarm_state.h"

/* What the points of a range come to. */
typedef struct Seen {
    size_t real, breaching; /* of the points that count */
    size_t oldest_age;      /* of a breaching one, in periods; the newest period has age 1 */
} Seen;

/* Counts the newest *most* real points. */
static Seen look(const AlarmPoint *points, size_t count, size_t most)
{
    Seen seen = {0, 0, 0};
    for (size_t age = 1; age <= count && seen.real < most; age++) {
        AlarmPoint point = points[count - age];
        if (point == ALARM_POINT_NONE)
            continue;
        seen.real++;
        if (point == ALARM_POINT_BREACHING) {
            seen.breaching++;
            seen.oldest_age = age;
        }
    }
    return seen;
}

static AlarmState state_of(bool alarm)
{
    return alarm ? ALARM_ALARM : ALARM_OK;
}

/* Nothing was measured in the whole range. */
static AlarmState without_points(AlarmMissing missing, AlarmState before)
{
    switch (missing) {
    case ALARM_MISSING_BREACHING:
        return ALARM_ALARM;
    case ALARM_MISSING_NOT_BREACHING:
        return ALARM_OK;
    case ALARM_MISSING_IGNORE:
        return before;
    default:
        return ALARM_INSUFFICIENT_DATA;
    }
}

/* Fewer points than periods, and nothing stands for the others. With a good one among them they
 * decide. When all breach, "missing" alarms too when the oldest is old enough that whatever were to
 * come in between could not make it less. */
static AlarmState with_gaps(const AlarmTest *test, const Seen *seen, AlarmState before)
{
    bool enough = seen->breaching >= test->points;
    if (seen->breaching < seen->real)
        return state_of(enough);
    if (test->missing == ALARM_MISSING_MISSING)
        enough |= seen->oldest_age >= test->points;
    return enough ? ALARM_ALARM : before;
}

AlarmState alarm_state_next(const AlarmTest *test, const AlarmPoint *points, size_t count,
                            AlarmState before)
{
    Seen seen = look(points, count, test->periods);
    if (seen.real >= test->periods)
        return state_of(seen.breaching >= test->points);
    if (!seen.real)
        return without_points(test->missing, before);
    if (test->missing == ALARM_MISSING_BREACHING)
        return state_of(seen.breaching + (test->periods - seen.real) >= test->points);
    if (test->missing == ALARM_MISSING_NOT_BREACHING)
        return state_of(seen.breaching >= test->points);
    return with_gaps(test, &seen, before);
}

bool alarm_state_breaches(AlarmComparison comparison, double value, double threshold)
{
    switch (comparison) {
    case ALARM_GREATER:
        return value > threshold;
    case ALARM_GREATER_OR_EQUAL:
        return value >= threshold;
    case ALARM_LESS:
        return value < threshold;
    default:
        return value <= threshold;
    }
}

bool alarm_state_few_samples(double percentile, double samples)
{
    double share = percentile / 100;
    double tail = share >= 0.5 ? 1 - share : share;
    return tail > 0 && samples < 10 / tail;
}

/* ---- words ---- */

static const char *const STATES[] = {
    [ALARM_OK] = "OK", [ALARM_ALARM] = "ALARM", [ALARM_INSUFFICIENT_DATA] = "INSUFFICIENT_DATA"};

static const char *const MISSING[] = {[ALARM_MISSING_MISSING] = "missing",
                                      [ALARM_MISSING_IGNORE] = "ignore",
                                      [ALARM_MISSING_BREACHING] = "breaching",
                                      [ALARM_MISSING_NOT_BREACHING] = "notBreaching"};

static const char *const COMPARISONS[] = {[ALARM_GREATER] = "GreaterThanThreshold",
                                          [ALARM_GREATER_OR_EQUAL] =
                                              "GreaterThanOrEqualToThreshold",
                                          [ALARM_LESS] = "LessThanThreshold",
                                          [ALARM_LESS_OR_EQUAL] = "LessThanOrEqualToThreshold"};

static bool find(const char *const *words, size_t count, Str word, size_t *ret)
{
    for (*ret = 0; *ret < count; (*ret)++)
        if (str_equal(word, str_of(words[*ret])))
            return true;
    return false;
}

const char *alarm_state_word(AlarmState state)
{
    return STATES[state];
}

bool alarm_state_read(Str word, AlarmState *ret)
{
    size_t index;
    bool found = find(STATES, sizeof STATES / sizeof *STATES, word, &index);
    if (found)
        *ret = (AlarmState)index;
    return found;
}

const char *alarm_state_missing_word(AlarmMissing missing)
{
    return MISSING[missing];
}

bool alarm_state_read_missing(Str word, AlarmMissing *ret)
{
    size_t index;
    bool found = find(MISSING, sizeof MISSING / sizeof *MISSING, word, &index);
    if (found)
        *ret = (AlarmMissing)index;
    return found;
}

const char *alarm_state_comparison_word(AlarmComparison comparison)
{
    return COMPARISONS[comparison];
}

bool alarm_state_read_comparison(Str word, AlarmComparison *ret)
{
    size_t index;
    bool found = find(COMPARISONS, sizeof COMPARISONS / sizeof *COMPARISONS, word, &index);
    if (found)
        *ret = (AlarmComparison)index;
    return found;
}
