/* Calls over times: units and patterns are looked at, zones are reckoned with. */
#include <string.h>

#include "natives/time_pattern.h"
#include "planner/print_state.h"

enum { OF_DATE = 1, OF_TIME = 2, OF_TIMESTAMP = 4 };

/* Units, and what they are units of. */
static const struct {
    const char *word;
    unsigned of;
    bool by_clock; /* what a wall clock shows decides where it begins */
} UNITS[] = {
    {"millisecond", OF_TIME | OF_TIMESTAMP, false}, {"second", OF_TIME | OF_TIMESTAMP, false},
    {"minute", OF_TIME | OF_TIMESTAMP, false},      {"hour", OF_TIME | OF_TIMESTAMP, false},
    {"day", OF_DATE | OF_TIMESTAMP, true},          {"week", OF_DATE | OF_TIMESTAMP, true},
    {"month", OF_DATE | OF_TIMESTAMP, true},        {"quarter", OF_DATE | OF_TIMESTAMP, true},
    {"year", OF_DATE | OF_TIMESTAMP, true},
};

/* The first argument as a unit; where it is no constant the engine looks at it. *ret_by_clock says
 * whether wall clocks matter. */
static bool print_unit(Print *print, const NamesCall *call, const Type *of, bool *ret_by_clock)
{
    const Ast *argument = call->arguments[0];
    Str word = {NULL, 0};
    if (!print_constant(argument, &word))
        word = (Str){NULL, 0};
    unsigned kind = of->kind == TYPE_DATE   ? OF_DATE
                    : of->kind == TYPE_TIME ? OF_TIME
                                            : OF_TIMESTAMP;
    *ret_by_clock = true;
    if (!word.ptr)
        return print_text(print, "athena_unit(") && print_expression(print, argument) &&
               print_text(print, ")");
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        if (!str_equal_nocase(word, str_of(UNITS[i].word)) || !(UNITS[i].of & kind))
            continue;
        *ret_by_clock = UNITS[i].by_clock;
        return print_format(print, "'%s'", UNITS[i].word);
    }
    return print_fail(print, argument, "'%.*s' is no unit that %s takes here: %s",
                      STR_ARG(str_slice(word, 0, 40)), call->function->name,
                      kind == OF_DATE   ? "day, week, month, quarter or year"
                      : kind == OF_TIME ? "millisecond, second, minute or hour"
                                        : "millisecond to year");
}

/* The zone whose wall clock a unit goes by; empty: none. */
static Str zone_by(const Type *type, bool by_clock)
{
    return by_clock && print_is_local(type) ? type->zone : (Str){"", 0};
}

/* The unit as text, so that what follows from it can be written before it. */
static bool unit_text(Print *print, const NamesCall *call, const Type *of, Buf *ret,
                      bool *ret_by_clock)
{
    Print inner = *print;
    inner.out = ret;
    return print_unit(&inner, call, of, ret_by_clock);
}

static bool print_date_trunc(Print *print, const Ast *node, const NamesCall *call)
{
    BUF_AUTO Buf unit = buf_init(PRINT_BYTES_MAX);
    const Ast *value = call->arguments[1];
    bool by_clock, time = node->type->kind == TYPE_TIME, date = node->type->kind == TYPE_DATE;
    if (!unit_text(print, call, value->type, &unit, &by_clock))
        return false;
    if (value->type->kind == TYPE_UNKNOWN)
        return print_text(print, "NULL");
    /* Offsets and zones are whole minutes, mostly; an hour's beginning goes by the clock, too. */
    Str zone = zone_by(value->type, true);
    return print_moment_open(print, zone) &&
           print_text(print, time   ? "athena_time_trunc("
                             : date ? "CAST(date_trunc("
                                    : "date_trunc(") &&
           buf_append_str(print->out, buf_str(&unit), print->err) && print_text(print, ", ") &&
           print_local(print, value) && print_text(print, date ? ") AS DATE)" : ")") &&
           print_moment_close(print, zone);
}

static bool print_date_add(Print *print, const Ast *node, const NamesCall *call)
{
    BUF_AUTO Buf unit = buf_init(PRINT_BYTES_MAX);
    const Ast *value = call->arguments[2];
    bool by_clock, date = node->type->kind == TYPE_DATE;
    if (!unit_text(print, call, value->type, &unit, &by_clock))
        return false;
    Str zone = zone_by(value->type, by_clock);
    return print_moment_open(print, zone) && print_text(print, date ? "CAST((" : "(") &&
           print_local_open(print, zone) && print_expression(print, value) &&
           print_local_close(print, zone) && print_text(print, " + athena_span(") &&
           buf_append_str(print->out, buf_str(&unit), print->err) && print_text(print, ", ") &&
           print_expression(print, call->arguments[1]) &&
           print_text(print, date ? ")) AS DATE)" : "))") && print_moment_close(print, zone);
}

/* Whole units that have passed; by the clock of the first one's zone. */
static bool print_date_diff(Print *print, const Ast *node, const NamesCall *call)
{
    const Ast *from = call->arguments[1], *to = call->arguments[2];
    const Type *wider = from->type->kind > to->type->kind ? from->type : to->type;
    bool by_clock;
    (void)node;
    if (!print_text(print, "date_sub(") || !print_unit(print, call, wider, &by_clock))
        return false;
    Str zone = zone_by(from->type, by_clock);
    return print_text(print, ", ") && print_local_open(print, zone) &&
           print_expression(print, from) && print_local_close(print, zone) &&
           print_text(print, ", ") && print_local_open(print, zone) &&
           print_expression(print, to) && print_local_close(print, zone) && print_text(print, ")");
}

/* True when *pattern* writes and reads times as the texts of eventtime are: 2024-12-30T16:05:06Z.
 */
static bool is_iso_pattern(const TimePattern *pattern)
{
    static const struct {
        int64_t us;
        const char *text;
    } SAMPLES[] = {{INT64_C(1735574706000000), "2024-12-30T16:05:06"},
                   {INT64_C(1735517106000000), "2024-12-30T00:05:06"}};
    Error ignored = {0};
    bool same = true;
    for (size_t i = 0; same && i < sizeof SAMPLES / sizeof *SAMPLES; i++) {
        BUF_AUTO Buf out = buf_init(4096);
        const TimePatternClock clock = {SAMPLES[i].us, 0, STR("UTC")};
        if (!time_pattern_write(pattern, &clock, &out, &ignored))
            return false;
        Str text = buf_str(&out), sample = str_of(SAMPLES[i].text);
        Str rest = str_slice(text, sample.len, text.len);
        same = str_starts(text, sample) &&
               (str_equal(rest, STR("Z")) || str_equal(rest, STR("+0000")) ||
                str_equal(rest, STR("+00:00")));
    }
    return same;
}

/* Looks at a pattern that is a constant. */
static bool check_pattern(Print *print, const NamesCall *call, TimePatternStyle style,
                          bool *ret_iso)
{
    TimePattern pattern;
    Str text = {NULL, 0};
    if (!print_constant(call->arguments[1], &text))
        text = (Str){NULL, 0};
    Error err = {0};
    *ret_iso = false;
    if (!text.ptr)
        return true;
    if (!time_pattern_read(style, text, &pattern, &err))
        return print_fail(print, call->arguments[1], "%s: %s", call->function->name, err.text);
    *ret_iso = is_iso_pattern(&pattern);
    return true;
}

static bool print_parse(Print *print, const NamesCall *call, TimePatternStyle style,
                        const char *native)
{
    bool iso;
    const NamesColumn *moment = print_iso_column(call->arguments[0]);
    if (!check_pattern(print, call, style, &iso))
        return false;
    if (iso && moment)
        return buf_append_str(print->out, moment->sql, print->err);
    return print_text(print, native) && print_expression(print, call->arguments[0]) &&
           print_text(print, ", ") && print_expression(print, call->arguments[1]) &&
           print_text(print, ")");
}

static bool print_date_parse(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_parse(print, call, TIME_PATTERN_MYSQL, "athena_parse_mysql(");
}

static bool print_parse_datetime(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_parse(print, call, TIME_PATTERN_JODA, "athena_parse_joda(");
}

static bool print_iso_timestamp(Print *print, const Ast *node, const NamesCall *call)
{
    const NamesColumn *moment = print_iso_column(call->arguments[0]);
    (void)node;
    if (moment)
        return buf_append_str(print->out, moment->sql, print->err);
    return print_text(print, "athena_iso_time(") && print_expression(print, call->arguments[0]) &&
           print_text(print, ")");
}

/* Seconds that the zone's clock is before UTC, then. */
static bool print_offset(Print *print, const Ast *value)
{
    if (!print_is_local(value->type))
        return print_text(print, "0");
    return print_text(print, "date_sub('second', ") && print_expression(print, value) &&
           print_text(print, ", ") && print_local(print, value) && print_text(print, ")");
}

static bool print_clock(Print *print, const Ast *value, const char *native)
{
    Str zone = print_is_local(value->type) ? value->type->zone : STR("UTC");
    return print_text(print, native) && print_local(print, value) && print_text(print, ", ") &&
           print_offset(print, value) && print_text(print, ", ") && print_literal(print, zone) &&
           print_text(print, ", ");
}

static bool print_write(Print *print, const NamesCall *call, TimePatternStyle style,
                        const char *native)
{
    bool iso;
    return check_pattern(print, call, style, &iso) &&
           print_clock(print, call->arguments[0], native) &&
           print_expression(print, call->arguments[1]) && print_text(print, ")");
}

static bool print_date_format(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_write(print, call, TIME_PATTERN_MYSQL, "athena_write_mysql(");
}

static bool print_format_datetime(Print *print, const Ast *node, const NamesCall *call)
{
    (void)node;
    return print_write(print, call, TIME_PATTERN_JODA, "athena_write_joda(");
}

/* With the offset behind, which is Z for UTC; a time that is no moment has none. */
static bool print_to_iso(Print *print, const Ast *node, const NamesCall *call)
{
    const Ast *value = call->arguments[0];
    bool moment = value->type->kind == TYPE_TIMESTAMP_TZ || value->type->zone.len;
    if (!print_is_local(value->type))
        return print_template(print, node, call,
                              moment ? "strftime($1, '%Y-%m-%dT%H:%M:%S.%gZ')"
                                     : "strftime($1, '%Y-%m-%dT%H:%M:%S.%g')");
    return print_text(print, "replace(") && print_clock(print, value, "athena_write_joda(") &&
           print_text(print, "'yyyy-MM-dd''T''HH:mm:ss.SSSZZ'), '+00:00', 'Z')");
}

/* What a wall clock shows, as a moment. */
static bool print_with_timezone(Print *print, const Ast *node, const NamesCall *call)
{
    Str zone = print_is_local(node->type) ? node->type->zone : (Str){"", 0};
    return print_moment_open(print, zone) && print_expression(print, call->arguments[0]) &&
           print_moment_close(print, zone);
}

PrintSpecial print_special_time(Str name)
{
    static const struct {
        const char *name;
        PrintSpecial write;
    } SPECIALS[] = {
        {"@date_add", print_date_add},
        {"@date_diff", print_date_diff},
        {"@date_format", print_date_format},
        {"@date_parse", print_date_parse},
        {"@date_trunc", print_date_trunc},
        {"@format_datetime", print_format_datetime},
        {"@iso_timestamp", print_iso_timestamp},
        {"@parse_datetime", print_parse_datetime},
        {"@to_iso", print_to_iso},
        {"@with_timezone", print_with_timezone},
    };
    for (size_t i = 0; i < sizeof SPECIALS / sizeof *SPECIALS; i++)
        if (str_equal(name, str_of(SPECIALS[i].name)))
            return SPECIALS[i].write;
    return NULL;
}
