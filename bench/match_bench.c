/* match_bench - what rules cost, against inflating alone.
 *
 *     match_bench FOLDER ROUNDS RULES...
 *
 * Reads all files below FOLDER into memory, then runs ROUNDS times on one core, taking turns:
 * inflating alone, decoding, and decoding with the rules of each RULES, a file or folder, "+"
 * joining several ("a+b"); "-" is the rules that ship. Prints each one's best round, its ratio to
 * inflating, how many rules there are and how they are guarded, and how many matched. */
#include <libdeflate.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "decode/object.h"
#include "detect/matcher.h"

enum { FILES_MAX = 400000, SETS_MAX = 8, PATH_BYTES = 1024 };

typedef struct Set {
    const char *name;
    RuleSet *rules;
    Matcher *matcher;
    uint64_t matches;
    double best, load;
} Set;

typedef struct Bench {
    Str *files;
    size_t count;
    Arena *arena;
    char *out;
    size_t out_cap;
    uint64_t inflated, records;
    Set sets[SETS_MAX];
    int set_count;
    double inflate, decode;
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

static bool run_inflate(Bench *bench, Error *err)
{
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    bool ok = inflater != NULL;
    bench->inflated = 0;
    for (size_t i = 0; ok && i < bench->count;) {
        size_t got = 0;
        enum libdeflate_result result = libdeflate_gzip_decompress(
            inflater, bench->files[i].ptr, bench->files[i].len, bench->out, bench->out_cap, &got);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
            mem_free(bench->out);
            bench->out_cap *= 2;
            bench->out = mem_alloc(bench->out_cap, err);
            ok = bench->out != NULL;
            continue;
        }
        bench->inflated += got;
        i++;
    }
    libdeflate_free_decompressor(inflater);
    return ok;
}

static bool take_record(void *context, const RecordView *view, Error *err)
{
    Set *set = context;
    const Rule *const *rules;
    size_t count;
    if (!matcher_run(set->matcher, view, &rules, &count, err))
        return false;
    set->matches += count;
    return true;
}

static bool run_decode(Bench *bench, Set *set, Error *err)
{
    const DecoderHooks hooks = {.context = set, .record = set ? take_record : NULL};
    DecoderLimits limits = OBJECT_LIMITS_DEFAULT;
    limits.sha256 = false;
    Decoder *decoder = object_decoder_new(&limits, &hooks, err);
    bool ok = decoder != NULL;
    bench->records = 0;
    if (set) { /* nothing is known of any text yet, as when a program starts */
        set->matches = 0;
        matcher_free(set->matcher);
        set->matcher = matcher_new(set->rules, LEVEL_NONE, err);
        ok = ok && set->matcher;
    }
    for (size_t i = 0; ok && i < bench->count; i++) {
        ObjectReport report;
        ok = object_decode(decoder, bench->files[i], (int64_t)i, NULL, &report, err);
        bench->records += report.records_read;
    }
    object_decoder_free(decoder);
    return ok;
}

static bool add_paths(RuleSet *rules, Str paths, Error *err)
{
    for (size_t at = 0; at <= paths.len;) {
        char path[PATH_BYTES];
        size_t end = str_find_byte(paths, '+', at);
        snprintf(path, sizeof path, "%.*s", (int)(end - at), paths.ptr + at);
        bool ok = strcmp(path, "-") == 0 ? ruleset_add_content(rules, err)
                                         : ruleset_add_path(rules, path, err);
        if (!ok)
            return false;
        at = end + 1;
    }
    return true;
}

static bool open_set(Set *set, const char *paths, Error *err)
{
    double start = now();
    *set = (Set){.name = paths, .rules = ruleset_new(NULL, err), .best = 1e9};
    bool ok =
        set->rules && add_paths(set->rules, str_of(paths), err) && ruleset_finish(set->rules, err);
    set->matcher = ok ? matcher_new(set->rules, LEVEL_NONE, err) : NULL;
    set->load = now() - start;
    return set->matcher != NULL;
}

static void keep_best(double start, double *best)
{
    double took = now() - start;
    *best = took < *best ? took : *best;
}

static bool run_round(Bench *bench, Error *err)
{
    double start = now();
    bool ok = run_inflate(bench, err);
    keep_best(start, &bench->inflate);
    start = now();
    ok = ok && run_decode(bench, NULL, err);
    keep_best(start, &bench->decode);
    for (int i = 0; ok && i < bench->set_count; i++) {
        start = now();
        ok = run_decode(bench, &bench->sets[i], err);
        keep_best(start, &bench->sets[i].best);
    }
    return ok;
}

static void print_line(const Bench *bench, const char *name, double took)
{
    printf("%-40.40s %8.3f M records/s %7.1f ns/record  ratio %.3f", name,
           (double)bench->records / took / 1e6, took / (double)bench->records * 1e9,
           bench->inflate / took);
}

static void print(const Bench *bench)
{
    printf("%zu files, %llu records, %.1f MB inflated\n", bench->count,
           (unsigned long long)bench->records, (double)bench->inflated / 1e6);
    print_line(bench, "inflate", bench->inflate);
    printf("\n");
    print_line(bench, "inflate+decode", bench->decode);
    printf("\n");
    for (int i = 0; i < bench->set_count; i++) {
        const Set *set = &bench->sets[i];
        MatcherShape shape = matcher_shape(set->matcher);
        print_line(bench, set->name, set->best);
        printf("  %zu rules (%zu by name, %zu by another member, %zu open), loaded in %.0f ms, "
               "%.2f matches a record\n",
               shape.rules, shape.named, shape.guarded, shape.open, set->load * 1e3,
               (double)set->matches / (double)bench->records);
    }
}

static bool run(int count, char **arguments, Error *err)
{
    Bench bench = {.out_cap = 1 << 20, .inflate = 1e9, .decode = 1e9};
    uint64_t rounds = 5;
    bench.arena = arena_new((size_t)4 << 30, err);
    bench.files = mem_calloc(FILES_MAX, sizeof *bench.files, err);
    bench.out = mem_alloc(bench.out_cap, err);
    bool ok = bench.arena && bench.files && bench.out &&
              file_walk(arguments[1], load, NULL, &bench, err) &&
              (str_to_u64(str_of(arguments[2]), &rounds) ||
               error_set(err, ERROR_USAGE, "'%s' is no number", arguments[2]));
    for (int i = 3; ok && i < count && i < SETS_MAX + 3; i++)
        ok = open_set(&bench.sets[bench.set_count++], arguments[i], err);
    for (uint64_t round = 0; ok && round < rounds; round++)
        ok = run_round(&bench, err);
    if (ok)
        print(&bench);
    for (int i = 0; i < bench.set_count; i++) {
        matcher_free(bench.sets[i].matcher);
        ruleset_free(bench.sets[i].rules);
    }
    arena_free(bench.arena);
    mem_free(bench.files);
    mem_free(bench.out);
    return ok;
}

int main(int count, char **arguments)
{
    Error err = {0};
    if (count < 3) {
        fprintf(stderr, "usage: match_bench FOLDER ROUNDS RULES...\n");
        return 2;
    }
    if (!run(count, arguments, &err)) {
        fprintf(stderr, "match_bench: %s\n", err.text);
        return 1;
    }
    return 0;
}
