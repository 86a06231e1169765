/* A field with its modifiers and values becomes tests ("sigma", sections 3, 5 and 6). */
#include <string.h>

#include "detect/sigma_modifier.h"
#include "detect/test_text.h"

enum { TEXTS_BYTES_MAX = 1 << 24, TEXTS_MAX = TEXTS_BYTES_MAX / sizeof(GlobText) / 2 };

/* An item under way. */
typedef struct Item {
    RuleReading *reading;
    SigmaChain chain;
    const FieldPath *path; /* NULL: keywords */
    bool folded;
    Buf texts;     /* GlobText each: of all values, or of one when `all` joins them */
    ExprList list; /* tests that are no texts; with `all` one per value */
} Item;

static const Yaml *first_value(const Yaml *values)
{
    return values->kind == YAML_LIST ? values->first : values;
}

static bool add_test(Item *item, const Test *test)
{
    RuleReading *reading = item->reading;
    const Expr *expr = test ? expr_item(item->path, test, reading->arena, reading->err) : NULL;
    return expr && expr_add(&item->list, expr, reading->arena, reading->err);
}

static Test *new_test(Item *item, TestKind kind)
{
    Test *test = arena_calloc(item->reading->arena, 1, sizeof *test, item->reading->err);
    if (test)
        test->kind = kind;
    return test;
}

static void free_texts(Item *item)
{
    for (size_t at = 0; at < item->texts.len; at += sizeof(GlobText)) {
        GlobText text;
        memcpy(&text, item->texts.ptr + at, sizeof text);
        glob_text_free(&text);
    }
    buf_free(&item->texts);
    item->texts = buf_init(TEXTS_BYTES_MAX);
}

/* The texts gathered so far as one test. */
static bool end_texts(Item *item)
{
    if (!item->texts.len)
        return true;
    const Test *test =
        test_text_new(&item->texts, item->folded, item->reading->arena, item->reading->err);
    free_texts(item);
    return add_test(item, test);
}

/* A keyword is found anywhere in a leaf; startswith and endswith are relative to it. */
static bool widen(Item *item, GlobText *text, Error *err)
{
    const bool *has = item->chain.has;
    GlobText out = glob_text();
    bool placed = has[MODIFIER_STARTSWITH] || has[MODIFIER_ENDSWITH];
    bool ok = placed || glob_add(&out, GLOB_ANY, 0, err);
    for (uint32_t i = 0; ok && i < glob_count(text); i++)
        ok = glob_add(&out, (GlobKind)glob_piece(text, i).kind, glob_piece(text, i).byte, err);
    ok = ok && (placed || glob_add(&out, GLOB_ANY, 0, err));
    glob_text_free(text);
    *text = out;
    return ok;
}

static bool add_text(Item *item, const Yaml *node, Str raw)
{
    RuleReading *reading = item->reading;
    Buf own = buf_init(TEXTS_BYTES_MAX);
    GlobText text = glob_text();
    if (raw.len > SIGMA_VALUE_BYTES_MAX)
        return ruleset_reject(reading, node, "R13", "a value has at most %d bytes",
                              SIGMA_VALUE_BYTES_MAX);
    bool ok = sigma_read_text(raw, &text, reading->err) &&
              buf_append(&own, &text, sizeof text, reading->err) &&
              sigma_modifier_apply(reading, &item->chain, node, &own);
    for (size_t at = 0; at < own.len; at += sizeof text) {
        memcpy(&text, own.ptr + at, sizeof text);
        ok = ok && (item->path || widen(item, &text, reading->err)) &&
             buf_append(&item->texts, &text, sizeof text, reading->err);
        if (!ok)
            glob_text_free(&text);
    }
    buf_free(&own);
    return ok && (item->texts.len / sizeof text <= TEXTS_MAX ||
                  ruleset_reject(reading, node, "R13", "more than %zu values", (size_t)TEXTS_MAX));
}

static bool add_regex(Item *item, const Yaml *node, Str raw)
{
    Error why = {0};
    Test *test = new_test(item, TEST_REGEX);
    if (!test)
        return false;
    test->regex = ruleset_regex(item->reading, raw, item->chain.flags, &why);
    if (!test->regex)
        return ruleset_reject(item->reading, node, "R16", "%s", why.text);
    return add_test(item, test);
}

static bool add_expanded(Item *item, const Yaml *node)
{
    BUF_AUTO Buf raws = buf_init(SIGMA_ALTERNATIVES_MAX * 2 * sizeof(Str));
    bool ok = item->chain.has[MODIFIER_EXPAND]
                  ? sigma_modifier_expand(item->reading, node, node->text, &raws)
                  : buf_append(&raws, &node->text, sizeof(Str), item->reading->err);
    for (size_t at = 0; ok && at < raws.len; at += sizeof(Str)) {
        Str raw;
        memcpy(&raw, raws.ptr + at, sizeof raw);
        ok = item->chain.has[MODIFIER_RE] ? add_regex(item, node, raw) : add_text(item, node, raw);
    }
    return ok;
}

static bool add_network(Item *item, const Yaml *node)
{
    Error why = {0};
    Test *test = new_test(item, TEST_NETWORK);
    if (!test)
        return false;
    if (node->kind != YAML_TEXT || !network_read(node->text, &test->network, &why))
        return ruleset_reject(item->reading, node, "R17", "%s",
                              why.text[0] ? why.text : "'cidr' takes a network as text");
    return add_test(item, test);
}

static bool add_field(Item *item, const Yaml *node)
{
    const bool *has = item->chain.has;
    Test *test = new_test(item, TEST_FIELD);
    if (!test)
        return false;
    if (node->kind != YAML_TEXT)
        return ruleset_reject(item->reading, node, "R13", "'fieldref' takes a field's name");
    if (memchr(node->text.ptr, '*', node->text.len) || memchr(node->text.ptr, '?', node->text.len))
        return ruleset_reject(item->reading, node, "R18", "a field's name has no wildcards");
    test->other = document_path(node->text, item->reading->arena, item->reading->err);
    test->folded = item->folded;
    test->field = has[MODIFIER_CONTAINS]     ? FIELD_CONTAINS
                  : has[MODIFIER_STARTSWITH] ? FIELD_STARTS
                  : has[MODIFIER_ENDSWITH]   ? FIELD_ENDS
                                             : FIELD_EQUALS;
    return test->other && add_test(item, test);
}

static bool add_exists(Item *item, const Yaml *node)
{
    Test *test = new_test(item, TEST_EXISTS);
    if (!test)
        return false;
    if (node->kind != YAML_BOOLEAN)
        return ruleset_reject(item->reading, node, "R13", "'exists' takes true or false");
    test->boolean = node->boolean;
    return add_test(item, test);
}

static bool add_number(Item *item, const Yaml *node)
{
    const bool *has = item->chain.has;
    TestKind kind = has[MODIFIER_PART] ? TEST_PART : has[MODIFIER_ORDER] ? TEST_ORDER : TEST_NUMBER;
    Test *test = new_test(item, kind);
    if (!test)
        return false;
    if (node->kind != YAML_INTEGER && node->kind != YAML_FLOAT)
        return ruleset_reject(item->reading, node, "R13",
                              "a number without quotes belongs here, not %s", yaml_kind_name(node));
    test->order = item->chain.order;
    test->part = item->chain.part;
    test->number = node->real;
    test->whole = node->kind == YAML_INTEGER;
    test->integer = node->integer;
    return add_test(item, test);
}

/* Whether the chain has a modifier that takes texts only. */
static const char *text_modifier(const SigmaChain *chain)
{
    static const unsigned TEXTS =
        1u << MODIFIER_CONTAINS | 1u << MODIFIER_STARTSWITH | 1u << MODIFIER_ENDSWITH |
        1u << MODIFIER_CASED | 1u << MODIFIER_WINDASH | 1u << MODIFIER_RE | 1u << MODIFIER_BASE64 |
        1u << MODIFIER_BASE64OFFSET | 1u << MODIFIER_UTF16LE | 1u << MODIFIER_UTF16BE |
        1u << MODIFIER_UTF16 | 1u << MODIFIER_EXPAND;
    for (uint32_t i = 0; i < chain->count; i++)
        if (TEXTS >> chain->modifiers[i]->kind & 1)
            return chain->modifiers[i]->name;
    return NULL;
}

/* A number as a keyword is its text. */
static bool add_plain(Item *item, const Yaml *node)
{
    if (node->kind == YAML_TEXT) {
        if (!item->chain.has[MODIFIER_RE])
            sigma_advise_text(item->reading, node, item->path && !text_modifier(&item->chain));
        return add_expanded(item, node);
    }
    if (node->kind == YAML_DATE)
        return ruleset_reject(item->reading, node, "R13", "a date as text needs quotes");
    if (!item->path && (node->kind == YAML_NULL_VALUE || node->kind == YAML_BOOLEAN))
        return ruleset_reject(item->reading, node, "R29", "%s is no keyword", yaml_kind_name(node));
    if (!item->path)
        return add_text(item, node, node->text);
    if (node->kind == YAML_INTEGER || node->kind == YAML_FLOAT)
        return add_number(item, node);
    Test *test = new_test(item, node->kind == YAML_BOOLEAN ? TEST_BOOLEAN : TEST_NULL);
    if (test)
        test->boolean = node->boolean;
    return add_test(item, test);
}

static bool add_value(Item *item, const Yaml *node)
{
    const bool *has = item->chain.has;
    const char *text = text_modifier(&item->chain);
    if (node->kind == YAML_MAP || node->kind == YAML_LIST)
        return ruleset_reject(item->reading, node, "R21", "%s cannot be a value",
                              yaml_kind_name(node));
    if (has[MODIFIER_CIDR])
        return add_network(item, node);
    if (has[MODIFIER_FIELDREF])
        return add_field(item, node);
    if (has[MODIFIER_EXISTS])
        return add_exists(item, node);
    if (has[MODIFIER_ORDER] || has[MODIFIER_PART])
        return add_number(item, node);
    if (text && node->kind != YAML_TEXT)
        return ruleset_reject(item->reading, node, "R13", "'%s' takes a text, not %s", text,
                              yaml_kind_name(node));
    return add_plain(item, node);
}

static bool check_values(Item *item, const Yaml *values)
{
    bool list = values->kind == YAML_LIST;
    uint32_t count = list ? values->count : 1;
    if (!count)
        return ruleset_reject(item->reading, values, "R20", "the list of values is empty");
    for (const Yaml *value = first_value(values); list && value; value = value->next)
        if (value->kind == YAML_NULL_VALUE && count > 1)
            return ruleset_reject(item->reading, value, "R19", "null stands alone, not in a list");
    if (item->chain.has[MODIFIER_ALL] && count == 1) {
        if (item->reading->set->options.strict)
            return ruleset_reject(item->reading, values, "R13", "'all' of one value");
        ruleset_warn(item->reading, values, "'all' of one value says nothing");
    }
    return true;
}

/* One value of `all`: its alternatives are joined by OR. */
static bool add_value_alone(Item *item, const Yaml *value, ExprList *all)
{
    RuleReading *reading = item->reading;
    item->list = (ExprList){0};
    const Expr *one = add_value(item, value) && end_texts(item)
                          ? expr_join(EXPR_OR, &item->list, reading->arena, reading->err)
                          : NULL;
    return one && expr_add(all, one, reading->arena, reading->err);
}

static const Expr *read_values(Item *item, const Yaml *values)
{
    RuleReading *reading = item->reading;
    ExprList all = {0};
    bool list = values->kind == YAML_LIST, each = item->chain.has[MODIFIER_ALL];
    for (const Yaml *value = first_value(values); value; value = list ? value->next : NULL)
        if (each ? !add_value_alone(item, value, &all) : !add_value(item, value))
            return NULL;
    if (!each && !end_texts(item))
        return NULL;
    return expr_join(each ? EXPR_AND : EXPR_OR, each ? &all : &item->list, reading->arena,
                     reading->err);
}

const Expr *sigma_read_item(RuleReading *reading, Str key, const Yaml *values)
{
    Item item = {.reading = reading, .texts = buf_init(TEXTS_BYTES_MAX)};
    if (!sigma_chain_read(reading, key, values, &item.chain) || !check_values(&item, values))
        return NULL;
    item.folded = !item.chain.has[MODIFIER_CASED];
    if (item.chain.field.len) {
        item.path = document_path(item.chain.field, reading->arena, reading->err);
        if (!item.path)
            return NULL;
    }
    const Expr *expr = read_values(&item, values);
    free_texts(&item);
    return expr && item.chain.has[MODIFIER_NEQ] ? expr_not(expr, reading->arena, reading->err)
                                                : expr;
}
