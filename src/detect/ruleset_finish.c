/* What ties the rules of a set together: names, correlations, filters ("sigma", sections 10, 11.8
 * and 14). */
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "detect/correlation_paths.h"
#include "detect/ruleset_state.h"
#include "detect/sigma_parts.h"

enum { DEPTH_MAX = 10, ID_BYTES = 32 };

/* A set being finished. */
typedef struct Finish {
    RuleSet *set;
    Error *err;
    uint32_t *table; /* of names and ids: index of the rule + 1, open addressing */
    uint32_t mask;
} Finish;

static Rule *rule_at(const RuleSet *set, size_t index)
{
    Rule *rule;
    memcpy(&rule, set->rules.ptr + index * sizeof rule, sizeof rule);
    return rule;
}

static RuleReading reading_of(Finish *in, const Rule *rule)
{
    return (RuleReading){.set = in->set,
                         .arena = in->set->arena,
                         .file = rule->file,
                         .title = rule->title,
                         .line = rule->line,
                         .err = in->err};
}

/* Takes the rules out that *drop* marks. */
static void remove_rules(RuleSet *set, const bool *drop)
{
    size_t kept = 0, count = ruleset_count(set);
    for (size_t i = 0; i < count; i++) {
        Rule *rule = rule_at(set, i);
        if (drop[i])
            continue;
        rule->index = (uint32_t)kept;
        memcpy(set->rules.ptr + kept++ * sizeof rule, &rule, sizeof rule);
    }
    set->rules.len = kept * sizeof(Rule *);
}

/* A UUID without hyphens, in lower case; false when *text* is none. */
static bool plain_id(Str text, char ret[ID_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        c = c >= 'A' && c <= 'F' ? (char)(c + 32) : c;
        if (c == '-')
            continue;
        if (len == ID_BYTES || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        ret[len++] = c;
    }
    return len == ID_BYTES;
}

static bool is_called(const Rule *rule, Str name)
{
    char own[ID_BYTES], other[ID_BYTES];
    if (plain_id(name, other))
        return rule->id.len && plain_id(rule->id, own) && memcmp(own, other, ID_BYTES) == 0;
    return name.len && str_equal(rule->name, name);
}

static uint64_t hash_of(Str name)
{
    char id[ID_BYTES];
    return plain_id(name, id) ? hash_fast64(id, ID_BYTES) : hash_fast64(name.ptr, name.len);
}

static Rule *find(const Finish *in, Str name)
{
    for (uint32_t at = (uint32_t)hash_of(name) & in->mask; in->table[at]; at = (at + 1) & in->mask)
        if (is_called(rule_at(in->set, in->table[at] - 1), name))
            return rule_at(in->set, in->table[at] - 1);
    return NULL;
}

static Rule *find_titled(const Finish *in, Str title)
{
    for (size_t i = 0; in->set->options.titles && i < ruleset_count(in->set); i++)
        if (str_equal(rule_at(in->set, i)->title, title))
            return rule_at(in->set, i);
    return NULL;
}

static void put(Finish *in, Str name, size_t index)
{
    uint32_t at = (uint32_t)hash_of(name) & in->mask;
    while (in->table[at])
        at = (at + 1) & in->mask;
    in->table[at] = (uint32_t)index + 1;
}

static bool is_taken(Finish *in, const Rule *rule, Str name, const char *what)
{
    const Rule *other = name.len ? find(in, name) : NULL;
    if (!other)
        return false;
    RuleReading reading = reading_of(in, rule);
    ruleset_reject(&reading, NULL, "R25", "the %s '%.*s' is taken by %.*s:%u", what,
                   STR_ARG(str_slice(name, 0, 80)), STR_ARG(str_slice(other->file, 0, 200)),
                   other->line);
    return true;
}

/* Fills the table of names; who comes second with one is rejected. */
static bool index_names(Finish *in, bool *drop)
{
    size_t count = ruleset_count(in->set), slots = 16;
    while (slots < 4 * count)
        slots *= 2;
    in->table = mem_calloc(slots, sizeof *in->table, in->err);
    if (!in->table)
        return false;
    in->mask = (uint32_t)slots - 1;
    for (size_t i = 0; i < count; i++) {
        const Rule *rule = rule_at(in->set, i);
        drop[i] = is_taken(in, rule, rule->id, "id") || is_taken(in, rule, rule->name, "name");
        if (!drop[i] && rule->id.len)
            put(in, rule->id, i);
        if (!drop[i] && rule->name.len)
            put(in, rule->name, i);
    }
    return true;
}

/* The rules of a correlation; false when one is not there. */
static bool resolve(Finish *in, Rule *rule)
{
    Correlation *correlation = rule->correlation;
    RuleReading reading = reading_of(in, rule);
    bool ok = true;
    correlation->resolved = arena_calloc(in->set->arena, correlation->rules.count + 1,
                                         sizeof *correlation->resolved, in->err);
    for (uint32_t i = 0; correlation->resolved && i < correlation->rules.count; i++) {
        Str name = correlation->rules.list[i];
        Rule *found = find(in, name);
        if (!found && (found = find_titled(in, name)))
            ruleset_warn(&reading, NULL, "'%.*s' is a rule's title; use its name or id",
                         STR_ARG(str_slice(name, 0, 80)));
        if (!found || found->kind == RULE_FILTER)
            ok = ruleset_reject(&reading, NULL, "R27", "there is no rule '%.*s' to correlate",
                                STR_ARG(str_slice(name, 0, 80)));
        else
            correlation->resolved[i] = found;
    }
    return ok && correlation->resolved;
}

static const Correlation *correlation_at(const Finish *in, size_t index, const bool *drop)
{
    const Rule *rule = rule_at(in->set, index);
    return !drop[index] && rule->kind == RULE_CORRELATION ? rule->correlation : NULL;
}

/* One round of counting how many correlations stand upon each other; true when a count grew. */
static bool count_depths(const Finish *in, const bool *drop, uint8_t *depths)
{
    bool grew = false;
    for (size_t i = 0; i < ruleset_count(in->set); i++) {
        const Correlation *outer = correlation_at(in, i, drop);
        for (uint32_t r = 0; outer && r < outer->rules.count; r++) {
            uint8_t inner = depths[outer->resolved[r]->index];
            if (depths[i] < inner + 1) {
                depths[i] = (uint8_t)(inner + 1);
                grew = true;
            }
        }
    }
    return grew;
}

static bool names_dropped(const Correlation *correlation, const bool *drop)
{
    for (uint32_t i = 0; i < correlation->rules.count; i++)
        if (drop[correlation->resolved[i]->index])
            return true;
    return false;
}

static void drop_correlation(Finish *in, size_t index, bool *drop, const char *why)
{
    RuleReading reading = reading_of(in, rule_at(in->set, index));
    ruleset_reject(&reading, NULL, "R27", "%s", why);
    drop[index] = true;
}

/* Correlations in a ring are as deep as one looks. */
static bool drop_rings(Finish *in, bool *drop)
{
    size_t count = ruleset_count(in->set);
    uint8_t *depths = mem_calloc(count + 1, 1, in->err);
    for (int round = 0; depths && round <= DEPTH_MAX && count_depths(in, drop, depths); round++)
        ;
    for (size_t i = 0; depths && i < count; i++)
        if (depths[i] > DEPTH_MAX)
            drop_correlation(in, i, drop,
                             "correlations in a ring, or more than 10 upon each other");
    mem_free(depths);
    return depths != NULL;
}

/* Correlations beyond the fields that signals can carry, in the order of the set. */
static bool drop_wide(Finish *in, bool *drop)
{
    BUF_AUTO Buf paths = correlation_paths_list();
    bool ok = true;
    for (size_t i = 0; ok && i < ruleset_count(in->set); i++) {
        const Correlation *correlation = correlation_at(in, i, drop);
        bool fits = true;
        ok = !correlation || correlation_paths_add(&paths, correlation, &fits, in->err);
        if (ok && !fits)
            drop_correlation(in, i, drop,
                             "with it correlations would look at more than 256 fields");
    }
    return ok;
}

/* Correlations whose rules are there, that stand in no ring, and on no rejected one. */
static bool check_correlations(Finish *in, bool *drop)
{
    size_t count = ruleset_count(in->set);
    for (size_t i = 0; i < count; i++)
        if (!drop[i] && rule_at(in->set, i)->kind == RULE_CORRELATION)
            drop[i] = !resolve(in, rule_at(in->set, i));
    if (!drop_rings(in, drop) || !drop_wide(in, drop))
        return false;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < count; i++) {
            const Correlation *correlation = correlation_at(in, i, drop);
            if (correlation && names_dropped(correlation, drop)) {
                drop_correlation(in, i, drop, "it correlates a rule that was rejected");
                again = true;
            }
        }
    }
    return true;
}

/* Notes which rules are correlated; without `generate` they tell nothing by themselves, and neither
 * do retired ones. */
static void silence(Finish *in, const bool *drop)
{
    for (size_t i = 0; !in->set->options.retired && i < ruleset_count(in->set); i++)
        rule_at(in->set, i)->silent |= rule_is_retired(rule_at(in->set, i));
    for (size_t i = 0; i < ruleset_count(in->set); i++) {
        const Correlation *correlation = correlation_at(in, i, drop);
        for (uint32_t r = 0; correlation && r < correlation->rules.count; r++) {
            correlation->resolved[r]->correlated = true;
            correlation->resolved[r]->silent |= !correlation->generate;
        }
    }
}

static bool is_listed(const Filter *filter, const Rule *rule)
{
    for (uint32_t i = 0; i < filter->rules.count; i++)
        if (is_called(rule, filter->rules.list[i]))
            return true;
    return filter->rules.count == 0;
}

/* Joins a detection with the conditions of the filters that are for it: all at one level, however
 * many they are. */
static bool add_conditions(Finish *in, Rule *rule, const Buf *filters)
{
    Arena *arena = in->set->arena;
    ExprList list = {0};
    bool ok = expr_add(&list, rule->expr, arena, in->err);
    for (size_t at = 0; ok && at < filters->len; at += sizeof(Rule *)) {
        const Rule *filter;
        memcpy(&filter, filters->ptr + at, sizeof filter);
        if (rule_covers(&filter->source, &rule->source) && is_listed(filter->filter, rule))
            ok = expr_add(&list, filter->filter->expr, arena, in->err);
    }
    rule->expr = ok ? expr_join(EXPR_AND, &list, arena, in->err) : NULL;
    return rule->expr != NULL;
}

static void tell_strays(Finish *in, const Rule *filter)
{
    RuleReading reading = reading_of(in, filter);
    for (uint32_t i = 0; i < filter->filter->rules.count; i++)
        if (!find(in, filter->filter->rules.list[i]))
            ruleset_warn(&reading, NULL, "there is no rule '%.*s' to filter",
                         STR_ARG(str_slice(filter->filter->rules.list[i], 0, 80)));
}

static bool apply_filters(Finish *in, const bool *drop)
{
    BUF_AUTO Buf filters = buf_init(in->set->rules.len);
    size_t count = ruleset_count(in->set);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const Rule *filter = rule_at(in->set, i);
        if (drop[i] || filter->kind != RULE_FILTER)
            continue;
        tell_strays(in, filter);
        ok = buf_append(&filters, &filter, sizeof filter, in->err);
    }
    for (size_t i = 0; ok && filters.len && i < count; i++)
        if (rule_at(in->set, i)->kind == RULE_DETECTION)
            ok = add_conditions(in, rule_at(in->set, i), &filters);
    return ok;
}

static void number_items(RuleSet *set)
{
    uint32_t next = 1;
    for (size_t i = 0; i < ruleset_count(set); i++)
        if (ruleset_rule(set, i)->kind == RULE_DETECTION)
            expr_number(ruleset_rule(set, i)->expr, &next);
    set->items = next;
}

bool ruleset_finish(RuleSet *set, Error *err)
{
    Finish in = {.set = set, .err = err};
    bool *drop = mem_calloc(ruleset_count(set) + 1, sizeof *drop, err);
    bool ok = drop && index_names(&in, drop);
    ok = ok && check_correlations(&in, drop) && err->kind == ERROR_NONE;
    if (ok) {
        silence(&in, drop);
        ok = apply_filters(&in, drop);
        remove_rules(set, drop);
        number_items(set);
    }
    mem_free(in.table);
    mem_free(drop);
    return ok;
}

uint32_t ruleset_items(const RuleSet *set)
{
    return set->items;
}
