#include "decode/slot.h"

#include <string.h>

#undef SLOT_OF_ROOT
#define SLOT_OF_ROOT(name) [S_##name] = F_##name,

const FieldNode SLOT_FIELDS[SLOT_COUNT] = {
#define FIELD(name, parent, id, type, column, member, flags) SLOT_OF_##parent(name)
#include "decode/field_table.h"
#undef FIELD
};

/* Members by length and one byte: most names are told from all others by these two. */
static Slot search(Str name)
{
    for (unsigned slot = 0; slot < SLOT_MEMBERS; slot++)
        if (str_equal(FIELDS[SLOT_FIELDS[slot]].member, name))
            return (Slot)slot;
    return SLOT_NONE;
}

Slot slot_of_member(Str name)
{
    return name.len ? search(name) : SLOT_NONE;
}
