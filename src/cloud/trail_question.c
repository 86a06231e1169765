#include "cloud/trail_question.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "cloud/xml.h"

enum {
    BODY_BYTES_MAX = 16 << 10,
    ANSWER_BYTES_MAX = 4 << 20,
    RENDERED_BYTES_MAX = 32 << 20, /* escaped */
    ARENA_BYTES_MAX = 64 << 20,
    NAME_BYTES = 128,
};

#define CLOUDTRAIL "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."

/* Lists of S3's documents, as its API model names them in JSON. */
static const XmlJsonName RULES[] = {
    {"Rule", "Rules", XML_JSON_LIST},
    {"Transition", "Transitions", XML_JSON_LIST},
    {"NoncurrentVersionTransition", "NoncurrentVersionTransitions", XML_JSON_LIST},
    {"Tag", "Tags", XML_JSON_LIST},
    {"Days", "Days", XML_JSON_NUMBER},
    {"NoncurrentDays", "NoncurrentDays", XML_JSON_NUMBER},
    {"NewerNoncurrentVersions", "NewerNoncurrentVersions", XML_JSON_NUMBER},
    {"DaysAfterInitiation", "DaysAfterInitiation", XML_JSON_NUMBER},
    {"ObjectSizeGreaterThan", "ObjectSizeGreaterThan", XML_JSON_NUMBER},
    {"ObjectSizeLessThan", "ObjectSizeLessThan", XML_JSON_NUMBER},
    {NULL, NULL, XML_JSON_ONE},
};

static const XmlJsonName LOCK[] = {
    {"Days", "Days", XML_JSON_NUMBER},
    {"Years", "Years", XML_JSON_NUMBER},
    {NULL, NULL, XML_JSON_ONE},
};

static const XmlJsonName NOTIFICATION[] = {
    {"QueueConfiguration", "QueueConfigurations", XML_JSON_LIST},
    {"TopicConfiguration", "TopicConfigurations", XML_JSON_LIST},
    {"CloudFunctionConfiguration", "LambdaFunctionConfigurations", XML_JSON_LIST},
    {"Event", "Events", XML_JSON_LIST},
    {"FilterRule", "FilterRules", XML_JSON_LIST},
    {"S3Key", "Key", XML_JSON_ONE},
    {"Queue", "QueueArn", XML_JSON_ONE},
    {"Topic", "TopicArn", XML_JSON_ONE},
    {"CloudFunction", "LambdaFunctionArn", XML_JSON_ONE},
    {NULL, NULL, XML_JSON_ONE},
};

static const XmlJsonName PLAIN[] = {{NULL, NULL, XML_JSON_ONE}};

static const XmlJsonName REGIONS[] = {
    {"regionInfo", "Regions", XML_JSON_ONE},
    {"item", "item", XML_JSON_LIST},
    {"regionName", "RegionName", XML_JSON_ONE},
    {NULL, NULL, XML_JSON_ONE},
};

const TrailQuestion TRAIL_QUESTION_CALLER = {
    "caller",     "sts",
    TRAIL_FORM,   "Action=GetCallerIdentity&Version=2011-06-15",
    NULL,         "sts:GetCallerIdentity",
    TRAIL_AS_XML, "GetCallerIdentityResult",
    PLAIN,        false};

const TrailQuestion TRAIL_QUESTION_REGIONS = {
    "regions",    "ec2",
    TRAIL_FORM,   "Action=DescribeRegions&Version=2016-11-15",
    NULL,         "ec2:DescribeRegions",
    TRAIL_AS_XML, "DescribeRegionsResponse",
    REGIONS,      false};

const TrailQuestion TRAIL_QUESTION_TRAILS = {"trails",       "cloudtrail",
                                             TRAIL_JSON,     CLOUDTRAIL "DescribeTrails",
                                             NULL,           "cloudtrail:DescribeTrails",
                                             TRAIL_AS_IT_IS, NULL,
                                             NULL,           false};

const TrailQuestion TRAIL_QUESTIONS[] = {
    {"trail", "cloudtrail", TRAIL_JSON, CLOUDTRAIL "GetTrail", "Name", "cloudtrail:GetTrail",
     TRAIL_AS_IT_IS, NULL, NULL, false},
    {"status", "cloudtrail", TRAIL_JSON, CLOUDTRAIL "GetTrailStatus", "Name",
     "cloudtrail:GetTrailStatus", TRAIL_AS_IT_IS, NULL, NULL, false},
    {"selectors", "cloudtrail", TRAIL_JSON, CLOUDTRAIL "GetEventSelectors", "TrailName",
     "cloudtrail:GetEventSelectors", TRAIL_AS_IT_IS, NULL, NULL, false},
    {"insights", "cloudtrail", TRAIL_JSON, CLOUDTRAIL "GetInsightSelectors", "TrailName",
     "cloudtrail:GetInsightSelectors", TRAIL_AS_IT_IS, NULL, NULL, false},
    {"versioning", "s3", TRAIL_SETTING, "versioning", NULL, "s3:GetBucketVersioning", TRAIL_AS_XML,
     "VersioningConfiguration", PLAIN, true},
    {"encryption", "s3", TRAIL_SETTING, "encryption", NULL, "s3:GetEncryptionConfiguration",
     TRAIL_WRAPPED, "ServerSideEncryptionConfiguration", RULES, true},
    {"policy", "s3", TRAIL_SETTING, "policy", NULL, "s3:GetBucketPolicy", TRAIL_AS_TEXT, "Policy",
     NULL, true},
    {"public_access", "s3", TRAIL_SETTING, "publicAccessBlock", NULL,
     "s3:GetBucketPublicAccessBlock", TRAIL_WRAPPED, "PublicAccessBlockConfiguration", PLAIN, true},
    {"lifecycle", "s3", TRAIL_SETTING, "lifecycle", NULL, "s3:GetLifecycleConfiguration",
     TRAIL_AS_XML, "LifecycleConfiguration", RULES, true},
    {"object_lock", "s3", TRAIL_SETTING, "object-lock", NULL, "s3:GetBucketObjectLockConfiguration",
     TRAIL_WRAPPED, "ObjectLockConfiguration", LOCK, true},
    {"notification", "s3", TRAIL_SETTING, "notification", NULL, "s3:GetBucketNotification",
     TRAIL_AS_XML, "NotificationConfiguration", NOTIFICATION, true},
    {NULL, NULL, TRAIL_JSON, NULL, NULL, NULL, TRAIL_AS_IT_IS, NULL, NULL, false},
};

const TrailQuestion TRAIL_QUESTIONS_REGION[] = {
    {"guardduty", "guardduty", TRAIL_REST, "/detector", NULL, "guardduty:ListDetectors",
     TRAIL_CAPITALS, NULL, NULL, false},
    {"security_hub", "securityhub", TRAIL_REST, "/accounts", NULL, "securityhub:DescribeHub",
     TRAIL_AS_IT_IS, NULL, NULL, false},
    {NULL, NULL, TRAIL_JSON, NULL, NULL, NULL, TRAIL_AS_IT_IS, NULL, NULL, false},
};

static bool start_setting(TrailAsker *asker, TrailSubject subject, TrailAnswer *answer)
{
    const S3Bucket *bucket = aws_bucket(asker->aws, asker->line, subject.bucket, &answer->trouble);
    if (bucket)
        answer->call =
            s3_setting_start(bucket, asker->line, str_of(answer->question->what), &answer->trouble);
    return answer->call != NULL;
}

static bool write_body(const TrailQuestion *question, TrailSubject subject, Buf *ret, Error *err)
{
    if (question->protocol == TRAIL_FORM)
        return buf_append_str(ret, str_of(question->what), err);
    if (question->protocol != TRAIL_JSON)
        return true;
    return buf_append_byte(ret, '{', err) &&
           (!question->subject || (buf_printf(ret, err, "\"%s\":", question->subject) &&
                                   json_append_string(ret, subject.arn, err))) &&
           buf_append_byte(ret, '}', err);
}

static bool start_service(TrailAsker *asker, TrailSubject subject, TrailAnswer *answer)
{
    static const char *const TYPES[] = {
        [TRAIL_JSON] = "application/x-amz-json-1.1",
        [TRAIL_FORM] = "application/x-www-form-urlencoded; charset=utf-8",
        [TRAIL_REST] = "application/json",
    };
    const TrailQuestion *question = answer->question;
    Error *err = &answer->trouble;
    const Sigv4Pair headers[] = {
        {STR("content-type"), str_of(TYPES[question->protocol])},
        {STR("x-amz-target"), str_of(question->what)},
    };
    if (!aws_endpoint(asker->aws, str_of(question->service), subject.region, &answer->endpoint,
                      err) ||
        !write_body(question, subject, &answer->body, err))
        return false;
    bool rest = question->protocol == TRAIL_REST;
    const Request request = {.endpoint = &answer->endpoint,
                             .service = str_of(question->service),
                             .method = rest ? STR("GET") : STR("POST"),
                             .path = rest ? str_of(question->what) : STR("/"),
                             .headers = headers,
                             .header_count = question->protocol == TRAIL_JSON ? 2 : 1,
                             .body = buf_str(&answer->body),
                             .reply_max = ANSWER_BYTES_MAX};
    answer->call = request_start(asker->line, &request, err);
    return answer->call != NULL;
}

void trail_question_start(TrailAsker *asker, const TrailQuestion *question, TrailSubject subject,
                          TrailAnswer *ret)
{
    *ret = (TrailAnswer){.question = question, .body = buf_init(BODY_BYTES_MAX)};
    bool ok = question->protocol == TRAIL_SETTING ? start_setting(asker, subject, ret)
                                                  : start_service(asker, subject, ret);
    if (!ok)
        error_context(&ret->trouble, "%s", question->permission);
}

/* The elements of the first element *member* of *xml*. */
static void render_xml(const TrailQuestion *question, Str xml, JsonWriter *to)
{
    Str inside = {"", 0};
    if (xml_next(&xml, str_of(question->member), &inside))
        xml_json(inside, question->names, to);
    else if (to->ok)
        to->ok = error_set(to->err, ERROR_INPUT, "an answer without <%s>", question->member);
}

static void render_capitals(const Json *object, JsonWriter *to)
{
    for (const Json *at = object->first; at; at = at->next) {
        char name[NAME_BYTES] = "";
        if (at->shadowed || at->name.len >= sizeof name || at->name.len == 0)
            continue;
        memcpy(name, at->name.ptr, at->name.len);
        name[0] = (char)toupper((unsigned char)name[0]);
        json_write_value(to, name, at->raw);
    }
}

/* The members of the answer, which has to be an object. */
static void render_json(const TrailQuestion *question, Str text, JsonWriter *to)
{
    Arena *arena = arena_new(ARENA_BYTES_MAX, to->err);
    const Json *answer = arena ? json_read(text, &JSON_LIMITS_DEFAULT, arena, to->err) : NULL;
    to->ok = answer && (answer->type == JSON_OBJECT ||
                        error_set(to->err, ERROR_INPUT, "an answer that is no JSON object"));
    if (to->ok && question->form == TRAIL_CAPITALS)
        render_capitals(answer, to);
    else if (to->ok)
        to->ok = buf_append_str(to->out, str_slice(answer->raw, 1, answer->raw.len - 1), to->err);
    arena_free(arena);
}

/* The answer as a JSON object. */
static bool render(const TrailQuestion *question, Str body, Buf *ret, Error *err)
{
    JsonWriter to = {.out = ret, .err = err, .ok = true};
    json_write_open(&to, NULL, '{');
    if (question->form == TRAIL_WRAPPED)
        json_write_open(&to, question->member, '{');
    if (question->form == TRAIL_AS_TEXT)
        json_write_text(&to, question->member, body);
    else if (question->form == TRAIL_AS_XML || question->form == TRAIL_WRAPPED)
        render_xml(question, body, &to);
    else
        render_json(question, body, &to);
    if (question->form == TRAIL_WRAPPED)
        json_write_close(&to, '}');
    json_write_close(&to, '}');
    return to.ok;
}

/* Waits for the answer and renders it. */
static bool await(TrailAsker *asker, TrailAnswer *answer, Buf *ret, Error *err)
{
    if (!answer->call) {
        *err = answer->trouble;
        return false;
    }
    return (request_await(asker->line, answer->call, NULL, err) &&
            render(answer->question, buf_str(&request_reply(answer->call)->body), ret, err)) ||
           error_context(err, "%s", answer->question->permission);
}

void trail_question_write(TrailAsker *asker, TrailAnswer *answer, JsonWriter *to)
{
    Error refusal = {0};
    BUF_AUTO Buf text = buf_init(RENDERED_BYTES_MAX);
    if (await(asker, answer, &text, &refusal)) {
        json_write_value(to, answer->question->name, buf_str(&text));
        return;
    }
    json_write_open(to, answer->question->name, '{');
    json_write_text(to, "refused", str_of(refusal.text));
    json_write_close(to, '}');
}

const Json *trail_question_json(TrailAsker *asker, TrailAnswer *answer, Arena *arena, Error *err)
{
    BUF_AUTO Buf text = buf_init(RENDERED_BYTES_MAX);
    if (!await(asker, answer, &text, err))
        return NULL;
    const char *copy = arena_text(arena, buf_str(&text), err);
    const Str kept = {copy, text.len};
    return copy ? json_read(kept, &JSON_LIMITS_DEFAULT, arena, err) : NULL;
}

void trail_question_free(TrailAnswer *answer)
{
    request_free(answer->call);
    buf_free(&answer->body);
    answer->call = NULL;
}
