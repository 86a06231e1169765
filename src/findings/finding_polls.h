/* finding_polls.h - who is asked for findings again and again, and up to where.
 *
 * finding_polling -> [finding_polls] -> the state's table finding_polls
 *
 * A source is known by its name with its region, and by the profile as which it is asked. One
 * thread.
 */
#ifndef FINDINGS_FINDING_POLLS_H
#define FINDINGS_FINDING_POLLS_H

#include "base/db.h"
#include "findings/finding_import.h"

/* Texts are borrowed. */
typedef struct FindingPollsKey {
    Str source; /* "securityhub:eu-west-1" */
    Str profile;
} FindingPollsKey;

typedef struct FindingPoll {
    FindingPollsKey key;
    bool wanted;       /* by the configuration */
    int64_t newest_us; /* all that was updated up to then is in; INT64_MIN: nothing is known */
    int64_t done_us;   /* when it last answered all; 0: never */
    FindingImportReport report; /* of then, without what was known */
    int64_t failed_us;
    Str reason; /* why it failed since; empty: it did not */
} FindingPoll;

/* Makes exactly the *count* sources of *keys* wanted. */
bool finding_polls_want(Db *db, const FindingPollsKey *keys, size_t count, Error *err)
    __attribute__((warn_unused_result));

/* Up to where a wanted one was asked; INT64_MIN: nothing is known. */
bool finding_polls_newest(Db *db, const FindingPollsKey *key, int64_t *ret_us, Error *err)
    __attribute__((warn_unused_result));

/* All that was updated up to *newest_us* is in; an earlier time than is known changes nothing. In
 * the caller's transaction, if there is one. */
bool finding_polls_reach(Db *db, const FindingPollsKey *key, int64_t newest_us, Error *err)
    __attribute__((warn_unused_result));

/* It answered all, or failed, at *at_us*. */
bool finding_polls_done(Db *db, const FindingPollsKey *key, const FindingImportReport *report,
                        int64_t at_us, Error *err) __attribute__((warn_unused_result));
bool finding_polls_failed(Db *db, const FindingPollsKey *key, const char *reason, int64_t at_us,
                          Error *err) __attribute__((warn_unused_result));

/* Gives all of them, by name; a *take* that returns false ends it with its *err*. */
bool finding_polls_each(Db *db, bool (*take)(void *context, const FindingPoll *poll, Error *err),
                        void *context, Error *err) __attribute__((warn_unused_result));

#endif
