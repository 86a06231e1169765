/* Windows of random hits, against counting each of them by hand. */
#include "watch/watch_window.h"

#include "support/support.h"

enum { HITS = 60, ROUNDS = 400, SPAN_US = 10 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

/* How many different values the fullest window holds. */
static unsigned fullest(const WatchWindowHit *hits)
{
    unsigned most = 0;
    for (int end = 0; end < HITS; end++) {
        bool seen[8] = {false};
        unsigned count = 0;
        for (int i = 0; i < HITS; i++) {
            bool inside = hits[i].group == hits[end].group &&
                          hits[i].time_us <= hits[end].time_us &&
                          hits[i].time_us >= hits[end].time_us - SPAN_US;
            count += inside && !seen[hits[i].value];
            seen[hits[i].value] |= inside;
        }
        most = count > most ? count : most;
    }
    return most;
}

static void a_bound_is_reached_where_a_window_holds_as_much(void **state)
{
    uint64_t random = 88172645463325252u;
    Error err = {0};
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        WatchWindowHit hits[HITS];
        uint64_t groups = 1 + next_random(&random) % 4, length = 20 + next_random(&random) % 400;
        for (int i = 0; i < HITS; i++)
            hits[i] = (WatchWindowHit){3, next_random(&random) % groups, next_random(&random) % 8,
                                       (int64_t)(next_random(&random) % length) - 100};
        unsigned most = fullest(hits);
        bool reaches = false, exceeds = true;
        watch_window_sort(hits, HITS);
        support_ok(watch_window_reaches(hits, HITS, SPAN_US, most, &reaches, &err) &&
                       watch_window_reaches(hits, HITS, SPAN_US, most + 1, &exceeds, &err),
                   &err);
        assert_true(reaches);
        assert_false(exceeds);
    }
}

static void hits_are_sorted_by_correlation_group_and_time(void **state)
{
    WatchWindowHit hits[] = {{2, 1, 0, 5}, {1, 2, 0, 9}, {1, 2, 0, -3}, {1, 1, 0, 7}};
    (void)state;
    watch_window_sort(hits, 4);
    assert_int_equal(hits[0].time_us, 7);
    assert_int_equal(hits[1].time_us, -3);
    assert_int_equal(hits[2].time_us, 9);
    assert_int_equal(hits[3].time_us, 5);
    watch_window_sort(hits, 0);
}

static void no_hits_reach_nothing(void **state)
{
    Error err = {0};
    bool reaches = true;
    (void)state;
    support_ok(watch_window_reaches(NULL, 0, SPAN_US, 1, &reaches, &err), &err);
    assert_false(reaches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bound_is_reached_where_a_window_holds_as_much),
        cmocka_unit_test(hits_are_sorted_by_correlation_group_and_time),
        cmocka_unit_test(no_hits_reach_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
