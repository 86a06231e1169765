#include "findings/asff.h"

#include <inttypes.h>

#include "base/json_write.h"
#include "base/timestamp.h"
#include "derive/address.h"
#include "findings/attack.h"
#include "findings/severity.h"

/* Ceilings of the schema, and our own of lists that it does not bound. */
enum {
    TEXT_BYTES_MAX = 8192,
    TITLE_MAX = 256,
    DESCRIPTION_MAX = 1024,
    ID_MAX = 512,
    RECOMMENDATION_MAX = 512,
    FIELD_MAX = 1024,
    NOTE_MAX = 512,
    ORIGINAL_MAX = 64,
    CALL_MAX = 128,
    RESOURCES_MAX = 32,
    TOUCHED_MAX = 16, /* of these, what was touched */
    RELATED_MAX = 10,
    TYPES_MAX = 50,
    LISTED_MAX = 50
};

static Str cut(Str text, size_t most)
{
    return str_slice(text, 0, str_utf8_prefix(text, most));
}

/* Members of ProductFields that list what the matches hold. */
static const struct {
    const char *name;
    size_t member;
} LISTED[] = {
    {"spoor/eventIDs", offsetof(StoryMatch, event_id)},
    {"spoor/eventSources", offsetof(StoryMatch, event_source)},
    {"spoor/calls", offsetof(StoryMatch, event_name)},
    {"spoor/principals", offsetof(StoryMatch, principal)},
    {"spoor/addresses", offsetof(StoryMatch, address)},
    {"spoor/errorCodes", offsetof(StoryMatch, error_code)},
    {"spoor/objects", offsetof(StoryMatch, object)},
    {"spoor/values", offsetof(StoryMatch, value)},
};

static void write_time(JsonWriter *to, const char *name, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    json_write_text(to, name, str_of(text));
}

/* Appends *more* with *between* before it, as long as all of it fits into *most* bytes. */
static bool join(Buf *text, const char *between, Str more, size_t most, Error *err)
{
    size_t needed = text->len + more.len + (text->len ? str_of(between).len : 0);
    if (needed > most)
        return true;
    return (!text->len || buf_append_str(text, str_of(between), err)) &&
           buf_append_str(text, more, err);
}

/* The different texts of the matches, as many as fit. */
static void write_listed(JsonWriter *to, const char *name, const Str *list, size_t count)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    for (size_t i = 0; to->ok && i < count; i++)
        to->ok = join(&text, ", ", cut(list[i], FIELD_MAX), FIELD_MAX, to->err);
    json_write_some(to, name, buf_str(&text));
}

static void write_tags(JsonWriter *to, const Rule *rule)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    for (uint32_t i = 0; to->ok && i < rule->tags.count; i++)
        to->ok = join(&text, ", ", cut(rule->tags.list[i], FIELD_MAX), FIELD_MAX, to->err);
    json_write_some(to, "spoor/tags", buf_str(&text));
}

/* What a finding of ours knows and ASFF has no member for; all values are texts. */
static void write_product_fields(JsonWriter *to, const Story *finding)
{
    BUF_AUTO Buf count = buf_init(TEXT_BYTES_MAX);
    const Rule *rule = finding->rule;
    Str list[LISTED_MAX];
    to->ok = to->ok && buf_printf(&count, to->err, "%" PRIu64,
                                  finding->state ? finding->state->count : finding->count);
    json_write_open(to, "ProductFields", '{');
    json_write_text(to, "spoor/version", STR(SPOOR_VERSION));
    json_write_text(to, "spoor/rule", cut(story_rule_id(rule), FIELD_MAX));
    json_write_text(to, "spoor/level", str_of(rule_level_name(rule->level)));
    json_write_text(to, "spoor/matches", buf_str(&count));
    json_write_some(to, rule->kind == RULE_CORRELATION ? "spoor/group" : "spoor/principal",
                    cut(finding->subject, FIELD_MAX));
    if (finding->state && finding->state->provisional)
        json_write_text(to, "spoor/provisional", STR("true"));
    json_write_some(to, "spoor/resembles", cut(story_resembles(rule), FIELD_MAX));
    write_tags(to, rule);
    for (size_t i = 0; i < sizeof LISTED / sizeof *LISTED; i++)
        write_listed(to, LISTED[i].name, list,
                     story_texts(finding, LISTED[i].member, list, LISTED_MAX));
    write_listed(to, "spoor/threatLists", list, story_lists(finding, list, LISTED_MAX));
    json_write_close(to, '}');
}

/* The types of the rule's tactics; the widest of what is unusual for a rule that names none. */
static void write_types(JsonWriter *to, const Rule *rule)
{
    Str types[TYPES_MAX] = {STR("Unusual Behaviors")};
    size_t count = attack_types(rule->tags.list, rule->tags.count, types, TYPES_MAX);
    json_write_texts(to, "Types", types, count ? count : 1);
}

static void write_severity(JsonWriter *to, const Story *finding, bool normalized)
{
    RuleLevel level = finding->rule->level;
    int severity = finding->state ? finding->state->severity : severity_of_level(level);
    json_write_open(to, "Severity", '{');
    json_write_text(to, "Label", str_of(severity_label(severity)));
    if (normalized)
        json_write_int(to, "Normalized", severity);
    json_write_text(to, "Original", cut(str_of(rule_level_name(level)), ORIGINAL_MAX));
    json_write_close(to, '}');
}

/* What kind of resource a principal is; NULL for the root user: the account stands for it. */
static const char *principal_type(Str arn)
{
    static const struct {
        const char *begin, *type;
    } KINDS[] = {{"user/", "AwsIamUser"}, {"role/", "AwsIamRole"}, {"root", NULL}};
    Str resource = story_arn_part(arn, 5);
    bool of_iam = str_equal(story_arn_part(arn, 2), STR("iam"));
    for (size_t i = 0; of_iam && i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_starts(resource, str_of(KINDS[i].begin)))
            return KINDS[i].type;
    return "Other";
}

static void write_resource(JsonWriter *to, const Story *finding, const StoryResource *resource,
                           const char *role)
{
    json_write_open(to, NULL, '{');
    json_write_text(to, "Type", resource->type);
    json_write_text(to, "Id", cut(resource->id, ID_MAX));
    json_write_text(to, "Partition", str_of(finding->partition));
    json_write_text(to, "Region", resource->region);
    json_write_text(to, "ResourceRole", str_of(role));
    json_write_close(to, '}');
}

/* The account, who acted in it, and what was touched, as many as the schema takes. */
static void write_resources(JsonWriter *to, const Story *finding)
{
    BUF_AUTO Buf account = buf_init(TEXT_BYTES_MAX);
    Str list[RESOURCES_MAX - 1];
    size_t touched = finding->state ? finding->state->resource_count : 0;
    size_t most = touched < TOUCHED_MAX ? RESOURCES_MAX - 1 - touched : TOUCHED_MAX - 1;
    size_t count = story_texts(finding, offsetof(StoryMatch, principal), list, most);
    to->ok =
        to->ok && buf_printf(&account, to->err, "AWS::::Account:%.*s", STR_ARG(finding->account));
    StoryResource resource = {STR("AwsAccount"), buf_str(&account), finding->region};
    json_write_open(to, "Resources", '[');
    write_resource(to, finding, &resource, "Target");
    for (size_t i = 0; i < count; i++) {
        const char *type = principal_type(list[i]);
        if (!type || !str_trim(list[i]).len)
            continue;
        resource = (StoryResource){str_of(type), list[i], finding->region};
        write_resource(to, finding, &resource, "Actor");
    }
    for (size_t i = 0; i < touched && i < TOUCHED_MAX; i++)
        write_resource(to, finding, &finding->state->resources[i], "Target");
    json_write_close(to, ']');
}

static void write_caller(JsonWriter *to, Str from)
{
    AddressKey ignored;
    bool number = address_parse(from, &ignored);
    if (number && str_find_byte(from, ':', 0) == from.len) {
        json_write_text(to, "CallerType", STR("remoteIp"));
        json_write_open(to, "RemoteIpDetails", '{');
        json_write_text(to, "IpAddressV4", from);
        json_write_close(to, '}');
    } else if (number) {
        json_write_text(to, "CallerType", STR("remoteIp"));
    } else if (address_is_service(from)) {
        json_write_text(to, "CallerType", STR("domain"));
        json_write_open(to, "DomainDetails", '{');
        json_write_text(to, "Domain", cut(from, CALL_MAX));
        json_write_close(to, '}');
    }
}

/* The call of the first match. */
static void write_action(JsonWriter *to, const Story *finding)
{
    const StoryMatch *match = finding->matches[0];
    if (!match->event_name.len || !match->event_source.len)
        return;
    json_write_open(to, "Action", '{');
    json_write_text(to, "ActionType", STR("AWS_API_CALL"));
    json_write_open(to, "AwsApiCallAction", '{');
    json_write_text(to, "Api", cut(match->event_name, CALL_MAX));
    json_write_text(to, "ServiceName", cut(match->event_source, CALL_MAX));
    write_caller(to, match->address);
    write_time(to, "FirstSeen", finding->first_us);
    write_time(to, "LastSeen", finding->last_us);
    json_write_close(to, '}');
    json_write_close(to, '}');
}

/* The steps of the rule's own key `response`, as many as fit. */
static void write_remediation(JsonWriter *to, const Rule *rule)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    const Yaml *steps = rule->tree ? yaml_member(rule->tree, "response") : NULL;
    const Yaml *step = steps && steps->kind == YAML_LIST ? steps->first : NULL;
    for (; to->ok && step; step = step->next)
        if (yaml_is_scalar(step))
            to->ok = join(&text, "; ", step->text, RECOMMENDATION_MAX, to->err);
    if (!text.len)
        return;
    json_write_open(to, "Remediation", '{');
    json_write_open(to, "Recommendation", '{');
    json_write_text(to, "Text", buf_str(&text));
    json_write_close(to, '}');
    json_write_close(to, '}');
}

bool asff_append_id(Str region, Str account, Str id, Buf *out, Error *err)
{
    return buf_printf(out, err, "spoor/%.*s/%.*s/%.*s", STR_ARG(region), STR_ARG(account),
                      STR_ARG(id));
}

bool asff_append_product(Str region, Str account, Buf *out, Error *err)
{
    return buf_printf(out, err, "arn:%s:securityhub:%.*s:%.*s:product/%.*s/default",
                      story_partition(region), STR_ARG(region), STR_ARG(account), STR_ARG(account));
}

/* The members that say which finding it is. */
static void write_names(JsonWriter *to, const Story *finding)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Str account = finding->account, region = finding->region;
    json_write_text(to, "SchemaVersion", STR("2018-10-08"));
    to->ok = to->ok && asff_append_id(region, account, str_of(finding->id), &text, to->err);
    json_write_text(to, "Id", buf_str(&text));
    text.len = 0;
    to->ok = to->ok && asff_append_product(region, account, &text, to->err);
    json_write_text(to, "ProductArn", buf_str(&text));
    json_write_text(to, "ProductName", STR("Spoor"));
    json_write_text(to, "CompanyName", STR("Spoor"));
    json_write_text(to, "GeneratorId", cut(story_rule_id(finding->rule), ID_MAX));
    json_write_text(to, "AwsAccountId", account);
    json_write_text(to, "Region", region);
}

static void write_times(JsonWriter *to, const Story *finding)
{
    const StoryState *state = finding->state;
    write_time(to, "FirstObservedAt", finding->first_us);
    write_time(to, "LastObservedAt", finding->last_us);
    write_time(to, "CreatedAt", state ? state->created_us : finding->first_us);
    write_time(to, "UpdatedAt", state ? state->updated_us : finding->last_us);
}

static void write_note(JsonWriter *to, const StoryState *state)
{
    if (!state->note.len)
        return;
    json_write_open(to, "Note", '{');
    json_write_text(to, "Text", cut(state->note, NOTE_MAX));
    json_write_text(to, "UpdatedBy", cut(state->note_author, NOTE_MAX));
    write_time(to, "UpdatedAt", state->note_us);
    json_write_close(to, '}');
}

static void write_related(JsonWriter *to, const StoryState *state)
{
    if (!state->related_count)
        return;
    json_write_open(to, "RelatedFindings", '[');
    for (size_t i = 0; i < state->related_count && i < RELATED_MAX; i++) {
        json_write_open(to, NULL, '{');
        json_write_text(to, "ProductArn", state->related[i].product_arn);
        json_write_text(to, "Id", state->related[i].id);
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
}

/* What people and rules made of it. */
static void write_state(JsonWriter *to, const StoryState *state)
{
    if (!state) {
        json_write_text(to, "RecordState", STR("ACTIVE"));
        return;
    }
    if (state->confidence >= 0)
        json_write_int(to, "Confidence", state->confidence);
    json_write_open(to, "Workflow", '{');
    json_write_text(to, "Status", state->workflow);
    json_write_close(to, '}');
    json_write_text(to, "RecordState", state->record_state);
    write_note(to, state);
    write_related(to, state);
    if (state->user_fields.len)
        json_write_value(to, "UserDefinedFields", state->user_fields);
}

bool asff_append(const Story *finding, Buf *out, Error *err)
{
    JsonWriter to = {out, err, true};
    const Rule *rule = finding->rule;
    Str description = str_trim(rule->description).len ? rule->description : rule->title;
    json_write_open(&to, NULL, '{');
    write_names(&to, finding);
    write_types(&to, rule);
    write_times(&to, finding);
    write_severity(&to, finding, true);
    json_write_text(&to, "Title", cut(rule->title, TITLE_MAX));
    json_write_text(&to, "Description", cut(description, DESCRIPTION_MAX));
    write_remediation(&to, rule);
    write_product_fields(&to, finding);
    write_resources(&to, finding);
    write_action(&to, finding);
    write_state(&to, finding->state);
    json_write_open(&to, "FindingProviderFields", '{');
    write_severity(&to, finding, false);
    write_types(&to, rule);
    json_write_close(&to, '}');
    json_write_close(&to, '}');
    return to.ok;
}
