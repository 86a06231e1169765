/* Functions whose result shows the zone that one of their arguments names. */
#include "natives/zone.h"
#include "planner/names_scope.h"

typedef enum { ZONE_TEXT, ZONE_HOURS, ZONE_ISO } ZoneForm;

/* With so many arguments, the one at `index` says it: as a text, as hours with minutes behind, or
 * at the end of an ISO text. */
static const struct {
    const char *function;
    uint32_t count, index;
    ZoneForm form;
} ZONES[] = {
    {"at_timezone", 2, 1, ZONE_TEXT},           {"with_timezone", 2, 1, ZONE_TEXT},
    {"from_unixtime", 2, 1, ZONE_TEXT},         {"from_unixtime", 3, 1, ZONE_HOURS},
    {"from_iso8601_timestamp", 1, 0, ZONE_ISO}, {"from_iso8601_timestamp_nanos", 1, 0, ZONE_ISO},
};

static const Ast *value_of(const Ast *node)
{
    while (node->kind == AST_PARAMETER)
        node = node->bound;
    return node;
}

/* A number with or without a sign; false when it is none. */
static bool read_number(const Ast *node, int *ret)
{
    uint64_t number;
    bool negative = node->kind == AST_UNARY && str_equal(node->text, STR("-"));
    node = value_of(negative ? node->first : node);
    if (node->kind != AST_INTEGER || !str_to_u64(node->text, &number) || number > 1000)
        return false;
    *ret = negative ? -(int)number : (int)number;
    return true;
}

static bool zone_of_hours(Names *names, const Ast *node, NamesCall *call, uint32_t index)
{
    int hours, minutes;
    char text[ZONE_TEXT_BYTES];
    if (!read_number(value_of(call->arguments[index]), &hours) ||
        !read_number(value_of(call->arguments[index + 1]), &minutes) || hours < -14 || hours > 14 ||
        minutes < -59 || minutes > 59)
        return names_fail(names, node->place, "%s takes hours and minutes as plain numbers",
                          call->function->name);
    zone_write(hours * 60 + (hours < 0 && minutes > 0 ? -minutes : minutes), text);
    call->binding.zone = names_text(names, "%s", text);
    return names->err->kind == ERROR_NONE;
}

bool names_call_zone(Names *names, const Ast *node, NamesCall *call)
{
    Str name = str_of(call->function->name);
    for (size_t i = 0; i < sizeof ZONES / sizeof *ZONES; i++) {
        if (call->count != ZONES[i].count || !str_equal(name, str_of(ZONES[i].function)))
            continue;
        if (ZONES[i].form == ZONE_HOURS)
            return zone_of_hours(names, node, call, ZONES[i].index);
        const Ast *value = value_of(call->arguments[ZONES[i].index]);
        if (ZONES[i].form == ZONE_ISO) {
            if (value->kind == AST_STRING)
                call->binding.zone = names_literal_zone(value->text);
            return true;
        }
        if (value->kind != AST_STRING)
            return names_fail(names, call->arguments[ZONES[i].index]->place,
                              "the zone of %s must be a text in quotes", call->function->name);
        if (!value->text.len)
            return names_fail(names, call->arguments[ZONES[i].index]->place,
                              "the zone of %s has no name", call->function->name);
        call->binding.zone = value->text;
    }
    return true;
}
