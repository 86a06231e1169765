/* cmd_prove - what ties an event to a signature of AWS, checked on the spot. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "prove_print.h"
#include "query/records.h"
#include "setup.h"
#include "source_list.h"
#include "sources_aws.h"
#include "verify/kept.h"
#include "verify/missing_keys.h"

enum { SQL_BYTES_MAX = 1 << 20, ROWS_MAX = 100, TEXTS_BYTES_MAX = 256 << 20 };

static const Option OPTIONS[] = {
    {"keys", 'k', VALUE_PATH, "FILE", NULL, CONFIG_NONE,
     "public keys, as aws cloudtrail list-public-keys prints them; several times (default: what "
     "the lake kept)"},
    {"format", 'f', VALUE_CHOICE, "FORMAT", "text|json", CONFIG_NONE,
     "json: a document that can be checked without spoor (text)"},
    SOURCES_OPTIONS,
    {NULL, 0, VALUE_FLAG, NULL, NULL, CONFIG_NONE, NULL},
};

static const char *const EXAMPLES[] = {
    "spoor prove 3f1b2a60-8f6e-4f36-9a55-0c8c6c6f8a11",
    "row, log, digest, signature and key of one event",
    "spoor prove 3f1b2a60-8f6e-4f36-9a55-0c8c6c6f8a11 --format json > proof.json",
    "the same with all that it takes to check it elsewhere",
    NULL,
};

/* The rows of an event: one, but where records of the same id differ. */
typedef struct EventRows {
    ProofRow rows[ROWS_MAX];
    size_t count;
    Arena *texts;
} EventRows;

static bool take_row(void *context, const RecordsRow *row, Error *err)
{
    EventRows *found = context;
    if (found->count == ROWS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d rows have this event id", ROWS_MAX);
    const char *copy = arena_text(found->texts, row->text, err);
    found->rows[found->count++] = (ProofRow){
        .object_id = records_object(row->number),
        .record_index = (int32_t)(row->number - records_number(records_object(row->number), 0)),
        .time_us = row->time_us,
        .record = {copy, row->text.len},
        .redacted = row->redacted,
        .content = row->content};
    return copy != NULL;
}

/* All columns that are the record, or say where it came from. */
static size_t choose_columns(FieldNode tops[FIELD_COUNT])
{
    size_t count = 0;
    for (int node = 0; node < FIELD_COUNT; node++)
        if (FIELDS[node].parent == F_ROOT && node != F_DERIVED)
            tops[count++] = (FieldNode)node;
    return count;
}

static bool query_rows(Records *records, Session *session, Str event_id, EventRows *found,
                       Error *err)
{
    FieldNode tops[FIELD_COUNT];
    size_t count = choose_columns(tops);
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    if (!records_select(&sql, tops, count, err) ||
        !buf_printf(&sql, err, " FROM cloudtrail WHERE eventid = ") ||
        !engine_quote(&sql, event_id, err) ||
        !buf_printf(&sql, err, " ORDER BY object_id, record_index"))
        return false;
    const RecordsQuery query = {session, buf_str(&sql), tops, count};
    return records_each(records, &query, take_row, found, err);
}

static bool find_rows(const CommandLine *line, Lake *lake, EventRows *found, Error *err)
{
    SessionOptions options = {.config = command_config(line)};
    Str event_id = str_of(command_argument(line, 0));
    if (!command_range(line, &options.since_us, &options.until_us, err))
        return false;
    Session *session = session_open(lake, &options, err);
    Records *records = session ? records_new(lake, err) : NULL;
    bool ok = records && query_rows(records, session, event_id, found, err);
    records_free(records);
    session_close(session);
    return ok && (found->count > 0 ||
                  error_set(err, ERROR_INPUT, "no event of this lake has the id '%.64s'",
                            command_argument(line, 0)));
}

/* Keys that the lake could not be told when it was written. */
static bool ask_keys(Lake *lake, Aws *aws, PublicKeys *keys, Error *err)
{
    Error trouble = {0};
    bool ok = missing_keys_ask(lake, aws, keys, &trouble, err);
    if (trouble.kind != ERROR_NONE)
        fprintf(stderr, "spoor prove: %s\n", trouble.text);
    return ok;
}

static bool read_keys(const CommandLine *line, Lake *lake, Aws *aws, PublicKeys *keys, Error *err)
{
    const char *path = command_text_at(line, "keys", 0);
    if (!path)
        return kept_read_keys(lake, keys, err) && (!aws || ask_keys(lake, aws, keys, err));
    for (int i = 0; path; path = command_text_at(line, "keys", ++i))
        if (!public_keys_read(keys, path, err))
            return false;
    return true;
}

static bool prove_rows(const CommandLine *line, const ProofTools *tools, const EventRows *found,
                       bool *ret_whole, Error *err)
{
    bool ok = true;
    ProvePrint print = {.json = strcmp(command_text(line, "format", "text"), "json") == 0,
                        .event_id = str_of(command_argument(line, 0))};
    *ret_whole = true;
    for (size_t i = 0; ok && i < found->count; i++) {
        Proof proof;
        ok = proof_make(tools, &found->rows[i], &proof, err) &&
             prove_print_proof(&print, &proof, err);
        *ret_whole = ok && *ret_whole && proof_is_whole(&proof);
        proof_free(&proof);
    }
    prove_print_end(&print);
    return ok;
}

/* *ret* is who reads originals of S3; NULL when there are none. */
static bool open_kept(const CommandLine *line, ProofTools *tools, SourceList **ret, Error *err)
{
    tools->kept = store_lake_open(tools->lake, err);
    if (!tools->kept || !store_lake_needs_aws(tools->kept))
        return tools->kept != NULL;
    *ret = source_list_configured(line, "prove", err);
    if (!*ret)
        return false;
    store_lake_use_aws(tools->kept, source_list_aws(*ret));
    return true;
}

static bool prove(const CommandLine *line, Lake *lake, bool *ret_whole, Error *err)
{
    SourceList *sources = NULL;
    EventRows *found = mem_calloc(1, sizeof *found, err);
    PublicKeys *keys = found ? public_keys_new(err) : NULL;
    ProofTools tools = {.lake = lake, .keys = keys};
    if (keys)
        found->texts = arena_new(TEXTS_BYTES_MAX, err);
    bool ok = keys && found->texts && find_rows(line, lake, found, err) &&
              open_kept(line, &tools, &sources, err) &&
              read_keys(line, lake, sources ? source_list_aws(sources) : NULL, keys, err) &&
              prove_rows(line, &tools, found, ret_whole, err);
    store_lake_free(tools.kept);
    source_list_free(sources);
    public_keys_free(keys);
    if (found)
        arena_free(found->texts);
    mem_free(found);
    return ok;
}

static int run(const CommandLine *line, Error *err)
{
    bool whole = false;
    LAKE_AUTO Lake *lake = setup_lake(line, LAKE_READ, err);
    if (lake && prove(line, lake, &whole, err))
        return whole ? EXIT_STATUS_OK : EXIT_STATUS_FAILURE;
    return err->kind == ERROR_USAGE ? EXIT_STATUS_USAGE : EXIT_STATUS_FAILURE;
}

const Command cmd_prove = {
    .name = "prove",
    .arguments = "EVENT_ID",
    .arguments_min = 1,
    .arguments_max = 1,
    .summary = "show what ties an event to a signature of AWS",
    .description =
        "Prints the chain from the event's row to its log and record, the log's hash in a digest, "
        "the digest's signature and the public key, each step checked anew. --format json gives a "
        "document that holds all of it, for others to check with openssl or a few lines of "
        "Python (docs/prove.md). What is gone is said, and what can be proved without it. The exit "
        "status is 0 when all steps hold, else 1.",
    .options = OPTIONS,
    .examples = EXAMPLES,
    .run = run,
};
