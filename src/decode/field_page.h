/* field_page.h - the table of columns in docs/formats/table-cloudtrail.md, made from the fields. */
#ifndef DECODE_FIELD_PAGE_H
#define DECODE_FIELD_PAGE_H

#include "base/buf.h"

/* One Markdown row per column: dotted path, Iceberg id, type as DESCRIBE names it, the member it
 * comes from and what is special. Errors are those of *ret*: its maximum, memory. */
bool field_page(Buf *ret, Error *err) __attribute__((warn_unused_result));

#endif
