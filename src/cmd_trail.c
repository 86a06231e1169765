/* cmd_trail - the AWS side: what makes a trail that can be read and proven, and whether it is so.
 */
#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json_write.h"
#include "cloud/trail_ask.h"
#include "cloud/trail_check.h"
#include "cloud/trail_template.h"
#include "cmd.h"
#include "left_out.h"
#include "setup.h"
#include "sources_aws.h"

enum { TEXT_BYTES_MAX = 1 << 20, ANSWERS_BYTES_MAX = 64 << 20 };

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "FORMAT", "cloudformation|terraform|awscli|text|json",
     CONFIG_NONE, "of template: for which tool (cloudformation); of check: text or json (text)"},
    {"script", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "of check: print the script that asks AWS and prints what check reads"},
    {"save", 0, VALUE_PATH, "FILE", NULL, CONFIG_NONE,
     "of check: keep what AWS answered, to be checked again"},
    SOURCES_OPTIONS,
    {"org", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "of template, as the next ones: of all accounts of the organisation"},
    {"encryption", 'e', VALUE_CHOICE, "KIND", "sse-s3|sse-kms", CONFIG_NONE,
     "how objects are encrypted: by S3, or with a key of your own (sse-kms)"},
    {"object-lock", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "nobody may delete an object before its days are over"},
    {"data-events", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "log writes to objects of S3 and calls of functions, too; AWS charges for each"},
    {"insights", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "log unusual rates of calls and errors"},
    {"network-activity", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "log what VPC endpoints refused of CloudTrail, KMS and Secrets Manager"},
    {"cloudwatch-logs", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "deliver to a log group, too"},
    {"guardduty", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "enable GuardDuty; with --org, name its administrator"},
    {"security-hub", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "enable Security Hub; with --org, name its administrator"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor trail template > trail.yml",
    "one account: trail, key, bucket, queue and reader role, for CloudFormation",
    "spoor trail template --org --object-lock --format terraform > trail.tf",
    "all accounts of an organisation, kept for sure, for Terraform",
    "spoor trail template --encryption sse-s3 --format awscli > trail.sh",
    "a script of AWS CLI calls that may be run again",
    "spoor trail check --profile audit",
    "asks AWS how the trails are set up, and says what mends what is not right",
    "spoor trail check --script > ask.sh && bash ask.sh > answers.json",
    "the same by a script, where spoor may not ask",
    "spoor trail check answers.json",
    "judges what it printed",
    "spoor trail check --lake ./spoor-lake && spoor status",
    "and which kinds of events no trail logs, so that the lake cannot have them",
    NULL,
};

/* Features that are options of the same name. */
static const char *const FLAGS[] = {"org",       "object-lock",      "data-events",
                                    "insights",  "network-activity", "cloudwatch-logs",
                                    "guardduty", "security-hub"};
enum { FLAG_COUNT = sizeof FLAGS / sizeof *FLAGS };

static bool print_template(const CommandLine *line, Error *err)
{
    Str features[FLAG_COUNT + 1];
    int count = 0;
    for (int i = 0; i < FLAG_COUNT; i++)
        if (command_has(line, FLAGS[i]))
            features[count++] = str_of(FLAGS[i]);
    features[count++] = str_of(command_text(line, "encryption", "sse-kms"));
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    Str pattern = trail_template_text(str_of(command_text(line, "format", "cloudformation")));
    if (!trail_template_expand(pattern, features, count, &text, err))
        return false;
    fwrite(text.ptr, 1, text.len, stdout);
    return true;
}

/* How checks are printed, and what they came to. */
typedef struct Printing {
    Buf *out;
    Error *err;
    bool json;
    bool ok;
    JsonWriter writer;
    Str subject; /* whose checks were printed last */
    int needed, needed_held, advised, advised_held, unknown;
} Printing;

static void count_finding(Printing *to, const TrailFinding *finding)
{
    bool holds = finding->verdict == TRAIL_HOLDS;
    to->unknown += finding->verdict == TRAIL_UNKNOWN;
    to->needed += finding->needed;
    to->needed_held += finding->needed && holds;
    to->advised += !finding->needed;
    to->advised_held += !finding->needed && holds;
}

static void write_json(Printing *to, const TrailFinding *finding)
{
    JsonWriter *writer = &to->writer;
    json_write_open(writer, NULL, '{');
    json_write_text(writer, "subject", finding->subject);
    json_write_text(writer, "check", finding->check);
    json_write_text(writer, "importance", str_of(finding->needed ? "needed" : "advised"));
    json_write_text(writer, "verdict", str_of(trail_check_word(finding->verdict)));
    json_write_some(writer, "reason", finding->reason);
    json_write_some(writer, "fix", finding->fix);
    json_write_close(writer, '}');
}

static bool write_line(Printing *to, const char *before, Str text)
{
    return buf_append_str(to->out, str_of(before), to->err) &&
           cell_visible(text, to->out, to->err) && buf_append_byte(to->out, '\n', to->err);
}

static bool write_text(Printing *to, const TrailFinding *finding)
{
    static const char *const WORDS[2][3] = {{"  holds    ", "  advice   ", "  unknown  "},
                                            {"  holds    ", "  FAILS    ", "  UNKNOWN  "}};
    if (!str_equal(to->subject, finding->subject) && !write_line(to, "", finding->subject))
        return false;
    to->subject = finding->subject;
    return write_line(to, WORDS[finding->needed][finding->verdict], finding->check) &&
           (!finding->reason.len || write_line(to, "             ", finding->reason)) &&
           (!finding->fix.len || write_line(to, "             ", finding->fix));
}

static void print_finding(void *context, const TrailFinding *finding)
{
    Printing *to = context;
    count_finding(to, finding);
    if (to->json)
        write_json(to, finding);
    else
        to->ok = to->ok && write_text(to, finding);
}

static bool print_sum(Printing *to)
{
    if (!to->json)
        return to->ok &&
               buf_printf(to->out, to->err, "%d of %d needed hold, %d of %d advised, %d unknown\n",
                          to->needed_held, to->needed, to->advised_held, to->advised, to->unknown);
    json_write_close(&to->writer, ']');
    return to->writer.ok && buf_append_byte(to->out, '\n', to->err);
}

static bool check_document(const Json *document, Printing *to)
{
    to->writer = (JsonWriter){.out = to->out, .err = to->err, .ok = true};
    if (to->json)
        json_write_open(&to->writer, NULL, '[');
    return trail_check(document, print_finding, to, to->err) && print_sum(to);
}

static bool wants_json(const CommandLine *line)
{
    return strcmp(command_text(line, "format", "text"), "json") == 0;
}

/* In a lake that is named, what the trails leave out is kept. */
static bool keep_left_out(const CommandLine *line, const Json *document, int64_t asked_us,
                          Error *err)
{
    if (!command_has(line, "lake"))
        return true;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    return lake && left_out_keep(lake, document, asked_us, err);
}

/* Prints the checks of *answers*: whether all that is needed holds becomes the status. */
static int check_answers(const CommandLine *line, Str answers, int64_t asked_us, Error *err)
{
    BUF_AUTO Buf out = buf_init(ANSWERS_BYTES_MAX);
    Printing to = {.out = &out, .err = err, .json = wants_json(line), .ok = true};
    Arena *arena = arena_new(ANSWERS_BYTES_MAX, err);
    const Json *document = arena ? json_read(answers, &JSON_LIMITS_DEFAULT, arena, err) : NULL;
    bool ok =
        document && check_document(document, &to) && keep_left_out(line, document, asked_us, err);
    arena_free(arena);
    if (!ok)
        return EXIT_STATUS_FAILURE;
    fwrite(out.ptr, 1, out.len, stdout);
    return to.needed_held == to.needed ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
}

/* The answers in a file are as old as it is. */
static int check_file(const CommandLine *line, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(ANSWERS_BYTES_MAX);
    FileInfo info;
    int status = EXIT_STATUS_FAILURE;
    if (file_read(path, &text, &info, err))
        status = check_answers(line, buf_str(&text), info.modified_ns / 1000, err);
    if (err->kind != ERROR_NONE)
        error_context(err, "%s", path);
    return status;
}

static void tell_unseen(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "spoor trail: %s\n", line);
}

/* Asks AWS; with --save, what it answered stays in a file too. */
static int check_account(const CommandLine *line, Error *err)
{
    BUF_AUTO Buf answers = buf_init(ANSWERS_BYTES_MAX);
    const char *path = command_text(line, "save", NULL);
    const TrailAskOptions options = {.aws = sources_aws_open(line, "trail", NULL, err),
                                     .tell = tell_unseen};
    bool ok = options.aws && trail_ask(&options, &answers, err) &&
              (!path || file_replace(path, buf_str(&answers), err));
    aws_free(options.aws);
    return ok ? check_answers(line, buf_str(&answers), clock_now_us(), err) : EXIT_STATUS_FAILURE;
}

static int usage(Error *err, const char *option, const char *verb)
{
    error_set(err, ERROR_USAGE, "'%.64s' is not for trail %s", option, verb);
    return EXIT_STATUS_USAGE;
}

static int run_check(const CommandLine *line, Error *err)
{
    for (int i = 0; i < FLAG_COUNT; i++)
        if (command_has(line, FLAGS[i]))
            return usage(err, FLAGS[i], "check");
    if (command_has(line, "encryption"))
        return usage(err, "encryption", "check");
    const char *format = command_text(line, "format", "text");
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return usage(err, format, "check --format");
    bool script = command_has(line, "script");
    bool file = command_argument_count(line) > 1;
    if (file + script + command_has(line, "save") > 1) {
        error_set(err, ERROR_USAGE,
                  "trail check asks AWS, or takes FILE, or --script: one of them");
        return EXIT_STATUS_USAGE;
    }
    if (file)
        return check_file(line, command_argument(line, 1), err);
    if (!script)
        return check_account(line, err);
    Str text = trail_template_text(STR("ask"));
    fwrite(text.ptr, 1, text.len, stdout);
    return EXIT_STATUS_OK;
}

static int run_template(const CommandLine *line, Error *err)
{
    const char *format = command_text(line, "format", "cloudformation");
    if (command_has(line, "script"))
        return usage(err, "script", "template");
    if (strcmp(format, "text") == 0 || strcmp(format, "json") == 0)
        return usage(err, format, "template --format");
    if (command_argument_count(line) > 1)
        return usage(err, command_argument(line, 1), "template");
    return print_template(line, err) ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
}

static int run(const CommandLine *line, Error *err)
{
    const char *verb = command_argument(line, 0);
    if (strcmp(verb, "template") == 0)
        return run_template(line, err);
    if (strcmp(verb, "check") == 0)
        return run_check(line, err);
    error_set(err, ERROR_USAGE, "'%.64s' is no part of trail; template and check are", verb);
    return EXIT_STATUS_USAGE;
}

const Command cmd_trail = {
    .name = "trail",
    .arguments = "template|check [FILE]",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "what sets up the AWS side (trail, bucket, queue, role), and whether it is so",
    .description =
        "template prints a text for CloudFormation, Terraform or a shell with the AWS CLI. It "
        "makes a trail of all regions with global service events and digest files; a bucket that "
        "is versioned, encrypted, closed to the public and to plain HTTP, whose objects move to "
        "an archive class that is read at once and expire after seven years; a queue that tells "
        "of new objects, with one for messages that nobody could use; and a role that may read "
        "all of it and change nothing. What can be chosen later (names, days, who may read) are "
        "parameters of the text.\n\n"
        "check asks AWS how the trails of an account are set up, in all of its regions, and says "
        "of each trail, its bucket and each region what is as it should be, with the call that "
        "mends what is not; nothing is changed. check --script prints a script that asks the same: "
        "run it where the AWS CLI may call, and give check the file with what it prints. With "
        "--lake, the kinds of events that no trail logs are kept in that lake, and spoor status "
        "names them. The "
        "status is 0 when all that is needed holds, 1 "
        "when something does not or is not known; advice does not count.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
