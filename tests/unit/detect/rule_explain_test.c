#include "detect/rule_explain.h"

#include "support/support.h"

enum { TEXT_BYTES_MAX = 1 << 16, ARENA_BYTES_MAX = 1 << 20 };

static const char RULE[] = "title: t\nlogsource: {product: aws}\nlevel: low\ndetection:\n"
                           "  selection:\n    eventSource: iam.amazonaws.com\n"
                           "    eventName: [CreateUser, DeleteUser]\n    errorCode: null\n"
                           "  filter:\n    - userAgent|contains: terraform\n"
                           "    - userIdentity.type: Root\n      readOnly: true\n"
                           "  condition: selection and not filter\n";

static void assert_explained(const char *event, const char *expected)
{
    Error err = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    RuleSet *set = ruleset_new(NULL, &err);
    Document *document = document_new(&err);
    Arena *arena = arena_new(ARENA_BYTES_MAX, &err);
    support_ok(set && ruleset_add_text(set, str_of(RULE), "rule.yml", &err) &&
                   ruleset_finish(set, &err),
               &err);
    const Json *root = json_read(str_of(event), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(root != NULL, &err);
    document_set_tree(document, root);
    support_ok(rule_explain(ruleset_rule(set, 0), document, &out, &err) && buf_text(&out, &err),
               &err);
    assert_string_equal(out.ptr, expected);
    arena_free(arena);
    document_free(document);
    ruleset_free(set);
}

static void each_part_tells_what_it_saw(void **state)
{
    (void)state;
    assert_explained(
        "{\"eventSource\": \"iam.amazonaws.com\", \"eventName\": \"List\\u001bUsers\", "
        "\"userIdentity\": {\"type\": \"Root\"}}",
        "no   selection\n"
        "       yes  eventSource: iam.amazonaws.com   (seen \"iam.amazonaws.com\")\n"
        "       no   eventName: CreateUser, DeleteUser   (seen \"List\\u001bUsers\")\n"
        "       yes  errorCode: null   (not there)\n"
        "no   filter\n"
        "       -    one of these maps\n"
        "              no   userAgent|contains: terraform   (not there)\n"
        "       -    one of these maps\n"
        "              yes  userIdentity.type: Root   (seen \"Root\")\n"
        "              no   readOnly: true   (not there)\n"
        "condition: selection and not filter\n"
        "the rule does not match\n");
}

static void a_match_is_explained_too(void **state)
{
    (void)state;
    assert_explained("{\"eventSource\": \"iam.amazonaws.com\", \"eventName\": \"DeleteUser\", "
                     "\"errorCode\": null, \"userAgent\": \"cli\"}",
                     "yes  selection\n"
                     "       yes  eventSource: iam.amazonaws.com   (seen \"iam.amazonaws.com\")\n"
                     "       yes  eventName: CreateUser, DeleteUser   (seen \"DeleteUser\")\n"
                     "       yes  errorCode: null   (seen null)\n"
                     "no   filter\n"
                     "       -    one of these maps\n"
                     "              no   userAgent|contains: terraform   (seen \"cli\")\n"
                     "       -    one of these maps\n"
                     "              no   userIdentity.type: Root   (not there)\n"
                     "              no   readOnly: true   (not there)\n"
                     "condition: selection and not filter\n"
                     "the rule matches\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_tells_what_it_saw),
        cmocka_unit_test(a_match_is_explained_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
