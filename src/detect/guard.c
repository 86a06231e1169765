#include "detect/guard.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "detect/guard_class.h"
#include "detect/required.h"

enum {
    SLOTS_MIN = 1 << 8,
    SLOTS_MAX = 1 << 18, /* half of them are used at most */
    LISTS_BYTES_MAX = 32 << 20,
    KEY_BYTES_MAX = 1 << 23,
    USUAL_KEY_BYTES = 256,
    RULES_BYTES_MAX = 1 << 26
};

/* A text that was met, by its hash; of an empty place the list is NULL. */
typedef struct Entry {
    Hash128 hash;
    const GuardList *list;
} Entry;

/* The list of a numbered text (RecordView.identity). */
typedef struct Numbered {
    uint64_t number;
    const GuardList *list;
} Numbered;

struct Guard {
    Slot slots[GUARD_SLOTS_MAX];
    unsigned slot_count;
    uint64_t mask; /* of the slots */
    uint8_t secret[HASH_SECRET_BYTES];
    Buf rules;            /* const Rule * each */
    GuardClass class;     /* of the texts of its only member */
    RequiredIndex *index; /* of their names, made at the first look; only for eventName */
    Arena *arena;         /* of the lists */
    Entry *table;
    Numbered *numbered; /* RECORD_IDENTITIES, by the lowest bits; of userIdentity alone */
    uint32_t slot_cap, entry_count, answer_count;
    Buf key;               /* of the record under way */
    const GuardList *last; /* of the record that was looked at last; NULL: none */
    uint64_t last_members, last_number;
};

static const GuardList NOTHING = {NULL, NULL, 0, 0, NULL, NULL};

Guard *guard_new(const Slot *slots, unsigned slot_count, Error *err)
{
    Guard *guard = mem_calloc(1, sizeof *guard, err);
    if (!guard)
        return NULL;
    guard->slot_count = slot_count;
    guard->slot_cap = SLOTS_MIN;
    guard->rules = buf_init(RULES_BYTES_MAX);
    guard->key = buf_init(KEY_BYTES_MAX);
    for (unsigned i = 0; i < slot_count; i++) {
        guard->slots[i] = slots[i];
        guard->mask |= SLOT_BIT(slots[i]);
    }
    if (slot_count == 1)
        guard->class = guard_class_of(slots[0]);
    guard->numbered = mem_calloc(RECORD_IDENTITIES, sizeof *guard->numbered, err);
    guard->table = guard->numbered ? mem_calloc(guard->slot_cap, sizeof *guard->table, err) : NULL;
    guard->arena = guard->table ? arena_new(LISTS_BYTES_MAX, err) : NULL;
    if (guard->arena && hash_random(guard->secret, sizeof guard->secret, err))
        return guard;
    guard_free(guard);
    return NULL;
}

void guard_free(Guard *guard)
{
    if (!guard)
        return;
    required_free(guard->index);
    arena_free(guard->arena);
    mem_free(guard->table);
    mem_free(guard->numbered);
    buf_free(&guard->rules);
    buf_free(&guard->key);
    mem_free(guard);
}

bool guard_add(Guard *guard, const Rule *rule, Error *err)
{
    guard_class_add(&guard->class, rule->expr);
    return buf_append(&guard->rules, &rule, sizeof(const Rule *), err);
}

size_t guard_count(const Guard *guard)
{
    return guard->rules.len / sizeof(const Rule *);
}

uint32_t guard_add_veto(Guard *guard, const Rule *rule)
{
    guard_class_add(&guard->class, rule->expr);
    return guard->answer_count++;
}

uint32_t guard_add_item(Guard *guard, const Expr *item)
{
    guard_class_add(&guard->class, item);
    return guard->answer_count++;
}

static bool has_bit(const uint64_t *bits, uint32_t number)
{
    return bits[number / 64] >> number % 64 & 1;
}

/* Keeps an answer. */
static void answer(const GuardList *list, uint32_t number, bool yes)
{
    list->known[number / 64] |= (uint64_t)1 << number % 64;
    list->yes[number / 64] |= (uint64_t)yes << number % 64;
}

bool guard_vetoes(const Guard *guard, const GuardList *list, uint32_t number, const Rule *rule,
                  Document *document)
{
    if (!has_bit(list->known, number))
        answer(list, number, expr_partial(rule->expr, document, guard->mask) == TRUTH_FALSE);
    return has_bit(list->yes, number);
}

bool guard_item_holds(const GuardList *list, uint32_t number, const Expr *item, Document *document)
{
    if (!has_bit(list->known, number))
        answer(list, number, test_holds(item->test, item->path, document));
    return has_bit(list->yes, number);
}

const Buf *guard_rules(const Guard *guard)
{
    return &guard->rules;
}

uint64_t guard_slots(const Guard *guard)
{
    return guard->mask;
}

/* Which members are there; readOnly, which is no text, stands in two bits above them. */
static uint64_t members_of(const Guard *guard, const RecordView *view)
{
    bool flag = guard->mask & SLOT_BIT(S_READ_ONLY);
    return (view->present & guard->mask & ~SLOT_BIT(S_READ_ONLY)) |
           (flag ? (uint64_t)view->read_only << SLOT_COUNT : 0);
}

/* Bytes of the key of several members: their texts behind which are there and their lengths. */
static size_t key_bytes(const Guard *guard, const RecordView *view, uint64_t members)
{
    size_t bytes = sizeof members;
    for (unsigned i = 0; i < guard->slot_count; i++)
        if (members & SLOT_BIT(guard->slots[i]))
            bytes += sizeof view->values->len + view->values[guard->slots[i]].len;
    return bytes;
}

static void write_key(const Guard *guard, const RecordView *view, uint64_t members, char *at)
{
    memcpy(at, &members, sizeof members);
    at += sizeof members;
    for (unsigned i = 0; i < guard->slot_count; i++) {
        const RecordValue *value = &view->values[guard->slots[i]];
        if (!(members & SLOT_BIT(guard->slots[i])))
            continue;
        memcpy(at, &value->len, sizeof value->len);
        memcpy(at + sizeof value->len, value->ptr, value->len);
        at += sizeof value->len + value->len;
    }
}

/* The hash of the members: of one text as it stands, of several as one key. */
static bool hash_of(Guard *guard, const RecordView *view, uint64_t members, Hash128 *ret,
                    Error *err)
{
    const RecordValue *only = &view->values[guard->slots[0]];
    char usual[USUAL_KEY_BYTES], *key = usual;
    if (guard->slot_count == 1) {
        *ret = hash_keyed128(guard->secret, members ? only->ptr : "", members ? only->len : 0);
        ret->low ^= members;
        return true;
    }
    size_t bytes = key_bytes(guard, view, members);
    if (bytes > sizeof usual) {
        guard->key.len = 0;
        if (!buf_reserve(&guard->key, bytes, err))
            return false;
        key = guard->key.ptr;
    }
    write_key(guard, view, members, key);
    *ret = hash_keyed128(guard->secret, key, bytes);
    return true;
}

/* Rules left open, while they are worked out; the record's memory. */
typedef struct Open {
    const Rule **rules;
    const Expr **left;
    uint32_t certain, count;
} Open;

static void add_open(Open *open, const Rule *rule, const Expr *left)
{
    uint32_t at = open->count++;
    if (!left) { /* the order within a list does not matter */
        uint32_t first = open->certain++;
        open->rules[at] = open->rules[first];
        open->left[at] = open->left[first];
        at = first;
    }
    open->rules[at] = rule;
    open->left[at] = left;
}

/* Tries the rules that may match at all; what the members refute is left out. */
static bool work_out(Guard *guard, Document *document, Open *open, Error *err)
{
    size_t count = guard_count(guard), tried = count;
    const Rule *const *rules = (const Rule *const *)(void *)guard->rules.ptr;
    if (guard->index && !required_look(guard->index, document, &rules, &tried, err))
        return false;
    for (size_t i = 0; i < tried; i++) {
        const Expr *left = NULL;
        Truth truth = expr_reduce(rules[i]->expr, document, guard->mask, guard->arena, &left, err);
        if (truth == TRUTH_UNKNOWN && !left)
            return false;
        if (truth != TRUTH_FALSE)
            add_open(open, rules[i], truth == TRUTH_TRUE ? NULL : left);
    }
    return true;
}

/* A list with all that it holds in one piece: a record looks at few of them, mostly out of the
 * cache. */
static const GuardList *keep_list(Guard *guard, const Open *open, Error *err)
{
    size_t words = (guard->answer_count + 63) / 64, bytes = open->count * sizeof(void *);
    if (!open->count && !words)
        return &NOTHING;
    struct {
        GuardList list;
        uint64_t bits[];
    } *kept =
        arena_calloc(guard->arena, 1, sizeof *kept + 2 * words * sizeof(uint64_t) + 2 * bytes, err);
    if (!kept)
        return NULL;
    const Rule **rules = (const Rule **)(void *)(kept->bits + 2 * words);
    const Expr **left = (const Expr **)(void *)(rules + open->count);
    if (bytes) {
        memcpy(rules, open->rules, bytes);
        memcpy(left, open->left, bytes);
    }
    kept->list =
        (GuardList){rules, left, open->certain, open->count, kept->bits, kept->bits + words};
    return &kept->list;
}

static Entry *place_of(Entry *table, uint32_t cap, Hash128 hash)
{
    uint32_t at = (uint32_t)hash.low & (cap - 1);
    while (table[at].list && (table[at].hash.low != hash.low || table[at].hash.high != hash.high))
        at = (at + 1) & (cap - 1);
    return &table[at];
}

static void start_afresh(Guard *guard)
{
    memset(guard->table, 0, guard->slot_cap * sizeof *guard->table);
    memset(guard->numbered, 0, RECORD_IDENTITIES * sizeof *guard->numbered);
    arena_reset(guard->arena);
    guard->entry_count = 0;
}

/* Room for two more entries. */
static bool make_room(Guard *guard, Error *err)
{
    uint32_t cap = guard->slot_cap * 4;
    if (arena_used(guard->arena) > LISTS_BYTES_MAX / 2)
        start_afresh(guard);
    if (guard->entry_count + 1 < guard->slot_cap / 2)
        return true;
    if (guard->slot_cap >= SLOTS_MAX) {
        start_afresh(guard);
        return true;
    }
    Entry *grown = mem_calloc(cap, sizeof *grown, err);
    if (!grown)
        return false;
    for (uint32_t i = 0; i < guard->slot_cap; i++)
        if (guard->table[i].list)
            *place_of(grown, cap, guard->table[i].hash) = guard->table[i];
    mem_free(guard->table);
    guard->table = grown;
    guard->slot_cap = cap;
    return true;
}

static bool index_names(Guard *guard, Error *err)
{
    const Rule *const *rules = (const Rule *const *)(void *)guard->rules.ptr;
    if (guard->index || !(guard->mask & SLOT_BIT(S_EVENT_NAME)))
        return true;
    guard->index = required_new(rules, guard_count(guard), err);
    return guard->index != NULL;
}

/* The list of a record whose text no list is known of. */
static const GuardList *new_list(Guard *guard, Document *document, Error *err)
{
    Arena *arena = document_arena(document);
    size_t bytes = (guard_count(guard) + 1) * sizeof(void *);
    Open open = {arena_alloc(arena, bytes, err), arena_alloc(arena, bytes, err), 0, 0};
    if (!open.rules || !open.left || !index_names(guard, err) ||
        !work_out(guard, document, &open, err))
        return NULL;
    return keep_list(guard, &open, err);
}

static void put(Guard *guard, Hash128 hash, const GuardList *list)
{
    *place_of(guard->table, guard->slot_cap, hash) = (Entry){hash, list};
    guard->entry_count++;
}

/* The hash of the class of the record's text, another one than that of any text; *ret_classed is
 * false when it has none. */
static bool hash_of_class(Guard *guard, const RecordView *view, Hash128 *ret, bool *ret_classed,
                          Error *err)
{
    const RecordValue *value = &view->values[guard->slots[0]];
    guard->key.len = 0;
    if (!guard_class_write(&guard->class, (Str){value->ptr, value->len}, &guard->key, ret_classed,
                           err))
        return false;
    *ret = hash_keyed128(guard->secret, guard->key.ptr, guard->key.len);
    ret->low = ~ret->low;
    return true;
}

/* The list of a text that was not met: that of its class, or a new one. */
static const GuardList *meet(Guard *guard, const RecordView *view, bool there, Hash128 hash,
                             Document *document, Error *err)
{
    Hash128 class_hash;
    bool classed = false;
    if (!make_room(guard, err) ||
        (there && guard->class.count && !hash_of_class(guard, view, &class_hash, &classed, err)))
        return NULL;
    const GuardList *list =
        classed ? place_of(guard->table, guard->slot_cap, class_hash)->list : NULL;
    bool known = list;
    if (!known)
        list = new_list(guard, document, err);
    if (list && classed && !known)
        put(guard, class_hash, list);
    if (list)
        put(guard, hash, list);
    return list;
}

/* The list of the record's text by its hash. */
static const GuardList *look_up(Guard *guard, const RecordView *view, uint64_t members,
                                Document *document, Error *err)
{
    Hash128 hash;
    if (!hash_of(guard, view, members, &hash, err))
        return NULL;
    const GuardList *list = place_of(guard->table, guard->slot_cap, hash)->list;
    return list ? list : meet(guard, view, members, hash, document, err);
}

const GuardList *guard_look(Guard *guard, const RecordView *view, uint64_t number,
                            Document *document, Error *err)
{
    uint64_t members = members_of(guard, view), texts = members & guard->mask;
    bool follows = guard->last && guard->last_number + 1 == number;
    guard->last_number = number;
    if (follows && members == guard->last_members && (view->same & texts) == texts)
        return guard->last;
    uint64_t identity = members == SLOT_BIT(S_USER_IDENTITY) ? view->identity : 0;
    Numbered *numbered = &guard->numbered[identity & (RECORD_IDENTITIES - 1)];
    bool known = identity && numbered->number == identity;
    const GuardList *list = known ? numbered->list : look_up(guard, view, members, document, err);
    if (list && identity && !known)
        *numbered = (Numbered){identity, list};
    guard->last = list;
    guard->last_members = members;
    return list;
}
