/* Filter patterns for fields between blanks ("CloudWatch Logs filter patterns", A5). */
#include <string.h>

#include "detect/cloudwatch_reading.h"

enum { FIELDS_MAX = 512 };

static const char STOPS[] = ",]&|";
static const char REST[] = "...";

typedef struct Fields {
    Str names[FIELDS_MAX];
    uint32_t count;
    bool open; /* one of them is "..." */
} Fields;

/* "$name", as extracted values are called. */
static bool take_name(CloudWatchReading *reading, Str *ret)
{
    Str name = cloudwatch_lex_name(reading, "-");
    if (!name.len)
        return cloudwatch_lex_fail(reading, "the name of a field or ...");
    char *copy = arena_alloc(reading->arena, name.len + 1, reading->err);
    if (!copy)
        return false;
    copy[0] = '$';
    memcpy(copy + 1, name.ptr, name.len);
    *ret = (Str){copy, name.len + 1};
    return true;
}

static const Expr *read_comparison(CloudWatchReading *reading, Str name)
{
    const Step step = {.kind = STEP_NAME, .name = name};
    cloudwatch_lex_space(reading);
    const Test *test = cloudwatch_lex_comparison(reading, STOPS);
    const FieldPath *path = test ? steps_path(name, &step, 1, reading->arena, reading->err) : NULL;
    return path ? expr_item(path, test, reading->arena, reading->err) : NULL;
}

/* The field's own name again, as behind && and ||. */
static bool take_again(CloudWatchReading *reading, Str name)
{
    size_t from;
    cloudwatch_lex_space(reading);
    from = reading->at;
    if (str_equal(cloudwatch_lex_name(reading, "-"), str_slice(name, 1, name.len)))
        return true;
    reading->at = from;
    return cloudwatch_lex_fail(reading, "the name of the same field");
}

/* "status = 4* && status != 404 || status = 500": && first. */
static const Expr *read_conditions(CloudWatchReading *reading, Str name)
{
    ExprList any = {NULL, NULL};
    do {
        ExprList all = {NULL, NULL};
        do {
            bool first = !any.first && !all.first;
            const Expr *one =
                first || take_again(reading, name) ? read_comparison(reading, name) : NULL;
            if (!one || !expr_add(&all, one, reading->arena, reading->err))
                return NULL;
            cloudwatch_lex_space(reading);
        } while (cloudwatch_lex_take(reading, STR("&&")));
        const Expr *joined = expr_join(EXPR_AND, &all, reading->arena, reading->err);
        if (!joined || !expr_add(&any, joined, reading->arena, reading->err))
            return NULL;
    } while (cloudwatch_lex_take(reading, STR("||")));
    return expr_join(EXPR_OR, &any, reading->arena, reading->err);
}

static bool is_taken(const Fields *fields, Str name)
{
    for (uint32_t i = 0; i < fields->count; i++)
        if (str_equal(fields->names[i], name))
            return true;
    return false;
}

static bool read_rest(CloudWatchReading *reading, Fields *fields)
{
    if (fields->open)
        return cloudwatch_lex_fail(reading, "... once only");
    fields->open = true;
    fields->names[fields->count++] = str_of(REST);
    return true;
}

static bool read_field(CloudWatchReading *reading, Fields *fields, ExprList *all)
{
    Str name = STR("");
    cloudwatch_lex_space(reading);
    size_t from = reading->at;
    if (fields->count == FIELDS_MAX)
        return cloudwatch_lex_fail(reading, "at most 512 fields");
    if (cloudwatch_lex_take(reading, str_of(REST)))
        return read_rest(reading, fields);
    if (!take_name(reading, &name))
        return false;
    if (is_taken(fields, name)) {
        reading->at = from;
        return cloudwatch_lex_fail(reading, "a name that no other field has");
    }
    fields->names[fields->count++] = name;
    cloudwatch_lex_space(reading);
    if (cloudwatch_lex_end(reading) || strchr(",]", reading->text.ptr[reading->at]))
        return true;
    const Expr *expr = read_conditions(reading, name);
    return expr && expr_add(all, expr, reading->arena, reading->err);
}

const Expr *cloudwatch_fields_read(CloudWatchReading *reading, CloudWatchPattern *pattern)
{
    Fields fields = {.count = 0};
    ExprList all = {NULL, NULL};
    reading->depth = 1;
    do {
        if (!read_field(reading, &fields, &all))
            return NULL;
        cloudwatch_lex_space(reading);
    } while (cloudwatch_lex_take(reading, STR(",")));
    if (!cloudwatch_lex_take(reading, STR("]")))
        return cloudwatch_lex_fail(reading, "a comma or ]"), NULL;
    cloudwatch_lex_space(reading);
    if (!cloudwatch_lex_end(reading))
        return cloudwatch_lex_fail(reading, "the end"), NULL;
    Str *names = arena_alloc(reading->arena, fields.count * sizeof *names, reading->err);
    if (!names)
        return NULL;
    memcpy(names, fields.names, fields.count * sizeof *names);
    pattern->fields = names;
    pattern->field_count = fields.count;
    return expr_join(EXPR_AND, &all, reading->arena, reading->err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where the bracket or quote at *at* is closed, text.len if nowhere. */
static size_t find_close(Str text, size_t at)
{
    char close = text.ptr[at] == '[' ? ']' : '"';
    for (at++; at < text.len && text.ptr[at] != close; at++)
        at += close == '"' && text.ptr[at] == '\\';
    return at < text.len ? at : text.len;
}

/* The next field of a line, without its brackets or quotes. *at* is moved behind it. */
static bool next_token(Str line, size_t *at, Str *ret, size_t *ret_from)
{
    while (*at < line.len && is_blank(line.ptr[*at]))
        ++*at;
    size_t from = *ret_from = *at;
    if (from == line.len)
        return false;
    size_t close = strchr("[\"", line.ptr[from]) ? find_close(line, from) : line.len;
    if (line.ptr[from] && close < line.len) {
        *ret = str_slice(line, from + 1, close);
        *at = close + 1;
        return true;
    }
    while (*at < line.len && !is_blank(line.ptr[*at]))
        ++*at;
    *ret = str_slice(line, from, *at);
    return true;
}

static uint32_t count_tokens(Str line)
{
    uint32_t count = 0;
    Str token;
    size_t from;
    for (size_t at = 0; next_token(line, &at, &token, &from);)
        count++;
    return count;
}

static bool add_field(Json *object, Json ***last, Str name, Str text, Arena *arena, Error *err)
{
    Json *field = arena_calloc(arena, 1, sizeof *field, err);
    if (!field)
        return false;
    *field = (Json){.type = JSON_STRING, .name = name, .text = text, .raw = text};
    **last = field;
    *last = &field->next;
    object->count++;
    return true;
}

/* Where there is no "...", the last field takes what is left of the line. */
bool cloudwatch_fields_event(const CloudWatchPattern *pattern, Str line, Arena *arena,
                             const Json **ret, Error *err)
{
    uint32_t tokens = count_tokens(line), fields = pattern->field_count, open = 0;
    for (uint32_t i = 0; i < fields; i++)
        open += str_equal(pattern->fields[i], str_of(REST));
    *ret = NULL;
    if (tokens < fields - open)
        return true;
    Json *object = arena_calloc(arena, 1, sizeof *object, err);
    Json **last = object ? &object->first : NULL;
    size_t at = 0, from;
    Str token;
    for (uint32_t i = 0; object && i < fields; i++) {
        bool rest = str_equal(pattern->fields[i], str_of(REST));
        for (uint32_t skip = rest ? tokens - (fields - open) : 0; skip; skip--)
            next_token(line, &at, &token, &from);
        if (rest)
            continue;
        next_token(line, &at, &token, &from);
        if (i + 1 == fields && !open && tokens > fields)
            token = str_trim(str_slice(line, from, line.len));
        if (!add_field(object, &last, pattern->fields[i], token, arena, err))
            return false;
    }
    if (object)
        object->type = JSON_OBJECT;
    *ret = object;
    return object != NULL;
}
