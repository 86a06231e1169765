#include "lake/retain_policy.h"

#include <stdio.h>
#include <string.h>

enum { ACCOUNT_DIGITS = 12 };

/* Takes the next item off *text*, without white space; items end at commas. */
static Str next_item(Str *text)
{
    size_t end = str_find_byte(*text, ',', 0);
    Str item = str_trim(str_slice(*text, 0, end));
    *text = str_slice(*text, end + 1, text->len);
    return item;
}

static bool read_days(Str text, int32_t *ret)
{
    int32_t days = 0;
    *ret = RETAIN_FOREVER;
    if (str_equal(text, STR("forever")))
        return true;
    if (!text.len || text.len > 5)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        days = 10 * days + (text.ptr[i] - '0');
    }
    *ret = days;
    return days >= 1 && days <= RETAIN_DAYS_MAX;
}

static bool is_account(Str text)
{
    bool ok = text.len == ACCOUNT_DIGITS;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return ok;
}

/* "400" or "111122223333=30". */
static bool read_item(Str item, RetainPolicy *policy)
{
    size_t equals = str_find_byte(item, '=', 0);
    if (equals == item.len)
        return policy->days == RETAIN_FOREVER && read_days(item, &policy->days);
    Str name = str_trim(str_slice(item, 0, equals));
    RetainAccount *account = &policy->accounts[policy->count];
    if (!is_account(name) || policy->count == RETAIN_ACCOUNTS_MAX ||
        !read_days(str_trim(str_slice(item, equals + 1, item.len)), &account->days))
        return false;
    snprintf(account->account, sizeof account->account, "%.*s", STR_ARG(name));
    for (size_t i = 0; i < policy->count; i++)
        if (strcmp(policy->accounts[i].account, account->account) == 0)
            return false;
    policy->count++;
    return true;
}

bool retain_policy_read(const char *key, const char *text, RetainPolicy *ret, Error *err)
{
    Str rest = str_of(text);
    *ret = (RetainPolicy){.text = text};
    while (rest.len) {
        Str item = next_item(&rest);
        if (!read_item(item, ret))
            return error_set(err, ERROR_USAGE,
                             "%s: '%.*s' is neither a number of days (1 to %d, or forever) nor"
                             " ACCOUNT=DAYS, or was said before",
                             key, (int)(item.len < 64 ? item.len : 64), item.ptr, RETAIN_DAYS_MAX);
    }
    return true;
}

int32_t retain_policy_least(const RetainPolicy *policy)
{
    int32_t least = policy->days;
    for (size_t i = 0; i < policy->count; i++) {
        int32_t days = policy->accounts[i].days;
        if (days != RETAIN_FOREVER && (least == RETAIN_FOREVER || days < least))
            least = days;
    }
    return least;
}

static bool append_days(int32_t days, Buf *out, Error *err)
{
    return days == RETAIN_FOREVER ? buf_printf(out, err, "NULL") : buf_printf(out, err, "%d", days);
}

bool retain_policy_sql(const RetainPolicy *policy, const char *account, const char *day,
                       int32_t today, Buf *out, Error *err)
{
    bool ok = buf_printf(out, err, "coalesce((%s) + CASE %s WHEN '-' THEN NULL", day, account);
    for (size_t i = 0; ok && i < policy->count; i++)
        ok = buf_printf(out, err, " WHEN '%s' THEN ", policy->accounts[i].account) &&
             append_days(policy->accounts[i].days, out, err);
    return ok && buf_printf(out, err, " ELSE ") && append_days(policy->days, out, err) &&
           buf_printf(out, err, " END < %d, false)", today);
}

bool retain_policy_is_due(const RetainPolicy *policy, Str account, int32_t day, int32_t today)
{
    int32_t days = policy->days;
    for (size_t i = 0; i < policy->count; i++)
        if (str_equal(account, str_of(policy->accounts[i].account)))
            days = policy->accounts[i].days;
    return days != RETAIN_FOREVER && day + days < today;
}
