#include "generate/story.h"

#include <string.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "generate/event.h"

/* When the attack and the outage begin: minutes of the last day. */
enum { NIGHT = 2 * 60 + 10, MORNING = 6 * 60 + 55 };

enum { TEXT_BYTES_MAX = 1 << 20 };
#define SLOT_US (INT64_C(300) * 1000000)

/* Who acts in the story. */
typedef enum { THIEF, ENGINEER, DEPLOYER, OPERATOR, ACTORS } Actor;

/* Identities as templates; %A is the account. The keys tie the chain together: each role's key is
 * the one that the AssumeRole before it gave out. */
static const struct {
    const char *identity;
    const char *arn;
    const char *address;
    const char *agent;
    int session; /* when its session began: a minute of the last day */
} ACTOR_TABLE[ACTORS] = {
    [THIEF] =
        {"{\"type\":\"IAMUser\",\"principalId\":\"AIDASTOLENKEYOWNER000\",\"arn\":\"arn:aws:iam"
         "::%A:user/ci-deploy\",\"accountId\":\"%A\",\"accessKeyId\":\"AKIASTOLEN0KEY000001\","
         "\"userName\":\"ci-deploy\"}",
         "arn:aws:iam::%A:user/ci-deploy", "203.0.113.77",
         "aws-cli/2.18.5 md/awscrt#0.22.0 ua/2.0 os/linux#6.8.11-kali1-amd64 "
         "lang/python#3.12.6 md/prompt#off",
         NIGHT},
    [ENGINEER] =
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROASSOENGINEER00001:mina.park\","
         "\"arn\":\"arn:aws:sts::%A:assumed-role/AWSReservedSSO_Engineer_0123456789abcdef/"
         "mina.park\",\"accountId\":\"%A\",\"accessKeyId\":\"ASIAENGINEERSESSION1\","
         "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":"
         "\"AROASSOENGINEER00001\",\"arn\":\"arn:aws:iam::%A:role/aws-reserved/"
         "sso.amazonaws.com/AWSReservedSSO_Engineer_0123456789abcdef\",\"accountId\":\"%A\","
         "\"userName\":\"AWSReservedSSO_Engineer_0123456789abcdef\"},\"attributes\":{"
         "\"creationDate\":\"%M\",\"mfaAuthenticated\":\"true\"}}}",
         "arn:aws:sts::%A:assumed-role/AWSReservedSSO_Engineer_0123456789abcdef/mina.park",
         "198.51.100.24", "Boto3/1.35.40 md/Botocore#1.35.40 os/macos lang/python#3.12.7",
         MORNING - 25},
    [DEPLOYER] =
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROADEPLOYER00000001:release-77\","
         "\"arn\":\"arn:aws:sts::%A:assumed-role/deployer/release-77\",\"accountId\":\"%A\","
         "\"accessKeyId\":\"ASIADEPLOYERSESSION1\",\"sessionContext\":{\"sessionIssuer\":{"
         "\"type\":\"Role\",\"principalId\":\"AROADEPLOYER00000001\",\"arn\":\"arn:aws:iam::"
         "%A:role/deployer\",\"accountId\":\"%A\",\"userName\":\"deployer\"},"
         "\"attributes\":{\"creationDate\":\"%M\",\"mfaAuthenticated\":"
         "\"false\"},\"sourceIdentity\":\"mina.park\"}}",
         "arn:aws:sts::%A:assumed-role/deployer/release-77", "198.51.100.24",
         "Boto3/1.35.40 md/Botocore#1.35.40 os/macos lang/python#3.12.7", MORNING},
    [OPERATOR] =
        {"{\"type\":\"AssumedRole\",\"principalId\":\"AROAPRODOPERATOR0001:release-77\","
         "\"arn\":\"arn:aws:sts::%A:assumed-role/prod-operator/release-77\",\"accountId\":"
         "\"%A\",\"accessKeyId\":\"ASIAOPERATORSESSION1\",\"sessionContext\":{"
         "\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROAPRODOPERATOR0001\","
         "\"arn\":\"arn:aws:iam::%A:role/prod-operator\",\"accountId\":\"%A\",\"userName\":"
         "\"prod-operator\"},\"attributes\":{\"creationDate\":\"%M\","
         "\"mfaAuthenticated\":\"false\"},\"sourceIdentity\":\"mina.park\"}}",
         "arn:aws:sts::%A:assumed-role/prod-operator/release-77", "198.51.100.24",
         "Boto3/1.35.40 md/Botocore#1.35.40 os/macos lang/python#3.12.7", MORNING + 3},
};

#define DENIED "AccessDenied"
#define J(...) #__VA_ARGS__
#define READ(service, name)                                                                        \
    {                                                                                              \
        CALLER_PERSON, "1.09", service, name, true, SHAPE_API, "", ""                              \
    }

/* What the thief looks for: who there is, what there is, who watches. */
static const Call RECON_PEOPLE[] = {
    READ("iam", "ListUsers"),
    READ("iam", "ListRoles"),
    READ("iam", "ListGroups"),
    READ("iam", "ListPolicies"),
    READ("iam", "ListAccessKeys"),
    READ("iam", "ListMFADevices"),
    READ("iam", "ListAttachedUserPolicies"),
    READ("iam", "ListUserPolicies"),
    READ("iam", "ListGroupsForUser"),
    READ("iam", "GetAccountSummary"),
    READ("iam", "GetAccountPasswordPolicy"),
    READ("iam", "GetAccountAuthorizationDetails"),
    READ("iam", "ListSAMLProviders"),
    READ("organizations", "DescribeOrganization"),
    READ("organizations", "ListAccounts"),
    READ("sso", "ListInstances"),
};

static const Call RECON_THINGS[] = {
    READ("s3", "ListBuckets"),
    READ("s3", "GetBucketPolicy"),
    READ("s3", "GetBucketPublicAccessBlock"),
    READ("lambda", "ListFunctions20150331"),
    READ("dynamodb", "ListTables"),
    READ("rds", "DescribeDBInstances"),
    READ("rds", "DescribeDBSnapshots"),
    READ("ecr", "DescribeRepositories"),
    READ("eks", "ListClusters"),
    READ("ecs", "ListClusters"),
    READ("sqs", "ListQueues"),
    READ("sns", "ListTopics"),
    READ("cloudformation", "ListStacks"),
    READ("ssm", "DescribeInstanceInformation"),
    READ("ses", "GetSendQuota"),
    READ("route53", "ListHostedZones"),
    READ("redshift", "DescribeClusters"),
    READ("apigateway", "GetRestApis"),
};

static const Call RECON_SECRETS[] = {
    READ("secretsmanager", "ListSecrets"),
    READ("secretsmanager", "GetSecretValue"),
    READ("ssm", "DescribeParameters"),
    READ("ssm", "GetParameters"),
    READ("kms", "ListKeys"),
    READ("kms", "ListAliases"),
    READ("cloudtrail", "DescribeTrails"),
    READ("cloudtrail", "GetTrailStatus"),
    READ("guardduty", "ListDetectors"),
    READ("config", "DescribeConfigurationRecorders"),
    READ("logs", "DescribeLogGroups"),
    READ("securityhub", "DescribeHub"),
};

/* Acts of one call. clang-format would break the JSON, whose line ends become blanks. */
/* clang-format off */
#define ONE(name, ...) static const Call name[] = {{CALLER_PERSON, __VA_ARGS__}}
#define STOPPED J({"instancesSet":{"items":[{"instanceId":"i-0a11ce0000000001"},{"instanceId":"i-0a11ce0000000002"},{"instanceId":"i-0a11ce0000000003"}]},"force":false})
#define STARTED J({"instancesSet":{"items":[{"instanceId":"i-0a11ce0000000001"},{"instanceId":"i-0a11ce0000000002"},{"instanceId":"i-0a11ce0000000003"}]}})
ONE(TRY_KEY, "1.11", "sts", "GetCallerIdentity", true, SHAPE_API, "", "");
ONE(ATTACH_POLICY, "1.09", "iam", "AttachUserPolicy", false, SHAPE_API, J({"userName":"ci-deploy","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}), "");
ONE(MAKE_KEY, "1.09", "iam", "CreateAccessKey", false, SHAPE_API, J({"userName":"backup-admin"}), J({"accessKey":{"userName":"backup-admin","accessKeyId":"AKIASECOND0KEY000002","status":"Active","createDate":"%j"}}));
ONE(OPEN_ROLE, "1.09", "iam", "UpdateAssumeRolePolicy", false, SHAPE_API, J({"roleName":"prod-operator","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\"}]}"}), "");
ONE(STOP_LOGGING, "1.11", "cloudtrail", "StopLogging", false, SHAPE_API, J({"name":"arn:aws:cloudtrail:%R:%A:trail/account-trail"}), "");
ONE(LIST_EXPORTS, "1.11", "s3", "ListObjects", true, SHAPE_OBJECT, J({"bucketName":"acme-customer-exports","prefix":"exports/2026/","Host":"acme-customer-exports.s3.%R.amazonaws.com"}), "");
ONE(READ_EXPORTS, "1.11", "s3", "GetObject", true, SHAPE_OBJECT, J({"bucketName":"acme-customer-exports","Host":"acme-customer-exports.s3.%R.amazonaws.com","key":"exports/2026/%x.csv"}), "");
ONE(TAKE_DEPLOYER, "1.11", "sts", "AssumeRole", true, SHAPE_API, J({"roleArn":"arn:aws:iam::%A:role/deployer","roleSessionName":"release-77","sourceIdentity":"mina.park"}), J({"credentials":{"accessKeyId":"ASIADEPLOYERSESSION1","expiration":"%J"},"sourceIdentity":"mina.park"}));
ONE(TAKE_OPERATOR, "1.11", "sts", "AssumeRole", true, SHAPE_API, J({"roleArn":"arn:aws:iam::%A:role/prod-operator","roleSessionName":"release-77"}), J({"credentials":{"accessKeyId":"ASIAOPERATORSESSION1","expiration":"%J"},"sourceIdentity":"mina.park"}));
ONE(STOP_INSTANCES, "1.10", "ec2", "StopInstances", false, SHAPE_API, STOPPED, J({"requestId":"%u","instancesSet":{"items":[{"instanceId":"i-0a11ce0000000001","currentState":{"code":64,"name":"stopping"},"previousState":{"code":16,"name":"running"}},{"instanceId":"i-0a11ce0000000002","currentState":{"code":64,"name":"stopping"},"previousState":{"code":16,"name":"running"}},{"instanceId":"i-0a11ce0000000003","currentState":{"code":64,"name":"stopping"},"previousState":{"code":16,"name":"running"}}]}}));
ONE(START_INSTANCES, "1.10", "ec2", "StartInstances", false, SHAPE_API, STARTED, J({"requestId":"%u"}));
/* clang-format on */

#define CALLS_OF(list) list, (int)(sizeof(list) / sizeof *(list))

/* The acts. Each ends within the five minutes in which it begins. */
static const struct {
    int minute; /* of the last day */
    Actor actor;
    int count;
    int a_second;      /* how many calls are made in one */
    const Call *calls; /* made in turn */
    int call_count;
    const char *error; /* NULL: it worked */
    const char *sentence;
} ACTS[] = {
    {NIGHT, THIEF, 1, 1, CALLS_OF(TRY_KEY), NULL, "The stolen key is tried from a new country"},
    {NIGHT + 2, THIEF, 64, 4, CALLS_OF(RECON_PEOPLE), DENIED,
     "Recon: who is there? Nothing that the key may ask"},
    {NIGHT + 3, THIEF, 72, 6, CALLS_OF(RECON_THINGS), DENIED, "Recon: what is there?"},
    {NIGHT + 6, THIEF, 36, 3, CALLS_OF(RECON_SECRETS), DENIED,
     "Recon: where are the secrets, and who watches?"},
    {NIGHT + 9, THIEF, 1, 1, CALLS_OF(ATTACH_POLICY), NULL,
     "The user gives itself administrator rights"},
    {NIGHT + 12, THIEF, 1, 1, CALLS_OF(MAKE_KEY), NULL, "A second key is made, to come back with"},
    {NIGHT + 14, THIEF, 1, 1, CALLS_OF(OPEN_ROLE), NULL,
     "Off-hours: everybody may take the operator role"},
    {NIGHT + 17, THIEF, 1, 1, CALLS_OF(STOP_LOGGING), NULL,
     "The account's own trail is stopped; the organisation's goes on"},
    {NIGHT + 20, THIEF, 4, 1, CALLS_OF(LIST_EXPORTS), NULL, "Customer exports are listed"},
    {NIGHT + 22, THIEF, 600, 9, CALLS_OF(READ_EXPORTS), NULL, "Customer exports are read in bulk"},
    {MORNING, ENGINEER, 1, 1, CALLS_OF(TAKE_DEPLOYER), NULL, "An engineer takes the deployer role"},
    {MORNING + 3, DEPLOYER, 1, 1, CALLS_OF(TAKE_OPERATOR), NULL,
     "The deployer takes the operator role"},
    {MORNING + 6, OPERATOR, 1, 1, CALLS_OF(STOP_INSTANCES), NULL,
     "Production instances are stopped"},
    {MORNING + 31, OPERATOR, 1, 1, CALLS_OF(START_INSTANCES), NULL,
     "They are started again, 25 minutes later"},
};

enum { ACT_COUNT = sizeof ACTS / sizeof *ACTS };

struct Story {
    Arena *arena;
    StoryItem items[ACT_COUNT];
    size_t count;
    int64_t last_day_us;
};

static Str fill(Story *story, const char *pattern, Fill like, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    like.out = &text;
    const char *copy =
        fill_pattern(&like, pattern) ? arena_text(story->arena, buf_str(&text), err) : NULL;
    return (Str){copy, text.len};
}

static bool set_principal(Story *story, Actor actor, const EventScene *scene, Random *random,
                          CastPrincipal *ret, Error *err)
{
    FillClock begun = {0}; /* of its session */
    fill_clock_set(&begun, story->last_day_us / 1000000 + ACTOR_TABLE[actor].session * 60);
    Fill like = {.account = scene->account,
                 .region = scene->region,
                 .clock = &begun,
                 .random = random,
                 .err = err};
    *ret = (CastPrincipal){.kind = actor == THIEF ? CAST_USER : CAST_PERSON,
                           .identity = fill(story, ACTOR_TABLE[actor].identity, like, err),
                           .arn = fill(story, ACTOR_TABLE[actor].arn, like, err),
                           .address = str_of(ACTOR_TABLE[actor].address),
                           .agent = str_of(ACTOR_TABLE[actor].agent),
                           .caller = CALLER_PERSON,
                           .tls = CAST_TLS_13};
    return ret->identity.ptr && ret->arn.ptr;
}

static int64_t act_time(const TrailOptions *options, int act)
{
    return options->end_us - TIMESTAMP_DAY_US + (int64_t)ACTS[act].minute * 60 * 1000000;
}

static bool write_records(int act, EventScene *scene, const StoryItem *item, Random *random,
                          Buf *body, Error *err)
{
    bool ok = buf_append_str(body, STR("{\"Records\":["), err);
    for (int i = 0; ok && i < ACTS[act].count; i++) {
        scene->call = &ACTS[act].calls[i % ACTS[act].call_count];
        fill_clock_set(&scene->clock, item->time_us / 1000000 + i / ACTS[act].a_second);
        ok = (i == 0 || buf_append_byte(body, ',', err)) &&
             event_write(body, scene, i ? NULL : item->event_id, random, err);
    }
    return ok && buf_append(body, "]}", 2, err);
}

static StoryItem item_of(const TrailOptions *options, int act, const EventScene *scene)
{
    int64_t time_us = act_time(options, act);
    int last = (ACTS[act].count - 1) / ACTS[act].a_second;
    return (StoryItem){.time_us = time_us,
                       .until_us = time_us + (int64_t)last * 1000000,
                       .account = scene->account->id,
                       .region = scene->region,
                       .principal = scene->principal->arn.ptr,
                       .event_name = ACTS[act].calls[0].name,
                       .name_count = ACTS[act].call_count,
                       .error_code = ACTS[act].error,
                       .count = ACTS[act].count,
                       .sentence = ACTS[act].sentence};
}

/* What planting needs, whatever the act. */
typedef struct Planting {
    Story *story;
    TrailWriter *writer;
    const Trail *trail;
    const TrailOptions *options;
    TrailReport *report;
} Planting;

/* Writes *body* as a file that is delivered at the end of the act's five minutes. */
static bool deliver(const Planting *planting, const StoryItem *item, const Buf *body,
                    Random *random, Error *err)
{
    Str packed;
    TrailPlace place = {item->account, item->region, "CloudTrail", ".json.gz",
                        (item->time_us / SLOT_US + 1) * SLOT_US};
    if (!trail_compress(planting->writer, buf_str(body), &packed, err) ||
        !trail_write_object(planting->trail, &place, packed, random, err))
        return false;
    planting->report->objects++;
    planting->report->events += (uint64_t)item->count;
    planting->report->bytes += packed.len;
    planting->report->inflated_bytes += body->len;
    return true;
}

/* Writes one act as a file of its own. */
static bool plant(const Planting *planting, int act, Error *err)
{
    BUF_AUTO Buf body = buf_init(TEXT_BYTES_MAX * 8);
    BUF_AUTO Buf id = buf_init(64);
    Story *story = planting->story;
    Random random = random_new(planting->options->seed, UINT64_C(1) << 40 | (uint64_t)act);
    const Cast *cast = trail_cast(planting->trail);
    StoryItem *item = &story->items[story->count];
    CastPrincipal principal;
    EventScene scene = {.account = &cast->accounts[0],
                        .region = cast->regions[0],
                        .principal = &principal,
                        .error_code = ACTS[act].error,
                        .error_message = "User: %P is not authorized to perform: %S:%E because no "
                                         "identity-based policy allows the %S:%E action"};
    if (!buf_reserve(&id, 36, err) ||
        !set_principal(story, ACTS[act].actor, &scene, &random, &principal, err))
        return false;
    random_uuid(&random, &id);
    *item = item_of(planting->options, act, &scene);
    memcpy(item->event_id, id.ptr, 36);
    if (!write_records(act, &scene, item, &random, &body, err) ||
        !deliver(planting, item, &body, &random, err))
        return false;
    story->count++;
    return true;
}

Story *story_plant(const Trail *trail, const TrailOptions *options, TrailReport *report, Error *err)
{
    Story *story = mem_calloc(1, sizeof *story, err);
    if (!story)
        return NULL;
    story->last_day_us = options->end_us - TIMESTAMP_DAY_US;
    Planting planting = {story, trail_writer_new(err), trail, options, report};
    story->arena = planting.writer ? arena_new(TEXT_BYTES_MAX * 8, err) : NULL;
    bool ok = story->arena != NULL;
    for (int act = 0; ok && act < ACT_COUNT; act++)
        ok = plant(&planting, act, err);
    trail_writer_free(planting.writer);
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
