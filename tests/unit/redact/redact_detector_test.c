/* What detectors find, and what they leave alone. */
#include "redact/redact_detector.h"

#include <stdio.h>
#include <string.h>

#include "support/pattern.h"

enum { EVERY = (1 << DETECTORS) - 1 };

static unsigned wanted(const Json *vector)
{
    unsigned set = 0;
    const Json *names = json_member(vector, STR("d"));
    for (const Json *name = names ? names->first : NULL; name; name = name->next) {
        RedactDetector detector;
        assert_true(redact_detector_named(name->text, &detector));
        set |= DETECTOR_BIT(detector);
    }
    return names ? set : EVERY;
}

static bool check(const Json *vector, Buf *why)
{
    Error err = {0};
    Str text = json_member(vector, STR("text"))->text;
    const Json *expected = json_member(vector, STR("finds"))->first;
    size_t at = 0, from, to;
    bool same = true;
    for (; redact_detector_find(wanted(vector), text, at, &from, &to); at = to) {
        assert_true(from >= at && to > from && to <= text.len);
        Str found = str_slice(text, from, to);
        same = same && expected && str_equal(found, expected->text);
        support_ok(buf_printf(why, &err, "found '%.*s' ", STR_ARG(found)), &err);
        expected = expected ? expected->next : NULL;
    }
    return same && !expected;
}

static void secrets_and_personal_data_are_found(void **state)
{
    (void)state;
    pattern_test_run("unit/redact/redact_detector.jsonl", 25, check);
}

static void names_lead_back(void **state)
{
    RedactDetector detector;
    (void)state;
    for (int i = 0; i < DETECTORS; i++) {
        assert_true(
            redact_detector_named(str_of(redact_detector_name((RedactDetector)i)), &detector));
        assert_int_equal(detector, i);
    }
    assert_false(redact_detector_named(STR("passport"), &detector));
}

/* JSON is looked through before it is read: what a text holds must be found there, too. */
static void what_a_text_holds_is_found_in_json(void **state)
{
    static const char *const SECRETS[] = {"AKIAIOSFODNN7EXAMPLE", "kim@example.com",
                                          "4111 1111 1111 1111", "900101-1234568",
                                          "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
    char json[200];
    (void)state;
    for (size_t i = 0; i < sizeof SECRETS / sizeof *SECRETS; i++) {
        size_t from, to;
        snprintf(json, sizeof json, "{\"a\":[\"%s\",1],\"%s\":2}", SECRETS[i], SECRETS[i]);
        assert_true(redact_detector_find(EVERY, str_of(json), 0, &from, &to));
        assert_int_equal(to - from, strlen(SECRETS[i]));
        assert_true(redact_detector_find(EVERY, str_of(json), to, &from, &to));
        assert_int_equal(to - from, strlen(SECRETS[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_and_personal_data_are_found),
        cmocka_unit_test(names_lead_back),
        cmocka_unit_test(what_a_text_holds_is_found_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
