#include "planner/names_scope.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NEAR_MAX = 3, TEXT_MAX = 4096 };

bool names_fail(Names *names, Place place, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (names->culprit)
        *names->culprit = place;
    return place_error(names->input->sql, place, names->err, "%s", text);
}

Str names_text(Names *names, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list list;
    va_start(list, format);
    int len = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (len < 0 || len >= (int)sizeof text) {
        error_set(names->err, ERROR_LIMIT, "a name is longer than %d bytes", TEXT_MAX);
        return (Str){"", 0};
    }
    const char *copy = arena_text(names->arena, (Str){text, (size_t)len}, names->err);
    return copy ? (Str){copy, (size_t)len} : (Str){"", 0};
}

Str names_quote(Names *names, Str name)
{
    char *copy = arena_alloc(names->arena, 2 * name.len + 3, names->err);
    size_t len = 0;
    if (!copy)
        return (Str){"", 0};
    copy[len++] = '"';
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            copy[len++] = '"';
        copy[len++] = name.ptr[i];
    }
    copy[len++] = '"';
    copy[len] = '\0';
    return (Str){copy, len};
}

bool names_scope_entry(Names *names, NamesScope *scope, NamesEntry entry)
{
    if (scope->count == scope->cap) {
        uint32_t cap = scope->cap ? 2 * scope->cap : 64;
        NamesEntry *grown = arena_alloc(names->arena, cap * sizeof *grown, names->err);
        if (!grown)
            return false;
        if (scope->count)
            memcpy(grown, scope->entries, scope->count * sizeof *grown);
        scope->entries = grown;
        scope->cap = cap;
    }
    scope->entries[scope->count++] = entry;
    return true;
}

bool names_scope_add(Names *names, NamesScope *scope, const NamesRelation *relation)
{
    for (uint32_t i = 0; i < relation->count; i++) {
        bool hidden = relation->columns[i].flags & CATALOG_HIDDEN;
        if (!names_scope_entry(names, scope,
                               (NamesEntry){relation->name, &relation->columns[i], true, !hidden}))
            return false;
    }
    return true;
}

static const NamesColumn *find_named(const NamesColumn *columns, uint32_t count, Str name)
{
    for (uint32_t i = 0; i < count; i++)
        if (columns[i].name.len && str_equal_nocase(columns[i].name, name))
            return &columns[i];
    return NULL;
}

static const NamesColumn *find_here(Names *names, const NamesScope *scope, Str qualifier, Str name,
                                    Place place)
{
    const NamesColumn *found = NULL;
    if (!qualifier.len) {
        found = find_named(scope->parameters, scope->parameter_count, name);
        if (!found)
            found = find_named(scope->outputs, scope->output_count, name);
        if (found)
            return found;
    }
    for (uint32_t i = 0; i < scope->count; i++) {
        const NamesEntry *entry = &scope->entries[i];
        bool fits = qualifier.len ? str_equal_nocase(entry->qualifier, qualifier) : entry->bare;
        if (!fits || !entry->column->name.len || !str_equal_nocase(entry->column->name, name))
            continue;
        bool hidden = entry->column->flags & CATALOG_HIDDEN;
        if (found && hidden != (bool)(found->flags & CATALOG_HIDDEN)) {
            found = hidden ? found : entry->column; /* a partition's column gives way */
            continue;
        }
        if (found) {
            names_fail(names, place, "column '%.*s' is ambiguous: several relations have it",
                       STR_ARG(str_slice(name, 0, 80)));
            return NULL;
        }
        found = entry->column;
    }
    return found;
}

const NamesColumn *names_scope_find(Names *names, const NamesScope *scope, Str qualifier, Str name,
                                    Place place)
{
    for (; scope; scope = scope->outer) {
        const NamesColumn *found = find_here(names, scope, qualifier, name, place);
        if (found || names->err->kind != ERROR_NONE)
            return found;
    }
    return NULL;
}

bool names_scope_qualifies(const NamesScope *scope, Str qualifier)
{
    for (; scope; scope = scope->outer)
        for (uint32_t i = 0; i < scope->count; i++)
            if (str_equal_nocase(scope->entries[i].qualifier, qualifier))
                return true;
    return false;
}

bool names_scope_missing(Names *names, const NamesScope *scope, Str name, Place place)
{
    const NamesColumn *near = NULL;
    size_t least = NEAR_MAX + 1;
    char quoted[PLACE_QUOTE_BYTES];
    for (const NamesScope *at = scope; at; at = at->outer)
        for (uint32_t i = 0; i < at->count; i++) {
            size_t distance = str_distance(at->entries[i].column->name, name);
            if (at->entries[i].column->name.len && distance < least && distance < name.len) {
                least = distance;
                near = at->entries[i].column;
            }
        }
    place_quote(name, quoted);
    if (!near)
        return names_fail(names, place, "column '%s' cannot be resolved", quoted);
    return names_fail(names, place, "column '%s' cannot be resolved; did you mean '%.*s'?", quoted,
                      STR_ARG(str_slice(near->name, 0, 80)));
}
