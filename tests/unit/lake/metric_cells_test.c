#include "support/support.h"

#include <string.h>

#include "lake/claim.h"
#include "lake/metric_cells.h"
#include "support/new_lake.h"
#include "support/sample.h"

enum { ROWS = 60, TEXT_BYTES_MAX = 1 << 20 };

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static const MetricSink SINKS[] = {
    {{"f", 1}, {"n", 1}, {"m", 1}, {"Count", 5}, false, 0},
    {{"g", 1}, {"n", 1}, {"m2", 2}, {"None", 4}, true, 0},
};

/* Records of minutes 10:00 to 10:05, ten each. */
static Batch *make_batch(void)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    for (int i = 0; i < ROWS; i++)
        support_ok(buf_printf(&text, &err,
                              "%c{\"eventTime\":\"2026-11-02T10:%02d:%02dZ\",\"eventID\":\"e%d\"}",
                              i ? ',' : '[', i / 10, i % 10 * 5, i),
                   &err);
    support_ok(buf_append_byte(&text, ']', &err), &err);
    return sample_batch(buf_str(&text));
}

/* A hit of sink 0 on every row, of sink 1 on those of the last minutes. */
static size_t make_hits(MetricHit *hits)
{
    size_t count = 0;
    for (uint32_t row = 0; row < ROWS; row++) {
        hits[count++] = (MetricHit){row, 0, 0, row % 10};
        if (row >= 40)
            hits[count++] = (MetricHit){row, 1, 0, 1};
    }
    return count;
}

/* Adds the rows in *rounds* commits: row i counts in round i * 7 % rounds, and is a duplicate in
 * the others. */
static void add_in(Lake *lake, Batch *batch, unsigned rounds)
{
    Error err = {0};
    MetricHit hits[2 * ROWS];
    const MetricHits metrics = {hits, make_hits(hits), SINKS, 2, NULL};
    for (unsigned round = 0; round < rounds; round++) {
        uint8_t verdicts[ROWS];
        for (unsigned row = 0; row < ROWS; row++)
            verdicts[row] = row * 7 % rounds == round ? VERDICT_NEW : VERDICT_DUPLICATE;
        support_ok(metric_cells_insert(&metrics, batch, verdicts, lake, &err), &err);
    }
}

static void check(Lake *lake)
{
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_series"), 2);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points p JOIN metric_series s"
                                        " ON s.id = p.series WHERE s.filter = 'f' AND samples = 10"
                                        " AND sum = 45 AND min = 0 AND max = 9"
                                        " AND NOT assumed AND length(sketch) = 120"),
                     6);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points p JOIN metric_series s"
                                        " ON s.id = p.series WHERE s.filter = 'g' AND assumed AND"
                                        " samples = 1 AND sum = 0"),
                     4);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points p JOIN metric_series s"
                                        " ON s.id = p.series WHERE s.filter = 'g' AND NOT assumed"
                                        " AND samples = 10 AND sum = 10 AND sketch IS NULL"),
                     2);
    assert_int_equal(new_lake_ask(lake, "SELECT min(start_s) FROM metric_points"), 1793613600);
}

static void points_are_the_same_in_any_order_and_split(void **state)
{
    (void)state;
    Batch *batch = make_batch();
    for (unsigned rounds = 1; rounds <= 16; rounds += 3) {
        LAKE_AUTO Lake *lake = new_lake();
        add_in(lake, batch, rounds);
        check(lake);
    }
    batch_free(batch);
}

static void what_no_record_brings_is_no_point(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    Batch *batch = make_batch();
    const MetricHits none = {NULL, 0, SINKS, 2, NULL};
    uint8_t verdicts[ROWS];
    memset(verdicts, VERDICT_DUPLICATE, sizeof verdicts);
    support_ok(metric_cells_insert(&none, batch, verdicts, lake, &err), &err);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_points"), 0);
    batch_free(batch);
}

static void sets_of_dimensions_beyond_the_ceiling_are_one(void **state)
{
    (void)state;
    Error err = {0};
    LAKE_AUTO Lake *lake = new_lake();
    Batch *batch = make_batch();
    MetricHit hits[2 * ROWS];
    const MetricHits metrics = {hits, make_hits(hits), SINKS, 1, NULL};
    const uint8_t verdicts[ROWS] = {0};
    support_ok(db_exec(lake->db,
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <"
                       " 10000) INSERT INTO metric_series (filter, namespace, name, dimensions,"
                       " unit) SELECT 'f', 'n', 'm', i, 'Count' FROM n",
                       &err),
               &err);
    for (size_t i = 0; i < metrics.count; i++)
        hits[i].sink = 0;
    support_ok(metric_cells_insert(&metrics, batch, verdicts, lake, &err), &err);
    assert_int_equal(new_lake_ask(lake, "SELECT count(*) FROM metric_series"), 10001);
    assert_int_equal(new_lake_ask(lake, "SELECT sum(samples) FROM metric_points WHERE series ="
                                        " (SELECT id FROM metric_series WHERE dimensions ="
                                        " 'other')"),
                     80);
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_the_same_in_any_order_and_split),
        cmocka_unit_test(what_no_record_brings_is_no_point),
        cmocka_unit_test(sets_of_dimensions_beyond_the_ceiling_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
