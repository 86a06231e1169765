#include "export/export_event.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum { ACCOUNT_DIGITS = 12, REGION_BYTES_MAX = 32, ID_BYTES = 400, ID_BYTES_MAX = 1024 };

static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};

/* Folders of categories; "cloudtrail-record", section 1.1. */
static const struct {
    const char *category, *tag;
} TAGS[] = {
    {"Insight", "CloudTrail-Insight"},
    {"NetworkActivity", "CloudTrail-NetworkActivity"},
    {"Aggregated", "CloudTrail-Aggregated"},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_account(Str text)
{
    if (text.len != ACCOUNT_DIGITS)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return true;
}

static bool is_region(Str text)
{
    if (!text.len || text.len > REGION_BYTES_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]) && text.ptr[i] != '-' &&
            !(text.ptr[i] >= 'a' && text.ptr[i] <= 'z'))
            return false;
    return true;
}

static Str text_of(const Json *root, const char *path)
{
    return json_text(json_path(root, str_of(path)), STR(""));
}

static Str account_of(const Json *root)
{
    static const char *const PATHS[] = {"recipientAccountId", "accountId",
                                        "userIdentity.accountId"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        if (is_account(text_of(root, PATHS[i])))
            return text_of(root, PATHS[i]);
    return STR("unknown");
}

/* Aggregated events have names of their own ("cloudtrail-record", section 10). */
static Str either(const Json *root, const char *path, const char *aggregated)
{
    Str text = text_of(root, path);
    return text.len ? text : text_of(root, aggregated);
}

static Str tag_of(const Json *root)
{
    Str category = text_of(root, "eventCategory");
    for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++)
        if (str_equal(category, str_of(TAGS[i].category)))
            return str_of(TAGS[i].tag);
    return STR("CloudTrail");
}

/* "20261124" of "2026-11-24T...". */
static void write_day(Str time, char ret[EXPORT_DAY_BYTES])
{
    static const char PATTERN[] = "dddd-dd-dd";
    char digits[EXPORT_DAY_BYTES];
    size_t count = 0;
    bool ok = time.len >= strlen(PATTERN);
    for (size_t i = 0; ok && PATTERN[i]; i++) {
        ok = PATTERN[i] == 'd' ? is_digit(time.ptr[i]) : time.ptr[i] == PATTERN[i];
        if (PATTERN[i] == 'd' && ok)
            digits[count++] = time.ptr[i];
    }
    if (ok)
        snprintf(ret, EXPORT_DAY_BYTES, "%.8s", digits);
    else
        snprintf(ret, EXPORT_DAY_BYTES, "00000000");
}

/* The event's id; of one without, a hash of what it says. */
static bool put_id(const ExportEvent *event, Arena *arena, Str *ret, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    Str id = either(event->root, "eventID", "eventId");
    Str state = text_of(event->root, "insightDetails.state");
    if (!id.len) {
        hash_sha256(event->text.ptr, event->text.len, sha256);
        hash_hex(sha256, sizeof sha256, hex);
        id = str_of(hex);
    }
    BUF_AUTO Buf text = buf_init(ID_BYTES_MAX);
    const char *kept =
        buf_append_str(&text, str_slice(id, 0, str_utf8_prefix(id, ID_BYTES)), err) &&
                (!state.len || buf_printf(&text, err, "-%.*s", STR_ARG(str_slice(state, 0, 32))))
            ? arena_text(arena, buf_str(&text), err)
            : NULL;
    *ret = str_of(kept ? kept : "");
    return kept != NULL;
}

bool export_event_read(Str text, Arena *arena, ExportEvent *ret, Error *err)
{
    const Json *root = json_read(text, &LIMITS, arena, err);
    if (!root)
        return false;
    if (root->type != JSON_OBJECT)
        return error_set(err, ERROR_INPUT, "a record is no object");
    Str region = text_of(root, "awsRegion");
    *ret = (ExportEvent){.text = text,
                         .root = root,
                         .account = account_of(root),
                         .region = is_region(region) ? region : STR("unknown"),
                         .tag = tag_of(root),
                         .time = either(root, "eventTime", "timeWindow.windowStart")};
    write_day(ret->time, ret->day);
    return put_id(ret, arena, &ret->id, err);
}
