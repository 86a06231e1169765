#include "notify/notice_mail.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/base64.h"
#include "base/cell.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "notify/notice_format.h"

enum {
    TEXT_BYTES_MAX = 1 << 17,
    HTML_BYTES_MAX = 1 << 20,
    SUBJECT_BYTES_MAX = 200,
    WORD_BYTES_MAX = 39, /* of text in an encoded word: its line has at most 76 characters */
    LINE_BYTES = 76      /* of base64 */
};

/* ---- header ---- */

/* "Fri, 27 Nov 2026 12:13:00 +0000" (RFC 5322, section 3.3). */
static bool put_date(int64_t us, Buf *to, Error *err)
{
    static const char DAYS[] = "SunMonTueWedThuFriSat";
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char day[TIMESTAMP_TEXT_BYTES], text[TIMESTAMP_TEXT_BYTES];
    int32_t number = timestamp_day(us);
    timestamp_format_day(number, day);
    timestamp_format(us, text);
    int month = (day[5] - '0') * 10 + day[6] - '0';
    return buf_printf(to, err, "Date: %.3s, %.2s %.3s %.4s %.8s +0000\r\n",
                      DAYS + (ptrdiff_t)((number + 4) % 7) * 3, day + 8,
                      MONTHS + (ptrdiff_t)(month - 1) * 3, day, text + 11);
}

/* Text that a header may have as it is: ASCII that nobody takes for an encoded word. */
static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~' ||
            (text.ptr[i] == '=' && i + 1 < text.len && text.ptr[i + 1] == '?'))
            return false;
    return true;
}

static bool put_encoded_words(Buf *to, Str text, Error *err)
{
    bool ok = true;
    for (bool first = true; ok && text.len; first = false) {
        Str some = str_slice(text, 0, str_utf8_prefix(text, WORD_BYTES_MAX));
        text = str_slice(text, some.len, text.len);
        ok = buf_printf(to, err, "%s=?utf-8?B?", first ? "" : "\r\n ") &&
             base64_append(to, some, err) && buf_append_str(to, STR("?="), err);
    }
    return ok;
}

static bool put_subject(const Notice *notice, NoticeLanguage language, Buf *to, Error *err)
{
    BUF_AUTO Buf head = buf_init(TEXT_BYTES_MAX);
    if (!notice_format_head(notice, language, &head, err))
        return false;
    Str text = str_slice(buf_str(&head), 0, str_utf8_prefix(buf_str(&head), SUBJECT_BYTES_MAX));
    return buf_append_str(to, STR("Subject: "), err) &&
           (is_plain(text) ? buf_append_str(to, text, err) : put_encoded_words(to, text, err)) &&
           buf_append_str(to, STR("\r\n"), err);
}

static bool is_id_byte(char c)
{
    char lower = str_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
}

/* The key as an atom of RFC 5322, section 3.2.3, and the domain that the mail is from. */
static bool put_id(const Target *target, const Notice *notice, Buf *to, Error *err)
{
    Str from = str_of(target->from), key = str_of(notice->key);
    bool ok = buf_append_str(to, STR("Message-ID: <"), err);
    for (size_t i = 0; ok && i < key.len; i++)
        ok = buf_append_byte(to, is_id_byte(key.ptr[i]) ? (unsigned char)key.ptr[i] : '_', err);
    return ok && buf_printf(to, err, "@%.*s>\r\n",
                            STR_ARG(str_slice(from, str_find_byte(from, '@', 0) + 1, from.len)));
}

static bool put_header(const Target *target, const Notice *notice, NoticeLanguage language, Buf *to,
                       Error *err)
{
    bool ok = put_date(clock_now_us(), to, err) &&
              buf_printf(to, err, "From: Spoor <%s>\r\nTo: ", target->from);
    for (size_t i = 0; ok && target->to[i]; i++)
        ok = buf_printf(to, err, "%s<%s>", i ? ",\r\n " : "", target->to[i]);
    return ok && buf_append_str(to, STR("\r\n"), err) && put_subject(notice, language, to, err) &&
           put_id(target, notice, to, err) &&
           buf_append_str(to,
                          STR("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                              "Content-Type: multipart/alternative; boundary=\"=_spoor\"\r\n\r\n"),
                          err);
}

/* ---- body ---- */

/* The lines of the text as paragraphs, the first one bold, and the link as one. */
static bool put_html(const Notice *notice, Str text, Buf *to, Error *err)
{
    bool is_link =
        str_starts(notice->link, STR("https://")) || str_starts(notice->link, STR("http://"));
    bool ok = buf_append_str(to, STR("<!DOCTYPE html>\n<html><body>\n"), err);
    for (bool first = true; ok && text.len; first = false) {
        size_t end = str_find_byte(text, '\n', 0);
        ok = buf_append_str(to, first ? STR("<p><b>") : STR("<p>"), err) &&
             cell_html(str_slice(text, 0, end), to, err) &&
             buf_append_str(to, first ? STR("</b></p>\n") : STR("</p>\n"), err);
        text = str_slice(text, end + 1, text.len);
    }
    if (ok && is_link)
        ok = buf_append_str(to, STR("<p><a href=\""), err) && cell_html(notice->link, to, err) &&
             buf_append_str(to, STR("\">"), err) && cell_html(notice->id, to, err) &&
             buf_append_str(to, STR("</a></p>\n"), err);
    return ok && buf_append_str(to, STR("</body></html>\n"), err);
}

/* A part of the message, in base64: no line of it is a boundary, a dot, or too long. */
static bool put_part(Buf *to, const char *type, Str text, Error *err)
{
    BUF_AUTO Buf encoded = buf_init(2 * HTML_BYTES_MAX);
    bool ok = base64_append(&encoded, text, err) &&
              buf_printf(to, err,
                         "--=_spoor\r\nContent-Type: %s; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: base64\r\n\r\n",
                         type);
    for (size_t at = 0; ok && at < encoded.len; at += LINE_BYTES)
        ok = buf_append_str(to, str_slice(buf_str(&encoded), at, at + LINE_BYTES), err) &&
             buf_append_str(to, STR("\r\n"), err);
    return ok;
}

bool notice_mail_message(const Target *target, const Notice *notice, NoticeLanguage language,
                         Buf *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX), html = buf_init(HTML_BYTES_MAX);
    return notice_format_text(notice, language, &text, err) &&
           put_html(notice, buf_str(&text), &html, err) &&
           put_header(target, notice, language, ret, err) &&
           put_part(ret, "text/plain", buf_str(&text), err) &&
           put_part(ret, "text/html", buf_str(&html), err) &&
           buf_append_str(ret, STR("--=_spoor--\r\n"), err);
}
