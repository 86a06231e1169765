#include "profile/profile_many.h"

#include <string.h>

#include "base/engine.h"
#include "lake/summary_sql.h"
#include "profile/profile_abused.h"
#include "profile/profile_statement.h"
#include "search/search_statement.h"

static const int64_t HOUR_US = INT64_C(3600) * 1000 * 1000;

static bool put(const char *text, Buf *sql, Error *err)
{
    return buf_append_str(sql, str_of(text), err);
}

/* The column of `summary` that names the entities; NULL: it has none. */
static const char *counted_name(const ProfileEntity *by)
{
    static const struct {
        FieldNode node;
        const char *name;
    } FIELDS_COUNTED[] = {
        {F_EVENT_SOURCE, "eventsource"},
        {F_EVENT_NAME, "eventname"},
        {F_AWS_REGION, "awsregion"},
        {F_ERROR_CODE, "errorcode"},
        {F_RECIPIENT_ACCOUNT_ID, "recipientaccountid"},
        {F_EVENT_CATEGORY, "eventcategory"},
    };
    if (by->kind == PROFILE_PRINCIPAL)
        return "principal";
    if (by->kind == PROFILE_ACCOUNT)
        return "recipientaccountid";
    for (size_t i = 0; i < sizeof FIELDS_COUNTED / sizeof *FIELDS_COUNTED; i++)
        if (by->kind == PROFILE_FIELD && by->node == FIELDS_COUNTED[i].node)
            return FIELDS_COUNTED[i].name;
    return NULL;
}

/* *expression* and a whole hour: the one that *time_us* lies in, or with *up* the first behind. */
static bool put_hour(const char *expression, int64_t time_us, bool up, Buf *sql, Error *err)
{
    int64_t past = ((time_us % HOUR_US) + HOUR_US) % HOUR_US;
    int64_t hour = time_us - past + (up && past ? HOUR_US : 0);
    return put(expression, sql, err) && profile_statement_put_moment(hour, sql, err);
}

static bool is_cut(int64_t time_us)
{
    return time_us != INT64_MIN && time_us != INT64_MAX && time_us % HOUR_US != 0;
}

/* Rows (name, call's service, call, region, outcome, events, first, last) of records. */
static bool put_records(const ProfileEntity *by, Buf *sql, Error *err)
{
    return put("SELECT ", sql, err) && profile_entity_put_name(by, sql, err) &&
           put(" AS name, eventsource, eventname, awsregion, " SUMMARY_SQL_OUTCOME
               " AS outcome, CAST(1 AS BIGINT) AS events, eventtime AS first_time, eventtime AS "
               "last_time",
               sql, err);
}

/* " UNION ALL" the records before and behind whole hours. */
static bool put_cut(const ProfileMany *many, bool since, bool until, Buf *sql, Error *err)
{
    return put(" UNION ALL ", sql, err) && put_records(many->by, sql, err) &&
           put(" FROM cloudtrail WHERE (", sql, err) &&
           (!since || put_hour("eventtime < ", many->since_us, true, sql, err)) &&
           put(since && until ? " OR " : "", sql, err) &&
           (!until || put_hour("eventtime >= ", many->until_us, false, sql, err)) &&
           put(")", sql, err);
}

/* Whole hours as they were counted, and the records of others. */
static bool put_counted(const ProfileMany *many, const char *name, Buf *sql, Error *err)
{
    bool since = is_cut(many->since_us), until = is_cut(many->until_us);
    return buf_printf(sql, err,
                      "SELECT %s AS name, eventsource, eventname, awsregion, outcome, events, "
                      "first_time, last_time FROM summary WHERE TRUE",
                      name) &&
           (!since || put_hour(" AND hour >= ", many->since_us, true, sql, err)) &&
           (!until || put_hour(" AND hour < ", many->until_us, false, sql, err)) &&
           ((!since && !until) || put_cut(many, since, until, sql, err));
}

static const char COUNTS[] =
    "SELECT name, min(first_time) AS first_seen, max(last_time) AS last_seen, CAST(sum(events) AS "
    "BIGINT) AS calls, CAST(sum(CASE WHEN outcome = 'denied' THEN events ELSE 0 END) AS BIGINT) AS "
    "denied, CAST(sum(CASE WHEN abused_tactic IS NOT NULL THEN events ELSE 0 END) AS BIGINT) AS "
    "abused, count(DISTINCT awsregion) AS regions FROM counted LEFT JOIN abused ON abused_source = "
    "eventsource AND abused_name = eventname WHERE name IS NOT NULL GROUP BY name";

/* Ties go by name, so that an answer is always the same. */
static bool put_order(const ProfileMany *many, Buf *sql, Error *err)
{
    return buf_printf(sql, err, " ORDER BY %s DESC, name",
                      strcmp(many->sort, "last") == 0 ? "last_seen" : many->sort) &&
           (!many->limit || buf_printf(sql, err, " LIMIT %llu", (unsigned long long)many->limit));
}

static bool put_top(const ProfileMany *many, Buf *sql, Error *err)
{
    const char *name = counted_name(many->by);
    return put("WITH ", sql, err) && profile_abused_put(sql, err) &&
           put(", counted AS (", sql, err) &&
           (name ? put_counted(many, name, sql, err)
                 : put_records(many->by, sql, err) && put(" FROM cloudtrail", sql, err)) &&
           put("), top AS (", sql, err) && put(COUNTS, sql, err) && put_order(many, sql, err) &&
           put(")", sql, err);
}

/* How many addresses, or principals, the entities at the top have. */
static bool put_others(const ProfileMany *many, Buf *sql, Error *err)
{
    return put(", called AS (SELECT ", sql, err) && profile_entity_put_name(many->by, sql, err) &&
           buf_printf(sql, err, " AS name, ") &&
           put(many->by->kind == PROFILE_ADDRESS ? SUMMARY_SQL_PRINCIPAL : "sourceipaddress", sql,
               err) &&
           put(" AS other FROM cloudtrail), others AS (SELECT name, count(DISTINCT other) AS "
               "others "
               "FROM called WHERE name IN (SELECT name FROM top) GROUP BY name)",
               sql, err);
}

bool profile_many_write(const ProfileMany *many, Buf *sql, Error *err)
{
    return put_top(many, sql, err) && put_others(many, sql, err) &&
           put(" SELECT top.name AS ", sql, err) &&
           search_statement_put_name(profile_entity_word(many->by), sql, err) &&
           buf_printf(sql, err,
                      ", first_seen AS first, last_seen AS last, calls, denied, abused, "
                      "coalesce(others, 0) AS %s, regions FROM top LEFT JOIN others ON others.name "
                      "= top.name ORDER BY %s DESC, top.name",
                      many->by->kind == PROFILE_ADDRESS ? "principals" : "addresses",
                      strcmp(many->sort, "last") == 0 ? "last_seen" : many->sort);
}
