/* watch_store - what correlations found goes into the state. */
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "findings/automation.h"
#include "findings/finding_episode.h"
#include "lake/delivery_lag.h"
#include "lake/signal_pack.h"
#include "watch/watch_state.h"

enum { GROUP_BYTES_MAX = 8 << 20 };

/* A finding that an episode became, and how many more events it takes. */
typedef struct Kept {
    char id[FINDING_ID_BYTES];
    int64_t room;
} Kept;

typedef struct Storing {
    Watch *watch;
    const WatchEpisode *episodes;
    size_t episode_count;
    WatchHit *hits; /* by signal, so that each pack is read once */
    size_t hit_count;
    Kept *kept; /* by episode */
} Storing;

/* The group's values under their names, as a JSON object. */
static bool write_group(const WatchEpisode *episode, Arena *arena, Buf *out, Error *err)
{
    const RuleTexts *names = &episode->watched->rule->correlation->group_by;
    const Json *values = json_read(episode->group, &JSON_LIMITS_DEFAULT, arena, err);
    bool ok = values && buf_append_byte(out, '{', err);
    const Json *value = values ? values->first : NULL;
    for (uint32_t i = 0; ok && value && i < names->count; i++, value = value->next)
        ok = (i == 0 || buf_append_byte(out, ',', err)) &&
             json_append_string(out, names->list[i], err) && buf_append_byte(out, ':', err) &&
             json_append_string(out, json_text(value, STR("")), err);
    return ok && buf_append_byte(out, '}', err);
}

static bool store_episode(Storing *in, size_t index, Error *err)
{
    const WatchEpisode *episode = &in->episodes[index];
    const Correlation *correlation = episode->watched->rule->correlation;
    BUF_AUTO Buf group = buf_init(GROUP_BYTES_MAX);
    BUF_AUTO Buf place = buf_init(64);
    int64_t hits = 0;
    if (!write_group(episode, in->watch->texts, &group, err) ||
        !buf_printf(&place, err, "%lld", (long long)episode->signal))
        return false;
    const FindingEpisode found = {
        .rule_id = episode->watched->rule_id,
        .rule = episode->watched->row,
        .group_by = buf_str(&group),
        .event_id = episode->event_id.len ? episode->event_id : buf_str(&place),
        .first_us = episode->first_us,
        .last_us = episode->last_us,
        .value = episode->value,
        .lowest = correlation->bound_count &&
                  (correlation->bounds[0].op == BOUND_LT || correlation->bounds[0].op == BOUND_LTE),
        .settles_us = episode->last_us + in->watch->settle_us,
        .commit_seq = in->watch->seq};
    if (!finding_episode_add(in->watch->lake->db, &found, in->kept[index].id, &hits, err))
        return false;
    in->kept[index].room = FINDING_EVENTS_MAX - hits;
    return true;
}

static int by_signal(const void *a, const void *b)
{
    const WatchHit *left = a, *right = b;
    if (left->signal != right->signal)
        return left->signal < right->signal ? -1 : 1;
    return (left->episode > right->episode) - (left->episode < right->episode);
}

static bool add_hit(Storing *in, Kept *kept, const PackedSignal *signal, Error *err)
{
    const FindingHit hit = {.rule = signal->rule,
                            .time_us = signal->time_us,
                            .object_id = signal->object_id,
                            .record_index = signal->record_index,
                            .event_id = signal->texts[PACK_EVENT_ID],
                            .event_source = signal->texts[PACK_EVENT_SOURCE],
                            .event_name = signal->texts[PACK_EVENT_NAME],
                            .region = signal->texts[PACK_AWS_REGION],
                            .account = signal->texts[PACK_ACCOUNT],
                            .principal = signal->texts[PACK_PRINCIPAL],
                            .address = signal->texts[PACK_ADDRESS],
                            .error_code = signal->texts[PACK_ERROR_CODE]};
    bool added = false;
    bool ok = kept->room <= 0 ||
              finding_episode_hit(in->watch->lake->db, str_of(kept->id), &hit, &added, err);
    kept->room -= added;
    return ok;
}

/* Stores the hits from *at* on that lie in one pack; returns where the next pack's begin. */
static bool store_pack(Storing *in, Str blob, size_t *at, Error *err)
{
    int64_t pack = in->hits[*at].signal >> PACK_PLACE_BITS;
    PackedSignal signal;
    PackReader *reader = signal_pack_open(blob, err);
    bool ok = reader != NULL;
    while (ok && signal_pack_next(reader, &signal)) {
        int64_t id = pack << PACK_PLACE_BITS | signal.place;
        for (; ok && *at < in->hit_count && in->hits[*at].signal == id; ++*at)
            ok = add_hit(in, &in->kept[in->hits[*at].episode], &signal, err);
        if (*at == in->hit_count || in->hits[*at].signal >> PACK_PLACE_BITS != pack)
            break;
    }
    signal_pack_close(reader);
    return ok;
}

static bool store_hits(Storing *in, Error *err)
{
    bool ok = true, row = false;
    for (size_t at = 0, before; ok && at < in->hit_count;) {
        DbStatement *select =
            db_statement(in->watch->lake->db, "SELECT bytes FROM signal_packs WHERE id = ?", err);
        if (!select)
            return false;
        before = at;
        db_bind_int(select, 1, in->hits[at].signal >> PACK_PLACE_BITS);
        ok = db_next(select, &row, err) && row && store_pack(in, db_blob(select, 0), &at, err);
        db_reset(select);
        if (ok && at == before)
            ok = error_set(err, ERROR_SYSTEM, "a signal of a finding is in no pack");
    }
    return ok;
}

static bool store_progress(const Watch *watch, const Watched *watched, Error *err)
{
    DbStatement *update = db_statement(watch->lake->db,
                                       "UPDATE correlations SET evaluated_seq = ?2, horizon_us ="
                                       " ?3, untold = untold + ?4 WHERE rule_id = ?1",
                                       err);
    if (!update)
        return false;
    db_bind_text(update, 1, watched->rule_id);
    db_bind_int(update, 2, watch->seq);
    if (watch->horizon_us != WATCH_NEVER)
        db_bind_int(update, 3, watch->horizon_us);
    db_bind_int(update, 4, (int64_t)watched->untold);
    return db_run(update, err);
}

static bool store_all(Storing *in, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < in->episode_count; i++)
        ok = store_episode(in, i, err);
    ok = ok && store_hits(in, err);
    for (size_t i = 0; ok && i < in->episode_count; i++)
        ok = finding_episode_end(in->watch->lake->db, str_of(in->kept[i].id), err);
    for (size_t i = 0; ok && i < in->watch->count; i++)
        ok = store_progress(in->watch, &in->watch->list[i], err);
    return ok;
}

bool watch_store(Watch *watch, Error *err)
{
    Storing in = {.watch = watch,
                  .episodes = (const WatchEpisode *)(const void *)watch->episodes.ptr,
                  .episode_count = watch->episodes.len / sizeof(WatchEpisode),
                  .hits = (WatchHit *)(void *)watch->hits.ptr,
                  .hit_count = watch->hits.len / sizeof(WatchHit)};
    if (in.hit_count)
        qsort(in.hits, in.hit_count, sizeof *in.hits, by_signal);
    in.kept = mem_calloc(in.episode_count + 1, sizeof *in.kept, err);
    if (!in.kept || !db_begin(watch->lake->db, err)) {
        mem_free(in.kept);
        return false;
    }
    Lake *lake = watch->lake;
    bool ok = delivery_lag_settle(lake->db, &watch->settle_us, err) && store_all(&in, err) &&
              (!lake->automation ||
               automation_apply_commit(lake->automation, lake->db, watch->seq, err)) &&
              db_commit(watch->lake->db, err);
    if (!ok)
        db_rollback(watch->lake->db);
    mem_free(in.kept);
    return ok;
}
