/* cmd_summary - what a principal, address, key or account did, on one screen; or a table of many.
 */
#include "cmd.h"
#include "profile/profile_many.h"
#include "profile_answer.h"
#include "sources.h"
#include "sql_run.h"
#include "sql_source.h"

static const Option OPTIONS[] = {
    {"by", 0, VALUE_TEXT, "KIND", NULL, CONFIG_NONE,
     "principal, address, key, account or a column of cloudtrail: what a VALUE is, or of what a "
     "table is made (principal)"},
    {"max", 0, VALUE_NUMBER, "N", NULL, CONFIG_NONE, "at most N of each list of a VALUE (10)"},
    {"sort", 0, VALUE_CHOICE, "COLUMN", PROFILE_MANY_SORTS, CONFIG_NONE,
     "most of what stands first in a table (calls)"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "rows of a table (20); 0: all"},
    SQL_RUN_FORMAT_OPTIONS,
    {"show-sql", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "print the statement that answers, for spoor sql"},
    {"from", 0, VALUE_TEXT, "SOURCE", NULL, CONFIG_NONE,
     "over these raw logs instead of a lake; may be given again"},
    SOURCES_OPTIONS,
    SQL_RUN_LIMIT_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor summary arn:aws:iam::123456789012:user/kim",
    "what a user did, on one screen",
    "spoor summary 203.0.113.77 AKIAIOSFODNN7EXAMPLE --last 7d",
    "what an address and a key did in the last week",
    "spoor summary lambda.amazonaws.com --by principal",
    "what a service did by itself",
    "spoor summary --sort denied --limit 10",
    "who was refused most",
    "spoor summary --by derived.country --sort abused",
    "from which countries calls came that attackers often make",
    "spoor summary --by address --from ./AWSLogs -f csv",
    "all addresses of raw logs",
    NULL,
};

static bool answer(const CommandLine *line, Error *err)
{
    if (!profile_answer_check(line, err))
        return false;
    if (command_has(line, "show-sql"))
        return profile_answer_show(line, err);
    if (!command_has(line, "from"))
        return profile_answer_run(line, NULL, err);
    SqlSource *source = sql_source_open(line, err);
    bool ok = source && profile_answer_run(line, sql_source_folder(source), err);
    sql_source_close(source);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    if (answer(line, err))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_summary = {
    .name = "summary",
    .arguments = "[VALUE...]",
    .arguments_min = 0,
    .arguments_max = -1,
    .summary = "what a principal, address, key or account did, on one screen",
    .description =
        "For each VALUE, an ARN of a user, role or session, an address, an access key, an "
        "account's "
        "number or whatever --by says, tells when it was seen, how many calls succeeded and were "
        "denied, its findings, which calls that attackers often make it made, and the services, "
        "errors, sessions, keys, addresses, clients, regions and accounts of its calls. Without a "
        "VALUE, a table of all that --by says with their counts, the most first "
        "(docs/summary.md). Both are statements of SQL, answered as spoor sql answers them.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
