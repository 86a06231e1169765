#include "support/support.h"

#include "decode/object.h"
#include "support/sample.h"
#include "watch/meter.h"

typedef struct Trial {
    Meter *meter;
    uint32_t rows;
} Trial;

static bool take(void *context, const RecordView *view, Error *err)
{
    Trial *trial = context;
    return meter_take(trial->meter, view, trial->rows++, err);
}

static const char FILTERS[] =
    "metric_filters:\n"
    "- {name: count, pattern: '{ $.eventName = Put* }', namespace: N, metric: C}\n"
    "- {name: bytes, pattern: '{ $.eventName = * }', namespace: N, metric: B,\n"
    "   value: $.requestParameters.bytes, default: 0, unit: Bytes}\n"
    "- {name: who, pattern: '{ $.eventName = * }', namespace: N, metric: W, value: 2,\n"
    "   dimensions: {User: $.userIdentity.userName, Region: $.awsRegion}}\n";

static const char RECORDS[] =
    "[{\"eventTime\":\"2026-11-02T10:00:00Z\",\"eventName\":\"PutA\",\"awsRegion\":\"r\","
    "\"userIdentity\":{\"userName\":\"ann\"},\"requestParameters\":{\"bytes\":7.5}},"
    "{\"eventTime\":\"2026-11-02T10:00:00Z\",\"eventName\":\"Get\",\"awsRegion\":\"r\","
    "\"requestParameters\":{\"bytes\":\"12\"}},"
    "{\"eventTime\":\"2026-11-02T10:00:00Z\",\"eventName\":\"PutB\",\"awsRegion\":\"r\","
    "\"userIdentity\":{\"userName\":\"ann\"},\"requestParameters\":{\"bytes\":\"many\"}}]";

static void matches_count_with_value_and_dimensions(void **state)
{
    (void)state;
    static const MetricHit WANTED[] = {{0, 0, 0, 1},  {0, 1, 0, 7.5}, {0, 2, 1, 2},
                                       {1, 1, 0, 12}, {2, 0, 0, 1},   {2, 2, 1, 2}};
    Error err = {0};
    ObjectReport report;
    AlarmSet *set = alarm_set_read(STR(FILTERS), "a.yml", &err);
    support_ok(set != NULL, &err);
    Trial trial = {.meter = meter_new(set, sample_secret(), NULL, &err)};
    const DecoderHooks hooks = {.context = &trial, .record = take};
    Decoder *decoder = object_decoder_new(NULL, &hooks, &err);
    support_ok(trial.meter && object_decode(decoder, STR(RECORDS), 1, NULL, &report, &err), &err);
    MetricHits found = meter_hits(trial.meter);
    assert_int_equal(found.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(found.hits[i].row, WANTED[i].row);
        assert_int_equal(found.hits[i].sink, WANTED[i].sink);
        assert_int_equal(found.hits[i].dimensions, WANTED[i].dimensions);
        assert_true(found.hits[i].value == WANTED[i].value);
    }
    assert_true(
        str_equal(batch_value(found.dimensions, 1), STR("{\"Region\":\"r\",\"User\":\"ann\"}")));
    assert_true(found.sinks[1].has_default && str_equal(found.sinks[1].unit, STR("Bytes")));
    meter_reset(trial.meter);
    assert_int_equal(meter_hits(trial.meter).count, 0);
    assert_false(meter_is_full(trial.meter));
    object_decoder_free(decoder);
    meter_free(trial.meter);
    alarm_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_count_with_value_and_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
