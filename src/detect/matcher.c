#include "detect/matcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/guard.h"

enum { LIST_BYTES_MAX = 1 << 26 };

/* Guards in the order they are tried on a rule: the first that can refute it has it. */
static const struct {
    Slot slots[GUARD_SLOTS_MAX];
    unsigned count;
} GUARDS[] = {
    {{S_EVENT_SOURCE, S_EVENT_NAME}, 2},
    {{S_ERROR_CODE}, 1},
    {{S_USER_AGENT}, 1},
    {{S_EVENT_TYPE}, 1},
    {{S_USER_IDENTITY}, 1},
    {{S_SOURCE_IP_ADDRESS}, 1},
    {{S_AWS_REGION}, 1},
    {{S_ERROR_MESSAGE}, 1},
    {{S_EVENT_CATEGORY}, 1},
    {{S_RECIPIENT_ACCOUNT_ID}, 1},
    {{S_VPC_ENDPOINT_ID}, 1},
    {{S_ADDITIONAL_DATA}, 1},
    {{S_TLS_DETAILS}, 1},
};

enum { GUARD_COUNT = sizeof GUARDS / sizeof *GUARDS };

struct Matcher {
    const RuleSet *set;
    Guard *guards[GUARD_COUNT]; /* those without rules are NULL */
    Buf open;                   /* const Rule * each: tried on every record */
    Buf hits;                   /* const Rule * each: of the last run */
    Document *document;
};

/* The guard that can refute *rule*; it is made when it gets its first rule. */
static bool place(Matcher *matcher, const Rule *rule, Error *err)
{
    for (int i = 0; i < GUARD_COUNT; i++) {
        uint64_t mask = 0;
        for (unsigned s = 0; s < GUARDS[i].count; s++)
            mask |= SLOT_BIT(GUARDS[i].slots[s]);
        if (expr_refuted(rule->expr, mask) != TRUTH_FALSE)
            continue;
        if (!matcher->guards[i])
            matcher->guards[i] = guard_new(GUARDS[i].slots, GUARDS[i].count, err);
        return matcher->guards[i] && guard_add(matcher->guards[i], rule, err);
    }
    return buf_append(&matcher->open, &rule, sizeof(const Rule *), err);
}

Matcher *matcher_new(const RuleSet *set, RuleLevel level_min, Error *err)
{
    Matcher *matcher = mem_calloc(1, sizeof *matcher, err);
    if (!matcher)
        return NULL;
    matcher->set = set;
    matcher->open = matcher->hits = buf_init(LIST_BYTES_MAX);
    matcher->document = document_new(err);
    bool ok = matcher->document != NULL;
    for (size_t i = 0; ok && i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        bool wanted = rule->level >= level_min || rule->silent;
        if (rule->kind == RULE_DETECTION && rule->applies && wanted)
            ok = place(matcher, rule, err);
    }
    if (ok)
        return matcher;
    matcher_free(matcher);
    return NULL;
}

void matcher_free(Matcher *matcher)
{
    if (!matcher)
        return;
    for (int i = 0; i < GUARD_COUNT; i++)
        guard_free(matcher->guards[i]);
    buf_free(&matcher->open);
    buf_free(&matcher->hits);
    document_free(matcher->document);
    mem_free(matcher);
}

void matcher_forget(Matcher *matcher)
{
    for (int i = 0; i < GUARD_COUNT; i++)
        if (matcher->guards[i])
            guard_forget(matcher->guards[i]);
}

static bool try_rules(Matcher *matcher, const Rule *const *rules, size_t count, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        if (expr_holds(rules[i]->expr, matcher->document))
            ok = buf_append(&matcher->hits, &rules[i], sizeof(const Rule *), err);
    return ok;
}

static bool try_list(Matcher *matcher, const Buf *list, Error *err)
{
    return try_rules(matcher, (const Rule *const *)(void *)list->ptr,
                     list->len / sizeof(const Rule *), err);
}

static bool try_entry(Matcher *matcher, const GuardEntry *entry, Error *err)
{
    return buf_append(&matcher->hits, entry->rules, entry->certain * sizeof(const Rule *), err) &&
           try_rules(matcher, entry->rules + entry->certain, entry->count - entry->certain, err);
}

/* *touched*: members whose text says less than the event; their guards refute nothing. */
static bool try_guarded(Matcher *matcher, const RecordView *view, uint64_t touched, Error *err)
{
    for (int i = 0; i < GUARD_COUNT; i++) {
        const GuardEntry *entry;
        if (!matcher->guards[i])
            continue;
        if (touched & guard_slots(matcher->guards[i])) {
            guard_forget(matcher->guards[i]);
            if (!try_list(matcher, guard_rules(matcher->guards[i]), err))
                return false;
            continue;
        }
        entry = guard_look(matcher->guards[i], view, matcher->document, err);
        if (!entry || (entry->count && !try_entry(matcher, entry, err)))
            return false;
    }
    return try_list(matcher, &matcher->open, err);
}

static int compare(const void *a, const void *b)
{
    const Rule *left = *(const Rule *const *)a, *right = *(const Rule *const *)b;
    return (left->index > right->index) - (left->index < right->index);
}

bool matcher_run(Matcher *matcher, const RecordView *view, const Rule *const **ret_rules,
                 size_t *ret_count, Error *err)
{
    matcher->hits.len = 0;
    document_set_view(matcher->document, view);
    uint64_t touched = view->extra.len ? document_touched(matcher->document) : 0;
    if (!try_guarded(matcher, view, touched, err))
        return false;
    *ret_count = matcher->hits.len / sizeof(const Rule *);
    if (*ret_count > 1)
        qsort(matcher->hits.ptr, *ret_count, sizeof(const Rule *), compare);
    *ret_rules = (const Rule *const *)(void *)matcher->hits.ptr;
    return true;
}

Document *matcher_document(Matcher *matcher)
{
    return matcher->document;
}

MatcherShape matcher_shape(const Matcher *matcher)
{
    MatcherShape shape = {.open = matcher->open.len / sizeof(const Rule *)};
    for (int i = 0; i < GUARD_COUNT; i++)
        if (matcher->guards[i])
            *(i == 0 ? &shape.named : &shape.guarded) += guard_count(matcher->guards[i]);
    shape.rules = shape.named + shape.guarded + shape.open;
    return shape;
}
