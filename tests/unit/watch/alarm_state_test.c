#include "watch/alarm_state.h"

#include "base/buf.h"
#include "support/support.h"

enum { TABLE_BYTES_MAX = 100000, POINTS_MAX = 16, TREATMENTS = 4 };

static Str next_word(Str *line)
{
    size_t end = str_find_byte(*line, ' ', 0);
    Str word = str_slice(*line, 0, end);
    *line = str_slice(*line, end + 1, line->len);
    return word;
}

static size_t read_points(Str text, AlarmPoint points[POINTS_MAX])
{
    assert_true(text.len <= POINTS_MAX);
    for (size_t i = 0; i < text.len; i++)
        points[i] = text.ptr[i] == 'B'   ? ALARM_POINT_BREACHING
                    : text.ptr[i] == '0' ? ALARM_POINT_GOOD
                                         : ALARM_POINT_NONE;
    return text.len;
}

/* A line of the table: each treatment, from each state before. */
static void assert_line(Str line)
{
    AlarmPoint points[POINTS_MAX];
    Str whole = line, ratio = next_word(&line), shown = next_word(&line);
    size_t count = read_points(shown, points);
    for (int i = 0; i < TREATMENTS; i++) {
        const AlarmTest test = {(unsigned)(ratio.ptr[0] - '0'), (unsigned)(ratio.ptr[2] - '0'),
                                (AlarmMissing)i};
        Str word = next_word(&line);
        AlarmState expected = ALARM_OK;
        bool keeps = str_equal(word, STR("keep"));
        assert_true(keeps || alarm_state_read(word, &expected));
        for (int before = ALARM_OK; before <= ALARM_INSUFFICIENT_DATA; before++) {
            AlarmState got = alarm_state_next(&test, points, count, (AlarmState)before);
            if (got != (keeps ? (AlarmState)before : expected))
                fail_msg("%.*s: %s gave %s", STR_ARG(whole),
                         alarm_state_missing_word((AlarmMissing)i), alarm_state_word(got));
        }
    }
}

static void states_are_those_of_cloudwatch(void **state)
{
    Buf table = buf_init(TABLE_BYTES_MAX);
    unsigned lines = 0;
    (void)state;
    support_read("unit/watch/alarm_states.txt", &table);
    for (Str rest = buf_str(&table); rest.len;) {
        size_t end = str_find_byte(rest, '\n', 0);
        Str line = str_slice(rest, 0, end);
        rest = str_slice(rest, end + 1, rest.len);
        if (!line.len || line.ptr[0] == '#')
            continue;
        assert_line(line);
        lines++;
    }
    assert_true(lines >= 20);
    buf_free(&table);
}

static void values_are_compared(void **state)
{
    static const struct {
        const char *word;
        bool below, same, above;
    } CASES[] = {{"GreaterThanThreshold", false, false, true},
                 {"GreaterThanOrEqualToThreshold", false, true, true},
                 {"LessThanThreshold", true, false, false},
                 {"LessThanOrEqualToThreshold", true, true, false}};
    AlarmComparison comparison;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_true(alarm_state_read_comparison(str_of(CASES[i].word), &comparison));
        assert_string_equal(alarm_state_comparison_word(comparison), CASES[i].word);
        assert_int_equal(alarm_state_breaches(comparison, 1, 2), CASES[i].below);
        assert_int_equal(alarm_state_breaches(comparison, 2, 2), CASES[i].same);
        assert_int_equal(alarm_state_breaches(comparison, 3, 2), CASES[i].above);
    }
    assert_false(alarm_state_read_comparison(STR("GreaterThanUpperThreshold"), &comparison));
}

static void words_are_read(void **state)
{
    AlarmState read;
    AlarmMissing missing;
    (void)state;
    assert_true(alarm_state_read(STR("INSUFFICIENT_DATA"), &read));
    assert_int_equal(read, ALARM_INSUFFICIENT_DATA);
    assert_false(alarm_state_read(STR("alarm"), &read));
    assert_true(alarm_state_read_missing(STR("notBreaching"), &missing));
    assert_int_equal(missing, ALARM_MISSING_NOT_BREACHING);
    assert_false(alarm_state_read_missing(STR("notbreaching"), &missing));
}

static void few_samples_say_nothing_of_a_percentile(void **state)
{
    (void)state;
    assert_true(alarm_state_few_samples(99, 999));
    assert_false(alarm_state_few_samples(99, 1001));
    assert_true(alarm_state_few_samples(50, 19));
    assert_false(alarm_state_few_samples(50, 20));
    assert_true(alarm_state_few_samples(10, 99));
    assert_false(alarm_state_few_samples(10, 101));
    assert_false(alarm_state_few_samples(100, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_those_of_cloudwatch),
        cmocka_unit_test(values_are_compared),
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(few_samples_say_nothing_of_a_percentile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
