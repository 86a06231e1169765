#include "decode/slot.h"

#include "support/support.h"

static void numbers_every_top_level_field_once(void **state)
{
    (void)state;
    unsigned slot = 0;
    for (FieldNode node = 0; node < FIELD_COUNT; node++) {
        if (FIELDS[node].parent != F_ROOT)
            continue;
        assert_int_equal(SLOT_FIELDS[slot], node);
        slot++;
    }
    assert_int_equal(slot, SLOT_COUNT);
}

static void finds_members_by_their_exact_name(void **state)
{
    (void)state;
    for (unsigned slot = 0; slot < SLOT_MEMBERS; slot++)
        assert_int_equal(slot_of_member(FIELDS[SLOT_FIELDS[slot]].member), slot);
    static const char *const OTHERS[] = {"",           "eventname", "eventNam",
                                         "eventNames", "extra",     "eventId"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_int_equal(slot_of_member(str_of(OTHERS[i])), SLOT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_every_top_level_field_once),
        cmocka_unit_test(finds_members_by_their_exact_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
