#include "lineage/lineage_back.h"

enum { ISSUED_MAX = 20, SHARED_MAX = 20 };

#define HOUR_US   (INT64_C(3600) * 1000000)
#define AROUND_US (INT64_C(5) * 1000000)

/* How a session came by its credentials. */
typedef struct Handing {
    const LineageEvent *event;  /* NULL: not known */
    const LineageEvent *shared; /* as the other account has it */
    LineageProof proof;
} Handing;

/* One walk. */
typedef struct Back {
    const LineageReader *reader;
    LineageTree *tree;
    uint32_t number; /* where it is */
} Back;

static bool is_owner_side(const LineageEvent *event)
{
    return str_equal(event->text[LINEAGE_TYPE], STR("AWSAccount"));
}

static bool same(const LineageEvent *a, const LineageEvent *b, LineageText text)
{
    return a->text[text].len && str_equal(a->text[text], b->text[text]);
}

/* ---- by the key that was given out ---- */

static bool note_other(const Back *back, const LineageEvent *chosen, const LineageEvent *other,
                       Error *err)
{
    LineageNote note = {.kind = LINEAGE_NOTE_AMBIGUOUS,
                        .text = "another event also says that it gave out this key",
                        .about = other->text[LINEAGE_ID],
                        .first = other->text[LINEAGE_NAME],
                        .second = other->text[LINEAGE_ARN]};
    if (same(chosen, other, LINEAGE_SHARED))
        return true;
    if (same(chosen, other, LINEAGE_ID))
        note = lineage_tree_conflict(chosen, other);
    return lineage_tree_note(back->tree, back->number, &note, err);
}

/* The caller's record before the owner's. */
static const LineageEvent *choose(const LineageEvents *events)
{
    const LineageEvent *chosen = NULL;
    for (size_t i = 0; i < events->count; i++) {
        const LineageEvent *event = &events->items[i];
        if (lineage_event_worked(event) &&
            (!chosen || (is_owner_side(chosen) && !is_owner_side(event))))
            chosen = event;
    }
    return chosen;
}

/* Of an event that only the owner's account tells: the caller's record, by their common id. */
static bool find_caller_side(const Back *back, Handing *handing, Error *err)
{
    LineageEvents events;
    const LineageEvent *owner = handing->event;
    const LineageAsk ask = {.by = LINEAGE_BY_SHARED_ID,
                            .text = owner->text[LINEAGE_SHARED],
                            .where = "",
                            .from_us = INT64_MIN,
                            .until_us = INT64_MAX,
                            .max = SHARED_MAX};
    if (!is_owner_side(owner) || !ask.text.len)
        return true;
    if (!lineage_read_events(back->reader, &ask, &events, err))
        return false;
    const LineageEvent *caller = choose(&events);
    if (caller && !is_owner_side(caller) && same(caller, owner, LINEAGE_NAME))
        *handing = (Handing){caller, owner, LINEAGE_PROOF_KEY};
    return true;
}

static bool find_by_key(const Back *back, Str key, Handing *ret, Error *err)
{
    LineageEvents events;
    const LineageAsk ask = {.by = LINEAGE_BY_ISSUED_KEY,
                            .text = key,
                            .where = "",
                            .from_us = INT64_MIN,
                            .until_us = INT64_MAX,
                            .max = ISSUED_MAX};
    if (!key.len)
        return true;
    if (!lineage_read_events(back->reader, &ask, &events, err))
        return false;
    ret->event = choose(&events);
    ret->proof = LINEAGE_PROOF_KEY;
    bool ok = true;
    for (size_t i = 0; ok && ret->event && i < events.count; i++) {
        const LineageEvent *other = &events.items[i];
        if (other != ret->event && same(other, ret->event, LINEAGE_SHARED))
            ret->shared = other;
        ok = other == ret->event || note_other(back, ret->event, other, err);
    }
    return ok && (!ret->event || find_caller_side(back, ret, err));
}

/* ---- by role, name and time ---- */

typedef bool (*Fits)(const LineageEvent *session, const LineageEvent *event, Arena *arena);

static bool opened_it(const LineageEvent *session, const LineageEvent *event, Arena *arena)
{
    return str_equal(lineage_event_opened(event, arena), session->text[LINEAGE_ARN]);
}

static bool is_same_caller(const LineageEvent *session, const LineageEvent *event, Arena *arena)
{
    (void)arena;
    return same(session, event, LINEAGE_ARN);
}

/* Which calls hand out which sessions. */
static const struct {
    const char *name;
    Fits fits;
    LineageProof proof;
} HANDINGS[] = {
    {"AssumeRole", opened_it, LINEAGE_PROOF_TIME},
    {"AssumeRoleWithSAML", opened_it, LINEAGE_PROOF_TIME},
    {"AssumeRoleWithWebIdentity", opened_it, LINEAGE_PROOF_TIME},
    {"GetFederationToken", opened_it, LINEAGE_PROOF_TIME},
    {"GetSessionToken", is_same_caller, LINEAGE_PROOF_TIME},
    {"ConsoleLogin", is_same_caller, LINEAGE_PROOF_TIME},
    {"SwitchRole", is_same_caller, LINEAGE_PROOF_SWITCH},
};

enum { HANDING_COUNT = sizeof HANDINGS / sizeof *HANDINGS };

/* A sign-in opens the session of a user; of a role's session it is what the session did. */
static bool is_handing(size_t handing, const LineageEvent *session, const LineageEvent *event,
                       Arena *arena)
{
    bool user = !str_equal(session->text[LINEAGE_TYPE], STR("AssumedRole"));
    if (!str_equal(event->text[LINEAGE_NAME], str_of(HANDINGS[handing].name)) ||
        !lineage_event_worked(event))
        return false;
    if (HANDINGS[handing].fits == is_same_caller &&
        user == (HANDINGS[handing].proof == LINEAGE_PROOF_SWITCH))
        return false;
    return HANDINGS[handing].fits(session, event, arena);
}

/* Of several callers none is taken. */
static bool settle(const Back *back, const LineageEvent *event, Handing *ret, Error *err)
{
    if (!ret->event || same(ret->event, event, LINEAGE_SHARED)) {
        ret->event = ret->event && !is_owner_side(ret->event) ? ret->event : event;
        return true;
    }
    if (same(ret->event, event, LINEAGE_ARN))
        return true;
    const LineageNote note = {.kind = LINEAGE_NOTE_AMBIGUOUS,
                              .text = "two events of the second in which it began may have opened "
                                      "it",
                              .about = event->text[LINEAGE_ID],
                              .first = ret->event->text[LINEAGE_ID],
                              .second = event->text[LINEAGE_ARN]};
    ret->event = NULL;
    return lineage_tree_note(back->tree, back->number, &note, err);
}

static bool try_handing(const Back *back, const LineageEvent *session, const LineageEvents *events,
                        size_t handing, Handing *ret, Error *err)
{
    bool ok = true;
    Arena *arena = back->reader->arena;
    ret->proof = HANDINGS[handing].proof;
    for (size_t i = 0; ok && i < events->count; i++)
        if (is_handing(handing, session, &events->items[i], arena)) {
            bool had = ret->event != NULL;
            ok = settle(back, &events->items[i], ret, err);
            if (had && !ret->event)
                return ok;
        }
    return ok && (!ret->event || find_caller_side(back, ret, err));
}

static bool find_by_time(const Back *back, const LineageEvent *session, Handing *ret, Error *err)
{
    static const LineageNote MANY = {.kind = LINEAGE_NOTE_LIMIT,
                                     .text = "more calls were made in the second in which it began "
                                             "than are looked at"};
    int64_t created;
    LineageEvents events;
    if (!session->text[LINEAGE_ARN].len || !lineage_origin_created(session, &created))
        return true;
    if (!lineage_read_handings(back->reader, created - AROUND_US, created + AROUND_US, &events,
                               err))
        return false;
    bool ok = !events.more || lineage_tree_note(back->tree, back->number, &MANY, err);
    for (size_t i = 0; ok && !ret->event && i < HANDING_COUNT; i++)
        ok = try_handing(back, session, &events, i, ret, err);
    return ok;
}

/* ---- steps ---- */

/* The session that the console switched from, as its last event before that shows it. */
static bool switched_from(const Back *back, const LineageEvent *switching, LineageNode *ret,
                          Error *err)
{
    Arena *arena = back->reader->arena;
    LineageEvents events;
    Str from = lineage_event_member(switching, LINEAGE_MORE, "SwitchFrom", arena);
    LineageOrigin origin = lineage_origin_of_arn(from);
    const LineageAsk ask = {.by = LINEAGE_BY_PRINCIPAL,
                            .text = from,
                            .where = "",
                            .from_us = INT64_MIN,
                            .until_us = switching->time_us,
                            .max = 1,
                            .newest = true};
    *ret = (LineageNode){.kind = origin.kind,
                         .name = from,
                         .how = "what the console says it switched from",
                         .parent = LINEAGE_NONE};
    if (origin.kind != LINEAGE_SESSION)
        return true;
    if (!lineage_read_events(back->reader, &ask, &events, err))
        return false;
    if (events.count)
        *ret = lineage_tree_node_of(&events.items[0], arena);
    return true;
}

static bool give_gap(const Back *back, uint32_t number, const LineageGap *gap, Error *err)
{
    LineageGap *copy = arena_alloc(back->reader->arena, sizeof *copy, err);
    if (!copy)
        return false;
    *copy = *gap;
    back->tree->nodes[number].gap = copy;
    copy->has_others = true;
    return !gap->account.len || lineage_read_any(back->reader, gap->account, gap->from_us - HOUR_US,
                                                 gap->until_us + HOUR_US, &copy->has_others, err);
}

/* Nothing tells how the session came to be: what is missing, and whom it names itself. */
static bool end_in_gap(Back *back, Error *err)
{
    LineageNode *node = &back->tree->nodes[back->number];
    LineageEvent unseen = {.time_us = 0};
    unseen.text[LINEAGE_TYPE] = STR("AssumedRole");
    unseen.text[LINEAGE_ARN] = node->name;
    const LineageEvent *seen = node->seen ? node->seen : &unseen;
    const LineageGap gap = lineage_origin_gap(seen);
    LineageOrigin guess = lineage_origin_guess(seen, back->reader->arena);
    uint32_t head;
    if (!give_gap(back, back->number, &gap, err) || !guess.name.len)
        return err->kind == ERROR_NONE;
    const LineageNode named = {
        .kind = guess.kind, .name = guess.name, .how = guess.how, .parent = LINEAGE_NONE};
    if (!lineage_tree_add(back->tree, &named, &head, err))
        return false;
    node->parent = head;
    node->proof = LINEAGE_PROOF_NAME;
    return true;
}

/* The account that called is known, its record of the call is not. */
static bool need_caller_side(const Back *back, const LineageEvent *owner, uint32_t number,
                             Error *err)
{
    const LineageGap gap = {.names = "the caller's own record of the call",
                            .source = "sts.amazonaws.com",
                            .key = owner->text[LINEAGE_ISSUED],
                            .account = owner->text[LINEAGE_OWNER],
                            .shared = owner->text[LINEAGE_SHARED],
                            .from_us = owner->time_us,
                            .until_us = owner->time_us};
    return give_gap(back, number, &gap, err);
}

static bool node_of_giver(const Back *back, const Handing *handing, LineageNode *ret, Error *err)
{
    Arena *arena = back->reader->arena;
    if (handing->proof == LINEAGE_PROOF_SWITCH)
        return switched_from(back, handing->event, ret, err);
    *ret = lineage_tree_node_of(handing->event, arena);
    if (ret->kind == LINEAGE_SERVICE) {
        LineageOrigin origin = lineage_origin_of_service(handing->event, arena);
        ret->kind = origin.kind;
        ret->name = origin.name;
        ret->how = origin.how;
    }
    return true;
}

static bool go_up(Back *back, const Handing *handing, bool *ret_done, Error *err)
{
    LineageTree *tree = back->tree;
    LineageNode giver;
    uint32_t parent;
    if (!node_of_giver(back, handing, &giver, err))
        return false;
    uint32_t before = lineage_tree_find(tree, giver.key);
    if (before != LINEAGE_NONE) {
        const LineageNote note = {.kind = LINEAGE_NOTE_CYCLE,
                                  .text = "the event that gave out its key was made by a session "
                                          "that came from it",
                                  .about = handing->event->text[LINEAGE_ID],
                                  .first = giver.name};
        *ret_done = true;
        return lineage_tree_note(tree, back->number, &note, err);
    }
    if (!lineage_tree_add(tree, &giver, &parent, err))
        return false;
    LineageNode *node = &tree->nodes[back->number];
    node->parent = parent;
    node->handed = handing->event;
    node->shared = handing->shared;
    node->proof = handing->proof;
    back->number = parent;
    *ret_done = giver.kind != LINEAGE_SESSION;
    return giver.kind != LINEAGE_ACCOUNT || need_caller_side(back, handing->event, parent, err);
}

static bool step(Back *back, bool *ret_done, Error *err)
{
    const LineageNode *node = &back->tree->nodes[back->number];
    Handing handing = {.event = NULL};
    if (!find_by_key(back, node->key, &handing, err) ||
        (!handing.event && node->seen && !find_by_time(back, node->seen, &handing, err)))
        return false;
    if (handing.event)
        return go_up(back, &handing, ret_done, err);
    *ret_done = true;
    return end_in_gap(back, err);
}

bool lineage_back_follow(const LineageReader *reader, LineageTree *tree, uint32_t number,
                         unsigned depth, Error *err)
{
    static const LineageNote DEEP = {.kind = LINEAGE_NOTE_LIMIT,
                                     .text = "the chain goes on behind --depth"};
    Back back = {reader, tree, number};
    bool done = tree->nodes[number].kind != LINEAGE_SESSION;
    bool ok = true;
    for (unsigned i = 0; ok && !done && i < depth; i++)
        ok = step(&back, &done, err);
    return ok && (done || lineage_tree_note(tree, back.number, &DEEP, err));
}
