#include "support/finding.h"

#include <stdio.h>

#include "base/json.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

/* 2026-11-26T00:00:00Z */
static const int64_t DAY_US = INT64_C(1795651200000000);

static const char RULES[] =
    "title: Key \"made\"\nid: 5c4a3ad6-8a63-4a4e-9c0e-6a1f6c0f6f01\nname: key_made\n"
    "status: test\ndescription: Somebody made a key.\n"
    "logsource: {product: aws, service: cloudtrail}\n"
    "detection: {selection: {eventName: CreateAccessKey}, condition: selection}\n"
    "level: high\ntags: [attack.persistence, attack.t1098.001]\n"
    "response: [Disable the key, Ask the caller]\n"
    "resembles: Persistence:IAMUser/AnomalousBehavior\n---\n"
    "title: Many keys\nname: many_keys\nstatus: test\nlevel: medium\n"
    "correlation: {type: event_count, rules: [key_made], group-by: [userIdentity.arn], "
    "timespan: 10m, condition: {gte: 2}}\n";

RuleSet *finding_rules(void)
{
    Error err = {0};
    RuleSet *set = ruleset_new(NULL, &err);
    support_ok(set && ruleset_add_text(set, str_of(RULES), "rules.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    assert_int_equal(ruleset_error_count(set), 0);
    assert_int_equal(ruleset_count(set), 2);
    return set;
}

HuntMatch finding_match(const Rule *rule, int second)
{
    return (HuntMatch){.rule = rule,
                       .time_us = DAY_US + second * INT64_C(1000000),
                       .event_id = second % 2 ? STR("id-odd") : STR("id-even"),
                       .event_source = STR("iam.amazonaws.com"),
                       .event_name = STR("CreateAccessKey"),
                       .region = STR("us-east-1"),
                       .account = STR("111122223333"),
                       .principal = STR("arn:aws:iam::111122223333:user/alice"),
                       .address = STR("198.51.100.7"),
                       .object = STR("logs/a.json")};
}

HuntMatch finding_bare(const Rule *rule)
{
    return (HuntMatch){.rule = rule, .time_us = DAY_US};
}

HuntMatch finding_hostile(const Rule *rule)
{
    static const char NUL[] = "a\0b";
    HuntMatch match = finding_match(rule, 0);
    match.event_id = (Str){NUL, sizeof NUL - 1};
    match.event_source = STR("\"},{\"Id\":\"x");
    match.event_name = STR("\x1b[31m\xff");
    match.region = STR("../us\"");
    match.account = STR("1111\"2222333");
    match.principal = STR("arn:aws:iam::444455556666:user/\"\\\n");
    match.address = STR("]}");
    match.error_code = STR("<script>");
    return match;
}

/* Strict JSON: no member twice. */
static const Json *read(Str text, Arena *arena)
{
    Error err = {0};
    const Json *root = json_read(text, &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(root != NULL, &err);
    return root;
}

/* The text with the program's version as VERSION. */
static void mask_version(Str text, Buf *ret)
{
    static const Str VERSION = {"\"" SPOOR_VERSION "\"", sizeof SPOOR_VERSION + 1};
    Error err = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < text.len;) {
        bool here = str_starts(str_slice(text, i, text.len), VERSION);
        ok = here ? buf_printf(ret, &err, "\"VERSION\"")
                  : buf_append_byte(ret, (unsigned char)text.ptr[i], &err);
        i += here ? VERSION.len : 1;
    }
    support_ok(ok, &err);
}

void finding_assert(const HuntMatch *matches, size_t count, FindingAppend append,
                    const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf masked = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf wanted = buf_init(TEXT_BYTES_MAX);
    Gather *gather = gather_new(matches, count, &err);
    Arena *arena = arena_new(TEXT_BYTES_MAX, &err);
    support_ok(gather && arena, &err);
    assert_int_equal(gather_count(gather), 1);
    support_ok(append(gather_at(gather, 0), &out, &err), &err);
    mask_version(buf_str(&out), &masked);
    support_read(expected, &wanted);
    if (!json_equal(read(buf_str(&masked), arena), read(buf_str(&wanted), arena))) {
        fprintf(stderr, "%.*s\n", STR_ARG(buf_str(&masked)));
        fail_msg("another finding than that of %s", expected);
    }
    arena_free(arena);
    gather_free(gather);
}

static void assert_one(const HuntMatch *matches, size_t count, FindingAppend append,
                       const char *name, const char *which)
{
    char path[128];
    snprintf(path, sizeof path, "support/findings/%s-%s.json", name, which);
    finding_assert(matches, count, append, path);
}

void finding_assert_format(FindingAppend append, const char *name)
{
    RuleSet *set = finding_rules();
    const Rule *detection = ruleset_rule(set, 0);
    const HuntMatch two[] = {finding_match(detection, 1), finding_match(detection, 2)};
    const HuntMatch bare = finding_bare(detection), hostile = finding_hostile(detection);
    HuntMatch correlated = finding_match(ruleset_rule(set, 1), 1);
    correlated.group = STR("a | b");
    correlated.value = STR("2");
    correlated.address = STR("2001:db8::1");
    correlated.error_code = STR("AccessDenied");
    assert_one(two, 2, append, name, "full");
    assert_one(&correlated, 1, append, name, "correlation");
    assert_one(&bare, 1, append, name, "bare");
    assert_one(&hostile, 1, append, name, "hostile");
    ruleset_free(set);
}
