/* cmd_verify - follows digest chains and hashes the logs that they list. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"
#include "cmd.h"
#include "verify/store_folder.h"
#include "verify_print.h"

static const Option OPTIONS[] = {
    {"keys", 'k', VALUE_PATH, "FILE", NULL, CONFIG_NONE,
     "public keys, as aws cloudtrail list-public-keys prints them; several times (default: "
     "list-public-keys.json beside the buckets)"},
    {"metadata", 0, VALUE_PATH, "FILE", NULL, CONFIG_NONE,
     "metadata of the objects: JSON, key to metadata (default: s3-object-metadata.json beside the "
     "buckets)"},
    {"bucket", 'b', VALUE_TEXT, "NAME", NULL, CONFIG_NONE,
     "SOURCE is a copy of this bucket (default: its folders are buckets, or as its digests say)"},
    {"account", 'a', VALUE_TEXT, "ID", NULL, CONFIG_NONE, "of this account only"},
    {"region", 'r', VALUE_TEXT, "REGION", NULL, CONFIG_NONE, "of this region only"},
    {"trail", 't', VALUE_TEXT, "NAME", NULL, CONFIG_NONE, "of this trail only, by name or ARN"},
    {"verbose", 'v', VALUE_FLAG, NULL, NULL, CONFIG_NONE, "print what is valid, too"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE, "of the output (text)"},
    {"jobs", 'j', VALUE_NUMBER, "N", NULL, CONFIG_INGEST_JOBS, "workers, 0 for all cores"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor verify ./buckets --keys list-public-keys.json",
    "all digests and logs of the buckets that were copied into a folder",
    "spoor verify ./my-bucket --bucket my-bucket --since 2026-01-01 --verbose",
    "a copy of one bucket, the files of this year one by one",
    "spoor verify ./buckets --account 111122223333 --format json",
    "of one account, for a program",
    NULL,
};

static bool read_keys(const CommandLine *line, const StoreFolder *folder, PublicKeys *keys,
                      Error *err)
{
    const char *path = command_text_at(line, "keys", 0);
    if (!path && store_folder_keys(folder))
        return public_keys_read(keys, store_folder_keys(folder), err);
    if (!path)
        return error_set(err, ERROR_USAGE,
                         "no public keys: give --keys FILE, what 'aws cloudtrail list-public-keys"
                         " --start-time ... --end-time ...' prints in the region of the digests");
    for (int i = 0; path; path = command_text_at(line, "keys", ++i))
        if (!public_keys_read(keys, path, err))
            return false;
    return true;
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

static int verify(const CommandLine *line, StoreFolder *folder, const PublicKeys *keys, Error *err)
{
    VerifyPrint print = {.json = strcmp(command_text(line, "format", "text"), "json") == 0,
                         .verbose = command_has(line, "verbose")};
    const Store store = store_folder_store(folder);
    VerifyOptions options = {.store = &store,
                             .keys = keys,
                             .account = text_of(line, "account"),
                             .region = text_of(line, "region"),
                             .trail = text_of(line, "trail"),
                             .jobs = (int)config_number(command_config(line), CONFIG_INGEST_JOBS),
                             .event = verify_print_event,
                             .context = &print};
    VerifyReport report;
    if (!command_range(line, &options.since_us, &options.until_us, err))
        return EXIT_STATUS_USAGE;
    print.since_us = options.since_us;
    print.until_us = options.until_us;
    verify_print_start(&print);
    bool ok = verify_run(&options, &report, err);
    ok = verify_print_end(&print, ok ? &report : NULL, err) && ok;
    return ok ? status_of(&report) : EXIT_STATUS_FAILURE;
}

static int run(const CommandLine *line, Error *err)
{
    int status = EXIT_STATUS_FAILURE;
    PublicKeys *keys = public_keys_new(err);
    StoreFolder *folder =
        keys ? store_folder_open(command_argument(line, 0), command_text(line, "bucket", NULL),
                                 command_text(line, "metadata", NULL), err)
             : NULL;
    if (folder && read_keys(line, folder, keys, err))
        status = verify(line, folder, keys, err);
    else if (err->kind == ERROR_USAGE)
        status = EXIT_STATUS_USAGE;
    store_folder_free(folder);
    public_keys_free(keys);
    return status;
}

const Command cmd_verify = {
    .name = "verify",
    .arguments = "SOURCE",
    .arguments_min = 1,
    .arguments_max = 1,
    .summary = "prove that logs are whole and unchanged, by CloudTrail's digests",
    .description =
        "Follows the digest files of every account, region and trail from the newest to the oldest "
        "as 'aws cloudtrail validate-logs' does: signature, place, link, and the hash of each log "
        "file that a valid digest lists. Verdicts, counts and exit status are the same: 1 when a "
        "file is invalid. What that command does not look at is remarked beside: logs that no "
        "digest lists, digests that nothing leads to, a newest digest that is missing, hashes and "
        "times that do not fit their neighbours.\n\n"
        "SOURCE is a folder with copies of buckets as BUCKET/KEY, or the copy of one bucket.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
