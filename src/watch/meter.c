#include "watch/meter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "decode/batch_column.h"
#include "detect/correlation_sql.h"
#include "detect/matcher.h"

enum {
    HITS_MAX = 1 << 20, /* of a part: it ends then */
    HITS_BYTES_MAX = 1 << 29,
    VALUES_BYTES = 24 << 20, /* of dimensions: it ends then, too */
    VALUES_BYTES_MAX = 256 << 20,
    DIMENSION_BYTES_MAX = 255,
    NUMBER_BYTES = 64,
    TEXT_BYTES_MAX = 1 << 16
};

struct Meter {
    RedactWork *redact; /* hides in dimensions; NULL: nothing */
    const AlarmSet *set;
    const uint8_t *secret;
    MetricSink *sinks; /* by the filter's index */
    Matcher *matcher;  /* NULL: there are no filters */
    Buf hits;          /* MetricHit each */
    BatchColumn dimensions;
    size_t dimensions_held;
    Buf text; /* of dimensions, being made */
};

static bool takes_all(const Rule *rule)
{
    (void)rule;
    return true;
}

static bool make_sinks(Meter *meter, Error *err)
{
    size_t count = alarm_set_filter_count(meter->set);
    meter->sinks = mem_calloc(count + 1, sizeof *meter->sinks, err);
    for (size_t i = 0; meter->sinks && i < count; i++) {
        const MetricFilter *filter = alarm_set_filter(meter->set, i);
        meter->sinks[i] = (MetricSink){.filter = filter->name,
                                       .namespace = filter->namespace,
                                       .name = filter->metric,
                                       .unit = filter->unit,
                                       .has_default = filter->has_default,
                                       .fallback = filter->fallback};
    }
    return meter->sinks != NULL;
}

Meter *meter_new(const AlarmSet *set, const uint8_t *secret, const RedactPlan *plan, Error *err)
{
    Meter *meter = mem_calloc(1, sizeof *meter, err);
    if (!meter)
        return NULL;
    *meter = (Meter){.set = set,
                     .secret = secret,
                     .hits = buf_init(HITS_BYTES_MAX),
                     .text = buf_init(TEXT_BYTES_MAX)};
    batch_column_reset(&meter->dimensions, false, VALUES_BYTES_MAX);
    bool ok = make_sinks(meter, err);
    if (ok && plan && plan->count) {
        meter->redact = redact_work_new(plan, err);
        ok = meter->redact != NULL;
    }
    if (ok && alarm_set_filter_count(set)) {
        meter->matcher = matcher_new_of(alarm_set_patterns(set), takes_all, err);
        ok = meter->matcher != NULL;
    }
    if (ok)
        return meter;
    meter_free(meter);
    return NULL;
}

void meter_free(Meter *meter)
{
    if (!meter)
        return;
    matcher_free(meter->matcher);
    redact_work_free(meter->redact);
    batch_column_free(&meter->dimensions);
    buf_free(&meter->hits);
    buf_free(&meter->text);
    mem_free(meter->sinks);
    mem_free(meter);
}

static bool is_number(Str text, double *ret)
{
    char copy[NUMBER_BYTES], *end;
    if (!text.ptr || !text.len || text.len >= sizeof copy)
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    *ret = strtod(copy, &end);
    return !*end && isfinite(*ret);
}

static bool read_value(const MetricFilter *filter, Document *document, double *ret, bool *ret_any,
                       Error *err)
{
    Str text;
    *ret = filter->value;
    if (!filter->value_path)
        return true;
    if (!correlation_sql_text(document, filter->value_path, &text, err))
        return false;
    *ret_any = is_number(text, ret);
    return true;
}

static bool put_dimension(const MetricFilter *filter, uint32_t index, Str value, Buf *ret,
                          Error *err)
{
    return buf_append_byte(ret, index ? ',' : '{', err) &&
           json_append_string(ret, filter->dimension_names[index], err) &&
           buf_append_byte(ret, ':', err) &&
           json_append_string(ret, str_slice(value, 0, str_utf8_prefix(value, DIMENSION_BYTES_MAX)),
                              err);
}

/* The text of a dimension; without `ptr` when there is none, or nothing is left of it. */
static bool read_dimension(const FieldPath *path, Document *document, RedactWork *redact, Str *ret,
                           Error *err)
{
    RedactActive actives[REDACT_ACTIVES_MAX];
    RedactResult result = {.changed = 0};
    RedactTarget target = {.count = 0};
    if (!correlation_sql_text(document, path, ret, err))
        return false;
    if (redact)
        target = redaction_target_find(redact_work_plan(redact), path->text, actives);
    if (redact && ret->ptr && !redact_work_at(redact, &target, *ret, &result, err))
        return false;
    if (result.changed)
        *ret = result.removed ? (Str){NULL, 0} : result.text;
    return true;
}

bool meter_read(const MetricFilter *filter, Document *document, RedactWork *redact,
                MeterReading *ret, Error *err)
{
    ret->any = true;
    if (!read_value(filter, document, &ret->value, &ret->any, err))
        return false;
    for (uint32_t i = 0; ret->any && i < filter->dimension_count; i++) {
        Str value;
        if (!read_dimension(filter->dimension_paths[i], document, redact, &value, err))
            return false;
        ret->any = value.ptr && value.len;
        if (ret->any && !put_dimension(filter, i, value, ret->dimensions, err))
            return false;
    }
    return !ret->any || ((filter->dimension_count || buf_append_byte(ret->dimensions, '{', err)) &&
                         buf_append_byte(ret->dimensions, '}', err));
}

static bool take_match(Meter *meter, uint32_t index, uint32_t row, Error *err)
{
    const MetricFilter *filter = alarm_set_filter(meter->set, index);
    MetricHit hit = {.row = row, .sink = index};
    Buf *text = &meter->text;
    MeterReading reading = {.dimensions = text};
    text->len = 0;
    if (!meter_read(filter, matcher_document(meter->matcher), meter->redact, &reading, err))
        return false;
    hit.value = reading.value;
    if (reading.any && filter->dimension_count &&
        !batch_column_find(&meter->dimensions, buf_str(text),
                           hash_keyed64(meter->secret, text->ptr, text->len),
                           &meter->dimensions_held, &hit.dimensions, err))
        return false;
    return !reading.any || buf_append(&meter->hits, &hit, sizeof hit, err);
}

bool meter_take(Meter *meter, const RecordView *view, uint32_t row, Error *err)
{
    const Rule *const *matched;
    size_t count = 0;
    if (!meter->matcher)
        return true;
    bool ok = matcher_run(meter->matcher, view, &matched, &count, err);
    for (size_t i = 0; ok && i < count; i++)
        ok = take_match(meter, matched[i]->index, row, err);
    return ok;
}

MetricHits meter_hits(const Meter *meter)
{
    return (MetricHits){(const MetricHit *)(const void *)meter->hits.ptr,
                        meter->hits.len / sizeof(MetricHit), meter->sinks,
                        alarm_set_filter_count(meter->set), &meter->dimensions};
}

void meter_reset(Meter *meter)
{
    meter->hits.len = 0;
    meter->dimensions_held = 0;
    batch_column_reset(&meter->dimensions, false, VALUES_BYTES_MAX);
}

bool meter_is_full(const Meter *meter)
{
    return meter->hits.len / sizeof(MetricHit) >= HITS_MAX ||
           meter->dimensions.bytes.len >= VALUES_BYTES;
}
