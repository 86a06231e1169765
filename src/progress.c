#include "progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"

enum { BAR_CHARACTERS = 30 };

static void show_bar(uint64_t bytes, uint64_t bytes_all)
{
    double share = bytes_all ? (double)bytes / (double)bytes_all : 1;
    char bar[BAR_CHARACTERS + 1];
    for (int i = 0; i < BAR_CHARACTERS; i++)
        bar[i] = i < (int)(share * BAR_CHARACTERS) ? '#' : '.';
    bar[BAR_CHARACTERS] = '\0';
    fprintf(stderr, "[%s] %3.0f%%  ", bar, share * 100);
}

void progress_show(Progress *progress)
{
    uint64_t records = atomic_load(&progress->records);
    double seconds = (double)(clock_monotonic_us() - progress->started_us) / 1e6;
    fputc('\r', stderr);
    if (!atomic_load(&progress->more))
        show_bar(atomic_load(&progress->bytes), atomic_load(&progress->bytes_all));
    fprintf(stderr, "%" PRIu64 " objects  %" PRIu64 " records  %.0f/s  ",
            atomic_load(&progress->objects), records, seconds > 0 ? (double)records / seconds : 0);
}
