/* state_findings_sql.h - what version 11 of the state adds for findings. Internal to state.c.
 *
 * Where a finding came from and what was given with it, what it touches, what is related to it,
 * what is to be looked up for it beside the ingest. `finding_rows` is a finding as everybody sees
 * it; `finding_evidence` its events.
 */
#ifndef LAKE_STATE_FINDINGS_SQL_H
#define LAKE_STATE_FINDINGS_SQL_H

/* clang-format off */
#define STATE_SQL_FINDINGS \
    "ALTER TABLE findings ADD COLUMN product TEXT NOT NULL DEFAULT 'Spoor';" \
    "ALTER TABLE findings ADD COLUMN product_arn TEXT;" /* of an imported one, as its Id */ \
    "ALTER TABLE findings ADD COLUMN given_id TEXT;" \
    "ALTER TABLE findings ADD COLUMN given_us INTEGER;" /* when its product updated it */ \
    "ALTER TABLE findings ADD COLUMN severity_given INTEGER;" \
    "ALTER TABLE findings ADD COLUMN confidence_given INTEGER;" \
    "ALTER TABLE findings ADD COLUMN body TEXT;" /* as ASFF */ \
    "ALTER TABLE findings ADD COLUMN severity INTEGER;" /* what people and rules made of it */ \
    "ALTER TABLE findings ADD COLUMN confidence INTEGER;" \
    "ALTER TABLE findings ADD COLUMN user_fields TEXT;" \
    "ALTER TABLE findings ADD COLUMN record_state TEXT NOT NULL DEFAULT 'ACTIVE'" \
    "  CHECK (record_state IN ('ACTIVE', 'ARCHIVED'));" \
    "ALTER TABLE findings ADD COLUMN region TEXT NOT NULL DEFAULT '';" \
    "ALTER TABLE findings ADD COLUMN created_us INTEGER NOT NULL DEFAULT 0;" \
    "ALTER TABLE findings ADD COLUMN updated_us INTEGER NOT NULL DEFAULT 0;" \
    "UPDATE findings SET created_us = first_us, updated_us = last_us;" \
    "CREATE UNIQUE INDEX findings_given ON findings (product_arn, given_id)" \
    "  WHERE given_id IS NOT NULL;" \
    "CREATE INDEX findings_changed ON findings (updated_seq);" \
    "CREATE TABLE finding_resources (finding TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL," \
    "  region TEXT NOT NULL, PRIMARY KEY (finding, type, id)) WITHOUT ROWID;" \
    "CREATE TABLE finding_related (finding TEXT NOT NULL, other TEXT NOT NULL," \
    "  PRIMARY KEY (finding, other)) WITHOUT ROWID;" \
    "CREATE TABLE finding_related_signals (finding TEXT NOT NULL, signal INTEGER NOT NULL," \
    "  PRIMARY KEY (finding, signal)) WITHOUT ROWID;" \
    "CREATE TABLE finding_jobs (finding TEXT NOT NULL, kind TEXT NOT NULL," \
    "  tries INTEGER NOT NULL DEFAULT 0, due_us INTEGER NOT NULL DEFAULT 0," \
    "  PRIMARY KEY (finding, kind)) WITHOUT ROWID;" \
    "CREATE INDEX findings_principal ON findings (principal);" \
    "CREATE INDEX signals_principal ON signals (principal, eventtime);" \
    "CREATE INDEX finding_jobs_due ON finding_jobs (kind, due_us);" \
    ""
#define STATE_SQL_FINDINGS_SEEN \
    "CREATE TRIGGER findings_gone AFTER DELETE ON findings BEGIN" \
    "  DELETE FROM finding_resources WHERE finding = OLD.id;" \
    "  DELETE FROM finding_related WHERE finding = OLD.id OR other = OLD.id;" \
    "  DELETE FROM finding_related_signals WHERE finding = OLD.id;" \
    "  DELETE FROM finding_jobs WHERE finding = OLD.id; END;" \
    "CREATE TRIGGER findings_active AFTER UPDATE OF last_us ON findings" \
    "  WHEN NEW.last_us > OLD.last_us AND OLD.record_state = 'ARCHIVED' AND NEW.given_id IS NULL" \
    "  BEGIN" \
    "  UPDATE findings SET record_state = 'ACTIVE' WHERE id = NEW.id; END;" \
    "CREATE TRIGGER findings_followed AFTER INSERT ON findings WHEN coalesce(NEW.severity_given, (" \
    "  SELECT CASE level WHEN 'critical' THEN 90 WHEN 'high' THEN 70 WHEN 'medium' THEN 40 ELSE 0 END" \
    "  FROM rules WHERE id = NEW.rule)) >= 40 BEGIN" \
    "  INSERT OR IGNORE INTO finding_jobs (finding, kind) VALUES (NEW.id, 'follow'); END;" \
    "CREATE TRIGGER findings_followed_on AFTER UPDATE OF last_us ON findings WHEN NEW.last_us >" \
    "  OLD.last_us AND coalesce(NEW.severity, NEW.severity_given, (SELECT CASE level WHEN 'critical'" \
    "  THEN 90 WHEN 'high' THEN 70 WHEN 'medium' THEN 40 ELSE 0 END FROM rules WHERE id = NEW.rule))" \
    "  >= 40 BEGIN INSERT OR IGNORE INTO finding_jobs (finding, kind) VALUES (NEW.id, 'follow'); END;" \
    /* An imported one is new again when its product says so, not when it goes on. */ \
    "DROP TRIGGER findings_reopened;" \
    "CREATE TRIGGER findings_reopened AFTER UPDATE OF last_us ON findings WHEN NEW.given_id IS NULL" \
    "  AND NEW.last_us > OLD.last_us AND OLD.workflow = 'RESOLVED' BEGIN" \
    "  UPDATE findings SET workflow = 'NEW' WHERE id = NEW.id;" \
    "  INSERT INTO finding_history (finding, at_us, author, workflow, note) VALUES (NEW.id," \
    "   CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER), 'spoor', 'NEW'," \
    "   'it went on');" \
    "  INSERT INTO notices (kind, subject) VALUES ('reopened', NEW.id); END;" \
    "CREATE TRIGGER findings_given_again AFTER UPDATE OF given_us ON findings WHEN NEW.workflow =" \
    "  'NEW' AND OLD.workflow IN ('NOTIFIED', 'RESOLVED') BEGIN" \
    "  INSERT INTO finding_history (finding, at_us, author, workflow, note) VALUES (NEW.id," \
    "   CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER), 'spoor', 'NEW'," \
    "   NEW.product || ' says that it is active again');" \
    "  INSERT INTO notices (kind, subject) VALUES ('reopened', NEW.id); END;" \
    "CREATE VIEW finding_rows AS SELECT x.*, CASE WHEN given_level IS NOT NULL THEN given_level" \
    "  WHEN shown_severity >= 90 THEN 'critical' WHEN shown_severity >= 70 THEN 'high'" \
    "  WHEN shown_severity >= 40 THEN 'medium' WHEN shown_severity >= 1 THEN 'low'" \
    "  ELSE 'informational' END AS level, CASE WHEN shown_severity >= 90 THEN 'CRITICAL'" \
    "  WHEN shown_severity >= 70 THEN 'HIGH' WHEN shown_severity >= 40 THEN 'MEDIUM'" \
    "  WHEN shown_severity >= 1 THEN 'LOW' ELSE 'INFORMATIONAL' END AS severity_label FROM" \
    "  (SELECT f.*, r.title AS rule_title, r.body AS rule_text," \
    "   iif(coalesce(f.severity, f.severity_given) IS NULL, r.level, NULL) AS given_level," \
    "   coalesce(f.severity, f.severity_given, CASE r.level WHEN 'critical' THEN 90 WHEN 'high'" \
    "    THEN 70 WHEN 'medium' THEN 40 WHEN 'low' THEN 1 ELSE 0 END) AS shown_severity," \
    "   coalesce(f.confidence, f.confidence_given) AS shown_confidence" \
    "   FROM findings f JOIN rules r ON r.id = f.rule WHERE f.superseded_by IS NULL) x;" \
    "CREATE VIEW finding_evidence AS SELECT e.finding, s.eventtime, s.eventid, s.eventsource," \
    "  s.eventname, s.awsregion, s.recipientaccountid, s.principal, s.sourceipaddress, s.errorcode," \
    "  s.object_id, s.record_index, s.threat_lists FROM finding_events e JOIN signals s" \
    "  ON s.id = e.signal UNION ALL SELECT finding, eventtime, eventid, eventsource, eventname," \
    "  awsregion, recipientaccountid, principal, sourceipaddress, errorcode, object_id," \
    "  record_index, NULL FROM finding_hits;"
/* clang-format on */

#endif
