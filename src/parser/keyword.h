/* keyword.h - the words that the grammar of statements knows (keyword_table.h). Thread safe. */
#ifndef PARSER_KEYWORD_H
#define PARSER_KEYWORD_H

#include "base/str.h"

typedef enum {
    KEYWORD_NONE,
#define WORD(keyword)     KEYWORD_##keyword,
#define RESERVED(keyword) KEYWORD_##keyword,
#include "parser/keyword_table.h"
#undef WORD
#undef RESERVED
    KEYWORDS
} Keyword;

/* The keyword that *word* is, in any case of letters; KEYWORD_NONE when it is none. */
Keyword keyword_find(Str word);

/* In capitals, as messages write it; "" for KEYWORD_NONE. */
const char *keyword_name(Keyword keyword);

/* The word is a name only in quotes. */
bool keyword_is_reserved(Keyword keyword);

#endif
