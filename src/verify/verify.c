#include "verify/verify.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "verify/walk.h"

/* A digest of the last hour asked for ends in the next. */
#define HOUR_US INT64_C(3600000000)

/* What a look at all logs needs. */
typedef struct LogLook {
    const VerifyOptions *options;
    Coverage *coverage;
    VerifyReport *report;
} LogLook;

static int64_t add_hour(int64_t us)
{
    return us > INT64_MAX - HOUR_US ? INT64_MAX : us + HOUR_US;
}

static bool is_chosen(const VerifyOptions *options, const LogName *name)
{
    return (!options->account.len || str_equal(options->account, name->account)) &&
           (!options->region.len || str_equal(options->region, name->region)) &&
           name->delivered_us >= options->since_us && name->delivered_us < options->until_us;
}

/* A log that no valid digest lists is remarked. */
static bool look_at_log(void *context, Str bucket, Str key, Error *err)
{
    const LogLook *look = context;
    const VerifyOptions *options = look->options;
    LogName name;
    if (!object_name_log(key, &name) || !is_chosen(options, &name))
        return true;
    bool covered = coverage_covers(look->coverage, name.account, name.region, name.delivered_us);
    if (coverage_has_log(look->coverage, bucket, key))
        return true;
    Remark remark = covered ? REMARK_LOG_NOT_LISTED : REMARK_LOG_NOT_COVERED;
    const VerifyEvent event = {
        .kind = VERIFY_REMARK, .remark = remark, .bucket = bucket, .key = key, .detail = ""};
    return look->report->remarks[remark]++ >= VERIFY_REMARKS_TOLD_MAX ||
           options->event(options->context, &event, err);
}

static bool remark_overdue(const LogLook *look, Error *err)
{
    CoverageOverdue overdue;
    size_t at = 0;
    while (coverage_overdue(look->coverage, &at, &overdue)) {
        char detail[256], digest[TIMESTAMP_TEXT_BYTES], log[TIMESTAMP_TEXT_BYTES];
        timestamp_format(overdue.digest_us, digest);
        timestamp_format(overdue.log_us, log);
        snprintf(detail, sizeof detail, "%.*s %.*s: it ends %s, a log was delivered %s",
                 STR_ARG(str_slice(overdue.account, 0, 32)),
                 STR_ARG(str_slice(overdue.region, 0, 32)), digest, log);
        const VerifyEvent event = {.kind = VERIFY_REMARK,
                                   .remark = REMARK_DIGEST_OVERDUE,
                                   .bucket = STR(""),
                                   .key = STR(""),
                                   .detail = detail};
        look->report->remarks[REMARK_DIGEST_OVERDUE]++;
        if (!look->options->event(look->options->context, &event, err))
            return false;
    }
    return true;
}

/* Logs that digests do not know; only where a whole account and region is looked at. */
static bool look_at_logs(const VerifyOptions *options, Coverage *coverage, VerifyReport *report,
                         Error *err)
{
    LogLook look = {options, coverage, report};
    if (options->trail.len)
        return true;
    return options->store->list(options->store->context, look_at_log, &look, err) &&
           remark_overdue(&look, err);
}

static bool walk_all(const VerifyOptions *options, const Catalogue *catalogue, Coverage *coverage,
                     VerifyReport *report, Error *err)
{
    Window *window = window_new(options, coverage, report, err);
    bool ok = window != NULL;
    const WalkTools tools = {options, catalogue, coverage, window, report};
    for (size_t i = 0; ok && i < catalogue_chains(catalogue); i++)
        ok = walk_chain(&tools, catalogue_chain(catalogue, i), err);
    window_free(window);
    return ok && look_at_logs(options, coverage, report, err);
}

bool verify_run(const VerifyOptions *options, VerifyReport *ret, Error *err)
{
    const CatalogueChoice choice = {options->account, options->region, options->trail,
                                    options->since_us, add_hour(options->until_us)};
    *ret = (VerifyReport){.found_from_us = INT64_MAX, .found_to_us = INT64_MIN};
    Catalogue *catalogue = catalogue_new(&choice, err);
    Coverage *coverage = catalogue ? coverage_new(err) : NULL;
    bool ok =
        coverage && options->store->list(options->store->context, catalogue_visit, catalogue, err);
    if (ok) {
        catalogue_sort(catalogue);
        ok = walk_all(options, catalogue, coverage, ret, err);
    }
    coverage_free(coverage);
    catalogue_free(catalogue);
    return ok;
}
