/* cmd_rules - lists, checks, tests, explains and begins rules. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cmd.h"
#include "detect/coverage.h"
#include "detect/derived.h"
#include "detect/matcher.h"
#include "detect/rule_explain.h"
#include "hunt/samples.h"
#include "rules.h"
#include "rules_backtest.h"
#include "rules_lake.h"
#include "rules_new.h"
#include "rules_queries.h"
#include "rules_state.h"

static const Option OPTIONS[] = {
    RULES_OPTIONS,
    {"format", 'f', VALUE_CHOICE, "FORMAT", "table|navigator|jsonl|json|csv", CONFIG_NONE,
     "of coverage: a table, or a layer for the ATT&CK Navigator; of backtest: counts with examples "
     "as a table, or all matches as the others (default: table)"},
    {"sql", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "of explain: print the rule as a query in Athena's SQL"},
    {"from", 0, VALUE_TEXT, "FILE", NULL, CONFIG_NONE,
     "of new: a JSON file with the event that the rule is to find"},
    {"output", 'o', VALUE_TEXT, "FILE", NULL, CONFIG_NONE,
     "of new: write the rule to FILE, which must not exist, instead of the terminal"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor rules list",
    "the rules that ship",
    "spoor rules check my-rules",
    "what is wrong with rules of your own; fails when a rule is refused",
    "spoor rules check my-rules --lake ./lake",
    "and which fields they ask for that no event of the lake carries",
    "spoor rules test my-rules",
    "whether each rule does on its samples what they say",
    "spoor rules explain cloudtrail_stopped event.json",
    "why a rule matches an event, or does not",
    "spoor rules explain cloudtrail_stopped --sql",
    "the same rule in SQL, to paste into Athena, and whether that is exact",
    "spoor rules backtest my-rules/new.yml --last 90d",
    "how often a rule would have fired, by day and by principal, before it is switched on",
    "spoor rules coverage --format navigator > layer.json",
    "what the rules that ship speak of, for the ATT&CK Navigator",
    "spoor rules new --from event.json -o my-rules/trail_stopped.yml 'Trail stopped'",
    "a rule that finds this event, with it as the sample that matches",
    "spoor rules list --lake ./lake",
    "the rules, and how those with a query and those that are tried out stand there",
    NULL,
};

enum { PATHS_MAX = 256, OUTPUT_BYTES_MAX = 64 << 20, EVENTS_MAX = 20 };

static const char *const KINDS[] = {"detection", "correlation", "filter", "sql"};

static int list(const CommandLine *line, const RuleSet *set, Error *err)
{
    printf("%-13s  %-11s  %-60s  %s\n", "level", "kind", "title", "file");
    for (size_t i = 0; i < ruleset_count(set); i++) {
        const Rule *rule = ruleset_rule(set, i);
        printf("%-13s  %-11s  %-60.*s  %.*s:%u%s\n", rule_level_name(rule->level),
               KINDS[rule->kind], STR_ARG(rule->title), STR_ARG(rule->file), rule->line,
               !rule->applies  ? "  (not for CloudTrail)"
               : rule->dry_run ? "  (dry run)"
                               : "");
    }
    return !command_has(line, "lake") || rules_state_print(line, set, err) ? EXIT_STATUS_OK
                                                                           : EXIT_STATUS_FAILURE;
}

static void count_kinds(const RuleSet *set, size_t counts[RULE_KINDS], size_t *ret_other)
{
    *ret_other = 0;
    for (size_t i = 0; i < ruleset_count(set); i++) {
        counts[ruleset_rule(set, i)->kind]++;
        *ret_other += !ruleset_rule(set, i)->applies;
    }
}

static int check(const CommandLine *line, const RuleSet *set, Error *err)
{
    size_t counts[RULE_KINDS] = {0}, other, uncarried = 0;
    rules_tell(set, true, SIZE_MAX);
    if (command_has(line, "lake") && !rules_lake_check(line, set, &uncarried, err))
        return EXIT_STATUS_FAILURE;
    count_kinds(set, counts, &other);
    Matcher *matcher = matcher_new(set, LEVEL_NONE, err);
    if (!matcher)
        return EXIT_STATUS_FAILURE;
    MatcherShape shape = matcher_shape(matcher);
    matcher_free(matcher);
    size_t errors = ruleset_error_count(set);
    printf("%zu detections, %zu correlations, %zu queries, %zu filters; %zu for other logs than "
           "CloudTrail\n",
           counts[RULE_DETECTION], counts[RULE_CORRELATION], counts[RULE_SQL], counts[RULE_FILTER],
           other);
    printf("%zu detections are tried by the name of the call, %zu by another member, %zu on every "
           "record\n",
           shape.named, shape.guarded, shape.open);
    printf("%zu errors, %zu warnings\n", errors, ruleset_problem_count(set) - errors + uncarried);
    if (!errors)
        return EXIT_STATUS_OK;
    error_set(err, ERROR_INPUT, "rules that are refused: %zu", errors);
    return EXIT_STATUS_FAILURE;
}

/* A sample that did not do what it says. */
static void tell_sample(void *context, const Rule *rule, uint32_t at, const char *text)
{
    (void)context;
    printf("%.*s:%u: %s\n", STR_ARG(rule->file), at, text);
}

static int test(const CommandLine *line, const RuleSet *set, Error *err)
{
    SamplesReport report;
    rules_tell(set, false, SIZE_MAX);
    if (!samples_run(set, NULL, tell_sample, NULL, &report, err) ||
        !rules_queries_test(line, set, tell_sample, &report, err))
        return EXIT_STATUS_FAILURE;
    printf("%zu rules, %zu samples, %zu failed; %zu rules lack a sample that matches or one that "
           "does not\n",
           report.rules, report.samples, report.failed, report.one_sided);
    size_t errors = ruleset_error_count(set);
    if (!report.failed && !errors)
        return EXIT_STATUS_OK;
    error_set(err, ERROR_INPUT, "samples that failed: %zu, rules that are refused: %zu",
              report.failed, errors);
    return EXIT_STATUS_FAILURE;
}

static int coverage(const CommandLine *line, const RuleSet *set, Error *err)
{
    BUF_AUTO Buf out = buf_init(OUTPUT_BYTES_MAX);
    bool layer = strcmp(command_text(line, "format", "table"), "navigator") == 0;
    bool ok = layer ? coverage_write_layer(set, &out, err) : coverage_write_table(set, &out, err);
    if (ok)
        fwrite(out.ptr, 1, out.len, stdout);
    return ok ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
}

/* The events of a file: one, or those of a log file's Records or of an array. */
static const Json *first_event(const Json *root)
{
    const Json *records = json_member(root, STR("Records"));
    const Json *list = records ? records : root;
    return list->type == JSON_ARRAY ? list->first : list;
}

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

static bool explain_events(const Rule *rule, const Json *root, Document *document, Error *err)
{
    bool ok = true, list = root->type == JSON_ARRAY || json_member(root, STR("Records"));
    int number = 0;
    for (const Json *event = first_event(root); ok && event && number < EVENTS_MAX;
         event = list ? event->next : NULL) {
        BUF_AUTO Buf out = buf_init(OUTPUT_BYTES_MAX);
        document_set_tree(document, event);
        ok = rule_explain(rule, document, &out, err);
        if (ok)
            printf("%sevent %d\n%.*s", number ? "\n" : "", number + 1, STR_ARG(buf_str(&out)));
        number++;
    }
    return ok;
}

static bool explain_file(const CommandLine *line, const Rule *rule, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(OUTPUT_BYTES_MAX);
    Arena *arena = arena_new(OUTPUT_BYTES_MAX, err);
    bool ok = arena && file_read(path, &text, NULL, err);
    const Json *root = ok ? json_read(buf_str(&text), &JSON_LIMITS_DEFAULT, arena, err) : NULL;
    if (ok && !root)
        error_context(err, "'%s'", path);
    Derive *lookups = root ? derive_open(command_config(line), err) : NULL;
    Derived *derived = lookups ? derived_new(lookups, err) : NULL;
    Document *document = derived ? document_new(err) : NULL;
    if (document)
        document_set_derive(document, derive, derived);
    ok = document && explain_events(rule, root, document, err);
    document_free(document);
    derived_free(derived);
    derive_release(lookups);
    arena_free(arena);
    return ok;
}

/* The rule that the first argument names; NULL with *err*. */
static const Rule *named_rule(const CommandLine *line, const RuleSet *set, Error *err)
{
    const char *name = command_argument_count(line) > 1 ? command_argument(line, 1) : "";
    const Rule *rule = ruleset_find(set, str_of(name));
    if (!rule || rule->kind == RULE_FILTER) {
        error_set(err, ERROR_USAGE, "'%.80s' is no rule that detects; rules list names them", name);
        return NULL;
    }
    return rule;
}

static int status_of(bool ok, const Error *err)
{
    return ok ? EXIT_STATUS_OK : err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

static int explain(const CommandLine *line, const RuleSet *set, Error *err)
{
    bool sql = command_has(line, "sql");
    if (command_argument_count(line) != (sql ? 2 : 3)) {
        error_set(err, ERROR_USAGE, "rules explain takes a rule and a file with events, or --sql");
        return EXIT_STATUS_USAGE;
    }
    const Rule *rule = named_rule(line, set, err);
    if (rule && rule->kind != RULE_DETECTION) {
        error_set(err, ERROR_USAGE, "'%.80s' is no detection; rules list names them",
                  command_argument(line, 1));
        rule = NULL;
    }
    bool ok = rule && (sql ? rules_backtest_sql(rule, err)
                           : explain_file(line, rule, command_argument(line, 2), err));
    return status_of(ok, err);
}

static bool is_rule_file(const char *argument)
{
    return str_ends(str_of(argument), STR(".yml")) || str_ends(str_of(argument), STR(".yaml"));
}

/* The last rule of a file that detects: a correlation stands behind its rules. */
static const Rule *last_rule(const RuleSet *set, const char *file, Error *err)
{
    for (size_t i = ruleset_count(set); i-- > 0;)
        if (ruleset_rule(set, i)->kind != RULE_FILTER)
            return ruleset_rule(set, i);
    error_set(err, ERROR_INPUT, "'%.200s' holds no rule that detects", file);
    return NULL;
}

static int backtest(const CommandLine *line, const RuleSet *set, Error *err)
{
    if (command_argument_count(line) != 2) {
        error_set(err, ERROR_USAGE, "rules backtest takes one rule");
        return EXIT_STATUS_USAGE;
    }
    const char *name = command_argument(line, 1);
    rules_tell(set, false, SIZE_MAX);
    const Rule *rule = is_rule_file(name) && !ruleset_find(set, str_of(name))
                           ? last_rule(set, name, err)
                           : named_rule(line, set, err);
    bool sql = rule && rule->kind == RULE_SQL;
    return status_of(rule && (sql ? rules_queries_backtest(line, rule, err)
                                  : rules_backtest(line, set, rule, err)),
                     err);
}

static int draft(const CommandLine *line, const RuleSet *set, Error *err)
{
    (void)set;
    return rules_new(line, err);
}

typedef int (*Action)(const CommandLine *line, const RuleSet *set, Error *err);

static const struct {
    const char *name;
    Action run;
    bool other; /* its arguments are no rules */
    bool alone; /* it takes no rules at all: its set is NULL */
} ACTIONS[] = {{"list", list, false, false},      {"check", check, false, false},
               {"test", test, false, false},      {"coverage", coverage, false, false},
               {"explain", explain, true, false}, {"backtest", backtest, true, false},
               {"new", draft, true, true}};

static int run(const CommandLine *line, Error *err)
{
    const char *name = command_argument(line, 0);
    const char *paths[PATHS_MAX] = {NULL};
    size_t action = 0, count = sizeof ACTIONS / sizeof *ACTIONS;
    while (action < count && strcmp(name, ACTIONS[action].name) != 0)
        action++;
    if (action == count) {
        error_set(err, ERROR_USAGE,
                  "rules takes list, check, test, coverage, explain, backtest or new, not '%.40s'",
                  name);
        return EXIT_STATUS_USAGE;
    }
    if (ACTIONS[action].run == backtest && command_argument_count(line) == 2 &&
        is_rule_file(command_argument(line, 1)))
        paths[0] = command_argument(line, 1);
    for (int i = 1; !ACTIONS[action].other && i < command_argument_count(line) && i < PATHS_MAX;
         i++)
        paths[i - 1] = command_argument(line, i);
    if (ACTIONS[action].alone)
        return ACTIONS[action].run(line, NULL, err);
    RuleSet *set = rules_open(line, paths, err);
    int status = set ? ACTIONS[action].run(line, set, err) : EXIT_STATUS_FAILURE;
    ruleset_free(set);
    return status;
}

const Command cmd_rules = {
    .name = "rules",
    .arguments = "list|check|test|coverage [PATH...] | explain RULE FILE | backtest RULE | "
                 "new TITLE",
    .arguments_min = 1,
    .arguments_max = PATHS_MAX,
    .summary = "list, check, test, explain, back-test and begin rules",
    .description =
        "list shows the rules with their levels; with --lake also when those with a query were "
        "asked "
        "last and at what cost, and what those that are tried out (dry_run) would have found. "
        "check "
        "reads rules and says what is wrong with "
        "them, with file and line; it fails when a rule is refused. With --lake it also warns of "
        "fields that no event of that lake carries, looking at events for at most 30 seconds. test "
        "tries each rule on the samples that it carries. coverage counts "
        "rules by tactic and technique of ATT&CK. explain shows for the events of a JSON file "
        "which parts of "
        "RULE (its name, id or title) hold and what they saw, or with --sql the rule as a query. "
        "backtest says how often RULE, which may also be a rule file, would have fired over the "
        "events of the lake: by day, by principal, with the first few. new writes the first draft "
        "of "
        "a rule called TITLE: with --from, one that finds the first event of a JSON file by its "
        "source, name, outcome and telling parameters, and carries it as a sample; what a person "
        "must say is left to fill in. PATH is a rule file or a "
        "folder "
        "of them; without one, and without --rules, it is about the rules that ship.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
