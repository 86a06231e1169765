/* threat_list.h - networks of bad reputation, from the lists that people already have.
 *
 * decode -> [derive] -> detect. What a file is shows in its content, never in its name:
 *
 *   plain       an address, a network or a range FIRST-LAST a line
 *   tor         lines "ExitAddress ADDRESS DATE TIME" of Tor's list of exits
 *   csv         of each row the first column that is an address; when the
 *               header names columns of addresses (ip, cidr, dst_ip, ...) or a
 *               pair of first and last ones (start, end; ...), only those
 *   alienvault  ADDRESS#reliability#risk#..., the reputation format
 *   dshield     FIRST, LAST and the network's bits between tabs
 *   stix2       a STIX 2.1 bundle: the patterns of its indicators in force
 *   stix1       STIX 1 in XML: the values of its address objects
 *
 * (GuardDuty takes TXT, STIX, OTX_CSV, ALIEN_VAULT, PROOF_POINT, FIRE_EYE:
 * "guardduty-cloudtrail-findings", section 6.) Host names are passed over and counted; what is
 * neither is counted as bad and the first few are shown. Networks of fewer than
 * THREAT_LIST_BITS_MIN bits are bad: such a list would name half of the Internet. Pure; any thread.
 */
#ifndef DERIVE_THREAT_LIST_H
#define DERIVE_THREAT_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "derive/prefix_table.h"

enum {
    THREAT_LIST_BYTES_MAX = 64 << 20,
    THREAT_LIST_NETWORKS_MAX = 4 << 20,
    THREAT_LIST_BITS_MIN = 3,
    THREAT_LIST_SHOWN = 3,
    THREAT_LIST_SHOWN_BYTES = 120,
};

/* What became of a list. */
typedef struct ThreatListReport {
    const char *format; /* as above */
    size_t taken;       /* networks */
    size_t ignored;     /* host names, indicators that are not in force or not of addresses */
    size_t bad;
    char shown[THREAT_LIST_SHOWN][THREAT_LIST_SHOWN_BYTES]; /* "FILE:LINE: 'TEXT'", else empty */
} ThreatListReport;

/* A list on its way into a table. */
typedef struct ThreatList {
    const char *name; /* of the file, in messages */
    int64_t now_us;   /* indicators whose time is over by then are ignored */
    uint32_t value;   /* of its networks in the table */
    PrefixTableBuilder *builder;
    ThreatListReport report;
} ThreatList;

/* Adds the networks of *text* to the list's builder and fills its report. ERROR_INPUT when it is
 * no list at all, such as a web page, or holds nothing but bad lines; ERROR_LIMIT beyond the
 * ceilings above. On failure some networks may be in the builder. */
bool threat_list_read(ThreatList *list, Str text, Error *err) __attribute__((warn_unused_result));

/* Takes a text that should be an address, a network or a range; *ret_is_one tells. For the readers
 * of formats. */
bool threat_list_take(ThreatList *list, Str text, bool *ret_is_one, Error *err)
    __attribute__((warn_unused_result));

/* Adds all networks between two addresses of one family; false in *ret_is_one when they are none.
 */
bool threat_list_take_range(ThreatList *list, Str first, Str last, bool *ret_is_one, Error *err)
    __attribute__((warn_unused_result));

/* Counts a bad piece and shows it when it is among the first; line 0 is not shown. */
void threat_list_refuse(ThreatList *list, size_t line, Str text);

#endif
