/* notice_words.h - the words of messages, in each language: one catalogue. Constant. */
#ifndef NOTIFY_NOTICE_WORDS_H
#define NOTIFY_NOTICE_WORDS_H

#include "base/str.h"

typedef enum { NOTICE_ENGLISH, NOTICE_KOREAN, NOTICE_LANGUAGES } NoticeLanguage;

typedef enum {
#define WORD(name, english, korean) WORD_##name,
#include "notify/notice_words_table.h"
#undef WORD
    WORD_COUNT
} NoticeWord;

/* "en" or "ko"; English for anything else. */
NoticeLanguage notice_words_language(Str code);

/* UTF-8. Never NULL. */
const char *notice_words_text(NoticeLanguage language, NoticeWord word);

/* The word for a level of rules: "high", "높음". */
const char *notice_words_level(NoticeLanguage language, int level);

#endif
