#include "detect/correlation_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "detect/correlation_paths.h"
#include "detect/test.h"

/* One correlation being written as CTEs named by its index in the set:
 *   h<i>  its hits: r (place in its list), e, t, g, v and the paths
 *   w<i>  each hit with the value n of the window that ends with it
 *   x<i>  evaluations, one a group and time: ok, fires
 *   s<i>  true evaluations as signals of the outer correlation */
typedef struct Writing {
    const CorrelationPaths *paths;
    Buf *out;
    Error *err;
    bool carries; /* the one under way is the hit of another: its hits keep their paths */
} Writing;

static bool put(Writing *in, const char *text)
{
    return buf_append_str(in->out, str_of(text), in->err);
}

/* The column at *name* of signals of the correlation's rule *index*. */
static bool put_column(Writing *in, const Correlation *correlation, Str name, uint32_t index)
{
    Str path = correlation_path(correlation, name, index);
    return buf_printf(in->out, in->err, "p%zu", correlation_paths_find(in->paths, path));
}

static bool put_group(Writing *in, const Correlation *correlation, uint32_t index)
{
    bool ok = put(in, "[");
    for (uint32_t i = 0; ok && i < correlation->group_by.count; i++)
        ok = (i == 0 || put(in, ", ")) &&
             put_column(in, correlation, correlation->group_by.list[i], index);
    return ok && put(in, correlation->group_by.count ? "]" : "'']");
}

static bool put_columns(Writing *in, const Correlation *correlation, uint32_t index,
                        const char *between)
{
    const RuleTexts *fields = &correlation->value_fields;
    bool ok = true;
    for (uint32_t i = 0; ok && i < fields->count; i++)
        ok = (i == 0 || put(in, between)) && put_column(in, correlation, fields->list[i], index);
    return ok;
}

/* The value of a hit: a text for value_count (of several fields a list), else a number. */
static bool put_value(Writing *in, const Correlation *correlation, uint32_t index)
{
    if (!correlation->value_fields.count)
        return put(in, "NULL");
    if (correlation->type >= CORRELATION_VALUE_SUM)
        return put(in, "TRY_CAST(") && put_columns(in, correlation, index, ", ") &&
               put(in, " AS DOUBLE)");
    if (correlation->value_fields.count == 1)
        return put_columns(in, correlation, index, ", ");
    return put(in, "CASE WHEN ") && put_columns(in, correlation, index, " IS NOT NULL AND ") &&
           put(in, " IS NOT NULL THEN [") && put_columns(in, correlation, index, ", ") &&
           put(in, "] END");
}

static bool put_known(Writing *in, const Correlation *correlation, uint32_t index, bool first)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < correlation->group_by.count; i++) {
        ok = put(in, first && i == 0 ? " WHERE " : " AND ") &&
             put_column(in, correlation, correlation->group_by.list[i], index) &&
             put(in, " IS NOT NULL");
    }
    return ok;
}

/* The hits of one of its rules. */
static bool put_hits(Writing *in, const Correlation *correlation, uint32_t index)
{
    const Rule *rule = correlation->resolved[index];
    bool inner = rule->kind == RULE_CORRELATION;
    bool ok = buf_printf(in->out, in->err, "SELECT %u AS k, e, t, ", index) &&
              put_group(in, correlation, index) && put(in, " AS g, ") &&
              put_value(in, correlation, index) && put(in, " AS v");
    for (size_t i = 0; ok && in->carries && i < correlation_sql_path_count(in->paths); i++)
        ok = buf_printf(in->out, in->err, ", p%zu", i);
    ok = ok && (inner ? buf_printf(in->out, in->err, " FROM s%u", rule->index)
                      : buf_printf(in->out, in->err, " FROM signals WHERE r = %u", rule->index));
    return ok && put_known(in, correlation, index, inner);
}

static bool put_window(Writing *in, const Correlation *correlation)
{
    return buf_printf(in->out, in->err,
                      " OVER (PARTITION BY g ORDER BY t RANGE BETWEEN %" PRId64
                      " PRECEDING AND CURRENT ROW)",
                      correlation->timespan_us);
}

/* The aggregate that is compared, over the window. */
static bool put_number(Writing *in, const Correlation *correlation)
{
    bool one = correlation->rules.count == 1;
    switch (correlation->type) {
    case CORRELATION_EVENT_COUNT:
        return put(in, one ? "count(*)" : "count(DISTINCT e)") && put_window(in, correlation);
    case CORRELATION_VALUE_COUNT:
        return put(in, "count(DISTINCT v)") && put_window(in, correlation);
    case CORRELATION_VALUE_SUM:
        return put(in, "sum(v)") && put_window(in, correlation);
    case CORRELATION_VALUE_AVG:
        return put(in, "avg(v)") && put_window(in, correlation);
    case CORRELATION_VALUE_PERCENTILE:
    case CORRELATION_VALUE_MEDIAN:
        return buf_printf(in->out, in->err, "quantile_cont(v, %.17g)",
                          correlation->percentile / 100) &&
               put_window(in, correlation);
    default:
        return put(in, "count(DISTINCT k)") && put_window(in, correlation);
    }
}

/* "Rule *index* has a hit in the window", as a column that extended conditions use. */
static bool put_occurred(Writing *in, const Correlation *correlation)
{
    bool ok = true;
    for (uint32_t i = 0; ok && correlation->condition && i < correlation->rules.count; i++)
        ok = buf_printf(in->out, in->err, ", bool_or(k = %u)", i) && put_window(in, correlation) &&
             buf_printf(in->out, in->err, " AS o%u, min(t) FILTER (WHERE k = %u)", i, i) &&
             put_window(in, correlation) &&
             buf_printf(in->out, in->err, " AS a%u, max(t) FILTER (WHERE k = %u)", i, i) &&
             put_window(in, correlation) && buf_printf(in->out, in->err, " AS z%u", i);
    return ok;
}

/* The latest start of a chain of hits of rules 0 to *step* in their order, that ends with this hit.
 * Hits of one time follow each other in any order; one event is no two steps. */
static bool put_step(Writing *in, uint32_t set_index, uint32_t step)
{
    return buf_printf(
               in->out, in->err,
               ", c%u_%u AS (SELECT *, max(b%u) OVER (PARTITION BY g ORDER BY t RANGE BETWEEN "
               "UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP) AS earlier, arg_max(e, b%u) "
               "OVER (PARTITION BY g, t) AS best, max(b%u) OVER (PARTITION BY g, t) AS same FROM "
               "d%u_%u)",
               set_index, step, step - 1, step - 1, step - 1, set_index, step - 1) &&
           buf_printf(
               in->out, in->err,
               ", d%u_%u AS (SELECT * EXCLUDE (earlier, best, same), CASE WHEN k = %u THEN "
               "greatest(earlier, CASE WHEN e IS DISTINCT FROM best THEN same ELSE max(b%u) FILTER "
               "(WHERE e <> best) OVER (PARTITION BY g, t) END) END AS b%u FROM c%u_%u)",
               set_index, step, step, step - 1, step, set_index, step);
}

/* How many rules from the first on have hits in their order within the window. */
static bool put_ordered(Writing *in, const Rule *rule)
{
    const Correlation *correlation = rule->correlation;
    bool ok = buf_printf(in->out, in->err,
                         ", d%u_0 AS (SELECT *, CASE WHEN k = 0 THEN t END AS b0 FROM h%u)",
                         rule->index, rule->index);
    for (uint32_t i = 1; ok && i < correlation->rules.count; i++)
        ok = put_step(in, rule->index, i);
    ok = ok && buf_printf(in->out, in->err, ", w%u AS (SELECT *, CASE ", rule->index);
    for (uint32_t i = correlation->rules.count; ok && i-- > 0;)
        ok = buf_printf(in->out, in->err,
                        "WHEN max(b%u) OVER (PARTITION BY g ORDER BY t RANGE BETWEEN UNBOUNDED "
                        "PRECEDING AND CURRENT ROW) >= t - %" PRId64 " THEN %u ",
                        i, correlation->timespan_us, i + 1);
    return ok && buf_printf(in->out, in->err, "ELSE 0 END AS n FROM d%u_%u)", rule->index,
                            correlation->rules.count - 1);
}

/* Of each hit how many hits of the others follow, those of the same time included. */
static bool put_following(Writing *in, const Rule *rule)
{
    return buf_printf(
        in->out, in->err,
        ", w%u AS (SELECT *, count(*) FILTER (WHERE k > 0) OVER (PARTITION BY g ORDER "
        "BY t RANGE BETWEEN CURRENT ROW AND %" PRId64 " FOLLOWING) AS n FROM h%u)",
        rule->index, rule->correlation->timespan_us, rule->index);
}

static bool put_windows(Writing *in, const Rule *rule)
{
    if (rule->correlation->type == CORRELATION_ABSENCE)
        return put_following(in, rule);
    if (rule->correlation->type == CORRELATION_TEMPORAL_ORDERED && !rule->correlation->condition)
        return put_ordered(in, rule);
    return buf_printf(in->out, in->err, ", w%u AS (SELECT *, ", rule->index) &&
           put_number(in, rule->correlation) && put(in, " AS n") &&
           put_occurred(in, rule->correlation) &&
           buf_printf(in->out, in->err, " FROM h%u)", rule->index);
}

static bool put_named(Writing *in, const Named *named)
{
    if (named->kind == NAMED_RULE)
        return buf_printf(in->out, in->err, "coalesce(o%u, false)", named->rule);
    bool ok = put(in, named->kind == NAMED_NOT ? "(NOT " : "(");
    for (const Named *each = named->first; ok && each; each = each->next)
        ok = (each == named->first || put(in, named->kind == NAMED_AND ? " AND " : " OR ")) &&
             put_named(in, each);
    return ok && put(in, ")");
}

/* Names that are not negated, which must occur in the order of the list. */
static void note_positive(const Named *named, bool negated, bool *positive)
{
    if (named->kind == NAMED_RULE)
        positive[named->rule] |= !negated;
    for (const Named *each = named->first; each; each = each->next)
        note_positive(each, negated != (named->kind == NAMED_NOT), positive);
}

static bool put_order(Writing *in, const Correlation *correlation)
{
    bool positive[64] = {false}, ok = true;
    int before = -1;
    note_positive(correlation->condition, false, positive);
    for (uint32_t i = 0; ok && i < correlation->rules.count && i < 64; i++) {
        if (!positive[i])
            continue;
        if (before >= 0)
            ok = buf_printf(in->out, in->err, " AND coalesce(a%d <= z%u, true)", before, i);
        before = (int)i;
    }
    return ok;
}

static bool put_test(Writing *in, const Correlation *correlation)
{
    static const char *const OPS[] = {">", ">=", "<", "<=", "=", "<>"};
    bool ok = true;
    if (correlation->type == CORRELATION_ABSENCE)
        return buf_printf(in->out, in->err,
                          "k = 0 AND n = 0 AND t + %" PRId64 " <= (SELECT max(t) FROM horizon)",
                          correlation->timespan_us);
    if (correlation->condition)
        return put_named(in, correlation->condition) &&
               (correlation->type != CORRELATION_TEMPORAL_ORDERED || put_order(in, correlation));
    for (uint32_t i = 0; ok && i < correlation->bound_count; i++)
        ok = buf_printf(in->out, in->err, "%sn %s %.17g", i ? " AND " : "",
                        OPS[correlation->bounds[i].op], correlation->bounds[i].number);
    return ok;
}

/* Evaluations, one a group and time, with the last of the events that came then. */
static bool put_evaluations(Writing *in, const Rule *rule)
{
    const Correlation *correlation = rule->correlation;
    return buf_printf(in->out, in->err, ", y%u AS (SELECT *, coalesce(", rule->index) &&
           put_test(in, correlation) &&
           buf_printf(in->out, in->err,
                      ", false) AS ok FROM w%u QUALIFY row_number() OVER (PARTITION BY g, t ORDER "
                      "BY e DESC) = 1)",
                      rule->index) &&
           buf_printf(in->out, in->err,
                      ", x%u AS (SELECT *, ok AND (NOT coalesce(lag(ok) OVER (PARTITION BY g ORDER "
                      "BY t), false) OR t - lag(t) OVER (PARTITION BY g ORDER BY t) > %" PRId64
                      ") AS fires FROM y%u)",
                      rule->index, correlation->timespan_us, rule->index);
}

/* Its true evaluations as signals: the group's names have the group's values. */
static bool put_signals(Writing *in, const Rule *rule)
{
    const Correlation *correlation = rule->correlation;
    size_t count = correlation_sql_path_count(in->paths);
    bool ok = buf_printf(in->out, in->err, ", s%u AS (SELECT e, t", rule->index);
    for (size_t i = 0; ok && i < count; i++) {
        uint32_t group = 0;
        while (group < correlation->group_by.count &&
               !str_equal(correlation->group_by.list[group], correlation_sql_path(in->paths, i)))
            group++;
        ok = group < correlation->group_by.count
                 ? buf_printf(in->out, in->err, ", g[%u] AS p%zu", group + 1, i)
                 : buf_printf(in->out, in->err, ", p%zu", i);
    }
    return ok && buf_printf(in->out, in->err, " FROM x%u WHERE ok)", rule->index);
}

static bool put_correlation(Writing *in, const Rule *rule, bool *written, bool first);

/* The correlations below it come before it. */
static bool put_inner(Writing *in, const Rule *rule, bool *written, bool *first)
{
    bool ok = true;
    for (uint32_t i = 0; ok && i < rule->correlation->rules.count; i++) {
        const Rule *inner = rule->correlation->resolved[i];
        if (inner->kind != RULE_CORRELATION || written[inner->index])
            continue;
        in->carries = true;
        ok = put_correlation(in, inner, written, *first) && put_signals(in, inner);
        *first = false;
    }
    return ok;
}

static bool put_correlation(Writing *in, const Rule *rule, bool *written, bool first)
{
    bool carries = in->carries;
    bool ok = put_inner(in, rule, written, &first);
    in->carries = carries;
    written[rule->index] = true;
    ok = ok && buf_printf(in->out, in->err, "%sh%u AS (", first ? "WITH " : ", ", rule->index);
    for (uint32_t i = 0; ok && i < rule->correlation->rules.count; i++)
        ok = (i == 0 || put(in, " UNION ALL ")) && put_hits(in, rule->correlation, i);
    return ok && put(in, ")") && put_windows(in, rule) && put_evaluations(in, rule);
}

bool correlation_sql_write_group(const CorrelationPaths *paths, const Correlation *correlation,
                                 uint32_t index, Buf *out, Error *err)
{
    Writing in = {.paths = paths, .out = out, .err = err};
    return put_group(&in, correlation, index);
}

/* The hits of the windows in q<number>, as m<number>; then those of the correlations among its
 * rules. Hits meet windows by multiples of the timespan, so that no group meets all its windows. */
static bool put_hits_of(Writing *in, const Rule *rule, uint32_t *numbers)
{
    const Correlation *correlation = rule->correlation;
    uint32_t number = *numbers;
    bool absence = correlation->type == CORRELATION_ABSENCE;
    int64_t span = correlation->timespan_us, before = absence ? 0 : span;
    bool ok = buf_printf(
        in->out, in->err,
        ", m%u AS (SELECT q.run, h.k, h.e, h.t FROM (SELECT *, unnest(generate_series((t0 - "
        "%" PRId64 ") // %" PRId64 ", t1 // %" PRId64 ")) AS b FROM q%u) q JOIN h%u h ON h.g = q.g "
        "AND h.t // %" PRId64 " = q.b AND h.t BETWEEN q.t0 - %" PRId64 " AND q.t1%s)",
        number, before, span, span, number, rule->index, span, before,
        absence ? " AND h.k = 0" : "");
    for (uint32_t i = 0; ok && i < correlation->rules.count; i++) {
        const Rule *inner = correlation->resolved[i];
        if (inner->kind != RULE_CORRELATION)
            continue;
        ok = buf_printf(in->out, in->err,
                        ", q%u AS (SELECT DISTINCT m.run, x.g, x.t AS t0, x.t AS t1 FROM m%u m "
                        "JOIN x%u x ON x.e = m.e AND x.t = m.t AND x.ok WHERE m.k = %u)",
                        ++*numbers, number, inner->index, i) &&
             put_hits_of(in, inner, numbers);
    }
    return ok;
}

/* What put_hits_of wrote, in the same order: hits that are no correlations'. */
static bool put_leaves(Writing *in, const Rule *rule, uint32_t *numbers)
{
    const Correlation *correlation = rule->correlation;
    bool ok = buf_printf(in->out, in->err, "%sSELECT run, e, t FROM m%u WHERE k NOT IN (-1",
                         *numbers ? " UNION " : "", *numbers);
    for (uint32_t i = 0; ok && i < correlation->rules.count; i++)
        if (correlation->resolved[i]->kind == RULE_CORRELATION)
            ok = buf_printf(in->out, in->err, ", %u", i);
    ok = ok && put(in, ")");
    for (uint32_t i = 0; ok && i < correlation->rules.count; i++) {
        const Rule *inner = correlation->resolved[i];
        if (inner->kind != RULE_CORRELATION)
            continue;
        ++*numbers;
        ok = put_leaves(in, inner, numbers);
    }
    return ok;
}

bool correlation_sql_write_hits(const CorrelationPaths *paths, const Rule *rule, uint32_t most,
                                Buf *out, Error *err)
{
    Writing in = {.paths = paths, .out = out, .err = err};
    bool *written = mem_calloc(paths->rule_count, sizeof *written, err);
    uint32_t made = 0, named = 0;
    bool ok =
        written && put_correlation(&in, rule, written, true) &&
        put(&in, ", q0 AS (SELECT run, g, t0, t1 FROM episodes)") &&
        put_hits_of(&in, rule, &made) && put(&in, " SELECT run, e FROM (") &&
        put_leaves(&in, rule, &named) &&
        buf_printf(out, err, ") QUALIFY row_number() OVER (PARTITION BY run ORDER BY t, e) <= %u",
                   most);
    mem_free(written);
    return ok;
}

bool correlation_sql_text(Document *document, const FieldPath *path, Str *ret, Error *err)
{
    Found found;
    document_find(document, path, &found);
    const Json *value = found.count ? found.values[0] : NULL;
    *ret = (Str){NULL, 0};
    if (!value || value->type == JSON_NULL)
        return true;
    Buf *scratch = document_scratch(document);
    if (test_text_of(value, scratch, ret))
        return true;
    if (!json_append(scratch, value, err))
        return false;
    *ret = buf_str(scratch);
    return true;
}

bool correlation_sql_write(const CorrelationPaths *paths, const Rule *rule, Buf *out, Error *err)
{
    Writing in = {.paths = paths, .out = out, .err = err};
    bool *written = mem_calloc(paths->rule_count, sizeof *written, err);
    bool ok = written && put_correlation(&in, rule, written, true) &&
              buf_printf(out, err, " SELECT t, e, n, g, fires FROM x%u WHERE ok ORDER BY t, e",
                         rule->index);
    mem_free(written);
    return ok;
}
