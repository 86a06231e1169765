/* report_words.h - the words of reports, in each language: one catalogue. Constant. */
#ifndef REPORT_REPORT_WORDS_H
#define REPORT_REPORT_WORDS_H

#include "base/str.h"

typedef enum { REPORT_ENGLISH, REPORT_KOREAN, REPORT_LANGUAGES } ReportLanguage;

typedef enum {
#define WORD(name, english, korean) REPORT_WORD_##name,
#include "report/report_words_table.h"
#undef WORD
    REPORT_WORD_COUNT
} ReportWord;

/* "en" or "ko"; English for anything else. */
ReportLanguage report_words_language(Str code);

/* UTF-8. Never NULL. */
const char *report_words_text(ReportLanguage language, ReportWord word);

/* The word that a state or a check is stored as, "attention" or "no_gaps"; REPORT_WORD_COUNT when
 * it is none. */
ReportWord report_words_find(Str name);

#endif
