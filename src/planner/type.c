#include "planner/type.h"

#include <string.h>

#include "natives/zone.h"

/* Simple types, by kind. */
static const Type SIMPLE[TYPE_KINDS] = {
#define ROW(name) [TYPE_##name] = {.kind = TYPE_##name, .zone = {"", 0}}
    ROW(UNKNOWN),
    ROW(BOOLEAN),
    ROW(TINYINT),
    ROW(SMALLINT),
    ROW(INTEGER),
    ROW(BIGINT),
    ROW(REAL),
    ROW(DOUBLE),
    ROW(VARCHAR),
    ROW(CHAR),
    ROW(VARBINARY),
    ROW(JSON),
    ROW(DATE),
    ROW(TIME),
    ROW(TIMESTAMP),
    ROW(TIMESTAMP_TZ),
    ROW(INTERVAL_DAY),
    ROW(UUID),
    ROW(IPADDRESS),
    ROW(IPPREFIX),
    ROW(VARIABLE),
    ROW(INTERVAL_YEAR),
#undef ROW
    [TYPE_DECIMAL] = {.kind = TYPE_DECIMAL, .precision = 38},
};

const Type *type_simple(TypeKind kind)
{
    return &SIMPLE[kind];
}

const Type *type_moment(void)
{
    static const Type MOMENT = {.kind = TYPE_TIMESTAMP, .zone = {"UTC", 3}};
    return &MOMENT;
}

static Type *make(Arena *arena, TypeKind kind, Error *err)
{
    Type *type = arena_calloc(arena, 1, sizeof *type, err);
    if (type)
        type->kind = kind;
    return type;
}

const Type *type_decimal(Arena *arena, uint32_t precision, uint32_t scale, Error *err)
{
    Type *type = make(arena, TYPE_DECIMAL, err);
    if (!type)
        return NULL;
    type->precision = precision;
    type->scale = scale;
    return type;
}

const Type *type_zoned(Arena *arena, Str zone, Error *err)
{
    char offset[ZONE_TEXT_BYTES];
    int minutes;
    if (!zone.len || zone_is_utc(zone))
        return type_simple(TYPE_TIMESTAMP_TZ);
    if (zone_offset(zone, &minutes)) {
        zone_write(minutes, offset);
        zone = str_of(offset);
    }
    Type *type = make(arena, TYPE_TIMESTAMP_TZ, err);
    const char *copy = type ? arena_text(arena, zone, err) : NULL;
    if (!copy)
        return NULL;
    type->zone = (Str){copy, zone.len};
    return type;
}

const Type *type_of_parts(Arena *arena, TypeKind kind, const Type *const *parts, const Str *names,
                          uint32_t count, Error *err)
{
    if (count > TYPE_PARTS_MAX) {
        error_set(err, ERROR_LIMIT, "a type has %u parts; at most %d are taken", count,
                  TYPE_PARTS_MAX);
        return NULL;
    }
    Type *type = make(arena, kind, err);
    const Type **copy = type ? arena_alloc(arena, (count + 1) * sizeof *copy, err) : NULL;
    if (!copy)
        return NULL;
    memcpy(copy, parts, count * sizeof *copy);
    type->parts = copy;
    type->count = count;
    if (names) {
        Str *named = arena_alloc(arena, (count + 1) * sizeof *named, err);
        if (!named)
            return NULL;
        memcpy(named, names, count * sizeof *named);
        type->names = named;
    }
    return type;
}

const Type *type_array(Arena *arena, const Type *element, Error *err)
{
    return type_of_parts(arena, TYPE_ARRAY, &element, NULL, 1, err);
}

const Type *type_map(Arena *arena, const Type *key, const Type *value, Error *err)
{
    const Type *parts[] = {key, value};
    return type_of_parts(arena, TYPE_MAP, parts, NULL, 2, err);
}

bool type_equal(const Type *a, const Type *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || a->count != b->count || a->variable != b->variable)
        return false;
    if (a->kind == TYPE_DECIMAL && (a->precision != b->precision || a->scale != b->scale))
        return false;
    if (a->kind == TYPE_TIMESTAMP_TZ && !str_equal(a->zone, b->zone))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!type_equal(a->parts[i], b->parts[i]) ||
            (a->names && b->names && !str_equal_nocase(a->names[i], b->names[i])))
            return false;
    return true;
}

bool type_is_integer(const Type *type)
{
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_BIGINT;
}

bool type_is_number(const Type *type)
{
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_DOUBLE;
}

bool type_is_time(const Type *type)
{
    return type->kind >= TYPE_DATE && type->kind <= TYPE_TIMESTAMP_TZ;
}

int type_field(const Type *row, Str name)
{
    for (uint32_t i = 0; row->kind == TYPE_ROW && i < row->count; i++)
        if (str_equal_nocase(row->names[i], name))
            return (int)i;
    return -1;
}

/* Digits before the point that an integer type needs as a DECIMAL. */
static uint32_t integer_digits(TypeKind kind)
{
    static const uint32_t DIGITS[] = {3, 5, 10, 19};
    return DIGITS[kind - TYPE_TINYINT];
}

static const Type *common_decimal(const Type *a, const Type *b, Arena *arena, Error *err)
{
    uint32_t a_scale = a->kind == TYPE_DECIMAL ? a->scale : 0;
    uint32_t b_scale = b->kind == TYPE_DECIMAL ? b->scale : 0;
    uint32_t a_whole = a->kind == TYPE_DECIMAL ? a->precision - a_scale : integer_digits(a->kind);
    uint32_t b_whole = b->kind == TYPE_DECIMAL ? b->precision - b_scale : integer_digits(b->kind);
    uint32_t scale = a_scale > b_scale ? a_scale : b_scale;
    uint32_t whole = a_whole > b_whole ? a_whole : b_whole;
    uint32_t precision = whole + scale > 38 ? 38 : whole + scale;
    return type_decimal(arena, precision, scale, err);
}

static const Type *common_number(const Type *a, const Type *b, Arena *arena, Error *err)
{
    bool decimal = a->kind == TYPE_DECIMAL || b->kind == TYPE_DECIMAL;
    const Type *wider = a->kind > b->kind ? a : b;
    if (decimal && wider->kind == TYPE_DECIMAL)
        return common_decimal(a, b, arena, err);
    return wider;
}

static const Type *common_parts(const Type *a, const Type *b, Arena *arena, Error *err)
{
    const Type *parts[TYPE_PARTS_MAX];
    Str names[TYPE_PARTS_MAX];
    for (uint32_t i = 0; i < a->count; i++) {
        parts[i] = type_common(a->parts[i], b->parts[i], arena, err);
        if (!parts[i])
            return NULL;
        if (a->names)
            names[i] = b->names && !a->names[i].len ? b->names[i] : a->names[i];
    }
    return type_of_parts(arena, a->kind, parts, a->names ? names : NULL, a->count, err);
}

/* A pair of simple types of which one goes over into the other: *from* becomes *to*. */
static const struct {
    TypeKind from, to;
} WIDER[] = {
    {TYPE_CHAR, TYPE_VARCHAR},
    {TYPE_DATE, TYPE_TIMESTAMP},
    {TYPE_DATE, TYPE_TIMESTAMP_TZ},
    {TYPE_TIMESTAMP, TYPE_TIMESTAMP_TZ},
};

const Type *type_common(const Type *a, const Type *b, Arena *arena, Error *err)
{
    if (a->kind == TYPE_UNKNOWN || type_equal(a, b))
        return b;
    if (b->kind == TYPE_UNKNOWN)
        return a;
    if (type_is_number(a) && type_is_number(b))
        return common_number(a, b, arena, err);
    if (a->kind == b->kind && a->count == b->count && a->count)
        return common_parts(a, b, arena, err);
    if (a->kind == b->kind)
        return type_simple(a->kind); /* two zones: shown in UTC */
    for (size_t i = 0; i < sizeof WIDER / sizeof *WIDER; i++) {
        if (a->kind == WIDER[i].from && b->kind == WIDER[i].to)
            return b;
        if (b->kind == WIDER[i].from && a->kind == WIDER[i].to)
            return a;
    }
    return NULL;
}

bool type_coerces(const Type *from, const Type *to)
{
    if (from->kind == TYPE_UNKNOWN)
        return true;
    if (type_is_number(from) && type_is_number(to))
        return from->kind <= to->kind;
    if (from->kind == to->kind) {
        if (from->count != to->count)
            return false;
        for (uint32_t i = 0; i < from->count; i++)
            if (!type_coerces(from->parts[i], to->parts[i]))
                return false;
        return true;
    }
    for (size_t i = 0; i < sizeof WIDER / sizeof *WIDER; i++)
        if (from->kind == WIDER[i].from && to->kind == WIDER[i].to)
            return true;
    return false;
}
