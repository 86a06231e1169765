#include "notify/pace.h"

#include "base/config.h"
#include "base/timestamp.h"

enum { DAY_MINUTES = 1440, KEY_BYTES_MAX = 256 };

static const int64_t MINUTE_US = INT64_C(60000000);
static const int64_t WAIT_MAX_US = INT64_C(86400000000);

/* Words of group_by, and of limit's times, in the order of their values. */
static const char *const BY[] = {[PACE_ALL] = "all",
                                 [PACE_RULE] = "rule",
                                 [PACE_ACCOUNT] = "account",
                                 [PACE_PRINCIPAL] = "principal",
                                 [PACE_LEVEL] = "level"};

static const struct {
    const char *word;
    int64_t us;
} TIMES[] = {
    {"minute", INT64_C(60000000)}, {"hour", INT64_C(3600000000)}, {"day", INT64_C(86400000000)}};

static bool read_by(Str text, PaceBy *ret)
{
    for (size_t i = 0; i < sizeof BY / sizeof *BY; i++)
        if (str_equal(text, str_of(BY[i]))) {
            *ret = (PaceBy)i;
            return true;
        }
    return !text.len;
}

/* "20/hour" */
static bool read_limit(Str text, Pace *ret)
{
    uint64_t number;
    size_t slash = str_find_byte(text, '/', 0);
    Str time = str_slice(text, slash + 1, text.len);
    if (!text.len)
        return true;
    if (!str_to_u64(str_slice(text, 0, slash), &number) || number < 1 || number > 1000)
        return false;
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++)
        if (str_equal(time, str_of(TIMES[i].word))) {
            ret->limit = (int)number;
            ret->per_us = TIMES[i].us;
            return true;
        }
    return false;
}

static bool read_wait(Str text, int64_t *ret)
{
    Error why = {0};
    return !text.len ||
           (timestamp_parse_duration(text, ret, &why) && *ret > 0 && *ret <= WAIT_MAX_US);
}

const char *pace_read(Str item, Pace *ret)
{
    Str quiet = config_item_member(item, STR("quiet"));
    Str level = config_item_member(item, STR("quiet_level"));
    Str by = config_item_member(item, STR("group_by"));
    *ret = (Pace){.quiet_level = LEVEL_CRITICAL};
    if (!read_wait(config_item_member(item, STR("group_wait")), &ret->wait_us))
        return "group_wait is a time such as 30s or 5m, at most a day";
    if (!read_by(by, &ret->by))
        return "group_by is one of all, rule, account, principal, level";
    if (by.len && !ret->wait_us)
        return "group_by goes with group_wait";
    if (!read_limit(config_item_member(item, STR("limit")), ret))
        return "limit is a number of messages, 1 to 1000, in a time: 20/hour; or minute, or day";
    if (quiet.len && !timestamp_parse_hours(quiet, &ret->quiet_from, &ret->quiet_minutes))
        return "quiet is hours such as 22:00-07:00";
    if (level.len && !rule_level_read(level, &ret->quiet_level))
        return "quiet_level is one of informational, low, medium, high, critical";
    if (level.len && !quiet.len)
        return "quiet_level goes with quiet";
    return NULL;
}

bool pace_is_set(const Pace *pace)
{
    return pace->wait_us || pace->limit || pace->quiet_minutes;
}

static Str key_of(PaceBy by, const PaceAsked *asked)
{
    const Str KEYS[] = {[PACE_ALL] = STR(""),
                        [PACE_RULE] = asked->rule,
                        [PACE_ACCOUNT] = asked->account,
                        [PACE_PRINCIPAL] = asked->principal,
                        [PACE_LEVEL] = str_of(rule_level_name(asked->level))};
    return str_slice(KEYS[by], 0, str_utf8_prefix(KEYS[by], KEY_BYTES_MAX));
}

bool pace_of(const Pace *pace, const PaceAsked *asked, int64_t *ret_wait_us, Buf *bundle,
             Error *err)
{
    int behind = (asked->minute - pace->quiet_from + DAY_MINUTES) % DAY_MINUTES;
    *ret_wait_us = 0;
    if (behind < pace->quiet_minutes && asked->level < pace->quiet_level) {
        *ret_wait_us = (pace->quiet_minutes - behind) * MINUTE_US;
        return buf_append_str(bundle, STR("quiet"), err);
    }
    *ret_wait_us = pace->wait_us;
    return !pace->wait_us || (buf_printf(bundle, err, "%s:", BY[pace->by]) &&
                              buf_append_str(bundle, key_of(pace->by, asked), err));
}
