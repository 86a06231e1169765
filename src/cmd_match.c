/* cmd_match - tries a pattern or rule on events, as TestMetricFilter does. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "cmd.h"
#include "match_events.h"
#include "match_pattern.h"

static const Option OPTIONS[] = {
    {"cloudwatch", 'w', VALUE_TEXT, "PATTERN", NULL, CONFIG_NONE,
     "a CloudWatch Logs filter pattern: { $.x = y }, [a, b], or terms"},
    {"eventbridge", 'e', VALUE_TEXT, "PATTERN", NULL, CONFIG_NONE,
     "an EventBridge event pattern, which is JSON"},
    {"sigma", 's', VALUE_TEXT, "PATH", NULL, CONFIG_NONE,
     "a Sigma rule file or a folder of them; may be given several times"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE,
     "of the answer (default: text)"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor match --cloudwatch '{ $.userIdentity.type = \"Root\" }' log.json.gz",
    "the records of a CloudTrail log file that a metric filter would count",
    "spoor match --eventbridge '{\"detail\": {\"eventName\": [\"StopLogging\"]}}' events.jsonl",
    "the events that a rule of EventBridge would pass on",
    "spoor match --sigma my-rule.yml --format json < events.jsonl",
    "a Sigma rule, the answer as JSON",
    NULL,
};

enum { VALUES_BYTES_MAX = 256 << 20 };

typedef struct Match {
    MatchPattern *pattern;
    bool json;
    uint64_t events, matches;
    Buf values, line;
} Match;

static bool put_rules(const Buf *rules, Buf *line, Error *err)
{
    bool ok = true;
    for (size_t at = 0; ok && at < rules->len; at += sizeof(const Rule *)) {
        const Rule *rule;
        memcpy(&rule, rules->ptr + at, sizeof rule);
        ok = (!at || buf_append_byte(line, ',', err)) && json_append_string(line, rule->title, err);
    }
    return ok;
}

static bool put_json(Match *match, Str text, Error *err)
{
    const Buf *rules = match_pattern_rules(match->pattern);
    return buf_printf(&match->line, err, "%s{\"eventNumber\":%" PRIu64 ",\"eventMessage\":",
                      match->matches > 1 ? ",\n" : "", match->events) &&
           json_append_string(&match->line, text, err) &&
           buf_append_str(&match->line, STR(",\"extractedValues\":"), err) &&
           buf_append_str(&match->line, buf_str(&match->values), err) &&
           (!rules->len ||
            (buf_append_str(&match->line, STR(",\"rules\":["), err) &&
             put_rules(rules, &match->line, err) && buf_append_byte(&match->line, ']', err))) &&
           buf_append_byte(&match->line, '}', err);
}

/* Its number, the rules, the values; nothing that would move the cursor. */
static bool put_text(Match *match, Error *err)
{
    const Buf *rules = match_pattern_rules(match->pattern);
    BUF_AUTO Buf shown = buf_init(VALUES_BYTES_MAX);
    return put_rules(rules, &shown, err) &&
           (!rules->len || buf_append_str(&shown, STR("  "), err)) &&
           buf_append_str(&shown, buf_str(&match->values), err) &&
           buf_printf(&match->line, err, "%" PRIu64 "  ", match->events) &&
           cell_visible(buf_str(&shown), &match->line, err) &&
           buf_append_byte(&match->line, '\n', err);
}

static bool take(void *context, Str text, const Json *json, Arena *arena, Error *err)
{
    Match *match = context;
    const MatchEvent event = {text, json, arena};
    bool matches;
    match->events++;
    match->values.len = match->line.len = 0;
    if (!match_pattern_try(match->pattern, &event, &match->values, &matches, err))
        return false;
    if (!matches)
        return true;
    match->matches++;
    bool ok = match->json ? put_json(match, text, err) : put_text(match, err);
    if (ok)
        fwrite(match->line.ptr, 1, match->line.len, stdout);
    return ok;
}

static bool try_all(const CommandLine *line, Match *match, Error *err)
{
    int files = command_argument_count(line);
    bool ok = true;
    if (match->json)
        fputs("{\"matches\":[", stdout);
    for (int i = 0; ok && i < files; i++)
        ok = match_events_read(command_argument(line, i), take, match, err);
    if (!files)
        ok = match_events_read("-", take, match, err);
    if (match->json)
        fputs("]}\n", stdout);
    else if (ok)
        printf("%" PRIu64 " of %" PRIu64 " events match\n", match->matches, match->events);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    Match match = {.json = strcmp(command_text(line, "format", "text"), "json") == 0};
    match.values = match.line = buf_init(VALUES_BYTES_MAX);
    match.pattern = match_pattern_new(line, err);
    if (!match.pattern)
        return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
    bool ok = try_all(line, &match, err);
    match_pattern_free(match.pattern);
    buf_free(&match.values);
    buf_free(&match.line);
    return ok ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
}

const Command cmd_match = {
    .name = "match",
    .arguments = "[FILE...]",
    .arguments_min = 0,
    .arguments_max = -1,
    .summary = "try a pattern or rule on events",
    .description =
        "Reads events and prints the number of each that matches, with the values that the pattern "
        "looked at, and how many there were. FILE is a CloudTrail log file, an array of events, or "
        "a JSON document or text a line, gzip or not; without one it is the standard input. A file "
        "that does not match is no failure.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
