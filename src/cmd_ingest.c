/* cmd_ingest - brings log objects into the lake, exactly once, and says what came of it. */
#include "base/file.h"
#include "base/mem.h"
#include "cmd.h"
#include "ingest.h"
#include "setup.h"
#include "sources.h"

static const Option OPTIONS[] = {
    INGEST_OPTIONS,
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
    NULL,
};

/* Whether an object lies outside the folder that *context* names. */
static bool is_outside(const ObjectRef *object, void *context)
{
    Str lake = str_of(context), folder = str_of(object->folder);
    return !str_starts(folder, lake) || (folder.len > lake.len && folder.ptr[lake.len] != '/');
}

/* A lake below a source is no source of its own. */
static bool leave_lake_out(const Lake *lake, ObjectList *list, Error *err)
{
    char *folder = file_real_path(lake->folder, err);
    if (folder)
        object_list_filter(list, is_outside, folder);
    mem_free(folder);
    return folder != NULL;
}

static int ingest_sources(const CommandLine *line, Lake *lake, ObjectList *list, Error *err)
{
    int troubles = 0;
    if (!sources_list(line, "ingest", list, &troubles, err) || !leave_lake_out(lake, list, err))
        return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
    int status = ingest_run(line, lake, list, false, err);
    if (troubles && status != EXIT_STATUS_FAILURE) {
        error_set(err, ERROR_ACCESS, "%d paths could not be looked at", troubles);
        return EXIT_STATUS_FAILURE;
    }
    return status;
}

static int run(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_CREATE, err);
    ObjectList *list = lake ? object_list_new(err) : NULL;
    int status = list ? ingest_sources(line, lake, list, err) : EXIT_STATUS_FAILURE;
    object_list_free(list);
    return status;
}

const Command cmd_ingest = {
    .name = "ingest",
    .arguments = "SOURCE...",
    .arguments_min = 1,
    .arguments_max = -1,
    .summary = "bring log objects into the lake, exactly once",
    .description =
        "Sources are files and folders, walked in a stable order. Every object is ingested once, "
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
