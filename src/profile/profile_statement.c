#include "profile/profile_statement.h"

#include "base/engine.h"
#include "base/timestamp.h"
#include "lake/summary_sql.h"
#include "profile/profile_abused.h"

static const struct {
    const char *word, *condition, *value, *detail;
} PARTS[PROFILE_PARTS] = {
#define PART(id, word, heading, condition, value, detail) {word, condition, value, detail},
#include "profile/profile_part_table.h"
#undef PART
};

/* What the lists want of a call. */
static const char COLUMNS[] =
    "SELECT eventtime, eventsource, eventname, concat(replace(eventsource, '.amazonaws.com', ''), "
    "':', eventname) AS call, errorcode, " SUMMARY_SQL_OUTCOME
    " AS outcome, coalesce(readonly, derived.action IN ('read', 'list')) AS reads, "
    "derived.off_hours AS off_hours, coalesce(derived.client_name, useragent) AS client, "
    "derived.client_family AS client_family, sourceipaddress, derived.country AS country, "
    "awsregion, recipientaccountid, derived.account_name AS account_name, " SUMMARY_SQL_PRINCIPAL
    " AS principal, principal_arn, session_issuer_arn, accesskey_id, object_id, record_index "
    "FROM cloudtrail WHERE ";

static bool put(const char *text, Buf *sql, Error *err)
{
    return buf_append_str(sql, str_of(text), err);
}

static bool put_hits(const ProfileEntity *entity, Buf *sql, Error *err)
{
    bool ok = put("hits AS (", sql, err);
    for (int i = 0; ok && i < profile_entity_conditions(entity); i++)
        ok = (!i || put(" UNION ALL ", sql, err)) && put(COLUMNS, sql, err) &&
             profile_entity_put_condition(entity, i, sql, err);
    return ok && put(")", sql, err);
}

static bool put_total(Buf *sql, Error *err)
{
    return put("SELECT -1 AS place, 1 AS number, 'calls' AS part, CAST(NULL AS VARCHAR) AS value, "
               "CAST(NULL AS VARCHAR) AS detail, count(*) AS events, count_if(outcome = 'denied') "
               "AS denied, count_if(outcome = 'failed') AS failed, min(eventtime) AS first_seen, "
               "max(eventtime) AS last_seen, CAST(1 AS BIGINT) AS of FROM hits HAVING count(*) > 0",
               sql, err);
}

static bool put_list(ProfilePart part, Buf *sql, Error *err)
{
    const char *value = PARTS[part].value;
    return buf_printf(sql, err,
                      " UNION ALL SELECT %d, row_number() OVER (ORDER BY count(*) DESC, %s), '%s', "
                      "%s, CAST(max(%s) AS VARCHAR), count(*), count_if(outcome = 'denied'), "
                      "count_if(outcome = 'failed'), min(eventtime), max(eventtime), count(*) OVER "
                      "() FROM hits%s WHERE %s AND %s IS NOT NULL GROUP BY %s",
                      (int)part, value, PARTS[part].word, value, PARTS[part].detail,
                      part == PROFILE_PART_ABUSED ? " JOIN abused ON abused_source = eventsource "
                                                    "AND abused_name = eventname"
                                                  : "",
                      PARTS[part].condition, value, value);
}

bool profile_statement_put_moment(int64_t time_us, Buf *sql, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us, text);
    return buf_printf(sql, err, "TIMESTAMP '%.10s %.8s'", text, text + 11);
}

/* Findings that reach into the time. */
static bool put_time(const ProfileAsk *ask, Buf *sql, Error *err)
{
    bool since = ask->since_us != INT64_MIN, until = ask->until_us != INT64_MAX;
    return (!since || (put(" AND last_seen >= ", sql, err) &&
                       profile_statement_put_moment(ask->since_us, sql, err))) &&
           (!until || (put(" AND first_seen < ", sql, err) &&
                       profile_statement_put_moment(ask->until_us, sql, err)));
}

static bool put_findings(const ProfileAsk *ask, Buf *sql, Error *err)
{
    return buf_printf(
               sql, err,
               " UNION ALL SELECT %d, row_number() OVER (ORDER BY gravity, last_seen DESC, title), "
               "'finding', title, level, events, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), "
               "first_seen, last_seen, count(*) OVER () FROM (SELECT coalesce(rule_title, rule_id) "
               "AS title, coalesce(level, lower(severity_label)) AS level, min(CASE "
               "coalesce(level, lower(severity_label)) WHEN 'critical' THEN 0 WHEN 'high' THEN 1 "
               "WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END) AS gravity, count(*) AS events, "
               "min(first_seen) AS first_seen, max(last_seen) AS last_seen FROM findings WHERE ",
               (int)PROFILE_PART_FINDING) &&
           profile_entity_put_findings(ask->entity, "hits", sql, err) && put_time(ask, sql, err) &&
           put(" GROUP BY 1, 2) AS found", sql, err);
}

bool profile_statement_write(const ProfileAsk *ask, Buf *sql, Error *err)
{
    bool ok = put("WITH ", sql, err) && profile_abused_put(sql, err) && put(", ", sql, err) &&
              put_hits(ask->entity, sql, err) &&
              put(" SELECT part, value, detail, events, denied, failed, first_seen, last_seen, of "
                  "FROM (",
                  sql, err) &&
              put_total(sql, err);
    for (int part = 0; ok && part < PROFILE_PARTS; part++)
        ok = part == PROFILE_PART_FINDING ? put_findings(ask, sql, err)
                                          : put_list((ProfilePart)part, sql, err);
    return ok && buf_printf(sql, err,
                            ") AS parts WHERE number <= %u OR place < %d ORDER BY place, number",
                            ask->max, (int)PROFILE_PART_FINDING);
}
