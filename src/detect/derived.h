/* derived.h - the member `derived` of a record, worked out when a rule asks for it.
 *
 * derive -> [derived] -> rules. One worker owns a Derived; the lookups are shared.
 */
#ifndef DETECT_DERIVED_H
#define DETECT_DERIVED_H

#include "derive/derive.h"
#include "detect/document.h"

typedef struct Derived Derived;

/* Over *derive*, of which it keeps a reference. NULL with *err*. */
Derived *derived_new(Derive *derive, Error *err) __attribute__((warn_unused_result));
void derived_free(Derived *derived);

/* The JSON object of the members that are known of the event in *document*; it lives until the next
 * call. Empty when memory ran out. */
Str derived_write(Derived *derived, Document *document);

/* The members of a record that decide the derived one called *name* ("country": sourceIPAddress);
 * 0 when it is none, or many decide. */
uint64_t derived_needs(Str name);

/* Whether what stands at *member* of a record may decide the value at *path*, which lies below
 * `derived` ("derived.principal"); false for other paths. */
bool derived_reads(Str path, Str member);

#endif
