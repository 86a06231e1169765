#include "alarming.h"

#include "base/clock.h"
#include "base/mem.h"
#include "lake/layout.h"
#include "lake/metric_rollup.h"
#include "watch/alarm_run.h"

static const int64_t LOOK_US = INT64_C(2000000);
static const int64_t MINUTE_US = INT64_C(60000000);

struct Alarming {
    const Config *config;
    AlarmSet *set; /* NULL: alarms.path is empty */
    Db *db;
    FileStamp in_force;
    int64_t looked_us;
    int64_t done_minute; /* up to which all is evaluated; 0: not known */
};

static FileStamp stamp(const Alarming *alarming)
{
    FileStamp now = {0};
    alarm_set_stamp(alarming->config, &now);
    return now;
}

Alarming *alarming_open(const Config *config, const Lake *lake, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    Alarming *alarming = mem_calloc(1, sizeof *alarming, err);
    if (!alarming)
        return NULL;
    alarming->config = config;
    if (!alarm_set_is_wanted(config))
        return alarming;
    alarming->in_force = stamp(alarming);
    alarming->looked_us = clock_monotonic_us();
    alarming->set = alarm_set_open(config, err);
    if (alarming->set && layout_path(path, err, lake->folder, "state.db"))
        alarming->db = db_open(path, DB_READ_WRITE, err);
    if (alarming->db)
        return alarming;
    alarming_free(alarming);
    return NULL;
}

void alarming_free(Alarming *alarming)
{
    if (!alarming)
        return;
    db_close(alarming->db);
    alarm_set_free(alarming->set);
    mem_free(alarming);
}

/* Takes up what changed since the last look. */
static void look(Alarming *alarming)
{
    Error ignored = {0};
    if (clock_monotonic_us() - alarming->looked_us < LOOK_US)
        return;
    alarming->looked_us = clock_monotonic_us();
    FileStamp now = stamp(alarming);
    if (file_stamp_equal(now, alarming->in_force))
        return;
    alarming->in_force = now;
    AlarmSet *next = alarm_set_open(alarming->config, &ignored);
    if (!next)
        return;
    alarm_set_free(alarming->set);
    alarming->set = next;
    alarming->done_minute = 0;
}

bool alarming_step(Alarming *alarming, bool *ret_more, Error *err)
{
    *ret_more = false;
    if (!alarming->set)
        return true;
    look(alarming);
    const AlarmRunOptions options = {.now_us = clock_now_us(),
                                     .settle_us =
                                         config_number(alarming->config, CONFIG_ALARMS_SETTLE)};
    int64_t minute = (options.now_us - options.settle_us) / MINUTE_US;
    if (minute == alarming->done_minute)
        return true;
    if (!alarm_run(alarming->db, alarming->set, &options, ret_more, err))
        return false;
    if (!*ret_more)
        alarming->done_minute = minute;
    return true;
}

bool alarming_roll_up(Alarming *alarming, bool *ret_more, Error *err)
{
    *ret_more = false;
    return !alarming->db || metric_rollup(alarming->db, clock_now_us(), ret_more, err);
}

bool alarming_once(const Config *config, const Lake *lake, Error *err)
{
    bool more = true;
    Alarming *alarming = alarming_open(config, lake, err);
    bool ok = alarming != NULL;
    while (ok && more)
        ok = alarming_step(alarming, &more, err);
    for (more = ok; ok && more;)
        ok = alarming_roll_up(alarming, &more, err);
    alarming_free(alarming);
    return ok;
}
