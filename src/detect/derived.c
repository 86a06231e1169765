#include "detect/derived.h"

#include <stddef.h>

#include "base/mem.h"

enum { TEXT_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 1 << 22 };

struct Derived {
    Derive *derive;
    Arena *arena;
    Buf text;
};

/* Where the inputs of derive stand in a record. */
static const struct {
    const char *path;
    size_t offset;
} INPUTS[] = {
    {"sourceIPAddress", offsetof(DeriveInput, source_ip)},
    {"userAgent", offsetof(DeriveInput, user_agent)},
    {"eventSource", offsetof(DeriveInput, event_source)},
    {"eventName", offsetof(DeriveInput, event_name)},
    {"eventType", offsetof(DeriveInput, event_type)},
    {"readOnly", offsetof(DeriveInput, read_only)},
    {"sessionCredentialFromConsole", offsetof(DeriveInput, from_console)},
    {"recipientAccountId", offsetof(DeriveInput, recipient_account_id)},
    {"eventTime", offsetof(DeriveInput, event_time)},
    {"userIdentity.type", offsetof(DeriveInput, identity.type)},
    {"userIdentity.principalId", offsetof(DeriveInput, identity.principal_id)},
    {"userIdentity.arn", offsetof(DeriveInput, identity.arn)},
    {"userIdentity.accountId", offsetof(DeriveInput, identity.account_id)},
    {"userIdentity.userName", offsetof(DeriveInput, identity.user_name)},
    {"userIdentity.invokedBy", offsetof(DeriveInput, identity.invoked_by)},
    {"userIdentity.identityProvider", offsetof(DeriveInput, identity.identity_provider)},
    {"userIdentity.onBehalfOf.userId", offsetof(DeriveInput, identity.on_behalf_of_user)},
    {"userIdentity.onBehalfOf.identityStoreArn",
     offsetof(DeriveInput, identity.on_behalf_of_store)},
    {"userIdentity.inScopeOf.issuerType", offsetof(DeriveInput, identity.in_scope_of)},
    {"userIdentity.sessionContext.sessionIssuer.arn", offsetof(DeriveInput, identity.issuer_arn)},
    {"userIdentity.sessionContext.attributes.mfaAuthenticated",
     offsetof(DeriveInput, identity.mfa_authenticated)},
    {"userIdentity.sessionContext.ec2RoleDelivery",
     offsetof(DeriveInput, identity.ec2_role_delivery)},
};

Derived *derived_new(Derive *derive, Error *err)
{
    Derived *derived = mem_calloc(1, sizeof *derived, err);
    if (!derived)
        return NULL;
    derived->derive = derive_keep(derive);
    derived->text = buf_init(TEXT_BYTES_MAX);
    derived->arena = arena_new(ARENA_BYTES_MAX, err);
    if (derived->arena)
        return derived;
    derived_free(derived);
    return NULL;
}

void derived_free(Derived *derived)
{
    if (!derived)
        return;
    derive_release(derived->derive);
    arena_free(derived->arena);
    buf_free(&derived->text);
    mem_free(derived);
}

static Str input_of(Document *document, const char *path)
{
    Found found;
    uint32_t segment = (uint32_t)str_find_byte(str_of(path), '.', 0);
    const FieldPath asked = {.text = str_of(path),
                             .slot = slot_of_member(str_slice(str_of(path), 0, segment)),
                             .segment = segment};
    document_find(document, &asked, &found);
    const Json *value = found.count ? found.values[0] : NULL;
    if (value && value->type == JSON_STRING)
        return value->text;
    if (value && (value->type == JSON_TRUE || value->type == JSON_FALSE))
        return value->type == JSON_TRUE ? STR("true") : STR("false");
    return (Str){NULL, 0};
}

Str derived_write(Derived *derived, Document *document)
{
    DeriveInput input;
    DerivedMembers members;
    ERROR_UNREAD(ignored);
    for (size_t i = 0; i < sizeof INPUTS / sizeof *INPUTS; i++)
        *(Str *)(void *)((char *)&input + INPUTS[i].offset) = input_of(document, INPUTS[i].path);
    arena_reset(derived->arena);
    derived->text.len = 0;
    bool ok = derive_members(derived->derive, &input, derived->arena, &members, &ignored) &&
              derive_write(&members, &derived->text, &ignored);
    return ok ? buf_str(&derived->text) : STR("");
}

uint64_t derived_needs(Str name)
{
    static const struct {
        const char *name;
        uint64_t needs;
    } NEEDS[] = {
        {"addressKind", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"awsService", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"awsRegion", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"country", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"city", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"asn", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"asnOrganization", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"threatLists", SLOT_BIT(S_SOURCE_IP_ADDRESS)},
        {"principal", SLOT_BIT(S_USER_IDENTITY)},
        {"sessionName", SLOT_BIT(S_USER_IDENTITY)},
        {"clientFamily", SLOT_BIT(S_USER_AGENT)},
        {"clientName", SLOT_BIT(S_USER_AGENT)},
        {"clientVersion", SLOT_BIT(S_USER_AGENT)},
        {"calendar", SLOT_BIT(S_USER_IDENTITY)},
        {"offHours", SLOT_BIT(S_USER_IDENTITY) | SLOT_BIT(S_EVENT_TIME)},
        {"action", SLOT_BIT(S_EVENT_SOURCE) | SLOT_BIT(S_EVENT_NAME) | SLOT_BIT(S_READ_ONLY)},
    };
    for (size_t i = 0; i < sizeof NEEDS / sizeof *NEEDS; i++)
        if (str_equal(name, str_of(NEEDS[i].name)))
            return NEEDS[i].needs;
    return 0;
}

bool derived_reads(Str path, Str member)
{
    bool derived = str_equal(path, STR("derived")) || str_starts(path, STR("derived."));
    for (size_t i = 0; derived && i < sizeof INPUTS / sizeof *INPUTS; i++)
        if (str_starts(str_of(INPUTS[i].path), member) ||
            str_starts(member, str_of(INPUTS[i].path)))
            return true;
    return false;
}
