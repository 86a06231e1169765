/* file.h - files and folders: read whole, write durably, walk in a stable order.
 *
 * Every system call may be made to fail by base/fault; every step that makes something durable
 * (fsync, rename) counts as a durable step. Paths are NUL-terminated. No shared state.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* What a look at a path tells. */
typedef struct FileInfo {
    uint64_t bytes;
    int64_t modified_ns; /* since 1970 */
    uint64_t inode;
    uint64_t device;
    bool is_folder;
    bool is_regular;
} FileInfo;

/* A file being written; zero-initialised it is closed. */
typedef struct FileWriter {
    int fd;         /* -1 when closed */
    uint64_t bytes; /* written so far */
    char *path;     /* owned; NULL when closed */
} FileWriter;

/* Looks at *path*, following links. ERROR_ACCESS when it is missing or may not be looked at. */
bool file_info(const char *path, FileInfo *ret, Error *err) __attribute__((warn_unused_result));

/* Looks at *name* in the open folder, as file_info does, whose whole path is *path*; *ret_link*
 * tells whether it is a link. Costs less than a look along the whole path. */
bool file_info_in(int folder, const char *name, const char *path, FileInfo *ret, bool *ret_link,
                  Error *err) __attribute__((warn_unused_result));

/* True when *path* exists, whatever it is. */
bool file_exists(const char *path);

/* Replaces *buf*'s content by the whole file; ERROR_LIMIT when it holds more than buf->max. What
 * is read is what the file held when it was opened, or less if it shrinks: a file that grows
 * meanwhile gives its first *ret_info* bytes. *ret_info* may be NULL. */
bool file_read(const char *path, Buf *buf, FileInfo *ret_info, Error *err)
    __attribute__((warn_unused_result));

/* Reads *name* in the open folder, as file_read does, whose whole path is *path*. Costs less than
 * opening it along the whole path. */
bool file_read_in(int folder, const char *name, const char *path, Buf *buf, FileInfo *ret_info,
                  Error *err) __attribute__((warn_unused_result));

/* Opens *folder* for file_info_in and file_read_in; -1 when it cannot be opened: who may not list
 * a folder may still read files in it along their paths. The caller ends it with
 * file_close_folder, which takes -1 too. */
int file_open_folder(const char *folder) __attribute__((warn_unused_result));
void file_close_folder(int fd);

/* Reads *len* bytes at *offset*; fewer is ERROR_INPUT. */
bool file_read_at(const char *path, uint64_t offset, void *bytes, size_t len, Error *err)
    __attribute__((warn_unused_result));

/* Creates *path* (0600, must not exist) for writing. The caller ends it with file_finish or
 * file_abandon. */
bool file_create(FileWriter *writer, const char *path, Error *err)
    __attribute__((warn_unused_result));
bool file_write(FileWriter *writer, const void *bytes, size_t len, Error *err)
    __attribute__((warn_unused_result));

/* Makes the bytes durable and closes; the folder's entry becomes durable by file_sync_folder. */
bool file_finish(FileWriter *writer, Error *err) __attribute__((warn_unused_result));

/* Closes without making the bytes durable: for what can be made again. On failure it is removed. */
bool file_close(FileWriter *writer, Error *err) __attribute__((warn_unused_result));

/* Closes and removes an unfinished file; a closed writer is fine. Never fails. */
void file_abandon(FileWriter *writer);

/* Makes the entries of a folder durable. */
bool file_sync_folder(const char *folder, Error *err) __attribute__((warn_unused_result));

/* Replaces *path* in one step: writes a neighbour, makes it durable, renames, syncs the folder. */
bool file_replace(const char *path, Str bytes, Error *err) __attribute__((warn_unused_result));

/* The same without making it durable: after a crash of the machine *path* may be gone or cut, until
 * file_sync_disk has returned. */
bool file_put(const char *path, Str bytes, Error *err) __attribute__((warn_unused_result));

/* Makes all durable that was written to the file system of *path*. */
bool file_sync_disk(const char *path, Error *err) __attribute__((warn_unused_result));

/* Appends *bytes* to *path* (made with mode 0600 when it is not there) and makes them durable. What
 * was there is not touched. */
bool file_append(const char *path, Str bytes, Error *err) __attribute__((warn_unused_result));

/* Creates a folder (0700) and the ones above it; existing ones are fine. */
bool file_make_folders(const char *path, Error *err) __attribute__((warn_unused_result));

/* Removes a file; a missing one is fine. */
bool file_remove(const char *path, Error *err) __attribute__((warn_unused_result));

/* Removes a folder and all below it, never following links; a missing one is fine. */
bool file_remove_tree(const char *path, Error *err) __attribute__((warn_unused_result));

/* Makes a private folder (0700) with a fresh name in TMPDIR, else in /tmp: its absolute path
 * without links. NULL with *err*; the caller frees with mem_free. */
char *file_make_temp(Error *err) __attribute__((warn_unused_result));

/* The absolute path without links; the caller frees with mem_free. */
char *file_real_path(const char *path, Error *err) __attribute__((warn_unused_result));

/* Called for each file of a walk. *path* lives only during the call. False ends the walk with
 * *err*, which the visitor fills. */
typedef bool (*FileVisit)(void *context, const char *path, const FileInfo *info, Error *err);

/* Called for each path below a walk's start that cannot be looked at; the walk goes on. */
typedef void (*FileTrouble)(void *context, const char *path, const Error *trouble);

/* Visits every regular file at or below *path*, in byte order of the names within each folder,
 * folders' contents in place; links to folders are not followed, depth is at most 64. *trouble*
 * may be NULL. False when *path* itself cannot be read or the visitor said so. */
bool file_walk(const char *path, FileVisit visit, FileTrouble trouble, void *context, Error *err)
    __attribute__((warn_unused_result));

/* Takes the exclusive lock of *path* (created, 0600) and writes this process's id into it. The
 * descriptor in *ret_fd* holds the lock until file_unlock or the end of the process. When another
 * process has it: ERROR_BUSY, naming its process id. */
bool file_lock(const char *path, int *ret_fd, Error *err) __attribute__((warn_unused_result));
void file_unlock(int fd);

/* Bytes that an unprivileged process may still write to the file system of *path*. */
bool file_free_bytes(const char *path, uint64_t *ret, Error *err)
    __attribute__((warn_unused_result));

/* True when *path* lies on a network file system (NFS, SMB, 9p, FUSE over ssh): locks and
 * fsync cannot be relied on there. */
bool file_is_network(const char *path);

#endif
