#include "audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "audit_facts.h"
#include "base/amount.h"
#include "base/clock.h"
#include "base/timestamp.h"
#include "report/report_write.h"

enum { MONTHS = 12 };

static const struct {
    const char *word;
    bool (*write)(const Report *report, Buf *to, Error *err);
} FORMATS[AUDIT_FORMATS] = {[AUDIT_HTML] = {"html", report_write_html},
                            [AUDIT_PDF] = {"pdf", report_write_pdf},
                            [AUDIT_JSON] = {"json", report_write_json},
                            [AUDIT_CSV] = {"csv", report_write_csv}};

const char *audit_format_word(AuditFormat format)
{
    return FORMATS[format].word;
}

bool audit_write(const Report *report, AuditFormat format, Buf *ret, Error *err)
{
    return FORMATS[format].write(report, ret, err);
}

/* ---- months ---- */

static bool first_of(int year, int month, int64_t *ret_us, Error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%04d-%02d-01", year, month);
    return timestamp_parse_operator(str_of(text), ret_us, err);
}

bool audit_month(Str text, int64_t *ret_since_us, int64_t *ret_until_us, Error *err)
{
    uint64_t year, month;
    bool ok = text.len == 7 && text.ptr[4] == '-' && str_to_u64(str_slice(text, 0, 4), &year) &&
              str_to_u64(str_slice(text, 5, 7), &month) && year >= 1970 && month >= 1 &&
              month <= MONTHS;
    if (!ok)
        return error_set(err, ERROR_USAGE, "'%.*s' is no month such as 2026-10",
                         STR_ARG(str_slice(text, 0, 20)));
    int next = month == MONTHS ? 1 : (int)month + 1;
    return first_of((int)year, (int)month, ret_since_us, err) &&
           first_of((int)year + (next == 1), next, ret_until_us, err);
}

void audit_last_month(char ret[8])
{
    char now[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(clock_now_us(), now);
    int year = (now[0] - '0') * 1000 + (now[1] - '0') * 100 + (now[2] - '0') * 10 + now[3] - '0';
    int month = (now[5] - '0') * 10 + now[6] - '0';
    bool january = month == 1;
    snprintf(ret, 8, "%04u-%02u", (unsigned)(year - january) % 10000u,
             (unsigned)(january ? MONTHS : month - 1) % 100u);
}

/* ---- the report ---- */

bool audit_gather(const AuditOptions *options, Lake *lake, Arena *arena, Report *ret, Error *err)
{
    *ret = (Report){.language = options->language,
                    .since_us = options->since_us,
                    .until_us = options->until_us,
                    .made_us = clock_now_us(),
                    .period = options->period};
    const AuditFacts facts = {options, lake, arena};
    return audit_facts_make(&facts, &ret->lake, err) &&
           report_fill(ret, REPORT_AUDIT, lake->db, arena, err);
}
