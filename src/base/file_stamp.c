#include "base/file_stamp.h"

#include "base/file.h"
#include "base/hash.h"

/* A walk: the stamp, and what is wanted. */
typedef struct Walk {
    FileStamp *stamp;
    bool (*wanted)(Str path);
} Walk;

static void add(FileStamp *stamp, Str path, const FileInfo *info)
{
    const uint64_t numbers[] = {stamp->hash,  hash_fast64(path.ptr, path.len),
                                info->bytes,  (uint64_t)info->modified_ns,
                                info->inode,  info->device,
                                stamp->files, info->is_regular};
    stamp->hash = hash_fast64(numbers, sizeof numbers);
    stamp->files++;
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Walk *walk = context;
    (void)err;
    if (!walk->wanted || walk->wanted(str_of(path)))
        add(walk->stamp, str_of(path), info);
    return true;
}

static void note_trouble(void *context, const char *path, const Error *trouble)
{
    static const FileInfo NONE = {0};
    Walk *walk = context;
    (void)trouble;
    add(walk->stamp, str_of(path), &NONE);
}

void file_stamp_add(FileStamp *stamp, const char *path, bool (*wanted)(Str path))
{
    Walk walk = {stamp, wanted};
    Error trouble = {0};
    if (!file_walk(path, visit, note_trouble, &walk, &trouble))
        note_trouble(&walk, path, &trouble);
}

bool file_stamp_equal(FileStamp a, FileStamp b)
{
    return a.files == b.files && a.hash == b.hash;
}
