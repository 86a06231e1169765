#include "redact/redaction.h"

#include <string.h>

#include "redact/redact_detector.h"

/* Members by which a record is known, found, sorted, counted and compared. */
static const Slot FIXED[] = {S_EVENT_VERSION,  S_EVENT_TIME,       S_EVENT_SOURCE,
                             S_EVENT_NAME,     S_AWS_REGION,       S_EVENT_ID,
                             S_READ_ONLY,      S_MANAGEMENT_EVENT, S_EVENT_TYPE,
                             S_EVENT_CATEGORY, S_FROM_CONSOLE,     S_RECIPIENT_ACCOUNT_ID};

bool redaction_is_fixed(Str member)
{
    Slot slot = slot_of_member(member);
    for (size_t i = 0; slot != SLOT_NONE && i < sizeof FIXED / sizeof *FIXED; i++)
        if (FIXED[i] == slot)
            return true;
    return false;
}

/* ---- which path comes how far ---- */

/* A list of which the path names elements is at its end for what is below: of lists, columns and
 * rules say no number. */
static RedactState in_list(const RedactPath *path, RedactState at)
{
    RedactState element = redact_path_some(path, at);
    return redact_path_ends(path, element) ? at | element : at;
}

/* Where *path* is at a column: its members' names from the record down. Whatever is below what it
 * names is named, too. */
static RedactState state_at(const RedactPath *path, FieldNode node)
{
    FieldNode chain[8];
    int depth = 0;
    RedactState at = redact_path_start(path);
    for (FieldNode up = node; up != F_ROOT; up = FIELDS[up].parent)
        chain[depth++] = up;
    while (depth-- > 0 && !redact_path_ends(path, at)) {
        const Field *field = &FIELDS[chain[depth]];
        if (field->member.len)
            at = redact_path_into(path, at, field->member);
        if (field->type == FIELD_LIST && depth > 0)
            at = in_list(path, at);
    }
    return at;
}

/* Columns that are a copy of something else, or take a member from another place, too: hidden as
 * soon as one of the two is. */
static const struct {
    FieldNode node;
    const char *place;
} OTHER_PLACES[] = {
    {F_ISSUED_ACCESSKEY_ID, "responseElements.credentials.accessKeyId"},
    {F_SC_SOURCE_IDENTITY, "userIdentity.sessionContext.attributes.sourceIdentity"},
    {F_SC_EC2_ROLE_DELIVERY, "userIdentity.sessionContext.attributes.ec2RoleDelivery"},
};

enum { PLACES = sizeof OTHER_PLACES / sizeof *OTHER_PLACES };

/* A name in brackets, such as ["a.b"] or ['a'], or the number of an element, which is any. */
static RedactState follow_bracket(const RedactPath *path, RedactState at, Str inside)
{
    bool quoted = inside.len >= 2 && (inside.ptr[0] == '"' || inside.ptr[0] == '\'');
    return quoted ? redact_path_into(path, at, str_slice(inside, 1, inside.len - 1))
                  : redact_path_some(path, at);
}

/* Where the path is at *names*: as rules write them, with dots, or as filter patterns do, with "$."
 * in front and brackets. */
static RedactState follow(const RedactPath *path, Str names)
{
    RedactState at = redact_path_start(path);
    size_t from = str_starts(names, STR("$.")) ? 2 : str_starts(names, STR("$[")) ? 1 : 0;
    while (from < names.len && !redact_path_ends(path, at)) {
        if (names.ptr[from] == '[') {
            size_t end = str_find_byte(names, ']', from);
            at = follow_bracket(path, at, str_slice(names, from + 1, end));
            from = end + 1;
        } else {
            size_t end = from;
            while (end < names.len && names.ptr[end] != '.' && names.ptr[end] != '[')
                end++;
            at = in_list(path, redact_path_into(path, at, str_slice(names, from, end)));
            from = end;
        }
        from += from < names.len && names.ptr[from] == '.';
    }
    return at;
}

static RedactState states_at(const RedactPath *path, FieldNode node)
{
    RedactState at = node == F_ISSUED_ACCESSKEY_ID ? 0 : state_at(path, node);
    for (size_t i = 0; i < PLACES; i++)
        if (OTHER_PLACES[i].node == node && !redact_path_ends(path, at))
            at |= follow(path, str_of(OTHER_PLACES[i].place));
    return at;
}

/* ---- the plan ---- */

static const FieldNode GROUP_ROOTS[GROUP_COUNT] = {
    [GROUP_IDENTITY] = F_USER_IDENTITY,
    [GROUP_TLS] = F_TLS_DETAILS,
    [GROUP_ADDENDUM] = F_ADDENDUM,
    [GROUP_RESOURCES] = F_RESOURCES,
};

/* Structs are asked for, too: one that is removed is gone, not only empty. */
static bool can_change(FieldNode node)
{
    const Field *field = &FIELDS[node];
    bool copy = (field->flags & FIELD_HOISTED) && node != F_ISSUED_ACCESSKEY_ID;
    return (field_is_text(node) || !field_is_leaf(node)) && !copy && field_top(node) != F_DERIVED;
}

static bool is_fixed_column(FieldNode node)
{
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        if (SLOT_FIELDS[FIXED[i]] == node)
            return true;
    return false;
}

/* Whether the path goes on within a value of the column, or has come to its end. */
static bool concerns(const RedactPath *path, RedactState at, FieldNode node)
{
    return redact_path_ends(path, at) || (at && FIELDS[node].type == FIELD_JSON);
}

/* The detectors that look at the member *slot*. */
static void add_detectors(const RedactPlan *plan, Slot slot, RedactTarget *target)
{
    for (size_t i = 0; i < plan->count; i++) {
        const Redaction *redaction = &plan->list[i];
        if (!redaction->detectors || slot == SLOT_NONE || !(redaction->looks & SLOT_BIT(slot)))
            continue;
        target->detecting |= (uint64_t)1 << i;
        target->detectors |= redaction->detectors;
    }
    target->concerned |= target->detecting;
}

static void add_active(RedactTarget *target, RedactActive *actives, RedactActive active)
{
    if (target->count == REDACT_ACTIVES_MAX)
        return;
    actives[target->count++] = active;
    target->concerned |= (uint64_t)1 << active.redaction;
}

/* Lists the paths of the plan that concern *node*. */
static void add_paths(const RedactPlan *plan, FieldNode node, RedactActive *actives,
                      RedactTarget *target)
{
    target->actives = actives;
    for (size_t i = 0; i < plan->count; i++)
        for (uint32_t p = 0; p < plan->list[i].path_count; p++) {
            const RedactPath *path = &plan->list[i].paths[p];
            RedactState at = node == F_EXTRA ? redact_path_start(path) : states_at(path, node);
            if (concerns(path, at, node))
                add_active(target, actives, (RedactActive){path, at, (uint32_t)i});
        }
}

/* In `extra` a member may stand in its other place, which the path of its column does not name. */
static void add_places(const RedactPlan *plan, const RedactPath *places, RedactActive *actives,
                       RedactTarget *target)
{
    for (size_t i = 0; i < plan->count; i++)
        for (uint32_t p = 0; p < plan->list[i].path_count; p++)
            for (size_t place = 0; place < PLACES; place++) {
                const RedactPath *path = &plan->list[i].paths[p];
                FieldNode node = OTHER_PLACES[place].node;
                if (redact_path_ends(path, states_at(path, node)))
                    add_active(target, actives,
                               (RedactActive){&places[place], redact_path_start(&places[place]),
                                              (uint32_t)i});
            }
}

static Slot slot_of(FieldNode node)
{
    FieldNode top = node == F_ISSUED_ACCESSKEY_ID ? F_RESPONSE_ELEMENTS : field_top(node);
    for (int slot = 0; slot < SLOT_MEMBERS; slot++)
        if (SLOT_FIELDS[slot] == top)
            return (Slot)slot;
    return SLOT_NONE;
}

/* `extra` and a whole record: detectors look at members of any of them. */
static void add_all_detectors(const RedactPlan *plan, RedactTarget *target)
{
    for (int slot = 0; slot < SLOT_MEMBERS; slot++)
        add_detectors(plan, (Slot)slot, target);
}

static const RedactPath *read_places(Arena *arena, Error *err)
{
    RedactPath *places = arena_calloc(arena, PLACES, sizeof *places, err);
    for (size_t i = 0; places && i < PLACES; i++)
        if (!redact_path_read(str_of(OTHER_PLACES[i].place), arena, &places[i], err))
            return NULL;
    return places;
}

static bool plan_column(RedactPlan *plan, FieldNode node, const RedactPath *places, Arena *arena,
                        Error *err)
{
    RedactActive actives[REDACT_ACTIVES_MAX];
    RedactTarget *target = &plan->columns[node];
    if (!can_change(node) || is_fixed_column(node))
        return true;
    add_paths(plan, node, actives, target);
    if (node == F_EXTRA) {
        add_places(plan, places, actives, target);
        add_all_detectors(plan, target);
    } else if (field_is_leaf(node)) {
        add_detectors(plan, slot_of(node), target);
    }
    RedactActive *copy = arena_alloc(arena, (target->count + 1) * sizeof *copy, err);
    if (!copy)
        return false;
    memcpy(copy, actives, target->count * sizeof *copy);
    target->actives = copy;
    return true;
}

static size_t count_paths(const Redaction *list, size_t count)
{
    size_t paths = 0;
    for (size_t i = 0; i < count; i++)
        paths += list[i].path_count;
    return paths;
}

const RedactPlan *redaction_plan(const Redaction *list, size_t count, RedactKey key, Arena *arena,
                                 Error *err)
{
    if (count > REDACTIONS_MAX || count_paths(list, count) > REDACT_PATHS_MAX) {
        error_set(err, ERROR_INPUT, "%zu redactions with %zu paths: at most %d with %d in all",
                  count, count_paths(list, count), REDACTIONS_MAX, REDACT_PATHS_MAX);
        return NULL;
    }
    RedactPlan *plan = arena_calloc(arena, 1, sizeof *plan, err);
    Redaction *copy = plan ? arena_alloc(arena, (count + 1) * sizeof *copy, err) : NULL;
    if (!copy)
        return NULL;
    if (count)
        memcpy(copy, list, count * sizeof *copy);
    plan->list = copy;
    plan->count = count;
    plan->key = key;
    const RedactPath *places = read_places(arena, err);
    bool ok = places != NULL;
    for (FieldNode node = 0; ok && node < FIELD_COUNT; node++)
        ok = plan_column(plan, node, places, arena, err);
    plan->record = plan->columns[F_EXTRA];
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        for (int group = 0; group < GROUP_COUNT; group++)
            if (field_top(node) == GROUP_ROOTS[group])
                plan->groups[group] |= plan->columns[node].concerned;
    return ok ? plan : NULL;
}

/* ---- a value by its path ---- */

static Str first_name(Str names)
{
    if (str_starts(names, STR("$.")))
        names = str_slice(names, 2, names.len);
    size_t dot = str_find_byte(names, '.', 0), bracket = str_find_byte(names, '[', 0);
    return str_slice(names, 0, dot < bracket ? dot : bracket);
}

RedactTarget redaction_target_find(const RedactPlan *plan, Str text, RedactActive *actives)
{
    RedactTarget target = {.actives = actives};
    Str first = first_name(text);
    if (redaction_is_fixed(first))
        return target;
    for (size_t i = 0; i < plan->count; i++)
        for (uint32_t p = 0; p < plan->list[i].path_count; p++) {
            const RedactPath *path = &plan->list[i].paths[p];
            RedactState at = follow(path, text);
            if (at)
                add_active(&target, actives, (RedactActive){path, at, (uint32_t)i});
        }
    add_detectors(plan, slot_of_member(first), &target);
    return target;
}

const RedactTarget *redaction_target_at(const RedactPlan *plan, Str path, Arena *arena, Error *err)
{
    RedactActive actives[REDACT_ACTIVES_MAX];
    RedactTarget *target = arena_alloc(arena, sizeof *target, err);
    if (!target)
        return NULL;
    *target = redaction_target_find(plan, path, actives);
    RedactActive *copy = arena_alloc(arena, (target->count + 1) * sizeof *copy, err);
    if (!copy)
        return NULL;
    if (target->count)
        memcpy(copy, actives, target->count * sizeof *copy);
    target->actives = copy;
    return target;
}

const Redaction *redaction_at(const RedactPlan *plan, Str path)
{
    RedactActive actives[REDACT_ACTIVES_MAX];
    RedactTarget target = redaction_target_find(plan, path, actives);
    for (uint32_t i = 0; i < target.count; i++)
        if (redact_path_ends(actives[i].path, actives[i].at))
            return &plan->list[actives[i].redaction];
    return NULL;
}
