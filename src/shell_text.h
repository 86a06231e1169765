/* shell_text.h - what was typed so far, cut into statements.
 *
 * terminal -> shell_line -> [shell_text] -> worker. A statement ends at a ';' outside quotes and
 * comments; the lexer of statements says where those are. Thread safe: nothing is shared.
 */
#ifndef SHELL_TEXT_H
#define SHELL_TEXT_H

#include "base/buf.h"

typedef enum {
    SHELL_TEXT_BLANK, /* nothing but white space and comments */
    SHELL_TEXT_OPEN,  /* a statement that goes on */
    SHELL_TEXT_WHOLE, /* a statement, perhaps an empty one, with its ';' */
} ShellTextState;

typedef struct ShellText {
    ShellTextState state;
    size_t begin, end; /* of a whole statement: bytes [begin, end), the ';' among them */
} ShellText;

/* Looks for the first statement of *text*. */
bool shell_text_next(Str text, ShellText *ret, Error *err) __attribute__((warn_unused_result));

/* Appends a statement as one line: white space with a line break in it, and comments, become one
 * space. Line breaks inside quotes stay. */
bool shell_text_join(Str statement, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
