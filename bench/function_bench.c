/* function_bench - what a function in Lua costs that reads three members of each event.
 *
 *     function_bench FOLDER
 *
 * Reads all files below FOLDER into memory, then decodes them in turn without and with the
 * function, on one core, and prints the best of several rounds: events a second with all that
 * decoding takes, and of the function alone. */
#include <stdatomic.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "decode/object.h"
#include "function/function_run.h"

enum { FILES_MAX = 400000, ROUNDS = 5 };

static const char TEXT[] = "function on_event(event, context)\n"
                           "  local who = event.userIdentity\n"
                           "  if event.eventName == 'NoSuchCall' or who and who.arn == 'x'\n"
                           "     or event.sourceIPAddress == 'none' then\n"
                           "    return nil\n"
                           "  end\n"
                           "  return event\n"
                           "end\n";

typedef struct Bench {
    Str *files;
    size_t count;
    Arena *arena;
    Decoder *decoder;
    Document *document;
    FunctionRun *run; /* NULL: it is not called in this round */
    uint64_t records, failed;
} Bench;

static bool load(void *context, const char *path, const FileInfo *info, Error *err)
{
    Bench *bench = context;
    BUF_AUTO Buf bytes = buf_init((size_t)1 << 30);
    (void)info;
    if (bench->count == FILES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d files", (int)FILES_MAX);
    if (!file_read(path, &bytes, NULL, err))
        return false;
    char *copy = arena_text(bench->arena, buf_str(&bytes), err);
    bench->files[bench->count++] = (Str){copy, bytes.len};
    return copy != NULL;
}

static bool take(void *context, const RecordView *view, Error *err)
{
    Bench *bench = context;
    FunctionResult result;
    (void)err;
    bench->records++;
    if (!bench->run)
        return true;
    document_set_next(bench->document, view);
    function_run_call(bench->run, bench->document, false, &result);
    bench->failed += result.outcome != FUNCTION_SAME;
    return true;
}

/* Decodes all files; *ret_seconds is the least of itself and what this took. */
static bool decode(Bench *bench, FunctionRun *run, double *ret_seconds, Error *err)
{
    ObjectReport report;
    bool ok = true;
    int64_t start = clock_monotonic_us();
    bench->run = run;
    bench->records = 0;
    for (size_t i = 0; ok && i < bench->count; i++)
        ok = object_decode(bench->decoder, bench->files[i], 0, NULL, &report, err);
    double seconds = (double)(clock_monotonic_us() - start) / 1e6;
    *ret_seconds = seconds < *ret_seconds ? seconds : *ret_seconds;
    return ok;
}

static bool measure(Bench *bench, FunctionRun *run, Error *err)
{
    double without = 1e9, with = 1e9;
    bool ok = true;
    for (int round = 0; ok && round < ROUNDS; round++)
        ok = decode(bench, NULL, &without, err) && decode(bench, run, &with, err);
    if (!ok || bench->failed)
        return ok && error_set(err, ERROR_INPUT, "the function failed on %llu events",
                               (unsigned long long)bench->failed);
    double records = (double)bench->records;
    printf("a function in Lua that reads three members: %.0f events/s with decoding, %.0f alone "
           "(asked 250000); decoding without it %.0f\n",
           records / with, records / (with - without), records / without);
    return true;
}

static bool run(const char *folder, Error *err)
{
    atomic_bool off = false;
    const FunctionCode code = {.chunk = STR("=bench.lua"),
                               .text = STR(TEXT),
                               .limits = {FUNCTION_INSTRUCTIONS, FUNCTION_MEMORY},
                               .off = &off};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    Bench bench = {.arena = arena_new((size_t)8 << 30, err)};
    const DecoderHooks hooks = {.context = &bench, .record = take};
    limits.sha256 = false;
    bench.files = mem_calloc(FILES_MAX, sizeof *bench.files, err);
    bench.decoder = bench.files ? object_decoder_new(&limits, &hooks, err) : NULL;
    bench.document = bench.decoder ? document_new(err) : NULL;
    FunctionRun *function = bench.document ? function_run_new(&code, err) : NULL;
    bool ok = function && bench.arena && file_walk(folder, load, NULL, &bench, err) &&
              measure(&bench, function, err);
    function_run_free(function);
    document_free(bench.document);
    object_decoder_free(bench.decoder);
    mem_free(bench.files);
    arena_free(bench.arena);
    return ok;
}

int main(int count, char **arguments)
{
    Error err = {0};
    if (count != 2 || !run(arguments[1], &err)) {
        fprintf(stderr, "function_bench FOLDER: %s\n", err.text);
        return 1;
    }
    return 0;
}
