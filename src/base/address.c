#include "base/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fault.h"

static bool is_name_byte(char c)
{
    char lower = str_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
}

static bool is_name(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_name_byte(text.ptr[i]))
            return false;
    return text.len > 0;
}

/* What the host is: sets both flags. */
static bool take_host(Address *ret, bool bracketed)
{
    struct in_addr four;
    struct in6_addr six;
    if (bracketed) {
        ret->is_number = inet_pton(AF_INET6, ret->host, &six) == 1;
        ret->is_local = ret->is_number && IN6_IS_ADDR_LOOPBACK(&six);
        return ret->is_number;
    }
    ret->is_number = inet_pton(AF_INET, ret->host, &four) == 1;
    ret->is_local = ret->is_number ? (ntohl(four.s_addr) >> 24) == 127
                                   : str_equal_nocase(str_of(ret->host), STR("localhost"));
    return is_name(str_of(ret->host));
}

bool address_read(Str text, Address *ret)
{
    uint64_t port;
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    Str host = str_slice(text, 0, colon ? colon - 1 : 0);
    Str digits = str_slice(text, colon, text.len);
    bool bracketed = str_starts(host, STR("[")) && str_ends(host, STR("]"));
    if (bracketed)
        host = str_slice(host, 1, host.len - 1);
    if (!colon || !host.len || host.len >= sizeof ret->host || digits.len >= sizeof ret->port ||
        !str_to_u64(digits, &port) || port == 0 || port > UINT16_MAX)
        return false;
    snprintf(ret->host, sizeof ret->host, "%.*s", STR_ARG(host));
    snprintf(ret->port, sizeof ret->port, "%u", (unsigned)port);
    return take_host(ret, bracketed);
}

void address_own_name(char ret[ADDRESS_HOST_BYTES])
{
    bool ok = !fault_due(FAULT_SYSCALL) && gethostname(ret, ADDRESS_HOST_BYTES) == 0;
    ret[ADDRESS_HOST_BYTES - 1] = '\0';
    if (!ok || !is_name(str_of(ret)))
        snprintf(ret, ADDRESS_HOST_BYTES, "-");
}
