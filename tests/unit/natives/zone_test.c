#include "natives/zone.h"

#include "support/support.h"

static void names_of_utc_are_known(void **state)
{
    static const char *const UTC[] = {"UTC", "utc", "Z", "GMT", "Etc/UTC", "+00:00", "UTC+0"};
    static const char *const OTHERS[] = {"", "Asia/Seoul", "+09:00", "UTCX", "Europe/London"};
    (void)state;
    for (size_t i = 0; i < sizeof UTC / sizeof *UTC; i++)
        assert_true(zone_is_utc(str_of(UTC[i])));
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_false(zone_is_utc(str_of(OTHERS[i])));
}

static void offsets_are_minutes(void **state)
{
    static const struct {
        const char *zone;
        int minutes;
    } OFFSETS[] = {{"+9", 540},         {"+09", 540},     {"+0900", 540},
                   {"+09:00", 540},     {"-03:30", -210}, {"UTC+5", 300},
                   {"GMT-08:00", -480}, {"UT+1", 60},     {"+14:00", 840}};
    (void)state;
    for (size_t i = 0; i < sizeof OFFSETS / sizeof *OFFSETS; i++) {
        int minutes = 0;
        assert_true(zone_offset(str_of(OFFSETS[i].zone), &minutes));
        assert_int_equal(minutes, OFFSETS[i].minutes);
    }
}

static void what_is_no_offset_is_refused(void **state)
{
    static const char *const WORDS[] = {"",     "+",       "09:00", "+14:01", "+09:60", "+9:0",
                                        "+090", "+09:00x", "UTC",   "+-9",    "+09:-1", "+123:00"};
    (void)state;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        int minutes = 0;
        assert_false(zone_offset(str_of(WORDS[i]), &minutes));
    }
}

static void minutes_are_written_as_offsets(void **state)
{
    char text[ZONE_TEXT_BYTES];
    (void)state;
    zone_write(540, text);
    assert_string_equal(text, "+09:00");
    zone_write(-210, text);
    assert_string_equal(text, "-03:30");
    zone_write(-30, text);
    assert_string_equal(text, "-00:30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_utc_are_known),
        cmocka_unit_test(offsets_are_minutes),
        cmocka_unit_test(what_is_no_offset_is_refused),
        cmocka_unit_test(minutes_are_written_as_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
