#include "generate/event.h"

#include <assert.h>
#include <string.h>

#include "base/timestamp.h"

#define S true
#define H false

static const EventCall CALLS[] = {
#define CALL(who, weight, source, name, read_only, category, request, response)                    \
    {who, weight, source, name, read_only, EVENT_##category, request, response},
#include "generate/call_table.h"
#undef CALL
};

enum { CALL_COUNT = sizeof CALLS / sizeof *CALLS };

const EventCall *event_call(bool by_machine, Random *random)
{
    uint32_t sum = 0;
    for (int i = 0; i < CALL_COUNT; i++)
        sum += CALLS[i].by_machine == by_machine ? CALLS[i].weight : 0;
    uint32_t drawn = random_below(random, sum);
    for (int i = 0; i < CALL_COUNT; i++) {
        if (CALLS[i].by_machine != by_machine)
            continue;
        if (drawn < CALLS[i].weight)
            return &CALLS[i];
        drawn -= CALLS[i].weight;
    }
    assert(false);
    return NULL;
}

const EventCall *event_call_named(const char *name)
{
    for (int i = 0; i < CALL_COUNT; i++)
        if (strcmp(CALLS[i].name, name) == 0)
            return &CALLS[i];
    assert(false);
    return NULL;
}

/* What a placeholder is filled with. */
typedef struct Fill {
    Buf *out;
    const EventScene *scene;
    Random *random;
    Error *err;
} Fill;

static bool put_text(const Fill *fill, const char *text)
{
    return buf_append(fill->out, text, strlen(text), fill->err);
}

static bool put_hex(const Fill *fill, size_t len)
{
    if (!buf_reserve(fill->out, len, fill->err))
        return false;
    random_hex(fill->random, fill->out, len);
    return true;
}

static bool put_uuid(const Fill *fill)
{
    if (!buf_reserve(fill->out, 36, fill->err))
        return false;
    random_uuid(fill->random, fill->out);
    return true;
}

static bool put_letters(const Fill *fill, const char *before, size_t len, bool ids)
{
    if (!put_text(fill, before) || !buf_reserve(fill->out, len, fill->err))
        return false;
    (ids ? random_id : random_alnum)(fill->random, fill->out, len);
    return true;
}

/* A number that repeats: few are frequent. */
static bool put_number(const Fill *fill, const char *before, uint32_t limit)
{
    return buf_printf(fill->out, fill->err, "%s%u", before, random_rank(fill->random, limit));
}

/* One of a few keys of the account, the same for the same rank. */
static bool put_key(const Fill *fill)
{
    Random of_rank = random_new(77, random_rank(fill->random, 40));
    Fill named = {fill->out, fill->scene, &of_rank, fill->err};
    return put_uuid(&named);
}

static bool put_placeholder(const Fill *fill, char letter)
{
    switch (letter) {
    case 'i':
    case 'v':
    case 'g':
    case 'h':
        return put_hex(fill, 16);
    case 'b':
        return put_number(fill, "acme-data-", 60);
    case 'o':
        return put_number(fill, "year=2026/part-", 400) && put_text(fill, "-") &&
               put_hex(fill, 24) && put_text(fill, ".parquet");
    case 'k':
        return put_key(fill);
    case 'n':
        return put_number(fill, "", 250);
    case 'u':
        return put_uuid(fill);
    case 'A':
        return put_text(fill, fill->scene->account->id);
    case 'R':
        return put_text(fill, fill->scene->region);
    case 'r':
        return put_number(fill, "service-role-", 40);
    case 't':
        return put_number(fill, "engineer-", 30);
    case 'K':
        return put_letters(fill, "ASIA", 16, true);
    case 'T':
        return put_letters(fill, "IQoJb3JpZ2luX2VjE", 160, false);
    case 'd':
        return put_text(fill, "Oct 31, 2026, 9:41:00 PM");
    default:
        return put_text(fill, "%");
    }
}

bool event_fill(Buf *out, const char *pattern, const EventScene *scene, Random *random, Error *err)
{
    Fill fill = {out, scene, random, err};
    while (*pattern) {
        const char *next = strchr(pattern, '%');
        size_t len = next ? (size_t)(next - pattern) : strlen(pattern);
        if (!buf_append(out, pattern, len, err) || (next && !put_placeholder(&fill, next[1])))
            return false;
        pattern += len + (next ? 2 : 0);
    }
    return true;
}

/* `,"name":` and the filled template, or null. */
static bool put_part(const Fill *fill, const char *name, const char *pattern)
{
    return buf_printf(fill->out, fill->err, ",\"%s\":", name) &&
           (pattern[0] ? event_fill(fill->out, pattern, fill->scene, fill->random, fill->err)
                       : put_text(fill, "null"));
}

static bool put_who_and_when(const Fill *fill, int64_t time_us)
{
    const EventScene *scene = fill->scene;
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, time);
    return put_text(fill, "{\"eventVersion\":\"1.11\",\"userIdentity\":") &&
           buf_append_str(fill->out, scene->principal->identity, fill->err) &&
           buf_printf(fill->out, fill->err,
                      ",\"eventTime\":\"%s\",\"eventSource\":\"%s.amazonaws.com\",\"eventName\":"
                      "\"%s\",\"awsRegion\":\"%s\",\"sourceIPAddress\":\"",
                      time, scene->call->service, scene->call->name, scene->region) &&
           buf_append_str(fill->out, scene->principal->address, fill->err) &&
           put_text(fill, "\",\"userAgent\":\"") &&
           buf_append_str(fill->out, scene->principal->agent, fill->err) && put_text(fill, "\"");
}

static bool put_outcome(const Fill *fill)
{
    const EventScene *scene = fill->scene;
    bool failed = scene->error_code != NULL;
    if (failed && !buf_printf(fill->out, fill->err, ",\"errorCode\":\"%s\",\"errorMessage\":\"%s\"",
                              scene->error_code, scene->error_message))
        return false;
    return put_part(fill, "requestParameters", scene->call->request) &&
           put_part(fill, "responseElements", failed ? "" : scene->call->response);
}

/* What only calls of a category have. */
static bool put_additional(const Fill *fill)
{
    switch (fill->scene->call->category) {
    case EVENT_DATA:
        return put_text(fill, ",\"additionalEventData\":{\"SignatureVersion\":\"SigV4\","
                              "\"CipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"bytesTransferredIn\":0,"
                              "\"AuthenticationMethod\":\"AuthHeader\",\"x-amz-id-2\":\"") &&
               put_letters(fill, "", 76, false) &&
               buf_printf(fill->out, fill->err, "\",\"bytesTransferredOut\":%u}",
                          random_below(fill->random, 1 << 20));
    case EVENT_SIGNIN:
        return put_text(fill, ",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon."
                              "com/console/home\",\"MobileVersion\":\"No\",\"MFAUsed\":\"") &&
               put_text(fill, random_chance(fill->random, 900) ? "Yes\"}" : "No\"}");
    default:
        return true;
    }
}

static bool put_ids(const Fill *fill, const char *event_id)
{
    return put_text(fill, ",\"requestID\":\"") && put_uuid(fill) &&
           put_text(fill, "\",\"eventID\":\"") &&
           (event_id ? put_text(fill, event_id) : put_uuid(fill)) &&
           buf_printf(fill->out, fill->err, "\",\"readOnly\":%s",
                      fill->scene->call->read_only ? "true" : "false");
}

static bool put_kind(const Fill *fill)
{
    const EventScene *scene = fill->scene;
    bool data = scene->call->category == EVENT_DATA;
    bool signin = scene->call->category == EVENT_SIGNIN;
    if (data && !event_fill(fill->out,
                            ",\"resources\":[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::"
                            "%b/%o\"},{\"accountId\":\"%A\",\"type\":\"AWS::S3::Bucket\",\"ARN\":"
                            "\"arn:aws:s3:::%b\"}]",
                            scene, fill->random, fill->err))
        return false;
    return buf_printf(fill->out, fill->err,
                      ",\"eventType\":\"%s\",\"managementEvent\":%s,\"recipientAccountId\":\"%s\","
                      "\"eventCategory\":\"%s\"",
                      signin ? "AwsConsoleSignIn" : "AwsApiCall", data ? "false" : "true",
                      scene->account->id, data ? "Data" : "Management");
}

static bool put_end(const Fill *fill)
{
    const EventScene *scene = fill->scene;
    if (scene->tls && !buf_printf(fill->out, fill->err,
                                  ",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":"
                                  "\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":"
                                  "\"%s.%s.amazonaws.com\"}",
                                  scene->call->service, scene->region))
        return false;
    return put_text(fill, scene->principal->console ? ",\"sessionCredentialFromConsole\":\"true\"}"
                                                    : "}");
}

bool event_write(Buf *out, const EventScene *scene, int64_t time_us, const char *event_id,
                 Random *random, Error *err)
{
    Fill fill = {out, scene, random, err};
    return buf_reserve(out, EVENT_BYTES_ROOM, err) && put_who_and_when(&fill, time_us) &&
           put_outcome(&fill) && put_additional(&fill) && put_ids(&fill, event_id) &&
           put_kind(&fill) && put_end(&fill);
}
