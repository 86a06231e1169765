#include "watch/watch_sieve.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "watch/watch_state.h"

enum {
    COUNTER_BITS = 22,       /* 16 MiB of counters */
    MASK_BITS = 20,          /* 4 MiB of sets of rules */
    VALUES_MAX = 4 << 20,    /* different values that are remembered; more count each time */
    VALUES_MIN = 1 << 12,    /* slots, a power of two */
    MASK_RULES_MAX = 32,     /* rules of a temporal correlation that is sieved */
    COUNTER_TOP = INT32_MAX, /* counters stay there */
    UNCOUNTED_BOUND_MAX = 1 << 30
};

typedef enum { SIEVE_NONE, SIEVE_HITS, SIEVE_VALUES, SIEVE_RULES } SieveKind;

/* A correlation: how it is sieved. */
typedef struct Sieved {
    const Rule *rule;
    SieveKind kind;
    uint32_t bound; /* hits, values or rules that a window needs */
    bool possible;
} Sieved;

/* A place of a detection in a correlation. */
typedef struct Use {
    uint32_t correlation; /* index in the set */
    uint32_t place;       /* in its list of rules */
} Use;

/* Of a group, for the uses of one rule. */
struct WatchGroupHashes {
    uint32_t rule;
    struct WatchGroupHashes *next;
    uint64_t of[]; /* two for each use: group, value; 0: it has none */
};

struct WatchSieve {
    const RuleSet *set;
    Sieved *sieved;  /* by index of the rule */
    uint32_t *first; /* by index of the rule: where its uses begin, and one behind the last */
    Use *uses;       /* by rule */
    uint32_t *counters;
    uint32_t *masks;
    uint64_t *values; /* hashes of what was met; 0: free */
    size_t value_slots, value_count;
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
    mem_free(sieve->values);
    mem_free(sieve);
}

/* The least number that satisfies the bounds' lower ends; 0 when they have none. */
static uint32_t lower_bound(const Correlation *correlation)
{
    double most = 0;
    for (uint32_t i = 0; i < correlation->bound_count; i++) {
        const CorrelationBound *bound = &correlation->bounds[i];
        double least = bound->op == BOUND_GT    ? floor(bound->number) + 1
                       : bound->op == BOUND_GTE ? ceil(bound->number)
                       : bound->op == BOUND_EQ  ? ceil(bound->number)
                                                : 0;
        most = least > most ? least : most;
    }
    return most < UNCOUNTED_BOUND_MAX ? (uint32_t)most : UNCOUNTED_BOUND_MAX;
}

static bool is_of_detections(const Correlation *correlation)
{
    bool plain = true;
    for (uint32_t i = 0; plain && i < correlation->rules.count; i++)
        plain = correlation->resolved[i]->kind == RULE_DETECTION;
    return plain;
}

static void choose(const Rule *rule, Sieved *ret)
{
    const Correlation *correlation = rule->correlation;
    uint32_t rules = correlation->rules.count;
    bool ordered = correlation->type == CORRELATION_TEMPORAL_ORDERED;
    *ret = (Sieved){.rule = rule};
    if (!is_of_detections(correlation) || correlation->condition || correlation->timespan_us <= 0)
        return;
    ret->bound = lower_bound(correlation);
    if (correlation->type == CORRELATION_EVENT_COUNT && ret->bound)
        ret->kind = SIEVE_HITS;
    else if (correlation->type == CORRELATION_VALUE_COUNT && ret->bound)
        ret->kind = SIEVE_VALUES;
    else if ((ordered || correlation->type == CORRELATION_TEMPORAL) && rules <= MASK_RULES_MAX)
        ret->kind = ret->bound ? SIEVE_RULES : SIEVE_NONE;
}

/* Counts the uses of each detection below *rule*, or writes them at *at* of each. */
static void visit_uses(const Rule *rule, uint32_t correlation, uint32_t *at, Use *uses)
{
    for (uint32_t i = 0; i < rule->correlation->rules.count; i++) {
        const Rule *part = rule->correlation->resolved[i];
        if (part->kind == RULE_CORRELATION)
            visit_uses(part, correlation, at, uses);
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
            visit_uses(sieve->sieved[i].rule, (uint32_t)i, sieve->first, NULL);
    for (size_t i = 0; i < count; i++)
        sieve->first[i + 1] += sieve->first[i];
    sieve->uses = mem_calloc(sieve->first[count] + (size_t)1, sizeof *sieve->uses, err);
    MEM_AUTO uint32_t *at = mem_calloc(count + 1, sizeof *at, err);
    if (!sieve->uses || !at)
        return false;
    memcpy(at, sieve->first, count * sizeof *at);
    for (size_t i = 0; i < count; i++)
        if (sieve->sieved[i].rule)
            visit_uses(sieve->sieved[i].rule, (uint32_t)i, at, sieve->uses);
    return true;
}

static bool make_tables(WatchSieve *sieve, size_t count, Error *err)
{
    sieve->value_slots = VALUES_MIN;
    return (sieve->sieved = mem_calloc(count + 1, sizeof *sieve->sieved, err)) != NULL &&
           (sieve->first = mem_calloc(count + 2, sizeof *sieve->first, err)) != NULL &&
           (sieve->counters = mem_calloc((size_t)1 << COUNTER_BITS, sizeof(uint32_t), err)) !=
               NULL &&
           (sieve->masks = mem_calloc((size_t)1 << MASK_BITS, sizeof(uint32_t), err)) != NULL &&
           (sieve->values = mem_calloc(VALUES_MIN, sizeof(uint64_t), err)) != NULL &&
           hash_random(sieve->secret, sizeof sieve->secret, err);
}

WatchSieve *watch_sieve_new(const RuleSet *set, const bool *watched, Error *err)
{
    size_t count = ruleset_count(set);
    WatchSieve *sieve = mem_calloc(1, sizeof *sieve, err);
    if (!sieve)
        return NULL;
    sieve->set = set;
    bool ok = make_tables(sieve, count, err);
    for (size_t i = 0; ok && i < count; i++)
        if (watched[i])
            choose(ruleset_rule(set, i), &sieve->sieved[i]);
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

static struct WatchGroupHashes *make_hashes(const WatchSieve *sieve, uint32_t rule,
                                            const WatchGroup *group, Arena *arena, Error *err)
{
    uint32_t first = sieve->first[rule], count = sieve->first[rule + 1] - first;
    struct WatchGroupHashes *made =
        arena_alloc(arena, sizeof *made + 2 * (size_t)count * sizeof *made->of, err);
    if (!made)
        return NULL;
    made->rule = rule;
    made->next = group->hashes;
    for (uint32_t i = 0; i < count; i++) {
        const Use *use = &sieve->uses[first + i];
        const Correlation *correlation = sieve->sieved[use->correlation].rule->correlation;
        made->of[2 * i] = made->of[2 * i + 1] = 0;
        if (sieve->sieved[use->correlation].kind == SIEVE_NONE)
            continue;
        uint64_t hash = hash_texts(sieve, use, &correlation->group_by, group->values);
        made->of[2 * i] = hash ? mix(hash, use->correlation) : 0;
        made->of[2 * i + 1] = hash_texts(sieve, use, &correlation->value_fields, group->values);
    }
    return made;
}

/* The hashes of a group for the uses of *rule*, worked out once. NULL with *err*. */
static const uint64_t *hashes_of(const WatchSieve *sieve, uint32_t rule, WatchGroup *group,
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

static size_t counter_of(uint64_t group, int64_t cell)
{
    return mix(group, (uint64_t)cell) >> (64 - COUNTER_BITS);
}

static size_t mask_of(uint64_t group, int64_t cell)
{
    return mix(group, (uint64_t)cell) >> (64 - MASK_BITS);
}

/* ---- values ---- */

static size_t slot_of(const uint64_t *slots, size_t count, uint64_t hash)
{
    size_t at = hash & (count - 1);
    while (slots[at] && slots[at] != hash)
        at = (at + 1) & (count - 1);
    return at;
}

static bool grow_values(WatchSieve *sieve, Error *err)
{
    size_t count = sieve->value_slots * 2;
    uint64_t *slots = mem_calloc(count, sizeof *slots, err);
    if (!slots)
        return false;
    for (size_t i = 0; i < sieve->value_slots; i++)
        if (sieve->values[i])
            slots[slot_of(slots, count, sieve->values[i])] = sieve->values[i];
    mem_free(sieve->values);
    sieve->values = slots;
    sieve->value_slots = count;
    return true;
}

/* Whether this value is new in its group and cell; always, when too many are remembered. */
static bool is_new(WatchSieve *sieve, uint64_t hash, bool *ret, Error *err)
{
    *ret = true;
    if (sieve->value_count == VALUES_MAX)
        return true;
    if (sieve->value_count * 4 >= sieve->value_slots * 3 && !grow_values(sieve, err))
        return false;
    size_t at = slot_of(sieve->values, sieve->value_slots, hash);
    *ret = !sieve->values[at];
    sieve->value_count += *ret;
    sieve->values[at] = hash;
    return true;
}

/* ---- counting and asking ---- */

static int64_t cell_of(const Sieved *sieved, int64_t time_us)
{
    int64_t span = sieved->rule->correlation->timespan_us;
    int64_t cell = time_us / span;
    return cell - (time_us % span < 0);
}

static void count_one(WatchSieve *sieve, uint64_t group, int64_t cell)
{
    uint32_t *counter = &sieve->counters[counter_of(group, cell)];
    *counter += *counter < COUNTER_TOP;
}

static bool note_use(WatchSieve *sieve, const Use *use, const uint64_t *hashes, int64_t time_us,
                     Error *err)
{
    const Sieved *sieved = &sieve->sieved[use->correlation];
    bool fresh = true;
    if (sieved->kind == SIEVE_NONE || !hashes[0])
        return true;
    int64_t cell = cell_of(sieved, time_us);
    if (sieved->kind == SIEVE_RULES)
        sieve->masks[mask_of(hashes[0], cell)] |= UINT32_C(1) << use->place;
    else if (sieved->kind == SIEVE_HITS)
        count_one(sieve, hashes[0], cell);
    else if (hashes[1]) {
        uint64_t hash = mix(mix(hashes[0], (uint64_t)cell), hashes[1]);
        if (!is_new(sieve, hash, &fresh, err))
            return false;
        if (fresh)
            count_one(sieve, hashes[0], cell);
    }
    return true;
}

/* What two neighbouring cells hold together. */
static uint32_t sum_of(const WatchSieve *sieve, const Sieved *sieved, uint64_t group, int64_t cell)
{
    if (sieved->kind == SIEVE_RULES)
        return (uint32_t)__builtin_popcount(sieve->masks[mask_of(group, cell)] |
                                            sieve->masks[mask_of(group, cell + 1)]);
    return sieve->counters[counter_of(group, cell)] + sieve->counters[counter_of(group, cell + 1)];
}

static bool keeps_use(const WatchSieve *sieve, const Use *use, const uint64_t *hashes,
                      int64_t time_us)
{
    const Sieved *sieved = &sieve->sieved[use->correlation];
    if (sieved->kind == SIEVE_NONE)
        return true;
    if (!hashes[0])
        return false;
    int64_t cell = cell_of(sieved, time_us);
    return sum_of(sieve, sieved, hashes[0], cell) >= sieved->bound ||
           sum_of(sieve, sieved, hashes[0], cell - 1) >= sieved->bound;
}

bool watch_sieve_note(WatchSieve *sieve, uint32_t rule, int64_t time_us, WatchGroup *group,
                      Arena *arena, Error *err)
{
    const uint64_t *hashes = hashes_of(sieve, rule, group, arena, err);
    bool ok = hashes != NULL;
    for (uint32_t i = sieve->first[rule]; ok && i < sieve->first[rule + 1]; i++, hashes += 2)
        ok = note_use(sieve, &sieve->uses[i], hashes, time_us, err);
    return ok;
}

bool watch_sieve_keeps(WatchSieve *sieve, uint32_t rule, int64_t time_us, WatchGroup *group,
                       Arena *arena, bool *ret, Error *err)
{
    const uint64_t *hashes = hashes_of(sieve, rule, group, arena, err);
    *ret = false;
    if (!hashes)
        return false;
    for (uint32_t i = sieve->first[rule]; i < sieve->first[rule + 1]; i++, hashes += 2) {
        const Use *use = &sieve->uses[i];
        if (!keeps_use(sieve, use, hashes, time_us))
            continue;
        sieve->sieved[use->correlation].possible = true;
        *ret = true;
    }
    return true;
}

bool watch_sieve_possible(const WatchSieve *sieve, uint32_t correlation)
{
    return sieve->sieved[correlation].possible;
}
