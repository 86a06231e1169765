/* verify_bench FOLDER: what reading, inflating and hashing every log file below FOLDER once takes
 * on one core, with SHA-256 of the library, one file after another: the floor that spoor verify is
 * measured against. Prints the seconds of the best of five rounds, files, inflated bytes. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "collect/folder.h"
#include "collect/object_name.h"
#include "decode/inflate.h"

enum { ROUNDS = 5, FILE_BYTES_MAX = 256 << 20, PATH_BYTES_MAX = 1 << 16 };

static const InflateLimits LIMITS = {.window_max = FILE_BYTES_MAX,
                                     .total_max = FILE_BYTES_MAX,
                                     .ratio_max = 1100,
                                     .ratio_floor = FILE_BYTES_MAX};

typedef struct Round {
    uint64_t files, bytes;
    uint8_t sum; /* so that nothing is left out */
} Round;

static bool hash_all(const ObjectList *list, Inflate *inflate, Round *ret, Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX), stored = buf_init(FILE_BYTES_MAX);
    *ret = (Round){0};
    for (size_t i = 0; i < object_list_count(list); i++) {
        uint8_t sha256[HASH_SHA256_BYTES];
        LogName name;
        Str text;
        size_t fresh;
        bool last;
        if (!object_list_path(object_list_at(list, i), &path, err))
            return false;
        if (!object_name_log(buf_str(&path), &name))
            continue;
        if (!file_read(path.ptr, &stored, NULL, err))
            return false;
        inflate_start(inflate, buf_str(&stored));
        if (!inflate_next(inflate, 0, &text, &fresh, &last, err))
            return false;
        hash_sha256(text.ptr, text.len, sha256);
        ret->files++;
        ret->bytes += text.len;
        ret->sum ^= sha256[0];
    }
    return true;
}

int main(int argc, char **argv)
{
    Error err = {0};
    Round round = {0};
    int64_t best = INT64_MAX;
    ObjectList *list = object_list_new(&err);
    Inflate *inflate = inflate_new(&LIMITS, &err);
    bool ok = argc == 2 && list && inflate && folder_list(list, argv[1], NULL, NULL, &err);
    object_list_sort(list);
    for (int i = 0; ok && i < ROUNDS; i++) {
        int64_t start = clock_monotonic_us();
        ok = hash_all(list, inflate, &round, &err);
        int64_t took = clock_monotonic_us() - start;
        best = took < best ? took : best;
    }
    if (ok)
        printf("%.3f %" PRIu64 " %" PRIu64 " %02x\n", (double)best / 1e6, round.files, round.bytes,
               round.sum);
    else
        fprintf(stderr, "verify_bench: %s\n", argc == 2 ? err.text : "needs one folder");
    inflate_free(inflate);
    object_list_free(list);
    return !ok;
}
