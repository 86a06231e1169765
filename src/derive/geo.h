/* geo.h - where an address is and whose network it is in, by MaxMind databases.
 *
 * decode -> [derive] -> detect. A database is a .mmdb file that the operator got: GeoLite2-City or
 * -Country, GeoLite2-ASN, or another one of the same layout (docs/adr/0007-geography.md). The file
 * stays mapped while it is open: it has to be replaced by a rename, never written over in place.
 * Immutable once open; any thread may look.
 */
#ifndef DERIVE_GEO_H
#define DERIVE_GEO_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "derive/address.h"

typedef enum { GEO_PLACE, GEO_NETWORK } GeoKind;

enum { GEO_TEXT_BYTES_MAX = 256 };

typedef struct Geo Geo;

/* Where an address is. Members that the database does not have keep a NULL pointer; texts live as
 * long as the Geo and are cut at GEO_TEXT_BYTES_MAX. */
typedef struct GeoPlace {
    Str country; /* ISO 3166 code, such as KR */
    Str city;    /* its English name */
} GeoPlace;

/* Whose network it is in; asn 0 is unknown. */
typedef struct GeoNetwork {
    uint32_t asn;
    Str organization;
} GeoNetwork;

/* Opens a database for one kind of question. ERROR_ACCESS when it cannot be read, ERROR_INPUT when
 * it is no .mmdb or its type says that it answers the other kind alone. The caller frees with
 * geo_close; NULL is fine. */
Geo *geo_open(const char *path, GeoKind kind, Error *err) __attribute__((warn_unused_result));
void geo_close(Geo *geo);

/* Looks up an address; members that are not known keep a NULL pointer or 0. What is damaged in the
 * database counts as not known. */
void geo_place(const Geo *geo, AddressKey key, GeoPlace *ret);
void geo_network(const Geo *geo, AddressKey key, GeoNetwork *ret);

/* The database's own type, such as GeoLite2-City, and when it was made, in microseconds. */
Str geo_type(const Geo *geo);
int64_t geo_built_us(const Geo *geo);

#endif
