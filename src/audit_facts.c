#include "audit_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/config_document.h"
#include "base/content.h"
#include "base/timestamp.h"
#include "lake/ledger.h"
#include "verify/ledger_check.h"
#include "watch/alarm_set.h"

enum { VALUE_BYTES = 400, FILTER_BYTES_MAX = 300, CONFIG_ITEM_BYTES_MAX = 1 << 24 };

static const char TABLES[] =
    "DROP TABLE IF EXISTS temp.report_facts; DROP TABLE IF EXISTS temp.report_controls;"
    "DROP TABLE IF EXISTS temp.report_access; DROP TABLE IF EXISTS temp.report_changes;"
    "CREATE TEMP TABLE report_facts (section TEXT, item TEXT, value TEXT, result TEXT);"
    "CREATE TEMP TABLE report_controls (alarm TEXT, control TEXT);"
    "CREATE TEMP TABLE report_access (who TEXT, call TEXT, bucket TEXT, times INTEGER, first_us"
    " INTEGER, last_us INTEGER);"
    "CREATE TEMP TABLE report_changes (at_us INTEGER, who TEXT, call TEXT, target TEXT, account"
    " TEXT, region TEXT, error TEXT);";

bool audit_facts_add(const AuditFacts *facts, const char *section, const char *item, Str value,
                     const char *result, Error *err)
{
    DbStatement *insert =
        db_statement(facts->lake->db, "INSERT INTO report_facts VALUES (?, ?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(section));
    db_bind_text(insert, 2, str_of(item));
    db_bind_text(insert, 3, value);
    if (result)
        db_bind_text(insert, 4, str_of(result));
    return db_run(insert, err);
}

static bool add_count(const AuditFacts *facts, const char *section, const char *item,
                      uint64_t count, Error *err)
{
    char text[AMOUNT_TEXT_BYTES];
    amount_count(count, text);
    return audit_facts_add(facts, section, item, str_of(text), NULL, err);
}

/* ---- the scope ---- */

static bool add_scope(const AuditFacts *facts, Str lake, Error *err)
{
    const AuditOptions *options = facts->options;
    char since[TIMESTAMP_TEXT_BYTES], until[TIMESTAMP_TEXT_BYTES];
    char period[2 * TIMESTAMP_TEXT_BYTES + 8];
    timestamp_format_zone(options->since_us, since);
    timestamp_format_zone(options->until_us, until);
    snprintf(period, sizeof period, "%s - %s", since, until);
    return audit_facts_add(facts, "scope", "period", str_of(period), NULL, err) &&
           audit_facts_add(facts, "scope", "lake", lake, NULL, err) &&
           audit_facts_add(facts, "scope", "program", STR("spoor " SPOOR_VERSION), NULL, err) &&
           audit_facts_add(facts, "scope", "zone",
                           str_of(config_text(options->config, CONFIG_DISPLAY_ZONE)), NULL, err);
}

/* ---- the ledger ---- */

static void ignore(void *context, LedgerFinding finding, const char *detail)
{
    (void)context;
    (void)finding;
    (void)detail;
}

/* Whether the live parts have the rows that receipts say, but for those that retention took away.
 */
static bool add_rows(const AuditFacts *facts, const LedgerReport *ledger, Error *err)
{
    int64_t rows, kept;
    char text[VALUE_BYTES];
    if (!db_get_int(facts->lake->db,
                    "SELECT coalesce(sum(rows), 0) FROM parts WHERE removed_seq IS NULL", 0, &rows,
                    err) ||
        !db_get_int(facts->lake->db, "SELECT coalesce(sum(kept), 0) FROM objects", 0, &kept, err))
        return false;
    bool same = rows + (int64_t)ledger->retained_away == kept;
    snprintf(text, sizeof text, "%" PRId64 " = %" PRId64 " - %" PRIu64, rows, kept,
             ledger->retained_away);
    return audit_facts_add(facts, "checks", "rows_are_there", str_of(text),
                           same ? "holds" : "attention", err);
}

static bool add_ledger(const AuditFacts *facts, const LedgerReport *ledger, Error *err)
{
    char text[VALUE_BYTES], hex[2 * HASH_SHA256_BYTES + 1];
    uint8_t hash[HASH_SHA256_BYTES];
    int64_t newest;
    Error none = {0};
    snprintf(text, sizeof text, "%" PRIu64, ledger->entries);
    if (!audit_facts_add(facts, "checks", "ledger_holds", str_of(text),
                         ledger_check_is_clean(ledger) ? "holds" : "attention", err) ||
        !add_count(facts, "ledger", "entries", ledger->entries, err) ||
        !audit_facts_add(facts, "ledger", "key", str_of(ledger->key), NULL, err))
        return false;
    if (!ledger_head(facts->lake, &newest, hash, &none))
        return true; /* it has no entry */
    hash_hex(hash, sizeof hash, hex);
    return audit_facts_add(facts, "ledger", "head", str_of(hex), NULL, err);
}

static bool check_ledger(const AuditFacts *facts, LedgerReport *ret, Error *err)
{
    const LedgerCheck check = {.lake = facts->lake, .finding = ignore};
    return ledger_check_run(&check, ret, err) && add_rows(facts, ret, err) &&
           add_ledger(facts, ret, err);
}

/* ---- controls ---- */

static bool add_control(const AuditFacts *facts, const Alarm *alarm, Error *err)
{
    DbStatement *insert =
        db_statement(facts->lake->db, "INSERT INTO report_controls VALUES (?, ?)", err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, alarm->name);
    db_bind_text(insert, 2, alarm->description);
    return db_run(insert, err);
}

static const ContentFile *find_content(const char *path)
{
    const ContentFile *file = CONTENT_FILES;
    while (file->path && strcmp(file->path, path) != 0)
        file++;
    return file;
}

/* The set that ships, switched on or not, and how many of it are. */
static bool add_controls(const AuditFacts *facts, Error *err)
{
    int64_t on = 0;
    char text[VALUE_BYTES];
    const ContentFile *file = find_content("alarms/cis.yml");
    AlarmSet *set = alarm_set_read((Str){(const char *)file->bytes, file->len}, file->path, err);
    size_t count = set ? alarm_set_count(set) : 0;
    bool ok = set != NULL;
    for (size_t i = 0; ok && i < count; i++)
        ok = add_control(facts, alarm_set_at(set, i), err);
    alarm_set_free(set);
    ok =
        ok && db_get_int(facts->lake->db,
                         "SELECT count(*) FROM report_controls c JOIN alarms a ON a.name = c.alarm",
                         0, &on, err);
    snprintf(text, sizeof text, "%" PRId64 " / %zu", on, count);
    return ok && audit_facts_add(facts, "checks", "controls_on", str_of(text),
                                 on == (int64_t)count ? "holds" : "attention", err);
}

/* ---- what is in force ---- */

/* A filter, or files of them, as spoor.yml names it or has it in place. */
static bool add_filter(const AuditFacts *facts, Str item, Error *err)
{
    BUF_AUTO Buf text = buf_init(CONFIG_ITEM_BYTES_MAX);
    if (config_document_is(item)) {
        if (!config_document_read(item, &text, err))
            return false;
        item = str_trim(buf_str(&text));
    }
    return audit_facts_add(facts, "retention", CONFIG_TABLE[CONFIG_FILTERS].key,
                           str_slice(item, 0, str_utf8_prefix(item, FILTER_BYTES_MAX)), NULL, err);
}

static bool add_settings(const AuditFacts *facts, Error *err)
{
    static const ConfigKey KEYS[] = {
        CONFIG_KEEP_CLOUDTRAIL, CONFIG_KEEP_ORIGINALS, CONFIG_KEEP_ORIGINAL_DAYS, CONFIG_KEEP_LOCK,
        CONFIG_KEEP_FINDINGS,   CONFIG_KEEP_SIGNALS,   CONFIG_KEEP_QUARANTINE,    CONFIG_LAKE_KEEP,
        CONFIG_LEDGER_HEAD,     CONFIG_ALARMS_PATH,    CONFIG_FINDINGS_RULES};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof KEYS / sizeof *KEYS; i++)
        ok = audit_facts_add(facts, "retention", CONFIG_TABLE[KEYS[i]].key,
                             str_of(config_text(facts->options->config, KEYS[i])), NULL, err);
    Str item;
    for (size_t i = 0; ok && config_item(facts->options->config, CONFIG_FILTERS, i, &item); i++)
        ok = add_filter(facts, item, err);
    return ok;
}

/* Holds that were in force in the period, and what filters dropped and hid, each of them. */
static bool add_holds(const AuditFacts *facts, Error *err)
{
    DbStatement *insert = db_statement(
        facts->lake->db,
        "INSERT INTO report_facts SELECT 'retention', 'hold ' || case_name, trim(coalesce(account,"
        " '') || ' ' || coalesce(principal, '') || ' ' || coalesce(why, '')), NULL FROM holds WHERE"
        " at_us < ?2 AND (released_us IS NULL OR released_us >= ?1) UNION ALL SELECT 'retention',"
        " 'dropped by filters', coalesce(sum(dropped), 0) || ' records', NULL FROM objects WHERE"
        " ingested_at_us >= ?1 AND ingested_at_us < ?2 UNION ALL SELECT 'retention', 'filter ' ||"
        " f.name, f.verb || ': ' || sum(d.dropped) || ' records dropped, ' || sum(d.spared) ||"
        " ' spared, ' || sum(d.redacted) || ' with something hidden or changed', NULL FROM drops d"
        " JOIN filters f ON f.id = d.filter WHERE d.last_us >= ?1 AND d.first_us < ?2 GROUP BY"
        " f.name, f.verb",
        err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, facts->options->since_us);
    db_bind_int(insert, 2, facts->options->until_us);
    return db_run(insert, err);
}

bool audit_facts_make(const AuditFacts *facts, Str *ret_lake, Error *err)
{
    LedgerReport ledger = {0};
    if (!db_exec(facts->lake->db, TABLES, err) || !check_ledger(facts, &ledger, err))
        return false;
    const char *lake = arena_text(facts->arena, str_of(ledger.lake), err);
    *ret_lake = str_of(lake ? lake : "");
    return lake && add_scope(facts, *ret_lake, err) && audit_facts_of_records(facts, err) &&
           add_controls(facts, err) && add_settings(facts, err) && add_holds(facts, err);
}
