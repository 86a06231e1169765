#include "lake/merge_runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lake/layout.h"

static int compare_prints(const void *left, const void *right)
{
    return fingerprint_order(*(const Fingerprint *)left, *(const Fingerprint *)right);
}

static bool read_run(const Lake *lake, const ClaimRun *run, Fingerprint *ret, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    FileMap map = {0};
    const Fingerprint *section;
    if (!layout_path(path, err, lake->folder, "%s", run->path) ||
        !fingerprint_open(&map, path, false, err))
        return false;
    bool ok = fingerprint_section(&map, run->offset, run->entries, &section, err);
    if (ok)
        memcpy(ret, section, run->entries * sizeof *ret);
    file_map_close(&map);
    return ok;
}

static bool write_run(const Lake *lake, const Fingerprint *prints, size_t count, ClaimRun *merged,
                      Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    FingerprintWriter writer = fingerprint_writer(count);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        if (i == 0 || compare_prints(&prints[i - 1], &prints[i]) != 0)
            ok = fingerprint_write(&writer, prints[i], err);
    ok = ok && layout_path(path, err, lake->folder, "%s", merged->path) &&
         fingerprint_write_file(&writer, path, err) &&
         layout_path(path, err, lake->folder, "fingerprints") && file_sync_folder(path, err);
    merged->entries = writer.entries;
    buf_free(&writer.bytes);
    return ok;
}

bool merge_runs(const Lake *lake, const ClaimRun *runs, size_t count, ClaimRun *merged, Error *err)
{
    size_t entries = 0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++)
        entries += runs[i].entries;
    merged->day = runs[0].day;
    merged->offset = FINGERPRINT_HEADER_BYTES;
    Fingerprint *prints = mem_calloc(entries, sizeof *prints, err);
    bool ok = prints != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        ok = read_run(lake, &runs[i], prints + at, err);
        at += runs[i].entries;
    }
    if (ok) {
        qsort(prints, entries, sizeof *prints, compare_prints);
        ok = write_run(lake, prints, entries, merged, err);
    }
    mem_free(prints);
    return ok;
}
