/* cmd_ingest - brings log objects into the lake, exactly once, and says what came of it. */
#include "base/file.h"
#include "cmd.h"
#include "dry_run.h"
#include "ingest.h"
#include "reading.h"
#include "setup.h"

enum { RESTORE_DAYS_MAX = 365 };

static const Option OPTIONS[] = {
    INGEST_OPTIONS,
    SOURCES_OPTIONS,
    {"dry-run", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "say what would be read, with requests, price and time"},
    {"newest-first", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "of a bucket: the last days first"},
    {"restore", 0, VALUE_NUMBER, "DAYS", NULL, CONFIG_NONE,
     "of a bucket: ask that archived objects be readable for so many days"},
    {"follow", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE,
     "go on until Ctrl-C with what comes: queues are asked all the time, folders watched, all else "
     "listed every aws.relist_s"},
    {"part-rows", 0, VALUE_NUMBER, "N", NULL, CONFIG_INGEST_PART_ROWS, "records of a part"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor ingest ./AWSLogs",
    "all log objects below a folder, into ./spoor-lake",
    "spoor ingest logs/a.json.gz logs/b.json.gz --lake /data/lake --jobs 1",
    "some files, into another lake, on one core",
    "spoor ingest ./AWSLogs --rules my-rules",
    "with rules of your own instead of those that ship",
    "spoor ingest ./AWSLogs --last 7d",
    "only objects delivered in the last week, by the day in their key",
    "spoor ingest s3://my-trail-bucket/AWSLogs/ --profile audit --since 2026-11-01",
    "out of a bucket, all accounts and regions in it",
    "zcat old/*.json.gz | spoor ingest -",
    "what another program writes; the same bytes come in once",
    "spoor ingest cloudtrail:eu-west-1 --last 7d",
    "management events of an account without a trail",
    "spoor ingest sqs://trail-events",
    "what a queue's messages announce or carry; each is deleted when that is in",
    "spoor ingest sqs://eu-west-1/111122223333/trail-events s3://my-trail-bucket --follow",
    "all that is there, and then what comes; the bucket is listed for what the queue missed",
    "spoor ingest --follow",
    "the sources that spoor.yml lists",
    "spoor ingest s3://my-trail-bucket/AWSLogs/ --dry-run",
    "how many objects and requests that would be, at what price",
    NULL,
};

static int ingest_sources(const CommandLine *line, Lake *lake, Reading *reading, Error *err)
{
    const Sources *sources = reading_sources(reading);
    const IngestInput input = {.list = reading_list(reading),
                               .aws = source_list_aws(sources_list(sources)),
                               .next = reading_next,
                               .tick = reading_tick,
                               .endless = command_has(line, "follow"),
                               .end = reading_end,
                               .context = reading};
    int status = ingest_run(line, lake, &input, err);
    int troubles = sources_troubles(sources);
    if (troubles && status != EXIT_STATUS_FAILURE) {
        error_set(err, ERROR_ACCESS, "%d paths could not be looked at", troubles);
        return EXIT_STATUS_FAILURE;
    }
    return status;
}

static SourcesOptions sources_asked(const CommandLine *line)
{
    int64_t days = command_number(line, "restore", 0);
    return (SourcesOptions){.list = {.command = "ingest", .limited = true},
                            .newest_first = command_has(line, "newest-first"),
                            .follow = command_has(line, "follow"),
                            .restore_days = days > RESTORE_DAYS_MAX ? RESTORE_DAYS_MAX : (int)days};
}

/* A lake that is there is only read; one that is not stays so. */
static int estimate(const CommandLine *line, Error *err)
{
    const char *folder = config_text(command_config(line), CONFIG_LAKE_FOLDER);
    if (command_has(line, "restore") || command_has(line, "follow")) {
        error_set(err, ERROR_USAGE,
                  command_has(line, "follow")
                      ? "--follow has no end that --dry-run could tell of"
                      : "--restore asks S3 to do something, which --dry-run does not");
        return EXIT_STATUS_USAGE;
    }
    LAKE_AUTO Lake *lake = file_exists(folder) ? setup_lake(line, LAKE_READ, err) : NULL;
    const SourcesOptions asked = sources_asked(line); /* without queues: nobody says what is in */
    Sources *sources = err->kind == ERROR_NONE ? sources_open(line, &asked, err) : NULL;
    bool ok = sources && dry_run(line, lake, sources, err);
    sources_free(sources);
    if (ok)
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

static int run(const CommandLine *line, Error *err)
{
    if (command_has(line, "dry-run"))
        return estimate(line, err);
    const SourcesOptions asked = sources_asked(line);
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_CREATE, err);
    Reading *reading = lake ? reading_open(line, lake, &asked, err) : NULL;
    int status = reading ? ingest_sources(line, lake, reading, err) : EXIT_STATUS_FAILURE;
    if (status == EXIT_STATUS_FAILURE && err->kind == ERROR_USAGE)
        status = EXIT_STATUS_USAGE;
    reading_free(reading);
    return status;
}

const Command cmd_ingest = {
    .name = "ingest",
    .arguments = "[SOURCE...]",
    .arguments_min = 0,
    .arguments_max = -1,
    .summary = "bring log objects into the lake, exactly once",
    .description =
        "Without SOURCE, what spoor.yml lists under sources is read, each as the profile that it "
        "names there. Sources are files and folders (PATH or dir:PATH), walked in a stable order, "
        "buckets "
        "(s3://BUCKET/PREFIX), "
        "whose accounts, regions and days are found, standard input (-), the event history "
        "(cloudtrail:[REGION], asked twice a second as AWS allows), log groups of CloudWatch Logs "
        "(logs://GROUP or logs://ARN), a URL where Firehose delivers (http://ADDRESS:PORT, with "
        "--follow), and queues of SQS "
        "(sqs://NAME, "
        "sqs://ACCOUNT/NAME, sqs://REGION/ACCOUNT/NAME). A queue's messages are notifications of "
        "S3, straight or by SNS or EventBridge, CloudTrail's own, or EventBridge's events "
        "themselves, those with findings of GuardDuty or Security Hub among them; a message is "
        "deleted when all that it names is in, and set aside with its "
        "reason when it says nothing that is known or was received more than 5 times in vain. "
        "Every object is ingested once, "
        "however often it is listed; every event is kept once, however many objects hold it. What "
        "cannot be stored is kept aside with its reason. Ctrl-C ends cleanly after the parts being "
        "written; the same command goes on where it stopped. Rules are tried on every record as it "
        "comes; their matches are rows of the table signals, one for each event however often it "
        "is "
        "delivered. Rules of --rules and the lookups of derive.* are taken up when their files "
        "change, "
        "at once on SIGHUP; what cannot be used is told, and what was there before goes on. A "
        "newer "
        "copy of an object is read again and only what is new is added.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
