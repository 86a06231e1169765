#define _GNU_SOURCE /* memmem */
#include "cloud/trail_check.h"

#include <string.h>

enum { FIX_BYTES_MAX = 4096, POLICY_BYTES_MAX = 1 << 20 };

/* Whom findings are told. */
typedef struct Telling {
    TrailTell tell;
    void *context;
} Telling;

/* What one check looks at: a trail of the document, or a region. */
typedef struct Subject {
    const Json *json;
    Str name;
    Str region;
    Str bucket;
    Arena *arena; /* for a policy that is JSON within JSON */
} Subject;

/* Whether an answer is as it should be; *at* is the member of it that the check names. */
typedef bool (*Judge)(const Subject *subject, const Json *answer, const char *at);

typedef struct Check {
    const char *path; /* of AWS's answer, below the subject */
    const char *at;   /* the member of the answer that matters; "" where the judge knows */
    const char *words;
    Judge judge;
    const char *fix; /* %T the trail's ARN, %R the region, %B the bucket */
} Check;

static bool is_true(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject;
    const Json *value = json_path(answer, str_of(at));
    return value && value->type == JSON_TRUE;
}

static bool has_text(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject;
    return json_text(json_path(answer, str_of(at)), STR("")).len > 0;
}

static bool has_no_text(const Subject *subject, const Json *answer, const char *at)
{
    return !has_text(subject, answer, at);
}

static bool has_elements(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject;
    const Json *value = json_path(answer, str_of(at));
    return value && value->type == JSON_ARRAY && value->count > 0;
}

static bool is_there(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject;
    return json_path(answer, str_of(at)) != NULL;
}

static bool is_enabled(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject;
    return str_equal(json_text(json_path(answer, str_of(at)), STR("")), STR("Enabled"));
}

/* Whether an advanced selector names *category*, and with *alone* nothing else. */
static bool selects(const Json *selector, Str category, bool alone)
{
    const Json *fields = json_member(selector, STR("FieldSelectors"));
    if (!fields || fields->type != JSON_ARRAY || (alone && fields->count != 1))
        return false;
    for (const Json *field = fields->first; field; field = field->next) {
        const Json *values = json_member(field, STR("Equals"));
        if (!str_equal(json_text(json_member(field, STR("Field")), STR("")), STR("eventCategory")))
            continue;
        for (const Json *value = values ? values->first : NULL; value; value = value->next)
            if (str_equal(json_text(value, STR("")), category))
                return true;
    }
    return false;
}

static bool any_selects(const Json *answer, Str category, bool alone)
{
    const Json *selectors = json_member(answer, STR("AdvancedEventSelectors"));
    for (const Json *at = selectors ? selectors->first : NULL; at; at = at->next)
        if (selects(at, category, alone))
            return true;
    return false;
}

/* Of the older kind of selectors: one that takes reads and writes of all services. */
static bool basic_takes_all(const Json *answer)
{
    const Json *selectors = json_member(answer, STR("EventSelectors"));
    for (const Json *at = selectors ? selectors->first : NULL; at; at = at->next)
        if (is_true(NULL, at, "IncludeManagementEvents") &&
            !has_elements(NULL, at, "ExcludeManagementEventSources") &&
            str_equal(json_text(json_member(at, STR("ReadWriteType")), STR("")), STR("All")))
            return true;
    return false;
}

static bool basic_takes_data(const Json *answer)
{
    const Json *selectors = json_member(answer, STR("EventSelectors"));
    for (const Json *at = selectors ? selectors->first : NULL; at; at = at->next)
        if (has_elements(NULL, at, "DataResources"))
            return true;
    return false;
}

static bool takes_management(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject, (void)at;
    return basic_takes_all(answer) || any_selects(answer, STR("Management"), true);
}

static bool takes_some(const Subject *subject, const Json *answer, const char *at)
{
    (void)subject;
    bool data = strcmp(at, "Data") == 0;
    return (data && basic_takes_data(answer)) || any_selects(answer, str_of(at), false);
}

static bool is_private(const Subject *subject, const Json *answer, const char *at)
{
    const Json *block = json_path(answer, str_of(at));
    return is_true(subject, block, "BlockPublicAcls") &&
           is_true(subject, block, "IgnorePublicAcls") &&
           is_true(subject, block, "BlockPublicPolicy") &&
           is_true(subject, block, "RestrictPublicBuckets");
}

static bool tells(const Subject *subject, const Json *answer, const char *at)
{
    (void)at;
    return has_elements(subject, answer, "QueueConfigurations") ||
           has_elements(subject, answer, "TopicConfigurations") ||
           is_there(subject, answer, "EventBridgeConfiguration");
}

/* The statements of the policy within the answer, until the next call. AWS takes policies of at
 * most 20 KB; what cannot be read allows and refuses nothing. */
static const Json *statements(const Subject *subject, const Json *answer)
{
    Error ignored = {0};
    arena_reset(subject->arena);
    Str text = json_text(json_member(answer, STR("Policy")), STR(""));
    const Json *policy = json_read(text, &JSON_LIMITS_DEFAULT, subject->arena, &ignored);
    const Json *list = json_member(policy, STR("Statement"));
    return list && list->type == JSON_ARRAY ? list->first : list;
}

/* A member of a condition, whatever the operator: names of condition keys know no case. */
static const Json *condition(const Json *statement, Str name)
{
    const Json *operators = json_member(statement, STR("Condition"));
    for (const Json *at = operators ? operators->first : NULL; at; at = at->next)
        for (const Json *pair = at->type == JSON_OBJECT ? at->first : NULL; pair; pair = pair->next)
            if (str_equal_nocase(pair->name, name))
                return pair;
    return NULL;
}

static bool has_effect(const Json *statement, Str effect)
{
    return str_equal(json_text(json_member(statement, STR("Effect")), STR("")), effect);
}

static bool refuses_http(const Subject *subject, const Json *answer, const char *at)
{
    (void)at;
    for (const Json *one = statements(subject, answer); one; one = one->next) {
        const Json *secure = condition(one, STR("aws:SecureTransport"));
        if (secure && has_effect(one, STR("Deny")) &&
            (secure->type == JSON_FALSE || str_equal(json_text(secure, STR("")), STR("false"))))
            return true;
    }
    return false;
}

static bool is_for_trails(const Json *statement)
{
    const Json *service = json_path(statement, STR("Principal.Service"));
    bool found = str_equal(json_text(service, STR("")), STR("cloudtrail.amazonaws.com"));
    for (const Json *at = service && service->type == JSON_ARRAY ? service->first : NULL; at;
         at = at->next)
        found = found || str_equal(json_text(at, STR("")), STR("cloudtrail.amazonaws.com"));
    return found && has_effect(statement, STR("Allow"));
}

static bool takes_own_trails(const Subject *subject, const Json *answer, const char *at)
{
    (void)at;
    bool any = false;
    for (const Json *one = statements(subject, answer); one; one = one->next) {
        if (!is_for_trails(one))
            continue;
        any = true;
        if (!condition(one, STR("aws:SourceArn")) && !condition(one, STR("aws:SourceAccount")) &&
            !condition(one, STR("aws:SourceOrgID")))
            return false;
    }
    return any;
}

#define UPDATE            "aws cloudtrail update-trail --region %R --name %T "
#define TEMPLATE(options) "... (see spoor trail template -f awscli" options ")"
#define SELECT(options)                                                                            \
    "aws cloudtrail put-event-selectors --region %R --trail-name %T " TEMPLATE(options)
#define BUCKET(call) "aws s3api " call " --bucket %B "
#define DELIVERY     "mend the policy of the bucket or the key (see spoor trail template -f awscli)"

static const Check NEEDED[] = {
    {"status", "IsLogging", "it is logging", is_true,
     "aws cloudtrail start-logging --region %R --name %T"},
    {"trail", "Trail.IsMultiRegionTrail", "of all regions", is_true,
     UPDATE "--is-multi-region-trail"},
    {"trail", "Trail.IncludeGlobalServiceEvents", "with events of global services", is_true,
     UPDATE "--include-global-service-events"},
    {"trail", "Trail.LogFileValidationEnabled", "with digest files", is_true,
     UPDATE "--enable-log-file-validation"},
    {"status", "LatestDeliveryError", "logs are delivered", has_no_text, DELIVERY},
    {"status", "LatestDigestDeliveryError", "digests are delivered", has_no_text, DELIVERY},
    {"selectors", "", "all management events", takes_management, SELECT("")},
    {"bucket.public_access", "PublicAccessBlockConfiguration", "its bucket is closed to the public",
     is_private,
     BUCKET("put-public-access-block") "--public-access-block-configuration "
                                       "BlockPublicAcls=true,IgnorePublicAcls=true,"
                                       "BlockPublicPolicy=true,RestrictPublicBuckets=true"},
    {"bucket.policy", "", "its bucket takes logs of own trails only", takes_own_trails,
     BUCKET("put-bucket-policy") TEMPLATE("")},
    {"bucket.policy", "", "its bucket refuses plain HTTP", refuses_http,
     BUCKET("put-bucket-policy") TEMPLATE("")},
    {"bucket.versioning", "Status", "its bucket is versioned", is_enabled,
     BUCKET("put-bucket-versioning") "--versioning-configuration Status=Enabled"},
    {"bucket.encryption", "ServerSideEncryptionConfiguration.Rules", "its bucket encrypts",
     has_elements, BUCKET("put-bucket-encryption") TEMPLATE("")},
    {NULL, NULL, NULL, NULL, NULL},
};

static const Check ADVISED[] = {
    {"trail", "Trail.KmsKeyId", "with a key of one's own", has_text, UPDATE "--kms-key-id KEY"},
    {"trail", "Trail.IsOrganizationTrail", "of the whole organisation", is_true,
     UPDATE "--is-organization-trail"},
    {"selectors", "Data", "some data events", takes_some, SELECT(" --data-events")},
    {"selectors", "NetworkActivity", "some network activity", takes_some,
     SELECT(" --network-activity")},
    {"insights", "InsightSelectors", "insights", has_elements,
     "aws cloudtrail put-insight-selectors --region %R --trail-name %T --insight-selectors "
     "InsightType=ApiCallRateInsight InsightType=ApiErrorRateInsight"},
    {"bucket.lifecycle", "Rules", "its bucket archives or expires", has_elements,
     BUCKET("put-bucket-lifecycle-configuration") TEMPLATE("")},
    {"bucket.object_lock", "ObjectLockConfiguration.Rule.DefaultRetention",
     "its bucket locks objects", is_there,
     BUCKET("put-object-lock-configuration") TEMPLATE(" --object-lock")},
    {"bucket.notification", "", "its bucket tells of new objects", tells,
     BUCKET("put-bucket-notification-configuration") TEMPLATE("")},
    {NULL, NULL, NULL, NULL, NULL},
};

static const Check OF_REGION[] = {
    {"guardduty", "DetectorIds", "GuardDuty is on", has_elements,
     "aws guardduty create-detector --enable --region %R"},
    {"security_hub", "HubArn", "Security Hub is on", has_text,
     "aws securityhub enable-security-hub --region %R"},
    {NULL, NULL, NULL, NULL, NULL},
};

/* What AWS says where nothing is set: no refusal, but an answer. */
static const char *const NOTHING_SET[] = {
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
    "InsightNotEnabledException",
    "is not subscribed to AWS Security Hub",
};

static bool holds_text(Str text, const char *part)
{
    return text.len && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static bool is_nothing_set(Str refusal)
{
    for (size_t i = 0; i < sizeof NOTHING_SET / sizeof *NOTHING_SET; i++)
        if (holds_text(refusal, NOTHING_SET[i]))
            return true;
    return false;
}

static bool append_fix(const char *pattern, const Subject *subject, Buf *ret, Error *err)
{
    for (const char *at = pattern; *at; at++) {
        Str piece = {at, 1};
        if (*at == '%') {
            at++;
            piece = *at == 'T' ? subject->name : *at == 'R' ? subject->region : subject->bucket;
        }
        if (!buf_append_str(ret, piece, err))
            return false;
    }
    return true;
}

static bool run_check(const Check *check, const Subject *subject, TrailFinding finding,
                      const Telling *telling, Error *err)
{
    const Json *answer = json_path(subject->json, str_of(check->path));
    Str refusal = json_text(json_member(answer, STR("refused")), STR(""));
    BUF_AUTO Buf fix = buf_init(FIX_BYTES_MAX);
    finding.subject = subject->name;
    finding.check = str_of(check->words);
    if (!answer || (refusal.len && !is_nothing_set(refusal))) {
        finding.verdict = TRAIL_UNKNOWN;
        finding.reason = answer ? refusal : STR("it was not asked");
    } else if (check->judge(subject, answer, check->at)) {
        finding.verdict = TRAIL_HOLDS;
    } else {
        finding.verdict = TRAIL_FAILS;
        finding.reason = json_text(json_path(answer, str_of(check->at)), STR(""));
        if (!append_fix(check->fix, subject, &fix, err))
            return false;
        finding.fix = buf_str(&fix);
    }
    telling->tell(telling->context, &finding);
    return true;
}

static bool run_checks(const Check *checks, const Subject *subject, bool needed,
                       const Telling *telling, Error *err)
{
    TrailFinding finding = {.needed = needed};
    for (const Check *check = checks; check->path; check++)
        if (!run_check(check, subject, finding, telling, err))
            return false;
    return true;
}

static bool check_trail(const Json *trail, Arena *arena, const Telling *telling, Error *err)
{
    Subject subject = {
        .json = trail,
        .name = json_text(json_member(trail, STR("arn")), STR("")),
        .region = json_text(json_member(trail, STR("region")), STR("")),
        .bucket = json_text(json_path(trail, STR("trail.Trail.S3BucketName")), STR("BUCKET")),
        .arena = arena};
    if (!subject.name.len)
        return error_set(err, ERROR_INPUT, "a trail without its arn");
    return run_checks(NEEDED, &subject, true, telling, err) &&
           run_checks(ADVISED, &subject, false, telling, err);
}

bool trail_check(const Json *document, TrailTell tell, void *context, Error *err)
{
    const Telling telling = {tell, context};
    const Json *trails = json_member(document, STR("trails"));
    const Json *regions = json_member(document, STR("regions"));
    if (!json_member(document, STR("spoor_trail_answers")) || !trails || trails->type != JSON_ARRAY)
        return error_set(err, ERROR_INPUT,
                         "expected what the script of 'spoor trail check --script' prints");
    if (trails->count == 0)
        return error_set(err, ERROR_INPUT,
                         "the account has no trail; 'spoor trail template' prints what makes one");
    Arena *arena = arena_new(POLICY_BYTES_MAX, err);
    bool ok = arena != NULL;
    for (const Json *trail = trails->first; ok && trail; trail = trail->next)
        ok = check_trail(trail, arena, &telling, err);
    for (const Json *at = regions ? regions->first : NULL; ok && at; at = at->next) {
        Str name = json_text(json_member(at, STR("region")), STR(""));
        const Subject subject = {.json = at, .name = name, .region = name, .arena = arena};
        ok = run_checks(OF_REGION, &subject, false, &telling, err);
    }
    arena_free(arena);
    return ok;
}

const char *trail_check_word(TrailVerdict verdict)
{
    static const char *const WORDS[] = {"holds", "fails", "unknown"};
    return WORDS[verdict];
}
