#include "reload.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "rules.h"
#include "setup.h"

enum { LOOK_US = 2000000, RULES_TOLD_MAX = 20 };

/* How the files of one kind look. */
typedef struct Looks {
    FileStamp in_force; /* of what is tried now */
    FileStamp loaded;   /* when they were loaded last, with whatever outcome */
    FileStamp seen;     /* at the last look */
} Looks;

struct Reload {
    const CommandLine *line;
    Lake *lake;
    TriedHolder *holder;
    bool detects;
    bool writes_derived;
    Looks rules, lookups; /* the loading thread's, as the one below */
    bool stuck;           /* correlations could not be watched */
    ClaimTable *claims;
    pthread_mutex_t lock; /* protects the five below */
    Pool *pool;           /* one thread; NULL: not started */
    bool asked;
    bool busy;  /* a look is under way */
    bool ended; /* no more looks */
    int64_t looked_us;
};

static void stamp(const Reload *reload, FileStamp *ret_rules, FileStamp *ret_lookups)
{
    *ret_rules = *ret_lookups = (FileStamp){0};
    if (reload->detects)
        rules_stamp(reload->line, ret_rules);
    derive_stamp(command_config(reload->line), ret_lookups);
}

/* ---- the first set ---- */

static Tried *load_first(const Reload *reload, RuleSet **set, Derive **derive, Error *err)
{
    *derive = derive_open(command_config(reload->line), err);
    if (!*derive)
        return NULL;
    if (reload->detects) {
        *set = rules_open(reload->line, NULL, err);
        if (!*set)
            return NULL;
        rules_tell(*set, false, RULES_TOLD_MAX);
        if (!detection_count(*set)) {
            error_set(err, ERROR_INPUT,
                      "no rule for CloudTrail could be read; --no-detect ingests without");
            return NULL;
        }
    }
    return tried_new(*set, *derive, reload->writes_derived, err);
}

static bool open_first(Reload *reload, Error *err)
{
    RuleSet *set = NULL;
    Derive *derive = NULL;
    stamp(reload, &reload->rules.in_force, &reload->lookups.in_force);
    reload->rules.loaded = reload->rules.seen = reload->rules.in_force;
    reload->lookups.loaded = reload->lookups.seen = reload->lookups.in_force;
    Tried *tried = load_first(reload, &set, &derive, err);
    if (tried && tried_tie(tried, reload->lake, err))
        reload->holder = tried_holder_new(tried, reload->lake, err);
    if (!reload->holder)
        tried_release(tried);
    ruleset_free(set);
    derive_release(derive);
    return reload->holder != NULL;
}

static void hold_hangups(void)
{
    sigset_t hangup;
    sigemptyset(&hangup);
    sigaddset(&hangup, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &hangup, NULL);
}

Reload *reload_open(const CommandLine *line, Lake *lake, Error *err)
{
    Reload *reload = mem_calloc(1, sizeof *reload, err);
    if (!reload)
        return NULL;
    reload->line = line;
    reload->lake = lake;
    reload->detects = !command_has(line, "no-detect");
    reload->writes_derived = setup_writes_derived(command_config(line));
    pthread_mutex_init(&reload->lock, NULL);
    hold_hangups();
    if (open_first(reload, err))
        return reload;
    reload_free(reload);
    return NULL;
}

void reload_free(Reload *reload)
{
    if (!reload)
        return;
    tried_holder_free(reload->holder);
    pthread_mutex_destroy(&reload->lock);
    mem_free(reload);
}

TriedHolder *reload_holder(const Reload *reload)
{
    return reload->holder;
}

/* ---- the next ones: on the loading thread ---- */

/* Ends the line of progress, which is overwritten else. */
static void begin_line(void)
{
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
}

static void tell_refused(const Error *err, const char *what)
{
    begin_line();
    log_tell(LOG_WARN, NULL, "%s; the %s from before go on", err->text, what);
}

static bool has_ended(Reload *reload)
{
    pthread_mutex_lock(&reload->lock);
    bool ended = reload->ended;
    pthread_mutex_unlock(&reload->lock);
    return ended;
}

/* The changed rules, if all of them can be used; else why not is told. */
static RuleSet *load_rules(const Reload *reload)
{
    Error err = {0};
    RuleSet *set = rules_open(reload->line, NULL, &err);
    size_t errors = set ? ruleset_error_count(set) : 0;
    if (errors) {
        begin_line();
        rules_tell_errors(set, RULES_TOLD_MAX);
        error_set(&err, ERROR_INPUT, "the changed rules hold %zu error%s", errors,
                  errors == 1 ? "" : "s");
    } else if (set && !detection_count(set))
        error_set(&err, ERROR_INPUT, "the changed rules hold none for CloudTrail");
    if (err.kind == ERROR_NONE)
        return set;
    tell_refused(&err, "rules");
    ruleset_free(set);
    return NULL;
}

static Derive *load_lookups(const Reload *reload)
{
    Error err = {0};
    Derive *derive = derive_open(command_config(reload->line), &err);
    if (!derive)
        tell_refused(&err, "lookups");
    return derive;
}

/* Puts the next set in, in the turn to commit. Takes it over when it returns true. */
static bool put_in(Reload *reload, Tried *next, Error *err)
{
    Claim *claim = claim_take(reload->claims, NULL, 0, err);
    bool ok = claim && claim_await_turn(claim) && tried_tie(next, reload->lake, err);
    if (ok)
        tried_holder_replace(reload->holder, next);
    claim_end(claim, ok);
    return ok;
}

static void tell_in_force(const RuleSet *before, const RuleSet *set, bool new_rules,
                          bool new_lookups)
{
    begin_line();
    if (!new_rules)
        log_tell(LOG_INFO, NULL, "changed lookups are in force");
    else
        log_tell(LOG_INFO, NULL, "changed rules%s are in force: %zu tried, %zu before",
                 new_lookups ? " and lookups" : "", detection_count(set), detection_count(before));
}

/* Makes a set of *set* and *derive*, of which one at least is new, and puts it in. */
static bool replace(Reload *reload, const Tried *before, RuleSet *set, Derive *derive)
{
    Error err = {0};
    bool new_rules = set != tried_rules(before), new_lookups = derive != tried_derive(before);
    Tried *next = tried_new(set, derive, reload->writes_derived, &err);
    if (next && put_in(reload, next, &err)) {
        tell_in_force(tried_rules(before), set, new_rules, new_lookups);
        return true;
    }
    tried_release(next);
    tell_refused(&err, "rules and lookups");
    return false;
}

/* Loads what changed of *rules* and *lookups*, and takes up what can be used. */
static void take_up(Reload *reload, bool rules, bool lookups)
{
    Tried *before = tried_holder_get(reload->holder);
    RuleSet *set = rules ? load_rules(reload) : NULL;
    Derive *derive = lookups ? load_lookups(reload) : NULL;
    if ((set || derive) && !has_ended(reload) &&
        replace(reload, before, set ? set : tried_rules(before),
                derive ? derive : tried_derive(before))) {
        if (set)
            reload->rules.in_force = reload->rules.loaded;
        if (derive)
            reload->lookups.in_force = reload->lookups.loaded;
    }
    ruleset_free(set);
    derive_release(derive);
    tried_release(before);
}

/* Whether files that look like *now* are to be loaded: they are others than those in force, and
 * were not loaded yet, unless it is asked for. */
static bool is_due(Looks *looks, FileStamp now, bool asked)
{
    bool rests = file_stamp_equal(now, looks->seen);
    looks->seen = now;
    bool changed = !file_stamp_equal(now, looks->in_force);
    if (changed && !asked && (!rests || file_stamp_equal(now, looks->loaded)))
        return false;
    looks->loaded = now;
    return changed;
}

/* Once a set's correlations could not be watched, that is tried again at the end alone: nothing
 * else is taken up until then. */
static void settle(Reload *reload)
{
    Error err = {0};
    if (reload->stuck || !tried_holder_can_settle(reload->holder))
        return;
    Claim *claim = claim_take(reload->claims, NULL, 0, &err);
    bool ok = claim && claim_await_turn(claim) && tried_holder_settle(reload->holder, &err);
    claim_end(claim, ok);
    reload->stuck = !ok;
    if (!ok)
        tell_refused(&err, "correlations");
}

static void look_at_files(Reload *reload)
{
    FileStamp rules_now, lookups_now;
    pthread_mutex_lock(&reload->lock);
    bool asked = reload->asked;
    reload->asked = false;
    pthread_mutex_unlock(&reload->lock);
    stamp(reload, &rules_now, &lookups_now);
    bool rules = is_due(&reload->rules, rules_now, asked);
    bool lookups = is_due(&reload->lookups, lookups_now, asked);
    if (rules || lookups)
        take_up(reload, rules, lookups);
    else if (asked) {
        begin_line();
        log_tell(LOG_INFO, NULL, "rules and lookups have not changed");
    }
}

/* Files are looked at when what was taken up before has settled. */
static void look(void *argument, int worker)
{
    Reload *reload = argument;
    (void)worker;
    if (tried_holder_is_settled(reload->holder))
        look_at_files(reload);
    else
        settle(reload);
    pthread_mutex_lock(&reload->lock);
    reload->busy = false;
    pthread_mutex_unlock(&reload->lock);
}

/* ---- the thread ---- */

bool reload_start(Reload *reload, ClaimTable *claims, Error *err)
{
    if (!reload)
        return true;
    Pool *pool = pool_new(1, 1, err);
    if (!pool)
        return false;
    pthread_mutex_lock(&reload->lock);
    reload->claims = claims;
    reload->pool = pool;
    reload->looked_us = clock_monotonic_us();
    pthread_mutex_unlock(&reload->lock);
    return true;
}

void reload_end(Reload *reload)
{
    if (!reload)
        return;
    pthread_mutex_lock(&reload->lock);
    reload->ended = true;
    pthread_mutex_unlock(&reload->lock);
    pool_free(reload->pool);
    pthread_mutex_lock(&reload->lock);
    reload->pool = NULL;
    pthread_mutex_unlock(&reload->lock);
}

void reload_look(Reload *reload, bool asked)
{
    if (!reload)
        return;
    int64_t now = clock_monotonic_us();
    pthread_mutex_lock(&reload->lock);
    reload->asked |= asked;
    bool due = reload->asked || now - reload->looked_us >= LOOK_US ||
               !tried_holder_is_settled(reload->holder);
    if (due && reload->pool && !reload->busy && !reload->ended) {
        reload->busy = true;
        reload->looked_us = now;
        pool_run(reload->pool, look, reload); /* the queue is empty: it does not wait */
    }
    pthread_mutex_unlock(&reload->lock);
}
