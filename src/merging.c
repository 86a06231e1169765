#include "merging.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "lake/expire.h"
#include "lake/layout.h"
#include "lake/merge.h"
#include "lake/summary_fill.h"
#include "setup.h"
#include "watch/schedule.h"

enum { INTERRUPT_US = 20000 };

static const int64_t EXPIRE_EVERY_US = INT64_C(3600000000);

struct Merging {
    Lake *lake;
    ClaimTable *claims;
    EngineOptions engine_options;
    char temp[LAYOUT_PATH_BYTES];
    PublishPolicy policy;
    int64_t every_us;
    int64_t expired_us; /* when it was looked for what may go; monotonic */
    atomic_bool stopping;
    Schedule *schedule;
    pthread_mutex_t lock; /* protects what is below */
    Engine *engine;       /* while there is one that merges */
    uint64_t days, files; /* merged so far */
};

Merging *merging_open(const CommandLine *line, Lake *lake, Error *err)
{
    const Config *config = command_config(line);
    Merging *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    pthread_mutex_init(&self->lock, NULL);
    self->lake = lake;
    self->policy = setup_policy(line);
    self->every_us = config_number(config, CONFIG_LAKE_MERGE);
    self->engine_options =
        (EngineOptions){.memory_bytes = (uint64_t)config_number(config, CONFIG_QUERY_MEMORY),
                        .threads = 1,
                        .temp_folder = self->temp};
    if (layout_path(self->temp, err, lake->folder, "tmp"))
        return self;
    merging_free(self);
    return NULL;
}

void merging_free(Merging *self)
{
    if (self)
        pthread_mutex_destroy(&self->lock);
    mem_free(self);
}

/* Whom an end interrupts from now on; NULL: nobody. */
static void set_engine(Merging *self, Engine *engine)
{
    pthread_mutex_lock(&self->lock);
    self->engine = engine;
    pthread_mutex_unlock(&self->lock);
}

static void count(Merging *self, const MergeReport *report)
{
    char files[AMOUNT_TEXT_BYTES], bytes[AMOUNT_TEXT_BYTES];
    pthread_mutex_lock(&self->lock);
    self->days += report->days;
    self->files += report->files_before;
    pthread_mutex_unlock(&self->lock);
    if (!report->files_before)
        return;
    amount_count(report->files_before, files);
    amount_bytes(report->bytes_after, bytes);
    log_tell(LOG_INFO, "merge",
             "%s data files of %" PRIu64 " day%s became %" PRIu64 " of %s in all", files,
             report->days, report->days == 1 ? "" : "s", report->files_after, bytes);
}

static bool merge(Merging *self, Error *err)
{
    MergeReport report = {0};
    Engine *engine = engine_open(&self->engine_options, err);
    if (!engine)
        return false;
    set_engine(self, engine);
    const MergeOptions options = {.lake = self->lake,
                                  .claims = self->claims,
                                  .engine = engine,
                                  .since_us = INT64_MIN,
                                  .until_us = INT64_MAX,
                                  .stopping = &self->stopping};
    uint64_t filled;
    bool ok = merge_lake(&options, &report, err) &&
              (atomic_load(&self->stopping) ||
               summary_fill(self->lake, engine, &self->stopping, &filled, err));
    set_engine(self, NULL);
    engine_close(engine);
    count(self, &report);
    return ok;
}

/* Whether something was removed so long ago that no snapshot should need it. */
static bool is_any_expired(Merging *self, bool *ret, Error *err)
{
    int64_t age_us = self->policy.age_max_ms * 1000;
    DbStatement *find = db_statement(
        self->lake->db,
        "SELECT 1 FROM parts WHERE removed_at_us <= ?1 UNION ALL SELECT 1 FROM object_files WHERE"
        " removed_at_us <= ?1 LIMIT 1",
        err);
    if (!find)
        return false;
    db_bind_int(find, 1, clock_now_us() - (age_us > EXPIRE_AGE_US ? age_us : EXPIRE_AGE_US));
    bool ok = db_next(find, ret, err);
    db_reset(find);
    return ok;
}

/* Deletes what no snapshot needs; by the thread that has the turn. */
static bool expire(Merging *self, Error *err)
{
    ExpireReport report;
    char bytes[AMOUNT_TEXT_BYTES];
    bool any;
    if (!is_any_expired(self, &any, err))
        return false;
    if (!any)
        return true;
    if (!expire_lake(self->lake, &self->policy, &report, err))
        return false;
    amount_bytes(report.bytes, bytes);
    log_tell(LOG_INFO, "merge", "%" PRIu64 " data files (%s) that nothing needs are deleted",
             report.files, bytes);
    return true;
}

/* Once an hour: what may go is a day old anyway. */
static bool expire_when_due(Merging *self, Error *err)
{
    int64_t now = clock_monotonic_us();
    if (self->expired_us && now - self->expired_us < EXPIRE_EVERY_US)
        return true;
    self->expired_us = now;
    Claim *claim = claim_take(self->claims, NULL, 0, err);
    bool ok = claim && claim_await_turn(claim) && expire(self, err);
    claim_end(claim, ok);
    return ok;
}

static bool run(void *context, bool *ret_more, Error *err)
{
    Merging *self = context;
    *ret_more = false;
    return merge(self, err) && (atomic_load(&self->stopping) || expire_when_due(self, err));
}

bool merging_start(Merging *self, ClaimTable *claims, Error *err)
{
    if (!self || !self->every_us)
        return true;
    const ScheduleJob job = {"merge", self->every_us, run, self};
    self->claims = claims;
    atomic_store(&self->stopping, false);
    self->schedule = schedule_start(&job, 1, &self->stopping, err);
    return self->schedule != NULL;
}

void merging_stop(Merging *self)
{
    if (self)
        atomic_store(&self->stopping, true);
}

/* Whether something is merged now, which is told to end: again and again, since a query that begins
 * behind it does not know. */
static bool interrupt(Merging *self)
{
    pthread_mutex_lock(&self->lock);
    bool any = self->engine != NULL;
    if (any)
        engine_interrupt(self->engine);
    pthread_mutex_unlock(&self->lock);
    return any;
}

void merging_end(Merging *self)
{
    if (!self)
        return;
    atomic_store(&self->stopping, true);
    while (interrupt(self))
        clock_sleep_us(INTERRUPT_US);
    schedule_end(self->schedule);
    self->schedule = NULL;
}

void merging_note(Merging *self, IngestReport *ret)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    ret->days_merged = self->days;
    ret->files_merged = self->files;
    pthread_mutex_unlock(&self->lock);
}
