/* keyword.c - the words of keyword_table.h are looked up. */
#include "parser/keyword.h"

#include <stdlib.h>

static const char *const NAMES[KEYWORDS] = {
    "",
#define WORD(keyword)     #keyword,
#define RESERVED(keyword) #keyword,
#include "parser/keyword_table.h"
#undef WORD
#undef RESERVED
};

static const bool IS_RESERVED[KEYWORDS] = {
#define WORD(keyword)     [KEYWORD_##keyword] = false,
#define RESERVED(keyword) [KEYWORD_##keyword] = true,
#include "parser/keyword_table.h"
#undef WORD
#undef RESERVED
};

enum { WORD_BYTES_MAX = 32 };

static int compare(const void *word, const void *name)
{
    return str_compare(*(const Str *)word, str_of(*(const char *const *)name));
}

Keyword keyword_find(Str word)
{
    char capitals[WORD_BYTES_MAX];
    if (word.len > sizeof capitals)
        return KEYWORD_NONE;
    for (size_t i = 0; i < word.len; i++)
        capitals[i] =
            word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ? (char)(word.ptr[i] - 32) : word.ptr[i];
    Str key = {capitals, word.len};
    const char *const *found = bsearch(&key, NAMES + 1, KEYWORDS - 1, sizeof *NAMES, compare);
    return found ? (Keyword)(found - NAMES) : KEYWORD_NONE;
}

const char *keyword_name(Keyword keyword)
{
    return NAMES[keyword];
}

bool keyword_is_reserved(Keyword keyword)
{
    return IS_RESERVED[keyword];
}
