/* The reader of fingerprint runs. The first two bytes choose a section, the rest is the file. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lake/fingerprint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 8 };

static void compare(const Fingerprint *section, size_t count)
{
    FingerprintRow rows[ROWS], scratch[ROWS];
    uint8_t verdicts[ROWS] = {0};
    for (uint32_t i = 0; i < ROWS; i++)
        rows[i] = (FingerprintRow){{i, i}, i};
    if (count)
        rows[0].print = section[count / 2];
    fingerprint_sort(rows, scratch, ROWS);
    fingerprint_compare(rows, ROWS, section, count, NULL, verdicts);
    for (size_t i = 0; i < ROWS; i++)
        assert(verdicts[i] <= VERDICT_DUPLICATE);
}

static char run_path[] = "/tmp/spoor-run-fuzz-XXXXXX";

static void remove_file(void)
{
    unlink(run_path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    FileMap map = {0};
    const Fingerprint *section;
    Error err = {0};
    if (size < 2)
        return 0;
    if (fd < 0) {
        fd = mkstemp(run_path);
        if (fd >= 0)
            atexit(remove_file);
    }
    if (fd < 0 || ftruncate(fd, 0) != 0 ||
        pwrite(fd, data + 2, size - 2, 0) != (ssize_t)(size - 2) ||
        !fingerprint_open(&map, run_path, size & 1, &err))
        return 0;
    if (fingerprint_section(&map, FINGERPRINT_HEADER_BYTES + 16u * (data[0] & 15),
                            (uint64_t)(int8_t)data[1], &section, &err))
        compare(section, (size_t)(int8_t)data[1]);
    file_map_close(&map);
    return 0;
}
