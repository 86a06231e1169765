/* encode_bench FOLDER [ROUNDS]: what sorting and encoding cost a record, without reading, decoding
 * and syncing; and the size against the stored logs. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "decode/object.h"
#include "lake/parquet.h"
#include "lake/rows.h"

enum { ROWS_MAX = 100000, FILE_BYTES_MAX = 1 << 30 };

typedef struct Bench {
    Decoder *decoder;
    Batch *batch;
    uint64_t stored;
} Bench;

static bool load(void *context, const char *path, const FileInfo *info, Error *err)
{
    Bench *bench = context;
    ObjectReport report;
    BUF_AUTO Buf bytes = buf_init(FILE_BYTES_MAX);
    if (bench->batch->rows > ROWS_MAX / 2 || batch_full(bench->batch))
        return true;
    bench->stored += info->bytes;
    return file_read(path, &bytes, NULL, err) &&
           object_decode(bench->decoder, buf_str(&bytes), 1, bench->batch, &report, err);
}

/* One file per day; adds their bytes. */
static bool encode(ParquetEncoder *encoder, const Batch *batch, Arena *arena, uint64_t *bytes,
                   Error *err)
{
    uint32_t *order;
    RowsDay *days;
    size_t count;
    arena_reset(arena);
    if (!rows_by_day(batch, arena, &order, &days, &count, err))
        return false;
    for (size_t d = 0; d < count; d++) {
        char path[64];
        snprintf(path, sizeof path, "/tmp/encode-bench-%d.parquet", (int)getpid());
        ParquetRows rows = {batch, order + days[d].first, days[d].count, NULL, 1};
        ParquetFile *file = parquet_create(encoder, path, err);
        bool ok = file && parquet_write_rows(file, &rows, err);
        if (ok)
            *bytes += parquet_bytes(file);
        parquet_abandon(file);
        if (!ok)
            return false;
    }
    return true;
}

static bool run(Bench *bench, const char *folder, uint64_t rounds, Error *err)
{
    Arena *arena = arena_new(64 << 20, err);
    ParquetEncoder *encoder = parquet_encoder_new(err);
    uint64_t bytes = 0;
    int64_t best = INT64_MAX;
    bool ok = arena && encoder && file_walk(folder, load, NULL, bench, err);
    for (uint64_t i = 0; ok && i < rounds; i++) {
        int64_t start = clock_monotonic_us();
        bytes = 0;
        ok = encode(encoder, bench->batch, arena, &bytes, err);
        int64_t took = clock_monotonic_us() - start;
        best = took < best ? took : best;
    }
    if (ok && bench->batch->rows)
        printf("%u records: %.0f ns a record (best of %d), %.1f bytes a record, %.2f of the "
               "stored logs\n",
               bench->batch->rows, (double)best * 1000 / bench->batch->rows, (int)rounds,
               (double)bytes / bench->batch->rows, (double)bytes / (double)bench->stored);
    parquet_encoder_free(encoder);
    arena_free(arena);
    return ok;
}

int main(int count, char **arguments)
{
    static uint8_t secret[BATCH_SECRET_BYTES];
    Error err = {0};
    uint64_t rounds = 10;
    if (count < 2 || (count > 2 && !str_to_u64(str_of(arguments[2]), &rounds)) || rounds > 1000) {
        fprintf(stderr, "encode_bench FOLDER [ROUNDS]\n");
        return 2;
    }
    Bench bench = {.decoder = object_decoder_new(NULL, NULL, &err)};
    if (bench.decoder)
        bench.batch = batch_new(ROWS_MAX, (size_t)256 << 20, secret, &err);
    bool ok = bench.batch && run(&bench, arguments[1], rounds, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    object_decoder_free(bench.decoder);
    batch_free(bench.batch);
    return ok ? 0 : 1;
}
