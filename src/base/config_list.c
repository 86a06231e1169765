#include "base/config_list.h"

#include <stdio.h>
#include <string.h>

enum { LIST_BYTES_MAX = 1 << 16, LINES_BYTES_MAX = 2 << 20, SHOWN = 64, MEMBERS_BYTES = 200 };

void config_list_begin(ConfigList *list, const char *key, const char *members, Str source,
                       const char *file)
{
    config_list_free(list);
    *list = (ConfigList){.members = members,
                         .source = source,
                         .file = file,
                         .key = key,
                         .lines = buf_init(LINES_BYTES_MAX),
                         .first = buf_init(LIST_BYTES_MAX),
                         .others = buf_init(LIST_BYTES_MAX)};
}

void config_list_free(ConfigList *list)
{
    buf_free(&list->lines);
    buf_free(&list->first);
    buf_free(&list->others);
}

/* Members, of which the first is the one that an element must have. */
static Str first_member(const ConfigList *list)
{
    Str members = str_of(list->members);
    return str_slice(members, 0, str_find_byte(members, '|', 0));
}

static bool is_member(const ConfigList *list, Str name)
{
    Str rest = str_of(list->members);
    while (rest.len) {
        size_t bar = str_find_byte(rest, '|', 0);
        if (str_equal(str_slice(rest, 0, bar), name))
            return true;
        rest = str_slice(rest, bar + 1, rest.len);
    }
    return false;
}

/* Elements are kept apart by line ends and tabs, which no text may hold. */
static bool is_one_line(Str text)
{
    return !memchr(text.ptr, '\n', text.len) && !memchr(text.ptr, '\t', text.len) &&
           !memchr(text.ptr, '\0', text.len);
}

static bool refuse_member(const ConfigList *list, Str name, size_t line, Error *err)
{
    char known[MEMBERS_BYTES];
    size_t used = 0;
    for (const char *at = list->members; *at && used + 3 < sizeof known; at++) {
        if (*at == '|')
            known[used++] = ',';
        known[used++] = *at == '|' ? ' ' : *at;
    }
    known[used] = '\0';
    return error_set(err, ERROR_USAGE, "%s:%zu: an element of '%s' takes %s, not '%.*s'",
                     list->file, line, list->key, known, STR_ARG(str_slice(name, 0, SHOWN)));
}

/* What a bare mapping began with, once its colon was added. */
static Str bare_word(const ConfigList *list)
{
    return str_slice(buf_str(&list->first), 0, list->first.len - 1);
}

static bool begin_member(ConfigList *list, Str name, size_t line, Error *err)
{
    bool begins = !list->bare && !list->first.len && !list->others.len;
    bool known = is_member(list, name);
    if (list->bare || (!known && !begins) || !name.len || name.len >= sizeof list->member)
        return refuse_member(list, list->bare ? bare_word(list) : name, line, err);
    list->bare = !known;
    snprintf(list->member, sizeof list->member, "%.*s", STR_ARG(name));
    return true;
}

/* The text behind the colon of a bare word: nothing. */
static bool end_bare(ConfigList *list, Str text, size_t line, Error *err)
{
    Str word = str_of(list->member);
    if (text.len)
        return refuse_member(list, word, line, err);
    bool ok = buf_append_str(&list->first, word, err) && buf_append_byte(&list->first, ':', err);
    list->member[0] = '\0';
    return ok;
}

static bool end_member(ConfigList *list, Str text, Error *err)
{
    Str name = str_of(list->member);
    bool ok = str_equal(name, first_member(list)) ? buf_append_str(&list->first, text, err)
                                                  : buf_append_byte(&list->others, '\t', err) &&
                                                        buf_append_str(&list->others, name, err) &&
                                                        buf_append_byte(&list->others, '=', err) &&
                                                        buf_append_str(&list->others, text, err);
    list->member[0] = '\0';
    return ok;
}

static bool take_text(ConfigList *list, Str text, size_t line, Error *err)
{
    if (text.len && !is_one_line(text))
        return error_set(err, ERROR_USAGE, "%s:%zu: a text of '%s' has a control character",
                         list->file, line, list->key);
    if (!list->in_mapping)
        return buf_append_str(&list->lines, text, err) && buf_append_byte(&list->lines, '\n', err);
    if (!list->member[0])
        return begin_member(list, text, line, err);
    return list->bare ? end_bare(list, text, line, err) : end_member(list, text, err);
}

static bool end_mapping(ConfigList *list, size_t line, Error *err)
{
    list->in_mapping = false;
    if (!list->first.len)
        return error_set(err, ERROR_USAGE, "%s:%zu: an element of '%s' has no '%.*s'", list->file,
                         line, list->key, STR_ARG(first_member(list)));
    bool ok = buf_append_str(&list->lines, buf_str(&list->first), err) &&
              buf_append_str(&list->lines, buf_str(&list->others), err) &&
              buf_append_byte(&list->lines, '\n', err);
    list->first.len = list->others.len = 0;
    return ok;
}

/* An event of a mapping that is kept as it stands: its end is waited for. */
static bool take_kept(ConfigList *list, const yaml_event_t *event, Error *err)
{
    bool begins =
        event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
    bool ends = event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
    if (!list->depth)
        list->place = (ConfigDocumentPlace){.line = event->start_mark.line,
                                            .column = event->start_mark.column,
                                            .from = event->start_mark.index};
    list->depth += begins - ends;
    if (list->depth)
        return true;
    list->place.to = event->end_mark.index;
    return (config_document_write(&list->lines, list->source, &list->place, err) &&
            buf_append_byte(&list->lines, '\n', err)) ||
           error_context(err, "%s:%zu", list->file, list->place.line + 1);
}

bool config_list_take(ConfigList *list, const yaml_event_t *event, bool *ret_end, Error *err)
{
    size_t line = event->start_mark.line + 1;
    *ret_end = false;
    if (list->depth || (list->source.ptr && event->type == YAML_MAPPING_START_EVENT))
        return take_kept(list, event, err);
    *ret_end = event->type == YAML_SEQUENCE_END_EVENT;
    if (event->type == YAML_SCALAR_EVENT)
        return take_text(list,
                         (Str){(const char *)event->data.scalar.value, event->data.scalar.length},
                         line, err);
    if (event->type == YAML_MAPPING_START_EVENT && list->members && !list->in_mapping) {
        list->in_mapping = true;
        list->bare = false;
        return true;
    }
    if (event->type == YAML_MAPPING_END_EVENT && list->in_mapping && !list->member[0])
        return end_mapping(list, line, err);
    return *ret_end || error_set(err, ERROR_USAGE, "%s:%zu: '%s' takes a list of texts%s",
                                 list->file, line, list->key,
                                 list->members      ? " and mappings of texts"
                                 : list->source.ptr ? " and mappings"
                                                    : "");
}
