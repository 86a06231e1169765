/* Texts of userIdentity that rules can tell apart are of different classes, others of one. */
#include "detect/guard_class.h"

#include <stdlib.h>

#include "support/rule_cases.h"
#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16 };

#define SESSION(key, made)                                                                         \
    "{\"type\":\"AssumedRole\",\"accessKeyId\":\"" key                                             \
    "\",\"sessionContext\":{\"attributes\":{\"creationDate\":\"" made "\"}}}"

/* The class of a text for the rules with one search each, "" for none. */
static void write_class(const char *search, const char *text, Buf *out)
{
    Error err = {0};
    bool classed;
    GuardClass class = guard_class_of(S_USER_IDENTITY);
    BUF_AUTO Buf rule = buf_init(TEXT_BYTES_MAX);
    support_ok(buf_printf(&rule, &err,
                          "title: t\nlogsource: {product: aws}\n"
                          "detection: {a: {%s}, condition: a}\n",
                          search),
               &err);
    RuleSet *set = rule_cases_load(buf_str(&rule));
    guard_class_add(&class, ruleset_rule(set, 0)->expr);
    support_ok(guard_class_write(&class, str_of(text), out, &classed, &err), &err);
    if (!classed)
        out->len = 0;
    ruleset_free(set);
}

static void what_no_rule_looks_at_is_left_out(void **state)
{
    static const struct {
        const char *search, *text, *class; /* NULL: none */
    } CASES[] = {
        {"userIdentity.type: Root", SESSION("AKIA1", "t1"), SESSION("", "")},
        {"userIdentity.accessKeyId: AKIA1", SESSION("AKIA1", "t1"), SESSION("AKIA1", "")},
        {"userIdentity.accessKeyId|startswith: AKIA", SESSION("AKIA1", "t1"), SESSION("AKIA", "")},
        {"userIdentity.accessKeyId|startswith: [A, AK]", SESSION("AKIA1", "t"), SESSION("AK", "")},
        {"userIdentity.accessKeyId|startswith: AKIA", SESSION("AK", "t1"), SESSION("AK", "")},
        {"userIdentity.accessKeyId|startswith: AKIA", SESSION("\xc3\x84KIA1", "t1"),
         SESSION("\xc3\x84KIA1", "")},
        {"userIdentity.accessKeyId|endswith: A", SESSION("AKIA1", "t1"), SESSION("AKIA1", "")},
        {"userIdentity.accessKeyId|contains: A", SESSION("AKIA1", "t1"), SESSION("AKIA1", "")},
        {"userIdentity.accessKeyId|re: ^A", SESSION("AKIA1", "t1"), SESSION("AKIA1", "")},
        {"userIdentity.accessKeyId|exists: true", SESSION("AKIA1", "t1"), SESSION("", "")},
        {"userIdentity.accessKeyId: null", SESSION("AKIA1", "t1"), SESSION("", "")},
        {"userIdentity|contains: A", SESSION("AKIA1", "t1"), SESSION("AKIA1", "t1")},
        {"userIdentity|exists: true", SESSION("AKIA1", "t1"), SESSION("", "")},
        {"userIdentity.sessionContext|contains: t", SESSION("AKIA1", "t1"), SESSION("", "t1")},
        {"userIdentity.accessKeyId.x: A", SESSION("AKIA1", "t1"), SESSION("AKIA1", "")},
        {"eventName|fieldref: userIdentity.accessKeyId", SESSION("AKIA1", "t1"),
         SESSION("AKIA1", "")},
        {"userIdentity.accessKeyId|fieldref: eventName", SESSION("AKIA1", "t1"),
         SESSION("AKIA1", "")},
        {"userIdentity.arn|fieldref: eventName", SESSION("AKIA1", "t1"), SESSION("", "")},
        {"derived.principal: x", SESSION("AKIA1", "t1"), SESSION("", "")},
        {"eventName: x", "{ \"accessKeyId\" : \"AKIA1\" , \"n\":[{\"accessKeyId\":\"x\"}] }",
         "{ \"accessKeyId\" : \"\" , \"n\":[{\"accessKeyId\":\"x\"}] }"},
        {"eventName: x", "{\"arn\":{\"accessKeyId\":\"A\"},\"n\":-1.5e3,\"accessKeyId\":{\"a\":1}}",
         "{\"arn\":{\"accessKeyId\":\"A\"},\"n\":-1.5e3,\"accessKeyId\":{\"a\":1}}"},
        {"eventName: x", "{\"accessKeyId\":\"A\",\"accessKeyId\":\"B\",\"n\":null}",
         "{\"accessKeyId\":\"\",\"accessKeyId\":\"\",\"n\":null}"},
        {"eventName: x", "{\"n\":{\"a\":\"}\"},\"accessKeyId\":\"A\"}",
         "{\"n\":{\"a\":\"}\"},\"accessKeyId\":\"\"}"},
        {"eventName: x", "{}", "{}"},
        {"eventName: x", "{\"accessKeyId\":\"A\\u0041\"}", NULL},
        {"eventName: x", "A", NULL},
        {"eventName: x", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        write_class(CASES[i].search, CASES[i].text, &out);
        Str want = str_of(CASES[i].class ? CASES[i].class : "");
        if (!str_equal(buf_str(&out), want))
            fail_msg("case %zu (%s): %.*s", i, CASES[i].search, STR_ARG(buf_str(&out)));
    }
}

static void a_text_that_breaks_off_is_not_read_beyond_its_end(void **state)
{
    static const char TEXT[] = SESSION("AKIA1", "t1");
    (void)state;
    for (size_t len = 0; len < sizeof TEXT; len++) {
        Error err = {0};
        bool classed;
        GuardClass class = guard_class_of(S_USER_IDENTITY);
        BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
        char *exact = malloc(len ? len : 1);
        assert_non_null(exact);
        memcpy(exact, TEXT, len);
        support_ok(guard_class_write(&class, (Str){exact, len}, &out, &classed, &err), &err);
        assert_true(out.len <= len);
        free(exact);
    }
}

static void members_that_sessions_share_have_no_class(void **state)
{
    (void)state;
    assert_int_equal(guard_class_of(S_USER_AGENT).count, 0);
    assert_int_equal(guard_class_of(S_USER_IDENTITY).count, GUARD_CLASS_CUTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_rule_looks_at_is_left_out),
        cmocka_unit_test(a_text_that_breaks_off_is_not_read_beyond_its_end),
        cmocka_unit_test(members_that_sessions_share_have_no_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
