/* watch_ask - one correlation over the signals that are loaded. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "detect/correlation.h"
#include "findings/finding.h"
#include "watch/watch_state.h"

enum { SQL_BYTES_MAX = 16 << 20, CELL_BYTES_MAX = 4 << 20, PRUNE_FACTOR = 4 };

/* The times that matter: evaluations are looked at from keep_from to keep_to, and signals from
 * load_from to load_to decide them. */
typedef struct Range {
    int64_t load_from, keep_from, keep_to, load_to;
    uint64_t fresh, all;
} Range;

bool watch_is_made_of(const Rule *rule, uint32_t index)
{
    if (rule->kind != RULE_CORRELATION)
        return rule->index == index;
    bool found = false;
    for (uint32_t i = 0; !found && i < rule->correlation->rules.count; i++)
        found = watch_is_made_of(rule->correlation->resolved[i], index);
    return found;
}

/* False when nothing happened that could change what is known. */
static bool find_range(const Watch *watch, const Watched *watched, Range *ret)
{
    int64_t first = INT64_MAX, last = INT64_MIN, reach = correlation_reach_us(watched->rule);
    int64_t span = watched->rule->correlation->timespan_us;
    *ret = (Range){0};
    for (size_t i = 0; i < ruleset_count(watch->set); i++) {
        const WatchCount *count = &watch->fresh[i];
        if (!watch->counts[i] || !watch_is_made_of(watched->rule, (uint32_t)i))
            continue;
        ret->all += watch->counts[i];
        ret->fresh += count->fresh;
        if (count->fresh && count->fresh_min < first)
            first = count->fresh_min;
        if (count->fresh && count->fresh_max > last)
            last = count->fresh_max;
    }
    if (correlation_has_absence(watched->rule) && watched->horizon_us != WATCH_NEVER &&
        watched->horizon_us < watch->horizon_us) {
        first = watched->horizon_us - reach < first ? watched->horizon_us - reach : first;
        last = watch->horizon_us > last ? watch->horizon_us : last;
    }
    ret->keep_from = first - reach - span;
    ret->load_from = ret->keep_from - reach;
    ret->keep_to = last + reach;
    ret->load_to = ret->keep_to + reach;
    return first <= last;
}

/* Appends "(r = 3 OR r = 5)": the detections that it is made of. */
static bool put_rules(const Watch *watch, const Rule *rule, Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "r IN (-1");
    for (size_t i = 0; ok && i < ruleset_count(watch->set); i++)
        if (watch->counts[i] && watch_is_made_of(rule, (uint32_t)i))
            ok = buf_printf(sql, err, ", %zu", i);
    return ok && buf_printf(sql, err, ")");
}

/* Whether only some groups need be looked at: few signals are new, and a signal touches no group
 * but its own. */
static bool is_pruned(const Watched *watched, const Range *range)
{
    const Correlation *correlation = watched->rule->correlation;
    bool plain = correlation->type != CORRELATION_ABSENCE && correlation->group_by.count > 0;
    for (uint32_t i = 0; plain && i < correlation->rules.count; i++)
        plain = correlation->resolved[i]->kind == RULE_DETECTION;
    return plain && range->fresh < range->all / PRUNE_FACTOR;
}

static bool put_groups(const Watch *watch, const Rule *rule, Buf *sql, Error *err)
{
    bool ok = buf_printf(sql, err, "CASE r");
    for (uint32_t i = 0; ok && i < rule->correlation->rules.count; i++)
        ok = buf_printf(sql, err, " WHEN %u THEN ", rule->correlation->resolved[i]->index) &&
             correlation_sql_write_group(watch->paths, rule->correlation, i, sql, err);
    return ok && buf_printf(sql, err, " END");
}

static bool run(Engine *engine, Buf *sql, Error *err)
{
    bool ok = buf_text(sql, err) && engine_run(engine, sql->ptr, err);
    sql->len = 0;
    return ok;
}

/* The table `signals` of the correlation. */
static bool choose_signals(const Watch *watch, Engine *engine, const Watched *watched,
                           const Range *range, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool ok = buf_printf(&sql, err,
                         "CREATE OR REPLACE VIEW signals AS SELECT * FROM ranked WHERE t BETWEEN "
                         "%" PRId64 " AND %" PRId64 " AND seq > %" PRId64 " AND ",
                         range->load_from, range->load_to, watched->since_seq) &&
              put_rules(watch, watched->rule, &sql, err);
    if (ok && is_pruned(watched, range)) {
        BUF_AUTO Buf touched = buf_init(SQL_BYTES_MAX);
        ok = buf_printf(&touched, err, "CREATE OR REPLACE TABLE touched AS SELECT DISTINCT ") &&
             put_groups(watch, watched->rule, &touched, err) &&
             buf_printf(&touched, err, " AS g FROM ranked WHERE seq > %" PRId64 " AND ",
                        watched->evaluated_seq) &&
             put_rules(watch, watched->rule, &touched, err) && run(engine, &touched, err) &&
             buf_printf(&sql, err, " AND ") && put_groups(watch, watched->rule, &sql, err) &&
             buf_printf(&sql, err, " IN (SELECT g FROM touched)");
    }
    return ok && run(engine, &sql, err);
}

static bool is_lowest(const Correlation *correlation)
{
    return correlation->bound_count &&
           (correlation->bounds[0].op == BOUND_LT || correlation->bounds[0].op == BOUND_LTE);
}

/* The table `episodes`: runs of true evaluations of a group, the first ones by time. */
static bool find_episodes(const Watch *watch, Engine *engine, const Watched *watched,
                          const Range *range, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    return buf_printf(&sql, err, "CREATE OR REPLACE TABLE trues AS ") &&
           correlation_sql_write(watch->paths, watched->rule, &sql, err) &&
           run(engine, &sql, err) &&
           buf_printf(&sql, err,
                      "CREATE OR REPLACE TABLE episodes AS SELECT row_number() OVER (ORDER BY t0, "
                      "g) AS run, * FROM (SELECT g, min(t) AS t0, max(t) AS t1, %s(n)::DOUBLE AS "
                      "n, arg_min(e, t) AS e FROM (SELECT *, sum(fires::INTEGER) OVER (PARTITION "
                      "BY g ORDER BY t ROWS UNBOUNDED PRECEDING) AS s FROM trues WHERE t BETWEEN "
                      "%" PRId64 " AND %" PRId64 ") GROUP BY g, s)",
                      is_lowest(watched->rule->correlation) ? "min" : "max", range->keep_from,
                      range->keep_to) &&
           run(engine, &sql, err);
}

static bool read_text(Watch *watch, const EngineResult *result, size_t column, EngineForm form,
                      Str *ret, Error *err)
{
    BUF_AUTO Buf cell = buf_init(CELL_BYTES_MAX);
    *ret = STR("");
    if (engine_is_null(result, column))
        return true;
    const char *copy = engine_value(result, column, form, &cell, err)
                           ? arena_text(watch->texts, buf_str(&cell), err)
                           : NULL;
    *ret = (Str){copy, cell.len};
    return copy != NULL;
}

static bool read_episode(Watch *watch, const EngineResult *result, const Watched *watched,
                         Error *err)
{
    WatchEpisode episode = {.watched = watched};
    Str value;
    bool ok = engine_long(result, 0, &episode.run, err) &&
              read_text(watch, result, 1, ENGINE_JSON, &episode.group, err) &&
              engine_long(result, 2, &episode.first_us, err) &&
              engine_long(result, 3, &episode.last_us, err) &&
              read_text(watch, result, 4, ENGINE_TEXT, &value, err) &&
              read_text(watch, result, 5, ENGINE_TEXT, &episode.event_id, err) &&
              engine_long(result, 6, &episode.signal, err);
    episode.value = ok ? strtod(value.len ? value.ptr : "0", NULL) : 0;
    return ok && buf_append(&watch->episodes, &episode, sizeof episode, err);
}

static bool read_episodes(Watch *watch, Engine *engine, const Watched *watched, Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = true;
    bool ok = buf_printf(&sql, err,
                         "SELECT run, g, t0, t1, n, d, id FROM episodes JOIN (SELECT e, min(d) AS "
                         "d, min(id) AS id FROM signals WHERE e IN (SELECT e FROM episodes) GROUP "
                         "BY e) USING (e) WHERE run <= %d ORDER BY run",
                         WATCH_EPISODES_MAX) &&
              buf_text(&sql, err);
    EngineResult *result = ok ? engine_query(engine, sql.ptr, err) : NULL;
    ok = result != NULL;
    while (ok && row)
        ok = engine_next(result, &row, err) && (!row || read_episode(watch, result, watched, err));
    engine_result_free(result);
    return ok;
}

/* Runs are numbered from 1 and read in their order, so that run n is the n-th episode added. */
static bool read_hits(Watch *watch, Engine *engine, const Watched *watched, size_t first,
                      Error *err)
{
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    bool row = true;
    bool ok =
        buf_printf(&sql, err, "SELECT m.run, min(s.id) FROM (") &&
        correlation_sql_write_hits(watch->paths, watched->rule, FINDING_EVENTS_MAX, &sql, err) &&
        buf_printf(&sql, err,
                   ") m JOIN signals s ON s.e = m.e WHERE m.run <= %d GROUP BY m.run, m.e",
                   WATCH_EPISODES_MAX) &&
        buf_text(&sql, err);
    EngineResult *result = ok ? engine_query(engine, sql.ptr, err) : NULL;
    ok = result != NULL;
    while (ok && row) {
        int64_t number = 0;
        WatchHit hit = {0};
        ok = engine_next(result, &row, err) && (!row || (engine_long(result, 0, &number, err) &&
                                                         engine_long(result, 1, &hit.signal, err)));
        hit.episode = first + (size_t)number - 1;
        ok = ok && (!row || buf_append(&watch->hits, &hit, sizeof hit, err));
    }
    engine_result_free(result);
    return ok;
}

static bool count_episodes(Engine *engine, int64_t *ret, Error *err)
{
    bool row = false;
    EngineResult *result = engine_query(engine, "SELECT count(*) FROM episodes", err);
    bool ok = result && engine_next(result, &row, err) && row && engine_long(result, 0, ret, err);
    engine_result_free(result);
    return ok;
}

static void note_untold(Watch *watch, Watched *watched, int64_t episodes)
{
    if (episodes <= WATCH_EPISODES_MAX)
        return;
    Str title = str_slice(watched->rule->title, 0, sizeof watch->report.untold_rule - 1);
    watched->untold = (uint64_t)episodes - WATCH_EPISODES_MAX;
    watch->report.untold += watched->untold;
    memcpy(watch->report.untold_rule, title.ptr, title.len);
    watch->report.untold_rule[title.len] = '\0';
}

bool watch_ask(Watch *watch, Engine *engine, Watched *watched, Error *err)
{
    Range range;
    int64_t episodes = 0;
    size_t first = watch->episodes.len / sizeof(WatchEpisode);
    if (!find_range(watch, watched, &range) ||
        !correlation_is_possible(watched->rule, watch->counts) ||
        !watch_sieve_possible(watch->sieve, watched->rule->index))
        return true;
    bool ok = choose_signals(watch, engine, watched, &range, err) &&
              find_episodes(watch, engine, watched, &range, err) &&
              count_episodes(engine, &episodes, err);
    if (ok && episodes) {
        watch->report.episodes += (uint64_t)episodes;
        note_untold(watch, watched, episodes);
        ok = read_episodes(watch, engine, watched, err) &&
             read_hits(watch, engine, watched, first, err);
    }
    return ok || error_context(err, "correlation '%.*s'", STR_ARG(watched->rule->title));
}
