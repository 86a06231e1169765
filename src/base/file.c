#define _GNU_SOURCE /* syncfs */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/mem.h"

enum { DEPTH_MAX = 64, PATH_BYTES_MAX = 4096 };

static void info_from_stat(const struct stat *st, FileInfo *ret)
{
    *ret = (FileInfo){.bytes = (uint64_t)st->st_size,
                      .modified_ns =
                          (int64_t)st->st_mtim.tv_sec * 1000000000 + (int64_t)st->st_mtim.tv_nsec,
                      .inode = st->st_ino,
                      .device = st->st_dev,
                      .is_folder = S_ISDIR(st->st_mode),
                      .is_regular = S_ISREG(st->st_mode)};
}

bool file_info(const char *path, FileInfo *ret, Error *err)
{
    struct stat st;
    if (fault_due(FAULT_SYSCALL) || stat(path, &st) != 0)
        return error_errno(err, "cannot look at '%s'", path);
    info_from_stat(&st, ret);
    return true;
}

bool file_info_in(int folder, const char *name, const char *path, FileInfo *ret, bool *ret_link,
                  Error *err)
{
    struct stat st;
    if (fault_due(FAULT_SYSCALL) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return error_errno(err, "cannot look at '%s'", path);
    *ret_link = S_ISLNK(st.st_mode);
    if (*ret_link)
        return file_info(path, ret, err);
    info_from_stat(&st, ret);
    return true;
}

bool file_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* Opens *name*, looked up in *folder*, whose whole path is *path*; -1 with *err*. */
static int open_for_reading(int folder, const char *name, const char *path, FileInfo *info,
                            Error *err)
{
    struct stat st;
    int fd =
        fault_due(FAULT_SYSCALL) ? -1 : openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        error_errno(err, "cannot open '%s'", path);
        return -1;
    }
    if (fstat(fd, &st) != 0) {
        error_errno(err, "cannot look at '%s'", path);
        close(fd);
        return -1;
    }
    info_from_stat(&st, info);
    if (!info->is_regular) {
        error_set(err, ERROR_ACCESS, "'%s' is not a regular file", path);
        close(fd);
        return -1;
    }
    return fd;
}

/* Reads until *len* bytes or the end of the file; the number read, or -1 with errno. */
static ssize_t read_fully(int fd, char *bytes, size_t len, off_t offset)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = fault_due(FAULT_SYSCALL)
                          ? -1
                          : pread(fd, bytes + done, len - done, offset + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

bool file_read_in(int folder, const char *name, const char *path, Buf *buf, FileInfo *ret_info,
                  Error *err)
{
    FileInfo info;
    int fd = open_for_reading(folder, name, path, &info, err);
    if (fd < 0)
        return false;
    buf->len = 0;
    if (!buf_reserve(buf, info.bytes, err)) {
        close(fd);
        return error_context(err, "'%s'", path);
    }
    ssize_t got = read_fully(fd, buf->ptr, info.bytes, 0);
    int number = errno;
    close(fd);
    errno = number;
    if (got < 0)
        return error_errno(err, "cannot read '%s'", path);
    buf->len = (size_t)got;
    if (ret_info)
        *ret_info = info;
    return true;
}

bool file_read(const char *path, Buf *buf, FileInfo *ret_info, Error *err)
{
    return file_read_in(AT_FDCWD, path, path, buf, ret_info, err);
}

bool file_read_at(const char *path, uint64_t offset, void *bytes, size_t len, Error *err)
{
    FileInfo info;
    int fd = open_for_reading(AT_FDCWD, path, path, &info, err);
    if (fd < 0)
        return false;
    ssize_t got = read_fully(fd, bytes, len, (off_t)offset);
    int number = errno;
    close(fd);
    errno = number;
    if (got < 0)
        return error_errno(err, "cannot read '%s'", path);
    if ((size_t)got < len)
        return error_set(err, ERROR_INPUT, "'%s' ends at byte %llu: %zu bytes expected from %llu",
                         path, (unsigned long long)info.bytes, len, (unsigned long long)offset);
    return true;
}

bool file_create(FileWriter *writer, const char *path, Error *err)
{
    *writer = (FileWriter){.fd = -1};
    writer->path = mem_text(path, strlen(path), err);
    if (!writer->path)
        return false;
    writer->fd = fault_due(FAULT_DURABLE)
                     ? -1
                     : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (writer->fd < 0) {
        error_errno(err, "cannot create '%s'", path);
        mem_free(writer->path);
        writer->path = NULL;
        return false;
    }
    return true;
}

bool file_write(FileWriter *writer, const void *bytes, size_t len, Error *err)
{
    const char *at = bytes;
    while (len) {
        ssize_t put = fault_due(FAULT_DURABLE) ? -1 : write(writer->fd, at, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_errno(err, "cannot write '%s'", writer->path);
        at += put;
        len -= (size_t)put;
        writer->bytes += (uint64_t)put;
    }
    return true;
}

bool file_finish(FileWriter *writer, Error *err)
{
    bool ok = !fault_due(FAULT_DURABLE) && fsync(writer->fd) == 0;
    if (!ok) {
        error_errno(err, "cannot make '%s' durable", writer->path);
        file_abandon(writer);
        return false;
    }
    ok = close(writer->fd) == 0;
    writer->fd = -1;
    if (!ok)
        error_errno(err, "cannot close '%s'", writer->path);
    mem_free(writer->path);
    writer->path = NULL;
    return ok;
}

bool file_close(FileWriter *writer, Error *err)
{
    int fd = writer->fd;
    writer->fd = -1;
    if (fault_due(FAULT_SYSCALL) || close(fd) != 0) {
        error_errno(err, "cannot close '%s'", writer->path);
        file_abandon(writer);
        return false;
    }
    mem_free(writer->path);
    writer->path = NULL;
    return true;
}

void file_abandon(FileWriter *writer)
{
    if (!writer->path)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    unlink(writer->path);
    mem_free(writer->path);
    *writer = (FileWriter){.fd = -1};
}

int file_open_folder(const char *folder)
{
    return fault_due(FAULT_SYSCALL) ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void file_close_folder(int fd)
{
    if (fd >= 0)
        close(fd);
}

bool file_sync_folder(const char *folder, Error *err)
{
    int fd = fault_due(FAULT_DURABLE) ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot open folder '%s'", folder);
    bool ok = fsync(fd) == 0;
    if (!ok)
        error_errno(err, "cannot make folder '%s' durable", folder);
    close(fd);
    return ok;
}

/* The folder part of *path* into *folder*; "." when there is none. */
static void folder_of(const char *path, char folder[PATH_BYTES_MAX])
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        snprintf(folder, PATH_BYTES_MAX, ".");
    else
        snprintf(folder, PATH_BYTES_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Writes all of *bytes*; false with errno. */
static bool write_all(int fd, Str bytes)
{
    while (bytes.len) {
        ssize_t put = fault_due(FAULT_DURABLE) ? -1 : write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno != EINTR)
            return false;
        bytes = str_slice(bytes, put > 0 ? (size_t)put : 0, bytes.len);
    }
    return true;
}

bool file_append(const char *path, Str bytes, Error *err)
{
    bool there = file_exists(path);
    char folder[PATH_BYTES_MAX];
    int fd = fault_due(FAULT_SYSCALL)
                 ? -1
                 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return error_errno(err, "cannot append to '%s'", path);
    bool ok = write_all(fd, bytes) && !fault_due(FAULT_DURABLE) && fsync(fd) == 0;
    if (!ok)
        error_errno(err, "cannot append to '%s'", path);
    if (close(fd) != 0 && ok)
        return error_errno(err, "cannot close '%s'", path);
    folder_of(path, folder);
    return ok && (there || file_sync_folder(folder, err));
}

/* Writes a neighbour and renames it. */
static bool put(const char *path, Str bytes, bool durable, Error *err)
{
    char neighbour[PATH_BYTES_MAX];
    FileWriter writer;
    if (snprintf(neighbour, sizeof neighbour, "%s.new", path) >= (int)sizeof neighbour)
        return error_set(err, ERROR_LIMIT, "the path '%.64s...' is too long", path);
    if (unlink(neighbour) != 0 && errno != ENOENT)
        return error_errno(err, "cannot remove '%s'", neighbour);
    if (!file_create(&writer, neighbour, err))
        return false;
    if (!file_write(&writer, bytes.ptr, bytes.len, err)) {
        file_abandon(&writer);
        return false;
    }
    if (!(durable ? file_finish(&writer, err) : file_close(&writer, err)))
        return false;
    if (fault_due(FAULT_DURABLE) || rename(neighbour, path) != 0) {
        error_errno(err, "cannot replace '%s'", path);
        unlink(neighbour);
        return false;
    }
    return true;
}

bool file_replace(const char *path, Str bytes, Error *err)
{
    char folder[PATH_BYTES_MAX];
    folder_of(path, folder);
    return put(path, bytes, true, err) && file_sync_folder(folder, err);
}

bool file_put(const char *path, Str bytes, Error *err)
{
    return put(path, bytes, false, err);
}

bool file_sync_disk(const char *path, Error *err)
{
    int fd = fault_due(FAULT_DURABLE) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot open '%s'", path);
    bool ok = syncfs(fd) == 0;
    if (!ok)
        error_errno(err, "cannot make '%s' durable", path);
    close(fd);
    return ok;
}

static bool make_folder(const char *path, Error *err)
{
    struct stat st;
    if (!fault_due(FAULT_SYSCALL) && (mkdir(path, S_IRWXU) == 0 || errno == EEXIST)) {
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            return true;
        errno = ENOTDIR;
    }
    return error_errno(err, "cannot make folder '%s'", path);
}

bool file_make_folders(const char *path, Error *err)
{
    char partial[PATH_BYTES_MAX];
    size_t len = strlen(path);
    if (len >= sizeof partial)
        return error_set(err, ERROR_LIMIT, "the path '%.64s...' is too long", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(partial, path, i);
        partial[i] = '\0';
        if (!make_folder(partial, err))
            return false;
    }
    return true;
}

bool file_remove(const char *path, Error *err)
{
    if (fault_due(FAULT_SYSCALL) || (unlink(path) != 0 && errno != ENOENT))
        return error_errno(err, "cannot remove '%s'", path);
    return true;
}

static bool remove_below(const char *path, int depth, Error *err);

static bool remove_entry(const char *folder, const char *name, int depth, Error *err)
{
    char path[PATH_BYTES_MAX];
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return error_set(err, ERROR_LIMIT, "a path below '%.64s' is too long", folder);
    return remove_below(path, depth + 1, err);
}

static bool remove_folder(const char *path, int depth, Error *err)
{
    DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
    if (!dir)
        return error_errno(err, "cannot open folder '%s'", path);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(dir));)
        ok = remove_entry(path, entry->d_name, depth, err);
    closedir(dir);
    if (ok && rmdir(path) != 0)
        return error_errno(err, "cannot remove folder '%s'", path);
    return ok;
}

static bool remove_below(const char *path, int depth, Error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT || error_errno(err, "cannot look at '%s'", path);
    return S_ISDIR(st.st_mode) ? remove_folder(path, depth, err) : file_remove(path, err);
}

bool file_remove_tree(const char *path, Error *err)
{
    return remove_below(path, 0, err);
}

char *file_make_temp(Error *err)
{
    char path[PATH_BYTES_MAX];
    const char *given = getenv("TMPDIR");
    MEM_AUTO char *base = file_real_path(given && given[0] ? given : "/tmp", err);
    if (!base)
        return NULL;
    int used = snprintf(path, sizeof path, "%s/spoor-XXXXXX", base);
    if (used >= (int)sizeof path || fault_due(FAULT_SYSCALL) || !mkdtemp(path)) {
        error_errno(err, "no temporary folder could be made in '%s'", base);
        return NULL;
    }
    return mem_text(path, (size_t)used, err);
}

char *file_real_path(const char *path, Error *err)
{
    char *real = fault_due(FAULT_SYSCALL) ? NULL : realpath(path, NULL);
    if (!real)
        error_errno(err, "cannot find '%s'", path);
    return real;
}

bool file_lock(const char *path, int *ret_fd, Error *err)
{
    int fd = fault_due(FAULT_SYSCALL) ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, "cannot open the lock file '%s'", path);
    char text[32] = "";
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t got = pread(fd, text, sizeof text - 1, 0);
        text[got > 0 ? got : 0] = '\0';
        close(fd);
        return error_set(err, ERROR_BUSY, "'%s' is held by process %s", path,
                         text[0] ? text : "unknown");
    }
    int len = snprintf(text, sizeof text, "%ld", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
        error_errno(err, "cannot write the lock file '%s'", path);
        close(fd);
        return false;
    }
    *ret_fd = fd;
    return true;
}

void file_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}

bool file_free_bytes(const char *path, uint64_t *ret, Error *err)
{
    struct statvfs st;
    if (fault_due(FAULT_SYSCALL) || statvfs(path, &st) != 0)
        return error_errno(err, "cannot ask for the free space of '%s'", path);
    *ret = (uint64_t)st.f_bavail * st.f_frsize;
    return true;
}

bool file_is_network(const char *path)
{
    static const unsigned long NETWORK[] = {0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997};
    struct statfs st;
    if (statfs(path, &st) != 0)
        return false;
    for (size_t i = 0; i < sizeof NETWORK / sizeof *NETWORK; i++)
        if ((unsigned long)st.f_type == NETWORK[i])
            return true;
    return false;
}
