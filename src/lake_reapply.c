#include "lake_reapply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cell.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/drops.h"
#include "lake/expire.h"
#include "lake/hide_state.h"
#include "lake/layout.h"
#include "lake/sweep.h"
#include "reapply_metrics.h"
#include "reapplying.h"
#include "redaction_check.h"
#include "redaction_key.h"
#include "setup.h"
#include "watch/alarm_set.h"

#define DAY_US INT64_C(86400000000)

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

/* A number of things, and what they are. */
typedef struct Place {
    uint64_t count;
    const char *words;
} Place;

static const char ORIGINALS_SQL[] =
    "SELECT count(*) FROM objects WHERE kind <> 'digest' AND superseded_by IS NULL AND source <>"
    " 'lost'";
static const char NOTES_SQL[] =
    "SELECT count(*) FROM finding_history WHERE note IS NOT NULL AND author <> 'spoor'";
static const char TOLD_SQL[] =
    "SELECT (SELECT count(*) FROM deliveries WHERE state = 'sent') + (SELECT count(*) FROM"
    " hub_pushes WHERE sent_us > 0)";

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

/* What was hidden beside the rows. */
typedef struct Hidden {
    HideReport state;
    ReapplyMetrics metrics;
} Hidden;

static void print_places(const char *words, const Place *places, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        char text[AMOUNT_TEXT_BYTES];
        if (!places[i].count)
            continue;
        amount_count(places[i].count, text);
        printf("%s%s %s", any ? ", " : words, text, places[i].words);
        any = true;
    }
    if (any)
        printf("\n");
}

static void tell_hidden(const Hidden *hidden)
{
    const HideReport *state = &hidden->state;
    const Place places[] = {
        {state->signals, "signals"},
        {state->packs, "packs of signals for correlations"},
        {state->findings, "findings"},
        {state->evidence, "events of findings"},
        {state->resources, "resources of findings"},
        {hidden->metrics.hidden, "series of metrics"},
        {state->pieces, "pieces set apart"},
    };
    print_places("hidden as well, in ", places, sizeof places / sizeof *places);
    if (state->emptied) {
        char text[AMOUNT_TEXT_BYTES];
        amount_count(state->emptied, text);
        printf("%s of the pieces are emptied: what is no record cannot be searched\n", text);
    }
}

/* Copies that migrations and rebuilds leave: state.db.before-version-15, state.db.lost-1. */
static bool count_copy(void *context, const char *path, const FileInfo *info, Error *err)
{
    uint64_t *count = context;
    const char *name = strrchr(path, '/');
    (void)info;
    (void)err;
    *count += name && str_starts(str_of(name + 1), STR("state.db."));
    return true;
}

static bool count_copies(const Lake *lake, uint64_t *ret, Error *err)
{
    *ret = 0;
    return file_walk(lake->folder, count_copy, NULL, ret, err);
}

/* What of the lake may still have it: the state is asked, and the lake's folder. */
static bool tell_left(const Reapply *self, const Hidden *hidden, Error *err)
{
    int64_t originals, notes, told;
    uint64_t copies;
    Db *db = self->lake->db;
    if (!db_get_int(db, ORIGINALS_SQL, 0, &originals, err) ||
        !db_get_int(db, NOTES_SQL, 0, &notes, err) || !db_get_int(db, TOLD_SQL, 0, &told, err) ||
        !count_copies(self->lake, &copies, err))
        return false;
    const Place places[] = {
        {self->lake->originals ? (uint64_t)originals : 0, "originals of logs (keep.originals)"},
        {(uint64_t)notes, "notes of people on findings"},
        {(uint64_t)told, "notices of findings that were sent"},
        {copies, "former states beside state.db"},
        {hidden->metrics.unknown, "series of metrics whose filters are not in force"},
        {hidden->state.held + hidden->metrics.held, "packs, pieces and series of days on hold"},
    };
    print_places("not searched, and left as they are: ", places, sizeof places / sizeof *places);
    return true;
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

/* Whether a filter in force hides something; functions change, and hide nothing. */
static bool hides(const FilterSet *filters)
{
    bool any = false;
    for (size_t i = 0; !any && i < filter_set_count(filters); i++)
        any = filter_set_at(filters, i)->verb == FILTER_REDACT;
    return any;
}

/* Days are gone through whole. */
static HideState hide_of(const Reapply *self, HideText *texts)
{
    HideState hide = {self->lake, texts, self->since_us, self->until_us};
    if (hide.since_us > INT64_MIN + DAY_US)
        hide.since_us = timestamp_day(hide.since_us) * DAY_US;
    if (hide.until_us < INT64_MAX - DAY_US)
        hide.until_us = (timestamp_day(hide.until_us - 1) + 1) * DAY_US;
    return hide;
}

/* What the state keeps of records is hidden as well, and its file written anew. */
static bool hide_beside(Reapply *self, Error *err)
{
    Hidden hidden;
    HideText *texts = hide_text_new(filter_set_plan(self->filters), err);
    const HideState hide = hide_of(self, texts);
    bool ok = texts && db_wipe_begin(self->lake->db, err) &&
              hide_state_run(&hide, &hidden.state, err) &&
              reapply_metrics(self->lake, self->alarms, texts, &hidden.metrics, err) &&
              db_wipe_end(self->lake->db, err);
    hide_text_free(texts);
    if (ok)
        tell_hidden(&hidden);
    return ok && tell_left(self, &hidden, err);
}

static bool finish(Reapply *self, const ReapplyReport *report, Error *err)
{
    ExpireReport expired;
    SweepReport swept;
    if (!expire_at_once(self->lake, &expired, err) || !sweep_lake(self->lake, false, &swept, err))
        return false;
    tell_report(report, false);
    printf("%" PRIu64 " files are deleted, with all former snapshots; %" PRIu64
           " data files took the place of some\n",
           expired.files + swept.files, report->written);
    return (!hides(self->filters) || hide_beside(self, err)) && tell_all_gone(self, err);
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
