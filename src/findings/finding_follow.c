#include "findings/finding_follow.h"

#include <stdio.h>

#include "findings/finding.h"
#include "findings/story.h"

enum { TEXT_BYTES_MAX = 1 << 16, RESOURCE = 5 };

bool finding_follow_kin(Str principal, Buf *role, Buf *sessions, Error *err)
{
    Str partition = story_arn_part(principal, 1), account = story_arn_part(principal, 4);
    Str service = story_arn_part(principal, 2), name = story_arn_part(principal, RESOURCE);
    Str session = STR("assumed-role/"), before = STR("role/");
    if (str_equal(service, STR("sts")) && str_starts(name, session))
        return buf_printf(
            role, err, "arn:%.*s:iam::%.*s:role/%.*s", STR_ARG(partition), STR_ARG(account),
            STR_ARG(str_slice(name, session.len, str_find_byte(name, '/', session.len))));
    if (!str_equal(service, STR("iam")) || !str_starts(name, before))
        return true;
    size_t from = name.len; /* a session's ARN has the role's name without its path */
    while (name.ptr[from - 1] != '/')
        from--;
    return buf_printf(sessions, err, "arn:%.*s:sts::%.*s:assumed-role/%.*s/", STR_ARG(partition),
                      STR_ARG(account), STR_ARG(str_slice(name, from, name.len)));
}

/* A principal that is that of the finding f, its role, or a session of it. */
#define KIN(who)                                                                                   \
    "f.principal <> '' AND (" who " = f.principal OR (?2 <> '' AND " who                           \
    " = ?2) OR (?3 <> '' AND " who " >= ?3 AND " who " < ?3 || char(0x10ffff)))"

/* Other findings of that time. */
static const char RELATE[] =
    "INSERT OR IGNORE INTO finding_related (finding, other) SELECT ?1, o.id FROM findings f JOIN"
    " findings o ON o.id <> f.id AND o.superseded_by IS NULL AND o.dry_run = 0 AND o.last_us >= "
    "f.first_us - ?4 AND"
    " o.first_us <= f.last_us WHERE f.id = ?1 AND " KIN(
        "o.principal") " ORDER BY abs(o.last_us - f.last_us), o.id LIMIT ?5";

/* Those are related to it as well. */
static const char RELATE_BACK[] =
    "INSERT OR IGNORE INTO finding_related (finding, other) SELECT other, finding FROM"
    " finding_related r WHERE finding = ?1 AND ?2 = '' AND (SELECT count(*) FROM finding_related x"
    " WHERE x.finding = r.other) < 50";

/* Signals of that time that are not its own events. */
static const char SIGNALS[] =
    "INSERT OR IGNORE INTO finding_related_signals (finding, signal) SELECT ?1, s.id FROM findings "
    "f"
    " JOIN signals s ON s.eventtime BETWEEN f.first_us - ?4 AND f.last_us WHERE f.id = ?1 AND " KIN(
        "s.principal") " AND NOT EXISTS (SELECT 1 FROM finding_events e WHERE e.finding = ?1 AND"
                       " e.signal = s.id) ORDER BY abs(s.eventtime - f.last_us), s.id LIMIT ?5";

typedef struct Following {
    Str id, role, sessions;
} Following;

static bool run(Db *db, const char *sql, const Following *following, Error *err)
{
    DbStatement *insert = db_statement(db, sql, err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, following->id);
    db_bind_text(insert, 2, following->role);
    db_bind_text(insert, 3, following->sessions);
    db_bind_int(insert, 4, FINDING_FOLLOW_US);
    db_bind_int(insert, 5, FINDING_FOLLOW_MAX);
    return db_run(insert, err);
}

static bool read_principal(Db *db, Str id, Buf *ret, Error *err)
{
    bool row = false;
    DbStatement *select = db_statement(db, "SELECT principal FROM findings WHERE id = ?", err);
    if (!select)
        return false;
    db_bind_text(select, 1, id);
    if (!db_next(select, &row, err))
        return false;
    bool ok = !row || buf_append_str(ret, db_text(select, 0), err);
    if (row)
        db_reset(select);
    return ok;
}

static bool follow(Db *db, Str id, Error *err)
{
    char name[FINDING_ID_BYTES];
    BUF_AUTO Buf principal = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf role = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf sessions = buf_init(TEXT_BYTES_MAX);
    snprintf(name, sizeof name, "%.*s", STR_ARG(id));
    if (!read_principal(db, id, &principal, err) ||
        !finding_follow_kin(buf_str(&principal), &role, &sessions, err))
        return false;
    const Following following = {id, buf_str(&role), buf_str(&sessions)};
    return run(db, RELATE, &following, err) && db_run_texts(db, RELATE_BACK, name, "", err) &&
           run(db, SIGNALS, &following, err) &&
           db_run_texts(db, "DELETE FROM finding_jobs WHERE finding = ?1 AND kind = ?2", name,
                        "follow", err);
}

/* One that waits; *ret_any* is false when none does. */
static bool next(Db *db, Buf *ret, bool *ret_any, Error *err)
{
    DbStatement *select = db_statement(
        db, "SELECT finding FROM finding_jobs WHERE kind = 'follow' ORDER BY due_us LIMIT 1", err);
    ret->len = 0;
    if (!select || !db_next(select, ret_any, err))
        return false;
    bool ok = !*ret_any || buf_append_str(ret, db_text(select, 0), err);
    if (*ret_any)
        db_reset(select);
    return ok;
}

bool finding_follow_step(Db *db, int most, bool *ret_more, Error *err)
{
    BUF_AUTO Buf id = buf_init(TEXT_BYTES_MAX);
    bool any = true, ok = true;
    int done = 0;
    for (; ok && done < most; done++) {
        if (!next(db, &id, &any, err))
            return false;
        if (!any)
            break;
        ok = db_begin(db, err) && follow(db, buf_str(&id), err) && db_commit(db, err);
        if (!ok)
            db_rollback(db);
    }
    *ret_more = done == most;
    return ok;
}
