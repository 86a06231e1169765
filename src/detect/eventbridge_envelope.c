#include "detect/eventbridge_envelope.h"

#include <string.h>

#include "detect/steps.h"

static const char *const MEMBERS[] = {"version", "id",     "detail-type", "source", "account",
                                      "time",    "region", "resources",   "detail"};

/* The detail-type of each eventType. */
static const struct {
    const char *event_type, *detail_type;
} TYPES[] = {
    {"AwsServiceEvent", "AWS Service Event via CloudTrail"},
    {"AwsConsoleSignIn", "AWS Console Sign In via CloudTrail"},
    {"AwsConsoleAction", "AWS Console Action via CloudTrail"},
    {"AwsCloudTrailInsight", "AWS Insight via CloudTrail"},
};

static void note(void *context, const Expr *item)
{
    bool *wanted = context;
    for (size_t i = 0; item->path && i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        *wanted |= str_equal(item->path->steps[0].name, str_of(MEMBERS[i]));
}

bool eventbridge_envelope_wanted(const Expr *expr)
{
    bool wanted = false;
    expr_each(expr, note, &wanted);
    return wanted;
}

/* Calls are what is left. */
static Str detail_type_of(const Json *record)
{
    Str type = json_text(json_member(record, STR("eventType")), STR(""));
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (str_equal(type, str_of(TYPES[i].event_type)))
            return str_of(TYPES[i].detail_type);
    return STR("AWS API Call via CloudTrail");
}

/* "aws.iam" of "iam.amazonaws.com". */
static Str source_of(Str event_source, Arena *arena, Error *err)
{
    size_t len = str_find_byte(event_source, '.', 0);
    char *text = arena_alloc(arena, len + 5, err);
    if (!text)
        return (Str){NULL, 0};
    memcpy(text, "aws.", 4);
    memcpy(text + 4, event_source.ptr, len);
    return (Str){text, len + 4};
}

static bool add(Json *object, const Json *value, Str name, Arena *arena, Error *err)
{
    Json *member = value ? arena_alloc(arena, sizeof *member, err) : NULL;
    if (!member)
        return !value;
    *member = *value;
    member->name = name;
    member->next = object->first;
    object->first = member;
    object->count++;
    return true;
}

static bool add_text(Json *object, Str text, Str name, Arena *arena, Error *err)
{
    const Json value = {.type = JSON_STRING, .text = text};
    return text.ptr && add(object, &value, name, arena, err);
}

const Json *eventbridge_envelope(const Json *event, Arena *arena, Error *err)
{
    static const Json NO_RESOURCES = {.type = JSON_ARRAY};
    /* The members that the envelope takes from the record. */
    static const struct {
        Str member, name;
    } COPIES[] = {
        {{"eventID", 7}, {"id", 2}},
        {{"recipientAccountId", 18}, {"account", 7}},
        {{"eventTime", 9}, {"time", 4}},
        {{"awsRegion", 9}, {"region", 6}},
    };
    Str source = json_text(json_member(event, STR("eventSource")), STR(""));
    if (!source.len || json_member(event, STR("detail-type")))
        return event;
    Json *object = arena_calloc(arena, 1, sizeof *object, err);
    if (!object)
        return NULL;
    object->type = JSON_OBJECT;
    bool ok = add(object, event, STR("detail"), arena, err) &&
              add(object, &NO_RESOURCES, STR("resources"), arena, err) &&
              add_text(object, source_of(source, arena, err), STR("source"), arena, err) &&
              add_text(object, detail_type_of(event), STR("detail-type"), arena, err) &&
              add_text(object, STR("0"), STR("version"), arena, err);
    for (size_t i = 0; ok && i < sizeof COPIES / sizeof *COPIES; i++)
        ok = add(object, json_member(event, COPIES[i].member), COPIES[i].name, arena, err);
    return ok ? object : NULL;
}
