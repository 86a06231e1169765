#include "generate/story.h"

#include <string.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "generate/event.h"

enum { TEXT_BYTES_MAX = 1 << 20, MINUTE_S = 60 };

/* Who acts in the story. */
typedef enum { THIEF, ENGINEER, DEPLOYER, OPERATOR, ACTORS } Actor;

/* Identities as templates; %A is the account. The keys tie the chain together: each role's key is
 * the one that the AssumeRole before it gave out. */
static const struct {
    const char *identity;
    const char *arn;
    const char *address;
    const char *agent;
} ACTOR_TABLE[ACTORS] = {
    [THIEF] =
        {"{\"type\":\"IAMUser\",\"principalId\":\"AIDASTOLENKEYOWNER000\",\"arn\":\"arn:aws:iam"
         "::%A:user/ci-deploy\",\"accountId\":\"%A\",\"accessKeyId\":\"AKIASTOLEN0KEY000001\","
         "\"userName\":\"ci-deploy\"}",
         "arn:aws:iam::%A:user/ci-deploy", "203.0.113.77",
         "aws-cli/2.18.5 md/awscrt#0.22.0 ua/2.0 os/linux#6.8.11-kali1-amd64 "
         "lang/python#3.12.6 md/prompt#off"},
    [ENGINEER] =
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROASSOENGINEER00001:mina.park\","
         "\"arn\":\"arn:aws:sts::%A:assumed-role/AWSReservedSSO_Engineer_0123456789abcdef/"
         "mina.park\",\"accountId\":\"%A\",\"accessKeyId\":\"ASIAENGINEERSESSION1\","
         "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":"
         "\"AROASSOENGINEER00001\",\"arn\":\"arn:aws:iam::%A:role/aws-reserved/"
         "sso.amazonaws.com/AWSReservedSSO_Engineer_0123456789abcdef\",\"accountId\":\"%A\","
         "\"userName\":\"AWSReservedSSO_Engineer_0123456789abcdef\"},\"attributes\":{"
         "\"creationDate\":\"2026-10-31T06:30:00Z\",\"mfaAuthenticated\":\"true\"}}}",
         "arn:aws:sts::%A:assumed-role/AWSReservedSSO_Engineer_0123456789abcdef/mina.park",
         "198.51.100.24", "Boto3/1.35.40 md/Botocore#1.35.40 os/macos lang/python#3.12.7"},
    [DEPLOYER] =
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROADEPLOYER00000001:release-77\","
         "\"arn\":\"arn:aws:sts::%A:assumed-role/deployer/release-77\",\"accountId\":\"%A\","
         "\"accessKeyId\":\"ASIADEPLOYERSESSION1\",\"sessionContext\":{\"sessionIssuer\":{"
         "\"type\":\"Role\",\"principalId\":\"AROADEPLOYER00000001\",\"arn\":\"arn:aws:iam::"
         "%A:role/deployer\",\"accountId\":\"%A\",\"userName\":\"deployer\"},"
         "\"attributes\":{\"creationDate\":\"2026-10-31T06:58:00Z\",\"mfaAuthenticated\":"
         "\"false\"},\"sourceIdentity\":\"mina.park\"}}",
         "arn:aws:sts::%A:assumed-role/deployer/release-77", "198.51.100.24",
         "Boto3/1.35.40 md/Botocore#1.35.40 os/macos lang/python#3.12.7"},
    [OPERATOR] =
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROAPRODOPERATOR0001:release-77\","
         "\"arn\":\"arn:aws:sts::%A:assumed-role/prod-operator/release-77\",\"accountId\":"
         "\"%A\",\"accessKeyId\":\"ASIAOPERATORSESSION1\",\"sessionContext\":{"
         "\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROAPRODOPERATOR0001\","
         "\"arn\":\"arn:aws:iam::%A:role/prod-operator\",\"accountId\":\"%A\",\"userName\":"
         "\"prod-operator\"},\"attributes\":{\"creationDate\":\"2026-10-31T07:01:00Z\","
         "\"mfaAuthenticated\":\"false\"},\"sourceIdentity\":\"mina.park\"}}",
         "arn:aws:sts::%A:assumed-role/prod-operator/release-77", "198.51.100.24",
         "Boto3/1.35.40 md/Botocore#1.35.40 os/macos lang/python#3.12.7"},
};

#define DENIED "AccessDenied"
#define INSTANCES                                                                                  \
    "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0a11ce0000000001\"},"                       \
    "{\"instanceId\":\"i-0a11ce0000000002\"},{\"instanceId\":\"i-0a11ce0000000003\"}]}"

/* One act: minutes after 02:10 of the last night, or after 06:55 of the last morning. */
static const struct {
    bool morning;
    int minute;
    Actor actor;
    int count;
    EventCall call;
    const char *error; /* NULL: it worked */
    const char *sentence;
} ACTS[] = {
    {false,
     0,
     THIEF,
     1,
     {false, 1, "sts", "GetCallerIdentity", true, EVENT_MANAGEMENT, "", ""},
     NULL,
     "The stolen key is tried from a new country"},
    {false,
     2,
     THIEF,
     40,
     {false, 1, "iam", "ListUsers", true, EVENT_MANAGEMENT, "", ""},
     DENIED,
     "Recon: calls that the key may not make"},
    {false,
     4,
     THIEF,
     25,
     {false, 1, "secretsmanager", "ListSecrets", true, EVENT_MANAGEMENT, "{\"maxResults\":100}",
      ""},
     DENIED,
     "Recon goes on"},
    {false,
     9,
     THIEF,
     1,
     {false, 1, "iam", "AttachUserPolicy", false, EVENT_MANAGEMENT,
      "{\"userName\":\"ci-deploy\",\"policyArn\":\"arn:aws:iam::aws:policy/"
      "AdministratorAccess\"}",
      ""},
     NULL,
     "The user gives itself administrator rights"},
    {false,
     12,
     THIEF,
     1,
     {false, 1, "iam", "CreateAccessKey", false, EVENT_MANAGEMENT,
      "{\"userName\":\"backup-admin\"}",
      "{\"accessKey\":{\"userName\":\"backup-admin\",\"accessKeyId\":"
      "\"AKIASECOND0KEY000002\",\"status\":\"Active\",\"createDate\":\"Oct 31, "
      "2026, 2:22:00 AM\"}}"},
     NULL,
     "A second key is made, to come back with"},
    {false,
     15,
     THIEF,
     1,
     {false, 1, "iam", "UpdateAssumeRolePolicy", false, EVENT_MANAGEMENT,
      "{\"roleName\":\"prod-operator\",\"policyDocument\":\"{\\\"Version\\\":"
      "\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\","
      "\\\"Principal\\\":{\\\"AWS\\\":\\\"*\\\"},\\\"Action\\\":"
      "\\\"sts:AssumeRole\\\"}]}\"}",
      ""},
     NULL,
     "Off-hours: everybody may take the operator role"},
    {false,
     18,
     THIEF,
     1,
     {false, 1, "cloudtrail", "StopLogging", false, EVENT_MANAGEMENT,
      "{\"name\":\"arn:aws:cloudtrail:%R:%A:trail/organisation\"}", ""},
     DENIED,
     "The thief tries to stop the trail"},
    {false,
     22,
     THIEF,
     300,
     {false, 1, "s3", "GetObject", true, EVENT_DATA,
      "{\"bucketName\":\"acme-customer-exports\",\"Host\":\"acme-customer-"
      "exports.s3.%R.amazonaws.com\",\"key\":\"exports/2026/%h.csv\"}",
      ""},
     NULL,
     "Customer exports are read in bulk"},
    {true,
     0,
     ENGINEER,
     1,
     {false, 1, "sts", "AssumeRole", true, EVENT_MANAGEMENT,
      "{\"roleArn\":\"arn:aws:iam::%A:role/deployer\",\"roleSessionName\":"
      "\"release-77\",\"sourceIdentity\":\"mina.park\"}",
      "{\"credentials\":{\"accessKeyId\":\"ASIADEPLOYERSESSION1\","
      "\"expiration\":\"Oct 31, 2026, 7:55:00 AM\"},\"sourceIdentity\":"
      "\"mina.park\"}"},
     NULL,
     "An engineer takes the deployer role"},
    {true,
     3,
     DEPLOYER,
     1,
     {false, 1, "sts", "AssumeRole", true, EVENT_MANAGEMENT,
      "{\"roleArn\":\"arn:aws:iam::%A:role/prod-operator\","
      "\"roleSessionName\":\"release-77\"}",
      "{\"credentials\":{\"accessKeyId\":\"ASIAOPERATORSESSION1\","
      "\"expiration\":\"Oct 31, 2026, 8:01:00 AM\"},\"sourceIdentity\":"
      "\"mina.park\"}"},
     NULL,
     "The deployer takes the operator role"},
    {true,
     6,
     OPERATOR,
     1,
     {false, 1, "ec2", "StopInstances", false, EVENT_MANAGEMENT, INSTANCES ",\"force\":false}",
      "{\"requestId\":\"%u\",\"instancesSet\":{\"items\":[{\"instanceId\":"
      "\"i-0a11ce0000000001\",\"currentState\":{\"code\":64,\"name\":"
      "\"stopping\"},\"previousState\":{\"code\":16,\"name\":\"running\"}}]}}"},
     NULL,
     "Production instances are stopped"},
    {true,
     31,
     OPERATOR,
     1,
     {false, 1, "ec2", "StartInstances", false, EVENT_MANAGEMENT, INSTANCES "}",
      "{\"requestId\":\"%u\"}"},
     NULL,
     "They are started again, 25 minutes later"},
};

enum { ACT_COUNT = sizeof ACTS / sizeof *ACTS };

struct Story {
    Arena *arena;
    StoryItem items[ACT_COUNT];
    size_t count;
};

static Str fill(Story *story, const char *pattern, const EventScene *scene, Random *random,
                Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    const char *copy = event_fill(&text, pattern, scene, random, err)
                           ? arena_text(story->arena, buf_str(&text), err)
                           : NULL;
    return (Str){copy, text.len};
}

static bool set_principal(Story *story, Actor actor, const EventScene *scene, Random *random,
                          CastPrincipal *ret, Error *err)
{
    *ret = (CastPrincipal){.identity = fill(story, ACTOR_TABLE[actor].identity, scene, random, err),
                           .arn = fill(story, ACTOR_TABLE[actor].arn, scene, random, err),
                           .address = str_of(ACTOR_TABLE[actor].address),
                           .agent = str_of(ACTOR_TABLE[actor].agent),
                           .human = true};
    return ret->identity.ptr && ret->arn.ptr;
}

/* 02:10 or 06:55 of the last day, and the act's minutes. */
static int64_t act_time(const TrailOptions *options, int act)
{
    int64_t start_s = ACTS[act].morning ? 6 * 3600 + 55 * MINUTE_S : 2 * 3600 + 10 * MINUTE_S;
    return options->end_us - TIMESTAMP_DAY_US +
           (start_s + (int64_t)ACTS[act].minute * MINUTE_S) * 1000000;
}

static bool write_records(int act, const EventScene *scene, StoryItem *item, Random *random,
                          Buf *body, Error *err)
{
    bool ok = buf_append_str(body, STR("{\"Records\":["), err);
    for (int i = 0; ok && i < ACTS[act].count; i++)
        ok = (i == 0 || buf_append_byte(body, ',', err)) &&
             event_write(body, scene, item->time_us + (int64_t)(i / 5) * 1000000,
                         i ? NULL : item->event_id, random, err);
    return ok && buf_append(body, "]}", 2, err);
}

/* Writes one act as a file of its own, delivered some minutes later. */
static bool plant(Story *story, const Trail *trail, const TrailOptions *options, int act,
                  TrailReport *report, Error *err)
{
    TrailWriter *writer = trail_writer_new(err);
    BUF_AUTO Buf body = buf_init(TEXT_BYTES_MAX * 8);
    BUF_AUTO Buf id = buf_init(64);
    Random random = random_new(options->seed, UINT64_C(1) << 40 | (uint64_t)act);
    const Cast *cast = trail_cast(trail);
    StoryItem *item = &story->items[story->count];
    CastPrincipal principal;
    Str packed;
    EventScene scene = {.cast = cast,
                        .account = &cast->accounts[0],
                        .region = cast->regions[0],
                        .principal = &principal,
                        .call = &ACTS[act].call,
                        .error_code = ACTS[act].error,
                        .error_message = "User is not authorized to perform this action",
                        .tls = true};
    bool ok = writer && buf_reserve(&id, 36, err) &&
              set_principal(story, ACTS[act].actor, &scene, &random, &principal, err);
    if (ok) {
        random_uuid(&random, &id);
        *item = (StoryItem){act_time(options, act), scene.account->id,   scene.region,
                            principal.arn.ptr,      ACTS[act].call.name, "",
                            ACTS[act].count,        ACTS[act].sentence};
        memcpy(item->event_id, id.ptr, 36);
        TrailPlace place = {item->account, item->region, "CloudTrail", ".json.gz",
                            (item->time_us / 300000000 + 2) * 300000000};
        ok = write_records(act, &scene, item, &random, &body, err) &&
             trail_compress(writer, buf_str(&body), &packed, err) &&
             trail_write_object(trail, &place, packed, &random, err);
    }
    if (ok) {
        story->count++;
        report->objects++;
        report->events += (uint64_t)ACTS[act].count;
        report->bytes += packed.len;
        report->inflated_bytes += body.len;
    }
    trail_writer_free(writer);
    return ok;
}

Story *story_plant(const Trail *trail, const TrailOptions *options, TrailReport *report, Error *err)
{
    Story *story = mem_calloc(1, sizeof *story, err);
    if (!story)
        return NULL;
    story->arena = arena_new(TEXT_BYTES_MAX * 8, err);
    bool ok = story->arena != NULL;
    for (int act = 0; ok && act < ACT_COUNT; act++)
        ok = plant(story, trail, options, act, report, err);
    if (ok)
        return story;
    story_free(story);
    return NULL;
}

void story_free(Story *story)
{
    if (!story)
        return;
    arena_free(story->arena);
    mem_free(story);
}

size_t story_count(const Story *story)
{
    return story->count;
}

const StoryItem *story_item(const Story *story, size_t index)
{
    return &story->items[index];
}
