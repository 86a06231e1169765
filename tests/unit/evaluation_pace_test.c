/* How often correlations are evaluated: seldom while there is much to read, soon when there is not.
 */
#include "evaluation_pace.h"

#include "support/support.h"

enum { AGO_US = 2000000 };

/* Whether one is due when the last began two seconds ago, cost so much, and looked at ten signals.
 */
static bool is_due(int64_t longest_us, int64_t cost_us, uint64_t signals, bool rests)
{
    EvaluationPace pace;
    evaluation_pace_begin(&pace, longest_us);
    pace.last_us -= AGO_US;
    evaluation_pace_note(&pace, 10, cost_us);
    bool due = evaluation_pace_take(&pace, signals, rests);
    bool again = evaluation_pace_take(&pace, signals, rests);
    evaluation_pace_end(&pace);
    assert_true(!again || longest_us == 0);
    return due;
}

static void news_are_looked_at_soon_when_nothing_else_is_to_do(void **state)
{
    static const struct {
        const char *sentence;
        int64_t longest_us, cost_us;
        uint64_t signals;
        bool rests, due;
    } CASES[] = {
        {"the longest time is over", 1500000, 90000000, 10, false, true},
        {"it is not, and there is much to read", INT64_C(3600000000), 0, 11, false, false},
        {"nothing is to be read, and there are news", INT64_C(3600000000), 0, 11, true, true},
        {"there are none", INT64_C(3600000000), 0, 10, true, false},
        {"it costs a twentieth of the time", INT64_C(3600000000), 100000, 11, true, true},
        {"it costs more", INT64_C(3600000000), 110000, 11, true, false},
        {"each time", 0, 90000000, 10, false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (is_due(CASES[i].longest_us, CASES[i].cost_us, CASES[i].signals, CASES[i].rests) !=
            CASES[i].due)
            fail_msg("%s", CASES[i].sentence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(news_are_looked_at_soon_when_nothing_else_is_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
