#include "notify/notice_words.h"

static const char *const WORDS[WORD_COUNT][NOTICE_LANGUAGES] = {
#define WORD(name, english, korean) [WORD_##name] = {english, korean},
#include "notify/notice_words_table.h"
#undef WORD
};

NoticeLanguage notice_words_language(Str code)
{
    return str_equal(code, STR("ko")) ? NOTICE_KOREAN : NOTICE_ENGLISH;
}

const char *notice_words_text(NoticeLanguage language, NoticeWord word)
{
    return WORDS[word][language];
}

const char *notice_words_level(NoticeLanguage language, int level)
{
    return WORDS[WORD_LEVEL_NONE + level][language];
}
