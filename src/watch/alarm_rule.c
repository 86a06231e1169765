#include "watch/alarm_rule.h"

enum { DEPTH_MAX = 64, SHOWN = 40 };

typedef enum { NODE_CONSTANT, NODE_NOT, NODE_AND, NODE_OR, NODE_STATE, NODE_AT_LEAST } NodeKind;

/* A node; AND and OR have their parts in first ... next, AT_LEAST its alarms in names. */
typedef struct Node Node;
struct Node {
    NodeKind kind;
    bool value; /* of a constant; of AT_LEAST: alarms that are not in the state count */
    AlarmState state;
    size_t name; /* of STATE */
    size_t *names, count;
    unsigned least;
    bool percent;
    Node *first, *next;
};

struct AlarmRule {
    Node *root;
    Str names[ALARM_RULE_NAMES_MAX];
    size_t count;
};

typedef struct Reader {
    Str text;
    size_t at;
    unsigned depth;
    AlarmRule *rule;
    Arena *arena;
    Error *err;
} Reader;

static Node *read_or(Reader *reader);

/* Returns NULL. */
static Node *refuse(Reader *reader, const char *expected)
{
    Str rest = str_slice(reader->text, reader->at, reader->at + SHOWN);
    if (rest.len)
        error_set(reader->err, ERROR_INPUT, "at character %zu: expected %s, found '%.*s'",
                  reader->at + 1, expected, STR_ARG(rest));
    else
        error_set(reader->err, ERROR_INPUT, "at its end: expected %s", expected);
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void pass_blanks(Reader *reader)
{
    while (reader->at < reader->text.len && is_blank(reader->text.ptr[reader->at]))
        reader->at++;
}

/* What stands unquoted: no blanks, parentheses and commas are in it. */
static Str peek_word(Reader *reader)
{
    pass_blanks(reader);
    size_t end = reader->at;
    while (end < reader->text.len && !is_blank(reader->text.ptr[end]) &&
           str_find_byte(STR("(),\""), reader->text.ptr[end], 0) == 4)
        end++;
    return str_slice(reader->text, reader->at, end);
}

static bool take_word(Reader *reader, Str word)
{
    if (!str_equal(peek_word(reader), word))
        return false;
    reader->at += word.len;
    return true;
}

static bool take_mark(Reader *reader, char mark)
{
    pass_blanks(reader);
    if (reader->at == reader->text.len || reader->text.ptr[reader->at] != mark)
        return false;
    reader->at++;
    return true;
}

static Node *new_node(Reader *reader, NodeKind kind)
{
    Node *node = arena_calloc(reader->arena, 1, sizeof *node, reader->err);
    if (node)
        node->kind = kind;
    return node;
}

/* ---- names ---- */

static bool read_quoted(Reader *reader, Str *ret)
{
    char *text = arena_alloc(reader->arena, reader->text.len + 1, reader->err);
    size_t len = 0;
    if (!text)
        return false;
    for (reader->at++; reader->at < reader->text.len; reader->at++) {
        char c = reader->text.ptr[reader->at];
        if (c == '"') {
            reader->at++;
            *ret = (Str){text, len};
            return len > 0 || refuse(reader, "a name that is not empty") != NULL;
        }
        if (c == '\\' && reader->at + 1 < reader->text.len)
            c = reader->text.ptr[++reader->at];
        text[len++] = c;
    }
    return refuse(reader, "the quote that ends a name") != NULL;
}

static bool keep_name(Reader *reader, Str name, size_t *ret)
{
    AlarmRule *rule = reader->rule;
    for (*ret = 0; *ret < rule->count; (*ret)++)
        if (str_equal(rule->names[*ret], name))
            return true;
    if (rule->count == ALARM_RULE_NAMES_MAX)
        return error_set(reader->err, ERROR_INPUT, "it names more than %d alarms",
                         ALARM_RULE_NAMES_MAX);
    const char *kept = arena_text(reader->arena, name, reader->err);
    if (!kept)
        return false;
    rule->names[rule->count++] = (Str){kept, name.len};
    return true;
}

static bool read_name(Reader *reader, size_t *ret)
{
    Str name = peek_word(reader);
    if (reader->at < reader->text.len && reader->text.ptr[reader->at] == '"') {
        if (!read_quoted(reader, &name))
            return false;
    } else if (!name.len) {
        return refuse(reader, "the name of an alarm") != NULL;
    } else {
        reader->at += name.len;
    }
    return keep_name(reader, name, ret);
}

static bool read_names(Reader *reader, Node *node)
{
    node->names =
        arena_calloc(reader->arena, ALARM_RULE_NAMES_MAX, sizeof *node->names, reader->err);
    if (!node->names)
        return false;
    if (!take_mark(reader, '('))
        return refuse(reader, "'('") != NULL;
    do {
        if (node->count == ALARM_RULE_NAMES_MAX)
            return error_set(reader->err, ERROR_INPUT, "it names more than %d alarms",
                             ALARM_RULE_NAMES_MAX);
        if (!read_name(reader, &node->names[node->count]))
            return false;
        node->count++;
    } while (take_mark(reader, ','));
    return take_mark(reader, ')') || refuse(reader, "')'") != NULL;
}

/* ---- atoms ---- */

static bool read_state(Reader *reader, AlarmState *ret)
{
    Str word = peek_word(reader);
    if (!alarm_state_read(word, ret))
        return refuse(reader, "ALARM, OK or INSUFFICIENT_DATA") != NULL;
    reader->at += word.len;
    return true;
}

static bool read_count(Reader *reader, Node *node)
{
    Str word = peek_word(reader), digits = word;
    uint64_t number;
    node->percent = word.len && word.ptr[word.len - 1] == '%';
    digits.len -= node->percent;
    if (!str_to_u64(digits, &number) || !number || number > (node->percent ? 100 : 100000))
        return refuse(reader, "a number of alarms, or a share such as 50%") != NULL;
    reader->at += word.len;
    node->least = (unsigned)number;
    return true;
}

/* Behind the word AT_LEAST. */
static Node *read_at_least(Reader *reader)
{
    Node *node = new_node(reader, NODE_AT_LEAST);
    if (!node)
        return NULL;
    if (!take_mark(reader, '('))
        return refuse(reader, "'('");
    if (!read_count(reader, node))
        return NULL;
    if (!take_mark(reader, ','))
        return refuse(reader, "','");
    node->value = take_word(reader, STR("NOT"));
    if (!read_state(reader, &node->state))
        return NULL;
    if (!take_mark(reader, ','))
        return refuse(reader, "','");
    if (!read_names(reader, node))
        return NULL;
    return take_mark(reader, ')') ? node : refuse(reader, "')'");
}

static Node *read_state_of(Reader *reader)
{
    Node *node = new_node(reader, NODE_STATE);
    AlarmState state;
    if (!node)
        return NULL;
    Str word = peek_word(reader);
    if (!alarm_state_read(word, &state))
        return refuse(reader,
                      "a state with an alarm's name in parentheses, AT_LEAST, TRUE, FALSE or "
                      "'('");
    node->state = state;
    reader->at += word.len;
    if (!take_mark(reader, '('))
        return refuse(reader, "'('");
    if (!read_name(reader, &node->name))
        return NULL;
    return take_mark(reader, ')') ? node : refuse(reader, "')'");
}

static Node *read_constant(Reader *reader, bool value)
{
    Node *node = new_node(reader, NODE_CONSTANT);
    if (node)
        node->value = value;
    return node;
}

static Node *read_atom(Reader *reader)
{
    if (take_word(reader, STR("TRUE")))
        return read_constant(reader, true);
    if (take_word(reader, STR("FALSE")))
        return read_constant(reader, false);
    if (take_word(reader, STR("AT_LEAST")))
        return read_at_least(reader);
    if (!take_mark(reader, '('))
        return read_state_of(reader);
    if (reader->depth++ == DEPTH_MAX) {
        error_set(reader->err, ERROR_INPUT, "it is nested deeper than %d", DEPTH_MAX);
        return NULL;
    }
    Node *inner = read_or(reader);
    reader->depth--;
    if (!inner)
        return NULL;
    return take_mark(reader, ')') ? inner : refuse(reader, "AND, OR or ')'");
}

/* ---- operators ---- */

static Node *read_not(Reader *reader)
{
    if (!take_word(reader, STR("NOT")))
        return read_atom(reader);
    Node *node = new_node(reader, NODE_NOT);
    if (node && !(node->first = read_atom(reader)))
        return NULL;
    return node;
}

/* Parts with *word* between them; one part alone is itself. */
static Node *read_chain(Reader *reader, NodeKind kind, Str word, Node *(*part)(Reader *reader))
{
    Node *first = part(reader);
    if (!first || !take_word(reader, word))
        return first;
    Node *node = new_node(reader, kind);
    if (!node)
        return NULL;
    node->first = first;
    do {
        if (!(first->next = part(reader)))
            return NULL;
        first = first->next;
    } while (take_word(reader, word));
    return node;
}

static Node *read_and(Reader *reader)
{
    return read_chain(reader, NODE_AND, STR("AND"), read_not);
}

static Node *read_or(Reader *reader)
{
    return read_chain(reader, NODE_OR, STR("OR"), read_and);
}

AlarmRule *alarm_rule_read(Str text, Arena *arena, Error *err)
{
    Reader reader = {.text = text, .arena = arena, .err = err};
    if (text.len > ALARM_RULE_BYTES_MAX) {
        error_set(err, ERROR_INPUT, "it has more than %d characters", ALARM_RULE_BYTES_MAX);
        return NULL;
    }
    reader.rule = arena_calloc(arena, 1, sizeof *reader.rule, err);
    if (!reader.rule || !(reader.rule->root = read_or(&reader)))
        return NULL;
    pass_blanks(&reader);
    if (reader.at < text.len) {
        refuse(&reader, "AND, OR or its end");
        return NULL;
    }
    return reader.rule;
}

size_t alarm_rule_count(const AlarmRule *rule)
{
    return rule->count;
}

Str alarm_rule_name(const AlarmRule *rule, size_t index)
{
    return rule->names[index];
}

/* ---- evaluation ---- */

static bool holds(const Node *node, const AlarmState *states);

static bool has_enough(const Node *node, const AlarmState *states)
{
    size_t fit = 0;
    for (size_t i = 0; i < node->count; i++)
        fit += (states[node->names[i]] == node->state) != node->value;
    return node->percent ? fit * 100 >= node->count * node->least : fit >= node->least;
}

static bool chain_holds(const Node *node, const AlarmState *states)
{
    bool all = node->kind == NODE_AND;
    for (const Node *part = node->first; part; part = part->next)
        if (holds(part, states) != all)
            return !all;
    return all;
}

static bool holds(const Node *node, const AlarmState *states)
{
    switch (node->kind) {
    case NODE_CONSTANT:
        return node->value;
    case NODE_NOT:
        return !holds(node->first, states);
    case NODE_STATE:
        return states[node->name] == node->state;
    case NODE_AT_LEAST:
        return has_enough(node, states);
    default:
        return chain_holds(node, states);
    }
}

bool alarm_rule_holds(const AlarmRule *rule, const AlarmState *states)
{
    return holds(rule->root, states);
}
