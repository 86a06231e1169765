/* saved.h - saved queries: Athena SQL with a title, the question it answers, and parameters.
 *
 * content/queries/NAME.sql begins with comment lines
 *   -- title: Who used the root user
 *   -- question: Which calls did the root user of an account make, and from where?
 *   -- group: incident response
 *   -- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
 * and goes on with one statement, in which `:account` stands for the parameter's value. A value is
 * written into the statement as a literal of its type, so it cannot become anything else; the
 * default behind = is such a literal itself, and without one the parameter must be given. Threads:
 * any; the binary's own queries are constant.
 */
#ifndef QUERY_SAVED_H
#define QUERY_SAVED_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/content.h"

enum { SAVED_PARAMETERS_MAX = 16 };

typedef struct SavedParameter {
    Str name;
    Str type;     /* varchar, integer, date or timestamp; varchar list, date list */
    Str standard; /* the default, a literal; empty: it must be given */
    Str words;    /* what it is, for people */
} SavedParameter;

typedef struct Saved {
    Str name, title, question, group;
    SavedParameter parameters[SAVED_PARAMETERS_MAX];
    uint32_t parameter_count;
    Str body; /* the statement with :names */
} Saved;

/* A value given for a parameter. */
typedef struct SavedValue {
    Str name, value;
} SavedValue;

/* Reads a saved query's text; *ret* borrows from it. ERROR_INPUT says which line is wrong. */
bool saved_read(Str name, Str text, Saved *ret, Error *err) __attribute__((warn_unused_result));

/* The binary's own query *name*, or the one at *index*; false when there is none (for a name with
 * ERROR_USAGE and the nearest one). */
bool saved_find(Str name, Saved *ret, Error *err) __attribute__((warn_unused_result));
bool saved_at(size_t index, Saved *ret);

/* Appends the statement with its values in place: plain Athena SQL. ERROR_USAGE names a parameter
 * that is missing, unknown, or has a value that is not of its type. */
bool saved_write(const Saved *saved, const SavedValue *values, size_t count, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
