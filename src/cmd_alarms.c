/* cmd_alarms - the alarms of a lake: their states, what became of them, and a state set by hand. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alarm_backtest.h"
#include "alarm_files.h"
#include "base/cell.h"
#include "base/clock.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "cmd.h"
#include "lake/layout.h"
#include "setup.h"
#include "watch/alarm_store.h"

enum { LIMIT = 50, LINE_BYTES_MAX = 1 << 20, REASON_BYTES_MAX = 1023 };

static const Option OPTIONS[] = {
    {"state", 0, VALUE_CHOICE, "STATE", "OK|ALARM|INSUFFICIENT_DATA", CONFIG_NONE,
     "of list: only alarms in this state"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "of history: the newest N (50)"},
    {"reason", 0, VALUE_TEXT, "TEXT", NULL, CONFIG_NONE, "of set-state: why"},
    {"output", 'o', VALUE_TEXT, "FILE", NULL, CONFIG_NONE,
     "of import and export: write to FILE, which must not exist, instead of the terminal"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|jsonl", CONFIG_NONE, "of list and history"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor alarms list --state ALARM",
    "those that are in ALARM now",
    "spoor alarms history cis-root-activity",
    "when it changed and why, what was told, and what was held back",
    "spoor alarms test cis-root-activity --last 30d",
    "when it would have been in ALARM in the last 30 days, had it been in force",
    "spoor alarms set-state cis-root-activity ALARM --reason 'a test of routes'",
    "until the next evaluation, a minute later at most while spoor serve runs",
    "spoor alarms import filters.json alarms.json -o mine.yml",
    "what aws logs describe-metric-filters and aws cloudwatch describe-alarms printed, as a file",
    "spoor alarms export -o alarms.template.json",
    "the filters and alarms that alarms.path names, as a template of CloudFormation",
    NULL,
};

/* A column of what is printed: its name in JSON, and how it looks. */
typedef struct Column {
    const char *name;
    enum { SHOW_TEXT, SHOW_TIME, SHOW_SECONDS, SHOW_JSON } kind;
} Column;

static void put_column(JsonWriter *to, const Column *column, DbStatement *row, int index)
{
    char text[TIMESTAMP_TEXT_BYTES];
    Str value = db_text(row, index);
    if (column->kind == SHOW_TIME || column->kind == SHOW_SECONDS) {
        timestamp_format(db_int(row, index) * (column->kind == SHOW_TIME ? 1 : 1000000), text);
        value = str_of(text);
    }
    if (column->kind == SHOW_JSON && value.len)
        json_write_value(to, column->name, value);
    else
        json_write_some(to, column->name, value);
}

static bool print_json(DbStatement *row, const Column *columns, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    JsonWriter to = {&line, err, true};
    json_write_open(&to, NULL, '{');
    for (int i = 0; columns[i].name; i++)
        put_column(&to, &columns[i], row, i);
    json_write_close(&to, '}');
    if (to.ok)
        printf("%.*s\n", STR_ARG(buf_str(&line)));
    return to.ok;
}

/* Prints each row of *select*, as JSON or by *print_text*. */
static bool print_rows(DbStatement *select, const Column *columns, bool json,
                       bool (*print_text)(DbStatement *row, Error *err), Error *err)
{
    bool row = true;
    while (select && db_next(select, &row, err)) {
        if (!row)
            return true;
        if (json ? !print_json(select, columns, err) : !print_text(select, err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

static bool is_json(const CommandLine *line)
{
    return strcmp(command_text(line, "format", "text"), "jsonl") == 0;
}

/* Names and descriptions come from files, reasons hold texts of them. */
static bool print_visible(const char *before, Str text, Error *err)
{
    BUF_AUTO Buf visible = buf_init(LINE_BYTES_MAX);
    if (!cell_visible(text, &visible, err))
        return false;
    printf("%s%.*s", before, STR_ARG(buf_str(&visible)));
    return true;
}

/* ---- list ---- */

#define ALARM_COLUMNS                                                                              \
    "name, state, since_us, severity, description, kind, watches, reason, reason_data,"            \
    " evaluated_s, held"

static const Column ALARMS[] = {
    {"name", SHOW_TEXT},         {"state", SHOW_TEXT},       {"since", SHOW_TIME},
    {"severity", SHOW_TEXT},     {"description", SHOW_TEXT}, {"kind", SHOW_TEXT},
    {"watches", SHOW_TEXT},      {"reason", SHOW_TEXT},      {"reason_data", SHOW_JSON},
    {"evaluated", SHOW_SECONDS}, {"held_back", SHOW_TEXT},   {NULL, SHOW_TEXT},
};

static bool print_alarm(DbStatement *row, Error *err)
{
    char since[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(db_int(row, 2), since);
    Str state = db_text(row, 1), severity = db_text(row, 3);
    printf("%-17.*s  %-24s  %-13.*s", STR_ARG(state), since, STR_ARG(severity));
    if (!print_visible("  ", db_text(row, 0), err) ||
        (db_text(row, 4).len && !print_visible(": ", db_text(row, 4), err)))
        return false;
    printf("\n");
    return true;
}

/* Why there is none, where there is none at all. */
static bool tell_none(const CommandLine *line, Lake *lake, Error *err)
{
    int64_t count;
    Str first;
    bool named = config_item(command_config(line), CONFIG_ALARMS_PATH, 0, &first);
    if (!db_get_int(lake->db, "SELECT count(*) FROM alarms", 0, &count, err))
        return false;
    if (!count)
        fputs(named ? "no alarm has been evaluated yet: spoor serve does it each minute, spoor "
                      "ingest at its end\n"
                    : "alarms.path names no alarms; 'cis' there switches on those that ship\n",
              stderr);
    return true;
}

static bool list(const CommandLine *line, Lake *lake, Error *err)
{
    DbStatement *select =
        db_statement(lake->db,
                     "SELECT " ALARM_COLUMNS " FROM alarms WHERE ?1 = '' OR state = ?1 ORDER BY"
                     " name",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(command_text(line, "state", "")));
    return print_rows(select, ALARMS, is_json(line), print_alarm, err) &&
           tell_none(line, lake, err);
}

/* ---- history ---- */

static const Column HISTORY[] = {
    {"alarm", SHOW_TEXT},     {"at", SHOW_TIME},          {"kind", SHOW_TEXT},
    {"old_state", SHOW_TEXT}, {"new_state", SHOW_TEXT},   {"severity", SHOW_TEXT},
    {"reason", SHOW_TEXT},    {"reason_data", SHOW_JSON}, {NULL, SHOW_TEXT},
};

static bool print_change(DbStatement *row, Error *err)
{
    char at[TIMESTAMP_TEXT_BYTES];
    Str kind = db_text(row, 2), before = db_text(row, 3), after = db_text(row, 4);
    timestamp_format_zone(db_int(row, 1), at);
    printf("%s  ", at);
    if (!print_visible("", db_text(row, 0), err))
        return false;
    if (str_equal(kind, STR("StateUpdate")))
        printf("  %.*s -> %.*s", STR_ARG(before), STR_ARG(after));
    if (!print_visible("  ", db_text(row, 6), err))
        return false;
    printf("\n");
    return true;
}

static bool print_history(Lake *lake, Str name, int64_t limit, bool json, Error *err)
{
    DbStatement *select =
        db_statement(lake->db,
                     "SELECT alarm, at_us, kind, old_state, new_state, severity, reason,"
                     " reason_data FROM alarm_history WHERE ?1 = '' OR alarm = ?1 ORDER BY id DESC"
                     " LIMIT ?2",
                     err);
    if (!select)
        return false;
    db_bind_text(select, 1, name);
    db_bind_int(select, 2, limit);
    return print_rows(select, HISTORY, json, print_change, err);
}

static Str name_given(const CommandLine *line)
{
    return command_argument_count(line) > 1 ? str_of(command_argument(line, 1)) : STR("");
}

static bool history(const CommandLine *line, Lake *lake, Error *err)
{
    return print_history(lake, name_given(line), command_number(line, "limit", LIMIT),
                         is_json(line), err);
}

/* ---- show ---- */

static bool print_whole(DbStatement *row, Error *err)
{
    char since[TIMESTAMP_TEXT_BYTES], evaluated[TIMESTAMP_TEXT_BYTES];
    Str state = db_text(row, 1), severity = db_text(row, 3), kind = db_text(row, 5);
    timestamp_format_zone(db_int(row, 2), since);
    timestamp_format_zone(db_int(row, 9) * 1000000, evaluated);
    printf("state      %.*s since %s\nseverity   %.*s\n", STR_ARG(state), since, STR_ARG(severity));
    bool ok = (!db_text(row, 4).len ||
               (print_visible("about      ", db_text(row, 4), err) && printf("\n") > 0)) &&
              print_visible(str_equal(kind, STR("composite")) ? "rule       " : "metric     ",
                            db_text(row, 6), err) &&
              printf("\n") > 0 && print_visible("reason     ", db_text(row, 7), err) &&
              printf("\nevaluated  up to %s\n", evaluated) > 0;
    return ok && (!db_text(row, 10).len ||
                  (print_visible("held back  ", db_text(row, 10), err) && printf("\n") > 0));
}

static bool print_if_there(DbStatement *select, Str name, Error *err)
{
    bool row;
    if (!db_next(select, &row, err))
        return false;
    bool ok =
        row ? print_whole(select, err)
            : error_set(err, ERROR_USAGE,
                        "no alarm '%.*s' has been evaluated; spoor alarms list has those that were",
                        STR_ARG(str_slice(name, 0, 255)));
    db_reset(select);
    return ok;
}

static bool show(const CommandLine *line, Lake *lake, Error *err)
{
    Str name = name_given(line);
    DbStatement *select =
        db_statement(lake->db, "SELECT " ALARM_COLUMNS " FROM alarms WHERE name = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, name);
    if (!print_if_there(select, name, err))
        return false;
    printf("history\n");
    return print_history(lake, name, LIMIT, false, err);
}

/* ---- set-state ---- */

static bool set_state(const CommandLine *line, Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    AlarmState state;
    Str reason = str_of(command_text(line, "reason", "It was set by hand."));
    if (command_argument_count(line) < 3)
        return error_set(err, ERROR_USAGE, "which state? spoor alarms set-state NAME STATE");
    if (!alarm_state_read(str_of(command_argument(line, 2)), &state))
        return error_set(err, ERROR_USAGE, "'%.32s' is none of OK, ALARM, INSUFFICIENT_DATA",
                         command_argument(line, 2));
    Db *db =
        layout_path(path, err, lake->folder, "state.db") ? db_open(path, DB_READ_WRITE, err) : NULL;
    bool ok = db && alarm_store_set(db, name_given(line), state,
                                    str_slice(reason, 0, str_utf8_prefix(reason, REASON_BYTES_MAX)),
                                    clock_now_us(), err);
    db_close(db);
    if (ok)
        printf("%s is %s until its next evaluation\n", command_argument(line, 1),
               alarm_state_word(state));
    return ok;
}

/* ---- test ---- */

static bool test(const CommandLine *line, Lake *lake, Error *err)
{
    AlarmSet *set = alarm_set_open(command_config(line), err);
    const Alarm *alarm = set ? alarm_set_find(set, name_given(line)) : NULL;
    bool ok = set && (alarm || error_set(err, ERROR_USAGE, "alarms.path has no alarm '%.*s'",
                                         STR_ARG(str_slice(name_given(line), 0, 255))));
    ok = ok && alarm_backtest(line, lake, set, alarm, err);
    alarm_set_free(set);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    static const SetupVerb VERBS[] = {
        {"list", list, false},
        {"show", show, false},
        {"history", history, false},
        {"test", test, false},
        {"set-state", set_state, false},
        {"import", alarm_files_import, true},
        {"export", alarm_files_export, true},
        {NULL, NULL, false},
    };
    return setup_run_verb(line, VERBS, err);
}

const Command cmd_alarms = {
    .name = "alarms",
    .arguments = "list | show NAME | history [NAME] | test NAME | set-state NAME STATE | "
                 "import FILE... | export",
    .arguments_min = 1,
    .arguments_max = -1,
    .summary = "alarms on metrics of what comes in, as CloudWatch has them",
    .description =
        "Metric filters count what comes in, alarms watch the counts, and composite alarms other "
        "alarms: all are files that alarms.path names (docs/alarms.md), and 'cis' there switches "
        "on "
        "what the CIS AWS Foundations benchmarks ask to watch. They are evaluated each minute by "
        "spoor serve, and at the end of spoor ingest. list and show print their states, history "
        "their changes and what was told of them, the newest first. test counts again what the "
        "lake "
        "has of --since, --until or --last, and says when the alarm would have changed, without "
        "storing anything. set-state sets a state until "
        "the next evaluation, as SetAlarmState does: it shows whether a change is told.\n\nimport "
        "makes a file for alarms.path of what AWS's CLI describes, '-' being standard input; what "
        "cannot be carried is told by name and stands in the file as a comment. export writes what "
        "alarms.path names as a template of CloudFormation. Neither needs a lake.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
