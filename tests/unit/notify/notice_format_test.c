/* What logs say stays text, whatever it is sent as. */
#include "notify/notice_format.h"

#include "base/json.h"
#include "support/support.h"

enum { BODY_MAX = 1 << 20 };

#define HOSTILE "<b>&\"'\n{title}\x1b[2J\xe2\x80\xae*_`[x](http://evil.example)"

static Notice hostile(void)
{
    return (Notice){.key = "finding/abc",
                    .id = STR("abc"),
                    .title = STR(HOSTILE),
                    .level = LEVEL_HIGH,
                    .level_name = STR("high"),
                    .rule_id = STR("r"),
                    .account = STR("111122223333"),
                    .principal = STR(HOSTILE),
                    .last_us = 60000000,
                    .count = 2,
                    .facts = {{FACT_CALLS, STR(HOSTILE)}},
                    .fact_count = 1};
}

/* The body as a tree; fails when it is no JSON. */
static const Json *body_of(TargetKind kind, Arena *arena, Buf *body)
{
    Error err = {0};
    const Target target = {.kind = kind, .secret = STR("routing")};
    const Notice notice = hostile();
    support_ok(notice_format_body(&target, &notice, NOTICE_ENGLISH, body, &err), &err);
    const Json *tree = json_read(str_trim(buf_str(body)), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(tree != NULL, &err);
    return tree;
}

static void bodies_are_json_with_visible_texts(void **state)
{
    static const TargetKind KINDS[] = {TARGET_WEBHOOK, TARGET_SLACK, TARGET_TEAMS, TARGET_PAGERDUTY,
                                       TARGET_FILE};
    (void)state;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        Error err = {0};
        Arena *arena = arena_new(8 << 20, &err);
        Buf body = buf_init(BODY_MAX);
        (void)body_of(KINDS[i], arena, &body);
        for (size_t at = 0; at < body.len; at++)
            if ((unsigned char)body.ptr[at] < ' ' && !(body.ptr[at] == '\n' && at + 1 == body.len))
                fail_msg("kind %zu has a control character", i);
        assert_int_equal(body.ptr[body.len - 1] == '\n', KINDS[i] == TARGET_FILE);
        support_ok(buf_append_byte(&body, '\0', &err), &err);
        assert_null(strstr(body.ptr, "\\u001b"));
        assert_null(strstr(body.ptr, "\xe2\x80\xae"));
        buf_free(&body);
        arena_free(arena);
    }
}

static void slack_gets_no_markup(void **state)
{
    Error err = {0};
    Arena *arena = arena_new(8 << 20, &err);
    Buf body = buf_init(BODY_MAX);
    (void)state;
    Str text = json_text(json_member(body_of(TARGET_SLACK, arena, &body), STR("text")), STR(""));
    for (size_t i = 0; i < text.len; i++)
        assert_true(text.ptr[i] != '<' && text.ptr[i] != '>');
    assert_true(str_starts(text, STR("[high] &lt;b&gt;&amp;")));
    buf_free(&body);
    arena_free(arena);
}

static void teams_gets_plain_runs(void **state)
{
    Error err = {0};
    Arena *arena = arena_new(8 << 20, &err);
    Buf body = buf_init(BODY_MAX);
    (void)state;
    const Json *cards = json_member(body_of(TARGET_TEAMS, arena, &body), STR("attachments"));
    const Json *lines = json_path(cards->first, STR("content.body"));
    size_t count = 0;
    for (const Json *line = lines->first; line; line = line->next, count++) {
        assert_true(
            str_equal(json_text(json_member(line, STR("type")), STR("")), STR("RichTextBlock")));
        const Json *run = json_member(line, STR("inlines"))->first;
        assert_true(str_equal(json_text(json_member(run, STR("type")), STR("")), STR("TextRun")));
    }
    assert_int_equal(count, 7); /* head, who, account, when, events, calls, more */
    buf_free(&body);
    arena_free(arena);
}

static void words_of_a_program_stay_words(void **state)
{
    Error err = {0};
    Buf words = buf_init(BODY_MAX);
    const Notice notice = hostile();
    const Target target = {
        .kind = TARGET_EXEC,
        .words = {"tell", "--who={principal}", "{level}/{nothing}/{", "{id}{key}", NULL}};
    const char *expected[] = {"tell", NULL, "high/{nothing}/{", "abcfinding/abc"};
    (void)state;
    support_ok(notice_format_words(&target, &notice, NOTICE_ENGLISH, &words, &err), &err);
    size_t count = 0;
    for (size_t at = 0; at < words.len; at += strlen(words.ptr + at) + 1, count++) {
        assert_true(count < 4);
        if (expected[count])
            assert_string_equal(words.ptr + at, expected[count]);
        else
            assert_true(str_starts(str_of(words.ptr + at), STR("--who=<b>&\"'")));
        assert_null(strchr(words.ptr + at, '\n'));
        assert_null(strchr(words.ptr + at, 0x1b));
    }
    assert_int_equal(count, 4);
    buf_free(&words);
}

static void both_languages_have_all_words(void **state)
{
    (void)state;
    for (int word = 0; word < WORD_COUNT; word++) {
        const char *english = notice_words_text(NOTICE_ENGLISH, (NoticeWord)word);
        const char *korean = notice_words_text(NOTICE_KOREAN, (NoticeWord)word);
        assert_true(english && *english && korean && *korean);
    }
    assert_string_equal(notice_words_level(NOTICE_KOREAN, LEVEL_CRITICAL), "심각");
    assert_int_equal(notice_words_language(STR("ko")), NOTICE_KOREAN);
    assert_int_equal(notice_words_language(STR("fr")), NOTICE_ENGLISH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_json_with_visible_texts),
        cmocka_unit_test(slack_gets_no_markup),
        cmocka_unit_test(teams_gets_plain_runs),
        cmocka_unit_test(words_of_a_program_stay_words),
        cmocka_unit_test(both_languages_have_all_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
