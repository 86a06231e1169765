/* profile_part_table.h - PART(id, word, heading, condition, value, detail): the lists of a summary
 * in their order. Condition, value and detail are SQL over the rows of `hits`
 * (profile_statement.c); rows are counted by value, where it is not NULL. Those without a heading
 * are figures: they stand first, above the lists, and no bound cuts them.
 */
/* clang-format off */
PART(ACCESS,    "access",    "", "TRUE", "CASE WHEN reads THEN 'reads' WHEN NOT reads THEN 'changes' END", "NULL")
PART(HOURS,     "hours",     "", "TRUE", "CASE WHEN off_hours THEN 'off' WHEN NOT off_hours THEN 'working' END", "NULL")
PART(FINDING,   "finding",   "findings",           "",     "",                   "")
PART(ABUSED,    "abused",    "often abused calls", "TRUE", "call",               "abused_tactic")
PART(CALL,      "call",      "calls",              "TRUE", "call",               "NULL")
PART(SERVICE,   "service",   "services",           "TRUE", "eventsource",        "NULL")
PART(ERROR,     "error",     "errors",             "TRUE", "errorcode",          "NULL")
PART(PRINCIPAL, "principal", "principals",         "TRUE", "principal",          "NULL")
PART(SESSION,   "session",   "sessions",           "session_issuer_arn IS NOT NULL", "principal_arn", "NULL")
PART(KEY,       "key",       "access keys",        "TRUE", "accesskey_id",       "NULL")
PART(ADDRESS,   "address",   "addresses",          "TRUE", "sourceipaddress",    "country")
PART(CLIENT,    "client",    "clients",            "TRUE", "client",             "client_family")
PART(REGION,    "region",    "regions",            "TRUE", "awsregion",          "NULL")
PART(ACCOUNT,   "account",   "accounts",           "TRUE", "recipientaccountid", "account_name")
/* clang-format on */
