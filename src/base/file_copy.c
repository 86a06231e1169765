#include "base/file_copy.h"

#include "base/file.h"

enum { BLOCK_BYTES = 1 << 20 };

static bool copy_blocks(const char *from, uint64_t bytes, FileWriter *writer, Error *err)
{
    BUF_AUTO Buf block = buf_init(BLOCK_BYTES);
    bool ok = buf_reserve(&block, BLOCK_BYTES, err);
    for (uint64_t at = 0; ok && at < bytes;) {
        size_t part = bytes - at < BLOCK_BYTES ? (size_t)(bytes - at) : BLOCK_BYTES;
        ok = file_read_at(from, at, block.ptr, part, err) &&
             file_write(writer, block.ptr, part, err);
        at += part;
    }
    return ok;
}

bool file_copy(const char *from, const char *to, uint64_t *ret_bytes, Error *err)
{
    FileInfo info;
    FileWriter writer;
    if (!file_info(from, &info, err) || !file_create(&writer, to, err))
        return false;
    if (!copy_blocks(from, info.bytes, &writer, err)) {
        file_abandon(&writer);
        return false;
    }
    if (ret_bytes)
        *ret_bytes = info.bytes;
    return file_finish(&writer, err);
}
