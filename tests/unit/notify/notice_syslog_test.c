/* What logs say stays one message of syslog. */
#include "notify/notice_syslog.h"

#include "support/support.h"

enum { FRAME_MAX = 1 << 18 };

#define HOSTILE "a\"] x\\\n<14>1 - - - - - -\xe2\x80\xae"

/* The message of a frame whose length is right. */
static Str message_of(const Notice *notice, Buf *frame)
{
    Error err = {0};
    uint64_t length;
    support_ok(notice_syslog_frame(notice, NOTICE_ENGLISH, STR("host"), frame, &err), &err);
    size_t blank = str_find_byte(buf_str(frame), ' ', 0);
    assert_true(str_to_u64(str_slice(buf_str(frame), 0, blank), &length));
    assert_int_equal(length, frame->len - blank - 1);
    return str_slice(buf_str(frame), blank + 1, frame->len);
}

static void assert_starts(Str text, const char *expected)
{
    if (!str_starts(text, str_of(expected)))
        fail_msg("'%.*s' does not begin with '%s'", STR_ARG(text), expected);
}

static void levels_are_severities(void **state)
{
    static const struct {
        RuleLevel level;
        const char *expected;
    } CASES[] = {{LEVEL_CRITICAL, "<106>1 "},
                 {LEVEL_HIGH, "<107>1 "},
                 {LEVEL_MEDIUM, "<108>1 "},
                 {LEVEL_LOW, "<109>1 "},
                 {LEVEL_INFORMATIONAL, "<110>1 "}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        BUF_AUTO Buf frame = buf_init(FRAME_MAX);
        const Notice notice = {.level = CASES[i].level};
        assert_starts(message_of(&notice, &frame), CASES[i].expected);
    }
}

static void a_whole_message(void **state)
{
    BUF_AUTO Buf frame = buf_init(FRAME_MAX);
    const Notice notice = {.key = "finding/i/2",
                           .id = STR("i"),
                           .title = STR("T"),
                           .level = LEVEL_HIGH,
                           .level_name = STR("high"),
                           .rule_id = STR("r"),
                           .account = STR("111122223333"),
                           .principal = STR("p"),
                           .reopened = true,
                           .last_us = 60000000,
                           .count = 2};
    (void)state;
    assert_starts(message_of(&notice, &frame),
                  "<107>1 1970-01-01T00:01:00Z host spoor - reopened [spoor@32473 id=\"i\" "
                  "rule=\"r\" account=\"111122223333\" level=\"high\" key=\"finding/i/2\"] "
                  "\xef\xbb\xbf[high] T; it was resolved, and went on; who: p; account: ");
}

static void hostile_texts_stay_values(void **state)
{
    char title[9001];
    BUF_AUTO Buf frame = buf_init(FRAME_MAX);
    (void)state;
    for (size_t i = 0; i + 1 < sizeof title; i++)
        title[i] = "<14>\n\r\x1b"[i % 7];
    title[sizeof title - 1] = '\0';
    const Notice notice = {.id = STR("i"),
                           .title = str_of(title),
                           .rule_id = STR(HOSTILE),
                           .account = STR(HOSTILE),
                           .principal = str_of(title)};
    Str message = message_of(&notice, &frame);
    assert_starts(message,
                  "<110>1 1970-01-01T00:00:00Z host spoor - finding [spoor@32473 id=\"i\" "
                  "rule=\"a\\\"\\] x\\\\\xe2\x90\x8a<14>1 - - - - - -\xef\xbf\xbd\" account=");
    assert_true(message.len < 8192);
    for (size_t i = 0; i < message.len; i++)
        assert_true((unsigned char)message.ptr[i] >= ' ');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_severities),
        cmocka_unit_test(a_whole_message),
        cmocka_unit_test(hostile_texts_stay_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
