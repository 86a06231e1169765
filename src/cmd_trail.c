/* cmd_trail - the AWS side: what makes a trail that can be read and proven. */
#include <stdio.h>
#include <string.h>

#include "cloud/trail_template.h"
#include "cmd.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static const Option OPTIONS[] = {
    {"format", 'f', VALUE_CHOICE, "TOOL", "cloudformation|terraform|awscli", CONFIG_NONE,
     "for which tool (cloudformation)"},
    {"org", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "of all accounts of the organisation"},
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

static int run(const CommandLine *line, Error *err)
{
    const char *verb = command_argument(line, 0);
    if (strcmp(verb, "template") != 0) {
        error_set(err, ERROR_USAGE, "'%.64s' is no part of trail; template is", verb);
        return EXIT_STATUS_USAGE;
    }
    return print_template(line, err) ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
}

const Command cmd_trail = {
    .name = "trail",
    .arguments = "template",
    .arguments_min = 1,
    .arguments_max = 1,
    .summary = "print what sets up the AWS side: trail, bucket, queue, reader role",
    .description =
        "Prints a text for CloudFormation, Terraform or a shell with the AWS CLI. It makes a trail "
        "of "
        "all regions with global service events and digest files; a bucket that is versioned, "
        "encrypted, closed to the public and to plain HTTP, whose objects move to an archive class "
        "that is read at once and expire after seven years; a queue that tells of new objects, "
        "with "
        "one for messages that nobody could use; and a role that may read all of it and change "
        "nothing. What can be chosen later (names, days, who may read) are parameters of the text.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
