#include "lake/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lake/state_alarms_sql.h"
#include "lake/state_filters_sql.h"
#include "lake/state_findings_sql.h"
#include "lake/state_hub_sql.h"
#include "lake/state_notify_sql.h"
#include "lake/state_polls_sql.h"
#include "lake/state_schedules_sql.h"
#include "lake/state_sql.h"

/* "Spor" in ASCII: says that a SQLite file is a state of ours. */
enum { APPLICATION_ID = 0x53706f72 };

const char STATE_NAME_RECEIPTS[] = STATE_SQL_NAME;

/* MIGRATIONS[v] leads from version v to v + 1. */
static const char *const MIGRATIONS[STATE_VERSION] = {
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE commits (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, at_us INTEGER NOT NULL);"

    "CREATE TABLE parts ("
    "  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, day INTEGER NOT NULL,"
    "  rows INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    "  time_min INTEGER NOT NULL, time_max INTEGER NOT NULL,"
    "  summary BLOB NOT NULL,"
    "  added_seq INTEGER NOT NULL, removed_seq INTEGER, removed_at_us INTEGER,"
    "  data_sequence INTEGER);"
    "CREATE INDEX parts_live ON parts (day) WHERE removed_seq IS NULL;"
    "CREATE INDEX parts_added ON parts (added_seq);"
    "CREATE INDEX parts_removed ON parts (removed_seq) WHERE removed_seq IS NOT NULL;"

    "CREATE TABLE runs ("
    "  id INTEGER PRIMARY KEY, path TEXT NOT NULL, day INTEGER NOT NULL,"
    "  offset INTEGER NOT NULL, entries INTEGER NOT NULL, added_seq INTEGER NOT NULL);"
    "CREATE INDEX runs_day ON runs (day);"
    "CREATE INDEX runs_path ON runs (path);"

    "CREATE TABLE objects ("
    "  id INTEGER PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL,"
    "  bytes INTEGER NOT NULL, modified_us INTEGER, kind TEXT NOT NULL, state TEXT NOT NULL,"
    "  reason TEXT, inflated_bytes INTEGER NOT NULL, sha256 BLOB, warnings INTEGER NOT NULL,"
    "  read INTEGER NOT NULL, kept INTEGER NOT NULL, duplicate INTEGER NOT NULL,"
    "  conflicting INTEGER NOT NULL, dropped INTEGER NOT NULL, quarantined INTEGER NOT NULL,"
    "  filter_version INTEGER NOT NULL, commit_seq INTEGER NOT NULL,"
    "  ingested_at_us INTEGER NOT NULL, superseded_by INTEGER);"
    "CREATE UNIQUE INDEX objects_current ON objects (source, key) WHERE superseded_by IS NULL;"
    "CREATE INDEX objects_superseded ON objects (superseded_by) WHERE superseded_by IS NOT NULL;"
    "CREATE INDEX objects_state ON objects (state) WHERE state <> 'ingested';"

    "CREATE TABLE quarantine ("
    "  id INTEGER PRIMARY KEY, object_id INTEGER NOT NULL, record_index INTEGER,"
    "  offset INTEGER NOT NULL, bytes INTEGER NOT NULL, reason TEXT NOT NULL,"
    "  stored INTEGER NOT NULL, path TEXT NOT NULL, path_offset INTEGER NOT NULL,"
    "  path_bytes INTEGER NOT NULL, commit_seq INTEGER NOT NULL, at_us INTEGER NOT NULL,"
    "  resolved_seq INTEGER);"
    "CREATE INDEX quarantine_object ON quarantine (object_id);"
    "CREATE INDEX quarantine_path ON quarantine (path);"

    "CREATE TABLE publications ("
    "  snapshot_id INTEGER PRIMARY KEY, commit_seq INTEGER NOT NULL, at_us INTEGER NOT NULL,"
    "  metadata_path TEXT NOT NULL, expired INTEGER NOT NULL DEFAULT 0);",

    "CREATE TABLE object_files ("
    "  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, day INTEGER NOT NULL,"
    "  rows INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    "  first_object INTEGER NOT NULL, last_object INTEGER NOT NULL, summary BLOB NOT NULL,"
    "  added_seq INTEGER NOT NULL, removed_seq INTEGER, removed_at_us INTEGER);"
    "CREATE INDEX object_files_live ON object_files (first_object) WHERE removed_seq IS NULL;"
    "CREATE INDEX objects_commit ON objects (commit_seq);"
    "CREATE TABLE object_progress (through_seq INTEGER NOT NULL);"
    "INSERT INTO object_progress VALUES (0);"
    "ALTER TABLE publications ADD COLUMN table_name TEXT NOT NULL DEFAULT 'cloudtrail';",

    "CREATE TABLE rules ("
    "  id INTEGER PRIMARY KEY, rule_id TEXT NOT NULL, version TEXT NOT NULL,"
    "  title TEXT NOT NULL, level TEXT NOT NULL,"
    "  body TEXT NOT NULL, UNIQUE (rule_id, version));"
    "CREATE TABLE signals ("
    "  id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, eventtime INTEGER NOT NULL, eventid TEXT,"
    "  eventsource TEXT, eventname TEXT, awsregion TEXT, recipientaccountid TEXT, principal TEXT,"
    "  sourceipaddress TEXT, errorcode TEXT, object_id INTEGER NOT NULL,"
    "  record_index INTEGER NOT NULL, commit_seq INTEGER NOT NULL);"
    "CREATE TABLE findings ("
    "  id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, rule INTEGER NOT NULL, account TEXT NOT NULL,"
    "  principal TEXT NOT NULL, episode TEXT NOT NULL, first_us INTEGER NOT NULL,"
    "  last_us INTEGER NOT NULL, count INTEGER NOT NULL, opened_seq INTEGER NOT NULL,"
    "  updated_seq INTEGER NOT NULL, superseded_by TEXT) WITHOUT ROWID;"
    "CREATE INDEX findings_group ON findings (rule_id, account, principal, last_us);"
    "CREATE TABLE finding_events (finding TEXT NOT NULL, signal INTEGER NOT NULL,"
    "  PRIMARY KEY (finding, signal)) WITHOUT ROWID;",

    "ALTER TABLE signals ADD COLUMN group_by TEXT;"
    "ALTER TABLE signals ADD COLUMN threat_lists TEXT;"
    "ALTER TABLE findings ADD COLUMN group_by TEXT;"
    "ALTER TABLE findings ADD COLUMN value REAL;"
    "CREATE INDEX findings_correlation ON findings (rule_id, group_by, last_us)"
    "  WHERE group_by IS NOT NULL;"
    "CREATE TABLE signal_packs ("
    "  id INTEGER PRIMARY KEY, rows INTEGER NOT NULL, time_min INTEGER NOT NULL,"
    "  time_max INTEGER NOT NULL, commit_seq INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE INDEX signal_packs_commit ON signal_packs (commit_seq, time_min, time_max);"
    "CREATE TABLE correlations ("
    "  rule_id TEXT PRIMARY KEY, rule INTEGER NOT NULL, version TEXT NOT NULL,"
    "  since_seq INTEGER NOT NULL, evaluated_seq INTEGER NOT NULL, horizon_us INTEGER,"
    "  untold INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE TABLE finding_hits ("
    "  finding TEXT NOT NULL, object_id INTEGER NOT NULL, record_index INTEGER NOT NULL,"
    "  rule INTEGER NOT NULL, eventtime INTEGER NOT NULL, eventid TEXT, eventsource TEXT,"
    "  eventname TEXT, awsregion TEXT, recipientaccountid TEXT, principal TEXT,"
    "  sourceipaddress TEXT, errorcode TEXT,"
    "  PRIMARY KEY (finding, object_id, record_index)) WITHOUT ROWID;",

    "CREATE TABLE digests ("
    "  object_id INTEGER PRIMARY KEY, bucket TEXT, key TEXT, start_us INTEGER, end_us INTEGER,"
    "  sha256 BLOB, fingerprint TEXT, previous_bucket TEXT, previous_key TEXT,"
    "  previous_hash TEXT, previous_signature TEXT, problem TEXT, stored BLOB NOT NULL,"
    "  commit_seq INTEGER NOT NULL);"
    "CREATE INDEX digests_previous ON digests (previous_key) WHERE previous_key IS NOT NULL;"
    "CREATE TABLE digest_logs ("
    "  key TEXT NOT NULL, source TEXT NOT NULL, digest INTEGER NOT NULL,"
    "  position INTEGER NOT NULL, sha256 BLOB,"
    "  PRIMARY KEY (key, source, digest, position)) WITHOUT ROWID;"
    /* Logs of digests whose receipt is the current one. */
    "CREATE VIEW digest_logs_current AS SELECT l.* FROM digest_logs l"
    "  JOIN objects d ON d.id = l.digest AND d.superseded_by IS NULL;"
    /* Bytes behind the gzip data make a log invalid whatever its hash: OBJECT_TRAILING_GARBAGE,
     * OBJECT_SEVERAL_MEMBERS, OBJECT_BAD_CHECKSUM. */
    "CREATE VIEW object_verdicts AS SELECT object_id, source, key, digest,"
    "  CASE WHEN digest IS NULL THEN 'unlisted' WHEN matches THEN 'listed' ELSE 'mismatch' END"
    "  AS verdict FROM (SELECT o.id AS object_id, o.source, o.key,"
    "    (SELECT coalesce(min(CASE WHEN l.sha256 = o.sha256 THEN l.digest END), min(l.digest))"
    "     FROM digest_logs_current l WHERE l.key = o.key AND l.source = o.source) AS digest,"
    "    o.warnings & 44 = 0 AND EXISTS (SELECT 1 FROM digest_logs_current l WHERE l.key = o.key"
    "     AND l.source = o.source AND l.sha256 = o.sha256) AS matches"
    "    FROM objects o WHERE o.superseded_by IS NULL AND o.kind <> 'digest'"
    "     AND o.source <> 'lost') UNION ALL"
    "  SELECT NULL, l.source, l.key, min(l.digest), 'missing' FROM digest_logs_current l"
    "  WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.source = l.source AND o.key = l.key"
    "   AND o.superseded_by IS NULL) GROUP BY l.source, l.key;",

    "CREATE TABLE public_keys ("
    "  fingerprint TEXT PRIMARY KEY, der BLOB NOT NULL, from_us INTEGER, to_us INTEGER)"
    "  WITHOUT ROWID;"
    "CREATE TABLE digest_metadata ("
    "  object_id INTEGER PRIMARY KEY, signature TEXT NOT NULL, signature_algorithm TEXT NOT NULL,"
    "  backfill_at TEXT NOT NULL);"
    "CREATE TABLE kept_files ("
    "  path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL,"
    "  last_digest INTEGER NOT NULL) WITHOUT ROWID;",

    STATE_SQL_NAMES STATE_SQL_VERDICTS,

    "ALTER TABLE parts ADD COLUMN sum BLOB;"
    "CREATE TABLE ledger (n INTEGER PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL);"
    "CREATE TABLE ledger_progress (written INTEGER NOT NULL, told INTEGER NOT NULL);"
    "INSERT INTO ledger_progress VALUES (-1, -1);",

    "CREATE TABLE holds ("
    "  id INTEGER PRIMARY KEY, case_name TEXT NOT NULL, account TEXT, principal TEXT, why TEXT,"
    "  since_us INTEGER NOT NULL, until_us INTEGER NOT NULL, at_us INTEGER NOT NULL,"
    "  released_us INTEGER);",

    /* A finding and the notice of it are one step, whoever makes the finding. */
    "CREATE TABLE notices ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL,"
    "  at_us INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000000 AS"
    "  INTEGER)), routed INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX notices_new ON notices (id) WHERE routed = 0;"
    "CREATE TRIGGER findings_told AFTER INSERT ON findings BEGIN"
    "  INSERT INTO notices (kind, subject) VALUES ('finding', NEW.id); END;"
    "CREATE TABLE deliveries ("
    "  id INTEGER PRIMARY KEY, notice INTEGER NOT NULL, target TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')), tries INTEGER NOT NULL,"
    "  made_us INTEGER NOT NULL, due_us INTEGER NOT NULL, done_us INTEGER, reason TEXT,"
    "  UNIQUE (notice, target));"
    "CREATE INDEX deliveries_due ON deliveries (due_us) WHERE state = 'waiting';"
    /* What people do with findings; a resolved one that goes on is new again. */
    "ALTER TABLE findings ADD COLUMN workflow TEXT NOT NULL DEFAULT 'NEW'"
    "  CHECK (workflow IN ('NEW', 'NOTIFIED', 'RESOLVED', 'SUPPRESSED'));"
    "ALTER TABLE findings ADD COLUMN assignee TEXT;"
    "CREATE TABLE finding_history ("
    "  id INTEGER PRIMARY KEY, finding TEXT NOT NULL, at_us INTEGER NOT NULL,"
    "  author TEXT NOT NULL, workflow TEXT, assignee TEXT, note TEXT);"
    "CREATE INDEX finding_history_of ON finding_history (finding);"
    "CREATE TRIGGER findings_reopened AFTER UPDATE OF last_us ON findings"
    "  WHEN NEW.last_us > OLD.last_us AND OLD.workflow = 'RESOLVED' BEGIN"
    "  UPDATE findings SET workflow = 'NEW' WHERE id = NEW.id;"
    "  INSERT INTO finding_history (finding, at_us, author, workflow, note) VALUES (NEW.id,"
    "   CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER), 'spoor', 'NEW',"
    "   'it went on');"
    "  INSERT INTO notices (kind, subject) VALUES ('reopened', NEW.id); END;",

    STATE_SQL_FINDINGS,

    "", "", "", "", /* all of versions 12 to 15 stands below */
};

/* What leads to a version besides: a text of C has its limits. */
static const struct {
    int64_t to;
    const char *sql;
} MORE[] = {
    {11, STATE_SQL_FINDINGS_SEEN}, {11, STATE_SQL_ALARMS},
    {12, STATE_SQL_NOTIFY},        {12, STATE_SQL_HUB},
    {12, STATE_SQL_SCHEDULES},     {12, STATE_SQL_SCHEDULES_FINDINGS},
    {13, STATE_SQL_FILTERS},       {14, STATE_SQL_POLLS},
    {15, STATE_SQL_REDACTIONS},    {16, STATE_SQL_NOTIFY_TARGETS},
};

static bool migrate_step(Db *db, int64_t from, Error *err)
{
    bool ok = db_exec(db, MIGRATIONS[from], err);
    for (size_t i = 0; ok && i < sizeof MORE / sizeof *MORE; i++)
        ok = MORE[i].to != from + 1 || db_exec(db, MORE[i].sql, err);
    return ok;
}

static bool migrate(Db *db, const char *path, int64_t from, Error *err)
{
    char copy[1200];
    char sql[64];
    snprintf(copy, sizeof copy, "%s.before-version-%d", path, STATE_VERSION);
    if (from > 0 && !db_backup(db, copy, err))
        return false;
    if (!db_begin(db, err))
        return false;
    bool ok = true;
    for (int64_t version = from; ok && version < STATE_VERSION; version++)
        ok = migrate_step(db, version, err);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d; PRAGMA application_id = %d", STATE_VERSION,
             APPLICATION_ID);
    ok = ok && db_exec(db, sql, err) && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    return ok;
}

static bool check_version(Db *db, const char *path, DbMode mode, Error *err)
{
    int64_t version;
    int64_t application;
    if (!db_get_int(db, "PRAGMA user_version", 0, &version, err) ||
        !db_get_int(db, "PRAGMA application_id", 0, &application, err))
        return false;
    if (version > 0 && application != APPLICATION_ID)
        return error_set(err, ERROR_INPUT, "'%s' is a SQLite database, but no state of a lake",
                         path);
    if (version > STATE_VERSION)
        return error_set(err, ERROR_INPUT,
                         "'%s' has state version %" PRId64 "; this spoor %s knows versions up to "
                         "%d: use a newer spoor",
                         path, version, SPOOR_VERSION, STATE_VERSION);
    if (version == STATE_VERSION)
        return true;
    if (mode == DB_READ_ONLY)
        return error_set(err, ERROR_ACCESS,
                         "'%s' has the older state version %" PRId64
                         ": run a writing command such as 'spoor ingest' once to migrate it",
                         path, version);
    return migrate(db, path, version, err);
}

Db *state_open(const char *path, DbMode mode, Error *err)
{
    Db *db = db_open(path, mode, err);
    if (db && !check_version(db, path, mode, err)) {
        db_close(db);
        return NULL;
    }
    return db;
}

bool state_get(Db *db, Str name, void *ret, size_t len, Error *err)
{
    bool row;
    DbStatement *statement = db_statement(db, "SELECT value FROM meta WHERE name = ?", err);
    if (!statement)
        return false;
    db_bind_text(statement, 1, name);
    if (!db_next(statement, &row, err))
        return false;
    if (!row)
        return error_set(err, ERROR_INPUT, "the state has no value '%.*s'", STR_ARG(name));
    Str value = db_blob(statement, 0);
    bool ok = value.len == len;
    if (ok)
        memcpy(ret, value.ptr, len);
    db_reset(statement);
    return ok || error_set(err, ERROR_INPUT, "the state's value '%.*s' is not %zu bytes long",
                           STR_ARG(name), len);
}

bool state_set(Db *db, Str name, Str value, Error *err)
{
    DbStatement *statement = db_statement(
        db,
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        err);
    if (!statement)
        return false;
    db_bind_text(statement, 1, name);
    db_bind_blob(statement, 2, value.ptr, value.len);
    return db_run(statement, err);
}
