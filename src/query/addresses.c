#include "query/addresses.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
    ADDRESSES_MAX = 200000,
    LIST_BYTES_MAX = 64 << 20,
    TEXTS_BYTES_MAX = 256 << 20,
    CELL_BYTES_MAX = 1 << 22
};

struct Addresses {
    RuleSqlKnown known;
    Buf list; /* RuleSqlAddress each */
    Arena *texts;
};

static bool keep(Addresses *addresses, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(addresses->texts, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

static bool add(Addresses *addresses, const Derive *derive, const EngineResult *result, Error *err)
{
    BUF_AUTO Buf text = buf_init(CELL_BYTES_MAX);
    BUF_AUTO Buf json = buf_init(CELL_BYTES_MAX);
    RuleSqlAddress address;
    DerivedMembers members = {.address = {.kind = 0}};
    if (!engine_value(result, 0, ENGINE_TEXT, &text, err))
        return false;
    derive_address(derive, buf_str(&text), &members.address);
    return derive_write(&members, &json, err) &&
           keep(addresses, buf_str(&text), &address.address, err) &&
           keep(addresses, buf_str(&json), &address.derived, err) &&
           buf_append(&addresses->list, &address, sizeof address, err);
}

static int by_members(const void *a, const void *b)
{
    const RuleSqlAddress *left = a, *right = b;
    return str_compare(left->derived, right->derived);
}

static bool ask(Addresses *addresses, Session *session, const Derive *derive, Error *err)
{
    BUF_AUTO Buf sql = buf_init(CELL_BYTES_MAX);
    bool row = true;
    EngineResult *result =
        buf_printf(&sql, err,
                   "SELECT DISTINCT sourceipaddress FROM cloudtrail WHERE sourceipaddress IS NOT "
                   "NULL LIMIT %d",
                   ADDRESSES_MAX + 1)
            ? session_query(session, buf_str(&sql), err)
            : NULL;
    bool ok = result != NULL;
    while (ok && row)
        ok = engine_next(result, &row, err) && (!row || add(addresses, derive, result, err));
    engine_result_free(result);
    return ok;
}

static bool has_lookups(const Derive *derive)
{
    return derive_list_count(derive) || derive_aws_ranges(derive) ||
           derive_geo(derive, GEO_PLACE) || derive_geo(derive, GEO_NETWORK);
}

Addresses *addresses_ask(Session *session, const Derive *derive, Error *err)
{
    Addresses *addresses = mem_calloc(1, sizeof *addresses, err);
    if (!addresses)
        return NULL;
    addresses->list = buf_init(LIST_BYTES_MAX);
    addresses->texts = arena_new(TEXTS_BYTES_MAX, err);
    if (!addresses->texts || (has_lookups(derive) && !ask(addresses, session, derive, err))) {
        addresses_free(addresses);
        return NULL;
    }
    RuleSqlAddress *list = (RuleSqlAddress *)(void *)addresses->list.ptr;
    size_t count = addresses->list.len / sizeof *list;
    if (count)
        qsort(list, count, sizeof *list, by_members);
    addresses->known = (RuleSqlKnown){.addresses = list,
                                      .count = count,
                                      .of_addresses = count <= ADDRESSES_MAX,
                                      .no_accounts = !derive_accounts(derive)};
    return addresses;
}

void addresses_free(Addresses *addresses)
{
    if (!addresses)
        return;
    buf_free(&addresses->list);
    arena_free(addresses->texts);
    mem_free(addresses);
}

const RuleSqlKnown *addresses_known(const Addresses *addresses)
{
    return &addresses->known;
}
