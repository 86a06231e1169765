#include "detect/fold.h"

#include "base/json.h"

typedef struct FoldRange {
    uint32_t first, last;
    int32_t step, delta;
} FoldRange;

#define FOLD(first, last, step, delta) {first, last, step, delta},
static const FoldRange RANGES[] = {
#include "detect/fold_table.h"
};
#undef FOLD

static uint32_t lower_of(uint32_t point)
{
    size_t low = 0, high = sizeof RANGES / sizeof *RANGES;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (RANGES[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    /* Ranges of every second character may enclose others: look at the neighbours, too. */
    for (size_t i = low > 1 ? low - 2 : 0; i < low + 3 && i < sizeof RANGES / sizeof *RANGES; i++)
        if (point >= RANGES[i].first && point <= RANGES[i].last &&
            (point - RANGES[i].first) % (uint32_t)RANGES[i].step == 0)
            return point + (uint32_t)RANGES[i].delta;
    return point;
}

static uint32_t decode(const unsigned char *at, unsigned len)
{
    static const unsigned char FIRST[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = at[0] & FIRST[len];
    for (unsigned i = 1; i < len; i++)
        point = point << 6 | (at[i] & 0x3fu);
    return point;
}

static bool append_point(Buf *out, uint32_t point, Error *err)
{
    unsigned char bytes[4];
    unsigned len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char LEAD[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (unsigned i = len; i-- > 1; point >>= 6)
        bytes[i] = (unsigned char)(0x80 | (point & 0x3f));
    bytes[0] = (unsigned char)(LEAD[len] | point);
    return buf_append(out, bytes, len, err);
}

bool fold_append(Buf *out, Str text, Error *err)
{
    const char *end = text.ptr + text.len;
    if (!buf_reserve(out, text.len, err))
        return false;
    for (const char *at = text.ptr; at < end;) {
        unsigned char c = (unsigned char)*at;
        unsigned len = c < 0x80 ? 1 : json_utf8_length(at, end);
        bool ok;
        if (len <= 1)
            ok = buf_append_byte(out, (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c), err);
        else
            ok = append_point(out, lower_of(decode((const unsigned char *)at, len)), err);
        if (!ok)
            return false;
        at += len ? len : 1;
    }
    return true;
}

bool fold_is_folded(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') || (unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}
