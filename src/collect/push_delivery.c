#include "collect/push_delivery.h"

#include "base/base64.h"
#include "base/gunzip.h"
#include "base/json.h"
#include "collect/notification.h"

bool push_delivery_is_id(Str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char lower = str_lower(id.ptr[i]);
        if ((lower < 'a' || lower > 'z') && (lower < '0' || lower > '9') && lower != '-')
            return false;
    }
    return id.len > 0 && id.len <= PUSH_ID_MAX;
}

static bool keep_packed(PushDelivery *delivery, Arena *arena, Str bytes, Error *err)
{
    const char *copy = arena_text(arena, bytes, err);
    delivery->packed[delivery->packed_count++] = (Str){copy, bytes.len};
    return copy != NULL;
}

/* Keeps a record that is an event with findings; *ret* is false when it is none. */
static bool keep_findings(PushDelivery *delivery, Arena *arena, Str bytes, bool *ret, Error *err)
{
    Notification said;
    ERROR_UNREAD(ignored);
    *ret = false;
    if (!notification_may_be_findings(bytes) || !notification_read(bytes, arena, &said, &ignored) ||
        said.kind != NOTIFICATION_FINDINGS)
        return true;
    const char *copy = arena_text(arena, said.event, err);
    delivery->findings[delivery->findings_count++] = (Str){copy, said.event.len};
    *ret = true;
    return copy != NULL;
}

/* Decodes one record behind *text*, which keeps it unless it is gzip or holds findings. */
static bool take_record(PushDelivery *delivery, const Json *record, Arena *arena, Buf *text,
                        Error *err)
{
    const Json *data = json_member(record, STR("data"));
    size_t from = text->len;
    if (!data || data->type != JSON_STRING)
        return error_set(err, ERROR_INPUT, "it has no 'data'");
    if (!base64_decode(text, data->text, err))
        return false;
    Str bytes = str_slice(buf_str(text), from, text->len);
    bool packed = gunzip_is_packed(bytes), findings = false;
    if (!packed && !keep_findings(delivery, arena, bytes, &findings, err))
        return false;
    if (!packed && !findings)
        return buf_append_byte(text, '\n', err);
    text->len = from;
    return findings || keep_packed(delivery, arena, bytes, err);
}

static bool take_records(PushDelivery *delivery, const Json *records, Arena *arena, Buf *text,
                         Error *err)
{
    for (const Json *record = records->first; record; record = record->next) {
        delivery->count++;
        if (!take_record(delivery, record, arena, text, err))
            return error_context(err, "record %zu", delivery->count);
    }
    const char *copy = arena_text(arena, buf_str(text), err);
    delivery->text = (Str){copy, text->len};
    return copy != NULL;
}

bool push_delivery_read(Str body, Arena *arena, PushDelivery *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(PUSH_BODY_MAX);
    *ret = (PushDelivery){0};
    const Json *document = json_read(body, &JSON_LIMITS_DEFAULT, arena, err);
    if (!document)
        return false;
    const Json *records = json_member(document, STR("records"));
    ret->request_id = json_text(json_member(document, STR("requestId")), STR(""));
    if (!push_delivery_is_id(ret->request_id))
        return error_set(err, ERROR_INPUT, "'requestId' is no name of a request");
    if (!records || records->type != JSON_ARRAY || records->count == 0)
        return error_set(err, ERROR_INPUT, "'records' is no list of records");
    if (records->count > PUSH_RECORDS_MAX)
        return error_set(err, ERROR_LIMIT, "%u records, at most %d are taken", records->count,
                         PUSH_RECORDS_MAX);
    ret->packed = arena_calloc(arena, records->count, sizeof(Str), err);
    ret->findings = ret->packed ? arena_calloc(arena, records->count, sizeof(Str), err) : NULL;
    return ret->findings && take_records(ret, records, arena, &text, err);
}
