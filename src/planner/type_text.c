/* Types as texts: read from Athena's form, written in Athena's and in the engine's. */
#include <string.h>

#include "planner/type.h"

/* Names of simple types; the first of a kind is how it is written. */
static const struct {
    const char *word;
    TypeKind kind;
} WORDS[] = {
    {"unknown", TYPE_UNKNOWN},
    {"boolean", TYPE_BOOLEAN},
    {"tinyint", TYPE_TINYINT},
    {"smallint", TYPE_SMALLINT},
    {"integer", TYPE_INTEGER},
    {"int", TYPE_INTEGER},
    {"bigint", TYPE_BIGINT},
    {"decimal", TYPE_DECIMAL},
    {"real", TYPE_REAL},
    {"float", TYPE_REAL},
    {"double", TYPE_DOUBLE},
    {"double precision", TYPE_DOUBLE},
    {"varchar", TYPE_VARCHAR},
    {"string", TYPE_VARCHAR},
    {"char", TYPE_CHAR},
    {"varbinary", TYPE_VARBINARY},
    {"binary", TYPE_VARBINARY},
    {"json", TYPE_JSON},
    {"date", TYPE_DATE},
    {"time", TYPE_TIME},
    {"time without time zone", TYPE_TIME},
    {"timestamp", TYPE_TIMESTAMP},
    {"timestamp without time zone", TYPE_TIMESTAMP},
    {"timestamp with time zone", TYPE_TIMESTAMP_TZ},
    {"interval day to second", TYPE_INTERVAL_DAY},
    {"interval year to month", TYPE_INTERVAL_YEAR},
    {"uuid", TYPE_UUID},
    {"ipaddress", TYPE_IPADDRESS},
    {"ipprefix", TYPE_IPPREFIX},
};

const Type *type_named(Str word)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_equal_nocase(word, str_of(WORDS[i].word)))
            return type_simple(WORDS[i].kind);
    return NULL;
}

static const char *word_of(TypeKind kind)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i].kind == kind)
            return WORDS[i].word;
    return "?";
}

/* A text being read. */
typedef struct Reading {
    Str text;
    size_t at;
    Arena *arena;
    Error *err;
} Reading;

static const Type *read_type(Reading *in, int depth);

static void skip_space(Reading *in)
{
    while (in->at < in->text.len && in->text.ptr[in->at] == ' ')
        in->at++;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static Str read_word(Reading *in)
{
    skip_space(in);
    size_t from = in->at;
    while (in->at < in->text.len && is_word_byte(in->text.ptr[in->at]))
        in->at++;
    return str_slice(in->text, from, in->at);
}

static bool take(Reading *in, char c)
{
    skip_space(in);
    if (in->at == in->text.len || in->text.ptr[in->at] != c)
        return false;
    in->at++;
    return true;
}

static const Type *fail(Reading *in)
{
    error_set(in->err, ERROR_USAGE, "'%.*s' is no type", STR_ARG(str_slice(in->text, 0, 80)));
    return NULL;
}

static const Type *read_numbered(Reading *in, TypeKind kind)
{
    uint64_t precision = 38, scale = 0;
    if (!str_to_u64(read_word(in), &precision) ||
        (take(in, ',') && !str_to_u64(read_word(in), &scale)) || !take(in, ')'))
        return fail(in);
    if (kind != TYPE_DECIMAL)
        return type_simple(kind);
    if (precision < 1 || precision > 38 || scale > precision)
        return fail(in);
    return type_decimal(in->arena, (uint32_t)precision, (uint32_t)scale, in->err);
}

static TypeKind kind_of_word(Str word)
{
    return str_equal_nocase(word, STR("array"))      ? TYPE_ARRAY
           : str_equal_nocase(word, STR("map"))      ? TYPE_MAP
           : str_equal_nocase(word, STR("row"))      ? TYPE_ROW
           : str_equal_nocase(word, STR("function")) ? TYPE_FUNCTION
                                                     : TYPE_UNKNOWN;
}

/* A field's name; empty, and nothing is read, where a type stands alone. */
static Str read_field(Reading *in)
{
    size_t from = in->at;
    Str word = read_word(in);
    skip_space(in);
    if (in->at < in->text.len && is_word_byte(in->text.ptr[in->at]))
        return word;
    in->at = from;
    return (Str){"", 0};
}

/* What stands in the parentheses of array, map, row and function. */
static const Type *read_parts(Reading *in, TypeKind kind, int depth)
{
    const Type *parts[TYPE_PARTS_MAX];
    Str names[TYPE_PARTS_MAX];
    uint32_t count = 0;
    do {
        if (count == TYPE_PARTS_MAX)
            return fail(in);
        names[count] = kind == TYPE_ROW ? read_field(in) : (Str){"", 0};
        parts[count] = read_type(in, depth + 1);
        if (!parts[count++])
            return NULL;
    } while (take(in, ','));
    bool right = kind == TYPE_ARRAY ? count == 1 : kind == TYPE_MAP ? count == 2 : count > 0;
    if (!take(in, ')') || !right)
        return fail(in);
    return type_of_parts(in->arena, kind, parts, kind == TYPE_ROW ? names : NULL, count, in->err);
}

/* The longest run of words from *from* on that names a type: "timestamp with time zone". */
static const Type *read_words(Reading *in, size_t from)
{
    const Type *found = NULL;
    size_t end = in->at;
    for (int words = 0; words < 5; words++) {
        const Type *type = type_named(str_slice(in->text, from, in->at));
        if (type) {
            found = type;
            end = in->at;
        }
        if (!read_word(in).len)
            break;
    }
    in->at = end;
    return found ? found : fail(in);
}

static const Type *read_variable(Reading *in, char letter)
{
    Type *type = arena_calloc(in->arena, 1, sizeof *type, in->err);
    if (!type)
        return NULL;
    type->kind = TYPE_VARIABLE;
    type->variable = letter;
    return type;
}

static const Type *read_type(Reading *in, int depth)
{
    if (depth > TYPE_DEPTH_MAX)
        return fail(in);
    skip_space(in);
    size_t from = in->at;
    Str word = read_word(in);
    if (word.len == 1 && word.ptr[0] >= 'A' && word.ptr[0] <= 'Z')
        return read_variable(in, word.ptr[0]);
    TypeKind kind = kind_of_word(word);
    if (kind != TYPE_UNKNOWN)
        return take(in, '(') ? read_parts(in, kind, depth) : fail(in);
    const Type *simple = type_named(word);
    if (simple && in->at < in->text.len && in->text.ptr[in->at] == '(') {
        in->at++;
        return read_numbered(in, simple->kind);
    }
    return read_words(in, from);
}

const Type *type_read(Str text, Arena *arena, Error *err)
{
    Reading in = {text, 0, arena, err};
    const Type *type = read_type(&in, 0);
    skip_space(&in);
    return type && in.at != text.len ? fail(&in) : type;
}

static bool write_part(const Type *type, uint32_t i, Buf *out, Error *err)
{
    bool named = type->names && type->names[i].len;
    return (i == 0 || buf_append(out, ", ", 2, err)) &&
           (!named ||
            (buf_append_str(out, type->names[i], err) && buf_append_byte(out, ' ', err))) &&
           type_write(type->parts[i], out, err);
}

bool type_write(const Type *type, Buf *out, Error *err)
{
    static const char *const NESTED[] = {"array(", "map(", "row(", "function("};
    if (type->kind == TYPE_DECIMAL)
        return buf_printf(out, err, "decimal(%u, %u)", type->precision, type->scale);
    if (type->kind == TYPE_VARIABLE)
        return buf_append_byte(out, (unsigned char)type->variable, err);
    if (type->kind < TYPE_ARRAY)
        return buf_printf(out, err, "%s", word_of(type->kind));
    if (!buf_printf(out, err, "%s", NESTED[type->kind - TYPE_ARRAY]))
        return false;
    for (uint32_t i = 0; i < type->count; i++)
        if (!write_part(type, i, out, err))
            return false;
    return buf_append_byte(out, ')', err);
}

static const char *engine_word(TypeKind kind)
{
    static const char *const NAMES[TYPE_KINDS] = {
        [TYPE_UNKNOWN] = "VARCHAR",
        [TYPE_BOOLEAN] = "BOOLEAN",
        [TYPE_TINYINT] = "TINYINT",
        [TYPE_SMALLINT] = "SMALLINT",
        [TYPE_INTEGER] = "INTEGER",
        [TYPE_BIGINT] = "BIGINT",
        [TYPE_REAL] = "REAL",
        [TYPE_DOUBLE] = "DOUBLE",
        [TYPE_VARCHAR] = "VARCHAR",
        [TYPE_CHAR] = "VARCHAR",
        [TYPE_VARBINARY] = "BLOB",
        [TYPE_JSON] = "JSON",
        [TYPE_DATE] = "DATE",
        [TYPE_TIME] = "TIME",
        [TYPE_TIMESTAMP] = "TIMESTAMP",
        [TYPE_TIMESTAMP_TZ] = "TIMESTAMP",
        [TYPE_INTERVAL_DAY] = "INTERVAL",
        [TYPE_INTERVAL_YEAR] = "INTERVAL",
        [TYPE_UUID] = "VARCHAR",
        [TYPE_IPADDRESS] = "BLOB",
        [TYPE_IPPREFIX] = "BLOB",
    };
    return NAMES[kind];
}

/* A STRUCT's member; quotes in its name are doubled. */
static bool write_engine_field(const Type *row, uint32_t i, Buf *out, Error *err)
{
    Str name = row->names[i];
    bool ok = (i == 0 || buf_append(out, ", ", 2, err)) && buf_append_byte(out, '"', err);
    if (!name.len)
        ok = ok && buf_printf(out, err, "field%u", i);
    for (size_t k = 0; ok && k < name.len; k++)
        ok = (name.ptr[k] != '"' || buf_append_byte(out, '"', err)) &&
             buf_append_byte(out, (unsigned char)name.ptr[k], err);
    return ok && buf_append(out, "\" ", 2, err) && type_write_engine(row->parts[i], out, err);
}

bool type_write_engine(const Type *type, Buf *out, Error *err)
{
    if (type->kind == TYPE_DECIMAL)
        return buf_printf(out, err, "DECIMAL(%u, %u)", type->precision, type->scale);
    if (type->kind == TYPE_ARRAY)
        return type_write_engine(type->parts[0], out, err) && buf_append(out, "[]", 2, err);
    if (type->kind == TYPE_MAP)
        return buf_append(out, "MAP(", 4, err) && type_write_engine(type->parts[0], out, err) &&
               buf_append(out, ", ", 2, err) && type_write_engine(type->parts[1], out, err) &&
               buf_append_byte(out, ')', err);
    if (type->kind != TYPE_ROW) {
        const char *word = engine_word(type->kind);
        return word ? buf_printf(out, err, "%s", word)
                    : error_set(err, ERROR_USAGE, "such a value cannot be stored");
    }
    if (!buf_append(out, "STRUCT(", 7, err))
        return false;
    for (uint32_t i = 0; i < type->count; i++)
        if (!write_engine_field(type, i, out, err))
            return false;
    return buf_append_byte(out, ')', err);
}
