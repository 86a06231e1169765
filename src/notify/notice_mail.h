/* notice_mail.h - a notice as an e-mail: text and HTML, the subject, and who it is from.
 *
 * notice -> [notice_mail] -> courier
 *
 * Nothing of a log can make a header or markup: bodies are base64, the subject is one line of ASCII
 * or of encoded words (RFC 2047), and HTML is escaped.
 */
#ifndef NOTIFY_NOTICE_MAIL_H
#define NOTIFY_NOTICE_MAIL_H

#include "base/buf.h"
#include "notify/notice.h"
#include "notify/notice_words.h"
#include "notify/targets.h"

/* Appends the message (RFC 5322, lines end with CR LF) from and to whom *target* says, dated now.
 * Its Message-ID is made of the notice's key: the same however often it is sent. */
bool notice_mail_message(const Target *target, const Notice *notice, NoticeLanguage language,
                         Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
