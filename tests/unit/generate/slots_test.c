#include "support/support.h"

#include "generate/slots.h"

static uint64_t sum_of(const Slots *slots)
{
    uint64_t sum = 0;
    for (int slot = 0; slot < SLOTS_OF_DAY; slot++)
        sum += slots->events[slot];
    return sum;
}

static void a_day_holds_exactly_its_events(void **state)
{
    static const struct {
        uint64_t events;
        uint32_t file_events;
    } CASES[] = {{0, 0}, {1, 0}, {7, 0}, {333, 0}, {50000, 0}, {5, 1000}, {7142, 1000}, {999, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            Slots slots;
            Random random = random_new(seed, i);
            slots_plan(CASES[i].events, CASES[i].file_events, &random, &slots);
            assert_int_equal(sum_of(&slots), CASES[i].events);
        }
}

static void slots_hold_whole_files_but_one(void **state)
{
    (void)state;
    Slots slots;
    Random random = random_new(1, 1);
    int odd = 0;
    slots_plan(7142, 100, &random, &slots);
    for (int slot = 0; slot < SLOTS_OF_DAY; slot++)
        odd += slots.events[slot] % 100 != 0;
    assert_int_equal(odd, 1);
}

static void files_of_a_slot_sum_up_and_are_few(void **state)
{
    (void)state;
    Random random = random_new(1, 2);
    Slots slots = {.file_events = 0};
    for (uint32_t events = 1; events < 3000; events += 7) {
        uint32_t left = events, files = 0;
        while (left > 0) {
            uint32_t count = slots_file(&slots, 0, left, files, &random);
            assert_true(count > 0 && count <= left);
            left -= count;
            files++;
        }
        assert_true(files <= SLOTS_FILES_MAX);
    }
    slots.file_events = 12;
    assert_int_equal(slots_file(&slots, 0, 100, 0, &random), 12);
    assert_int_equal(slots_file(&slots, 0, 5, 8, &random), 5);
    slots.file_events = 0;
    slots.whole[0] = true;
    assert_int_equal(slots_file(&slots, 0, 5000, 0, &random), 5000);
}

static void working_hours_are_busier(void **state)
{
    (void)state;
    Slots slots;
    Random random = random_new(1, 3);
    uint64_t night = 0, day = 0;
    slots_plan(100000, 10, &random, &slots);
    for (int slot = 0; slot < SLOTS_OF_DAY / 24 * 4; slot++) {
        night += slots.events[slot];
        day += slots.events[slot + SLOTS_OF_DAY / 24 * 8];
    }
    assert_true(day > night * 3 / 2);
}

static void files_come_at_the_slots_end_or_one_mark_later(void **state)
{
    (void)state;
    Random random = random_new(1, 4);
    int late = 0;
    for (int i = 0; i < 10000; i++) {
        int delay = slots_delay(&random);
        assert_true(delay == 0 || delay == SLOTS_SECONDS);
        late += delay > 0;
    }
    assert_in_range(late, 1900, 2300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_holds_exactly_its_events),
        cmocka_unit_test(slots_hold_whole_files_but_one),
        cmocka_unit_test(files_of_a_slot_sum_up_and_are_few),
        cmocka_unit_test(working_hours_are_busier),
        cmocka_unit_test(files_come_at_the_slots_end_or_one_mark_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
