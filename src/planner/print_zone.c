/* Moments and what the clock on a wall shows: from one to the other and back. */
#include "natives/zone.h"
#include "planner/print_state.h"

bool print_is_local(const Type *type)
{
    return type->kind == TYPE_TIMESTAMP_TZ && type->zone.len > 0;
}

bool print_local_open(Print *print, Str zone)
{
    int minutes;
    if (!zone.len || zone_offset(zone, &minutes))
        return print_text(print, zone.len ? "(" : "");
    return print_text(print, "timezone(") && print_literal(print, zone) &&
           print_text(print, ", timezone('UTC', ");
}

bool print_local_close(Print *print, Str zone)
{
    int minutes;
    if (!zone.len)
        return true;
    return zone_offset(zone, &minutes) ? print_format(print, " + to_minutes(%d))", minutes)
                                       : print_text(print, "))");
}

bool print_moment_open(Print *print, Str zone)
{
    int minutes;
    if (!zone.len || zone_offset(zone, &minutes))
        return print_text(print, zone.len ? "(" : "");
    return print_text(print, "timezone('UTC', timezone(") && print_literal(print, zone) &&
           print_text(print, ", ");
}

bool print_moment_close(Print *print, Str zone)
{
    int minutes;
    if (!zone.len)
        return true;
    return zone_offset(zone, &minutes) ? print_format(print, " - to_minutes(%d))", minutes)
                                       : print_text(print, "))");
}

bool print_local(Print *print, const Ast *node)
{
    Str zone = print_is_local(node->type) ? node->type->zone : (Str){"", 0};
    return print_local_open(print, zone) && print_expression(print, node) &&
           print_local_close(print, zone);
}
