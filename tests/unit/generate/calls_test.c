#include "support/support.h"

#include <string.h>

#include "generate/calls.h"

static bool is_first_of_its_name(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(calls_at(i)->name, calls_at(index)->name) == 0)
            return false;
    return true;
}

static void names_are_many_and_some_have_an_api_date(void **state)
{
    (void)state;
    int names = 0, dated = 0;
    for (size_t i = 0; i < calls_count(); i++) {
        if (!is_first_of_its_name(i))
            continue;
        names++;
        dated += strstr(calls_at(i)->name, "20150331") != NULL;
    }
    assert_in_range(names, 150, 260);
    assert_true(dated >= 3);
}

static void a_caller_makes_calls_of_its_own_only(void **state)
{
    (void)state;
    CallMix mix;
    Random random = random_new(1, 1);
    calls_mix(&random, &mix);
    for (Caller caller = 0; caller < CALLERS; caller++)
        for (int i = 0; i < 300; i++)
            assert_int_equal(calls_draw(&mix, caller, true, &random)->caller, caller);
}

/* The share, per cent, that the ten most frequent calls of *caller* have in *draws*. */
static int share_of_ten(const CallMix *mix, Caller caller, Random *random, int draws)
{
    int times[CALLS_MAX] = {0};
    int sum = 0;
    for (int i = 0; i < draws; i++)
        times[calls_draw(mix, caller, true, random) - calls_at(0)]++;
    for (int i = 0; i < 10; i++) {
        int most = 0;
        for (int j = 1; j < (int)calls_count(); j++)
            most = times[j] > times[most] ? j : most;
        sum += times[most];
        times[most] = 0;
    }
    return sum * 100 / draws;
}

static void machines_repeat_themselves_and_people_do_not(void **state)
{
    (void)state;
    CallMix mix;
    Random random = random_new(1, 2);
    calls_mix(&random, &mix);
    assert_true(share_of_ten(&mix, CALLER_MACHINE, &random, 20000) >= 80);
    assert_true(share_of_ten(&mix, CALLER_PERSON, &random, 20000) <= 55);
}

static void services_without_a_region_are_called_at_home_only(void **state)
{
    (void)state;
    CallMix mix;
    Random random = random_new(1, 4);
    int global = 0;
    calls_mix(&random, &mix);
    for (int i = 0; i < 2000; i++) {
        assert_false(calls_is_global(calls_draw(&mix, CALLER_PERSON, false, &random)));
        global += calls_is_global(calls_draw(&mix, CALLER_PERSON, true, &random));
    }
    assert_true(global > 200);
}

static void accounts_have_favourites(void **state)
{
    (void)state;
    CallMix a, b;
    Random random = random_new(1, 3);
    calls_mix(&random, &a);
    calls_mix(&random, &b);
    assert_memory_not_equal(a.order, b.order, sizeof a.order);
    assert_memory_equal(a.sums, b.sums, sizeof a.sums);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_many_and_some_have_an_api_date),
        cmocka_unit_test(a_caller_makes_calls_of_its_own_only),
        cmocka_unit_test(machines_repeat_themselves_and_people_do_not),
        cmocka_unit_test(services_without_a_region_are_called_at_home_only),
        cmocka_unit_test(accounts_have_favourites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
