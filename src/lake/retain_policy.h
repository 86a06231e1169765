/* retain_policy.h - how many days a table is kept, account by account.
 *
 * "400, 111122223333=30, 444455556666=forever": a number for all accounts, and others for some.
 * What has no number is kept for ever. A record of a day is kept through that many days behind it.
 */
#ifndef LAKE_RETAIN_POLICY_H
#define LAKE_RETAIN_POLICY_H

#include <stdint.h>

#include "base/buf.h"

enum { RETAIN_ACCOUNTS_MAX = 1000, RETAIN_DAYS_MAX = 36500, RETAIN_FOREVER = 0 };

typedef struct RetainAccount {
    char account[13];
    int32_t days; /* RETAIN_FOREVER or 1 .. RETAIN_DAYS_MAX */
} RetainAccount;

typedef struct RetainPolicy {
    const char *text; /* as it was read; borrowed */
    int32_t days;     /* of accounts that are not named */
    RetainAccount accounts[RETAIN_ACCOUNTS_MAX];
    size_t count;
} RetainPolicy;

/* Reads *text*, empty: nothing goes. ERROR_USAGE names *key* and the culprit. */
bool retain_policy_read(const char *key, const char *text, RetainPolicy *ret, Error *err)
    __attribute__((warn_unused_result));

/* The least number of days that something is kept; RETAIN_FOREVER when nothing goes. */
int32_t retain_policy_least(const RetainPolicy *policy);

/* Appends SQL, of the engine or the state: whether what is of *account* and *day* (SQL both; days
 * since 1970) has been kept long enough on the day *today*. */
bool retain_policy_sql(const RetainPolicy *policy, const char *account, const char *day,
                       int32_t today, Buf *out, Error *err) __attribute__((warn_unused_result));

/* The same of one account (empty: none) and day. */
bool retain_policy_is_due(const RetainPolicy *policy, Str account, int32_t day, int32_t today);

#endif
