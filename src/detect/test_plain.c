#include "detect/test_plain.h"

#include "detect/steps.h"

static bool number_of(const Test *test, const Json *value, double *ret)
{
    int64_t integer;
    bool whole;
    bool reads = value->type == JSON_NUMBER ||
                 (value->type == JSON_STRING && test->meaning == MEANING_WORDS);
    return reads && test_number_of(value->text, ret, &integer, &whole);
}

static bool text_fits(const Test *test, const Json *value, Document *document)
{
    Str text;
    double number;
    if (test->numeric && value->type == JSON_NUMBER)
        return number_of(test, value, &number) && number == test->number;
    if (value->type != JSON_STRING && test->meaning == MEANING_EVENT)
        return false;
    return test_text_of(value, document_scratch(document), &text) &&
           test_text_fits(test, text, document);
}

static bool number_fits(const Test *test, const Json *value)
{
    double number;
    if (!number_of(test, value, &number))
        return false;
    for (uint32_t i = 0; i < test->number_count; i++)
        if (test->numbers[i] == number)
            return true;
    return test->kind != TEST_NUMBERS && test_in_order(test->order, number, test->number) &&
           (test->kind != TEST_BETWEEN || test_in_order(test->upper_order, number, test->upper));
}

/* A scalar. */
static bool fits(const Test *test, const Json *value, Document *document)
{
    switch (test->kind) {
    case TEST_TEXT:
    case TEST_REGEX:
        return text_fits(test, value, document);
    case TEST_NETWORK:
        return value->type == JSON_STRING && network_holds(&test->network, value->text);
    case TEST_NUMBERS:
    case TEST_ORDER:
    case TEST_BETWEEN:
        return number_fits(test, value);
    case TEST_BOOLEAN:
        return value->type == (test->boolean ? JSON_TRUE : JSON_FALSE);
    case TEST_NULL:
        return value->type == JSON_NULL;
    default:
        return test->kind == TEST_EXISTS;
    }
}

static bool leaf_fits(const Test *test, const Json *value, Document *document, int depth)
{
    if (value->type == JSON_OBJECT || depth > DOCUMENT_DEPTH_MAX)
        return false;
    if (value->type != JSON_ARRAY)
        return fits(test, value, document) != test->negated;
    for (const Json *each = value->first; each; each = each->next)
        if (leaf_fits(test, each, document, depth + 1))
            return true;
    return false;
}

bool test_plain_leaf(const Test *test, const Json *value, Document *document)
{
    return leaf_fits(test, value, document, 0);
}

/* The value of a filter pattern: a scalar, null only when it is asked for. */
static bool value_fits(const Test *test, const Json *value, Document *document)
{
    if (value->type == JSON_OBJECT || value->type == JSON_ARRAY)
        return false;
    if (value->type == JSON_NULL)
        return test->kind == TEST_NULL;
    return fits(test, value, document) != test->negated;
}

typedef struct Visit {
    const Test *test;
    Document *document;
} Visit;

static bool visit_value(void *context, const Json *value)
{
    const Visit *visit = context;
    if (visit->test->meaning == MEANING_EVENT)
        return test_plain_leaf(visit->test, value, visit->document);
    return visit->test->kind == TEST_EXISTS || value_fits(visit->test, value, visit->document);
}

/* The text of an event that is no text: its compact JSON. */
static bool whole_fits(const Test *test, Document *document)
{
    ERROR_UNREAD(ignored);
    const Json *root = document_root(document);
    if (!root || (root->type != JSON_OBJECT && root->type != JSON_ARRAY))
        return root && value_fits(test, root, document);
    Buf *scratch = document_scratch(document);
    bool ok = json_append(scratch, root, &ignored);
    const char *copy = ok ? arena_text(document_arena(document), buf_str(scratch), &ignored) : NULL;
    return copy && test_text_fits(test, (Str){copy, scratch->len}, document) != test->negated;
}

bool test_plain_holds(const Test *test, const FieldPath *path, Document *document)
{
    Visit visit = {test, document};
    if (!path)
        return whole_fits(test, document);
    bool any = steps_any(path, document, visit_value, &visit);
    return test->kind == TEST_EXISTS ? any == test->boolean : any;
}
