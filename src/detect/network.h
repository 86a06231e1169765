/* network.h - IPv4 and IPv6 networks of rules: cidr. */
#ifndef DETECT_NETWORK_H
#define DETECT_NETWORK_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

typedef struct Network {
    uint8_t bytes[16];
    uint8_t bits;
    bool v6;
} Network;

/* "10.0.0.0/8", "2001:db8::/32", or a bare address, which is a network of its own. ERROR_INPUT when
 * it is none, or has bits set behind the mask. */
bool network_read(Str text, Network *ret, Error *err) __attribute__((warn_unused_result));

/* Whether *text* is a bare address of the network's family within it ("sigma", section 6.2). */
bool network_holds(const Network *network, Str text);

#endif
