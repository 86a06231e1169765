#include "filter/filter_calls.h"

#include <stdio.h>

#include "base/mem.h"
#include "filter/filter_change.h"
#include "function/function_run.h"

static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};

enum { WHY_BYTES = 500, EVENT_BYTES_MAX = 8 << 20, ARENA_BYTES_MAX = 256 << 20 };

/* A function and its sandbox. */
typedef struct Called {
    const RecordFilter *filter;
    size_t index; /* of the filter in the set */
    FunctionRun *run;
} Called;

struct FilterCalls {
    const FilterSet *set;
    Called *list;
    size_t count;
    Document *document; /* the record under way */
    FilterChange *change;
    Buf event;      /* as the function before made it */
    Arena *arena;   /* and its tree */
    Arena *scratch; /* of a tree that is compared */
    char why[WHY_BYTES];
};

bool filter_calls_wanted(const FilterSet *set)
{
    for (size_t i = 0; i < filter_set_count(set); i++)
        if (filter_set_at(set, i)->verb == FILTER_FUNCTION)
            return true;
    return false;
}

static bool open_functions(FilterCalls *calls, Error *err)
{
    size_t filters = filter_set_count(calls->set);
    calls->list = mem_calloc(filters + 1, sizeof *calls->list, err);
    bool ok = calls->list != NULL;
    for (size_t i = 0; ok && i < filters; i++) {
        const RecordFilter *filter = filter_set_at(calls->set, i);
        if (filter->verb != FILTER_FUNCTION)
            continue;
        FunctionRun *run = function_run_new(filter->function, err);
        ok = run != NULL;
        if (ok)
            calls->list[calls->count++] = (Called){filter, i, run};
    }
    return ok;
}

FilterCalls *filter_calls_new(const FilterSet *set, Error *err)
{
    FilterCalls *calls = mem_calloc(1, sizeof *calls, err);
    if (!calls)
        return NULL;
    calls->set = set;
    calls->event = buf_init(EVENT_BYTES_MAX);
    calls->document = document_new(err);
    calls->change = calls->document ? filter_change_new(err) : NULL;
    calls->arena = calls->change ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    calls->scratch = calls->arena ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    if (calls->scratch && open_functions(calls, err))
        return calls;
    filter_calls_free(calls);
    return NULL;
}

void filter_calls_free(FilterCalls *calls)
{
    if (!calls)
        return;
    for (size_t i = 0; i < calls->count; i++)
        function_run_free(calls->list[i].run);
    mem_free(calls->list);
    document_free(calls->document);
    filter_change_free(calls->change);
    arena_free(calls->arena);
    arena_free(calls->scratch);
    buf_free(&calls->event);
    mem_free(calls);
}

void filter_calls_set_derive(FilterCalls *calls, DocumentDerive derive, void *context)
{
    document_set_derive(calls->document, derive, context);
}

/* ---- a call ---- */

/* What is under way: the record, and what comes of it. */
typedef struct Calling {
    FilterCalls *calls;
    const FilterCall *call;
    FilterVerdict *verdict;
    Error *err;
    bool ended;
} Calling;

static const char *note(FilterCalls *calls, const char *why)
{
    snprintf(calls->why, sizeof calls->why, "%s", why);
    return calls->why;
}

static FilterOutcome fail(Calling *in, const Called *called, const char *why)
{
    in->call->tallies[called->index].failed++;
    in->verdict->failed = called->filter;
    in->verdict->why = note(in->calls, why);
    in->ended = true;
    return FILTER_OUTCOME_FAILED;
}

/* What raised a signal is kept as it was, as with any other filter. */
static FilterOutcome drop(Calling *in, const Called *called)
{
    FilterTally *tally = &in->call->tallies[called->index];
    if (in->call->detected && !called->filter->even_if_detected) {
        tally->spared++;
        if (in->verdict->decided < 0)
            in->verdict->decided = (int)called->index;
        return FILTER_OUTCOME_SPARED;
    }
    tally->dropped++;
    in->verdict->by = called->filter;
    in->verdict->decided = (int)called->index;
    in->ended = true;
    return FILTER_OUTCOME_DROPPED;
}

/* Whether what a function set is what was there. */
static bool is_same(FilterCalls *calls, Str event, Error *err)
{
    arena_reset(calls->scratch);
    const Json *tree = json_read(event, &LIMITS, calls->scratch, err);
    const Json *before = document_root(calls->document);
    return !tree || (before && json_equal(tree, before));
}

/* The changed record becomes what the next function sees, and what is stored. */
static bool take_change(Calling *in, const Called *called, Str event, FilterOutcome *ret)
{
    FilterCalls *calls = in->calls;
    const char *why;
    if (is_same(calls, event, in->err)) {
        *ret = FILTER_OUTCOME_SAME;
        return in->err->kind == ERROR_NONE;
    }
    calls->event.len = 0;
    if (!buf_append_str(&calls->event, event, in->err) ||
        !filter_change_read(calls->change, buf_str(&calls->event), in->call->view,
                            &in->verdict->changed, &why, in->err))
        return false;
    *ret = FILTER_OUTCOME_CHANGED;
    if (why) {
        in->verdict->changed = NULL;
        *ret = fail(in, called, why);
        return true;
    }
    arena_reset(calls->arena);
    const Json *tree = json_read(buf_str(&calls->event), &LIMITS, calls->arena, in->err);
    document_set_tree(calls->document, tree);
    in->verdict->changed_by |= (uint64_t)1 << called->filter->redaction;
    in->call->tallies[called->index].changed++;
    return tree != NULL;
}

static bool call_one(Calling *in, const Called *called)
{
    FunctionResult result;
    FilterOutcome *outcome = &in->call->outcomes[called->index];
    function_run_call(called->run, in->calls->document, in->call->detected, &result);
    in->call->tallies[called->index].matched += result.outcome != FUNCTION_OFF;
    in->verdict->instructions += result.instructions;
    in->verdict->memory += result.memory;
    switch (result.outcome) {
    case FUNCTION_CHANGED:
        return take_change(in, called, result.event, outcome);
    case FUNCTION_DROPPED:
        *outcome = drop(in, called);
        return true;
    case FUNCTION_FAILED:
        *outcome = fail(in, called, result.why);
        return true;
    case FUNCTION_OVER:
        in->verdict->over = called->filter;
        in->verdict->why = note(in->calls, result.why);
        *outcome = FILTER_OUTCOME_OFF;
        return true;
    default:
        *outcome = result.outcome == FUNCTION_SAME ? FILTER_OUTCOME_SAME : FILTER_OUTCOME_OFF;
        return true;
    }
}

bool filter_calls_take(FilterCalls *calls, const FilterCall *call, FilterVerdict *verdict,
                       Error *err)
{
    Calling in = {.calls = calls, .call = call, .verdict = verdict, .err = err};
    bool ok = true;
    document_set_view(calls->document, call->view);
    for (size_t i = 0; ok && !in.ended && i < calls->count; i++)
        if (verdict->redactions >> calls->list[i].filter->redaction & 1)
            ok = call_one(&in, &calls->list[i]);
    if (verdict->by || verdict->failed) {
        verdict->changed = NULL;
        verdict->changed_by = 0;
    }
    return ok;
}
