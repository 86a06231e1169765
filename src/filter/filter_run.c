#include "filter/filter_run.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "detect/matcher.h"
#include "filter/filter_calls.h"

struct FilterRun {
    const FilterSet *set;
    Matcher *matcher; /* NULL: there are no conditions */
    FilterTally *tallies;
    FilterOutcome *outcomes;
    uint32_t *filters;  /* by rule of the conditions: its filter's index */
    uint64_t always;    /* redactions and functions without a condition */
    FilterCalls *calls; /* NULL: there are no functions */
    size_t count;
    uint64_t records;
};

static bool takes_all(const Rule *rule)
{
    (void)rule;
    return true;
}

/* Who has which condition, and which redactions have none. */
static bool list_conditions(FilterRun *run, Error *err)
{
    size_t rules = ruleset_count(filter_set_conditions(run->set));
    run->filters = mem_calloc(rules + 1, sizeof *run->filters, err);
    for (size_t i = 0; run->filters && i < run->count; i++) {
        const RecordFilter *filter = filter_set_at(run->set, i);
        if (filter->condition != FILTER_ALWAYS)
            run->filters[filter->condition] = (uint32_t)i;
        else
            run->always |= (uint64_t)1 << filter->redaction;
    }
    return run->filters != NULL;
}

FilterRun *filter_run_new(const FilterSet *set, Error *err)
{
    FilterRun *run = mem_calloc(1, sizeof *run, err);
    if (!run)
        return NULL;
    run->set = set;
    run->count = filter_set_count(set);
    run->tallies = mem_calloc(run->count + 1, sizeof *run->tallies, err);
    run->outcomes = run->tallies ? mem_calloc(run->count + 1, sizeof *run->outcomes, err) : NULL;
    bool ok = run->outcomes && list_conditions(run, err);
    if (ok && filter_calls_wanted(set)) {
        run->calls = filter_calls_new(set, err);
        ok = run->calls != NULL;
    }
    if (ok && ruleset_count(filter_set_conditions(set))) {
        run->matcher = matcher_new_of(filter_set_conditions(set), takes_all, err);
        ok = run->matcher != NULL;
    }
    if (ok)
        return run;
    filter_run_free(run);
    return NULL;
}

void filter_run_free(FilterRun *run)
{
    if (!run)
        return;
    matcher_free(run->matcher);
    filter_calls_free(run->calls);
    mem_free(run->tallies);
    mem_free(run->outcomes);
    mem_free(run->filters);
    mem_free(run);
}

void filter_run_set_derive(FilterRun *run, DocumentDerive derive, void *context)
{
    if (run->matcher)
        document_set_derive(matcher_document(run->matcher), derive, context);
    if (run->calls)
        filter_calls_set_derive(run->calls, derive, context);
}

/* A number that follows from what a record is: of its eventID, else of all its members. */
static uint64_t number_of(const RecordView *view)
{
    const RecordValue *id = &view->values[S_EVENT_ID];
    uint64_t number = 0;
    if (view->present & SLOT_BIT(S_EVENT_ID))
        return hash_fast64(id->ptr, id->len);
    for (int slot = 0; slot < SLOT_MEMBERS; slot++)
        if (view->present & SLOT_BIT(slot))
            number = number * 31 + hash_fast64(view->values[slot].ptr, view->values[slot].len);
    return hash_fast64(&number, sizeof number);
}

/* Whether the sample *filter* keeps it. Each draws its own lot, so that what two of them keep is
 * one in as many as the product says. */
static bool is_drawn(const RecordFilter *filter, const RecordView *view)
{
    const uint64_t lot[] = {number_of(view), hash_fast64(filter->name.ptr, filter->name.len)};
    return hash_fast64(lot, sizeof lot) % filter->one_in == 0;
}

static uint32_t product(uint32_t factor, uint32_t one_in)
{
    uint64_t all = (uint64_t)factor * one_in;
    return all < FILTER_FACTOR_MAX ? (uint32_t)all : FILTER_FACTOR_MAX;
}

static uint64_t bytes_of(const RecordView *view)
{
    uint64_t bytes = view->extra.len;
    for (int slot = 0; slot < SLOT_MEMBERS; slot++)
        if (view->present & SLOT_BIT(slot))
            bytes += view->values[slot].len;
    return bytes;
}

/* The record of which one filter is asked. */
typedef struct Asking {
    const RecordView *view;
    bool detected, sampled;
    FilterVerdict *verdict;
} Asking;

static FilterOutcome outcome_of(const RecordFilter *filter, const Asking *asking)
{
    if (filter->verb == FILTER_KEEP)
        return FILTER_OUTCOME_KEPT;
    if (asking->detected && !filter->even_if_detected)
        return FILTER_OUTCOME_SPARED;
    if (filter->verb == FILTER_SAMPLE && (asking->sampled || is_drawn(filter, asking->view)))
        return FILTER_OUTCOME_SAMPLED;
    return FILTER_OUTCOME_DROPPED;
}

/* Asks the filter *index*, whose condition holds; whether that ends the matter. */
static bool ask(FilterRun *run, size_t index, const Asking *asking)
{
    const RecordFilter *filter = filter_set_at(run->set, index);
    FilterTally *tally = &run->tallies[index];
    FilterOutcome outcome = outcome_of(filter, asking);
    run->outcomes[index] = outcome;
    tally->matched++;
    if (outcome == FILTER_OUTCOME_SAMPLED && !asking->sampled)
        asking->verdict->factor = product(asking->verdict->factor, filter->one_in);
    if (outcome == FILTER_OUTCOME_SPARED) {
        tally->spared++;
        if (asking->verdict->decided < 0)
            asking->verdict->decided = (int)index;
    }
    if (outcome == FILTER_OUTCOME_DROPPED) {
        tally->dropped++;
        tally->dropped_bytes += bytes_of(asking->view);
        asking->verdict->by = filter;
        asking->verdict->decided = (int)index;
        asking->verdict->factor = 1;
    }
    return outcome == FILTER_OUTCOME_DROPPED || outcome == FILTER_OUTCOME_KEPT;
}

/* What the filters are that are not asked: *from* up to *to*, of whom no condition holds. */
static void pass(FilterRun *run, size_t from, size_t to, bool ended)
{
    for (size_t i = from; i < to; i++) {
        bool always = filter_set_at(run->set, i)->condition == FILTER_ALWAYS;
        bool function = filter_set_at(run->set, i)->verb == FILTER_FUNCTION;
        run->tallies[i].matched += always && !function;
        run->outcomes[i] = function ? FILTER_OUTCOME_PASSED
                           : always ? FILTER_OUTCOME_REDACTS
                           : ended  ? FILTER_OUTCOME_NOT_ASKED
                                    : FILTER_OUTCOME_PASSED;
    }
}

/* The filter *index*, whose condition holds; *ended*: an earlier one ended the matter. */
static bool take_match(FilterRun *run, size_t index, const Asking *asking, bool ended)
{
    const RecordFilter *filter = filter_set_at(run->set, index);
    if (filter->verb == FILTER_FUNCTION) {
        run->outcomes[index] = FILTER_OUTCOME_NOT_ASKED;
        asking->verdict->redactions |= (uint64_t)1 << filter->redaction;
        return ended;
    }
    if (filter->verb == FILTER_REDACT) {
        run->tallies[index].matched++;
        run->outcomes[index] = FILTER_OUTCOME_REDACTS;
        asking->verdict->redactions |= (uint64_t)1 << filter->redaction;
        return ended;
    }
    if (ended)
        run->outcomes[index] = FILTER_OUTCOME_NOT_ASKED;
    return ended || ask(run, index, asking);
}

bool filter_run_take_stored(FilterRun *run, const FilterStored *stored, FilterVerdict *ret,
                            Error *err)
{
    const Rule *const *matched;
    size_t count = 0, asked = 0;
    const RecordView *view = stored->view;
    const Asking asking = {view, stored->detected, stored->sampled, ret};
    *ret = (FilterVerdict){.decided = -1, .factor = 1, .redactions = run->always};
    run->records++;
    if (run->matcher && !matcher_run(run->matcher, view, &matched, &count, err))
        return false;
    bool ended = false;
    for (size_t i = 0; i < count; i++) {
        size_t index = run->filters[matched[i]->index];
        pass(run, asked, index, ended);
        ended = take_match(run, index, &asking, ended);
        asked = index + 1;
    }
    pass(run, asked, run->count, ended);
    ret->redactions &= ~stored->called;
    const FilterCall call = {view, stored->detected, run->tallies, run->outcomes};
    return !run->calls || ret->by || filter_calls_take(run->calls, &call, ret, err);
}

bool filter_run_take(FilterRun *run, const RecordView *view, bool detected, FilterVerdict *ret,
                     Error *err)
{
    const FilterStored stored = {.view = view, .detected = detected};
    return filter_run_take_stored(run, &stored, ret, err);
}

void filter_run_forget(FilterRun *run)
{
    if (run->matcher)
        matcher_forget(run->matcher);
}

const FilterTally *filter_run_tally(const FilterRun *run, size_t index)
{
    return &run->tallies[index];
}

uint64_t filter_run_records(const FilterRun *run)
{
    return run->records;
}

FilterOutcome filter_run_outcome(const FilterRun *run, size_t index)
{
    return run->outcomes[index];
}
