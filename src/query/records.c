#include "query/records.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "decode/altered.h"
#include "decode/rebuild.h"
#include "decode/record.h"
#include "lake/reread.h"

enum {
    SQL_BYTES_MAX = 64 << 20,
    ARENA_BYTES_MAX = 256 << 20,
    BATCH_BYTES_MAX = 128 << 20,
    ROWS = 2048,
    RECORD_BITS = 28,
    RECALLED_MAX = 10000,
    PATH_BYTES = 64,
    SECOND_US = 1000 * 1000
};

struct Records {
    Batch *batch;
    Arena *scratch;
    Buf text;
    int64_t commit_seqs[ROWS];
};

static const FieldNode SHOWN[] = {F_EVENT_TIME,    F_EVENT_ID,          F_EVENT_SOURCE,
                                  F_EVENT_NAME,    F_AWS_REGION,        F_RECIPIENT_ACCOUNT_ID,
                                  F_USER_IDENTITY, F_SOURCE_IP_ADDRESS, F_ERROR_CODE,
                                  F_EXTRA,         F_OBJECT_ID,         F_RECORD_INDEX};

enum { SHOWN_COUNT = sizeof SHOWN / sizeof *SHOWN };

Records *records_new(const Lake *lake, Error *err)
{
    Records *records = mem_calloc(1, sizeof *records, err);
    if (!records)
        return NULL;
    records->text = buf_init(BATCH_BYTES_MAX);
    records->batch = batch_new(ROWS, BATCH_BYTES_MAX, lake->secret, err);
    records->scratch = records->batch ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    if (records->scratch)
        return records;
    records_free(records);
    return NULL;
}

void records_free(Records *records)
{
    if (!records)
        return;
    batch_free(records->batch);
    arena_free(records->scratch);
    buf_free(&records->text);
    mem_free(records);
}

bool records_shown(FieldNode top)
{
    for (size_t i = 0; i < SHOWN_COUNT; i++)
        if (SHOWN[i] == top)
            return true;
    return false;
}

bool records_select(Buf *sql, const FieldNode *tops, size_t count, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        ok = buf_printf(sql, err, "%s%.*s", i ? ", " : "SELECT ", STR_ARG(FIELDS[tops[i]].column));
    return ok;
}

uint64_t records_number(int64_t object_id, int32_t record_index)
{
    return (uint64_t)object_id << RECORD_BITS | (uint32_t)record_index;
}

int64_t records_object(uint64_t number)
{
    return (int64_t)(number >> RECORD_BITS);
}

static bool take_row(Records *records, uint32_t row, RecordsTake take, void *context, Error *err)
{
    static const char PADDING[RECORD_PADDING];
    const Batch *batch = records->batch;
    records->text.len = 0;
    if (!rebuild_record(batch, row, records->scratch, &records->text, err))
        return false;
    size_t len = records->text.len;
    if (!buf_append(&records->text, PADDING, sizeof PADDING, err))
        return false;
    RecordsRow given = {.text = {records->text.ptr, len},
                        .time_us = batch->event_time[row],
                        .number = records_number(batch->object_id[row], batch->record_index[row])};
    uint32_t extra = batch->columns[F_EXTRA].codes[row];
    given.redacted = extra && altered_content(batch_value(&batch->columns[F_EXTRA], extra),
                                              records->scratch, &given.content);
    return take(context, &given, err);
}

bool records_of_result(Records *records, EngineResult *result, const FieldNode *tops, size_t count,
                       const RecordsReader *reader, Error *err)
{
    Reread *reread = reread_result(result, tops, count, err);
    bool ok = reread != NULL;
    do {
        batch_reset(records->batch);
        ok = ok && reread_fill(reread, records->batch, ROWS, records->commit_seqs, err);
        for (uint32_t row = 0; ok && row < records->batch->rows; row++)
            ok = take_row(records, row, reader->take, reader->context, err);
    } while (ok && records->batch->rows);
    reread_free(reread);
    return ok;
}

bool records_each(Records *records, const RecordsQuery *query, RecordsTake take, void *context,
                  Error *err)
{
    const RecordsReader reader = {take, context};
    EngineResult *result = session_query(query->session, query->sql, err);
    return result && records_of_result(records, result, query->tops, query->count, &reader, err);
}

bool records_put_time(Buf *sql, const char *operator, int64_t time_us, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    return buf_printf(sql, err, "eventtime %s TIMESTAMP '%.10s %.8s'", operator, text, text + 11);
}

bool records_put_principal(Buf *sql, Error *err)
{
    char path[PATH_BYTES];
    bool ok = buf_printf(sql, err, "coalesce(");
    for (int i = 0; ok && i < FIELD_PRINCIPALS; i++) {
        field_path(FIELD_PRINCIPAL[i], path, sizeof path);
        ok = buf_printf(sql, err, "%snullif(%s, '')", i ? ", " : "", path);
    }
    return ok && buf_append_byte(sql, ')', err);
}

/* One of numbers: the engine looks it up in a table of them. */
static bool write_recall(const HuntWanted *wanted, size_t from, Buf *sql, Error *err)
{
    size_t left = wanted->count - from, count = left < RECALLED_MAX ? left : RECALLED_MAX;
    bool ok = records_select(sql, SHOWN, SHOWN_COUNT, err) &&
              buf_printf(sql, err, " FROM cloudtrail WHERE ") &&
              records_put_time(sql, ">=", wanted->since_us, err) && buf_printf(sql, err, " AND ") &&
              records_put_time(sql, "<", wanted->until_us + SECOND_US, err) &&
              buf_printf(sql, err, " AND object_id * %d + record_index IN (", 1 << RECORD_BITS);
    for (size_t i = 0; ok && i < count; i++)
        ok = buf_printf(sql, err, "%s%" PRIu64, i ? ", " : "", wanted->numbers[from + i]);
    return ok && buf_append_byte(sql, ')', err);
}

/* Records that are given as documents. */
typedef struct Recalled {
    HuntRecalled take;
    void *to;
    Document *document;
    Arena *tree;
} Recalled;

static bool take_recalled(void *context, const RecordsRow *row, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    Recalled *recalled = context;
    arena_reset(recalled->tree);
    const Json *root = json_read(row->text, &LIMITS, recalled->tree, err);
    if (!root)
        return error_context(err, "a row of the lake");
    document_set_tree(recalled->document, root);
    return recalled->take(recalled->to, row->number, recalled->document, err);
}

bool records_recall(Records *records, Session *session, const HuntWanted *wanted, HuntRecalled take,
                    void *to, Error *err)
{
    Recalled recalled = {.take = take, .to = to, .document = document_new(err)};
    recalled.tree = recalled.document ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    bool ok = recalled.tree != NULL;
    for (size_t from = 0; ok && from < wanted->count; from += RECALLED_MAX) {
        BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
        ok = write_recall(wanted, from, &sql, err);
        const RecordsQuery query = {session, buf_str(&sql), SHOWN, SHOWN_COUNT};
        ok = ok && records_each(records, &query, take_recalled, &recalled, err);
    }
    arena_free(recalled.tree);
    document_free(recalled.document);
    return ok;
}
