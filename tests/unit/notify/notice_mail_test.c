/* What logs say makes no header, no part and no markup of a mail. */
#include "notify/notice_mail.h"

#include <stdio.h>

#include "support/support.h"

enum { MAIL_MAX = 1 << 20 };

#define HOSTILE "<b>\r\nBcc: x@y\r\n\r\n--=_spoor\r\n.\r\n\xe2\x80\xae"

static void message_of(const char *title, const char *key, Buf *ret)
{
    Error err = {0};
    const Target target = {.kind = TARGET_SMTP, .from = "s@example.com", .to = {"a@b", "c@d"}};
    Notice notice = {.id = STR("abc"),
                     .level = LEVEL_HIGH,
                     .level_name = STR("high"),
                     .principal = STR(HOSTILE),
                     .account = STR(HOSTILE)};
    notice.title = str_of(title);
    snprintf(notice.key, sizeof notice.key, "%s", key);
    support_ok(notice_mail_message(&target, &notice, NOTICE_ENGLISH, ret, &err), &err);
    assert_non_null(buf_text(ret, &err));
}

static void assert_has(const char *title, const char *key, const char *expected)
{
    BUF_AUTO Buf message = buf_init(MAIL_MAX);
    message_of(title, key, &message);
    if (!strstr(message.ptr, expected))
        fail_msg("'%s' is not in:\n%s", expected, message.ptr);
}

static void subjects(void **state)
{
    (void)state;
    assert_has("Root signed in", "finding/1", "\r\nSubject: [high] Root signed in\r\n");
    assert_has("\xed\x95\x9c", "finding/1", "\r\nSubject: =?utf-8?B?W2hpZ2hdIO2VnA==?=\r\n");
    assert_has("=?utf-8?B?eA==?=", "finding/1",
               "\r\nSubject: =?utf-8?B?W2hpZ2hdID0/dXRmLTg/Qj9lQT09Pz0=?=\r\n");
}

static void the_key_is_the_id(void **state)
{
    (void)state;
    assert_has("x", "finding/a-1/2", "\r\nMessage-ID: <finding/a-1/2@example.com>\r\n");
    assert_has("x", "a>\r\nX: @y", "\r\nMessage-ID: <a___X___y@example.com>\r\n");
    assert_has("x", "k", "\r\nTo: <a@b>,\r\n <c@d>\r\n");
}

/* Lines are short ASCII and end with CR LF; the header is that of any mail, however long a text is.
 */
static void hostile_texts_change_no_line(void **state)
{
    static const char *const HEADERS[] = {
        "Date: ",       "From: ",           "To: ",           " <c@d>",        "Subject: ", " =?",
        "Message-ID: ", "Auto-Submitted: ", "MIME-Version: ", "Content-Type: "};
    char title[3001];
    BUF_AUTO Buf message = buf_init(MAIL_MAX);
    (void)state;
    for (size_t i = 0; i + 1 < sizeof title; i++)
        title[i] = HOSTILE[i % (sizeof HOSTILE - 1)];
    title[sizeof title - 1] = '\0';
    message_of(title, "finding/1", &message);
    size_t boundaries = 0;
    bool in_header = true;
    for (Str rest = buf_str(&message); rest.len;) {
        size_t end = str_find_byte(rest, '\n', 0), known = 0;
        Str line = str_slice(rest, 0, end);
        assert_true(str_ends(line, STR("\r")));
        assert_true(line.len <= 77);
        for (size_t i = 0; i + 1 < line.len; i++)
            assert_true(line.ptr[i] >= ' ' && line.ptr[i] < 0x7f);
        in_header = in_header && line.len > 1;
        for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++)
            known += str_starts(line, str_of(HEADERS[i]));
        assert_true(!in_header || known == 1);
        boundaries += str_starts(line, STR("--"));
        rest = str_slice(rest, end + 1, rest.len);
    }
    assert_int_equal(boundaries, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects),
        cmocka_unit_test(the_key_is_the_id),
        cmocka_unit_test(hostile_texts_change_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
