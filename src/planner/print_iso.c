/* Conditions on the moment that follow from conditions on its ISO text.
 *
 * `cloudtrail_logs` has eventtime as text, in UTC, YYYY-MM-DDThh:mm:ssZ, cut to seconds; data files
 * are chosen by the moment. Such texts sort as their moments do, so a comparison with a text
 * implies bounds of the moment: those of the literal's longest beginning that is a moment. The
 * condition on the text stays; the bounds only let files and row groups be passed over.
 */
#include <string.h>

#include "planner/print_state.h"

const NamesColumn *print_iso_column(const Ast *node)
{
    if (node->kind != AST_COLUMN && node->kind != AST_FIELD)
        return NULL;
    const NamesColumn *column = node->bound;
    if (!column || !(column->flags & CATALOG_ISO_TIME) || !column->relation)
        return NULL;
    const NamesRelation *relation = column->relation;
    for (uint32_t i = 0; i < relation->count; i++)
        if (str_equal(relation->columns[i].name, STR("$eventtime")))
            return &relation->columns[i];
    return NULL;
}

enum { ISO_LEN = 19 };

static const char TEMPLATE[ISO_LEN + 1] = "0000-00-00T00:00:00";

/* Ends of the parts of an ISO text, and the unit of each. */
static const struct {
    size_t end;
    const char *unit;
} PARTS[] = {{4, "YEAR"}, {7, "MONTH"}, {10, "DAY"}, {13, "HOUR"}, {16, "MINUTE"}, {19, "SECOND"}};

static size_t matching(Str text)
{
    size_t i = 0;
    for (; i < text.len && i < ISO_LEN; i++) {
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (TEMPLATE[i] == '0' ? !digit : text.ptr[i] != TEMPLATE[i])
            break;
    }
    return i;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

static unsigned number_at(const char *text, int digits)
{
    unsigned number = 0;
    for (int i = 0; i < digits; i++)
        number = number * 10 + (unsigned)(text[i] - '0');
    return number;
}

static bool in_calendar(const char iso[ISO_LEN + 1])
{
    unsigned year = number_at(iso, 4), month = number_at(iso + 5, 2), day = number_at(iso + 8, 2);
    return year >= 1970 && year <= 9998 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in(year, month) && number_at(iso + 11, 2) <= 23 &&
           number_at(iso + 14, 2) <= 59 && number_at(iso + 17, 2) <= 59;
}

/* The first moment of the literal's longest usable beginning, and its unit; false: none. */
static bool floor_of(Str literal, char ret_iso[ISO_LEN + 1], const char **ret_unit)
{
    size_t matched = matching(literal);
    for (size_t i = sizeof PARTS / sizeof *PARTS; i-- > 0;) {
        if (PARTS[i].end > matched)
            continue;
        memcpy(ret_iso, "1970-01-01T00:00:00", ISO_LEN + 1);
        memcpy(ret_iso, literal.ptr, PARTS[i].end);
        *ret_unit = PARTS[i].unit;
        if (in_calendar(ret_iso))
            return true;
    }
    return false;
}

/* substr(eventtime, 1, n) compares as the text does, with literals of at most n characters. */
static const Ast *without_substr(const Ast *node, Str literal)
{
    uint64_t length = 0;
    if (node->kind != AST_CALL || !node->bound)
        return node;
    const NamesCall *call = node->bound;
    Str name = str_of(call->function->name);
    if ((!str_equal(name, STR("substr")) && !str_equal(name, STR("substring"))) ||
        call->count != 3 || !str_equal(call->arguments[1]->text, STR("1")) ||
        !str_to_u64(call->arguments[2]->text, &length) || literal.len > length)
        return node;
    return call->arguments[0];
}

bool print_iso_bounds(Print *print, const Ast *column, const char *op, Str literal)
{
    char iso[ISO_LEN + 1];
    const char *unit;
    const NamesColumn *moment = print_iso_column(without_substr(column, literal));
    if (!moment || !floor_of(literal, iso, &unit))
        return true;
    bool lower = op[0] != '<', upper = op[0] != '>';
    if (lower && !print_format(print, " AND %.*s >= TIMESTAMP '%s'", STR_ARG(moment->sql), iso))
        return false;
    return !upper || print_format(print, " AND %.*s < TIMESTAMP '%s' + INTERVAL 1 %s",
                                  STR_ARG(moment->sql), iso, unit);
}
