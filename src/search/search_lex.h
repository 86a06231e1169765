/* search_lex.h - terms, phrases and names of a search's text, read where the parser stands.
 *
 * What a character means depends on the place: a ':' ends a field's name and stands in a value.
 * Used by search_parse.c and search_value.c alone; one thread.
 */
#ifndef SEARCH_SEARCH_LEX_H
#define SEARCH_SEARCH_LEX_H

#include "base/arena.h"
#include "search/search_tree.h"

/* A reading under way. */
typedef struct SearchReading {
    Str text;
    size_t at;
    uint32_t nodes, depth;
    Arena *arena;
    Place *culprit;
    Error *err;
} SearchReading;

/* Fills the error once, with the place [from, to) of the text; false. */
bool search_lex_fail(SearchReading *in, size_t from, size_t to, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Passes over blanks; whether nothing is left. */
void search_lex_space(SearchReading *in);
bool search_lex_end(const SearchReading *in);

/* The byte *ahead* of here, '\0' behind the end. */
char search_lex_peek(const SearchReading *in, size_t ahead);

/* Takes *word* when it stands here. */
bool search_lex_take(SearchReading *in, const char *word);

/* Takes "and", "or" or "not" in any case, where nothing but a space or parenthesis follows. */
bool search_lex_word(SearchReading *in, const char *word);

/* A term, which is not empty, up to what cannot be part of it; with *name* a ':' ends it, as do
 * comparisons. *ret_raw* is how it is written, backslashes included. False with the error. */
bool search_lex_term(SearchReading *in, bool name, Str *ret_raw);

/* What stands between here, at *quote*, and the next one that no backslash protects. */
bool search_lex_quoted(SearchReading *in, char quote, Str *ret_raw);

/* *raw* without its backslashes; NULL bytes pointer with the error. */
bool search_lex_plain(SearchReading *in, Str raw, Str *ret);

/* Whether *raw* has a * or ? that no backslash protects. */
bool search_lex_has_wildcard(Str raw);

/* Refuses what may not stand behind a term: ~ and ^. */
bool search_lex_refuse_suffix(SearchReading *in);

#endif
