#include "derive/geo.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <string.h>

#include "base/file_private.h"
#include "base/mem.h"

struct Geo {
    MMDB_s database;
};

/* Parts of a database's type that say which questions it answers. */
static const struct {
    const char *part;
    bool answers[2]; /* GEO_PLACE, GEO_NETWORK */
} TYPES[] = {
    {"Enterprise", {true, true}}, {"City", {true, false}},        {"Country", {true, false}},
    {"ASN", {false, true}},       {"ISP", {false, true}},         {"Anonymous", {false, false}},
    {"Domain", {false, false}},   {"Connection", {false, false}},
};

static const char *const WANTED[] = {
    [GEO_PLACE] = "GeoLite2-City or -Country",
    [GEO_NETWORK] = "GeoLite2-ASN",
};

/* Paths of members, the preferred first. */
static const char *const COUNTRY[] = {"country", "iso_code", NULL};
static const char *const REGISTERED[] = {"registered_country", "iso_code", NULL};
static const char *const CITY[] = {"city", "names", "en", NULL};
static const char *const ASN[] = {"autonomous_system_number", NULL};
static const char *const ORGANIZATION[] = {"autonomous_system_organization", NULL};

/* A type that is not in the table may answer: other makers have types of their own. */
static bool may_answer(Str type, GeoKind kind)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        for (size_t at = 0; at < type.len; at++)
            if (str_starts(str_slice(type, at, type.len), str_of(TYPES[i].part)))
                return TYPES[i].answers[kind];
    return true;
}

/* The library maps the file: of a copy, so that one that is written over in place, which would end
 * the process, is taken up like any other change. */
static bool open_database(Geo *geo, const char *path, Error *err)
{
    char copy[FILE_PRIVATE_PATH_BYTES];
    int fd = file_private_open(path, copy, err);
    if (fd < 0)
        return false;
    int status = MMDB_open(copy, MMDB_MODE_MMAP, &geo->database);
    file_private_close(fd);
    return status == MMDB_SUCCESS ||
           error_set(err, ERROR_INPUT, "'%s' is no MaxMind database that can be read: %s", path,
                     MMDB_strerror(status));
}

Geo *geo_open(const char *path, GeoKind kind, Error *err)
{
    Geo *geo = mem_calloc(1, sizeof *geo, err);
    if (!geo || !open_database(geo, path, err)) {
        mem_free(geo);
        return NULL;
    }
    if (may_answer(geo_type(geo), kind))
        return geo;
    error_set(err, ERROR_INPUT, "'%s' is of type '%.*s'; expected a database such as %s", path,
              STR_ARG(str_slice(geo_type(geo), 0, 64)), WANTED[kind]);
    geo_close(geo);
    return NULL;
}

void geo_close(Geo *geo)
{
    if (!geo)
        return;
    MMDB_close(&geo->database);
    mem_free(geo);
}

/* The library takes an address as the system's sockets do. */
static bool look_up(const Geo *geo, AddressKey key, MMDB_lookup_result_s *ret)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl((uint32_t)key.low)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    int status = MMDB_SUCCESS;
    bool is_v4 = address_is_v4(key);
    for (unsigned i = 0; i < 8; i++) {
        v6.sin6_addr.s6_addr[i] = (uint8_t)(key.high >> (56 - 8 * i));
        v6.sin6_addr.s6_addr[8 + i] = (uint8_t)(key.low >> (56 - 8 * i));
    }
    if (!is_v4 && geo->database.metadata.ip_version == 4)
        return false;
    *ret = MMDB_lookup_sockaddr(&geo->database,
                                is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
                                &status);
    return status == MMDB_SUCCESS && ret->found_entry;
}

static bool get(MMDB_lookup_result_s *found, const char *const *path, uint32_t type,
                MMDB_entry_data_s *ret)
{
    return MMDB_aget_value(&found->entry, ret, path) == MMDB_SUCCESS && ret->has_data &&
           ret->type == type;
}

static Str get_text(MMDB_lookup_result_s *found, const char *const *path)
{
    MMDB_entry_data_s data;
    if (!get(found, path, MMDB_DATA_TYPE_UTF8_STRING, &data) || !data.data_size)
        return (Str){NULL, 0};
    Str text = {data.utf8_string, data.data_size};
    return str_slice(text, 0, str_utf8_prefix(text, GEO_TEXT_BYTES_MAX));
}

void geo_place(const Geo *geo, AddressKey key, GeoPlace *ret)
{
    MMDB_lookup_result_s found;
    *ret = (GeoPlace){0};
    if (!look_up(geo, key, &found))
        return;
    ret->country = get_text(&found, COUNTRY);
    if (!ret->country.ptr)
        ret->country = get_text(&found, REGISTERED);
    ret->city = get_text(&found, CITY);
}

void geo_network(const Geo *geo, AddressKey key, GeoNetwork *ret)
{
    MMDB_lookup_result_s found;
    MMDB_entry_data_s data;
    *ret = (GeoNetwork){0};
    if (!look_up(geo, key, &found))
        return;
    if (get(&found, ASN, MMDB_DATA_TYPE_UINT32, &data))
        ret->asn = data.uint32;
    ret->organization = get_text(&found, ORGANIZATION);
}

Str geo_type(const Geo *geo)
{
    const char *type = geo->database.metadata.database_type;
    return str_of(type ? type : "");
}

int64_t geo_built_us(const Geo *geo)
{
    return (int64_t)(geo->database.metadata.build_epoch & INT64_C(0xffffffffff)) * 1000000;
}
