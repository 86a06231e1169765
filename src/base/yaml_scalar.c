#include "base/yaml_scalar.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES_MAX = 64 };

static bool is_one_of(Str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(text, str_of(words[i])))
            return true;
    return false;
}

static bool is_null(Str text)
{
    static const char *const WORDS[] = {"", "~", "null", "Null", "NULL"};
    return is_one_of(text, WORDS, sizeof WORDS / sizeof *WORDS);
}

static bool take_boolean(Yaml *node)
{
    static const char *const YES[] = {"yes",  "Yes", "YES", "true", "True",
                                      "TRUE", "on",  "On",  "ON"};
    static const char *const NO[] = {"no",    "No",  "NO",  "false", "False",
                                     "FALSE", "off", "Off", "OFF"};
    node->boolean = is_one_of(node->text, YES, sizeof YES / sizeof *YES);
    return node->boolean || is_one_of(node->text, NO, sizeof NO / sizeof *NO);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int digit_of(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

/* Digits of *base*, '_' between them; at least one. */
static bool read_digits(Str text, int base, uint64_t *ret)
{
    uint64_t value = 0;
    bool some = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '_')
            continue;
        int digit = digit_of(text.ptr[i]);
        if (digit >= base || value > (INT64_MAX - (uint64_t)digit) / (uint64_t)base)
            return false;
        value = value * (uint64_t)base + (uint64_t)digit;
        some = true;
    }
    *ret = value;
    return some;
}

/* 12:30:45 */
static bool read_sexagesimal(Str text, uint64_t *ret)
{
    uint64_t value = 0, part = 0;
    size_t parts = 0;
    if (!text.len || text.ptr[0] < '1' || text.ptr[0] > '9')
        return false;
    for (size_t at = 0; at <= text.len; parts++) {
        size_t end = str_find_byte(text, ':', at);
        Str piece = str_slice(text, at, end);
        if (!read_digits(piece, 10, &part) || (parts && (piece.len > 2 || part > 59)) ||
            value > INT64_MAX / 61)
            return false;
        value = value * 60 + part;
        at = end + 1;
    }
    *ret = value;
    return parts > 1;
}

static bool take_integer(Yaml *node)
{
    Str text = node->text;
    bool negative = text.len && text.ptr[0] == '-';
    uint64_t value = 0;
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_slice(text, 1, text.len);
    if (!text.len || !is_digit(text.ptr[0]))
        return false;
    bool ok;
    if (str_starts(text, STR("0x")))
        ok = read_digits(str_slice(text, 2, text.len), 16, &value);
    else if (str_starts(text, STR("0b")))
        ok = read_digits(str_slice(text, 2, text.len), 2, &value);
    else if (text.len > 1 && text.ptr[0] == '0')
        ok = read_digits(text, 8, &value);
    else
        ok = read_digits(text, 10, &value) || read_sexagesimal(text, &value);
    node->integer = negative ? -(int64_t)value : (int64_t)value;
    node->real = (double)node->integer;
    return ok;
}

/* e+3, or nothing: a sign belongs behind e. */
static bool has_exponent_shape(Str text)
{
    if (!text.len)
        return true;
    if ((text.ptr[0] != 'e' && text.ptr[0] != 'E') || text.len < 3 ||
        (text.ptr[1] != '-' && text.ptr[1] != '+'))
        return false;
    for (size_t at = 2; at < text.len; at++)
        if (!is_digit(text.ptr[at]))
            return false;
    return true;
}

/* 1.5, 1., .5, 1.5e+3: a point is needed. */
static bool has_float_shape(Str text)
{
    size_t at = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    size_t digits = 0, points = 0;
    for (; at < text.len && (is_digit(text.ptr[at]) || text.ptr[at] == '.' || text.ptr[at] == '_');
         at++) {
        if (text.ptr[at] == '_' && !digits)
            return false;
        points += text.ptr[at] == '.';
        digits += is_digit(text.ptr[at]) != 0;
    }
    return points == 1 && digits && has_exponent_shape(str_slice(text, at, text.len));
}

static bool take_float(Yaml *node)
{
    static const char *const INFINITE[] = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"};
    static const char *const NEGATIVE[] = {"-.inf", "-.Inf", "-.INF"};
    static const char *const NO_NUMBER[] = {".nan", ".NaN", ".NAN"};
    char copy[NUMBER_BYTES_MAX];
    size_t len = 0;
    if (is_one_of(node->text, INFINITE, 6) || is_one_of(node->text, NEGATIVE, 3) ||
        is_one_of(node->text, NO_NUMBER, 3)) {
        node->real = is_one_of(node->text, NO_NUMBER, 3) ? (double)NAN
                     : node->text.ptr[0] == '-'          ? -(double)INFINITY
                                                         : (double)INFINITY;
        return true;
    }
    if (node->text.len >= sizeof copy || !has_float_shape(node->text))
        return false;
    for (size_t i = 0; i < node->text.len; i++)
        if (node->text.ptr[i] != '_')
            copy[len++] = node->text.ptr[i];
    copy[len] = '\0';
    node->real = strtod(copy, NULL);
    return true;
}

/* *text* begins like *shape*, in which d is a digit. */
static bool has_shape(Str text, Str shape)
{
    if (text.len < shape.len)
        return false;
    for (size_t i = 0; i < shape.len; i++)
        if (shape.ptr[i] == 'd' ? !is_digit(text.ptr[i]) : text.ptr[i] != shape.ptr[i])
            return false;
    return true;
}

/* 2024-01-02, and with a time behind it. */
static bool is_date(Str text)
{
    if (!has_shape(text, STR("dddd-dd-dd")))
        return false;
    Str time = str_slice(text, 11, text.len);
    return text.len == 10 ||
           ((text.ptr[10] == 'T' || text.ptr[10] == 't' || text.ptr[10] == ' ') &&
            (has_shape(time, STR("dd:dd:dd")) || has_shape(time, STR("d:dd:dd"))));
}

void yaml_scalar_resolve(Yaml *node)
{
    if (is_null(node->text))
        node->kind = YAML_NULL_VALUE;
    else if (take_boolean(node))
        node->kind = YAML_BOOLEAN;
    else if (take_integer(node))
        node->kind = YAML_INTEGER;
    else if (take_float(node))
        node->kind = YAML_FLOAT;
    else if (is_date(node->text))
        node->kind = YAML_DATE;
}
