#include "finding_explain.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/timestamp.h"
#include "findings/finding_episode.h"
#include "findings/finding_follow.h"
#include "query/session.h"

enum { STEP_MAX = 100, SQL_BYTES_MAX = 1 << 20, ARENA_BYTES_MAX = 64 << 20, CELLS = 9 };

static const int64_t SECOND_US = 1000000;
static const int64_t MARGIN_US = INT64_C(300) * 1000000;
static const int64_t AGAIN_US = INT64_C(600) * 1000000;
static const int64_t GIVE_UP_US = INT64_C(2) * 86400 * 1000000;

/* What an imported finding says of the events behind it; empty: nothing. */
typedef struct Clue {
    Finding finding;
    Str key, principal, address, call, service;
} Clue;

static Str text_at(const Json *value, const char *path)
{
    return json_text(json_path(value, str_of(path)), STR(""));
}

/* The access key: ASFF's Details say it, else what follows the last ':' of the resource's Id. */
static Str key_of(const Json *body)
{
    const Json *resources = json_member(body, STR("Resources"));
    for (const Json *each = resources ? resources->first : NULL; each; each = each->next) {
        Str id = text_at(each, "Id"), key = text_at(each, "Details.AwsIamAccessKey.AccessKeyId");
        size_t from = id.len;
        if (!str_equal(text_at(each, "Type"), STR("AwsIamAccessKey")))
            continue;
        while (from > 0 && id.ptr[from - 1] != ':')
            from--;
        return key.len ? key : str_slice(id, from, id.len);
    }
    return STR("");
}

static bool read_clue(Db *db, Str id, Arena *arena, Clue *ret, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    if (!finding_get(db, id, arena, &ret->finding, err))
        return false;
    const Json *body =
        ret->finding.body.ptr ? json_read(ret->finding.body, &LIMITS, arena, err) : NULL;
    if (ret->finding.body.ptr && !body)
        return false;
    ret->key = key_of(body);
    ret->principal = ret->finding.principal;
    ret->address = text_at(body, "Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4");
    ret->call = text_at(body, "Action.AwsApiCallAction.Api");
    ret->service = text_at(body, "Action.AwsApiCallAction.ServiceName");
    return true;
}

/* " AND column = 'text'" where there is a text. */
static bool put_equal(Buf *sql, const char *column, Str text, Error *err)
{
    return !text.len ||
           (buf_printf(sql, err, " AND %s = ", column) && engine_quote(sql, text, err));
}

/* Who did it: by key, else by principal or the role of its session, else by address. */
static bool put_who(const Clue *clue, Buf *sql, Error *err)
{
    if (clue->key.len)
        return put_equal(sql, "accesskey_id", clue->key, err);
    if (clue->principal.len)
        return buf_printf(sql, err, " AND (principal_arn = ") &&
               engine_quote(sql, clue->principal, err) &&
               buf_printf(sql, err, " OR session_issuer_arn = ") &&
               engine_quote(sql, clue->principal, err) && buf_printf(sql, err, ")");
    return put_equal(sql, "sourceipaddress", clue->address, err);
}

static bool put_time(Buf *sql, const char *operator, int64_t time_us, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(time_us / SECOND_US * SECOND_US, text);
    text[10] = ' ';
    text[19] = '\0';
    return buf_printf(sql, err, " AND eventtime %s TIMESTAMP '%s'", operator, text);
}

static bool write_query(const Clue *clue, Buf *sql, Error *err)
{
    return buf_printf(sql, err,
                      "SELECT object_id, record_index, eventtime, eventid, eventsource, eventname,"
                      " awsregion, recipientaccountid, principal_arn, sourceipaddress, errorcode"
                      " FROM cloudtrail WHERE recipientaccountid = ") &&
           engine_quote(sql, clue->finding.account, err) && put_who(clue, sql, err) &&
           put_equal(sql, "eventname", clue->call, err) &&
           put_equal(sql, "eventsource", clue->service, err) &&
           put_time(sql, ">=", clue->finding.first_us - MARGIN_US, err) &&
           put_time(sql, "<=", clue->finding.last_us + MARGIN_US, err) &&
           buf_printf(sql, err, " ORDER BY eventtime, object_id, record_index LIMIT %d",
                      FINDING_EVENTS_MAX);
}

/* ---- what came of it ---- */

/* One row as an event of the finding; its texts in *cells*. */
static bool read_hit(const EngineResult *row, const Clue *clue, Buf *cells, FindingHit *ret,
                     Error *err)
{
    *ret = (FindingHit){.time_us = clue->finding.first_us};
    Str *texts[] = {&ret->event_id, &ret->event_source, &ret->event_name, &ret->region,
                    &ret->account,  &ret->principal,    &ret->address,    &ret->error_code};
    if (!engine_long(row, 0, &ret->object_id, err) || !engine_long(row, 1, &ret->record_index, err))
        return false;
    (void)engine_moment(row, 2, &ret->time_us);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cells[i].len = 0;
        if (engine_is_null(row, 3 + i))
            continue;
        if (!engine_value(row, 3 + i, ENGINE_TEXT, &cells[i], err))
            return false;
        *texts[i] = buf_str(&cells[i]);
    }
    return true;
}

static bool take_rows(Db *db, const Clue *clue, EngineResult *result, int *ret_found, Error *err)
{
    Buf cells[CELLS];
    bool row = false, ok = true, added;
    for (int i = 0; i < CELLS; i++)
        cells[i] = buf_init(SQL_BYTES_MAX);
    while (ok && (ok = engine_next(result, &row, err)) && row) {
        FindingHit hit;
        ok = read_hit(result, clue, cells, &hit, err) &&
             finding_episode_hit(db, clue->finding.id, &hit, &added, err);
        ++*ret_found;
    }
    for (int i = 0; i < CELLS; i++)
        buf_free(&cells[i]);
    return ok;
}

/* Of an assumed role whose session only the events tell, that session: if it is one. */
static bool take_principal(Db *db, const char *id, Error *err)
{
    return db_run_texts(db,
                        "UPDATE findings SET principal = h.principal FROM (SELECT min(principal) AS"
                        " principal, count(DISTINCT principal) AS n FROM finding_hits WHERE finding"
                        " = ?1) h WHERE id = ?1 AND h.n = 1 AND ?2 = ''",
                        id, "", err);
}

static bool explain(Db *db, Lake *reader, const Config *config, const Clue *clue, int *ret_found,
                    Error *err)
{
    const SessionOptions options = {.config = config,
                                    .since_us = clue->finding.first_us - 2 * MARGIN_US,
                                    .until_us = clue->finding.last_us + 2 * MARGIN_US,
                                    .threads = 1};
    BUF_AUTO Buf sql = buf_init(SQL_BYTES_MAX);
    char id[FINDING_ID_BYTES];
    snprintf(id, sizeof id, "%.*s", STR_ARG(clue->finding.id));
    Session *session = write_query(clue, &sql, err) ? session_open(reader, &options, err) : NULL;
    EngineResult *result = session ? session_query(session, buf_str(&sql), err) : NULL;
    bool ok = result && db_begin(db, err);
    ok = ok && take_rows(db, clue, result, ret_found, err) &&
         (!*ret_found || take_principal(db, id, err)) && db_commit(db, err);
    if (!ok)
        db_rollback(db);
    engine_result_free(result);
    session_close(session);
    return ok;
}

/* It is looked at again, unless its time is long past; it may be so for the second time. */
static bool put_off(Db *db, const Clue *clue, Error *err)
{
    int64_t now = clock_now_us();
    bool over = now - clue->finding.updated_us > GIVE_UP_US;
    DbStatement *put =
        db_statement(db,
                     "UPDATE OR REPLACE finding_jobs SET tries = tries + 1, due_us ="
                     " ?2, kind = iif(?3, 'unexplained', kind) WHERE finding = ?1 AND kind ="
                     " 'explain'",
                     err);
    if (!put)
        return false;
    db_bind_text(put, 1, clue->finding.id);
    db_bind_int(put, 2, now + AGAIN_US);
    db_bind_int(put, 3, over);
    return db_run(put, err);
}

static bool explain_one(Db *db, Lake *reader, const Config *config, Str id, Error *err)
{
    Clue clue;
    char done[FINDING_ID_BYTES];
    int found = 0;
    Arena *arena = arena_new(ARENA_BYTES_MAX, err);
    snprintf(done, sizeof done, "%.*s", STR_ARG(id));
    bool ok = arena && read_clue(db, id, arena, &clue, err);
    bool any = ok && (clue.key.len || clue.principal.len || clue.address.len);
    ok = ok && (!any || explain(db, reader, config, &clue, &found, err)) &&
         (any && !found
              ? put_off(db, &clue, err)
              : db_run_texts(db, "DELETE FROM finding_jobs WHERE finding = ?1 AND kind = ?2", done,
                             "explain", err));
    arena_free(arena);
    return ok;
}

/* The ids of what is due, one behind the other. */
static bool list_due(Db *db, Buf *ids, Error *err)
{
    bool row = true;
    DbStatement *select = db_statement(db,
                                       "SELECT finding FROM finding_jobs WHERE kind = 'explain' AND"
                                       " due_us <= ? ORDER BY due_us LIMIT 100",
                                       err);
    if (!select)
        return false;
    db_bind_int(select, 1, clock_now_us());
    while (db_next(select, &row, err)) {
        if (!row)
            return true;
        if (!buf_append_str(ids, db_text(select, 0), err)) {
            db_reset(select);
            return false;
        }
    }
    return false;
}

bool finding_explain_step(Db *db, Lake *reader, const Config *config, bool *ret_more, Error *err)
{
    BUF_AUTO Buf ids = buf_init(SQL_BYTES_MAX);
    bool more = false, ok = list_due(db, &ids, err);
    for (size_t at = 0; ok && at < ids.len; at += FINDING_ID_BYTES - 1)
        ok = explain_one(db, reader, config,
                         str_slice(buf_str(&ids), at, at + FINDING_ID_BYTES - 1), err);
    ok = ok && finding_follow_step(db, STEP_MAX, &more, err);
    *ret_more = more || ids.len == (size_t)STEP_MAX * (FINDING_ID_BYTES - 1);
    return ok;
}
