/* str.h - a borrowed piece of text: pointer and length, passed by value, not NUL-terminated. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

/* A literal as a Str. */
#define STR(literal) ((Str){(literal), sizeof(literal) - 1})

/* The two arguments that "%.*s" takes. */
#define STR_ARG(s) (int)(s).len, (s).ptr

/* The text up to its NUL; NULL gives the empty text. */
Str str_of(const char *text);

/* Same bytes. */
bool str_equal(Str a, Str b);

/* An ASCII capital as its small letter; any other byte as it is. */
char str_lower(char c);

/* Same bytes but for ASCII case. */
bool str_equal_nocase(Str a, Str b);

/* Byte order, a shorter text before its extensions: < 0, 0, > 0. */
int str_compare(Str a, Str b);

/* *text* begins or ends with *part*. */
bool str_starts(Str text, Str part);
bool str_ends(Str text, Str part);

/* Index of the first *byte* at or after *from*, or text.len when there is none. */
size_t str_find_byte(Str text, char byte, size_t from);

/* Whether *name* stands in *text*, of SQL, with nothing beside it that could belong to a name: a
 * letter, digit, '_' or '$'. Quotes are not looked at. */
bool str_has_name(Str text, Str name);

/* Bytes [from, to) of *text*, both cut to its length. */
Str str_slice(Str text, size_t from, size_t to);

/* What follows the last '/' of a path or URI; all of it when there is none. */
Str str_base_name(Str path);

/* Whether *text* is as *pattern* says: '*' stands for any bytes, '?' for one. */
bool str_matches(Str pattern, Str text);

/* Without ASCII white space at both ends. */
Str str_trim(Str text);

/* The text as an unsigned decimal number: digits only, no overflow. False leaves *ret* alone. */
bool str_to_u64(Str text, uint64_t *ret);

/* How many single-character edits lead from *a* to *b*, at most 64 characters looked at; used to
 * suggest the key that an operator meant. */
size_t str_distance(Str a, Str b);

/* Length of the longest prefix of *text* that is at most *bytes_max* bytes and does not cut a
 * UTF-8 sequence. */
size_t str_utf8_prefix(Str text, size_t bytes_max);

#endif
