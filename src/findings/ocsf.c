#include "findings/ocsf.h"

#include "base/json_write.h"
#include "base/timestamp.h"
#include "derive/address.h"
#include "findings/attack.h"
#include "findings/severity.h"

enum {
    LINE_BYTES_MAX = 32 << 20,
    TEXT_MAX = 2048,
    NUMBER_BYTES_MAX = 4096,
    EVIDENCES_MAX = 100,
    PRINCIPALS_MAX = 32,
    TYPES_MAX = 50,
    CATEGORY = 2,
    CLASS = 2004,
    ACTIVITY_CREATE = 1,
    ANALYTIC_RULE = 1,
    ACCOUNT_AWS = 10
};

static const struct {
    int id;
    const char *name;
} SEVERITIES[] = {
    [LEVEL_NONE] = {0, "Unknown"}, [LEVEL_INFORMATIONAL] = {1, "Informational"},
    [LEVEL_LOW] = {2, "Low"},      [LEVEL_MEDIUM] = {3, "Medium"},
    [LEVEL_HIGH] = {4, "High"},    [LEVEL_CRITICAL] = {5, "Critical"},
};

static Str cut(Str text)
{
    return str_slice(text, 0, str_utf8_prefix(text, TEXT_MAX));
}

static int64_t ms(int64_t time_us)
{
    return time_us >= 0 ? time_us / 1000 : -((-time_us + 999) / 1000);
}

/* The workflow in OCSF's words; what people archived is over. */
typedef struct Status {
    const char *workflow;
    int id;
    const char *name;
} Status;

static const Status STATUSES[] = {
    {"NEW", 1, "New"},
    {"NOTIFIED", 2, "In Progress"},
    {"SUPPRESSED", 3, "Suppressed"},
    {"RESOLVED", 4, "Resolved"},
};
static const Status ARCHIVED = {"", 5, "Archived"};

static const Status *status_of(const StoryState *state)
{
    if (state && str_equal(state->record_state, STR("ARCHIVED")))
        return &ARCHIVED;
    for (size_t i = 0; state && i < sizeof STATUSES / sizeof *STATUSES; i++)
        if (str_equal(state->workflow, str_of(STATUSES[i].workflow)))
            return &STATUSES[i];
    return &STATUSES[0];
}

/* The members of every OCSF event. */
static void write_class(JsonWriter *to, const Story *finding)
{
    const StoryState *state = finding->state;
    RuleLevel level = state ? severity_level(state->severity) : finding->rule->level;
    const Status *status = status_of(state);
    json_write_int(to, "activity_id", ACTIVITY_CREATE);
    json_write_text(to, "activity_name", STR("Create"));
    json_write_int(to, "category_uid", CATEGORY);
    json_write_text(to, "category_name", STR("Findings"));
    json_write_int(to, "class_uid", CLASS);
    json_write_text(to, "class_name", STR("Detection Finding"));
    json_write_int(to, "type_uid", CLASS * 100 + ACTIVITY_CREATE);
    json_write_text(to, "type_name", STR("Detection Finding: Create"));
    json_write_int(to, "severity_id", SEVERITIES[level].id);
    json_write_text(to, "severity", str_of(SEVERITIES[level].name));
    json_write_int(to, "status_id", status->id);
    json_write_text(to, "status", str_of(status->name));
    if (state && state->provisional)
        json_write_text(to, "status_detail", STR("provisional"));
    json_write_int(to, "time", ms(finding->last_us));
    json_write_int(to, "start_time", ms(finding->first_us));
    json_write_int(to, "end_time", ms(finding->last_us));
    json_write_int(to, "count", state ? (int64_t)state->count : (int64_t)finding->count);
    json_write_text(to, "message", cut(finding->rule->title));
}

static void write_metadata(JsonWriter *to)
{
    json_write_open(to, "metadata", '{');
    json_write_text(to, "version", STR("1.5.0"));
    json_write_open(to, "product", '{');
    json_write_text(to, "name", STR("Spoor"));
    json_write_text(to, "vendor_name", STR("Spoor"));
    json_write_text(to, "version", STR(SPOOR_VERSION));
    json_write_close(to, '}');
    json_write_open(to, "profiles", '[');
    json_write_text(to, NULL, STR("cloud"));
    json_write_close(to, ']');
    json_write_text(to, "log_name", STR("CloudTrail"));
    json_write_close(to, '}');
}

static void write_cloud(JsonWriter *to, const Story *finding)
{
    json_write_open(to, "cloud", '{');
    json_write_text(to, "provider", STR("AWS"));
    json_write_text(to, "region", finding->region);
    json_write_open(to, "account", '{');
    json_write_text(to, "uid", finding->account);
    json_write_int(to, "type_id", ACCOUNT_AWS);
    json_write_text(to, "type", STR("AWS Account"));
    json_write_close(to, '}');
    json_write_close(to, '}');
}

static void write_tactic(JsonWriter *to, const AttackTactic *tactic)
{
    json_write_open(to, "tactic", '{');
    json_write_text(to, "uid", str_of(tactic->id));
    json_write_text(to, "name", str_of(tactic->name));
    json_write_close(to, '}');
}

static void write_number(JsonWriter *to, const char *name, Str number)
{
    BUF_AUTO Buf text = buf_init(NUMBER_BYTES_MAX);
    to->ok = to->ok && buf_printf(&text, to->err, "T%.*s", STR_ARG(number));
    json_write_open(to, name, '{');
    json_write_text(to, "uid", buf_str(&text));
    json_write_close(to, '}');
}

/* A technique, with the tactic where it can be no other's (may be NULL). */
static void write_technique(JsonWriter *to, Str number, const AttackTactic *tactic)
{
    json_write_open(to, NULL, '{');
    if (tactic)
        write_tactic(to, tactic);
    number = cut(number);
    size_t dot = str_find_byte(number, '.', 0);
    write_number(to, "technique", str_slice(number, 0, dot));
    if (dot < number.len)
        write_number(to, "sub_technique", number);
    json_write_close(to, '}');
}

/* Techniques of a rule with one tactic belong to it; of several, tags do not say whose a technique
 * is, so that each stands alone. */
static void write_attacks(JsonWriter *to, const RuleTexts *tags)
{
    const AttackTactic *only = NULL;
    uint32_t tactics = 0, techniques = 0;
    for (uint32_t i = 0; i < tags->count; i++) {
        const AttackTactic *tactic = attack_tactic(tags->list[i]);
        tactics += tactic != NULL;
        only = tactic ? tactic : only;
        techniques += attack_technique(tags->list[i]).len > 0;
    }
    if (!tactics && !techniques)
        return;
    json_write_open(to, "attacks", '[');
    for (uint32_t i = 0; i < tags->count; i++) {
        const AttackTactic *tactic = attack_tactic(tags->list[i]);
        Str technique = attack_technique(tags->list[i]);
        if (technique.len)
            write_technique(to, technique, tactics == 1 ? only : NULL);
        if (!tactic || (tactics == 1 && techniques))
            continue;
        json_write_open(to, NULL, '{');
        write_tactic(to, tactic);
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
}

static void write_types(JsonWriter *to, const Rule *rule)
{
    Str types[TYPES_MAX];
    size_t count = attack_types(rule->tags.list, rule->tags.count, types, TYPES_MAX);
    json_write_texts(to, "types", types, count);
}

static void write_info(JsonWriter *to, const Story *finding)
{
    const Rule *rule = finding->rule;
    json_write_open(to, "finding_info", '{');
    json_write_text(to, "uid", str_of(finding->id));
    json_write_text(to, "title", cut(rule->title));
    json_write_some(to, "desc", cut(rule->description));
    const StoryState *state = finding->state;
    json_write_int(to, "created_time", ms(state ? state->created_us : finding->first_us));
    json_write_int(to, "modified_time", ms(state ? state->updated_us : finding->last_us));
    json_write_int(to, "first_seen_time", ms(finding->first_us));
    json_write_int(to, "last_seen_time", ms(finding->last_us));
    write_types(to, rule);
    json_write_open(to, "analytic", '{');
    json_write_text(to, "uid", cut(story_rule_id(rule)));
    json_write_text(to, "name", cut(rule->title));
    json_write_int(to, "type_id", ANALYTIC_RULE);
    json_write_text(to, "type", STR("Rule"));
    json_write_close(to, '}');
    write_attacks(to, &rule->tags);
    json_write_texts(to, "data_sources", &STR("CloudTrail"), 1);
    json_write_close(to, '}');
}

static void write_resources(JsonWriter *to, const Story *finding)
{
    json_write_open(to, "resources", '[');
    json_write_open(to, NULL, '{');
    json_write_text(to, "uid", finding->account);
    json_write_text(to, "type", STR("AwsAccount"));
    json_write_text(to, "region", finding->region);
    json_write_text(to, "cloud_partition", str_of(finding->partition));
    json_write_close(to, '}');
    for (size_t i = 0; finding->state && i < finding->state->resource_count; i++) {
        const StoryResource *resource = &finding->state->resources[i];
        json_write_open(to, NULL, '{');
        json_write_text(to, "uid", cut(resource->id));
        json_write_text(to, "type", resource->type);
        json_write_text(to, "region", resource->region);
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
}

static void write_call(JsonWriter *to, const StoryMatch *match)
{
    if (!match->event_name.len)
        return;
    json_write_open(to, "api", '{');
    json_write_text(to, "operation", cut(match->event_name));
    if (match->event_source.len) {
        json_write_open(to, "service", '{');
        json_write_text(to, "name", cut(match->event_source));
        json_write_close(to, '}');
    }
    if (match->error_code.len) {
        json_write_open(to, "response", '{');
        json_write_text(to, "error", cut(match->error_code));
        json_write_close(to, '}');
    }
    json_write_close(to, '}');
}

static void write_actor(JsonWriter *to, Str who)
{
    if (!who.len)
        return;
    json_write_open(to, "actor", '{');
    json_write_open(to, "user", '{');
    json_write_text(to, "uid", cut(who));
    json_write_close(to, '}');
    json_write_close(to, '}');
}

/* An address, or the name that stands in its place. */
static void write_source(JsonWriter *to, Str from)
{
    AddressKey ignored;
    if (!from.len)
        return;
    json_write_open(to, "src_endpoint", '{');
    json_write_text(to, address_parse(from, &ignored) ? "ip" : "svc_name", cut(from));
    json_write_close(to, '}');
}

static void write_evidence(JsonWriter *to, const StoryMatch *match)
{
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_format(match->time_us, time);
    json_write_open(to, NULL, '{');
    write_actor(to, match->principal);
    write_call(to, match);
    write_source(to, match->address);
    json_write_open(to, "data", '{');
    json_write_text(to, "eventTime", str_of(time));
    json_write_some(to, "eventID", cut(match->event_id));
    json_write_some(to, "awsRegion", cut(match->region));
    json_write_some(to, "recipientAccountId", cut(match->account));
    json_write_some(to, "group", cut(match->group));
    json_write_some(to, "value", cut(match->value));
    json_write_some(to, "object", cut(match->object));
    json_write_close(to, '}');
    json_write_close(to, '}');
}

static void write_evidences(JsonWriter *to, const Story *finding)
{
    json_write_open(to, "evidences", '[');
    for (size_t i = 0; i < finding->count && i < EVIDENCES_MAX; i++)
        write_evidence(to, finding->matches[i]);
    json_write_close(to, ']');
}

/* What OCSF has no member for. */
static void write_unmapped(JsonWriter *to, const Story *finding)
{
    Str list[PRINCIPALS_MAX];
    size_t count = story_texts(finding, offsetof(StoryMatch, principal), list, PRINCIPALS_MAX);
    json_write_open(to, "unmapped", '{');
    json_write_text(to, "level", str_of(rule_level_name(finding->rule->level)));
    json_write_some(to, "subject", cut(finding->subject));
    json_write_some(to, "resembles", cut(story_resembles(finding->rule)));
    json_write_open(to, "principals", '[');
    for (size_t i = 0; i < count; i++)
        json_write_text(to, NULL, cut(list[i]));
    json_write_close(to, ']');
    size_t lists = story_lists(finding, list, PRINCIPALS_MAX);
    json_write_open(to, "threat_lists", '[');
    for (size_t i = 0; i < lists; i++)
        json_write_text(to, NULL, cut(list[i]));
    json_write_close(to, ']');
    json_write_open(to, "tags", '[');
    for (uint32_t i = 0; i < finding->rule->tags.count; i++)
        json_write_text(to, NULL, cut(finding->rule->tags.list[i]));
    json_write_close(to, ']');
    json_write_close(to, '}');
}

bool ocsf_append(const Story *finding, Buf *out, Error *err)
{
    JsonWriter to = {out, err, true};
    json_write_open(&to, NULL, '{');
    write_class(&to, finding);
    write_metadata(&to);
    write_cloud(&to, finding);
    write_info(&to, finding);
    write_resources(&to, finding);
    write_evidences(&to, finding);
    if (finding->state && finding->state->confidence >= 0)
        json_write_int(&to, "confidence_score", finding->state->confidence);
    if (finding->state)
        json_write_some(&to, "comment", cut(finding->state->note));
    write_unmapped(&to, finding);
    json_write_close(&to, '}');
    return to.ok;
}
