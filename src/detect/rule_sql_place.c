#include "detect/rule_sql_place.h"

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

static Str column_of(SqlWriter *writer, FieldNode node)
{
    char path[COLUMN_BYTES];
    size_t len = field_path(node, path, sizeof path);
    return rule_sql_cond_format(writer, "%.*s", (int)len, path);
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

static void note_touch(SqlWriter *writer, Str member)
{
    const Str *names = (const Str *)(const void *)writer->touches.ptr;
    for (size_t i = 0; i < writer->touches.len / sizeof *names; i++)
        if (str_equal(names[i], member))
            return;
    writer->ok = buf_append(&writer->touches, &member, sizeof member, writer->err) && writer->ok;
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

/* Those of lookups are what the lookups said at ingest, while a rule asks those of today. */
static bool follows_from_record(FieldNode node)
{
    return node == F_D_ADDRESS_KIND || (node >= F_D_PRINCIPAL && node <= F_D_ACTION);
}

static Place place_derived(SqlWriter *writer, Str rest)
{
    Place place = unknown(writer);
    FieldNode node = child_of(F_DERIVED, rest);
    if (node == FIELD_COUNT || !follows_from_record(node))
        return place;
    for (size_t i = 0; i < sizeof DERIVED_FROM / sizeof *DERIVED_FROM; i++)
        note_touch(writer, str_of(DERIVED_FROM[i]));
    place.kind = PLACE_DERIVED;
    place.node = node;
    place.sql = column_of(writer, node);
    place.member = FIELDS[F_DERIVED].column;
    return place;
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
        return place_derived(writer, str_slice(rest, first_segment(rest).len + 1, rest.len));
    Place place = {.member = first_segment(rest), .node = FIELD_COUNT};
    FieldNode node = child_of(F_ROOT, place.member);
    note_touch(writer, place.member);
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
