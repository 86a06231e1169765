/* automation_match - whether a finding in ASFF meets criteria. */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "derive/address.h"
#include "findings/automation_state.h"
#include "findings/story.h"

/* Fields by the names of Security Hub's filters, and some of ours, as paths in ASFF; a path goes
 * through every element of a list. */
const AutomationField AUTOMATION_FIELDS[] = {
    {"ProductArn", "ProductArn", ASKED_TEXT},
    {"AwsAccountId", "AwsAccountId", ASKED_TEXT},
    {"AwsAccountName", "AwsAccountName", ASKED_TEXT},
    {"Id", "Id", ASKED_TEXT},
    {"GeneratorId", "GeneratorId", ASKED_TEXT},
    {"Region", "Region", ASKED_TEXT},
    {"Type", "Types", ASKED_TEXT},
    {"FirstObservedAt", "FirstObservedAt", ASKED_TIME},
    {"LastObservedAt", "LastObservedAt", ASKED_TIME},
    {"CreatedAt", "CreatedAt", ASKED_TIME},
    {"UpdatedAt", "UpdatedAt", ASKED_TIME},
    {"SeverityLabel", "Severity.Label", ASKED_TEXT},
    {"SeverityNormalized", "Severity.Normalized", ASKED_NUMBER},
    {"SeverityProduct", "Severity.Product", ASKED_NUMBER},
    {"Confidence", "Confidence", ASKED_NUMBER},
    {"Criticality", "Criticality", ASKED_NUMBER},
    {"Title", "Title", ASKED_TEXT},
    {"Description", "Description", ASKED_TEXT},
    {"RecommendationText", "Remediation.Recommendation.Text", ASKED_TEXT},
    {"SourceUrl", "SourceUrl", ASKED_TEXT},
    {"ProductFields", "ProductFields", ASKED_MAP},
    {"ProductName", "ProductName", ASKED_TEXT},
    {"CompanyName", "CompanyName", ASKED_TEXT},
    {"UserDefinedFields", "UserDefinedFields", ASKED_MAP},
    {"ResourceType", "Resources.Type", ASKED_TEXT},
    {"ResourceId", "Resources.Id", ASKED_TEXT},
    {"ResourcePartition", "Resources.Partition", ASKED_TEXT},
    {"ResourceRegion", "Resources.Region", ASKED_TEXT},
    {"ResourceTags", "Resources.Tags", ASKED_MAP},
    {"ResourceDetailsOther", "Resources.Details.Other", ASKED_MAP},
    {"ResourceApplicationArn", "Resources.ApplicationArn", ASKED_TEXT},
    {"ResourceApplicationName", "Resources.ApplicationName", ASKED_TEXT},
    {"ResourceAwsIamAccessKeyPrincipalName", "Resources.Details.AwsIamAccessKey.PrincipalName",
     ASKED_TEXT},
    {"ResourceAwsIamAccessKeyStatus", "Resources.Details.AwsIamAccessKey.Status", ASKED_TEXT},
    {"ResourceAwsIamUserUserName", "Resources.Details.AwsIamUser.UserName", ASKED_TEXT},
    {"MalwareName", "Malware.Name", ASKED_TEXT},
    {"MalwareType", "Malware.Type", ASKED_TEXT},
    {"MalwareState", "Malware.State", ASKED_TEXT},
    {"NetworkDirection", "Network.Direction", ASKED_TEXT},
    {"NetworkProtocol", "Network.Protocol", ASKED_TEXT},
    {"NetworkSourceIpV4", "Network.SourceIpV4", ASKED_ADDRESS},
    {"NetworkSourceIpV6", "Network.SourceIpV6", ASKED_ADDRESS},
    {"NetworkSourceDomain", "Network.SourceDomain", ASKED_TEXT},
    {"NetworkSourcePort", "Network.SourcePort", ASKED_NUMBER},
    {"NetworkDestinationIpV4", "Network.DestinationIpV4", ASKED_ADDRESS},
    {"NetworkDestinationIpV6", "Network.DestinationIpV6", ASKED_ADDRESS},
    {"NetworkDestinationPort", "Network.DestinationPort", ASKED_NUMBER},
    {"ThreatIntelIndicatorType", "ThreatIntelIndicators.Type", ASKED_TEXT},
    {"ThreatIntelIndicatorValue", "ThreatIntelIndicators.Value", ASKED_TEXT},
    {"ComplianceStatus", "Compliance.Status", ASKED_TEXT},
    {"ComplianceSecurityControlId", "Compliance.SecurityControlId", ASKED_TEXT},
    {"ComplianceAssociatedStandardsId", "Compliance.AssociatedStandards.StandardsId", ASKED_TEXT},
    {"VerificationState", "VerificationState", ASKED_TEXT},
    {"WorkflowState", "WorkflowState", ASKED_TEXT},
    {"WorkflowStatus", "Workflow.Status", ASKED_TEXT},
    {"RecordState", "RecordState", ASKED_TEXT},
    {"RelatedFindingsProductArn", "RelatedFindings.ProductArn", ASKED_TEXT},
    {"RelatedFindingsId", "RelatedFindings.Id", ASKED_TEXT},
    {"NoteText", "Note.Text", ASKED_TEXT},
    {"NoteUpdatedAt", "Note.UpdatedAt", ASKED_TIME},
    {"NoteUpdatedBy", "Note.UpdatedBy", ASKED_TEXT},
    {"FindingProviderFieldsSeverityLabel", "FindingProviderFields.Severity.Label", ASKED_TEXT},
    {"FindingProviderFieldsSeverityOriginal", "FindingProviderFields.Severity.Original",
     ASKED_TEXT},
    {"FindingProviderFieldsTypes", "FindingProviderFields.Types", ASKED_TEXT},
    {"FindingProviderFieldsConfidence", "FindingProviderFields.Confidence", ASKED_NUMBER},
    /* ours */
    {"Rule", "ProductFields.spoor/rule", ASKED_TEXT},
    {"Principal", "ProductFields.spoor/principals", ASKED_TEXT},
    {"Call", "ProductFields.spoor/calls", ASKED_TEXT},
    {"SourceAddress", "ProductFields.spoor/addresses", ASKED_ADDRESS},
    {"CallerAddress", "Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4", ASKED_ADDRESS},
};

const uint32_t AUTOMATION_FIELD_COUNT = sizeof AUTOMATION_FIELDS / sizeof *AUTOMATION_FIELDS;

const char *automation_path(Str field)
{
    for (uint32_t i = 0; i < AUTOMATION_FIELD_COUNT; i++)
        if (str_equal(field, str_of(AUTOMATION_FIELDS[i].name)))
            return AUTOMATION_FIELDS[i].path;
    return NULL;
}

/* ---- one value ---- */

static bool contains(Str text, Str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

static bool is_like(const Criterion *criterion, Str text)
{
    if (criterion->kind == CRITERION_EQUALS || criterion->kind == CRITERION_NOT_EQUALS)
        return str_equal(text, criterion->value);
    if (criterion->kind == CRITERION_PREFIX || criterion->kind == CRITERION_PREFIX_NOT_EQUALS)
        return str_starts(text, criterion->value);
    return contains(text, criterion->value);
}

static bool holds_number(const Criterion *criterion, const Json *value)
{
    char text[64];
    if (value->type != JSON_NUMBER || value->text.len >= sizeof text)
        return false;
    memcpy(text, value->text.ptr, value->text.len);
    text[value->text.len] = '\0';
    double number = strtod(text, NULL);
    return (criterion->above ? number > criterion->least : number >= criterion->least) &&
           (criterion->below ? number < criterion->most : number <= criterion->most);
}

static bool holds_time(const Criterion *criterion, Str text, int64_t now_us)
{
    int64_t at_us;
    if (!timestamp_parse(text, &at_us))
        return false;
    return at_us >= criterion->start_us && at_us <= criterion->end_us &&
           (!criterion->within_us || at_us >= now_us - criterion->within_us) &&
           (!criterion->older_us || at_us < now_us - criterion->older_us);
}

static bool holds_address(const Criterion *criterion, Str text)
{
    AddressKey key;
    AddressPrefix prefix;
    return address_parse(text, &key) && address_parse_prefix(criterion->value, &prefix) &&
           address_holds(&prefix, key);
}

/* One text: of ours some are lists, ", " between their elements. */
static bool holds_text(const Criterion *criterion, Str text)
{
    bool cidr = criterion->kind == CRITERION_CIDR;
    if (!cidr && is_like(criterion, text))
        return true;
    for (size_t at = 0; at < text.len;) {
        Str part = story_next_name(text, &at);
        if (cidr ? holds_address(criterion, part) : is_like(criterion, part))
            return true;
    }
    return false;
}

static bool holds_map(const Criterion *criterion, const Json *map)
{
    const Json *member = json_member(map, criterion->key);
    return member && is_like(criterion, json_text(member, member->raw));
}

static bool holds(const Criterion *criterion, const Json *value, int64_t now_us)
{
    if (AUTOMATION_FIELDS[criterion->field].kind == ASKED_MAP)
        return holds_map(criterion, value);
    if (criterion->kind == CRITERION_NUMBER)
        return holds_number(criterion, value);
    if (criterion->kind == CRITERION_TIME)
        return holds_time(criterion, json_text(value, STR("")), now_us);
    return value->type == JSON_STRING && holds_text(criterion, value->text);
}

/* ---- a field ---- */

/* Whether a value at *path* holds: one of those that lists bring. */
static bool any_holds(const Criterion *criterion, const Json *value, Str path, int64_t now_us)
{
    if (!value)
        return false;
    if (value->type == JSON_ARRAY) {
        for (const Json *each = value->first; each; each = each->next)
            if (any_holds(criterion, each, path, now_us))
                return true;
        return false;
    }
    if (!path.len)
        return holds(criterion, value, now_us);
    size_t dot = str_find_byte(path, '.', 0);
    return any_holds(criterion, json_member(value, str_slice(path, 0, dot)),
                     str_slice(path, dot + 1, path.len), now_us);
}

static bool is_negative(CriterionKind kind)
{
    return kind == CRITERION_NOT_EQUALS || kind == CRITERION_PREFIX_NOT_EQUALS ||
           kind == CRITERION_NOT_CONTAINS;
}

/* The criteria of one field: none of the negative ones, and one of the positive, if there are. */
static bool field_holds(const Criterion *list, size_t count, const Json *finding, int64_t now_us)
{
    bool asked = false, met = false;
    Str path = str_of(AUTOMATION_FIELDS[list->field].path);
    for (size_t i = 0; i < count; i++) {
        bool any = any_holds(&list[i], finding, path, now_us);
        if (is_negative(list[i].kind) && any)
            return false;
        if (!is_negative(list[i].kind)) {
            asked = true;
            met = met || any;
        }
    }
    return met || !asked;
}

bool automation_matches(const Criteria *criteria, const Json *finding, int64_t now_us)
{
    for (size_t i = 0, end; i < criteria->count; i = end) {
        for (end = i;
             end < criteria->count && criteria->list[end].field == criteria->list[i].field;)
            end++;
        if (!field_holds(&criteria->list[i], end - i, finding, now_us))
            return false;
    }
    return true;
}

/* ---- what a field holds ---- */

/* What values are taken for, and by whom. */
typedef struct Taking {
    AutomationValueTake take;
    void *context;
    bool listed; /* a text of ours that is a list of names */
} Taking;

static bool take_text(const Taking *taking, Str text, Error *err)
{
    bool ok = taking->listed || !text.len || taking->take(taking->context, text, err);
    for (size_t at = 0; ok && taking->listed && at < text.len;)
        ok = taking->take(taking->context, story_next_name(text, &at), err);
    return ok;
}

static bool take_values(const Taking *taking, const Json *value, Str path, Error *err)
{
    bool ok = true;
    if (!value || value->type == JSON_NULL)
        return true;
    if (value->type == JSON_ARRAY) {
        for (const Json *each = value->first; ok && each; each = each->next)
            ok = take_values(taking, each, path, err);
        return ok;
    }
    if (!path.len)
        return value->type == JSON_OBJECT || take_text(taking, json_text(value, value->text), err);
    size_t dot = str_find_byte(path, '.', 0);
    return take_values(taking, json_member(value, str_slice(path, 0, dot)),
                       str_slice(path, dot + 1, path.len), err);
}

/* The maps at *path*, and what each has for *key*. */
static bool take_members(const Taking *taking, const Json *value, Str path, Str key, Error *err)
{
    bool ok = true;
    if (value && value->type == JSON_ARRAY) {
        for (const Json *each = value->first; ok && each; each = each->next)
            ok = take_members(taking, each, path, key, err);
        return ok;
    }
    if (!path.len)
        return take_values(taking, json_member(value, key), STR(""), err);
    size_t dot = str_find_byte(path, '.', 0);
    return !value || take_members(taking, json_member(value, str_slice(path, 0, dot)),
                                  str_slice(path, dot + 1, path.len), key, err);
}

bool automation_match_values(uint32_t field, Str key, const Json *finding, AutomationValueTake take,
                             void *context, Error *err)
{
    Str path = str_of(AUTOMATION_FIELDS[field].path);
    const Taking taking = {take, context, str_starts(path, STR("ProductFields.spoor/"))};
    return AUTOMATION_FIELDS[field].kind == ASKED_MAP
               ? take_members(&taking, finding, path, key, err)
               : take_values(&taking, finding, path, err);
}
