#include "generate/event.h"

#include <assert.h>
#include <string.h>

#define ID_MEMBERS ",\"requestID\":\"%u\",\"eventID\":\"%e\",\"readOnly\":%w"
#define S3_MEMBERS ",\"requestID\":\"%y\",\"eventID\":\"%e\",\"readOnly\":%w"
#define S3_DETAILS                                                                                 \
    ",\"additionalEventData\":{\"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"TLS_AES_128_GCM_"  \
    "SHA256\",\"bytesTransferredIn\":%f,\"AuthenticationMethod\":\"AuthHeader\",\"x-amz-id-2\":"   \
    "\"%X\",\"bytesTransferredOut\":%f}"
#define RESOURCE(type, arn)                                                                        \
    ",\"resources\":[{\"accountId\":\"%A\",\"type\":\"" type "\",\"%l\":\"arn:aws:" arn "\"}]"
#define END(type, management, category)                                                            \
    ",\"eventType\":\"" type "\",\"managementEvent\":" management                                  \
    ",\"recipientAccountId\":\"%A\",\"eventCategory\":\"" category "\""

/* What a record has besides its call. */
static const struct {
    const char *details; /* behind responseElements */
    const char *ids;
    const char *resources;
    const char *end;
} SHAPE_PARTS[SHAPES] = {
    [SHAPE_API] = {"", ID_MEMBERS, "", END("AwsApiCall", "true", "Management")},
    [SHAPE_KEY] = {"", ID_MEMBERS, RESOURCE("AWS::KMS::Key", "kms:%R:%A:key/%k"),
                   END("AwsApiCall", "true", "Management")},
    [SHAPE_ROLE] = {"", ID_MEMBERS, RESOURCE("AWS::IAM::Role", "iam::%A:role/%r"),
                    END("AwsApiCall", "true", "Management")},
    [SHAPE_BUCKET] = {S3_DETAILS, S3_MEMBERS, RESOURCE("AWS::S3::Bucket", "s3:::%b"),
                      END("AwsApiCall", "true", "Management")},
    [SHAPE_OBJECT] = {S3_DETAILS, S3_MEMBERS,
                      ",\"resources\":[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::%b/"
                      "%o\"},{\"accountId\":\"%A\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:"
                      "aws:s3:::%b\"}]",
                      END("AwsApiCall", "false", "Data")},
    [SHAPE_TABLE] = {"", ID_MEMBERS,
                     RESOURCE("AWS::DynamoDB::Table", "dynamodb:%R:%A:table/orders"),
                     END("AwsApiCall", "false", "Data")},
    [SHAPE_FUNCTION] = {"", ID_MEMBERS,
                        RESOURCE("AWS::Lambda::Function", "lambda:%R:%A:function:worker"),
                        END("AwsApiCall", "false", "Data")},
    [SHAPE_SIGNIN] = {",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon.com/"
                      "console/home\",\"MobileVersion\":\"No\",\"MFAUsed\":\"Yes\"}",
                      ",\"eventID\":\"%e\",\"readOnly\":false", "",
                      END("AwsConsoleSignIn", "true", "Management")},
    [SHAPE_SERVICE] = {"", ",\"eventID\":\"%e\",\"readOnly\":%w", "",
                       ",\"eventType\":\"AwsServiceEvent\",\"managementEvent\":true,"
                       "\"recipientAccountId\":\"%A\",\"serviceEventDetails\":"},
};

/* A sign-in without a second factor, now and then. */
#define SIGNIN_WITHOUT_MFA                                                                         \
    ",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon.com/console/home\","       \
    "\"MobileVersion\":\"No\",\"MFAUsed\":\"No\"}"

#define TLS(version, suite, exchange)                                                              \
    ",\"tlsDetails\":{\"tlsVersion\":\"" version "\",\"cipherSuite\":\"" suite                     \
    "\",\"clientProvidedHostHeader\":\"%S.%R.amazonaws.com\"" exchange "}"

static const char *const TLS_PARTS[CAST_TLS_FORMS] = {
    [CAST_TLS_NONE] = "",
    [CAST_TLS_12] = TLS("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", ""),
    [CAST_TLS_13] = TLS("TLSv1.3", "TLS_AES_128_GCM_SHA256", ""),
    [CAST_TLS_EXCHANGE] = TLS("TLSv1.3", "TLS_AES_128_GCM_SHA256", ",\"keyExchange\":\"x25519\""),
};

static const struct {
    const char *tag;
    const char *pattern;
    const char *second; /* of a pair */
} SPECIALS[EVENT_SPECIALS] = {
#define INSIGHT(state, average)                                                                    \
    "{\"eventVersion\":\"1.08\",\"eventTime\":\"%M\",\"awsRegion\":\"%R\",\"eventID\":\"%u\","     \
    "\"eventType\":\"AwsCloudTrailInsight\",\"recipientAccountId\":\"%A\",\"sharedEventID\":"      \
    "\"%s\",\"insightDetails\":{\"state\":\"" state "\",\"eventSource\":\"ec2.amazonaws.com\","    \
    "\"eventName\":\"RunInstances\",\"insightType\":\"ApiCallRateInsight\",\"insightContext\":{"   \
    "\"statistics\":{\"baseline\":{\"average\":0.00%n1},\"insight\":{\"average\":" average "}"     \
    ",\"insightDuration\":1,\"baselineDuration\":11336},\"attributions\":[{\"attribute\":"         \
    "\"userIdentityArn\",\"insight\":[{\"value\":\"%P\",\"average\":" average "}],"                \
    "\"baseline\":[]},{\"attribute\":\"errorCode\",\"insight\":[{\"value\":\"null\",\"average\":"  \
    "" average "}],\"baseline\":[{\"value\":\"null\",\"average\":0.0017}]}]}},\"eventCategory\":"  \
    "\"Insight\"}"
    [EVENT_INSIGHT] = {"CloudTrail-Insight", INSIGHT("Start", "12.5"), INSIGHT("End", "9")},
#undef INSIGHT
#define NETWORK(service, name)                                                                     \
    "{\"eventVersion\":\"1.09\",\"userIdentity\":%I,\"eventTime\":\"%M\",\"eventSource\":"         \
    "\"" service ".amazonaws.com\",\"eventName\":\"" name "\",\"awsRegion\":\"%R\","               \
    "\"sourceIPAddress\":\"%a\",\"errorCode\":\"VpceAccessDenied\",\"errorMessage\":\"The request" \
    " was denied due to a VPC endpoint policy\",\"requestID\":\"%u\",\"eventID\":\"%u\","          \
    "\"eventType\":\"AwsVpceEvent\",\"recipientAccountId\":\"%A\",\"sharedEventID\":\"%u\","       \
    "\"vpcEndpointId\":\"vpce-0%h\",\"vpcEndpointAccountId\":\"%A\",\"eventCategory\":"            \
    "\"NetworkActivity\"}"
    [EVENT_NETWORK] = {"CloudTrail-NetworkActivity", NETWORK("kms", "Decrypt"),
                       NETWORK("secretsmanager", "GetSecretValue")},
#undef NETWORK
#define AGGREGATED(dimension, value)                                                               \
    "{\"eventVersion\":\"1.0\",\"accountId\":\"%A\",\"eventId\":\"%u\",\"eventCategory\":"         \
    "\"Aggregated\",\"eventType\":\"AwsAggregatedEvent\",\"awsRegion\":\"%R\",\"eventSource\":"    \
    "\"s3.amazonaws.com\",\"timeWindow\":{\"windowStart\":\"%M\",\"windowEnd\":\"%N\","            \
    "\"windowSize\":\"PT5M\"},\"summary\":{\"primaryDimension\":{\"dimension\":\"" dimension       \
    "\",\"statistics\":[{\"name\":\"" value "\",\"value\":1%n}],\"aggregationType\":\"Count\"},"   \
    "\"details\":[{\"dimension\":\"userIdentityArn\",\"statistics\":[{\"name\":\"%P\",\"value\":"  \
    "1%n}],\"aggregationType\":\"Count\"}]}}"
    [EVENT_AGGREGATED] = {"CloudTrail-Aggregated", AGGREGATED("eventName", "GetObject"),
                          AGGREGATED("resourceARN", "arn:aws:s3:::%b")},
#undef AGGREGATED
};

#define J(...) #__VA_ARGS__

static const struct {
    Call call;
    const char *item;
} LARGE_CALLS[] = {
#define LARGE(caller, version, service, name, shape, request, response, item)                      \
    {{CALLER_##caller, version, service, name, false, SHAPE_##shape, request, response}, item},
#include "generate/large_table.h"
#undef LARGE
};

/* Errors, each with the service that gives it ("" for any) and whether it names the caller. */
static const struct {
    const char *service;
    bool of_known; /* the message names the caller, who must have an ARN */
    const char *code;
    const char *message;
} ERRORS[] = {
    {"", true, "AccessDenied",
     "User: %P is not authorized to perform: %S:%E because no identity-based policy allows the "
     "%S:%E action"},
    {"", false, "ThrottlingException", "Rate exceeded"},
    {"", false, "ResourceNotFoundException", "The requested resource was not found"},
    {"", false, "ValidationException", "1 validation error detected"},
    {"ec2", false, "Client.RequestLimitExceeded", "Request limit exceeded."},
    {"ec2", false, "Client.UnauthorizedOperation",
     "You are not authorized to perform this operation."},
    {"ec2", false, "Client.InvalidInstanceID.NotFound", "The instance ID 'i-0%i' does not exist"},
    {"s3", false, "NoSuchKey", "The specified key does not exist."},
    {"s3", false, "AccessDenied", "Access Denied"},
    {"sts", false, "AccessDenied", "Not authorized to perform sts:AssumeRole"},
    {"iam", false, "NoSuchEntityException", "The role with name %r cannot be found."},
};

enum {
    ERROR_COUNT = sizeof ERRORS / sizeof *ERRORS,
    LARGE_COUNT = sizeof LARGE_CALLS / sizeof *LARGE_CALLS
};

void event_draw_outcome(EventScene *scene, uint32_t per_mille, Random *random)
{
    scene->error_code = NULL;
    if (scene->call->shape == SHAPE_SIGNIN || scene->call->shape == SHAPE_SERVICE ||
        !random_chance(random, per_mille))
        return;
    for (;;) {
        uint32_t kind = random_below(random, ERROR_COUNT);
        if ((ERRORS[kind].service[0] && strcmp(ERRORS[kind].service, scene->call->service) != 0) ||
            (ERRORS[kind].of_known && scene->principal->arn.len == 0))
            continue;
        scene->error_code = ERRORS[kind].code;
        scene->error_message = ERRORS[kind].message;
        return;
    }
}

const char *event_special_tag(EventSpecial special)
{
    return SPECIALS[special].tag;
}

/* `,"name":` and the filled template, or null. */
static bool put_part(Fill *fill, const char *name, const char *pattern)
{
    return fill_pattern(fill, name) && fill_pattern(fill, pattern[0] ? pattern : "null");
}

static bool put_call(Fill *fill, const EventScene *scene)
{
    bool service = fill->call->shape == SHAPE_SERVICE;
    if (scene->error_code && (!put_part(fill, ",\"errorCode\":\"", scene->error_code) ||
                              !put_part(fill, "\",\"errorMessage\":\"", scene->error_message) ||
                              !fill_pattern(fill, "\"")))
        return false;
    return put_part(fill, ",\"requestParameters\":", service ? "" : fill->call->request) &&
           put_part(fill, ",\"responseElements\":", scene->error_code ? "" : fill->call->response);
}

static bool put_shape(Fill *fill)
{
    Shape shape = fill->call->shape;
    const char *details = SHAPE_PARTS[shape].details;
    const char *resources = SHAPE_PARTS[shape].resources;
    if (shape == SHAPE_SIGNIN && random_chance(fill->random, 100))
        details = SIGNIN_WITHOUT_MFA;
    if (!resources[0] && random_chance(fill->random, 5))
        resources = ",\"resources\":null";
    if (!fill_pattern(fill, details) || !fill_pattern(fill, SHAPE_PARTS[shape].ids) ||
        !fill_pattern(fill, resources) || !fill_pattern(fill, SHAPE_PARTS[shape].end))
        return false;
    return shape != SHAPE_SERVICE || (fill_pattern(fill, fill->call->request) &&
                                      fill_pattern(fill, ",\"eventCategory\":\"Management\""));
}

/* What follows from who calls. */
static bool put_end(Fill *fill)
{
    const CastPrincipal *who = fill->principal;
    if (who->kind == CAST_PARTNER && !fill_pattern(fill, ",\"sharedEventID\":\"%u\""))
        return false;
    if (who->endpoint && !fill_pattern(fill, ",\"vpcEndpointId\":\"vpce-0%h\","
                                             "\"vpcEndpointAccountId\":\"%A\""))
        return false;
    if (!fill_pattern(fill, TLS_PARTS[who->tls]))
        return false;
    return (!who->console || (fill_pattern(fill, ",\"sessionCredentialFromConsole\":") &&
                              fill_pattern(fill, who->console))) &&
           fill_pattern(fill, "}");
}

static Fill fill_of(Buf *out, const EventScene *scene, Random *random, Error *err)
{
    Fill fill = {.out = out,
                 .account = scene->account,
                 .region = scene->region,
                 .principal = scene->principal,
                 .call = scene->call,
                 .clock = &scene->clock,
                 .begin = out->len,
                 .random = random,
                 .err = err};
    memcpy(fill.held, scene->held, sizeof fill.held);
    return fill;
}

bool event_write(Buf *out, const EventScene *scene, const char *event_id, Random *random,
                 Error *err)
{
    Fill fill = fill_of(out, scene, random, err);
    EventScene worked = *scene;
    fill.event_id = event_id;
    if (scene->large_bytes) {
        uint32_t large = random_below(random, LARGE_COUNT);
        assert(scene->large_bytes <= EVENT_LARGE_MAX);
        fill.call = &LARGE_CALLS[large].call;
        fill.item = LARGE_CALLS[large].item;
        fill.item_bytes = scene->large_bytes;
        worked.error_code = NULL;
    }
    return fill_pattern(&fill,
                        "{\"eventVersion\":\"%V\",\"userIdentity\":%I,\"eventTime\":\"%M\","
                        "\"eventSource\":\"%S.amazonaws.com\",\"eventName\":\"%E\","
                        "\"awsRegion\":\"%R\",\"sourceIPAddress\":\"%a\",\"userAgent\":\"%U\"") &&
           put_call(&fill, &worked) && put_shape(&fill) && put_end(&fill);
}

bool event_write_special(Buf *out, const EventScene *scene, EventSpecial special, uint64_t number,
                         Random *random, Error *err)
{
    Fill fill = fill_of(out, scene, random, err);
    fill.pair = number / 2;
    return fill_pattern(&fill, number % 2 ? SPECIALS[special].second : SPECIALS[special].pattern);
}
