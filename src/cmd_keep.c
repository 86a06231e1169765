/* cmd_keep - deletes what was kept long enough, and holds what must not go. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "cmd.h"
#include "lake/hold.h"
#include "lake/layout.h"
#include "lake/publish.h"
#include "lake/retain.h"
#include "lake/retain_side.h"
#include "lake/retain_signals.h"
#include "setup.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    {"dry-run", 'n', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "run: say what would go, delete nothing"},
    {"account", 'a', VALUE_TEXT, "ID", NULL, CONFIG_NONE, "hold: records of this account"},
    {"principal", 'p', VALUE_TEXT, "PATTERN", NULL, CONFIG_NONE,
     "hold: records whose principal's ARN, id or name is like this, with * and ?"},
    {"why", 0, VALUE_TEXT, "TEXT", NULL, CONFIG_NONE, "hold, release: for the ledger"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor keep run --dry-run",
    "what would go, by keep.cloudtrail_days and the like",
    "spoor keep run",
    "delete it, with signed entries of the ledger",
    "spoor keep hold CASE-17 --account 111122223333 --since 2026-01-01 --until 2026-02-01",
    "records that must not go, until the case is released",
    "spoor keep hold CASE-18 --principal '*:user/alice' --why 'letter of 3 May'",
    "of one person, in all accounts, at all times",
    "spoor keep release CASE-17",
    "they may go again",
    NULL,
};

/* ---- run ---- */

static void put_text(Str text)
{
    Error ignored = {0};
    BUF_AUTO Buf out = buf_init(TEXT_BYTES_MAX);
    if (cell_visible(text, &out, &ignored))
        printf("%.*s", STR_ARG(buf_str(&out)));
}

static bool tell_share(void *context, int32_t day, Str account, uint64_t go, uint64_t held,
                       Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES], count[AMOUNT_TEXT_BYTES], kept[AMOUNT_TEXT_BYTES];
    bool *any = context;
    (void)err;
    if (!*any)
        printf("%-12s %14s %14s  %s\n", "day (UTC)", "records go", "are held", "account");
    *any = true;
    timestamp_format_day(day, text);
    amount_count(go, count);
    amount_count(held, kept);
    printf("%-12s %14s %14s  ", text, count, kept);
    put_text(account.len ? account : STR("none"));
    printf("\n");
    return true;
}

static void print_side(const char *what, const RetainSide *side, bool sized, bool dry_run)
{
    char count[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES], held[AMOUNT_TEXT_BYTES];
    amount_count(side->go, count);
    amount_bytes(side->bytes, bytes);
    amount_count(side->held, held);
    if (side->go || side->held)
        printf("%s %s%s%s%s %s, %s are held\n", count, what, sized ? " (" : "", sized ? bytes : "",
               sized ? ")" : "", dry_run ? "would go" : "are deleted", held);
    amount_count(side->locked, count);
    if (side->locked)
        printf("%s %s stay: S3 Object Lock keeps them until it ends\n", count, what);
}

static void print_events(const RetainReport *report, bool dry_run)
{
    char go[AMOUNT_TEXT_BYTES], held[AMOUNT_TEXT_BYTES];
    amount_count(report->go, go);
    amount_count(report->held, held);
    printf("%s records of %" PRIu64 " days %s, %s are held\n", go, report->days,
           dry_run ? "would go" : "are deleted", held);
    if (report->dropped)
        printf("%" PRIu64 " data files are gone, %" PRIu64 " took the place of some; spoor lake"
               " expire frees the disk when no snapshot needs them\n",
               report->dropped, report->written);
}

/* Whose policies the configuration has. */
typedef enum { OF_EVENTS, OF_QUARANTINE, OF_ORIGINALS, OF_FINDINGS, OF_SIGNALS, POLICIES } PolicyOf;

static const ConfigKey POLICY_KEYS[POLICIES] = {
    [OF_EVENTS] = CONFIG_KEEP_CLOUDTRAIL,       [OF_QUARANTINE] = CONFIG_KEEP_QUARANTINE,
    [OF_ORIGINALS] = CONFIG_KEEP_ORIGINAL_DAYS, [OF_FINDINGS] = CONFIG_KEEP_FINDINGS,
    [OF_SIGNALS] = CONFIG_KEEP_SIGNALS,
};

static bool read_policies(const Config *config, RetainPolicy ret[POLICIES], Error *err)
{
    bool any = false;
    for (int i = 0; i < POLICIES; i++) {
        ConfigKey key = POLICY_KEYS[i];
        if (!retain_policy_read(CONFIG_TABLE[key].key, config_text(config, key), &ret[i], err))
            return false;
        any = any || retain_policy_least(&ret[i]) != RETAIN_FOREVER;
    }
    return any || error_set(err, ERROR_USAGE,
                            "nothing is to go: keep.cloudtrail_days, keep.quarantine_days,"
                            " keep.originals_days, keep.findings_days and keep.signals_days are"
                            " empty");
}

/* What is run with. */
typedef struct Run {
    Lake *lake;
    Engine *engine;
    const RetainPolicy *policies;
    int32_t today;
    bool dry_run;
} Run;

static bool run_events(const Run *run, Error *err)
{
    RetainReport report;
    bool any = false;
    RetainOptions options = {.lake = run->lake,
                             .engine = run->engine,
                             .policy = &run->policies[OF_EVENTS],
                             .today = run->today,
                             .tell = tell_share,
                             .context = &any};
    if (!run->dry_run && !(options.claims = claim_table_new(run->lake, err)))
        return false;
    bool ok = retain_events(&options, &report, err);
    claim_table_free(options.claims);
    if (ok && retain_policy_least(options.policy) != RETAIN_FOREVER)
        print_events(&report, run->dry_run);
    return ok;
}

/* What rules found: findings first, whose events signals are. */
static bool run_found(const Run *run, Error *err)
{
    RetainSide findings, signals;
    RetainFound found = {.lake = run->lake,
                         .engine = run->engine,
                         .policy = &run->policies[OF_FINDINGS],
                         .today = run->today,
                         .dry_run = run->dry_run};
    if (!retain_findings(&found, &findings, err))
        return false;
    print_side("findings", &findings, false, run->dry_run);
    found.policy = &run->policies[OF_SIGNALS];
    if (!retain_signals(&found, &signals, err))
        return false;
    print_side("signals", &signals, false, run->dry_run);
    return true;
}

static bool run_sides(const Run *run, Error *err)
{
    RetainSide pieces, originals;
    if (!retain_quarantine(run->lake, &run->policies[OF_QUARANTINE], run->today, run->dry_run,
                           &pieces, err))
        return false;
    print_side("pieces set apart", &pieces, true, run->dry_run);
    if (!retain_originals(run->lake, &run->policies[OF_ORIGINALS], run->today, run->dry_run,
                          &originals, err))
        return false;
    print_side("originals", &originals, true, run->dry_run);
    return true;
}

static bool run_all(const CommandLine *line, const Run *run, Error *err)
{
    return run_events(run, err) && run_found(run, err) && run_sides(run, err) &&
           (run->dry_run || setup_publish(line, run->lake, err));
}

static bool run_retention(const CommandLine *line, Error *err)
{
    char temp[LAYOUT_PATH_BYTES];
    const Config *config = command_config(line);
    bool dry_run = command_has(line, "dry-run");
    MEM_AUTO RetainPolicy *policies = mem_calloc(POLICIES, sizeof *policies, err);
    if (!policies || !read_policies(config, policies, err))
        return false;
    LAKE_AUTO Lake *lake = setup_lake(line, dry_run ? LAKE_READ : LAKE_WRITE, err);
    if (!lake || !layout_path(temp, err, lake->folder, "tmp"))
        return false;
    const EngineOptions engine_options = {
        .memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
        .threads = (int)config_number(config, CONFIG_QUERY_THREADS),
        .temp_folder = dry_run ? NULL : temp,
    };
    const Run run = {.lake = lake,
                     .engine = engine_open(&engine_options, err),
                     .policies = policies,
                     .today = timestamp_day(clock_now_us()),
                     .dry_run = dry_run};
    bool ok = run.engine && run_all(line, &run, err);
    engine_close(run.engine);
    return ok;
}

/* ---- holds ---- */

/* The ledger is written outside of the state, too. */
static bool hold(const CommandLine *line, Error *err)
{
    Hold added = {.case_name = str_of(command_argument(line, 1)),
                  .account = str_of(command_text(line, "account", "")),
                  .principal = str_of(command_text(line, "principal", "")),
                  .why = str_of(command_text(line, "why", ""))};
    if (!command_range(line, &added.since_us, &added.until_us, err))
        return false;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    return lake && hold_add(lake, &added, err) && setup_publish(line, lake, err);
}

static bool release(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    return lake &&
           hold_release(lake, str_of(command_argument(line, 1)),
                        str_of(command_text(line, "why", "")), err) &&
           setup_publish(line, lake, err);
}

static void put_part(const char *label, Str text)
{
    if (!text.len)
        return;
    printf("%s", label);
    put_text(text);
}

static bool print_hold(void *context, const Hold *held, Error *err)
{
    char at[TIMESTAMP_TEXT_BYTES], since[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    (void)context;
    (void)err;
    timestamp_format_zone(held->at_us, at);
    timestamp_format_zone(held->since_us == INT64_MIN ? 0 : held->since_us, since);
    timestamp_format_zone(held->until_us == INT64_MAX ? 0 : held->until_us, until);
    put_text(held->case_name);
    printf("  since %s\n   ", at);
    put_part(" account ", held->account);
    put_part(" principal ", held->principal);
    put_part(" from ", str_of(held->since_us == INT64_MIN ? "" : since));
    put_part(" until ", str_of(held->until_us == INT64_MAX ? "" : until));
    if (!held->account.len && !held->principal.len && held->since_us == INT64_MIN &&
        held->until_us == INT64_MAX)
        printf(" everything");
    put_part(": ", held->why);
    printf("\n");
    return true;
}

static bool holds(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    return lake && hold_each(lake, print_hold, NULL, err);
}

/* The actions, how many words each takes, and whether those of a hold belong to it. */
static const struct {
    const char *name;
    int arguments;
    bool names; /* --account and the like */
    bool (*run)(const CommandLine *, Error *);
} ACTIONS[] = {
    {"run", 1, false, run_retention},
    {"hold", 2, true, hold},
    {"release", 2, false, release},
    {"holds", 1, false, holds},
};

static bool has_range(const CommandLine *line)
{
    Error ignored = {0};
    int64_t since, until;
    return !command_range(line, &since, &until, &ignored) || since != INT64_MIN ||
           until != INT64_MAX;
}

static bool check_words(const CommandLine *line, size_t action, Error *err)
{
    if (command_argument_count(line) != ACTIONS[action].arguments)
        return error_set(err, ERROR_USAGE, "spoor keep %s takes %s", ACTIONS[action].name,
                         ACTIONS[action].arguments == 2 ? "the name of one case"
                                                        : "no further words");
    return ACTIONS[action].names ||
           !(command_has(line, "account") || command_has(line, "principal") || has_range(line)) ||
           error_set(err, ERROR_USAGE, "what is held is said to spoor keep hold, not to %s",
                     ACTIONS[action].name);
}

static int run(const CommandLine *line, Error *err)
{
    const char *action = command_argument(line, 0);
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        if (strcmp(action, ACTIONS[i].name) != 0)
            continue;
        if (check_words(line, i, err) && ACTIONS[i].run(line, err))
            return EXIT_STATUS_OK;
        return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
    }
    error_set(err, ERROR_USAGE, "'%.32s' is none of the actions; see spoor keep --help", action);
    return EXIT_STATUS_USAGE;
}

const Command cmd_keep = {
    .name = "keep",
    .arguments = "run | hold CASE | release CASE | holds",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "delete what was kept long enough, but for legal holds",
    .description =
        "run deletes records, findings, signals, originals and pieces set apart that are older "
        "than keep.cloudtrail_days, keep.findings_days, keep.signals_days, "
        "keep.originals_days and keep.quarantine_days say, account by account; --dry-run says what "
        "would go. hold names records that must not go: those to which all fits that is given, at "
        "least "
        "as long as the case is not released; several holds of one case add up. Each deletion, "
        "hold and "
        "release is a signed entry of the lake's ledger (docs/keep.md).",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
