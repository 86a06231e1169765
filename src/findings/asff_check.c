#include "findings/asff_check.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "findings/severity.h"

enum { SHOWN_MAX = 60, PATH_BYTES = 200, MANY = 1 << 20 };

typedef enum {
    CHECK_TEXT,    /* least to most characters */
    CHECK_NUMBER,  /* a whole number from least to most */
    CHECK_LIST,    /* least to most elements */
    CHECK_MAP,     /* of texts, at most *most* members */
    CHECK_OBJECT,  /* an object */
    CHECK_TIME,    /* ISO 8601 with a zone */
    CHECK_ACCOUNT, /* twelve digits */
    CHECK_CHOICE,  /* one of *choices* */
    CHECK_TYPE,    /* one to three parts with '/' between them */
    CHECK_KINDS
} CheckKind;

/* A member by its path, through every element of lists; needed where what holds it is there. */
static const struct Limit {
    const char *path;
    CheckKind kind;
    bool needed;
    int least, most;
    const char *choices;
} LIMITS[] = {
    {"SchemaVersion", CHECK_CHOICE, true, 0, 0, "2018-10-08"},
    {"Id", CHECK_TEXT, true, 1, 512, NULL},
    {"ProductArn", CHECK_TEXT, true, 12, 2048, NULL},
    {"GeneratorId", CHECK_TEXT, true, 1, 512, NULL},
    {"AwsAccountId", CHECK_ACCOUNT, true, 0, 0, NULL},
    {"CreatedAt", CHECK_TIME, true, 0, 0, NULL},
    {"UpdatedAt", CHECK_TIME, true, 0, 0, NULL},
    {"Title", CHECK_TEXT, true, 1, 256, NULL},
    {"Description", CHECK_TEXT, true, 1, 1024, NULL},
    {"Resources", CHECK_LIST, true, 1, 32, NULL},
    {"Resources.Type", CHECK_TEXT, true, 1, 256, NULL},
    {"Resources.Id", CHECK_TEXT, true, 1, 512, NULL},
    {"Resources.Partition", CHECK_CHOICE, false, 0, 0, "aws|aws-cn|aws-us-gov"},
    {"Resources.Region", CHECK_TEXT, false, 1, 16, NULL},
    {"Resources.ResourceRole", CHECK_CHOICE, false, 0, 0, "Target|Actor"},
    {"Resources.Tags", CHECK_MAP, false, 0, 50, NULL},
    {"Resources.Details", CHECK_OBJECT, false, 0, 0, NULL},
    {"Types", CHECK_LIST, false, 0, 50, NULL},
    {"Types.", CHECK_TYPE, false, 0, 0, NULL},
    {"Severity", CHECK_OBJECT, false, 0, 0, NULL},
    {"Severity.Label", CHECK_CHOICE, false, 0, 0, SEVERITY_LABELS},
    {"Severity.Normalized", CHECK_NUMBER, false, 0, 100, NULL},
    {"Severity.Original", CHECK_TEXT, false, 1, 64, NULL},
    {"ProductName", CHECK_TEXT, false, 1, 128, NULL},
    {"CompanyName", CHECK_TEXT, false, 1, 128, NULL},
    {"Region", CHECK_TEXT, false, 1, 16, NULL},
    {"AwsAccountName", CHECK_TEXT, false, 1, 50, NULL},
    {"FirstObservedAt", CHECK_TIME, false, 0, 0, NULL},
    {"LastObservedAt", CHECK_TIME, false, 0, 0, NULL},
    {"ProcessedAt", CHECK_TIME, false, 0, 0, NULL},
    {"Confidence", CHECK_NUMBER, false, 0, 100, NULL},
    {"Criticality", CHECK_NUMBER, false, 0, 100, NULL},
    {"Remediation", CHECK_OBJECT, false, 0, 0, NULL},
    {"Remediation.Recommendation", CHECK_OBJECT, false, 0, 0, NULL},
    {"Remediation.Recommendation.Text", CHECK_TEXT, false, 1, 512, NULL},
    {"SourceUrl", CHECK_TEXT, false, 1, 2048, NULL},
    {"ProductFields", CHECK_MAP, false, 0, MANY, NULL},
    {"UserDefinedFields", CHECK_MAP, false, 0, 50, NULL},
    {"Malware", CHECK_LIST, false, 0, 5, NULL},
    {"Threats", CHECK_LIST, false, 1, 32, NULL},
    {"ThreatIntelIndicators", CHECK_LIST, false, 1, 5, NULL},
    {"VerificationState", CHECK_CHOICE, false, 0, 0,
     "UNKNOWN|TRUE_POSITIVE|FALSE_POSITIVE|BENIGN_POSITIVE"},
    {"WorkflowState", CHECK_CHOICE, false, 0, 0, "NEW|ASSIGNED|IN_PROGRESS|DEFERRED|RESOLVED"},
    {"Workflow", CHECK_OBJECT, false, 0, 0, NULL},
    {"Workflow.Status", CHECK_CHOICE, false, 0, 0, "NEW|NOTIFIED|RESOLVED|SUPPRESSED"},
    {"RecordState", CHECK_CHOICE, false, 0, 0, "ACTIVE|ARCHIVED"},
    {"Compliance", CHECK_OBJECT, false, 0, 0, NULL},
    {"Compliance.Status", CHECK_CHOICE, false, 0, 0, "PASSED|WARNING|FAILED|NOT_AVAILABLE"},
    {"Compliance.RelatedRequirements", CHECK_LIST, false, 0, 32, NULL},
    {"RelatedFindings", CHECK_LIST, false, 1, 10, NULL},
    {"RelatedFindings.ProductArn", CHECK_TEXT, true, 12, 2048, NULL},
    {"RelatedFindings.Id", CHECK_TEXT, true, 1, 512, NULL},
    {"Note", CHECK_OBJECT, false, 0, 0, NULL},
    {"Note.Text", CHECK_TEXT, true, 1, 512, NULL},
    {"Note.UpdatedBy", CHECK_TEXT, true, 1, 512, NULL},
    {"Note.UpdatedAt", CHECK_TIME, true, 0, 0, NULL},
    {"Action", CHECK_OBJECT, false, 0, 0, NULL},
    {"Action.ActionType", CHECK_CHOICE, false, 0, 0,
     "NETWORK_CONNECTION|AWS_API_CALL|DNS_REQUEST|PORT_PROBE"},
    {"Action.AwsApiCallAction", CHECK_OBJECT, false, 0, 0, NULL},
    {"Action.AwsApiCallAction.Api", CHECK_TEXT, false, 1, 128, NULL},
    {"Action.AwsApiCallAction.ServiceName", CHECK_TEXT, false, 1, 128, NULL},
    {"Action.AwsApiCallAction.CallerType", CHECK_TEXT, false, 1, 128, NULL},
    {"Action.AwsApiCallAction.FirstSeen", CHECK_TIME, false, 0, 0, NULL},
    {"Action.AwsApiCallAction.LastSeen", CHECK_TIME, false, 0, 0, NULL},
    {"FindingProviderFields", CHECK_OBJECT, false, 0, 0, NULL},
    {"FindingProviderFields.Confidence", CHECK_NUMBER, false, 0, 100, NULL},
    {"FindingProviderFields.Criticality", CHECK_NUMBER, false, 0, 100, NULL},
    {"FindingProviderFields.Severity", CHECK_OBJECT, false, 0, 0, NULL},
    {"FindingProviderFields.Severity.Label", CHECK_CHOICE, false, 0, 0, SEVERITY_LABELS},
    {"FindingProviderFields.Types", CHECK_LIST, false, 0, 50, NULL},
    {"FindingProviderFields.RelatedFindings", CHECK_LIST, false, 1, 10, NULL},
};

static int characters(Str text)
{
    int count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

static bool is_text(const struct Limit *field, const Json *value)
{
    int count = characters(value->text);
    return value->type == JSON_STRING && count >= field->least && count <= field->most;
}

static bool is_number(const struct Limit *field, const Json *value)
{
    int64_t number;
    return json_int(value, &number) && number >= field->least && number <= field->most;
}

static bool is_list(const struct Limit *field, const Json *value)
{
    return value->type == JSON_ARRAY && (int64_t)value->count >= field->least &&
           (int64_t)value->count <= field->most;
}

static bool is_map(const struct Limit *field, const Json *value)
{
    bool ok = value->type == JSON_OBJECT && (int64_t)value->count <= field->most;
    for (const Json *each = ok ? value->first : NULL; ok && each; each = each->next)
        ok = each->type == JSON_STRING;
    return ok;
}

static bool is_object(const struct Limit *field, const Json *value)
{
    (void)field;
    return value->type == JSON_OBJECT;
}

static bool is_time(const struct Limit *field, const Json *value)
{
    int64_t ignored;
    (void)field;
    return value->type == JSON_STRING && value->text.len > 10 &&
           timestamp_parse(value->text, &ignored);
}

static bool is_account(const struct Limit *field, const Json *value)
{
    bool ok = value->type == JSON_STRING && value->text.len == 12;
    (void)field;
    for (size_t i = 0; ok && i < 12; i++)
        ok = value->text.ptr[i] >= '0' && value->text.ptr[i] <= '9';
    return ok;
}

static bool is_choice(const struct Limit *field, const Json *value)
{
    Str all = str_of(field->choices);
    for (size_t from = 0; value->type == JSON_STRING && from < all.len;) {
        size_t end = str_find_byte(all, '|', from);
        if (str_equal(value->text, str_slice(all, from, end)))
            return true;
        from = end + 1;
    }
    return false;
}

static bool is_type(const struct Limit *field, const Json *value)
{
    int parts = 1;
    (void)field;
    for (size_t i = 0; i < value->text.len; i++)
        parts += value->text.ptr[i] == '/';
    return value->type == JSON_STRING && value->text.len && value->text.ptr[0] != '/' && parts <= 3;
}

static const struct {
    bool (*holds)(const struct Limit *field, const Json *value);
    const char *before,
        *behind; /* what is expected; both bounds stand between them, if there are */
} KINDS[CHECK_KINDS] = {
    [CHECK_TEXT] = {is_text, "a text of ", " characters"},
    [CHECK_NUMBER] = {is_number, "a whole number of ", ""},
    [CHECK_LIST] = {is_list, "a list of ", " elements"},
    [CHECK_MAP] = {is_map, "an object of ", " texts"},
    [CHECK_OBJECT] = {is_object, "an object", NULL},
    [CHECK_TIME] = {is_time, "a time such as 2026-11-26T10:00:00.000Z", NULL},
    [CHECK_ACCOUNT] = {is_account, "twelve digits", NULL},
    [CHECK_CHOICE] = {is_choice, "one of ", NULL},
    [CHECK_TYPE] = {is_type, "a type such as TTPs/Discovery, of up to three parts", NULL},
};

static void tell(const struct Limit *field, const char *at, const Json *value, Error *err)
{
    char bounds[40] = "";
    Str found = value ? value->raw : STR("nothing");
    const char *behind = KINDS[field->kind].behind;
    if (behind)
        snprintf(bounds, sizeof bounds, "%d to %d", field->least, field->most);
    error_set(err, ERROR_INPUT, "%s: %s%s%s%s expected, %.*s%s found", at,
              KINDS[field->kind].before, bounds, behind ? behind : "",
              field->choices ? field->choices : "",
              STR_ARG(str_slice(found, 0, str_utf8_prefix(found, SHOWN_MAX))),
              found.len > SHOWN_MAX ? "..." : "");
}

/* Checks *field* in *value*, of which *path* is left; *at* is where *value* stands. */
static bool check_at(const struct Limit *field, const Json *value, Str path, const char *at,
                     Error *err)
{
    char place[PATH_BYTES];
    bool ok = true;
    if (value->type == JSON_ARRAY) {
        int index = 0;
        for (const Json *each = value->first; ok && each; each = each->next) {
            snprintf(place, sizeof place, "%s[%d]", at, index++);
            ok = path.len ? check_at(field, each, path, place, err)
                          : KINDS[field->kind].holds(field, each);
            if (!ok && err->kind == ERROR_NONE)
                tell(field, place, each, err);
        }
        return ok;
    }
    size_t dot = str_find_byte(path, '.', 0);
    Str name = str_slice(path, 0, dot);
    const Json *member = json_member(value, name);
    snprintf(place, sizeof place, "%s%s%.*s", at, *at ? "." : "", STR_ARG(name));
    if (dot < path.len)
        return !member || check_at(field, member, str_slice(path, dot + 1, path.len), place, err);
    if (member ? KINDS[field->kind].holds(field, member) : !field->needed)
        return true;
    tell(field, place, member, err);
    return false;
}

bool asff_check(const Json *finding, Error *err)
{
    const Json *severity = json_member(finding, STR("Severity"));
    const Json *given = json_path(finding, STR("FindingProviderFields.Severity"));
    bool ok = true;
    if (finding->type != JSON_OBJECT)
        return error_set(err, ERROR_INPUT, "an object expected, %.*s found",
                         STR_ARG(str_slice(finding->raw, 0, SHOWN_MAX)));
    if (finding->raw.len > ASFF_FINDING_BYTES_MAX)
        return error_set(err, ERROR_INPUT, "at most 240 KB expected, %zu bytes found",
                         finding->raw.len);
    for (size_t i = 0; ok && i < sizeof LIMITS / sizeof *LIMITS; i++)
        ok = check_at(&LIMITS[i], finding, str_of(LIMITS[i].path), "", err);
    if (ok && !json_member(severity, STR("Label")) && !json_member(severity, STR("Normalized")) &&
        !json_member(given, STR("Label")))
        return error_set(err, ERROR_INPUT,
                         "Severity: a Label or Normalized expected, nothing found");
    return ok;
}
