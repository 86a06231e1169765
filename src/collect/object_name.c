#include "collect/object_name.h"

#include "base/timestamp.h"

enum { STAMP_BYTES = 16 /* 20230710T124507Z */ };

/* The part of *text* behind the last *byte*, which is cut off with it; false without one. */
static bool take_last(Str *text, char byte, Str *ret)
{
    size_t at = text->len;
    while (at && text->ptr[at - 1] != byte)
        at--;
    if (!at)
        return false;
    *ret = str_slice(*text, at, text->len);
    text->len = at - 1;
    return true;
}

static bool cut_end(Str *text, Str end)
{
    if (!str_ends(*text, end))
        return false;
    text->len -= end.len;
    return true;
}

/* "20230710T124507Z" and nothing else. */
static bool read_stamp(Str text, int64_t *ret_us)
{
    bool form = text.len == STAMP_BYTES;
    for (size_t i = 0; form && i < STAMP_BYTES; i++)
        form = i == 8                 ? text.ptr[i] == 'T'
               : i == STAMP_BYTES - 1 ? text.ptr[i] == 'Z'
                                      : text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return form && timestamp_parse(text, ret_us);
}

/* The name: account_CloudTrail-Digest_region_trail_home_stamp. */
static bool read_file_name(Str name, DigestName *ret)
{
    Str stamp, head = name;
    ret->backfill = cut_end(&head, STR("_backfill"));
    if (!take_last(&head, '_', &stamp) || !read_stamp(stamp, &ret->end_us) ||
        !take_last(&head, '_', &ret->home_region))
        return false;
    size_t account = str_find_byte(head, '_', 0);
    ret->account = str_slice(head, 0, account);
    head = str_slice(head, account, head.len);
    if (!str_starts(head, STR("_CloudTrail-Digest_")))
        return false;
    head = str_slice(head, sizeof "_CloudTrail-Digest_" - 1, head.len);
    size_t region = str_find_byte(head, '_', 0);
    ret->region = str_slice(head, 0, region);
    ret->trail = str_slice(head, region + 1, head.len);
    return ret->account.len && ret->region.len && ret->trail.len && ret->home_region.len;
}

/* The last folder of *folders*, which is cut off; the last of all is cut off too. */
static Str take_folder(Str *folders)
{
    Str folder;
    if (!take_last(folders, '/', &folder)) {
        folder = *folders;
        folders->len = 0;
    }
    return folder;
}

/* The folders of the day, which the name repeats. */
static bool read_day(Str *folders, int64_t us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format_day(timestamp_day(us), text);
    return str_equal(take_folder(folders), (Str){text + 8, 2}) &&
           str_equal(take_folder(folders), (Str){text + 5, 2}) &&
           str_equal(take_folder(folders), (Str){text, 4});
}

/* The folders before the name: [prefix/]AWSLogs/[organization/]account/CloudTrail-Digest/region/
 * and the day, all of which the name repeats. */
static bool read_folders(Str folders, DigestName *ret)
{
    if (!read_day(&folders, ret->end_us) || !str_equal(take_folder(&folders), ret->region) ||
        !str_equal(take_folder(&folders), STR("CloudTrail-Digest")) ||
        !str_equal(take_folder(&folders), ret->account))
        return false;
    Str part = take_folder(&folders);
    if (str_starts(part, STR("o-"))) {
        ret->organization = part;
        part = take_folder(&folders);
    }
    ret->prefix = folders;
    return str_equal(part, STR("AWSLogs"));
}

static bool has_control(Str text)
{
    bool found = false;
    for (size_t i = 0; !found && i < text.len; i++)
        found = (unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f;
    return found;
}

bool object_name_digest(Str key, DigestName *ret)
{
    Str name;
    *ret = (DigestName){.prefix = STR(""), .organization = STR("")};
    if (has_control(key) || !cut_end(&key, STR(".json.gz")) || !take_last(&key, '/', &name))
        return false;
    return read_file_name(name, ret) && read_folders(key, ret);
}

bool object_name_digest_key(const DigestName *name, Buf *ret, Error *err)
{
    char day[TIMESTAMP_TEXT_BYTES], time[TIMESTAMP_TEXT_BYTES];
    timestamp_format(name->end_us, time);
    timestamp_format_day(timestamp_day(name->end_us), day);
    if (name->prefix.len && !buf_printf(ret, err, "%.*s/", STR_ARG(name->prefix)))
        return false;
    if (!buf_append_str(ret, STR("AWSLogs/"), err))
        return false;
    if (name->organization.len && !buf_printf(ret, err, "%.*s/", STR_ARG(name->organization)))
        return false;
    return buf_printf(ret, err, "%.*s/CloudTrail-Digest/%.*s/%.4s/%.2s/%.2s/",
                      STR_ARG(name->account), STR_ARG(name->region), day, day + 5, day + 8) &&
           buf_printf(ret, err, "%.*s_CloudTrail-Digest_%.*s_%.*s_%.*s_", STR_ARG(name->account),
                      STR_ARG(name->region), STR_ARG(name->trail), STR_ARG(name->home_region)) &&
           buf_printf(ret, err, "%.4s%.2s%.2sT%.2s%.2s%.2sZ%s.json.gz", time, time + 5, time + 8,
                      time + 11, time + 14, time + 17, name->backfill ? "_backfill" : "");
}

/* "20230710T1245Z", to the minute. */
static bool read_minute(Str text, int64_t *ret_us)
{
    char seconds[STAMP_BYTES + 1];
    if (text.len != STAMP_BYTES - 2 || text.ptr[text.len - 1] != 'Z')
        return false;
    memcpy(seconds, text.ptr, STAMP_BYTES - 3);
    memcpy(seconds + STAMP_BYTES - 3, "00Z", 4);
    return read_stamp((Str){seconds, STAMP_BYTES}, ret_us);
}

bool object_name_log(Str key, LogName *ret)
{
    Str name = str_base_name(key), unique, minute;
    if (!cut_end(&name, STR(".json.gz")) || !take_last(&name, '_', &unique) ||
        !take_last(&name, '_', &minute) || !read_minute(minute, &ret->delivered_us) ||
        !take_last(&name, '_', &ret->region) || !cut_end(&name, STR("_CloudTrail")))
        return false;
    ret->account = name;
    return unique.len && ret->region.len && ret->account.len;
}
