#include "support/support.h"

#include "findings/finding.h"
#include "support/new_lake.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static bool count_event(void *context, const FindingEvent *event, Error *err)
{
    (void)event;
    (void)err;
    ++*(int *)context;
    return true;
}

static void more_events_than_are_kept_are_counted(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    for (int i = 0; i < FINDING_EVENTS_MAX + 50; i++)
        new_lake_find(lake, 1, 100 + i, "ann", 1);
    assert_int_equal(new_lake_ask(lake, "SELECT count FROM findings"), FINDING_EVENTS_MAX + 50);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_events"), FINDING_EVENTS_MAX);
    int events = 0; /* none of these signals is in the table of signals */
    support_ok(finding_events(lake->db, STR("x"), count_event, &events, &err), &err);
    assert_int_equal(events, 0);
}

/* Signals in another order give the same episodes and counts. */
static void the_order_of_signals_does_not_matter(void **state)
{
    static const int HOURS[] = {100, 110, 134, 159, 160, 200, 224};
    static const int ORDERS[][7] = {
        {0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {3, 0, 6, 2, 4, 1, 5}, {5, 2, 0, 4, 6, 1, 3}};
    (void)state;
    for (size_t o = 0; o < sizeof ORDERS / sizeof *ORDERS; o++) {
        LAKE_AUTO Lake *lake = new_lake_with_rules();
        for (int i = 0; i < 7; i++)
            new_lake_find(lake, 1, HOURS[ORDERS[o][i]], "ann", 1 + i);
        assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM findings WHERE superseded_by IS "
                                            "NULL"),
                         3);
        assert_int_equal(
            new_lake_ask(lake, "SELECT count(*) FROM findings WHERE superseded_by IS NULL AND "
                               "(first_us / 3600000000, last_us / 3600000000, count) IN (VALUES "
                               "(100, 134, 3), (159, 160, 2), (200, 224, 2))"),
            3);
        assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_events"), 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_events_than_are_kept_are_counted),
        cmocka_unit_test(the_order_of_signals_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
