#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/timestamp.h"

enum { MESSAGE_MAX = 4000 };

static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
static LogLevel lowest = LOG_INFO;

void log_set_level(LogLevel level)
{
    lowest = level;
}

/* Writes *text* into *out* so that it can stand between quotes on one line. */
static size_t escape(const char *text, char *out)
{
    size_t used = 0;
    for (; *text && used < 2 * MESSAGE_MAX; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            out[used++] = '\\';
        out[used++] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    out[used] = '\0';
    return used;
}

void log_line(LogLevel level, const char *stage, const char *format, ...)
{
    char message[MESSAGE_MAX];
    char escaped[2 * MESSAGE_MAX + 2];
    char line[2 * MESSAGE_MAX + 200];
    char at[TIMESTAMP_TEXT_BYTES];
    if (level < lowest)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    escape(message, escaped);
    timestamp_format(clock_now_us(), at);
    int len = snprintf(line, sizeof line, "level=%s at=%s stage=%s message=\"%s\"\n", LEVELS[level],
                       at, stage, escaped);
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
        return; /* nobody reads standard error; there is nowhere to say so */
}
