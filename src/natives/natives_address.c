/* Addresses and networks of them. For the engine an ipaddress is 16 bytes, of version 4 those of
 * ::ffff:0:0/96; an ipprefix is its first address and a byte more, how many bits it fixes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "natives/natives_row.h"

enum { IP_BYTES = 16, IP_V4_AT = 12, IP_BITS = 128, IP_V4_BITS = 32 };

typedef struct Prefix {
    uint8_t address[IP_BYTES];
    unsigned bits; /* of the address as it is written: up to 32 or 128 */
} Prefix;

static const uint8_t V4[IP_V4_AT] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const uint8_t *address)
{
    return memcmp(address, V4, sizeof V4) == 0;
}

static bool read_address(Str text, uint8_t ret[IP_BYTES])
{
    char copy[INET6_ADDRSTRLEN + 1];
    if (text.len >= sizeof copy || memchr(text.ptr, '\0', text.len))
        return false;
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    memcpy(ret, V4, sizeof V4);
    return inet_pton(AF_INET, copy, ret + IP_V4_AT) == 1 || inet_pton(AF_INET6, copy, ret) == 1;
}

static bool put_address(NativesRow *row, const uint8_t *address)
{
    char text[INET6_ADDRSTRLEN];
    bool v4 = is_v4(address);
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? address + IP_V4_AT : address, text, sizeof text);
    return buf_append_str(row->out, str_of(text), row->err);
}

/* Sets the bits behind the prefix's to 0, or to 1. */
static void fill(Prefix *prefix, bool ones)
{
    unsigned from = prefix->bits + (is_v4(prefix->address) ? IP_BITS - IP_V4_BITS : 0);
    for (unsigned bit = from; bit < IP_BITS; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        prefix->address[bit / 8] =
            (uint8_t)(ones ? prefix->address[bit / 8] | mask : prefix->address[bit / 8] & ~mask);
    }
}

static bool put_prefix(NativesRow *row, Prefix *prefix)
{
    fill(prefix, false);
    return buf_append(row->out, prefix->address, IP_BYTES, row->err) &&
           buf_append_byte(row->out, (unsigned char)prefix->bits, row->err);
}

static bool take_address(NativesRow *row, size_t argument, uint8_t ret[IP_BYTES])
{
    Str bytes = row->arguments[argument].text;
    if (bytes.len != IP_BYTES)
        return natives_row_fail(row, "Invalid IP address binary length: %zu", bytes.len);
    memcpy(ret, bytes.ptr, IP_BYTES);
    return true;
}

static bool take_prefix(NativesRow *row, size_t argument, Prefix *ret)
{
    Str bytes = row->arguments[argument].text;
    if (bytes.len != IP_BYTES + 1)
        return natives_row_fail(row, "Invalid IP prefix binary length: %zu", bytes.len);
    memcpy(ret->address, bytes.ptr, IP_BYTES);
    ret->bits = (unsigned char)bytes.ptr[IP_BYTES];
    return true;
}

/* athena_ip(text) */
static bool ip(NativesRow *row)
{
    uint8_t address[IP_BYTES] = {0};
    Str text = row->arguments[0].text;
    if (!read_address(text, address))
        return natives_row_fail(row, "Cannot cast value to IPADDRESS: %.*s",
                                STR_ARG(str_slice(text, 0, str_utf8_prefix(text, 100))));
    return buf_append(row->out, address, sizeof address, row->err);
}

/* athena_ip_text(ip) */
static bool ip_text(NativesRow *row)
{
    uint8_t address[IP_BYTES] = {0};
    return take_address(row, 0, address) && put_address(row, address);
}

/* athena_ip_bytes(bytes): 4 or 16 of them */
static bool ip_bytes(NativesRow *row)
{
    uint8_t address[IP_BYTES] = {0};
    Str bytes = row->arguments[0].text;
    if (bytes.len == IP_BYTES - IP_V4_AT)
        return buf_append(row->out, V4, sizeof V4, row->err) &&
               buf_append_str(row->out, bytes, row->err);
    return take_address(row, 0, address) && buf_append(row->out, address, sizeof address, row->err);
}

/* athena_prefix(text): address/bits, or an address that is all of its network */
static bool prefix(NativesRow *row)
{
    Prefix made = {.bits = 0};
    Str text = row->arguments[0].text;
    size_t slash = str_find_byte(text, '/', 0);
    uint64_t bits = 0;
    bool ok = read_address(str_slice(text, 0, slash), made.address);
    uint64_t most = is_v4(made.address) ? IP_V4_BITS : IP_BITS;
    if (ok && slash < text.len)
        ok = str_to_u64(str_slice(text, slash + 1, text.len), &bits) && bits <= most;
    else
        bits = most;
    if (!ok)
        return natives_row_fail(row, "Cannot cast value to IPPREFIX: %.*s",
                                STR_ARG(str_slice(text, 0, str_utf8_prefix(text, 100))));
    made.bits = (unsigned)bits;
    return put_prefix(row, &made);
}

/* athena_prefix_text(prefix) */
static bool prefix_text(NativesRow *row)
{
    Prefix given = {.bits = 0};
    return take_prefix(row, 0, &given) && put_address(row, given.address) &&
           buf_printf(row->out, row->err, "/%u", given.bits);
}

/* athena_ip_prefix(ip, bits) */
static bool ip_prefix(NativesRow *row)
{
    Prefix made = {.bits = 0};
    int64_t bits = row->arguments[1].integer;
    if (!take_address(row, 0, made.address))
        return false;
    int most = is_v4(made.address) ? IP_V4_BITS : IP_BITS;
    if (bits < 0 || bits > most)
        return natives_row_fail(row, "IPv%d subnet size must be in range [0, %d]",
                                most == IP_BITS ? 6 : 4, most);
    made.bits = (unsigned)bits;
    return put_prefix(row, &made);
}

/* athena_ip_min(prefix) */
static bool ip_min(NativesRow *row)
{
    Prefix given = {.bits = 0};
    return take_prefix(row, 0, &given) && buf_append(row->out, given.address, IP_BYTES, row->err);
}

/* athena_ip_max(prefix) */
static bool ip_max(NativesRow *row)
{
    Prefix given = {.bits = 0};
    if (!take_prefix(row, 0, &given))
        return false;
    fill(&given, true);
    return buf_append(row->out, given.address, IP_BYTES, row->err);
}

/* athena_ip_within(prefix, ip or prefix) */
static bool ip_within(NativesRow *row)
{
    Prefix outer = {.bits = 0}, inner = {.bits = IP_BITS};
    bool whole = row->arguments[1].text.len == IP_BYTES;
    if (!take_prefix(row, 0, &outer) ||
        !(whole ? take_address(row, 1, inner.address) : take_prefix(row, 1, &inner)))
        return false;
    bool same_version = is_v4(outer.address) == is_v4(inner.address);
    bool narrower = inner.bits >= outer.bits;
    inner.bits = outer.bits;
    fill(&inner, false);
    row->result.integer =
        same_version && narrower && memcmp(inner.address, outer.address, IP_BYTES) == 0;
    return true;
}

const NativesFunction NATIVES_ADDRESSES[] = {
    {"athena_ip", {NATIVES_TEXT}, NATIVES_BYTES, ip, false},
    {"athena_ip_text", {NATIVES_BYTES}, NATIVES_TEXT, ip_text, false},
    {"athena_ip_bytes", {NATIVES_BYTES}, NATIVES_BYTES, ip_bytes, false},
    {"athena_prefix", {NATIVES_TEXT}, NATIVES_BYTES, prefix, false},
    {"athena_prefix_text", {NATIVES_BYTES}, NATIVES_TEXT, prefix_text, false},
    {"athena_ip_prefix", {NATIVES_BYTES, NATIVES_INTEGER}, NATIVES_BYTES, ip_prefix, false},
    {"athena_ip_min", {NATIVES_BYTES}, NATIVES_BYTES, ip_min, false},
    {"athena_ip_max", {NATIVES_BYTES}, NATIVES_BYTES, ip_max, false},
    {"athena_ip_within", {NATIVES_BYTES, NATIVES_BYTES}, NATIVES_BOOLEAN, ip_within, false},
    {NULL, {NATIVES_END}, NATIVES_END, NULL, false},
};
