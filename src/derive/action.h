/* action.h - what a call does: reads, lists, writes, changes permissions or tags.
 *
 * decode -> [derive] -> detect. AWS's IAM access levels are the model; action_table.h holds the
 * names that decide, the rest follows from readOnly and the verb. Pure functions; any thread.
 */
#ifndef DERIVE_ACTION_H
#define DERIVE_ACTION_H

#include "base/str.h"

typedef enum {
    ACTION_NONE, /* no eventName */
    ACTION_READ,
    ACTION_LIST,
    ACTION_WRITE,
    ACTION_PERMISSIONS,
    ACTION_TAGGING,
} ActionClass;

/* The class of a call. *source* is the eventSource, *name* the eventName, of which a date of the
 * API and its version at the end (CreateFunction20150331v2) are passed over; *read_only* is "true"
 * or "false", or absent (NULL ptr), where the verb decides instead. Taking on a role is a write,
 * as AWS says, though its records have readOnly true. */
ActionClass action_class(Str source, Str name, Str read_only);

/* "read", "list", "write", "permissions", "tagging"; NULL of ACTION_NONE. */
const char *action_name(ActionClass action);

#endif
