/* addresses.h - the addresses that a lake holds, with what lookups say of them now.
 *
 * Thousands of events share an address: a rule that asks for a country or a threat list is asked of
 * each address once, and the lake for those that it describes (detect/rule_sql.h). Used by one
 * thread.
 */
#ifndef QUERY_ADDRESSES_H
#define QUERY_ADDRESSES_H

#include "derive/derive.h"
#include "detect/rule_sql.h"
#include "query/session.h"

typedef struct Addresses Addresses;

/* Asks for the sourceIPAddress of all events that *session* sees, unless *derive* has no lookup of
 * addresses, and looks each up. More than a few hundred thousand are left unknown. NULL with
 * *err*. */
Addresses *addresses_ask(Session *session, const Derive *derive, Error *err)
    __attribute__((warn_unused_result));
void addresses_free(Addresses *addresses);

/* They, for rule_sql_write; it lives as long. */
const RuleSqlKnown *addresses_known(const Addresses *addresses);

#endif
