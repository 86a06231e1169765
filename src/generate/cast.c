#include "generate/cast.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum {
    CAST_BYTES_MAX = 512 << 20,
    TEXT_BYTES = 4096,
    SHARES = 10000,
    ROLE_SHARE = 6500,
    ADDRESSES = 12
};

static const char *const REGIONS[CAST_REGIONS_MAX] = {
    "us-east-1",    "eu-central-1",   "us-west-2",      "ap-northeast-2", "eu-west-1",
    "us-east-2",    "ap-southeast-1", "eu-north-1",     "ap-northeast-1", "eu-west-3",
    "ca-central-1", "sa-east-1",      "ap-southeast-2", "eu-west-2",      "us-west-1",
    "ap-south-1",   "ap-northeast-3"};

/* An account's name, and how many of 10,000 events its people make. */
static const struct {
    const char *name;
    uint32_t person_share;
} ACCOUNTS[] = {{"production", 100},      {"data", 300},      {"staging", 2500},
                {"shared-services", 900}, {"security", 4000}, {"sandbox", 4500},
                {"network", 600},         {"audit", 3500},    {"payments", 100},
                {"analytics", 1500}};

static const char *const PEOPLE[] = {"mina.park",   "jonas.weber", "aisha.khan",  "li.wei",
                                     "sofia.rossi", "noah.smith",  "yuki.tanaka", "emma.dubois",
                                     "omar.haddad", "ines.costa"};

static const char *const ROLES[] = {"eks-node",    "orders-api", "ci-runner",   "log-shipper",
                                    "etl-nightly", "monitoring", "backup",      "web-frontend",
                                    "terraform",   "inventory",  "fraud-check", "search-index"};

static const char *const SERVICES[] = {
    "autoscaling.amazonaws.com",   "lambda.amazonaws.com",
    "cloudtrail.amazonaws.com",    "config.amazonaws.com",
    "ec2.amazonaws.com",           "ecs-tasks.amazonaws.com",
    "delivery.logs.amazonaws.com", "guardduty.amazonaws.com",
    "events.amazonaws.com",        "elasticloadbalancing.amazonaws.com"};

/* User agents of machines; each # becomes a number. */
static const char *const AGENTS[] = {
    "aws-sdk-go-v2/1.32.# os/linux lang/go#1.23.2 md/GOOS#linux md/GOARCH#arm64 api/sdk#1.#.0",
    "Boto3/1.35.# md/Botocore#1.35.# ua/2.0 os/linux#6.1.112 md/arch#aarch64 lang/python#3.12.7",
    "aws-sdk-java/2.28.# Linux/6.1.112 OpenJDK_64-Bit_Server_VM/21.0.4+7 Java/21.0.4 kotlin/2.0.#",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.# terraform-provider-aws/5.7#.0 aws-sdk-go-v2/1.32.2",
    "[aws-sdk-js/3.6#.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#20.18.0 api/s3#3.6#.0]",
    "amazon-ssm-agent/3.3.# aws-sdk-go/1.55.5 (go1.22.8; linux; arm64)",
};

#define BROWSER                                                                                    \
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "      \
    "Chrome/1#.0.0.0 Safari/537.36"

/* A principal being made. */
typedef struct Making {
    Cast *cast;
    const CastAccount *account;
    Random *random;
    uint32_t number; /* among those of its kind */
    CastPrincipal *principal;
    const char *person; /* for kinds that are people */
    char id[24];        /* 17 letters of an id */
    char key[24];       /* 16 of an access key */
} Making;

#define PICK(random, list) ((list)[random_below(random, sizeof(list) / sizeof *(list))])

static bool keep(Making *making, const Buf *text, Str *ret, Error *err)
{
    const char *copy = arena_text(making->cast->arena, buf_str(text), err);
    *ret = (Str){copy, text->len};
    return copy != NULL;
}

static bool random_text(Making *making, size_t len, char *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(64);
    if (!buf_reserve(&text, len, err))
        return false;
    random_id(making->random, &text, len);
    memcpy(ret, text.ptr, len);
    ret[len] = '\0';
    return true;
}

static bool set_agent(Making *making, Str form, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    bool ok = true;
    for (size_t i = 0; ok && i < form.len; i++)
        ok = form.ptr[i] == '#' ? buf_printf(&text, err, "%u", random_below(making->random, 60))
                                : buf_append_byte(&text, (unsigned char)form.ptr[i], err);
    return ok && keep(making, &text, &making->principal->agent, err);
}

static bool set_address(Making *making, const char *net, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    return buf_printf(&text, err, "%s.%u", net, 1 + random_below(making->random, ADDRESSES)) &&
           keep(making, &text, &making->principal->address, err);
}

/* Somebody at a keyboard, with a browser or the command line. */
static bool set_person(Making *making, Error *err)
{
    CastPrincipal *principal = making->principal;
    bool browser = random_chance(making->random, 600);
    principal->caller = CALLER_PERSON;
    principal->tls = CAST_TLS_13;
    if (browser)
        principal->console = making->number % 5 == 4 ? "true" : "\"true\"";
    return set_agent(making,
                     browser ? STR(BROWSER)
                             : STR("aws-cli/2.18.# md/awscrt#0.22.0 ua/2.0 os/macos#24.1.0 "
                                   "md/arch#arm64 lang/python#3.12.6 md/pyimpl#CPython"),
                     err) &&
           set_address(making, "198.51.100", err);
}

/* A machine of the organisation's own. */
static bool set_machine(Making *making, Error *err)
{
    static const CastTls FORMS[] = {CAST_TLS_13, CAST_TLS_13, CAST_TLS_EXCHANGE, CAST_TLS_12};
    char net[16];
    making->principal->caller = CALLER_MACHINE;
    making->principal->tls = PICK(making->random, FORMS);
    making->principal->endpoint = making->number % 11 == 7;
    snprintf(net, sizeof net, "10.0.%u", random_below(making->random, 2));
    return set_agent(making, str_of(PICK(making->random, AGENTS)), err) &&
           set_address(making, net, err);
}

static void set_service(CastPrincipal *principal, Str name)
{
    principal->agent = principal->address = name;
    principal->tls = CAST_TLS_NONE;
    principal->endpoint = false;
}

static bool set_arn(Making *making, const char *service, const char *rest, Error *err)
{
    BUF_AUTO Buf arn = buf_init(TEXT_BYTES);
    return buf_printf(&arn, err, "arn:aws:%s::%s:%s", service, making->account->id, rest) &&
           keep(making, &arn, &making->principal->arn, err);
}

/* The end of a session's context: since when, and with MFA. */
static bool put_attributes(const Making *making, Buf *text, const char *mfa, Error *err)
{
    uint32_t second = making->number * 7919 % 3600;
    return buf_printf(text, err,
                      "\"attributes\":{\"creationDate\":\"%%H%02u:%02uZ\",\"mfaAuthenticated\":"
                      "\"%s\"}",
                      second / 60, second % 60, mfa);
}

/* The identity of a role's session, up to the attributes. */
static bool put_session(const Making *making, const char *role, const char *path,
                        const char *session, Buf *text, Error *err)
{
    const char *account = making->account->id;
    if (!buf_printf(text, err,
                    "{\"type\":\"AssumedRole\",\"principalId\":\"AROA%s:%s\",\"arn\":\"%.*s\","
                    "\"accountId\":\"%s\",\"accessKeyId\":\"ASIA%s\",\"sessionContext\":{"
                    "\"sessionIssuer\":{",
                    making->id, session, STR_ARG(making->principal->arn), account, making->key))
        return false;
    /* Some sessions do not know who issued them. */
    bool issuer = making->number % 40 != 39;
    return (!issuer || buf_printf(text, err,
                                  "\"type\":\"Role\",\"principalId\":\"AROA%s\",\"arn\":\"arn:aws:"
                                  "iam::%s:role/%s%s\",\"accountId\":\"%s\",\"userName\":\"%s\"",
                                  making->id, account, path, role, account, role)) &&
           buf_printf(text, err, "},%s", making->number % 2 ? "\"webIdFederationData\":{}," : "");
}

static bool make_machine(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    const char *role = ROLES[making->number % (sizeof ROLES / sizeof *ROLES)];
    char session[64], arn[160], end[300];
    uint32_t form = making->number % 4;
    if (form < 2)
        snprintf(session, sizeof session, "i-0%016llx",
                 (unsigned long long)random_next(making->random));
    else
        snprintf(session, sizeof session, "%s-%u", form == 2 ? "worker" : "botocore-session",
                 random_below(making->random, 250));
    snprintf(arn, sizeof arn, "assumed-role/%s/%s", role, session);
    /* A service calls on behalf of some of them; functions are in scope of themselves. */
    bool on_behalf = making->number % 13 == 12;
    if (form == 2)
        snprintf(end, sizeof end,
                 "},\"inScopeOf\":{\"issuerType\":\"AWS::Lambda::Function\","
                 "\"credentialsIssuedTo\":\"arn:aws:lambda:%%R:%s:function:%s\"}",
                 making->account->id, session);
    else
        snprintf(end, sizeof end, "%s}%s", form < 2 ? ",\"ec2RoleDelivery\":\"2.0\"" : "",
                 on_behalf ? ",\"invokedBy\":\"cloudformation.amazonaws.com\"" : "");
    if (!set_machine(making, err) || !set_arn(making, "sts", arn, err))
        return false;
    if (on_behalf)
        set_service(making->principal, STR("cloudformation.amazonaws.com"));
    return put_session(making, role, "", session, &text, err) &&
           put_attributes(making, &text, "false", err) && buf_printf(&text, err, "%s}", end) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_person(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    char arn[160];
    const char *role = making->number % 3 ? "AWSReservedSSO_Engineer_0123456789abcdef"
                                          : "AWSReservedSSO_ReadOnly_fedcba9876543210";
    snprintf(arn, sizeof arn, "assumed-role/%s/%s", role, making->person);
    return set_person(making, err) && set_arn(making, "sts", arn, err) &&
           put_session(making, role, "aws-reserved/sso.amazonaws.com/", making->person, &text,
                       err) &&
           put_attributes(making, &text, "false", err) &&
           buf_printf(&text, err,
                      "},\"onBehalfOf\":{\"userId\":\"%s\",\"identityStoreArn\":\"arn:aws:"
                      "identitystore::%s:identitystore/d-9067642ac7\"}}",
                      making->id, making->account->id) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_service(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    Str name = str_of(SERVICES[making->number % (sizeof SERVICES / sizeof *SERVICES)]);
    set_service(making->principal, name);
    making->principal->caller = CALLER_SERVICE;
    return buf_printf(&text, err, "{\"type\":\"AWSService\",\"invokedBy\":\"%s\"}", name.ptr) &&
           keep(making, &text, &making->principal->identity, err);
}

/* Another organisation's role, or nobody known. */
static bool make_partner(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    char account[16];
    snprintf(account, sizeof account, "%012llu",
             (unsigned long long)(random_next(making->random) % UINT64_C(999999999999)));
    bool nobody = making->number == 5;
    bool ok = nobody ? buf_append_str(&text,
                                      STR("{\"type\":\"AWSAccount\",\"principalId\":\"\","
                                          "\"accountId\":\"anonymous\"}"),
                                      err)
                     : buf_printf(&text, err,
                                  "{\"type\":\"AWSAccount\",\"principalId\":\"AROA%s:partner\","
                                  "\"accountId\":\"%s\"}",
                                  making->id, account);
    if (!ok || !keep(making, &text, &making->principal->identity, err) ||
        !set_machine(making, err) || !set_address(making, "192.0.2", err))
        return false;
    making->principal->caller = CALLER_ACCOUNT;
    return true;
}

static bool make_user(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    char arn[160];
    snprintf(arn, sizeof arn, "user/%s", making->person);
    if (!set_person(making, err) || !set_arn(making, "iam", arn, err) ||
        !buf_printf(&text, err,
                    "{\"type\":\"IAMUser\",\"principalId\":\"AIDA%s\",\"arn\":\"%.*s\","
                    "\"accountId\":\"%s\",\"accessKeyId\":\"%s%s\",\"userName\":\"%s\"",
                    making->id, STR_ARG(making->principal->arn), making->account->id,
                    making->principal->console ? "ASIA" : "AKIA", making->key, making->person))
        return false;
    if (making->principal->console &&
        (!buf_append_str(&text, STR(",\"sessionContext\":{"), err) ||
         !put_attributes(making, &text, "true", err) || !buf_append_byte(&text, '}', err)))
        return false;
    return buf_append_byte(&text, '}', err) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_web(Making *making, Error *err)
{
    static const char *const REPOSITORIES[] = {"shop", "orders", "platform", "site", "data", "app"};
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    const char *account = making->account->id;
    const char *name = REPOSITORIES[making->number % (sizeof REPOSITORIES / sizeof *REPOSITORIES)];
    if (!set_machine(making, err) || !set_address(making, "192.0.2", err))
        return false;
    making->principal->caller = CALLER_WEB;
    making->principal->endpoint = false;
    return buf_printf(&text, err,
                      "{\"type\":\"WebIdentityUser\",\"principalId\":\"arn:aws:iam::%s:oidc-"
                      "provider/token.ci.example:sts.amazonaws.com:repo:acme/%s:ref:refs/heads/"
                      "main\",\"userName\":\"repo:acme/%s:ref:refs/heads/main\","
                      "\"identityProvider\":\"arn:aws:iam::%s:oidc-provider/token.ci.example\"}",
                      account, name, name, account) &&
           keep(making, &text, &making->principal->identity, err);
}

/* Nobody called: AWS did something by itself. */
static bool make_internal(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    set_service(making->principal, STR("AWS Internal"));
    making->principal->caller = CALLER_INTERNAL;
    bool ok = making->number == 1
                  ? buf_append_str(&text, STR("null"), err)
                  : buf_printf(&text, err, "{\"accountId\":\"%s\",\"invokedBy\":\"AWS Internal\"}",
                               making->account->id);
    return ok && keep(making, &text, &making->principal->identity, err);
}

static bool make_saml(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    if (!set_person(making, err))
        return false;
    making->principal->caller = CALLER_SAML;
    making->principal->console = NULL;
    return buf_printf(&text, err,
                      "{\"type\":\"SAMLUser\",\"principalId\":\"%s=:%s\",\"userName\":\"%s\","
                      "\"identityProvider\":\"%s=\"}",
                      making->key, making->person, making->person, making->key) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_federated(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    char arn[160];
    const char *account = making->account->id;
    snprintf(arn, sizeof arn, "federated-user/%s", making->person);
    return set_person(making, err) && set_arn(making, "sts", arn, err) &&
           buf_printf(&text, err,
                      "{\"type\":\"FederatedUser\",\"principalId\":\"%s:%s\",\"arn\":\"%.*s\","
                      "\"accountId\":\"%s\",\"accessKeyId\":\"ASIA%s\",\"sessionContext\":{"
                      "\"sessionIssuer\":{\"type\":\"IAMUser\",\"principalId\":\"AIDA%s\",\"arn\":"
                      "\"arn:aws:iam::%s:user/broker\",\"accountId\":\"%s\",\"userName\":"
                      "\"broker\"},\"webIdFederationData\":{},",
                      account, making->person, STR_ARG(making->principal->arn), account,
                      making->key, making->id, account, account) &&
           put_attributes(making, &text, "false", err) && buf_append(&text, "}}", 2, err) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_center(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    if (!set_person(making, err))
        return false;
    making->principal->caller = CALLER_CENTER;
    making->principal->console = NULL;
    return buf_printf(&text, err,
                      "{\"type\":\"IdentityCenterUser\",\"accountId\":\"%s\",\"onBehalfOf\":{"
                      "\"userId\":\"%s\",\"identityStoreArn\":\"arn:aws:identitystore::%s:"
                      "identitystore/d-9067642ac7\"},\"credentialId\":\"%s\"}",
                      making->account->id, making->id, making->account->id, making->key) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_unidentified(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    if (!set_person(making, err))
        return false;
    making->principal->caller = CALLER_UNKNOWN;
    making->principal->console = NULL;
    return buf_printf(&text, err,
                      "{\"type\":\"Unknown\",\"principalId\":\"\",\"accountId\":\"%s\","
                      "\"userName\":\"HIDDEN_DUE_TO_SECURITY_REASONS\"}",
                      making->account->id) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_root(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    const char *account = making->account->id;
    return set_person(making, err) && set_arn(making, "iam", "root", err) &&
           buf_printf(&text, err,
                      "{\"type\":\"Root\",\"principalId\":\"%s\",\"arn\":\"arn:aws:iam::%s:root\","
                      "\"accountId\":\"%s\",\"accessKeyId\":\"\",\"sessionContext\":{",
                      account, account, account) &&
           put_attributes(making, &text, "true", err) && buf_append(&text, "}}", 2, err) &&
           keep(making, &text, &making->principal->identity, err);
}

/* How many principals of a kind an account has, and how many of 10,000 events they make; the two
 * kinds of assumed roles share theirs as the account's people are busy. */
static const struct {
    uint16_t count;
    uint32_t share;
    bool (*make)(Making *making, Error *err);
} KINDS[CAST_KINDS] = {
    [CAST_MACHINE] = {88, ROLE_SHARE, make_machine},
    [CAST_PERSON] = {20, 0, make_person},
    [CAST_SERVICE] = {20, 2200, make_service},
    [CAST_PARTNER] = {8, 500, make_partner},
    [CAST_USER] = {10, 400, make_user},
    [CAST_WEB] = {6, 200, make_web},
    [CAST_INTERNAL] = {2, 100, make_internal},
    [CAST_SAML] = {2, 35, make_saml},
    [CAST_FEDERATED] = {1, 25, make_federated},
    [CAST_CENTER] = {1, 25, make_center},
    [CAST_UNIDENTIFIED] = {1, 10, make_unidentified},
    [CAST_ROOT] = {1, 5, make_root},
};

static bool make_kind(Cast *cast, CastAccount *account, CastKind kind, Random *random, Error *err)
{
    uint16_t begin = account->begins[kind];
    account->begins[kind + 1] = (uint16_t)(begin + KINDS[kind].count);
    account->shares[kind] = KINDS[kind].share;
    for (uint32_t i = 0; i < KINDS[kind].count; i++) {
        CastPrincipal *principal = &account->principals[begin + i];
        Making making = {.cast = cast,
                         .account = account,
                         .random = random,
                         .number = i,
                         .principal = principal,
                         .person = PEOPLE[i % (sizeof PEOPLE / sizeof *PEOPLE)]};
        *principal = (CastPrincipal){.kind = kind, .arn = STR("")};
        if (!random_text(&making, 17, making.id, err) ||
            !random_text(&making, 16, making.key, err) || !KINDS[kind].make(&making, err))
            return false;
    }
    return true;
}

static bool make_account(Cast *cast, int number, Random *random, Error *err)
{
    CastAccount *account = &cast->accounts[number];
    size_t form = (size_t)number % (sizeof ACCOUNTS / sizeof *ACCOUNTS);
    account->number = random_next(random) % UINT64_C(900000000000) + UINT64_C(100000000000);
    snprintf(account->id, sizeof account->id, "%012llu", (unsigned long long)account->number);
    account->name = str_of(ACCOUNTS[form].name);
    for (CastKind kind = 0; kind < CAST_KINDS; kind++)
        if (!make_kind(cast, account, kind, random, err))
            return false;
    account->shares[CAST_PERSON] = ACCOUNTS[form].person_share;
    account->shares[CAST_MACHINE] = ROLE_SHARE - ACCOUNTS[form].person_share;
    calls_mix(random, &account->calls);
    return true;
}

Cast *cast_new(uint64_t seed, int accounts, int regions, Error *err)
{
    Random random = random_new(seed, 0);
    Cast *cast = mem_calloc(1, sizeof *cast, err);
    if (!cast)
        return NULL;
    cast->arena = arena_new(CAST_BYTES_MAX, err);
    cast->account_count = accounts;
    cast->region_count = regions;
    memcpy(cast->regions, REGIONS, sizeof REGIONS);
    snprintf(cast->organisation, sizeof cast->organisation, "o-%010llx",
             (unsigned long long)(random_next(&random) >> 24));
    bool ok = cast->arena;
    if (ok)
        cast->accounts = arena_calloc(cast->arena, (size_t)accounts, sizeof *cast->accounts, err);
    ok = ok && cast->accounts;
    for (int i = 0; ok && i < accounts; i++)
        ok = make_account(cast, i, &random, err);
    if (ok)
        return cast;
    cast_free(cast);
    return NULL;
}

void cast_free(Cast *cast)
{
    if (!cast)
        return;
    arena_free(cast->arena);
    mem_free(cast);
}

const CastPrincipal *cast_draw(const CastAccount *account, Random *random)
{
    uint32_t drawn = random_below(random, SHARES);
    CastKind kind = 0;
    while (kind + 1 < CAST_KINDS && drawn >= account->shares[kind])
        drawn -= account->shares[kind++];
    uint32_t count = (uint32_t)(account->begins[kind + 1] - account->begins[kind]);
    return &account->principals[account->begins[kind] + random_rank(random, count)];
}
