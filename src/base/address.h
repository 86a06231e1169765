/* address.h - a host and a port of TCP, and whether they are of this machine. Safe for all threads.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "base/str.h"

enum { ADDRESS_HOST_BYTES = 254, ADDRESS_PORT_BYTES = 6 };

typedef struct Address {
    char host[ADDRESS_HOST_BYTES]; /* a name, or an address in numbers without brackets */
    char port[ADDRESS_PORT_BYTES]; /* "465" */
    bool is_number;                /* the host is an address */
    bool is_local;                 /* it is "localhost" or an address of loopback */
} Address;

/* Reads "HOST:PORT", "127.0.0.1:PORT" or "[::1]:PORT"; nothing may follow. False when *text* is
 * nothing of that: a host has letters, digits, '.', '-' and '_', a port is 1 to 65535. */
bool address_read(Str text, Address *ret);

/* The name of this machine as a syslog message has it (RFC 5424, section 6.2.4): printable ASCII,
 * "-" when it has none. */
void address_own_name(char ret[ADDRESS_HOST_BYTES]);

#endif
