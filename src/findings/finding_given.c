#include "findings/finding_given.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "findings/finding_resource.h"
#include "findings/guardduty.h"
#include "findings/severity.h"

enum { KEY_BYTES_MAX = 1 << 16, BODY_BYTES_MAX = 1 << 20, VERSION_BYTES = 8 };

typedef struct Given {
    Db *db;
    const Json *finding;
    char id[FINDING_ID_BYTES];
    Str product_arn, given_id, product, account, region, state, generator;
    int64_t first_us, last_us, created_us, updated_us, count;
    int severity;
    int64_t rule;
} Given;

static Str text_at(const Json *value, Str path)
{
    return json_text(json_path(value, path), STR(""));
}

static int64_t time_at(const Json *finding, Str name, int64_t otherwise)
{
    int64_t time_us;
    return timestamp_parse(text_at(finding, name), &time_us) ? time_us : otherwise;
}

static int severity_of(const Json *finding)
{
    int64_t normalized;
    int label = severity_of_label(text_at(finding, STR("Severity.Label")));
    if (json_int(json_path(finding, STR("Severity.Normalized")), &normalized))
        return (int)normalized;
    if (label < 0)
        label = severity_of_label(text_at(finding, STR("FindingProviderFields.Severity.Label")));
    return label < 0 ? 0 : label;
}

/* The last part of a product's ARN, for those that do not say their name. */
static Str product_of(const Json *finding, Str arn)
{
    Str name = text_at(finding, STR("ProductName"));
    size_t from = arn.len;
    while (from > 0 && arn.ptr[from - 1] != '/')
        from--;
    return name.len ? name : str_slice(arn, from, arn.len);
}

static int64_t count_of(const Json *finding)
{
    int64_t count = 0;
    Str text = json_text(
        json_member(json_member(finding, STR("ProductFields")), STR("aws/guardduty/service/count")),
        STR(""));
    for (size_t i = 0; i < text.len && i < 15 && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
        count = count * 10 + text.ptr[i] - '0';
    return count ? count : 1;
}

/* What stands for a rule's id: GuardDuty's type, else the first type of its products, else the
 * generator. */
static Str generator_of(const Json *finding, Str product)
{
    Str type = json_text(
        json_member(json_member(finding, STR("ProductFields")), STR(GUARDDUTY_TYPE)), STR(""));
    const Json *types = json_member(finding, STR("Types"));
    if (!type.len && str_equal(product, STR("GuardDuty")) && types)
        type = json_text(types->first, STR(""));
    return type.len ? type : text_at(finding, STR("GeneratorId"));
}

static bool make_id(Given *given, Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    BUF_AUTO Buf key = buf_init(KEY_BYTES_MAX);
    if (!buf_append_str(&key, given->product_arn, err) || !buf_append_byte(&key, '\0', err) ||
        !buf_append_str(&key, given->given_id, err))
        return false;
    hash_sha256(key.ptr, key.len, digest);
    hash_hex(digest, (FINDING_ID_BYTES - 1) / 2, given->id);
    return true;
}

static bool read(Db *db, const Json *finding, Given *ret, Error *err)
{
    *ret = (Given){.db = db,
                   .finding = finding,
                   .product_arn = text_at(finding, STR("ProductArn")),
                   .given_id = text_at(finding, STR("Id")),
                   .account = text_at(finding, STR("AwsAccountId")),
                   .region = text_at(finding, STR("Region")),
                   .state = json_text(json_member(finding, STR("RecordState")), STR("ACTIVE")),
                   .created_us = time_at(finding, STR("CreatedAt"), 0),
                   .updated_us = time_at(finding, STR("UpdatedAt"), 0),
                   .severity = severity_of(finding),
                   .count = count_of(finding)};
    ret->first_us = time_at(finding, STR("FirstObservedAt"), ret->created_us);
    ret->last_us = time_at(finding, STR("LastObservedAt"), ret->updated_us);
    ret->product = product_of(finding, ret->product_arn);
    ret->generator = generator_of(finding, ret->product);
    if (!ret->region.len)
        ret->region = story_arn_part(ret->product_arn, 3);
    return make_id(ret, err);
}

/* ---- who it is about ---- */

/* The ARN of the principal that an access key belongs to, as far as the finding says. */
static bool write_key_owner(const Given *given, const Json *details, Buf *out, Error *err)
{
    static const struct {
        const char *type, *before;
    } KINDS[] = {{"IAMUser", "user/"}, {"AssumedRole", "role/"}, {"Role", "role/"}};
    Str type = text_at(details, STR("PrincipalType")),
        name = text_at(details, STR("PrincipalName"));
    if (str_equal(type, STR("Root")))
        return buf_printf(out, err, "arn:%s:iam::%.*s:root", story_partition(given->region),
                          STR_ARG(given->account));
    for (size_t i = 0; name.len && i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_equal(type, str_of(KINDS[i].type)))
            return buf_printf(out, err, "arn:%s:iam::%.*s:%s%.*s", story_partition(given->region),
                              STR_ARG(given->account), KINDS[i].before, STR_ARG(name));
    return buf_append_str(out, name, err);
}

static bool write_principal(const Given *given, Buf *out, Error *err)
{
    const Json *resources = json_member(given->finding, STR("Resources"));
    bool ok = true;
    for (const Json *each = resources ? resources->first : NULL; ok && each && !out->len;
         each = each->next) {
        Str type = text_at(each, STR("Type"));
        if (str_equal(type, STR("AwsIamAccessKey")))
            ok = write_key_owner(given, json_path(each, STR("Details.AwsIamAccessKey")), out, err);
        else if (str_equal(type, STR("AwsIamUser")) || str_equal(type, STR("AwsIamRole")))
            ok = buf_append_str(out, text_at(each, STR("Id")), err);
    }
    return ok;
}

/* ---- what stands for its rule ---- */

static bool write_rule(const Given *given, Buf *out, Error *err)
{
    JsonWriter to = {out, err, true};
    Str step = text_at(given->finding, STR("Remediation.Recommendation.Text"));
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "title", text_at(given->finding, STR("Title")));
    json_write_text(&to, "description", text_at(given->finding, STR("Description")));
    if (step.len)
        json_write_texts(&to, "response", &step, 1);
    json_write_close(&to, '}');
    return to.ok;
}

static bool put_rule(Given *given, Error *err)
{
    uint8_t digest[HASH_SHA256_BYTES];
    char version[2 * VERSION_BYTES + 1];
    bool row = false;
    BUF_AUTO Buf body = buf_init(BODY_BYTES_MAX);
    if (!write_rule(given, &body, err))
        return false;
    hash_sha256(body.ptr, body.len, digest);
    hash_hex(digest, VERSION_BYTES, version);
    DbStatement *insert =
        db_statement(given->db,
                     "INSERT OR IGNORE INTO rules (rule_id, version, title, level, body)"
                     " VALUES (?, ?, ?, ?, ?)",
                     err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, given->generator);
    db_bind_text(insert, 2, str_of(version));
    db_bind_text(insert, 3, text_at(given->finding, STR("Title")));
    db_bind_text(insert, 4, str_of(rule_level_name(severity_level(given->severity))));
    db_bind_text(insert, 5, buf_str(&body));
    DbStatement *select =
        db_run(insert, err)
            ? db_statement(given->db, "SELECT id FROM rules WHERE rule_id = ? AND version = ?", err)
            : NULL;
    if (!select)
        return false;
    db_bind_text(select, 1, given->generator);
    db_bind_text(select, 2, str_of(version));
    if (!db_next(select, &row, err) || !row)
        return row || error_set(err, ERROR_SYSTEM, "what stands for a rule is not there");
    given->rule = db_int(select, 0);
    db_reset(select);
    return true;
}

/* ---- storing it ---- */

/* Whether it is there, and newer or as new. */
static bool look_up(const Given *given, bool *ret_there, bool *ret_newer, Error *err)
{
    bool row = false;
    DbStatement *select =
        db_statement(given->db, "SELECT given_us FROM findings WHERE id = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(given->id));
    if (!db_next(select, &row, err))
        return false;
    *ret_there = row;
    *ret_newer = row && db_int(select, 0) >= given->updated_us;
    if (row)
        db_reset(select);
    return true;
}

/* The workflow that a control's result asks for; without ptr: none ("Security Hub", section 2). */
static Str workflow_of(const Given *given, bool there)
{
    Str compliance = text_at(given->finding, STR("Compliance.Status"));
    Str status = text_at(given->finding, STR("Workflow.Status"));
    if (str_equal(compliance, STR("PASSED")))
        return STR("RESOLVED");
    if (there)
        return compliance.len ? STR("NEW") : (Str){NULL, 0};
    return status.len ? status : STR("NEW");
}

static const char INSERT[] =
    "INSERT INTO findings (id, rule_id, rule, account, principal, episode, first_us, last_us, "
    "count,"
    " opened_seq, updated_seq, product, product_arn, given_id, given_us, severity_given,"
    " confidence_given, body, record_state, region, created_us, updated_us, workflow) VALUES (?1, "
    "?2,"
    " ?3, ?4, ?5, ?8, ?6, ?7, ?9, 0, (SELECT coalesce(max(seq), 0) FROM commits), ?10, ?11, ?8, "
    "?12,"
    " ?13, ?14, ?15, ?16, ?17, ?18, ?12, ?19)";

/* A failed control that had passed is new again; so is what was archived and is active. */
static const char UPDATE[] =
    "UPDATE findings SET rule_id = ?2, rule = ?3, account = ?4, principal = ?5, first_us = ?6, "
    "last_us"
    " = ?7, count = ?9, updated_seq = (SELECT coalesce(max(seq), 0) FROM commits), product = ?10,"
    " given_us = ?12, severity_given = ?13, confidence_given = ?14, body = ?15, record_state = ?16,"
    " region = ?17, created_us = ?18, updated_us = ?12, workflow = CASE WHEN workflow ="
    " 'SUPPRESSED' THEN workflow WHEN ?19 = 'RESOLVED' THEN 'RESOLVED' WHEN ?19 = 'NEW' AND"
    " json_extract(body, '$.Compliance.Status') = 'PASSED' THEN 'NEW' WHEN ?16 = 'ACTIVE' AND"
    " record_state = 'ARCHIVED' AND workflow IN ('NOTIFIED', 'RESOLVED') THEN 'NEW' ELSE workflow "
    "END"
    " WHERE id = ?1";

static bool store(const Given *given, bool there, Error *err)
{
    int64_t confidence;
    Str workflow = workflow_of(given, there);
    BUF_AUTO Buf principal = buf_init(KEY_BYTES_MAX);
    DbStatement *put = write_principal(given, &principal, err)
                           ? db_statement(given->db, there ? UPDATE : INSERT, err)
                           : NULL;
    if (!put)
        return false;
    db_bind_text(put, 1, str_of(given->id));
    db_bind_text(put, 2, given->generator);
    db_bind_int(put, 3, given->rule);
    db_bind_text(put, 4, given->account);
    db_bind_text(put, 5, buf_str(&principal));
    db_bind_int(put, 6, given->first_us);
    db_bind_int(put, 7, given->last_us);
    if (!there) {
        db_bind_text(put, 8, given->given_id);
        db_bind_text(put, 11, given->product_arn);
    }
    db_bind_int(put, 9, given->count);
    db_bind_text(put, 10, given->product);
    db_bind_int(put, 12, given->updated_us);
    db_bind_int(put, 13, given->severity);
    if (json_int(json_member(given->finding, STR("Confidence")), &confidence))
        db_bind_int(put, 14, confidence);
    db_bind_text(put, 15, given->finding->raw);
    db_bind_text(put, 16, given->state);
    db_bind_text(put, 17, given->region);
    db_bind_int(put, 18, given->created_us);
    if (workflow.ptr)
        db_bind_text(put, 19, workflow);
    return db_run(put, err);
}

static bool put_resources(const Given *given, Error *err)
{
    bool ok =
        db_run_texts(given->db, "DELETE FROM finding_resources WHERE finding = ?1 AND ?2 = ''",
                     given->id, "", err);
    const Json *resources = json_member(given->finding, STR("Resources"));
    for (const Json *each = resources ? resources->first : NULL; ok && each; each = each->next) {
        Str region = text_at(each, STR("Region"));
        const StoryResource resource = {text_at(each, STR("Type")), text_at(each, STR("Id")),
                                        region.len ? region : given->region};
        ok = finding_resource_put(given->db, str_of(given->id), &resource, err);
    }
    return ok;
}

/* Whether it is one of ours that comes back, "spoor/REGION/ACCOUNT/ID" (asff.h). */
static bool look_for_ours(const Given *given, bool *ret, Error *err)
{
    Str id = given->given_id;
    size_t from = id.len;
    *ret = false;
    while (from > 0 && id.ptr[from - 1] != '/')
        from--;
    if (!str_starts(id, STR("spoor/")) || id.len - from != FINDING_ID_BYTES - 1)
        return true;
    DbStatement *select =
        db_statement(given->db, "SELECT 1 FROM findings WHERE id = ? AND given_id IS NULL", err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_slice(id, from, id.len));
    bool ok = db_next(select, ret, err);
    db_reset(select);
    return ok;
}

bool finding_given_put(Db *db, const Json *finding, GivenResult *ret, char ret_id[FINDING_ID_BYTES],
                       Error *err)
{
    Given given;
    bool there, newer, ours;
    if (!read(db, finding, &given, err) || !look_up(&given, &there, &newer, err) ||
        !look_for_ours(&given, &ours, err))
        return false;
    newer = newer || ours;
    snprintf(ret_id, FINDING_ID_BYTES, "%s", given.id);
    *ret = newer ? GIVEN_IGNORED : there ? GIVEN_UPDATED : GIVEN_NEW;
    return newer ||
           (put_rule(&given, err) && store(&given, there, err) && put_resources(&given, err) &&
            db_run_texts(db,
                         "INSERT OR REPLACE INTO finding_jobs (finding, kind) VALUES (?1,"
                         " ?2)",
                         given.id, "explain", err));
}
