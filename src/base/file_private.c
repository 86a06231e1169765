#define _GNU_SOURCE /* memfd_create */
#include "base/file_private.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"

enum { BLOCK_BYTES = 1 << 20 };

static bool write_all(int fd, const char *bytes, size_t len, Error *err)
{
    while (len) {
        ssize_t done = fault_due(FAULT_SYSCALL) ? -1 : write(fd, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return error_errno(err, "cannot keep a copy in memory");
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static bool copy(const char *path, int fd, Error *err)
{
    FileInfo info;
    BUF_AUTO Buf block = buf_init(BLOCK_BYTES);
    bool ok = file_info(path, &info, err) && buf_reserve(&block, BLOCK_BYTES, err);
    for (uint64_t at = 0; ok && at < info.bytes;) {
        size_t part = info.bytes - at < BLOCK_BYTES ? (size_t)(info.bytes - at) : BLOCK_BYTES;
        ok = file_read_at(path, at, block.ptr, part, err) && write_all(fd, block.ptr, part, err);
        at += part;
    }
    return ok;
}

int file_private_open(const char *path, char ret_path[FILE_PRIVATE_PATH_BYTES], Error *err)
{
    int fd = fault_due(FAULT_SYSCALL) ? -1 : memfd_create("spoor", MFD_CLOEXEC);
    if (fd < 0) {
        error_errno(err, "cannot keep a copy in memory");
        return -1;
    }
    if (!copy(path, fd, err)) {
        close(fd);
        return -1;
    }
    snprintf(ret_path, FILE_PRIVATE_PATH_BYTES, "/proc/self/fd/%d", fd);
    return fd;
}

void file_private_close(int fd)
{
    if (fd >= 0)
        close(fd);
}
