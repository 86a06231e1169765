#include "sql_progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

enum { FIRST_US = 500 * 1000, EACH_US = 100 * 1000, BAR = 24 };

void sql_progress_start(SqlProgress *progress)
{
    *progress = (SqlProgress){.started_us = isatty(STDERR_FILENO) ? clock_monotonic_us() : 0};
}

Str sql_progress_text(int64_t elapsed_us, int percent, unsigned width, char ret[SQL_PROGRESS_BYTES])
{
    double seconds = (double)elapsed_us / 1e6;
    char bar[BAR + 1];
    int full = percent * BAR / 100, used;
    memset(bar, ' ', BAR);
    memset(bar, '=', full > 0 ? (size_t)full : 0);
    bar[BAR] = '\0';
    if (percent < 0)
        used = snprintf(ret, SQL_PROGRESS_BYTES, "%.1f s  Ctrl-C ends the query", seconds);
    else
        used = snprintf(ret, SQL_PROGRESS_BYTES, "[%s] %3d%%  %.1f s  Ctrl-C ends the query", bar,
                        percent, seconds);
    /* What does not fit is left out from the end, by the gaps of two spaces. */
    while (width && used >= (int)width && used > 0) {
        used--;
        while (used > 0 && (ret[used] != ' ' || ret[used - 1] != ' '))
            used--;
        used -= used > 0;
    }
    ret[used] = '\0';
    return (Str){ret, (size_t)used};
}

/* The terminal may have written ^C behind the line. */
static void take_away(SqlProgress *progress)
{
    const char *kind = getenv("TERM");
    if (progress->width && kind && strcmp(kind, "dumb") != 0)
        fputs("\r\033[K", stderr);
    else if (progress->width)
        fprintf(stderr, "\r%*s\r", (int)progress->width + 2, "");
    progress->width = 0;
}

void sql_progress_tick(SqlProgress *progress, int percent)
{
    char text[SQL_PROGRESS_BYTES];
    struct winsize size;
    int64_t now_us = clock_monotonic_us();
    if (!progress->started_us || now_us - progress->started_us < FIRST_US ||
        now_us - progress->drawn_us < EACH_US)
        return;
    progress->drawn_us = now_us;
    unsigned columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 80;
    Str line = sql_progress_text(now_us - progress->started_us, percent, columns, text);
    take_away(progress);
    fprintf(stderr, "%.*s", STR_ARG(line));
    fflush(stderr);
    progress->width = (unsigned)line.len;
}

void sql_progress_end(SqlProgress *progress)
{
    take_away(progress);
    *progress = (SqlProgress){0};
}
