/* decode_bench - how fast decode is, against inflating alone.
 *
 *     decode_bench FOLDER [ROUNDS]
 *
 * Reads all files below FOLDER into memory, then runs each stage ROUNDS times over them on one
 * core, stages taking turns so that noise hits all alike, and prints each stage's best round.
 * The ratio is to "inflate", libdeflate alone on the same bytes in the same run. */
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

static bool run_decode(Bench *bench, bool with_batch, bool sha256, RecordBuild build, Error *err)
{
    static uint8_t secret[BATCH_SECRET_BYTES] = {1, 2, 3};
    DecoderLimits limits = DECODER_LIMITS_DEFAULT;
    DecoderHooks hooks = {.batch_full = empty_batch};
    limits.sha256 = sha256;
    limits.build = build;
    Decoder *decoder = object_decoder_new(&limits, &hooks, err);
    Batch *batch = batch_new(ROWS_MAX, (size_t)96 << 20, secret, err);
    bool ok = decoder && batch;
    bench->records = 0;
    for (size_t i = 0; ok && i < bench->count; i++) {
        ObjectReport report;
        ok = object_decode(decoder, bench->files[i], (int64_t)i, with_batch ? batch : NULL, &report,
                           err);
        bench->records += report.records_read;
    }
    object_decoder_free(decoder);
    batch_free(batch);
    return ok;
}

static bool run_stage(Bench *bench, int stage, Error *err)
{
    switch (stage) {
    case 0:
        return run_inflate(bench, err);
    case 1:
        return run_decode(bench, false, false, RECORD_BEST, err);
    case 2:
        return run_decode(bench, true, false, RECORD_BEST, err);
    case 3:
        return run_decode(bench, true, true, RECORD_BEST, err);
    default:
        return run_decode(bench, false, false, RECORD_SCALAR, err);
    }
}

static void print(const Bench *bench, const double *best)
{
    static const char *const NAMES[STAGES] = {"inflate", "inflate+decode", "inflate+decode+batch",
                                              "inflate+decode+batch+sha256",
                                              "inflate+decode, scalar"};
    printf("%zu files, %llu records, %.1f MB inflated\n", bench->count,
           (unsigned long long)bench->records, (double)bench->inflated / 1e6);
    for (int stage = 0; stage < STAGES; stage++)
        printf("%-28s %6.3f GB/s %8.3f M records/s %7.1f ns/record  ratio %.3f\n", NAMES[stage],
               (double)bench->inflated / best[stage] / 1e9,
               (double)bench->records / best[stage] / 1e6,
               best[stage] / (double)bench->records * 1e9, best[0] / best[stage]);
}

static bool run(const char *folder, int rounds, Error *err)
{
    Bench bench = {.out_cap = 1 << 20};
    double best[STAGES] = {1e9, 1e9, 1e9, 1e9, 1e9};
    bench.arena = arena_new((size_t)4 << 30, err);
    bench.files = mem_calloc(FILES_MAX, sizeof *bench.files, err);
    bench.out = mem_alloc(bench.out_cap, err);
    bool ok = bench.arena && bench.files && bench.out && file_walk(folder, load, NULL, &bench, err);
    for (int round = 0; ok && round < rounds; round++)
        for (int stage = 0; ok && stage < STAGES; stage++) {
            double start = now();
            ok = run_stage(&bench, stage, err);
            double took = now() - start;
            if (took < best[stage])
                best[stage] = took;
        }
    if (ok)
        print(&bench, best);
    arena_free(bench.arena);
    mem_free(bench.files);
    mem_free(bench.out);
    return ok;
}

int main(int count, char **arguments)
{
    Error err = {0};
    uint64_t rounds = 5;
    if (count < 2 || count > 3 || (count == 3 && !str_to_u64(str_of(arguments[2]), &rounds))) {
        fprintf(stderr, "usage: decode_bench FOLDER [ROUNDS]\n");
        return 2;
    }
    if (!run(arguments[1], (int)rounds, &err)) {
        fprintf(stderr, "decode_bench: %s\n", err.text);
        return 1;
    }
    return 0;
}
