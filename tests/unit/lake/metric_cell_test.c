#include "support/support.h"

#include <math.h>
#include <stdlib.h>

#include "lake/metric_cell.h"

static void equal_values_need_no_ranges(void **state)
{
    (void)state;
    Error err = {0};
    MetricCell cell = metric_cell_new();
    BUF_AUTO Buf blob = buf_init(1 << 16);
    for (int i = 0; i < 1000; i++)
        support_ok(metric_cell_add(&cell, 1, &err), &err);
    support_ok(metric_cell_write(&cell, &blob, &err), &err);
    assert_int_equal(blob.len, 0);
    assert_true(cell.samples == 1000 && cell.sum == 1000 && cell.min == 1 && cell.max == 1);
    assert_true(metric_cell_percentile(&cell, 99) == 1);
    metric_cell_free(&cell);
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

enum { VALUES = 2000 };

static double next_value(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    uint64_t number = *seed >> 40;
    return number % 7 == 0 ? 0 : (double)(number % 100000) / (number % 3 ? 1 : 1000);
}

/* Each percentile is within a hundredth of the value that has its rank; a text of it reads back. */
static void percentiles_are_within_a_hundredth(void **state)
{
    (void)state;
    Error err = {0};
    double values[VALUES];
    uint64_t seed = 7;
    MetricCell cell = metric_cell_new(), again = metric_cell_new();
    BUF_AUTO Buf blob = buf_init(1 << 16);
    for (int i = 0; i < VALUES; i++) {
        values[i] = next_value(&seed);
        support_ok(metric_cell_add(&cell, values[i], &err), &err);
    }
    qsort(values, VALUES, sizeof *values, ascending);
    support_ok(metric_cell_write(&cell, &blob, &err), &err);
    again.samples = cell.samples;
    again.min = cell.min;
    again.max = cell.max;
    support_ok(metric_cell_read(&again, buf_str(&blob), &err), &err);
    for (double p = 0; p <= 100; p += 0.5) {
        int rank = (int)ceil(p / 100 * VALUES);
        double exact = values[rank ? rank - 1 : 0], found = metric_cell_percentile(&cell, p);
        assert_true(fabs(found - exact) <= 0.0101 * exact);
        assert_true(found == metric_cell_percentile(&again, p));
    }
    metric_cell_free(&cell);
    metric_cell_free(&again);
}

/* However values come together, the ranges are the same. */
static void the_order_of_adding_does_not_matter(void **state)
{
    (void)state;
    Error err = {0};
    for (uint64_t round = 1; round < 20; round++) {
        uint64_t seed = round, forward = round;
        MetricCell all = metric_cell_new(), sum = metric_cell_new(), parts[5];
        BUF_AUTO Buf one = buf_init(1 << 16), other = buf_init(1 << 16);
        for (int i = 0; i < 5; i++)
            parts[i] = metric_cell_new();
        for (int i = 0; i < 100; i++) {
            double value = floor(next_value(&seed));
            support_ok(metric_cell_add(&all, value, &err), &err);
            support_ok(metric_cell_add(&parts[forward++ % 5], value, &err), &err);
        }
        for (int i = 5; i-- > 0;)
            support_ok(metric_cell_merge(&sum, &parts[i], &err), &err);
        support_ok(metric_cell_write(&all, &one, &err) && metric_cell_write(&sum, &other, &err),
                   &err);
        assert_true(str_equal(buf_str(&one), buf_str(&other)));
        assert_true(all.samples == sum.samples && all.sum == sum.sum && all.min == sum.min &&
                    all.max == sum.max);
        metric_cell_free(&all);
        metric_cell_free(&sum);
        for (int i = 0; i < 5; i++)
            metric_cell_free(&parts[i]);
    }
}

static void values_below_zero_have_no_percentile(void **state)
{
    (void)state;
    Error err = {0};
    MetricCell cell = metric_cell_new();
    assert_true(isnan(metric_cell_percentile(&cell, 50)));
    support_ok(metric_cell_add(&cell, -1, &err) && metric_cell_add(&cell, 5, &err), &err);
    assert_true(isnan(metric_cell_percentile(&cell, 50)));
    assert_false(metric_cell_read(&cell, STR("short"), &err));
    metric_cell_free(&cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_need_no_ranges),
        cmocka_unit_test(percentiles_are_within_a_hundredth),
        cmocka_unit_test(the_order_of_adding_does_not_matter),
        cmocka_unit_test(values_below_zero_have_no_percentile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
