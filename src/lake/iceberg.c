#include "lake/iceberg.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"

enum { NAMES_BYTES_MAX = 1 << 20, PARTITION_LAST_UNUSED = 999 };

/* ---- reading ---- */

/* What a member must be; the first that is not spoils the document. */
typedef struct Reading {
    const Json *object;
    bool ok;
} Reading;

static int64_t take_int(Reading *reading, const char *name)
{
    int64_t value = 0;
    reading->ok = reading->ok && json_int(json_member(reading->object, str_of(name)), &value);
    return value;
}

static Str take_text(Reading *reading, const char *name)
{
    const Json *member = json_member(reading->object, str_of(name));
    reading->ok = reading->ok && member && member->type == JSON_STRING && member->text.len > 0;
    return json_text(member, STR(""));
}

static const Json *take_array(Reading *reading, const char *name)
{
    const Json *member = json_member(reading->object, str_of(name));
    reading->ok = reading->ok && member && member->type == JSON_ARRAY;
    return reading->ok ? member : NULL;
}

static IcebergSnapshot read_snapshot(Reading *document, const Json *json)
{
    Reading reading = {json, document->ok};
    IcebergSnapshot snapshot = {.parent_id = -1};
    const Json *summary = json_member(json, STR("summary"));
    Str commit_seq = json_text(json_member(summary, STR("spoor.commit-seq")), STR(""));
    uint64_t seq = 0;
    snapshot.id = take_int(&reading, "snapshot-id");
    snapshot.sequence = take_int(&reading, "sequence-number");
    snapshot.at_ms = take_int(&reading, "timestamp-ms");
    snapshot.schema_id = take_int(&reading, "schema-id");
    snapshot.manifest_list = take_text(&reading, "manifest-list");
    if (json_member(json, STR("parent-snapshot-id")))
        snapshot.parent_id = take_int(&reading, "parent-snapshot-id");
    document->ok = reading.ok && str_to_u64(commit_seq, &seq) && seq <= INT64_MAX;
    snapshot.commit_seq = (int64_t)seq;
    snapshot.summary = summary ? summary->raw : STR("");
    return snapshot;
}

static bool read_arrays(Reading *reading, Arena *arena, IcebergMeta *ret, Error *err)
{
    const Json *schemas = take_array(reading, "schemas");
    const Json *snapshots = take_array(reading, "snapshots");
    const Json *log = take_array(reading, "metadata-log");
    if (!reading->ok)
        return true; /* the caller refuses the document */
    ret->schemas = arena_calloc(arena, schemas->count + 1, sizeof *ret->schemas, err);
    ret->snapshots = arena_calloc(arena, snapshots->count + 1, sizeof *ret->snapshots, err);
    ret->log = arena_calloc(arena, log->count + 1, sizeof *ret->log, err);
    if (!ret->schemas || !ret->snapshots || !ret->log)
        return false;
    for (const Json *at = schemas->first; at; at = at->next)
        ret->schemas[ret->schema_count++] = at->raw;
    for (const Json *at = snapshots->first; at; at = at->next)
        ret->snapshots[ret->snapshot_count++] = read_snapshot(reading, at);
    for (const Json *at = log->first; at; at = at->next) {
        Reading entry = {at, reading->ok};
        ret->log[ret->log_count++] =
            (IcebergLogEntry){take_int(&entry, "timestamp-ms"), take_text(&entry, "metadata-file")};
        reading->ok = entry.ok;
    }
    return true;
}

static bool is_uuid(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEF-", text.ptr[i]) || !text.ptr[i])
            return false;
    return text.len == 36;
}

bool iceberg_read(Str json, Arena *arena, IcebergMeta *ret, Error *err)
{
    const Json *document = json_read(json, &JSON_LIMITS_DEFAULT, arena, err);
    if (!document)
        return false;
    Reading reading = {document, true};
    *ret = (IcebergMeta){0};
    ret->uuid = take_text(&reading, "table-uuid");
    ret->location = take_text(&reading, "location");
    ret->last_sequence = take_int(&reading, "last-sequence-number");
    ret->updated_ms = take_int(&reading, "last-updated-ms");
    int64_t version = take_int(&reading, "format-version");
    if (!read_arrays(&reading, arena, ret, err))
        return false;
    int64_t current = take_int(&reading, "current-snapshot-id");
    size_t count = ret->snapshot_count;
    bool ok = reading.ok && version == 2 && ret->schema_count > 0 && is_uuid(ret->uuid) &&
              current == (count ? ret->snapshots[count - 1].id : -1);
    return ok || error_set(err, ERROR_INPUT,
                           "the table's published metadata is damaged or was not written by spoor");
}

/* ---- writing ---- */

static bool put_schemas(Buf *out, const IcebergTable *table, const IcebergMeta *meta, Error *err)
{
    bool ok = buf_printf(out, err, "\"last-column-id\":%d,\"current-schema-id\":%zu,\"schemas\":[",
                         iceberg_schema_last_id(table), meta->schema_count - 1);
    for (size_t i = 0; ok && i < meta->schema_count; i++)
        ok = (i == 0 || buf_append_byte(out, ',', err)) &&
             buf_append_str(out, meta->schemas[i], err);
    return ok && buf_printf(out, err, "],");
}

static bool put_layout(Buf *out, const IcebergTable *table, Error *err)
{
    return buf_printf(out, err,
                      "\"default-spec-id\":0,\"partition-specs\":[{\"spec-id\":0,\"fields\":") &&
           iceberg_schema_partition(out, table, err) &&
           buf_printf(out, err,
                      "}],\"last-partition-id\":%d,\"default-sort-order-id\":%d,\"sort-orders\":[",
                      table->day_of >= 0 ? ICEBERG_PARTITION_FIELD : PARTITION_LAST_UNUSED,
                      table->day_of >= 0 ? ICEBERG_ORDER_CALL : 0) &&
           iceberg_schema_orders(out, table, err) && buf_printf(out, err, "],");
}

static bool put_properties(Buf *out, const IcebergTable *table, Error *err)
{
    BUF_AUTO Buf names = buf_init(NAMES_BYTES_MAX);
    return iceberg_schema_names(&names, table, err) &&
           buf_printf(out, err,
                      "\"properties\":{\"write.format.default\":\"parquet\","
                      "\"write.parquet.compression-codec\":\"zstd\","
                      "\"created-by\":\"spoor %s\",\"schema.name-mapping.default\":",
                      SPOOR_VERSION) &&
           json_append_string(out, buf_str(&names), err) && buf_printf(out, err, "},");
}

static bool put_snapshot(Buf *out, const IcebergSnapshot *snapshot, Error *err)
{
    bool ok = buf_printf(out, err, "{\"snapshot-id\":%" PRId64, snapshot->id);
    if (ok && snapshot->parent_id >= 0)
        ok = buf_printf(out, err, ",\"parent-snapshot-id\":%" PRId64, snapshot->parent_id);
    return ok &&
           buf_printf(out, err,
                      ",\"sequence-number\":%" PRId64 ",\"timestamp-ms\":%" PRId64
                      ",\"schema-id\":%" PRId64 ",\"summary\":",
                      snapshot->sequence, snapshot->at_ms, snapshot->schema_id) &&
           buf_append_str(out, snapshot->summary, err) &&
           buf_printf(out, err, ",\"manifest-list\":") &&
           json_append_string(out, snapshot->manifest_list, err) && buf_append_byte(out, '}', err);
}

static bool put_snapshots(Buf *out, const IcebergMeta *meta, Error *err)
{
    int64_t current = meta->snapshot_count ? meta->snapshots[meta->snapshot_count - 1].id : -1;
    bool ok = buf_printf(out, err, "\"current-snapshot-id\":%" PRId64 ",\"refs\":{", current);
    if (ok && meta->snapshot_count)
        ok = buf_printf(out, err, "\"main\":{\"snapshot-id\":%" PRId64 ",\"type\":\"branch\"}",
                        current);
    ok = ok && buf_printf(out, err, "},\"snapshots\":[");
    for (size_t i = 0; ok && i < meta->snapshot_count; i++)
        ok = (i == 0 || buf_append_byte(out, ',', err)) &&
             put_snapshot(out, &meta->snapshots[i], err);
    return ok && buf_printf(out, err, "],");
}

static bool put_logs(Buf *out, const IcebergMeta *meta, Error *err)
{
    bool ok =
        buf_printf(out, err, "\"statistics\":[],\"partition-statistics\":[],\"snapshot-log\":[");
    for (size_t i = 0; ok && i < meta->snapshot_count; i++)
        ok = buf_printf(out, err, "%s{\"timestamp-ms\":%" PRId64 ",\"snapshot-id\":%" PRId64 "}",
                        i ? "," : "", meta->snapshots[i].at_ms, meta->snapshots[i].id);
    ok = ok && buf_printf(out, err, "],\"metadata-log\":[");
    for (size_t i = 0; ok && i < meta->log_count; i++)
        ok =
            buf_printf(out, err, "%s{\"timestamp-ms\":%" PRId64 ",\"metadata-file\":", i ? "," : "",
                       meta->log[i].at_ms) &&
            json_append_string(out, meta->log[i].file, err) && buf_append_byte(out, '}', err);
    return ok && buf_append_byte(out, ']', err);
}

bool iceberg_write(const IcebergTable *table, const IcebergMeta *meta, Buf *out, Error *err)
{
    return buf_printf(out, err, "{\"format-version\":2,\"table-uuid\":\"%.*s\",\"location\":",
                      STR_ARG(meta->uuid)) &&
           json_append_string(out, meta->location, err) &&
           buf_printf(out, err,
                      ",\"last-sequence-number\":%" PRId64 ",\"last-updated-ms\":%" PRId64 ",",
                      meta->last_sequence, meta->updated_ms) &&
           put_schemas(out, table, meta, err) && put_layout(out, table, err) &&
           put_properties(out, table, err) && put_snapshots(out, meta, err) &&
           put_logs(out, meta, err) && buf_append_byte(out, '}', err);
}
