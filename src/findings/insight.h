/* insight.h - grouped counts of findings, as files ask for them: Security Hub's insights.
 *
 * files of findings.insights, content/insights -> [insight] -> findings insights
 *
 * ("Security Hub", sections 3.1 and 4.) An insight is a YAML document:
 *   name, title
 *   filters: as the criteria of a rule for findings (automation.h); without any, all findings
 *   group_by: a field of automation.h; of a map FIELD.KEY
 *
 * A finding counts once for each value that it has; one without a value is in no group. One thread.
 */
#ifndef FINDINGS_INSIGHT_H
#define FINDINGS_INSIGHT_H

#include "findings/automation.h"

enum { INSIGHTS_MAX = 200 };

typedef struct Insight {
    Str name, title, file;
    uint32_t line;
    Criteria filters;
    uint32_t field;
    Str key;      /* of a map */
    Str group_by; /* as it is written */
} Insight;

typedef struct InsightSet InsightSet;

/* Those that ship, and those of *path* (a file, or the *.yml and *.yaml at or below a folder; "":
 * none), which stand for a shipped one of the same name. ERROR_INPUT names file and line. NULL with
 * *err*; the caller frees. */
InsightSet *insight_open(const char *path, Error *err) __attribute__((warn_unused_result));
void insight_free(InsightSet *set);

/* Them, by name. */
size_t insight_count(const InsightSet *set);
const Insight *insight_at(const InsightSet *set, size_t index);

/* The index of the insight *name*; their number when there is none. */
size_t insight_find(const InsightSet *set, Str name);

typedef struct InsightGroup {
    Str value;
    int64_t count;
} InsightGroup;

/* What an insight says. */
typedef struct InsightResult {
    int64_t findings;     /* that its filters take */
    InsightGroup *groups; /* the largest first, then by value */
    size_t count;
} InsightResult;

/* Which insights, [first, end), of which findings. */
typedef struct InsightQuestion {
    const InsightSet *set;
    size_t first, end;
    FindingQuery findings;
} InsightQuestion;

/* Fills *ret*, one for each insight asked, in *arena*. */
bool insight_ask(const InsightQuestion *question, Db *db, Arena *arena, InsightResult *ret,
                 Error *err) __attribute__((warn_unused_result));

#endif
