/* config_document.h - a mapping in spoor.yml that is kept as it stands there, for a reader of its
 * own, as an element of a list.
 *
 * yaml -> config_list -> [config_document] -> config -> filter
 *
 * An element is one line: U+0001, the line and the column where the mapping begins, and its text,
 * with U+0001 for each line end. YAML takes that character nowhere, so no other element has it. */
#ifndef BASE_CONFIG_DOCUMENT_H
#define BASE_CONFIG_DOCUMENT_H

#include "base/buf.h"
#include "base/error.h"

/* Where a mapping stands: line and column of its begin, from 0, and its characters [from, to) of
 * the file, as libyaml counts them. */
typedef struct ConfigDocumentPlace {
    size_t line, column, from, to;
} ConfigDocumentPlace;

/* Appends the element of the mapping at *place* in *source*, without an end of line. ERROR_USAGE
 * when the file is UTF-16. */
bool config_document_write(Buf *out, Str source, const ConfigDocumentPlace *place, Error *err)
    __attribute__((warn_unused_result));

/* Whether an element is such a mapping; else it is a text. */
bool config_document_is(Str item);

/* Appends it as YAML, whose lines and columns are those of the file. False with *err*: memory. */
bool config_document_read(Str item, Buf *out, Error *err) __attribute__((warn_unused_result));

#endif
