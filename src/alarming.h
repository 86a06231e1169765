/* alarming.h - the alarms of a lake, evaluated as far as is due: beside an ingest that goes on, and
 * at the end of one that does not.
 *
 * config -> [alarming] -> watch/alarm_run. One thread; the connection to the state is its own.
 */
#ifndef ALARMING_H
#define ALARMING_H

#include "base/config.h"
#include "lake/lake.h"

typedef struct Alarming Alarming;

/* The alarms of alarms.path for *lake*, borrowed for the call as *config* is for its life. NULL
 * with *err*. The caller frees. */
Alarming *alarming_open(const Config *config, const Lake *lake, Error *err)
    __attribute__((warn_unused_result));
void alarming_free(Alarming *alarming);

/* Evaluates what is due; *ret_more*: some is left. Changed files are taken up first; those that
 * cannot be read leave the alarms from before (reload.h tells why). */
bool alarming_step(Alarming *alarming, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* Makes old points of metrics coarser (lake/metric_rollup.h); *ret_more* as above. */
bool alarming_roll_up(Alarming *alarming, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* All that is due at the end of an ingest; nothing when alarms.path is empty. */
bool alarming_once(const Config *config, const Lake *lake, Error *err)
    __attribute__((warn_unused_result));

#endif
