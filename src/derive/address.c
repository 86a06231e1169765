#include "derive/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { KEY_BYTES = 16, V4_BYTES = 4 };

static const uint64_t V4_LOW = UINT64_C(0xffff00000000);

/* IPv4 as a prefix of the key: its 32 bits and how many count. */
#define V4(a, b, c, d, bits)                                                                       \
    {                                                                                              \
        {0, UINT64_C(0xffff00000000) | (uint64_t)(a) << 24 | (b) << 16 | (c) << 8 | (d)},          \
            ADDRESS_V4_ABOVE + (bits)                                                              \
    }
#define V6(high, low, bits)                                                                        \
    {                                                                                              \
        {UINT64_C(high), UINT64_C(low)}, (bits)                                                    \
    }

static const AddressPrefix PRIVATE[] = {
    V4(0, 0, 0, 0, 8),             /* RFC 791: this network */
    V4(10, 0, 0, 0, 8),            /* RFC 1918 */
    V4(100, 64, 0, 0, 10),         /* RFC 6598: carriers' NAT */
    V4(127, 0, 0, 0, 8),           /* loopback */
    V4(169, 254, 0, 0, 16),        /* RFC 3927: link-local */
    V4(172, 16, 0, 0, 12),         /* RFC 1918 */
    V4(192, 0, 0, 0, 24),          /* RFC 6890: protocol assignments */
    V4(192, 168, 0, 0, 16),        /* RFC 1918 */
    V4(198, 18, 0, 0, 15),         /* RFC 2544: benchmarks */
    V4(255, 255, 255, 255, 32),    /* broadcast */
    V6(0, 0, 128),                 /* unspecified */
    V6(0, 1, 128),                 /* loopback */
    V6(0xfc00000000000000, 0, 7),  /* RFC 4193: unique local */
    V6(0xfe80000000000000, 0, 10), /* link-local */
    V6(0xfec0000000000000, 0, 10), /* RFC 3879: site-local, deprecated */
    V6(0x0064ff9b00010000, 0, 48), /* RFC 8215: local translation */
};

static const char *const SERVICE_ENDS[] = {
    ".amazonaws.com", ".amazonaws.com.cn", ".amazon.com",     ".aws.internal",
    ".api.aws",       ".amazonaws.eu",     ".aws.amazon.com",
};

static const char *const KIND_NAMES[] = {
    [ADDRESS_PUBLIC] = "public",
    [ADDRESS_PRIVATE] = "private",
    [ADDRESS_SERVICE] = "service",
    [ADDRESS_INTERNAL] = "internal",
};

static uint64_t read_big_endian(const unsigned char *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* Four decimal parts without leading zeros. */
static bool parse_v4(Str text, AddressKey *ret)
{
    uint64_t value = 0;
    unsigned part = 0, digits = 0, dots = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.' && digits && dots < V4_BYTES - 1) {
            value = value << 8 | part;
            part = digits = 0;
            dots++;
        } else if (c >= '0' && c <= '9' && !(digits && part == 0)) {
            part = part * 10 + (unsigned)(c - '0');
            digits++;
            if (part > 255)
                return false;
        } else {
            return false;
        }
    }
    if (dots != V4_BYTES - 1 || !digits)
        return false;
    *ret = (AddressKey){0, V4_LOW | value << 8 | part};
    return true;
}

static bool parse_v6(Str text, AddressKey *ret)
{
    char copy[INET6_ADDRSTRLEN + 1];
    unsigned char bytes[KEY_BYTES];
    if (text.len < 2 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    *ret = (AddressKey){read_big_endian(bytes), read_big_endian(bytes + 8)};
    return true;
}

bool address_parse(Str text, AddressKey *ret)
{
    return parse_v4(text, ret) || parse_v6(text, ret);
}

bool address_is_v4(AddressKey key)
{
    return key.high == 0 && key.low >> ADDRESS_V4_BITS == V4_LOW >> ADDRESS_V4_BITS;
}

/* The mask of the low bits that do not count, of one half that has *bits* counting ones. */
static uint64_t host_mask(unsigned bits)
{
    return bits >= 64 ? 0 : UINT64_MAX >> bits;
}

AddressKey address_first(AddressKey key, unsigned bits)
{
    return (AddressKey){key.high & ~host_mask(bits),
                        key.low & ~host_mask(bits > 64 ? bits - 64 : 0)};
}

AddressKey address_last(AddressKey key, unsigned bits)
{
    return (AddressKey){key.high | host_mask(bits), key.low | host_mask(bits > 64 ? bits - 64 : 0)};
}

int address_compare(AddressKey a, AddressKey b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

bool address_holds(const AddressPrefix *prefix, AddressKey key)
{
    return address_compare(address_first(key, prefix->bits), prefix->key) == 0;
}

bool address_parse_prefix(Str text, AddressPrefix *ret)
{
    AddressKey key;
    uint64_t bits = 0;
    size_t slash = str_find_byte(text, '/', 0);
    bool v4 = parse_v4(str_slice(text, 0, slash), &key);
    if (!v4 && !parse_v6(str_slice(text, 0, slash), &key))
        return false;
    uint64_t most = v4 ? ADDRESS_V4_BITS : ADDRESS_BITS;
    if (slash == text.len)
        bits = most;
    else if (!str_to_u64(str_slice(text, slash + 1, text.len), &bits) || bits > most)
        return false;
    unsigned all = (unsigned)bits + (v4 ? ADDRESS_V4_ABOVE : 0);
    *ret = (AddressPrefix){address_first(key, all), all};
    return true;
}

bool address_is_service(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_';
        if (!ok)
            return false;
    }
    for (size_t i = 0; i < sizeof SERVICE_ENDS / sizeof *SERVICE_ENDS; i++) {
        Str end = str_of(SERVICE_ENDS[i]);
        if (text.len > end.len &&
            str_equal_nocase(str_slice(text, text.len - end.len, text.len), end))
            return true;
    }
    return false;
}

/* "AWS Internal", or that and "/" and something. */
static bool is_internal(Str text)
{
    static const Str WORD = {"AWS Internal", sizeof "AWS Internal" - 1};
    return str_equal_nocase(str_slice(text, 0, WORD.len), WORD) &&
           (text.len == WORD.len || text.ptr[WORD.len] == '/');
}

AddressKind address_kind(Str text, AddressKey *ret_key)
{
    AddressKey key;
    if (!text.ptr)
        return ADDRESS_NONE;
    if (!address_parse(text, &key))
        return is_internal(text)          ? ADDRESS_INTERNAL
               : address_is_service(text) ? ADDRESS_SERVICE
                                          : ADDRESS_NONE;
    if (ret_key)
        *ret_key = key;
    for (size_t i = 0; i < sizeof PRIVATE / sizeof *PRIVATE; i++)
        if (address_holds(&PRIVATE[i], key))
            return ADDRESS_PRIVATE;
    return ADDRESS_PUBLIC;
}

const char *address_kind_name(AddressKind kind)
{
    return KIND_NAMES[kind];
}
