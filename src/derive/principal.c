#include "derive/principal.h"

#include <string.h>

enum { STEPS_MAX = 5 };

/* A try to make a key: leaves *ret* alone when it can't. False with *err* when the arena is full.
 */
typedef bool (*Step)(const PrincipalInput *input, Arena *arena, Str *ret, Error *err);

static bool is_true(Str text)
{
    return text.ptr && str_equal_nocase(text, STR("true"));
}

/* Index of *part*, or text.len. */
static size_t find(Str text, Str part)
{
    for (size_t at = 0; at + part.len <= text.len; at++)
        if (str_starts(str_slice(text, at, text.len), part))
            return at;
    return text.len;
}

static bool has(Str text, Str part)
{
    return text.ptr && find(text, part) < text.len;
}

/* Joins *count* texts in the arena. */
static bool join(const Str *parts, size_t count, Arena *arena, Str *ret, Error *err)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *text = arena_alloc(arena, len + 1, err);
    if (!text)
        return false;
    *ret = (Str){text, len};
    for (size_t i = 0; i < count; text += parts[i++].len)
        if (parts[i].len)
            memcpy(text, parts[i].ptr, parts[i].len);
    *text = '\0';
    return true;
}

/* Part *index* of an ARN between its colons; the sixth is all that is left. */
static Str arn_part(Str arn, int index)
{
    for (int i = 0; i < index; i++)
        arn = str_slice(arn, str_find_byte(arn, ':', 0) + 1, arn.len);
    return index < 5 ? str_slice(arn, 0, str_find_byte(arn, ':', 0)) : arn;
}

static bool is_arn(Str text)
{
    return text.ptr && str_starts(text, STR("arn:"));
}

static Str partition_of(const PrincipalInput *input)
{
    const Str arns[] = {input->arn, input->issuer_arn, input->on_behalf_of_store};
    for (size_t i = 0; i < sizeof arns / sizeof *arns; i++)
        if (is_arn(arns[i]) && arn_part(arns[i], 1).len)
            return arn_part(arns[i], 1);
    return STR("aws");
}

static void take(Str text, Str *ret)
{
    if (text.ptr && text.len)
        *ret = text;
}

#define UNUSED_STEP (void)arena, (void)err

static bool from_arn(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    take(input->arn, ret);
    return true;
}

static bool from_issuer(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    take(input->issuer_arn, ret);
    return true;
}

static bool from_invoked_by(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    take(input->invoked_by, ret);
    return true;
}

static bool from_user_name(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    take(input->user_name, ret);
    return true;
}

static bool from_user_id(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    take(input->on_behalf_of_user, ret);
    return true;
}

static bool from_whole_id(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    take(input->principal_id, ret);
    return true;
}

/* The principalId without the session behind its colon; the account's own id is none. */
static bool from_id(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    UNUSED_STEP;
    Str id = input->principal_id;
    if (id.ptr && !(input->account_id.ptr && str_equal(id, input->account_id)))
        take(str_slice(id, 0, str_find_byte(id, ':', 0)), ret);
    return true;
}

static bool from_anonymous(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    static const Str WORD = {"anonymous", 9};
    UNUSED_STEP;
    const Str texts[] = {input->account_id, input->principal_id};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].ptr && str_equal_nocase(str_slice(texts[i], 0, WORD.len), WORD))
            *ret = WORD;
    return true;
}

static bool from_account(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    if (!input->account_id.ptr || !input->account_id.len)
        return true;
    const Str parts[] = {STR("arn:"), partition_of(input), STR(":iam::"), input->account_id,
                         STR(":root")};
    return join(parts, sizeof parts / sizeof *parts, arena, ret, err);
}

/* arn:P:sts::ACCOUNT:assumed-role/ROLE/SESSION -> arn:P:iam::ACCOUNT:role/ROLE */
static bool from_session_arn(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    static const Str KIND = {"assumed-role/", 13};
    Str resource = is_arn(input->arn) ? arn_part(input->arn, 5) : STR("");
    if (!str_starts(resource, KIND))
        return true;
    Str rest = str_slice(resource, KIND.len, resource.len);
    const Str parts[] = {STR("arn:"),   partition_of(input),
                         STR(":iam::"), arn_part(input->arn, 4),
                         STR(":role/"), str_slice(rest, 0, str_find_byte(rest, '/', 0))};
    return join(parts, sizeof parts / sizeof *parts, arena, ret, err);
}

static bool from_named_user(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    bool hidden = str_equal(input->user_name, STR("HIDDEN_DUE_TO_SECURITY_REASONS"));
    if (!input->account_id.len || !input->user_name.len || hidden)
        return true;
    const Str parts[] = {STR("arn:"),       partition_of(input), STR(":iam::"),
                         input->account_id, STR(":user/"),       input->user_name};
    return join(parts, sizeof parts / sizeof *parts, arena, ret, err);
}

static bool from_provider(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    if (!input->identity_provider.len || !input->user_name.len)
        return true;
    const Str parts[] = {input->identity_provider, STR(":"), input->user_name};
    return join(parts, sizeof parts / sizeof *parts, arena, ret, err);
}

static bool from_store(const PrincipalInput *input, Arena *arena, Str *ret, Error *err)
{
    if (!input->on_behalf_of_store.len || !input->on_behalf_of_user.len)
        return true;
    const Str parts[] = {input->on_behalf_of_store, STR("/user/"), input->on_behalf_of_user};
    return join(parts, sizeof parts / sizeof *parts, arena, ret, err);
}

/* The table of principal.h. The last row holds for all other types. */
static const struct {
    const char *type;
    Step steps[STEPS_MAX];
    bool has_session;
} TYPES[] = {
    {"Root", {from_arn, from_account}, false},
    {"IAMUser", {from_arn, from_named_user, from_whole_id}, false},
    {"AssumedRole", {from_issuer, from_session_arn, from_id}, true},
    {"Role", {from_arn, from_issuer, from_id}, true},
    {"FederatedUser", {from_arn, from_whole_id}, true},
    {"SAMLUser", {from_provider, from_whole_id}, false},
    {"WebIdentityUser", {from_provider, from_whole_id}, false},
    {"IdentityCenterUser", {from_store, from_user_id, from_whole_id}, false},
    {"Directory", {from_arn, from_whole_id, from_user_name}, false},
    {"AWSService", {from_invoked_by, from_whole_id}, false},
    {"AWSAccount", {from_anonymous, from_id, from_account}, true},
    {"", {from_arn, from_id, from_invoked_by, from_user_name, from_account}, true},
};

enum { TYPES_COUNT = sizeof TYPES / sizeof *TYPES };

static Str session_of(const PrincipalInput *input)
{
    Str id = input->principal_id;
    size_t colon = id.ptr ? str_find_byte(id, ':', 0) : 0;
    if (colon + 1 < id.len)
        return str_slice(id, colon + 1, id.len);
    if (has(input->arn, STR(":assumed-role/")) && str_base_name(input->arn).len)
        return str_base_name(input->arn);
    return (Str){NULL, 0};
}

bool principal_read(const PrincipalInput *input, Arena *arena, Principal *ret, Error *err)
{
    size_t row = 0;
    Principal principal = {0};
    while (row < TYPES_COUNT - 1 &&
           !(input->type.ptr && str_equal(input->type, str_of(TYPES[row].type))))
        row++;
    for (int i = 0; i < STEPS_MAX && TYPES[row].steps[i] && !principal.key.ptr; i++)
        if (!TYPES[row].steps[i](input, arena, &principal.key, err))
            return false;
    if (TYPES[row].has_session)
        principal.session_name = session_of(input);
    *ret = principal;
    return true;
}

bool principal_is_console(Str event_type, Str from_console, const Client *client)
{
    return is_true(from_console) || client->family == CLIENT_CONSOLE ||
           (event_type.ptr && (str_equal(event_type, STR("AwsConsoleSignIn")) ||
                               str_equal(event_type, STR("AwsConsoleAction"))));
}

static bool is_type(const PrincipalInput *input, Str type)
{
    return input->type.ptr && str_equal(input->type, type);
}

/* i-0123456789abcdef0 */
static bool is_instance(Str session)
{
    if (!session.ptr || session.len < 10 || !str_starts(session, STR("i-")))
        return false;
    for (size_t i = 2; i < session.len; i++)
        if (!strchr("0123456789abcdef", session.ptr[i]) || !session.ptr[i])
            return false;
    return true;
}

static bool is_machine(const PrincipalInput *input, const Principal *principal)
{
    return is_type(input, STR("AWSService")) || (!input->type.ptr && input->invoked_by.ptr) ||
           has(input->issuer_arn, STR(":role/aws-service-role/")) || input->in_scope_of.len ||
           input->ec2_role_delivery.len || is_instance(principal->session_name);
}

/* Signs in the identity itself. */
static bool is_person(const PrincipalInput *input, const Principal *principal)
{
    static const char *const PEOPLE[] = {"Root", "SAMLUser", "IdentityCenterUser", "Directory"};
    static const char *const PROVIDERS[] = {"accounts.google.com", "www.amazon.com",
                                            "graph.facebook.com"};
    for (size_t i = 0; i < sizeof PEOPLE / sizeof *PEOPLE; i++)
        if (is_type(input, str_of(PEOPLE[i])))
            return true;
    for (size_t i = 0; i < sizeof PROVIDERS / sizeof *PROVIDERS; i++)
        if (is_type(input, STR("WebIdentityUser")) && input->identity_provider.ptr &&
            str_equal(input->identity_provider, str_of(PROVIDERS[i])))
            return true;
    return input->on_behalf_of_user.len || is_true(input->mfa_authenticated) ||
           has(principal->key, STR("/AWSReservedSSO_"));
}

/* A program says that it is one: it may use credentials of the console, or sign in. */
static bool is_program(const Client *client)
{
    return client->family >= CLIENT_SDK && client->family != CLIENT_CLOUDFORMATION;
}

/* A program that somebody sits in front of, as far as its agent says. */
static bool is_interactive(const Client *client)
{
    bool in_service = client->runs_in.ptr && !str_starts(client->runs_in, STR("CloudShell"));
    return client->family == CLIENT_BROWSER || (client->family == CLIENT_CLI && !in_service);
}

unsigned principal_traits(const PrincipalInput *input, const Principal *principal)
{
    return (principal->key.ptr ? PRINCIPAL_KNOWN : 0u) |
           (is_type(input, STR("AWSService")) ? PRINCIPAL_SERVICE : 0u) |
           (is_machine(input, principal) ? PRINCIPAL_MACHINE : 0u) |
           (is_person(input, principal) ? PRINCIPAL_PERSON : 0u) |
           (is_type(input, STR("IAMUser")) ? PRINCIPAL_USER : 0u);
}

unsigned principal_client_traits(const Client *client)
{
    return (is_program(client) ? PRINCIPAL_BY_PROGRAM : 0u) |
           (is_interactive(client) ? PRINCIPAL_BY_HAND : 0u);
}

PrincipalAnswer principal_judge(unsigned traits, bool is_console)
{
    if (!(traits & PRINCIPAL_KNOWN))
        return PRINCIPAL_UNKNOWN;
    if (is_console && !(traits & (PRINCIPAL_BY_PROGRAM | PRINCIPAL_SERVICE)))
        return PRINCIPAL_YES;
    if (traits & PRINCIPAL_MACHINE)
        return PRINCIPAL_NO;
    bool by_hand = (traits & PRINCIPAL_USER) && (traits & PRINCIPAL_BY_HAND);
    return (traits & PRINCIPAL_PERSON) || by_hand ? PRINCIPAL_YES : PRINCIPAL_NO;
}

PrincipalAnswer principal_is_human(const PrincipalInput *input, const Principal *principal,
                                   const Client *client, bool is_console)
{
    return principal_judge(principal_traits(input, principal) | principal_client_traits(client),
                           is_console);
}
