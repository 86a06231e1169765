#include "decode/batch_group.h"

#include "batch_rows.h"

#define RECORD(rest) "{" ROW_TIME ",\"requestParameters\":null,\"responseElements\":null," rest "}"

typedef struct Case {
    const char *name, *member;
    FieldNode node;
    const char *value; /* of that leaf */
    const char *extra;
} Case;

static const Case CASES[] = {
    {"a plain leaf", "\"userIdentity\":{\"type\":\"Root\"}", F_UI_TYPE, "Root", ""},
    {"a leaf three levels down",
     "\"userIdentity\":{\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"x\"}}}", F_SCI_ARN, "x",
     ""},
    {"a hoisted copy", "\"userIdentity\":{\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"x\"}}}",
     F_SESSION_ISSUER_ARN, "x", ""},
    {"a free-form leaf",
     "\"userIdentity\":{\"sessionContext\":{\"webIdFederationData\":{\"attributes\":{\"a:b\":1}}}}",
     F_WEB_ATTRIBUTES, "{\"a:b\":1}", ""},
    {"an unknown member", "\"userIdentity\":{\"type\":\"t\",\"new\":{\"a\":[1]}}", F_UI_TYPE, "t",
     "{\"userIdentity\":{\"new\":{\"a\":[1]}}}"},
    {"an unknown member below",
     "\"userIdentity\":{\"sessionContext\":{\"attributes\":{\"x\":1,\"mfaAuthenticated\":\"true\"}}"
     "}",
     F_SCA_MFA, "true", "{\"userIdentity\":{\"sessionContext\":{\"attributes\":{\"x\":1}}}}"},
    {"a number for a text", "\"userIdentity\":{\"accountId\":123456789012}", F_UI_ACCOUNT_ID,
     "123456789012", "{\"userIdentity\":{\"accountId\":123456789012}}"},
    {"a null leaf", "\"userIdentity\":{\"userName\":null}", F_UI_USER_NAME, "",
     "{\"userIdentity\":{\"userName\":null}}"},
    {"a text for a struct", "\"userIdentity\":{\"sessionContext\":\"x\"}", F_UI_TYPE, "",
     "{\"userIdentity\":{\"sessionContext\":\"x\"}}"},
    {"an alias below attributes",
     "\"userIdentity\":{\"sessionContext\":{\"attributes\":{\"sourceIdentity\":\"me\"}}}",
     F_SC_SOURCE_IDENTITY, "me",
     "{\"userIdentity\":{\"sessionContext\":{\"attributes\":{\"sourceIdentity\":\"me\"}}},"
     "\"_absent\":[\"userIdentity.sessionContext.sourceIdentity\"]}"},
    {"tlsDetails", "\"tlsDetails\":{\"keyExchange\":\"x25519\"}", F_TLS_KEY_EXCHANGE, "x25519", ""},
    {"addendum", "\"addendum\":{\"reason\":\"UPDATED_DATA\"}", F_ADD_REASON, "UPDATED_DATA", ""},
};

static void shreds_structs_into_leaves_and_the_rest_into_extra(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf text = buf_init(4096);
        Error err = {0};
        support_ok(buf_printf(&text, &err, RECORD("%s"), CASES[i].member), &err);
        Batch *batch = rows_of(buf_text(&text, &err));
        assert_int_equal(batch->rows, 1);
        row_is(batch, CASES[i].node, 0, CASES[i].value);
        row_is(batch, F_EXTRA, 0, CASES[i].extra);
        batch_free(batch);
    }
}

/* clang-format off */
static const char LISTS[] =
    RECORD("\"resources\":[{\"ARN\":\"a\"},null,{\"type\":\"t\",\"accountId\":\"1\"}]")
    RECORD("\"resources\":[]")
    RECORD("\"resources\":[{\"arn\":\"lower\"}]")
    RECORD("\"resources\":null");
static const char IDENTITIES[] =
    RECORD("\"userIdentity\":{\"type\":\"a\"}")
    RECORD("\"userIdentity\":{\"type\":\"b\"}")
    RECORD("\"userIdentity\":{\"type\":\"a\"}")
    RECORD("\"userIdentity\":{}");
/* clang-format on */

static void keeps_lists_element_by_element(void **state)
{
    (void)state;
    Batch *batch = rows_of(LISTS);
    const BatchGroup *group = &batch->groups[GROUP_RESOURCES];
    const BatchShape *shape = &group->shapes[group->codes[0] - 1];
    assert_int_equal(shape->count, 3);
    const uint64_t *present = group->present + shape->first;
    assert_int_equal(present[0] & 7, 7);
    assert_int_equal(present[1], 0);
    assert_int_equal(present[2] & 7, 3);
    const uint32_t *arns = group->leaf_codes[F_RES_ARN - F_RESOURCES] + shape->first;
    assert_true(str_equal(batch_value(&batch->columns[F_RES_ARN], arns[0]), STR("a")));
    assert_int_equal(arns[2], 0);
    row_is(batch, F_EXTRA, 0, "");
    assert_true(group->codes[1] != 0);
    assert_int_equal(group->shapes[group->codes[1] - 1].count, 0);
    arns = group->leaf_codes[F_RES_ARN - F_RESOURCES];
    uint32_t lower = arns[group->shapes[group->codes[2] - 1].first];
    assert_true(str_equal(batch_value(&batch->columns[F_RES_ARN], lower), STR("lower")));
    row_is(batch, F_EXTRA, 2, "{\"resources\":[{\"arn\":\"lower\"}]}");
    assert_int_equal(group->codes[3], 0);
    row_is(batch, F_EXTRA, 3, "{\"resources\":null}");
    batch_free(batch);
}

static void shreds_equal_texts_once(void **state)
{
    (void)state;
    Batch *batch = rows_of(IDENTITIES);
    const BatchGroup *group = &batch->groups[GROUP_IDENTITY];
    assert_int_equal(group->shape_count, 3);
    assert_int_equal(group->codes[0], group->codes[2]);
    assert_int_equal(group->present[group->shapes[group->codes[3] - 1].first], 1);
    batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shreds_structs_into_leaves_and_the_rest_into_extra),
        cmocka_unit_test(keeps_lists_element_by_element),
        cmocka_unit_test(shreds_equal_texts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
