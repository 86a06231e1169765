/* slot.h - the top-level columns, numbered from 0, so that a set of them is a 64-bit mask.
 *
 * Made from field_table.h. Slots below SLOT_MEMBERS are members of a record; the ones after are
 * `extra`, hoisted copies, origin, `derived` and `sample_factor`. Constant data, safe for all
 * threads.
 */
#ifndef DECODE_SLOT_H
#define DECODE_SLOT_H

#include "decode/field.h"

/* Only fields whose parent is the record become slots. */
#define SLOT_OF_ROOT(name) S_##name,
#define SLOT_OF_USER_IDENTITY(name)
#define SLOT_OF_UI_ON_BEHALF_OF(name)
#define SLOT_OF_UI_IN_SCOPE_OF(name)
#define SLOT_OF_SESSION_CONTEXT(name)
#define SLOT_OF_SC_ATTRIBUTES(name)
#define SLOT_OF_SC_ISSUER(name)
#define SLOT_OF_SC_WEB_ID(name)
#define SLOT_OF_RESOURCES(name)
#define SLOT_OF_RESOURCE(name)
#define SLOT_OF_ADDENDUM(name)
#define SLOT_OF_TLS_DETAILS(name)
#define SLOT_OF_DERIVED(name)
#define SLOT_OF_D_THREAT_LISTS(name)

typedef enum {
#define FIELD(name, parent, id, type, column, member, flags) SLOT_OF_##parent(name)
#include "decode/field_table.h"
#undef FIELD
    SLOT_COUNT,
    SLOT_MEMBERS = S_EXTRA,
    SLOT_NONE = 255,
} Slot;

_Static_assert(SLOT_COUNT <= 64, "a set of slots is one 64-bit word");

/* The field of each slot. */
extern const FieldNode SLOT_FIELDS[SLOT_COUNT];

/* The slot's bit in a set. */
#define SLOT_BIT(slot) ((uint64_t)1 << (slot))

/* The slot of the top-level member *name* (exact), or SLOT_NONE. *name* may be any bytes. */
Slot slot_of_member(Str name);

#endif
