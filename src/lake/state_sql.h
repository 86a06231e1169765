/* state_sql.h - SQL of migrations that is more than tables (state.c). Constant. */
#ifndef LAKE_STATE_SQL_H
#define LAKE_STATE_SQL_H

/* clang-format off */

/* What stands behind the last '/' of *column*. */
#define BASE_NAME(column) "replace(" column ", rtrim(" column ", replace(" column ", '/', '')), '')"

#define DIGITS4  "[0-9][0-9][0-9][0-9]"
#define DIGITS8  DIGITS4 DIGITS4
#define DIGITS12 DIGITS8 DIGITS4

/* 123456789012_CloudTrail_REGION_20261124T1005Z_...json.gz */
#define STATE_SQL_NAME \
    "UPDATE objects SET account = substr(name, 1, 12), region = place, delivered_us = us FROM" \
    " (SELECT id, name, place, strftime('%s', substr(stamp, 1, 4) || '-' || substr(stamp, 5, 2)" \
    "  || '-' || substr(stamp, 7, 2) || 'T' || substr(stamp, 10, 2) || ':' ||" \
    "  substr(stamp, 12, 2)) * 1000000 AS us FROM" \
    " (SELECT id, name, place, substr(name, 26 + length(place), 14) AS stamp FROM" \
    " (SELECT id, name, substr(name, 25, instr(substr(name, 25), '_') - 1) AS place FROM" \
    " (SELECT id, " BASE_NAME("key") " AS name FROM objects WHERE delivered_us IS NULL)" \
    " WHERE name GLOB '" DIGITS12 "_CloudTrail_*_" DIGITS8 "T" DIGITS4 "Z_*.json.gz'))" \
    " WHERE stamp GLOB '" DIGITS8 "T" DIGITS4 "Z' AND instr(substr(name, 41 + length(place)), '_')" \
    " = 0) named" \
    " WHERE named.id = objects.id AND us IS NOT NULL"

/* Receipts and digests say of which account and region they are. */
#define STATE_SQL_NAMES \
    "ALTER TABLE objects ADD COLUMN account TEXT;" \
    "ALTER TABLE objects ADD COLUMN region TEXT;" \
    "ALTER TABLE objects ADD COLUMN delivered_us INTEGER;" \
    STATE_SQL_NAME ";" \
    "ALTER TABLE digests ADD COLUMN account TEXT;" \
    "ALTER TABLE digests ADD COLUMN region TEXT;" \
    "ALTER TABLE digests ADD COLUMN verified INTEGER;" \
    "ALTER TABLE digests ADD COLUMN verified_seq INTEGER;" \
    "UPDATE digests SET account = substr(name, 1, 12)," \
    " region = substr(name, 32, instr(substr(name, 32), '_') - 1) FROM" \
    " (SELECT object_id AS id, " BASE_NAME("key") " AS name FROM digests) named" \
    " WHERE named.id = digests.object_id AND name GLOB" \
    " '" DIGITS12 "_CloudTrail-Digest_*_*_*_" DIGITS8 "T*Z*.json.gz';" \
    "CREATE INDEX objects_delivered ON objects (delivered_us)" \
    " WHERE delivered_us IS NOT NULL;" \
    "CREATE INDEX digests_commit ON digests (commit_seq);" \
    "CREATE INDEX digests_verified ON digests (verified_seq) WHERE verified_seq IS NOT NULL;" \
    "CREATE INDEX digests_cover ON digests (account, region, end_us, start_us)" \
    " WHERE problem IS NULL;" \
    "UPDATE object_progress SET through_seq = 0;"

/* Whether a digest of the log's account and region covers a moment near its delivery; digests last
 * an hour. */
#define COVERED(offset) \
    "(SELECT min(start_us) FROM digests g WHERE g.account = r.account AND g.region = r.region AND" \
    " g.problem IS NULL AND g.end_us >= r.delivered_us " offset " AND" \
    " g.end_us < r.delivered_us " offset " + 7200000000) <= r.delivered_us " offset

/* A log whose name does not tell its time is nobody's when there are digests at all.
 *
 * The view `receipts` adds to each receipt the digest that speaks of it, one that fits before one
 * that does not, one whose signature was checked before others; and what comes of that. A name
 * rounds to five minutes. Warnings 44: bytes behind the gzip data, or a wrong checksum. */
#define STATE_SQL_VERDICTS \
    "DROP VIEW object_verdicts;" \
    "CREATE VIEW receipts AS SELECT r.*, CASE" \
    " WHEN r.superseded_by IS NOT NULL OR r.source = 'lost' THEN NULL" \
    " WHEN r.kind = 'digest' THEN" \
    "  (SELECT iif(g.verified, 'verified', NULL) FROM digests g WHERE g.object_id = r.id)" \
    " WHEN r.digest IS NULL THEN" \
    "  iif(CASE WHEN r.delivered_us IS NULL THEN EXISTS (SELECT 1 FROM digests)" \
    "   ELSE " COVERED("- 300000000") " AND " COVERED("+ 300000000") " END," \
    "   'unlisted', 'uncovered')" \
    " WHEN r.warnings & 44 = 0 AND EXISTS (SELECT 1 FROM digest_logs l WHERE l.key = r.key AND" \
    "  l.source = r.source AND l.digest = r.digest AND l.sha256 = r.sha256) THEN" \
    "  (SELECT iif(g.verified, 'verified', 'listed') FROM digests g WHERE g.object_id = r.digest)" \
    " ELSE 'mismatch' END AS verdict FROM (SELECT o.*," \
    "  (SELECT digest FROM (SELECT l.digest, l.sha256 = o.sha256 AS fits, g.verified" \
    "   FROM digest_logs_current l JOIN digests g ON g.object_id = l.digest" \
    "   WHERE l.key = o.key AND l.source = o.source AND o.superseded_by IS NULL)" \
    "   ORDER BY fits DESC, verified DESC, digest LIMIT 1) AS digest FROM objects o) r;" \
    "CREATE VIEW object_verdicts AS SELECT id AS object_id, source, key, digest, verdict" \
    " FROM receipts WHERE kind <> 'digest' AND superseded_by IS NULL AND source <> 'lost'" \
    " UNION ALL SELECT NULL, l.source, l.key, min(l.digest), 'missing' FROM digest_logs_current l" \
    " WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.source = l.source AND o.key = l.key" \
    " AND o.superseded_by IS NULL) GROUP BY l.source, l.key;"

/* clang-format on */

#endif
