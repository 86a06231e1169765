/* search_field.h - where the values of a field stand in the table `cloudtrail`.
 *
 * A field is named as in the record (`userIdentity.arn`, `requestParameters.bucketName`), or by its
 * column (`useridentity.arn`, `accesskey_id`); names of columns in any case, others exactly.
 * Threads: any; nothing is kept.
 */
#ifndef SEARCH_SEARCH_FIELD_H
#define SEARCH_SEARCH_FIELD_H

#include "base/buf.h"
#include "decode/field.h"

enum { SEARCH_PATH_BYTES = 1024 };

typedef struct SearchField {
    FieldNode node;               /* F_ROOT: no column has it */
    Str rest;                     /* path within a column of JSON */
    bool member;                  /* of the record, else only of the table */
    bool known_top;               /* its first name is a member of the record or a column */
    char path[SEARCH_PATH_BYTES]; /* as the record names it, for what no column takes */
} SearchField;

/* Finds *name*; texts of *ret* point into it. ERROR_USAGE when it is too long. */
bool search_field_find(Str name, SearchField *ret, Error *err) __attribute__((warn_unused_result));

/* The known name that is nearest to *name*; empty when none is near. */
Str search_field_suggest(Str name);

/* Appends the field's value as an expression of SQL: a column, or texts of JSON joined by ", ". */
bool search_field_select(Str name, Buf *sql, Error *err) __attribute__((warn_unused_result));

#endif
