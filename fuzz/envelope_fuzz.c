/* The first byte chooses an envelope, the rest is its message. */
#include "decode_target.h" /* beside this file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *before, *after;
        bool as_string;
    } ENVELOPES[] = {
        {"{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":", "}", false},
        {"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":", "}]}",
         true},
        {"{\"Events\":[{\"CloudTrailEvent\":", "}]}", true},
        {"[", "]", false},
        {"", "", false},
    };
    if (!size)
        return 0;
    size_t kind = data[0] % (sizeof ENVELOPES / sizeof *ENVELOPES);
    Error err;
    Buf text = buf_init(size * 8 + 4096);
    Str rest = {(const char *)data + 1, size - 1};
    bool ok = buf_append_str(&text, str_of(ENVELOPES[kind].before), &err) &&
              (ENVELOPES[kind].as_string ? json_append_string(&text, rest, &err)
                                         : buf_append_str(&text, rest, &err)) &&
              buf_append_str(&text, str_of(ENVELOPES[kind].after), &err);
    assert(ok);
    target_run(buf_str(&text));
    buf_free(&text);
    return 0;
}
