/* address.h - what a sourceIPAddress is: an address of a network, a service's name, or neither.
 *
 * decode -> [derive] -> detect. Pure functions on texts; any thread.
 *
 * Invariants
 *   1. A key is 128 bits; IPv4 lies in ::ffff:0:0/96, so that an address of either form and an
 *      IPv4 address written as IPv6 have one key.
 *   2. Bits of a prefix count from the key's top: an IPv4 /24 has 120 of them.
 */
#ifndef DERIVE_ADDRESS_H
#define DERIVE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { ADDRESS_BITS = 128, ADDRESS_V4_BITS = 32, ADDRESS_V4_ABOVE = 96 };

typedef struct AddressKey {
    uint64_t high; /* the first 8 bytes as a big-endian number */
    uint64_t low;
} AddressKey;

/* All addresses that share the first *bits* bits of *key*; the bits behind them are 0. */
typedef struct AddressPrefix {
    AddressKey key;
    unsigned bits;
} AddressPrefix;

/* Kinds of sourceIPAddress; "cloudtrail-record", section 3. */
typedef enum {
    ADDRESS_NONE,     /* absent, or nothing that CloudTrail writes */
    ADDRESS_PUBLIC,   /* routed in the Internet; addresses for documentation count as such */
    ADDRESS_PRIVATE,  /* RFC 1918, 6598, 3927, 4193, loopback and the like */
    ADDRESS_SERVICE,  /* the name of an AWS service, such as ec2.amazonaws.com */
    ADDRESS_INTERNAL, /* "AWS Internal", also with a number behind it */
} AddressKind;

/* Reads an IPv4 address in four decimal parts or an IPv6 address; no white space around it, no
 * zone, no leading zeros. False leaves *ret* alone. */
bool address_parse(Str text, AddressKey *ret);

/* Reads ADDRESS or ADDRESS/BITS; bits of the address behind the prefix are cleared. */
bool address_parse_prefix(Str text, AddressPrefix *ret);

/* The kind of a sourceIPAddress; of public and private ones also the key, unless NULL. */
AddressKind address_kind(Str text, AddressKey *ret_key);

/* "public", "private", "service", "internal"; NULL of ADDRESS_NONE. */
const char *address_kind_name(AddressKind kind);

/* Whether *text* is a host name of AWS's own, such as ec2.amazonaws.com. */
bool address_is_service(Str text);

/* Whether *prefix* holds *key*. */
bool address_holds(const AddressPrefix *prefix, AddressKey key);

/* Numeric order: < 0, 0, > 0. */
int address_compare(AddressKey a, AddressKey b);

/* Whether the key is that of an IPv4 address. */
bool address_is_v4(AddressKey key);

/* *key* with all bits behind the first *bits* cleared, or set. */
AddressKey address_first(AddressKey key, unsigned bits);
AddressKey address_last(AddressKey key, unsigned bits);

#endif
