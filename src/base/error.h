/* error.h - an error as a value: its kind is a policy, its text is one line for the operator.
 *
 * A function that can fail returns false and fills the caller's Error once, where the failure
 * happened; callers add context or handle it. Nothing here logs or exits. Thread safe: an Error
 * belongs to the caller that made it.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* What a failure asks of the caller; one policy each. */
typedef enum {
    ERROR_NONE,   /* no failure */
    ERROR_INPUT,  /* bad bytes from outside: quarantine them and go on */
    ERROR_LIMIT,  /* a declared ceiling was reached: refuse */
    ERROR_ACCESS, /* the operator must change a permission or a path */
    ERROR_BUSY,   /* somebody else holds it: retry with back-off */
    ERROR_SYSTEM, /* the machine failed: stop the stage */
    ERROR_USAGE,  /* the command line or the configuration is wrong */
} ErrorKind;

enum { ERROR_TEXT_MAX = 1024 };

typedef struct Error {
    ErrorKind kind;
    char text[ERROR_TEXT_MAX];
} Error;

/* Declares an Error whose text nobody reads: to clear all of it takes longer than most look-ups. */
#define ERROR_UNREAD(name)                                                                         \
    Error name;                                                                                    \
    (name).kind = ERROR_NONE

/* Fills *err* with a kind and a one-line text; control characters of the text become '?'.
 * Always returns false, so that `return error_set(...)` ends a function. */
bool error_set(Error *err, ErrorKind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the words of the current errno behind the text. The kind follows
 * from errno: EACCES, EPERM, ENOENT, EROFS are ERROR_ACCESS, the rest ERROR_SYSTEM. */
bool error_errno(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a context and ": " before the text of an error that is set already. Returns false. */
bool error_context(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes *err* say that nothing failed. */
void error_clear(Error *err);

/* The kind's word in messages and JSON, such as "input". Never NULL. */
const char *error_kind_name(ErrorKind kind);

#endif
