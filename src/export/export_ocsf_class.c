#include "export/export_ocsf_class.h"

static const OcsfClass CLASSES[] = {
    {OCSF_AUTHENTICATION, "Authentication", "authentication", 3, "Identity & Access Management"},
    {OCSF_ACCOUNT_CHANGE, "Account Change", "account_change", 3, "Identity & Access Management"},
    {OCSF_API_ACTIVITY, "API Activity", "api_activity", 6, "Application Activity"},
};

/* Services whose calls may be of the classes of identities. */
static const char *const SERVICES[] = {"iam",           "signin",  "sts", "sso",
                                       "organizations", "account", NULL};

static const OcsfActivity OTHER = {99, "Other"};

typedef struct Call {
    const char *name;
    OcsfActivity activity;
} Call;

static const Call SIGN_INS[] = {
    {"ConsoleLogin", {1, "Logon"}},
    {"ExternalIdPDirectoryLogin", {1, "Logon"}},
    {"UserAuthentication", {1, "Logon"}},
    {"AssumeRole", {1, "Logon"}},
    {"AssumeRoleWithSAML", {1, "Logon"}},
    {"AssumeRoleWithWebIdentity", {1, "Logon"}},
    {"CheckMfa", {99, "Other"}},
    {"CredentialChallenge", {99, "Other"}},
    {"CredentialVerification", {99, "Other"}},
    {NULL, {0, NULL}},
};

#define CREATE                                                                                     \
    {                                                                                              \
        1, "Create"                                                                                \
    }
#define DELETE                                                                                     \
    {                                                                                              \
        6, "Delete"                                                                                \
    }
#define ATTACH                                                                                     \
    {                                                                                              \
        7, "Attach Policy"                                                                         \
    }
#define DETACH                                                                                     \
    {                                                                                              \
        8, "Detach Policy"                                                                         \
    }
#define OTHERS                                                                                     \
    {                                                                                              \
        99, "Other"                                                                                \
    }

static const Call CHANGES[] = {
    {"CreateUser", CREATE},
    {"UpdateUser", OTHERS},
    {"DeleteUser", DELETE},
    {"CreateRole", CREATE},
    {"UpdateRole", OTHERS},
    {"UpdateRoleDescription", OTHERS},
    {"DeleteRole", DELETE},
    {"UpdateGroup", OTHERS},
    {"DeleteGroup", DELETE},
    {"AddUserToGroup", OTHERS},
    {"RemoveUserFromGroup", OTHERS},
    {"AttachUserPolicy", ATTACH},
    {"AttachGroupPolicy", ATTACH},
    {"AttachRolePolicy", ATTACH},
    {"DetachUserPolicy", DETACH},
    {"DetachGroupPolicy", DETACH},
    {"DetachRolePolicy", DETACH},
    {"PutUserPolicy", ATTACH},
    {"PutGroupPolicy", ATTACH},
    {"PutRolePolicy", ATTACH},
    {"DeleteUserPolicy", DETACH},
    {"DeleteGroupPolicy", DETACH},
    {"DeleteRolePolicy", DETACH},
    {"DeletePolicy", OTHERS},
    {"PutUserPermissionsBoundary", ATTACH},
    {"PutRolePermissionsBoundary", ATTACH},
    {"DeleteUserPermissionsBoundary", DETACH},
    {"DeleteRolePermissionsBoundary", DETACH},
    {"CreateAccessKey", CREATE},
    {"UpdateAccessKey", OTHERS},
    {"DeleteAccessKey", DELETE},
    {"CreateLoginProfile", CREATE},
    {"UpdateLoginProfile", {4, "Password Reset"}},
    {"DeleteLoginProfile", DELETE},
    {"ChangePassword", {3, "Password Change"}},
    {"CreateVirtualMFADevice", CREATE},
    {"DeleteVirtualMFADevice", DELETE},
    {"EnableMFADevice", {10, "MFA Factor Enable"}},
    {"DeactivateMFADevice", {11, "MFA Factor Disable"}},
    {"ResyncMFADevice", OTHERS},
    {"RequestSmsMfaRegistration", OTHERS},
    {"FinalizeSmsMfaRegistration", {10, "MFA Factor Enable"}},
    {"CreateInstanceProfile", CREATE},
    {"DeleteInstanceProfile", DELETE},
    {"AddRoleToInstanceProfile", OTHERS},
    {"RemoveRoleFromInstanceProfile", OTHERS},
    {"CreateServiceLinkedRole", CREATE},
    {"DeleteServiceLinkedRole", DELETE},
    {"UpdateAssumeRolePolicy", OTHERS},
    {"CreateAccountAlias", CREATE},
    {"DeleteAccountAlias", DELETE},
    {"UpdateAccountPasswordPolicy", OTHERS},
    {"DeleteAccountPasswordPolicy", DELETE},
    {"UpdateAccountName", OTHERS},
    {"UpdateAccountEmailAddress", OTHERS},
    {"EmailUpdated", OTHERS},
    {"AccountNameUpdated", OTHERS},
    {"PasswordUpdated", {3, "Password Change"}},
    {"TagUser", OTHERS},
    {"UntagUser", OTHERS},
    {"TagRole", OTHERS},
    {"UntagRole", OTHERS},
    {"TagInstanceProfile", OTHERS},
    {"UntagInstanceProfile", OTHERS},
    {NULL, {0, NULL}},
};

/* Of API Activity, by the verb that a name begins with. */
static const Call VERBS[] = {
    {"Disassociate", {3, "Update"}}, {"Deregister", {3, "Update"}},
    {"Associate", {3, "Update"}},    {"Terminate", {4, "Delete"}},
    {"Generate", {1, "Create"}},     {"Describe", {2, "Read"}},
    {"Register", {3, "Update"}},     {"Disable", {3, "Update"}},
    {"Create", {1, "Create"}},       {"Search", {2, "Read"}},
    {"Lookup", {2, "Read"}},         {"Update", {3, "Update"}},
    {"Modify", {3, "Update"}},       {"Remove", {3, "Update"}},
    {"Attach", {3, "Update"}},       {"Detach", {3, "Update"}},
    {"Enable", {3, "Update"}},       {"Delete", {4, "Delete"}},
    {"Start", {3, "Update"}},        {"Untag", {3, "Update"}},
    {"Stop", {3, "Update"}},         {"List", {2, "Read"}},
    {"Run", {1, "Create"}},          {"Get", {2, "Read"}},
    {"Put", {3, "Update"}},          {"Add", {3, "Update"}},
    {"Tag", {3, "Update"}},          {NULL, {0, NULL}},
};

static const Call *find(const Call *list, Str name)
{
    for (; list->name; list++)
        if (str_equal(name, str_of(list->name)))
            return list;
    return NULL;
}

/* "sso-directory.amazonaws.com" is one of SERVICES, "sso". */
static bool is_of_identities(Str service)
{
    for (const char *const *name = SERVICES; *name; name++) {
        Str word = str_of(*name);
        if (str_starts(service, word) && (service.len == word.len || service.ptr[word.len] == '.' ||
                                          service.ptr[word.len] == '-'))
            return true;
    }
    return false;
}

const OcsfClass *export_ocsf_class_of(Str service, Str name)
{
    if (is_of_identities(service) && find(SIGN_INS, name))
        return &CLASSES[0];
    return is_of_identities(service) && find(CHANGES, name) ? &CLASSES[1] : &CLASSES[2];
}

/* A verb ends where the next word begins: "Get" is none of "Getaway". */
static OcsfActivity by_verb(Str name)
{
    for (const Call *verb = VERBS; verb->name; verb++) {
        Str word = str_of(verb->name);
        if (str_starts(name, word) &&
            (name.len == word.len || str_lower(name.ptr[word.len]) != name.ptr[word.len]))
            return verb->activity;
    }
    return OTHER;
}

OcsfActivity export_ocsf_class_activity(const OcsfClass *class, Str name)
{
    if (class->id == OCSF_API_ACTIVITY)
        return by_verb(name);
    const Call *call = find(class->id == OCSF_AUTHENTICATION ? SIGN_INS : CHANGES, name);
    return call ? call->activity : OTHER;
}
