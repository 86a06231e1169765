#include "base/file_map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"

bool file_map_open(FileMap *ret, const char *path, Error *err)
{
    struct stat st;
    int fd = fault_due(FAULT_SYSCALL) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot open '%s'", path);
    if (fstat(fd, &st) != 0) {
        error_errno(err, "cannot look at '%s'", path);
        close(fd);
        return false;
    }
    *ret = (FileMap){NULL, (size_t)st.st_size};
    void *bytes = ret->len ? mmap(NULL, ret->len, PROT_READ, MAP_SHARED, fd, 0) : NULL;
    int number = errno;
    close(fd);
    if (bytes == MAP_FAILED) {
        errno = number;
        return error_errno(err, "cannot map '%s'", path);
    }
    ret->bytes = bytes;
    return true;
}

void file_map_close(FileMap *map)
{
    union {
        const uint8_t *given;
        void *unmapped;
    } pointer = {map->bytes};
    if (map->bytes)
        munmap(pointer.unmapped, map->len);
    *map = (FileMap){NULL, 0};
}
