/* derive.h - all lookups of a configuration as one immutable set, and what they say of a record.
 *
 * decode -> [derive] -> detect. A Derive is opened from the configuration's keys derive.*, shared
 * by reference count and never changed: when files do (derive_stamp), another one is opened, and
 * whoever still works with the old one keeps it until derive_release. What depends on one value
 * (address, account, client, principal, action) is a function of its own, so that callers keep
 * results by distinct value; derive_decide adds what depends on several. Any thread may look;
 * opening is done by one.
 *
 * Invariants
 *   1. A lookup that is not configured leaves its members unknown; one that is configured and can't
 *      be read is an error, never half a lookup.
 *   2. Equal inputs give equal members for the life of a Derive.
 */
#ifndef DERIVE_DERIVE_H
#define DERIVE_DERIVE_H

#include "base/config.h"
#include "base/file_stamp.h"
#include "derive/calendar.h"
#include "derive/member.h"
#include "derive/threat_list.h"

enum { DERIVE_LISTS_MAX = 64 };

typedef struct Derive Derive;

/* What is read of a record; a NULL pointer is an absent member. Flags are texts as written. */
typedef struct DeriveInput {
    Str source_ip, user_agent, event_source, event_name, event_type;
    Str read_only;            /* "true", "false" */
    Str from_console;         /* sessionCredentialFromConsole */
    Str recipient_account_id; /* its name is looked up, or else that of identity.account_id */
    Str event_time;
    PrincipalInput identity;
} DeriveInput;

/* Opens all lookups that the configuration names, with one reference. NULL with *err* that names
 * key and file: ERROR_ACCESS, ERROR_INPUT or ERROR_LIMIT. */
Derive *derive_open(const Config *config, Error *err) __attribute__((warn_unused_result));

/* Opens one lookup alone, by its key; for `spoor status`. */
Derive *derive_open_one(const Config *config, ConfigKey key, Error *err)
    __attribute__((warn_unused_result));

/* One more reference, and one less; the last one frees. NULL is fine to release. */
Derive *derive_keep(Derive *derive);
void derive_release(Derive *derive);

/* Adds to *stamp* how the files look that derive_open reads: another set comes of it when that
 * changes. */
void derive_stamp(const Config *config, FileStamp *stamp);

/* What an address says. */
void derive_address(const Derive *derive, Str source_ip, DerivedAddress *ret);

/* What is known of an account. */
void derive_account(const Derive *derive, Str account_id, Account *ret);

/* Fills is_console and is_human from principal and client of *members* and the identity. */
void derive_decide(DerivedMembers *members, const PrincipalInput *identity, Str event_type,
                   Str from_console);

/* The calendar of a caller, CALENDAR_NONE when there is none. */
int derive_calendar(const Derive *derive, const Principal *principal, Str account_id,
                    const Account *account);

/* Fills calendar and off_hours of *members* for a call at *us*. */
void derive_hours(const Derive *derive, int calendar, int64_t us, DerivedMembers *members);

/* All members of a record at once, by the functions above. False with *err* when *arena* is full.
 */
bool derive_members(const Derive *derive, const DeriveInput *input, Arena *arena,
                    DerivedMembers *ret, Error *err) __attribute__((warn_unused_result));

/* Appends {"addressKind":..} with the members that are known: member_write under derive's name. */
bool derive_write(const DerivedMembers *members, Buf *buf, Error *err)
    __attribute__((warn_unused_result));

/* The threat lists in the order of their bits: count, name and what became of each. */
size_t derive_list_count(const Derive *derive);
Str derive_list_name(const Derive *derive, size_t index);
const ThreatListReport *derive_list_report(const Derive *derive, size_t index);

/* The lookups that are open, else NULL; for words about them. */
const Geo *derive_geo(const Derive *derive, GeoKind kind);
const AwsRanges *derive_aws_ranges(const Derive *derive);
const Accounts *derive_accounts(const Derive *derive);
const Calendars *derive_calendars(const Derive *derive);

#endif
