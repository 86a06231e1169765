/* notice_format.h - a notice as each kind of target takes it.
 *
 * notice -> [notice_format] -> courier
 *
 * Texts of a notice come from logs: they are made one line, cut, and escaped for where they stand.
 */
#ifndef NOTIFY_NOTICE_FORMAT_H
#define NOTIFY_NOTICE_FORMAT_H

#include "base/buf.h"
#include "notify/notice.h"
#include "notify/notice_words.h"
#include "notify/targets.h"

/* Appends the body that is sent to *target*: JSON, for TARGET_FILE with a line end. Not for
 * TARGET_EXEC. */
bool notice_format_body(const Target *target, const Notice *notice, NoticeLanguage language,
                        Buf *ret, Error *err) __attribute__((warn_unused_result));

/* Appends the words of a program, a NUL behind each, with what {title}, {level}, {id}, {key},
 * {account}, {principal}, {rule}, {link} and {text} stand for in them; a word stays one, whatever
 * comes into it. */
bool notice_format_words(const Target *target, const Notice *notice, NoticeLanguage language,
                         Buf *ret, Error *err) __attribute__((warn_unused_result));

/* Appends its first line, "[high] TITLE", without a line end. */
bool notice_format_head(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the notice as lines for a person: what, who, where, when, the facts, a link. */
bool notice_format_text(const Notice *notice, NoticeLanguage language, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
