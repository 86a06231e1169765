#include "detect/network.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_BYTES_MAX = 64 };

static bool read_address(Str text, uint8_t ret[16], bool *ret_v6)
{
    char copy[ADDRESS_BYTES_MAX];
    if (!text.len || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    memset(ret, 0, 16);
    *ret_v6 = memchr(copy, ':', text.len) != NULL;
    return inet_pton(*ret_v6 ? AF_INET6 : AF_INET, copy, ret) == 1;
}

static bool is_within(const uint8_t *address, const Network *network)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    unsigned mask = (0xff00u >> rest) & 0xff;
    return memcmp(address, network->bytes, whole) == 0 &&
           (!rest || ((address[whole] ^ network->bytes[whole]) & mask) == 0);
}

static bool has_host_bits(const Network *network)
{
    unsigned bytes = network->v6 ? 16 : 4;
    for (unsigned bit = network->bits; bit < bytes * 8; bit++)
        if (network->bytes[bit / 8] >> (7 - bit % 8) & 1)
            return true;
    return false;
}

bool network_read(Str text, Network *ret, Error *err)
{
    size_t slash = str_find_byte(text, '/', 0);
    uint64_t bits = 0;
    *ret = (Network){.bits = 0};
    if (!read_address(str_slice(text, 0, slash), ret->bytes, &ret->v6))
        return error_set(err, ERROR_INPUT, "'%.*s' is no network", STR_ARG(str_slice(text, 0, 80)));
    uint64_t most = ret->v6 ? 128 : 32;
    if (slash == text.len)
        bits = most;
    else if (!str_to_u64(str_slice(text, slash + 1, text.len), &bits) || bits > most)
        return error_set(err, ERROR_INPUT, "'%.*s' has no mask of 0 to %d bits",
                         STR_ARG(str_slice(text, 0, 80)), (int)most);
    ret->bits = (uint8_t)bits;
    return !has_host_bits(ret) || error_set(err, ERROR_INPUT, "'%.*s' has bits set behind its mask",
                                            STR_ARG(str_slice(text, 0, 80)));
}

bool network_holds(const Network *network, Str text)
{
    uint8_t address[16];
    bool v6;
    return read_address(text, address, &v6) && v6 == network->v6 && is_within(address, network);
}
