#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/zoneinfo.h"

static int32_t offset_at(const char *name, int64_t seconds)
{
    Error err = {0};
    Zoneinfo *zone = zoneinfo_open(str_of(name), &err);
    if (!zone)
        fail_msg("%s: %s", name, err.text);
    int32_t offset = zoneinfo_offset(zone, seconds * 1000000);
    zoneinfo_free(zone);
    return offset;
}

static void zones_agree_with_the_c_library(void **state)
{
    static const char *const NAMES[] = {
        "Asia/Seoul",        "Europe/Berlin",   "Europe/Dublin",    "America/New_York",
        "America/Santiago",  "Asia/Kolkata",    "Asia/Jerusalem",   "Australia/Lord_Howe",
        "Africa/Casablanca", "Asia/Tehran",     "Pacific/Apia",     "America/Godthab",
        "Asia/Kathmandu",    "Pacific/Chatham", "Antarctica/Troll", "Etc/GMT+9"};
    enum { STEP = 86400 * 5 + 4001 };
    (void)state;
    if (!file_exists("/usr/share/zoneinfo/Asia/Seoul")) {
        puts("the package tzdata is not installed");
        skip();
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        Error err = {0};
        Zoneinfo *zone = zoneinfo_open(str_of(NAMES[i]), &err);
        if (!zone)
            fail_msg("%s", err.text);
        setenv("TZ", NAMES[i], 1);
        tzset();
        for (int64_t seconds = -1500000000; seconds < 4000000000; seconds += STEP) {
            struct tm local;
            time_t moment = (time_t)seconds;
            localtime_r(&moment, &local);
            if (zoneinfo_offset(zone, seconds * 1000000) != local.tm_gmtoff)
                fail_msg("%s at %lld: %d instead of %ld", NAMES[i], (long long)seconds,
                         (int)zoneinfo_offset(zone, seconds * 1000000), local.tm_gmtoff);
        }
        zoneinfo_free(zone);
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

static void the_second_of_a_change_counts(void **state)
{
    (void)state;
    if (!file_exists("/usr/share/zoneinfo/Europe/Berlin")) {
        puts("the package tzdata is not installed");
        skip();
    }
    assert_int_equal(offset_at("Europe/Berlin", 1792889999), 7200); /* 2026-10-25 00:59:59 UTC */
    assert_int_equal(offset_at("Europe/Berlin", 1792890000), 3600);
    assert_int_equal(offset_at("Europe/Berlin", 4099766400), 3600); /* 2099, by the rule */
    assert_int_equal(offset_at("Europe/Berlin", 4087929600), 7200);
}

static void offsets_are_zones(void **state)
{
    (void)state;
    assert_int_equal(offset_at("UTC", 0), 0);
    assert_int_equal(offset_at("+09:00", 0), 32400);
    assert_int_equal(offset_at("+9", 0), 32400);
    assert_int_equal(offset_at("-0330", 0), -12600);
}

static void what_is_no_zone_is_refused(void **state)
{
    static const char *const NAMES[] = {
        "",    "Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "Asia",
        "+25", "+09:75",       "tzdata.zi",           "Asia/Seoul\n"};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        Error err = {0};
        Zoneinfo *zone = zoneinfo_open(str_of(NAMES[i]), &err);
        if (zone || err.kind == ERROR_NONE)
            fail_msg("'%s' is a zone", NAMES[i]);
    }
}

/* A zone's file of our making: two tables without changes, and *footer*. */
static void write_zone(const char *path, const char *footer)
{
    static const char HEADER[44] = "TZif2";
    char table[44 + 6 + 4] = {0};
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    memcpy(table, HEADER, sizeof HEADER);
    table[39] = 1; /* one type */
    table[43] = 4; /* of four characters */
    assert_int_equal(fwrite(table, 1, sizeof table, file), sizeof table);
    assert_int_equal(fwrite(table, 1, sizeof table, file), sizeof table);
    fprintf(file, "\n%s\n", footer);
    assert_int_equal(fclose(file), 0);
}

static void footers_are_read_to_the_letter(void **state)
{
    static const struct {
        const char *footer;
        int64_t seconds;
        int32_t offset; /* 1: it is no rule */
    } CASES[] = {
        {"KST-9", 0, 32400},
        {"<+0330>-3:30", 0, 12600},
        {"EST5EDT,M3.2.0,M11.1.0", 1792900000, -14400},
        {"EST5EDT,M3.2.0,M11.1.0", 1798000000, -18000},
        {"IST-2IDT,M3.4.4/26,M10.5.0", 1790000000, 10800},
        {"AAA0BBB,J60,J300", 1772323200, 0}, /* 2026-03-01 00:00: begins at 02:00 */
        {"AAA0BBB,J60,J300", 1772330400, 3600},
        {"AAA0BBB,J60,J300", 1709258400, 3600}, /* the same day of a leap year */
        {"AAA0BBB,59,299", 1772330400, 3600},
        {"AAA0BBB,59,299", 1709172000, 3600}, /* its 60th day: February 29 */
        {"<-03>3<-02>,M3.5.0/-1,M10.5.0/0", 1790000000, -7200},
        {"KST", 0, 1},
        {"KST-9X", 0, 1},
        {"EST5EDT,M13.2.0,M11.1.0", 0, 1},
        {"EST5EDT,M3.2.0", 0, 1},
        {"EST5EDT,M3.2.0,M11.1.0,", 0, 1},
    };
    char path[1024];
    (void)state;
    setenv("TZDIR", support_folder(), 1);
    snprintf(path, sizeof path, "%s/Test", support_folder());
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        write_zone(path, CASES[i].footer);
        Zoneinfo *zone = zoneinfo_open(STR("Test"), &err);
        int32_t offset = zone ? zoneinfo_offset(zone, CASES[i].seconds * 1000000) : 1;
        if (offset != CASES[i].offset)
            fail_msg("%s at %lld: %d instead of %d (%s)", CASES[i].footer,
                     (long long)CASES[i].seconds, (int)offset, (int)CASES[i].offset, err.text);
        zoneinfo_free(zone);
    }
    unsetenv("TZDIR");
    support_folder_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_agree_with_the_c_library),
        cmocka_unit_test(the_second_of_a_change_counts),
        cmocka_unit_test(offsets_are_zones),
        cmocka_unit_test(what_is_no_zone_is_refused),
        cmocka_unit_test(footers_are_read_to_the_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
