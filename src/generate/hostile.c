#include "generate/hostile.h"

#include <string.h>

enum { BODY_BYTES_MAX = 256 << 20, BOMB_BYTES = 128 << 20, BIG_BYTES = 256 << 10, DEPTH = 1000 };

/* The members that make a record readable. */
#define HEAD                                                                                       \
    "\"eventVersion\":\"1.08\",\"eventTime\":\"2026-10-31T12:00:00Z\",\"eventSource\":"            \
    "\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"eventID\":"
#define RECORD(id, rest) "{" HEAD "\"" id "\"" rest "}"
#define FILE_OF(records) "{\"Records\":[" records "]}"

/* What is done to a kind's bytes. */
typedef enum {
    FORM_GZIP,     /* compressed as it is */
    FORM_PLAIN,    /* not compressed */
    FORM_TORN,     /* compressed, and cut in the middle */
    FORM_TWICE,    /* two gzip members, the text halved between them */
    FORM_TRAILING, /* garbage behind the gzip data */
    FORM_BOMB,     /* very much of nothing, compressed */
    FORM_BIG,      /* one record of 256 kB */
    FORM_DEEP,     /* a thousand levels of nesting */
} Form;

static const struct {
    const char *name;
    Form form;
    int records; /* readable ones */
    const char *tag;
    const char *text;
} KINDS[] = {
    {"integers beyond 2^53", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-01", ",\"requestParameters\":{\"n\":9223372036854775808123}"))},
    {"numbers with an exponent", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-02", ",\"requestParameters\":{\"n\":1E5,\"m\":-0.0e-10}"))},
    {"duplicate keys", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-03", ",\"errorCode\":\"A\",\"errorCode\":\"B\""))},
    {"lone surrogates", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-04", ",\"userAgent\":\"a\\ud800b\""))},
    {"escaped NUL", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-05", ",\"userAgent\":\"a\\u0000b\""))},
    {"invalid UTF-8 in a value", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-06", ",\"userAgent\":\"a\xff\xfe\xc3(b\""))},
    {"byte order mark", FORM_GZIP, 1, "CloudTrail", "\xef\xbb\xbf" FILE_OF(RECORD("h-07", ""))},
    {"CRLF between lines", FORM_PLAIN, 1, "CloudTrail",
     "{\r\n\"Records\":[\r\n" RECORD("h-08", "") "\r\n]\r\n}\r\n"},
    {"truncated gzip", FORM_TORN, 0, "CloudTrail", FILE_OF(RECORD("h-09", ""))},
    {"several gzip members", FORM_TWICE, 1, "CloudTrail", FILE_OF(RECORD("h-10", ""))},
    {"garbage after the gzip end", FORM_TRAILING, 1, "CloudTrail", FILE_OF(RECORD("h-11", ""))},
    {"gzip bomb", FORM_BOMB, 0, "CloudTrail", ""},
    {"empty Records", FORM_GZIP, 0, "CloudTrail", "{\"Records\":[]}"},
    {"no Records at all", FORM_GZIP, 0, "CloudTrail", "{\"Nothing\":true}"},
    {"an event of 256 kB", FORM_BIG, 1, "CloudTrail", ""},
    {"1,000 levels of nesting", FORM_DEEP, 1, "CloudTrail", ""},
    {"a digest among the logs", FORM_GZIP, 0, "CloudTrail-Digest",
     "{\"awsAccountId\":\"111122223333\",\"digestStartTime\":\"2026-10-31T11:00:00Z\","
     "\"digestEndTime\":\"2026-10-31T12:00:00Z\",\"digestS3Bucket\":\"b\",\"digestS3Object\":\"o\","
     "\"logFiles\":[]}"},
    {"an Insights record", FORM_GZIP, 1, "CloudTrail-Insight",
     FILE_OF(
         "{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-10-31T12:00:00Z\",\"awsRegion\":"
         "\"us-east-1\",\"eventID\":\"h-12\",\"eventType\":\"AwsCloudTrailInsight\","
         "\"eventCategory\":\"Insight\",\"insightDetails\":{\"state\":\"Start\",\"eventSource\":"
         "\"ec2.amazonaws.com\",\"eventName\":\"RunInstances\",\"insightType\":"
         "\"ApiCallRateInsight\"}}")},
    {"the same eventID with other content", FORM_GZIP, 2, "CloudTrail",
     FILE_OF(RECORD("h-13", "") "," RECORD("h-13", ",\"errorCode\":\"AccessDenied\""))},
    {"IPv6 with a zone", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-14", ",\"sourceIPAddress\":\"fe80::1%eth0\""))},
    {"terminal escapes", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-15", ",\"userAgent\":\"\\u001b[2J\\u001b]0;owned\\u0007\""))},
    {"HTML in userAgent", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-16", ",\"userAgent\":\"<script>alert(1)</script>\""))},
    {"HTML in a name", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-22", ",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":"
                            "\"<img src=x onerror=alert(1)>\"}"))},
    {"a spreadsheet formula in userAgent", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-17", ",\"userAgent\":\"=HYPERLINK(\\\"http://x.example\\\")\""))},
    {"a spreadsheet formula in a name", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-23", ",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":"
                            "\"=cmd|' /C calc'!A0\"}"))},
    {"JSON that breaks off", FORM_GZIP, 1, "CloudTrail",
     "{\"Records\":[" RECORD("h-18", "") ",{\"eventVersion\":\"1.0"},
    {"a record without eventTime", FORM_GZIP, 0, "CloudTrail",
     FILE_OF("{\"eventVersion\":\"1.08\",\"eventID\":\"h-19\"}")},
    {"records that are no objects", FORM_GZIP, 1, "CloudTrail",
     FILE_OF("null,7,\"text\",[]," RECORD("h-20", ""))},
    {"wrong types everywhere", FORM_GZIP, 1, "CloudTrail",
     FILE_OF(RECORD("h-21", ",\"userIdentity\":\"root\",\"readOnly\":\"true\",\"resources\":{},"
                            "\"requestParameters\":[1,2],\"awsRegion\":null"))},
    {"no JSON at all", FORM_PLAIN, 0, "CloudTrail", "PK\003\004 this is no log"},
    {"an empty file", FORM_PLAIN, 0, "CloudTrail", ""},
};

enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

size_t hostile_kind_count(void)
{
    return KIND_COUNT;
}

const char *hostile_kind_name(size_t kind)
{
    return KINDS[kind].name;
}

int hostile_kind_records(size_t kind)
{
    return KINDS[kind].records;
}

static bool append_many(Buf *out, char byte, size_t count, Error *err)
{
    if (!buf_reserve(out, count, err))
        return false;
    memset(out->ptr + out->len, byte, count);
    out->len += count;
    return true;
}

/* The text of a kind, before it is compressed. */
static bool put_text(size_t kind, Buf *out, Error *err)
{
    switch (KINDS[kind].form) {
    case FORM_BOMB:
        return buf_append_str(out, STR("{\"Records\":["), err) &&
               append_many(out, ' ', BOMB_BYTES, err);
    case FORM_BIG:
        return buf_append_str(out,
                              STR("{\"Records\":[{" HEAD "\"h-big\",\"requestParameters\":"
                                  "{\"body\":\""),
                              err) &&
               append_many(out, 'x', BIG_BYTES, err) && buf_append_str(out, STR("\"}}]}"), err);
    case FORM_DEEP:
        return buf_append_str(out,
                              STR("{\"Records\":[{" HEAD "\"h-deep\",\"requestParameters\":"
                                  "{\"a\":"),
                              err) &&
               append_many(out, '[', DEPTH, err) && append_many(out, ']', DEPTH, err) &&
               buf_append_str(out, STR("}}]}"), err);
    default:
        return buf_append_str(out, str_of(KINDS[kind].text), err);
    }
}

static bool put_compressed(TrailWriter *writer, Str text, Buf *out, Error *err)
{
    Str packed;
    return trail_compress(writer, text, &packed, err) && buf_append_str(out, packed, err);
}

/* The bytes of the kind's file. */
static bool put_bytes(TrailWriter *writer, size_t kind, Str text, Buf *out, Error *err)
{
    switch (KINDS[kind].form) {
    case FORM_PLAIN:
        return buf_append_str(out, text, err);
    case FORM_TWICE:
        return put_compressed(writer, str_slice(text, 0, text.len / 2), out, err) &&
               put_compressed(writer, str_slice(text, text.len / 2, text.len), out, err);
    case FORM_TRAILING:
        return put_compressed(writer, text, out, err) &&
               buf_append_str(out, STR("garbage behind the end"), err);
    case FORM_TORN:
        if (!put_compressed(writer, text, out, err))
            return false;
        out->len /= 2;
        return true;
    default:
        return put_compressed(writer, text, out, err);
    }
}

/* What planting needs, whatever the kind. */
typedef struct Planting {
    const Trail *trail;
    const TrailOptions *options;
    TrailWriter *writer;
    TrailReport *report;
} Planting;

static bool plant(const Planting *planting, size_t kind, Error *err)
{
    const Cast *cast = trail_cast(planting->trail);
    Random random = random_new(planting->options->seed, UINT64_C(1) << 41 | kind);
    BUF_AUTO Buf text = buf_init(BODY_BYTES_MAX);
    BUF_AUTO Buf bytes = buf_init(BODY_BYTES_MAX);
    TrailPlace place = {cast->accounts[0].id, cast->regions[0], KINDS[kind].tag,
                        KINDS[kind].form == FORM_PLAIN ? ".json" : ".json.gz",
                        planting->options->end_us - (int64_t)12 * 3600 * 1000000};
    if (!put_text(kind, &text, err) ||
        !put_bytes(planting->writer, kind, buf_str(&text), &bytes, err) ||
        !trail_write_object(planting->trail, &place, buf_str(&bytes), &random, err))
        return false;
    planting->report->objects++;
    planting->report->events += (uint64_t)KINDS[kind].records;
    planting->report->bytes += bytes.len;
    planting->report->inflated_bytes += text.len;
    return true;
}

bool hostile_plant(const Trail *trail, const TrailOptions *options, TrailReport *report, Error *err)
{
    Planting planting = {trail, options, trail_writer_new(err), report};
    bool ok = planting.writer != NULL;
    for (size_t kind = 0; ok && kind < KIND_COUNT; kind++)
        ok = plant(&planting, kind, err);
    trail_writer_free(planting.writer);
    return ok;
}
