/* Endpoints are those of AWS in every partition, or the ones that the operator set. */
#include "cloud/endpoint.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/support.h"

enum { TABLE_BYTES_MAX = 100000, WORDS = 6 };

static const char *const VARIABLES[] = {
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
};

static int without_variables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++)
        unsetenv(VARIABLES[i]);
    return 0;
}

static Profiles *made(const char *config)
{
    Error err = {0};
    Profiles *profiles = profiles_new(NULL, NULL, &err);
    support_ok(profiles && profiles_add(profiles, PROFILES_CONFIG, str_of(config), &err), &err);
    return profiles;
}

/* What is found for the default profile of *config*. */
static bool found_in(const char *config, EndpointQuery query, Endpoint *ret, Error *err)
{
    Profiles *profiles = made(config);
    const EndpointSource source = {profiles, STR("default")};
    *err = (Error){0};
    bool ok = endpoint_find(&source, &query, ret, err);
    profiles_free(profiles);
    return ok;
}

static Str next_word(Str *line)
{
    size_t end = str_find_byte(*line, ' ', 0);
    Str word = str_slice(*line, 0, end);
    *line = str_slice(*line, end + 1, line->len);
    return word;
}

static void assert_as_listed(const Str words[WORDS])
{
    char url[2 * ENDPOINT_URL_BYTES];
    Endpoint found;
    Error err = {0};
    bool none = str_equal(words[5], STR("none")), bucket = !str_equal(words[4], STR("-"));
    EndpointQuery query = {.service = words[0], .region = words[1]};
    const EndpointSource nothing = {NULL, STR("default")};
    query.bucket = bucket ? words[4] : STR("");
    setenv("AWS_USE_FIPS_ENDPOINT", str_equal(words[2], STR("yes")) ? "true" : "false", 1);
    setenv("AWS_USE_DUALSTACK_ENDPOINT", str_equal(words[3], STR("yes")) ? "TRUE" : "", 1);
    if (none) {
        assert_false(endpoint_find(&nothing, &query, &found, &err));
        assert_int_equal(err.kind, ERROR_USAGE);
        return;
    }
    support_ok(endpoint_find(&nothing, &query, &found, &err), &err);
    snprintf(url, sizeof url, "%s%s%.*s", found.url, found.path_style ? "/" : "",
             found.path_style ? (int)words[4].len : 0, words[4].ptr);
    if (!str_equal(str_of(url), words[5]))
        fail_msg("%s is not %.*s", url, STR_ARG(words[5]));
    assert_true(str_equal(str_of(found.region), words[1]));
    assert_false(found.custom);
}

static void hosts_are_those_of_aws_in_every_partition(void **state)
{
    BUF_AUTO Buf table = buf_init(TABLE_BYTES_MAX);
    size_t count = 0;
    (void)state;
    support_read("unit/cloud/endpoints.txt", &table);
    for (Str rest = buf_str(&table); rest.len;) {
        size_t end = str_find_byte(rest, '\n', 0);
        Str line = str_slice(rest, 0, end), words[WORDS];
        rest = str_slice(rest, end + 1, rest.len);
        if (str_starts(line, STR("#")))
            continue;
        for (int i = 0; i < WORDS; i++)
            words[i] = next_word(&line);
        assert_as_listed(words);
        count++;
    }
    assert_true(count > 300);
}

static void regions_have_their_partition(void **state)
{
    static const char *const CASES[][2] = {{"us-east-1", "aws"},
                                           {"xx-new-9", "aws"},
                                           {"cn-northwest-1", "aws-cn"},
                                           {"us-gov-east-1", "aws-us-gov"},
                                           {"us-iso-west-1", "aws-iso"},
                                           {"us-isob-east-1", "aws-iso-b"},
                                           {"eu-isoe-west-1", "aws-iso-e"},
                                           {"us-isof-east-1", "aws-iso-f"},
                                           {"eusc-de-east-1", "aws-eusc"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(endpoint_partition(str_of(CASES[i][0])), CASES[i][1]);
}

static void the_region_is_the_first_that_is_said(void **state)
{
    char region[ENDPOINT_REGION_BYTES];
    Error err = {0};
    Profiles *profiles = made("[default]\nregion = of-profile\n");
    const EndpointSource source = {profiles, STR("default")}, other = {profiles, STR("other")};
    (void)state;
    support_ok(endpoint_region(&source, STR(""), region, &err), &err);
    assert_string_equal(region, "of-profile");
    setenv("AWS_DEFAULT_REGION", "of-default", 1);
    support_ok(endpoint_region(&source, STR(""), region, &err), &err);
    assert_string_equal(region, "of-default");
    setenv("AWS_REGION", "of-region", 1);
    support_ok(endpoint_region(&source, STR(""), region, &err), &err);
    assert_string_equal(region, "of-region");
    support_ok(endpoint_region(&source, STR("of-option"), region, &err), &err);
    assert_string_equal(region, "of-option");
    without_variables(NULL);
    assert_false(endpoint_region(&other, STR(""), region, &err));
    assert_string_equal(err.text, "no region: set AWS_REGION, or region in the profile 'other'");
    assert_false(endpoint_region(&source, STR("evil.example/"), region, &err));
    assert_string_equal(err.text, "'evil.example/' is no region's name");
    support_ok(endpoint_region(&source, STR("aws-global"), region, &err), &err);
    assert_string_equal(region, "us-east-1");
    profiles_free(profiles);
}

static void a_bucket_is_asked_for_without_a_region(void **state)
{
    Endpoint found;
    Error err;
    (void)state;
    support_ok(
        found_in("",
                 (EndpointQuery){.service = STR("s3"), .bucket = STR("logs"), .for_bucket = true},
                 &found, &err),
        &err);
    assert_string_equal(found.url, "https://logs.s3.us-east-1.amazonaws.com");
    assert_string_equal(found.region, "us-east-1");
    assert_false(
        found_in("", (EndpointQuery){.service = STR("s3"), .bucket = STR("logs")}, &found, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_false(found_in("[default]\nregion=a/b\n",
                          (EndpointQuery){.service = STR("s3"), .for_bucket = true}, &found, &err));
    assert_string_equal(err.text, "'a/b' is no region's name");
}

static void assert_url(const char *config, EndpointQuery query, const char *url)
{
    Endpoint found;
    Error err;
    query.region = STR("us-west-2");
    support_ok(found_in(config, query, &found, &err), &err);
    assert_string_equal(found.url, url);
    assert_int_equal(found.custom, !str_ends(str_of(url), STR(".amazonaws.com")));
}

static void urls_of_ones_own_have_an_order(void **state)
{
    static const char CONFIG[] = "[default]\nendpoint_url = http://of-profile\nservices = mine\n"
                                 "[services mine]\ns3 =\n  endpoint_url = http://of-service:1/\n"
                                 "cloudwatch_logs =\n  endpoint_url = http://of-logs\n";
    const EndpointQuery s3 = {.service = STR("s3")}, sqs = {.service = STR("sqs")},
                        logs = {.service = STR("logs")};
    EndpointQuery given = {.service = STR("s3"), .url = STR("https://of-option/a/b//")};
    (void)state;
    assert_url(CONFIG, s3, "http://of-service:1");
    assert_url(CONFIG, logs, "http://of-logs");
    assert_url(CONFIG, sqs, "http://of-profile");
    setenv("AWS_ENDPOINT_URL", "http://of-variable", 1);
    assert_url(CONFIG, s3, "http://of-variable");
    setenv("AWS_ENDPOINT_URL_S3", "http://of-s3", 1);
    setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://of-logs-variable", 1);
    assert_url(CONFIG, s3, "http://of-s3");
    assert_url(CONFIG, sqs, "http://of-variable");
    assert_url(CONFIG, logs, "http://of-logs-variable");
    assert_url(CONFIG, given, "https://of-option/a/b");
    setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
    assert_url(CONFIG, s3, "https://s3.us-west-2.amazonaws.com");
    assert_url(CONFIG, given, "https://of-option/a/b");
    unsetenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    assert_url("[default]\nignore_configured_endpoint_urls = true\n", s3,
               "https://s3.us-west-2.amazonaws.com");
}

static void buckets_are_addressed_as_it_suits_them(void **state)
{
    static const struct {
        const char *style, *url, *bucket, *expected;
        bool path;
    } CASES[] = {
        {"auto", "", "logs", "https://logs.s3.us-west-2.amazonaws.com", false},
        {"path", "", "logs", "https://s3.us-west-2.amazonaws.com", true},
        {"virtual", "", "logs.all", "https://s3.us-west-2.amazonaws.com", true},
        {"auto", "http://own:9000", "logs", "http://own:9000", true},
        {"virtual", "http://own:9000", "logs", "http://logs.own:9000", false},
        {"virtual", "http://own:9000/s3", "logs.all", "http://logs.all.own:9000/s3", false},
        {"virtual", "https://own", "logs.all", "https://own", true},
        {"virtual", "http://127.0.0.1:9000", "logs", "http://127.0.0.1:9000", true},
        {"virtual", "http://[::1]:9000", "logs", "http://[::1]:9000", true},
        {"virtual", "http://own", "Logs", "http://own", true},
        {"virtual", "http://own", "lo", "http://own", true},
        {"virtual", "http://own", "-logs", "http://own", true},
        {"virtual", "http://own", "logs-", "http://own", true},
        {"virtual", "http://own", "logs..all", "http://own", true},
        {"virtual", "http://own", "logs.-all", "http://own", true},
        {"virtual", "http://own", "192.168.1.1", "http://own", true},
        {"virtual", "http://own", "", "http://own", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char config[100];
        Endpoint found;
        Error err;
        snprintf(config, sizeof config, "[default]\ns3 =\n  addressing_style = %s\n",
                 CASES[i].style);
        const EndpointQuery query = {.service = STR("s3"),
                                     .region = STR("us-west-2"),
                                     .url = str_of(CASES[i].url),
                                     .bucket = str_of(CASES[i].bucket)};
        support_ok(found_in(config, query, &found, &err), &err);
        assert_string_equal(found.url, CASES[i].expected);
        assert_int_equal(found.path_style, CASES[i].path);
    }
}

static void what_is_wrong_is_quoted(void **state)
{
    static const struct {
        const char *config, *url, *bucket, *variable, *text;
    } CASES[] = {
        {"", "localhost:9000", "", NULL,
         "an endpoint is http://HOST[:PORT] or https://HOST[:PORT], not 'localhost:9000'"},
        {"", "http://", "", NULL,
         "an endpoint is http://HOST[:PORT] or https://HOST[:PORT], not 'http://'"},
        {"", "http://user@host", "", NULL,
         "an endpoint is http://HOST[:PORT] or https://HOST[:PORT], not 'http://user@host'"},
        {"", "", "a/b", NULL, "'a/b' is no bucket's name"},
        {"", "", "arn:aws:s3", NULL, "'arn:aws:s3' is no bucket's name"},
        {"[default]\ns3 =\n addressing_style = host\n", "", "logs", NULL,
         "the profile's s3 addressing_style: expected auto, path or virtual, found 'host'"},
        {"[default]\nuse_fips_endpoint = 1\n", "", "", NULL,
         "AWS_USE_FIPS_ENDPOINT or the profile's use_fips_endpoint: expected true or false, found "
         "'1'"},
        {"", "http://own", "", "AWS_USE_FIPS_ENDPOINT",
         "AWS_USE_FIPS_ENDPOINT has no say about an endpoint of one's own: unset one"},
        {"", "http://own", "", "AWS_USE_DUALSTACK_ENDPOINT",
         "AWS_USE_DUALSTACK_ENDPOINT has no say about an endpoint of one's own: unset one"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Endpoint found;
        Error err;
        if (CASES[i].variable)
            setenv(CASES[i].variable, "true", 1);
        const EndpointQuery query = {.service = STR("s3"),
                                     .region = STR("us-west-2"),
                                     .url = str_of(CASES[i].url),
                                     .bucket = str_of(CASES[i].bucket)};
        assert_false(found_in(CASES[i].config, query, &found, &err));
        assert_string_equal(err.text, CASES[i].text);
        assert_int_equal(err.kind, ERROR_USAGE);
        without_variables(NULL);
    }
}

static void an_endpoint_has_a_longest_length(void **state)
{
    char url[ENDPOINT_URL_BYTES + 10] = "http://";
    Endpoint found;
    Error err;
    (void)state;
    memset(url + 7, 'a', sizeof url - 8);
    assert_false(
        found_in("", (EndpointQuery){.service = STR("s3"), .url = str_of(url), .for_bucket = true},
                 &found, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(hosts_are_those_of_aws_in_every_partition, without_variables),
        cmocka_unit_test_setup(regions_have_their_partition, without_variables),
        cmocka_unit_test_setup(the_region_is_the_first_that_is_said, without_variables),
        cmocka_unit_test_setup(a_bucket_is_asked_for_without_a_region, without_variables),
        cmocka_unit_test_setup(urls_of_ones_own_have_an_order, without_variables),
        cmocka_unit_test_setup(buckets_are_addressed_as_it_suits_them, without_variables),
        cmocka_unit_test_setup(what_is_wrong_is_quoted, without_variables),
        cmocka_unit_test_setup(an_endpoint_has_a_longest_length, without_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
