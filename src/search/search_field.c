#include "search/search_field.h"

#include <string.h>

#include "base/engine.h"

enum { COLUMN_BYTES = 256, DISTANCE_MAX = 3 };

/* The child of *parent* with that name; F_ROOT when there is none. An element's members count as
 * the list's. */
static FieldNode child_of(FieldNode parent, Str name)
{
    for (int node = 0; node < FIELD_COUNT; node++) {
        const Field *field = &FIELDS[node];
        bool element = field->parent != F_ROOT && FIELDS[field->parent].type == FIELD_LIST;
        if (field->parent != parent || (element && field->type != FIELD_STRUCT))
            continue;
        if (element)
            return child_of((FieldNode)node, name);
        if (str_equal_nocase(field->column, name) || str_equal_nocase(field->member, name))
            return (FieldNode)node;
    }
    return F_ROOT;
}

static void put_path(SearchField *field, size_t *len, Str name)
{
    size_t room = sizeof field->path - 1 - *len;
    if (*len && room)
        field->path[(*len)++] = '.';
    name = str_slice(name, 0, sizeof field->path - 1 - *len);
    memcpy(field->path + *len, name.ptr, name.len);
    *len += name.len;
    field->path[*len] = '\0';
}

bool search_field_find(Str name, SearchField *ret, Error *err)
{
    FieldNode at = F_ROOT;
    size_t from = 0, len = 0;
    *ret = (SearchField){.node = F_ROOT, .member = true};
    if (name.len + 64 > sizeof ret->path)
        return error_set(err, ERROR_USAGE, "the name of a field has more than %d bytes",
                         SEARCH_PATH_BYTES - 64);
    while (from < name.len) {
        size_t end = str_find_byte(name, '.', from);
        FieldNode next =
            at != F_ROOT && field_is_leaf(at) ? F_ROOT : child_of(at, str_slice(name, from, end));
        if (next == F_ROOT)
            break;
        ret->known_top = true;
        ret->member = ret->member && FIELDS[next].member.len > 0;
        put_path(ret, &len, FIELDS[next].member);
        at = next;
        from = end + 1;
    }
    ret->rest = str_slice(name, from, name.len);
    if (ret->rest.len)
        put_path(ret, &len, ret->rest);
    bool json = at != F_ROOT && FIELDS[at].type == FIELD_JSON;
    ret->node = ret->rest.len && !json ? F_ROOT : at;
    return true;
}

Str search_field_suggest(Str name)
{
    Str best = {"", 0}, first = str_slice(name, 0, str_find_byte(name, '.', 0));
    size_t least = DISTANCE_MAX + 1;
    for (int node = 0; node < FIELD_COUNT; node++) {
        const Field *field = &FIELDS[node];
        Str known = field->member.len ? field->member : field->column;
        size_t distance = str_distance(first, known);
        if (field->parent == F_ROOT && distance < least) {
            least = distance;
            best = known;
        }
    }
    return best;
}

bool search_field_select(Str name, Buf *sql, Error *err)
{
    SearchField field;
    char column[COLUMN_BYTES];
    if (!search_field_find(name, &field, err))
        return false;
    FieldNode node = field.node == F_ROOT ? F_EXTRA : field.node;
    Str rest = field.node == F_ROOT ? str_of(field.path) : field.rest;
    bool below = node != F_ROOT && FIELDS[node].parent != F_ROOT &&
                 FIELDS[FIELDS[node].parent].parent != F_ROOT &&
                 FIELDS[FIELDS[FIELDS[node].parent].parent].type == FIELD_LIST;
    if (below) { /* a member of a list's elements */
        field_path(FIELDS[FIELDS[node].parent].parent, column, sizeof column);
        return buf_printf(sql, err, "array_join(transform(%s, r -> r.%.*s), ', ')", column,
                          STR_ARG(FIELDS[node].column));
    }
    field_path(node, column, sizeof column);
    if (!rest.len)
        return buf_printf(sql, err, "%s", column);
    return buf_printf(sql, err, "array_join(json_values(%s, ", column) &&
           engine_quote(sql, rest, err) && buf_printf(sql, err, "), ', ')");
}
