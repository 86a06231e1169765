#include "notify/notice_syslog.h"

#include "base/cell.h"
#include "base/timestamp.h"
#include "notify/notice_format.h"

enum {
    TEXT_BYTES_MAX = 1 << 17,
    VALUE_BYTES_MAX = 256, /* of a value of structured data */
    LINE_BYTES_MAX = 4096,
    FACILITY = 13
};

/* RFC 5424, section 6.2.1: from 2, critical, to 6, informational. */
static int severity_of(RuleLevel level)
{
    return level >= LEVEL_CRITICAL ? 2
           : level == LEVEL_HIGH   ? 3
           : level == LEVEL_MEDIUM ? 4
           : level == LEVEL_LOW    ? 5
                                   : 6;
}

/* A value of structured data: '"', '\' and ']' are escaped (section 6.3.3). */
static bool put_value(Buf *to, const char *name, Str text, Error *err)
{
    BUF_AUTO Buf visible = buf_init(TEXT_BYTES_MAX);
    bool ok =
        cell_visible(str_slice(text, 0, str_utf8_prefix(text, VALUE_BYTES_MAX)), &visible, err) &&
        buf_printf(to, err, " %s=\"", name);
    for (size_t i = 0; ok && i < visible.len; i++)
        ok = (!strchr("\"\\]", visible.ptr[i]) || buf_append_byte(to, '\\', err)) &&
             buf_append_byte(to, (unsigned char)visible.ptr[i], err);
    return ok && buf_append_byte(to, '"', err);
}

static bool put_data(Buf *to, const Notice *notice, Error *err)
{
    return buf_append_str(to, STR("[spoor@32473"), err) && put_value(to, "id", notice->id, err) &&
           put_value(to, "rule", notice->alarm.len ? notice->alarm : notice->rule_id, err) &&
           put_value(to, "account", notice->account, err) &&
           put_value(to, "level", notice->level_name, err) &&
           put_value(to, "key", str_of(notice->key), err) && buf_append_byte(to, ']', err);
}

/* The lines of the text as one, with the mark of UTF-8 before it (section 6.4). */
static bool put_line(Buf *to, const Notice *notice, NoticeLanguage language, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    if (!notice_format_text(notice, language, &text, err))
        return false;
    Str rest = str_trim(buf_str(&text));
    rest = str_slice(rest, 0, str_utf8_prefix(rest, LINE_BYTES_MAX));
    bool ok = buf_append_str(to, STR(" \xef\xbb\xbf"), err);
    while (ok && rest.len) {
        size_t end = str_find_byte(rest, '\n', 0);
        ok = buf_append_str(to, str_slice(rest, 0, end), err) &&
             (end == rest.len || buf_append_str(to, STR("; "), err));
        rest = str_slice(rest, end + 1, rest.len);
    }
    return ok;
}

bool notice_syslog_frame(const Notice *notice, NoticeLanguage language, Str host, Buf *ret,
                         Error *err)
{
    char moment[TIMESTAMP_TEXT_BYTES];
    BUF_AUTO Buf message = buf_init(TEXT_BYTES_MAX);
    timestamp_format(notice->last_us, moment);
    return buf_printf(&message, err, "<%d>1 %s %.*s spoor - %s ",
                      FACILITY * 8 + severity_of(notice->level), moment, STR_ARG(host),
                      notice_kind(notice)) &&
           put_data(&message, notice, err) && put_line(&message, notice, language, err) &&
           buf_printf(ret, err, "%zu ", message.len) && buf_append_str(ret, buf_str(&message), err);
}
