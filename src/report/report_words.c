#include "report/report_words.h"

static const struct {
    const char *name, *texts[REPORT_LANGUAGES];
} WORDS[REPORT_WORD_COUNT] = {
#define WORD(name, english, korean) [REPORT_WORD_##name] = {#name, {english, korean}},
#include "report/report_words_table.h"
#undef WORD
};

ReportLanguage report_words_language(Str code)
{
    return str_equal(code, STR("ko")) ? REPORT_KOREAN : REPORT_ENGLISH;
}

const char *report_words_text(ReportLanguage language, ReportWord word)
{
    return WORDS[word].texts[language];
}

ReportWord report_words_find(Str name)
{
    int word = 0;
    while (word < REPORT_WORD_COUNT && !str_equal_nocase(name, str_of(WORDS[word].name)))
        word++;
    return (ReportWord)word;
}
