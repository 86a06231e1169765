#include "base/amount.h"

#include <inttypes.h>
#include <stdio.h>

void amount_bytes(uint64_t bytes, char ret[AMOUNT_TEXT_BYTES])
{
    static const char *const UNITS[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < sizeof UNITS / sizeof *UNITS; unit++)
        value /= 1024;
    snprintf(ret, AMOUNT_TEXT_BYTES, unit ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
}

void amount_count(uint64_t count, char ret[AMOUNT_TEXT_BYTES])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, count);
    int used = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            ret[used++] = ',';
        ret[used++] = digits[i];
    }
    ret[used] = '\0';
}
