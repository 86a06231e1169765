/* cmd_findings - lists and shows what rules found in the records that were ingested. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "detect/rule.h"
#include "finding_text.h"
#include "setup.h"

static const Option OPTIONS[] = {
    {"min-level", 'm', VALUE_CHOICE, "LEVEL", "low|medium|high|critical", CONFIG_NONE,
     "leave out what is below (default: low)"},
    {"rule", 'r', VALUE_TEXT, "RULE", NULL, CONFIG_NONE, "list: only of this rule, by id or title"},
    {"principal", 'p', VALUE_TEXT, "TEXT", NULL, CONFIG_NONE,
     "list: only of principals that have this in their name"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|csv|jsonl|json", CONFIG_NONE,
     "list: table, csv or jsonl; show: table or json"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "list: findings to print (200)"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor findings list --min-level high --last 7d",
    "what was seen in the last week, the worst first",
    "spoor findings list --principal ci-deploy -f jsonl",
    "all of one caller, one JSON object a line",
    "spoor findings show 3f2a9c01",
    "one in full: its rule, what to do, its events",
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
                          .principal = str_of(command_text(line, "principal", ""))};
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
    if (strcmp(format, "json") == 0)
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

static int run(const CommandLine *line, Error *err)
{
    const char *action = command_argument(line, 0);
    bool listing = strcmp(action, "list") == 0;
    if (!listing && strcmp(action, "show") != 0) {
        error_set(err, ERROR_USAGE, "'%.64s' is none of list, show", action);
        return EXIT_STATUS_USAGE;
    }
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    if (lake && (listing ? list : show)(line, lake, err) && fflush(stdout) == 0)
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_findings = {
    .name = "findings",
    .arguments = "list|show [ID]",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "what rules found in the records that were ingested",
    .description =
        "A finding is what one rule of level low or above saw of one principal in one account, as "
        "long as less than a day lies between two of its signals. Its id stays when more signals "
        "come, late ones too; two findings that a late signal joins become one, known by both ids. "
        "Of "
        "a correlation it is a time for which it was true of one group, with its value and up to "
        "200 of the events that made it so. "
        "The beginning of an id is enough.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
