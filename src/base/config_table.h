/* config_table.h - the keys of spoor.yml, one line each; nothing else lists them.
 *
 * CONFIG(enum, key, type, environment, default, choices or NULL, help). A key's value comes from
 * its flag, else its environment variable, else the file, else the default. The file's check, the
 * help texts, the manual page spoor.yml(5) and docs/configuration.md are made from this list.
 */
/* clang-format off */
CONFIG(LAKE_FOLDER,       "lake.folder",          TEXT,     "SPOOR_LAKE",         "./spoor-lake", NULL, "Folder of the lake and its state")
CONFIG(LAKE_PUBLISH,      "lake.publish_s",       DURATION, "SPOOR_PUBLISH",      "60s",  NULL, "Shortest time between two published Iceberg snapshots")
CONFIG(LAKE_KEEP,         "lake.snapshot_keep",   DURATION, "SPOOR_SNAPSHOT_KEEP","24h",  NULL, "How long a published snapshot stays readable, at least 1h")
CONFIG(LAKE_SNAPSHOTS,    "lake.snapshots_max",   NUMBER,   "SPOOR_SNAPSHOTS_MAX","200",  NULL, "Published snapshots kept at most")
CONFIG(LAKE_DERIVED,      "lake.derived",         CHOICE,   "SPOOR_DERIVED",      "true", "true|false", "Whether ingest writes the column derived: docs/derived-members.md")
CONFIG(LEDGER_HEAD,       "ledger.head",          PATH,     "SPOOR_LEDGER_HEAD",  "",     NULL, "File to which the ledger's head is appended, on a mount that this host cannot rewrite: docs/formats/ledger.md")
CONFIG(KEEP_ORIGINALS,    "keep.originals",       WORD,     "SPOOR_KEEP_ORIGINALS","",    NULL, "Folder where ingest keeps every object byte for byte: docs/keep.md. Empty: nowhere")
CONFIG(INGEST_JOBS,       "ingest.jobs",          NUMBER,   "SPOOR_JOBS",         "0",    NULL, "Part workers; 0 is one per processor")
CONFIG(INGEST_PART_ROWS,  "ingest.part_rows",     NUMBER,   "SPOOR_PART_ROWS",    "150000", NULL, "Records after which a part is written")
CONFIG(INGEST_FREE,       "ingest.free_min",      SIZE,     "SPOOR_FREE_MIN",     "2GiB", NULL, "Ingest stops when the disk has less than this left")
CONFIG(QUERY_MEMORY,      "query.memory",         SIZE,     "SPOOR_QUERY_MEMORY", "2GiB", NULL, "Memory of the SQL engine")
CONFIG(QUERY_THREADS,     "query.threads",        NUMBER,   "SPOOR_QUERY_THREADS","0",    NULL, "Threads of the SQL engine; 0 is one per processor")
CONFIG(QUERY_TIMEOUT,     "query.timeout",        DURATION, "SPOOR_QUERY_TIMEOUT","5m",   NULL, "A query that runs longer is ended")
CONFIG(QUERY_TEMP,        "query.temp",           SIZE,     "SPOOR_QUERY_TEMP",   "10GiB", NULL, "Temporary disk of a query")
CONFIG(QUERY_ROWS,        "query.rows",           NUMBER,   "SPOOR_QUERY_ROWS",   "10M",  NULL, "Rows of a result; more end it with an error; 0 is no limit")
CONFIG(DERIVE_GEO_CITY,   "derive.geo_city",      PATH,     "SPOOR_GEO_CITY",     "",     NULL, "MaxMind database of countries and cities, as GeoLite2-City.mmdb")
CONFIG(DERIVE_GEO_ASN,    "derive.geo_asn",       PATH,     "SPOOR_GEO_ASN",      "",     NULL, "MaxMind database of networks, as GeoLite2-ASN.mmdb")
CONFIG(DERIVE_RANGES,     "derive.aws_ranges",    PATH,     "SPOOR_AWS_RANGES",   "",     NULL, "AWS's addresses: https://ip-ranges.amazonaws.com/ip-ranges.json")
CONFIG(DERIVE_LISTS,      "derive.threat_lists",  PATHS,    "SPOOR_THREAT_LISTS", "",     NULL, "Lists of addresses (text, CSV, STIX, Tor); NAME=FILE gives a list another name than its file's")
CONFIG(DERIVE_ACCOUNTS,   "derive.accounts",      PATH,     "SPOOR_ACCOUNTS",     "",     NULL, "Names of accounts: CSV with account_id, name, ou, owner, environment, or what aws organizations list-accounts prints")
CONFIG(AWS_PROFILE,       "aws.profile",          WORD,     "SPOOR_AWS_PROFILE",  "",     NULL, "Profile of AWS's configuration; goes before keys of the environment. Empty: as AWS's tools choose")
CONFIG(AWS_REGION,        "aws.region",           WORD,     "SPOOR_AWS_REGION",   "",     NULL, "Region that is asked. Empty: a bucket's own, else that of the environment or the profile")
CONFIG(AWS_ENDPOINT,      "aws.endpoint_url",     WORD,     "SPOOR_AWS_ENDPOINT", "",     NULL, "Where S3 is when it is not AWS's, such as https://s3.example.com:9000")
CONFIG(AWS_CA,            "aws.ca_bundle",        PATH,     "AWS_CA_BUNDLE",      "",     NULL, "Certificates to trust, PEM, in place of the system's")
CONFIG(AWS_REQUESTS,      "aws.requests",         NUMBER,   "SPOOR_AWS_REQUESTS", "64",   NULL, "Requests that each part worker has under way at a time, 1 to 512")
CONFIG(AWS_VISIBLE,       "aws.visibility_s",     DURATION, "SPOOR_AWS_VISIBILITY","5m",  NULL, "How long messages of a queue are kept from others at a time, 2s to 12h; work that lasts extends it")
CONFIG(AWS_RELIST,        "aws.relist_s",         DURATION, "SPOOR_AWS_RELIST",   "5m",   NULL, "ingest --follow: time between two listings of a bucket or folder")
CONFIG(AWS_RELIST_DAYS,   "aws.relist_days",      NUMBER,   "SPOOR_AWS_RELIST_DAYS","2",  NULL, "ingest --follow: days before today of which buckets are listed again, for files that come late")
CONFIG(PUSH_ACCESS_KEY,   "push.access_key_file", PATH,     "SPOOR_PUSH_ACCESS_KEY_FILE", "", NULL, "A file with the key that deliveries to an http or https source have to know; needed beyond this machine")
CONFIG(PUSH_CERTIFICATE,  "push.certificate",     PATH,     "SPOOR_PUSH_CERTIFICATE", "", NULL, "Certificate of an https source and those that signed it, PEM")
CONFIG(PUSH_KEY,          "push.key",             PATH,     "SPOOR_PUSH_KEY",     "",     NULL, "The private key of that certificate, PEM")
CONFIG(DISPLAY_ZONE,      "display.zone",         TEXT,     "SPOOR_TZ",           "UTC",  NULL, "Time zone of printed times; what is stored is UTC")
CONFIG(LOG_LEVEL,         "log.level",            CHOICE,   "SPOOR_LOG",          "info", "debug|info|warn|error", "Lines below this level are not written")
/* clang-format on */
