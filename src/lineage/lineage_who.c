#include "lineage/lineage_who.h"

#include <arpa/inet.h>
#include <string.h>

#include "lineage/lineage_back.h"
#include "lineage/lineage_forward.h"

enum { ADDRESS_BYTES = 64, KEY_MIN = 16, KEY_MAX = 128, EVENT_ID_BYTES = 36, HOST_MAX = 253 };

const char *const LINEAGE_ASK_WORDS[LINEAGE_ASKS] = {
    [LINEAGE_ASK_KEY] = "key",
    [LINEAGE_ASK_EVENT] = "event",
    [LINEAGE_ASK_PRINCIPAL] = "principal",
    [LINEAGE_ASK_ROLE] = "role",
    [LINEAGE_ASK_INSTANCE] = "instance",
    [LINEAGE_ASK_ADDRESS] = "address",
};

/* ---- what was asked ---- */

static bool is_key(Str text)
{
    if (text.len < KEY_MIN || text.len > KEY_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
              (text.ptr[i] >= '0' && text.ptr[i] <= '9')))
            return false;
    return text.ptr[0] >= 'A';
}

static bool is_event_id(Str text)
{
    static const char HEX[] = "0123456789abcdefABCDEF";
    if (text.len != EVENT_ID_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !memchr(HEX, text.ptr[i], sizeof HEX - 1))
            return false;
    }
    return true;
}

/* An address, or a service's name in its place. */
static bool is_address(Str text)
{
    char copy[ADDRESS_BYTES];
    unsigned char bytes[sizeof(struct in6_addr)];
    if (str_ends(text, STR(".amazonaws.com")) && text.len <= HOST_MAX)
        return true;
    if (text.len >= sizeof copy)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return inet_pton(AF_INET, copy, bytes) == 1 || inet_pton(AF_INET6, copy, bytes) == 1;
}

LineageAskKind lineage_who_kind(Str text)
{
    if (str_matches(STR("arn:*:iam::*:role/*"), text))
        return LINEAGE_ASK_ROLE;
    if (lineage_origin_of_arn(text).kind != LINEAGE_UNKNOWN)
        return LINEAGE_ASK_PRINCIPAL;
    if (lineage_event_is_instance(text))
        return LINEAGE_ASK_INSTANCE;
    if (is_event_id(text))
        return LINEAGE_ASK_EVENT;
    if (is_key(text))
        return LINEAGE_ASK_KEY;
    return is_address(text) ? LINEAGE_ASK_ADDRESS : LINEAGE_ASKS;
}

/* ---- entries ---- */

/* A question under way. */
typedef struct Asking {
    const LineageReader *reader;
    const LineageQuestion *question;
    LineageAnswer *answer;
} Asking;

static bool nothing(const Asking *asking, const char *what, Error *err)
{
    return error_set(err, ERROR_INPUT, "no event of this lake%s has %s '%.*s'",
                     asking->reader->since_us != INT64_MIN || asking->reader->until_us != INT64_MAX
                         ? " and time"
                         : "",
                     what, STR_ARG(str_slice(asking->question->text, 0, 200)));
}

static bool make_entries(const Asking *asking, size_t count, Error *err)
{
    asking->answer->entries =
        arena_calloc(asking->reader->arena, count + 1, sizeof *asking->answer->entries, err);
    return asking->answer->entries != NULL;
}

/* A tree whose first node is *node*, followed back. */
static bool grow(const Asking *asking, const LineageNode *node, uint32_t max, LineageTree **ret,
                 Error *err)
{
    uint32_t number;
    Arena *arena = asking->reader->arena;
    LineageTree *tree = arena_alloc(arena, sizeof *tree, err);
    if (!tree || !lineage_tree_init(tree, arena, max, err) ||
        !lineage_tree_add(tree, node, &number, err))
        return false;
    tree->nodes[number].asked = true;
    *ret = tree;
    return lineage_back_follow(asking->reader, tree, number, asking->question->depth, err);
}

/* As grow, and what it did. */
static bool grow_both(const Asking *asking, const LineageNode *node, LineageTree **ret, Error *err)
{
    const LineageQuestion *question = asking->question;
    return grow(asking, node, LINEAGE_NODES_MAX, ret, err) &&
           lineage_forward_follow(asking->reader, *ret, 0, question->depth, question->max, err);
}

/* Only back: the chain, its head, and what a switch of the console adds. */
static uint32_t chain_max(const Asking *asking)
{
    return asking->question->depth + 2;
}

/* ---- keys, users and sessions ---- */

/* A key that nobody has used: what gave it out, or made it, tells whose it is. */
static bool unused_key(const Asking *asking, const LineageEvent *made, LineageNode *ret, Error *err)
{
    const LineageEvent *issued;
    Arena *arena = asking->reader->arena;
    Str key = asking->question->text;
    if (!lineage_read_first(asking->reader, LINEAGE_BY_ISSUED_KEY, key, &issued, err))
        return false;
    if (!issued && !made)
        return nothing(asking, "the access key", err);
    *ret = (LineageNode){
        .kind = issued ? LINEAGE_SESSION : LINEAGE_USER,
        .name = issued ? lineage_event_opened(issued, arena)
                       : lineage_event_member(made, LINEAGE_RESPONSE, "accessKey.userName", arena),
        .how = issued ? "" : "the answer of the call that made its key",
        .key = key,
        .parent = LINEAGE_NONE};
    return true;
}

/* A tree that is the answer's only entry. */
static bool answer_with(const Asking *asking, const LineageNode *node, const LineageEvent *event,
                        Error *err)
{
    LineageTree *tree;
    if (!make_entries(asking, 1, err) || !grow_both(asking, node, &tree, err))
        return false;
    asking->answer->entries[0] = (LineageEntry){.tree = tree, .event = event, .act = LINEAGE_NONE};
    asking->answer->count = 1;
    return true;
}

/* Who made a key is not who uses it, but worth a look. */
static bool note_made(const Asking *asking, const LineageEvent *made, Error *err)
{
    LineageTree *tree = asking->answer->entries[0].tree;
    if (!made)
        return true;
    const LineageNote note = {.kind = LINEAGE_NOTE_OTHER,
                              .text = "the key was made by CreateAccessKey",
                              .about = made->text[LINEAGE_ID],
                              .first = made->text[LINEAGE_ARN],
                              .second = made->text[LINEAGE_ADDRESS]};
    return lineage_tree_note(tree, 0, &note, err);
}

static bool ask_key(const Asking *asking, Error *err)
{
    const LineageEvent *used, *made = NULL;
    LineageNode node;
    Str key = asking->question->text;
    bool lasting = !lineage_event_key_is_temporary(key);
    if (!lineage_read_first(asking->reader, LINEAGE_BY_KEY, key, &used, err) ||
        (lasting && !lineage_read_made(asking->reader, key, &made, err)))
        return false;
    if (used)
        node = lineage_tree_node_of(used, asking->reader->arena);
    return (used || unused_key(asking, made, &node, err)) &&
           answer_with(asking, &node, NULL, err) && note_made(asking, made, err);
}

/* ---- callers ---- */

typedef bool (*Grow)(const Asking *asking, const LineageNode *node, LineageTree **ret, Error *err);

static bool grow_back(const Asking *asking, const LineageNode *node, LineageTree **ret, Error *err)
{
    return grow(asking, node, chain_max(asking), ret, err);
}

static bool add_caller(const Asking *asking, const LineageCaller *caller, Grow way, Error *err)
{
    const LineageEvent *event;
    LineageTree *tree;
    if (!lineage_read_first(asking->reader, LINEAGE_BY_EVENT_ID, caller->event_id, &event, err))
        return false;
    if (!event)
        return true;
    const LineageNode node = lineage_tree_node_of(event, asking->reader->arena);
    if (!way(asking, &node, &tree, err))
        return false;
    asking->answer->entries[asking->answer->count++] =
        (LineageEntry){.tree = tree, .caller = caller, .act = LINEAGE_NONE};
    return true;
}

static bool add_callers(const Asking *asking, const LineageCallers *callers, Error *err)
{
    bool ok = true;
    asking->answer->more = callers->more;
    for (size_t i = 0; ok && i < callers->count; i++)
        ok = add_caller(asking, &callers->items[i], grow_back, err);
    return ok;
}

static bool ask_callers(const Asking *asking, LineageBy by, const char *what, Error *err)
{
    LineageCallers callers;
    const LineageQuestion *question = asking->question;
    if (!lineage_read_callers(asking->reader, by, question->text, question->max, &callers, err))
        return false;
    if (callers.count == 0)
        return nothing(asking, what, err);
    return make_entries(asking, callers.count, err) && add_callers(asking, &callers, err);
}

static bool ask_role(const Asking *asking, Error *err)
{
    return ask_callers(asking, LINEAGE_BY_ISSUER, "a session of the role", err);
}

static bool ask_address(const Asking *asking, Error *err)
{
    return ask_callers(asking, LINEAGE_BY_ADDRESS, "the address", err);
}

/* A user is one entry with all that it did; a session's name may stand for several sessions. */
static bool ask_principal(const Asking *asking, Error *err)
{
    const LineageEvent *event;
    Str arn = asking->question->text;
    LineageOrigin origin = lineage_origin_of_arn(arn);
    if (origin.kind == LINEAGE_SESSION)
        return ask_callers(asking, LINEAGE_BY_PRINCIPAL, "the caller", err);
    if (!lineage_read_first(asking->reader, LINEAGE_BY_PRINCIPAL, arn, &event, err))
        return false;
    if (!event)
        return nothing(asking, "the caller", err);
    LineageNode node = {.kind = origin.kind,
                        .name = arn,
                        .how = "a key or password of its own",
                        .account = event->text[LINEAGE_OWNER],
                        .parent = LINEAGE_NONE,
                        .seen = event};
    return answer_with(asking, &node, NULL, err);
}

/* ---- events ---- */

/* Of an event that the caller's account tells better, that account's record. */
static bool caller_side(const Asking *asking, const LineageEvent **event, Error *err)
{
    LineageEvents events;
    const LineageAsk ask = {.by = LINEAGE_BY_SHARED_ID,
                            .text = (*event)->text[LINEAGE_SHARED],
                            .where = " AND useridentity.type <> 'AWSAccount'",
                            .from_us = INT64_MIN,
                            .until_us = INT64_MAX,
                            .max = 1};
    if (!str_equal((*event)->text[LINEAGE_TYPE], STR("AWSAccount")) || !ask.text.len)
        return true;
    if (!lineage_read_events(asking->reader, &ask, &events, err))
        return false;
    if (events.count)
        *event = &events.items[0];
    return true;
}

static bool note_records(const Asking *asking, const LineageEvents *events, Error *err)
{
    bool ok = true;
    for (size_t i = 1; ok && i < events->count; i++) {
        const LineageNote note = lineage_tree_conflict(&events->items[0], &events->items[i]);
        ok = lineage_tree_note(asking->answer->entries[0].tree, 0, &note, err);
    }
    return ok;
}

static bool ask_event(const Asking *asking, Error *err)
{
    LineageEvents events;
    const LineageAsk ask = {.by = LINEAGE_BY_EVENT_ID,
                            .text = asking->question->text,
                            .where = "",
                            .from_us = INT64_MIN,
                            .until_us = INT64_MAX,
                            .max = asking->question->max};
    if (!lineage_read_events(asking->reader, &ask, &events, err))
        return false;
    if (events.count == 0)
        return nothing(asking, "the id", err);
    const LineageEvent *event = &events.items[0];
    if (!caller_side(asking, &event, err))
        return false;
    const LineageNode node = lineage_tree_node_of(event, asking->reader->arena);
    return answer_with(asking, &node, event, err) && note_records(asking, &events, err);
}

/* ---- instances ---- */

/* Calls with the same key have the same past. */
static LineageTree *known_tree(const LineageAnswer *answer, Str key)
{
    for (size_t i = 0; key.len && i < answer->count; i++)
        if (str_equal(answer->entries[i].tree->nodes[0].key, key))
            return answer->entries[i].tree;
    return NULL;
}

static bool add_act(const Asking *asking, uint32_t number, Error *err)
{
    const LineageEvent *event = asking->answer->story->acts[number].event;
    LineageTree *known = known_tree(asking->answer, event->text[LINEAGE_KEY]);
    const LineageNode node = lineage_tree_node_of(event, asking->reader->arena);
    if (!known && !grow_back(asking, &node, &known, err))
        return false;
    asking->answer->entries[asking->answer->count++] =
        (LineageEntry){.tree = known, .event = event, .act = number};
    return true;
}

static bool ask_instance(const Asking *asking, Error *err)
{
    LineageEvents events;
    LineageCallers own;
    const LineageQuestion *question = asking->question;
    LineageStory *story = arena_alloc(asking->reader->arena, sizeof *story, err);
    if (!story ||
        !lineage_read_instance(asking->reader, question->text, lineage_instance_calls(),
                               question->max * 5, &events, err) ||
        !lineage_instance_tell(question->text, &events, asking->reader->arena, story, err) ||
        !lineage_read_own_sessions(asking->reader, question->text, question->max, &own, err))
        return false;
    if (!story->count && !own.count)
        return nothing(asking, "to do with the instance", err);
    asking->answer->story = story;
    asking->answer->more = events.more || own.more;
    bool ok = make_entries(asking, story->count + own.count, err);
    for (uint32_t i = 0; ok && i < story->count; i++)
        ok = add_act(asking, i, err);
    for (size_t i = 0; ok && i < own.count; i++)
        ok = add_caller(asking, &own.items[i], grow_both, err);
    return ok;
}

/* ---- all of it ---- */

static bool (*const ANSWERS[LINEAGE_ASKS])(const Asking *asking, Error *err) = {
    [LINEAGE_ASK_KEY] = ask_key,
    [LINEAGE_ASK_EVENT] = ask_event,
    [LINEAGE_ASK_PRINCIPAL] = ask_principal,
    [LINEAGE_ASK_ROLE] = ask_role,
    [LINEAGE_ASK_INSTANCE] = ask_instance,
    [LINEAGE_ASK_ADDRESS] = ask_address,
};

bool lineage_who_ask(const LineageReader *reader, const LineageQuestion *question,
                     LineageAnswer *ret, Error *err)
{
    const Asking asking = {reader, question, ret};
    *ret = (LineageAnswer){.kind = lineage_who_kind(question->text), .asked = question->text};
    if (ret->kind == LINEAGE_ASKS)
        return error_set(err, ERROR_USAGE,
                         "'%.*s' is no access key, ARN of a user, role or session, event id, "
                         "instance id or address",
                         STR_ARG(str_slice(question->text, 0, 200)));
    return ANSWERS[ret->kind](&asking, err);
}
