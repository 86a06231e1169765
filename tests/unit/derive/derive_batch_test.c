#include "derive/derive_batch.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/json.h"
#include "decode/batch_facet.h"
#include "detect/derived.h"
#include "support/mmdb.h"
#include "support/sample.h"
#include "support/support.h"

enum { TEXT_BYTES = 16 << 20, ARENA_BYTES = 64 << 20, SAMPLES = 500 };

#define RECORD(identity, rest)                                                                     \
    "{\"eventTime\":\"2024-01-02T03:04:05Z\",\"userIdentity\":" identity "," rest "}"
#define USER                                                                                       \
    "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::1:user/ann\",\"accountId\":\"444455556666\"}"
#define ROLE                                                                                       \
    "{\"type\":\"AssumedRole\",\"principalId\":\"AROA:i-0123456789abcdef0\",\"sessionContext\":"   \
    "{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::1:role/r\"}}}"

/* What the samples lack: every lookup, each way to be a person, calls of one name that differ. */
static const char *const RECORDS[] = {
    RECORD(USER, "\"sourceIPAddress\":\"81.2.69.142\",\"userAgent\":\"aws-cli/2.1\","
                 "\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"CreateUser\","
                 "\"recipientAccountId\":\"111122223333\",\"readOnly\":false"),
    RECORD(USER, "\"sourceIPAddress\":\"52.1.2.3\",\"userAgent\":\"Boto3/1.0\","
                 "\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"CreateUser\""),
    RECORD(ROLE, "\"sourceIPAddress\":\"AWS Internal\",\"userAgent\":\"console.amazonaws.com\","
                 "\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\","
                 "\"readOnly\":true"),
    RECORD(ROLE, "\"sourceIPAddress\":\"10.0.0.1\",\"eventSource\":\"x.amazonaws.com\","
                 "\"eventName\":\"GetObject\",\"readOnly\":false"),
    RECORD("{\"type\":\"Root\",\"accountId\":\"111122223333\"}",
           "\"eventType\":\"AwsConsoleSignIn\",\"eventName\":\"ConsoleLogin\","
           "\"userAgent\":\"Mozilla/5.0\""),
    RECORD("{\"type\":\"AWSService\",\"invokedBy\":\"ec2.amazonaws.com\"}",
           "\"sessionCredentialFromConsole\":\"true\",\"sourceIPAddress\":\"ec2.amazonaws.com\""),
    RECORD("{}", "\"eventName\":\"TagResource\""),
    "{\"eventTime\":\"2024-01-02T03:04:05Z\"}",
};

static Config *config;
static Derive *derive;

static const char *path_of(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", support_folder(), name);
    return path;
}

static void set(ConfigKey key, const char *name, const char *text)
{
    Error err = {0};
    if (text)
        support_ok(file_replace(path_of(name), str_of(text), &err), &err);
    support_ok(config_set(config, key, str_of(path_of(name)), "--test", &err), &err);
}

static int begin(void **state)
{
    Error err = {0};
    (void)state;
    config = config_new(&err);
    set(CONFIG_DERIVE_LISTS, "drop.txt", "52.1.0.0/16\n81.2.69.142\n");
    set(CONFIG_DERIVE_RANGES, "ranges.json",
        "{\"createDate\":\"2026\",\"prefixes\":[{\"ip_prefix\":\"52.0.0.0/8\","
        "\"region\":\"us-east-1\",\"service\":\"EC2\"}]}");
    set(CONFIG_DERIVE_ACCOUNTS, "accounts.csv",
        "account_id,name,owner\n111122223333,Shop,ann\n444455556666,Lab,bob\n");
    set(CONFIG_DERIVE_CALENDARS, "calendars.yml",
        "calendars:\n"
        "- {name: shop, zone: '+05:00', hours: 08:00-12:00, principals: ['*/ann'], owners: [ann]}\n"
        "- {name: roles, zone: '-08:00', hours: 20:00-02:00, principals: ['*:role/*', i-*]}\n"
        "- {name: others, zone: UTC, days: {tue: 03:00-03:04}, accounts: ['1*', '4*']}\n");
    mmdb_write(path_of("asn.mmdb"), "GeoLite2-ASN",
               "[\"81.2.69.0/24\", {\"autonomous_system_number\": 20712, "
               "\"autonomous_system_organization\": \"Andrews\"}]\n");
    set(CONFIG_DERIVE_GEO_ASN, "asn.mmdb", NULL);
    derive = derive_open(config, &err);
    support_ok(derive != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    derive_release(derive);
    config_free(config);
    support_folder_end();
    return 0;
}

/* A member of a row as JSON; nothing when it is NULL. */
static bool put_member(const Batch *batch, FieldNode node, uint32_t row, Buf *out, Error *err)
{
    FacetId id = batch_facet_of(node);
    const BatchFacet *facet = &batch->derived.facets[id];
    if (!facet->value_count || FIELDS[node].parent != F_DERIVED)
        return true;
    uint32_t code = facet->values[node - BATCH_FACETS[id]][facet->codes[row]];
    if (!code)
        return true;
    if (!buf_printf(out, err, "%s\"%.*s\":", out->len > 1 ? "," : "", STR_ARG(FIELDS[node].member)))
        return false;
    if (FIELDS[node].type == FIELD_BOOL)
        return buf_printf(out, err, "%s", code == 2 ? "true" : "false");
    if (FIELDS[node].type == FIELD_LONG)
        return buf_printf(out, err, "%u", code - 1);
    Str text = batch_value(&batch->columns[node], code);
    if (FIELDS[node].type != FIELD_LIST)
        return json_append_string(out, text, err);
    uint32_t element;
    bool ok = true;
    for (size_t i = 0; ok && i < text.len / sizeof element; i++) {
        memcpy(&element, text.ptr + i * sizeof element, sizeof element);
        ok = buf_append_byte(out, i ? ',' : '[', err) &&
             json_append_string(out, batch_value(&batch->columns[F_D_THREAT_LIST], element), err);
    }
    return ok && buf_append_byte(out, ']', err);
}

/* The row's members say what rules see of the record. */
static void assert_row(const Batch *batch, uint32_t row, Derived *derived, Document *document,
                       const Json *record)
{
    Error err = {0};
    BUF_AUTO Buf got = buf_init(TEXT_BYTES);
    bool ok = buf_append_byte(&got, '{', &err);
    for (FieldNode node = F_DERIVED + 1; ok && node < BATCH_FACETS[FACET_COUNT]; node++)
        ok = put_member(batch, node, row, &got, &err);
    support_ok(ok && buf_append_byte(&got, '}', &err), &err);
    document_set_tree(document, record);
    Str expected = derived_write(derived, document);
    if (!str_equal(buf_str(&got), expected))
        fail_msg("row %u of %.*s: %.*s, expected %.*s", row, STR_ARG(record->raw),
                 STR_ARG(buf_str(&got)), STR_ARG(expected));
}

static void assert_rows(Str records)
{
    Error err = {0};
    uint32_t row = 0;
    Batch *batch = sample_batch(records);
    Derived *derived = derived_new(derive, &err);
    Document *document = document_new(&err);
    Arena *arena = arena_new(ARENA_BYTES, &err);
    const Json *root = json_read(records, &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(derived && document && root, &err);
    support_ok(derive_batch(derive, batch, &err), &err);
    assert_true(batch->derived.filled && batch->derived.always);
    for (const Json *record = json_member(root, STR("Records"))->first; record;
         record = record->next)
        assert_row(batch, row++, derived, document, record);
    assert_int_equal(row, batch->rows);
    arena_free(arena);
    document_free(document);
    derived_free(derived);
    batch_free(batch);
}

static void put_records(Buf *out)
{
    Error err = {0};
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++)
        support_ok(buf_printf(out, &err, "%s%s", i ? "," : "{\"Records\":[", RECORDS[i]), &err);
    support_ok(buf_append_str(out, STR("]}"), &err), &err);
}

static void rows_say_what_rules_see(void **state)
{
    BUF_AUTO Buf records = buf_init(TEXT_BYTES);
    (void)state;
    put_records(&records);
    assert_rows(buf_str(&records));
    records.len = 0;
    sample_records(&records, SAMPLES);
    assert_rows(buf_str(&records));
}

static void a_batch_is_filled_anew_after_a_reset(void **state)
{
    Error err = {0};
    BUF_AUTO Buf records = buf_init(TEXT_BYTES);
    (void)state;
    put_records(&records);
    Batch *batch = sample_batch(buf_str(&records));
    support_ok(derive_batch(derive, batch, &err), &err);
    batch_reset(batch);
    assert_false(batch->derived.filled);
    support_ok(derive_batch(derive, batch, &err), &err);
    assert_int_equal(batch->derived.facets[FACET_ADDRESS].value_count, 1);
    batch_free(batch);
}

static void each_failing_allocation_is_told(void **state)
{
    BUF_AUTO Buf records = buf_init(TEXT_BYTES);
    bool done = false;
    (void)state;
    put_records(&records);
    for (uint64_t nth = 1; !done; nth++) {
        Error err = {0};
        Batch *batch = sample_batch(buf_str(&records));
        fault_arm(FAULT_ALLOC, nth);
        done = derive_batch(derive, batch, &err);
        fault_arm(FAULT_ALLOC, 0);
        assert_true(done || err.kind == ERROR_LIMIT);
        assert_true(batch->derived.filled == done);
        batch_free(batch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_say_what_rules_see),
        cmocka_unit_test(a_batch_is_filled_anew_after_a_reset),
        cmocka_unit_test(each_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
