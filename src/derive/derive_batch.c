#include "derive/derive_batch.h"

#include <stddef.h>
#include <string.h>

#include "decode/batch_facet.h"

enum { ARENA_BYTES_MAX = 64 << 20, SCRATCH_BYTES_MAX = 4 << 20, ANSWERS = 3, ACTIONS = 6 };

/* The column of each member. */
static const FieldNode NODES[MEMBER_COUNT] = {
#define MEMBER(id, name, type, value) [MEMBER_##id] = F_D_##id,
#include "derive/member_table.h"
#undef MEMBER
};

/* A batch being filled. */
typedef struct Filling {
    const Derive *derive;
    Batch *batch;
    Arena *arena;    /* what is kept per code */
    Arena *scratch;  /* texts of one identity */
    uint8_t *people; /* traits per identity's code */
    uint8_t *agents; /* and per user agent's */
    Error *err;
} Filling;

static Str text_of(const Filling *at, FieldNode node, uint32_t code)
{
    return code ? batch_value(&at->batch->columns[node], code) : (Str){NULL, 0};
}

static bool put_lists(Filling *at, const ThreatLists *lists, uint32_t *ret)
{
    uint32_t codes[DERIVE_LISTS_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < DERIVE_LISTS_MAX; i++) {
        if (!(lists->bits >> i & 1))
            continue;
        if (!batch_facet_text(at->batch, F_D_THREAT_LIST, lists->names[i], &codes[count], at->err))
            return false;
        count += codes[count] != 0;
    }
    return !count || batch_facet_list(at->batch, F_D_THREAT_LISTS, codes, count, ret, at->err);
}

static bool put_member(Filling *at, const DerivedMembers *members, MemberId id, uint32_t value)
{
    uint32_t code = 0;
    const MemberValue member = member_get(members, id);
    if (!member.is_known)
        return true;
    if (member.type == MEMBER_NUMBER || member.type == MEMBER_FLAG)
        code = (uint32_t)member.number + 1;
    else if (!(member.type == MEMBER_LISTS
                   ? put_lists(at, &member.lists, &code)
                   : batch_facet_text(at->batch, NODES[id], member.text, &code, at->err)))
        return false;
    batch_facet_set(at->batch, NODES[id], value, code);
    return true;
}

/* The facet's members of *members* become *value*. */
static bool put_value(Filling *at, const DerivedMembers *members, FacetId facet, uint32_t value)
{
    bool ok = true;
    for (unsigned id = 0; ok && id < MEMBER_COUNT; id++)
        if (NODES[id] >= BATCH_FACETS[facet] && NODES[id] < BATCH_FACETS[facet + 1])
            ok = put_member(at, members, (MemberId)id, value);
    return ok;
}

static bool begin(Filling *at, FacetId facet, const uint32_t *codes, uint32_t count)
{
    at->batch->derived.facets[facet].codes = codes;
    return batch_facet_begin(at->batch, facet, count, at->err);
}

static bool fill_addresses(Filling *at)
{
    DerivedMembers members = {0};
    const BatchColumn *column = &at->batch->columns[F_SOURCE_IP_ADDRESS];
    uint32_t count = column->entry_count + 1;
    bool ok = begin(at, FACET_ADDRESS, column->codes, count);
    for (uint32_t code = 0; ok && code < count; code++) {
        derive_address(at->derive, text_of(at, F_SOURCE_IP_ADDRESS, code), &members.address);
        ok = put_value(at, &members, FACET_ADDRESS, code);
    }
    return ok;
}

static bool put_accounts(Filling *at, FieldNode node, uint32_t first)
{
    DerivedMembers members = {0};
    bool ok = true;
    for (uint32_t code = 0; ok && code <= at->batch->columns[node].entry_count; code++) {
        derive_account(at->derive, text_of(at, node, code), &members.account);
        ok = put_value(at, &members, FACET_ACCOUNT, first + code);
    }
    return ok;
}

/* Values are the codes of recipientAccountId, behind them those of the identity's account. */
static bool fill_accounts(Filling *at)
{
    Batch *batch = at->batch;
    if (!derive_accounts(at->derive))
        return true;
    const uint32_t *recipients = batch->columns[F_RECIPIENT_ACCOUNT_ID].codes;
    uint32_t first = batch->columns[F_RECIPIENT_ACCOUNT_ID].entry_count + 1;
    uint32_t count = first + batch->columns[F_UI_ACCOUNT_ID].entry_count + 1;
    uint32_t *rows = batch_facet_rows(batch, FACET_ACCOUNT, at->err);
    if (!rows || !batch_facet_begin(batch, FACET_ACCOUNT, count, at->err))
        return false;
    for (uint32_t row = 0; row < batch->rows; row++)
        rows[row] =
            recipients[row] ? recipients[row] : first + batch_code(batch, F_UI_ACCOUNT_ID, row);
    return put_accounts(at, F_RECIPIENT_ACCOUNT_ID, 0) && put_accounts(at, F_UI_ACCOUNT_ID, first);
}

/* Where the parts of an identity stand. */
static const struct {
    FieldNode node;
    size_t offset;
} PARTS[] = {
    {F_UI_TYPE, offsetof(PrincipalInput, type)},
    {F_UI_PRINCIPAL_ID, offsetof(PrincipalInput, principal_id)},
    {F_UI_ARN, offsetof(PrincipalInput, arn)},
    {F_UI_ACCOUNT_ID, offsetof(PrincipalInput, account_id)},
    {F_UI_USER_NAME, offsetof(PrincipalInput, user_name)},
    {F_UI_INVOKED_BY, offsetof(PrincipalInput, invoked_by)},
    {F_UI_IDENTITY_PROVIDER, offsetof(PrincipalInput, identity_provider)},
    {F_OBO_USER_ID, offsetof(PrincipalInput, on_behalf_of_user)},
    {F_OBO_STORE_ARN, offsetof(PrincipalInput, on_behalf_of_store)},
    {F_ISO_ISSUER_TYPE, offsetof(PrincipalInput, in_scope_of)},
    {F_SCI_ARN, offsetof(PrincipalInput, issuer_arn)},
    {F_SCA_MFA, offsetof(PrincipalInput, mfa_authenticated)},
    {F_SC_EC2_ROLE_DELIVERY, offsetof(PrincipalInput, ec2_role_delivery)},
};

static void read_identity(const Filling *at, uint32_t code, PrincipalInput *ret)
{
    const BatchGroup *group = &at->batch->groups[GROUP_IDENTITY];
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        FieldNode node = PARTS[i].node;
        uint32_t part =
            code ? group->leaf_codes[node - F_USER_IDENTITY][group->shapes[code - 1].first] : 0;
        *(Str *)(void *)((char *)ret + PARTS[i].offset) = text_of(at, node, part);
    }
}

static bool fill_principals(Filling *at)
{
    DerivedMembers members = {0};
    PrincipalInput input;
    const BatchGroup *group = &at->batch->groups[GROUP_IDENTITY];
    uint32_t count = group->shape_count + 1;
    at->people = arena_calloc(at->arena, count, sizeof *at->people, at->err);
    bool ok = at->people && begin(at, FACET_PRINCIPAL, group->codes, count);
    for (uint32_t code = 0; ok && code < count; code++) {
        arena_reset(at->scratch);
        read_identity(at, code, &input);
        ok = principal_read(&input, at->scratch, &members.principal, at->err) &&
             put_value(at, &members, FACET_PRINCIPAL, code);
        if (ok)
            at->people[code] = (uint8_t)principal_traits(&input, &members.principal);
    }
    return ok;
}

/* The highest bit of a client's traits says that it is a console. */
enum { CONSOLE_AGENT = 128 };

static bool fill_clients(Filling *at)
{
    static const Str NONE = {NULL, 0};
    DerivedMembers members = {0};
    const BatchColumn *column = &at->batch->columns[F_USER_AGENT];
    uint32_t count = column->entry_count + 1;
    at->agents = arena_calloc(at->arena, count, sizeof *at->agents, at->err);
    bool ok = at->agents && begin(at, FACET_CLIENT, column->codes, count);
    for (uint32_t code = 0; ok && code < count; code++) {
        members.client = client_read(text_of(at, F_USER_AGENT, code));
        bool console = principal_is_console(NONE, NONE, &members.client);
        at->agents[code] =
            (uint8_t)(principal_client_traits(&members.client) | (console ? CONSOLE_AGENT : 0u));
        ok = put_value(at, &members, FACET_CLIENT, code);
    }
    return ok;
}

/* Per code of eventType or sessionCredentialFromConsole, whether it says that it was a console. */
static uint8_t *console_flags(Filling *at, FieldNode node)
{
    const Client nobody = {0};
    uint32_t count = at->batch->columns[node].entry_count + 1;
    uint8_t *flags = arena_calloc(at->arena, count, sizeof *flags, at->err);
    for (uint32_t code = 1; flags && code < count; code++) {
        Str text = text_of(at, node, code), none = {NULL, 0};
        flags[code] = node == F_EVENT_TYPE ? principal_is_console(text, none, &nobody)
                                           : principal_is_console(none, text, &nobody);
    }
    return flags;
}

/* A value for each answer, without and with a console. */
static bool put_answers(Filling *at)
{
    bool ok = batch_facet_begin(at->batch, FACET_PERSON, 2 * ANSWERS, at->err);
    for (uint32_t value = 0; ok && value < 2 * ANSWERS; value++) {
        const DerivedMembers members = {.is_console = value >= ANSWERS,
                                        .is_human = (PrincipalAnswer)(value % ANSWERS)};
        ok = put_value(at, &members, FACET_PERSON, value);
    }
    return ok;
}

static bool fill_people(Filling *at)
{
    Batch *batch = at->batch;
    const uint8_t *types = console_flags(at, F_EVENT_TYPE);
    const uint8_t *sessions = types ? console_flags(at, F_FROM_CONSOLE) : NULL;
    uint32_t *rows = sessions ? batch_facet_rows(batch, FACET_PERSON, at->err) : NULL;
    if (!rows || !put_answers(at))
        return false;
    const uint32_t *type = batch->columns[F_EVENT_TYPE].codes;
    const uint32_t *session = batch->columns[F_FROM_CONSOLE].codes;
    const uint32_t *agent = batch->columns[F_USER_AGENT].codes;
    const uint32_t *identity = batch->groups[GROUP_IDENTITY].codes;
    for (uint32_t row = 0; row < batch->rows; row++) {
        unsigned client = at->agents[agent[row]];
        bool console = types[type[row]] || sessions[session[row]] || client & CONSOLE_AGENT;
        PrincipalAnswer answer = principal_judge(at->people[identity[row]] | client, console);
        rows[row] = (uint32_t)answer + (console ? ANSWERS : 0);
    }
    return true;
}

/* What a name meant last. */
typedef struct Meaning {
    uint32_t source;
    uint8_t read_only; /* of the batch, + 1; 0: it has not been seen */
    uint8_t action;
} Meaning;

static ActionClass action_of(const Filling *at, uint32_t source, uint32_t name, unsigned read_only)
{
    static const Str FLAGS[] = {{"false", 5}, {"true", 4}, {NULL, 0}};
    return action_class(text_of(at, F_EVENT_SOURCE, source), text_of(at, F_EVENT_NAME, name),
                        FLAGS[read_only > 2 ? 2 : read_only]);
}

static bool put_actions(Filling *at)
{
    bool ok = batch_facet_begin(at->batch, FACET_ACTION, ACTIONS, at->err);
    for (uint32_t value = 0; ok && value < ACTIONS; value++) {
        const DerivedMembers members = {.action = (ActionClass)value};
        ok = put_value(at, &members, FACET_ACTION, value);
    }
    return ok;
}

static bool fill_actions(Filling *at)
{
    Batch *batch = at->batch;
    const uint32_t *sources = batch->columns[F_EVENT_SOURCE].codes;
    const uint32_t *names = batch->columns[F_EVENT_NAME].codes;
    uint32_t count = batch->columns[F_EVENT_NAME].entry_count + 1;
    Meaning *meanings = arena_calloc(at->arena, count, sizeof *meanings, at->err);
    uint32_t *rows = meanings ? batch_facet_rows(batch, FACET_ACTION, at->err) : NULL;
    if (!rows || !put_actions(at))
        return false;
    for (uint32_t row = 0; row < batch->rows; row++) {
        Meaning *meaning = &meanings[names[row]];
        unsigned read_only = batch->read_only[row];
        if (meaning->source != sources[row] || meaning->read_only != read_only + 1)
            *meaning = (Meaning){sources[row], (uint8_t)(read_only + 1),
                                 (uint8_t)action_of(at, sources[row], names[row], read_only)};
        rows[row] = meaning->action;
    }
    return true;
}

/* The calendar that an identity had last, and with which account. */
typedef struct Habit {
    uint32_t account; /* the code of recipientAccountId, + 1; 0: it has not been seen */
    int calendar;
} Habit;

static bool find_calendar(Filling *at, uint32_t identity, uint32_t recipient, int *ret)
{
    PrincipalInput input;
    Principal principal;
    Account account;
    arena_reset(at->scratch);
    read_identity(at, identity, &input);
    Str id = recipient ? text_of(at, F_RECIPIENT_ACCOUNT_ID, recipient) : input.account_id;
    if (!principal_read(&input, at->scratch, &principal, at->err))
        return false;
    derive_account(at->derive, id, &account);
    *ret = derive_calendar(at->derive, &principal, id, &account);
    return true;
}

/* A value for each calendar, within its hours and outside; behind that of none. */
static bool put_calendars(Filling *at, const Calendars *calendars)
{
    size_t count = calendars_count(calendars);
    bool ok = batch_facet_begin(at->batch, FACET_CALENDAR, 1 + 2 * (uint32_t)count, at->err);
    for (size_t i = 0; ok && i < 2 * count; i++) {
        const DerivedMembers members = {.calendar = calendars_name(calendars, (int)(i / 2)),
                                        .off_hours = i % 2};
        ok = put_value(at, &members, FACET_CALENDAR, 1 + (uint32_t)i);
    }
    return ok;
}

static bool fill_calendars(Filling *at)
{
    Batch *batch = at->batch;
    const Calendars *calendars = derive_calendars(at->derive);
    const BatchGroup *group = &batch->groups[GROUP_IDENTITY];
    if (!calendars)
        return true;
    Habit *habits = arena_calloc(at->arena, group->shape_count + 1, sizeof *habits, at->err);
    uint32_t *rows = habits ? batch_facet_rows(batch, FACET_CALENDAR, at->err) : NULL;
    bool ok = rows && put_calendars(at, calendars);
    for (uint32_t row = 0; ok && row < batch->rows; row++) {
        uint32_t recipient = batch->columns[F_RECIPIENT_ACCOUNT_ID].codes[row];
        Habit *habit = &habits[group->codes[row]];
        if (habit->account != recipient + 1) {
            habit->account = recipient + 1;
            ok = find_calendar(at, group->codes[row], recipient, &habit->calendar);
        }
        rows[row] = habit->calendar == CALENDAR_NONE
                        ? 0
                        : 1 + 2 * (uint32_t)habit->calendar +
                              calendars_is_off(calendars, habit->calendar, batch->event_time[row]);
    }
    return ok;
}

bool derive_batch(const Derive *derive, Batch *batch, Error *err)
{
    Filling at = {.derive = derive, .batch = batch, .err = err};
    at.arena = arena_new(ARENA_BYTES_MAX, err);
    at.scratch = at.arena ? arena_new(SCRATCH_BYTES_MAX, err) : NULL;
    batch_facet_reset(batch);
    bool ok = at.scratch && fill_addresses(&at) && fill_accounts(&at) && fill_principals(&at) &&
              fill_clients(&at) && fill_people(&at) && fill_actions(&at) && fill_calendars(&at);
    batch->derived.filled = batch->derived.always = ok;
    arena_free(at.scratch);
    arena_free(at.arena);
    return ok;
}
