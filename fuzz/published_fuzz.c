/* Readers of what the lake publishes. The first byte chooses: a manifest, a manifest list, the
 * table's metadata, a bare Avro container. */
#include <assert.h>
#include <stdint.h>

#include "lake/iceberg.h"
#include "lake/manifest_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const IcebergTable TABLE = {
    .name = "cloudtrail", .fields = FIELDS, .field_count = FIELD_COUNT, .day_of = F_EVENT_TIME};

/* An entry's texts lie within the input. */
static bool visit(void *context, const ManifestEntry *entry, Error *err)
{
    const Str *bytes = context;
    (void)err;
    assert(entry->path.len <= bytes->len && entry->data_file.len <= bytes->len);
    assert(entry->data_file.ptr >= bytes->ptr);
    return true;
}

static void read_avro(Str bytes)
{
    Error err;
    AvroFile file;
    AvroReader data;
    uint64_t records = 0;
    bool ok = avro_open(&file, bytes, &err);
    while (ok && (ok = avro_next_block(&file, &data, &records, &err)) && records)
        while (data.ok && data.rest.len)
            avro_take_text(&data);
}

static void read_metadata(Str bytes)
{
    Error err;
    IcebergMeta meta;
    Buf again = buf_init(bytes.len * 4 + (1 << 20));
    Arena *arena = arena_new(64 << 20, &err);
    assert(arena);
    if (iceberg_read(bytes, arena, &meta, &err)) {
        bool ok = iceberg_write(&TABLE, &meta, &again, &err);
        assert(ok && iceberg_read(buf_str(&again), arena, &meta, &err));
    }
    arena_free(arena);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    Error err;
    Str bytes = {(const char *)data + 1, size - 1};
    ManifestRow row = {.sequence = 1, .snapshot_id = 1};
    Buf rows = buf_init(64 << 20);
    bool ok = true;
    switch (data[0] % 4) {
    case 0:
        ok = manifest_read(&TABLE, bytes, &row, visit, &bytes, &err);
        break;
    case 1:
        ok = manifest_list_read(bytes, &rows, &err);
        break;
    case 2:
        read_metadata(bytes);
        break;
    default:
        read_avro(bytes);
    }
    (void)ok;
    buf_free(&rows);
    return 0;
}
