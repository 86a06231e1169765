/* cmd_search - finds events by a search's text or a filter pattern, in a process locked in. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd.h"
#include "search_answer.h"
#include "search_follow.h"
#include "search_question.h"
#include "sources.h"
#include "sql_run.h"
#include "sql_source.h"

static const Option OPTIONS[] = {
    {"pattern", 0, VALUE_TEXT, "PATTERN", NULL, CONFIG_NONE,
     "a CloudWatch filter pattern for JSON events instead of QUERY"},
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE,
     "events, the newest (default: 50); 0: all"},
    {"fields", 0, VALUE_TEXT, "A,B,C", NULL, CONFIG_NONE,
     "what is shown of an event, instead of what a table shows, or of all"},
    {"facets", 0, VALUE_TEXT, "A,B,C", NULL, CONFIG_NONE,
     "count the most frequent values of these fields"},
    {"histogram", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "count events by time, as a table does on a terminal"},
    {"follow", 'F', VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "print events as they come into the lake, until Ctrl-C or N of them"},
    SQL_RUN_FORMAT_OPTIONS,
    {"show-sql", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "print the statement that answers the search, for spoor sql"},
    {"from", 0, VALUE_TEXT, "SOURCE", NULL, CONFIG_NONE,
     "in these raw logs instead of a lake; may be given again"},
    SOURCES_OPTIONS,
    SQL_RUN_LIMIT_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor search 'eventName:Delete* NOT userIdentity.type:AWSService' --last 7d",
    "what was deleted in the last week, but not by AWS's services",
    "spoor search 'sourceIPAddress:203.0.113.0/24 errorCode:*' --facets eventName,errorCode",
    "what was refused to a network, and how often",
    "spoor search AKIAIOSFODNN7EXAMPLE --limit 0 -f jsonl",
    "all events with a key anywhere in the record",
    "spoor search 'requestParameters.bucketName:(logs OR backup) and eventTime >= 2026-10-30'",
    "DQL's words are understood, too",
    "spoor search --from ./AWSLogs 'userAgent:/.*(kali|parrot).*/'",
    "in raw logs, without a lake",
    "spoor search 'eventName:ConsoleLogin responseElements.ConsoleLogin:Failure' --follow",
    "failed logins as they come in",
    "spoor search --pattern '{ $.eventName = \"Create*\" && $.errorCode NOT EXISTS }'",
    "by a filter pattern of CloudWatch",
    NULL,
};

static bool answer(const CommandLine *line, SearchQuestion *question, Error *err)
{
    if (command_has(line, "show-sql"))
        return search_answer_show(line, question, err);
    if (command_has(line, "follow"))
        return search_follow_run(line, question, err);
    if (!command_has(line, "from"))
        return search_answer_run(line, question, NULL, err);
    SqlSource *source = sql_source_open(line, err);
    bool ok = source && search_answer_run(line, question, sql_source_folder(source), err);
    sql_source_close(source);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    SearchQuestion question;
    bool ok = search_question_read(line, &question, err) && answer(line, &question, err);
    search_question_free(&question);
    if (ok)
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_search = {
    .name = "search",
    .arguments = "[QUERY]",
    .arguments_min = 0,
    .arguments_max = 1,
    .summary = "find events by words and fields",
    .description =
        "Finds events in the lake, the newest first, by a search's text: fields of the record or "
        "derived members with values (eventName:Delete*, sourceIPAddress:203.0.113.0/24, "
        "eventTime:[2026-10-01 TO 2026-10-31], _exists_:errorCode), and words that stand in any "
        "value, joined by AND, OR, NOT and parentheses; terms side by side are joined by AND "
        "(docs/search.md). A table on a terminal begins with a line of how many events there were "
        "when; --histogram and --facets count in every format. The search becomes a statement of "
        "SQL, answered as spoor sql answers it, in a process of its own that is locked in.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
