#include "detect/rule_draft.h"

#include "base/yaml_write.h"

enum {
    TELLING_MAX = 8,
    PATH_BYTES_MAX = 512,
    TEXT_BYTES_MAX = 1 << 16,
    DEPTH_MAX = 8,
    NAME_BYTES_MAX = 64,
    EVENT_INDENT = 6
};

/* A member of the event that the rule asks for. */
typedef struct Telling {
    Str path;
    const Json *value;
} Telling;

typedef struct Draft {
    const RuleDraft *draft;
    Arena *arena;
    Buf *out;
    Error *err;
    Telling telling[TELLING_MAX];
    size_t count;
} Draft;

Str rule_draft_example(void)
{
    return STR("{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"IAMUser\","
               "\"principalId\":\"AIDAEXAMPLEALICEAAAAA\","
               "\"arn\":\"arn:aws:iam::111122223333:user/alice\",\"accountId\":\"111122223333\","
               "\"accessKeyId\":\"AKIAEXAMPLEALICEAAAA\",\"userName\":\"alice\"},"
               "\"eventTime\":\"2026-11-26T10:00:00Z\",\"eventSource\":\"iam.amazonaws.com\","
               "\"eventName\":\"CreateUser\",\"awsRegion\":\"us-east-1\","
               "\"sourceIPAddress\":\"198.51.100.17\",\"userAgent\":\"aws-cli/2.31.4\","
               "\"requestParameters\":{\"userName\":\"bob\"},\"responseElements\":null,"
               "\"requestID\":\"6d0c2f9e-52e7-4a53-9d5f-3b1f7a8c0e21\","
               "\"eventID\":\"0f1e2d3c-4b5a-4697-8877-665544332211\",\"readOnly\":false,"
               "\"eventType\":\"AwsApiCall\",\"managementEvent\":true,"
               "\"recipientAccountId\":\"111122223333\",\"eventCategory\":\"Management\"}");
}

static Str member_text(const Draft *in, Str name)
{
    return json_text(json_member(in->draft->event, name), STR(""));
}

/* Texts that say by themselves what a call is about, wherever its parameters hold them. */
static bool is_telling_text(Str text)
{
    static const char *const TEXTS[] = {
        "*",         "all",     "0.0.0.0/0",         "::/0",   "Enabled", "Disabled",
        "Suspended", "public",  "public-read",       "PUBLIC", "NONE",    "public-read-write",
        "AES256",    "aws:kms", "authenticated-read"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (str_equal(text, str_of(TEXTS[i])))
            return true;
    return str_starts(text, STR("arn:aws:iam::aws:policy/"));
}

static bool is_telling(const Json *value)
{
    return value->type == JSON_TRUE || value->type == JSON_FALSE ||
           (value->type == JSON_STRING && is_telling_text(value->text));
}

/* A name that a path of a rule takes as it is. */
static bool is_name(Str name)
{
    bool ok = name.len > 0 && name.len <= NAME_BYTES_MAX;
    for (size_t i = 0; ok && i < name.len; i++) {
        char c = name.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-';
    }
    return ok;
}

/* Each path once: of an array, the first element's value. */
static bool note(Draft *in, Str path, const Json *value)
{
    if (in->count == TELLING_MAX)
        return true;
    for (size_t i = 0; i < in->count; i++)
        if (str_equal(in->telling[i].path, path))
            return true;
    const char *copy = arena_text(in->arena, path, in->err);
    in->telling[in->count++] = (Telling){{copy, path.len}, value};
    return copy != NULL;
}

/* Goes through what stands at *path*; elements of arrays have the path of the array. */
static bool note_below(Draft *in, Buf *path, const Json *parent, int depth)
{
    size_t len = path->len;
    bool ok = true, object = parent->type == JSON_OBJECT;
    for (const Json *child = parent->first; ok && child; child = child->next) {
        path->len = len;
        if (child->shadowed || (object && !is_name(child->name)) || depth == DEPTH_MAX ||
            len + child->name.len + 1 > PATH_BYTES_MAX)
            continue;
        if (object)
            ok = buf_append_byte(path, '.', in->err) && buf_append_str(path, child->name, in->err);
        if (ok && is_telling(child))
            ok = note(in, buf_str(path), child);
        else if (ok)
            ok = note_below(in, path, child, depth + 1);
    }
    path->len = len;
    return ok;
}

/* Members beside the parameters; with a text, only that one tells something. */
static const struct {
    Str path, only;
} MEMBERS[] = {
    {{"userIdentity.type", 17}, {"Root", 4}},
    {{"additionalEventData.MFAUsed", 27}, {"No", 2}},
    {{"responseElements.ConsoleLogin", 29}, {"", 0}},
};

static bool gather(Draft *in)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    const Json *parameters = json_member(in->draft->event, STR("requestParameters"));
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        const Json *value = json_path(in->draft->event, MEMBERS[i].path);
        Str text = json_text(value, STR(""));
        if (text.len && (!MEMBERS[i].only.len || str_equal(text, MEMBERS[i].only)))
            ok = note(in, MEMBERS[i].path, value);
    }
    return ok && (!parameters || (buf_append_str(&path, STR("requestParameters"), in->err) &&
                                  note_below(in, &path, parameters, 0)));
}

/* A text that Sigma is to take literally: its wildcards are escaped. */
static bool put_literal(Draft *in, Str text)
{
    BUF_AUTO Buf literal = buf_init(TEXT_BYTES_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];
        ok = (!(c == '*' || c == '?' || c == '\\') || buf_append_byte(&literal, '\\', in->err)) &&
             buf_append_byte(&literal, (unsigned char)c, in->err);
    }
    return ok && yaml_write_text(in->out, buf_str(&literal), in->err);
}

static bool put_item(Draft *in, const char *path, const Json *value)
{
    bool text = value && value->type == JSON_STRING;
    return buf_printf(in->out, in->err, "    %s: ", path) &&
           (text    ? put_literal(in, value->text)
            : value ? json_append(in->out, value, in->err)
                    : buf_printf(in->out, in->err, "null")) &&
           buf_append_byte(in->out, '\n', in->err);
}

/* A letter in small, or a digit; 0 for anything else. */
static char name_character(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + 32);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : 0;
}

/* The title in small letters and '_'; the rule's own id where nothing is left of it. */
static bool put_name(Draft *in)
{
    BUF_AUTO Buf name = buf_init(TEXT_BYTES_MAX);
    bool ok = true, gap = false;
    Str title = in->draft->title;
    for (size_t i = 0; ok && i < title.len && name.len < NAME_BYTES_MAX; i++) {
        char c = name_character(title.ptr[i]);
        if (c && gap && name.len)
            ok = buf_append_byte(&name, '_', in->err);
        if (c && ok)
            ok = buf_append_byte(&name, (unsigned char)c, in->err);
        gap = !c;
    }
    if (ok && !name.len)
        ok = buf_printf(&name, in->err, "rule_%.8s", in->draft->id);
    return ok && yaml_write_text(in->out, buf_str(&name), in->err);
}

static bool put_head(Draft *in)
{
    BUF_AUTO Buf about = buf_init(TEXT_BYTES_MAX);
    const RuleDraft *draft = in->draft;
    Str name = member_text(in, STR("eventName")), source = member_text(in, STR("eventSource"));
    return buf_printf(in->out, in->err, "title: ") &&
           yaml_write_text(in->out, draft->title, in->err) &&
           buf_printf(in->out, in->err, "\nid: %s\nname: ", draft->id) && put_name(in) &&
           buf_printf(in->out, in->err,
                      "\nstatus: experimental\n"
                      "# What was done, and what it may be the beginning of.\ndescription: ") &&
           buf_printf(&about, in->err, "%.*s of %.*s was called.", STR_ARG(str_slice(name, 0, 200)),
                      STR_ARG(str_slice(source, 0, 200))) &&
           yaml_write_text(in->out, buf_str(&about), in->err) &&
           buf_printf(in->out, in->err,
                      "\nreferences: []\nauthor:\ndate: %s\n"
                      "# Tactics and techniques of ATT&CK: attack.persistence, attack.t1098.001\n"
                      "tags: []\nlogsource:\n  product: aws\n  service: cloudtrail\n",
                      draft->date);
}

static bool put_detection(Draft *in, const Json *error_code)
{
    bool failed = error_code && error_code->type != JSON_NULL;
    bool ok = buf_printf(in->out, in->err,
                         "# Take out what the next event of this kind need not have.\n"
                         "detection:\n  selection:\n") &&
              put_item(in, "eventSource", json_member(in->draft->event, STR("eventSource"))) &&
              put_item(in, "eventName", json_member(in->draft->event, STR("eventName"))) &&
              put_item(in, "errorCode", failed ? error_code : NULL);
    for (size_t i = 0; ok && i < in->count; i++)
        ok = put_item(in, in->telling[i].path.ptr, in->telling[i].value);
    return ok && buf_printf(in->out, in->err,
                            "  condition: selection\n"
                            "# Who does this for a good reason.\nfalsepositives:\n  - Unknown\n"
                            "# informational, low, medium, high or critical\nlevel: medium\n"
                            "# One sentence that argues the level.\nseverity_reason:\n"
                            "# The steps to take, in their order.\nresponse: []\n");
}

/* The event with another outcome: a call that failed had it not, one that worked was refused. */
static const Json *other_outcome(Draft *in, bool failed)
{
    static const Json REFUSED = {
        .type = JSON_STRING, .name = {"errorCode", 9}, .text = {"AccessDenied", 12}};
    const Json *event = in->draft->event;
    Json *root = arena_calloc(in->arena, event->count + 2, sizeof *root, in->err);
    size_t count = 0;
    if (!root)
        return NULL;
    Json *list = root + 1;
    for (const Json *member = event->first; member; member = member->next) {
        bool error = str_equal(member->name, STR("errorCode")) ||
                     (failed && str_equal(member->name, STR("errorMessage")));
        if (!member->shadowed && !error)
            list[count++] = *member;
    }
    if (!failed)
        list[count++] = REFUSED;
    for (size_t i = 0; i < count; i++)
        list[i].next = i + 1 < count ? &list[i + 1] : NULL;
    *root = (Json){.type = JSON_OBJECT, .count = (uint32_t)count, .first = list};
    return root;
}

static bool put_sample(Draft *in, const char *name, bool match, const Json *event)
{
    return event &&
           buf_printf(in->out, in->err, "  - name: %s\n    match: %s\n    event:\n", name,
                      match ? "true" : "false") &&
           yaml_write_members(in->out, event, EVENT_INDENT, in->err);
}

bool rule_draft_write(const RuleDraft *draft, Arena *arena, Buf *out, Error *err)
{
    Draft in = {.draft = draft, .arena = arena, .out = out, .err = err};
    const Json *error_code = json_member(draft->event, STR("errorCode"));
    bool failed = error_code && error_code->type != JSON_NULL;
    if (!member_text(&in, STR("eventSource")).len || !member_text(&in, STR("eventName")).len)
        return error_set(err, ERROR_INPUT, "the event has no eventSource or no eventName");
    return gather(&in) && put_head(&in) && put_detection(&in, error_code) &&
           buf_printf(out, err, "samples:\n") &&
           put_sample(&in, "The event that this rule was made from", true, draft->event) &&
           put_sample(&in, failed ? "The same call, and it worked" : "The same call, refused",
                      false, other_outcome(&in, failed));
}
