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

static void who_is_the_principal_or_those_of_the_events(void **state)
{
    static const struct {
        const char *principal, *of_events, *who;
    } CASES[] = {{"kim", "", "\nwho: kim\n"},
                 {"", "role/a, role/b", "\nwho: role/a, role/b\n"},
                 {"", "", "\nwho: not known\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Error err = {0};
        BUF_AUTO Buf text = buf_init(BODY_MAX);
        Notice notice = hostile();
        notice.principal = str_of(CASES[i].principal);
        notice.fact_count = 0;
        if (*CASES[i].of_events)
            notice.facts[notice.fact_count++] =
                (NoticeFact){FACT_PRINCIPALS, str_of(CASES[i].of_events)};
        notice.facts[notice.fact_count++] = (NoticeFact){FACT_CALLS, STR("StopInstances")};
        support_ok(notice_format_text(&notice, NOTICE_ENGLISH, &text, &err), &err);
        support_ok(buf_append_byte(&text, '\0', &err), &err);
        assert_non_null(strstr(text.ptr, CASES[i].who));
        assert_non_null(strstr(text.ptr, "\ncalls: StopInstances\n"));
        assert_null(strstr(text.ptr, "principals"));
    }
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

/* A group of hostile notices: a line each, the gravest level, all of them in the JSON. */
static void a_group_is_a_line_each(void **state)
{
    enum { MEMBERS = 22 };
    Error err = {0};
    Notice members[MEMBERS], group;
    Arena *arena = arena_new(8 << 20, &err);
    Buf body = buf_init(BODY_MAX), text = buf_init(BODY_MAX);
    const Target target = {.kind = TARGET_WEBHOOK};
    int lines = 0;
    (void)state;
    for (int i = 0; i < MEMBERS; i++)
        members[i] = hostile();
    members[7].level = LEVEL_CRITICAL;
    members[7].level_name = STR("critical");
    members[8].account = STR("222233334444");
    const NoticeGroup all = {members, MEMBERS, 12};
    support_ok(notice_of_group(&all, NOTICE_ENGLISH, arena, &group, &err), &err);
    assert_string_equal(group.key, "group/12");
    assert_true(str_equal(group.title, STR("22 notices: critical 1, high 21")));
    assert_int_equal(group.level, LEVEL_CRITICAL);
    assert_int_equal(group.count, 2 * MEMBERS);
    assert_int_equal(group.account.len, 0);
    assert_true(str_equal(group.principal, members[0].principal));
    support_ok(notice_format_text(&group, NOTICE_ENGLISH, &text, &err), &err);
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    assert_int_equal(lines, 1 + 20 + 1 + 1); /* head, members, how many more, how to see them */
    support_ok(notice_format_body(&target, &group, NOTICE_KOREAN, &body, &err), &err);
    const Json *tree = json_read(buf_str(&body), &JSON_LIMITS_DEFAULT, arena, &err);
    support_ok(tree != NULL, &err);
    assert_true(str_equal(json_text(json_member(tree, STR("kind")), STR("")), STR("group")));
    assert_int_equal(json_member(tree, STR("notices"))->count, MEMBERS);
    buf_free(&body);
    buf_free(&text);
    arena_free(arena);
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

static void what_may_become_more_says_until_when(void **state)
{
    (void)state;
    Error err = {0};
    Notice notice = hostile();
    for (int language = 0; language < NOTICE_LANGUAGES; language++) {
        BUF_AUTO Buf text = buf_init(BODY_MAX);
        const char *words = notice_words_text((NoticeLanguage)language, WORD_PROVISIONAL);
        notice.provisional = true;
        notice.settles_us = INT64_C(3600000000);
        support_ok(notice_format_text(&notice, (NoticeLanguage)language, &text, &err) &&
                       buf_text(&text, &err),
                   &err);
        assert_non_null(strstr(text.ptr, words));
        assert_non_null(strstr(text.ptr, "1970-01-01 01:00:00 UTC"));
        text.len = 0;
        notice.provisional = false;
        support_ok(notice_format_text(&notice, (NoticeLanguage)language, &text, &err) &&
                       buf_text(&text, &err),
                   &err);
        assert_null(strstr(text.ptr, words));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_become_more_says_until_when),
        cmocka_unit_test(bodies_are_json_with_visible_texts),
        cmocka_unit_test(slack_gets_no_markup),
        cmocka_unit_test(who_is_the_principal_or_those_of_the_events),
        cmocka_unit_test(teams_gets_plain_runs),
        cmocka_unit_test(words_of_a_program_stay_words),
        cmocka_unit_test(a_group_is_a_line_each),
        cmocka_unit_test(both_languages_have_all_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
