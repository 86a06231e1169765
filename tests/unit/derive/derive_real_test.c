/* Real logs: every caller has a key, every agent a family, every call a class. */
#include "derive/derive.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "support/support.h"

enum { FILE_BYTES_MAX = 64 << 20, TREE_BYTES_MAX = 512 << 20 };

typedef struct Real {
    Derive *derive;
    Arena *tree, *arena;
    size_t records, people, services, terraform, placeless;
} Real;

static Str text_at(const Json *record, const char *path)
{
    const Json *value = json_path(record, str_of(path));
    if (!value || value->type == JSON_NULL)
        return (Str){NULL, 0};
    return value->type == JSON_STRING ? value->text : value->raw;
}

static DeriveInput input_of(const Json *record)
{
    return (DeriveInput){
        .source_ip = text_at(record, "sourceIPAddress"),
        .user_agent = text_at(record, "userAgent"),
        .event_source = text_at(record, "eventSource"),
        .event_name = text_at(record, "eventName"),
        .event_type = text_at(record, "eventType"),
        .read_only = text_at(record, "readOnly"),
        .from_console = text_at(record, "sessionCredentialFromConsole"),
        .recipient_account_id = text_at(record, "recipientAccountId"),
        .identity =
            {
                .type = text_at(record, "userIdentity.type"),
                .principal_id = text_at(record, "userIdentity.principalId"),
                .arn = text_at(record, "userIdentity.arn"),
                .account_id = text_at(record, "userIdentity.accountId"),
                .user_name = text_at(record, "userIdentity.userName"),
                .invoked_by = text_at(record, "userIdentity.invokedBy"),
                .identity_provider = text_at(record, "userIdentity.identityProvider"),
                .on_behalf_of_user = text_at(record, "userIdentity.onBehalfOf.userId"),
                .on_behalf_of_store = text_at(record, "userIdentity.onBehalfOf.identityStoreArn"),
                .in_scope_of = text_at(record, "userIdentity.inScopeOf.issuerType"),
                .issuer_arn = text_at(record, "userIdentity.sessionContext.sessionIssuer.arn"),
                .mfa_authenticated =
                    text_at(record, "userIdentity.sessionContext.attributes.mfaAuthenticated"),
                .ec2_role_delivery = text_at(record, "userIdentity.sessionContext.ec2RoleDelivery"),
            },
    };
}

static void take_record(Real *real, const Json *record)
{
    Error err = {0};
    DerivedMembers members;
    BUF_AUTO Buf json = buf_init(1 << 16);
    DeriveInput input = input_of(record);
    if (!input.event_name.ptr)
        return;
    arena_reset(real->arena);
    support_ok(derive_members(real->derive, &input, real->arena, &members, &err), &err);
    support_ok(derive_write(&members, &json, &err), &err);
    if (!members.principal.key.ptr || members.action == ACTION_NONE ||
        (input.user_agent.len && members.client.family == CLIENT_NONE))
        fail_msg("%.*s\n%.*s", STR_ARG(record->raw), STR_ARG(buf_str(&json)));
    real->records++;
    real->people += members.is_human == PRINCIPAL_YES;
    real->placeless += members.address.kind == ADDRESS_NONE; /* made anonymous, as 08.1.250.216 */
    real->services += members.client.family == CLIENT_SERVICE;
    real->terraform += members.client.family == CLIENT_TERRAFORM;
}

static bool take_file(void *context, const char *path, const FileInfo *info, Error *err)
{
    Real *real = context;
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    static const JsonLimits LIMITS = {.depth_max = 64, .duplicates_allowed = true};
    (void)info;
    if (!str_ends(str_of(path), STR(".json")) || !file_read(path, &text, NULL, err))
        return true;
    arena_reset(real->tree);
    const Json *root = json_read(buf_str(&text), &LIMITS, real->tree, err);
    const Json *list = root && root->type == JSON_OBJECT ? json_member(root, STR("Records")) : root;
    for (const Json *record = list ? list->first : NULL; record; record = record->next)
        take_record(real, record);
    return true;
}

static void every_record_has_a_caller_and_a_class(void **state)
{
    static const char *const FOLDERS[] = {"invictus/CloudTrail", "stratus/detonation-logs"};
    Error err = {0};
    (void)state;
    if (!support_real_data()) {
        printf("SPOOR_TEST_DATA is not set\n");
        skip();
    }
    Config *config = config_new(&err);
    Real real = {.derive = derive_open(config, &err),
                 .tree = arena_new(TREE_BYTES_MAX, &err),
                 .arena = arena_new(1 << 16, &err)};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", support_real_data(), FOLDERS[i]);
        support_ok(file_walk(path, take_file, NULL, &real, &err), &err);
    }
    printf("%zu records: %zu by people, %zu by services, %zu by Terraform\n", real.records,
           real.people, real.services, real.terraform);
    assert_true(real.records > 3000 && real.terraform > 1500);
    assert_true(real.people > 200 && real.people < real.records / 2);
    assert_true(real.placeless < real.records / 20);
    arena_free(real.tree);
    arena_free(real.arena);
    derive_release(real.derive);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_has_a_caller_and_a_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
