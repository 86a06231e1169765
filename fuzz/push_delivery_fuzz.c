/* Deliveries of Firehose: whatever comes, its id is a word and its records are within their bounds.
 */
#include <assert.h>
#include <stdint.h>

#include "base/gunzip.h"
#include "collect/push_delivery.h"

enum { PUSH_ARENA_BYTES = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    PushDelivery said;
    Arena *arena = arena_new(PUSH_ARENA_BYTES, &err);
    assert(arena);
    if (push_delivery_read((Str){(const char *)data, size}, arena, &said, &err)) {
        assert(push_delivery_is_id(said.request_id));
        assert(said.count > 0 && said.packed_count <= said.count && said.text.len <= size);
        for (size_t i = 0; i < said.packed_count; i++)
            assert(gunzip_is_packed(said.packed[i]) && said.packed[i].len <= size);
    } else {
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    }
    arena_free(arena);
    return 0;
}
