#include "export/export_ocsf.h"

#include <stdio.h>

#include "base/json_write.h"
#include "base/timestamp.h"
#include "derive/address.h"
#include "export/export_ocsf_class.h"

enum {
    EVENT_BYTES_MAX = 256 << 20,
    SUCCESS = 1,
    FAILURE = 2,
    HOST_NAME = 1,
    IP_ADDRESS = 2,
    USER_NAME = 4,
    RESOURCE_UID = 10
};

/* What is written of one record. */
typedef struct Writing {
    const ExportEvent *event;
    const OcsfClass *class;
    JsonWriter to;
} Writing;

static Str text_of(const Writing *writing, const char *path)
{
    const Json *value = json_path(writing->event->root, str_of(path));
    return value && value->type != JSON_OBJECT && value->type != JSON_ARRAY
               ? json_text(value, value->type == JSON_NULL ? STR("") : value->raw)
               : STR("");
}

/* The first of two paths that says something. */
static Str either(const Writing *writing, const char *path, const char *other)
{
    Str text = text_of(writing, path);
    return text.len ? text : text_of(writing, other);
}

static void some(Writing *writing, const char *name, const char *path)
{
    json_write_some(&writing->to, name, text_of(writing, path));
}

static void named(Writing *writing, const char *name, const char *text)
{
    json_write_text(&writing->to, name, str_of(text));
}

static void number(Writing *writing, const char *name, int64_t value)
{
    json_write_int(&writing->to, name, value);
}

static void begin(Writing *writing, const char *name)
{
    json_write_open(&writing->to, name, '{');
}

static void finish(Writing *writing)
{
    json_write_close(&writing->to, '}');
}

/* Milliseconds, and the text, of a moment that a record says. */
static void moment(Writing *writing, const char *name, const char *name_dt, Str text)
{
    int64_t us;
    if (!timestamp_parse(text, &us))
        return;
    number(writing, name, us / 1000);
    json_write_text(&writing->to, name_dt, text);
}

/* ---- the members of every event ---- */

static bool failed(const Writing *writing)
{
    Str login = text_of(writing, "responseElements.ConsoleLogin");
    return text_of(writing, "errorCode").len || text_of(writing, "errorMessage").len ||
           str_equal(login, STR("Failure"));
}

static void put_class(Writing *writing)
{
    char type[80];
    const OcsfClass *class = writing->class;
    OcsfActivity activity = export_ocsf_class_activity(class, text_of(writing, "eventName"));
    snprintf(type, sizeof type, "%s: %s", class->name, activity.name);
    number(writing, "activity_id", activity.id);
    named(writing, "activity_name", activity.name);
    number(writing, "category_uid", class->category);
    named(writing, "category_name", class->category_name);
    number(writing, "class_uid", class->id);
    named(writing, "class_name", class->name);
    number(writing, "type_uid", (int64_t) class->id * 100 + activity.id);
    named(writing, "type_name", type);
    number(writing, "severity_id", 1);
    named(writing, "severity", "Informational");
    number(writing, "status_id", failed(writing) ? FAILURE : SUCCESS);
    named(writing, "status", failed(writing) ? "Failure" : "Success");
    some(writing, "status_code", "errorCode");
    some(writing, "status_detail", "errorMessage");
    moment(writing, "time", "time_dt", writing->event->time);
}

static void put_metadata(Writing *writing)
{
    static const Str PROFILES[] = {{"cloud", 5}, {"datetime", 8}};
    begin(writing, "metadata");
    named(writing, "version", "1.1.0");
    begin(writing, "product");
    named(writing, "name", "CloudTrail");
    named(writing, "vendor_name", "AWS");
    some(writing, "version", "eventVersion");
    Str category = text_of(writing, "eventCategory");
    begin(writing, "feature");
    json_write_text(&writing->to, "name", category.len ? category : STR("Management"));
    finish(writing);
    finish(writing);
    json_write_text(&writing->to, "uid", writing->event->id);
    some(writing, "event_code", "eventType");
    json_write_texts(&writing->to, "profiles", PROFILES, sizeof PROFILES / sizeof *PROFILES);
    finish(writing);
}

static void put_account(Writing *writing, Str uid)
{
    if (!uid.len)
        return;
    begin(writing, "account");
    json_write_text(&writing->to, "uid", uid);
    finish(writing);
}

static void put_cloud(Writing *writing)
{
    begin(writing, "cloud");
    named(writing, "provider", "AWS");
    some(writing, "region", "awsRegion");
    put_account(writing, writing->event->account);
    finish(writing);
}

/* A value of any type as it is; nothing for null. */
static void put_data(Writing *writing, const char *path)
{
    const Json *value = json_path(writing->event->root, str_of(path));
    if (value && value->type != JSON_NULL)
        json_write_value(&writing->to, "data", value->raw);
}

static bool says(const Writing *writing, const char *path)
{
    const Json *value = json_path(writing->event->root, str_of(path));
    return value && value->type != JSON_NULL;
}

/* A request needs an id: that of the event where AWS gives none. */
static Str request_of(const Writing *writing)
{
    Str id = text_of(writing, "requestID");
    return id.len ? id : writing->event->id;
}

static void put_api(Writing *writing)
{
    begin(writing, "api");
    json_write_text(&writing->to, "operation", text_of(writing, "eventName"));
    begin(writing, "service");
    some(writing, "name", "eventSource");
    finish(writing);
    some(writing, "version", "apiVersion");
    if (says(writing, "requestParameters") || says(writing, "requestID")) {
        begin(writing, "request");
        json_write_text(&writing->to, "uid", request_of(writing));
        put_data(writing, "requestParameters");
        finish(writing);
    }
    if (failed(writing) || says(writing, "responseElements")) {
        begin(writing, "response");
        some(writing, "error", "errorCode");
        some(writing, "message", "errorMessage");
        put_data(writing, "responseElements");
        finish(writing);
    }
    finish(writing);
}

/* ---- who ---- */

static void put_user_type(Writing *writing)
{
    static const struct {
        const char *type;
        int id;
    } TYPES[] = {
        {"IAMUser", 1},    {"FederatedUser", 1},      {"SAMLUser", 1}, {"WebIdentityUser", 1},
        {"Directory", 1},  {"IdentityCenterUser", 1}, {"Root", 2},     {"AWSService", 3},
        {"AWSAccount", 3},
    };
    Str type = text_of(writing, "userIdentity.type");
    int id = type.len ? 99 : 0;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
        if (str_equal(type, str_of(TYPES[i].type)))
            id = TYPES[i].id;
    json_write_some(&writing->to, "type", type);
    number(writing, "type_id", id);
}

/* Who made the call, where nobody else did: a service. */
static Str service_of(const Writing *writing)
{
    Str service = either(writing, "userIdentity.invokedBy", "eventSource");
    return service.len ? service : STR("unknown");
}

static void put_actor_user(Writing *writing)
{
    Str name = either(writing, "userIdentity.userName", "additionalEventData.UserName");
    Str uid = text_of(writing, "userIdentity.arn");
    Str account = text_of(writing, "userIdentity.accountId");
    begin(writing, "user");
    put_user_type(writing);
    json_write_some(&writing->to, "name",
                    name.len || uid.len || account.len ? name : service_of(writing));
    json_write_some(&writing->to, "uid", uid);
    json_write_some(&writing->to, "uid_alt",
                    either(writing, "userIdentity.principalId", "userIdentity.onBehalfOf.userId"));
    put_account(writing, account);
    json_write_some(&writing->to, "credential_uid",
                    either(writing, "userIdentity.accessKeyId", "userIdentity.credentialId"));
    finish(writing);
}

static void put_actor_session(Writing *writing)
{
    Str created = text_of(writing, "userIdentity.sessionContext.attributes.creationDate");
    Str mfa = text_of(writing, "userIdentity.sessionContext.attributes.mfaAuthenticated");
    Str issuer = text_of(writing, "userIdentity.sessionContext.sessionIssuer.arn");
    if (!created.len && !mfa.len && !issuer.len)
        return;
    begin(writing, "session");
    moment(writing, "created_time", "created_time_dt", created);
    if (mfa.len)
        json_write_value(&writing->to, "is_mfa",
                         str_equal(mfa, STR("true")) ? STR("true") : STR("false"));
    json_write_some(&writing->to, "issuer", issuer);
    finish(writing);
}

static void put_actor(Writing *writing)
{
    Str provider = either(writing, "userIdentity.identityProvider",
                          "userIdentity.sessionContext.webIdFederationData.federatedProvider");
    Str store = text_of(writing, "userIdentity.onBehalfOf.identityStoreArn");
    begin(writing, "actor");
    put_actor_user(writing);
    put_actor_session(writing);
    if (provider.len || store.len) {
        begin(writing, "idp");
        json_write_some(&writing->to, "name", provider);
        json_write_some(&writing->to, "uid", store);
        finish(writing);
    }
    some(writing, "invoked_by", "userIdentity.invokedBy");
    finish(writing);
}

/* ---- from where, and on what ---- */

static bool is_address(Str text)
{
    AddressKey key;
    return address_parse(text, &key);
}

static Str source_of(const Writing *writing)
{
    Str source = text_of(writing, "sourceIPAddress");
    return source.len ? source : service_of(writing);
}

static void put_source(Writing *writing)
{
    Str source = source_of(writing);
    begin(writing, "src_endpoint");
    json_write_text(&writing->to, is_address(source) ? "ip" : "domain", source);
    some(writing, "uid", "vpcEndpointId");
    finish(writing);
    Str agent = text_of(writing, "userAgent");
    if (agent.len) {
        begin(writing, "http_request");
        json_write_text(&writing->to, "user_agent", agent);
        finish(writing);
    }
}

static void put_resources(Writing *writing)
{
    const Json *list = json_member(writing->event->root, STR("resources"));
    if (!list || list->type != JSON_ARRAY || !list->count)
        return;
    json_write_open(&writing->to, "resources", '[');
    for (const Json *one = list->first; one; one = one->next) {
        Str account = json_text(json_member(one, STR("accountId")), STR(""));
        Str arn = json_text(json_member(one, STR("ARN")), STR(""));
        json_write_open(&writing->to, NULL, '{');
        json_write_some(&writing->to, "uid", arn);
        json_write_some(&writing->to, "type", json_text(json_member(one, STR("type")), STR("")));
        if (account.len) {
            begin(writing, "owner");
            put_account(writing, account);
            finish(writing);
        }
        finish(writing);
    }
    json_write_close(&writing->to, ']');
}

/* ---- the classes of identities ---- */

static void put_user_open(Writing *writing, Str name, Str uid)
{
    bool any = name.len || uid.len;
    begin(writing, "user");
    json_write_some(&writing->to, "name", any ? name : service_of(writing));
    json_write_some(&writing->to, "uid", uid);
}

static void put_mfa(Writing *writing)
{
    Str used = text_of(writing, "additionalEventData.MFAUsed");
    if (used.len)
        json_write_value(&writing->to, "is_mfa",
                         str_equal(used, STR("Yes")) ? STR("true") : STR("false"));
}

static void put_sign_in(Writing *writing)
{
    Str name = either(writing, "requestParameters.roleSessionName", "userIdentity.userName");
    put_user_open(writing, name.len ? name : text_of(writing, "additionalEventData.UserName"),
                  either(writing, "requestParameters.roleArn", "userIdentity.arn"));
    some(writing, "uid_alt", "userIdentity.principalId");
    finish(writing);
    Str session = text_of(writing, "responseElements.assumedRoleUser.arn");
    if (session.len) {
        begin(writing, "session");
        json_write_text(&writing->to, "uid", session);
        some(writing, "uid_alt", "responseElements.assumedRoleUser.assumedRoleId");
        some(writing, "credential_uid", "responseElements.credentials.accessKeyId");
        finish(writing);
    }
    Str login = text_of(writing, "additionalEventData.LoginTo");
    begin(writing, "dst_endpoint");
    json_write_text(&writing->to, "svc_name", login.len ? login : text_of(writing, "eventSource"));
    finish(writing);
    put_mfa(writing);
}

static void put_change(Writing *writing)
{
    Str name = either(writing, "requestParameters.userName", "requestParameters.roleName");
    Str policy = text_of(writing, "requestParameters.policyArn");
    if (!name.len)
        name = either(writing, "responseElements.user.userName", "responseElements.role.roleName");
    put_user_open(writing, name,
                  either(writing, "responseElements.user.userId", "responseElements.role.roleId"));
    finish(writing);
    if (policy.len) {
        begin(writing, "policy");
        json_write_text(&writing->to, "uid", policy);
        finish(writing);
    }
}

/* ---- what can be looked for ---- */

static void observe(Writing *writing, const char *name, int type, const char *type_name, Str value)
{
    if (!value.len)
        return;
    json_write_open(&writing->to, NULL, '{');
    named(writing, "name", name);
    number(writing, "type_id", type);
    named(writing, "type", type_name);
    json_write_text(&writing->to, "value", value);
    finish(writing);
}

static void put_observables(Writing *writing)
{
    Str source = source_of(writing);
    bool address = is_address(source);
    json_write_open(&writing->to, "observables", '[');
    observe(writing, address ? "src_endpoint.ip" : "src_endpoint.domain",
            address ? IP_ADDRESS : HOST_NAME, address ? "IP Address" : "Hostname", source);
    observe(writing, "actor.user.name", USER_NAME, "User Name",
            text_of(writing, "userIdentity.userName"));
    observe(writing, "actor.user.uid", RESOURCE_UID, "Resource UID",
            text_of(writing, "userIdentity.arn"));
    const Json *list = json_member(writing->event->root, STR("resources"));
    for (const Json *one = list && list->type == JSON_ARRAY ? list->first : NULL; one;
         one = one->next)
        observe(writing, "resources[].uid", RESOURCE_UID, "Resource UID",
                json_text(json_member(one, STR("ARN")), STR("")));
    json_write_close(&writing->to, ']');
}

/* ---- the rest ---- */

/* What stands elsewhere, with all that is below it. */
static const char *const MAPPED[] = {
    "eventVersion",
    "eventCategory",
    "eventID",
    "eventType",
    "eventTime",
    "eventName",
    "eventSource",
    "awsRegion",
    "recipientAccountId",
    "apiVersion",
    "requestID",
    "requestParameters",
    "responseElements",
    "errorCode",
    "errorMessage",
    "sourceIPAddress",
    "userAgent",
    "vpcEndpointId",
    "resources",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.principalId",
    "userIdentity.userName",
    "userIdentity.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.credentialId",
    "userIdentity.identityProvider",
    "userIdentity.invokedBy",
    "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider",
};

static bool is_mapped(Str path)
{
    for (size_t i = 0; i < sizeof MAPPED / sizeof *MAPPED; i++)
        if (str_equal(path, str_of(MAPPED[i])))
            return true;
    return false;
}

static void put_leaf(JsonWriter *to, Str path, Str value)
{
    char last = to->out->ptr[to->out->len - 1];
    to->ok = to->ok && (last == '{' || buf_append_byte(to->out, ',', to->err)) &&
             json_append_string(to->out, path, to->err) && buf_append_byte(to->out, ':', to->err) &&
             json_append_string(to->out, value, to->err);
}

/* All leaves of *value* that stand nowhere else; *path* is its own, and the same afterwards. Depth
 * is bounded by JSON_DEPTH_MAX. */
static void put_leaves(JsonWriter *to, const Json *value, Buf *path)
{
    size_t len = path->len;
    uint32_t index = 0;
    if (is_mapped(buf_str(path)))
        return;
    if (value->type != JSON_OBJECT && value->type != JSON_ARRAY) {
        if (value->type != JSON_NULL)
            put_leaf(to, buf_str(path), json_text(value, value->raw));
        return;
    }
    for (const Json *one = value->first; one && to->ok; one = one->next, index++) {
        if (one->shadowed)
            continue;
        to->ok = (!len || buf_append_byte(path, '.', to->err)) &&
                 (value->type == JSON_OBJECT ? buf_append_str(path, one->name, to->err)
                                             : buf_printf(path, to->err, "%u", index));
        if (to->ok)
            put_leaves(to, one, path);
        path->len = len;
    }
}

static void put_unmapped(Writing *writing)
{
    BUF_AUTO Buf path = buf_init(EVENT_BYTES_MAX);
    begin(writing, "unmapped");
    if (writing->to.ok)
        put_leaves(&writing->to, writing->event->root, &path);
    finish(writing);
}

static const OcsfClass *class_of(const ExportEvent *event)
{
    return export_ocsf_class_of(json_text(json_member(event->root, STR("eventSource")), STR("")),
                                json_text(json_member(event->root, STR("eventName")), STR("")));
}

const char *export_ocsf_class(const ExportEvent *event)
{
    return class_of(event)->folder;
}

bool export_ocsf_put(const ExportEvent *event, Buf *out, Error *err)
{
    BUF_AUTO Buf text = buf_init(EVENT_BYTES_MAX);
    Writing writing = {event, class_of(event), {&text, err, true}};
    begin(&writing, NULL);
    put_class(&writing);
    put_metadata(&writing);
    put_cloud(&writing);
    put_api(&writing);
    put_actor(&writing);
    put_source(&writing);
    put_resources(&writing);
    if (writing.class->id == OCSF_AUTHENTICATION)
        put_sign_in(&writing);
    if (writing.class->id == OCSF_ACCOUNT_CHANGE)
        put_change(&writing);
    put_observables(&writing);
    put_unmapped(&writing);
    finish(&writing);
    return writing.to.ok && buf_append_str(out, buf_str(&text), err);
}
