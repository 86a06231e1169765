#include "derive/derive_describe.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"

/* Words that grow in a lookup's buffer; what does not fit is cut. */
typedef struct Words {
    char *text;
    size_t used;
} Words;

#define PUT(words, ...)                                                                            \
    ((words)->used += put_more(words, snprintf((words)->text + (words)->used,                      \
                                               DERIVE_WORDS_MAX - (words)->used, __VA_ARGS__)))

static size_t put_more(const Words *words, int wanted)
{
    size_t room = DERIVE_WORDS_MAX - 1 - words->used;
    return wanted < 0 ? 0 : (size_t)wanted < room ? (size_t)wanted : room;
}

static void tell_geo(const Geo *geo, Words *words)
{
    char day[TIMESTAMP_TEXT_BYTES];
    timestamp_format_day(timestamp_day(geo_built_us(geo)), day);
    PUT(words, "%.*s of %s", STR_ARG(str_slice(geo_type(geo), 0, 64)), day);
}

static void tell_place(const Derive *derive, Words *words)
{
    tell_geo(derive_geo(derive, GEO_PLACE), words);
}

static void tell_network(const Derive *derive, Words *words)
{
    tell_geo(derive_geo(derive, GEO_NETWORK), words);
}

static void tell_ranges(const Derive *derive, Words *words)
{
    const AwsRanges *ranges = derive_aws_ranges(derive);
    PUT(words, "%zu networks of %.*s", aws_ranges_count(ranges),
        STR_ARG(aws_ranges_created(ranges)));
}

static void tell_accounts(const Derive *derive, Words *words)
{
    PUT(words, "%zu accounts", accounts_count(derive_accounts(derive)));
}

static void tell_list(const ThreatListReport *report, Words *words)
{
    PUT(words, " (%s) %zu networks", report->format, report->taken);
    if (report->ignored)
        PUT(words, ", %zu of other kinds passed over", report->ignored);
    if (report->bad)
        PUT(words, ", %zu bad", report->bad);
    for (size_t i = 0; i < THREAT_LIST_SHOWN && report->shown[i][0]; i++)
        PUT(words, "%s%s", i ? ", " : ": ", report->shown[i]);
}

static void tell_lists(const Derive *derive, Words *words)
{
    for (size_t i = 0; i < derive_list_count(derive); i++) {
        PUT(words, "%s%.*s", i ? "; " : "", STR_ARG(derive_list_name(derive, i)));
        tell_list(derive_list_report(derive, i), words);
    }
}

static void tell_calendars(const Derive *derive, Words *words)
{
    PUT(words, "%zu calendars", calendars_count(derive_calendars(derive)));
}

static const struct {
    ConfigKey key;
    const char *members;
    const char *missing; /* what to do */
    void (*tell)(const Derive *derive, Words *words);
} LOOKUPS[DERIVE_LOOKUPS] = {
    {CONFIG_DERIVE_GEO_CITY, "country, city",
     "no database; derive.geo_city names a MaxMind .mmdb (GeoLite2-City)", tell_place},
    {CONFIG_DERIVE_GEO_ASN, "asn, asnOrganization",
     "no database; derive.geo_asn names a MaxMind .mmdb (GeoLite2-ASN)", tell_network},
    {CONFIG_DERIVE_RANGES, "awsService, awsRegion",
     "no ranges; derive.aws_ranges names https://ip-ranges.amazonaws.com/ip-ranges.json, "
     "downloaded",
     tell_ranges},
    {CONFIG_DERIVE_LISTS, "threatLists",
     "no lists; derive.threat_lists names files of addresses (text, CSV, STIX, Tor)", tell_lists},
    {CONFIG_DERIVE_ACCOUNTS, "accountName, organizationalUnit, owner, environment",
     "no names; derive.accounts names a CSV, or what 'aws organizations list-accounts' prints",
     tell_accounts},
    {CONFIG_DERIVE_CALENDARS, "calendar, offHours",
     "no working hours; derive.calendars names a YAML file of calendars", tell_calendars},
};

void derive_describe(const Config *config, int index, DeriveLookup *ret)
{
    Error err = {0};
    ConfigKey key = LOOKUPS[index].key;
    Words words = {ret->words, 0};
    ret->key = CONFIG_TABLE[key].key;
    ret->members = LOOKUPS[index].members;
    ret->words[0] = '\0';
    if (!config_text(config, key)[0]) {
        ret->state = LOOKUP_MISSING;
        PUT(&words, "%s", LOOKUPS[index].missing);
        return;
    }
    Derive *derive = derive_open_one(config, key, &err);
    ret->state = derive ? LOOKUP_READY : LOOKUP_BROKEN;
    if (derive)
        LOOKUPS[index].tell(derive, &words);
    else
        PUT(&words, "%s", err.text);
    derive_release(derive);
}

const char *derive_describe_state(LookupState state)
{
    static const char *const NAMES[] = {
        [LOOKUP_MISSING] = "missing",
        [LOOKUP_READY] = "ready",
        [LOOKUP_BROKEN] = "broken",
    };
    return NAMES[state];
}
