#include "collect/s3_folder.h"

#include "base/timestamp.h"
#include "collect/object_list.h"

enum {
    PARTS_MAX = 32,
    ACCOUNT_DIGITS = 12,
    PLAIN_DEPTH = 4, /* folders below the start that are looked into though no AWSLogs is above */
    LOGS_DEPTH = 7   /* below AWSLogs: organisation, account, kind, region, year, month, day */
};

/* The names of a prefix, between its slashes. */
typedef struct Parts {
    Str part[PARTS_MAX];
    int count;
    int logs;  /* AWSLogs; -1: none */
    int below; /* those behind the start */
} Parts;

static bool split(Str prefix, size_t start, Parts *ret)
{
    *ret = (Parts){.logs = -1};
    for (size_t at = 0; at < prefix.len;) {
        size_t end = str_find_byte(prefix, '/', at);
        if (ret->count == PARTS_MAX)
            return false;
        Str part = str_slice(prefix, at, end);
        if (str_equal(part, STR("AWSLogs")))
            ret->logs = ret->count;
        ret->below += end >= start;
        ret->part[ret->count++] = part;
        at = end + 1;
    }
    return true;
}

static bool is_number(Str text, size_t digits, uint64_t *ret)
{
    return text.len == digits && str_to_u64(text, ret);
}

static bool is_account(Str text)
{
    uint64_t number;
    return is_number(text, ACCOUNT_DIGITS, &number);
}

/* The service of an account's folder: the part behind AWSLogs, organisation and account; no ptr
 * when there is none. */
static Str service_of(const Parts *parts)
{
    int at = parts->logs + 1;
    if (parts->logs < 0)
        return (Str){NULL, 0};
    if (at < parts->count && str_starts(parts->part[at], STR("o-")))
        at++;
    if (at + 1 >= parts->count || !is_account(parts->part[at]))
        return (Str){NULL, 0};
    return parts->part[at + 1];
}

/* How many of the last parts are a date's: 3 a day, 2 a month, 1 a year, 0 none. *date* is filled
 * from the front. */
static int date_of(const Parts *parts, uint64_t date[3])
{
    static const size_t DIGITS[] = {4, 2, 2};
    for (int count = 3; count > 0; count--) {
        bool fits = parts->count >= count;
        for (int i = 0; fits && i < count; i++)
            fits = is_number(parts->part[parts->count - count + i], DIGITS[i], &date[i]);
        if (fits && date[0] >= 1970 && (count < 2 || (date[1] >= 1 && date[1] <= 12)) &&
            (count < 3 || (date[2] >= 1 && date[2] <= 31)))
            return count;
    }
    return 0;
}

/* The days of a year, a month or a day. */
static S3Days days_of(const uint64_t date[3], int count)
{
    int year = (int)date[0], month = count > 1 ? (int)date[1] : 1;
    if (count == 3) {
        int32_t day = timestamp_day_of(year, month, (int)date[2]);
        return (S3Days){day, day};
    }
    S3Days days = {timestamp_day_of(year, month, 1), 0};
    if (count == 2)
        days.last =
            (month == 12 ? timestamp_day_of(year + 1, 1, 1) : timestamp_day_of(year, month + 1, 1));
    else
        days.last = timestamp_day_of(year + 1, 1, 1);
    days.last--;
    return days;
}

S3FolderKind s3_folder_kind(Str prefix, size_t start, S3Days wanted, int32_t *ret_day,
                            Str *ret_service)
{
    Parts parts;
    uint64_t date[3] = {0};
    *ret_day = OBJECT_DAY_NONE;
    *ret_service = (Str){"", 0};
    if (!split(prefix, start, &parts))
        return S3_FOLDER_FLAT;
    Str service = service_of(&parts);
    if (service.ptr && !str_starts(service, STR("CloudTrail"))) {
        *ret_service = service;
        return S3_FOLDER_OTHER;
    }
    int count = date_of(&parts, date);
    if (count) {
        S3Days days = days_of(date, count);
        if (days.last < wanted.first || days.first > wanted.last)
            return S3_FOLDER_OTHER;
        if (count == 3)
            *ret_day = days.first;
        return count == 3 ? S3_FOLDER_DAY : S3_FOLDER_PATH;
    }
    if (parts.logs >= 0)
        return parts.count - parts.logs - 1 <= LOGS_DEPTH ? S3_FOLDER_PATH : S3_FOLDER_FLAT;
    return parts.below <= PLAIN_DEPTH ? S3_FOLDER_PATH : S3_FOLDER_FLAT;
}
