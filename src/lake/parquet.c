#include "lake/parquet.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "lake/parquet_chunk.h"
#include "lake/parquet_footer.h"
#include "lake/parquet_vector.h"

enum { GROUP_BYTES_MAX = 1 << 30, META_BYTES_MAX = 256 << 20 };

struct ParquetEncoder {
    ParquetVector vector;
    ParquetChunkWriter *chunks;
    Buf group; /* bytes of the row group being written */
};

struct ParquetFile {
    ParquetEncoder *encoder;
    FileWriter file;
    ParquetMeta meta;
};

ParquetEncoder *parquet_encoder_new(Error *err)
{
    ParquetEncoder *encoder = mem_calloc(1, sizeof *encoder, err);
    if (!encoder)
        return NULL;
    encoder->group = buf_init(GROUP_BYTES_MAX);
    encoder->chunks = parquet_chunk_writer_new(err);
    if (encoder->chunks)
        return encoder;
    parquet_encoder_free(encoder);
    return NULL;
}

void parquet_encoder_free(ParquetEncoder *encoder)
{
    if (!encoder)
        return;
    parquet_vector_free(&encoder->vector);
    parquet_chunk_writer_free(encoder->chunks);
    buf_free(&encoder->group);
    mem_free(encoder);
}

ParquetFile *parquet_create(ParquetEncoder *encoder, const char *path, Error *err)
{
    ParquetFile *file = mem_calloc(1, sizeof *file, err);
    if (!file)
        return NULL;
    file->encoder = encoder;
    file->meta = (ParquetMeta){.order = PARQUET_ORDER_CALL,
                               .groups = buf_init(META_BYTES_MAX),
                               .chunks = buf_init(META_BYTES_MAX),
                               .pages = buf_init(META_BYTES_MAX),
                               .blooms = buf_init(META_BYTES_MAX),
                               .note = buf_init(META_BYTES_MAX)};
    if (file_create(&file->file, path, err) && file_write(&file->file, "PAR1", 4, err))
        return file;
    parquet_abandon(file);
    return NULL;
}

static void free_file(ParquetFile *file)
{
    buf_free(&file->meta.groups);
    buf_free(&file->meta.chunks);
    buf_free(&file->meta.pages);
    buf_free(&file->meta.blooms);
    buf_free(&file->meta.note);
    mem_free(file);
}

void parquet_abandon(ParquetFile *file)
{
    if (!file)
        return;
    file_abandon(&file->file);
    free_file(file);
}

static bool write_leaf(ParquetFile *file, FieldNode node, const ParquetRows *rows,
                       ParquetGroup *group, Error *err)
{
    ParquetEncoder *encoder = file->encoder;
    ParquetTarget target = {file->file.bytes, &encoder->group, &file->meta.pages};
    ParquetChunk chunk;
    if (!parquet_vector_gather(&encoder->vector, node, rows, err) ||
        !parquet_chunk_write(encoder->chunks, &encoder->vector, &target, &chunk, err))
        return false;
    group->raw_bytes += chunk.raw_bytes;
    group->bytes += chunk.bytes;
    if (FIELDS[node].flags & FIELD_BLOOM && encoder->vector.values) {
        /* Filters would part the chunks, so they are collected behind the group's last one. */
        size_t before = file->meta.blooms.len;
        if (!parquet_chunk_bloom(encoder->chunks, &encoder->vector, &file->meta.blooms, err))
            return false;
        chunk.bloom_offset = before;
        chunk.bloom_bytes = (uint32_t)(file->meta.blooms.len - before);
    }
    return buf_append(&file->meta.chunks, &chunk, sizeof chunk, err);
}

/* Puts the collected bloom filters behind the group's chunks and makes their offsets absolute. */
static bool write_blooms(ParquetFile *file, size_t chunk_first, Error *err)
{
    uint64_t base = file->file.bytes;
    size_t count = file->meta.chunks.len / sizeof(ParquetChunk);
    ParquetChunk *chunks = (ParquetChunk *)(void *)file->meta.chunks.ptr;
    for (size_t i = chunk_first; i < count; i++)
        if (chunks[i].bloom_bytes)
            chunks[i].bloom_offset += base;
    bool ok = file_write(&file->file, file->meta.blooms.ptr, file->meta.blooms.len, err);
    file->meta.blooms.len = 0;
    return ok;
}

static bool write_group(ParquetFile *file, const ParquetRows *rows, Error *err)
{
    ParquetGroup group = {.rows = rows->count, .offset = file->file.bytes};
    size_t chunk_first = file->meta.chunks.len / sizeof(ParquetChunk);
    file->encoder->group.len = 0;
    parquet_vector_begin(&file->encoder->vector);
    for (int node = 0; node < FIELD_COUNT; node++)
        if (field_is_leaf((FieldNode)node) && !write_leaf(file, (FieldNode)node, rows, &group, err))
            return false;
    file->meta.rows += group.rows;
    return file_write(&file->file, file->encoder->group.ptr, file->encoder->group.len, err) &&
           write_blooms(file, chunk_first, err) &&
           buf_append(&file->meta.groups, &group, sizeof group, err);
}

bool parquet_write_rows(ParquetFile *file, const ParquetRows *rows, Error *err)
{
    /* Equal groups, so that the last one is not tiny. */
    uint32_t groups = (rows->count + PARQUET_GROUP_ROWS_MAX - 1) / PARQUET_GROUP_ROWS_MAX;
    for (uint32_t g = 0; g < groups; g++) {
        uint32_t from = (uint32_t)((uint64_t)rows->count * g / groups);
        uint32_t to = (uint32_t)((uint64_t)rows->count * (g + 1) / groups);
        ParquetRows part = *rows;
        part.rows += from;
        part.count = to - from;
        if (!write_group(file, &part, err))
            return false;
    }
    return true;
}

bool parquet_note(ParquetFile *file, Str text, Error *err)
{
    return buf_append_str(&file->meta.note, text, err);
}

uint64_t parquet_bytes(const ParquetFile *file)
{
    return file->file.bytes;
}

bool parquet_finish(ParquetFile *file, uint64_t *ret_bytes, Buf *ret_summary, Error *err)
{
    BUF_AUTO Buf tail = buf_init(META_BYTES_MAX);
    bool ok = parquet_footer_indexes(&file->meta, file->file.bytes, &tail, err) &&
              parquet_footer(&file->meta, &tail, err) &&
              file_write(&file->file, tail.ptr, tail.len, err);
    uint64_t bytes = file->file.bytes;
    ok = ok && parquet_footer_summary(&file->meta, bytes, ret_summary, err);
    if (!ok) {
        parquet_abandon(file);
        return false;
    }
    ok = file_finish(&file->file, err);
    free_file(file);
    *ret_bytes = bytes;
    return ok;
}
