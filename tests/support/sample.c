#include "support/sample.h"

#include "support/support.h"

static const uint8_t SECRET[BATCH_SECRET_BYTES] = {1, 2, 3};

const uint8_t *sample_secret(void)
{
    return SECRET;
}

static bool refuse(void *context, const QuarantineItem *item, Error *err)
{
    (void)context;
    return error_set(err, ERROR_INPUT, "quarantined: %s", item->reason);
}

Batch *sample_batch(Str json)
{
    return sample_batch_keyed(json, SECRET, 77);
}

Batch *sample_batch_keyed(Str json, const uint8_t *secret, int64_t object_id)
{
    Error err = {0};
    ObjectReport report;
    DecoderHooks hooks = {.quarantine = refuse};
    Batch *batch = batch_new(200000, 256 << 20, secret, &err);
    support_ok(batch != NULL, &err);
    Decoder *decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(decoder != NULL, &err);
    support_ok(object_decode(decoder, json, object_id, batch, &report, &err), &err);
    object_decoder_free(decoder);
    return batch;
}

/* Variants that a record takes by its number: each line is a member of the record. */
static void put_identity(Buf *out, int i, Error *err)
{
    bool ok;
    switch (i % 5) {
    case 0:
        ok = buf_printf(
            out, err,
            "\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::1:assumed-role/r%d/"
            "s\","
            "\"accessKeyId\":\"ASIA%d\",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\","
            "\"arn\":\"arn:aws:iam::1:role/r%d\"},\"webIdFederationData\":{},\"attributes\":{"
            "\"creationDate\":\"2026-01-01T00:00:00Z\",\"mfaAuthenticated\":\"false\"}}},",
            i % 7, i % 11, i % 7);
        break;
    case 1:
        ok = buf_printf(out, err,
                        "\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"u%d\","
                        "\"accessKeyId\":\"AKIA%d\","
                        "\"invokedByDelegate\":{\"accountId\":\"%d\"}},",
                        i % 13, i % 3, i % 2);
        break;
    case 2:
        ok = buf_printf(
            out, err,
            "\"userIdentity\":{\"sessionContext\":{\"sessionIssuer\":{},\"webIdFederationData\":{"
            "\"federatedProvider\":\"p%d\",\"attributes\":{\"a:b\":\"%d\",\"c\":%d}}}},",
            i % 3, i % 5, i);
        break;
    case 3:
        ok = buf_printf(out, err, "\"userIdentity\":null,");
        break;
    default:
        ok = true;
    }
    support_ok(ok, err);
}

static void put_rest(Buf *out, int i, Error *err)
{
    static const char *const RESOURCES[] = {"", "\"resources\":null,", "\"resources\":[],",
                                            "\"resources\":[{\"ARN\":\"arn:x\",\"type\":\"AWS::S3::"
                                            "Bucket\"},{\"accountId\":\"1\"},{}],"};
    bool ok = buf_append_str(out, str_of(RESOURCES[i % 4]), err);
    if (i % 3 == 0)
        ok = ok && buf_printf(out, err,
                              "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.%d\",\"cipherSuite\":\"c\"},",
                              i % 4);
    if (i % 4 == 1)
        ok = ok &&
             buf_printf(out, err, "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"no %d\",", i);
    if (i % 6 == 2)
        ok = ok && buf_printf(out, err, "\"readOnly\":%s,\"unheardOf\":[%d],",
                              i % 12 == 2 ? "true" : "\"false\"", i);
    if (i % 50 == 7) {
        ok = ok && buf_printf(out, err, "\"userAgent\":\"");
        for (int k = 0; ok && k < 100; k++)
            ok = buf_printf(out, err, "\xc3\xa4%d", k);
        ok = ok && buf_printf(out, err, "\",");
    }
    support_ok(ok, err);
}

void sample_records(Buf *out, int count)
{
    Error err = {0};
    support_ok(buf_printf(out, &err, "{\"Records\":["), &err);
    for (int i = 0; i < count; i++) {
        support_ok(buf_printf(out, &err, "%s{\"eventVersion\":\"1.08\",", i ? "," : ""), &err);
        put_identity(out, i, &err);
        put_rest(out, i, &err);
        support_ok(buf_printf(out, &err,
                              "\"eventTime\":\"2026-11-%02dT%02d:%02d:%02dZ\","
                              "\"eventSource\":\"s%d.amazonaws.com\",\"eventName\":\"Name%d\","
                              "\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"10.0.%d.%d\","
                              "\"requestParameters\":{\"n\":%d,\"text\":\"a\\\"b\"},"
                              "\"responseElements\":null,\"eventID\":\"id-%d\","
                              "\"recipientAccountId\":\"%012d\"}",
                              24 + (i % 10 == 9), i / 3600 % 24, i / 60 % 60, (i * 7) % 60, i % 9,
                              i % 17, i % 200, i % 250, i, i, i % 4),
                   &err);
    }
    support_ok(buf_printf(out, &err, "]}"), &err);
}
