/* What the sieve leaves out changes no answer: random signals, every form of correlation, asked of
 * the engine with all signals and with those that were kept. */
#include "watch/watch_sieve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/engine.h"
#include "base/file.h"
#include "base/mem.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 22, EVENTS = 160, ROUNDS = 12, ARENA_BYTES_MAX = 1 << 26 };

/* Correlations of the rules A, B and C, and of I where there is one before the bar. */
static const char *const FORMS[] = {
    "type: event_count, rules: [A], group-by: [u], timespan: 10s, condition: {gte: 3}",
    "type: event_count, rules: [A, B], group-by: [u], timespan: 20s, condition: {gt: 4}",
    "type: event_count, rules: [A], timespan: 5s, condition: {gte: 4}",
    "type: event_count, rules: [A], group-by: [u], timespan: 10s, condition: {eq: 2}",
    "type: event_count, rules: [A], group-by: [u], timespan: 10s, condition: {gte: 2, lt: 4}",
    "type: event_count, rules: [A], group-by: [u], timespan: 10s, condition: {lt: 2}",
    "type: event_count, rules: [A], group-by: [u, v], timespan: 30s, condition: {gte: 2}",
    "type: value_count, rules: [A], group-by: [u], timespan: 10s, condition: {field: v, gte: 3}",
    "type: value_count, rules: [A, C], group-by: [u], timespan: 25s, condition: {field: [v, n], "
    "gte: 5}",
    "type: value_sum, rules: [B], group-by: [u], timespan: 15s, condition: {field: n, gte: 30}",
    "type: value_avg, rules: [B], group-by: [u], timespan: 15s, condition: {field: n, gte: 9}",
    "type: temporal, rules: [A, B], group-by: [u], timespan: 4s",
    "type: temporal, rules: [A, B, C], group-by: [u], timespan: 8s",
    "type: temporal_ordered, rules: [A, B], group-by: [u], timespan: 6s",
    "type: temporal_ordered, rules: [B, C, A], group-by: [u], timespan: 20s",
    "type: absence, rules: [A, B], group-by: [u], timespan: 6s",
    "type: event_count, rules: [A], group-by: [u], timespan: 6s, condition: {gte: 3}|"
    "type: temporal_ordered, rules: [I, B], group-by: [u], timespan: 9s",
    "type: value_count, rules: [C], group-by: [u], timespan: 9s, condition: {field: v, gte: 3}|"
    "type: temporal, rules: [B, I], group-by: [u], timespan: 15s",
    "type: event_count, rules: [A], group-by: [u], timespan: 6s, condition: {gte: 2}|"
    "type: event_count, rules: [I], group-by: [u], timespan: 30s, condition: {gte: 3}",
    "type: temporal, rules: [A, B], group-by: [x], timespan: 12s, aliases: {x: {A: u, B: v}}",
};

enum { FORM_COUNT = sizeof FORMS / sizeof *FORMS };

static const char *const NAMES[] = {"A", "B", "C"};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static RuleSet *load(const char *form)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = ruleset_new(NULL, &err);
    Str outer = str_of(form);
    size_t bar = str_find_byte(outer, '|', 0);
    bool ok = set != NULL;
    for (int i = 0; ok && i < 3; i++)
        ok = buf_printf(&text, &err,
                        "title: %s\nname: %s\nlogsource: {product: aws}\nlevel: low\n"
                        "detection: {a: {f: 1}, condition: a}\n---\n",
                        NAMES[i], NAMES[i]);
    if (bar < outer.len) {
        ok = ok &&
             buf_printf(&text, &err, "title: I\nname: I\nlevel: low\ncorrelation: {%.*s}\n---\n",
                        (int)bar, form);
        outer = str_slice(outer, bar + 1, outer.len);
    }
    ok = ok && buf_printf(&text, &err, "title: X\nname: X\nlevel: low\ncorrelation: {%.*s}\n",
                          STR_ARG(outer));
    support_ok(ok && ruleset_add_text(set, buf_str(&text), "rules.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    for (size_t i = 0; i < ruleset_problem_count(set); i++)
        if (ruleset_problem(set, i)->error)
            fail_msg("%s: %.*s", form, STR_ARG(ruleset_problem(set, i)->text));
    return set;
}

/* A signal, its group's texts as JSON. */
typedef struct Signal {
    uint32_t rule;
    int64_t time_us;
    char json[120];
} Signal;

/* Bursts of some callers; now and then a text is missing. */
static void draw(const RuleSet *set, uint64_t *state, Signal *signals)
{
    int64_t time_s = 1000;
    for (int i = 0; i < EVENTS; i++) {
        time_s += next_random(state) % 100 < 70 ? (int64_t)(next_random(state) % 3)
                                                : (int64_t)(next_random(state) % 40);
        const Rule *rule = ruleset_find(set, str_of(NAMES[next_random(state) % 3]));
        signals[i] = (Signal){.rule = rule->index, .time_us = time_s * 1000000};
        unsigned u = (unsigned)(next_random(state) % 4), v = (unsigned)(next_random(state) % 4);
        unsigned n = (unsigned)(next_random(state) % 15);
        if (next_random(state) % 20)
            snprintf(signals[i].json, sizeof signals[i].json,
                     "{\"u\":\"%u\",\"v\":\"%u\",\"n\":\"%s%u\"}", u, v,
                     n == 3   ? "-"
                     : n == 4 ? " "
                              : "",
                     n);
        else
            snprintf(signals[i].json, sizeof signals[i].json, "{\"v\":\"%u\"}", v);
    }
}

static bool put_signal(const CorrelationPaths *paths, const Signal *signal, const Json *values,
                       int number, Buf *sql)
{
    Error err = {0};
    bool ok = buf_printf(sql, &err, "%s(%u, %d, %" PRId64, number ? ", " : "", signal->rule, number,
                         signal->time_us);
    for (size_t i = 0; ok && i < correlation_sql_path_count(paths); i++) {
        const Json *value = json_member(values, correlation_sql_path(paths, i));
        ok = value ? buf_printf(sql, &err, ", '%.*s'", STR_ARG(value->text))
                   : buf_printf(sql, &err, ", NULL");
    }
    return ok && buf_printf(sql, &err, ")");
}

/* All signals, with their number as event. */
static void fill(Engine *engine, const CorrelationPaths *paths, const Signal *signals,
                 const WatchGroup *groups)
{
    Error err = {0};
    BUF_AUTO Buf sql = buf_init(TEXT_BYTES_MAX);
    bool ok =
        buf_printf(&sql, &err, "CREATE OR REPLACE TABLE signals (r INTEGER, e BIGINT, t BIGINT");
    for (size_t i = 0; ok && i < correlation_sql_path_count(paths); i++)
        ok = buf_printf(&sql, &err, ", p%zu VARCHAR", i);
    ok = ok && buf_printf(&sql, &err,
                          ");CREATE OR REPLACE TABLE horizon AS SELECT %" PRId64 "::BIGINT AS t;"
                          "INSERT INTO signals VALUES ",
                          signals[EVENTS - 1].time_us);
    for (int i = 0; ok && i < EVENTS; i++)
        ok = put_signal(paths, &signals[i], groups[i].values, i, &sql);
    support_ok(ok && buf_text(&sql, &err) && engine_run(engine, sql.ptr, &err), &err);
}

/* Every row of the correlation's answer. */
static unsigned answer(Engine *engine, const char *sql, Buf *out)
{
    Error err = {0};
    bool row = true;
    unsigned rows = 0;
    EngineResult *result = engine_query(engine, sql, &err);
    support_ok(result != NULL, &err);
    for (;; rows++) {
        support_ok(engine_next(result, &row, &err), &err);
        if (!row)
            break;
        for (size_t i = 0; i < 5; i++)
            support_ok(
                buf_append_byte(out, ' ', &err) &&
                    (engine_is_null(result, i) || engine_value(result, i, ENGINE_TEXT, out, &err)),
                &err);
        support_ok(buf_append_byte(out, '\n', &err), &err);
    }
    engine_result_free(result);
    return rows;
}

/* Removes what the sieve does not keep; gives how many are left. */
static unsigned sift(Engine *engine, WatchSieve *sieve, const Signal *signals, WatchGroup *groups,
                     Arena *arena)
{
    Error err = {0};
    BUF_AUTO Buf sql = buf_init(TEXT_BYTES_MAX);
    unsigned kept = 0;
    for (int i = 0; i < EVENTS; i++)
        support_ok(watch_sieve_note(sieve,
                                    &(WatchSignal){signals[i].rule, signals[i].time_us, &groups[i]},
                                    arena, &err),
                   &err);
    watch_sieve_settle(sieve);
    support_ok(buf_printf(&sql, &err, "DELETE FROM signals WHERE e NOT IN (-1"), &err);
    for (int i = 0; i < EVENTS; i++) {
        bool keeps;
        support_ok(watch_sieve_keeps(
                       sieve, &(WatchSignal){signals[i].rule, signals[i].time_us, &groups[i]},
                       arena, &keeps, &err),
                   &err);
        kept += keeps;
        support_ok(!keeps || buf_printf(&sql, &err, ", %d", i), &err);
    }
    support_ok(buf_printf(&sql, &err, ")") && buf_text(&sql, &err) &&
                   engine_run(engine, sql.ptr, &err),
               &err);
    support_ok(watch_sieve_conclude(sieve, &err), &err);
    return kept;
}

/* What was met in all rounds of a form. */
typedef struct Sum {
    unsigned kept, rows;
    unsigned ruled_out; /* signals were kept, but no window of theirs is full */
} Sum;

static void try_form(Engine *engine, const char *form, uint64_t *state, Sum *sum)
{
    Error err = {0};
    Signal signals[EVENTS];
    WatchGroup groups[EVENTS] = {0};
    bool watched[8] = {false};
    BUF_AUTO Buf sql = buf_init(TEXT_BYTES_MAX), before = buf_init(TEXT_BYTES_MAX),
                 after = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = load(form);
    const Rule *rule = ruleset_find(set, STR("X"));
    CorrelationPaths *paths = correlation_sql_paths(set, &err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    watched[rule->index] = true;
    WatchSieve *sieve = watch_sieve_new(set, watched, EVENTS, &err);
    support_ok(paths && arena && sieve && correlation_sql_write(paths, rule, &sql, &err) &&
                   buf_text(&sql, &err),
               &err);
    draw(set, state, signals);
    for (int i = 0; i < EVENTS; i++)
        groups[i].values = json_read(str_of(signals[i].json), &JSON_LIMITS_DEFAULT, arena, &err);
    fill(engine, paths, signals, groups);
    sum->rows += answer(engine, sql.ptr, &before);
    unsigned kept = sift(engine, sieve, signals, groups, arena);
    sum->kept += kept;
    answer(engine, sql.ptr, &after);
    if (!str_equal(buf_str(&before), buf_str(&after)))
        fail_msg("%s\nbefore:\n%.*s\nafter:\n%.*s", form, STR_ARG(buf_str(&before)),
                 STR_ARG(buf_str(&after)));
    if (before.len)
        assert_true(watch_sieve_possible(sieve, rule->index));
    sum->ruled_out += kept && !watch_sieve_possible(sieve, rule->index);
    watch_sieve_free(sieve);
    correlation_sql_paths_free(paths);
    arena_free(arena);
    ruleset_free(set);
}

static void what_is_left_out_changes_no_answer(void **state)
{
    Error err = {0};
    uint64_t random = 88172645463325252u;
    unsigned sieved = 0, ruled_out = 0;
    char *folder = file_make_temp(&err);
    support_ok(folder != NULL, &err);
    const EngineOptions options = {.memory_bytes = 256 << 20, .threads = 1, .temp_folder = folder};
    Engine *engine = engine_open(&options, &err);
    support_ok(engine != NULL, &err);
    (void)state;
    for (int form = 0; form < FORM_COUNT; form++) {
        Sum sum = {0};
        for (int round = 0; round < ROUNDS; round++)
            try_form(engine, FORMS[form], &random, &sum);
        if (!sum.rows)
            fail_msg("'%s' was never true: nothing was tried", FORMS[form]);
        sieved += sum.kept < ROUNDS * EVENTS;
        ruled_out += sum.ruled_out;
    }
    assert_true(ruled_out > 0);
    assert_true(sieved >= 16); /* all but lt, avg, absence and a count of counts */
    engine_close(engine);
    support_ok(file_remove_tree(folder, &err), &err);
    mem_free(folder);
}

static void without_a_bound_that_is_reached_nothing_is_kept(void **state)
{
    Error err = {0};
    bool watched[8] = {false}, keeps = true;
    RuleSet *set = load(FORMS[0]);
    const Rule *rule = ruleset_find(set, STR("X")), *a = ruleset_find(set, STR("A"));
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    (void)state;
    watched[rule->index] = true;
    WatchSieve *sieve = watch_sieve_new(set, watched, EVENTS, &err);
    WatchGroup group = {.values =
                            json_read(STR("{\"u\":\"1\"}"), &JSON_LIMITS_DEFAULT, arena, &err)};
    support_ok(
        sieve && watch_sieve_note(sieve, &(WatchSignal){a->index, 5000000, &group}, arena, &err) &&
            watch_sieve_note(sieve, &(WatchSignal){a->index, 6000000, &group}, arena, &err),
        &err);
    watch_sieve_settle(sieve);
    support_ok(
        watch_sieve_keeps(sieve, &(WatchSignal){a->index, 5000000, &group}, arena, &keeps, &err),
        &err);
    assert_false(keeps);
    assert_false(watch_sieve_possible(sieve, rule->index));
    watch_sieve_free(sieve);
    watch_sieve_free(NULL);
    arena_free(arena);
    ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_changes_no_answer),
        cmocka_unit_test(without_a_bound_that_is_reached_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
