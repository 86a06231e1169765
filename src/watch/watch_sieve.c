#include "watch/watch_sieve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/hash_set.h"
#include "base/mem.h"
#include "watch/watch_state.h"
#include "watch/watch_window.h"

enum {
    TABLE_BITS = 12,          /* of places in the tables at least; two for a signal are made */
    COUNTER_BITS = 22,        /* and at most: 16 MiB of counters */
    MASK_BITS = 20,           /* 4 MiB of sets of rules */
    VALUES_MAX = 4 << 20,     /* different values that are remembered; more count each time */
    SUM_BITS = 18,            /* 2 MiB of sums */
    INNER_HITS_MAX = 1 << 20, /* signals of inner correlations that are remembered */
    MASK_RULES_MAX = 32,      /* rules of a temporal correlation that is sieved */
    KEPT_HITS_MAX = 1 << 19,  /* hits that are kept and looked at once more, in windows */
    COUNTER_TOP = INT32_MAX,  /* counters stay there */
};

typedef enum { SIEVE_NONE, SIEVE_HITS, SIEVE_VALUES, SIEVE_SUM, SIEVE_RULES } SieveKind;

/* A correlation: how it is sieved. */
typedef struct Sieved {
    const Rule *rule; /* NULL: nobody asks for it */
    SieveKind kind;
    double bound;  /* what a window needs: hits, values, their sum, or rules */
    bool is_outer; /* other correlations are among its rules */
    bool is_inner; /* it is among the rules of one that is sieved */
    bool possible;
} Sieved;

/* A place of a detection in a correlation. */
typedef struct Use {
    uint32_t correlation; /* index in the set */
    uint32_t place;       /* in its list of rules */
} Use;

/* What a use takes from a group: the hash of the group's texts, 0 when one is missing; the hash of
 * the value's, 0 when it has none, or the number to add. */
typedef struct UseHashes {
    uint64_t group;
    uint64_t value;
    double number;
} UseHashes;

/* Of a group, for the uses of one rule. */
struct WatchGroupHashes {
    uint32_t rule;
    struct WatchGroupHashes *next;
    UseHashes of[]; /* for each use */
};

/* A signal of a correlation that is among the rules of others. */
typedef struct InnerHit {
    uint32_t correlation;
    int64_t time_us;
    uint64_t group;
} InnerHit;

struct WatchSieve {
    const RuleSet *set;
    Sieved *sieved;  /* by index of the rule */
    uint32_t *first; /* by index of the rule: where its uses begin, and one behind the last */
    Use *uses;       /* by rule */
    unsigned counter_bits, mask_bits, sum_bits;
    uint32_t *counters;
    uint32_t *masks;
    double *sums;
    Buf inner_hits;  /* InnerHit each */
    bool inner_full; /* there were more: outer correlations are not sieved */
    Buf kept_hits;   /* WatchWindowHit each */
    bool kept_full;  /* there were more: what may be true is possible */
    HashSet values;  /* that were met, by group and cell */
    uint8_t secret[HASH_SECRET_BYTES];
};

void watch_sieve_free(WatchSieve *sieve)
{
    if (!sieve)
        return;
    mem_free(sieve->sieved);
    mem_free(sieve->first);
    mem_free(sieve->uses);
    mem_free(sieve->counters);
    mem_free(sieve->masks);
    mem_free(sieve->sums);
    buf_free(&sieve->inner_hits);
    buf_free(&sieve->kept_hits);
    hash_set_free(&sieve->values);
    mem_free(sieve);
}

/* The least number that satisfies the bounds' lower ends; 0 when they have none. */
static double lower_bound(const Correlation *correlation)
{
    double most = 0;
    for (uint32_t i = 0; i < correlation->bound_count; i++) {
        const CorrelationBound *bound = &correlation->bounds[i];
        bool lower = bound->op == BOUND_GT || bound->op == BOUND_GTE || bound->op == BOUND_EQ;
        if (lower && bound->number > most)
            most = bound->number;
    }
    return most;
}

static bool is_temporal(const Correlation *correlation)
{
    return correlation->type == CORRELATION_TEMPORAL ||
           correlation->type == CORRELATION_TEMPORAL_ORDERED;
}

static SieveKind kind_of(const Correlation *correlation)
{
    if (correlation->condition || correlation->timespan_us <= 0)
        return SIEVE_NONE;
    if (is_temporal(correlation))
        return correlation->rules.count <= MASK_RULES_MAX ? SIEVE_RULES : SIEVE_NONE;
    return correlation->type == CORRELATION_EVENT_COUNT   ? SIEVE_HITS
           : correlation->type == CORRELATION_VALUE_COUNT ? SIEVE_VALUES
           : correlation->type == CORRELATION_VALUE_SUM   ? SIEVE_SUM
                                                          : SIEVE_NONE;
}

/* Whether what *inner* says of a group is said of the same group by the place of *outer*. */
static bool has_group_of(const Correlation *outer, uint32_t place, const Correlation *inner)
{
    bool same = outer->group_by.count == inner->group_by.count;
    for (uint32_t i = 0; same && i < outer->group_by.count; i++)
        same = str_equal(correlation_path(outer, outer->group_by.list[i], place),
                         inner->group_by.list[i]);
    return same;
}

static void choose(WatchSieve *sieve, const Rule *rule);

/* Whether its inner correlations are sieved and of its groups, and a detection is beside them. */
static bool choose_inner(WatchSieve *sieve, const Correlation *correlation)
{
    bool fits = is_temporal(correlation), detection = false;
    for (uint32_t i = 0; fits && i < correlation->rules.count; i++) {
        const Rule *part = correlation->resolved[i];
        detection |= part->kind == RULE_DETECTION;
        if (part->kind == RULE_DETECTION)
            continue;
        choose(sieve, part);
        const Sieved *inner = &sieve->sieved[part->index];
        fits = inner->kind != SIEVE_NONE && !inner->is_outer &&
               has_group_of(correlation, i, part->correlation);
    }
    return fits && detection;
}

static void mark_inner(WatchSieve *sieve, const Correlation *correlation)
{
    for (uint32_t i = 0; i < correlation->rules.count; i++)
        if (correlation->resolved[i]->kind == RULE_CORRELATION)
            sieve->sieved[correlation->resolved[i]->index].is_inner = true;
}

static void choose(WatchSieve *sieve, const Rule *rule)
{
    const Correlation *correlation = rule->correlation;
    Sieved *sieved = &sieve->sieved[rule->index];
    if (sieved->rule)
        return;
    *sieved = (Sieved){.rule = rule, .bound = lower_bound(correlation)};
    for (uint32_t i = 0; i < correlation->rules.count; i++)
        sieved->is_outer |= correlation->resolved[i]->kind == RULE_CORRELATION;
    if (sieved->bound > 0 && (!sieved->is_outer || choose_inner(sieve, correlation)))
        sieved->kind = kind_of(correlation);
    if (sieved->is_outer && sieved->kind != SIEVE_NONE)
        mark_inner(sieve, correlation);
}

/* Counts the uses of each detection below *rule*, or writes them at *at* of each. A sieved inner
 * correlation has uses of its own. */
static void visit_uses(const Rule *rule, const Sieved *sieved, uint32_t *at, Use *uses)
{
    uint32_t correlation = sieved->rule->index;
    for (uint32_t i = 0; i < rule->correlation->rules.count; i++) {
        const Rule *part = rule->correlation->resolved[i];
        if (part->kind == RULE_CORRELATION && sieved->kind == SIEVE_NONE)
            visit_uses(part, sieved, at, uses);
        else if (part->kind == RULE_CORRELATION)
            continue;
        else if (uses)
            uses[at[part->index]++] = (Use){correlation, i};
        else
            at[part->index + 1]++;
    }
}

static bool list_uses(WatchSieve *sieve, size_t count, Error *err)
{
    for (size_t i = 0; i < count; i++)
        if (sieve->sieved[i].rule)
            visit_uses(sieve->sieved[i].rule, &sieve->sieved[i], sieve->first, NULL);
    for (size_t i = 0; i < count; i++)
        sieve->first[i + 1] += sieve->first[i];
    sieve->uses = mem_calloc(sieve->first[count] + (size_t)1, sizeof *sieve->uses, err);
    MEM_AUTO uint32_t *at = mem_calloc(count + 1, sizeof *at, err);
    if (!sieve->uses || !at)
        return false;
    memcpy(at, sieve->first, count * sizeof *at);
    for (size_t i = 0; i < count; i++)
        if (sieve->sieved[i].rule)
            visit_uses(sieve->sieved[i].rule, &sieve->sieved[i], at, sieve->uses);
    return true;
}

static bool make_tables(WatchSieve *sieve, size_t count, Error *err)
{
    return (sieve->sieved = mem_calloc(count + 1, sizeof *sieve->sieved, err)) != NULL &&
           (sieve->first = mem_calloc(count + 2, sizeof *sieve->first, err)) != NULL &&
           (sieve->counters =
                mem_calloc((size_t)1 << sieve->counter_bits, sizeof(uint32_t), err)) != NULL &&
           (sieve->masks = mem_calloc((size_t)1 << sieve->mask_bits, sizeof(uint32_t), err)) !=
               NULL &&
           (sieve->sums = mem_calloc((size_t)1 << sieve->sum_bits, sizeof(double), err)) != NULL &&
           hash_set_init(&sieve->values, err) &&
           hash_random(sieve->secret, sizeof sieve->secret, err);
}

/* Small tables for few signals: a place of a large one is a page that nobody touched yet. */
static void choose_bits(WatchSieve *sieve, uint64_t signals)
{
    unsigned bits = TABLE_BITS;
    while (bits < COUNTER_BITS && signals >> (bits - 1))
        bits++;
    sieve->counter_bits = bits;
    sieve->mask_bits = bits < MASK_BITS ? bits : MASK_BITS;
    sieve->sum_bits = bits < SUM_BITS ? bits : SUM_BITS;
}

WatchSieve *watch_sieve_new(const RuleSet *set, const bool *watched, uint64_t signals, Error *err)
{
    size_t count = ruleset_count(set);
    WatchSieve *sieve = mem_calloc(1, sizeof *sieve, err);
    if (!sieve)
        return NULL;
    sieve->set = set;
    choose_bits(sieve, signals);
    sieve->inner_hits = buf_init(INNER_HITS_MAX * sizeof(InnerHit));
    sieve->kept_hits = buf_init(KEPT_HITS_MAX * sizeof(WatchWindowHit));
    bool ok = make_tables(sieve, count, err);
    for (size_t i = 0; ok && i < count; i++)
        if (watched[i])
            choose(sieve, ruleset_rule(set, i));
    if (ok && list_uses(sieve, count, err))
        return sieve;
    watch_sieve_free(sieve);
    return NULL;
}

/* ---- hashes ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15) + (a << 6) + (a >> 2))) *
                 UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 32;
    return x ? x : 1;
}

/* The hash of the texts that *names* stand for; 0 when one of them is missing. */
static uint64_t hash_texts(const WatchSieve *sieve, const Use *use, const RuleTexts *names,
                           const Json *values)
{
    const Correlation *correlation = sieve->sieved[use->correlation].rule->correlation;
    uint64_t hash = 1;
    for (uint32_t i = 0; i < names->count; i++) {
        const Json *value =
            json_member(values, correlation_path(correlation, names->list[i], use->place));
        if (!value)
            return 0;
        hash = mix(hash, hash_keyed64(sieve->secret, value->text.ptr, value->text.len));
    }
    return hash;
}

/* What a text adds to a sum at most: the engine reads numbers in more forms than are read here. */
static double number_of(const Json *value)
{
    char text[64], *end;
    if (!value || !value->text.len)
        return 0;
    if (value->text.len >= sizeof text)
        return INFINITY;
    memcpy(text, value->text.ptr, value->text.len);
    text[value->text.len] = 0;
    double number = strtod(text, &end);
    if (*end || isnan(number))
        return INFINITY;
    return number > 0 ? number : 0;
}

static void fill_hashes(const WatchSieve *sieve, const Use *use, const Json *values, UseHashes *ret)
{
    const Sieved *sieved = &sieve->sieved[use->correlation];
    const Correlation *correlation = sieved->rule->correlation;
    *ret = (UseHashes){0};
    if (sieved->kind == SIEVE_NONE)
        return;
    ret->group = hash_texts(sieve, use, &correlation->group_by, values);
    ret->value = hash_texts(sieve, use, &correlation->value_fields, values);
    if (sieved->kind == SIEVE_SUM)
        ret->number = number_of(json_member(
            values, correlation_path(correlation, correlation->value_fields.list[0], use->place)));
}

static struct WatchGroupHashes *make_hashes(const WatchSieve *sieve, uint32_t rule,
                                            const WatchGroup *group, Arena *arena, Error *err)
{
    uint32_t first = sieve->first[rule], count = sieve->first[rule + 1] - first;
    struct WatchGroupHashes *made =
        arena_alloc(arena, sizeof *made + count * sizeof *made->of, err);
    if (!made)
        return NULL;
    made->rule = rule;
    made->next = group->hashes;
    for (uint32_t i = 0; i < count; i++)
        fill_hashes(sieve, &sieve->uses[first + i], group->values, &made->of[i]);
    return made;
}

/* The hashes of a group for the uses of *rule*, worked out once. NULL with *err*. */
static const UseHashes *hashes_of(const WatchSieve *sieve, uint32_t rule, WatchGroup *group,
                                  Arena *arena, Error *err)
{
    struct WatchGroupHashes *at = group->hashes;
    while (at && at->rule != rule)
        at = at->next;
    if (!at) {
        at = make_hashes(sieve, rule, group, arena, err);
        if (!at)
            return NULL;
        group->hashes = at;
    }
    return at->of;
}

/* The place of a correlation's group and cell in a table of 2^bits. */
static size_t place_of(uint32_t correlation, uint64_t group, int64_t cell, unsigned bits)
{
    return mix(mix(group, correlation), (uint64_t)cell) >> (64 - bits);
}

/* ---- values ---- */

/* Whether this value is new in its group and cell; always, when too many are remembered. */
static bool is_new(WatchSieve *sieve, uint64_t hash, bool *ret, Error *err)
{
    *ret = true;
    return sieve->values.count >= VALUES_MAX || hash_set_add(&sieve->values, hash, ret, err);
}

/* ---- counting and asking ---- */

static int64_t cell_of(const Sieved *sieved, int64_t time_us)
{
    int64_t span = sieved->rule->correlation->timespan_us;
    int64_t cell = time_us / span;
    return cell - (time_us % span < 0);
}

static void count_one(uint32_t *counter)
{
    *counter += *counter < COUNTER_TOP;
}

static bool count_value(WatchSieve *sieve, const Use *use, const UseHashes *hashes, int64_t cell,
                        Error *err)
{
    bool fresh;
    uint64_t group = mix(hashes->group, use->correlation);
    if (!hashes->value)
        return true;
    if (!is_new(sieve, mix(mix(group, (uint64_t)cell), hashes->value), &fresh, err))
        return false;
    if (fresh)
        count_one(
            &sieve->counters[place_of(use->correlation, hashes->group, cell, sieve->counter_bits)]);
    return true;
}

/* A signal of an inner correlation is remembered until it is known where that one may be true. */
static bool note_inner(WatchSieve *sieve, const Use *use, const UseHashes *hashes, int64_t time_us,
                       Error *err)
{
    const InnerHit hit = {use->correlation, time_us, hashes->group};
    if (!sieve->sieved[use->correlation].is_inner || sieve->inner_full)
        return true;
    sieve->inner_full = sieve->inner_hits.len + sizeof hit > sieve->inner_hits.max;
    return sieve->inner_full || buf_append(&sieve->inner_hits, &hit, sizeof hit, err);
}

static bool note_use(WatchSieve *sieve, const Use *use, const UseHashes *hashes, int64_t time_us,
                     Error *err)
{
    const Sieved *sieved = &sieve->sieved[use->correlation];
    uint32_t correlation = use->correlation;
    if (sieved->kind == SIEVE_NONE || !hashes->group)
        return true;
    int64_t cell = cell_of(sieved, time_us);
    bool ok = true;
    if (sieved->kind == SIEVE_RULES)
        sieve->masks[place_of(correlation, hashes->group, cell, sieve->mask_bits)] |= UINT32_C(1)
                                                                                      << use->place;
    else if (sieved->kind == SIEVE_HITS)
        count_one(
            &sieve->counters[place_of(correlation, hashes->group, cell, sieve->counter_bits)]);
    else if (sieved->kind == SIEVE_SUM)
        sieve->sums[place_of(correlation, hashes->group, cell, sieve->sum_bits)] += hashes->number;
    else
        ok = count_value(sieve, use, hashes, cell, err);
    return ok && note_inner(sieve, use, hashes, time_us, err);
}

/* What two neighbouring cells hold together. */
static double sum_of(const WatchSieve *sieve, uint32_t correlation, uint64_t group, int64_t cell)
{
    const SieveKind kind = sieve->sieved[correlation].kind;
    unsigned bits = kind == SIEVE_RULES ? sieve->mask_bits
                    : kind == SIEVE_SUM ? sieve->sum_bits
                                        : sieve->counter_bits;
    size_t a = place_of(correlation, group, cell, bits);
    size_t b = place_of(correlation, group, cell + 1, bits);
    if (kind == SIEVE_RULES)
        return __builtin_popcount(sieve->masks[a] | sieve->masks[b]);
    return kind == SIEVE_SUM ? sieve->sums[a] + sieve->sums[b]
                             : (double)sieve->counters[a] + sieve->counters[b];
}

/* Whether a window that holds a signal of this group and time may make the correlation true. */
static bool may_be_true(const WatchSieve *sieve, uint32_t correlation, uint64_t group,
                        int64_t time_us)
{
    const Sieved *sieved = &sieve->sieved[correlation];
    int64_t cell = cell_of(sieved, time_us);
    /* Sums of the engine may round the other way. */
    double bound = sieved->kind == SIEVE_SUM ? sieved->bound * (1 - 1e-9) : sieved->bound;
    return sum_of(sieve, correlation, group, cell) >= bound ||
           sum_of(sieve, correlation, group, cell - 1) >= bound;
}

static bool keeps_use(const WatchSieve *sieve, const Use *use, const UseHashes *hashes,
                      int64_t time_us)
{
    const Sieved *sieved = &sieve->sieved[use->correlation];
    if (sieved->kind == SIEVE_NONE || (sieved->is_outer && sieve->inner_full))
        return true;
    return hashes->group && may_be_true(sieve, use->correlation, hashes->group, time_us);
}

/* A signal that is kept for a correlation, which becomes possible by it: at once, or when a window
 * of its group holds enough. */
static bool note_kept(WatchSieve *sieve, const Use *use, const UseHashes *hashes, int64_t time_us,
                      Error *err)
{
    Sieved *sieved = &sieve->sieved[use->correlation];
    Buf *hits = &sieve->kept_hits;
    WatchWindowHit hit = {use->correlation, hashes->group, hits->len + 1, time_us};
    if (sieved->kind == SIEVE_NONE || sieved->kind == SIEVE_SUM || sieved->is_outer) {
        sieved->possible = true;
        return true;
    }
    if (sieved->kind == SIEVE_RULES)
        hit.value = use->place + UINT64_C(1);
    else if (sieved->kind == SIEVE_VALUES)
        hit.value = hashes->value;
    if (sieve->kept_full || !hit.value)
        return true;
    sieve->kept_full = hits->len + sizeof hit > hits->max;
    return sieve->kept_full || buf_append(hits, &hit, sizeof hit, err);
}

/* Notes where an inner correlation may be true for one outer. */
static void note_outer(WatchSieve *sieve, const Sieved *outer, const InnerHit *hit)
{
    const Correlation *correlation = outer->rule->correlation;
    int64_t cell = cell_of(outer, hit->time_us);
    size_t at = place_of(outer->rule->index, hit->group, cell, sieve->mask_bits);
    for (uint32_t i = 0; i < correlation->rules.count; i++)
        if (correlation->resolved[i]->index == hit->correlation)
            sieve->masks[at] |= UINT32_C(1) << i;
}

void watch_sieve_settle(WatchSieve *sieve)
{
    const InnerHit *hits = (const InnerHit *)(const void *)sieve->inner_hits.ptr;
    size_t count = sieve->inner_hits.len / sizeof *hits;
    for (size_t r = 0; r < ruleset_count(sieve->set); r++) {
        const Sieved *outer = &sieve->sieved[r];
        if (!outer->rule || !outer->is_outer || outer->kind == SIEVE_NONE)
            continue;
        for (size_t i = 0; i < count; i++)
            if (may_be_true(sieve, hits[i].correlation, hits[i].group, hits[i].time_us))
                note_outer(sieve, outer, &hits[i]);
    }
}

bool watch_sieve_note(WatchSieve *sieve, const WatchSignal *signal, Arena *arena, Error *err)
{
    const UseHashes *hashes = hashes_of(sieve, signal->rule, signal->group, arena, err);
    uint32_t end = sieve->first[signal->rule + 1];
    bool ok = hashes != NULL;
    for (uint32_t i = sieve->first[signal->rule]; ok && i < end; i++, hashes++)
        ok = note_use(sieve, &sieve->uses[i], hashes, signal->time_us, err);
    return ok;
}

bool watch_sieve_keeps(WatchSieve *sieve, const WatchSignal *signal, Arena *arena, bool *ret,
                       Error *err)
{
    const UseHashes *hashes = hashes_of(sieve, signal->rule, signal->group, arena, err);
    uint32_t end = sieve->first[signal->rule + 1];
    *ret = false;
    if (!hashes)
        return false;
    for (uint32_t i = sieve->first[signal->rule]; i < end; i++, hashes++) {
        const Use *use = &sieve->uses[i];
        if (!keeps_use(sieve, use, hashes, signal->time_us))
            continue;
        *ret = true;
        if (!note_kept(sieve, use, hashes, signal->time_us, err))
            return false;
    }
    return true;
}

bool watch_sieve_conclude(WatchSieve *sieve, Error *err)
{
    WatchWindowHit *hits = (WatchWindowHit *)(void *)sieve->kept_hits.ptr;
    size_t count = sieve->kept_hits.len / sizeof *hits;
    watch_window_sort(hits, count);
    for (size_t at = 0, end; at < count; at = end) {
        Sieved *sieved = &sieve->sieved[hits[at].correlation];
        end = at + 1;
        while (end < count && hits[end].correlation == hits[at].correlation)
            end++;
        if (!watch_window_reaches(hits + at, end - at, sieved->rule->correlation->timespan_us,
                                  sieved->bound, &sieved->possible, err))
            return false;
    }
    return true;
}

bool watch_sieve_possible(const WatchSieve *sieve, uint32_t correlation)
{
    const Sieved *sieved = &sieve->sieved[correlation];
    return sieved->possible || (sieve->kept_full && sieved->rule);
}
