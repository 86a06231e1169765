#include "lineage/lineage_origin.h"

#include <stdio.h>

#include "base/timestamp.h"

enum { NAME_BYTES = 1024 };

#define SECOND_US INT64_C(1000000)
#define HOUR_US   (INT64_C(3600) * SECOND_US)

const char *const LINEAGE_KIND_WORDS[] = {
    [LINEAGE_SESSION] = "session",     [LINEAGE_USER] = "user",
    [LINEAGE_ROOT] = "root",           [LINEAGE_PERSON] = "person",
    [LINEAGE_WORKLOAD] = "workload",   [LINEAGE_SERVICE] = "service",
    [LINEAGE_FEDERATED] = "federated", [LINEAGE_ACCOUNT] = "account",
    [LINEAGE_UNKNOWN] = "unknown",
};

/* Services that hand a role to something of the account's, which the session is named after. */
static const struct {
    const char *service;
    const char *thing;
} HOLDERS[] = {
    {"ec2.amazonaws.com", "instance"},
    {"lambda.amazonaws.com", "function"},
    {"ecs-tasks.amazonaws.com", "task"},
    {"codebuild.amazonaws.com", "build"},
    {"sagemaker.amazonaws.com", "notebook or job"},
    {"glue.amazonaws.com", "job"},
    {"states.amazonaws.com", "state machine"},
    {"pods.eks.amazonaws.com", "pod"},
};

/* Whose subjects are people, and whose are machines. */
static const struct {
    const char *pattern;
    LineageKind kind;
} PROVIDERS[] = {
    {"*cognito-identity.amazon*", LINEAGE_PERSON},
    {"*accounts.google.com*", LINEAGE_PERSON},
    {"*graph.facebook.com*", LINEAGE_PERSON},
    {"*www.amazon.com*", LINEAGE_PERSON},
    {"*token.actions.githubusercontent.com*", LINEAGE_WORKLOAD},
    {"*oidc.eks.*", LINEAGE_WORKLOAD},
    {"*gitlab*", LINEAGE_WORKLOAD},
    {"*bitbucket*", LINEAGE_WORKLOAD},
    {"*circleci*", LINEAGE_WORKLOAD},
    {"*app.terraform.io*", LINEAGE_WORKLOAD},
};

static Str joined(Arena *arena, const char *before, Str a, const char *between, Str b)
{
    char text[NAME_BYTES];
    ERROR_UNREAD(unread);
    int used = snprintf(text, sizeof text, "%s%.*s%s%.*s", before, STR_ARG(a), between, STR_ARG(b));
    if (used < 0 || (size_t)used >= sizeof text)
        return a;
    const char *copy = arena_text(arena, str_of(text), &unread);
    return copy ? str_of(copy) : a;
}

static bool is(const LineageEvent *event, const char *type)
{
    return str_equal(event->text[LINEAGE_TYPE], str_of(type));
}

static Str either(Str a, Str b)
{
    return a.len ? a : b;
}

/* ---- callers ---- */

static LineageOrigin of_user(const LineageEvent *event, Arena *arena)
{
    (void)arena;
    Str arn = either(event->text[LINEAGE_ARN], event->text[LINEAGE_USER_NAME]);
    bool lent = lineage_event_key_is_temporary(event->text[LINEAGE_KEY]);
    return (LineageOrigin){lent ? LINEAGE_SESSION : LINEAGE_USER,
                           either(arn, event->text[LINEAGE_PRINCIPAL]),
                           "a key or password of its own"};
}

static LineageOrigin of_root(const LineageEvent *event, Arena *arena)
{
    LineageOrigin origin = of_user(event, arena);
    if (origin.kind == LINEAGE_USER)
        origin.kind = LINEAGE_ROOT;
    return origin;
}

static LineageOrigin of_session(const LineageEvent *event, Arena *arena)
{
    (void)arena;
    return (LineageOrigin){LINEAGE_SESSION,
                           either(event->text[LINEAGE_ARN], event->text[LINEAGE_PRINCIPAL]), ""};
}

static LineageOrigin of_saml(const LineageEvent *event, Arena *arena)
{
    Str name = either(event->text[LINEAGE_USER_NAME], event->text[LINEAGE_PRINCIPAL]);
    Str provider = event->text[LINEAGE_PROVIDER];
    return (LineageOrigin){LINEAGE_PERSON,
                           provider.len ? joined(arena, "", name, " of ", provider) : name,
                           "a SAML sign-in"};
}

static LineageKind provider_kind(Str provider)
{
    for (size_t i = 0; i < sizeof PROVIDERS / sizeof *PROVIDERS; i++)
        if (str_matches(str_of(PROVIDERS[i].pattern), provider))
            return PROVIDERS[i].kind;
    return LINEAGE_FEDERATED;
}

static LineageOrigin of_web(const LineageEvent *event, Arena *arena)
{
    Str name = either(event->text[LINEAGE_USER_NAME], event->text[LINEAGE_PRINCIPAL]);
    Str provider = event->text[LINEAGE_PROVIDER];
    return (LineageOrigin){provider_kind(provider),
                           provider.len ? joined(arena, "", name, " of ", provider) : name,
                           "a token of its identity provider"};
}

static LineageOrigin of_service(const LineageEvent *event, Arena *arena)
{
    (void)arena;
    return (LineageOrigin){LINEAGE_SERVICE,
                           either(event->text[LINEAGE_INVOKED_BY], event->text[LINEAGE_PRINCIPAL]),
                           "the service's own call"};
}

static LineageOrigin of_identity_center(const LineageEvent *event, Arena *arena)
{
    return (LineageOrigin){LINEAGE_PERSON,
                           joined(arena, "Identity Center user ", event->text[LINEAGE_STORE_USER],
                                  event->text[LINEAGE_STORE].len ? " of " : "",
                                  event->text[LINEAGE_STORE]),
                           "an Identity Center token"};
}

static LineageOrigin of_account(const LineageEvent *event, Arena *arena)
{
    Str account = event->text[LINEAGE_OWNER], principal = event->text[LINEAGE_PRINCIPAL];
    return (LineageOrigin){LINEAGE_ACCOUNT,
                           joined(arena, "", principal, " of account ", either(account, STR("?"))),
                           "what the resource's owner sees of another account"};
}

static LineageOrigin of_unknown(const LineageEvent *event, Arena *arena)
{
    if (event->text[LINEAGE_INVOKED_BY].len)
        return of_service(event, arena);
    return (LineageOrigin){LINEAGE_UNKNOWN,
                           either(event->text[LINEAGE_ARN], either(event->text[LINEAGE_PRINCIPAL],
                                                                   event->text[LINEAGE_USER_NAME])),
                           "what the event says"};
}

static const struct {
    const char *type;
    LineageOrigin (*read)(const LineageEvent *event, Arena *arena);
} TYPES[] = {
    {"IAMUser", of_user},
    {"Root", of_root},
    {"AssumedRole", of_session},
    {"Role", of_session},
    {"FederatedUser", of_session},
    {"SAMLUser", of_saml},
    {"WebIdentityUser", of_web},
    {"AWSService", of_service},
    {"IdentityCenterUser", of_identity_center},
    {"AWSAccount", of_account},
};

LineageOrigin lineage_origin_of(const LineageEvent *event, Arena *arena)
{
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (is(event, TYPES[i].type))
            return TYPES[i].read(event, arena);
    return of_unknown(event, arena);
}

LineageOrigin lineage_origin_of_service(const LineageEvent *assumed, Arena *arena)
{
    Str service = assumed->text[LINEAGE_INVOKED_BY];
    Str session = lineage_event_member(assumed, LINEAGE_REQUEST, "roleSessionName", arena);
    for (size_t i = 0; session.len && i < sizeof HOLDERS / sizeof *HOLDERS; i++)
        if (str_equal(service, str_of(HOLDERS[i].service)))
            return (LineageOrigin){LINEAGE_WORKLOAD,
                                   joined(arena, HOLDERS[i].thing, STR(""), " ", session),
                                   "the service that handed it the role's credentials"};
    return of_service(assumed, arena);
}

LineageOrigin lineage_origin_of_arn(Str arn)
{
    LineageKind kind = LINEAGE_UNKNOWN;
    if (str_matches(STR("arn:*:iam::*:user/*"), arn))
        kind = LINEAGE_USER;
    else if (str_matches(STR("arn:*:iam::*:root"), arn))
        kind = LINEAGE_ROOT;
    else if (str_matches(STR("arn:*:sts::*:assumed-role/*/*"), arn) ||
             str_matches(STR("arn:*:sts::*:federated-user/*"), arn))
        kind = LINEAGE_SESSION;
    return (LineageOrigin){kind, arn, "its ARN"};
}

/* ---- guesses ---- */

/* arn:P:iam::A:role/aws-service-role/SERVICE/NAME */
static Str linked_service(Str issuer)
{
    static const char PATH[] = ":role/aws-service-role/";
    if (!str_matches(STR("*:role/aws-service-role/*/*"), issuer))
        return STR("");
    size_t at = str_find_byte(issuer, ':', 0);
    while (!str_starts(str_slice(issuer, at, issuer.len), STR(PATH)))
        at = str_find_byte(issuer, ':', at + 1);
    at += sizeof PATH - 1;
    return str_slice(issuer, at, str_find_byte(issuer, '/', at));
}

static bool is_reserved_sso(const LineageEvent *session)
{
    return str_matches(STR("*/AWSReservedSSO_*"), session->text[LINEAGE_ISSUER]) ||
           str_matches(STR("*:assumed-role/AWSReservedSSO_*/*"), session->text[LINEAGE_ARN]);
}

static LineageOrigin guess_person(const LineageEvent *session, Arena *arena)
{
    Str name = lineage_event_session_name(session);
    if (session->text[LINEAGE_STORE_USER].len) {
        LineageOrigin person = of_identity_center(session, arena);
        person.how = "onBehalfOf of the session";
        return person;
    }
    if (session->text[LINEAGE_SOURCE_IDENTITY].len)
        return (LineageOrigin){LINEAGE_PERSON, session->text[LINEAGE_SOURCE_IDENTITY],
                               "the session's sourceIdentity, which its first caller set"};
    if (is_reserved_sso(session) && name.len)
        return (LineageOrigin){LINEAGE_PERSON, name,
                               "the session's name, which Identity Center sets"};
    return (LineageOrigin){LINEAGE_UNKNOWN, STR(""), ""};
}

static LineageOrigin guess_machine(const LineageEvent *session, Arena *arena)
{
    Str service = linked_service(session->text[LINEAGE_ISSUER]);
    Str name = lineage_event_session_name(session);
    if (service.len)
        return (LineageOrigin){LINEAGE_SERVICE, service, "the service-linked role"};
    if (session->text[LINEAGE_SCOPE].len)
        return (LineageOrigin){LINEAGE_WORKLOAD, session->text[LINEAGE_SCOPE],
                               "inScopeOf of the session"};
    if (lineage_event_is_instance(name))
        return (LineageOrigin){LINEAGE_WORKLOAD, joined(arena, "instance", STR(""), " ", name),
                               session->text[LINEAGE_EC2].len
                                   ? "the session's name and its ec2RoleDelivery"
                                   : "the session's name, an instance's id"};
    if (session->text[LINEAGE_WEB_PROVIDER].len)
        return (LineageOrigin){provider_kind(session->text[LINEAGE_WEB_PROVIDER]),
                               joined(arena, "", name, " of ", session->text[LINEAGE_WEB_PROVIDER]),
                               "the session's name and webIdFederationData"};
    return (LineageOrigin){LINEAGE_UNKNOWN, STR(""), ""};
}

LineageOrigin lineage_origin_guess(const LineageEvent *session, Arena *arena)
{
    Str issuer = session->text[LINEAGE_ISSUER];
    if (is(session, "IAMUser") || is(session, "Root"))
        return (LineageOrigin){is(session, "Root") ? LINEAGE_ROOT : LINEAGE_USER,
                               either(session->text[LINEAGE_ARN], session->text[LINEAGE_USER_NAME]),
                               "the session acts under the user's own name"};
    if (is(session, "FederatedUser") && issuer.len) {
        LineageOrigin origin = lineage_origin_of_arn(issuer);
        origin.how = "the session's issuer";
        return origin;
    }
    LineageOrigin person = guess_person(session, arena);
    return person.name.len ? person : guess_machine(session, arena);
}

/* ---- gaps ---- */

bool lineage_origin_created(const LineageEvent *session, int64_t *ret_us)
{
    return timestamp_parse(session->text[LINEAGE_CREATED], ret_us);
}

/* By what may a session have come to be, in the order of trial; an empty pattern fits all. */
static const struct {
    const char *type;
    LineageText text;
    int hours; /* how long such credentials last at most */
    const char *pattern;
    const char *source, *names;
} GIVERS[] = {
    {"AssumedRole", LINEAGE_ISSUER, 12, "*:role/aws-reserved/sso.amazonaws.com/*",
     "sts.amazonaws.com", "AssumeRoleWithSAML"},
    {"AssumedRole", LINEAGE_ARN, 12, "*/AWSReservedSSO_*", "sts.amazonaws.com",
     "AssumeRoleWithSAML"},
    {"AssumedRole", LINEAGE_ISSUER, 12, "*:role/aws-service-role/*", "sts.amazonaws.com",
     "AssumeRole by the role's service"},
    {"AssumedRole", LINEAGE_WEB_PROVIDER, 12, "?*", "sts.amazonaws.com",
     "AssumeRoleWithWebIdentity"},
    {"AssumedRole", LINEAGE_EC2, 12, "?*", "sts.amazonaws.com", "AssumeRole by ec2.amazonaws.com"},
    {"AssumedRole", LINEAGE_CONSOLE, 12, "?*", "sts.amazonaws.com or signin.amazonaws.com",
     "AssumeRole, AssumeRoleWithSAML or SwitchRole"},
    {"AssumedRole", LINEAGE_ARN, 12, "*", "sts.amazonaws.com",
     "AssumeRole, AssumeRoleWithSAML or AssumeRoleWithWebIdentity"},
    {"FederatedUser", LINEAGE_ARN, 36, "*", "sts.amazonaws.com", "GetFederationToken"},
    {"Root", LINEAGE_ARN, 12, "*", "signin.amazonaws.com or sts.amazonaws.com",
     "ConsoleLogin or AssumeRoot"},
    {"", LINEAGE_CONSOLE, 12, "?*", "signin.amazonaws.com", "ConsoleLogin"},
    {"", LINEAGE_ARN, 36, "*", "sts.amazonaws.com or signin.amazonaws.com",
     "GetSessionToken or ConsoleLogin"},
};

/* True for the last at the latest. */
static bool may_give(size_t giver, const LineageEvent *session)
{
    return (!GIVERS[giver].type[0] || is(session, GIVERS[giver].type)) &&
           str_matches(str_of(GIVERS[giver].pattern), session->text[GIVERS[giver].text]);
}

LineageGap lineage_origin_gap(const LineageEvent *session)
{
    size_t giver = 0;
    int64_t created;
    while (!may_give(giver, session))
        giver++;
    LineageGap gap = {.names = GIVERS[giver].names,
                      .source = GIVERS[giver].source,
                      .key = session->text[LINEAGE_KEY],
                      .role = session->text[LINEAGE_ISSUER],
                      .account =
                          either(session->text[LINEAGE_OWNER], session->text[LINEAGE_RECIPIENT]),
                      .from_us = session->time_us - GIVERS[giver].hours * HOUR_US,
                      .until_us = session->time_us};
    if (lineage_origin_created(session, &created)) {
        gap.from_us = created - 5 * SECOND_US;
        gap.until_us = created + 5 * SECOND_US;
    }
    return gap;
}
