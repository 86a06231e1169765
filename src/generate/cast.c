#include "generate/cast.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { CAST_BYTES_MAX = 512 << 20, TEXT_BYTES = 4096 };

static const char *const REGIONS[CAST_REGIONS_MAX] = {
    "us-east-1",    "eu-central-1",   "us-west-2",      "ap-northeast-2", "eu-west-1",
    "us-east-2",    "ap-southeast-1", "eu-north-1",     "ap-northeast-1", "eu-west-3",
    "ca-central-1", "sa-east-1",      "ap-southeast-2", "eu-west-2",      "us-west-1",
    "ap-south-1",   "ap-northeast-3"};

static const char *const ACCOUNT_NAMES[] = {"production", "data",     "staging", "shared-services",
                                            "security",   "sandbox",  "network", "audit",
                                            "payments",   "analytics"};

static const char *const PEOPLE[] = {"mina.park",   "jonas.weber", "aisha.khan",  "li.wei",
                                     "sofia.rossi", "noah.smith",  "yuki.tanaka", "emma.dubois",
                                     "omar.haddad", "ines.costa"};

static const char *const ROLES[] = {"eks-node",    "orders-api", "ci-runner",   "log-shipper",
                                    "etl-nightly", "monitoring", "backup",      "web-frontend",
                                    "terraform",   "inventory",  "fraud-check", "search-index"};

static const char *const SERVICES[] = {"autoscaling.amazonaws.com", "lambda.amazonaws.com",
                                       "cloudtrail.amazonaws.com",  "config.amazonaws.com",
                                       "ec2.amazonaws.com",         "ecs-tasks.amazonaws.com"};

/* User agents of machines; each # becomes a number. */
static const char *const AGENTS[] = {
    "aws-sdk-go-v2/1.32.# os/linux lang/go/1.23.2 md/GOOS/linux md/GOARCH/arm64 api/sdk/1.#.0",
    "Boto3/1.35.# md/Botocore/1.35.# ua/2.0 os/linux/6.1.112 md/arch/aarch64 lang/python/3.12.7",
    "aws-sdk-java/2.28.# Linux/6.1.112 OpenJDK_64-Bit_Server_VM/21.0.4+7 Java/21.0.4 kotlin/2.0.#",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.# terraform-provider-aws/5.7#.0 aws-sdk-go-v2/1.32.2",
};

#define BROWSER                                                                                    \
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "      \
    "Chrome/130.0.0.0 Safari/537.36"

/* A principal being made. */
typedef struct Making {
    Cast *cast;
    const CastAccount *account;
    Random *random;
    uint32_t number; /* among the account's principals */
    CastPrincipal *principal;
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

static bool set_agent(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    Str form = making->principal->console ? STR(BROWSER) : str_of(PICK(making->random, AGENTS));
    bool ok = true;
    for (size_t i = 0; ok && i < form.len; i++)
        ok = form.ptr[i] == '#' ? buf_printf(&text, err, "%u", random_below(making->random, 60))
                                : buf_append_byte(&text, (unsigned char)form.ptr[i], err);
    return ok && keep(making, &text, &making->principal->agent, err);
}

static bool set_address(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    Random *random = making->random;
    uint32_t slot = random_below(random, 50);
    bool ok = making->principal->human
                  ? buf_printf(&text, err, "198.51.100.%u", 1 + slot)
                  : buf_printf(&text, err, "10.0.%u.%u", slot, random_below(random, 250));
    return ok && keep(making, &text, &making->principal->address, err);
}

static bool make_service(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    Str name = str_of(PICK(making->random, SERVICES));
    *making->principal = (CastPrincipal){
        .arn = STR(""), .agent = name, .address = name, .name = name, .service = true};
    return buf_printf(&text, err, "{\"type\":\"AWSService\",\"invokedBy\":\"%s\"}", name.ptr) &&
           keep(making, &text, &making->principal->identity, err);
}

static bool make_user(Making *making, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    BUF_AUTO Buf arn = buf_init(TEXT_BYTES);
    char id[24], key[24];
    CastPrincipal *principal = making->principal;
    const char *account = making->account->id;
    const char *person = PICK(making->random, PEOPLE);
    *principal = (CastPrincipal){.name = str_of(person), .human = true};
    return random_text(making, 17, id, err) && random_text(making, 16, key, err) &&
           buf_printf(&arn, err, "arn:aws:iam::%s:user/%s", account, person) &&
           buf_printf(&text, err,
                      "{\"type\":\"IAMUser\",\"principalId\":\"AIDA%s\",\"arn\":\"%.*s\","
                      "\"accountId\":\"%s\",\"accessKeyId\":\"AKIA%s\",\"userName\":\"%s\"}",
                      id, STR_ARG(buf_str(&arn)), account, key, person) &&
           keep(making, &text, &principal->identity, err) &&
           keep(making, &arn, &principal->arn, err) && set_agent(making, err) &&
           set_address(making, err);
}

static bool put_role_identity(Making *making, const char *role, const char *session, Buf *text,
                              Error *err)
{
    char id[24], key[24];
    const char *account = making->account->id;
    uint32_t day = 1 + random_below(making->random, 28);
    return random_text(making, 17, id, err) && random_text(making, 16, key, err) &&
           buf_printf(text, err,
                      "{\"type\":\"AssumedRole\",\"principalId\":\"AROA%s:%s\",\"arn\":\"arn:aws:"
                      "sts::%s:assumed-role/%s/%s\",\"accountId\":\"%s\",\"accessKeyId\":\"ASIA%s\""
                      ",\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":"
                      "\"AROA%s\",\"arn\":\"arn:aws:iam::%s:role/%s\",\"accountId\":\"%s\","
                      "\"userName\":\"%s\"},\"webIdFederationData\":{},",
                      id, session, account, role, session, account, key, id, account, role, account,
                      role) &&
           buf_printf(text, err,
                      "\"attributes\":{\"creationDate\":\"2026-10-%02uT%02u:00:00Z\","
                      "\"mfaAuthenticated\":\"%s\"}%s}}",
                      day, day % 24, making->principal->console ? "true" : "false",
                      making->principal->human ? "" : ",\"ec2RoleDelivery\":\"2.0\"");
}

static bool make_role(Making *making, bool human, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES);
    BUF_AUTO Buf arn = buf_init(TEXT_BYTES);
    char role[80], session[80];
    CastPrincipal *principal = making->principal;
    *principal = (CastPrincipal){.human = human, .console = human};
    snprintf(role, sizeof role, "%s",
             human ? "AWSReservedSSO_Engineer_0123456789abcdef" : PICK(making->random, ROLES));
    if (human)
        snprintf(session, sizeof session, "%s", PICK(making->random, PEOPLE));
    else
        snprintf(session, sizeof session, "i-0%016llx",
                 (unsigned long long)random_next(making->random));
    if (!put_role_identity(making, role, session, &text, err) ||
        !buf_printf(&arn, err, "arn:aws:sts::%s:assumed-role/%s/%s", making->account->id, role,
                    session))
        return false;
    const char *name = arena_text(making->cast->arena, str_of(session), err);
    principal->name = str_of(name);
    return name && keep(making, &text, &principal->identity, err) &&
           keep(making, &arn, &principal->arn, err) && set_agent(making, err) &&
           set_address(making, err);
}

static bool make_principal(Making *making, Error *err)
{
    uint32_t kind = random_below(making->random, 100);
    if (kind < 24)
        return make_service(making, err);
    if (kind < 29)
        return make_user(making, err);
    return make_role(making, kind < 37, err);
}

static bool make_account(Cast *cast, int number, Random *random, Error *err)
{
    CastAccount *account = &cast->accounts[number];
    snprintf(account->id, sizeof account->id, "%012llu",
             (unsigned long long)(random_next(random) % UINT64_C(900000000000) +
                                  UINT64_C(100000000000)));
    account->name =
        str_of(ACCOUNT_NAMES[(size_t)number % (sizeof ACCOUNT_NAMES / sizeof *ACCOUNT_NAMES)]);
    for (uint32_t i = 0; i < CAST_PRINCIPALS; i++) {
        Making making = {cast, account, random, i, &account->principals[i]};
        if (!make_principal(&making, err))
            return false;
    }
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
