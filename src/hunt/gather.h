/* gather.h - matches that tell one story become one finding, for formats that know findings.
 *
 * hunt -> [gather] -> asff, ocsf
 *
 * Invariants
 *   1. A finding holds the matches of one rule, account, region, subject and day (UTC); the subject
 *      is what the hits of a correlation share, else the principal.
 *   2. Its id depends on these five alone: another hunt over the same logs, or over more of them,
 *      gives the same id.
 *   3. Account and region are fit for ARNs, whatever the record said.
 *
 * A Gather borrows the matches; one thread reads it.
 */
#ifndef HUNT_GATHER_H
#define HUNT_GATHER_H

#include "hunt/hunt.h"

enum { GATHER_ID_BYTES = 33 };

typedef struct Gathered {
    const Rule *rule;
    const HuntMatch *const *matches; /* by time */
    size_t count;
    Str account;           /* 12 digits */
    Str region;            /* lower-case letters, digits and '-' */
    const char *partition; /* aws, aws-cn or aws-us-gov */
    Str subject;           /* may be empty */
    int64_t first_us, last_us;
    char id[GATHER_ID_BYTES]; /* 32 hexadecimal digits */
} Gathered;

typedef struct Gather Gather;

/* Gathers *count* matches that lie one behind the other, as those of a Hunt. NULL with *err*. */
Gather *gather_new(const HuntMatch *matches, size_t count, Error *err)
    __attribute__((warn_unused_result));
void gather_free(Gather *gather);

/* The findings by the time of their first match. */
size_t gather_count(const Gather *gather);
const Gathered *gather_at(const Gather *gather, size_t index);

/* The rule's id, else its name, else its title. */
Str gather_rule_id(const Rule *rule);

/* The finding type of GuardDuty that the rule says it resembles, or empty. */
Str gather_resembles(const Rule *rule);

/* Part *number* of an ARN, from 0: 2 is the service, 4 the account, 5 what follows. Empty when
 * there is none, or *arn* is no ARN. */
Str gather_arn_part(Str arn, int number);

/* Puts up to *most* different texts of the matches at *member* (hunt_match_text) into *ret*, in the
 * order of time, empty ones left out; returns how many. */
size_t gather_texts(const Gathered *finding, size_t member, Str *ret, size_t most);

/* The same of the names of threat lists that hold their addresses. */
size_t gather_lists(const Gathered *finding, Str *ret, size_t most);

#endif
