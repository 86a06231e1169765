/* state_schedules_sql.h - what version 12 of the state adds for rules that need memory: which hours
 * of events have news, how far each question was asked and at what cost, findings that are counted
 * only, and those that are not final yet. Internal to state.c. */
#ifndef LAKE_STATE_SCHEDULES_SQL_H
#define LAKE_STATE_SCHEDULES_SQL_H

/* clang-format off */

/* An hour (since 1970) of event time, and the last commit that brought events of it: parts of an
 * ingest touch the hours from their first event to their last, a day at most. What a merge writes
 * is no news. */
#define STATE_SQL_SCHEDULES \
    "CREATE TABLE fresh_hours (hour INTEGER PRIMARY KEY, seq INTEGER NOT NULL);" \
    "CREATE INDEX fresh_hours_seq ON fresh_hours (seq);" \
    "CREATE TRIGGER parts_fresh AFTER INSERT ON parts WHEN" \
    "  (SELECT kind FROM commits WHERE seq = NEW.added_seq) = 'ingest' BEGIN" \
    "  INSERT INTO fresh_hours (hour, seq) SELECT NEW.time_min / 3600000000 + h.column1," \
    "   NEW.added_seq FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)," \
    "   (12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23)) h" \
    "   WHERE NEW.time_min / 3600000000 + h.column1 <= NEW.time_max / 3600000000" \
    "   ON CONFLICT (hour) DO UPDATE SET seq = max(seq, excluded.seq); END;" \
    /* A question: of the hours behind evaluated_seq, what lies before pass_us was asked as of
     * pass_seq; NULL: no pass is under way. After failures it waits until due_us. */ \
    "CREATE TABLE sql_rules (" \
    "  rule_id TEXT PRIMARY KEY, rule INTEGER NOT NULL, version TEXT NOT NULL," \
    "  evaluated_seq INTEGER NOT NULL, pass_seq INTEGER," \
    "  pass_us INTEGER, due_us INTEGER NOT NULL DEFAULT 0," \
    "  failures INTEGER NOT NULL DEFAULT 0, reason TEXT) WITHOUT ROWID;" \
    "CREATE TABLE sql_runs (" \
    "  id INTEGER PRIMARY KEY, rule_id TEXT NOT NULL, at_us INTEGER NOT NULL," \
    "  from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, seconds REAL NOT NULL," \
    "  read_bytes INTEGER NOT NULL, rows INTEGER NOT NULL, reason TEXT);" \
    "CREATE INDEX sql_runs_rule ON sql_runs (rule_id, id);" \
    "CREATE TABLE delivery_lags (" \
    "  source TEXT NOT NULL, day INTEGER NOT NULL, lag_range INTEGER NOT NULL," \
    "  records INTEGER NOT NULL, PRIMARY KEY (source, day, lag_range)) WITHOUT ROWID;" \
    /* Seconds within which half, and 99 of 100, records of a source's last 7 days were delivered: the
     * ends of ranges (lake/delivery_lag.h). */ \
    "CREATE VIEW delivery_quantiles AS SELECT source," \
    "  ((1 << (half / 4)) * (5 + half % 4) + 3) / 4 - 1 AS median_s," \
    "  ((1 << (most / 4)) * (5 + most % 4) + 3) / 4 - 1 AS p99_s, records FROM" \
    "  (SELECT source, min(CASE WHEN upto * 2 >= total THEN lag_range END) AS half," \
    "   min(CASE WHEN upto * 100 >= total * 99 THEN lag_range END) AS most, max(total) AS records" \
    "   FROM (SELECT source, lag_range, sum(n) OVER (PARTITION BY source ORDER BY lag_range) AS upto," \
    "    sum(n) OVER (PARTITION BY source) AS total FROM (SELECT source, lag_range, sum(records) AS n" \
    "     FROM delivery_lags l WHERE day > (SELECT max(day) FROM delivery_lags m WHERE m.source =" \
    "     l.source) - 7 GROUP BY 1, 2)) GROUP BY source);"

/* `provisional`: of a rule that needs memory, while more events of its time may come, which they may
 * until `settles_us`. `dry_run`: the rule is tried out: what it finds is kept apart, nobody is told, nothing follows
 * from it. */
#define STATE_SQL_SCHEDULES_FINDINGS \
    "ALTER TABLE rules ADD COLUMN dry_run INTEGER NOT NULL DEFAULT 0;" \
    "ALTER TABLE findings ADD COLUMN dry_run INTEGER NOT NULL DEFAULT 0;" \
    "ALTER TABLE findings ADD COLUMN provisional INTEGER NOT NULL DEFAULT 0;" \
    "ALTER TABLE findings ADD COLUMN settles_us INTEGER;" \
    "CREATE INDEX findings_provisional ON findings (settles_us) WHERE provisional = 1;" \
    "DROP TRIGGER findings_told;" \
    "CREATE TRIGGER findings_told AFTER INSERT ON findings WHEN NEW.dry_run = 0 BEGIN" \
    "  INSERT INTO notices (kind, subject) VALUES ('finding', NEW.id); END;" \
    "CREATE TRIGGER finding_jobs_tried AFTER INSERT ON finding_jobs WHEN" \
    "  (SELECT dry_run FROM findings WHERE id = NEW.finding) = 1 BEGIN" \
    "  DELETE FROM finding_jobs WHERE finding = NEW.finding; END;" \
    "CREATE TRIGGER hub_pushes_tried AFTER INSERT ON hub_pushes WHEN" \
    "  (SELECT dry_run FROM findings WHERE id = NEW.finding) = 1 BEGIN" \
    "  DELETE FROM hub_pushes WHERE finding = NEW.finding; END;" \
    "DROP VIEW finding_rows;" \
    "CREATE VIEW finding_all AS SELECT x.*, CASE WHEN given_level IS NOT NULL THEN given_level" \
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
    "CREATE VIEW finding_rows AS SELECT * FROM finding_all WHERE dry_run = 0;"
/* clang-format on */

#endif
