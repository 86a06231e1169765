/* audit_facts.h - what an audit report says that is not in the state: temporary tables beside it
 * (report/report_audit.c). Internal to audit.c.
 */
#ifndef AUDIT_FACTS_H
#define AUDIT_FACTS_H

#include "audit.h"

typedef struct AuditFacts {
    const AuditOptions *options;
    Lake *lake;
    Arena *arena;
} AuditFacts;

/* Makes and fills the tables on the lake's connection, in place of those of the report before.
 * *ret_lake* is the lake's UUID, in the arena. */
bool audit_facts_make(const AuditFacts *facts, Str *ret_lake, Error *err)
    __attribute__((warn_unused_result));

/* report_access and report_changes, and of report_facts the numbers of events: what records say. */
bool audit_facts_of_records(const AuditFacts *facts, Error *err)
    __attribute__((warn_unused_result));

/* Adds a row of report_facts; *result* NULL: none. */
bool audit_facts_add(const AuditFacts *facts, const char *section, const char *item, Str value,
                     const char *result, Error *err) __attribute__((warn_unused_result));

#endif
