#include "base/file_watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/mem.h"

enum {
    DEPTH_MAX = 64,
    PATH_BYTES = PATH_MAX,
    EVENTS_BYTES = 64 << 10,
    WATCHES_BYTES_MAX = 64 << 20
};

static const uint32_t EVENTS =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR | IN_DONT_FOLLOW;

struct FileWatch {
    int fd;
    Buf paths; /* char * by the kernel's number, NULL: none */
    Buf roots; /* char * each */
};

static char **path_at(const FileWatch *watch, size_t number)
{
    return &((char **)(void *)watch->paths.ptr)[number];
}

static size_t count_of(const Buf *texts)
{
    return texts->len / sizeof(char *);
}

FileWatch *file_watch_new(Error *err)
{
    FileWatch *watch = mem_calloc(1, sizeof *watch, err);
    if (!watch)
        return NULL;
    *watch =
        (FileWatch){.paths = buf_init(WATCHES_BYTES_MAX), .roots = buf_init(WATCHES_BYTES_MAX)};
    watch->fd = fault_due(FAULT_SYSCALL) ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd >= 0)
        return watch;
    error_errno(err, "cannot watch folders");
    file_watch_free(watch);
    return NULL;
}

static void free_texts(Buf *texts)
{
    for (size_t i = 0; i < count_of(texts); i++)
        mem_free(((char **)(void *)texts->ptr)[i]);
    buf_free(texts);
}

void file_watch_free(FileWatch *watch)
{
    if (!watch)
        return;
    if (watch->fd >= 0)
        close(watch->fd);
    free_texts(&watch->paths);
    free_texts(&watch->roots);
    mem_free(watch);
}

/* Keeps *path* as that of the kernel's *number*. */
static bool keep_path(FileWatch *watch, size_t number, const char *path, Error *err)
{
    char *none = NULL;
    char *copy = mem_text(path, strlen(path), err);
    bool ok = copy != NULL;
    while (ok && count_of(&watch->paths) <= number)
        ok = buf_append(&watch->paths, &none, sizeof none, err);
    if (!ok) {
        mem_free(copy);
        return false;
    }
    mem_free(*path_at(watch, number));
    *path_at(watch, number) = copy;
    return true;
}

/* Watches one folder; *ret* is false when it cannot be looked into. */
static bool watch_one(FileWatch *watch, const char *path, bool *ret, Error *err)
{
    int number = fault_due(FAULT_SYSCALL) ? -1 : inotify_add_watch(watch->fd, path, EVENTS);
    *ret = number >= 0;
    if (*ret)
        return keep_path(watch, (size_t)number, path, err);
    if (errno == ENOSPC)
        return error_set(err, ERROR_LIMIT,
                         "the system allows no more watches than fs.inotify.max_user_watches: "
                         "'%.200s' is not watched",
                         path);
    return errno != ENOMEM || error_errno(err, "cannot watch '%.200s'", path);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool add_tree(FileWatch *watch, char path[PATH_BYTES], int depth, Error *err);

/* The folders that the open one holds. *path* is the folder's, *len* its length. */
static bool add_below(FileWatch *watch, DIR *folder, char path[PATH_BYTES], int depth, Error *err)
{
    size_t len = strlen(path);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(folder));) {
        bool maybe = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
        if (!maybe || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int more = snprintf(path + len, PATH_BYTES - len, "/%s", entry->d_name);
        if (more > 0 && (size_t)more < PATH_BYTES - len && is_folder(path))
            ok = add_tree(watch, path, depth + 1, err);
        path[len] = '\0';
    }
    return ok;
}

static bool add_tree(FileWatch *watch, char path[PATH_BYTES], int depth, Error *err)
{
    bool there;
    if (depth > DEPTH_MAX)
        return true;
    if (!watch_one(watch, path, &there, err))
        return false;
    DIR *folder = there ? opendir(path) : NULL;
    if (!folder)
        return true;
    bool ok = add_below(watch, folder, path, depth, err);
    closedir(folder);
    return ok;
}

bool file_watch_add(FileWatch *watch, const char *path, Error *err)
{
    char at[PATH_BYTES];
    if (!is_folder(path) || strlen(path) >= sizeof at)
        return true;
    snprintf(at, sizeof at, "%s", path);
    char *root = mem_text(path, strlen(path), err);
    if (root && buf_append(&watch->roots, &root, sizeof root, err))
        return add_tree(watch, at, 0, err);
    mem_free(root);
    return false;
}

bool file_watch_wait(const FileWatch *watch, int wait_ms)
{
    struct pollfd waiting = {.fd = watch->fd, .events = POLLIN};
    return poll(&waiting, 1, wait_ms) > 0;
}

/* The kernel's queue overflowed: everything is to be looked at. */
static bool take_roots(FileWatch *watch, FileWatchTake take, void *context, Error *err)
{
    for (size_t i = 0; i < count_of(&watch->roots); i++) {
        char path[PATH_BYTES];
        const char *root = ((char **)(void *)watch->roots.ptr)[i];
        snprintf(path, sizeof path, "%s", root);
        if (!add_tree(watch, path, 0, err) || !take(context, root, err))
            return false;
    }
    return true;
}

static bool take_event(FileWatch *watch, const struct inotify_event *event, FileWatchTake take,
                       void *context, Error *err)
{
    char path[PATH_BYTES];
    size_t number = (size_t)event->wd;
    if (event->mask & IN_Q_OVERFLOW)
        return take_roots(watch, take, context, err);
    if (number >= count_of(&watch->paths) || !*path_at(watch, number))
        return true;
    if (event->mask & IN_IGNORED) {
        mem_free(*path_at(watch, number));
        *path_at(watch, number) = NULL;
        return true;
    }
    int len = snprintf(path, sizeof path, "%s/%s", *path_at(watch, number), event->name);
    if (len < 0 || len >= (int)sizeof path || !event->len)
        return true;
    if (event->mask & IN_ISDIR)
        return (!(event->mask & (IN_CREATE | IN_MOVED_TO)) || !is_folder(path)) ||
               (add_tree(watch, path, 0, err) && take(context, path, err));
    return !(event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) || take(context, path, err);
}

bool file_watch_take(FileWatch *watch, FileWatchTake take, void *context, Error *err)
{
    _Alignas(struct inotify_event) char events[EVENTS_BYTES];
    for (;;) {
        ssize_t got = fault_due(FAULT_SYSCALL) ? -1 : read(watch->fd, events, sizeof events);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 || errno == EAGAIN || error_errno(err, "cannot watch folders");
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event = (const void *)(events + at);
            if (!take_event(watch, event, take, context, err))
                return false;
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
}
