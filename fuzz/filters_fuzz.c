/* Files of filters: whatever they say, they are read or refused with a place, and can be tried;
 * what they hide in a record leaves a record. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "decode_target.h" /* beside this file */
#include "filter/filter_run.h"
#include "redact/redact_batch.h"
#include "redact/redact_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_filters(const FilterSet *set)
{
    static const char NAME[] = "Decrypt";
    Error err = {0};
    FilterVerdict verdict;
    RecordView view;
    memset(&view, 0, sizeof view);
    view.present = SLOT_BIT(S_EVENT_NAME);
    view.values[S_EVENT_NAME] = (RecordValue){NAME, sizeof NAME - 1, 0};
    FilterRun *run = filter_run_new(set, &err);
    assert(run && filter_run_take(run, &view, false, &verdict, &err));
    assert(!verdict.by || filter_run_tally(run, 0)->matched <= 1);
    filter_run_free(run);
}

static size_t count_conditions(const FilterSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < filter_set_count(set); i++)
        count += filter_set_at(set, i)->condition != FILTER_ALWAYS;
    return count;
}

/* With members of all kinds: a list, names with dots, one that no column has. */
static const char HIDDEN_IN[] =
    "{\"Records\":[{\"eventTime\":\"2026-11-01T00:00:00Z\",\"eventName\":\"Decrypt\",\"eventID\":"
    "\"e\","
    "\"userAgent\":\"cli of kim@example.com\",\"sourceIPAddress\":\"192.0.2.1\",\"userIdentity\":{"
    "\"type\":\"IAMUser\",\"userName\":\"kim\",\"accessKeyId\":\"AKIAIOSFODNN7EXAMPLE\","
    "\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"a\"},\"attributes\":{}}},\"resources\":[{"
    "\"ARN\":\"arn:x\",\"type\":\"t\"},{},{\"accountId\":\"1\",\"odd\":{\"k\":1}}],"
    "\"requestParameters\":{"
    "\"password\":\"p\",\"a.b\":{\"c\":[1,{\"password\":\"900101-1234568\"}]},\"n\":"
    "4111111111111111},"
    "\"newMember\":{\"secret\":[\"s\",null,true]}}]}";

static void hide_in_record(const RedactPlan *plan)
{
    Error err = {0};
    ObjectReport report;
    DecodeTarget *target = decode_target();
    Batch *batch = target->batches[0];
    batch_reset(batch);
    RedactBatch *redact = redact_batch_new(plan, &err);
    RedactWork *work = redact_work_new(plan, &err);
    Buf json = buf_init(1 << 20);
    RedactResult result;
    bool ok = redact && work &&
              object_decode(target->decoders[0], str_of(HIDDEN_IN), 1, batch, &report, &err) &&
              batch->rows == 1 && rebuild_record(batch, 0, target->scratch, &json, &err) &&
              redact_batch_run(redact, batch, &(RedactRows){.masks = NULL}, &err);
    assert(ok);
    target_check(target, batch);
    ok = redact_work_record(work, buf_str(&json), &result, &err);
    assert(ok && !result.removed);
    arena_reset(target->arena);
    assert(!result.changed || json_read(result.text, &JSON_LIMITS_DEFAULT, target->arena, &err));
    buf_free(&json);
    redact_work_free(work);
    redact_batch_free(redact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const RedactKey KEY = {{"2026", 4}, {"0123456789abcdef", 16}};
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    assert(set && filter_set_key(set, &KEY, &err));
    if (filter_set_add_text(set, (Str){(const char *)data, size}, "f", &err) &&
        filter_set_finish(set, &err)) {
        assert(ruleset_count(filter_set_conditions(set)) == count_conditions(set));
        try_filters(set);
        if (filter_set_plan(set)->count)
            hide_in_record(filter_set_plan(set));
    } else
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    filter_set_free(set);
    return 0;
}
