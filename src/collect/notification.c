#define _GNU_SOURCE /* memmem */
#include "collect/notification.h"

#include <string.h>

#include "base/json.h"
#include "cloud/s3.h"

enum { URI_BYTES_MAX = 4096, EVENT_BYTES_MAX = 2 << 20 };

/* What reading needs. */
typedef struct Reading {
    Arena *arena;
    Notification *ret;
    NotificationObject *objects;
} Reading;

static Str text_at(const Json *value, Str path)
{
    return json_text(json_path(value, path), STR(""));
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = str_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A form-encoded key, decoded behind what *ret* holds: '+' for a space, %XX. */
static bool decode_key(Str key, Buf *ret, Error *err)
{
    for (size_t at = 0; at < key.len; at++) {
        char c = key.ptr[at];
        if (c == '%') {
            int high = at + 2 < key.len ? hex_digit(key.ptr[at + 1]) : -1;
            int low = high >= 0 ? hex_digit(key.ptr[at + 2]) : -1;
            if (low < 0)
                return error_set(err, ERROR_INPUT, "the key '%.*s' is not encoded as S3 does",
                                 STR_ARG(str_slice(key, 0, 200)));
            c = (char)(high * 16 + low);
            at += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (!buf_append_byte(ret, (unsigned char)c, err))
            return false;
    }
    return true;
}

/* Checks that *uri* names an object of this bucket, and no other. */
static bool check_uri(Str uri, Str bucket, Error *err)
{
    Str named, key;
    if (!s3_split(uri, &named, &key, err)) {
        err->kind = ERROR_INPUT;
        return false;
    }
    return (str_equal(named, bucket) && key.len && key.len <= S3_KEY_BYTES_MAX &&
            str_find_byte(key, '\0', 0) == key.len) ||
           error_set(err, ERROR_INPUT, "'%.*s' and '%.*s' name no object that can be read",
                     STR_ARG(str_slice(bucket, 0, 100)), STR_ARG(str_slice(key, 0, 200)));
}

/* One more object; folders' marks are left out. */
static bool add_object(Reading *reading, Str bucket, Str key, bool encoded, const Json *object,
                       Error *err)
{
    BUF_AUTO Buf uri = buf_init(URI_BYTES_MAX);
    int64_t bytes = 0;
    bool sized = json_int(json_member(object, STR("size")), &bytes) && bytes >= 0;
    if (!buf_printf(&uri, err, "s3://%.*s/", STR_ARG(str_slice(bucket, 0, 100))) ||
        !(encoded ? decode_key(key, &uri, err) : buf_append_str(&uri, key, err)) ||
        !check_uri(buf_str(&uri), bucket, err))
        return false;
    if (sized && bytes == 0 && str_ends(buf_str(&uri), STR("/")))
        return true;
    Str etag = text_at(object, STR("eTag"));
    if (!etag.len)
        etag = text_at(object, STR("etag"));
    if (etag.len > 2 && etag.ptr[0] == '"' && etag.ptr[etag.len - 1] == '"')
        etag = str_slice(etag, 1, etag.len - 1);
    const char *copy = arena_text(reading->arena, buf_str(&uri), err);
    reading->objects[reading->ret->count++] =
        (NotificationObject){copy, etag, sized ? (uint64_t)bytes : 0};
    return copy != NULL;
}

/* Room for as many objects as *list* has elements. */
static bool begin_objects(Reading *reading, uint32_t count, Error *err)
{
    reading->objects = arena_calloc(reading->arena, count, sizeof *reading->objects, err);
    reading->ret->objects = reading->objects;
    return reading->objects != NULL;
}

static void end_objects(Reading *reading)
{
    reading->ret->kind = reading->ret->count ? NOTIFICATION_OBJECTS : NOTIFICATION_NOTHING;
}

/* A record of S3's notification. Other servers than AWS's write "s3:" before the event's name. */
static bool take_record(Reading *reading, const Json *record, Error *err)
{
    Str name = text_at(record, STR("eventName"));
    if (str_starts(name, STR("s3:")))
        name = str_slice(name, 3, name.len);
    if (!str_ends(text_at(record, STR("eventSource")), STR(":s3")) || !name.len)
        return error_set(err, ERROR_INPUT, "one of its Records is no event of S3");
    if (!str_starts(text_at(record, STR("eventVersion")), STR("2.")))
        return error_set(err, ERROR_INPUT,
                         "its Records have version '%.*s', where 2.x is what can be read",
                         STR_ARG(str_slice(text_at(record, STR("eventVersion")), 0, 40)));
    if (!str_starts(name, STR("ObjectCreated:")))
        return true;
    const Json *object = json_path(record, STR("s3.object"));
    return add_object(reading, text_at(record, STR("s3.bucket.name")), text_at(object, STR("key")),
                      true, object, err);
}

static bool take_records(Reading *reading, const Json *records, Error *err)
{
    if (!begin_objects(reading, records->count, err))
        return false;
    for (const Json *at = records->first; at; at = at->next)
        if (!take_record(reading, at, err))
            return false;
    end_objects(reading);
    return true;
}

/* CloudTrail's own: keys as they are. */
static bool take_keys(Reading *reading, const Json *top, Error *err)
{
    const Json *keys = json_member(top, STR("s3ObjectKey"));
    if (!begin_objects(reading, keys->count, err))
        return false;
    for (const Json *at = keys->first; at; at = at->next)
        if (!add_object(reading, text_at(top, STR("s3Bucket")), json_text(at, STR("")), false, NULL,
                        err))
            return false;
    end_objects(reading);
    return true;
}

/* EventBridge's event of a bucket. */
static bool take_created(Reading *reading, const Json *top, Error *err)
{
    const Json *object = json_path(top, STR("detail.object"));
    if (!begin_objects(reading, 1, err))
        return false;
    if (str_equal(text_at(top, STR("detail-type")), STR("Object Created")) &&
        !add_object(reading, text_at(top, STR("detail.bucket.name")), text_at(object, STR("key")),
                    false, object, err))
        return false;
    end_objects(reading);
    return true;
}

/* The record that EventBridge carries. */
static bool take_event(Reading *reading, const Json *top, Error *err)
{
    const Json *detail = json_member(top, STR("detail"));
    Str account = text_at(top, STR("account"));
    if (!detail || detail->type != JSON_OBJECT || !detail->count)
        return error_set(err, ERROR_INPUT, "its detail is no record");
    reading->ret->kind = NOTIFICATION_EVENT;
    reading->ret->event = detail->raw;
    if (!account.len || json_member(detail, STR("recipientAccountId")))
        return true;
    BUF_AUTO Buf event = buf_init(EVENT_BYTES_MAX);
    bool ok = buf_append_str(&event, str_slice(detail->raw, 0, detail->raw.len - 1), err) &&
              buf_append_str(&event, STR(",\"recipientAccountId\":"), err) &&
              json_append_string(&event, account, err) && buf_append_byte(&event, '}', err);
    const char *copy = ok ? arena_text(reading->arena, buf_str(&event), err) : NULL;
    reading->ret->event = (Str){copy, copy ? event.len : 0};
    return copy != NULL;
}

/* How events begin that carry findings of other products. */
static const char GUARDDUTY[] = "GuardDuty Finding", HUB[] = "Security Hub Findings - ";

bool notification_may_be_findings(Str body)
{
    return memmem(body.ptr, body.len, GUARDDUTY, sizeof GUARDDUTY - 1) ||
           memmem(body.ptr, body.len, HUB, sizeof HUB - 1);
}

static bool take_findings(Reading *reading, const Json *top)
{
    reading->ret->kind = NOTIFICATION_FINDINGS;
    reading->ret->event = top->raw;
    return true;
}

static bool take_eventbridge(Reading *reading, const Json *top, Error *err)
{
    Str type = text_at(top, STR("detail-type"));
    if (str_ends(type, STR(" via CloudTrail")))
        return take_event(reading, top, err);
    if (str_equal(text_at(top, STR("source")), STR("aws.s3")))
        return take_created(reading, top, err);
    if (str_equal(type, str_of(GUARDDUTY)) || str_starts(type, str_of(HUB)))
        return take_findings(reading, top);
    return error_set(err, ERROR_INPUT,
                     "EventBridge's '%.*s' of '%.*s' is neither an event of CloudTrail, one of S3 "
                     "nor one with findings",
                     STR_ARG(str_slice(type, 0, 100)),
                     STR_ARG(str_slice(text_at(top, STR("source")), 0, 100)));
}

static bool is_list(const Json *value)
{
    return value && value->type == JSON_ARRAY && value->count;
}

/* Messages that only say that the way is open. */
static bool is_trial(const Json *top)
{
    return str_equal(text_at(top, STR("Event")), STR("s3:TestEvent"));
}

static bool is_validation(Str body)
{
    return str_starts(str_trim(body), STR("CloudTrail validation message"));
}

/* What is not wrapped any more. */
static bool take_plain(Reading *reading, const Json *top, Error *err)
{
    const Json *records = json_member(top, STR("Records"));
    if (is_list(records))
        return take_records(reading, records, err);
    if (is_trial(top))
        return true;
    if (is_list(json_member(top, STR("s3ObjectKey"))))
        return take_keys(reading, top, err);
    if (json_text(json_member(top, STR("detail-type")), STR("")).len)
        return take_eventbridge(reading, top, err);
    Str type = text_at(top, STR("Type"));
    if (type.len)
        return error_set(err, ERROR_INPUT, "a message of SNS of the type '%.*s' brings nothing",
                         STR_ARG(str_slice(type, 0, 60)));
    return error_set(err, ERROR_INPUT,
                     "it is neither a notification of S3, SNS, EventBridge or CloudTrail nor an "
                     "event that EventBridge carries");
}

bool notification_read(Str body, Arena *arena, Notification *ret, Error *err)
{
    const JsonLimits limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Reading reading = {.arena = arena, .ret = ret};
    *ret = (Notification){.kind = NOTIFICATION_NOTHING};
    for (int wrapped = 0; wrapped <= NOTIFICATION_WRAPPED_MAX; wrapped++) {
        if (is_validation(body))
            return true;
        const Json *top = json_read(body, &limits, arena, err);
        if (!top)
            return error_context(err, "it is no JSON that can be read");
        if (top->type != JSON_OBJECT)
            return error_set(err, ERROR_INPUT, "it is no JSON object");
        const Json *message = json_member(top, STR("Message"));
        if (!str_equal(text_at(top, STR("Type")), STR("Notification")) || !message ||
            message->type != JSON_STRING)
            return take_plain(&reading, top, err);
        body = message->text;
    }
    return error_set(err, ERROR_LIMIT, "messages within messages, more than %d",
                     NOTIFICATION_WRAPPED_MAX);
}
