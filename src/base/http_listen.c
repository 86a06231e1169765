#include "base/http_listen.h"

#include <stdio.h>

/* The number of a port, or false. */
static bool read_port(Str text, uint16_t *ret)
{
    unsigned port = 0;
    for (size_t i = 0; i < text.len && i < 6; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *ret = (uint16_t)port;
    return text.len > 0 && port <= UINT16_MAX;
}

static bool is_this_machine(Str address)
{
    return str_starts(address, STR("127.")) || str_equal(address, STR("::1"));
}

bool http_listen_read(Str url, HttpListen *ret, Error *err)
{
    bool tls = str_starts(url, STR("https://"));
    Str rest = str_slice(url, str_find_byte(url, '/', 0) + 2, url.len);
    if (str_ends(rest, STR("/")))
        rest = str_slice(rest, 0, rest.len - 1);
    size_t colon = rest.len;
    while (colon > 0 && rest.ptr[colon - 1] != ':')
        colon--;
    Str address = str_slice(rest, 0, colon ? colon - 1 : 0);
    if (str_starts(address, STR("[")) && str_ends(address, STR("]")))
        address = str_slice(address, 1, address.len - 1);
    if ((!tls && !str_starts(url, STR("http://"))) || !address.len ||
        address.len >= HTTP_LISTEN_ADDRESS_BYTES ||
        !read_port(str_slice(rest, colon, rest.len), &ret->port))
        return error_set(err, ERROR_USAGE,
                         "'%.*s' is nothing to listen at: http://ADDRESS:PORT, in numbers",
                         STR_ARG(str_slice(url, 0, 200)));
    snprintf(ret->address, sizeof ret->address, "%.*s", STR_ARG(address));
    ret->tls = tls;
    ret->is_local = is_this_machine(address);
    return true;
}
