#include "derive/aws_ranges.h"

#include <string.h>

#include "base/fault.h"
#include "support/support.h"

static const char FILE_TEXT[] =
    "{\"syncToken\":\"1\",\"createDate\":\"2026-11-20-08-00-00\",\"prefixes\":["
    "{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"ap-northeast-2\",\"service\":\"AMAZON\","
    "\"network_border_group\":\"ap-northeast-2\"},"
    "{\"ip_prefix\":\"3.5.140.0/24\",\"region\":\"ap-northeast-2\",\"service\":\"AMAZON\"},"
    "{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"ap-northeast-2\",\"service\":\"S3\"},"
    "{\"ip_prefix\":\"3.5.140.0/22\",\"region\":\"ap-northeast-2\",\"service\":\"EC2\"},"
    "{\"ip_prefix\":\"13.0.0.0/8\",\"region\":\"us-east-1\",\"service\":\"EC2\"},"
    "{\"ip_prefix\":\"13.34.0.0/16\",\"region\":\"GLOBAL\",\"service\":\"AMAZON\"},"
    "{\"ip_prefix\":\"13.248.0.0/20\",\"region\":\"GLOBAL\",\"service\":\"GLOBALACCELERATOR\"},"
    "{\"ip_prefix\":\"52.95.0.0/16\",\"region\":\"eu-west-1\",\"service\":\"AMAZON\"}],"
    "\"ipv6_prefixes\":["
    "{\"ipv6_prefix\":\"2600:1f00::/24\",\"region\":\"us-west-2\",\"service\":\"EC2\"}]}";

static void the_most_specific_service_is_found(void **state)
{
    static const struct {
        const char *sentence, *text, *service, *region;
    } CASES[] = {
        {"a service before the catch-all, the rarer of two", "3.5.141.1", "S3", "ap-northeast-2"},
        {"a service before a longer catch-all", "3.5.140.1", "S3", "ap-northeast-2"},
        {"a wide service before the catch-all inside it", "13.34.1.1", "EC2", "us-east-1"},
        {"the longer of two services", "13.248.1.1", "GLOBALACCELERATOR", "GLOBAL"},
        {"the catch-all alone", "52.95.1.1", "AMAZON", "eu-west-1"},
        {"IPv6", "2600:1f14::1", "EC2", "us-west-2"},
        {"nobody of AWS", "8.8.8.8", NULL, NULL},
        {"nobody of AWS, IPv6", "2001:4860::1", NULL, NULL},
    };
    Error err = {0};
    AwsRanges *ranges = aws_ranges_read(str_of(FILE_TEXT), &err);
    (void)state;
    support_ok(ranges != NULL, &err);
    assert_int_equal(aws_ranges_count(ranges), 9);
    assert_true(str_equal(aws_ranges_created(ranges), STR("2026-11-20-08-00-00")));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        AddressKey key;
        AwsRange range;
        assert_true(address_parse(str_of(CASES[i].text), &key));
        bool found = aws_ranges_find(ranges, key, &range);
        if (found != (CASES[i].service != NULL) ||
            (found && (!str_equal(range.service, str_of(CASES[i].service)) ||
                       !str_equal(range.region, str_of(CASES[i].region)))))
            fail_msg("%s: %.*s", CASES[i].sentence, found ? (int)range.service.len : 0,
                     range.service.ptr);
    }
    aws_ranges_free(ranges);
    aws_ranges_free(NULL);
}

static void a_wrong_file_says_what_was_expected(void **state)
{
    static const struct {
        const char *sentence, *text, *words;
    } CASES[] = {
        {"no JSON", "ip_prefix,region", "JSON"},
        {"another document", "{\"Records\":[]}", "expected AWS's ip-ranges.json"},
        {"a list instead of an object", "[]", "expected AWS's ip-ranges.json"},
        {"a prefix that is none",
         "{\"prefixes\":[{\"ip_prefix\":\"3.5.140.0/99\",\"region\":\"a\",\"service\":\"b\"}]}",
         "expected a network in 'ip_prefix', found '3.5.140.0/99'"},
        {"a prefix that is no text", "{\"prefixes\":[{\"ip_prefix\":7}]}", "expected a network"},
        {"an element that is no object", "{\"prefixes\":[null]}", "expected a network"},
        {"no service", "{\"prefixes\":[{\"ip_prefix\":\"1.0.0.0/8\",\"region\":\"a\"}]}",
         "no readable service"},
        {"an empty text", "", "JSON"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        AwsRanges *ranges = aws_ranges_read(str_of(CASES[i].text), &err);
        if (ranges || err.kind != ERROR_INPUT)
            fail_msg("%s: taken, or kind %d", CASES[i].sentence, (int)err.kind);
        if (strcmp(CASES[i].words, "JSON") != 0 && !strstr(err.text, CASES[i].words))
            fail_msg("%s: %s", CASES[i].sentence, err.text);
    }
}

static void sizes_are_bounded(void **state)
{
    Error err = {0};
    BUF_AUTO Buf text = buf_init(64 << 20);
    (void)state;
    Str large = {FILE_TEXT, (size_t)AWS_RANGES_BYTES_MAX + 1};
    assert_null(aws_ranges_read(large, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    error_clear(&err);
    support_ok(buf_append_str(&text, STR("{\"prefixes\":["), &err), &err);
    for (int i = 0; i < 5000; i++)
        support_ok(
            buf_printf(&text, &err,
                       "%s{\"ip_prefix\":\"1.0.0.0/8\",\"region\":\"r%d\",\"service\":\"s\"}",
                       i ? "," : "", i),
            &err);
    support_ok(buf_append_str(&text, STR("]}"), &err), &err);
    assert_null(aws_ranges_read(buf_str(&text), &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
}

static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth < 30; nth++) {
        Error err = {0};
        fault_arm(FAULT_ALLOC, nth);
        AwsRanges *ranges = aws_ranges_read(str_of(FILE_TEXT), &err);
        fault_arm(FAULT_ALLOC, 0);
        assert_true(ranges || err.kind == ERROR_LIMIT);
        aws_ranges_free(ranges);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_service_is_found),
        cmocka_unit_test(a_wrong_file_says_what_was_expected),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
