#include "derive/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/timestamp.h"
#include "support/support.h"

static Calendars *read_text(const char *text)
{
    Error err = {0};
    Calendars *calendars = calendars_read(str_of(text), "calendars.yml", &err);
    support_ok(calendars != NULL, &err);
    return calendars;
}

static void hours_are_those_of_the_zone(void **state)
{
    static const struct {
        const char *sentence, *calendar, *time;
        bool off;
    } CASES[] = {
        {"a Tuesday morning in Seoul", "zone: '+09:00', hours: 09:00-18:00", "2026-11-24T00:00:00Z",
         false},
        {"the second before", "zone: '+09:00', hours: 09:00-18:00", "2026-11-23T23:59:59Z", true},
        {"the last second", "zone: '+09:00', hours: 09:00-18:00", "2026-11-24T08:59:59Z", false},
        {"the end is outside", "zone: '+09:00', hours: 09:00-18:00", "2026-11-24T09:00:00Z", true},
        {"a Saturday", "zone: UTC, hours: 09:00-18:00", "2026-11-28T12:00:00Z", true},
        {"Friday there is Saturday here", "zone: '-08:00', hours: 09:00-18:00",
         "2026-11-28T01:00:00Z", false},
        {"a day of its own", "zone: UTC, days: {sat: 10:00-11:00}", "2026-11-28T10:30:00Z", false},
        {"a day that is not named", "zone: UTC, days: {sat: 10:00-11:00}", "2026-11-27T10:30:00Z",
         true},
        {"two stretches, between them", "zone: UTC, days: {fri: [08:00-12:00, 13:00-17:00]}",
         "2026-11-27T12:30:00Z", true},
        {"two stretches, in the second", "zone: UTC, days: {fri: [08:00-12:00, 13:00-17:00]}",
         "2026-11-27T13:00:00Z", false},
        {"a night shift's evening", "zone: UTC, days: {fri: 22:00-06:00}", "2026-11-27T23:00:00Z",
         false},
        {"and its morning", "zone: UTC, days: {fri: 22:00-06:00}", "2026-11-28T05:59:00Z", false},
        {"not the morning of the day itself", "zone: UTC, days: {fri: 22:00-06:00}",
         "2026-11-27T05:59:00Z", true},
        {"over the end of the week", "zone: UTC, days: {sun: 22:00-06:00}", "2026-11-30T01:00:00Z",
         false},
        {"the whole day", "zone: UTC, days: {sun: 00:00-24:00}", "2026-11-29T23:59:59Z", false},
        {"no work on a day", "zone: UTC, days: {sun: }", "2026-11-29T12:00:00Z", true},
        {"a holiday", "zone: UTC, hours: 09:00-18:00, holidays: [2026-12-25]",
         "2026-12-25T12:00:00Z", true},
        {"the day before", "zone: UTC, hours: 09:00-18:00, holidays: [2026-12-25]",
         "2026-12-24T12:00:00Z", false},
        {"within a range of holidays",
         "zone: UTC, hours: 09:00-18:00, holidays: [2026-12-31..2027-01-04]",
         "2027-01-04T12:00:00Z", true},
        {"behind it", "zone: UTC, hours: 09:00-18:00, holidays: [2026-12-31..2027-01-04]",
         "2027-01-05T12:00:00Z", false},
        {"a shift that began before a holiday",
         "zone: UTC, days: {thu: 22:00-06:00, fri: 22:00-06:00}, holidays: [2026-12-25]",
         "2026-12-25T05:00:00Z", false},
        {"one that began on it",
         "zone: UTC, days: {thu: 22:00-06:00, fri: 22:00-06:00}, holidays: [2026-12-25]",
         "2026-12-26T05:00:00Z", true},
        {"before 1970", "zone: UTC, hours: 09:00-18:00", "1969-12-31T10:00:00.5Z", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[400];
        int64_t us;
        snprintf(text, sizeof text, "calendars: [{name: a, %s}]", CASES[i].calendar);
        Calendars *calendars = read_text(text);
        assert_true(timestamp_parse(str_of(CASES[i].time), &us));
        if (calendars_is_off(calendars, 0, us) != CASES[i].off)
            fail_msg("%s", CASES[i].sentence);
        calendars_free(calendars);
    }
}

static void the_first_that_fits_is_the_callers(void **state)
{
    static const char TEXT[] =
        "calendars:\n"
        "- {name: kim, zone: UTC, hours: 09:00-18:00, principals: ['*:user/kim', kim@*]}\n"
        "- {name: lab, zone: UTC, hours: 09:00-18:00, accounts: ['444455556666']}\n"
        "- {name: team, zone: UTC, hours: 09:00-18:00, owners: [plat*], principals: ['*role/*']}\n"
        "- {name: rest, zone: UTC, hours: 09:00-18:00, accounts: ['1*']}\n";
    static const struct {
        const char *key, *session, *account, *owner, *calendar;
    } CASES[] = {
        {"arn:aws:iam::1:user/kim", NULL, "444455556666", NULL, "kim"},
        {"arn:aws:iam::1:role/r", "kim@example.com", NULL, NULL, "kim"},
        {"arn:aws:iam::1:user/lee", NULL, "444455556666", "platform", "lab"},
        {"arn:aws:iam::1:role/r", NULL, "111122223333", "platform", "team"},
        {"arn:aws:iam::1:user/lee", NULL, "111122223333", "platform", "rest"},
        {NULL, NULL, "111122223333", NULL, "rest"},
        {NULL, NULL, NULL, NULL, NULL},
    };
    Calendars *calendars = read_text(TEXT);
    (void)state;
    assert_int_equal(calendars_count(calendars), 4);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Principal principal = {str_of(CASES[i].key), str_of(CASES[i].session)};
        int found =
            calendars_find(calendars, &principal, str_of(CASES[i].account), str_of(CASES[i].owner));
        if (CASES[i].calendar
                ? found == CALENDAR_NONE ||
                      !str_equal(calendars_name(calendars, found), str_of(CASES[i].calendar))
                : found != CALENDAR_NONE)
            fail_msg("case %zu gave %d", i, found);
    }
    calendars_free(calendars);
}

static void mistakes_name_the_line(void **state)
{
    static const struct {
        const char *text, *error;
    } CASES[] = {
        {"", "calendars.yml:1: expected calendars: and a list"},
        {"calendars: 5", "calendars.yml:1: expected calendars: and a list"},
        {"calendars: []\nmore: 1", "calendars.yml:1: expected calendars: and a list"},
        {"calendars:\n- 7", "calendars.yml:2: expected a calendar: a map with a name, not '7'"},
        {"calendars:\n- {zone: UTC, hours: 09:00-18:00}",
         "calendars.yml:2: the calendar has no name"},
        {"calendars:\n- name: a\n  zone: UTC",
         "calendars.yml:2: a calendar has either hours or days"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00, days: {}}",
         "calendars.yml:2: a calendar has either hours or days"},
        {"calendars:\n- name: a\n  zone: Mars/Olympus\n  hours: 09:00-18:00",
         "calendars.yml:3: 'Mars/Olympus' is no time zone"},
        {"calendars:\n- name: a\n  zone: UTC\n  hours: 9-5",
         "calendars.yml:4: hours: expected hours such as 09:00-18:00, not '9-5'"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-25:00}", "not '09:00-25:00'"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-09:00}", "not '09:00-09:00'"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:60-18:00}", "not '09:60-18:00'"},
        {"calendars:\n- {name: a, zone: UTC, days: {monday: 09:00-18:00}}",
         "calendars.yml:2: 'monday' is no day: mon"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00, holidays: [christmas]}",
         "expected a day such as 2026-12-25"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00, holidays: "
         "[2026-12-31..2026-12-01]}",
         "expected a day such as 2026-12-25"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00, holidays: "
         "[2026-01-01..2028-01-01]}",
         "expected a day such as 2026-12-25"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00, principals: kim}",
         "expected a list of texts, not 'kim'"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00, teams: [x]}",
         "calendars.yml:2: 'teams' is nothing of a calendar: name, zone"},
        {"calendars:\n- {name: a, zone: UTC, hours: 09:00-18:00}\n- {name: a, zone: UTC, hours: "
         "09:00-18:00}",
         "calendars.yml:3: two calendars are called 'a'"},
        {"calendars: [", "calendars.yml:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        Calendars *calendars = calendars_read(str_of(CASES[i].text), "calendars.yml", &err);
        if (calendars || !strstr(err.text, CASES[i].error))
            fail_msg("'%s' gave '%s'", CASES[i].text, err.text);
    }
}

static void every_allocation_may_fail(void **state)
{
    static const char TEXT[] = "calendars: [{name: a, zone: UTC, hours: 09:00-18:00, holidays: "
                               "[2026-12-25], principals: [x]}]";
    bool done = false;
    (void)state;
    for (uint64_t nth = 1; !done && nth < 1000; nth++) {
        Error err = {0};
        fault_arm(FAULT_ALLOC, nth);
        Calendars *calendars = calendars_read(STR(TEXT), "calendars.yml", &err);
        fault_arm(FAULT_ALLOC, 0);
        done = calendars != NULL;
        assert_true(done || err.kind != ERROR_NONE);
        calendars_free(calendars);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_are_those_of_the_zone),
        cmocka_unit_test(the_first_that_fits_is_the_callers),
        cmocka_unit_test(mistakes_name_the_line),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
