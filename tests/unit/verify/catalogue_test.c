#include "verify/catalogue.h"

#include <stdio.h>

#include "support/support.h"

/* The key of the digest that ends at this hour of 2026-11-24. */
static const char *key_of(const char *region, int hour, bool backfill)
{
    static char key[300];
    snprintf(key, sizeof key,
             "AWSLogs/1/CloudTrail-Digest/%s/2026/11/24/"
             "1_CloudTrail-Digest_%s_t_h_20261124T%02d0000Z%s.json.gz",
             region, region, hour, backfill ? "_backfill" : "");
    return key;
}

static Catalogue *made(const CatalogueChoice *choice)
{
    Error err = {0};
    Catalogue *catalogue = catalogue_new(choice, &err);
    support_ok(catalogue != NULL, &err);
    for (int hour = 12; hour >= 0; hour--) {
        support_ok(catalogue_visit(catalogue, STR("b"), str_of(key_of("r", hour, false)), &err),
                   &err);
        support_ok(catalogue_visit(catalogue, STR("c"), str_of(key_of("r", hour, false)), &err),
                   &err);
        support_ok(catalogue_visit(catalogue, STR("b"), str_of(key_of("q", hour, false)), &err),
                   &err);
    }
    support_ok(catalogue_visit(catalogue, STR("b"), str_of(key_of("r", 5, true)), &err), &err);
    support_ok(catalogue_visit(catalogue, STR("b"), STR("AWSLogs/1/CloudTrail/r/x.json.gz"), &err),
               &err);
    catalogue_sort(catalogue);
    return catalogue;
}

static void digests_are_kept_by_chain_home_and_time(void **state)
{
    const CatalogueChoice choice = {.since_us = INT64_MIN, .until_us = INT64_MAX};
    Catalogue *catalogue = made(&choice);
    (void)state;
    assert_int_equal(catalogue_chains(catalogue), 2);
    assert_int_equal(catalogue_homes(catalogue), 2);
    const Chain *chain = catalogue_chain(catalogue, 1);
    assert_true(str_equal(chain->region, STR("r")));
    assert_int_equal(chain->count, 27);
    size_t count, first = catalogue_range(chain, 1, false, &count);
    assert_int_equal(count, 13);
    for (size_t i = 1; i < count; i++)
        assert_true(chain->places[first + i - 1].end_us < chain->places[first + i].end_us);
    catalogue_range(chain, 0, true, &count);
    assert_int_equal(count, 1);
    catalogue_free(catalogue);
    catalogue_free(NULL);
}

static void a_key_leads_to_its_place_and_back(void **state)
{
    const CatalogueChoice choice = {.since_us = INT64_MIN, .until_us = INT64_MAX};
    Catalogue *catalogue = made(&choice);
    const Chain *chain = catalogue_chain(catalogue, 1);
    Error err = {0};
    BUF_AUTO Buf key = buf_init(1000);
    (void)state;
    const DigestPlace *place =
        catalogue_find(catalogue, chain, STR("c"), str_of(key_of("r", 7, false)));
    assert_non_null(place);
    support_ok(catalogue_key(catalogue, chain, place, &key, &err), &err);
    assert_true(str_equal(buf_str(&key), str_of(key_of("r", 7, false))));
    assert_null(catalogue_find(catalogue, chain, STR("d"), str_of(key_of("r", 7, false))));
    assert_null(catalogue_find(catalogue, chain, STR("c"), str_of(key_of("q", 7, false))));
    assert_null(catalogue_find(catalogue, chain, STR("c"), str_of(key_of("r", 13, false))));
    assert_null(catalogue_find(catalogue, chain, STR("c"), str_of(key_of("r", 5, true))));
    catalogue_free(catalogue);
}

static void only_what_is_chosen_is_kept(void **state)
{
    const int64_t midnight = INT64_C(1795478400000000), hour = INT64_C(3600000000); /* 2026-11-24 */
    const CatalogueChoice choice = {
        .region = STR("q"), .since_us = midnight + 3 * hour, .until_us = midnight + 6 * hour};
    Catalogue *catalogue = made(&choice);
    (void)state;
    assert_int_equal(catalogue_chains(catalogue), 1);
    assert_int_equal(catalogue_chain(catalogue, 0)->count, 4);
    catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_kept_by_chain_home_and_time),
        cmocka_unit_test(a_key_leads_to_its_place_and_back),
        cmocka_unit_test(only_what_is_chosen_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
