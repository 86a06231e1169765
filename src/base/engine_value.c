#include "base/engine_value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"

enum { DEPTH_MAX = 64 };

/* One value being written; nested values make a new one. */
typedef struct Value {
    duckdb_vector vector;
    duckdb_logical_type type;
    idx_t row;
    EngineForm form;
    int depth;
    Buf *out;
    Error *err;
} Value;

static bool write_value(const Value *value);

static const void *item(const Value *value, size_t size)
{
    return (const char *)duckdb_vector_get_data(value->vector) + value->row * size;
}

/* Appends *text* as a JSON string: quotes, backslashes and control characters escaped. */
static bool write_json_text(Str text, Buf *out, Error *err)
{
    bool ok = buf_append_byte(out, '"', err);
    size_t from = 0; /* of the bytes that stand as they are */
    for (size_t i = 0; ok && i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        ok = buf_append(out, text.ptr + from, i - from, err) &&
             buf_printf(out, err, c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
        from = i + 1;
    }
    return ok && buf_append(out, text.ptr + from, text.len - from, err) &&
           buf_append_byte(out, '"', err);
}

/* A text in the value's form: bare at the top of ENGINE_TEXT, else a JSON string. */
static bool write_text(const Value *value, Str text)
{
    if (value->form == ENGINE_TEXT && value->depth == 0)
        return buf_append_str(value->out, text, value->err);
    return write_json_text(text, value->out, value->err);
}

static bool write_string(const Value *value)
{
    duckdb_string_t string = *(const duckdb_string_t *)item(value, sizeof string);
    return write_text(value, (Str){duckdb_string_t_data(&string), duckdb_string_t_length(string)});
}

static bool write_blob(const Value *value)
{
    duckdb_string_t string = *(const duckdb_string_t *)item(value, sizeof string);
    const char *bytes = duckdb_string_t_data(&string);
    bool quoted = value->form == ENGINE_JSON || value->depth > 0;
    bool ok = !quoted || buf_append_byte(value->out, '"', value->err);
    for (uint32_t i = 0; ok && i < duckdb_string_t_length(string); i++)
        ok = buf_printf(value->out, value->err, "%02x", (unsigned char)bytes[i]);
    return ok && (!quoted || buf_append_byte(value->out, '"', value->err));
}

static bool write_integer(const Value *value)
{
    Buf *out = value->out;
    switch (duckdb_get_type_id(value->type)) {
    case DUCKDB_TYPE_TINYINT:
        return buf_printf(out, value->err, "%d", *(const int8_t *)item(value, 1));
    case DUCKDB_TYPE_SMALLINT:
        return buf_printf(out, value->err, "%d", *(const int16_t *)item(value, 2));
    case DUCKDB_TYPE_INTEGER:
        return buf_printf(out, value->err, "%" PRId32, *(const int32_t *)item(value, 4));
    case DUCKDB_TYPE_UTINYINT:
        return buf_printf(out, value->err, "%u", *(const uint8_t *)item(value, 1));
    case DUCKDB_TYPE_USMALLINT:
        return buf_printf(out, value->err, "%u", *(const uint16_t *)item(value, 2));
    case DUCKDB_TYPE_UINTEGER:
        return buf_printf(out, value->err, "%" PRIu32, *(const uint32_t *)item(value, 4));
    case DUCKDB_TYPE_UBIGINT:
        return buf_printf(out, value->err, "%" PRIu64, *(const uint64_t *)item(value, 8));
    default:
        return buf_printf(out, value->err, "%" PRId64, *(const int64_t *)item(value, 8));
    }
}

/* Writes a 128-bit magnitude in decimal, with *scale* digits behind the point. */
static bool write_wide(const Value *value, duckdb_uhugeint magnitude, bool minus, int scale)
{
    char digits[48];
    int at = (int)sizeof digits;
    int count = 0;
    uint32_t parts[4] = {(uint32_t)(magnitude.upper >> 32), (uint32_t)magnitude.upper,
                         (uint32_t)(magnitude.lower >> 32), (uint32_t)magnitude.lower};
    do {
        uint64_t rest = 0;
        for (int i = 0; i < 4; i++) {
            uint64_t part = rest << 32 | parts[i];
            parts[i] = (uint32_t)(part / 10);
            rest = part % 10;
        }
        if (scale && count == scale)
            digits[--at] = '.';
        digits[--at] = (char)('0' + rest);
        count++;
    } while (parts[0] || parts[1] || parts[2] || parts[3] || count <= scale);
    if (minus)
        digits[--at] = '-';
    return buf_append(value->out, digits + at, sizeof digits - (size_t)at, value->err);
}

static bool write_huge(const Value *value, duckdb_hugeint number, int scale)
{
    duckdb_uhugeint magnitude = {number.lower, (uint64_t)number.upper};
    bool minus = number.upper < 0;
    if (minus) {
        magnitude.lower = ~magnitude.lower + 1;
        magnitude.upper = ~magnitude.upper + (magnitude.lower == 0);
    }
    return write_wide(value, magnitude, minus, scale);
}

static duckdb_hugeint widen(int64_t number)
{
    return (duckdb_hugeint){(uint64_t)number, number < 0 ? -1 : 0};
}

static bool write_decimal(const Value *value)
{
    int scale = duckdb_decimal_scale(value->type);
    switch (duckdb_decimal_internal_type(value->type)) {
    case DUCKDB_TYPE_SMALLINT:
        return write_huge(value, widen(*(const int16_t *)item(value, 2)), scale);
    case DUCKDB_TYPE_INTEGER:
        return write_huge(value, widen(*(const int32_t *)item(value, 4)), scale);
    case DUCKDB_TYPE_BIGINT:
        return write_huge(value, widen(*(const int64_t *)item(value, 8)), scale);
    default:
        return write_huge(value, *(const duckdb_hugeint *)item(value, 16), scale);
    }
}

/* "+20" of an exponent. */
static int exponent_at(const char *text)
{
    int exponent = 0;
    for (const char *at = text + 1; *at; at++)
        exponent = exponent * 10 + (*at - '0');
    return text[0] == '-' ? -exponent : exponent;
}

/* With *behind* digits behind the point, zeros at the end left out but for the first. */
static void write_fixed(double number, int behind, char *text, size_t size)
{
    int len = snprintf(text, size, "%.*f", behind < 1 ? 1 : behind, number);
    while (len > 2 && text[len - 1] == '0' && text[len - 2] != '.')
        text[--len] = '\0';
}

/* The fewest digits that read back as the same number, in Java's form, which is Athena's: 1.0 and
 * 0.001, but 1.0E7 and 1.0E-4. */
static void shortest(double number, bool is_float, char *text, size_t size)
{
    char digits[40];
    int precision = 1;
    for (double back = NAN; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*e", precision, number);
        back = is_float ? (double)strtof(digits, NULL) : strtod(digits, NULL);
        if (back == number)
            break;
    }
    char *mark = strchr(digits, 'e'); /* always there, as written above: "1.5e+20" */
    int exponent = mark ? exponent_at(mark + 1) : 0;
    if (number == 0 || (fabs(number) >= 1e-3 && fabs(number) < 1e7)) {
        write_fixed(number, precision - exponent, text, size);
        return;
    }
    if (mark)
        *mark = '\0';
    snprintf(text, size, "%.30sE%d", digits, exponent);
}

/* Such a number; JSON has no NaN and no infinity. */
static bool write_real(const Value *value)
{
    bool is_float = duckdb_get_type_id(value->type) == DUCKDB_TYPE_FLOAT;
    double number =
        is_float ? (double)*(const float *)item(value, 4) : *(const double *)item(value, 8);
    char text[64];
    if (!isfinite(number)) {
        snprintf(text, sizeof text, "%s",
                 isnan(number) ? "NaN"
                 : number > 0  ? "Infinity"
                               : "-Infinity");
        return write_text(value, str_of(text));
    }
    shortest(number, is_float, text, sizeof text);
    return buf_append_str(value->out, str_of(text), value->err);
}

static int write_date(char *text, size_t size, duckdb_date date)
{
    duckdb_date_struct parts = duckdb_from_date(date);
    return snprintf(text, size, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
}

static bool write_timestamp(const Value *value, int64_t units, int64_t units_per_second)
{
    char text[64];
    int64_t seconds = units / units_per_second - (units % units_per_second < 0);
    int64_t fraction = units - seconds * units_per_second;
    int64_t day = seconds / 86400 - (seconds % 86400 < 0);
    int clock = (int)(seconds - day * 86400);
    int used = write_date(text, sizeof text, (duckdb_date){(int32_t)day});
    used += snprintf(text + used, sizeof text - (size_t)used, " %02d:%02d:%02d", clock / 3600,
                     clock / 60 % 60, clock % 60);
    int width = units_per_second == 1000 ? 3 : units_per_second == 1000000 ? 6 : 9;
    if (fraction)
        used += snprintf(text + used, sizeof text - (size_t)used, ".%0*" PRId64, width, fraction);
    if (duckdb_get_type_id(value->type) == DUCKDB_TYPE_TIMESTAMP_TZ)
        snprintf(text + used, sizeof text - (size_t)used, "+00");
    return write_text(value, str_of(text));
}

/* The commonest kind: microseconds, without a zone. */
static bool write_moment(const Value *value)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(*(const int64_t *)item(value, 8), text);
    Str moment = str_of(text);
    text[moment.len - STR("T00:00:00Z").len - (memchr(text, '.', moment.len) ? 7 : 0)] = ' ';
    return write_text(value, str_slice(moment, 0, moment.len - 1));
}

static bool write_temporal(const Value *value)
{
    char text[64];
    switch (duckdb_get_type_id(value->type)) {
    case DUCKDB_TYPE_DATE:
        write_date(text, sizeof text, *(const duckdb_date *)item(value, sizeof(duckdb_date)));
        return write_text(value, str_of(text));
    case DUCKDB_TYPE_TIME: {
        duckdb_time_struct time = duckdb_from_time(*(const duckdb_time *)item(value, 8));
        snprintf(text, sizeof text, "%02d:%02d:%02d.%06d", time.hour, time.min, time.sec,
                 time.micros);
        return write_text(value, str_of(text));
    }
    case DUCKDB_TYPE_TIMESTAMP_S:
        return write_timestamp(value, *(const int64_t *)item(value, 8), 1);
    case DUCKDB_TYPE_TIMESTAMP_MS:
        return write_timestamp(value, *(const int64_t *)item(value, 8), 1000);
    case DUCKDB_TYPE_TIMESTAMP_NS:
        return write_timestamp(value, *(const int64_t *)item(value, 8), 1000000000);
    default:
        return write_timestamp(value, *(const int64_t *)item(value, 8), 1000000);
    }
}

static bool write_interval(const Value *value)
{
    duckdb_interval interval = *(const duckdb_interval *)item(value, sizeof interval);
    char text[96];
    snprintf(text, sizeof text, "%d months %d days %" PRId64 ".%06" PRId64 " seconds",
             interval.months, interval.days, interval.micros / 1000000,
             interval.micros < 0 ? -interval.micros % 1000000 : interval.micros % 1000000);
    return write_text(value, str_of(text));
}

static bool write_uuid(const Value *value)
{
    duckdb_hugeint number = *(const duckdb_hugeint *)item(value, sizeof number);
    uint64_t upper = (uint64_t)number.upper ^ (UINT64_C(1) << 63);
    char text[40];
    snprintf(text, sizeof text,
             "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64, upper >> 32,
             upper >> 16 & 0xffff, upper & 0xffff, number.lower >> 48,
             number.lower & UINT64_C(0xffffffffffff));
    return write_text(value, str_of(text));
}

static bool write_enum(const Value *value)
{
    idx_t index;
    switch (duckdb_enum_internal_type(value->type)) {
    case DUCKDB_TYPE_UTINYINT:
        index = *(const uint8_t *)item(value, 1);
        break;
    case DUCKDB_TYPE_USMALLINT:
        index = *(const uint16_t *)item(value, 2);
        break;
    default:
        index = *(const uint32_t *)item(value, 4);
        break;
    }
    char *word = duckdb_enum_dictionary_value(value->type, index);
    bool ok = write_text(value, str_of(word));
    duckdb_free(word);
    return ok;
}

static bool write_child(const Value *value, duckdb_vector vector, idx_t row)
{
    Value child = *value;
    child.vector = vector;
    child.row = row;
    child.depth++;
    child.type = duckdb_vector_get_column_type(vector);
    bool ok = write_value(&child);
    duckdb_destroy_logical_type(&child.type);
    return ok;
}

static bool write_items(const Value *value, duckdb_vector child, idx_t first, idx_t count)
{
    bool ok = buf_append_byte(value->out, '[', value->err);
    for (idx_t i = 0; ok && i < count; i++)
        ok = (i == 0 || buf_append_byte(value->out, ',', value->err)) &&
             write_child(value, child, first + i);
    return ok && buf_append_byte(value->out, ']', value->err);
}

static bool write_struct(const Value *value)
{
    idx_t count = duckdb_struct_type_child_count(value->type);
    bool ok = buf_append_byte(value->out, '{', value->err);
    for (idx_t i = 0; ok && i < count; i++) {
        char *name = duckdb_struct_type_child_name(value->type, i);
        ok = (i == 0 || buf_append_byte(value->out, ',', value->err)) &&
             write_json_text(str_of(name), value->out, value->err) &&
             buf_append_byte(value->out, ':', value->err) &&
             write_child(value, duckdb_struct_vector_get_child(value->vector, i), value->row);
        duckdb_free(name);
    }
    return ok && buf_append_byte(value->out, '}', value->err);
}

/* Keys of a JSON object are texts, whatever type the map's keys have. */
static bool write_key(const Value *value, duckdb_vector keys, idx_t row)
{
    BUF_AUTO Buf key = buf_init(value->out->max);
    Value child = {keys,      duckdb_vector_get_column_type(keys), row, ENGINE_TEXT, 0, &key,
                   value->err};
    bool ok = write_value(&child);
    duckdb_destroy_logical_type(&child.type);
    return ok && write_json_text(buf_str(&key), value->out, value->err);
}

static bool write_map(const Value *value)
{
    duckdb_list_entry entry = *(const duckdb_list_entry *)item(value, sizeof entry);
    duckdb_vector pairs = duckdb_list_vector_get_child(value->vector);
    bool ok = buf_append_byte(value->out, '{', value->err);
    for (idx_t i = 0; ok && i < entry.length; i++) {
        idx_t row = entry.offset + i;
        ok = (i == 0 || buf_append_byte(value->out, ',', value->err)) &&
             write_key(value, duckdb_struct_vector_get_child(pairs, 0), row) &&
             buf_append_byte(value->out, ':', value->err) &&
             write_child(value, duckdb_struct_vector_get_child(pairs, 1), row);
    }
    return ok && buf_append_byte(value->out, '}', value->err);
}

static bool write_list(const Value *value)
{
    duckdb_list_entry entry = *(const duckdb_list_entry *)item(value, sizeof entry);
    return write_items(value, duckdb_list_vector_get_child(value->vector), entry.offset,
                       entry.length);
}

static bool write_array(const Value *value)
{
    idx_t size = duckdb_array_type_array_size(value->type);
    return write_items(value, duckdb_array_vector_get_child(value->vector), value->row * size,
                       size);
}

static bool write_bool(const Value *value)
{
    return buf_printf(value->out, value->err, "%s",
                      *(const bool *)item(value, sizeof(bool)) ? "true" : "false");
}

static bool write_hugeint(const Value *value)
{
    return write_huge(value, *(const duckdb_hugeint *)item(value, sizeof(duckdb_hugeint)), 0);
}

static bool write_uhugeint(const Value *value)
{
    return write_wide(value, *(const duckdb_uhugeint *)item(value, sizeof(duckdb_uhugeint)), false,
                      0);
}

/* One line per type: its word, and how its values are written. */
static const struct {
    duckdb_type type;
    const char *name;
    bool (*write)(const Value *);
} TYPES[] = {
    {DUCKDB_TYPE_BOOLEAN, "BOOLEAN", write_bool},
    {DUCKDB_TYPE_TINYINT, "TINYINT", write_integer},
    {DUCKDB_TYPE_SMALLINT, "SMALLINT", write_integer},
    {DUCKDB_TYPE_INTEGER, "INTEGER", write_integer},
    {DUCKDB_TYPE_BIGINT, "BIGINT", write_integer},
    {DUCKDB_TYPE_UTINYINT, "UTINYINT", write_integer},
    {DUCKDB_TYPE_USMALLINT, "USMALLINT", write_integer},
    {DUCKDB_TYPE_UINTEGER, "UINTEGER", write_integer},
    {DUCKDB_TYPE_UBIGINT, "UBIGINT", write_integer},
    {DUCKDB_TYPE_HUGEINT, "HUGEINT", write_hugeint},
    {DUCKDB_TYPE_UHUGEINT, "UHUGEINT", write_uhugeint},
    {DUCKDB_TYPE_FLOAT, "FLOAT", write_real},
    {DUCKDB_TYPE_DOUBLE, "DOUBLE", write_real},
    {DUCKDB_TYPE_DECIMAL, "DECIMAL", write_decimal},
    {DUCKDB_TYPE_VARCHAR, "VARCHAR", write_string},
    {DUCKDB_TYPE_BLOB, "BLOB", write_blob},
    {DUCKDB_TYPE_DATE, "DATE", write_temporal},
    {DUCKDB_TYPE_TIME, "TIME", write_temporal},
    {DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP", write_moment},
    {DUCKDB_TYPE_TIMESTAMP_S, "TIMESTAMP_S", write_temporal},
    {DUCKDB_TYPE_TIMESTAMP_MS, "TIMESTAMP_MS", write_temporal},
    {DUCKDB_TYPE_TIMESTAMP_NS, "TIMESTAMP_NS", write_temporal},
    {DUCKDB_TYPE_TIMESTAMP_TZ, "TIMESTAMP WITH TIME ZONE", write_temporal},
    {DUCKDB_TYPE_INTERVAL, "INTERVAL", write_interval},
    {DUCKDB_TYPE_UUID, "UUID", write_uuid},
    {DUCKDB_TYPE_ENUM, "ENUM", write_enum},
    {DUCKDB_TYPE_LIST, "LIST", write_list},
    {DUCKDB_TYPE_ARRAY, "ARRAY", write_array},
    {DUCKDB_TYPE_STRUCT, "STRUCT", write_struct},
    {DUCKDB_TYPE_MAP, "MAP", write_map},
};

const char *engine_value_type_name(duckdb_type type)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (TYPES[i].type == type)
            return TYPES[i].name;
    return "OTHER";
}

static bool write_null(const Value *value)
{
    if (value->form == ENGINE_TEXT && value->depth == 0)
        return true;
    return buf_append(value->out, "null", 4, value->err);
}

static bool write_value(const Value *value)
{
    uint64_t *validity = duckdb_vector_get_validity(value->vector);
    duckdb_type type = duckdb_get_type_id(value->type);
    if (validity && !duckdb_validity_row_is_valid(validity, value->row))
        return write_null(value);
    if (value->depth > DEPTH_MAX)
        return error_set(value->err, ERROR_LIMIT, "a value is nested more than %d deep", DEPTH_MAX);
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (TYPES[i].type == type)
            return TYPES[i].write(value);
    return error_set(value->err, ERROR_USAGE,
                     "a result column has a type that cannot be printed: cast it to VARCHAR");
}

bool engine_value_write_text(duckdb_vector vector, idx_t row, EngineForm form, Buf *out, Error *err)
{
    Value value = {vector, NULL, row, form, 0, out, err};
    uint64_t *validity = duckdb_vector_get_validity(vector);
    if (validity && !duckdb_validity_row_is_valid(validity, row))
        return write_null(&value);
    return write_string(&value);
}

bool engine_value_write(duckdb_vector vector, idx_t row, EngineForm form, Buf *out, Error *err)
{
    Value value = {vector, duckdb_vector_get_column_type(vector), row, form, 0, out, err};
    bool ok = write_value(&value);
    duckdb_destroy_logical_type(&value.type);
    return ok;
}
