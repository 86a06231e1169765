/* yaml_write.h - text and JSON trees as YAML that reads back the same.
 *
 * Block style, as people write it: plain where that is safe, else in quotes. Everything that YAML
 * forbids or reads as something else is escaped. Any thread.
 */
#ifndef BASE_YAML_WRITE_H
#define BASE_YAML_WRITE_H

#include "base/buf.h"
#include "base/json.h"

/* Names that are longer cannot be keys of a block map. */
enum { YAML_NAME_BYTES_MAX = 1000 };

/* Appends *text* as a scalar on one line that reads as a text again, never as a number, date or
 * boolean; bytes that are not UTF-8 become U+FFFD. */
bool yaml_write_text(Buf *out, Str text, Error *err) __attribute__((warn_unused_result));

/* Appends what stands behind "name:" or "-": a scalar on the same line, or an indented block below.
 * *indent* is that of the block. ERROR_LIMIT for a name of more than YAML_NAME_BYTES_MAX. Nesting
 * uses stack: the tree was read under a ceiling. */
bool yaml_write_value(Buf *out, const Json *value, unsigned indent, Error *err)
    __attribute__((warn_unused_result));

/* Appends the members of an object as lines "name: value" with *indent*. */
bool yaml_write_members(Buf *out, const Json *object, unsigned indent, Error *err)
    __attribute__((warn_unused_result));

#endif
