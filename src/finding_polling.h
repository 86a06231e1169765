/* finding_polling.h - a service asks Security Hub and GuardDuty for findings: findings.from.
 *
 * finding_ask -> [finding_polling] -> the state; watch/schedule runs it
 *
 * A source is asked for what was updated since the newest update that is in, less
 * FINDING_POLLING_MARGIN_US for those that come late. How far it is, is written with each page that
 * comes in the order of updates, so that a service that ends goes on there; when AWS does not keep
 * the order, at the end of all pages.
 */
#ifndef FINDING_POLLING_H
#define FINDING_POLLING_H

#include <stdatomic.h>

#include "base/command.h"
#include "lake/lake.h"

#define FINDING_POLLING_MARGIN_US INT64_C(3600000000)

typedef struct FindingPolling FindingPolling;

/* For the lake whose folder is *folder*; asks nobody yet, but the state says who
 * is to be asked. *config* is borrowed; *stopping* ends
 * what is under way. ERROR_USAGE: a source or region that is none, or an interval below a second.
 * NULL with *err*; the caller frees. */
FindingPolling *finding_polling_open(const Config *config, const char *folder,
                                     const atomic_bool *stopping, Error *err)
    __attribute__((warn_unused_result));
void finding_polling_free(FindingPolling *polling);

/* Whether somebody is to be asked, and how often. */
bool finding_polling_is_on(const FindingPolling *polling);
int64_t finding_polling_every_us(const FindingPolling *polling);

/* A ScheduleJob's run: asks the next source; *ret_more: there is another one this time. False with
 * *err* when the state fails; a source that fails is told once, noted in the state, and asked again
 * in its turn. */
bool finding_polling_step(void *polling, bool *ret_more, Error *err)
    __attribute__((warn_unused_result));

/* spoor findings polls: the sources, up to where each was asked, and what came of it. */
bool finding_polling_list(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));

#endif
