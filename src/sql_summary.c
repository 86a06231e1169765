#include "sql_summary.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "setup.h"

static void say_count(uint64_t count, const char *one, const char *many)
{
    char text[AMOUNT_TEXT_BYTES];
    amount_count(count, text);
    fprintf(stderr, "%s %s", text, count == 1 ? one : many);
}

void sql_summary_say(const WorkerAnswer *given, int64_t started_us)
{
    char size[AMOUNT_TEXT_BYTES];
    amount_bytes(given->scanned.bytes, size);
    say_count(given->rows, "row", "rows");
    if (given->scannable.files)
        fprintf(stderr,
                "; %" PRIu32 " of %" PRIu32 " days, %" PRIu64 " of %" PRIu64 " files (%s) opened",
                given->scanned.days, given->scannable.days, given->scanned.files,
                given->scannable.files, size);
    fprintf(stderr, "; %.3f s\n", (double)(clock_monotonic_us() - started_us) / 1e6);
}
