#include "base/gzip.h"

#include <libdeflate.h>

#include "base/mem.h"

static const size_t PACKED_BYTES_MAX = (size_t)1 << 31;

struct Gzip {
    struct libdeflate_compressor *compressor;
    Buf packed;
};

Gzip *gzip_new(int level, Error *err)
{
    Gzip *gzip = mem_calloc(1, sizeof *gzip, err);
    if (!gzip)
        return NULL;
    gzip->packed = buf_init(PACKED_BYTES_MAX);
    gzip->compressor = libdeflate_alloc_compressor(level);
    if (gzip->compressor)
        return gzip;
    error_set(err, ERROR_LIMIT, "out of memory: no compressor");
    gzip_free(gzip);
    return NULL;
}

void gzip_free(Gzip *gzip)
{
    if (!gzip)
        return;
    if (gzip->compressor)
        libdeflate_free_compressor(gzip->compressor);
    buf_free(&gzip->packed);
    mem_free(gzip);
}

bool gzip_pack(Gzip *gzip, Str text, Str *ret, Error *err)
{
    size_t bound = libdeflate_gzip_compress_bound(gzip->compressor, text.len);
    gzip->packed.len = 0;
    if (!buf_reserve(&gzip->packed, bound, err))
        return false;
    size_t size =
        libdeflate_gzip_compress(gzip->compressor, text.ptr, text.len, gzip->packed.ptr, bound);
    if (size == 0)
        return error_set(err, ERROR_SYSTEM, "a file could not be compressed");
    *ret = (Str){gzip->packed.ptr, size};
    return true;
}
