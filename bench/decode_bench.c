/* decode_bench - how fast decode is, against inflating alone.
 *
 *     decode_bench FOLDER [ROUNDS [STAGE]]
 *
 * Reads all files below FOLDER into memory, then runs each stage ROUNDS times over them on one
 * core, stages taking turns so that noise hits all alike, and prints each stage's best round.
 * The ratio is to "inflate", libdeflate alone on the same bytes in the same run. STAGE, a number
 * from 0, runs that one alone, for a profiler. */
#include <libdeflate.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "decode/object.h"

enum { FILES_MAX = 400000, ROWS_MAX = 40000, STAGES = 5 };

typedef struct Bench {
    Str *files;
    size_t count;
    Arena *arena;
    char *out;
    size_t out_cap;
    uint64_t inflated;
    uint64_t records;
    Decoder *decoders[STAGES]; /* a worker keeps its own for all objects */
    Batch *batch;
} Bench;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static bool load(void *context, const char *path, const FileInfo *info, Error *err)
{
    Bench *bench = context;
    (void)info;
    BUF_AUTO Buf bytes = buf_init((size_t)1 << 30);
    if (bench->count == FILES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d files", (int)FILES_MAX);
    if (!file_read(path, &bytes, NULL, err))
        return false;
    char *copy = arena_text(bench->arena, buf_str(&bytes), err);
    bench->files[bench->count++] = (Str){copy, bytes.len};
    return copy != NULL;
}

static bool run_inflate(Bench *bench, Error *err)
{
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    bench->inflated = 0;
    bool ok = inflater != NULL;
    for (size_t i = 0; ok && i < bench->count; i++) {
        size_t got;
        while (libdeflate_gzip_decompress(inflater, bench->files[i].ptr, bench->files[i].len,
                                          bench->out, bench->out_cap,
                                          &got) == LIBDEFLATE_INSUFFICIENT_SPACE &&
               ok) {
            mem_free(bench->out);
            bench->out_cap *= 2;
            bench->out = mem_alloc(bench->out_cap, err);
            ok = bench->out != NULL;
        }
        bench->inflated += got;
    }
    libdeflate_free_decompressor(inflater);
    return ok;
}

static bool empty_batch(void *context, Batch *batch, Error *err)
{
    (void)context;
    (void)err;
    batch_reset(batch);
    return true;
}

static bool take_hash(void *context, int64_t object_id, const uint8_t sha256[HASH_SHA256_BYTES],
                      Error *err)
{
    (void)context;
    (void)object_id;
    (void)sha256;
    (void)err;
    return true;
}

/* What a stage decodes with; the first stage only inflates. */
static const struct {
    const char *name;
    bool batch, sha256;
    RecordBuild build;
} SETUPS[STAGES] = {
    {"inflate", false, false, RECORD_BEST},
    {"inflate+decode", false, false, RECORD_BEST},
    {"inflate+decode+batch", true, false, RECORD_BEST},
    {"inflate+decode+batch+sha256", true, true, RECORD_BEST},
    {"inflate+decode, scalar", false, false, RECORD_SCALAR},
};

static bool make_decoders(Bench *bench, Error *err)
{
    static const uint8_t secret[BATCH_SECRET_BYTES] = {1, 2, 3};
    DecoderHooks hooks = {.batch_full = empty_batch, .hashed = take_hash};
    bench->batch = batch_new(ROWS_MAX, (size_t)96 << 20, secret, err);
    bool ok = bench->batch != NULL;
    for (int stage = 1; ok && stage < STAGES; stage++) {
        DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
        limits.sha256 = SETUPS[stage].sha256;
        limits.build = SETUPS[stage].build;
        bench->decoders[stage] = object_decoder_new(&limits, &hooks, err);
        ok = bench->decoders[stage] != NULL;
    }
    return ok;
}

static bool run_stage(Bench *bench, int stage, Error *err)
{
    if (stage == 0)
        return run_inflate(bench, err);
    bool ok = true;
    Batch *batch = SETUPS[stage].batch ? bench->batch : NULL;
    batch_reset(bench->batch);
    bench->records = 0;
    for (size_t i = 0; ok && i < bench->count; i++) {
        ObjectReport report;
        ok =
            object_decode(bench->decoders[stage], bench->files[i], (int64_t)i, batch, &report, err);
        bench->records += report.records_read;
    }
    return ok && object_decoder_flush(bench->decoders[stage], err);
}

static void print(const Bench *bench, const double *best)
{
    printf("%zu files, %llu records, %.1f MB inflated\n", bench->count,
           (unsigned long long)bench->records, (double)bench->inflated / 1e6);
    for (int stage = 0; stage < STAGES; stage++)
        printf("%-28s %6.3f GB/s %8.3f M records/s %7.1f ns/record  ratio %.3f\n",
               SETUPS[stage].name, (double)bench->inflated / best[stage] / 1e9,
               (double)bench->records / best[stage] / 1e6,
               best[stage] / (double)bench->records * 1e9, best[0] / best[stage]);
}

static bool run(const char *folder, int rounds, int only, Error *err)
{
    Bench bench = {.out_cap = 1 << 20};
    double best[STAGES] = {1e9, 1e9, 1e9, 1e9, 1e9};
    bench.arena = arena_new((size_t)4 << 30, err);
    bench.files = mem_calloc(FILES_MAX, sizeof *bench.files, err);
    bench.out = mem_alloc(bench.out_cap, err);
    bool ok = bench.arena && bench.files && bench.out && make_decoders(&bench, err) &&
              file_walk(folder, load, NULL, &bench, err);
    for (int round = 0; ok && round < rounds; round++)
        for (int stage = 0; ok && stage < STAGES; stage++) {
            if (only >= 0 && stage != only)
                continue;
            double start = now();
            ok = run_stage(&bench, stage, err);
            double took = now() - start;
            if (took < best[stage])
                best[stage] = took;
        }
    if (ok)
        print(&bench, best);
    for (int stage = 1; stage < STAGES; stage++)
        object_decoder_free(bench.decoders[stage]);
    batch_free(bench.batch);
    arena_free(bench.arena);
    mem_free(bench.files);
    mem_free(bench.out);
    return ok;
}

int main(int count, char **arguments)
{
    Error err = {0};
    uint64_t rounds = 5, only = STAGES;
    bool right = count >= 2 && count <= 4 &&
                 (count < 3 || str_to_u64(str_of(arguments[2]), &rounds)) &&
                 (count < 4 || str_to_u64(str_of(arguments[3]), &only));
    if (!right) {
        fprintf(stderr, "usage: decode_bench FOLDER [ROUNDS [STAGE]]\n");
        return 2;
    }
    if (!run(arguments[1], (int)rounds, only < STAGES ? (int)only : -1, &err)) {
        fprintf(stderr, "decode_bench: %s\n", err.text);
        return 1;
    }
    return 0;
}
