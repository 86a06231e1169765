/* What is asked, and what is made of the answers; tests/flow/findings-api has servers. */
#include "cloud/finding_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/aws.h"
#include "support/support.h"

enum { ANSWERS_MAX = 6, SEEN_BYTES = 1000 };

/* One listing: what is answered, what then comes, and what was asked. */
typedef struct Case {
    const char *name;
    const char *source;
    int64_t since_us, until_us;
    int pages_max;
    const char *answers[ANSWERS_MAX];  /* bodies, of status 200; "403": access is denied */
    const char *expected;              /* "COUNT," of each page, a '!' behind ones out of order,
                                          and how the error begins */
    const char *requests[ANSWERS_MAX]; /* "METHOD PATH ", and the end: the body */
    const char *bodies[ANSWERS_MAX];
} Case;

#define SORTED    "\"SortCriteria\":[{\"Field\":\"UpdatedAt\",\"SortOrder\":\"asc\"}]"
#define BY_UPDATE "\"sortCriteria\":{\"attributeName\":\"updatedAt\",\"orderBy\":\"ASC\"}"
#define HUB       "POST /findings "
#define ALL       INT64_MIN, INT64_MAX, 0

static const Case CASES[] = {
    {"two pages, and one that is empty",
     "securityhub:",
     ALL,
     {"{\"Findings\":[{},{}],\"NextToken\":\"a\\\"b\"}", "{\"Findings\":[],\"NextToken\":\"c\"}",
      "{\"Findings\":[{}]}"},
     "2,0,1,",
     {HUB, HUB, HUB},
     {"{" SORTED ",\"MaxResults\":100}", "{" SORTED ",\"MaxResults\":100,\"NextToken\":\"a\\\"b\"}",
      "{" SORTED ",\"MaxResults\":100,\"NextToken\":\"c\"}"}},
    {"a time, whose end is not in it",
     "securityhub:eu-west-1",
     INT64_C(1764201600000500),
     INT64_C(1764205200000000),
     0,
     {"{\"Findings\":[],\"NextToken\":\"\"}"},
     "0,",
     {HUB},
     {"{\"Filters\":{\"UpdatedAt\":[{\"Start\":\"2025-11-27T00:00:00Z\",\"End\":"
      "\"2025-11-27T00:59:59.999000Z\"}]}," SORTED ",\"MaxResults\":100}"}},
    {"an end is asked for with a beginning",
     "securityhub:",
     INT64_MIN,
     INT64_C(1764205200000000),
     0,
     {"{\"Findings\":[],\"NextToken\":null}"},
     "0,",
     {HUB},
     {"{\"Filters\":{\"UpdatedAt\":[{\"Start\":\"1970-01-01T00:00:00Z\",\"End\":"
      "\"2025-11-27T00:59:59.999000Z\"}]}," SORTED ",\"MaxResults\":100}"}},
    {"a token that comes again",
     "securityhub:",
     ALL,
     {"{\"Findings\":[{}],\"NextToken\":\"a\"}", "{\"Findings\":[{}],\"NextToken\":\"b\"}",
      "{\"Findings\":[{}],\"NextToken\":\"a\"}"},
     "1,1,securityhub:eu-west-1, page 3: the NextToken of this page came before",
     {HUB, HUB, HUB},
     {NULL}},
    {"pages without end",
     "securityhub:",
     INT64_MIN,
     INT64_MAX,
     2,
     {"{\"Findings\":[{}],\"NextToken\":\"a\"}", "{\"Findings\":[{}],\"NextToken\":\"b\"}"},
     "1,1,securityhub:eu-west-1: more than 2 pages",
     {HUB, HUB},
     {NULL}},
    {"an answer of something else",
     "securityhub:",
     ALL,
     {"{\"Findings\":{}}"},
     "securityhub:eu-west-1, page 1: Findings in the answer to GetFindings expected, an array",
     {HUB},
     {NULL}},
    {"no JSON",
     "securityhub:",
     ALL,
     {"<html>"},
     "securityhub:eu-west-1, page 1: GetFindings: ",
     {HUB},
     {NULL}},
    {"denied",
     "guardduty:",
     ALL,
     {"403"},
     "guardduty:eu-west-1, page 1: guardduty:ListDetectors is needed: ",
     {"GET /detector?maxResults=50 "},
     {NULL}},
    {"one detector",
     "guardduty:",
     INT64_C(1764201600000000),
     INT64_C(1764205200000000),
     0,
     {"{\"detectorIds\":[\"d1\"],\"nextToken\":\"\"}",
      "{\"findingIds\":[\"x\",\"y\\n\"],\"nextToken\":\"t\"}", "{\"findings\":[{},{}]}",
      "{\"findingIds\":[]}"},
     "2,0,",
     {"GET /detector?maxResults=50 ", "POST /detector/d1/findings ",
      "POST /detector/d1/findings/get ", "POST /detector/d1/findings "},
     {"",
      "{\"findingCriteria\":{\"criterion\":{\"updatedAt\":{\"greaterThanOrEqual\":1764201600000,"
      "\"lessThan\":1764205200000}}}," BY_UPDATE ",\"maxResults\":50}",
      "{\"findingIds\":[\"x\",\"y\\n\"]," BY_UPDATE "}",
      "{\"findingCriteria\":{\"criterion\":{\"updatedAt\":{\"greaterThanOrEqual\":1764201600000,"
      "\"lessThan\":1764205200000}}}," BY_UPDATE ",\"maxResults\":50,\"nextToken\":\"t\"}"}},
    {"several detectors, on two pages",
     "guardduty:",
     ALL,
     {"{\"detectorIds\":[\"d1\"],\"nextToken\":\"t\"}", "{\"detectorIds\":[\"d2\"]}",
      "{\"findingIds\":[\"x\"]}", "{\"findings\":[]}", "{\"findingIds\":[]}"},
     "0!,0!,",
     {"GET /detector?maxResults=50 ", "GET /detector?maxResults=50&nextToken=t ",
      "POST /detector/d1/findings ", "POST /detector/d1/findings/get ",
      "POST /detector/d2/findings "},
     {NULL}},
    {"an id that leads elsewhere",
     "guardduty:",
     ALL,
     {"{\"detectorIds\":[\"d/../1\"]}"},
     "guardduty:eu-west-1, page 1: a detector's id expected, '\"d/../1\"' found",
     {"GET /detector?maxResults=50 "},
     {NULL}},
    {"no detector",
     "guardduty:",
     ALL,
     {"{\"detectorIds\":[]}"},
     "guardduty:eu-west-1, page 1: GuardDuty is not on there",
     {"GET /detector?maxResults=50 "},
     {NULL}},
};

/* All pages, as Case.expected writes them. */
static void read_all(Aws *aws, const Case *each, char seen[SEEN_BYTES])
{
    Error err = {0};
    FindingPage page;
    const FindingPagesOptions options = {.aws = aws,
                                         .name = str_of(each->source),
                                         .since_us = each->since_us,
                                         .until_us = each->until_us,
                                         .pages_max = each->pages_max};
    FindingPages *pages = finding_pages_open(&options, &err);
    support_ok(pages != NULL, &err);
    size_t used = 0;
    bool ok;
    for (int i = 1; (ok = finding_pages_next(pages, &page, &err)) && page.findings; i++) {
        assert_int_equal(page.number, i);
        used += (size_t)snprintf(seen + used, SEEN_BYTES - used, "%u%s,", page.findings->count,
                                 page.in_order ? "" : "!");
    }
    if (!ok)
        snprintf(seen + used, SEEN_BYTES - used, "%s", err.text);
    finding_pages_free(pages);
}

static void assert_asked(const Case *each, Peer *peer, size_t count)
{
    assert_int_equal(peer_request_count(peer), count);
    for (size_t i = 0; i < count; i++) {
        const char *asked = peer_request(peer, i), *body = strstr(asked, "\r\n\r\n");
        if (strncmp(asked, each->requests[i], strlen(each->requests[i])) != 0)
            fail_msg("%s: '%s' is asked, not '%s'", each->name, asked, each->requests[i]);
        if (!strstr(asked, "AWS4-HMAC-SHA256 Credential=AKID/") ||
            !strstr(asked, strstr(each->source, "hub") ? "/eu-west-1/securityhub/aws4_request"
                                                       : "/eu-west-1/guardduty/aws4_request"))
            fail_msg("%s: '%s' is not signed", each->name, asked);
        if (each->bodies[i])
            assert_string_equal(body ? body + 4 : "", each->bodies[i]);
    }
}

static void pages_are_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Case *each = &CASES[i];
        PeerAnswer answers[ANSWERS_MAX];
        char *texts[ANSWERS_MAX], seen[SEEN_BYTES] = "";
        size_t count = 0;
        for (; count < ANSWERS_MAX && each->answers[count]; count++) {
            bool denied = strcmp(each->answers[count], "403") == 0;
            texts[count] = support_answer(
                denied ? 403 : 200, denied ? "x-amzn-ErrorType: AccessDeniedException\r\n" : "",
                denied ? "{}" : each->answers[count]);
            answers[count] = (PeerAnswer){.text = texts[count]};
        }
        Peer *peer = peer_start(answers, count);
        Aws *aws = support_aws(peer, 1, NULL);
        read_all(aws, each, seen);
        if (strncmp(seen, each->expected, strlen(each->expected)) != 0 ||
            (strchr(each->expected, ' ') == NULL && strcmp(seen, each->expected) != 0))
            fail_msg("%s: '%s', not '%s'", each->name, seen, each->expected);
        assert_asked(each, peer, count);
        aws_free(aws);
        peer_stop(peer);
        for (size_t at = 0; at < count; at++)
            free(texts[at]);
    }
}

static void is_stopped(void **state)
{
    const PeerAnswer answers[] = {{.text = "", .silent = true}};
    Error err = {0};
    FindingPage page;
    const atomic_bool stopping = true;
    (void)state;
    Peer *peer = peer_start(answers, 1);
    Aws *aws = support_aws(peer, 1, NULL);
    const FindingPagesOptions options = {.aws = aws,
                                         .name = STR("guardduty:us-east-1"),
                                         .since_us = INT64_MIN,
                                         .until_us = INT64_MAX,
                                         .stopping = &stopping};
    FindingPages *pages = finding_pages_open(&options, &err);
    support_ok(pages != NULL, &err);
    assert_string_equal(finding_pages_name(pages), "guardduty:us-east-1");
    assert_false(finding_pages_next(pages, &page, &err));
    assert_string_equal(err.text, "guardduty:us-east-1, page 1: stopped");
    assert_int_equal(err.kind, ERROR_BUSY);
    finding_pages_free(pages);
    aws_free(aws);
    peer_stop(peer);
}

static void names(void **state)
{
    (void)state;
    assert_true(finding_pages_is(STR("securityhub:")) &&
                finding_pages_is(STR("guardduty:eu-west-1")));
    assert_false(finding_pages_is(STR("securityhub")) || finding_pages_is(STR("./securityhub:")) ||
                 finding_pages_is(STR("cloudtrail:")) || finding_pages_is(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_asked_for),
        cmocka_unit_test(is_stopped),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
