#include "tried.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "decode/batch_append.h"
#include "lake/hide_pieces.h"
#include "redaction_check.h"

enum { MARKS_BYTES_MAX = 64 << 20, WHY_BYTES_MAX = 4096 };

struct Tried {
    atomic_uint references;
    TriedPieces pieces;
    bool writes_derived;
    DetectionRules *rules; /* NULL: not tied, or no rules */
    int64_t *filter_ids;   /* in the state; NULL: not tied, or no filters */
    uint32_t *redactors;   /* by the redaction's number: its filter's index */
    int64_t over_rule;     /* in the state: what a function over its ceilings raises */
};

struct TriedHolder {
    atomic_uint_least64_t number; /* of current, from 1 */
    pthread_mutex_t lock;         /* protects the four below, and what rules of any set count */
    Tried *current;
    Tried *watched;        /* whose correlations are */
    size_t uses, old_uses; /* of current, of older ones */
    Lake *lake;
    Watch *watch;       /* of watched; NULL: no rules. For whom has the turn, as the one below */
    WatchReport before; /* of those that went */
};

Tried *tried_new(const TriedPieces *pieces, bool writes_derived, Error *err)
{
    Tried *tried = mem_calloc(1, sizeof *tried, err);
    if (!tried)
        return NULL;
    atomic_init(&tried->references, 1);
    tried->pieces = (TriedPieces){.rules = ruleset_keep(pieces->rules),
                                  .derive = pieces->derive ? derive_keep(pieces->derive) : NULL,
                                  .alarms = alarm_set_keep(pieces->alarms),
                                  .filters = filter_set_keep(pieces->filters)};
    tried->writes_derived = writes_derived;
    return tried;
}

static bool list_redactors(Tried *tried, Error *err)
{
    const FilterSet *filters = tried->pieces.filters;
    tried->redactors = mem_calloc(REDACTIONS_MAX, sizeof *tried->redactors, err);
    for (size_t i = 0; tried->redactors && i < filter_set_count(filters); i++) {
        const RecordFilter *filter = filter_set_at(filters, i);
        if (filter->verb == FILTER_REDACT || filter->verb == FILTER_FUNCTION)
            tried->redactors[filter->redaction] = (uint32_t)i;
    }
    return tried->redactors != NULL;
}

/* What is hidden; NULL: nothing. */
static const RedactPlan *plan_of(const TriedPieces *pieces)
{
    const RedactPlan *plan = pieces->filters ? filter_set_plan(pieces->filters) : NULL;
    return plan && plan->count ? plan : NULL;
}

static bool tie_filters(Tried *tried, Lake *lake, Error *err)
{
    const FilterSet *filters = tried->pieces.filters;
    if (!filters)
        return true;
    const SignalRule over = {
        STR("spoor-filter-function-off"), STR("1"), STR("A filter's function is turned off"),
        STR("high"), STR("{\"title\":\"A filter's function is turned off\",\"level\":\"high\"}")};
    if (!list_redactors(tried, err) || !signals_register(lake, &over, 1, &tried->over_rule, err))
        return false;
    tried->filter_ids = mem_calloc(filter_set_count(filters) + 1, sizeof *tried->filter_ids, err);
    return tried->filter_ids && drops_register(lake, filters, tried->filter_ids, err);
}

bool tried_tie(Tried *tried, Lake *lake, Error *err)
{
    const TriedPieces *pieces = &tried->pieces;
    const DetectionParts parts = {pieces->rules, pieces->derive, plan_of(pieces)};
    if (parts.plan && !redaction_check(pieces->filters, pieces->rules, pieces->alarms, err))
        return false;
    if (pieces->rules && !(tried->rules = detection_rules_new(lake, &parts, err)))
        return false;
    return tie_filters(tried, lake, err);
}

static Tried *keep(Tried *tried)
{
    atomic_fetch_add_explicit(&tried->references, 1, memory_order_relaxed);
    return tried;
}

void tried_release(Tried *tried)
{
    if (!tried || atomic_fetch_sub_explicit(&tried->references, 1, memory_order_acq_rel) > 1)
        return;
    detection_rules_free(tried->rules);
    derive_release(tried->pieces.derive);
    alarm_set_free(tried->pieces.alarms);
    ruleset_free(tried->pieces.rules);
    filter_set_free(tried->pieces.filters);
    mem_free(tried->filter_ids);
    mem_free(tried->redactors);
    mem_free(tried);
}

const TriedPieces *tried_pieces(const Tried *tried)
{
    return &tried->pieces;
}

DetectionRules *tried_detection(const Tried *tried)
{
    return tried->rules;
}

/* Its correlations; NULL without *err* when there are no rules. */
static bool open_watch(const Tried *tried, Lake *lake, Watch **ret, Error *err)
{
    *ret = NULL;
    if (tried->rules)
        *ret = watch_open(lake, tried->pieces.rules, detection_rules_ids(tried->rules), err);
    return *ret || !tried->rules;
}

TriedHolder *tried_holder_new(Tried *tried, Lake *lake, Error *err)
{
    TriedHolder *holder = mem_calloc(1, sizeof *holder, err);
    if (!holder || !open_watch(tried, lake, &holder->watch, err)) {
        mem_free(holder);
        return NULL;
    }
    atomic_init(&holder->number, 1);
    pthread_mutex_init(&holder->lock, NULL);
    holder->lake = lake;
    holder->current = tried;
    holder->watched = keep(tried);
    return holder;
}

void tried_holder_free(TriedHolder *holder)
{
    if (!holder)
        return;
    watch_free(holder->watch);
    tried_release(holder->watched);
    tried_release(holder->current);
    pthread_mutex_destroy(&holder->lock);
    mem_free(holder);
}

Tried *tried_holder_get(TriedHolder *holder)
{
    pthread_mutex_lock(&holder->lock);
    Tried *current = keep(holder->current);
    pthread_mutex_unlock(&holder->lock);
    return current;
}

void tried_holder_replace(TriedHolder *holder, Tried *next)
{
    pthread_mutex_lock(&holder->lock);
    Tried *replaced = holder->current;
    holder->current = next;
    holder->old_uses += holder->uses;
    holder->uses = 0;
    atomic_fetch_add(&holder->number, 1);
    pthread_mutex_unlock(&holder->lock);
    tried_release(replaced);
}

/* ---- correlations ---- */

static void add_report(WatchReport *sum, const Watch *watch)
{
    if (!watch)
        return;
    const WatchReport *more = watch_report(watch);
    sum->correlations = more->correlations;
    sum->news += more->news;
    sum->evaluations += more->evaluations;
    sum->episodes += more->episodes;
    sum->untold += more->untold;
    sum->seconds += more->seconds;
    if (more->untold)
        memcpy(sum->untold_rule, more->untold_rule, sizeof sum->untold_rule);
}

bool tried_holder_is_settled(TriedHolder *holder)
{
    pthread_mutex_lock(&holder->lock);
    bool settled = holder->watched == holder->current;
    pthread_mutex_unlock(&holder->lock);
    return settled;
}

bool tried_holder_can_settle(TriedHolder *holder)
{
    pthread_mutex_lock(&holder->lock);
    bool can = holder->old_uses == 0;
    pthread_mutex_unlock(&holder->lock);
    return can;
}

/* Watches the correlations of *tried* instead; takes over the reference when it returns true. */
static bool watch_instead(TriedHolder *holder, Tried *tried, Error *err)
{
    Watch *watch;
    bool same_rules = tried->pieces.rules == holder->watched->pieces.rules;
    if ((!same_rules && !tried_holder_evaluate(holder, err)) ||
        !open_watch(tried, holder->lake, &watch, err))
        return false;
    add_report(&holder->before, holder->watch);
    watch_free(holder->watch);
    holder->watch = watch;
    pthread_mutex_lock(&holder->lock);
    Tried *before = holder->watched;
    holder->watched = tried;
    pthread_mutex_unlock(&holder->lock);
    tried_release(before);
    return true;
}

bool tried_holder_settle(TriedHolder *holder, Error *err)
{
    if (tried_holder_is_settled(holder) || !tried_holder_can_settle(holder))
        return true;
    Tried *current = tried_holder_get(holder);
    bool ok = watch_instead(holder, current, err);
    if (!ok)
        tried_release(current);
    return ok;
}

bool tried_holder_evaluate(TriedHolder *holder, Error *err)
{
    return !holder->watch || watch_evaluate(holder->watch, err);
}

WatchReport tried_holder_report(TriedHolder *holder)
{
    WatchReport sum = holder->before;
    add_report(&sum, holder->watch);
    return sum;
}

/* ---- who works with a set ---- */

/* The newest set, by a use that is counted. */
static void begin_use(TriedUse *use)
{
    TriedHolder *holder = use->holder;
    pthread_mutex_lock(&holder->lock);
    use->tried = keep(holder->current);
    use->number = atomic_load(&holder->number);
    holder->uses++;
    pthread_mutex_unlock(&holder->lock);
}

static void end_use(TriedUse *use)
{
    TriedHolder *holder = use->holder;
    pthread_mutex_lock(&holder->lock);
    if (use->detection)
        detection_rules_add(use->tried->rules, use->detection);
    if (use->number == atomic_load(&holder->number))
        holder->uses--;
    else
        holder->old_uses--;
    pthread_mutex_unlock(&holder->lock);
}

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

static bool begin_filters(TriedUse *use, Error *err)
{
    const TriedPieces *pieces = &use->tried->pieces;
    if (!pieces->filters)
        return true;
    use->marks = buf_init(MARKS_BYTES_MAX);
    use->masks = buf_init(MARKS_BYTES_MAX);
    use->changed = buf_init(MARKS_BYTES_MAX);
    use->why = buf_init(WHY_BYTES_MAX);
    if (plan_of(pieces)) {
        use->redact = redact_batch_new(plan_of(pieces), err);
        use->pieces = use->redact ? redact_work_new(plan_of(pieces), err) : NULL;
        if (!use->pieces)
            return false;
    }
    use->derived = derived_new(pieces->derive, err);
    use->filters = use->derived ? filter_run_new(pieces->filters, err) : NULL;
    if (use->filters)
        filter_run_set_derive(use->filters, derive, use->derived);
    return use->filters != NULL;
}

bool tried_use_newest(TriedUse *use, Error *err)
{
    if (!use->holder || use->number == atomic_load(&use->holder->number))
        return true;
    tried_use_end(use);
    begin_use(use);
    const TriedPieces *pieces = &use->tried->pieces;
    use->column = use->tried->writes_derived ? pieces->derive : NULL;
    if (use->tried->rules)
        use->detection = detection_new(use->tried->rules, err);
    if (pieces->alarms)
        use->meter = meter_new(pieces->alarms, use->holder->lake->secret, plan_of(pieces), err);
    return (use->detection || !use->tried->rules) && (use->meter || !pieces->alarms) &&
           begin_filters(use, err);
}

/* A function that is over its ceilings is a finding at the record where that happened. */
static bool tell_over(TriedUse *use, const FilterVerdict *verdict, uint32_t row, Error *err)
{
    log_tell(LOG_ERROR, "filters",
             "the function of '%.*s' is turned off until it is another one: %s",
             STR_ARG(verdict->over->name), verdict->why);
    return !use->detection || detection_add(use->detection, use->tried->over_rule, row, err);
}

static bool note_failure(TriedUse *use, const FilterVerdict *verdict, const char **ret, Error *err)
{
    use->why.len = 0;
    if (!buf_printf(&use->why, err, "filter '%.*s': %s", STR_ARG(verdict->failed->name),
                    verdict->why))
        return false;
    *ret = buf_text(&use->why, err);
    return *ret != NULL;
}

static bool mark_row(TriedUse *use, const FilterVerdict *verdict, Error *err)
{
    const DropMark mark = {.filter = (uint16_t)(verdict->decided + 1),
                           .dropped = verdict->by != NULL,
                           .refused = verdict->failed != NULL};
    return buf_append(&use->marks, &mark, sizeof mark, err) &&
           (!use->redact ||
            (buf_append(&use->masks, &verdict->redactions, sizeof verdict->redactions, err) &&
             buf_append(&use->changed, &verdict->changed_by, sizeof verdict->changed_by, err)));
}

bool tried_use_filter(TriedUse *use, const RecordView *view, bool detected, Batch *batch,
                      const char **ret_why, Error *err)
{
    FilterVerdict verdict;
    *ret_why = NULL;
    if (!use->filters)
        return true;
    if (!filter_run_take(use->filters, view, detected, &verdict, err) ||
        (verdict.over && !tell_over(use, &verdict, batch->rows - 1, err)) ||
        (verdict.failed && !note_failure(use, &verdict, ret_why, err)) ||
        (verdict.changed && !batch_append_again(batch, verdict.changed, err)))
        return false;
    batch->sample_factor[batch->rows - 1] = verdict.factor > 1 ? (int32_t)verdict.factor : 0;
    return mark_row(use, &verdict, err);
}

bool tried_use_redact(TriedUse *use, Batch *batch, Error *err)
{
    if (!use->redact)
        return true;
    use->redacted = true;
    const RedactRows rows = {(const uint64_t *)(const void *)use->masks.ptr,
                             (const uint64_t *)(const void *)use->changed.ptr};
    return redact_batch_run(use->redact, batch, &rows, err);
}

bool tried_use_piece(TriedUse *use, QuarantinePiece *piece, Str *raw, Error *err)
{
    bool changed;
    return !use->pieces || hide_pieces_one(use->pieces, piece, raw, &changed, err);
}

DropMarks tried_use_drops(const TriedUse *use)
{
    if (!use->filters)
        return (DropMarks){.marks = NULL};
    return (DropMarks){(const DropMark *)(const void *)use->marks.ptr, use->tried->filter_ids,
                       filter_set_count(use->tried->pieces.filters),
                       use->redacted ? redact_batch_changed(use->redact) : NULL,
                       use->tried->redactors};
}

void tried_use_forget_drops(TriedUse *use)
{
    use->marks.len = 0;
    use->masks.len = 0;
    use->changed.len = 0;
    use->redacted = false;
}

void tried_use_end(TriedUse *use)
{
    if (use->tried)
        end_use(use);
    detection_free(use->detection);
    meter_free(use->meter);
    filter_run_free(use->filters);
    derived_free(use->derived);
    redact_batch_free(use->redact);
    redact_work_free(use->pieces);
    buf_free(&use->marks);
    buf_free(&use->masks);
    buf_free(&use->changed);
    buf_free(&use->why);
    tried_release(use->tried);
    *use = (TriedUse){.holder = use->holder};
}
