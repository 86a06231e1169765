#include "profile/profile_entity.h"

#include "base/engine.h"
#include "lake/summary_sql.h"
#include "lineage/lineage_who.h"
#include "search/search_field.h"

enum { ACCOUNT_DIGITS = 12, ROLE_CONDITIONS = 3 };

static const char *const WORDS[PROFILE_FIELD] = {[PROFILE_PRINCIPAL] = "principal",
                                                 [PROFILE_ADDRESS] = "address",
                                                 [PROFILE_KEY] = "key",
                                                 [PROFILE_ACCOUNT] = "account"};

/* ---- what was asked ---- */

static bool is_account(Str text)
{
    bool ok = text.len == ACCOUNT_DIGITS;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return ok;
}

static bool read_shape(Str value, ProfileKind *ret, Error *err)
{
    static const ProfileKind KINDS[LINEAGE_ASKS + 1] = {[LINEAGE_ASK_KEY] = PROFILE_KEY,
                                                        [LINEAGE_ASK_EVENT] = PROFILE_KINDS,
                                                        [LINEAGE_ASK_PRINCIPAL] = PROFILE_PRINCIPAL,
                                                        [LINEAGE_ASK_ROLE] = PROFILE_PRINCIPAL,
                                                        [LINEAGE_ASK_INSTANCE] = PROFILE_KINDS,
                                                        [LINEAGE_ASK_ADDRESS] = PROFILE_ADDRESS,
                                                        [LINEAGE_ASKS] = PROFILE_KINDS};
    *ret = is_account(value) ? PROFILE_ACCOUNT : KINDS[lineage_who_kind(value)];
    return *ret != PROFILE_KINDS ||
           error_set(err, ERROR_USAGE,
                     "'%.*s' is no ARN of a user, role or session, address, access key or number "
                     "of an account: --by says what it is",
                     STR_ARG(str_slice(value, 0, 200)));
}

static bool read_field(Str by, ProfileEntity *ret, Error *err)
{
    SearchField field;
    if (!search_field_find(by, &field, err))
        return false;
    ret->kind = PROFILE_FIELD;
    ret->field = by;
    ret->node = field.node;
    if (field.node != F_ROOT && field_is_leaf(field.node))
        return true;
    if (field.node != F_ROOT)
        return error_set(err, ERROR_USAGE,
                         "--by '%.*s' is a group of columns: one of them is taken",
                         STR_ARG(str_slice(by, 0, 200)));
    Str near = search_field_suggest(by);
    return error_set(err, ERROR_USAGE,
                     "--by takes principal, address, key, account or a column of cloudtrail: none "
                     "is called '%.*s'%s%.*s%s",
                     STR_ARG(str_slice(by, 0, 200)), near.len ? "; did you mean '" : "",
                     STR_ARG(near), near.len ? "'?" : "");
}

bool profile_entity_read(Str by, Str value, ProfileEntity *ret, Error *err)
{
    *ret = (ProfileEntity){.kind = PROFILE_PRINCIPAL, .node = F_ROOT, .value = value};
    if (!by.len)
        return !value.len || read_shape(value, &ret->kind, err);
    for (int kind = 0; kind < PROFILE_FIELD; kind++)
        if (str_equal(by, str_of(WORDS[kind]))) {
            ret->kind = (ProfileKind)kind;
            return true;
        }
    return read_field(by, ret, err);
}

Str profile_entity_word(const ProfileEntity *entity)
{
    return entity->kind == PROFILE_FIELD ? entity->field : str_of(WORDS[entity->kind]);
}

/* ---- its calls ---- */

static bool is_role(const ProfileEntity *entity)
{
    return entity->kind == PROFILE_PRINCIPAL && lineage_who_kind(entity->value) == LINEAGE_ASK_ROLE;
}

/* Of a user, an account's root or a session: the calls have it in a column with a filter. */
static bool is_caller(const ProfileEntity *entity)
{
    return entity->kind == PROFILE_PRINCIPAL &&
           lineage_who_kind(entity->value) == LINEAGE_ASK_PRINCIPAL;
}

bool profile_entity_put_name(const ProfileEntity *entity, Buf *sql, Error *err)
{
    static const char *const NAMES[PROFILE_FIELD] = {[PROFILE_PRINCIPAL] = SUMMARY_SQL_PRINCIPAL,
                                                     [PROFILE_ADDRESS] = "sourceipaddress",
                                                     [PROFILE_KEY] = "accesskey_id",
                                                     [PROFILE_ACCOUNT] = "recipientaccountid"};
    if (entity->kind != PROFILE_FIELD)
        return buf_append_str(sql, str_of(NAMES[entity->kind]), err);
    if (field_is_text(entity->node))
        return search_field_select(entity->field, sql, err);
    return buf_append_str(sql, STR("CAST("), err) && search_field_select(entity->field, sql, err) &&
           buf_append_str(sql, STR(" AS VARCHAR)"), err);
}

/* In quotes, what ARNs of the role's sessions begin with, whose last byte is *last* instead of '/'.
 */
static bool put_sessions(Str role, char last, Buf *sql, Error *err)
{
    BUF_AUTO Buf prefix = buf_init(role.len + 64);
    size_t parts[3], at = 0;
    for (int i = 0; i < 3; i++) { /* behind "arn", the partition, "iam" */
        at = str_find_byte(role, ':', at) + 1;
        parts[i] = at;
    }
    size_t account_end = str_find_byte(role, ':', parts[2] + 1);
    return buf_append_str(&prefix, str_slice(role, 0, parts[1]), err) &&
           buf_append_str(&prefix, STR("sts:"), err) &&
           buf_append_str(&prefix, str_slice(role, parts[2], account_end), err) &&
           buf_append_str(&prefix, STR(":assumed-role/"), err) &&
           buf_append_str(&prefix, str_base_name(role), err) &&
           buf_append_byte(&prefix, (unsigned char)last, err) &&
           engine_quote(sql, buf_str(&prefix), err);
}

int profile_entity_conditions(const ProfileEntity *entity)
{
    return is_role(entity) ? ROLE_CONDITIONS : 1;
}

static bool put_equal(const char *column, Str value, Buf *sql, Error *err)
{
    return buf_printf(sql, err, "%s = ", column) && engine_quote(sql, value, err);
}

/* By its sessions' issuer; by its own ARN; and by the ARNs of sessions of which no issuer is told,
 * which lie between their beginning with '/' and with the byte behind it. */
static bool put_role(Str role, int number, Buf *sql, Error *err)
{
    if (number == 0)
        return put_equal("session_issuer_arn", role, sql, err);
    if (number == 1)
        return put_equal("principal_arn", role, sql, err) &&
               buf_append_str(sql, STR(" AND coalesce(session_issuer_arn, '') <> "), err) &&
               engine_quote(sql, role, err);
    return buf_append_str(sql, STR("session_issuer_arn IS NULL AND principal_arn >= "), err) &&
           put_sessions(role, '/', sql, err) &&
           buf_append_str(sql, STR(" AND principal_arn < "), err) &&
           put_sessions(role, '/' + 1, sql, err);
}

bool profile_entity_put_condition(const ProfileEntity *entity, int number, Buf *sql, Error *err)
{
    if (is_role(entity))
        return put_role(entity->value, number, sql, err);
    if (is_caller(entity))
        return put_equal("principal_arn", entity->value, sql, err);
    return profile_entity_put_name(entity, sql, err) && buf_append_str(sql, STR(" = "), err) &&
           engine_quote(sql, entity->value, err);
}

/* ---- its findings ---- */

/* Findings name the session. */
static bool put_role_findings(Str role, Buf *sql, Error *err)
{
    return buf_append_str(sql, STR(" OR starts_with(principal, "), err) &&
           put_sessions(role, '/', sql, err) && buf_append_byte(sql, ')', err);
}

bool profile_entity_put_findings(const ProfileEntity *entity, const char *hits, Buf *sql,
                                 Error *err)
{
    if (entity->kind == PROFILE_ACCOUNT)
        return put_equal("account", entity->value, sql, err);
    if (entity->kind == PROFILE_ADDRESS)
        return buf_append_str(sql, STR("contains(addresses, "), err) &&
               engine_quote(sql, entity->value, err) && buf_append_byte(sql, ')', err);
    if (entity->kind == PROFILE_PRINCIPAL)
        return buf_append_byte(sql, '(', err) && put_equal("principal", entity->value, sql, err) &&
               (!is_role(entity) || put_role_findings(entity->value, sql, err)) &&
               buf_append_byte(sql, ')', err);
    return buf_printf(sql, err,
                      "id IN (SELECT f.finding_id FROM finding_events f JOIN %s h ON f.object_id = "
                      "h.object_id AND f.record_index = h.record_index)",
                      hits);
}
