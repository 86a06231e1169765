/* Correlations of Sigma as SQL: each vector's events go into `signals`, the engine answers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/engine.h"
#include "base/file.h"
#include "base/json.h"
#include "detect/correlation_sql.h"
#include "support/support.h"

enum { FILE_BYTES_MAX = 1 << 20, SQL_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 1 << 24 };

static const char *const NAMES[] = {"A", "B", "C"};

static RuleSet *load(const Json *vector)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    RuleSet *set = ruleset_new(NULL, &err);
    const Json *inner = json_member(vector, STR("inner"));
    bool ok = set != NULL;
    for (int i = 0; ok && i < 3; i++)
        ok =
            buf_printf(&text, &err,
                       "title: %s\nname: %s\nlogsource: {product: aws}\nlevel: low\ndetection: {a: "
                       "{f: 1}, condition: a}\n---\n",
                       NAMES[i], NAMES[i]);
    if (inner)
        ok = ok && buf_printf(&text, &err, "title: M\nname: M\ncorrelation: %.*s\n---\n",
                              STR_ARG(inner->raw));
    ok = ok && buf_printf(&text, &err, "title: X\nname: X\nlevel: low\ncorrelation: %.*s\n",
                          STR_ARG(json_member(vector, STR("correlation"))->raw));
    support_ok(ok && ruleset_add_text(set, buf_str(&text), "rules.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    for (size_t i = 0; i < ruleset_problem_count(set); i++)
        if (ruleset_problem(set, i)->error)
            print_error("%.*s\n", STR_ARG(ruleset_problem(set, i)->text));
    return set;
}

static bool put_event(const CorrelationPaths *paths, const Json *event, size_t number,
                      const Rule *rule, Buf *sql)
{
    Error err = {0};
    int64_t seconds = 0;
    json_int(json_member(event, STR("t")), &seconds);
    bool ok = buf_printf(sql, &err, "INSERT INTO signals VALUES (%u, %zu, %" PRId64, rule->index,
                         number, seconds * 1000000);
    for (size_t i = 0; ok && i < correlation_sql_path_count(paths); i++) {
        const Json *value = json_member(event, correlation_sql_path(paths, i));
        ok = value ? buf_printf(sql, &err, ", '%.*s'", STR_ARG(value->text))
                   : buf_printf(sql, &err, ", NULL");
    }
    return ok && buf_printf(sql, &err, ");");
}

static void fill(Engine *engine, const RuleSet *set, const CorrelationPaths *paths,
                 const Json *events)
{
    Error err = {0};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    size_t number = 0;
    bool ok =
        buf_printf(&sql, &err, "CREATE OR REPLACE TABLE signals (r INTEGER, e BIGINT, t BIGINT");
    for (size_t i = 0; ok && i < correlation_sql_path_count(paths); i++)
        ok = buf_printf(&sql, &err, ", p%zu VARCHAR", i);
    ok = ok && buf_printf(&sql, &err, ");");
    /* Time went on to the last event, and as far as one of no rule says. */
    int64_t horizon = 0, seconds = 0;
    for (const Json *event = events->first; event; event = event->next)
        if (json_int(json_member(event, STR("t")), &seconds) && seconds > horizon)
            horizon = seconds;
    ok = ok && buf_printf(&sql, &err, "CREATE OR REPLACE TABLE horizon AS SELECT %" PRId64 " AS t;",
                          horizon * 1000000);
    for (const Json *event = events->first; ok && event; event = event->next, number++) {
        Str rules = json_text(json_member(event, STR("r")), STR(""));
        for (int i = 0; ok && i < 3; i++)
            if (memchr(rules.ptr, NAMES[i][0], rules.len))
                ok = put_event(paths, event, number, ruleset_find(set, str_of(NAMES[i])), &sql);
    }
    support_ok(ok && buf_text(&sql, &err) && engine_run(engine, sql.ptr, &err), &err);
}

/* The times, in seconds, at which it fires, or is true, as a JSON array. */
static void answer(Engine *engine, const char *sql, bool every, Buf *out)
{
    Error err = {0};
    bool row = true, first = true;
    EngineResult *result = engine_query(engine, sql, &err);
    support_ok(result && buf_printf(out, &err, "["), &err);
    for (;;) {
        BUF_AUTO Buf time = buf_init(64), fires = buf_init(64);
        support_ok(engine_next(result, &row, &err), &err);
        if (!row)
            break;
        support_ok(engine_value(result, 0, ENGINE_TEXT, &time, &err) &&
                       engine_value(result, 4, ENGINE_TEXT, &fires, &err),
                   &err);
        if (!every && !str_equal(buf_str(&fires), STR("true")))
            continue;
        uint64_t time_us = 0;
        assert_true(str_to_u64(buf_str(&time), &time_us));
        support_ok(buf_printf(out, &err, "%s%" PRIu64, first ? "" : ", ", time_us / 1000000), &err);
        first = false;
    }
    engine_result_free(result);
    support_ok(buf_printf(out, &err, "]"), &err);
}

static bool check(Engine *engine, const Json *vector)
{
    Error err = {0};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    BUF_AUTO Buf edges = buf_init(4096), all = buf_init(4096);
    RuleSet *set = load(vector);
    CorrelationPaths *paths = correlation_sql_paths(set, &err);
    const Rule *rule = ruleset_find(set, STR("X"));
    const Json *fire = json_member(vector, STR("fire"));
    const Json *every = json_member(vector, STR("fire_every"));
    assert_non_null(rule);
    support_ok(paths && correlation_sql_write(paths, rule, &sql, &err) && buf_text(&sql, &err),
               &err);
    fill(engine, set, paths, json_member(vector, STR("events")));
    answer(engine, sql.ptr, false, &edges);
    answer(engine, sql.ptr, true, &all);
    bool same =
        str_equal(buf_str(&edges), fire->raw) && (!every || str_equal(buf_str(&all), every->raw));
    if (!same)
        print_error("%.*s\n  fires %.*s, true %.*s\n", STR_ARG(vector->raw),
                    STR_ARG(buf_str(&edges)), STR_ARG(buf_str(&all)));
    correlation_sql_paths_free(paths);
    ruleset_free(set);
    return same;
}

static void correlations_fire_as_specified(void **state)
{
    static const EngineOptions OPTIONS = {.memory_bytes = 256 << 20, .threads = 1};
    Error err = {0};
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    size_t seen = 0, bad = 0;
    (void)state;
    support_ok(
        file_read(TEST_SOURCE_DIR "/tests/unit/detect/sigma_correlations.jsonl", &text, NULL, &err),
        &err);
    Engine *engine = engine_open(&OPTIONS, &err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = str_find_byte(buf_str(&text), '\n', at);
        Str line = str_slice(buf_str(&text), at, end);
        if (!line.len || line.ptr[0] == '#')
            continue;
        const Json *vector = json_read(line, &JSON_LIMITS_DEFAULT, arena, &err);
        support_ok(vector != NULL, &err);
        seen++;
        bad += !check(engine, vector);
        arena_reset(arena);
    }
    arena_free(arena);
    engine_close(engine);
    assert_int_equal(bad, 0);
    assert_true(seen >= 54);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_fire_as_specified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
