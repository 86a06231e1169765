/* What answers that are no success say, in all their forms, and what is done about them. */
#include "support/support.h"

#include "cloud/failure.h"

static Failure read_failure(int status, const char *headers, const char *body)
{
    Error err = {0};
    Failure failure;
    HttpReply reply = {.status = status, .headers = buf_init(10000), .body = buf_init(1 << 20)};
    support_ok(buf_append_str(&reply.headers, str_of(headers), &err) &&
                   buf_append_str(&reply.body, str_of(body), &err),
               &err);
    failure_read(&reply, &failure);
    buf_free(&reply.headers);
    buf_free(&reply.body);
    return failure;
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *headers, *body, *code, *message, *region;
        FailurePolicy policy;
    } CASES[] = {
        {503, "", "<Error><Code>SlowDown</Code><Message>Reduce &amp; wait</Message></Error>",
         "SlowDown", "Reduce & wait", "", FAILURE_THROTTLED},
        {400, "", "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"none\"}",
         "QueueDoesNotExist", "none", "", FAILURE_FINAL},
        {400, "", " {\"code\":\"ThrottlingException:http://x/\",\"Message\":\"m\"}",
         "ThrottlingException", "m", "", FAILURE_THROTTLED},
        {301, "x-amz-bucket-region: eu-north-1\r\n", "", "", "", "eu-north-1", FAILURE_FINAL},
        {400, "",
         "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>",
         "AuthorizationHeaderMalformed", "", "us-west-2", FAILURE_FINAL},
        {502, "", "<html>bad gateway", "", "", "", FAILURE_AGAIN},
        {429, "", "", "", "", "", FAILURE_THROTTLED},
        {403, "", "<Error><Code>RequestTimeTooSkewed</Code></Error>", "RequestTimeTooSkewed", "",
         "", FAILURE_CLOCK},
        {400, "", "<Error><Code>ExpiredToken</Code></Error>", "ExpiredToken", "", "",
         FAILURE_CREDENTIALS},
        {400, "", "{\"__type\":1,\"message\":[", "", "", "", FAILURE_FINAL},
        {404, "", "", "", "", "", FAILURE_FINAL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Failure failure = read_failure(CASES[i].status, CASES[i].headers, CASES[i].body);
        assert_string_equal(failure.code, CASES[i].code);
        assert_string_equal(failure.message, CASES[i].message);
        assert_string_equal(failure.region, CASES[i].region);
        assert_int_equal(failure_policy(&failure), CASES[i].policy);
    }
}

/* Texts are the other side's: cut at a character, control characters made visible. */
static void texts_are_bounded(void **state)
{
    (void)state;
    char body[2000] = "<Error><Code>X</Code><Message>";
    Error err = {0};
    size_t at = strlen(body);
    for (int i = 0; i < 250; i++, at += 3)
        memcpy(body + at, "\xe2\x82\xac", 3);
    memcpy(body + at, "</Message></Error>", 19);
    Failure failure = read_failure(403, "", body);
    assert_int_equal(strlen(failure.message), 399);
    failure = read_failure(403, "", "<Error><Code>X</Code><Message>a\x1b[31m</Message></Error>");
    assert_false(failure_error(&failure, &err));
    assert_null(strchr(err.text, '\x1b'));
    assert_int_equal(err.kind, ERROR_ACCESS);
    failure = read_failure(503, "x-amz-request-id: R2\r\n", "");
    assert_false(failure_error(&failure, &err));
    assert_string_equal(err.text, "no reason given (HTTP 503, request R2)");
    assert_int_equal(err.kind, ERROR_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms),
                                       cmocka_unit_test(texts_are_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
