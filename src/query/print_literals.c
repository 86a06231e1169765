/* Typed literals, intervals and the words for now and who. */
#include <stdio.h>

#include "query/print_state.h"
#include "query/zone.h"

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
        return print_text(print, "json(") && print_literal(print, text) && print_text(print, ")");
    case TYPE_IPADDRESS:
        return print_text(print, "athena_ip(") && print_literal(print, text) &&
               print_text(print, ")");
    default:
        break;
    }
    return print_text(print, "CAST(") && print_literal(print, text) && print_text(print, " AS ") &&
           type_write_engine(node->type, print->out, print->err) && print_text(print, ")");
}

/* An interval's text as numbers, by its fields: "2 03:04:05.6" of day to second. */
typedef struct Span {
    double days, hours, minutes, seconds;
    long months;
} Span;

static bool read_span(Str fields, const char *text, Span *ret)
{
    char extra;
    double a = 0, b = 0, c = 0, d = 0;
    long years, months;
#define SPAN(words, form, count, ...)                                                              \
    if (str_equal(fields, STR(words)))                                                             \
    return sscanf(text, form "%c", __VA_ARGS__, &extra) == (count)
    SPAN("day", "%lf", 1, &ret->days);
    SPAN("hour", "%lf", 1, &ret->hours);
    SPAN("minute", "%lf", 1, &ret->minutes);
    SPAN("second", "%lf", 1, &ret->seconds);
    SPAN("day to hour", "%lf %lf", 2, &ret->days, &ret->hours);
    SPAN("day to minute", "%lf %lf:%lf", 3, &ret->days, &ret->hours, &ret->minutes);
    SPAN("hour to minute", "%lf:%lf", 2, &ret->hours, &ret->minutes);
    SPAN("hour to second", "%lf:%lf:%lf", 3, &ret->hours, &ret->minutes, &ret->seconds);
    SPAN("minute to second", "%lf:%lf", 2, &ret->minutes, &ret->seconds);
#undef SPAN
    if (str_equal(fields, STR("day to second"))) {
        if (sscanf(text, "%lf %lf:%lf:%lf%c", &a, &b, &c, &d, &extra) != 4)
            return false;
        *ret = (Span){a, b, c, d, 0};
        return true;
    }
    if (str_equal(fields, STR("month")))
        return sscanf(text, "%ld%c", &ret->months, &extra) == 1;
    if (sscanf(text, "%ld%c", &years, &extra) == 1 && str_equal(fields, STR("year"))) {
        ret->months = 12 * years;
        return true;
    }
    if (sscanf(text, "%ld-%ld%c", &years, &months, &extra) != 2)
        return false;
    ret->months = 12 * years + months;
    return str_equal(fields, STR("year to month"));
}

bool print_interval(Print *print, const Ast *node)
{
    enum { TEXT_BYTES = 64 };
    char text[TEXT_BYTES];
    Span span = {0};
    Str given = str_trim(node->last->text);
    bool negative = node->count > 1;
    if (given.len && given.ptr[0] == '-') {
        negative = !negative;
        given = str_slice(given, 1, given.len);
    }
    snprintf(text, sizeof text, "%.*s", STR_ARG(given));
    if (given.len >= TEXT_BYTES || !read_span(node->text, text, &span))
        return print_fail(print, node, "'%.*s' is no interval of %.*s",
                          STR_ARG(str_slice(given, 0, 40)), STR_ARG(node->text));
    const char *sign = negative ? "-" : "";
    if (node->type->kind == TYPE_INTERVAL_YEAR)
        return print_format(print, "to_months(%s%ld)", sign, span.months);
    double seconds = ((span.hours * 60) + span.minutes) * 60 + span.seconds;
    if (seconds == 0)
        return print_format(print, "to_days(%s%.0f)", sign, span.days);
    return print_format(print, "to_seconds(%s%.6f)", sign, span.days * 86400 + seconds);
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
