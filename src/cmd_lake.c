/* cmd_lake - keeps the lake in order: merge, sweep, copy. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "lake/backup.h"
#include "lake/expire.h"
#include "lake/layout.h"
#include "lake/ledger.h"
#include "lake/merge.h"
#include "lake/rebuild.h"
#include "lake/summary_fill.h"
#include "lake/sweep.h"
#include "lake_reapply.h"
#include "setup.h"

static const Option OPTIONS[] = {
    {"dry-run", 'n', VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "sweep, reapply: say what would be done, do nothing"},
    {"yes", 'y', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "reapply: do it without asking"},
    {"force", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "rebuild: also when the state is whole; it is kept aside"},
    {"memory", 0, VALUE_SIZE, "SIZE", NULL, CONFIG_QUERY_MEMORY, "memory of the engine that reads"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor lake status",
    "files, sizes and runs, day by day",
    "spoor lake compact",
    "merge small files, day by day",
    "spoor lake backup /mnt/copy",
    "one consistent copy of lake and state",
    "spoor lake restore /mnt/copy --lake ./new-lake",
    "and back, into a new folder",
    "spoor lake reapply --since 2026-11-01 --dry-run",
    "what the filters now in force would drop, hide and change in records that are in the lake",
    "spoor lake reapply --since 2026-11-01 --yes",
    "do so, for good: no former snapshot, signal or finding has what is hidden",
    "spoor lake rebuild",
    "a lost or damaged state, anew from the lake's files",
    NULL,
};

static bool show_days(Lake *lake, const CommandLine *line, Error *err)
{
    int64_t since, until;
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT strftime('%Y-%m-%d', day * 86400, 'unixepoch'), count(*), sum(rows), sum(bytes),"
        " (SELECT count(*) FROM runs WHERE runs.day = parts.day) FROM parts"
        " WHERE removed_seq IS NULL AND time_max >= ?1 AND time_min < ?2 GROUP BY day ORDER BY day",
        err);
    if (!select || !command_range(line, &since, &until, err))
        return false;
    db_bind_int(select, 1, since);
    db_bind_int(select, 2, until);
    printf("lake %s\n\n%-12s %8s %14s %12s %6s\n", lake->folder, "day (UTC)", "files", "events",
           "bytes", "runs");
    while (db_next(select, &row, err)) {
        char events[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES];
        if (!row)
            return true;
        amount_count((uint64_t)db_int(select, 2), events);
        amount_bytes((uint64_t)db_int(select, 3), bytes);
        printf("%-12.*s %8" PRId64 " %14s %12s %6" PRId64 "\n", STR_ARG(db_text(select, 0)),
               db_int(select, 1), events, bytes, db_int(select, 4));
    }
    return false;
}

static bool status(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    return lake && show_days(lake, line, err);
}

static void print_merge(const MergeReport *report)
{
    char before[AMOUNT_TEXT_BYTES], after[AMOUNT_TEXT_BYTES], rows[AMOUNT_TEXT_BYTES];
    amount_bytes(report->bytes_before, before);
    amount_bytes(report->bytes_after, after);
    amount_count(report->rows, rows);
    printf("days merged      %" PRIu64 "\nfiles            %" PRIu64 " -> %" PRIu64
           "\nbytes            %s -> %s\nevents           %s\nfingerprint runs %" PRIu64
           " -> %" PRIu64 "\n",
           report->days, report->files_before, report->files_after, before, after, rows,
           report->runs_before, report->runs_after);
}

static bool run_merge(const CommandLine *line, Lake *lake, Error *err)
{
    char temp[LAYOUT_PATH_BYTES];
    MergeReport report;
    const Config *config = command_config(line);
    if (!layout_path(temp, err, lake->folder, "tmp"))
        return false;
    EngineOptions engine = {
        .memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(config, CONFIG_QUERY_THREADS),
        .temp_folder = temp,
    };
    MergeOptions options = {.lake = lake};
    bool ok = command_range(line, &options.since_us, &options.until_us, err);
    if (ok)
        options.engine = engine_open(&engine, err);
    if (options.engine)
        options.claims = claim_table_new(lake, err);
    uint64_t filled = 0;
    ok = options.claims && merge_lake(&options, &report, err) &&
         summary_fill(lake, options.engine, NULL, &filled, err) && setup_publish(line, lake, err);
    claim_table_free(options.claims);
    engine_close(options.engine);
    if (ok)
        print_merge(&report);
    if (ok && filled)
        printf("files counted    %" PRIu64 "\n", filled);
    return ok;
}

static bool compact(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    return lake && run_merge(line, lake, err);
}

static bool sweep(const CommandLine *line, Error *err)
{
    char bytes[AMOUNT_TEXT_BYTES];
    SweepReport report;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    bool dry_run = command_has(line, "dry-run");
    if (!lake || !sweep_lake(lake, dry_run, &report, err) ||
        !publish_sweep(lake, dry_run, &report, err))
        return false;
    amount_bytes(report.bytes, bytes);
    printf("%s %" PRIu64 " files (%s); %" PRIu64 " files are named by the state, %" PRIu64
           " of those are missing\n",
           command_has(line, "dry-run") ? "would remove" : "removed", report.files, bytes,
           report.named + report.missing, report.missing);
    return report.missing == 0 ||
           error_set(err, ERROR_INPUT, "%" PRIu64 " files that the state names are missing",
                     report.missing);
}

static void print_copy(const BackupReport *report, const char *folder)
{
    char bytes[AMOUNT_TEXT_BYTES];
    amount_bytes(report->bytes, bytes);
    printf("%" PRIu64 " files (%s) and the state are in %s\n", report->files, bytes, folder);
}

static bool backup(const CommandLine *line, Error *err)
{
    BackupReport report;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    if (!lake || !backup_make(lake, command_argument(line, 1), &report, err))
        return false;
    print_copy(&report, command_argument(line, 1));
    return true;
}

/* The ledger says that it goes on from a copy: what came after the copy is not in this lake. */
static bool note_restore(Lake *lake, Error *err)
{
    const LedgerEntry entry = {.kind = "restore", .why = "from a copy"};
    bool ok =
        db_begin(lake->db, err) && ledger_append(lake, &entry, err) && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}

static bool restore(const CommandLine *line, Error *err)
{
    BackupReport report;
    const char *folder = config_text(command_config(line), CONFIG_LAKE_FOLDER);
    if (!backup_restore(command_argument(line, 1), folder, &report, err))
        return false;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    if (!lake || !note_restore(lake, err) || !setup_publish(line, lake, err))
        return false;
    print_copy(&report, folder);
    return true;
}

static void print_expire(const ExpireReport *report)
{
    char data[AMOUNT_TEXT_BYTES], metadata[AMOUNT_TEXT_BYTES];
    amount_bytes(report->bytes, data);
    amount_bytes(report->metadata.bytes, metadata);
    printf("deleted %" PRIu64 " data files (%s) and %" PRIu64 " metadata files (%s); %" PRIu64
           " removed data files are still needed\n",
           report->files, data, report->metadata.files, metadata, report->waiting);
}

static bool expire(const CommandLine *line, Error *err)
{
    ExpireReport report;
    PublishPolicy policy = setup_policy(line);
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    if (!lake || !expire_lake(lake, &policy, &report, err))
        return false;
    print_expire(&report);
    return true;
}

static bool relocate(const CommandLine *line, Error *err)
{
    PublishPolicy policy = setup_policy(line);
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    if (!lake || !publish_now(lake, &policy, true, err))
        return false;
    printf("published for %s\n", lake->folder);
    return true;
}

static void print_rebuild(const RebuildReport *report)
{
    const struct {
        const char *words;
        uint64_t number;
        bool always;
    } lines[] = {
        {"data files", report->files, true},
        {"  not published before", report->newer, false},
        {"  written anew in part", report->rewritten, false},
        {"events", report->events, true},
        {"receipts", report->receipts, true},
        {"objects without receipt", report->nameless, true},
        {"quarantined pieces", report->pieces, true},
        {"left: merged or expired", report->superseded, false},
        {"left: held by others", report->repeated, false},
        {"left: not whole", report->broken, false},
        {"quarantine files unread", report->loose, false},
        {"missing data files", report->missing, false},
    };
    char text[AMOUNT_TEXT_BYTES];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        amount_count(lines[i].number, text);
        if (lines[i].always || lines[i].number)
            printf("%-26s %12s\n", lines[i].words, text);
    }
    if (report->aside[0])
        printf("the old state is kept as %s\n", report->aside);
    if (report->trouble[0])
        printf("what was published could not be read: %s\n", report->trouble);
}

/* The engine reads the rows; its scratch is the lake's. */
static Engine *open_engine(const CommandLine *line, const char *folder, Error *err)
{
    char temp[LAYOUT_PATH_BYTES];
    const Config *config = command_config(line);
    EngineOptions options = {
        .memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(config, CONFIG_QUERY_THREADS),
        .temp_folder = temp,
    };
    return layout_path(temp, err, folder, "tmp") ? engine_open(&options, err) : NULL;
}

static bool rebuild(const CommandLine *line, Error *err)
{
    RebuildReport report;
    const char *folder = config_text(command_config(line), CONFIG_LAKE_FOLDER);
    RebuildOptions options = {.folder = folder, .force = command_has(line, "force")};
    options.engine = open_engine(line, folder, err);
    bool ok = options.engine && rebuild_lake(&options, &report, err);
    engine_close(options.engine);
    if (!ok)
        return false;
    print_rebuild(&report);
    return report.missing == 0 ||
           error_set(err, ERROR_INPUT,
                     "%" PRIu64 " published data files are missing, the first: %s; ingest their "
                     "objects again",
                     report.missing, report.first_missing);
}

/* The actions, and how many words each takes. */
static const struct {
    const char *name;
    int arguments;
    bool (*run)(const CommandLine *, Error *);
} ACTIONS[] = {
    {"status", 1, status},   {"compact", 1, compact},   {"expire", 1, expire},
    {"sweep", 1, sweep},     {"relocate", 1, relocate}, {"backup", 2, backup},
    {"restore", 2, restore}, {"rebuild", 1, rebuild},   {"reapply", 1, lake_reapply},
};

static int run(const CommandLine *line, Error *err)
{
    const char *action = command_argument(line, 0);
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        if (strcmp(action, ACTIONS[i].name) != 0)
            continue;
        if (command_argument_count(line) != ACTIONS[i].arguments) {
            error_set(err, ERROR_USAGE, "spoor lake %s takes %s", action,
                      ACTIONS[i].arguments == 2 ? "one folder" : "no further words");
            return EXIT_STATUS_USAGE;
        }
        if (ACTIONS[i].run(line, err))
            return EXIT_STATUS_OK;
        return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
    }
    error_set(err, ERROR_USAGE, "'%.32s' is none of the actions; see spoor lake --help", action);
    return EXIT_STATUS_USAGE;
}

const Command cmd_lake = {
    .name = "lake",
    .arguments = "status | compact | expire | sweep | relocate | backup DIR | restore DIR | "
                 "rebuild | reapply",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "merge small files, sweep what is not named, copy and restore",
    .description =
        "status shows files, events and fingerprint runs by day. compact merges the small files of "
        "a day into few large ones. expire lets old snapshots go, and the files that they alone "
        "needed. sweep removes files that a killed process left. relocate publishes again after "
        "the lake was moved. backup makes "
        "one consistent copy of lake and state; restore brings it back into a new folder. rebuild "
        "makes a lost or damaged state anew from the lake's files and keeps the old one aside. "
        "reapply applies the filters in force to the days from --since on that are in the lake "
        "already: records that they drop go, what they hide is hidden in all places, former "
        "snapshots end; it asks before, and a day of which a legal hold names a record stays "
        "(docs/filters.md). All are "
        "safe beside readers; one writer works at a time.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
