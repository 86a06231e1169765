/* report_audit - the sections of the audit report, and where they come from.
 *
 * What is not in the state stands in temporary tables, which the caller makes and fills before:
 * report_facts(section, item, value, result), report_controls(alarm, control), report_access(who,
 * call, bucket, times, first_us, last_us), report_changes(at_us, who, call, target, account,
 * region, error).
 */
#include "report/report.h"

/* clang-format off */
#define COLUMN(name, word, kind) {name, REPORT_WORD_##word, REPORT_##kind}

#define OBJECTS_OF_PERIOD \
    " kind <> 'digest' AND superseded_by IS NULL AND source <> 'lost' AND" \
    " coalesce(delivered_us, ingested_at_us) >= ?1 AND coalesce(delivered_us, ingested_at_us) < ?2 "

/* As a check's result: nothing is wrong, or somebody has to look. */
#define GOOD(condition) " iif(" condition ", 'holds', 'attention') "

/* Hours without logs: as status counts them. */
#define GAPS \
    "hours AS (SELECT DISTINCT account, region, delivered_us / 3600000000 AS hour FROM objects" \
    " WHERE delivered_us IS NOT NULL), newest AS (SELECT max(hour) AS stop FROM hours), runs AS" \
    " (SELECT account, region, hour + 1 AS since, lead(hour) OVER zone AS next, hour - lag(hour, 23)" \
    " OVER zone AS span FROM hours WINDOW zone AS (PARTITION BY account, region ORDER BY hour))," \
    " gaps AS (SELECT account, region, max(since, ?1 / 3600000000) AS since," \
    " min(coalesce(next, stop), ?2 / 3600000000) AS until FROM runs, newest WHERE span = 23 AND" \
    " coalesce(next, stop) > since AND since < ?2 / 3600000000 AND coalesce(next, stop) >" \
    " ?1 / 3600000000)"

/* What is listed in a digest of the period and never came. */
#define NEVER_CAME \
    " digest_logs_current l JOIN digests g ON g.object_id = l.digest WHERE g.start_us >= ?1 AND" \
    " g.start_us < ?2 AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.source = l.source AND o.key =" \
    " l.key AND o.superseded_by IS NULL) "

static const ReportSection SCOPE = {
    "scope", REPORT_WORD_SCOPE, REPORT_WORD_SCOPE_NOTE,
    "SELECT item, value FROM report_facts WHERE section = 'scope' UNION ALL"
    " SELECT 'objects_in_period', CAST(count(*) AS TEXT) FROM objects WHERE" OBJECTS_OF_PERIOD,
    {COLUMN("item", ITEM, WORD), COLUMN("value", VALUE, TEXT)}};

static const ReportSection CHECKS = {
    "checks", REPORT_WORD_CHECKS, REPORT_WORD_CHECKS_NOTE,
    "WITH " GAPS
    " SELECT 'receipts_add_up', " GOOD("count(*) = 0") ", CAST(count(*) AS TEXT) FROM objects WHERE"
    "  read <> kept + duplicate + dropped + quarantined"
    " UNION ALL SELECT item, result, value FROM report_facts WHERE section = 'checks'"
    " UNION ALL SELECT 'nothing_apart', " GOOD("count(*) = 0") ", CAST(count(*) AS TEXT) FROM"
    "  quarantine WHERE resolved_seq IS NULL AND at_us >= ?1 AND at_us < ?2"
    " UNION ALL SELECT 'digests_fit', CASE WHEN wrong > 0 THEN 'attention' WHEN unknown > 0 OR NOT"
    "  EXISTS (SELECT 1 FROM digests) THEN 'unknown' ELSE 'holds' END, CAST(wrong AS TEXT) || ' / ' ||"
    "  unknown FROM (SELECT coalesce(sum(verdict IN ('mismatch', 'unlisted')), 0) + (SELECT count(*)"
    "  FROM" NEVER_CAME ") AS wrong, coalesce(sum(verdict IN ('uncovered', 'listed')), 0) AS unknown FROM"
    "  receipts WHERE" OBJECTS_OF_PERIOD ")"
    " UNION ALL SELECT 'no_gaps', " GOOD("n = 0") ", CAST(n AS TEXT) FROM (SELECT coalesce(sum(until -"
    "  since), 0) AS n FROM gaps)"
    " UNION ALL SELECT 'findings_done', " GOOD("count(*) = 0") ", CAST(count(*) AS TEXT) FROM"
    "  finding_rows WHERE level IN ('high', 'critical') AND workflow IN ('NEW', 'NOTIFIED') AND"
    "  record_state = 'ACTIVE' AND last_us >= ?1 AND last_us < ?2"
    " UNION ALL SELECT 'notices_came', " GOOD("count(*) = 0") ", CAST(count(*) AS TEXT) FROM deliveries"
    "  WHERE state = 'dead' AND made_us >= ?1 AND made_us < ?2",
    {COLUMN("check", CHECK, WORD), COLUMN("result", RESULT, WORD), COLUMN("found", FOUND, TEXT)}};

static const ReportSection SOURCES = {
    "sources", REPORT_WORD_SOURCES, REPORT_WORD_SOURCES_NOTE,
    "WITH seen AS (SELECT substr(name, 8) AS root, CAST(value AS TEXT) AS look FROM meta WHERE name"
    "  GLOB 'source:*'), named AS (SELECT *, CASE WHEN root GLOB 's3://*' THEN 's3' WHEN root GLOB"
    "  'sqs://*' THEN 'sqs' WHEN root GLOB '-/*' THEN 'stdin' WHEN root GLOB 'cloudtrail:*' THEN"
    "  'cloudtrail' WHEN root GLOB 'logs://*' THEN 'logs' WHEN root GLOB 'firehose/*' THEN 'firehose'"
    "  ELSE 'file' END AS source FROM seen)"
    " SELECT root, json_extract(look, '$.listed'), json_extract(look, '$.waiting'),"
    "  (SELECT count(*) FROM objects o WHERE o.source = n.source AND o.key >= root AND o.key < root ||"
    "   char(1114111) AND state <> 'quarantined' AND" OBJECTS_OF_PERIOD "),"
    "  (SELECT count(*) FROM objects o WHERE o.source = n.source AND o.key >= root AND o.key < root ||"
    "   char(1114111) AND state = 'quarantined' AND" OBJECTS_OF_PERIOD "),"
    "  nullif(json_extract(look, '$.newest_us'), 0), nullif(json_extract(look, '$.looked_us'), 0)"
    " FROM named n ORDER BY root",
    {COLUMN("source", SOURCE, TEXT), COLUMN("listed", LISTED, COUNT), COLUMN("waiting", WAITING, COUNT),
     COLUMN("ingested", INGESTED, COUNT), COLUMN("set_apart", QUARANTINED, COUNT),
     COLUMN("newest", NEWEST, TIME), COLUMN("looked", LOOKED, TIME)}};

static const ReportSection REGIONS = {
    "regions", REPORT_WORD_REGIONS, REPORT_WORD_REGIONS_NOTE,
    "WITH " GAPS
    " SELECT account, region, count(*), sum(kept), count(DISTINCT delivered_us / 86400000000),"
    "  (SELECT coalesce(sum(until - since), 0) FROM gaps g WHERE g.account = o.account AND g.region ="
    "   o.region), min(delivered_us), max(delivered_us) FROM objects o WHERE delivered_us IS NOT NULL"
    "  AND " OBJECTS_OF_PERIOD " GROUP BY account, region ORDER BY account, region",
    {COLUMN("account", ACCOUNT, TEXT), COLUMN("region", REGION, TEXT), COLUMN("logs", LOGS, COUNT),
     COLUMN("records", RECORDS, COUNT), COLUMN("days", DAYS, COUNT),
     COLUMN("hours_without", HOURS_WITHOUT, COUNT), COLUMN("first", FIRST, TIME),
     COLUMN("last", LAST, TIME)}};

#define VERDICT(word) " sum(verdict = '" word "')"

static const ReportSection DIGESTS = {
    "digests", REPORT_WORD_DIGESTS, REPORT_WORD_DIGESTS_NOTE,
    "SELECT account, region," VERDICT("verified") "," VERDICT("listed") "," VERDICT("mismatch") ","
    VERDICT("missing") "," VERDICT("unlisted") "," VERDICT("uncovered") " FROM (SELECT account, region,"
    "  verdict FROM receipts WHERE" OBJECTS_OF_PERIOD "UNION ALL SELECT g.account, g.region, 'missing'"
    "  FROM" NEVER_CAME ") GROUP BY account, region ORDER BY account, region",
    {COLUMN("account", ACCOUNT, TEXT), COLUMN("region", REGION, TEXT),
     COLUMN("verified", VERIFIED, COUNT), COLUMN("listed", IN_DIGEST, COUNT),
     COLUMN("mismatch", MISMATCH, COUNT), COLUMN("missing", MISSING, COUNT),
     COLUMN("unlisted", UNLISTED, COUNT), COLUMN("uncovered", UNCOVERED, COUNT)}};

static const ReportSection CONTROLS = {
    "controls", REPORT_WORD_CONTROLS, REPORT_WORD_CONTROLS_NOTE,
    "SELECT c.control, c.alarm, iif(a.name IS NULL, 'no', 'yes'), a.state, a.since_us,"
    "  (SELECT count(*) FROM alarm_history h WHERE h.alarm = c.alarm AND h.new_state = 'ALARM' AND"
    "   h.old_state <> 'ALARM' AND h.at_us >= ?1 AND h.at_us < ?2),"
    "  (SELECT CAST(coalesce(sum(p.samples), 0) AS INTEGER) FROM metric_series s JOIN metric_points p"
    "   ON p.series = s.id WHERE s.filter = c.alarm AND NOT p.assumed AND p.start_s >= ?1 / 1000000 AND"
    "   p.start_s < ?2 / 1000000), a.reason"
    " FROM report_controls c LEFT JOIN alarms a ON a.name = c.alarm ORDER BY c.rowid",
    {COLUMN("control", CONTROL, TEXT), COLUMN("alarm", ALARM, TEXT), COLUMN("in_force", IN_FORCE, WORD),
     COLUMN("state", STATE, TEXT), COLUMN("since", SINCE, TIME), COLUMN("times", TIMES, COUNT),
     COLUMN("matched", MATCHED, COUNT), COLUMN("evidence", WHY, TEXT)}};

#define WORKFLOW(word) " sum(workflow = '" word "')"

static const ReportSection FINDINGS = {
    "findings", REPORT_WORD_FINDINGS, REPORT_WORD_FINDINGS_NOTE,
    "SELECT level," WORKFLOW("NEW") "," WORKFLOW("NOTIFIED") "," WORKFLOW("RESOLVED") ","
    WORKFLOW("SUPPRESSED") ", count(*) FROM finding_rows WHERE last_us >= ?1 AND last_us < ?2 GROUP BY"
    "  level ORDER BY max(shown_severity) DESC",
    {COLUMN("level", LEVEL, TEXT), COLUMN("new", NEW, COUNT), COLUMN("notified", NOTIFIED, COUNT),
     COLUMN("resolved", RESOLVED, COUNT), COLUMN("suppressed", SUPPRESSED, COUNT),
     COLUMN("all", ALL, COUNT)}};

static const ReportSection OPEN = {
    "open", REPORT_WORD_OPEN, REPORT_WORD_OPEN_NOTE,
    "SELECT id, rule_title, level, account, principal, first_us, last_us, workflow, assignee FROM"
    "  finding_rows WHERE level IN ('high', 'critical') AND workflow IN ('NEW', 'NOTIFIED') AND"
    "  record_state = 'ACTIVE' AND last_us >= ?1 AND last_us < ?2"
    " ORDER BY shown_severity DESC, last_us DESC, id",
    {COLUMN("id", ID, TEXT), COLUMN("title", WHAT, TEXT), COLUMN("level", LEVEL, TEXT),
     COLUMN("account", ACCOUNT, TEXT), COLUMN("principal", WHO, TEXT), COLUMN("first", FIRST, TIME),
     COLUMN("last", LAST, TIME), COLUMN("workflow", WORKFLOW, TEXT),
     COLUMN("assignee", ASSIGNEE, TEXT)}};

static const ReportSection TOLD = {
    "notifications", REPORT_WORD_TOLD, REPORT_WORD_TOLD_NOTE,
    "SELECT target, sum(state = 'sent'), sum(state = 'waiting'), sum(state = 'dead') FROM deliveries"
    "  WHERE made_us >= ?1 AND made_us < ?2 GROUP BY target ORDER BY target",
    {COLUMN("target", TARGET, TEXT), COLUMN("sent", SENT, COUNT), COLUMN("waiting", WAITING, COUNT),
     COLUMN("dead", DEAD, COUNT)}};

static const ReportSection RETENTION = {
    "retention", REPORT_WORD_RETENTION, REPORT_WORD_RETENTION_NOTE,
    "SELECT item, value FROM report_facts WHERE section = 'retention'",
    {COLUMN("setting", SETTING, TEXT), COLUMN("value", VALUE, TEXT)}};

static const ReportSection REMOVALS = {
    "removals", REPORT_WORD_REMOVALS, REPORT_WORD_REMOVALS_NOTE,
    "SELECT * FROM (SELECT CAST(strftime('%s', json_extract(entry, '$.at')) AS INTEGER) * 1000000 AS at,"
    "  json_extract(entry, '$.kind') AS kind, coalesce(json_extract(entry, '$.why'), '') || coalesce(json_extract(entry, '$.' ||"
    "  json_extract(entry, '$.kind')), ''), n FROM (SELECT n, CAST(body AS"
    "  TEXT) AS entry FROM ledger)) WHERE kind NOT IN ('ingest', 'merge', 'start') AND at >= ?1 AND at <"
    "  ?2 ORDER BY n",
    {COLUMN("when", WHEN, TIME), COLUMN("kind", KIND, TEXT), COLUMN("why", WHY, TEXT)}};

static const ReportSection ACCESS = {
    "access", REPORT_WORD_ACCESS, REPORT_WORD_ACCESS_NOTE,
    "SELECT who, call, bucket, times, first_us, last_us FROM report_access ORDER BY times DESC, who",
    {COLUMN("who", WHO, TEXT), COLUMN("call", CALL, TEXT), COLUMN("bucket", BUCKET, TEXT),
     COLUMN("times", OFTEN, COUNT), COLUMN("first", FIRST, TIME), COLUMN("last", LAST, TIME)}};

static const ReportSection CHANGES = {
    "changes", REPORT_WORD_CHANGES, REPORT_WORD_CHANGES_NOTE,
    "SELECT at_us, who, call, target, account, region, error FROM report_changes ORDER BY at_us, rowid",
    {COLUMN("when", WHEN, TIME), COLUMN("who", WHO, TEXT), COLUMN("call", CALL, TEXT),
     COLUMN("target", TARGET, TEXT), COLUMN("account", ACCOUNT, TEXT), COLUMN("region", REGION, TEXT),
     COLUMN("error", ERROR, TEXT)}};

static const ReportSection LEDGER = {
    "ledger", REPORT_WORD_LEDGER, REPORT_WORD_LEDGER_NOTE,
    "SELECT item, value FROM report_facts WHERE section = 'ledger' UNION ALL SELECT"
    " 'entries_in_period', CAST(count(*) AS TEXT) FROM ledger WHERE CAST(strftime('%s',"
    " json_extract(CAST(body AS TEXT), '$.at')) AS INTEGER) BETWEEN ?1 / 1000000 AND ?2 / 1000000 - 1",
    {COLUMN("item", ITEM, WORD), COLUMN("value", VALUE, TEXT)}};
/* clang-format on */

const ReportSection *const REPORT_AUDIT[] = {&SCOPE,     &CHECKS,   &SOURCES, &REGIONS, &DIGESTS,
                                             &CONTROLS,  &FINDINGS, &OPEN,    &TOLD,    &ACCESS,
                                             &RETENTION, &REMOVALS, &CHANGES, &LEDGER,  NULL};
