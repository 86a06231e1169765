/* Any bytes as the inside of {"Records":[...]}: the record parser and the slow path. */
#include "decode_target.h" /* beside this file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char ORDINARY[] =
        "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"Root\"},\"eventTime\":"
        "\"2024-01-01T00:00:00Z\",\"eventName\":\"X\",\"requestParameters\":{\"a\":[\"b\",1]},"
        "\"responseElements\":null,\"eventID\":\"e\"}";
    Error err;
    Buf text = buf_init(size * 2 + 4096);
    bool ok = buf_printf(&text, &err, "{\"Records\":[%s,", ORDINARY) &&
              buf_append(&text, data, size, &err) && buf_append(&text, ",", 1, &err) &&
              buf_append(&text, data, size, &err) && buf_append(&text, "]}", 2, &err);
    assert(ok);
    target_run(buf_str(&text));
    buf_free(&text);
    return 0;
}
