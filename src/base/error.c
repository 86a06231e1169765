#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const KIND_NAMES[] = {"none", "input",  "limit", "access",
                                         "busy", "system", "usage"};

/* A message is one line and goes to a terminal: nothing in it may move the cursor. */
static void clean(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

static void __attribute__((format(printf, 3, 0)))
fill(Error *err, ErrorKind kind, const char *format, va_list args)
{
    err->kind = kind;
    vsnprintf(err->text, sizeof err->text, format, args);
    clean(err->text);
}

bool error_set(Error *err, ErrorKind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, kind, format, args);
    va_end(args);
    return false;
}

static ErrorKind kind_of_errno(int number)
{
    switch (number) {
    case EACCES:
    case EPERM:
    case ENOENT:
    case ENOTDIR:
    case EROFS:
        return ERROR_ACCESS;
    default:
        return ERROR_SYSTEM;
    }
}

bool error_errno(Error *err, const char *format, ...)
{
    int number = errno;
    va_list args;
    va_start(args, format);
    fill(err, kind_of_errno(number), format, args);
    va_end(args);
    char words[128] = "unknown error";
    if (strerror_r(number, words, sizeof words) != 0)
        snprintf(words, sizeof words, "error %d", number);
    size_t used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", words);
    return false;
}

bool error_context(Error *err, const char *format, ...)
{
    char before[ERROR_TEXT_MAX];
    char joined[2 * ERROR_TEXT_MAX + 4];
    va_list args;
    va_start(args, format);
    vsnprintf(before, sizeof before, format, args);
    va_end(args);
    clean(before);
    snprintf(joined, sizeof joined, "%s: %s", before, err->text);
    memcpy(err->text, joined, sizeof err->text - 1);
    err->text[sizeof err->text - 1] = '\0';
    return false;
}

void error_clear(Error *err)
{
    err->kind = ERROR_NONE;
    err->text[0] = '\0';
}

const char *error_kind_name(ErrorKind kind)
{
    return (unsigned)kind < sizeof KIND_NAMES / sizeof *KIND_NAMES ? KIND_NAMES[kind] : "unknown";
}
