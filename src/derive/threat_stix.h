/* threat_stix.h - the addresses of STIX documents: 2.1 bundles in JSON, STIX 1 in XML.
 *
 * Called by threat_list.c alone, which says what is counted and bounded. Pure; any thread.
 */
#ifndef DERIVE_THREAT_STIX_H
#define DERIVE_THREAT_STIX_H

#include "derive/threat_list.h"

/* Reads a STIX 2 bundle, or an array of its objects. Of each indicator that is neither revoked nor
 * over, the addresses that its pattern compares with `=`, `IN` or `ISSUBSET` are taken: paths
 * ipv4-addr:value, ipv6-addr:value and network-traffic:src_ref.value and dst_ref.value. What stands
 * beside them (AND, FOLLOWEDBY, WITHIN) is not looked at; comparisons with NOT or != are passed
 * over. ERROR_INPUT when it is no STIX. */
bool threat_stix_read_json(ThreatList *list, Str text, Error *err)
    __attribute__((warn_unused_result));

/* Reads the elements Address_Value of any prefix: one value, values between `##comma##`, or with
 * condition="InclusiveBetween" the two ends of a range. ERROR_INPUT when there is none. */
bool threat_stix_read_xml(ThreatList *list, Str text, Error *err)
    __attribute__((warn_unused_result));

/* Takes the addresses of one pattern; *ret_count says how many. For tests, too. */
bool threat_stix_take_pattern(ThreatList *list, Str pattern, size_t *ret_count, Error *err)
    __attribute__((warn_unused_result));

#endif
