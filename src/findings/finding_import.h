/* finding_import.h - files and messages with findings of other products, whatever they are wrapped
 * in.
 *
 * file, queue, push, cloud/finding_pages -> [finding_import] -> finding_given
 *
 * Known: ASFF and GuardDuty's findings alone, in arrays, one a line, under "Findings" (get-findings
 * of both), and in EventBridge's "Security Hub Findings - ..." and "GuardDuty Finding"
 * ("Security Hub", section 2; "GuardDuty", sections 4 and 5).
 */
#ifndef FINDINGS_FINDING_IMPORT_H
#define FINDINGS_FINDING_IMPORT_H

#include "base/json.h"
#include "findings/automation.h"

typedef struct FindingImportReport {
    int64_t read, added, updated, ignored, bad;
} FindingImportReport;

typedef struct FindingImport {
    Db *db;
    const char *name; /* of the file, in messages */
    /* Told what is wrong with an item, a line each; the others go on. */
    void (*tell)(void *context, const char *line);
    void *context;
    Automation *automation;     /* rules for findings; NULL: none */
    FindingImportReport report; /* added to */
} FindingImport;

/* Stores the findings of *text* in the caller's transaction. False with *err* when the state fails;
 * what cannot be read is told and counted as bad. */
bool finding_import_text(FindingImport *import, Str text, Error *err)
    __attribute__((warn_unused_result));

/* As finding_import_text, for an array that was read already; *place* says in messages where it
 * stood ("page 3"). */
bool finding_import_list(FindingImport *import, const Json *list, const char *place, Error *err)
    __attribute__((warn_unused_result));

#endif
