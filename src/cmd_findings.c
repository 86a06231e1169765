/* cmd_findings - lists and shows what rules found in the records that were ingested. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd.h"
#include "detect/rule.h"
#include "finding_ask.h"
#include "finding_beside.h"
#include "finding_export.h"
#include "finding_insights.h"
#include "finding_polling.h"
#include "finding_push.h"
#include "finding_rules.h"
#include "finding_text.h"
#include "findings/finding_import.h"
#include "findings/finding_workflow.h"
#include "findings/severity.h"
#include "lake/layout.h"
#include "lake/state.h"
#include "setup.h"
#include "sources_aws.h"

static const Option OPTIONS[] = {
    {"min-level", 'm', VALUE_CHOICE, "LEVEL", "low|medium|high|critical", CONFIG_NONE,
     "leave out what is below (default: low)"},
    {"rule", 'r', VALUE_TEXT, "RULE", NULL, CONFIG_NONE,
     "list: only of this rule, by id or title; suppress: those of this rule's id"},
    {"principal", 'p', VALUE_TEXT, "TEXT", NULL, CONFIG_NONE,
     "list: only of principals that have this in their name"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|csv|jsonl|json|asff|ocsf", CONFIG_NONE,
     "list, insights: table, csv or jsonl; show: table or json; export: asff, ocsf, csv or jsonl"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE,
     "list: findings to print (200); export: to write (all); insights: groups to print (100)"},
    {"workflow", 'w', VALUE_CHOICE, "STATE", FINDING_WORKFLOWS, CONFIG_NONE,
     "list: only these; update: what it becomes"},
    {"assignee", 'a', VALUE_WORD, "NAME", NULL, CONFIG_NONE,
     "list: only those of this person; update: who has it; empty: nobody"},
    {"severity", 's', VALUE_CHOICE, "LABEL", SEVERITY_LABELS, CONFIG_NONE,
     "list: only of this severity; update: what it becomes"},
    {"account", 0, VALUE_WORD, "ID", NULL, CONFIG_NONE, "list: only of this account"},
    {"region", 0, VALUE_WORD, "REGION", NULL, CONFIG_NONE, "list: only of this region"},
    {"address", 0, VALUE_WORD, "ADDRESS", NULL, CONFIG_NONE,
     "list: only with an event from this address"},
    {"resource", 0, VALUE_TEXT, "TEXT", NULL, CONFIG_NONE,
     "list: only those that touched a resource with this in its ARN"},
    {"product", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "list: only of this product: Spoor, GuardDuty, ..."},
    {"record-state", 0, VALUE_CHOICE, "STATE", "ACTIVE|ARCHIVED", CONFIG_NONE,
     "list: only these; update: what it becomes"},
    {"dry-run", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "list: instead, what rules that are tried out would have found"},
    {"note", 0, VALUE_TEXT, "TEXT", NULL, CONFIG_NONE, "update, suppress: what there is to say"},
    {"where", 0, VALUE_TEXT, "CRITERIA", NULL, CONFIG_NONE,
     "suppress: what they have in common, such as '{SeverityLabel: LOW}'"},
    {"profile", 0, VALUE_TEXT, "NAME", NULL, CONFIG_AWS_PROFILE,
     "import: of AWS's configuration, which asks"},
    {"author", 0, VALUE_TEXT, "NAME", NULL, CONFIG_NONE, "update: who says it (the user's name)"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor findings list --min-level high --last 7d",
    "what was seen in the last week, the worst first",
    "spoor findings list --principal ci-deploy -f jsonl",
    "all of one caller, one JSON object a line",
    "spoor findings show 3f2a9c01",
    "one in full: its rule, what to do, its history, its events",
    "spoor findings update 3f2a9c01 --workflow RESOLVED --note 'a planned change, ticket 4711'",
    "what came of it; a later event makes it new again",
    "spoor findings import guardduty.jsonl.gz security-hub.json",
    "those of other products, stored beside ours and joined to the events behind them",
    "spoor findings import securityhub:eu-west-1 guardduty:eu-west-1 --last 30d",
    "those that changed in the last 30 days, asked of AWS",
    "spoor findings suppress --where '{SourceAddress: 203.0.113.0/24}' --until 2026-12-31",
    "a rule into the folder findings.rules, and what it means is told to nobody",
    "spoor findings export --severity HIGH --format asff > findings.json",
    "for Security Hub",
    "spoor findings insights principals --last 30d",
    "who has how many open findings; without a name all insights, with their counts",
    "spoor findings push --last 30d",
    "ours of the last 30 days to Security Hub, with what waits for it (securityhub.push)",
    "spoor findings list --workflow NEW",
    "those that nobody was told of",
    NULL,
};

enum { LIMIT = 200, COLUMNS_ELSE = 160, ARENA_BYTES_MAX = 32 << 20 };

static bool read_query(const CommandLine *line, FindingQuery *ret, Error *err)
{
    RuleLevel level = LEVEL_LOW;
    if (!rule_level_read(str_of(command_text(line, "min-level", "low")), &level))
        return error_set(err, ERROR_USAGE, "--min-level is no level");
    *ret = (FindingQuery){.level_min = (int)level,
                          .rule = str_of(command_text(line, "rule", "")),
                          .principal = str_of(command_text(line, "principal", "")),
                          .workflow = str_of(command_text(line, "workflow", "")),
                          .assignee = str_of(command_text(line, "assignee", "")),
                          .severity = str_of(command_text(line, "severity", "")),
                          .account = str_of(command_text(line, "account", "")),
                          .region = str_of(command_text(line, "region", "")),
                          .product = str_of(command_text(line, "product", "")),
                          .record_state = str_of(command_text(line, "record-state", "")),
                          .address = str_of(command_text(line, "address", "")),
                          .resource = str_of(command_text(line, "resource", "")),
                          .dry_run = command_has(line, "dry-run")};
    return command_range(line, &ret->since_us, &ret->until_us, err);
}

static bool list(const CommandLine *line, Lake *lake, Error *err)
{
    FindingQuery query;
    const char *format = command_text(line, "format", "table");
    FindingWriter writer = {.format = strcmp(format, "csv") == 0     ? FINDING_CSV
                                      : strcmp(format, "table") == 0 ? FINDING_TABLE
                                                                     : FINDING_JSONL,
                            .columns = setup_columns(COLUMNS_ELSE),
                            .limit = command_number(line, "limit", LIMIT),
                            .out = stdout};
    if (strcmp(format, "csv") != 0 && strcmp(format, "jsonl") != 0 && strcmp(format, "table") != 0)
        return error_set(err, ERROR_USAGE, "findings list writes table, csv or jsonl");
    if (!read_query(line, &query, err) ||
        !finding_each(lake->db, &query, finding_text_take, &writer, err))
        return false;
    if (writer.format == FINDING_TABLE && writer.printed == 0)
        printf("no findings\n");
    if (writer.left)
        fprintf(stderr, "... and %" PRId64 " more; --limit prints more\n", writer.left);
    return true;
}

static bool export_lines(const CommandLine *line, Lake *lake, Error *err)
{
    FindingQuery query;
    FindingWriter writer = {.format = strcmp(command_text(line, "format", ""), "csv") == 0
                                          ? FINDING_CSV
                                          : FINDING_JSONL,
                            .limit = command_number(line, "limit", INT64_MAX),
                            .out = stdout};
    return read_query(line, &query, err) &&
           finding_each(lake->db, &query, finding_text_take, &writer, err);
}

/* All that is asked for, for another program; what a schema does not take is told and is a failure.
 */
static bool export(const CommandLine *line, Lake *lake, Error *err)
{
    FindingQuery query;
    const char *format = command_text(line, "format", "asff");
    int64_t left_out = 0;
    if (strcmp(format, "csv") == 0 || strcmp(format, "jsonl") == 0)
        return export_lines(line, lake, err);
    if (strcmp(format, "asff") != 0 && strcmp(format, "ocsf") != 0)
        return error_set(err, ERROR_USAGE, "findings export writes asff, ocsf, csv or jsonl");
    if (!read_query(line, &query, err))
        return false;
    query.limit = command_number(line, "limit", 0);
    bool ok =
        (strcmp(format, "asff") == 0 ? finding_export_asff(lake->db, &query, stdout, &left_out, err)
                                     : finding_export_ocsf(lake->db, &query, stdout, err));
    return ok && (!left_out ||
                  error_set(err, ERROR_INPUT, "%" PRId64 " findings were left out", left_out));
}

/* Lines on standard error. */
static void tell_bad(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

/* A file, or standard input, in one transaction. */
static bool import_file(FindingImport *import, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(SETUP_INPUT_BYTES_MAX);
    const FindingImportReport before = import->report;
    import->name = strcmp(path, "-") == 0 ? "standard input" : path;
    if (!setup_read_input(path, &text, err) || !db_begin(import->db, err))
        return false;
    if (finding_import_text(import, buf_str(&text), err) && db_commit(import->db, err))
        return true;
    import->report = before;
    db_rollback(import->db);
    return false;
}

/* What AWS has, of the time of update that --since, --until and --last choose. */
static bool import_pages(const CommandLine *line, FindingImport *import, const char *name,
                         Error *err)
{
    FindingAsk ask = {.source = str_of(name)};
    ask.aws = sources_aws_configured(command_config(line), "findings", NULL, false, err);
    bool ok = ask.aws && command_range(line, &ask.since_us, &ask.until_us, err) &&
              finding_ask_run(&ask, import, err);
    aws_free(ask.aws);
    return ok;
}

static bool import_one(const CommandLine *line, FindingImport *import, const char *name, Error *err)
{
    return finding_pages_is(str_of(name)) ? import_pages(line, import, name, err)
                                          : import_file(import, name, err);
}

static Db *open_state(const Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return layout_path(path, err, lake->folder, "state.db") ? state_open(path, DB_READ_WRITE, err)
                                                            : NULL;
}

static bool import(const CommandLine *line, Lake *lake, Error *err)
{
    FindingImport all = {.tell = tell_bad};
    if (command_argument_count(line) < 2)
        return error_set(err, ERROR_USAGE,
                         "spoor findings import needs a file, - for standard input, securityhub: or"
                         " guardduty:");
    all.automation =
        automation_open(config_text(command_config(line), CONFIG_FINDINGS_RULES), NULL, err);
    bool ok = all.automation && (all.db = open_state(lake, err)) != NULL;
    for (int i = 1; ok && i < command_argument_count(line); i++)
        ok = import_one(line, &all, command_argument(line, i), err);
    db_close(all.db);
    automation_free(all.automation);
    const FindingImportReport *report = &all.report;
    if (!ok && report->added + report->updated)
        error_context(err, "after %" PRId64 " that were stored", report->added + report->updated);
    ok = ok && finding_beside_run(line, lake->folder, err);
    if (ok)
        printf("%" PRId64 " read: %" PRId64 " new, %" PRId64 " updated, %" PRId64 " known, %" PRId64
               " bad\n",
               report->read, report->added, report->updated, report->ignored, report->bad);
    return ok && (!report->bad ||
                  error_set(err, ERROR_INPUT, "%" PRId64 " could not be read", report->bad));
}

static bool show(const CommandLine *line, Lake *lake, Error *err)
{
    Finding finding;
    const char *format = command_text(line, "format", "table");
    bool json = strcmp(format, "json") == 0;
    if (command_argument_count(line) != 2)
        return error_set(err, ERROR_USAGE, "spoor findings show needs the id of a finding");
    if (!json && strcmp(format, "table") != 0)
        return error_set(err, ERROR_USAGE, "findings show writes table or json");
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    bool ok = arena &&
              finding_get(lake->db, str_of(command_argument(line, 1)), arena, &finding, err) &&
              finding_text_show(lake->db, &finding, json, stdout, err);
    arena_free(arena);
    return ok;
}

/* An option's text; without ptr when it is not given. */
static Str text_or_none(const CommandLine *line, const char *option)
{
    return command_has(line, option) ? str_of(command_text(line, option, "")) : (Str){NULL, 0};
}

/* Who says it: --author, else the user. */
static Str author_of(const CommandLine *line, char *number, size_t size)
{
    const char *name = getenv("LOGNAME");
    if (!name || !*name)
        name = getenv("USER");
    snprintf(number, size, "uid %u", (unsigned)getuid());
    return str_of(command_text(line, "author", name && *name ? name : number));
}

static bool change_all(const CommandLine *line, Db *db, const FindingChange *change, Error *err)
{
    bool ok = db_begin(db, err);
    for (int i = 1; ok && i < command_argument_count(line); i++)
        ok = finding_workflow_change(db, str_of(command_argument(line, i)), change, err);
    if (ok && db_commit(db, err))
        return true;
    db_rollback(db);
    return false;
}

/* All or none; beside an ingest, which holds the lake's lock but not its state. */
static bool update(const CommandLine *line, Lake *lake, Error *err)
{
    char name[32];
    bool severity = command_has(line, "severity");
    int number = severity_of_label(str_of(command_text(line, "severity", "")));
    const FindingChange change = {.workflow = text_or_none(line, "workflow"),
                                  .assignee = text_or_none(line, "assignee"),
                                  .note = text_or_none(line, "note"),
                                  .record_state = text_or_none(line, "record-state"),
                                  .severity = severity ? &number : NULL,
                                  .author = author_of(line, name, sizeof name),
                                  .at_us = clock_now_us()};
    if (command_argument_count(line) < 2)
        return error_set(err, ERROR_USAGE, "spoor findings update needs the id of a finding");
    if (!change.workflow.ptr && !change.assignee.ptr && !change.note.ptr && !severity &&
        !change.record_state.ptr)
        return error_set(err, ERROR_USAGE,
                         "what changes? --workflow, --assignee, --severity, --record-state or"
                         " --note, or several");
    Db *db = open_state(lake, err);
    bool ok = db && change_all(line, db, &change, err);
    db_close(db);
    if (ok)
        printf("%d updated\n", command_argument_count(line) - 1);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    static const SetupVerb VERBS[] = {{"list", list, false},
                                      {"show", show, false},
                                      {"update", update, false},
                                      {"export", export, false},
                                      {"import", import, false},
                                      {"rules", finding_rules, true},
                                      {"insights", finding_insights, true},
                                      {"push", finding_push, false},
                                      {"pushes", finding_push_list, false},
                                      {"polls", finding_polling_list, false},
                                      {"suppress", finding_rules_suppress, false},
                                      {NULL, NULL, false}};
    return setup_run_verb(line, VERBS, err);
}

const Command cmd_findings = {
    .name = "findings",
    .arguments = "list | show ID | update ID... | export | import SOURCE... | suppress [ID...] | "
                 "rules list|check|test | insights [NAME|check] | push [ID...] | pushes | polls",
    .arguments_min = 1,
    .arguments_max = -1,
    .summary = "what rules found in the records that were ingested",
    .description =
        "A finding is what one rule of level low or above saw of one principal in one account, as "
        "long as less than a day lies between two of its signals. Its id stays when more signals "
        "come, late ones too; two findings that a late signal joins become one, known by both ids. "
        "Of "
        "a correlation it is a time for which it was true of one group, with its value and up to "
        "200 of the events that made it so. "
        "The beginning of an id is enough.\n\n"
        "Its workflow is NEW until somebody is told of it (spoor serve, docs/notify.md), which "
        "makes it "
        "NOTIFIED; update makes it RESOLVED or SUPPRESSED, gives it to a person, or adds a note, "
        "all "
        "findings that are named or none. A resolved one of which a later event comes is NEW "
        "again, "
        "and is told again; a suppressed one stays so. Every change is kept with its time and "
        "author.\n\nimport takes ASFF and findings of GuardDuty, from get-findings, EventBridge, "
        "arrays or "
        "JSON lines, packed or not, and asks AWS where securityhub:[REGION] or guardduty:[REGION] "
        "is named; export writes ASFF, checked against its schema, OCSF, CSV or "
        "JSON "
        "lines. Rules for findings (findings.rules) change severity, workflow and more as findings "
        "are "
        "made: suppress writes one, rules lists and checks them, and tests what they would touch. "
        "insights "
        "counts findings by what they have in common. push gives what waits to AWS Security Hub, "
        "as "
        "spoor serve does all the time where securityhub.push is true, and those that are named or "
        "of "
        "--since, --until and --last besides; pushes lists what was taken, waits, or was given up, "
        "and "
        "polls whom spoor serve asks for findings (findings.from), and what came of it "
        "(docs/findings.md).",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
