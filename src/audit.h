/* audit.h - the audit report of a lake for a period, as a document, and its signature.
 *
 * lake, ledger, configuration -> [audit] -> report/
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/config.h"
#include "lake/lake.h"
#include "report/report.h"

typedef enum { AUDIT_HTML, AUDIT_PDF, AUDIT_JSON, AUDIT_CSV, AUDIT_FORMATS } AuditFormat;

/* "html" and the like, which also end the names of files. */
const char *audit_format_word(AuditFormat format);

typedef struct AuditOptions {
    const Config *config; /* borrowed */
    ReportLanguage language;
    int64_t since_us, until_us; /* the period, [since, until) */
    Str period;                 /* its name: "2026-10" */
} AuditOptions;

/* What "2026-10" means in the zone of display; ERROR_USAGE when it is no month. */
bool audit_month(Str text, int64_t *ret_since_us, int64_t *ret_until_us, Error *err)
    __attribute__((warn_unused_result));

/* The last month that has ended, as "2026-10". */
void audit_last_month(char ret[8]);

/* Gathers what the report says of *lake*, opened for reading, in *arena*. */
bool audit_gather(const AuditOptions *options, Lake *lake, Arena *arena, Report *ret, Error *err)
    __attribute__((warn_unused_result));

/* Appends the report in a format. */
bool audit_write(const Report *report, AuditFormat format, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
