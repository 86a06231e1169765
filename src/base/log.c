#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/timestamp.h"

enum { MESSAGE_MAX = 4000 };

static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
static LogLevel lowest = LOG_INFO;
static bool as_lines;

void log_set_level(LogLevel level)
{
    lowest = level;
}

void log_set_level_named(const char *name)
{
    for (int level = LOG_DEBUG; level <= LOG_ERROR; level++)
        if (strcmp(name, LEVELS[level]) == 0)
            log_set_level((LogLevel)level);
}

void log_set_lines(bool lines)
{
    as_lines = lines;
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

/* Nobody may read standard error; there is nowhere to say so. */
static void put(const char *line, int len, size_t size)
{
    size_t bytes = len < 0 ? 0 : (size_t)len < size ? (size_t)len : size - 1;
    if (bytes && write(STDERR_FILENO, line, bytes) < 0)
        return;
}

static void write_line(LogLevel level, const char *stage, const char *message)
{
    char escaped[2 * MESSAGE_MAX + 2];
    char line[2 * MESSAGE_MAX + 200];
    char at[TIMESTAMP_TEXT_BYTES];
    escape(message, escaped);
    timestamp_format(clock_now_us(), at);
    put(line,
        snprintf(line, sizeof line, "level=%s at=%s stage=%s message=\"%s\"\n", LEVELS[level], at,
                 stage, escaped),
        sizeof line);
}

static void write_sentence(const char *command, char *message)
{
    char line[MESSAGE_MAX + 200];
    for (char *at = message; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    const char *name = !command ? "spoor" : *command ? "spoor " : "";
    put(line,
        snprintf(line, sizeof line, "%s%s%s%s\n", name, command ? command : "", *name ? ": " : "",
                 message),
        sizeof line);
}

void log_tell(LogLevel level, const char *command, const char *format, ...)
{
    char message[MESSAGE_MAX];
    if (level < lowest)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (as_lines)
        write_line(level, command && *command ? command : "spoor", message);
    else
        write_sentence(command, message);
}
