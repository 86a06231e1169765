/* Typed literals, intervals and the words for now and who. */
#include "natives/zone.h"
#include "planner/print_state.h"

static bool print_zoned(Print *print, Str text)
{
    Str zone = names_literal_zone(text);
    Str time = str_trim(str_slice(text, 0, text.len - zone.len));
    if (zone_is_utc(zone))
        zone = STR("");
    return print_moment_open(print, zone) && print_text(print, "CAST(") &&
           print_literal(print, time) && print_text(print, " AS TIMESTAMP)") &&
           print_moment_close(print, zone);
}

bool print_typed(Print *print, const Ast *node)
{
    Str text = node->first->text;
    switch (node->type->kind) {
    case TYPE_TIMESTAMP_TZ:
        return print_zoned(print, text);
    case TYPE_JSON:
        return print_text(print, "json(athena_json_parse(") && print_literal(print, text) &&
               print_text(print, "))");
    case TYPE_IPADDRESS:
        return print_text(print, "athena_ip(") && print_literal(print, text) &&
               print_text(print, ")");
    case TYPE_IPPREFIX:
        return print_text(print, "athena_prefix(") && print_literal(print, text) &&
               print_text(print, ")");
    default:
        break;
    }
    return print_text(print, "CAST(") && print_literal(print, text) && print_text(print, " AS ") &&
           type_write_engine(node->type, print->out, print->err) && print_text(print, ")");
}

enum { UNITS = 6 };

/* Units of intervals, from the largest, and what parts a unit from the one before. */
static const struct {
    Str name;
    double seconds; /* of a unit; 0: months are counted */
    int months;
    char before;
} UNIT[UNITS] = {
    {{"year", 4}, 0, 12, ' '},   {{"month", 5}, 0, 1, '-'},   {{"day", 3}, 86400, 0, ' '},
    {{"hour", 4}, 3600, 0, ' '}, {{"minute", 6}, 60, 0, ':'}, {{"second", 6}, 1, 0, ':'},
};

/* The first and the last unit of "day to second"; false when they are none. */
static bool read_fields(Str fields, int *ret_first, int *ret_last)
{
    *ret_first = *ret_last = -1;
    for (int i = 0; i < UNITS; i++) {
        if (str_starts(fields, UNIT[i].name))
            *ret_first = i;
        if (str_ends(fields, UNIT[i].name))
            *ret_last = i;
    }
    return *ret_first >= 0 && *ret_last >= *ret_first;
}

/* A number at *at*, with a fraction where *fraction* allows it. */
static bool read_number(Str text, size_t *at, bool fraction, double *ret)
{
    size_t from = *at;
    double scale = 1;
    bool point = false;
    *ret = 0;
    for (; *at < text.len; ++*at) {
        char c = text.ptr[*at];
        if (c == '.' && fraction && !point && *at > from) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || *at - from > 15)
            break;
        *ret = *ret * 10 + (c - '0');
        scale *= point ? 10 : 1;
    }
    *ret /= scale;
    return *at > from && text.ptr[*at - 1] != '.';
}

/* "2 03:04:05.6" of day to second, as seconds and months. */
static bool read_span(Str fields, Str text, double *ret_seconds, double *ret_months)
{
    int first, last;
    size_t at = 0;
    if (!read_fields(fields, &first, &last))
        return false;
    for (int i = first; i <= last; i++) {
        double number;
        if (i > first && (at == text.len || text.ptr[at++] != UNIT[i].before))
            return false;
        if (!read_number(text, &at, i == UNITS - 1, &number))
            return false;
        *ret_seconds += number * UNIT[i].seconds;
        *ret_months += number * UNIT[i].months;
    }
    return at == text.len;
}

bool print_interval(Print *print, const Ast *node)
{
    double seconds = 0, months = 0;
    Str given = str_trim(node->last->text);
    bool negative = node->count > 1;
    if (given.len && given.ptr[0] == '-') {
        negative = !negative;
        given = str_slice(given, 1, given.len);
    }
    if (!read_span(node->text, given, &seconds, &months))
        return print_fail(print, node, "'%.*s' is no interval of %.*s",
                          STR_ARG(str_slice(given, 0, 40)), STR_ARG(node->text));
    const char *sign = negative ? "-" : "";
    if (node->type->kind == TYPE_INTERVAL_YEAR)
        return print_format(print, "to_months(%s%.0f)", sign, months);
    if (str_equal(node->text, STR("day")))
        return print_format(print, "to_days(%s%.0f)", sign, seconds / 86400);
    return print_format(print, "to_seconds(%s%.6f)", sign, seconds);
}

bool print_current(Print *print, const Ast *node)
{
    static const struct {
        Str word;
        const char *engine;
    } WORDS[] = {
        {{"current_date", 12}, "CAST(timezone('UTC', now()) AS DATE)"},
        {{"current_timestamp", 17}, "timezone('UTC', now())"},
        {{"localtimestamp", 14}, "timezone('UTC', now())"},
        {{"localtime", 9}, "CAST(timezone('UTC', now()) AS TIME)"},
        {{"current_user", 12}, "'spoor'"},
        {{"current_catalog", 15}, "'spoor'"},
        {{"current_schema", 14}, "'default'"},
    };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_equal(node->text, WORDS[i].word))
            return print_text(print, WORDS[i].engine);
    return print_fail(print, node, "%.*s is not supported", STR_ARG(node->text));
}
