/* Bodies of messages: whatever is said of one, its objects can be named and its event is JSON. */
#include <assert.h>
#include <stdint.h>

#include "base/json.h"
#include "cloud/s3.h"
#include "collect/notification.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const Notification *said, Arena *arena)
{
    Error err = {0};
    Str bucket, key;
    const JsonLimits limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    assert((said->kind == NOTIFICATION_OBJECTS) == (said->count > 0));
    for (size_t i = 0; i < said->count; i++) {
        bool ok = s3_split(str_of(said->objects[i].uri), &bucket, &key, &err);
        assert(ok && key.len > 0 && key.len <= S3_KEY_BYTES_MAX);
    }
    if (said->kind == NOTIFICATION_EVENT || said->kind == NOTIFICATION_FINDINGS) {
        const Json *event = json_read(said->event, &limits, arena, &err);
        assert(event && event->type == JSON_OBJECT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Notification said;
    Arena *arena = arena_new(NOTIFICATION_ARENA_BYTES, &err);
    assert(arena);
    if (notification_read((Str){(const char *)data, size}, arena, &said, &err))
        check(&said, arena);
    else
        assert(err.kind == ERROR_INPUT || err.kind == ERROR_LIMIT);
    arena_free(arena);
    return 0;
}
