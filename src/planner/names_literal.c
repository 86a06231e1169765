/* Literals and the words for now and who: their types. */
#include "planner/names_scope.h"

const Type *names_literal_null(Names *names, Ast *node, const NamesScope *scope)
{
    (void)names, (void)node, (void)scope;
    return type_simple(TYPE_UNKNOWN);
}

const Type *names_literal_boolean(Names *names, Ast *node, const NamesScope *scope)
{
    (void)names, (void)node, (void)scope;
    return type_simple(TYPE_BOOLEAN);
}

const Type *names_literal_integer(Names *names, Ast *node, const NamesScope *scope)
{
    uint64_t number;
    (void)names, (void)scope;
    bool small = str_to_u64(node->text, &number) && number <= INT32_MAX;
    return type_simple(small ? TYPE_INTEGER : TYPE_BIGINT);
}

const Type *names_literal_decimal(Names *names, Ast *node, const NamesScope *scope)
{
    size_t point = str_find_byte(node->text, '.', 0);
    size_t zeros = 0;
    (void)scope;
    while (zeros < point && node->text.ptr[zeros] == '0')
        zeros++;
    uint32_t scale = point < node->text.len ? (uint32_t)(node->text.len - point - 1) : 0;
    uint32_t precision = (uint32_t)(point - zeros) + scale;
    if (precision > 38) {
        names_fail(names, node->place, "a decimal has at most 38 digits: write it with E0");
        return NULL;
    }
    return type_decimal(names->arena, precision ? precision : 1, scale, names->err);
}

const Type *names_literal_double(Names *names, Ast *node, const NamesScope *scope)
{
    (void)names, (void)node, (void)scope;
    return type_simple(TYPE_DOUBLE);
}

const Type *names_literal_string(Names *names, Ast *node, const NamesScope *scope)
{
    (void)names, (void)node, (void)scope;
    return type_simple(TYPE_VARCHAR);
}

const Type *names_literal_binary(Names *names, Ast *node, const NamesScope *scope)
{
    (void)names, (void)node, (void)scope;
    return type_simple(TYPE_VARBINARY);
}

Str names_literal_zone(Str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        char next = i + 1 < text.len ? text.ptr[i + 1] : ' ';
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool between = c == 'T' && next >= '0' && next <= '9';
        if ((letter && digits >= 8 && !between) || ((c == '+' || c == '-') && digits >= 10))
            return str_slice(text, i, text.len);
        digits += c >= '0' && c <= '9';
    }
    return (Str){"", 0};
}

const Type *names_literal_typed(Names *names, Ast *node, const NamesScope *scope)
{
    const Type *type = type_named(node->text);
    (void)scope;
    if (!type || type->kind == TYPE_UNKNOWN) {
        names_fail(names, node->place, "there are no literals of type '%.*s'",
                   STR_ARG(str_slice(node->text, 0, 60)));
        return NULL;
    }
    node->first->type = type_simple(TYPE_VARCHAR);
    if (type->kind == TYPE_DECIMAL)
        return names_literal_decimal(names, node->first, scope);
    Str zone = type->kind == TYPE_TIMESTAMP ? names_literal_zone(node->first->text) : (Str){"", 0};
    return zone.len ? type_zoned(names->arena, zone, names->err) : type;
}

const Type *names_literal_interval(Names *names, Ast *node, const NamesScope *scope)
{
    (void)names, (void)scope;
    bool year = str_starts(node->text, STR("year")) || str_starts(node->text, STR("month"));
    return type_simple(year ? TYPE_INTERVAL_YEAR : TYPE_INTERVAL_DAY);
}

const Type *names_literal_current(Names *names, Ast *node, const NamesScope *scope)
{
    static const struct {
        Str word;
        TypeKind kind;
    } KINDS[] = {
        {{"current_date", 12}, TYPE_DATE},        {{"current_timestamp", 17}, TYPE_TIMESTAMP_TZ},
        {{"localtimestamp", 14}, TYPE_TIMESTAMP}, {{"localtime", 9}, TYPE_TIME},
        {{"current_user", 12}, TYPE_VARCHAR},     {{"current_catalog", 15}, TYPE_VARCHAR},
        {{"current_schema", 14}, TYPE_VARCHAR},
    };
    (void)scope;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_equal(node->text, KINDS[i].word))
            return type_simple(KINDS[i].kind);
    names_fail(names, node->place, "%.*s is not supported", STR_ARG(node->text));
    return NULL;
}
