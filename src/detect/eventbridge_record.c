#include "detect/eventbridge_record.h"

#include "base/json.h"

enum { DEPTH_MAX = 32, ARENA_BYTES_MAX = 1 << 20 };

/* Members of the envelope, and what of the record they are made of. */
static const struct {
    const char *name, *member;
    bool translated; /* its values differ */
} COPIES[] = {{"id", "eventID", false},        {"account", "recipientAccountId", false},
              {"time", "eventTime", false},    {"region", "awsRegion", false},
              {"source", "eventSource", true}, {"detail-type", "eventType", true}};

/* The eventType of each detail-type. */
static const struct {
    const char *detail_type, *event_type;
} TYPES[] = {
    {"AWS API Call via CloudTrail", "AwsApiCall"},
    {"AWS Service Event via CloudTrail", "AwsServiceEvent"},
    {"AWS Console Sign In via CloudTrail", "AwsConsoleSignIn"},
    {"AWS Console Action via CloudTrail", "AwsConsoleAction"},
    {"AWS Insight via CloudTrail", "AwsCloudTrailInsight"},
};

static bool refuse(const Json *member, const char *what, Error *err)
{
    return error_set(err, ERROR_INPUT, "event pattern, '%.*s': %s", STR_ARG(member->name), what);
}

/* "iam.amazonaws.com" of "aws.iam". */
static bool put_source(const Json *value, const Json *member, Buf *ret, Error *err)
{
    Str text = json_text(value, STR(""));
    BUF_AUTO Buf name = buf_init(ARENA_BYTES_MAX);
    if (!str_starts(text, STR("aws.")))
        return refuse(member, "of a record it can be asked for texts such as \"aws.iam\" alone",
                      err);
    return buf_append_str(&name, str_slice(text, 4, text.len), err) &&
           buf_append_str(&name, STR(".amazonaws.com"), err) &&
           json_append_string(ret, buf_str(&name), err);
}

static bool put_type(const Json *value, const Json *member, Buf *ret, Error *err)
{
    Str text = json_text(value, STR(""));
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (str_equal(text, str_of(TYPES[i].detail_type)))
            return json_append_string(ret, str_of(TYPES[i].event_type), err);
    return refuse(member,
                  "of a record it can be asked for \"AWS API Call via CloudTrail\" and its "
                  "like alone",
                  err);
}

/* An array of texts as that of what the record has. */
static bool put_translated(const Json *member, Buf *ret, Error *err)
{
    bool source = str_equal(member->name, STR("source")), first = true;
    if (member->type != JSON_ARRAY || !member->first)
        return refuse(member, "expected an array of values", err);
    bool ok = buf_append_byte(ret, '[', err);
    for (const Json *value = member->first; ok && value; value = value->next) {
        ok = (first || buf_append_byte(ret, ',', err)) &&
             (source ? put_source(value, member, ret, err) : put_type(value, member, ret, err));
        first = false;
    }
    return ok && buf_append_byte(ret, ']', err);
}

static bool put_member(Str name, const Json *value, Buf *ret, Error *err)
{
    return json_append_string(ret, name, err) && buf_append_byte(ret, ':', err) &&
           json_append(ret, value, err);
}

/* What *member* of the envelope asks of the record; nothing of detail, whose members follow. */
static bool put(const Json *member, const Json *detail, Buf *ret, Error *err)
{
    size_t i = 0, count = sizeof COPIES / sizeof *COPIES;
    while (i < count && !str_equal(member->name, str_of(COPIES[i].name)))
        i++;
    if (i == count)
        return refuse(member, "a record has no such member of the envelope", err);
    Str name = str_of(COPIES[i].member);
    if (json_member(detail, name))
        return refuse(member, "detail asks for the same member of the record: one of them", err);
    return COPIES[i].translated
               ? json_append_string(ret, name, err) && buf_append_byte(ret, ':', err) &&
                     put_translated(member, ret, err)
               : put_member(name, member, ret, err);
}

static bool is_of_envelope(const Json *pattern)
{
    const Json *detail = json_member(pattern, STR("detail"));
    return detail || json_member(pattern, STR("detail-type")) ||
           json_member(pattern, STR("source"));
}

/* Appends what the members of *of* ask, but *except*: of the envelope translated, of *detail* as
 * they are. */
static bool put_members(const Json *of, const Json *except, const Json *detail, Buf *ret,
                        Error *err)
{
    bool ok = true;
    for (const Json *member = of ? of->first : NULL; ok && member; member = member->next) {
        if (member->shadowed || member == except)
            continue;
        bool first = ret->ptr[ret->len - 1] == '{';
        ok = (first || buf_append_byte(ret, ',', err)) &&
             (of == detail ? put_member(member->name, member, ret, err)
                           : put(member, detail, ret, err));
    }
    return ok;
}

static bool translate(const Json *pattern, Buf *ret, Error *err)
{
    const Json *detail = json_member(pattern, STR("detail"));
    if (detail && detail->type != JSON_OBJECT)
        return refuse(detail, "expected an object", err);
    return buf_append_byte(ret, '{', err) && put_members(pattern, detail, detail, ret, err) &&
           put_members(detail, NULL, detail, ret, err) && buf_append_byte(ret, '}', err);
}

bool eventbridge_record(Str pattern, Buf *ret, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = DEPTH_MAX, .duplicates_allowed = true};
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    const Json *root = arena ? json_read(pattern, &LIMITS, arena, err) : NULL;
    bool ok = root && (root->type == JSON_OBJECT && is_of_envelope(root)
                           ? translate(root, ret, err)
                           : buf_append_str(ret, pattern, err));
    arena_free(arena);
    return ok;
}
