#include "detect/rule_sql_place.h"

#include "detect/derived.h"

enum { COLUMN_BYTES = 256 };

static Str first_segment(Str path)
{
    return str_slice(path, 0, str_find_byte(path, '.', 0));
}

static FieldNode child_of(FieldNode parent, Str member)
{
    for (FieldNode node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == parent && FIELDS[node].member.len &&
            str_equal(FIELDS[node].member, member))
            return node;
    return FIELD_COUNT;
}

/* Whether there is a column that holds the same as the member of a struct. */
static bool has_copy(FieldNode node)
{
    for (FieldNode copy = 0; copy < FIELD_COUNT; copy++)
        if (FIELDS[copy].flags & FIELD_HOISTED && field_source(copy) == node)
            return true;
    return false;
}

static bool is_part(FieldNode node)
{
    return FIELDS[node].parent != F_ROOT && !has_copy(node);
}

bool rule_sql_place_costly(FieldNode node)
{
    return is_part(node) || FIELDS[node].type == FIELD_JSON || FIELDS[node].type == FIELD_LIST;
}

/* A condition that names two columns is asked of the rows that conditions on one left; one on a
 * part of a struct, or a long text, the engine's reader asks of all rows of a piece, also of those
 * that it passes over, and for it reads all of the struct that is selected. There is no row without
 * eventtime, but the engine does not know. */
static Str column_of(SqlWriter *writer, FieldNode node)
{
    char path[COLUMN_BYTES];
    size_t len = field_path(node, path, sizeof path);
    bool late =
        (writer->narrowed && rule_sql_place_costly(node)) || (writer->counted && is_part(node));
    return rule_sql_cond_format(
        writer, late && !writer->touched ? "if(eventtime IS NULL, NULL, %.*s)" : "%.*s", (int)len,
        path);
}

/* What a leaf or a struct that the path ends at, or goes on behind, is. */
static const struct {
    PlaceKind at, below;
} KINDS[] = {
    [FIELD_STRING] = {PLACE_TEXT, PLACE_NOWHERE},   [FIELD_JSON] = {PLACE_JSON, PLACE_JSON},
    [FIELD_BOOL] = {PLACE_BOOLEAN, PLACE_NOWHERE},  [FIELD_TIME] = {PLACE_TIME, PLACE_NOWHERE},
    [FIELD_INT] = {PLACE_UNKNOWN, PLACE_UNKNOWN},   [FIELD_LONG] = {PLACE_UNKNOWN, PLACE_UNKNOWN},
    [FIELD_STRUCT] = {PLACE_STRUCT, PLACE_NOWHERE}, [FIELD_LIST] = {PLACE_UNKNOWN, PLACE_NOWHERE},
};

/* Names that JSON texts may write in several ways, or that are no names. */
static bool is_odd(Str member)
{
    for (size_t i = 0; i < member.len; i++)
        if ((unsigned char)member.ptr[i] < ' ' || member.ptr[i] == '"' || member.ptr[i] == '\\' ||
            member.ptr[i] == '/')
            return true;
    return !member.len;
}

/* "a..b", "a.": ends that are no names. */
static bool has_empty_segment(Str path)
{
    for (size_t at = 0; at <= path.len; at = str_find_byte(path, '.', at) + 1)
        if (at == path.len || path.ptr[at] == '.')
            return true;
    return false;
}

static void note_touch(SqlWriter *writer, Str member, bool below)
{
    Touch *list = (Touch *)(void *)writer->touches.ptr;
    const Touch touch = {member, below};
    for (size_t i = 0; i < writer->touches.len / sizeof *list; i++) {
        if (!str_equal(list[i].member, member))
            continue;
        list[i].below = list[i].below && below;
        return;
    }
    writer->ok = buf_append(&writer->touches, &touch, sizeof touch, writer->err) && writer->ok;
}

static Place unknown(SqlWriter *writer)
{
    writer->ret->whole = true;
    return (Place){.kind = PLACE_UNKNOWN, .node = FIELD_COUNT};
}

/* What derived members follow from, and a member of the record that is called as they are. */
static const char *const DERIVED_FROM[] = {
    "derived",      "sourceIPAddress",   "userAgent", "eventSource",
    "eventName",    "eventType",         "readOnly",  "sessionCredentialFromConsole",
    "userIdentity", "recipientAccountId"};

/* Whether *member* may decide what is at *path*, all of `derived` or a member of it. */
static bool decides(Str path, const char *member)
{
    Slot slot = slot_of_member(str_of(member));
    uint64_t needs = derived_needs(str_slice(path, first_segment(path).len + 1, path.len));
    return !needs || str_equal(FIELDS[F_DERIVED].column, str_of(member)) ||
           (slot != SLOT_NONE && needs & SLOT_BIT(slot));
}

void rule_sql_derived_reads(Str path, bool reads[FIELD_COUNT])
{
    for (size_t i = 0; i < sizeof DERIVED_FROM / sizeof *DERIVED_FROM; i++) {
        FieldNode node = child_of(F_ROOT, str_of(DERIVED_FROM[i]));
        if (node != FIELD_COUNT && decides(path, DERIVED_FROM[i]))
            reads[node] = true;
    }
}

static bool is_below(Str member)
{
    return str_equal(member, FIELDS[F_USER_IDENTITY].member);
}

/* Those of lookups are what the lookups said at ingest, while a rule asks those of today. */
static Place place_derived(SqlWriter *writer, Str path)
{
    Str rest = str_slice(path, first_segment(path).len + 1, path.len);
    FieldNode node = child_of(F_DERIVED, rest);
    bool lookup = node >= F_D_AWS_SERVICE && node <= F_D_ENVIRONMENT;
    rule_sql_derived_reads(path, writer->ret->reads);
    for (size_t i = 0; i < sizeof DERIVED_FROM / sizeof *DERIVED_FROM; i++)
        if (decides(path, DERIVED_FROM[i]))
            note_touch(writer, str_of(DERIVED_FROM[i]), is_below(str_of(DERIVED_FROM[i])));
    if (node == FIELD_COUNT)
        return (Place){.kind = PLACE_LOOKUP, .node = node, .member = FIELDS[F_DERIVED].column};
    return (Place){.kind = lookup ? PLACE_LOOKUP : PLACE_DERIVED,
                   .node = node,
                   .sql = column_of(writer, lookup ? F_SOURCE_IP_ADDRESS : node),
                   .value = column_of(writer, F_D_IS_CONSOLE),
                   .member = FIELDS[F_DERIVED].column};
}

/* Fields of resources: the path goes through its elements. */
static Place place_in_list(SqlWriter *writer, FieldNode list, Str rest, Place place)
{
    FieldNode leaf = child_of((FieldNode)(list + 1), first_segment(rest));
    place.kind =
        leaf == FIELD_COUNT || first_segment(rest).len < rest.len ? PLACE_NOWHERE : PLACE_LIST;
    place.sql = column_of(writer, list);
    if (leaf != FIELD_COUNT)
        place.value = rule_sql_cond_format(writer, "r.%.*s", STR_ARG(FIELDS[leaf].column));
    return place;
}

Place rule_sql_place(SqlWriter *writer, const FieldPath *path)
{
    if (!path || path->steps || is_odd(first_segment(path->text)) || has_empty_segment(path->text))
        return unknown(writer);
    Str rest = path->text;
    if (str_equal(first_segment(rest), FIELDS[F_DERIVED].column))
        return place_derived(writer, rest);
    Place place = {.member = first_segment(rest), .node = FIELD_COUNT};
    FieldNode node = child_of(F_ROOT, place.member);
    place.below = place.member.len < rest.len;
    note_touch(writer, place.member, place.below);
    if (node != FIELD_COUNT)
        writer->ret->reads[node] = true;
    for (FieldNode next = node; next != FIELD_COUNT;
         next = rest.len ? child_of(node, first_segment(rest)) : FIELD_COUNT) {
        node = next;
        rest = str_slice(rest, first_segment(rest).len + 1, rest.len);
    }
    place.kind = PLACE_NOWHERE;
    if (node == FIELD_COUNT)
        return place;
    if (FIELDS[node].type == FIELD_LIST && rest.len)
        return place_in_list(writer, node, rest, place);
    place.node = node;
    place.sql = column_of(writer, node);
    place.rest = rest;
    place.kind = rest.len ? KINDS[FIELDS[node].type].below : KINDS[FIELDS[node].type].at;
    return place;
}
