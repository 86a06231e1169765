/* Files of filters: whatever they say, they are read or refused with a place, and can be tried. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "filter/filter_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_one(const FilterSet *set)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    FilterSet *set = filter_set_new(&err);
    assert(set);
    if (filter_set_add_text(set, (Str){(const char *)data, size}, "f", &err) &&
        filter_set_finish(set, &err)) {
        assert(ruleset_count(filter_set_conditions(set)) <= filter_set_count(set));
        try_one(set);
    } else
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    filter_set_free(set);
    return 0;
}
