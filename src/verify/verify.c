#include "verify/verify.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "verify/walk.h"

/* A digest of the last hour asked for ends in the next. */
#define HOUR_US INT64_C(3600000000)

/* What a look at the store's files needs. */
typedef struct Look {
    const VerifyOptions *options;
    Catalogue *catalogue;
    Coverage *coverage;
    VerifyReport *report;
} Look;

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

/* Of the first look: digests by their chains, logs by their hashes. */
static bool note_file(void *context, Str bucket, Str key, Error *err)
{
    const Look *look = context;
    LogName name;
    if (object_name_log(key, &name))
        return !is_chosen(look->options, &name) ||
               coverage_note_log(look->coverage, bucket, key, &name, err);
    return catalogue_visit(look->catalogue, bucket, key, err);
}

/* Of the second look, when there is reason for one: a log that no valid digest lists. */
static bool remark_log(void *context, Str bucket, Str key, Error *err)
{
    const Look *look = context;
    const VerifyOptions *options = look->options;
    LogName name;
    if (!object_name_log(key, &name) || !is_chosen(options, &name) ||
        coverage_has_log(look->coverage, bucket, key))
        return true;
    bool covered = coverage_covers(look->coverage, name.account, name.region, name.delivered_us);
    Remark remark = covered ? REMARK_LOG_NOT_LISTED : REMARK_LOG_NOT_COVERED;
    const VerifyEvent event = {
        .kind = VERIFY_REMARK, .remark = remark, .bucket = bucket, .key = key, .detail = ""};
    return look->report->remarks[remark]++ >= VERIFY_REMARKS_TOLD_MAX ||
           options->event(options->context, &event, err);
}

static bool remark_overdue(const Look *look, Error *err)
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
static bool look_at_logs(Look *look, Error *err)
{
    const Store *store = look->options->store;
    if (look->options->trail.len)
        return true;
    return (coverage_is_whole(look->coverage) ||
            store->list(store->context, remark_log, look, err)) &&
           remark_overdue(look, err);
}

static bool walk_all(Look *look, Error *err)
{
    Window *window = window_new(look->options, look->coverage, look->report, err);
    bool ok = window != NULL;
    const WalkTools tools = {look->options, look->catalogue, look->coverage, window, look->report};
    for (size_t i = 0; ok && i < catalogue_chains(look->catalogue); i++)
        ok = walk_chain(&tools, catalogue_chain(look->catalogue, i), err);
    window_free(window);
    return ok && look_at_logs(look, err);
}

bool verify_run(const VerifyOptions *options, VerifyReport *ret, Error *err)
{
    const CatalogueChoice choice = {options->account, options->region, options->trail,
                                    options->since_us, add_hour(options->until_us)};
    const Store *store = options->store;
    Look look = {.options = options, .report = ret};
    *ret = (VerifyReport){.found_from_us = INT64_MAX, .found_to_us = INT64_MIN};
    look.catalogue = catalogue_new(&choice, err);
    look.coverage = look.catalogue ? coverage_new(err) : NULL;
    bool ok = look.coverage && store->list(store->context, note_file, &look, err);
    if (ok) {
        catalogue_sort(look.catalogue);
        ok = walk_all(&look, err);
    }
    coverage_free(look.coverage);
    catalogue_free(look.catalogue);
    return ok;
}
