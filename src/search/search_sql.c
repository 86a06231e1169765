#include "search/search_sql.h"

#include <stdio.h>
#include <string.h>

#include "base/engine.h"
#include "search/search_field.h"
#include "search/search_value.h"

enum { COLUMN_BYTES = 256 };

/* A condition under way. */
typedef struct Writer {
    Str text;
    bool touched;
    Place *culprit;
    Buf *sql;
    Error *err;
    Str element;    /* the expression of the object that members are asked of; empty: the record */
    FieldNode list; /* then: the list that it is an element of; F_ROOT: it is JSON */
    unsigned depth; /* of lambdas */
} Writer;

/* Conditions joined by OR under way. */
typedef struct Join {
    Writer *writer;
    const char *word;
    unsigned count;
} Join;

static bool write_node(Writer *writer, const SearchNode *node);

static bool put(Writer *writer, const char *text)
{
    return buf_append_str(writer->sql, str_of(text), writer->err);
}

static bool put_quoted(Writer *writer, Str text)
{
    return engine_quote(writer->sql, text, writer->err);
}

static bool join_begin(Join *join)
{
    return put(join->writer, join->count++ ? join->word : "(");
}

/* *none* stands for no condition at all. */
static bool join_end(const Join *join, const char *none)
{
    return put(join->writer, join->count ? ")" : none);
}

/* What a node says of where it stands, in front of an error that says what is wrong. */
static bool place_failure(Writer *writer, const SearchNode *node, bool ok)
{
    if (ok || writer->err->kind != ERROR_INPUT)
        return ok;
    Error why = *writer->err;
    error_clear(writer->err);
    *writer->culprit = node->place;
    place_error(writer->text, node->place, writer->err, "%s", why.text);
    error_clear(&why);
    return false;
}

/* How a test is asked: of whole values, or of words within them. */
typedef struct Asked {
    const SearchTest *test;
    bool anywhere; /* of any field: a time is its text */
    bool words;
    SearchWords found; /* then */
} Asked;

static bool write_words(Writer *writer, const Asked *asked, Str value)
{
    Str words = buf_str(&asked->found.text);
    return put(writer, asked->found.regex ? "regexp_like(" : "holds_words(") &&
           buf_append_str(writer->sql, value, writer->err) && put(writer, ", ") &&
           put_quoted(writer, words) && put(writer, ")");
}

static bool write_value(Writer *writer, const Asked *asked, Str value)
{
    return asked->words ? write_words(writer, asked, value)
                        : search_value_write(asked->test, value, writer->sql, writer->err);
}

/* "any_match(LIST, vN -> condition of vN.member)" */
static bool write_any(Writer *writer, const Asked *asked, Str list, Str member)
{
    char value[COLUMN_BYTES];
    unsigned number = ++writer->depth;
    int len =
        snprintf(value, sizeof value, "v%u%s%.*s", number, member.len ? "." : "", STR_ARG(member));
    bool ok =
        buf_printf(writer->sql, writer->err, "any_match(%.*s, v%u -> ", STR_ARG(list), number) &&
        write_value(writer, asked, (Str){value, (size_t)len}) && put(writer, ")");
    writer->depth--;
    return ok;
}

/* Names whose spelling in JSON is always the same, but for \u. */
static bool is_plain_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = str_lower(name.ptr[i]);
        if (!c || !strchr("abcdefghijklmnopqrstuvwxyz0123456789_-$@ ", c))
            return false;
    }
    return name.len > 0;
}

/* A text that stands in JSON as it is, or behind a backslash in some place. */
static bool is_plain_value(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == '"' || text.ptr[i] == '\\')
            return false;
    return text.len > 0;
}

/* "(strpos(JSON, 'text') > 0 OR strpos(JSON, 'escape') > 0) AND " */
static bool put_guard(Writer *writer, Str json, Str text, const char *escape)
{
    return buf_printf(writer->sql, writer->err, "(strpos(%.*s, ", STR_ARG(json)) &&
           put_quoted(writer, text) &&
           buf_printf(writer->sql, writer->err, ") > 0 OR strpos(%.*s, '%s') > 0) AND ",
                      STR_ARG(json), escape);
}

/* What lets most documents be passed over: that the last name of the path is in their text, and the
 * value. */
static bool write_guard(Writer *writer, const Asked *asked, Str json, Str path)
{
    size_t from = path.len;
    while (from && path.ptr[from - 1] != '.')
        from--;
    Str last = str_slice(path, from, path.len);
    BUF_AUTO Buf name = buf_init(SEARCH_PATH_BYTES);
    bool value =
        !asked->words && asked->test->kind == SEARCH_EQUAL && is_plain_value(asked->test->text);
    if (value && !put_guard(writer, json, asked->test->text, "\\"))
        return false;
    return !is_plain_name(last) || (buf_printf(&name, writer->err, "%.*s\"", STR_ARG(last)) &&
                                    put_guard(writer, json, buf_str(&name), "\\u"));
}

/* Of what stands at *path* of the document *json*, or below. */
static bool write_json(Writer *writer, const Asked *asked, Str json, Str path)
{
    BUF_AUTO Buf list = buf_init(SEARCH_SQL_BYTES_MAX);
    if (asked->words && !asked->found.regex && !path.len)
        return buf_printf(writer->sql, writer->err, "json_holds_words(%.*s, ", STR_ARG(json)) &&
               put_quoted(writer, buf_str(&asked->found.text)) && put(writer, ")");
    return put(writer, "(") && write_guard(writer, asked, json, path) &&
           buf_printf(&list, writer->err, "json_values(%.*s, ", STR_ARG(json)) &&
           engine_quote(&list, path, writer->err) && buf_append_byte(&list, ')', writer->err) &&
           write_any(writer, asked, buf_str(&list), STR("")) && put(writer, ")");
}

/* The list that a leaf belongs to; F_ROOT when there is none. */
static FieldNode list_of(FieldNode leaf)
{
    for (FieldNode at = FIELDS[leaf].parent; at != F_ROOT; at = FIELDS[at].parent)
        if (FIELDS[at].type == FIELD_LIST)
            return at;
    return F_ROOT;
}

/* A column that is a copy of *leaf* and has a bloom filter; the leaf itself else. */
static FieldNode looked_up(FieldNode leaf, const SearchTest *test)
{
    for (int node = 0; test->kind == SEARCH_EQUAL && node < FIELD_COUNT; node++)
        if (node != (int)leaf && FIELDS[node].flags & FIELD_HOISTED &&
            field_source((FieldNode)node) == leaf)
            return (FieldNode)node;
    return leaf;
}

static bool write_list(Writer *writer, const Asked *asked, FieldNode leaf, FieldNode list)
{
    char path[COLUMN_BYTES];
    bool texts = FIELDS[leaf].parent == list;
    if (writer->list == list) { /* within an element */
        int len = snprintf(path, sizeof path, "%.*s.%.*s", STR_ARG(writer->element),
                           STR_ARG(FIELDS[leaf].column));
        return write_value(writer, asked, (Str){path, (size_t)len});
    }
    Str all = {path, field_path(list, path, sizeof path)};
    return write_any(writer, asked, all, texts ? STR("") : FIELDS[leaf].column);
}

/* A column that holds no text. */
static bool write_typed(Writer *writer, const Asked *asked, FieldNode leaf, Str column)
{
    BUF_AUTO Buf text = buf_init(2 * COLUMN_BYTES);
    bool time = FIELDS[leaf].type == FIELD_TIME, boolean = FIELDS[leaf].type == FIELD_BOOL;
    if (!asked->anywhere && time)
        return search_value_time(asked->test, column, writer->sql, writer->err);
    if (!asked->words && boolean)
        return search_value_boolean(asked->test, column, writer->sql, writer->err);
    bool ok = time ? search_value_time_text(column, &text, writer->err)
                   : buf_printf(&text, writer->err, "CAST(%.*s AS VARCHAR)", STR_ARG(column));
    return ok && write_value(writer, asked, buf_str(&text));
}

static bool write_leaf(Writer *writer, const Asked *asked, FieldNode leaf, Str rest)
{
    char path[COLUMN_BYTES];
    FieldNode list = list_of(leaf);
    if (list != F_ROOT)
        return write_list(writer, asked, leaf, list);
    if (!asked->words)
        leaf = looked_up(leaf, asked->test);
    Str column = {path, field_path(leaf, path, sizeof path)};
    if (FIELDS[leaf].type == FIELD_JSON)
        return write_json(writer, asked, column, rest);
    return field_is_text(leaf) ? write_value(writer, asked, column)
                               : write_typed(writer, asked, leaf, column);
}

static bool is_below(FieldNode node, FieldNode above)
{
    while (node != above && node != F_ROOT)
        node = FIELDS[node].parent;
    return node == above;
}

/* Leaves that are worth asking: a truth value holds no other words. */
static bool may_pass(const Asked *asked, FieldNode leaf)
{
    if (!asked->words)
        return true;
    if (FIELDS[leaf].type == FIELD_TIME)
        return search_value_may_be_time(asked->test);
    return FIELDS[leaf].type != FIELD_BOOL || asked->test->kind == SEARCH_GLOB ||
           str_equal_nocase(asked->test->text, STR("true")) ||
           str_equal_nocase(asked->test->text, STR("false"));
}

/* All leaves below *above*, or *above* itself, joined by OR. */
static bool write_leaves(Join *join, const Asked *asked, FieldNode above, Str rest)
{
    const unsigned odd = FIELD_HOISTED | FIELD_ORIGIN | FIELD_DERIVED | FIELD_SAMPLED;
    bool record = above == F_ROOT;
    for (int node = 0; node < FIELD_COUNT; node++) {
        FieldNode leaf = (FieldNode)node;
        if (!field_is_leaf(leaf) || !is_below(leaf, above) || !may_pass(asked, leaf) ||
            (record && (FIELDS[field_top(leaf)].flags & odd || leaf == F_EXTRA)))
            continue;
        if (!join_begin(join) || !write_leaf(join->writer, asked, leaf, rest))
            return false;
    }
    return true;
}

/* What `extra` says of the record, without our own words on it. */
static Str extra_of(const Writer *writer)
{
    return writer->list == F_ROOT && writer->element.len
               ? writer->element
               : STR("json_without(json_without(extra, '_absent'), '_altered')");
}

static bool write_extra(Join *join, const Asked *asked, Str path)
{
    return join_begin(join) && write_json(join->writer, asked, extra_of(join->writer), path);
}

static bool write_field(Writer *writer, const SearchNode *node)
{
    SearchField field;
    const Asked asked = {.test = &node->test};
    Join join = {writer, " OR ", 0};
    if (!search_field_find(node->field, &field, writer->err))
        return false;
    if (field.node != F_ROOT && !write_leaves(&join, &asked, field.node, field.rest))
        return false;
    bool time = field.node == F_EVENT_TIME &&
                (node->test.kind == SEARCH_RANGE || node->test.kind == SEARCH_EQUAL);
    if (writer->touched && field.member && !time && !writer->element.len &&
        !write_extra(&join, &asked, str_of(field.path)))
        return false;
    return join_end(&join, "FALSE");
}

/* Words anywhere, or a whole value of any field. */
static bool write_anywhere(Writer *writer, const SearchNode *node)
{
    Asked asked = {.test = &node->test, .anywhere = true};
    Join join = {writer, " OR ", 0};
    const SearchTestKind kind = node->test.kind;
    asked.words = node->where == SEARCH_NO_FIELD && kind != SEARCH_REGEX;
    bool ok = !asked.words || search_value_words(&node->test, &asked.found, writer->err);
    if (ok && asked.words && !asked.found.text.len)
        ok = error_set(writer->err, ERROR_INPUT, "an empty phrase is nowhere and everywhere");
    ok = ok && write_leaves(&join, &asked, F_ROOT, STR("")) && write_extra(&join, &asked, STR(""));
    if (ok && asked.words && kind == SEARCH_NETWORK) {
        SearchNode address = *node;
        address.where = SEARCH_FIELD;
        address.field = FIELDS[F_SOURCE_IP_ADDRESS].member;
        ok = join_begin(&join) && write_field(writer, &address);
    }
    buf_free(&asked.found.text);
    return ok && join_end(&join, "FALSE");
}

/* Of members of an object in a document. */
static bool write_member(Writer *writer, const SearchNode *node)
{
    const Asked asked = {.test = &node->test};
    return write_json(writer, &asked, writer->element, node->field);
}

static bool write_test(Writer *writer, const SearchNode *node)
{
    bool ok = search_value_check(&node->test, writer->err);
    if (ok && writer->element.len && writer->list == F_ROOT && node->where != SEARCH_FIELD)
        ok = error_set(writer->err, ERROR_INPUT, "within braces every term names a member");
    else if (ok && writer->element.len && writer->list == F_ROOT)
        ok = write_member(writer, node);
    else if (ok)
        ok = node->where == SEARCH_FIELD ? write_field(writer, node) : write_anywhere(writer, node);
    return place_failure(writer, node, ok);
}

static bool write_prefixed(Writer *writer, const SearchNode *node, Str field);

/* "any_match(LIST, vN -> inner)" of objects: rows of *list*, or JSON. */
static bool write_objects(Writer *writer, const SearchNode *inner, Str objects, FieldNode list)
{
    char name[16];
    Writer within = *writer;
    int len = snprintf(name, sizeof name, "v%u", ++within.depth);
    within.element = (Str){name, (size_t)len};
    within.list = list;
    return buf_printf(writer->sql, writer->err, "any_match(%.*s, %s -> coalesce(", STR_ARG(objects),
                      name) &&
           (list == F_ROOT ? write_node(&within, inner)
                           : write_prefixed(&within, inner, FIELDS[list].member)) &&
           put(writer, ", FALSE))");
}

static bool write_json_objects(Writer *writer, const SearchNode *inner, Str json, Str path)
{
    BUF_AUTO Buf list = buf_init(SEARCH_SQL_BYTES_MAX);
    return buf_printf(&list, writer->err, "json_objects(%.*s, ", STR_ARG(json)) &&
           engine_quote(&list, path, writer->err) && buf_append_byte(&list, ')', writer->err) &&
           write_objects(writer, inner, buf_str(&list), F_ROOT);
}

/* The names of a search with *field* in front of each. */
static SearchNode prefix_node(const SearchNode *node, Str field, char path[SEARCH_PATH_BYTES])
{
    SearchNode copy = *node;
    int len = snprintf(path, SEARCH_PATH_BYTES, "%.*s.%.*s", STR_ARG(field), STR_ARG(node->field));
    copy.field = (Str){path, (size_t)len < SEARCH_PATH_BYTES ? (size_t)len : SEARCH_PATH_BYTES - 1};
    return copy;
}

static bool write_group(Writer *writer, const SearchNode *node, Str field)
{
    Join join = {writer, node->kind == SEARCH_AND ? " AND " : " OR ", 0};
    for (const SearchNode *child = node->first; child; child = child->next)
        if (!join_begin(&join) ||
            !(field.len ? write_prefixed(writer, child, field) : write_node(writer, child)))
            return false;
    return join_end(&join, "TRUE");
}

/* An object of the record that is in no array: its members are fields. */
static bool write_prefixed(Writer *writer, const SearchNode *node, Str field)
{
    char path[SEARCH_PATH_BYTES];
    SearchNode copy = prefix_node(node, field, path);
    switch (node->kind) {
    case SEARCH_AND:
    case SEARCH_OR:
        return write_group(writer, node, field);
    case SEARCH_NOT:
        return put(writer, "NOT coalesce(") && write_prefixed(writer, node->first, field) &&
               put(writer, ", FALSE)");
    case SEARCH_TEST:
        if (node->where != SEARCH_FIELD)
            return place_failure(
                writer, node,
                error_set(writer->err, ERROR_INPUT, "within braces every term names a member"));
        return write_node(writer, &copy);
    case SEARCH_WITHIN:
        return write_node(writer, &copy);
    default:
        return write_node(writer, node);
    }
}

/* Of an object that is asked of itself: one within it. */
static bool write_inner(Writer *writer, const SearchNode *node)
{
    if (writer->list == F_ROOT)
        return write_json_objects(writer, node->first, writer->element, node->field);
    return place_failure(
        writer, node,
        error_set(writer->err, ERROR_INPUT, "a resource has no members that are objects"));
}

/* Of a column, or a member that no column takes. */
static bool write_outer(Writer *writer, const SearchNode *node, const SearchField *field)
{
    char column[COLUMN_BYTES];
    Join join = {writer, " OR ", 0};
    FieldNode at = field->node;
    Str path = {column, at == F_ROOT ? 0 : field_path(at, column, sizeof column)};
    bool ok = true;
    if (at != F_ROOT && FIELDS[at].type == FIELD_JSON)
        ok = join_begin(&join) && write_json_objects(writer, node->first, path, field->rest);
    else if (at == F_RESOURCES)
        ok = join_begin(&join) && write_objects(writer, node->first, path, F_RESOURCES);
    if (ok && writer->touched && field->member)
        ok = join_begin(&join) &&
             write_json_objects(writer, node->first, extra_of(writer), str_of(field->path));
    return ok && join_end(&join, "FALSE");
}

static bool write_within(Writer *writer, const SearchNode *node)
{
    SearchField field;
    if (writer->element.len)
        return write_inner(writer, node);
    if (!search_field_find(node->field, &field, writer->err))
        return place_failure(writer, node, false);
    return field.node != F_ROOT && FIELDS[field.node].type == FIELD_STRUCT
               ? write_prefixed(writer, node->first, node->field)
               : write_outer(writer, node, &field);
}

static bool write_node(Writer *writer, const SearchNode *node)
{
    switch (node->kind) {
    case SEARCH_ALL:
        return put(writer, "TRUE");
    case SEARCH_AND:
    case SEARCH_OR:
        return write_group(writer, node, STR(""));
    case SEARCH_NOT:
        return put(writer, "NOT coalesce(") && write_node(writer, node->first) &&
               put(writer, ", FALSE)");
    case SEARCH_TEST:
        return write_test(writer, node);
    default:
        return write_within(writer, node);
    }
}

bool search_sql_write(const SearchNode *root, Str text, bool touched, Buf *sql, Place *ret_culprit,
                      Error *err)
{
    Writer writer = {.text = text,
                     .touched = touched,
                     .culprit = ret_culprit,
                     .sql = sql,
                     .err = err,
                     .list = F_ROOT};
    *ret_culprit = (Place){0, 0};
    return write_node(&writer, root);
}

void search_sql_fields(const SearchNode *root, void (*take)(void *context, Str name), void *context)
{
    if (root->kind == SEARCH_WITHIN || (root->kind == SEARCH_TEST && root->where == SEARCH_FIELD))
        take(context, root->field);
    if (root->kind == SEARCH_TEST && root->where == SEARCH_NO_FIELD &&
        root->test.kind == SEARCH_NETWORK)
        take(context, FIELDS[F_SOURCE_IP_ADDRESS].member);
    for (const SearchNode *child = root->first; child && root->kind != SEARCH_WITHIN;
         child = child->next)
        search_sql_fields(child, take, context);
}

enum { SEEN_MAX = 64 };

/* Members of the record that fields begin with, under way. */
typedef struct Touches {
    Join join;
    Writer *writer;
    Str seen[SEEN_MAX]; /* as the search writes them */
    size_t count;
    bool ok;
} Touches;

/* Whether the name was there before; of very many names the last ones are not known. */
static bool is_seen(Touches *touches, Str name)
{
    for (size_t i = 0; i < touches->count; i++)
        if (str_equal(touches->seen[i], name))
            return true;
    if (touches->count < SEEN_MAX)
        touches->seen[touches->count++] = name;
    return false;
}

/* `extra` names the member, at its beginning, with another value than null. */
static bool write_touch(Touches *touches, Str member)
{
    Writer *writer = touches->writer;
    BUF_AUTO Buf null = buf_init(2 * SEARCH_PATH_BYTES);
    BUF_AUTO Buf name = buf_init(2 * SEARCH_PATH_BYTES);
    return buf_printf(&null, writer->err, "\"%.*s\":null", STR_ARG(member)) &&
           buf_printf(&name, writer->err, "\"%.*s", STR_ARG(member)) &&
           join_begin(&touches->join) && put(writer, "strpos(replace(extra, ") &&
           put_quoted(writer, buf_str(&null)) && put(writer, ", ''), ") &&
           put_quoted(writer, buf_str(&name)) && put(writer, ") > 0");
}

static void note_touch(void *context, Str name)
{
    Touches *touches = context;
    SearchField field;
    touches->ok = touches->ok && search_field_find(name, &field, touches->writer->err);
    if (!touches->ok || !field.member ||
        is_seen(touches, str_slice(name, 0, str_find_byte(name, '.', 0))))
        return;
    Str path = str_of(field.path);
    touches->ok = write_touch(touches, str_slice(path, 0, str_find_byte(path, '.', 0)));
}

bool search_sql_touches(const SearchNode *root, Buf *sql, Error *err)
{
    Writer writer = {.sql = sql, .err = err, .list = F_ROOT};
    Touches touches = {.join = {&writer, " OR ", 0}, .writer = &writer, .ok = true};
    search_sql_fields(root, note_touch, &touches);
    bool ok = touches.ok && (!touches.join.count || (join_begin(&touches.join) &&
                                                     put(&writer, "strpos(extra, '\\u') > 0")));
    return ok && join_end(&touches.join, "");
}

void search_sql_words(const SearchNode *root, void (*take)(void *context, Str text), void *context)
{
    if (root->kind == SEARCH_TEST && root->where == SEARCH_NO_FIELD &&
        root->test.kind == SEARCH_EQUAL)
        take(context, root->test.text);
    for (const SearchNode *child = root->first; child; child = child->next)
        search_sql_words(child, take, context);
}
