/* member.h - the derived members of a record: one struct, read by name or written as JSON.
 *
 * decode -> [derive] -> detect. member_table.h lists them. Pure functions; any thread.
 */
#ifndef DERIVE_MEMBER_H
#define DERIVE_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "derive/accounts.h"
#include "derive/action.h"
#include "derive/address.h"
#include "derive/aws_ranges.h"
#include "derive/client.h"
#include "derive/geo.h"
#include "derive/principal.h"

typedef enum {
#define MEMBER(id, name, type, value) MEMBER_##id,
#include "derive/member_table.h"
#undef MEMBER
    MEMBER_COUNT,
    MEMBER_NONE = -1,
} MemberId;

/* A set of threat lists, bit i being names[i]. */
typedef struct ThreatLists {
    uint64_t bits;
    const Str *names;
} ThreatLists;

/* What follows from a sourceIPAddress alone. */
typedef struct DerivedAddress {
    AddressKind kind;
    AwsRange aws;
    GeoPlace place;
    GeoNetwork network;
    ThreatLists threat_lists;
} DerivedAddress;

/* All that is derived from a record. Texts borrow from the record, from the arena that was given
 * and from the Derive: all three must outlive their use. A NULL pointer is unknown. */
typedef struct DerivedMembers {
    DerivedAddress address;
    Account account; /* of recipientAccountId, else of userIdentity.accountId */
    Principal principal;
    Client client;
    bool is_console;
    PrincipalAnswer is_human;
    ActionClass action;
    Str calendar;   /* of the caller */
    bool off_hours; /* outside of its working hours */
} DerivedMembers;

typedef enum { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_FLAG, MEMBER_LISTS } MemberType;

/* The value of a member; only the part of its type is set. */
typedef struct MemberValue {
    MemberType type;
    bool is_known;
    Str text;
    int64_t number; /* of a flag 0 or 1 */
    ThreatLists lists;
} MemberValue;

/* The member *name*, such as country; MEMBER_NONE when there is none. */
MemberId member_find(Str name);

/* Name and type of a member. */
const char *member_name(MemberId id);
MemberType member_type(MemberId id);

/* The value of a member; an empty set of lists is not known. */
MemberValue member_get(const DerivedMembers *members, MemberId id);

/* Appends the names of a set as a JSON array. */
bool member_write_lists(ThreatLists lists, Buf *buf, Error *err)
    __attribute__((warn_unused_result));

/* Appends the members that are known as a JSON object, in the order of member_table.h. */
bool member_write(const DerivedMembers *members, Buf *buf, Error *err)
    __attribute__((warn_unused_result));

#endif
