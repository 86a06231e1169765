#include "base/stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/fault.h"

enum { LOOK_MS = 200 };

/* Waits until there is something to read; false when it took LOOK_MS. */
static bool is_ready(int fd)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    return poll(&waiting, 1, LOOK_MS) != 0;
}

/* What comes at once, at most *max* bytes: how many, -1 with errno. */
static ssize_t read_some(int fd, char *bytes, size_t max)
{
    ssize_t got;
    do
        got = fault_due(FAULT_SYSCALL) ? -1 : read(fd, bytes, max);
    while (got < 0 && (errno == EINTR || errno == EAGAIN));
    return got;
}

bool stream_read(int fd, Buf *buf, size_t bytes, const atomic_bool *stopping, bool *ret_end,
                 Error *err)
{
    *ret_end = false;
    if (bytes > buf->len && !buf_reserve(buf, bytes - buf->len, err))
        return false;
    while (buf->len < bytes && !(stopping && atomic_load(stopping))) {
        if (!is_ready(fd))
            continue;
        ssize_t got = read_some(fd, buf->ptr + buf->len, bytes - buf->len);
        if (got < 0)
            return error_errno(err, "cannot read");
        if (got == 0) {
            *ret_end = true;
            break;
        }
        buf->len += (size_t)got;
    }
    return true;
}
