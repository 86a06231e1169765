#include "detect/rule_sql.h"

#include <string.h>

#include "detect/rule_sql_json.h"
#include "detect/rule_sql_lookup.h"
#include "detect/rule_sql_value.h"

enum { TOUCHES_BYTES_MAX = 1 << 20 };

static SqlCond unsure(void)
{
    return rule_sql_cond_constant(true, false);
}

/* Presence, of a column of which NULL says that nothing is there. */
static SqlCond write_presence(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    bool absent = test->kind == TEST_NULL || !test->boolean;
    Str present = place->kind == PLACE_LIST
                      ? rule_sql_cond_format(
                            writer, "coalesce(any_match(%.*s, r -> %.*s IS NOT NULL), FALSE)",
                            STR_ARG(place->sql), STR_ARG(place->value))
                      : rule_sql_cond_format(writer, "%.*s IS NOT NULL", STR_ARG(place->sql));
    if (absent == negated)
        return rule_sql_cond_text(present, true);
    return rule_sql_cond_text(
        place->kind == PLACE_LIST
            ? rule_sql_cond_format(writer, "NOT %.*s", STR_ARG(present))
            : rule_sql_cond_format(writer, "%.*s IS NULL", STR_ARG(place->sql)),
        true);
}

static bool asks_presence(const Test *test)
{
    return test->kind == TEST_NULL || test->kind == TEST_EXISTS;
}

static SqlCond write_column(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    if (asks_presence(test))
        return write_presence(writer, test, place, negated);
    SqlCond cond = rule_sql_value(writer, test, place->sql, negated);
    if (negated)
        return rule_sql_cond_not(writer, place->sql, cond);
    return cond.kind == SQL_TRUE
               ? rule_sql_cond_text(
                     rule_sql_cond_format(writer, "%.*s IS NOT NULL", STR_ARG(place->sql)),
                     cond.exact)
               : cond;
}

/* Any element does. */
static SqlCond write_list(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    if (asks_presence(test))
        return write_presence(writer, test, place, negated);
    SqlCond cond = rule_sql_value(writer, test, place->value, negated);
    Str each = cond.kind == SQL_TRUE
                   ? rule_sql_cond_format(writer, "%.*s IS NOT NULL", STR_ARG(place->value))
                   : rule_sql_cond_sql(cond);
    return rule_sql_cond_text(
        rule_sql_cond_format(writer,
                             "%scoalesce(any_match(%.*s, r -> coalesce(%.*s, FALSE)), FALSE)",
                             negated ? "NOT " : "", STR_ARG(place->sql), STR_ARG(each)),
        cond.exact);
}

/* A flag has three states, of which each is asked beforehand: *values* at the place's member. */
static SqlCond write_states(SqlWriter *writer, const Expr *item, const Place *place,
                            const char *const values[3], bool negated)
{
    static const struct {
        const char *before, *behind;
    } FORMS[] = {{NULL, NULL},
                 {"", " IS NULL"},
                 {"", ""},
                 {"coalesce(", ", TRUE)"},
                 {"NOT ", ""},
                 {"NOT coalesce(", ", FALSE)"},
                 {"", " IS NOT NULL"},
                 {NULL, NULL}};
    unsigned states = 0;
    if (item->test->kind == TEST_FIELD)
        return unsure();
    for (unsigned i = 0; i < 3; i++)
        states |=
            (rule_sql_cond_holds(writer, item, place->member, str_of(values[i])) != negated ? 1u
                                                                                            : 0u)
            << i;
    if (!FORMS[states].before)
        return rule_sql_cond_constant(states != 0, true);
    return rule_sql_cond_text(rule_sql_cond_format(writer, "%s%.*s%s", FORMS[states].before,
                                                   STR_ARG(place->sql), FORMS[states].behind),
                              true);
}

static SqlCond write_boolean(SqlWriter *writer, const Expr *item, const Place *place, bool negated)
{
    static const char *const VALUES[] = {"", "true", "false"};
    return write_states(writer, item, place, VALUES, negated);
}

static SqlCond write_derived_flag(SqlWriter *writer, const Expr *item, const Place *place,
                                  bool negated)
{
    Str name = FIELDS[place->node].member;
    const char *const values[] = {
        "", rule_sql_cond_format(writer, "{\"%.*s\":true}", STR_ARG(name)).ptr,
        rule_sql_cond_format(writer, "{\"%.*s\":false}", STR_ARG(name)).ptr};
    return write_states(writer, item, place, values, negated);
}

/* A row of a file from before the column may match, and the rule is asked of all that are left: the
 * column is what a record meant when it was read. */
static SqlCond write_derived(SqlWriter *writer, const Expr *item, const Place *place, bool negated)
{
    if (writer->touched || item->test->kind == TEST_FIELD)
        return unsure();
    SqlCond cond = FIELDS[place->node].type == FIELD_BOOL
                       ? write_derived_flag(writer, item, place, negated)
                       : write_column(writer, item->test, place, negated);
    if (cond.kind == SQL_TRUE)
        return unsure();
    return rule_sql_cond_text(rule_sql_cond_format(writer, "(%.*s IS NULL OR %.*s)",
                                                   STR_ARG(place->value),
                                                   STR_ARG(rule_sql_cond_sql(cond))),
                              false);
}

/* A part of eventTime; its text in other ways is not asked. */
static SqlCond write_time(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    static const char *const PARTS[] = {
        [PART_MINUTE] = "minute", [PART_HOUR] = "hour",   [PART_DAY] = "day",
        [PART_WEEK] = "week",     [PART_MONTH] = "month", [PART_YEAR] = "year"};
    if (test->kind != TEST_PART)
        return unsure();
    Str part = rule_sql_cond_format(writer, "%s(%.*s)", PARTS[test->part], STR_ARG(place->sql));
    SqlCond cond = rule_sql_value_order(writer, test, part, true);
    return negated ? rule_sql_cond_not(writer, place->sql, cond) : cond;
}

static SqlCond write_struct(SqlWriter *writer, const Test *test, const Place *place, bool negated)
{
    return asks_presence(test) ? write_presence(writer, test, place, negated) : unsure();
}

/* What SQL asks at length, or not as the rule does. */
static bool is_hard(const Test *test)
{
    return test->kind == TEST_REGEX || test->kind == TEST_NETWORK;
}

static SqlCond write_place(SqlWriter *writer, const Expr *item, const Place *place, bool negated)
{
    typedef SqlCond (*Write)(SqlWriter *, const Test *, const Place *, bool);
    static const Write WRITE[] = {[PLACE_TEXT] = write_column,
                                  [PLACE_TIME] = write_time,
                                  [PLACE_JSON] = rule_sql_json,
                                  [PLACE_STRUCT] = write_struct,
                                  [PLACE_LIST] = write_list};
    SqlCond of_values;
    if (place->kind == PLACE_UNKNOWN)
        return unsure();
    if (place->kind == PLACE_DERIVED)
        return write_derived(writer, item, place, negated);
    if (place->kind == PLACE_TEXT && is_hard(item->test) &&
        rule_sql_lookup_values(writer, item, place, negated, &of_values))
        return of_values;
    if (place->kind == PLACE_LOOKUP)
        return rule_sql_lookup(writer, item, place, negated);
    if (place->kind == PLACE_BOOLEAN)
        return write_boolean(writer, item, place, negated);
    if (place->kind == PLACE_NOWHERE)
        return rule_sql_cond_constant(
            rule_sql_cond_holds(writer, item, STR(""), STR("")) != negated, true);
    return WRITE[place->kind](writer, item->test, place, negated);
}

/* `extra` names the member, at its beginning: what has dots in its name, too. */
static SqlCond touches(SqlWriter *writer, Str member, bool below)
{
    Str name = rule_sql_cond_quote(writer, rule_sql_cond_format(writer, "\"%.*s", STR_ARG(member)));
    Str null =
        rule_sql_cond_quote(writer, rule_sql_cond_format(writer, "\"%.*s\":null", STR_ARG(member)));
    return rule_sql_cond_text(
        below ? rule_sql_cond_format(writer, "strpos(replace(extra, %.*s, ''), %.*s) > 0",
                                     STR_ARG(null), STR_ARG(name))
              : rule_sql_cond_format(writer, "strpos(extra, %.*s) > 0", STR_ARG(name)),
        true);
}

/* Of rows whose `extra` may say something else at the members that the item reads. */
static SqlCond write_touched(SqlWriter *writer, const Expr *item, const Place *place, SqlCond cond)
{
    SqlJoin join = rule_sql_cond_join(writer, true);
    rule_sql_cond_add(&join, cond);
    if (cond.kind != SQL_TRUE)
        rule_sql_cond_add(&join, touches(writer, place->member, place->below));
    if (cond.kind != SQL_TRUE && place->kind == PLACE_LOOKUP)
        rule_sql_cond_add(&join, touches(writer, FIELDS[F_SOURCE_IP_ADDRESS].member, false));
    if (item->test->kind == TEST_FIELD)
        rule_sql_cond_add(&join, unsure());
    return rule_sql_cond_end(&join);
}

static SqlCond write_item(SqlWriter *writer, const Expr *item, bool negated)
{
    Place place = rule_sql_place(writer, item->path);
    if (item->test->kind == TEST_FIELD)
        (void)rule_sql_place(writer, item->test->other); /* notes what is read */
    if (item->test->meaning != MEANING_SIGMA)
        place.kind = PLACE_UNKNOWN;
    writer->ret->whole = writer->ret->whole || place.kind == PLACE_UNKNOWN;
    SqlCond cond = write_place(writer, item, &place, negated);
    if (!cond.exact && !writer->ret->inexact.len && item->path)
        writer->ret->inexact = item->path->text;
    return writer->touched ? write_touched(writer, item, &place, cond) : cond;
}

/* *negated*: of what does not hold; NOT is carried down to the items. */
static SqlCond write_expr(SqlWriter *writer, const Expr *expr, bool negated)
{
    if (expr->kind == EXPR_ITEM)
        return write_item(writer, expr, negated);
    if (expr->kind == EXPR_NOT)
        return write_expr(writer, expr->first->expr, !negated);
    if (expr->kind == EXPR_WITHIN) {
        writer->ret->whole = true;
        return unsure();
    }
    SqlJoin join = rule_sql_cond_join(writer, (expr->kind == EXPR_OR) != negated);
    for (const ExprLink *link = expr->first; link; link = link->next)
        rule_sql_cond_add(&join, write_expr(writer, link->expr, negated));
    return rule_sql_cond_end(&join);
}

/* Equal names and names with escapes are told by no column: of such rows nothing is known. */
static void add_odd(SqlJoin *join)
{
    rule_sql_cond_add(join, rule_sql_cond_text(STR("strpos(extra, '\"duplicate:') > 0"), true));
    rule_sql_cond_add(join, rule_sql_cond_text(STR("strpos(extra, '\\u') > 0"), true));
}

static Str write_touches(SqlWriter *writer)
{
    const Touch *list = (const Touch *)(const void *)writer->touches.ptr;
    size_t count = writer->touches.len / sizeof *list;
    SqlJoin join = rule_sql_cond_join(writer, true);
    for (size_t i = 0; i < count; i++)
        rule_sql_cond_add(&join, touches(writer, list[i].member, list[i].below));
    add_odd(&join);
    return rule_sql_cond_sql(rule_sql_cond_end(&join));
}

static Str write_where_touched(SqlWriter *writer, const Expr *expr)
{
    writer->touched = true;
    SqlJoin join = rule_sql_cond_join(writer, true);
    rule_sql_cond_add(&join, write_expr(writer, expr, false));
    add_odd(&join);
    return rule_sql_cond_sql(rule_sql_cond_end(&join));
}

/* Of rows of which *expr* (*negated*: that it does not hold) is written that it may hold: those of
 * which it may not. Of all that must hold each was said, and is asked again only when not exact. */
static SqlCond write_doubt(SqlWriter *writer, const Expr *expr, bool negated)
{
    if (expr->kind == EXPR_NOT)
        return write_doubt(writer, expr->first->expr, !negated);
    if ((expr->kind == EXPR_AND || expr->kind == EXPR_OR) && (expr->kind == EXPR_OR) == negated) {
        SqlJoin join = rule_sql_cond_join(writer, true);
        for (const ExprLink *link = expr->first; link; link = link->next)
            rule_sql_cond_add(&join, write_doubt(writer, link->expr, negated));
        return rule_sql_cond_end(&join);
    }
    return write_expr(writer, expr, negated).exact ? rule_sql_cond_constant(false, true)
                                                   : write_expr(writer, expr, !negated);
}

/* Whether *expr*, and so each row of it, says of a text in a column of its own which it is. */
static bool asks_column(SqlWriter *writer, const Expr *expr)
{
    if (expr->kind == EXPR_ITEM) {
        bool texts = expr->test->kind == TEST_TEXT || is_hard(expr->test);
        Place place = {.kind = PLACE_UNKNOWN};
        if (texts && expr->test->meaning == MEANING_SIGMA)
            place = rule_sql_place(writer, expr->path);
        return place.kind == PLACE_TEXT && !rule_sql_place_costly(place.node);
    }
    bool all = expr->kind == EXPR_OR;
    const ExprLink *link = all || expr->kind == EXPR_AND ? expr->first : NULL;
    for (; link; link = link->next)
        if (asks_column(writer, link->expr) != all)
            return !all;
    return all && expr->first;
}

bool rule_sql_write(const Expr *expr, const RuleSqlKnown *known, Arena *arena, RuleSql *ret,
                    Error *err)
{
    SqlWriter writer = {.arena = arena,
                        .err = err,
                        .ok = true,
                        .document = document_new(err),
                        .ret = ret,
                        .known = known,
                        .touches = buf_init(TOUCHES_BYTES_MAX)};
    *ret = (RuleSql){.where = STR("")};
    if (!writer.document)
        return false;
    writer.narrowed = known && (known->named || asks_column(&writer, expr));
    SqlCond where = write_expr(&writer, expr, false);
    ret->where = rule_sql_cond_sql(where);
    writer.counted = known != NULL;
    ret->where_counted = rule_sql_cond_sql(write_expr(&writer, expr, false));
    writer.counted = false;
    ret->doubt = rule_sql_cond_sql(write_doubt(&writer, expr, false));
    ret->where_touched = write_where_touched(&writer, expr);
    ret->touches = write_touches(&writer);
    ret->exact = where.exact;
    if (where.exact)
        ret->inexact = STR("");
    document_free(writer.document);
    buf_free(&writer.touches);
    return writer.ok;
}
