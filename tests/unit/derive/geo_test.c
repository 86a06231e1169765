#include "derive/geo.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "support/mmdb.h"
#include "support/support.h"

static const char PLACES[] =
    "[\"81.2.69.0/24\", {\"city\": {\"names\": {\"de\": \"x\", \"en\": \"London\"}}, \"country\": "
    "{\"iso_code\": \"GB\"}, \"registered_country\": {\"iso_code\": \"US\"}}]\n"
    "[\"175.16.199.0/24\", {\"registered_country\": {\"iso_code\": \"CN\"}}]\n"
    "[\"2.125.160.0/24\", {\"country\": {\"iso_code\": 7}, \"city\": \"flat\"}]\n"
    "[\"2001:218::/32\", {\"country\": {\"iso_code\": \"JP\"}}]\n";

static const char NETWORKS[] = "[\"1.128.0.0/11\", {\"autonomous_system_number\": 1221, "
                               "\"autonomous_system_organization\": \"Telstra Pty Ltd\"}]\n"
                               "[\"12.81.92.0/22\", {\"autonomous_system_number\": 7018}]\n"
                               "[\"2600:6000::/20\", {\"autonomous_system_number\": 237, "
                               "\"autonomous_system_organization\": \"Merit Network Inc.\"}]\n";

static Geo *open_made(const char *name, const char *type, const char *lines, GeoKind kind)
{
    char path[512];
    Error err = {0};
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    mmdb_write(path, type, lines);
    Geo *geo = geo_open(path, kind, &err);
    support_ok(geo != NULL, &err);
    return geo;
}

static bool same(Str text, const char *expected)
{
    return expected ? text.ptr && str_equal(text, str_of(expected)) : text.ptr == NULL;
}

static void places_are_found(void **state)
{
    static const struct {
        const char *sentence, *text, *country, *city;
    } CASES[] = {
        {"a city", "81.2.69.142", "GB", "London"},
        {"IPv4 written as IPv6", "::ffff:81.2.69.142", "GB", "London"},
        {"only the country that registered it", "175.16.199.1", "CN", NULL},
        {"members of another type", "2.125.160.1", NULL, NULL},
        {"IPv6", "2001:218::1", "JP", NULL},
        {"an address that is not there", "8.8.8.8", NULL, NULL},
        {"IPv6 that is not there", "2001:4860::1", NULL, NULL},
    };
    (void)state;
    Geo *geo = open_made("city.mmdb", "GeoLite2-City", PLACES, GEO_PLACE);
    assert_true(str_equal(geo_type(geo), STR("GeoLite2-City")));
    assert_true(geo_built_us(geo) == INT64_C(1790000000000000));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AddressKey key;
        GeoPlace place;
        assert_true(address_parse(str_of(CASES[i].text), &key));
        geo_place(geo, key, &place);
        if (!same(place.country, CASES[i].country) || !same(place.city, CASES[i].city))
            fail_msg("%s: %.*s", CASES[i].sentence, STR_ARG(place.country));
    }
    geo_close(geo);
    geo_close(NULL);
}

static void networks_are_found(void **state)
{
    static const struct {
        const char *sentence, *text, *organization;
        uint32_t asn;
    } CASES[] = {
        {"a network", "1.128.0.1", "Telstra Pty Ltd", 1221},
        {"a network of nobody's name", "12.81.92.1", NULL, 7018},
        {"IPv6", "2600:6001::1", "Merit Network Inc.", 237},
        {"an address that is not there", "9.9.9.9", NULL, 0},
    };
    (void)state;
    Geo *geo = open_made("asn.mmdb", "GeoLite2-ASN", NETWORKS, GEO_NETWORK);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AddressKey key;
        GeoNetwork network;
        assert_true(address_parse(str_of(CASES[i].text), &key));
        geo_network(geo, key, &network);
        if (network.asn != CASES[i].asn || !same(network.organization, CASES[i].organization))
            fail_msg("%s: %u", CASES[i].sentence, network.asn);
    }
    geo_close(geo);
}

static void what_does_not_answer_is_refused(void **state)
{
    char path[512];
    Error err = {0};
    (void)state;
    snprintf(path, sizeof path, "%s/none.mmdb", support_folder());
    assert_null(geo_open(path, GEO_PLACE, &err));
    assert_int_equal(err.kind, ERROR_ACCESS);
    support_ok(file_replace(path, STR("this is no database, but it is long enough"), &err), &err);
    assert_null(geo_open(path, GEO_PLACE, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, "is no MaxMind database"));
    mmdb_write(path, "GeoLite2-ASN", NETWORKS);
    assert_null(geo_open(path, GEO_PLACE, &err));
    assert_non_null(strstr(err.text, "is of type 'GeoLite2-ASN'; expected a database such as "
                                     "GeoLite2-City"));
    mmdb_write(path, "GeoLite2-Country", PLACES);
    assert_null(geo_open(path, GEO_NETWORK, &err));
    mmdb_write(path, "ipinfo generic", PLACES);
    Geo *geo = geo_open(path, GEO_PLACE, &err);
    assert_non_null(geo);
    geo_close(geo);
}

static void a_damaged_database_is_refused_or_knows_nothing(void **state)
{
    char path[512];
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(1 << 20);
    (void)state;
    snprintf(path, sizeof path, "%s/damaged.mmdb", support_folder());
    mmdb_write(path, "GeoLite2-City", PLACES);
    support_ok(file_read(path, &bytes, NULL, &err), &err);
    AddressKey key;
    assert_true(address_parse(STR("81.2.69.142"), &key));
    for (size_t at = 0; at < bytes.len; at += 7) {
        char kept = bytes.ptr[at];
        GeoPlace place;
        bytes.ptr[at] = (char)(kept ^ 0xff);
        support_ok(file_replace(path, buf_str(&bytes), &err), &err);
        bytes.ptr[at] = kept;
        Geo *geo = geo_open(path, GEO_PLACE, &err);
        if (geo)
            geo_place(geo, key, &place);
        geo_close(geo);
    }
    for (size_t len = 0; len < bytes.len; len += 31) {
        support_ok(file_replace(path, str_slice(buf_str(&bytes), 0, len), &err), &err);
        geo_close(geo_open(path, GEO_PLACE, &err));
    }
}

static void a_database_that_is_cut_in_place_answers_as_before(void **state)
{
    char path[512];
    AddressKey key;
    GeoPlace place;
    (void)state;
    Geo *geo = open_made("cut.mmdb", "GeoLite2-City", PLACES, GEO_PLACE);
    snprintf(path, sizeof path, "%s/cut.mmdb", support_folder());
    assert_int_equal(truncate(path, 0), 0);
    assert_true(address_parse(STR("81.2.69.142"), &key));
    geo_place(geo, key, &place);
    assert_true(same(place.country, "GB"));
    assert_true(same(place.city, "London"));
    geo_close(geo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_found),
        cmocka_unit_test(networks_are_found),
        cmocka_unit_test(what_does_not_answer_is_refused),
        cmocka_unit_test(a_damaged_database_is_refused_or_knows_nothing),
        cmocka_unit_test(a_database_that_is_cut_in_place_answers_as_before),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    support_folder_end();
    return failed;
}
