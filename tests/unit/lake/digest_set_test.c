#include "support/support.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "lake/digest_set.h"
#include "lake/receipt.h"
#include "lake/state.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static Lake *lake;

static const char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", support_folder(), name);
    return path;
}

static int begin(void **state)
{
    (void)state;
    Error err = {0};
    lake = lake_open(at("lake"), LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lake_close(lake);
    support_folder_end();
    return 0;
}

/* The document of the digest AWSLogs/d in bucket b with one log. */
static const char *document(const char *bucket, const char *key, const char *hash)
{
    static char text[1024];
    snprintf(text, sizeof text,
             "{\"digestStartTime\":\"2026-11-24T10:00:00Z\",\"digestEndTime\":"
             "\"2026-11-24T11:00:00Z\",\"digestS3Bucket\":\"b\",\"digestS3Object\":\"AWSLogs/d\","
             "\"digestPublicKeyFingerprint\":\"f\",\"previousDigestSignature\":null,"
             "\"logFiles\":[{\"s3Bucket\":\"%s\",\"s3Object\":\"%s\",\"hashValue\":\"%s\","
             "\"hashAlgorithm\":\"SHA-256\"}]}",
             bucket, key, hash);
    return text;
}

static void put_receipt(int64_t id, const char *key, ObjectKind kind, unsigned warnings,
                        uint8_t hash_first)
{
    Error err = {0};
    Receipt receipt = {.object_id = id,
                       .source = STR("file"),
                       .key = str_of(key),
                       .kind = kind,
                       .warnings = warnings};
    for (int i = 0; i < HASH_SHA256_BYTES; i++)
        receipt.sha256[i] = (uint8_t)i;
    receipt.sha256[0] = hash_first;
    support_ok(receipt_insert(lake, &receipt, 1, 1, &err), &err);
}

static void put_digest(int64_t id, const char *key, const char *text)
{
    Error err = {0};
    DigestSet *set = digest_set_new(&err);
    put_receipt(id, key, OBJECT_DIGEST, 0, 0);
    support_ok(set && digest_set_add(set, id, STR("file"), str_of(key), str_of(text), &err), &err);
    support_ok(digest_set_insert(set, lake, 1, &err), &err);
    digest_set_free(set);
}

static void clear(void)
{
    Error err = {0};
    support_ok(db_exec(lake->db,
                       "DELETE FROM objects; DELETE FROM digests; DELETE FROM digest_logs", &err),
               &err);
}

/* The first value of *sql* as text; "" for none. */
static const char *ask(const char *sql)
{
    static char text[300];
    bool row = false;
    Error err = {0};
    DbStatement *select = db_statement(lake->db, sql, &err);
    support_ok(select && db_next(select, &row, &err), &err);
    snprintf(text, sizeof text, "%.*s", row ? (int)db_text(select, 0).len : 0,
             row ? db_text(select, 0).ptr : "");
    if (row)
        db_reset(select);
    return text;
}

static const char ONLY_VERDICT[] = "SELECT group_concat(verdict) FROM object_verdicts";

static void a_log_is_compared_with_the_digest_that_lists_it(void **state)
{
    static const struct {
        unsigned warnings;
        uint8_t hash_first;
        const char *listed_key, *verdicts;
    } CASES[] = {
        {0, 0, "AWSLogs/l", "listed"},
        {0, 1, "AWSLogs/l", "mismatch"},
        {OBJECT_SEVERAL_MEMBERS, 0, "AWSLogs/l", "mismatch"},
        {OBJECT_TRAILING_GARBAGE, 0, "AWSLogs/l", "mismatch"},
        {OBJECT_BAD_CHECKSUM, 0, "AWSLogs/l", "mismatch"},
        {OBJECT_ENVELOPES, 0, "AWSLogs/l", "listed"},
        {0, 0, "AWSLogs/other", "unlisted,missing"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        clear();
        put_receipt(1, "/c/b/AWSLogs/l", OBJECT_RECORDS, CASES[i].warnings, CASES[i].hash_first);
        put_digest(2, "/c/b/AWSLogs/d", document("b", CASES[i].listed_key, HASH));
        assert_string_equal(ask(ONLY_VERDICT), CASES[i].verdicts);
    }
}

static void places_follow_from_where_the_digest_lies(void **state)
{
    (void)state;
    clear();
    put_digest(1, "/c/any/AWSLogs/d", document("b", "AWSLogs/l", HASH));
    assert_string_equal(ask("SELECT key FROM digest_logs"), "/c/any/AWSLogs/l");
    clear();
    put_digest(1, "/c/b/AWSLogs/d", document("other", "AWSLogs/l", HASH));
    assert_string_equal(ask("SELECT key FROM digest_logs"), "/c/other/AWSLogs/l");
}

static void what_cannot_be_used_lists_nothing_and_says_why(void **state)
{
    (void)state;
    clear();
    put_digest(1, "/c/b/AWSLogs/e", document("b", "AWSLogs/l", HASH));
    assert_string_equal(ask("SELECT problem FROM digests"),
                        "it lies elsewhere than it says: s3://b/AWSLogs/d");
    put_digest(2, "/c/b/AWSLogs/d", "{}");
    assert_string_equal(ask("SELECT problem FROM digests WHERE object_id = 2"),
                        "digestS3Bucket is missing");
    assert_string_equal(ask("SELECT count(*) FROM digest_logs"), "0");
    assert_string_equal(ask("SELECT CAST(stored AS TEXT) FROM digests WHERE object_id = 2"), "{}");
}

static void a_hash_that_is_none_matches_nothing(void **state)
{
    (void)state;
    clear();
    put_receipt(1, "/c/b/AWSLogs/l", OBJECT_RECORDS, 0, 0);
    put_digest(2, "/c/b/AWSLogs/d", document("b", "AWSLogs/l", "00"));
    assert_string_equal(ask(ONLY_VERDICT), "mismatch");
}

static void a_superseded_digest_counts_no_more(void **state)
{
    (void)state;
    clear();
    put_receipt(1, "/c/b/AWSLogs/l", OBJECT_RECORDS, 0, 0);
    put_digest(2, "/c/b/AWSLogs/d", document("b", "AWSLogs/l", HASH));
    put_digest(3, "/c/b/AWSLogs/d", document("b", "AWSLogs/m", HASH));
    assert_string_equal(ask(ONLY_VERDICT), "unlisted,missing");
}

static void a_set_is_emptied_and_says_when_it_is_full(void **state)
{
    enum { STORED = 12 << 20 };
    (void)state;
    Error err = {0};
    static char noise[STORED];
    memset(noise, ' ', sizeof noise);
    DigestSet *set = digest_set_new(&err);
    support_ok(set != NULL, &err);
    for (int i = 0; i < 3; i++) {
        assert_false(digest_set_full(set));
        support_ok(digest_set_add(set, i, STR("file"), STR("/d"), (Str){noise, STORED}, &err),
                   &err);
    }
    assert_true(digest_set_full(set));
    digest_set_reset(set);
    assert_false(digest_set_full(set));
    digest_set_free(set);
}

/* The table of findings as version 4 had it. */
#define OLD_FINDINGS                                                                               \
    "CREATE TABLE findings (id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, rule INTEGER NOT NULL,"    \
    " account TEXT NOT NULL, principal TEXT NOT NULL, episode TEXT NOT NULL, first_us INTEGER NOT" \
    " NULL, last_us INTEGER NOT NULL, count INTEGER NOT NULL, opened_seq INTEGER NOT NULL,"        \
    " updated_seq INTEGER NOT NULL, superseded_by TEXT, group_by TEXT, value REAL) WITHOUT ROWID;"

/* A state of version 4 has receipts of digests that nobody kept: they are read once more. */
static void an_older_state_takes_its_digests_again(void **state)
{
    (void)state;
    Error err = {0};
    ReceiptMatch match;
    FileInfo info;
    clear();
    put_receipt(1, "/c/b/AWSLogs/d", OBJECT_DIGEST, 0, 0);
    support_ok(
        db_exec(
            lake->db,
            "DROP VIEW finding_rows; DROP VIEW finding_all; DROP TRIGGER parts_fresh; DROP TABLE "
            "fresh_hours; DROP TABLE sql_rules; DROP TABLE sql_runs; DROP VIEW delivery_quantiles; "
            "DROP TABLE delivery_lags; ALTER TABLE rules DROP COLUMN "
            "dry_run; DROP VIEW finding_evidence; DROP INDEX signals_principal; "
            "DROP TABLE finding_resources; DROP TABLE finding_related; DROP TABLE "
            "finding_related_signals; DROP TABLE finding_jobs; DROP TABLE findings;" OLD_FINDINGS
            "DROP TABLE hub_pushes; DROP TABLE hub_wanted; DROP TABLE drops; DROP TABLE filters;"
            "DROP TABLE finding_polls;"
            "DROP TABLE notices; DROP TABLE deliveries; DROP TABLE finding_history;"
            "DROP VIEW object_verdicts; DROP VIEW receipts; DROP VIEW "
            "digest_logs_current; DROP INDEX objects_delivered;"
            "ALTER TABLE objects DROP COLUMN account; ALTER TABLE objects DROP COLUMN "
            "region; ALTER TABLE objects DROP COLUMN delivered_us;"
            "DROP TABLE digest_logs; DROP TABLE digests; DROP TABLE public_keys;"
            "DROP TABLE metric_series; DROP TABLE metric_points; DROP TABLE alarms; DROP TABLE "
            "alarm_history; DROP TABLE holds; DROP TABLE ledger; DROP TABLE ledger_progress; ALTER "
            "TABLE parts DROP "
            "COLUMN sum; DROP TABLE digest_metadata; DROP TABLE kept_files; PRAGMA "
            "user_version = 4",
            &err),
        &err);
    lake_close(lake);
    lake = lake_open(at("lake"), LAKE_WRITE, &err);
    support_ok(lake != NULL, &err);
    support_ok(file_info(at("lake/state.db.before-version-16"), &info, &err), &err);
    support_ok(receipt_find(lake, STR("file"), STR("/c/b/AWSLogs/d"), STR(""), &match, &err), &err);
    assert_int_equal(match, RECEIPT_CHANGED);
    put_digest(2, "/c/b/AWSLogs/d", document("b", "AWSLogs/l", HASH));
    support_ok(receipt_find(lake, STR("file"), STR("/c/b/AWSLogs/d"), STR(""), &match, &err), &err);
    assert_int_equal(match, RECEIPT_SAME);
    assert_string_equal(ask(ONLY_VERDICT), "missing");
}

/* What the name of a log or digest says, when it was ingested and when an older state is migrated.
 */
static void names_are_read_alike_by_ingest_and_migration(void **state)
{
    static const char NAMED[] = "SELECT account || region || delivered_us FROM objects";
    static const struct {
        const char *key, *named;
    } CASES[] = {
        {"/c/b/123456789012_CloudTrail_us-east-1_20261124T1005Z_x.json.gz",
         "123456789012us-east-11795514700000000"},
        {"/c/b/123456789012_CloudTrail_us-east-1_20261124T1005Z_a_b.json.gz", ""},
        {"/c/b/123456789012_CloudTrail_us-gov-west-1_20240229T2359Z_x.json.gz",
         "123456789012us-gov-west-11709251140000000"},
        {"/c/b/12345678901_CloudTrail_us-east-1_20261124T1005Z_x.json.gz", ""},
        {"/c/b/123456789012_CloudTrail_us-east-1_20261344T1005Z_x.json.gz", ""},
        {"/c/b/other.json.gz", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        clear();
        put_receipt(1, CASES[i].key, OBJECT_RECORDS, 0, 0);
        assert_string_equal(ask(NAMED), CASES[i].named);
        support_ok(db_exec(lake->db,
                           "UPDATE objects SET account = NULL, region = NULL, delivered_us = NULL",
                           &err) &&
                       db_exec(lake->db, STATE_NAME_RECEIPTS, &err),
                   &err);
        assert_string_equal(ask(NAMED), CASES[i].named);
    }
}

/* A log that no digest lists is another matter when a digest covers its time. */
static void a_log_is_unlisted_only_where_digests_cover_its_time(void **state)
{
    static const struct {
        const char *stamp, *verdict;
    } CASES[] = {
        {"T1030Z", "unlisted"},  {"T1005Z", "unlisted"},  {"T1055Z", "unlisted"},
        {"T1004Z", "uncovered"}, {"T1056Z", "uncovered"}, {"T1130Z", "uncovered"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        char key[256];
        clear();
        put_digest(1, "/c/b/AWSLogs/d", document("b", "AWSLogs/other", HASH));
        support_ok(db_exec(lake->db,
                           "UPDATE digests SET account = '123456789012', region = 'us-east-1'",
                           &err),
                   &err);
        snprintf(key, sizeof key, "/c/b/123456789012_CloudTrail_us-east-1_20261124%s_x.json.gz",
                 CASES[i].stamp);
        put_receipt(2, key, OBJECT_RECORDS, 0, 0);
        assert_string_equal(ask("SELECT verdict FROM object_verdicts WHERE object_id = 2"),
                            CASES[i].verdict);
    }
}

/* One checked signature is enough, whichever digest came first. */
static void a_log_is_verified_by_a_digest_whose_signature_fits(void **state)
{
    Error err = {0};
    (void)state;
    clear();
    put_digest(1, "/c/b/AWSLogs/d", document("b", "AWSLogs/l", HASH));
    put_receipt(3, "/c/b/AWSLogs/l", OBJECT_RECORDS, 0, 0);
    assert_string_equal(ask("SELECT verdict || digest FROM receipts WHERE id = 3"), "listed1");
    support_ok(db_exec(lake->db, "UPDATE digests SET verified = 0", &err), &err);
    assert_string_equal(ask("SELECT verdict || digest FROM receipts WHERE id = 3"), "listed1");
    support_ok(db_exec(lake->db, "UPDATE digests SET verified = 1", &err), &err);
    assert_string_equal(ask("SELECT verdict || digest FROM receipts WHERE id = 3"), "verified1");
    assert_string_equal(ask("SELECT verdict FROM receipts WHERE id = 1"), "verified");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_is_compared_with_the_digest_that_lists_it),
        cmocka_unit_test(places_follow_from_where_the_digest_lies),
        cmocka_unit_test(what_cannot_be_used_lists_nothing_and_says_why),
        cmocka_unit_test(a_hash_that_is_none_matches_nothing),
        cmocka_unit_test(a_superseded_digest_counts_no_more),
        cmocka_unit_test(names_are_read_alike_by_ingest_and_migration),
        cmocka_unit_test(a_log_is_unlisted_only_where_digests_cover_its_time),
        cmocka_unit_test(a_log_is_verified_by_a_digest_whose_signature_fits),
        cmocka_unit_test(a_set_is_emptied_and_says_when_it_is_full),
        cmocka_unit_test(an_older_state_takes_its_digests_again),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
