#include "redact/redact_value.h"

#include <string.h>

#include "base/mem.h"
#include "redact/redact_detector.h"

enum {
    ARENA_BYTES_MAX = 256 << 20,
    TEXT_BYTES_MAX = 64 << 20,
    ROUNDS_MAX = 8,
    DEPTH_MAX = 100, /* `extra` may be deeper than a record by the names of its path */
};

struct RedactWork {
    const RedactPlan *plan;
    Arena *arena; /* of a tree */
    Buf out;      /* what a value becomes */
    Buf text;     /* a text within it */
    Buf found;    /* and with what a detector found replaced */
};

/* A value under way. */
typedef struct Walk {
    RedactWork *work;
    const RedactTarget *target;
    uint64_t mask;
    uint64_t changed;
    Error *err;
} Walk;

RedactWork *redact_work_new(const RedactPlan *plan, Error *err)
{
    RedactWork *work = mem_calloc(1, sizeof *work, err);
    if (!work)
        return NULL;
    work->plan = plan;
    work->out = buf_init(TEXT_BYTES_MAX);
    work->text = buf_init(TEXT_BYTES_MAX);
    work->found = buf_init(TEXT_BYTES_MAX);
    work->arena = arena_new(ARENA_BYTES_MAX, err);
    if (work->arena)
        return work;
    redact_work_free(work);
    return NULL;
}

void redact_work_free(RedactWork *work)
{
    if (!work)
        return;
    arena_free(work->arena);
    buf_free(&work->out);
    buf_free(&work->text);
    buf_free(&work->found);
    mem_free(work);
}

const RedactPlan *redact_work_plan(const RedactWork *work)
{
    return work->plan;
}

/* ---- texts ---- */

/* Appends *piece* to work->found with the finds of one redaction replaced. */
static bool replace_in(Walk *walk, const Redaction *redaction, Str piece, bool *ret_any)
{
    RedactWork *work = walk->work;
    size_t at = 0, from, to;
    while (redact_detector_find(redaction->detectors, piece, at, &from, &to)) {
        *ret_any = true;
        if (!buf_append_str(&work->found, str_slice(piece, at, from), walk->err) ||
            !redact_verb_write(redaction->action, &work->plan->key, str_slice(piece, from, to),
                               &work->found, walk->err))
            return false;
        at = to;
    }
    return buf_append_str(&work->found, str_slice(piece, at, piece.len), walk->err);
}

/* Puts *text* into work->found with the finds of one redaction replaced; false in *ret_any*: there
 * are none. Nothing is found in hashes of ours, which part the text. */
static bool replace_finds(Walk *walk, const Redaction *redaction, Str text, bool *ret_any)
{
    RedactWork *work = walk->work;
    size_t at = 0, from, to;
    bool ok = true;
    *ret_any = false;
    work->found.len = 0;
    while (ok && redact_verb_find_hash(&work->plan->key, text, at, &from, &to)) {
        ok = replace_in(walk, redaction, str_slice(text, at, from), ret_any) &&
             buf_append_str(&work->found, str_slice(text, from, to), walk->err);
        at = to;
    }
    return ok && replace_in(walk, redaction, str_slice(text, at, text.len), ret_any);
}

/* One redaction after the other; true in *ret_changed*: something was replaced. */
static bool detect_once(Walk *walk, uint64_t detecting, Str text, Str *ret, bool *ret_changed)
{
    RedactWork *work = walk->work;
    *ret = text;
    *ret_changed = false;
    for (uint64_t left = detecting; left; left &= left - 1) {
        unsigned index = (unsigned)__builtin_ctzll(left);
        bool any;
        if (!replace_finds(walk, &work->plan->list[index], *ret, &any))
            return false;
        if (!any || str_equal(buf_str(&work->found), *ret))
            continue;
        Buf swap = work->text;
        work->text = work->found;
        work->found = swap;
        *ret = buf_str(&work->text);
        walk->changed |= (uint64_t)1 << index;
        *ret_changed = true;
    }
    return true;
}

/* *text* with what the detectors of *detecting* find replaced, and what is found then: a find may
 * have hidden another one, whose neighbour it was. */
static bool detect(Walk *walk, uint64_t detecting, Str text, Str *ret)
{
    bool again = detecting != 0;
    *ret = text;
    for (int round = 0; again && round < ROUNDS_MAX; round++)
        if (!detect_once(walk, detecting, *ret, ret, &again))
            return false;
    return true;
}

/* The first of the target's paths that has come to its end, with its redaction in force; NULL:
 * none. */
static const RedactActive *ended(const Walk *walk, const RedactState *states)
{
    for (uint32_t i = 0; i < walk->target->count; i++) {
        const RedactActive *active = &walk->target->actives[i];
        if ((walk->mask >> active->redaction & 1) && redact_path_ends(active->path, states[i]))
            return active;
    }
    return NULL;
}

/* What a text that a path names becomes, in work->text. */
static bool act(Walk *walk, uint32_t redaction, Str text, Str *ret)
{
    RedactWork *work = walk->work;
    work->text.len = 0;
    *ret = (Str){NULL, 0};
    if (!redact_verb_write(work->plan->list[redaction].action, &work->plan->key, text, &work->text,
                           walk->err))
        return false;
    *ret = buf_str(&work->text);
    if (!str_equal(*ret, text))
        walk->changed |= (uint64_t)1 << redaction;
    return true;
}

static bool removes(const Walk *walk, uint32_t redaction)
{
    return walk->work->plan->list[redaction].action.verb == REDACT_REMOVE;
}

/* ---- trees ---- */

static bool write_value(Walk *walk, const Json *value, const RedactState *states,
                        uint64_t detecting);

/* A value that a path names: its text, or its JSON, is what the verb is done to. */
static bool write_hidden(Walk *walk, const Json *value, uint32_t redaction)
{
    Str text;
    bool is_text = value->type == JSON_STRING;
    Buf *out = &walk->work->out;
    if (value->type == JSON_NULL)
        return buf_append_str(out, value->raw, walk->err);
    if (!act(walk, redaction, is_text ? value->text : value->raw, &text))
        return false;
    if (!is_text && str_equal(text, value->raw))
        return buf_append_str(out, value->raw, walk->err);
    return json_append_string(out, text, walk->err);
}

/* Detectors look at texts and numbers. */
static bool write_scalar(Walk *walk, const Json *value, uint64_t detecting)
{
    Str text;
    Buf *out = &walk->work->out;
    if (!detecting || (value->type != JSON_STRING && value->type != JSON_NUMBER))
        return buf_append_str(out, value->raw, walk->err);
    return detect(walk, detecting, value->text, &text) &&
           (text.ptr == value->text.ptr ? buf_append_str(out, value->raw, walk->err)
                                        : json_append_string(out, text, walk->err));
}

/* A name may be what a detector knows, too. */
static bool write_name(Walk *walk, Str name, uint64_t detecting)
{
    Str text;
    return detect(walk, detecting, name, &text) &&
           json_append_string(&walk->work->out, text, walk->err) &&
           buf_append_byte(&walk->work->out, ':', walk->err);
}

/* The detectors that look at a member of the record itself. */
static uint64_t detecting_in(const Walk *walk, Str name)
{
    uint64_t detecting = 0;
    Slot slot = slot_of_member(name);
    for (uint64_t left = walk->target->detecting & walk->mask; slot != SLOT_NONE && left;
         left &= left - 1) {
        unsigned index = (unsigned)__builtin_ctzll(left);
        if (walk->work->plan->list[index].looks & SLOT_BIT(slot))
            detecting |= (uint64_t)1 << index;
    }
    return detecting;
}

/* A child; *ret_some says whether it is written. */
static bool write_child(Walk *walk, const Json *child, bool named, const RedactState *states,
                        uint64_t detecting, bool *ret_some)
{
    Buf *out = &walk->work->out;
    const RedactActive *end = ended(walk, states);
    if (end && removes(walk, end->redaction)) {
        walk->changed |= (uint64_t)1 << end->redaction;
        return true;
    }
    if (*ret_some && !buf_append_byte(out, ',', walk->err))
        return false;
    *ret_some = true;
    return (!named || write_name(walk, child->name, detecting)) &&
           (end ? write_hidden(walk, child, end->redaction)
                : write_value(walk, child, states, detecting));
}

static bool write_children(Walk *walk, const Json *value, const RedactState *states,
                           uint64_t detecting)
{
    RedactState next[REDACT_ACTIVES_MAX] = {0};
    const RedactTarget *target = walk->target;
    bool object = value->type == JSON_OBJECT, some = false;
    uint32_t index = 0;
    for (const Json *child = value->first; child; child = child->next, index++) {
        for (uint32_t i = 0; i < target->count; i++) {
            const RedactPath *path = target->actives[i].path;
            next[i] = object ? redact_path_member(path, states[i], child->name)
                             : redact_path_element(path, states[i], index);
        }
        if (!write_child(walk, child, object, next, detecting, &some))
            return false;
    }
    return true;
}

static bool write_value(Walk *walk, const Json *value, const RedactState *states,
                        uint64_t detecting)
{
    Buf *out = &walk->work->out;
    if (value->type != JSON_OBJECT && value->type != JSON_ARRAY)
        return write_scalar(walk, value, detecting);
    bool object = value->type == JSON_OBJECT;
    return buf_append_byte(out, object ? '{' : '[', walk->err) &&
           write_children(walk, value, states, detecting) &&
           buf_append_byte(out, object ? '}' : ']', walk->err);
}

/* What decode and redact_batch say of the row, in `extra`. */
static bool is_ours(Str name)
{
    return str_equal(name, STR("_absent")) || str_equal(name, STR("_altered"));
}

/* The members of a record, or of `extra`. */
static bool write_members(Walk *walk, const Json *record, const RedactState *states)
{
    RedactState next[REDACT_ACTIVES_MAX] = {0};
    const RedactTarget *target = walk->target;
    Buf *out = &walk->work->out;
    bool some = false;
    if (!buf_append_byte(out, '{', walk->err))
        return false;
    for (const Json *child = record->first; child; child = child->next) {
        bool stays = is_ours(child->name) || redaction_is_fixed(child->name);
        for (uint32_t i = 0; i < target->count; i++)
            next[i] =
                stays ? 0 : redact_path_member(target->actives[i].path, states[i], child->name);
        if (!write_child(walk, child, true, next, stays ? 0 : detecting_in(walk, child->name),
                         &some))
            return false;
    }
    return buf_append_byte(out, '}', walk->err);
}

/* ---- what is asked ---- */

static bool may_detect(const Walk *walk, Str value)
{
    size_t from, to;
    return (walk->target->detecting & walk->mask) &&
           ((value.len && memchr(value.ptr, '\\', value.len)) ||
            redact_detector_find(walk->target->detectors, value, 0, &from, &to));
}

/* Whether a path that is in force can name a member whose name ends at *end*. */
static bool names_end(const Walk *walk, Str json, size_t end)
{
    for (uint32_t i = 0; i < walk->target->count; i++) {
        const RedactActive *active = &walk->target->actives[i];
        Str needle = redact_path_needle(active->path, active->at);
        if ((walk->mask >> active->redaction & 1) && needle.len <= end &&
            str_equal_nocase(str_slice(json, end - needle.len, end), needle))
            return true;
    }
    return false;
}

/* Whether a path names something, whatever the members are called. */
static bool needs_no_name(const Walk *walk)
{
    for (uint32_t i = 0; i < walk->target->count; i++) {
        const RedactActive *active = &walk->target->actives[i];
        if ((walk->mask >> active->redaction & 1) &&
            !redact_path_needle(active->path, active->at).len)
            return true;
    }
    return false;
}

/* Whether a path may name something in *json*: it has a member of the right name, or has names
 * written with escapes. */
static bool may_name(const Walk *walk, Str json)
{
    if (!walk->target->count || !json.len)
        return false;
    if (needs_no_name(walk) || memchr(json.ptr, '\\', json.len))
        return true;
    for (size_t at = 0; (at = str_find_byte(json, ':', at)) < json.len; at++) {
        size_t end = at;
        while (end > 0 && strchr(" \t\r\n", json.ptr[end - 1]))
            end--;
        if (end > 0 && json.ptr[end - 1] == '"' && names_end(walk, json, end - 1))
            return true;
    }
    return false;
}

static void first_states(const RedactTarget *target, RedactState *ret)
{
    for (uint32_t i = 0; i < target->count; i++)
        ret[i] = target->actives[i].at;
}

static const Json *read_tree(Walk *walk, Str json)
{
    static const JsonLimits LIMITS = {.depth_max = DEPTH_MAX, .duplicates_allowed = true};
    arena_reset(walk->work->arena);
    walk->work->out.len = 0;
    return json_read(json, &LIMITS, walk->work->arena, walk->err);
}

static void finish(const Walk *walk, RedactResult *ret)
{
    ret->changed = walk->changed;
    ret->text = buf_str(&walk->work->out);
}

/* *value* is JSON; *whole*: a record or `extra`, an object of members. */
static bool take_json(Walk *walk, Str value, bool whole, RedactResult *ret)
{
    RedactState states[REDACT_ACTIVES_MAX] = {0};
    if (!may_name(walk, value) && !may_detect(walk, value))
        return true;
    first_states(walk->target, states);
    const RedactActive *end = whole ? NULL : ended(walk, states);
    if (end && removes(walk, end->redaction)) {
        *ret = (RedactResult){.changed = (uint64_t)1 << end->redaction, .removed = true};
        return true;
    }
    const Json *tree = read_tree(walk, value);
    if (!tree)
        return false;
    bool ok = end     ? write_hidden(walk, tree, end->redaction)
              : whole ? tree->type == JSON_OBJECT && write_members(walk, tree, states)
                      : write_value(walk, tree, states, walk->target->detecting & walk->mask);
    finish(walk, ret);
    return ok || walk->err->kind != ERROR_NONE ||
           error_set(walk->err, ERROR_INPUT, "an object was expected");
}

static bool take_text(Walk *walk, Str value, RedactResult *ret)
{
    RedactState states[REDACT_ACTIVES_MAX] = {0};
    first_states(walk->target, states);
    const RedactActive *end = ended(walk, states);
    Str text = value;
    if (end && removes(walk, end->redaction)) {
        *ret = (RedactResult){.changed = (uint64_t)1 << end->redaction, .removed = true};
        return true;
    }
    bool ok = end ? act(walk, end->redaction, value, &text)
              : may_detect(walk, value)
                  ? detect(walk, walk->target->detecting & walk->mask, value, &text)
                  : true;
    *ret = (RedactResult){.changed = walk->changed, .text = text};
    return ok;
}

bool redact_work_column(RedactWork *work, FieldNode node, uint64_t mask, Str value,
                        RedactResult *ret, Error *err)
{
    const RedactTarget *target = &work->plan->columns[node];
    Walk walk = {.work = work, .target = target, .mask = mask, .err = err};
    *ret = (RedactResult){.changed = 0};
    if (!(target->concerned & mask))
        return true;
    return FIELDS[node].type == FIELD_JSON ? take_json(&walk, value, node == F_EXTRA, ret)
                                           : take_text(&walk, value, ret);
}

static bool looks_like_tree(Str text)
{
    return text.len && (text.ptr[0] == '{' || text.ptr[0] == '[');
}

bool redact_work_at(RedactWork *work, const RedactTarget *target, Str text, RedactResult *ret,
                    Error *err)
{
    Walk walk = {.work = work, .target = target, .mask = UINT64_MAX, .err = err};
    *ret = (RedactResult){.changed = 0};
    if (!target->concerned)
        return true;
    if (!looks_like_tree(text))
        return take_text(&walk, text, ret);
    if (take_json(&walk, text, false, ret))
        return true;
    error_clear(err);
    walk.changed = 0;
    return take_text(&walk, text, ret);
}

bool redact_work_record(RedactWork *work, Str json, RedactResult *ret, Error *err)
{
    Walk walk = {.work = work, .target = &work->plan->record, .mask = UINT64_MAX, .err = err};
    *ret = (RedactResult){.changed = 0};
    return !walk.target->concerned || take_json(&walk, json, true, ret);
}
