/* A digest file, and the keys that it names: what is read can be written again and is read the
 * same. */
#include <assert.h>
#include <stdint.h>

#include "collect/object_name.h"
#include "decode/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key that is a digest's is made again from its parts. */
static void try_key(Str key)
{
    Error err = {0};
    DigestName name;
    LogName log;
    BUF_AUTO Buf again = buf_init(1 << 20);
    bool is_digest = object_name_digest(key, &name);
    if (is_digest && object_name_digest_key(&name, &again, &err))
        assert(str_equal(buf_str(&again), key));
    assert(!is_digest || !object_name_log(key, &log));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Digest digest;
    Arena *arena = arena_new(64 << 20, &err);
    BUF_AUTO Buf text = buf_init(64 << 20);
    Str bytes = {(const char *)data, size};
    try_key(bytes);
    if (digest_read(bytes, arena, &digest, &err)) {
        try_key(digest.key);
        try_key(digest.previous_key);
        for (size_t i = 0; i < digest.log_count; i++)
            try_key(digest.logs[i].key);
        bool written = digest_signed_text(&digest, &text, &err);
        assert(!written || text.len > digest.key.len);
    } else {
        assert(err.kind != ERROR_NONE);
    }
    arena_free(arena);
    return 0;
}
