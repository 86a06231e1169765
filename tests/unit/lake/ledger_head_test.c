/* The ledger's head is told over a net once an hour in the midst of a run, and at its end; what
 * fails is said once, and told with the next. */
#include "lake/ledger_head.h"

#include <stdio.h>
#include <string.h>

#include "support/new_lake.h"
#include "support/peer.h"
#include "support/support.h"

#define YES "HTTP/1.1 204 Yes\r\nContent-Length: 0\r\n\r\n"
#define NO  "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"

static int untold_times;
static char untold_text[300];

static void untold(const char *why)
{
    untold_times++;
    snprintf(untold_text, sizeof untold_text, "%s", why);
}

static void a_net_is_asked_now_and_then(void **state)
{
    static const struct {
        int64_t n;
        bool last;
        size_t posts; /* so far, as the next two */
        int untold;
        int64_t told;
    } STEPS[] = {
        {1, false, 1, 1, -1}, /* fails: said */
        {2, false, 2, 1, -1}, /* fails again */
        {2, true, 3, 2, -1},  /* and at the end, which is said */
        {3, false, 4, 2, 3},  /* told */
        {4, false, 4, 2, 3},  /* an hour is not over */
        {4, true, 5, 2, 4},   /* the end of the run */
        {4, true, 5, 2, 4},   /* nothing is new */
    };
    const PeerAnswer answers[] = {
        {.text = NO}, {.text = NO}, {.text = NO}, {.text = YES}, {.text = YES}};
    Peer *peer = peer_start(answers, sizeof answers / sizeof *answers);
    Lake *lake = new_lake();
    const LedgerHeadOptions options = {.place = peer_url(peer), .untold = untold};
    const uint8_t hash[HASH_SHA256_BYTES] = {1};
    int64_t told = -1;
    Error err = {0};
    (void)state;
    support_ok(ledger_head_open(lake, &options, &err), &err);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        support_ok(ledger_head_tell(lake, STEPS[i].n, hash, STEPS[i].last, &told, &err), &err);
        assert_int_equal(peer_request_count(peer), STEPS[i].posts);
        assert_int_equal(untold_times, STEPS[i].untold);
        assert_int_equal(told, STEPS[i].told);
    }
    assert_string_equal(untold_text, "ledger.head: the answer was HTTP 500, 2xx is expected");
    assert_non_null(strstr(peer_request(peer, 3), "\"n\":3,\"hash\":\"01000"));
    lake_close(lake);
    peer_stop(peer);
}

static void another_place_is_told_what_was_told_before(void **state)
{
    char path[300];
    Lake *lake = new_lake();
    const uint8_t hash[HASH_SHA256_BYTES] = {1};
    int64_t told = 5;
    Error err = {0};
    BUF_AUTO Buf lines = buf_init(4096);
    (void)state;
    snprintf(path, sizeof path, "%s/head", support_folder());
    const LedgerHeadOptions options = {.place = path};
    support_ok(ledger_head_open(lake, &options, &err) &&
                   ledger_head_tell(lake, 5, hash, true, &told, &err) &&
                   ledger_head_tell(lake, 5, hash, true, &told, &err) &&
                   ledger_head_read(lake, path, &lines, &err),
               &err);
    assert_true(str_starts(buf_str(&lines), STR("{\"lake\":\"")) &&
                str_find_byte(buf_str(&lines), '\n', 0) == lines.len - 1);
    assert_false(ledger_head_read(lake, "https://example.com/x", &lines, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    lake_close(lake);
}

static int end(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_net_is_asked_now_and_then),
        cmocka_unit_test(another_place_is_told_what_was_told_before),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
