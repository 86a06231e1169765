/* notice_syslog.h - a notice as a message of syslog (RFC 5424).
 *
 * notice -> [notice_syslog] -> courier
 */
#ifndef NOTIFY_NOTICE_SYSLOG_H
#define NOTIFY_NOTICE_SYSLOG_H

#include "base/buf.h"
#include "notify/notice.h"
#include "notify/notice_words.h"

/* Appends the message with its length and a blank before it (RFC 5425, section 4.3.1). *host* is
 * the sender's name. The facility is 13, log audit; id, rule, account, level and key are structured
 * data; the rest is one line of UTF-8, cut at 4096 bytes. */
bool notice_syslog_frame(const Notice *notice, NoticeLanguage language, Str host, Buf *ret,
                         Error *err) __attribute__((warn_unused_result));

#endif
