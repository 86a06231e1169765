/* file_walk - visits the files below a folder in byte order of their names. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/mem.h"

enum { DEPTH_MAX = 64, NAMES_BYTES_MAX = 1 << 30 };

/* One walk: the visitor and the path being built, shared by all levels. */
typedef struct Walk {
    FileVisit visit;
    FileTrouble trouble;
    void *context;
    Buf path;
} Walk;

/* The names of one folder: NUL-terminated texts in *text*, and their offsets, sorted. */
typedef struct Names {
    Buf text;
    Buf offsets; /* size_t each */
} Names;

static bool walk_folder(Walk *walk, int depth, Error *err);

static void tell_trouble(Walk *walk, const Error *trouble)
{
    if (walk->trouble)
        walk->trouble(walk->context, walk->path.ptr, trouble);
}

static bool add_name(Names *names, const char *name, Error *err)
{
    size_t offset = names->text.len;
    return buf_append(&names->text, name, strlen(name) + 1, err) &&
           buf_append(&names->offsets, &offset, sizeof offset, err);
}

static bool list_names(DIR *dir, const char *folder, Names *names, Error *err)
{
    bool ok = true;
    errno = 0;
    for (struct dirent *entry; ok && (entry = readdir(dir)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ok = add_name(names, entry->d_name, err);
    if (ok && errno)
        ok = error_errno(err, "cannot read folder '%s'", folder);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

/* The names as sorted pointers into names->text; the caller frees. */
static const char **sort_names(const Names *names, size_t *ret_count, Error *err)
{
    size_t count = names->offsets.len / sizeof(size_t);
    const char **sorted = mem_calloc(count, sizeof *sorted, err);
    for (size_t i = 0; sorted && i < count; i++) {
        size_t offset;
        memcpy(&offset, names->offsets.ptr + i * sizeof offset, sizeof offset);
        sorted[i] = names->text.ptr + offset;
    }
    if (sorted)
        qsort(sorted, count, sizeof *sorted, compare_names);
    *ret_count = count;
    return sorted;
}

static bool visit_entry(Walk *walk, DIR *dir, const char *name, int depth, Error *err)
{
    size_t length_before = walk->path.len;
    Error trouble = {0};
    FileInfo info;
    bool is_link;
    bool ok = buf_append_byte(&walk->path, '/', err) &&
              buf_append(&walk->path, name, strlen(name), err) && buf_text(&walk->path, err);
    if (!ok)
        return false;
    if (!file_info_in(dirfd(dir), name, walk->path.ptr, &info, &is_link, &trouble))
        tell_trouble(walk, &trouble);
    else if (info.is_folder && !is_link)
        ok = walk_folder(walk, depth + 1, err);
    else if (info.is_regular)
        ok = walk->visit(walk->context, walk->path.ptr, &info, err);
    walk->path.len = length_before;
    walk->path.ptr[length_before] = '\0';
    return ok;
}

/* Visits what the open folder holds. What keeps it from being listed goes to *trouble*; false
 * with *err* when the walk must end. */
static bool walk_open(Walk *walk, DIR *dir, int depth, Error *trouble, Error *err)
{
    Names names = {.text = buf_init(NAMES_BYTES_MAX), .offsets = buf_init(NAMES_BYTES_MAX)};
    bool ok = true;
    size_t count = 0;
    const char **sorted = NULL;
    if (list_names(dir, walk->path.ptr, &names, trouble))
        sorted = sort_names(&names, &count, trouble);
    for (size_t i = 0; sorted && ok && i < count; i++)
        ok = visit_entry(walk, dir, sorted[i], depth, err);
    mem_free(sorted);
    buf_free(&names.text);
    buf_free(&names.offsets);
    return ok;
}

static bool walk_folder(Walk *walk, int depth, Error *err)
{
    Error trouble = {0};
    DIR *dir = NULL;
    if (depth > DEPTH_MAX)
        error_set(&trouble, ERROR_LIMIT, "folders are nested more than %d deep", DEPTH_MAX);
    else if (fault_due(FAULT_SYSCALL) || !(dir = opendir(walk->path.ptr)))
        error_errno(&trouble, "cannot open folder '%s'", walk->path.ptr);
    bool ok = !dir || walk_open(walk, dir, depth, &trouble, err);
    if (dir)
        closedir(dir);
    if (!ok || trouble.kind == ERROR_NONE)
        return ok;
    if (depth == 0)
        return error_set(err, trouble.kind, "%s", trouble.text);
    tell_trouble(walk, &trouble);
    return true;
}

bool file_walk(const char *path, FileVisit visit, FileTrouble trouble, void *context, Error *err)
{
    FileInfo info;
    if (!file_info(path, &info, err))
        return false;
    if (info.is_regular)
        return visit(context, path, &info, err);
    if (!info.is_folder)
        return error_set(err, ERROR_ACCESS, "'%s' is neither a file nor a folder", path);
    Walk walk = {visit, trouble, context, buf_init(1 << 16)};
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    bool ok = buf_append(&walk.path, path, len, err) && buf_text(&walk.path, err) &&
              walk_folder(&walk, 0, err);
    buf_free(&walk.path);
    return ok;
}
