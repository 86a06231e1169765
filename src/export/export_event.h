/* export_event.h - what a format needs to know of a record that leaves.
 *
 * Accounts, regions and days become names of folders: of those nothing else may be made.
 */
#ifndef EXPORT_EXPORT_EVENT_H
#define EXPORT_EXPORT_EVENT_H

#include "base/json.h"

enum { EXPORT_DAY_BYTES = 9 };

typedef struct ExportEvent {
    Str text;         /* the record, JSON */
    const Json *root; /* the same, read */
    Str id; /* eventID, of an insight with its state, since start and end share one; never empty */
    Str account;                /* 12 digits, of the recipient, else of the caller; or "unknown" */
    Str region;                 /* lower case, digits and '-'; or "unknown" */
    Str tag;                    /* the folder of its category, "CloudTrail-Insight" */
    Str time;                   /* eventTime as written, or the beginning of what was aggregated */
    char day[EXPORT_DAY_BYTES]; /* "20261124", of that; zeros when it is no time */
} ExportEvent;

/* Reads a record, the tree and texts in *arena*. ERROR_INPUT when it is no object. */
bool export_event_read(Str text, Arena *arena, ExportEvent *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
