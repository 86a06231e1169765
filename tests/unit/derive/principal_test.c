#include "derive/principal.h"

#include <string.h>

#include "support/support.h"

#define ROLE    "arn:aws:iam::111122223333:role/ops/deployer"
#define SESSION "arn:aws:sts::111122223333:assumed-role/deployer/release-77"
#define STORE   "arn:aws:identitystore::111122223333:identitystore/d-123"
#define S(text)                                                                                    \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

typedef struct Case {
    const char *sentence;
    PrincipalInput input;
    const char *agent;
    const char *from_console, *event_type;
    const char *key, *session;
    PrincipalAnswer is_human;
} Case;

static const Case CASES[] = {
    {"root",
     {.type = S("Root"),
      .arn = S("arn:aws:iam::111122223333:root"),
      .principal_id = S("111122223333"),
      .account_id = S("111122223333")},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::111122223333:root",
     NULL,
     PRINCIPAL_YES},
    {"root without its ARN",
     {.type = S("Root"), .account_id = S("111122223333")},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::111122223333:root",
     NULL,
     PRINCIPAL_YES},
    {"a user by a program",
     {.type = S("IAMUser"),
      .arn = S("arn:aws:iam::1:user/x/ci"),
      .principal_id = S("AIDAX"),
      .user_name = S("ci")},
     "Boto3/1.2",
     NULL,
     "AwsApiCall",
     "arn:aws:iam::1:user/x/ci",
     NULL,
     PRINCIPAL_NO},
    {"a user at a command line",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann")},
     "aws-cli/2.1",
     NULL,
     NULL,
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_YES},
    {"a user's command line in a service",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann")},
     "aws-cli/2.1 exec-env/AWS_ECS_FARGATE",
     NULL,
     NULL,
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_NO},
    {"a user's command line in CloudShell",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann")},
     "aws-cli/2.1 exec-env/CloudShell",
     NULL,
     NULL,
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_YES},
    {"a user with a second factor",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann"), .mfa_authenticated = S("true")},
     "Boto3/1",
     NULL,
     NULL,
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_YES},
    {"a failed sign-in has no ARN",
     {.type = S("IAMUser"), .account_id = S("111122223333"), .user_name = S("ann")},
     "Mozilla/5.0",
     NULL,
     "AwsConsoleSignIn",
     "arn:aws:iam::111122223333:user/ann",
     NULL,
     PRINCIPAL_YES},
    {"a failed sign-in of a hidden name",
     {.type = S("IAMUser"),
      .account_id = S("111122223333"),
      .principal_id = S("AIDAX"),
      .user_name = S("HIDDEN_DUE_TO_SECURITY_REASONS")},
     "Mozilla/5.0",
     NULL,
     "AwsConsoleSignIn",
     "AIDAX",
     NULL,
     PRINCIPAL_YES},
    {"a role's session",
     {.type = S("AssumedRole"),
      .arn = S(SESSION),
      .principal_id = S("AROAX:release-77"),
      .issuer_arn = S(ROLE)},
     "Boto3/1",
     NULL,
     NULL,
     ROLE,
     "release-77",
     PRINCIPAL_NO},
    {"a role's session in the console",
     {.type = S("AssumedRole"),
      .arn = S(SESSION),
      .principal_id = S("AROAX:ann"),
      .issuer_arn = S(ROLE)},
     "Mozilla/5.0",
     "true",
     NULL,
     ROLE,
     "ann",
     PRINCIPAL_YES},
    {"credentials taken out of the console",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann")},
     "Boto3/1",
     "true",
     NULL,
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_NO},
    {"a sign-in by a tool",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann")},
     "stratus-red-team_1",
     NULL,
     "AwsConsoleSignIn",
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_NO},
    {"a role's session without its issuer",
     {.type = S("AssumedRole"), .arn = S(SESSION)},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::111122223333:role/deployer",
     "release-77",
     PRINCIPAL_NO},
    {"of another partition",
     {.type = S("AssumedRole"), .arn = S("arn:aws-cn:sts::1:assumed-role/r/s")},
     NULL,
     NULL,
     NULL,
     "arn:aws-cn:iam::1:role/r",
     "s",
     PRINCIPAL_NO},
    {"a role's session of which only the id is left",
     {.type = S("AssumedRole"), .principal_id = S("AROAX:s:t")},
     NULL,
     NULL,
     NULL,
     "AROAX",
     "s:t",
     PRINCIPAL_NO},
    {"an instance",
     {.type = S("AssumedRole"),
      .arn = S(SESSION),
      .issuer_arn = S(ROLE),
      .principal_id = S("AROAX:i-05c30218156bcc246"),
      .mfa_authenticated = S("true")},
     NULL,
     NULL,
     NULL,
     ROLE,
     "i-05c30218156bcc246",
     PRINCIPAL_NO},
    {"a session that only looks like an instance",
     {.type = S("AssumedRole"),
      .issuer_arn = S(ROLE),
      .principal_id = S("AROAX:i-am-a-person"),
      .mfa_authenticated = S("true")},
     NULL,
     NULL,
     NULL,
     ROLE,
     "i-am-a-person",
     PRINCIPAL_YES},
    {"a session of a function",
     {.type = S("AssumedRole"),
      .issuer_arn = S(ROLE),
      .principal_id = S("AROAX:f"),
      .in_scope_of = S("AWS::Lambda::Function")},
     NULL,
     NULL,
     NULL,
     ROLE,
     "f",
     PRINCIPAL_NO},
    {"a service-linked role",
     {.type = S("AssumedRole"),
      .principal_id = S("AROAX:SLRManagement"),
      .issuer_arn = S("arn:aws:iam::1:role/aws-service-role/rds.amazonaws.com/RDS"),
      .invoked_by = S("rds.amazonaws.com")},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::1:role/aws-service-role/rds.amazonaws.com/RDS",
     "SLRManagement",
     PRINCIPAL_NO},
    {"Identity Center's role",
     {.type = S("AssumedRole"),
      .principal_id = S("AROAX:ann@example.org"),
      .issuer_arn =
          S("arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b")},
     "Boto3/1",
     NULL,
     NULL,
     "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b",
     "ann@example.org",
     PRINCIPAL_YES},
    {"Identity Center's user",
     {.type = S("IdentityCenterUser"),
      .account_id = S("111122223333"),
      .on_behalf_of_user = S("u-1"),
      .on_behalf_of_store = S(STORE)},
     NULL,
     NULL,
     NULL,
     STORE "/user/u-1",
     NULL,
     PRINCIPAL_YES},
    {"a role on behalf of a user",
     {.type = S("AssumedRole"), .issuer_arn = S(ROLE), .on_behalf_of_user = S("u-1")},
     NULL,
     NULL,
     NULL,
     ROLE,
     NULL,
     PRINCIPAL_YES},
    {"a federated user",
     {.type = S("FederatedUser"),
      .arn = S("arn:aws:sts::1:federated-user/red"),
      .principal_id = S("1:red"),
      .issuer_arn = S("arn:aws:iam::1:user/maker")},
     NULL,
     NULL,
     NULL,
     "arn:aws:sts::1:federated-user/red",
     "red",
     PRINCIPAL_NO},
    {"a SAML user",
     {.type = S("SAMLUser"),
      .principal_id = S("q=:ann"),
      .user_name = S("ann"),
      .identity_provider = S("q=")},
     NULL,
     NULL,
     NULL,
     "q=:ann",
     NULL,
     PRINCIPAL_YES},
    {"a user of Google",
     {.type = S("WebIdentityUser"),
      .user_name = S("123"),
      .principal_id = S("accounts.google.com:app:123"),
      .identity_provider = S("accounts.google.com")},
     NULL,
     NULL,
     NULL,
     "accounts.google.com:123",
     NULL,
     PRINCIPAL_YES},
    {"a service account of a cluster",
     {.type = S("WebIdentityUser"),
      .user_name = S("system:serviceaccount:kube-system:x"),
      .identity_provider = S("arn:aws:iam::1:oidc-provider/oidc.eks")},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::1:oidc-provider/oidc.eks:system:serviceaccount:kube-system:x",
     NULL,
     PRINCIPAL_NO},
    {"a service",
     {.type = S("AWSService"), .invoked_by = S("rds.amazonaws.com")},
     "rds.amazonaws.com",
     NULL,
     NULL,
     "rds.amazonaws.com",
     NULL,
     PRINCIPAL_NO},
    {"a service's event without a type",
     {.account_id = S("1"), .invoked_by = S("secretsmanager.amazonaws.com")},
     NULL,
     NULL,
     "AwsServiceEvent",
     "secretsmanager.amazonaws.com",
     NULL,
     PRINCIPAL_NO},
    {"a user for whom a service calls",
     {.type = S("IAMUser"), .arn = S("arn:aws:iam::1:user/ann"), .invoked_by = S("AWS Internal")},
     "AWS Internal",
     NULL,
     NULL,
     "arn:aws:iam::1:user/ann",
     NULL,
     PRINCIPAL_NO},
    {"another account's session",
     {.type = S("AWSAccount"), .principal_id = S("AROAX:s"), .account_id = S("111122223333")},
     NULL,
     NULL,
     NULL,
     "AROAX",
     "s",
     PRINCIPAL_NO},
    {"another account",
     {.type = S("AWSAccount"), .principal_id = S("111122223333"), .account_id = S("111122223333")},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::111122223333:root",
     NULL,
     PRINCIPAL_NO},
    {"nobody",
     {.type = S("AWSAccount"), .principal_id = S(""), .account_id = S("anonymous")},
     "Mozilla/5.0",
     NULL,
     NULL,
     "anonymous",
     NULL,
     PRINCIPAL_NO},
    {"nobody, as S3 wrote it once",
     {.type = S("AWSAccount"), .account_id = S("ANONYMOUS_PRINCIPAL")},
     NULL,
     NULL,
     NULL,
     "anonymous",
     NULL,
     PRINCIPAL_NO},
    {"a type that is not known",
     {.type = S("Unheard"), .arn = S("arn:x"), .principal_id = S("P:s")},
     NULL,
     NULL,
     NULL,
     "arn:x",
     "s",
     PRINCIPAL_NO},
    {"no identity", {.type = {NULL, 0}}, NULL, NULL, NULL, NULL, NULL, PRINCIPAL_UNKNOWN},
    {"empty texts",
     {.type = S(""), .arn = S(""), .principal_id = S(""), .account_id = S("")},
     NULL,
     NULL,
     NULL,
     NULL,
     NULL,
     PRINCIPAL_UNKNOWN},
    {"an ARN that is torn",
     {.type = S("AssumedRole"), .arn = S("arn:aws")},
     NULL,
     NULL,
     NULL,
     NULL,
     NULL,
     PRINCIPAL_UNKNOWN},
    {"a session's ARN that is torn",
     {.type = S("AssumedRole"), .arn = S("arn:aws:sts::1:assumed-role/")},
     NULL,
     NULL,
     NULL,
     "arn:aws:iam::1:role/",
     NULL,
     PRINCIPAL_NO},
};

static Str text_of(const char *text)
{
    return text ? str_of(text) : (Str){NULL, 0};
}

static bool same(Str text, const char *expected)
{
    return expected ? text.ptr && str_equal(text, str_of(expected)) : text.ptr == NULL;
}

static void principals_have_stable_keys(void **state)
{
    Error err = {0};
    Arena *arena = arena_new(1 << 20, &err);
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Principal principal;
        support_ok(principal_read(&CASES[i].input, arena, &principal, &err), &err);
        if (!same(principal.key, CASES[i].key))
            fail_msg("%s: key %.*s", CASES[i].sentence, STR_ARG(principal.key));
        if (!same(principal.session_name, CASES[i].session))
            fail_msg("%s: session %.*s", CASES[i].sentence, STR_ARG(principal.session_name));
        Client client = client_read(text_of(CASES[i].agent));
        bool console = principal_is_console(text_of(CASES[i].event_type),
                                            text_of(CASES[i].from_console), &client);
        if (principal_is_human(&CASES[i].input, &principal, &client, console) != CASES[i].is_human)
            fail_msg("%s: is_human is wrong", CASES[i].sentence);
    }
    arena_free(arena);
}

static void the_console_is_known(void **state)
{
    static const struct {
        const char *sentence, *event_type, *from_console, *agent;
        bool expected;
    } CONSOLE[] = {
        {"credentials of the console", "AwsApiCall", "true", "Mozilla/5.0", true},
        {"a sign-in", "AwsConsoleSignIn", NULL, "Mozilla/5.0", true},
        {"a console's action", "AwsConsoleAction", NULL, NULL, true},
        {"a console's server", "AwsApiCall", NULL, "[S3Console/0.4, aws-internal/3]", true},
        {"a browser alone", "AwsApiCall", NULL, "Mozilla/5.0", false},
        {"not of the console", "AwsApiCall", "false", "Boto3/1", false},
        {"nothing", NULL, NULL, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CONSOLE / sizeof *CONSOLE; i++) {
        Client client = client_read(text_of(CONSOLE[i].agent));
        if (principal_is_console(text_of(CONSOLE[i].event_type), text_of(CONSOLE[i].from_console),
                                 &client) != CONSOLE[i].expected)
            fail_msg("%s", CONSOLE[i].sentence);
    }
}

static void a_full_arena_is_an_error(void **state)
{
    Error err = {0};
    Principal principal;
    Arena *arena = arena_new(64, &err);
    static const PrincipalInput INPUT = {.type = S("AssumedRole"), .arn = S(SESSION)};
    (void)state;
    bool ok = true;
    for (int i = 0; i < 10 && ok; i++)
        ok = principal_read(&INPUT, arena, &principal, &err);
    assert_false(ok);
    assert_int_equal(err.kind, ERROR_LIMIT);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(principals_have_stable_keys),
        cmocka_unit_test(the_console_is_known),
        cmocka_unit_test(a_full_arena_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
