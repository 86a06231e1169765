#include "detect/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/fold.h"
#include "detect/test_part.h"
#include "detect/test_plain.h"

enum { NUMBER_BYTES_MAX = 64 };

/* e3, E-3, or nothing. */
static bool is_exponent(Str text)
{
    size_t at = 1;
    if (!text.len)
        return true;
    if (text.ptr[0] != 'e' && text.ptr[0] != 'E')
        return false;
    at += at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+');
    size_t first = at;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        at++;
    return at == text.len && at > first;
}

/* -1.5e3 and the like: digits must stand there, nothing else may. */
static bool is_decimal(Str text)
{
    size_t at = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    size_t digits = 0;
    for (bool point = false; at < text.len; at++) {
        char c = text.ptr[at];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c == '.' && !point)
            point = true;
        else
            break;
    }
    return digits && is_exponent(str_slice(text, at, text.len));
}

bool test_number_of(Str text, double *ret, int64_t *ret_integer, bool *ret_whole)
{
    char copy[NUMBER_BYTES_MAX];
    uint64_t digits;
    if (text.len >= sizeof copy || !is_decimal(text))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *ret = strtod(copy, NULL);
    bool negative = text.ptr[0] == '-';
    *ret_whole = str_to_u64(str_slice(text, negative, text.len), &digits) && digits <= INT64_MAX;
    *ret_integer = *ret_whole ? (negative ? -(int64_t)digits : (int64_t)digits) : 0;
    return true;
}

/* The shortest text that reads back as the same number. */
static bool write_number(Str written, Buf *scratch, Str *ret)
{
    ERROR_UNREAD(ignored);
    char text[NUMBER_BYTES_MAX];
    double number;
    int64_t integer;
    bool whole;
    if (!test_number_of(written, &number, &integer, &whole) || whole) {
        *ret = written;
        return true;
    }
    if (number == floor(number) && fabs(number) < 9007199254740992.0) {
        snprintf(text, sizeof text, "%.0f", number);
    } else {
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, number);
            if (strtod(text, NULL) == number)
                break;
        }
    }
    scratch->len = 0;
    bool ok = buf_append_str(scratch, str_of(text), &ignored);
    *ret = buf_str(scratch);
    return ok;
}

bool test_text_of(const Json *value, Buf *scratch, Str *ret)
{
    switch (value->type) {
    case JSON_STRING:
        *ret = value->text;
        return true;
    case JSON_NUMBER:
        return write_number(value->text, scratch, ret);
    case JSON_TRUE:
        *ret = STR("true");
        return true;
    case JSON_FALSE:
        *ret = STR("false");
        return true;
    default:
        return false;
    }
}

/* *text* in lower case, in the document's memory. */
static Str fold(Document *document, Str text)
{
    ERROR_UNREAD(ignored);
    if (fold_is_folded(text))
        return text;
    Buf *scratch = document_scratch(document);
    bool ok = fold_append(scratch, text, &ignored);
    const char *copy = ok ? arena_text(document_arena(document), buf_str(scratch), &ignored) : NULL;
    return copy ? (Str){copy, scratch->len} : text;
}

static bool is_exact(const Test *test, Str text)
{
    uint32_t low = 0, high = test->exact_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = str_compare(text, test->exact[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

/* By its length *text* cannot be one of `exact`: folding keeps that of ASCII. */
static bool has_other_length(const Test *test, Str text)
{
    if (!test->lengths || test->glob_count || test->lengths >> text.len % 64 & 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

bool test_text_fits(const Test *test, Str text, Document *document)
{
    if (test->kind == TEST_REGEX)
        return regex_match_with(test->regex, text, document_regex(document));
    if (has_other_length(test, text))
        return false;
    if (test->folded)
        text = document_fold(document, text);
    if (is_exact(test, text))
        return true;
    for (uint32_t i = 0; i < test->glob_count; i++)
        if (glob_match(test->globs[i], text))
            return true;
    return false;
}

bool test_in_order(TestOrder order, double value, double bound)
{
    switch (order) {
    case TEST_LESS:
        return value < bound;
    case TEST_LESS_EQUAL:
        return value <= bound;
    case TEST_GREATER:
        return value > bound;
    case TEST_GREATER_EQUAL:
        return value >= bound;
    default:
        return value == bound;
    }
}

static bool number_fits(const Test *test, const Json *value)
{
    double number;
    int64_t integer;
    bool whole;
    if (value->type != JSON_NUMBER && value->type != JSON_STRING)
        return false;
    if (!test_number_of(value->text, &number, &integer, &whole))
        return false;
    if (test->kind == TEST_NUMBER && whole && test->whole)
        return integer == test->integer;
    return test_in_order(test->kind == TEST_ORDER ? test->order : TEST_EQUAL, number, test->number);
}

static bool boolean_fits(const Test *test, const Json *value)
{
    if (value->type == JSON_TRUE || value->type == JSON_FALSE)
        return (value->type == JSON_TRUE) == test->boolean;
    return value->type == JSON_STRING &&
           str_equal_nocase(value->text, test->boolean ? STR("true") : STR("false"));
}

static bool part_fits(const Test *test, const Json *value)
{
    int part;
    return (value->type == JSON_STRING || value->type == JSON_NUMBER) &&
           test_part_of(value->text, test->part, &part) &&
           test_in_order(test->order, part, test->number);
}

/* Two texts in the relation of fieldref, *text* on the left. */
static bool texts_relate(TestField field, Str text, Str other)
{
    size_t at = 0;
    switch (field) {
    case FIELD_STARTS:
        return str_starts(text, other);
    case FIELD_ENDS:
        return str_ends(text, other);
    case FIELD_CONTAINS:
        for (; at + other.len <= text.len; at++)
            if (memcmp(text.ptr + at, other.ptr, other.len) == 0)
                return true;
        return false;
    default:
        return str_equal(text, other);
    }
}

static Str copy_text(Document *document, const Json *value, bool folded, bool *ret_ok)
{
    ERROR_UNREAD(ignored);
    Str text;
    *ret_ok = test_text_of(value, document_scratch(document), &text);
    if (!*ret_ok)
        return STR("");
    const char *copy = arena_text(document_arena(document), text, &ignored);
    *ret_ok = copy != NULL;
    return folded && copy ? fold(document, (Str){copy, text.len}) : (Str){copy, text.len};
}

static bool any_relates(const Test *test, Str text, const Json *other, Document *document,
                        int depth)
{
    bool ok;
    if (other->type == JSON_ARRAY) {
        for (const Json *each = other->first; each && depth < DOCUMENT_DEPTH_MAX; each = each->next)
            if (any_relates(test, text, each, document, depth + 1))
                return true;
        return false;
    }
    Str right = copy_text(document, other, test->folded, &ok);
    return ok && texts_relate(test->field, text, right);
}

static bool field_fits(const Test *test, const Json *value, Document *document)
{
    Found others;
    bool ok;
    Str text = copy_text(document, value, test->folded, &ok);
    document_find(document, test->other, &others);
    for (uint32_t i = 0; ok && i < others.count; i++)
        if (any_relates(test, text, others.values[i], document, 0))
            return true;
    return false;
}

static bool scalar_fits(const Test *test, const Json *value, Document *document)
{
    Str text;
    switch (test->kind) {
    case TEST_TEXT:
    case TEST_REGEX:
        return test_text_of(value, document_scratch(document), &text) &&
               test_text_fits(test, text, document);
    case TEST_NETWORK:
        return value->type == JSON_STRING && network_holds(&test->network, value->text);
    case TEST_NUMBER:
    case TEST_ORDER:
        return number_fits(test, value);
    case TEST_PART:
        return part_fits(test, value);
    case TEST_BOOLEAN:
        return boolean_fits(test, value);
    case TEST_FIELD:
        return field_fits(test, value, document);
    default:
        return false;
    }
}

/* An object's compact JSON text. */
static bool compact_fits(const Test *test, const Json *object, Document *document)
{
    ERROR_UNREAD(ignored);
    Buf *scratch = document_scratch(document);
    bool ok = json_append(scratch, object, &ignored);
    const char *copy = ok ? arena_text(document_arena(document), buf_str(scratch), &ignored) : NULL;
    return copy && test_text_fits(test, (Str){copy, scratch->len}, document);
}

/* *leaf*: only scalars count, as below an object and for keywords. */
static bool value_fits(const Test *test, const Json *value, Document *document, bool leaf,
                       int depth)
{
    bool object = value->type == JSON_OBJECT;
    if (depth > DOCUMENT_DEPTH_MAX)
        return false;
    if (!object && value->type != JSON_ARRAY)
        return scalar_fits(test, value, document);
    if (object && test->kind != TEST_TEXT && test->kind != TEST_REGEX && !leaf)
        return false;
    for (const Json *each = value->first; each; each = each->next)
        if (!each->shadowed && value_fits(test, each, document, leaf || object, depth + 1))
            return true;
    return object && !leaf && compact_fits(test, value, document);
}

static bool any_null(const Found *found)
{
    for (uint32_t i = 0; i < found->count; i++)
        if (found->values[i]->type == JSON_NULL)
            return true;
    return false;
}

bool test_holds(const Test *test, const FieldPath *path, Document *document)
{
    Found found;
    if (test->meaning != MEANING_SIGMA)
        return test_plain_holds(test, path, document);
    if (!path) {
        const Json *root = document_root(document);
        return root && value_fits(test, root, document, true, 0);
    }
    document_find(document, path, &found);
    if (test->kind == TEST_EXISTS)
        return (found.count > 0) == test->boolean;
    if (test->kind == TEST_NULL)
        return found.count == 0 || any_null(&found);
    for (uint32_t i = 0; i < found.count; i++)
        if (value_fits(test, found.values[i], document, false, 0))
            return true;
    return false;
}
