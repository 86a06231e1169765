#include "shell_history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

enum { FILE_BYTES_MAX = 8 << 20, ENTRY_BYTES_MAX = 1 << 20 };

bool shell_history_path(char ret[SHELL_HISTORY_PATH_BYTES])
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int used = 0;
    if (state && state[0] == '/')
        used = snprintf(ret, SHELL_HISTORY_PATH_BYTES, "%s/spoor/history", state);
    else if (home && home[0] == '/')
        used = snprintf(ret, SHELL_HISTORY_PATH_BYTES, "%s/.local/state/spoor/history", home);
    return used > 0 && used < SHELL_HISTORY_PATH_BYTES;
}

/* Where the last *count* lines begin. */
static size_t last_lines(Str text, size_t count)
{
    size_t at = text.len;
    while (at > 0) {
        if (at < text.len && text.ptr[at - 1] == '\n' && --count == 0)
            break;
        at--;
    }
    return at;
}

static size_t count_lines(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    return count;
}

/* The line as it was typed. */
static bool decode(Str line, Buf *out, Error *err)
{
    bool ok = true;
    out->len = 0;
    for (size_t i = 0; ok && i < line.len; i++) {
        bool escape = line.ptr[i] == '\\' && i + 1 < line.len;
        char c = line.ptr[escape ? ++i : i];
        ok = buf_append_byte(out, escape && c == 'n' ? '\n' : (unsigned char)c, err);
    }
    return ok;
}

void shell_history_load(const char *path, void (*each)(void *context, Str entry), void *context)
{
    Error err = {0};
    BUF_AUTO Buf file = buf_init(FILE_BYTES_MAX);
    BUF_AUTO Buf entry = buf_init(ENTRY_BYTES_MAX);
    if (!file_exists(path) || !file_read(path, &file, NULL, &err)) {
        error_clear(&err); /* no history */
        return;
    }
    Str text = buf_str(&file);
    if (count_lines(text) > SHELL_HISTORY_MAX) {
        text = str_slice(text, last_lines(text, SHELL_HISTORY_MAX), text.len);
        if (!file_replace(path, text, &err))
            error_clear(&err);
    }
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_byte(text, '\n', at);
        if (end > at && decode(str_slice(text, at, end), &entry, &err) && buf_text(&entry, &err))
            each(context, buf_str(&entry));
        at = end + 1;
    }
}

static bool encode(Str entry, Buf *out, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < entry.len; i++) {
        char c = entry.ptr[i];
        ok = (c != '\\' && c != '\n') || buf_append_byte(out, '\\', err);
        ok = ok && buf_append_byte(out, c == '\n' ? 'n' : (unsigned char)c, err);
    }
    return ok && buf_append_byte(out, '\n', err);
}

static bool make_folder(const char *path, Error *err)
{
    char folder[SHELL_HISTORY_PATH_BYTES];
    Str name = str_base_name(str_of(path));
    int len = (int)(name.ptr - path) - 1;
    snprintf(folder, sizeof folder, "%.*s", len, path);
    return file_make_folders(folder, err);
}

void shell_history_add(const char *path, Str entry)
{
    Error err = {0};
    BUF_AUTO Buf line = buf_init(ENTRY_BYTES_MAX);
    if (!make_folder(path, &err) || !encode(entry, &line, &err))
        return;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    ssize_t written = write(fd, line.ptr, line.len);
    (void)written; /* a history that is full does no harm */
    close(fd);
}
