#include "watch/sql_store.h"

#include "base/clock.h"
#include "lake/delivery_lag.h"
#include "watch/sql_watch.h"

/* What one asking cost; only the last ones of a rule are kept. */
static bool record_run(const SqlStore *store, const Error *why, Error *err)
{
    DbStatement *insert =
        db_statement(store->db,
                     "INSERT INTO sql_runs (rule_id, at_us, from_us, to_us, seconds, read_bytes,"
                     " rows, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, store->rule_id);
    db_bind_int(insert, 2, clock_now_us());
    db_bind_int(insert, 3, store->question->from_us);
    db_bind_int(insert, 4, store->question->to_us);
    db_bind_real(insert, 5, store->answer->seconds);
    db_bind_int(insert, 6, (int64_t)store->answer->read_bytes);
    db_bind_int(insert, 7, (int64_t)store->answer->row_count);
    if (why)
        db_bind_text(insert, 8, str_of(why->text));
    DbStatement *trim =
        db_run(insert, err)
            ? db_statement(store->db,
                           "DELETE FROM sql_runs WHERE rule_id = ?1 AND id <= (SELECT id FROM"
                           " sql_runs WHERE rule_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                           err)
            : NULL;
    if (!trim)
        return false;
    db_bind_text(trim, 1, store->rule_id);
    db_bind_int(trim, 2, SQL_WATCH_RUNS_KEPT);
    return db_run(trim, err);
}

static bool store_progress(const SqlStore *store, Error *err)
{
    DbStatement *update =
        db_statement(store->db,
                     "UPDATE sql_rules SET pass_seq = ?2, pass_us = ?3, failures = 0, reason ="
                     " NULL, due_us = 0 WHERE rule_id = ?1",
                     err);
    if (!update)
        return false;
    db_bind_text(update, 1, store->rule_id);
    db_bind_int(update, 2, store->progress->pass_seq);
    db_bind_int(update, 3, store->question->to_us);
    return db_run(update, err);
}

static bool add_events(const SqlStore *store, const SqlRow *row, const char *id, int64_t room,
                       Error *err)
{
    bool ok = true, added = false;
    for (uint32_t i = 0; ok && i < row->event_count && room > 0; i++) {
        const FindingHit *event = sql_ask_event(store->answer, row->event_ids[i]);
        if (!event)
            continue;
        FindingHit hit = *event;
        hit.rule = store->rule;
        ok = finding_episode_hit(store->db, str_of(id), &hit, &added, err);
        room -= added;
    }
    return ok;
}

static bool store_row(const SqlStore *store, const SqlRow *row, int64_t settle_us, Error *err)
{
    char id[FINDING_ID_BYTES];
    int64_t hits = 0;
    const FindingEpisode episode = {.rule_id = store->rule_id,
                                    .rule = store->rule,
                                    .group_by = row->group,
                                    .event_id = row->event_ids[0],
                                    .first_us = row->first_us,
                                    .last_us = row->last_us,
                                    .value = row->value,
                                    .gap_us = FINDING_GAP_US,
                                    .settles_us = store->question->to_us + settle_us,
                                    .commit_seq = store->progress->pass_seq};
    return finding_episode_add(store->db, &episode, id, &hits, err) &&
           add_events(store, row, id, FINDING_EVENTS_MAX - hits, err) &&
           finding_episode_end(store->db, str_of(id), err) &&
           (!store->automation || automation_apply(store->automation, store->db, str_of(id), err));
}

bool sql_store_answer(const SqlStore *store, Error *err)
{
    if (!db_begin(store->db, err))
        return false;
    int64_t settle_us;
    bool ok = delivery_lag_settle(store->db, &settle_us, err);
    for (size_t i = 0; ok && i < store->answer->row_count; i++)
        ok = store_row(store, &store->answer->rows[i], settle_us, err);
    ok = ok && store_progress(store, err) && record_run(store, NULL, err) &&
         db_commit(store->db, err);
    if (!ok)
        db_rollback(store->db);
    return ok;
}

static bool store_wait(const SqlStore *store, const Error *why, int64_t due_us, Error *err)
{
    DbStatement *update = db_statement(
        store->db,
        "UPDATE sql_rules SET failures = failures + 1, reason = ?2, due_us = ?3 WHERE rule_id = ?1",
        err);
    if (!update)
        return false;
    db_bind_text(update, 1, store->rule_id);
    db_bind_text(update, 2, str_of(why->text));
    db_bind_int(update, 3, due_us);
    return db_run(update, err);
}

bool sql_store_failure(const SqlStore *store, const Error *why, int64_t due_us, Error *err)
{
    if (!db_begin(store->db, err))
        return false;
    bool ok = store_wait(store, why, due_us, err) && record_run(store, why, err) &&
              db_commit(store->db, err);
    if (!ok)
        db_rollback(store->db);
    return ok;
}
