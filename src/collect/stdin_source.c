#include "collect/stdin_source.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/stream.h"

enum { NAME_DIGITS = 16 };

struct StdinSource {
    int fd;
    bool ended;
    Buf bytes; /* that are not listed yet */
};

StdinSource *stdin_source_open(int fd, Error *err)
{
    StdinSource *source = mem_calloc(1, sizeof *source, err);
    if (source)
        *source = (StdinSource){.fd = fd, .bytes = buf_init(STDIN_BYTES_MAX)};
    return source;
}

void stdin_source_free(StdinSource *source)
{
    if (!source)
        return;
    buf_free(&source->bytes);
    mem_free(source);
}

/* Where the last value begins that may be left for the next object; 0 when the text cannot be cut.
 * Within a JSON value a brace that closes is never followed by one that opens, and a text in quotes
 * holds no line end. */
static size_t find_cut(Str text)
{
    if (str_starts(text, STR("\x1f\x8b")))
        return 0;
    for (size_t at = text.len; at-- > 2;) {
        if (text.ptr[at] != '{' || text.ptr[at - 1] != '\n')
            continue;
        size_t before = at - 2;
        if (text.ptr[before] == '\r' && before)
            before--;
        if (text.ptr[before] == '}')
            return at;
    }
    return 0;
}

/* Reads until an object is whole; *ret* is its length. */
static bool read_object(StdinSource *source, const atomic_bool *stopping, size_t *ret, Error *err)
{
    *ret = 0;
    for (size_t bytes = STDIN_BYTES; !*ret && !source->ended; bytes += STDIN_BYTES) {
        if (bytes > STDIN_BYTES_MAX)
            return error_set(err, ERROR_LIMIT,
                             "standard input: more than %d MiB that cannot be cut at line ends: "
                             "name the files instead",
                             STDIN_BYTES_MAX >> 20);
        if (!stream_read(source->fd, &source->bytes, bytes, stopping, &source->ended, err))
            return error_context(err, "standard input");
        if (stopping && atomic_load(stopping))
            return true;
        if (!source->ended)
            *ret = find_cut(buf_str(&source->bytes));
    }
    if (source->ended)
        *ret = source->bytes.len;
    return true;
}

static bool add(ObjectList *list, Str bytes, Error *err)
{
    char etag[OBJECT_ETAG_BYTES], name[OBJECT_ETAG_BYTES];
    object_list_carried_etag(bytes, etag);
    snprintf(name, sizeof name, "-/%.*s", NAME_DIGITS, etag);
    return object_list_add_carried(list, name, bytes, NULL, err);
}

bool stdin_source_next(StdinSource *source, ObjectList *list, const atomic_bool *stopping,
                       bool *ret_more, Error *err)
{
    size_t len;
    *ret_more = false;
    if (!read_object(source, stopping, &len, err))
        return false;
    if (!len)
        return true;
    if (!add(list, str_slice(buf_str(&source->bytes), 0, len), err))
        return false;
    source->bytes.len -= len;
    memmove(source->bytes.ptr, source->bytes.ptr + len, source->bytes.len);
    *ret_more = !source->ended || source->bytes.len;
    return true;
}
