/* A listener answers what its table of routes names, and nothing else. */
#include "web/web.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/http.h"
#include "support/support.h"

enum { REPLY_MAX = 4096, WAIT_US = 100000 };

/* What the pages say next. */
typedef struct Saying {
    atomic_bool good, fails;
} Saying;

static bool page(void *context, WebPage page, Buf *ret, bool *ret_good, Error *err)
{
    Saying *saying = context;
    *ret_good = atomic_load(&saying->good);
    return !atomic_load(&saying->fails) ? buf_printf(ret, err, "page %d", (int)page)
                                        : error_set(err, ERROR_SYSTEM, "no disk");
}

typedef struct Answer {
    int status;
    char type[100], body[200];
} Answer;

static Answer ask(const Web *web, const char *method, const char *path)
{
    Answer answer = {0};
    Error err = {0};
    char url[100];
    HttpClient *client = http_client_new(&(HttpOptions){.parallel = 1}, &err);
    support_ok(client != NULL, &err);
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", web_port(web), path);
    HttpCall *call = http_start(
        client,
        &(HttpRequest){
            .method = str_of(method), .url = url, .reply_max = REPLY_MAX, .no_proxy = true},
        &err);
    support_ok(call != NULL, &err);
    while (!http_call_done(call))
        support_ok(http_pump(client, WAIT_US, &err), &err);
    support_ok(http_call_ok(call, &err), &err);
    const HttpReply *reply = http_call_reply(call);
    answer.status = reply->status;
    snprintf(answer.type, sizeof answer.type, "%.*s",
             STR_ARG(http_reply_header(reply, STR("content-type"))));
    snprintf(answer.body, sizeof answer.body, "%.*s", STR_ARG(buf_str(&reply->body)));
    http_call_free(call);
    http_client_free(client);
    return answer;
}

static Web *listening(Saying *saying)
{
    Error err = {0};
    const WebOptions options = {.url = "http://127.0.0.1:0", .page = page, .context = saying};
    Web *web = web_open(&options, &err);
    support_ok(web != NULL, &err);
    return web;
}

static void pages_are_answered(void **state)
{
    static const struct {
        const char *method, *path;
        bool bad, fails;
        int status;
        const char *type, *body;
    } CASES[] = {
        {"GET", "/healthz", false, false, 200, "text/plain", "page 0"},
        {"GET", "/healthz", true, false, 503, "text/plain", "page 0"},
        {"GET", "/readyz", false, false, 200, "text/plain", "page 1"},
        {"GET", "/metrics", false, false, 200, "version=0.0.4", "page 2"},
        {"GET", "/metrics?a=b", false, false, 200, "version=0.0.4", "page 2"},
        {"HEAD", "/metrics", false, false, 200, "version=0.0.4", ""},
        {"GET", "/metrics", false, true, 500, "text/plain", "could not be made"},
        {"GET", "/", false, false, 200, "text/plain", "/healthz\n/readyz\n/metrics\n"},
        {"GET", "/lake", false, false, 404, "text/plain", "no such page"},
        {"GET", "/metrics/", false, false, 404, "text/plain", "no such page"},
        {"POST", "/metrics", false, false, 405, "text/plain", "only GET"},
        {"DELETE", "/", false, false, 405, "text/plain", "only GET"},
    };
    Saying saying = {.good = true};
    Web *web = listening(&saying);
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        atomic_store(&saying.good, !CASES[i].bad);
        atomic_store(&saying.fails, CASES[i].fails);
        Answer answer = ask(web, CASES[i].method, CASES[i].path);
        if (answer.status != CASES[i].status || !strstr(answer.type, CASES[i].type) ||
            !strstr(answer.body, CASES[i].body))
            fail_msg("%s %s: %d %s %s", CASES[i].method, CASES[i].path, answer.status, answer.type,
                     answer.body);
    }
    web_free(web);
}

static void what_would_be_open_is_refused(void **state)
{
    static const struct {
        const char *url, *words;
    } CASES[] = {{"http://0.0.0.0:0", "would be open to others"},
                 {"https://127.0.0.1:0", "needs a certificate"},
                 {"nowhere", "is nothing to listen at"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        const WebOptions options = {.url = CASES[i].url, .page = page};
        assert_null(web_open(&options, &err));
        assert_int_equal(err.kind, ERROR_USAGE);
        assert_non_null(strstr(err.text, CASES[i].words));
    }
    web_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_answered),
        cmocka_unit_test(what_would_be_open_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
