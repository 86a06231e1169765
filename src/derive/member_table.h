/* member_table.h - the derived members, one line each, in the order in which they are written.
 *
 * MEMBER(enum, name, type, value): *value* is an expression over `m`, a const DerivedMembers *; of
 * TEXT a Str, of NUMBER and FLAG an int64_t, with -1 for unknown, of LISTS a set of threat lists.
 */
/* clang-format off */
MEMBER(ADDRESS_KIND,        "addressKind",        TEXT,   text_of(address_kind_name(m->address.kind)))
MEMBER(AWS_SERVICE,         "awsService",         TEXT,   m->address.aws.service)
MEMBER(AWS_REGION,          "awsRegion",          TEXT,   m->address.aws.region)
MEMBER(COUNTRY,             "country",            TEXT,   m->address.place.country)
MEMBER(CITY,                "city",               TEXT,   m->address.place.city)
MEMBER(ASN,                 "asn",                NUMBER, m->address.network.asn ? (int64_t)m->address.network.asn : -1)
MEMBER(ASN_ORGANIZATION,    "asnOrganization",    TEXT,   m->address.network.organization)
MEMBER(THREAT_LISTS,        "threatLists",        LISTS,  m->address.threat_lists)
MEMBER(ACCOUNT_NAME,        "accountName",        TEXT,   m->account.name)
MEMBER(ORGANIZATIONAL_UNIT, "organizationalUnit", TEXT,   m->account.organizational_unit)
MEMBER(OWNER,               "owner",              TEXT,   m->account.owner)
MEMBER(ENVIRONMENT,         "environment",        TEXT,   m->account.environment)
MEMBER(PRINCIPAL,           "principal",          TEXT,   m->principal.key)
MEMBER(SESSION_NAME,        "sessionName",        TEXT,   m->principal.session_name)
MEMBER(CLIENT_FAMILY,       "clientFamily",       TEXT,   text_of(client_family_name(m->client.family)))
MEMBER(CLIENT_NAME,         "clientName",         TEXT,   m->client.name)
MEMBER(CLIENT_VERSION,      "clientVersion",      TEXT,   m->client.version)
MEMBER(IS_CONSOLE,          "isConsole",          FLAG,   m->is_console)
MEMBER(IS_HUMAN,            "isHuman",            FLAG,   m->is_human == PRINCIPAL_UNKNOWN ? -1 : m->is_human == PRINCIPAL_YES)
MEMBER(ACTION,              "action",             TEXT,   text_of(action_name(m->action)))
MEMBER(CALENDAR,            "calendar",           TEXT,   m->calendar)
MEMBER(OFF_HOURS,           "offHours",           FLAG,   m->calendar.ptr ? m->off_hours : -1)
/* clang-format on */
