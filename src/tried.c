#include "tried.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"

struct Tried {
    atomic_uint references;
    RuleSet *set;
    Derive *derive;
    AlarmSet *alarms;
    bool writes_derived;
    DetectionRules *rules; /* NULL: not tied, or no rules */
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

Tried *tried_new(RuleSet *set, Derive *derive, AlarmSet *alarms, bool writes_derived, Error *err)
{
    Tried *tried = mem_calloc(1, sizeof *tried, err);
    if (!tried)
        return NULL;
    atomic_init(&tried->references, 1);
    tried->set = ruleset_keep(set);
    tried->derive = derive ? derive_keep(derive) : NULL;
    tried->alarms = alarm_set_keep(alarms);
    tried->writes_derived = writes_derived;
    return tried;
}

bool tried_tie(Tried *tried, Lake *lake, Error *err)
{
    if (!tried->set)
        return true;
    tried->rules = detection_rules_new(lake, tried->set, tried->derive, err);
    return tried->rules != NULL;
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
    derive_release(tried->derive);
    alarm_set_free(tried->alarms);
    ruleset_free(tried->set);
    mem_free(tried);
}

RuleSet *tried_rules(const Tried *tried)
{
    return tried->set;
}

Derive *tried_derive(const Tried *tried)
{
    return tried->derive;
}

AlarmSet *tried_alarms(const Tried *tried)
{
    return tried->alarms;
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
        *ret = watch_open(lake, tried->set, detection_rules_ids(tried->rules), err);
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
    bool same_rules = tried->set == holder->watched->set;
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

bool tried_use_newest(TriedUse *use, Error *err)
{
    if (!use->holder || use->number == atomic_load(&use->holder->number))
        return true;
    tried_use_end(use);
    begin_use(use);
    use->column = use->tried->writes_derived ? use->tried->derive : NULL;
    if (use->tried->rules)
        use->detection = detection_new(use->tried->rules, err);
    if (use->tried->alarms)
        use->meter = meter_new(use->tried->alarms, use->holder->lake->secret, err);
    return (use->detection || !use->tried->rules) && (use->meter || !use->tried->alarms);
}

void tried_use_end(TriedUse *use)
{
    if (use->tried)
        end_use(use);
    detection_free(use->detection);
    meter_free(use->meter);
    tried_release(use->tried);
    *use = (TriedUse){.holder = use->holder};
}
