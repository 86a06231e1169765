#include "reload.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "interrupt.h"
#include "redaction_key.h"
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
    bool meters;                           /* alarms.path names something */
    bool drops;                            /* the key filters does */
    Looks rules, lookups, alarms, filters; /* the loading thread's, as the one below */
    bool stuck;                            /* correlations could not be watched */
    ClaimTable *claims;
    pthread_mutex_t lock; /* protects the five below */
    Pool *pool;           /* one thread; NULL: not started */
    bool asked;
    bool busy;  /* a look is under way */
    bool ended; /* no more looks */
    int64_t looked_us;
};

/* How the files of each kind look now. */
typedef struct Stamps {
    FileStamp rules, lookups, alarms, filters;
} Stamps;

/* The files of functions are known by the filters in force. */
static void stamp_functions(const Reload *reload, FileStamp *stamp)
{
    if (!reload->holder)
        return;
    Tried *tried = tried_holder_get(reload->holder);
    filter_set_stamp_functions(tried_pieces(tried)->filters, stamp);
    tried_release(tried);
}

static Stamps stamp(const Reload *reload)
{
    Stamps now = {.rules = {0}};
    if (reload->detects)
        rules_stamp(reload->line, &now.rules);
    derive_stamp(command_config(reload->line), &now.lookups);
    alarm_set_stamp(command_config(reload->line), &now.alarms);
    filter_set_stamp(command_config(reload->line), &now.filters);
    redaction_key_stamp(command_config(reload->line), &now.filters);
    stamp_functions(reload, &now.filters);
    return now;
}

/* ---- the first set ---- */

static void release(TriedPieces *pieces)
{
    ruleset_free(pieces->rules);
    derive_release(pieces->derive);
    alarm_set_free(pieces->alarms);
    filter_set_free(pieces->filters);
}

static Tried *make_tried(const Reload *reload, const TriedPieces *of, Error *err)
{
    return tried_new(of, reload->writes_derived, err);
}

/* Whether a set has something to try or to ask. */
static bool has_rules(const RuleSet *set)
{
    bool any = detection_count(set) > 0;
    for (size_t i = 0; !any && i < ruleset_count(set); i++)
        any = ruleset_rule(set, i)->kind == RULE_SQL;
    return any;
}

/* With the key of hashes, which is read anew. */
static FilterSet *open_filters(const Reload *reload, Error *err)
{
    const Config *config = command_config(reload->line);
    RedactionKey key;
    FilterSet *filters =
        redaction_key_read(config, &key, err) ? filter_set_open(config, &key.key, err) : NULL;
    redaction_key_wipe(&key);
    return filters;
}

static Tried *load_first(const Reload *reload, TriedPieces *ret, Error *err)
{
    ret->derive = derive_open(command_config(reload->line), err);
    if (!ret->derive)
        return NULL;
    if ((reload->meters && !(ret->alarms = alarm_set_open(command_config(reload->line), err))) ||
        (reload->drops && !(ret->filters = open_filters(reload, err))))
        return NULL;
    if (reload->detects) {
        ret->rules = rules_open(reload->line, NULL, err);
        if (!ret->rules)
            return NULL;
        rules_tell(ret->rules, false, RULES_TOLD_MAX);
        if (!has_rules(ret->rules)) {
            error_set(err, ERROR_INPUT,
                      "no rule for CloudTrail could be read; --no-detect ingests without");
            return NULL;
        }
    }
    return make_tried(reload, ret, err);
}

/* Which files the filters in force are made of is known once they are. */
static void note_filters(Reload *reload)
{
    const FileStamp now = stamp(reload).filters;
    reload->filters = (Looks){now, now, now};
}

static bool open_first(Reload *reload, Error *err)
{
    TriedPieces pieces = {.rules = NULL};
    const Stamps now = stamp(reload);
    reload->rules = (Looks){now.rules, now.rules, now.rules};
    reload->lookups = (Looks){now.lookups, now.lookups, now.lookups};
    reload->alarms = (Looks){now.alarms, now.alarms, now.alarms};
    reload->filters = (Looks){now.filters, now.filters, now.filters};
    Tried *tried = load_first(reload, &pieces, err);
    if (tried && tried_tie(tried, reload->lake, err))
        reload->holder = tried_holder_new(tried, reload->lake, err);
    if (!reload->holder)
        tried_release(tried);
    else
        note_filters(reload);
    release(&pieces);
    return reload->holder != NULL;
}

Reload *reload_open(const CommandLine *line, Lake *lake, Error *err)
{
    Reload *reload = mem_calloc(1, sizeof *reload, err);
    if (!reload)
        return NULL;
    reload->line = line;
    reload->lake = lake;
    reload->detects = !command_has(line, "no-detect");
    reload->meters = alarm_set_is_wanted(command_config(line));
    reload->drops = filter_set_is_wanted(command_config(line));
    reload->writes_derived = setup_writes_derived(command_config(line));
    pthread_mutex_init(&reload->lock, NULL);
    interrupt_hold_hangup();
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
    } else if (set && !has_rules(set))
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

static AlarmSet *load_alarms(const Reload *reload)
{
    Error err = {0};
    AlarmSet *alarms = alarm_set_open(command_config(reload->line), &err);
    if (!alarms)
        tell_refused(&err, "metric filters and alarms");
    return alarms;
}

static FilterSet *load_filters(const Reload *reload)
{
    Error err = {0};
    FilterSet *filters = open_filters(reload, &err);
    if (!filters)
        tell_refused(&err, "filters");
    return filters;
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

static void tell_in_force(const TriedPieces *before, const TriedPieces *next)
{
    bool lookups = next->derive != before->derive;
    begin_line();
    if (next->rules != before->rules)
        log_tell(LOG_INFO, NULL, "changed rules%s are in force: %zu tried, %zu before",
                 lookups ? " and lookups" : "", detection_count(next->rules),
                 detection_count(before->rules));
    else if (lookups)
        log_tell(LOG_INFO, NULL, "changed lookups are in force");
    if (next->alarms != before->alarms)
        log_tell(LOG_INFO, NULL, "changed metric filters and alarms are in force: %zu filters",
                 alarm_set_filter_count(next->alarms));
    if (next->filters != before->filters)
        log_tell(LOG_INFO, NULL, "changed filters are in force: %zu, %zu before",
                 filter_set_count(next->filters), filter_set_count(before->filters));
}

/* Makes a set of *next*, of which one piece at least is new, and puts it in. */
static bool replace(Reload *reload, const Tried *before, const TriedPieces *next)
{
    Error err = {0};
    Tried *tried = make_tried(reload, next, &err);
    if (tried && put_in(reload, tried, &err)) {
        tell_in_force(tried_pieces(before), next);
        return true;
    }
    tried_release(tried);
    tell_refused(&err, "rules, lookups and filters");
    return false;
}

/* Whose files changed. */
typedef struct Due {
    bool rules, lookups, alarms, filters;
} Due;

static void note_in_force(Looks *looks, bool loaded)
{
    if (loaded)
        looks->in_force = looks->loaded;
}

/* What was loaded is in force. */
static void note_loaded(Reload *reload, const TriedPieces *loaded)
{
    note_in_force(&reload->rules, loaded->rules != NULL);
    note_in_force(&reload->lookups, loaded->derive != NULL);
    note_in_force(&reload->alarms, loaded->alarms != NULL);
    if (loaded->filters)
        note_filters(reload);
}

/* Loads what changed, and takes up what can be used. */
static void take_up(Reload *reload, Due due)
{
    Tried *before = tried_holder_get(reload->holder);
    const TriedPieces *now = tried_pieces(before);
    TriedPieces loaded = {
        due.rules ? load_rules(reload) : NULL, due.lookups ? load_lookups(reload) : NULL,
        due.alarms ? load_alarms(reload) : NULL, due.filters ? load_filters(reload) : NULL};
    const TriedPieces next = {loaded.rules ? loaded.rules : now->rules,
                              loaded.derive ? loaded.derive : now->derive,
                              loaded.alarms ? loaded.alarms : now->alarms,
                              loaded.filters ? loaded.filters : now->filters};
    bool any = loaded.rules || loaded.derive || loaded.alarms || loaded.filters;
    if (any && !has_ended(reload) && replace(reload, before, &next))
        note_loaded(reload, &loaded);
    release(&loaded);
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
    pthread_mutex_lock(&reload->lock);
    bool asked = reload->asked;
    reload->asked = false;
    pthread_mutex_unlock(&reload->lock);
    const Stamps now = stamp(reload);
    const Due due = {
        is_due(&reload->rules, now.rules, asked), is_due(&reload->lookups, now.lookups, asked),
        is_due(&reload->alarms, now.alarms, asked), is_due(&reload->filters, now.filters, asked)};
    if (due.rules || due.lookups || due.alarms || due.filters)
        take_up(reload, due);
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
