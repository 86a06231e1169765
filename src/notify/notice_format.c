#include "notify/notice_format.h"

#include <inttypes.h>

#include "base/cell.h"
#include "base/json_write.h"
#include "base/timestamp.h"

enum {
    TEXT_BYTES_MAX = 1 << 16,
    LINE_BYTES_MAX = 1000,
    SUMMARY_BYTES_MAX = 1024,
    MEMBERS_SHOWN = 20, /* of a group, a line each */
    MEMBER_BYTES_MAX = 300
};

/* ---- lines for a person ---- */

/* A text of a log on one line, control characters shown, cut. */
static bool put_visible(Buf *to, Str text, Error *err)
{
    return cell_visible(str_slice(text, 0, str_utf8_prefix(text, LINE_BYTES_MAX)), to, err);
}

static bool put_line(Buf *to, const char *name, Str text, Error *err)
{
    return !text.len || (buf_printf(to, err, "%s: ", name) && put_visible(to, text, err) &&
                         buf_append_byte(to, '\n', err));
}

static NoticeWord word_of(NoticeFactKind kind)
{
    static const NoticeWord WORDS[] = {[FACT_PRINCIPALS] = WORD_PRINCIPALS,
                                       [FACT_CALLS] = WORD_CALLS,
                                       [FACT_ADDRESSES] = WORD_ADDRESSES,
                                       [FACT_REGIONS] = WORD_REGIONS,
                                       [FACT_ERRORS] = WORD_ERRORS};
    return WORDS[kind];
}

/* "2026-11-24 19:35:00 KST", and until when. */
static bool put_time(Buf *to, const Notice *notice, NoticeLanguage language, Error *err)
{
    char first[TIMESTAMP_TEXT_BYTES], last[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(notice->first_us, first);
    timestamp_format_zone(notice->last_us, last);
    return notice->first_us == notice->last_us
               ? buf_printf(to, err, "%s", first)
               : buf_printf(to, err, "%s %s %s", first, notice_words_text(language, WORD_UNTIL),
                            last);
}

bool notice_format_head(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
{
    return buf_printf(ret, err, "[%s] ", notice_words_level(language, (int)notice->level)) &&
           put_visible(ret, notice->title, err);
}

/* Of an alarm: its states, why, and how to see more. */
static bool put_alarm(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
{
    BUF_AUTO Buf time = buf_init(TEXT_BYTES_MAX);
    return notice_format_head(notice, language, ret, err) &&
           buf_printf(ret, err, "\n%s: %.*s -> %.*s\n", notice_words_text(language, WORD_STATE),
                      STR_ARG(notice->old_state), STR_ARG(notice->new_state)) &&
           put_line(ret, notice_words_text(language, WORD_ABOUT), notice->description, err) &&
           put_time(&time, notice, language, err) &&
           put_line(ret, notice_words_text(language, WORD_WHEN), buf_str(&time), err) &&
           put_line(ret, notice_words_text(language, WORD_REASON), notice->reason, err) &&
           buf_printf(ret, err, "%s: spoor alarms show '",
                      notice_words_text(language, WORD_MORE)) &&
           put_visible(ret, notice->alarm, err) && buf_append_str(ret, STR("'\n"), err);
}

/* What there is to say of it besides: it came back, it may become more. */
static bool put_states(const Notice *notice, NoticeLanguage language, Buf *to, Error *err)
{
    char until[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(notice->settles_us, until);
    return (!notice->reopened ||
            buf_printf(to, err, "%s\n", notice_words_text(language, WORD_REOPENED))) &&
           (!notice->provisional ||
            buf_printf(to, err, "%s %s\n", notice_words_text(language, WORD_PROVISIONAL), until));
}

static bool put_finding(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
{
    BUF_AUTO Buf time = buf_init(TEXT_BYTES_MAX), count = buf_init(TEXT_BYTES_MAX);
    if (!put_time(&time, notice, language, err) ||
        !buf_printf(&count, err, "%" PRId64, notice->count))
        return false;
    Str who = notice_who(notice);
    if (!who.len)
        who = str_of(notice_words_text(language, WORD_UNKNOWN));
    bool ok = notice_format_head(notice, language, ret, err) && buf_append_byte(ret, '\n', err) &&
              put_states(notice, language, ret, err) &&
              put_line(ret, notice_words_text(language, WORD_WHO), who, err) &&
              put_line(ret, notice_words_text(language, WORD_ACCOUNT), notice->account, err) &&
              put_line(ret, notice_words_text(language, WORD_WHEN), buf_str(&time), err) &&
              put_line(ret, notice_words_text(language, WORD_EVENTS), buf_str(&count), err);
    for (int i = 0; ok && i < notice->fact_count; i++)
        ok = notice->facts[i].kind == FACT_PRINCIPALS || /* they stand above */
             put_line(ret, notice_words_text(language, word_of(notice->facts[i].kind)),
                      notice->facts[i].text, err);
    return ok && (notice->link.len
                      ? put_line(ret, notice_words_text(language, WORD_MORE), notice->link, err)
                      : buf_printf(ret, err, "%s: spoor findings show %.*s\n",
                                   notice_words_text(language, WORD_MORE), STR_ARG(notice->id)));
}

/* A part of a member's line, after a comma. */
static bool put_part(Buf *to, Str text, Error *err)
{
    return !text.len ||
           (buf_append_str(to, STR(", "), err) &&
            cell_visible(str_slice(text, 0, str_utf8_prefix(text, MEMBER_BYTES_MAX)), to, err));
}

/* "[high] TITLE, PRINCIPAL, ACCOUNT, TIME, LINK" */
static bool put_member_line(const Notice *member, NoticeLanguage language, Buf *to, Error *err)
{
    char last[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(member->last_us, last);
    return notice_format_head(member, language, to, err) && put_part(to, notice_who(member), err) &&
           put_part(to, member->account, err) && put_part(to, str_of(last), err) &&
           put_part(to, member->link.len ? member->link : member->id, err) &&
           buf_append_byte(to, '\n', err);
}

static bool put_group(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
{
    bool ok = notice_format_head(notice, language, ret, err) && buf_append_byte(ret, '\n', err);
    for (int i = 0; ok && i < notice->member_count && i < MEMBERS_SHOWN; i++)
        ok = put_member_line(&notice->members[i], language, ret, err);
    if (ok && notice->member_count > MEMBERS_SHOWN)
        ok = buf_printf(ret, err, "+%d\n", notice->member_count - MEMBERS_SHOWN);
    return ok && buf_printf(ret, err, "%s: spoor findings list\n",
                            notice_words_text(language, WORD_MORE));
}

bool notice_format_text(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
{
    return notice->member_count ? put_group(notice, language, ret, err)
           : notice->alarm.len  ? put_alarm(notice, language, ret, err)
                                : put_finding(notice, language, ret, err);
}

/* ---- JSON ---- */

static void put_member(JsonWriter *to, const char *name, Str text)
{
    BUF_AUTO Buf visible = buf_init(TEXT_BYTES_MAX);
    to->ok = to->ok && put_visible(&visible, text, to->err);
    json_write_text(to, name, buf_str(&visible));
}

static void put_moment(JsonWriter *to, const char *name, int64_t us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(us, text);
    json_write_text(to, name, str_of(text));
}

/* What an alarm has of its own. */
static void put_alarm_members(JsonWriter *to, const Notice *notice)
{
    put_member(to, "alarm", notice->alarm);
    json_write_text(to, "old_state", notice->old_state);
    json_write_text(to, "new_state", notice->new_state);
    put_moment(to, "at", notice->last_us);
    put_member(to, "reason", notice->reason);
    if (notice->reason_data.len)
        json_write_value(to, "reason_data", notice->reason_data);
}

static void put_time_members(JsonWriter *to, const Notice *notice)
{
    put_moment(to, "first", notice->first_us);
    put_moment(to, "last", notice->last_us);
    json_write_value(to, "provisional", notice->provisional ? STR("true") : STR("false"));
    json_write_int(to, "events", notice->count);
}

static void put_finding_members(JsonWriter *to, const Notice *notice)
{
    put_member(to, "rule_id", notice->rule_id);
    json_write_open(to, "tags", '[');
    for (int i = 0; i < notice->tag_count; i++)
        put_member(to, NULL, notice->tags[i]);
    json_write_close(to, ']');
    put_member(to, "account", notice->account);
    put_member(to, "principal", notice->principal);
    put_time_members(to, notice);
    json_write_open(to, "facts", '{');
    for (int i = 0; i < notice->fact_count; i++)
        put_member(to, notice_words_text(NOTICE_ENGLISH, word_of(notice->facts[i].kind)),
                   notice->facts[i].text);
    json_write_close(to, '}');
    json_write_some(to, "link", notice->link);
}

/* A notice but for its text, and for what a group is of. */
static void put_members(JsonWriter *to, const Notice *notice)
{
    json_write_text(to, "key", str_of(notice->key));
    json_write_text(to, "kind", str_of(notice_kind(notice)));
    json_write_text(to, "id", notice->id);
    put_member(to, "title", notice->title);
    json_write_text(to, "level", notice->level_name);
    if (notice->member_count)
        put_time_members(to, notice);
    else if (notice->alarm.len)
        put_alarm_members(to, notice);
    else
        put_finding_members(to, notice);
    if (!notice->member_count)
        put_member(to, "description", notice->description);
}

/* The members of a notice, which webhooks and files get as they are. */
static void put_notice(JsonWriter *to, const Notice *notice, NoticeLanguage language)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    put_members(to, notice);
    if (notice->member_count) {
        json_write_open(to, "notices", '[');
        for (int i = 0; i < notice->member_count; i++) {
            json_write_open(to, NULL, '{');
            put_members(to, &notice->members[i]);
            json_write_close(to, '}');
        }
        json_write_close(to, ']');
    }
    to->ok = to->ok && notice_format_text(notice, language, &text, to->err);
    json_write_text(to, "text", buf_str(&text));
}

static void put_webhook(JsonWriter *to, const Notice *notice, NoticeLanguage language)
{
    json_write_open(to, NULL, '{');
    put_notice(to, notice, language);
    json_write_close(to, '}');
}

/* Slack reads <, > and & as markup. */
static bool put_slack_text(Buf *to, Str text, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < text.len; i++)
        ok = text.ptr[i] == '<'   ? buf_append_str(to, STR("&lt;"), err)
             : text.ptr[i] == '>' ? buf_append_str(to, STR("&gt;"), err)
             : text.ptr[i] == '&' ? buf_append_str(to, STR("&amp;"), err)
                                  : buf_append_byte(to, (unsigned char)text.ptr[i], err);
    return ok;
}

static void put_slack(JsonWriter *to, const Notice *notice, NoticeLanguage language)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX), escaped = buf_init(8 * TEXT_BYTES_MAX);
    to->ok = to->ok && notice_format_text(notice, language, &text, to->err) &&
             put_slack_text(&escaped, buf_str(&text), to->err);
    json_write_open(to, NULL, '{');
    json_write_text(to, "text", buf_str(&escaped));
    json_write_close(to, '}');
}

/* A text that Teams shows as it is, without markup. */
static void put_run(JsonWriter *to, Str text, bool bold)
{
    json_write_open(to, NULL, '{');
    json_write_text(to, "type", STR("RichTextBlock"));
    json_write_open(to, "inlines", '[');
    json_write_open(to, NULL, '{');
    json_write_text(to, "type", STR("TextRun"));
    json_write_text(to, "text", text);
    if (bold)
        json_write_text(to, "weight", STR("Bolder"));
    json_write_close(to, '}');
    json_write_close(to, ']');
    json_write_close(to, '}');
}

static void put_card(JsonWriter *to, const Notice *notice, NoticeLanguage language)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    to->ok = to->ok && notice_format_text(notice, language, &text, to->err);
    json_write_open(to, "content", '{');
    json_write_text(to, "$schema", STR("http://adaptivecards.io/schemas/adaptive-card.json"));
    json_write_text(to, "type", STR("AdaptiveCard"));
    json_write_text(to, "version", STR("1.4"));
    json_write_open(to, "body", '[');
    for (Str rest = buf_str(&text); rest.len;) {
        size_t end = str_find_byte(rest, '\n', 0);
        put_run(to, str_slice(rest, 0, end), rest.ptr == text.ptr);
        rest = str_slice(rest, end + 1, rest.len);
    }
    json_write_close(to, ']');
    json_write_close(to, '}');
}

static void put_teams(JsonWriter *to, const Notice *notice, NoticeLanguage language)
{
    json_write_open(to, NULL, '{');
    json_write_text(to, "type", STR("message"));
    json_write_open(to, "attachments", '[');
    json_write_open(to, NULL, '{');
    json_write_text(to, "contentType", STR("application/vnd.microsoft.card.adaptive"));
    put_card(to, notice, language);
    json_write_close(to, '}');
    json_write_close(to, ']');
    json_write_close(to, '}');
}

/* PagerDuty knows four severities. */
static Str severity_of(RuleLevel level)
{
    return level >= LEVEL_CRITICAL ? STR("critical")
           : level == LEVEL_HIGH   ? STR("error")
           : level == LEVEL_MEDIUM ? STR("warning")
                                   : STR("info");
}

/* An alarm is one incident, which its state OK ends; a finding is one each. */
static void put_incident(JsonWriter *to, const Notice *notice)
{
    bool is_over = str_equal(notice->new_state, STR("OK"));
    json_write_text(to, "event_action", is_over ? STR("resolve") : STR("trigger"));
    json_write_text(to, "dedup_key", notice->alarm.len ? notice->alarm : str_of(notice->key));
}

static void put_pagerduty(JsonWriter *to, const Target *target, const Notice *notice,
                          NoticeLanguage language)
{
    BUF_AUTO Buf summary = buf_init(TEXT_BYTES_MAX);
    to->ok = to->ok && notice_format_head(notice, language, &summary, to->err) &&
             buf_append_str(&summary, STR(" - "), to->err) &&
             put_visible(&summary, notice_who(notice), to->err);
    json_write_open(to, NULL, '{');
    json_write_text(to, "routing_key", target->secret);
    put_incident(to, notice);
    json_write_open(to, "payload", '{');
    json_write_text(to, "summary", str_slice(buf_str(&summary), 0, SUMMARY_BYTES_MAX));
    json_write_text(to, "source", notice->account.len ? notice->account : STR("AWS"));
    json_write_text(to, "severity", severity_of(notice->level));
    put_moment(to, "timestamp", notice->last_us);
    json_write_open(to, "custom_details", '{');
    put_notice(to, notice, language);
    json_write_close(to, '}');
    json_write_close(to, '}');
    json_write_close(to, '}');
}

bool notice_format_body(const Target *target, const Notice *notice, NoticeLanguage language,
                        Buf *ret, Error *err)
{
    JsonWriter to = {ret, err, true};
    switch (target->kind) {
    case TARGET_SLACK:
        put_slack(&to, notice, language);
        break;
    case TARGET_TEAMS:
        put_teams(&to, notice, language);
        break;
    case TARGET_PAGERDUTY:
        put_pagerduty(&to, target, notice, language);
        break;
    default:
        put_webhook(&to, notice, language);
    }
    return to.ok && (target->kind != TARGET_FILE || buf_append_byte(ret, '\n', err));
}

/* ---- programs ---- */

/* What {NAME} stands for; false when it is no name of ours. */
static bool find_value(const Notice *notice, Str name, Str text, Str *ret)
{
    const struct {
        const char *name;
        Str value;
    } VALUES[] = {{"title", notice->title},
                  {"level", notice->level_name},
                  {"id", notice->id},
                  {"key", str_of(notice->key)},
                  {"account", notice->account},
                  {"principal", notice->principal},
                  {"rule", notice->rule_id},
                  {"link", notice->link},
                  {"text", text}};
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++)
        if (str_equal(name, str_of(VALUES[i].name))) {
            *ret = VALUES[i].value;
            return true;
        }
    return false;
}

/* A text of a log in an argument: one line, but for {text}, and never a NUL. */
static bool put_value(Buf *to, Str name, Str value, Error *err)
{
    return str_equal(name, STR("text")) ? buf_append_str(to, value, err)
                                        : put_visible(to, value, err);
}

static bool put_word(Buf *to, Str word, const Notice *notice, Str text, Error *err)
{
    bool ok = true;
    for (size_t at = 0; ok && at < word.len;) {
        size_t end = str_find_byte(word, '}', at);
        Str name = str_slice(word, at + 1, end), value;
        if (word.ptr[at] == '{' && end < word.len && find_value(notice, name, text, &value)) {
            ok = put_value(to, name, value, err);
            at = end + 1;
        } else {
            ok = buf_append_byte(to, (unsigned char)word.ptr[at++], err);
        }
    }
    return ok && buf_append_byte(to, '\0', err);
}

bool notice_format_words(const Target *target, const Notice *notice, NoticeLanguage language,
                         Buf *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    bool ok = notice_format_text(notice, language, &text, err);
    for (int i = 0; ok && target->words[i]; i++)
        ok = put_word(ret, str_of(target->words[i]), notice, buf_str(&text), err);
    return ok;
}
