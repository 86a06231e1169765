#include "lake_reapply.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cell.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/drops.h"
#include "lake/expire.h"
#include "lake/layout.h"
#include "reapplying.h"
#include "redaction_check.h"
#include "redaction_key.h"
#include "setup.h"
#include "watch/alarm_set.h"

enum { ANSWER_BYTES = 16, TEXT_BYTES_MAX = 1 << 20 };

/* What it works with. */
typedef struct Reapply {
    const CommandLine *line;
    FilterSet *filters;
    Derive *derive;
    AlarmSet *alarms; /* NULL: there are none */
    Lake *lake;
    Engine *engine;
    Reapplying *reapplying;
    int64_t *ids; /* of the filters in the state; NULL in a dry run */
    int64_t since_us, until_us;
    bool any;   /* a line of the table was printed */
    bool quiet; /* days were told before */
} Reapply;

/* ---- what is told ---- */

static void put_text(Str text)
{
    Error ignored = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    if (cell_visible(text, &out, &ignored))
        printf("%.*s", STR_ARG(buf_str(&out)));
}

static void print_counts(uint64_t dropped, uint64_t changed)
{
    char first[AMOUNT_TEXT_BYTES], second[AMOUNT_TEXT_BYTES];
    amount_count(dropped, first);
    amount_count(changed, second);
    printf("%14s %14s", first, second);
}

static void print_filters(const ReapplyTally *tally)
{
    for (size_t i = 0; i < filter_set_count(tally->set); i++) {
        const ReapplyCount *count = &tally->filters[i];
        if (!count->dropped && !count->changed)
            continue;
        printf("%27s", "");
        print_counts(count->dropped, count->changed);
        printf("  by ");
        put_text(filter_set_at(tally->set, i)->name);
        printf("\n");
    }
}

static bool tell_day(void *context, const ReapplyDay *day, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES], rows[AMOUNT_TEXT_BYTES];
    Reapply *self = context;
    (void)err;
    if (self->quiet)
        return true;
    if (!self->any)
        printf("%-12s %14s %14s %14s\n", "day (UTC)", "records", "go", "change");
    self->any = true;
    timestamp_format_day(day->day, text);
    amount_count(day->tally->rows, rows);
    printf("%-12s %14s ", text, rows);
    print_counts(day->tally->dropped, day->tally->changed);
    printf("\n");
    print_filters(day->tally);
    if (day->held) {
        printf("%27s stays as it is, on legal hold: ", "");
        put_text(str_of(day->held));
        printf("\n");
    }
    return true;
}

/* What was dropped is not there: only its source has it. */
static bool tell_gone(void *context, const DropTotal *total, Error *err)
{
    char count[AMOUNT_TEXT_BYTES];
    bool *any = context;
    (void)err;
    if (!*any)
        printf("dropped when they came, by filters that are not in force now; they are not in the"
               " lake, so their source has to be read again, into another lake:\n");
    *any = true;
    amount_count((uint64_t)total->dropped, count);
    printf("%27s%14s  by ", "", count);
    put_text(total->name);
    printf("\n");
    return true;
}

static bool tell_all_gone(const Reapply *self, Error *err)
{
    bool any = false;
    const DropRange range = {0, self->since_us, self->until_us};
    return drops_each_gone(self->lake->db, self->filters, &range, tell_gone, &any, err);
}

static void tell_report(const ReapplyReport *report, bool would)
{
    char rows[AMOUNT_TEXT_BYTES], dropped[AMOUNT_TEXT_BYTES], changed[AMOUNT_TEXT_BYTES];
    amount_count(report->rows, rows);
    amount_count(report->dropped, dropped);
    amount_count(report->changed, changed);
    printf("%s records of %" PRIu64 " days were looked at: %s %s, %s %s, on %" PRIu64 " days\n",
           rows, report->days, dropped, would ? "would go" : "are gone", changed,
           would ? "would change" : "are changed", report->changing);
    if (report->failed) {
        amount_count(report->failed, rows);
        printf("%s records stay without the function that failed on them\n", rows);
    }
}

/* ---- what is done ---- */

static bool run_days(Reapply *self, bool dry_run, ReapplyReport *ret, Error *err)
{
    const ReapplyFilters filters = reapplying_filters(self->reapplying, self->ids);
    ReapplyOptions options = {.lake = self->lake,
                              .engine = self->engine,
                              .filters = &filters,
                              .since_us = self->since_us,
                              .until_us = self->until_us,
                              .tell = tell_day,
                              .context = self};
    if (!dry_run && !(options.claims = claim_table_new(self->lake, err)))
        return false;
    bool ok = reapply_days(&options, ret, err);
    claim_table_free(options.claims);
    return ok;
}

static bool ask(bool *ret_yes)
{
    char answer[ANSWER_BYTES];
    printf("do this, for good? [y/N] ");
    fflush(stdout);
    *ret_yes = fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
    return *ret_yes;
}

/* Whether it is wanted: --yes, or the answer to what it would do. */
static bool is_wanted(Reapply *self, bool *ret, Error *err)
{
    ReapplyReport report;
    *ret = command_has(self->line, "yes");
    if (*ret)
        return true;
    if (!run_days(self, true, &report, err))
        return false;
    tell_report(&report, true);
    self->quiet = true;
    if (!ask(ret))
        printf("nothing was changed\n");
    return true;
}

static bool finish(Reapply *self, const ReapplyReport *report, Error *err)
{
    ExpireReport expired;
    if (!expire_at_once(self->lake, &expired, err))
        return false;
    tell_report(report, false);
    printf("%" PRIu64 " data files are deleted, with all former snapshots; %" PRIu64
           " took the place of some\n",
           expired.files, report->written);
    return tell_all_gone(self, err);
}

static bool apply(Reapply *self, Error *err)
{
    ReapplyReport report;
    bool wanted;
    if (!is_wanted(self, &wanted, err) || !wanted)
        return err->kind == ERROR_NONE;
    if (!run_days(self, false, &report, err) || !finish(self, &report, err))
        return false;
    return !report.held || error_set(err, ERROR_ACCESS,
                                     "%" PRIu64 " days stay as they are: a legal hold names"
                                     " records of them (spoor keep holds)",
                                     report.held);
}

static bool tell_only(Reapply *self, Error *err)
{
    ReapplyReport report;
    if (!run_days(self, true, &report, err))
        return false;
    tell_report(&report, true);
    return tell_all_gone(self, err);
}

/* ---- opening ---- */

static FilterSet *open_filters(const Config *config, Error *err)
{
    RedactionKey key;
    FilterSet *filters =
        redaction_key_read(config, &key, err) ? filter_set_open(config, &key.key, err) : NULL;
    redaction_key_wipe(&key);
    return filters;
}

static bool open_pieces(Reapply *self, Error *err)
{
    const Config *config = command_config(self->line);
    if (!filter_set_is_wanted(config))
        return error_set(err, ERROR_USAGE,
                         "no filters are in force: the key filters of the configuration names"
                         " none (docs/filters.md)");
    self->filters = open_filters(config, err);
    self->derive = self->filters ? derive_open(config, err) : NULL;
    if (self->derive && alarm_set_is_wanted(config) &&
        !(self->alarms = alarm_set_open(config, err)))
        return false;
    return self->derive && redaction_check(self->filters, NULL, self->alarms, err);
}

static bool open_lake(Reapply *self, bool dry_run, Error *err)
{
    char temp[LAYOUT_PATH_BYTES];
    const Config *config = command_config(self->line);
    self->lake = setup_lake(self->line, dry_run ? LAKE_READ : LAKE_WRITE, err);
    if (!self->lake || !layout_path(temp, err, self->lake->folder, "tmp"))
        return false;
    const EngineOptions options = {
        .memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(config, CONFIG_QUERY_THREADS),
        .temp_folder = dry_run ? NULL : temp,
    };
    const ReapplyingParts parts = {self->filters, self->derive, setup_writes_derived(config)};
    self->engine = engine_open(&options, err);
    self->reapplying = self->engine ? reapplying_new(self->lake, &parts, err) : NULL;
    if (!self->reapplying || dry_run)
        return self->reapplying != NULL;
    self->ids = mem_calloc(filter_set_count(self->filters) + 1, sizeof *self->ids, err);
    return self->ids && drops_register(self->lake, self->filters, self->ids, err);
}

static void close_all(Reapply *self)
{
    reapplying_free(self->reapplying);
    engine_close(self->engine);
    lake_close(self->lake);
    alarm_set_free(self->alarms);
    derive_release(self->derive);
    filter_set_free(self->filters);
    mem_free(self->ids);
}

static bool check_words(const CommandLine *line, bool dry_run, Reapply *ret, Error *err)
{
    if (!command_range(line, &ret->since_us, &ret->until_us, err))
        return false;
    if (ret->since_us == INT64_MIN)
        return error_set(err, ERROR_USAGE,
                         "spoor lake reapply takes --since or --last: from which day on");
    return dry_run || command_has(line, "yes") || isatty(STDIN_FILENO) ||
           error_set(err, ERROR_USAGE,
                     "reapply changes records for good, and nobody can be asked: --yes says that"
                     " it is wanted, --dry-run what it would do");
}

bool lake_reapply(const CommandLine *line, Error *err)
{
    Reapply self = {.line = line};
    bool dry_run = command_has(line, "dry-run");
    bool ok = check_words(line, dry_run, &self, err) && open_pieces(&self, err) &&
              open_lake(&self, dry_run, err) &&
              (dry_run ? tell_only(&self, err) : apply(&self, err));
    close_all(&self);
    return ok;
}
