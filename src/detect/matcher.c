#include "detect/matcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/guard.h"
#include "detect/required.h"

enum { LIST_BYTES_MAX = 1 << 26 };

/* Guards in the order they are tried on a rule: the first that can refute it has it. */
static const struct {
    Slot slots[GUARD_SLOTS_MAX];
    unsigned count;
} GUARDS[] = {
    {{S_EVENT_SOURCE, S_EVENT_NAME, S_READ_ONLY, S_EVENT_TYPE}, 4},
    {{S_ERROR_CODE}, 1},
    {{S_USER_AGENT}, 1},
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

enum { GUARD_COUNT = sizeof GUARDS / sizeof *GUARDS, VETOES_MAX = 3 };

/* The guard of a rule, GUARD_COUNT if none, and those that can refute it besides. */
typedef struct Vetoes {
    uint8_t own;
    uint8_t guards[VETOES_MAX];
    uint8_t count;
    uint32_t numbers[VETOES_MAX]; /* of the rule, in the guard */
} Vetoes;

/* The guard that keeps the answers of an item, GUARD_COUNT if none does, and its number there. */
typedef struct ItemPlace {
    uint32_t guard, number;
} ItemPlace;

struct Matcher {
    const RuleSet *set;
    Guard *guards[GUARD_COUNT]; /* those without rules are NULL */
    Buf open;                   /* const Rule * each: tried on every record */
    Buf hits;                   /* const Rule * each: of the last run */
    Document *document;
    Vetoes *vetoes;   /* by index of the rule */
    ItemPlace *items; /* by number of the item */
    /* Of the record under way. */
    const RecordView *view;
    bool skipped;     /* the record before was left out */
    uint64_t number;  /* counts records; leaps where one was left out */
    uint64_t touched; /* members whose text says less than the event */
    const GuardList *looked[GUARD_COUNT];
    Error ignored; /* a guard that cannot be asked has no veto and no answer */
};

static uint64_t mask_of(int guard)
{
    uint64_t mask = 0;
    for (unsigned s = 0; s < GUARDS[guard].count; s++)
        mask |= SLOT_BIT(GUARDS[guard].slots[s]);
    return mask;
}

static bool is_refuted_by(const Rule *rule, int guard)
{
    return expr_refuted(rule->expr, mask_of(guard)) == TRUTH_FALSE;
}

static bool requires_call(const Rule *rule, Error *err)
{
    BUF_AUTO Buf names = buf_init(LIST_BYTES_MAX);
    return required_names(rule->expr, S_EVENT_NAME, &names, err) ||
           required_names(rule->expr, S_EVENT_SOURCE, &names, err);
}

/* The guard that a rule gets: the one of calls if the rule names some, else the first other one
 * that can refute it, else that of calls; GUARD_COUNT when none can. */
static int choose_guard(const Rule *rule, Error *err)
{
    int guard = 1;
    if (is_refuted_by(rule, 0) && requires_call(rule, err))
        return 0;
    while (guard < GUARD_COUNT && !is_refuted_by(rule, guard))
        guard++;
    return guard < GUARD_COUNT || !is_refuted_by(rule, 0) ? guard : 0;
}

static Guard *guard_at(Matcher *matcher, int guard, Error *err)
{
    if (!matcher->guards[guard])
        matcher->guards[guard] = guard_new(GUARDS[guard].slots, GUARDS[guard].count, err);
    return matcher->guards[guard];
}

/* Gives *rule* to its guard, and notes which others can refute it. */
static bool place(Matcher *matcher, const Rule *rule, Error *err)
{
    Vetoes *vetoes = &matcher->vetoes[rule->index];
    int own = choose_guard(rule, err);
    vetoes->own = (uint8_t)own;
    if (own == GUARD_COUNT)
        return buf_append(&matcher->open, &rule, sizeof(const Rule *), err);
    for (int i = 0; i < GUARD_COUNT && vetoes->count < VETOES_MAX; i++) {
        if (i == own || GUARDS[i].slots[0] == S_ERROR_CODE || !is_refuted_by(rule, i))
            continue;
        Guard *guard = guard_at(matcher, i, err);
        if (!guard)
            return false;
        vetoes->guards[vetoes->count] = (uint8_t)i;
        vetoes->numbers[vetoes->count++] = guard_add_veto(guard, rule);
    }
    Guard *guard = guard_at(matcher, own, err);
    return guard && guard_add(guard, rule, err);
}

/* Items of a rule that find their guards. */
typedef struct Placing {
    Matcher *matcher;
    int own; /* what the rule's own guard answers is asked of nobody */
} Placing;

static void place_item(void *context, const Expr *item)
{
    const Placing *placing = context;
    Matcher *matcher = placing->matcher;
    ItemPlace *at = &matcher->items[*item->number];
    for (int i = 0; *item->number && at->guard == GUARD_COUNT && i < GUARD_COUNT; i++)
        if (i != placing->own && matcher->guards[i] && expr_is_known(item, mask_of(i)))
            *at = (ItemPlace){(uint32_t)i, guard_add_item(matcher->guards[i], item)};
}

/* Which detections are tried: those that *wanted* takes; NULL: of a level, or correlated. */
typedef struct Choice {
    bool (*wanted)(const Rule *rule);
    RuleLevel level_min;
} Choice;

static bool is_wanted(const Rule *rule, const Choice *choice)
{
    if (rule->kind != RULE_DETECTION || !rule->applies)
        return false;
    return choice->wanted ? choice->wanted(rule)
                          : rule->correlated || (rule->level >= choice->level_min && !rule->silent);
}

static bool place_all(Matcher *matcher, const Choice *choice, Error *err)
{
    for (uint32_t i = 0; i <= ruleset_items(matcher->set); i++)
        matcher->items[i].guard = GUARD_COUNT;
    for (size_t i = 0; i < ruleset_count(matcher->set); i++) {
        const Rule *rule = ruleset_rule(matcher->set, i);
        if (is_wanted(rule, choice) && !place(matcher, rule, err))
            return false;
    }
    for (size_t i = 0; i < ruleset_count(matcher->set); i++) {
        const Rule *rule = ruleset_rule(matcher->set, i);
        Placing placing = {matcher, matcher->vetoes[i].own};
        if (is_wanted(rule, choice))
            expr_each(rule->expr, place_item, &placing);
    }
    return true;
}

static Matcher *new_matcher(const RuleSet *set, const Choice *choice, Error *err)
{
    Matcher *matcher = mem_calloc(1, sizeof *matcher, err);
    if (!matcher)
        return NULL;
    matcher->set = set;
    matcher->open = matcher->hits = buf_init(LIST_BYTES_MAX);
    matcher->document = document_new(err);
    matcher->vetoes = mem_calloc(ruleset_count(set) + 1, sizeof *matcher->vetoes, err);
    matcher->items = mem_calloc(ruleset_items(set) + 1, sizeof *matcher->items, err);
    bool ok =
        matcher->document && matcher->vetoes && matcher->items && place_all(matcher, choice, err);
    if (ok)
        return matcher;
    matcher_free(matcher);
    return NULL;
}

Matcher *matcher_new(const RuleSet *set, RuleLevel level_min, Error *err)
{
    const Choice choice = {NULL, level_min};
    return new_matcher(set, &choice, err);
}

Matcher *matcher_new_of(const RuleSet *set, bool (*wanted)(const Rule *rule), Error *err)
{
    const Choice choice = {wanted, LEVEL_NONE};
    return new_matcher(set, &choice, err);
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
    mem_free(matcher->vetoes);
    mem_free(matcher->items);
    mem_free(matcher);
}

void matcher_forget(Matcher *matcher)
{
    matcher->number++;
    matcher->skipped = true;
}

/* The list of a guard for the record under way; NULL with *err*: memory. */
static const GuardList *look(Matcher *matcher, int guard, Error *err)
{
    if (!matcher->looked[guard])
        matcher->looked[guard] = guard_look(matcher->guards[guard], matcher->view, matcher->number,
                                            matcher->document, err);
    return matcher->looked[guard];
}

static bool item_holds(void *context, const Expr *item)
{
    Matcher *matcher = context;
    const ItemPlace *at = &matcher->items[*item->number];
    const GuardList *list = NULL;
    if (at->guard < GUARD_COUNT && !(matcher->touched & guard_slots(matcher->guards[at->guard])))
        list = look(matcher, (int)at->guard, &matcher->ignored);
    return list ? guard_item_holds(list, at->number, item, matcher->document)
                : test_holds(item->test, item->path, matcher->document);
}

static bool is_vetoed(Matcher *matcher, const Rule *rule)
{
    const Vetoes *vetoes = &matcher->vetoes[rule->index];
    for (int i = 0; i < vetoes->count; i++) {
        int at = vetoes->guards[i];
        const Guard *guard = matcher->guards[at];
        const GuardList *list =
            matcher->touched & guard_slots(guard) ? NULL : look(matcher, at, &matcher->ignored);
        if (list && guard_vetoes(guard, list, vetoes->numbers[i], rule, matcher->document))
            return true;
    }
    return false;
}

/* Tries rules of which *left* is left to ask; NULL: all of them. */
static bool try_rules(Matcher *matcher, const Rule *const *rules, const Expr *const *left,
                      size_t count, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        if (!is_vetoed(matcher, rules[i]) &&
            expr_holds_by(left ? left[i] : rules[i]->expr, matcher->document, item_holds, matcher))
            ok = buf_append(&matcher->hits, &rules[i], sizeof(const Rule *), err);
    return ok;
}

static bool try_list(Matcher *matcher, const Buf *list, Error *err)
{
    return try_rules(matcher, (const Rule *const *)(void *)list->ptr, NULL,
                     list->len / sizeof(const Rule *), err);
}

static bool try_guard(Matcher *matcher, int guard, Error *err)
{
    const GuardList *list = look(matcher, guard, err);
    uint32_t certain = list ? list->certain : 0;
    return list && (!list->count ||
                    (buf_append(&matcher->hits, list->rules, certain * sizeof(const Rule *), err) &&
                     try_rules(matcher, list->rules + certain, list->left + certain,
                               list->count - certain, err)));
}

/* Finds the lists of all guards before the first is gone through: what they hold is fetched
 * meanwhile. */
static bool look_ahead(Matcher *matcher, Error *err)
{
    for (int i = 0; i < GUARD_COUNT; i++) {
        const Guard *guard = matcher->guards[i];
        if (!guard || !guard_count(guard) || matcher->touched & guard_slots(guard))
            continue;
        const GuardList *list = look(matcher, i, err);
        if (!list)
            return false;
        __builtin_prefetch(list);
        __builtin_prefetch(list + 1);
    }
    return true;
}

static bool try_all(Matcher *matcher, Error *err)
{
    if (!look_ahead(matcher, err))
        return false;
    for (int i = 0; i < GUARD_COUNT; i++) {
        Guard *guard = matcher->guards[i];
        if (!guard || !guard_count(guard))
            continue;
        bool touched = matcher->touched & guard_slots(guard);
        if (touched ? !try_list(matcher, guard_rules(guard), err) : !try_guard(matcher, i, err))
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
    if (matcher->skipped)
        document_set_view(matcher->document, view);
    else
        document_set_next(matcher->document, view);
    matcher->skipped = false;
    matcher->view = view;
    matcher->number++;
    matcher->touched = view->extra.len ? document_touched(matcher->document) : 0;
    memset(matcher->looked, 0, sizeof matcher->looked);
    if (!try_all(matcher, err))
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
