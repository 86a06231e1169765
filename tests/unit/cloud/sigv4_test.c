#include "cloud/sigv4.h"

#include "base/hash.h"
#include "base/timestamp.h"
#include "support/support.h"
#include "support/text_cases.h"

enum { PAIRS_MAX = 16 };

/* A case read from its text. */
typedef struct Case {
    bool in_query;
    Sigv4Pair query[PAIRS_MAX], headers[PAIRS_MAX];
    Sigv4Request request;
    Str body, token;
} Case;

static Str take(Str *text, char until)
{
    size_t end = str_find_byte(*text, until, 0);
    Str part = str_slice(*text, 0, end);
    *text = str_slice(*text, end + 1, text->len);
    return part;
}

/* "header GET /path?name=value&name=value". */
static void read_target(Case *ret, Str line)
{
    ret->in_query = str_equal(take(&line, ' '), STR("query"));
    ret->request.method = take(&line, ' ');
    ret->request.path = take(&line, '?');
    while (line.len) {
        Str value = take(&line, '&'), name = take(&value, '=');
        ret->query[ret->request.query_count++] = (Sigv4Pair){name, value};
    }
}

static void read_line(Case *ret, Str line)
{
    if (str_starts(line, STR("body ")))
        ret->body = str_slice(line, 5, line.len);
    else if (str_starts(line, STR("token ")))
        ret->token = str_slice(line, 6, line.len);
    else if (line.len) {
        Str name = take(&line, ':');
        ret->headers[ret->request.header_count++] = (Sigv4Pair){name, line};
    }
}

static Sigv4Scope scope_of(const Case *tried)
{
    Sigv4Scope scope = {.access_key = STR("AKIDEXAMPLE"),
                        .secret_key = STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                        .session_token = tried->token,
                        .region = STR("us-east-1"),
                        .service = STR("service")};
    assert_true(timestamp_parse(STR("2015-08-30T12:36:00Z"), &scope.time_us));
    return scope;
}

/* Appends the signature, the last of what comes out. */
static void run(Str text, char verdict, Buf *out)
{
    Case tried = {.body = STR(""), .token = STR("")};
    Error err = {0};
    uint8_t hash[HASH_SHA256_BYTES];
    char hex[2 * HASH_SHA256_BYTES + 1];
    BUF_AUTO Buf whole = buf_init(100000);
    (void)verdict;
    read_target(&tried, take(&text, '\n'));
    tried.headers[tried.request.header_count++] =
        (Sigv4Pair){STR("Host"), STR("example.amazonaws.com")};
    while (text.len)
        read_line(&tried, take(&text, '\n'));
    if (!tried.in_query)
        tried.headers[tried.request.header_count++] =
            (Sigv4Pair){STR("X-Amz-Date"), STR("20150830T123600Z")};
    hash_sha256(tried.body.ptr, tried.body.len, hash);
    hash_hex(hash, sizeof hash, hex);
    tried.request.query = tried.query;
    tried.request.headers = tried.headers;
    tried.request.payload_hash = str_of(hex);
    Sigv4Scope scope = scope_of(&tried);
    bool ok = tried.in_query ? sigv4_presign(&tried.request, &scope, 3600, &whole, &err)
                             : sigv4_authorization(&tried.request, &scope, &whole, &err);
    support_ok(ok, &err);
    support_ok(buf_append_str(out, str_slice(buf_str(&whole), whole.len - 64, whole.len), &err),
               &err);
}

static void published_vectors_come_out(void **state)
{
    (void)state;
    assert_text_cases("unit/cloud/sigv4.txt", 25, run);
}

static void the_header_names_who_signed_what(void **state)
{
    const Sigv4Pair headers[] = {{STR("x-amz-date"), STR("20150830T123600Z")},
                                 {STR("host"), STR("h")}};
    const Sigv4Request request = {.method = STR("GET"),
                                  .path = STR("/"),
                                  .headers = headers,
                                  .header_count = 2,
                                  .payload_hash = SIGV4_UNSIGNED};
    Case none = {.token = STR("")};
    Sigv4Scope scope = scope_of(&none);
    Error err = {0};
    BUF_AUTO Buf out = buf_init(1000);
    (void)state;
    support_ok(sigv4_authorization(&request, &scope, &out, &err), &err);
    assert_true(str_starts(
        buf_str(&out),
        STR("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=")));
}

static void limits_are_kept(void **state)
{
    Sigv4Pair many[SIGV4_PAIRS_MAX + 1];
    Case none = {.token = STR("")};
    Sigv4Scope scope = scope_of(&none);
    Sigv4Request request = {.method = STR("GET"), .path = STR("/"), .payload_hash = SIGV4_UNSIGNED};
    Error err = {0};
    BUF_AUTO Buf out = buf_init(100000);
    (void)state;
    for (size_t i = 0; i < SIGV4_PAIRS_MAX + 1; i++)
        many[i] = (Sigv4Pair){STR("n"), STR("v")};
    request.query = many;
    request.query_count = SIGV4_PAIRS_MAX + 1;
    assert_false(sigv4_authorization(&request, &scope, &out, &err));
    assert_int_equal(err.kind, ERROR_LIMIT);
    assert_false(sigv4_presign(&request, &scope, 60, &out, &err));
    request.query_count = 0;
    assert_false(sigv4_presign(&request, &scope, 0, &out, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_false(sigv4_presign(&request, &scope, SIGV4_EXPIRES_MAX + 1, &out, &err));
    support_ok(sigv4_presign(&request, &scope, SIGV4_EXPIRES_MAX, &out, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_come_out),
        cmocka_unit_test(the_header_names_who_signed_what),
        cmocka_unit_test(limits_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
