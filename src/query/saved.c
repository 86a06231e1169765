#include "query/saved.h"

#include <string.h>

#include "base/engine.h"
#include "base/timestamp.h"

enum { NEAR_MAX = 6 };

static const Str FOLDER = {"queries/", 8}, ENDING = {".sql", 4};

static Str next_line(Str *text)
{
    size_t end = str_find_byte(*text, '\n', 0);
    Str line = str_slice(*text, 0, end);
    *text = str_slice(*text, end + 1, text->len);
    return line;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static Str take_name(Str *rest)
{
    size_t len = 0;
    *rest = str_trim(*rest);
    while (len < rest->len && is_name_byte(rest->ptr[len]))
        len++;
    Str name = str_slice(*rest, 0, len);
    *rest = str_trim(str_slice(*rest, len, rest->len));
    return name;
}

static bool is_type(Str type)
{
    static const char *const TYPES[] = {"varchar", "varchar list", "integer",
                                        "date",    "date list",    "timestamp"};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (str_equal(type, str_of(TYPES[i])))
            return true;
    return false;
}

/* The place of " -- " outside of quotes, or the end. */
static size_t words_at(Str rest)
{
    bool quoted = false;
    for (size_t i = 0; i + 4 <= rest.len; i++) {
        quoted ^= rest.ptr[i] == '\'';
        if (!quoted && memcmp(rest.ptr + i, " -- ", 4) == 0)
            return i;
    }
    return rest.len;
}

/* "account varchar = '%' -- which accounts" */
static bool read_parameter(Saved *saved, Str rest, Error *err)
{
    SavedParameter *parameter = &saved->parameters[saved->parameter_count];
    if (saved->parameter_count == SAVED_PARAMETERS_MAX)
        return error_set(err, ERROR_INPUT, "more than %d parameters", SAVED_PARAMETERS_MAX);
    parameter->name = take_name(&rest);
    size_t words = words_at(rest);
    parameter->words = str_trim(str_slice(rest, words + 4, rest.len));
    rest = str_trim(str_slice(rest, 0, words));
    size_t equals = str_find_byte(rest, '=', 0);
    parameter->type = str_trim(str_slice(rest, 0, equals));
    parameter->standard = str_trim(str_slice(rest, equals + 1, rest.len));
    if (!parameter->name.len || !is_type(parameter->type) || !parameter->words.len)
        return error_set(err, ERROR_INPUT,
                         "expected 'parameter: name type = default -- words', found '%.*s'",
                         STR_ARG(str_slice(rest, 0, 80)));
    saved->parameter_count++;
    return true;
}

static bool read_header(Saved *saved, Str line, Error *err)
{
    const struct {
        Str key;
        Str *value;
    } KEYS[] = {{STR("title:"), &saved->title},
                {STR("question:"), &saved->question},
                {STR("group:"), &saved->group}};
    line = str_trim(str_slice(line, 2, line.len));
    if (str_starts(line, STR("parameter:")))
        return read_parameter(saved, str_slice(line, 10, line.len), err);
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (str_starts(line, KEYS[i].key)) {
            *KEYS[i].value = str_trim(str_slice(line, KEYS[i].key.len, line.len));
            return true;
        }
    return error_set(err, ERROR_INPUT,
                     "expected title:, question:, group: or parameter:, found '%.*s'",
                     STR_ARG(str_slice(line, 0, 80)));
}

bool saved_read(Str name, Str text, Saved *ret, Error *err)
{
    *ret = (Saved){.name = name};
    while (str_starts(text, STR("--")))
        if (!read_header(ret, next_line(&text), err))
            return error_context(err, "saved query '%.*s'", STR_ARG(name));
    ret->body = str_trim(text);
    if (ret->title.len && ret->question.len && ret->group.len && ret->body.len)
        return true;
    return error_set(err, ERROR_INPUT,
                     "saved query '%.*s' lacks a title, a question, a group or its statement",
                     STR_ARG(name));
}

bool saved_at(size_t index, Saved *ret)
{
    Error ignored = {0};
    for (const ContentFile *file = CONTENT_FILES; file->path; file++) {
        Str path = str_of(file->path);
        if (!str_starts(path, FOLDER) || !str_ends(path, ENDING) || index--)
            continue;
        Str name = str_slice(path, FOLDER.len, path.len - ENDING.len);
        return saved_read(name, (Str){(const char *)file->bytes, file->len}, ret, &ignored);
    }
    return false;
}

bool saved_find(Str name, Saved *ret, Error *err)
{
    Str near = {"", 0};
    size_t least = NEAR_MAX;
    for (size_t i = 0; saved_at(i, ret); i++) {
        size_t distance = str_distance(ret->name, name);
        if (distance == 0)
            return true;
        if (distance < least) {
            least = distance;
            near = ret->name;
        }
    }
    if (near.len)
        return error_set(err, ERROR_USAGE, "no saved query '%.*s'; did you mean '%.*s'?",
                         STR_ARG(str_slice(name, 0, 80)), STR_ARG(near));
    return error_set(err, ERROR_USAGE, "no saved query '%.*s'; --saved list names them",
                     STR_ARG(str_slice(name, 0, 80)));
}

static bool is_integer(Str value)
{
    uint64_t number;
    bool negative = value.len && value.ptr[0] == '-';
    return str_to_u64(str_slice(value, negative, value.len), &number) && number <= INT64_MAX;
}

static bool put_moment(const SavedParameter *parameter, Str value, bool date, Buf *out, Error *err)
{
    int64_t moment;
    char text[TIMESTAMP_TEXT_BYTES];
    if (!timestamp_parse_operator(value, &moment, err))
        return error_context(err, "parameter %.*s", STR_ARG(parameter->name));
    timestamp_format(moment, text);
    text[date ? 10 : strlen(text) - 1] = '\0';
    if (!date)
        text[10] = ' ';
    return buf_printf(out, err, "%s '%s'", date ? "DATE" : "TIMESTAMP", text);
}

/* "a, b" as literals with commas between; a list without a day is NULL, which no day equals. */
static bool put_list(const SavedParameter *parameter, Str value, bool dates, Buf *out, Error *err)
{
    bool ok = true, any = false;
    for (size_t at = 0; ok && at <= value.len;) {
        size_t end = str_find_byte(value, ',', at);
        Str one = str_trim(str_slice(value, at, end));
        at = end + 1;
        if (dates && !one.len)
            continue;
        ok = (!any || buf_append(out, ", ", 2, err)) &&
             (dates ? put_moment(parameter, one, true, out, err) : engine_quote(out, one, err));
        any = true;
    }
    return ok && (any || buf_append(out, "NULL", 4, err));
}

/* A value as a literal of the parameter's type. */
static bool put_literal(const SavedParameter *parameter, Str value, Buf *out, Error *err)
{
    Str type = parameter->type;
    if (str_equal(type, STR("varchar")))
        return engine_quote(out, value, err);
    if (str_ends(type, STR(" list")))
        return put_list(parameter, value, str_starts(type, STR("date")), out, err);
    if (!str_equal(type, STR("integer")))
        return put_moment(parameter, value, str_equal(type, STR("date")), out, err);
    return is_integer(value)
               ? buf_append_str(out, value, err)
               : error_set(err, ERROR_USAGE, "parameter %.*s is an integer, not '%.*s'",
                           STR_ARG(parameter->name), STR_ARG(str_slice(value, 0, 80)));
}

static bool put_parameter(const Saved *saved, Str name, const SavedValue *values, size_t count,
                          Buf *out, Error *err)
{
    for (uint32_t i = 0; i < saved->parameter_count; i++) {
        const SavedParameter *parameter = &saved->parameters[i];
        if (!str_equal(parameter->name, name))
            continue;
        for (size_t v = count; v-- > 0;)
            if (str_equal(values[v].name, name))
                return put_literal(parameter, values[v].value, out, err);
        if (parameter->standard.len)
            return buf_append_str(out, parameter->standard, err);
        return error_set(err, ERROR_USAGE, "parameter %.*s must be given: -p %.*s=... (%.*s)",
                         STR_ARG(name), STR_ARG(name), STR_ARG(parameter->words));
    }
    return error_set(err, ERROR_INPUT, "saved query '%.*s' has no parameter '%.*s'",
                     STR_ARG(saved->name), STR_ARG(name));
}

static bool check_given(const Saved *saved, const SavedValue *values, size_t count, Error *err)
{
    for (size_t v = 0; v < count; v++) {
        bool known = false;
        for (uint32_t i = 0; i < saved->parameter_count; i++)
            known |= str_equal(saved->parameters[i].name, values[v].name);
        if (!known)
            return error_set(err, ERROR_USAGE, "query '%.*s' has no parameter '%.*s'",
                             STR_ARG(saved->name), STR_ARG(str_slice(values[v].name, 0, 80)));
    }
    return true;
}

bool saved_write(const Saved *saved, const SavedValue *values, size_t count, Buf *out, Error *err)
{
    Str body = saved->body;
    bool ok = check_given(saved, values, count, err);
    for (size_t at = 0; ok && at < body.len;) {
        size_t end = engine_copied_end(body, at);
        bool named = body.ptr[at] == ':' && at + 1 < body.len && is_name_byte(body.ptr[at + 1]);
        if (!named) {
            ok = buf_append_str(out, str_slice(body, at, end), err);
            at = end;
            continue;
        }
        for (end = at + 1; end < body.len && is_name_byte(body.ptr[end]);)
            end++;
        ok = put_parameter(saved, str_slice(body, at + 1, end), values, count, out, err);
        at = end;
    }
    return ok;
}
