/* cmd_quarantine - lists, shows and reads again what was set apart. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "cmd.h"
#include "ingest.h"
#include "lake/quarantine.h"
#include "setup.h"
#include "source_list.h"
#include "sources_aws.h"

static const Option OPTIONS[] = {
    {"limit", 'n', VALUE_NUMBER, "N", NULL, CONFIG_NONE, "list at most N pieces (100)"},
    INGEST_OPTIONS,
    SOURCES_OPTIONS,
    {"raw", 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, "show: the bytes as they are, for a file"},
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor quarantine list --last 1d",
    "what was set apart since yesterday, newest first",
    "spoor quarantine show 12 --raw > piece.json",
    "the bytes of one piece",
    "spoor quarantine retry",
    "read the objects again that have quarantined pieces",
    NULL,
};

static bool list(const CommandLine *line, Lake *lake, Error *err)
{
    int64_t since, until;
    bool row = true;
    if (!command_range(line, &since, &until, err))
        return false;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT q.id, q.at_us, q.stored, q.bytes, q.offset, q.record_index, q.reason, o.key"
        " FROM quarantine q JOIN objects o ON o.id = q.object_id WHERE q.resolved_seq IS NULL"
        " AND q.at_us >= ? AND q.at_us < ? ORDER BY q.id DESC LIMIT ?",
        err);
    if (!select)
        return false;
    db_bind_int(select, 1, since);
    db_bind_int(select, 2, until);
    db_bind_int(select, 3, command_number(line, "limit", 100));
    while (db_next(select, &row, err)) {
        char at[TIMESTAMP_TEXT_BYTES];
        if (!row)
            return true;
        timestamp_format_zone(db_int(select, 1), at);
        printf("%" PRId64 "  %s  %s  %" PRId64 " bytes at %" PRId64, db_int(select, 0), at,
               db_int(select, 2) ? "stored, altered" : "not stored", db_int(select, 3),
               db_int(select, 4));
        if (!db_is_null(select, 5))
            printf(" (record %" PRId64 ")", db_int(select, 5));
        printf("\n    %.*s\n    %.*s\n", STR_ARG(db_text(select, 6)), STR_ARG(db_text(select, 7)));
    }
    return false;
}

/* Bytes for a terminal: what would move the cursor, and what is no ASCII, as \xNN. */
static void print_escaped(Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == '\n' || (c >= 0x20 && c < 0x7f && c != '\\'))
            putchar(c);
        else
            printf("\\x%02x", c);
    }
    putchar('\n');
}

static bool show(const CommandLine *line, Lake *lake, Error *err)
{
    uint64_t id;
    BUF_AUTO Buf bytes = buf_init(QUARANTINE_PIECE_MAX);
    if (command_argument_count(line) != 2 || !str_to_u64(str_of(command_argument(line, 1)), &id))
        return error_set(err, ERROR_USAGE, "spoor quarantine show needs the number of a piece");
    if (!quarantine_read(lake, (int64_t)id, &bytes, err))
        return false;
    if (command_has(line, "raw"))
        fwrite(bytes.ptr, 1, bytes.len, stdout);
    else
        print_escaped(buf_str(&bytes));
    return true;
}

static int run_reading(const CommandLine *line, const char *action, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    bool listing = strcmp(action, "list") == 0;
    if (lake && (listing ? list(line, lake, err) : show(line, lake, err)))
        return EXIT_STATUS_OK;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

/* The object of a row: key, bytes, source, etag, time of change. */
static bool add_object(ObjectList *list, DbStatement *row, Error *err)
{
    BUF_AUTO Buf key = buf_init(1 << 16);
    if (!buf_append_str(&key, db_text(row, 0), err) || !buf_text(&key, err))
        return false;
    uint64_t bytes = (uint64_t)db_int(row, 1);
    if (str_equal(db_text(row, 2), STR("s3")))
        return object_list_add_remote(list, key.ptr, db_text(row, 3), bytes, db_int(row, 4), err);
    return object_list_add(list, key.ptr, bytes, 0, err);
}

/* The objects that have pieces in quarantine. */
static bool list_objects(Lake *lake, ObjectList *list, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(
        lake->db,
        "SELECT DISTINCT o.key, o.bytes, o.source, o.etag, o.modified_us FROM objects o"
        " JOIN quarantine q ON q.object_id = o.id"
        " WHERE q.resolved_seq IS NULL AND o.superseded_by IS NULL AND o.source IN ('file', 's3')",
        err);
    if (!select)
        return false;
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!add_object(list, select, err))
            return false;
    }
    return false;
}

/* Whether one of the objects is of S3. */
static bool has_remote(const ObjectList *list)
{
    for (size_t i = 0; i < object_list_count(list); i++)
        if (object_list_at(list, i)->etag)
            return true;
    return false;
}

static int retry_listed(const CommandLine *line, Lake *lake, ObjectList *list, Error *err)
{
    IngestInput input = {.list = list, .again = true};
    SourceList *sources = NULL;
    if (has_remote(list) && !(sources = source_list_configured(line, "quarantine", err)))
        return EXIT_STATUS_FAILURE;
    input.aws = sources ? source_list_aws(sources) : NULL;
    int status = ingest_run(line, lake, &input, err);
    source_list_free(sources);
    return status;
}

static int retry(const CommandLine *line, Error *err)
{
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_WRITE, err);
    ObjectList *list = lake ? object_list_new(err) : NULL;
    int status = EXIT_STATUS_FAILURE;
    if (list && list_objects(lake, list, err))
        status = retry_listed(line, lake, list, err);
    object_list_free(list);
    return status;
}

static int run(const CommandLine *line, Error *err)
{
    const char *action = command_argument(line, 0);
    if (strcmp(action, "list") == 0 || strcmp(action, "show") == 0)
        return run_reading(line, action, err);
    if (strcmp(action, "retry") == 0)
        return retry(line, err);
    error_set(err, ERROR_USAGE, "'%.32s' is none of list, show, retry", action);
    return EXIT_STATUS_USAGE;
}

const Command cmd_quarantine = {
    .name = "quarantine",
    .arguments = "list | show N | retry",
    .arguments_min = 1,
    .arguments_max = 2,
    .summary = "list, show and read again what was set apart",
    .description =
        "Bytes that could not be stored, or not whole, are kept with their reason. retry reads the "
        "objects again from where they came; what can be stored now is, once, and pieces of "
        "objects that are whole now are marked as resolved. Messages of a queue are not there any "
        "more: what was set apart of them is only here.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
