/* XML answers. The first byte says where the rest is cut in two: what is found in pieces is what is
 * found in the whole, all of it lies within the text, and decoding keeps its word. */
#include <assert.h>
#include <stdint.h>

#include "cloud/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Elements <K> of *rest*, whose lengths are added up; *rest* is what is left. */
static size_t count_elements(Str *rest, size_t *lengths)
{
    size_t count = 0;
    Str inside;
    for (Str before = *rest; xml_next(rest, STR("K"), &inside); before = *rest, count++) {
        assert(inside.len == 0 ||
               (inside.ptr >= before.ptr && inside.ptr + inside.len <= before.ptr + before.len));
        assert(rest->len < before.len);
        *lengths += inside.len;
    }
    return count;
}

static void decode(Str text)
{
    Error err = {0};
    Buf ret = buf_init(text.len + 1);
    bool ok = xml_decode(text, &ret, &err); /* what is decoded is never longer */
    assert(ok == (err.kind == ERROR_NONE));
    assert(ok || (err.kind == ERROR_INPUT && ret.len == 0));
    buf_free(&ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    Error err = {0};
    Str text = {(const char *)data + 1, size - 1};
    Buf joined = buf_init(text.len + 1);
    size_t cut = text.len * data[0] / 255, in_whole = 0, in_pieces = 0;
    Str whole = text, piece = str_slice(text, 0, cut);
    size_t count = count_elements(&whole, &in_whole);
    size_t found = count_elements(&piece, &in_pieces);
    bool ok = buf_append_str(&joined, piece, &err) &&
              buf_append_str(&joined, str_slice(text, cut, text.len), &err);
    Str rest = buf_str(&joined);
    found += count_elements(&rest, &in_pieces);
    assert(ok && count == found && in_whole == in_pieces && str_equal(whole, rest));
    buf_free(&joined);
    decode(text);
    return 0;
}
