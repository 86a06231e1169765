/* cmd_verify - follows digest chains and hashes the logs that they list. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"
#include "cmd.h"
#include "setup.h"
#include "source_list.h"
#include "sources_aws.h"
#include "verify/kept.h"
#include "verify/missing_keys.h"
#include "verify/store_folder.h"
#include "verify/store_lake.h"
#include "verify/store_s3.h"
#include "verify_ledger.h"
#include "verify_print.h"

enum { BUCKET_JOBS = 32 };

static const Option OPTIONS[] = {
    {"keys", 'k', VALUE_PATH, "FILE", NULL, CONFIG_NONE,
     "public keys, as aws cloudtrail list-public-keys prints them; several times (default: "
     "list-public-keys.json beside the buckets, or what the lake kept of it)"},
    {"metadata", 0, VALUE_PATH, "FILE", NULL, CONFIG_NONE,
     "metadata of the objects: JSON, key to metadata (default: s3-object-metadata.json beside the "
     "buckets)"},
    {"bucket", 'b', VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "SOURCE is a copy of this bucket (default: its folders are buckets, or as its digests say)"},
    {"account", 'a', VALUE_TEXT, "ID", NULL, CONFIG_NONE, "of this account only"},
    {"region", 'r', VALUE_TEXT, "REGION", NULL, CONFIG_NONE, "of this region only"},
    {"trail", 't', VALUE_TEXT, "NAME", NULL, CONFIG_NONE, "of this trail only, by name or ARN"},
    {"verbose", 'v', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "print what is valid, too"},
    {"head", 0, VALUE_PATH, "PLACE", NULL, CONFIG_NONE,
     "of a lake: the ledger's heads as they are kept outside, a file or s3://BUCKET/PREFIX "
     "(default: ledger.head)"},
    {"quick", 'q', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "of a lake: do not read its rows again"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE, "of the output (text)"},
    {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "workers, 0 for all cores"},
    SOURCES_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor verify ./buckets --keys list-public-keys.json",
    "all digests and logs of the buckets that were copied into a folder",
    "spoor verify ./my-bucket --bucket my-bucket --since 2026-01-01 --verbose",
    "a copy of one bucket, the files of this year one by one",
    "spoor verify ./buckets --account 111122223333 --format json",
    "of one account, for a program",
    "spoor verify s3://my-trail-bucket --since 2026-01-01",
    "the bucket itself, with the public keys that CloudTrail gives",
    "spoor verify --lake ./spoor-lake",
    "what was ingested, by the digests that the lake kept",
    NULL,
};

/* What is verified: one of three. */
typedef struct Verified {
    SourceList *sources; /* the configured ones, with *aws* */
    Aws *aws;            /* for a bucket, or originals of a lake that are in one */
    StoreS3 *bucket;
    Lake *lake;
    StoreFolder *folder;
    StoreLake *kept;
    PublicKeys *keys;
} Verified;

static Store store_of(const Verified *source)
{
    if (source->bucket)
        return store_s3_store(source->bucket);
    return source->folder ? store_folder_store(source->folder) : store_lake_store(source->kept);
}

/* Keys that lie beside the digests, were kept with them, or are CloudTrail's to ask for. */
static bool read_lake_keys(const Verified *source, Error *err)
{
    Error trouble = {0};
    if (!kept_read_keys(source->lake, source->keys, err) ||
        (source->aws && !missing_keys_ask(source->lake, source->aws, source->keys, &trouble, err)))
        return false;
    if (trouble.kind != ERROR_NONE)
        fprintf(stderr, "spoor verify: %s\n", trouble.text);
    return true;
}

static bool read_own_keys(const Verified *source, Error *err)
{
    if (source->bucket)
        return store_s3_read_keys(source->bucket, source->keys, err);
    if (source->folder)
        return !store_folder_keys(source->folder) ||
               public_keys_read(source->keys, store_folder_keys(source->folder), err);
    return read_lake_keys(source, err);
}

static bool read_keys(const CommandLine *line, const Verified *source, Error *err)
{
    const char *path = command_text_at(line, "keys", 0);
    if (!path && !read_own_keys(source, err))
        return false;
    for (int i = 0; path; path = command_text_at(line, "keys", ++i))
        if (!public_keys_read(source->keys, path, err))
            return false;
    if (public_keys_count(source->keys) == 0 && source->kept &&
        lake_roots_count(store_lake_roots(source->kept)) == 0)
        return true; /* a lake without digests has its ledger all the same */
    return public_keys_count(source->keys) > 0 ||
           error_set(err, ERROR_USAGE,
                     "no public keys: give --keys FILE, what 'aws cloudtrail list-public-keys"
                     " --start-time ... --end-time ...' prints in the region of the digests");
}

/* Workers: requests to a bucket wait, so there are more of them. */
static int jobs_of(const CommandLine *line, const Verified *source)
{
    int jobs = (int)config_number(command_config(line), CONFIG_INGEST_JOBS);
    return source->bucket && jobs < BUCKET_JOBS ? BUCKET_JOBS : jobs;
}

static Str text_of(const CommandLine *line, const char *option)
{
    Str text = str_of(command_text(line, option, ""));
    bool arn = strcmp(option, "trail") == 0 && str_starts(text, STR("arn:"));
    return arn ? str_base_name(text) : text;
}

static int status_of(const VerifyReport *report)
{
    return report->digests.invalid || report->backfill_digests.invalid || report->logs.invalid
               ? EXIT_STATUS_FAILURE
               : EXIT_STATUS_OK;
}

static int verify(const CommandLine *line, const Verified *source, Error *err)
{
    VerifyPrint print = {.json = strcmp(command_text(line, "format", "text"), "json") == 0,
                         .verbose = command_has(line, "verbose"),
                         .lake = source->lake != NULL,
                         .originals = source->lake && source->lake->originals};
    const Store store = store_of(source);
    VerifyOptions options = {.store = &store,
                             .keys = source->keys,
                             .account = text_of(line, "account"),
                             .region = text_of(line, "region"),
                             .trail = text_of(line, "trail"),
                             .jobs = jobs_of(line, source),
                             .event = verify_print_event,
                             .context = &print};
    VerifyReport report;
    bool clean = true;
    if (!command_range(line, &options.since_us, &options.until_us, err))
        return EXIT_STATUS_USAGE;
    print.since_us = options.since_us;
    print.until_us = options.until_us;
    if (print.json)
        printf("{");
    if (source->lake && !verify_ledger(line, source->lake, print.json, &clean, err))
        return EXIT_STATUS_FAILURE;
    verify_print_start(&print);
    bool ok = verify_run(&options, &report, err);
    ok = verify_print_end(&print, ok ? &report : NULL, err) && ok;
    return ok && clean ? status_of(&report) : EXIT_STATUS_FAILURE;
}

static bool open_aws(const CommandLine *line, Verified *source, Error *err)
{
    source->sources = source_list_configured(line, "verify", err);
    source->aws = source->sources ? source_list_aws(source->sources) : NULL;
    return source->aws != NULL;
}

static bool open_lake(const CommandLine *line, Verified *source, Error *err)
{
    if (command_has(line, "metadata") || command_has(line, "bucket"))
        return error_set(err, ERROR_USAGE, "--metadata and --bucket are for a SOURCE");
    source->lake = setup_lake(line, LAKE_READ, err);
    source->kept = source->lake ? store_lake_open(source->lake, err) : NULL;
    if (!source->kept || !store_lake_needs_aws(source->kept))
        return source->kept != NULL;
    if (!open_aws(line, source, err))
        return false;
    store_lake_use_aws(source->kept, source->aws);
    return true;
}

static void tell_left_out(void *context, const char *line)
{
    (void)context;
    fprintf(stderr, "spoor verify: %s\n", line);
}

static bool open_bucket(const CommandLine *line, Verified *source, Error *err)
{
    const char *uri = command_argument(line, 0);
    if (command_has(line, "metadata") || command_has(line, "bucket"))
        return error_set(err, ERROR_USAGE, "--metadata and --bucket are for a folder");
    if (!open_aws(line, source, err))
        return false;
    const StoreS3Options options = {.aws = source->aws, .uri = str_of(uri), .tell = tell_left_out};
    source->bucket = store_s3_open(&options, err);
    return source->bucket != NULL;
}

static bool open_source(const CommandLine *line, Verified *source, Error *err)
{
    if (command_has(line, "lake"))
        return error_set(err, ERROR_USAGE, "either SOURCE or --lake DIR is verified, not both");
    if (command_has(line, "head") || command_has(line, "quick"))
        return error_set(err, ERROR_USAGE, "--head and --quick are for a lake, not for a SOURCE");
    if (str_starts(str_of(command_argument(line, 0)), STR("s3://")))
        return open_bucket(line, source, err);
    source->folder =
        store_folder_open(command_argument(line, 0), command_text(line, "bucket", NULL),
                          command_text(line, "metadata", NULL), err);
    return source->folder != NULL;
}

static int run(const CommandLine *line, Error *err)
{
    Verified source = {.keys = public_keys_new(err)};
    bool given = command_argument_count(line) > 0;
    int status = EXIT_STATUS_FAILURE;
    bool ok =
        source.keys && (given ? open_source(line, &source, err) : open_lake(line, &source, err));
    if (ok && read_keys(line, &source, err))
        status = verify(line, &source, err);
    else if (err->kind == ERROR_USAGE)
        status = EXIT_STATUS_USAGE;
    store_lake_free(source.kept);
    lake_close(source.lake);
    store_folder_free(source.folder);
    store_s3_free(source.bucket);
    source_list_free(source.sources);
    public_keys_free(source.keys);
    return status;
}

const Command cmd_verify = {
    .name = "verify",
    .arguments = "[SOURCE]",
    .arguments_min = 0,
    .arguments_max = 1,
    .summary = "prove that logs are whole and unchanged, by CloudTrail's digests",
    .description =
        "Follows the digest files of every account, region and trail from the newest to the oldest "
        "as 'aws cloudtrail validate-logs' does: signature, place, link, and the hash of each log "
        "file that a valid digest lists. Verdicts, counts and exit status are the same: 1 when a "
        "file is invalid. What that command does not look at is remarked beside: logs that no "
        "digest lists, digests that nothing leads to, a newest digest that is missing, hashes and "
        "times that do not fit their neighbours.\n\n"
        "SOURCE is a folder with copies of buckets as BUCKET/KEY, the copy of one bucket, or a "
        "bucket (s3://BUCKET/PREFIX); of a bucket, CloudTrail is asked for the public keys unless "
        "--keys is given. Without it, the lake is verified: the digests that it kept, the hash "
        "that was taken of each log "
        "when it was ingested, and the log itself where it still lies where it came from; "
        "before that, the lake's own ledger, and that data files hold the rows which it says "
        "(docs/formats/ledger.md).",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
