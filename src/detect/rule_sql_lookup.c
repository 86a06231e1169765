#include "detect/rule_sql_lookup.h"

#include "base/engine.h"

enum { LISTED_MAX = 5000, COMPARED_MAX = 4, VALUE_BYTES_MAX = 1 << 20 };

/* Whether the item holds of a record with these members; none: of one without any. */
static bool holds(SqlWriter *writer, const Expr *item, Str derived)
{
    return rule_sql_cond_holds(writer, item, FIELDS[F_DERIVED].column, derived);
}

/* One more of a list, "(...), (...". */
static bool put(SqlWriter *writer, Str text, uint32_t *listed, Buf *list)
{
    return buf_append_str(list, (*listed)++ ? STR("), (") : STR("("), writer->err) &&
           engine_quote(list, text, writer->err);
}

/* That *value* is one of a list: the engine compares it with each of IN one by one, but looks it up
 * among rows. */
static SqlCond among(SqlWriter *writer, Str value, const Buf *list, uint32_t listed)
{
    Str all = buf_str(list);
    return rule_sql_cond_text(
        listed > COMPARED_MAX
            ? rule_sql_cond_format(writer, "%.*s IN (SELECT v FROM (VALUES %.*s)) AS t (v))",
                                   STR_ARG(value), STR_ARG(all))
            : rule_sql_cond_format(writer, "%.*s IN (%.*s))", STR_ARG(value), STR_ARG(all)),
        true);
}

/* Lists the addresses of which the item says something else than of none; at most one more than
 * are let. */
static uint32_t put_others(SqlWriter *writer, const Expr *item, bool of_none, Buf *list)
{
    const RuleSqlKnown *known = writer->known;
    bool ok = writer->ok, other = false;
    uint32_t listed = 0;
    for (size_t i = 0; ok && i < known->count && listed <= LISTED_MAX; i++) {
        const RuleSqlAddress *at = &known->addresses[i];
        if (!i || !str_equal(at->derived, at[-1].derived))
            other = holds(writer, item, at->derived) != of_none;
        if (other)
            ok = put(writer, at->address, &listed, list);
    }
    writer->ok = writer->ok && ok;
    return listed;
}

static SqlCond of_addresses(SqlWriter *writer, const Expr *item, const Place *place, bool negated)
{
    BUF_AUTO Buf list = buf_init(RULE_SQL_BYTES_MAX);
    bool of_none = holds(writer, item, STR("")), listed_hold = of_none == negated;
    uint32_t listed = put_others(writer, item, of_none, &list);
    if (listed > LISTED_MAX)
        return rule_sql_cond_constant(true, false);
    if (!listed)
        return rule_sql_cond_constant(!listed_hold, true);
    SqlCond cond = among(writer, place->sql, &list, listed);
    return listed_hold ? cond : rule_sql_cond_not(writer, place->sql, cond);
}

SqlCond rule_sql_lookup(SqlWriter *writer, const Expr *item, const Place *place, bool negated)
{
    const RuleSqlKnown *known = writer->known;
    if (!known || place->node == FIELD_COUNT || item->test->kind == TEST_FIELD)
        return rule_sql_cond_constant(true, false);
    if (place->node < F_D_ACCOUNT_NAME && known->of_addresses)
        return of_addresses(writer, item, place, negated);
    if (place->node >= F_D_ACCOUNT_NAME && known->no_accounts)
        return rule_sql_cond_constant(holds(writer, item, STR("")) != negated, true);
    return rule_sql_cond_constant(true, false);
}

/* *value* as JSON below what *path* goes on with behind its first segment. */
static bool put_below(Buf *json, Str path, Str value, Error *err)
{
    size_t depth = 0, from = str_find_byte(path, '.', 0);
    bool ok = true;
    for (; ok && from < path.len; depth++) {
        size_t end = str_find_byte(path, '.', from + 1);
        ok = buf_append_byte(json, '{', err) &&
             json_append_string(json, str_slice(path, from + 1, end), err) &&
             buf_append_byte(json, ':', err);
        from = end;
    }
    ok = ok && json_append_string(json, value, err);
    for (; ok && depth; depth--)
        ok = buf_append_byte(json, '}', err);
    return ok;
}

/* Lists the values of which the item holds; at most one more than are let. */
static uint32_t put_fitting(SqlWriter *writer, const Expr *item, const Str *values, size_t count,
                            Buf *list)
{
    Str path = item->path->text, member = str_slice(path, 0, str_find_byte(path, '.', 0));
    bool ok = writer->ok;
    uint32_t listed = 0;
    for (size_t i = 0; ok && i < count && listed <= LISTED_MAX; i++) {
        BUF_AUTO Buf json = buf_init(VALUE_BYTES_MAX);
        ok = put_below(&json, path, values[i], writer->err);
        if (ok && rule_sql_cond_holds(writer, item, member, buf_str(&json)))
            ok = put(writer, values[i], &listed, list);
    }
    writer->ok = writer->ok && ok;
    return listed;
}

bool rule_sql_lookup_values(SqlWriter *writer, const Expr *item, const Place *place, bool negated,
                            SqlCond *ret)
{
    BUF_AUTO Buf list = buf_init(RULE_SQL_BYTES_MAX);
    const RuleSqlKnown *known = writer->known;
    const Str *values = NULL;
    size_t count = 0;
    if (!known || !known->values || writer->touched || !writer->ok)
        return false;
    writer->ok = known->values(known->context, place->node, &values, &count, writer->err);
    uint32_t listed = values ? put_fitting(writer, item, values, count, &list) : 0;
    if (!values || listed > LISTED_MAX)
        return false;
    *ret = listed ? among(writer, place->sql, &list, listed) : rule_sql_cond_constant(false, true);
    if (negated)
        *ret = rule_sql_cond_not(writer, place->sql, *ret);
    return true;
}

static void note_lookup(void *context, const Expr *item)
{
    bool *asks = context;
    *asks = *asks || (item->path && str_starts(item->path->text, STR("derived.")));
}

bool rule_sql_asks_lookups(const Expr *expr)
{
    bool asks = false;
    expr_each(expr, note_lookup, &asks);
    return asks;
}
