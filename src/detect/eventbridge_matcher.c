/* Matchers of event patterns ("EventBridge event patterns", B1 and B2). */
#include <stdlib.h>
#include <string.h>

#include "detect/eventbridge_reading.h"
#include "detect/test_text.h"

enum { TEXTS_BYTES_MAX = 1 << 20 };

/* How an operator reads its argument. */
typedef const Test *(*ReadArgument)(EventReading *reading, const Json *argument);

/* A text as a pattern of pieces; each refuses what it does not take. */
typedef bool (*PutText)(EventReading *reading, const Json *text, GlobText *out);

static Test *new_test(EventReading *reading, TestKind kind)
{
    Test *test = arena_calloc(reading->arena, 1, sizeof *test, reading->err);
    if (test) {
        test->kind = kind;
        test->meaning = MEANING_EVENT;
    }
    return test;
}

static bool put_literal(GlobText *out, Str text, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = glob_add(out, GLOB_LITERAL, text.ptr[i], err);
    return ok;
}

static bool put_exact(EventReading *reading, const Json *text, GlobText *out)
{
    return put_literal(out, text->text, reading->err);
}

static bool put_prefix(EventReading *reading, const Json *text, GlobText *out)
{
    return put_literal(out, text->text, reading->err) && glob_add(out, GLOB_ANY, 0, reading->err);
}

static bool put_suffix(EventReading *reading, const Json *text, GlobText *out)
{
    return glob_add(out, GLOB_ANY, 0, reading->err) && put_literal(out, text->text, reading->err);
}

static bool put_some_prefix(EventReading *reading, const Json *text, GlobText *out)
{
    return text->text.len ? put_prefix(reading, text, out)
                          : eventbridge_refuse(reading, text,
                                               "a prefix of anything-but must not "
                                               "be empty");
}

static bool put_some_suffix(EventReading *reading, const Json *text, GlobText *out)
{
    return text->text.len ? put_suffix(reading, text, out)
                          : eventbridge_refuse(reading, text,
                                               "a suffix of anything-but must not "
                                               "be empty");
}

static bool put_wildcard(EventReading *reading, const Json *text, GlobText *out)
{
    Str from = text->text;
    unsigned stars = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < from.len; i++) {
        char c = from.ptr[i], next = i + 1 < from.len ? from.ptr[i + 1] : '\0';
        if (c == '\\' && next != '*' && next != '\\')
            return eventbridge_refuse(reading, text, "in a wildcard \\ stands before * or \\ only");
        if (c == '*' && next == '*')
            return eventbridge_refuse(reading, text, "a wildcard has no two * side by side");
        i += c == '\\';
        stars += c == '*';
        ok = glob_add(out, c == '*' ? GLOB_ANY : GLOB_LITERAL, from.ptr[i], reading->err);
    }
    return ok && (stars <= EVENTBRIDGE_WILDCARDS_MAX ||
                  eventbridge_refuse(reading, text, "a wildcard has at most 5 *"));
}

static bool add_text(EventReading *reading, const Json *text, PutText put, Buf *texts)
{
    GlobText pieces = glob_text();
    if (put(reading, text, &pieces) && buf_append(texts, &pieces, sizeof pieces, reading->err))
        return true;
    glob_text_free(&pieces);
    return false;
}

static void free_texts(Buf *texts)
{
    for (size_t at = 0; at < texts->len; at += sizeof(GlobText)) {
        GlobText pieces;
        memcpy(&pieces, texts->ptr + at, sizeof pieces);
        glob_text_free(&pieces);
    }
    buf_free(texts);
}

/* A test of *texts*: a text, or its elements in *list*. An empty wildcard matches nothing. */
static Test *text_test(EventReading *reading, const Json *texts, PutText put, bool folded)
{
    Buf all = buf_init(TEXTS_BYTES_MAX);
    const Json *each = texts->type == JSON_ARRAY ? texts->first : texts;
    bool ok = true;
    for (; ok && each; each = texts->type == JSON_ARRAY ? each->next : NULL) {
        if (each->type != JSON_STRING)
            ok = eventbridge_refuse(reading, each, "expected a text");
        else if (each->text.len || put != put_wildcard)
            ok = add_text(reading, each, put, &all);
    }
    const Test *made = ok ? test_text_new(&all, folded, reading->arena, reading->err) : NULL;
    Test *test = made ? new_test(reading, TEST_TEXT) : NULL;
    if (test) {
        *test = *made;
        test->meaning = MEANING_EVENT;
    }
    free_texts(&all);
    return test;
}

/* A text, or {"equals-ignore-case": text}. */
static const Test *text_or_folded(EventReading *reading, const Json *argument, PutText put)
{
    const Json *inner = argument->type == JSON_OBJECT && argument->count == 1
                            ? json_member(argument, STR("equals-ignore-case"))
                            : NULL;
    const Json *text = inner ? inner : argument;
    if (text->type == JSON_STRING)
        return text_test(reading, text, put, inner != NULL);
    eventbridge_refuse(reading, text, "expected a text, or {\"equals-ignore-case\": text}");
    return NULL;
}

static const Test *read_prefix(EventReading *reading, const Json *argument)
{
    return text_or_folded(reading, argument, put_prefix);
}

static const Test *read_suffix(EventReading *reading, const Json *argument)
{
    return text_or_folded(reading, argument, put_suffix);
}

static const Test *one_text(EventReading *reading, const Json *argument, PutText put, bool folded)
{
    if (argument->type == JSON_STRING)
        return text_test(reading, argument, put, folded);
    eventbridge_refuse(reading, argument, "expected a text");
    return NULL;
}

static const Test *read_ignore_case(EventReading *reading, const Json *argument)
{
    return one_text(reading, argument, put_exact, true);
}

static const Test *read_wildcard(EventReading *reading, const Json *argument)
{
    return one_text(reading, argument, put_wildcard, false);
}

static bool number_of(const Json *value, double *ret)
{
    int64_t integer;
    bool whole;
    return value && value->type == JSON_NUMBER &&
           test_number_of(value->text, ret, &integer, &whole);
}

static bool order_of(const Json *value, TestOrder *ret)
{
    static const char *const SIGNS[] = {"=", "<", "<=", ">", ">="};
    for (int i = 0; value && value->type == JSON_STRING && i < 5; i++)
        if (str_equal(value->text, str_of(SIGNS[i]))) {
            *ret = (TestOrder)i;
            return true;
        }
    return false;
}

/* [">", 0, "<=", 5]: the second pair, which is an upper bound above the lower one. */
static bool read_upper(const Json *sign, Test *test)
{
    bool lower = test->order == TEST_GREATER || test->order == TEST_GREATER_EQUAL;
    test->kind = TEST_BETWEEN;
    return lower && order_of(sign, &test->upper_order) &&
           (test->upper_order == TEST_LESS || test->upper_order == TEST_LESS_EQUAL) &&
           number_of(sign->next, &test->upper) && !sign->next->next && test->number < test->upper;
}

static const Test *read_numeric(EventReading *reading, const Json *argument)
{
    const Json *sign = argument->type == JSON_ARRAY ? argument->first : NULL;
    const Json *number = sign ? sign->next : NULL;
    Test *test = new_test(reading, TEST_ORDER);
    if (!test)
        return NULL;
    bool ok = order_of(sign, &test->order) && number_of(number, &test->number);
    if (ok && (!number->next || read_upper(number->next, test)))
        return test;
    eventbridge_refuse(reading, argument,
                       "expected [sign, number], or a lower and an upper bound "
                       "as [\">\", number, \"<\", number]; signs are = < <= > "
                       ">=");
    return NULL;
}

/* Bits behind the mask say nothing here. */
static bool read_network(Str text, Network *ret)
{
    ERROR_UNREAD(ignored);
    uint64_t bits = 0;
    size_t slash = str_find_byte(text, '/', 0);
    if (slash == text.len || !network_read(str_slice(text, 0, slash), ret, &ignored) ||
        !str_to_u64(str_slice(text, slash + 1, text.len), &bits) || bits > ret->bits)
        return false;
    for (unsigned bit = (unsigned)bits; bit < ret->bits; bit++)
        ret->bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
    ret->bits = (uint8_t)bits;
    return true;
}

static const Test *read_cidr(EventReading *reading, const Json *argument)
{
    Test *test = new_test(reading, TEST_NETWORK);
    if (!test)
        return NULL;
    if (argument->type == JSON_STRING && read_network(argument->text, &test->network))
        return test;
    eventbridge_refuse(reading, argument, "expected an address and a mask, \"10.0.0.0/24\"");
    return NULL;
}

static const Test *read_exists(EventReading *reading, const Json *argument)
{
    Test *test = new_test(reading, TEST_EXISTS);
    if (!test)
        return NULL;
    test->boolean = argument->type == JSON_TRUE;
    if (test->boolean || argument->type == JSON_FALSE)
        return test;
    eventbridge_refuse(reading, argument, "expected true or false");
    return NULL;
}

/* A number, or a list of them. */
static Test *numbers_test(EventReading *reading, const Json *numbers)
{
    bool list = numbers->type == JSON_ARRAY;
    Test *test = new_test(reading, TEST_NUMBERS);
    uint32_t count = list ? numbers->count : 1;
    double *all = test ? arena_alloc(reading->arena, count * sizeof *all, reading->err) : NULL;
    if (!all)
        return NULL;
    const Json *each = list ? numbers->first : numbers;
    for (uint32_t i = 0; i < count; i++, each = each->next)
        if (!number_of(each, &all[i]))
            return eventbridge_refuse(reading, each, "expected a number"), NULL;
    test->numbers = all;
    test->number_count = count;
    return test;
}

/* {"prefix": text or list} and the like below anything-but. */
static Test *read_none_of(EventReading *reading, const Json *argument)
{
    static const struct {
        Str name;
        PutText put;
        bool folded;
    } INNER[] = {
        {{"prefix", 6}, put_some_prefix, false},
        {{"suffix", 6}, put_some_suffix, false},
        {{"wildcard", 8}, put_wildcard, false},
        {{"equals-ignore-case", 18}, put_exact, true},
    };
    const Json *only = argument->count == 1 ? argument->first : NULL;
    bool empty = only && only->type == JSON_ARRAY && !only->count;
    for (size_t i = 0; only && !empty && i < sizeof INNER / sizeof *INNER; i++)
        if (str_equal(only->name, INNER[i].name))
            return text_test(reading, only, INNER[i].put, INNER[i].folded);
    eventbridge_refuse(reading, argument,
                       "expected one of prefix, suffix, wildcard and "
                       "equals-ignore-case with a text or a list of them");
    return NULL;
}

static const Test *read_anything_but(EventReading *reading, const Json *argument)
{
    const Json *first = argument->type == JSON_ARRAY ? argument->first : argument;
    Test *test = NULL;
    if (first && first->type == JSON_STRING)
        test = text_test(reading, argument, put_exact, false);
    else if (first && first->type == JSON_NUMBER)
        test = numbers_test(reading, argument);
    else if (argument->type == JSON_OBJECT)
        test = read_none_of(reading, argument);
    else
        eventbridge_refuse(reading, argument,
                           "expected a text, a number, a list of the one or "
                           "the other, or an object");
    if (test)
        test->negated = true;
    return test;
}

static const struct {
    Str name;
    ReadArgument read;
} OPERATORS[] = {
    {{"prefix", 6}, read_prefix},
    {{"suffix", 6}, read_suffix},
    {{"equals-ignore-case", 18}, read_ignore_case},
    {{"anything-but", 12}, read_anything_but},
    {{"numeric", 7}, read_numeric},
    {{"cidr", 4}, read_cidr},
    {{"exists", 6}, read_exists},
    {{"wildcard", 8}, read_wildcard},
};

enum { OPERATOR_COUNT = sizeof OPERATORS / sizeof *OPERATORS };

bool eventbridge_matcher_is(Str name)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++)
        if (str_equal(name, OPERATORS[i].name))
            return true;
    return false;
}

static const Test *read_operator(EventReading *reading, const Json *object)
{
    const Json *only = object->count == 1 ? object->first : NULL;
    for (size_t i = 0; only && i < OPERATOR_COUNT; i++)
        if (str_equal(only->name, OPERATORS[i].name))
            return OPERATORS[i].read(reading, only);
    eventbridge_refuse(reading, object,
                       "expected an object with one operator: prefix, suffix, "
                       "equals-ignore-case, anything-but, numeric, cidr, exists "
                       "or wildcard");
    return NULL;
}

static const Test *read_flag(EventReading *reading, const Json *value)
{
    Test *test = new_test(reading, value->type == JSON_NULL ? TEST_NULL : TEST_BOOLEAN);
    if (test)
        test->boolean = value->type == JSON_TRUE;
    return test;
}

static const Test *read_matcher(EventReading *reading, const Json *value)
{
    switch (value->type) {
    case JSON_STRING:
        return text_test(reading, value, put_exact, false);
    case JSON_NUMBER:
        return numbers_test(reading, value);
    case JSON_OBJECT:
        return read_operator(reading, value);
    case JSON_ARRAY:
        eventbridge_refuse(reading, value, "an array of values holds no other array");
        return NULL;
    default:
        return read_flag(reading, value);
    }
}

static bool all_texts(const Json *array)
{
    for (const Json *each = array->first; each; each = each->next)
        if (each->type != JSON_STRING)
            return false;
    return true;
}

const Expr *eventbridge_matcher_read(EventReading *reading, const FieldPath *path,
                                     const Json *array)
{
    ExprList any = {NULL, NULL};
    bool joined = all_texts(array);
    if (!array->first)
        return eventbridge_refuse(reading, array, "an array of values must not be empty"), NULL;
    for (const Json *each = array->first; each; each = joined ? NULL : each->next) {
        const Test *test =
            joined ? text_test(reading, array, put_exact, false) : read_matcher(reading, each);
        const Expr *item = test ? expr_item(path, test, reading->arena, reading->err) : NULL;
        if (!item || !expr_add(&any, item, reading->arena, reading->err))
            return NULL;
    }
    return expr_join(EXPR_OR, &any, reading->arena, reading->err);
}
