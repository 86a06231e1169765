#include "lake/hide_text.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/mem.h"
#include "decode/field.h"
#include "findings/finding_resource.h"

enum {
    TARGETS_MAX = 512, /* places that are remembered */
    ARENA_BYTES_MAX = 64 << 20,
    TEXT_BYTES_MAX = 64 << 20,
    PATH_BYTES = 256,
    ACCOUNT_DIGITS = 12,
    ARN_COLONS = 5,
    LEVELS_MAX = 8,
};

/* A path, and what is hidden there. */
typedef struct Target {
    Str path;
    const RedactTarget *hides;
} Target;

struct HideText {
    const RedactPlan *plan;
    RedactWork *work;
    Arena *arena; /* of targets */
    Arena *tree;
    Target targets[TARGETS_MAX];
    size_t target_count;
    Buf text; /* of one, until the next call */
};

HideText *hide_text_new(const RedactPlan *plan, Error *err)
{
    HideText *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->plan = plan;
    self->text = buf_init(TEXT_BYTES_MAX);
    self->work = redact_work_new(plan, err);
    self->arena = self->work ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    self->tree = self->arena ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    if (self->tree)
        return self;
    hide_text_free(self);
    return NULL;
}

void hide_text_free(HideText *self)
{
    if (!self)
        return;
    redact_work_free(self->work);
    arena_free(self->arena);
    arena_free(self->tree);
    buf_free(&self->text);
    mem_free(self);
}

RedactWork *hide_text_work(HideText *self)
{
    return self->work;
}

static const RedactTarget *target_of(HideText *self, Str path, Error *err)
{
    for (size_t i = 0; i < self->target_count; i++)
        if (str_equal(self->targets[i].path, path))
            return self->targets[i].hides;
    if (self->target_count == TARGETS_MAX) {
        self->target_count = 0;
        arena_reset(self->arena);
    }
    const char *copy = arena_text(self->arena, path, err);
    const RedactTarget *hides =
        copy ? redaction_target_at(self->plan, path, self->arena, err) : NULL;
    if (hides)
        self->targets[self->target_count++] = (Target){{copy, path.len}, hides};
    return hides;
}

/* What becomes of a text at *path*: `changed` is 0 when it stays. */
static bool hide_at(HideText *self, Str path, Str text, RedactResult *ret, Error *err)
{
    const RedactTarget *target = target_of(self, path, err);
    return target && redact_work_at(self->work, target, text, ret, err);
}

/* ---- who called ---- */

static bool is_account(Str text)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    return digits == ACCOUNT_DIGITS && text.len == digits;
}

/* The member that a principal's text is of, by its form. */
static FieldNode node_of(Str text)
{
    if (str_starts(text, STR("arn:")))
        return F_UI_ARN;
    if (is_account(text))
        return F_UI_ACCOUNT_ID;
    if (str_ends(text, STR(".amazonaws.com")) || str_ends(text, STR(".amazonaws.com.cn")))
        return F_UI_INVOKED_BY;
    return str_find_byte(text, ':', 0) < text.len ? F_UI_PRINCIPAL_ID : F_UI_USER_NAME;
}

/* The dotted path of a field. */
static Str path_of(FieldNode node, char ret[PATH_BYTES])
{
    FieldNode chain[LEVELS_MAX];
    size_t levels = 0, len = 0;
    for (; node != F_ROOT && levels < LEVELS_MAX; node = FIELDS[node].parent)
        chain[levels++] = node;
    while (levels && len < PATH_BYTES) {
        Str member = FIELDS[chain[--levels]].member;
        int more = snprintf(ret + len, PATH_BYTES - len, "%s%.*s", len ? "." : "", STR_ARG(member));
        len += more > 0 ? (size_t)more : 0;
    }
    return str_of(ret);
}

/* A text without a form of its own may be a principalId, too. */
static bool hide_principal(HideText *self, Str text, RedactResult *ret, Error *err)
{
    char path[PATH_BYTES];
    FieldNode node = node_of(text);
    return hide_at(self, path_of(node, path), text, ret, err) &&
           (ret->changed || node != F_UI_USER_NAME ||
            hide_at(self, path_of(F_UI_PRINCIPAL_ID, path), text, ret, err));
}

/* ---- what is grouped by ---- */

/* Names of columns stand for the members that they hold: rules with a query group by columns. */
static bool hide_named(HideText *self, Str name, Str text, RedactResult *ret, Error *err)
{
    char path[PATH_BYTES];
    if (str_equal_nocase(name, STR("principal")))
        return hide_principal(self, text, ret, err);
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT && field_source(node) != node &&
            str_equal_nocase(FIELDS[node].column, name))
            return hide_at(self, path_of(field_source(node), path), text, ret, err);
    return hide_at(self, name, text, ret, err);
}

/* Appends a member of the object, unless nothing is left of it. */
static bool put_member(HideText *self, const Json *member, Buf *ret, Error *err)
{
    RedactResult result = {.changed = 0};
    bool text = member->type == JSON_STRING;
    if (text && !hide_named(self, member->name, member->text, &result, err))
        return false;
    if (result.removed)
        return true;
    return (ret->ptr[ret->len - 1] == '{' || buf_append_byte(ret, ',', err)) &&
           json_append_string(ret, member->name, err) && buf_append_byte(ret, ':', err) &&
           (text ? json_append_string(ret, result.changed ? result.text : member->text, err)
                 : buf_append_str(ret, member->raw, err));
}

static bool hide_group(HideText *self, Str json, Buf *ret, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    arena_reset(self->tree);
    const Json *group = json_read(json, &LIMITS, self->tree, err);
    bool ok = group && buf_append_byte(ret, '{', err);
    for (const Json *member = ok ? group->first : NULL; ok && member; member = member->next)
        ok = put_member(self, member, ret, err);
    return ok && buf_append_byte(ret, '}', err);
}

/* ---- what a call touched ---- */

/* Where the name begins in an ARN that was made of one: behind *before*. */
static size_t name_in(Str id, const char *before)
{
    size_t at = 0;
    if (!before || !str_starts(id, STR("arn:")))
        return 0;
    for (int colons = 0; colons < ARN_COLONS && at < id.len; colons++)
        at = str_find_byte(id, ':', at) + 1;
    Str words = str_of(before);
    return at <= id.len && str_starts(str_slice(id, at, id.len), words) ? at + words.len : 0;
}

/* As a name and as a whole: requests have either. */
static bool hide_resource(HideText *self, Str type, Str id, Buf *ret, bool *ret_removed, Error *err)
{
    FindingResourcePath at;
    for (size_t i = 0; finding_resource_path(type, &i, &at); i++) {
        RedactResult result = {.changed = 0};
        size_t from = name_in(id, at.before);
        if (!hide_at(self, str_of(at.path), str_slice(id, from, id.len), &result, err))
            return false;
        if (!result.changed)
            continue;
        *ret_removed = result.removed;
        return result.removed || (buf_append_str(ret, str_slice(id, 0, from), err) &&
                                  buf_append_str(ret, result.text, err));
    }
    return buf_append_str(ret, id, err);
}

bool hide_text_at(void *context, Str place, Str text, Buf *ret, bool *ret_removed, Error *err)
{
    HideText *self = context;
    RedactResult result = {.changed = 0};
    Str resource = STR("@resource ");
    *ret_removed = false;
    if (str_equal(place, STR("@group")))
        return hide_group(self, text, ret, err);
    if (str_starts(place, resource))
        return hide_resource(self, str_slice(place, resource.len, place.len), text, ret,
                             ret_removed, err);
    if (!(str_equal(place, STR("@principal")) ? hide_principal(self, text, &result, err)
                                              : hide_at(self, place, text, &result, err)))
        return false;
    *ret_removed = result.removed;
    return result.removed || buf_append_str(ret, result.changed ? result.text : text, err);
}
