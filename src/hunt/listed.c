#include "hunt/listed.h"

enum { NAMES_BYTES_MAX = 1 << 16 };

static bool write_names(const ThreatLists *lists, Buf *out, Error *err)
{
    bool ok = true;
    out->len = 0;
    for (unsigned i = 0; ok && i < DERIVE_LISTS_MAX; i++)
        if (lists->bits >> i & 1)
            ok = (!out->len || buf_append_str(out, STR(STORY_BETWEEN), err)) &&
                 buf_append_str(out, lists->names[i], err);
    return ok;
}

bool listed_fill(HuntMatch *matches, size_t count, const Derive *derive, Arena *texts, Error *err)
{
    BUF_AUTO Buf names = buf_init(NAMES_BYTES_MAX);
    Str address = STR(""), lists = STR("");
    bool ok = true;
    for (size_t i = 0; ok && derive_list_count(derive) && i < count; i++) {
        if (!str_equal(matches[i].address, address)) {
            DerivedAddress derived;
            address = matches[i].address;
            derive_address(derive, address, &derived);
            ok = write_names(&derived.threat_lists, &names, err);
            const char *copy = ok ? arena_text(texts, buf_str(&names), err) : NULL;
            lists = (Str){copy, copy ? names.len : 0};
            ok = copy != NULL;
        }
        matches[i].threat_lists = lists;
    }
    return ok;
}
