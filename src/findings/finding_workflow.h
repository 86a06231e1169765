/* finding_workflow.h - what people do with a finding: its workflow, who has it, notes and history.
 *
 * NEW until somebody was told (NOTIFIED); then RESOLVED or SUPPRESSED by a person. A resolved
 * finding of which a later event comes is NEW again, and is told again (lake/state.c, the trigger
 * findings_reopened); a suppressed one stays so ("Security Hub", section 4). Each change is kept.
 */
#ifndef FINDINGS_FINDING_WORKFLOW_H
#define FINDINGS_FINDING_WORKFLOW_H

#include "base/db.h"
#include "findings/finding.h"

enum { FINDING_NOTE_MAX = 4000, FINDING_NAME_MAX = 128 };

/* NEW, NOTIFIED, RESOLVED, SUPPRESSED, as one choice of an option. */
#define FINDING_WORKFLOWS     "NEW|NOTIFIED|RESOLVED|SUPPRESSED"
#define FINDING_RECORD_STATES "ACTIVE|ARCHIVED"

/* What changes; texts without ptr stay as they are. */
typedef struct FindingChange {
    Str workflow; /* one of FINDING_WORKFLOWS */
    Str assignee; /* empty: nobody */
    Str note;
    Str author;
    int64_t at_us;
    /* What an entry of the history tells in its note. */
    Str record_state;      /* ACTIVE or ARCHIVED */
    const int *severity;   /* 0 to 100; NULL: it stays */
    const int *confidence; /* 0 to 100; NULL: it stays */
    Str user_fields; /* a JSON object of texts, whose members are put beside those there are */
} FindingChange;

/* Changes the finding that *id* means (finding_get), in the caller's transaction, and keeps that it
 * was. ERROR_USAGE when there is none, or a text is too long. */
bool finding_workflow_change(Db *db, Str id, const FindingChange *change, Error *err)
    __attribute__((warn_unused_result));

/* Somebody was told of it: NEW becomes NOTIFIED, in the caller's transaction. *id* is whole; a
 * finding that is gone is no error. */
bool finding_workflow_told(Db *db, Str id, Str target, int64_t at_us, Error *err)
    __attribute__((warn_unused_result));

/* Calls *take* for each change of the finding *id*, which is whole, the oldest first. */
typedef bool (*FindingChangeTake)(void *context, const FindingChange *change, Error *err);
bool finding_workflow_each(Db *db, Str id, FindingChangeTake take, void *context, Error *err)
    __attribute__((warn_unused_result));

#endif
