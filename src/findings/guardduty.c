#include "findings/guardduty.h"

#include <stdio.h>

#include "base/json_write.h"
#include "findings/severity.h"
#include "findings/story.h"

enum {
    TEXT_BYTES_MAX = 8192,
    TITLE_MAX = 256,
    DESCRIPTION_MAX = 1024,
    FIELD_MAX = 1024,
    NAME_MAX = 64
};

/* ASFF's name space and category for what a type begins with; others are unusual behaviors. */
static const struct {
    const char *purpose, *type;
} PURPOSES[] = {
    {"CredentialAccess", "TTPs/Credential Access"},
    {"DefenseEvasion", "TTPs/Defense Evasion"},
    {"DefenseImpairment", "TTPs/Defense Evasion"},
    {"Discovery", "TTPs/Discovery"},
    {"Execution", "TTPs/Execution"},
    {"Exfiltration", "Effects/Data Exfiltration"},
    {"InitialAccess", "TTPs/Initial Access"},
    {"LateralMovement", "TTPs/Lateral Movement"},
    {"Persistence", "TTPs/Persistence"},
    {"Policy", "Software and Configuration Checks/AWS Security Best Practices"},
    {"PrivilegeEscalation", "TTPs/Privilege Escalation"},
    {"Recon", "TTPs/Discovery"},
    {"Stealth", "TTPs/Defense Evasion"},
};

/* What goes into ProductFields, by its path below service. */
static const char *const SHOWN[] = {"detectorId",
                                    "archived",
                                    "count",
                                    "eventFirstSeen",
                                    "eventLastSeen",
                                    "resourceRole",
                                    "featureName",
                                    "action.actionType",
                                    "action.awsApiCallAction.errorCode",
                                    "action.awsApiCallAction.userAgent",
                                    "action.awsApiCallAction.affectedResources"};

typedef struct Writing {
    JsonWriter to;
    const Json *finding;
    Str account, region;
    const char *partition;
} Writing;

/* A member whose name may begin with a capital letter. */
static const Json *member(const Json *object, Str name)
{
    char capital[NAME_MAX];
    const Json *found = json_member(object, name);
    if (found || name.len >= sizeof capital || !name.len)
        return found;
    snprintf(capital, sizeof capital, "%.*s", STR_ARG(name));
    capital[0] = (char)(capital[0] >= 'a' && capital[0] <= 'z' ? capital[0] - 32 : capital[0]);
    return json_member(object, (Str){capital, name.len});
}

static const Json *at(const Json *value, const char *path)
{
    Str names = str_of(path);
    for (size_t from = 0; value && from <= names.len;) {
        size_t dot = str_find_byte(names, '.', from);
        value = member(value, str_slice(names, from, dot));
        from = dot + 1;
    }
    return value;
}

static Str text_at(const Json *value, const char *path)
{
    return json_text(at(value, path), STR(""));
}

static Str cut(Str text, size_t most)
{
    return str_slice(text, 0, str_utf8_prefix(text, most));
}

bool guardduty_is_one(const Json *value)
{
    return text_at(value, "type").len && at(value, "service") && text_at(value, "arn").len &&
           text_at(value, "accountId").len;
}

static bool check(const Json *finding, Error *err)
{
    static const char *const NEEDED[] = {"accountId", "region",    "arn",      "type",
                                         "createdAt", "updatedAt", "resource", "severity"};
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++)
        if (!at(finding, NEEDED[i]))
            return error_set(err, ERROR_INPUT,
                             "%s: expected in a finding of GuardDuty, nothing found", NEEDED[i]);
    return true;
}

static void write_names(Writing *w)
{
    char product[200];
    Str arn = text_at(w->finding, "arn");
    size_t end = 0;
    while (end < arn.len && !str_starts(str_slice(arn, end, arn.len), STR("/finding/")))
        end++;
    snprintf(product, sizeof product, "arn:%s:securityhub:%.*s::product/aws/guardduty",
             w->partition, STR_ARG(cut(w->region, 64)));
    json_write_text(&w->to, "SchemaVersion", STR("2018-10-08"));
    json_write_text(&w->to, "Id", arn);
    json_write_text(&w->to, "ProductArn", str_of(product));
    json_write_text(&w->to, "ProductName", STR("GuardDuty"));
    json_write_text(&w->to, "CompanyName", STR("Amazon"));
    json_write_text(&w->to, "GeneratorId", str_slice(arn, 0, end));
    json_write_text(&w->to, "AwsAccountId", w->account);
    json_write_text(&w->to, "Region", w->region);
}

/* "Discovery:IAMUser/AnomalousBehavior" as "TTPs/Discovery/IAMUser-AnomalousBehavior". */
static void write_types(Writing *w)
{
    Str type = text_at(w->finding, "type");
    size_t colon = str_find_byte(type, ':', 0);
    const char *known = "Unusual Behaviors/User";
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    for (size_t i = 0; i < sizeof PURPOSES / sizeof *PURPOSES; i++)
        if (str_equal(str_slice(type, 0, colon), str_of(PURPOSES[i].purpose)))
            known = PURPOSES[i].type;
    w->to.ok = w->to.ok && buf_printf(&text, w->to.err, "%s/", known);
    for (size_t i = colon + 1; w->to.ok && i < type.len; i++)
        w->to.ok = buf_append_byte(&text, type.ptr[i] == '/' ? '-' : (unsigned char)type.ptr[i],
                                   w->to.err);
    json_write_open(&w->to, "Types", '[');
    json_write_text(&w->to, NULL, buf_str(&text));
    json_write_close(&w->to, ']');
}

/* Tenths of a number of JSON such as "5", "8.5"; 0 to 100. */
static int tenths(Str number)
{
    int value = 0;
    size_t i = 0;
    for (; i < number.len && number.ptr[i] >= '0' && number.ptr[i] <= '9' && value < 100; i++)
        value = value * 10 + number.ptr[i] - '0';
    value *= 10;
    if (i + 1 < number.len && number.ptr[i] == '.' && number.ptr[i + 1] >= '0' &&
        number.ptr[i + 1] <= '9')
        value += number.ptr[i + 1] - '0';
    return value > 100 ? 100 : value;
}

static void write_severity(Writing *w)
{
    const Json *given = at(w->finding, "severity");
    int severity = tenths(given->raw);
    json_write_open(&w->to, "Severity", '{');
    json_write_text(&w->to, "Label", str_of(severity_label(severity)));
    json_write_int(&w->to, "Normalized", severity);
    json_write_value(&w->to, "Product", given->raw);
    json_write_text(&w->to, "Original", cut(given->raw, NAME_MAX));
    json_write_close(&w->to, '}');
}

static void write_time(Writing *w, const char *name, const char *path, const char *otherwise)
{
    Str text = text_at(w->finding, path);
    json_write_text(&w->to, name, text.len ? text : text_at(w->finding, otherwise));
}

static void write_fields(Writing *w)
{
    char name[128];
    const Json *service = at(w->finding, "service");
    json_write_open(&w->to, "ProductFields", '{');
    json_write_text(&w->to, GUARDDUTY_TYPE, text_at(w->finding, "type"));
    for (size_t i = 0; i < sizeof SHOWN / sizeof *SHOWN; i++) {
        const Json *value = at(service, SHOWN[i]);
        if (!value || value->type == JSON_NULL)
            continue;
        snprintf(name, sizeof name, "aws/guardduty/service/%s", SHOWN[i]);
        for (char *dot = name; *dot; dot++)
            *dot = *dot == '.' ? '/' : *dot;
        json_write_text(&w->to, name,
                        cut(value->type == JSON_STRING ? value->text : value->raw, FIELD_MAX));
    }
    json_write_close(&w->to, '}');
}

/* ---- resources ---- */

static void open_resource(Writing *w, const char *type, Str id)
{
    json_write_open(&w->to, NULL, '{');
    json_write_text(&w->to, "Type", str_of(type));
    json_write_text(&w->to, "Id", cut(id, 512));
    json_write_text(&w->to, "Partition", str_of(w->partition));
    json_write_text(&w->to, "Region", w->region);
}

static void write_key(Writing *w, const Json *key)
{
    BUF_AUTO Buf id = buf_init(TEXT_BYTES_MAX);
    w->to.ok = w->to.ok && buf_printf(&id, w->to.err, "AWS::IAM::AccessKey:%.*s",
                                      STR_ARG(cut(text_at(key, "accessKeyId"), 200)));
    open_resource(w, "AwsIamAccessKey", buf_str(&id));
    json_write_open(&w->to, "Details", '{');
    json_write_open(&w->to, "AwsIamAccessKey", '{');
    json_write_some(&w->to, "AccessKeyId", text_at(key, "accessKeyId"));
    json_write_some(&w->to, "PrincipalId", text_at(key, "principalId"));
    json_write_some(&w->to, "PrincipalType", text_at(key, "userType"));
    json_write_some(&w->to, "PrincipalName", text_at(key, "userName"));
    json_write_close(&w->to, '}');
    json_write_close(&w->to, '}');
    json_write_close(&w->to, '}');
}

static void write_account(Writing *w)
{
    BUF_AUTO Buf id = buf_init(TEXT_BYTES_MAX);
    w->to.ok =
        w->to.ok && buf_printf(&id, w->to.err, "AWS::::Account:%.*s", STR_ARG(cut(w->account, 20)));
    open_resource(w, "AwsAccount", buf_str(&id));
    json_write_close(&w->to, '}');
}

static void write_resources(Writing *w)
{
    const Json *resource = at(w->finding, "resource");
    const Json *key = at(resource, "accessKeyDetails");
    const Json *buckets = at(resource, "s3BucketDetails");
    Str instance = text_at(resource, "instanceDetails.instanceId");
    int written = 0;
    json_write_open(&w->to, "Resources", '[');
    if (text_at(key, "accessKeyId").len || text_at(key, "userName").len) {
        write_key(w, key);
        written++;
    }
    for (const Json *each = buckets && buckets->type == JSON_ARRAY ? buckets->first : NULL;
         each && written < 30; each = each->next)
        if (text_at(each, "arn").len) {
            open_resource(w, "AwsS3Bucket", text_at(each, "arn"));
            json_write_close(&w->to, '}');
            written++;
        }
    if (instance.len) {
        BUF_AUTO Buf id = buf_init(TEXT_BYTES_MAX);
        w->to.ok = w->to.ok &&
                   buf_printf(&id, w->to.err, "arn:%s:ec2:%.*s:%.*s:instance/%.*s", w->partition,
                              STR_ARG(w->region), STR_ARG(w->account), STR_ARG(cut(instance, 200)));
        open_resource(w, "AwsEc2Instance", buf_str(&id));
        json_write_close(&w->to, '}');
        written++;
    }
    if (!written)
        write_account(w);
    json_write_close(&w->to, ']');
}

static void write_remote(Writing *w, const Json *remote)
{
    static const char *const PARTS[][2] = {
        {"Country", "country"}, {"City", "city"}, {"Organization", "organization"}};
    static const char *const NAMES[][3] = {{"CountryCode", "countryCode", "countryName"},
                                           {"CityName", "cityName", ""},
                                           {"AsnOrg", "asnOrg", ""}};
    if (!text_at(remote, "ipAddressV4").len)
        return;
    json_write_open(&w->to, "RemoteIpDetails", '{');
    json_write_text(&w->to, "IpAddressV4", text_at(remote, "ipAddressV4"));
    for (size_t i = 0; i < 3; i++) {
        const Json *part = at(remote, PARTS[i][1]);
        if (!text_at(part, NAMES[i][1]).len)
            continue;
        json_write_open(&w->to, PARTS[i][0], '{');
        json_write_text(&w->to, NAMES[i][0], text_at(part, NAMES[i][1]));
        json_write_close(&w->to, '}');
    }
    json_write_close(&w->to, '}');
}

static void write_action(Writing *w)
{
    const Json *call = at(w->finding, "service.action.awsApiCallAction");
    if (!call || !text_at(call, "api").len)
        return;
    json_write_open(&w->to, "Action", '{');
    json_write_text(&w->to, "ActionType", STR("AWS_API_CALL"));
    json_write_open(&w->to, "AwsApiCallAction", '{');
    json_write_text(&w->to, "Api", cut(text_at(call, "api"), 128));
    json_write_some(&w->to, "ServiceName", cut(text_at(call, "serviceName"), 128));
    json_write_some(&w->to, "CallerType", cut(text_at(call, "callerType"), 128));
    write_remote(w, at(call, "remoteIpDetails"));
    json_write_close(&w->to, '}');
    json_write_close(&w->to, '}');
}

bool guardduty_asff(const Json *finding, Buf *out, Error *err)
{
    Writing w = {.to = {out, err, true}, .finding = finding};
    int64_t confidence;
    if (!check(finding, err))
        return false;
    w.account = text_at(finding, "accountId");
    w.region = text_at(finding, "region");
    w.partition = story_partition(w.region);
    const Json *archived = at(finding, "service.archived");
    Str title = text_at(finding, "title"), description = text_at(finding, "description");
    title = title.len ? title : text_at(finding, "type");
    json_write_open(&w.to, NULL, '{');
    write_names(&w);
    write_types(&w);
    write_time(&w, "FirstObservedAt", "service.eventFirstSeen", "createdAt");
    write_time(&w, "LastObservedAt", "service.eventLastSeen", "updatedAt");
    write_time(&w, "CreatedAt", "createdAt", "createdAt");
    write_time(&w, "UpdatedAt", "updatedAt", "updatedAt");
    write_severity(&w);
    if (json_int(at(finding, "confidence"), &confidence))
        json_write_int(&w.to, "Confidence", confidence);
    json_write_text(&w.to, "Title", cut(title, TITLE_MAX));
    json_write_text(&w.to, "Description",
                    cut(description.len ? description : title, DESCRIPTION_MAX));
    write_fields(&w);
    write_resources(&w);
    write_action(&w);
    json_write_text(&w.to, "RecordState",
                    archived && archived->type == JSON_TRUE ? STR("ARCHIVED") : STR("ACTIVE"));
    json_write_close(&w.to, '}');
    return w.to.ok;
}
