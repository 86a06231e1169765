#include "support/support.h"

#include <stdio.h>

#include "findings/finding_episode.h"
#include "support/new_lake.h"

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

/* Adds an episode of minutes *first* to *last* of a group; returns its id in *ret*. */
static void add(Lake *lake, const char *group, int first, int last, double value, char *ret)
{
    Error err = {0};
    char event[32];
    int64_t hits;
    snprintf(event, sizeof event, "event-%d", first);
    const FindingEpisode episode = {.rule_id = STR("r1"),
                                    .rule = 1,
                                    .group_by = str_of(group),
                                    .event_id = str_of(event),
                                    .first_us = first * INT64_C(60000000),
                                    .last_us = last * INT64_C(60000000),
                                    .value = value,
                                    .commit_seq = first};
    support_ok(finding_episode_add(lake->db, &episode, ret, &hits, &err), &err);
}

static bool hit(Lake *lake, const char *id, int64_t index, const char *principal)
{
    Error err = {0};
    bool added = false;
    const FindingHit event = {.rule = 1,
                              .time_us = index,
                              .object_id = 1,
                              .record_index = index,
                              .principal = {principal, strlen(principal)}};
    support_ok(finding_episode_hit(lake->db, str_of(id), &event, &added, &err), &err);
    support_ok(finding_episode_end(lake->db, str_of(id), &err), &err);
    return added;
}

static void what_overlaps_keeps_its_id(void **state)
{
    (void)state;
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    char first[FINDING_ID_BYTES], later[FINDING_ID_BYTES], other[FINDING_ID_BYTES];
    add(lake, "{\"u\":\"x\"}", 10, 20, 3, first);
    add(lake, "{\"u\":\"x\"}", 20, 30, 5, later); /* touches it */
    assert_string_equal(first, later);
    add(lake, "{\"u\":\"x\"}", 5, 12, 4, later);
    assert_string_equal(first, later);
    add(lake, "{\"u\":\"x\"}", 31, 40, 3, other);
    assert_string_not_equal(first, other);
    add(lake, "{\"u\":\"y\"}", 10, 20, 3, other);
    assert_string_not_equal(first, other);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM findings"), 3);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM findings WHERE first_us = 300000000"
                                        " AND last_us = 1800000000 AND value = 5"),
                     1);
}

static void episodes_that_become_one_are_known_by_both_ids(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake_with_rules();
    Arena *arena = arena_new(1 << 20, &err);
    Finding finding;
    char early[FINDING_ID_BYTES], late[FINDING_ID_BYTES], joined[FINDING_ID_BYTES];
    add(lake, "{}", 10, 20, 3, early);
    add(lake, "{}", 40, 50, 3, late);
    assert_true(hit(lake, early, 1, "ann"));
    assert_true(hit(lake, late, 1, "ann"));
    assert_true(hit(lake, late, 2, "ann"));
    assert_false(hit(lake, late, 2, "ann"));
    add(lake, "{}", 18, 44, 3, joined);
    assert_string_equal(joined, early);
    support_ok(finding_episode_end(lake->db, str_of(joined), &err), &err);
    support_ok(finding_get(lake->db, str_of(late), arena, &finding, &err), &err);
    assert_true(str_equal(finding.id, str_of(early)));
    assert_int_equal(finding.count, 2);
    assert_int_equal(finding.last_us, 50 * INT64_C(60000000));
    assert_true(str_equal(finding.principal, STR("ann")));
    assert_true(hit(lake, joined, 3, "bob"));
    support_ok(finding_get(lake->db, str_of(late), arena, &finding, &err), &err);
    assert_int_equal(finding.principal.len, 0); /* not of all */
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM finding_hits"), 3);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_overlaps_keeps_its_id),
        cmocka_unit_test(episodes_that_become_one_are_known_by_both_ids),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
