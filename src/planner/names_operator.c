/* Types of operators, as Trino has them ("athena", section 3). */
#include <string.h>

#include "planner/names_scope.h"

enum { TYPE_TEXT_BYTES = 400, DIGITS_MAX = 38 };

/* A type's name for a message. */
static Str type_text(Names *names, const Type *type)
{
    BUF_AUTO Buf text = buf_init(TYPE_TEXT_BYTES);
    Error ignored = {0};
    if (!type_write(type, &text, &ignored))
        return STR("a nested type");
    return names_text(names, "%.*s", STR_ARG(buf_str(&text)));
}

const Type *names_common(Names *names, const Ast *node, const Type *a, const Type *b)
{
    const Type *common = type_common(a, b, names->arena, names->err);
    if (!common && names->err->kind == ERROR_NONE) {
        Str left = type_text(names, a), right = type_text(names, b);
        names_fail(names, node->place, "values of %.*s and of %.*s do not go together: CAST one",
                   STR_ARG(left), STR_ARG(right));
    }
    return common;
}

/* A text literal may stand for what it spells: `readonly = 'true'`, `eventtime > '2024-01-01'`. */
static bool spells(const Ast *literal, const Type *other)
{
    return literal->kind == AST_STRING &&
           (type_is_time(other) || other->kind == TYPE_BOOLEAN || other->kind == TYPE_IPADDRESS);
}

const Type *names_comparison(Names *names, Ast *node, const Type *left, const Type *right)
{
    if (type_common(left, right, names->arena, names->err))
        return type_simple(TYPE_BOOLEAN);
    if (names->err->kind != ERROR_NONE)
        return NULL;
    for (const Ast *child = node->first; child; child = child->next)
        if ((child->type == left && spells(child, right)) ||
            (child->type == right && spells(child, left)))
            return type_simple(TYPE_BOOLEAN);
    Str a = type_text(names, left), b = type_text(names, right);
    names_fail(names, node->place, "cannot compare %.*s with %.*s: CAST one of them", STR_ARG(a),
               STR_ARG(b));
    return NULL;
}

typedef struct Digits {
    uint32_t whole, scale;
} Digits;

static Digits digits_of(const Type *type)
{
    static const uint32_t INTEGERS[] = {3, 5, 10, 19};
    if (type->kind == TYPE_DECIMAL)
        return (Digits){type->precision - type->scale, type->scale};
    return (Digits){INTEGERS[type->kind - TYPE_TINYINT], 0};
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static const Type *decimal_result(Arena *arena, char op, const Type *left, const Type *right,
                                  Error *err)
{
    Digits a = digits_of(left), b = digits_of(right);
    uint32_t scale = larger(a.scale, b.scale);
    uint32_t precision = 0;
    switch (op) {
    case '*':
        scale = a.scale + b.scale;
        precision = a.whole + b.whole + scale;
        break;
    case '/':
        precision = a.whole + a.scale + b.scale + (b.scale > a.scale ? b.scale - a.scale : 0);
        break;
    case '%':
        precision = (a.whole < b.whole ? a.whole : b.whole) + scale;
        break;
    default:
        precision = larger(a.whole, b.whole) + scale + 1;
    }
    precision = precision > DIGITS_MAX ? DIGITS_MAX : larger(precision, 1);
    scale = scale > precision ? precision : scale;
    return type_decimal(arena, precision, scale, err);
}

/* Moments, days and spans: what may be added to and taken from what. */
static const struct {
    TypeKind left, right, result;
    char op;
} SPANS[] = {
    {TYPE_DATE, TYPE_INTERVAL_DAY, TYPE_DATE, '+'},
    {TYPE_DATE, TYPE_INTERVAL_DAY, TYPE_DATE, '-'},
    {TYPE_DATE, TYPE_INTERVAL_YEAR, TYPE_DATE, '+'},
    {TYPE_DATE, TYPE_INTERVAL_YEAR, TYPE_DATE, '-'},
    {TYPE_TIMESTAMP, TYPE_INTERVAL_DAY, TYPE_TIMESTAMP, '+'},
    {TYPE_TIMESTAMP, TYPE_INTERVAL_DAY, TYPE_TIMESTAMP, '-'},
    {TYPE_TIMESTAMP, TYPE_INTERVAL_YEAR, TYPE_TIMESTAMP, '+'},
    {TYPE_TIMESTAMP, TYPE_INTERVAL_YEAR, TYPE_TIMESTAMP, '-'},
    {TYPE_TIMESTAMP_TZ, TYPE_INTERVAL_DAY, TYPE_TIMESTAMP_TZ, '+'},
    {TYPE_TIMESTAMP_TZ, TYPE_INTERVAL_DAY, TYPE_TIMESTAMP_TZ, '-'},
    {TYPE_TIMESTAMP_TZ, TYPE_INTERVAL_YEAR, TYPE_TIMESTAMP_TZ, '+'},
    {TYPE_TIMESTAMP_TZ, TYPE_INTERVAL_YEAR, TYPE_TIMESTAMP_TZ, '-'},
    {TYPE_TIME, TYPE_INTERVAL_DAY, TYPE_TIME, '+'},
    {TYPE_TIME, TYPE_INTERVAL_DAY, TYPE_TIME, '-'},
    {TYPE_INTERVAL_DAY, TYPE_INTERVAL_DAY, TYPE_INTERVAL_DAY, '+'},
    {TYPE_INTERVAL_DAY, TYPE_INTERVAL_DAY, TYPE_INTERVAL_DAY, '-'},
    {TYPE_INTERVAL_YEAR, TYPE_INTERVAL_YEAR, TYPE_INTERVAL_YEAR, '+'},
    {TYPE_INTERVAL_YEAR, TYPE_INTERVAL_YEAR, TYPE_INTERVAL_YEAR, '-'},
    {TYPE_DATE, TYPE_DATE, TYPE_INTERVAL_DAY, '-'},
    {TYPE_TIMESTAMP, TYPE_TIMESTAMP, TYPE_INTERVAL_DAY, '-'},
    {TYPE_TIMESTAMP_TZ, TYPE_TIMESTAMP_TZ, TYPE_INTERVAL_DAY, '-'},
    {TYPE_TIMESTAMP_TZ, TYPE_TIMESTAMP, TYPE_INTERVAL_DAY, '-'},
    {TYPE_TIMESTAMP, TYPE_TIMESTAMP_TZ, TYPE_INTERVAL_DAY, '-'},
    {TYPE_TIMESTAMP, TYPE_DATE, TYPE_INTERVAL_DAY, '-'},
    {TYPE_TIMESTAMP_TZ, TYPE_DATE, TYPE_INTERVAL_DAY, '-'},
    {TYPE_INTERVAL_DAY, TYPE_BIGINT, TYPE_INTERVAL_DAY, '*'},
    {TYPE_INTERVAL_YEAR, TYPE_BIGINT, TYPE_INTERVAL_YEAR, '*'},
};

static const Type *span_result(char op, const Type *left, const Type *right)
{
    for (size_t i = 0; i < sizeof SPANS / sizeof *SPANS; i++) {
        TypeKind a = SPANS[i].left, b = SPANS[i].right;
        bool forth =
            left->kind == a && (right->kind == b || (b == TYPE_BIGINT && type_is_integer(right)));
        bool back = right->kind == a && op != '-' &&
                    (left->kind == b || (b == TYPE_BIGINT && type_is_integer(left)));
        if (SPANS[i].op != op || !(forth || back))
            continue;
        if (SPANS[i].result == a)
            return forth ? left : right; /* with its zone */
        return type_simple(SPANS[i].result);
    }
    return NULL;
}

const Type *names_arithmetic_type(Arena *arena, char op, const Type *left, const Type *right,
                                  Error *err)
{
    if (left->kind == TYPE_UNKNOWN || right->kind == TYPE_UNKNOWN)
        return left->kind == TYPE_UNKNOWN ? right : left;
    bool numbers = type_is_number(left) && type_is_number(right);
    bool floats = left->kind >= TYPE_REAL || right->kind >= TYPE_REAL;
    if (numbers && !floats && (left->kind == TYPE_DECIMAL || right->kind == TYPE_DECIMAL))
        return decimal_result(arena, op, left, right, err);
    if (numbers)
        return left->kind > right->kind ? left : right;
    return span_result(op, left, right);
}

const Type *names_arithmetic(Names *names, Ast *node, char op, const Type *left, const Type *right)
{
    const Type *type = names_arithmetic_type(names->arena, op, left, right, names->err);
    if (type || names->err->kind != ERROR_NONE)
        return type;
    Str a = type_text(names, left), b = type_text(names, right);
    names_fail(names, node->place, "cannot apply '%c' to %.*s and %.*s", op, STR_ARG(a),
               STR_ARG(b));
    return NULL;
}
