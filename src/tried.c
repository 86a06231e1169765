#include "tried.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"

struct Tried {
    atomic_uint references;
    RuleSet *set;
    Derive *derive;
    bool writes_derived;
    DetectionRules *rules; /* NULL: not tied, or no rules */
    Watch *watch;
};

struct TriedHolder {
    atomic_uint_least64_t number; /* of current, from 1 */
    pthread_mutex_t lock;         /* protects the two below, and what rules of any set count */
    Tried *current;
    WatchReport before; /* of the sets that were replaced */
};

Tried *tried_new(RuleSet *set, Derive *derive, bool writes_derived, Error *err)
{
    Tried *tried = mem_calloc(1, sizeof *tried, err);
    if (!tried)
        return NULL;
    atomic_init(&tried->references, 1);
    tried->set = ruleset_keep(set);
    tried->derive = derive ? derive_keep(derive) : NULL;
    tried->writes_derived = writes_derived;
    return tried;
}

bool tried_tie(Tried *tried, Lake *lake, Error *err)
{
    if (!tried->set)
        return true;
    tried->rules = detection_rules_new(lake, tried->set, tried->derive, err);
    if (!tried->rules)
        return false;
    tried->watch = watch_open(lake, tried->set, detection_rules_ids(tried->rules), err);
    return tried->watch != NULL;
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
    watch_free(tried->watch);
    detection_rules_free(tried->rules);
    derive_release(tried->derive);
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

DetectionRules *tried_detection(const Tried *tried)
{
    return tried->rules;
}

TriedHolder *tried_holder_new(Tried *tried, Error *err)
{
    TriedHolder *holder = mem_calloc(1, sizeof *holder, err);
    if (!holder)
        return NULL;
    atomic_init(&holder->number, 1);
    pthread_mutex_init(&holder->lock, NULL);
    holder->current = tried;
    return holder;
}

void tried_holder_free(TriedHolder *holder)
{
    if (!holder)
        return;
    tried_release(holder->current);
    pthread_mutex_destroy(&holder->lock);
    mem_free(holder);
}

/* A reference to the newest set, and its number. */
static Tried *get(TriedHolder *holder, uint64_t *ret_number)
{
    pthread_mutex_lock(&holder->lock);
    Tried *current = keep(holder->current);
    *ret_number = atomic_load(&holder->number);
    pthread_mutex_unlock(&holder->lock);
    return current;
}

Tried *tried_holder_get(TriedHolder *holder)
{
    uint64_t ignored;
    return get(holder, &ignored);
}

static void add_report(WatchReport *sum, const Watch *watch)
{
    if (!watch)
        return;
    const WatchReport *more = watch_report(watch);
    sum->correlations = more->correlations;
    sum->news += more->news;
    sum->episodes += more->episodes;
    sum->untold += more->untold;
    sum->seconds += more->seconds;
    if (more->untold)
        memcpy(sum->untold_rule, more->untold_rule, sizeof sum->untold_rule);
}

void tried_holder_replace(TriedHolder *holder, Tried *next)
{
    pthread_mutex_lock(&holder->lock);
    Tried *replaced = holder->current;
    add_report(&holder->before, replaced->watch);
    holder->current = next;
    atomic_fetch_add(&holder->number, 1);
    pthread_mutex_unlock(&holder->lock);
    tried_release(replaced);
}

bool tried_holder_evaluate(TriedHolder *holder, Error *err)
{
    Tried *current = tried_holder_get(holder);
    bool ok = !current->watch || watch_evaluate(current->watch, err);
    tried_release(current);
    return ok;
}

WatchReport tried_holder_report(TriedHolder *holder)
{
    pthread_mutex_lock(&holder->lock);
    WatchReport sum = holder->before;
    add_report(&sum, holder->current->watch);
    pthread_mutex_unlock(&holder->lock);
    return sum;
}

bool tried_use_newest(TriedUse *use, Error *err)
{
    if (!use->holder || use->number == atomic_load(&use->holder->number))
        return true;
    TriedUse next = {.holder = use->holder};
    next.tried = get(use->holder, &next.number);
    next.column = next.tried->writes_derived ? next.tried->derive : NULL;
    if (next.tried->rules && !(next.detection = detection_new(next.tried->rules, err))) {
        tried_release(next.tried);
        return false;
    }
    tried_use_end(use);
    *use = next;
    return true;
}

void tried_use_end(TriedUse *use)
{
    if (use->detection) {
        pthread_mutex_lock(&use->holder->lock);
        detection_rules_add(use->tried->rules, use->detection);
        pthread_mutex_unlock(&use->holder->lock);
    }
    detection_free(use->detection);
    tried_release(use->tried);
    *use = (TriedUse){.holder = use->holder};
}
