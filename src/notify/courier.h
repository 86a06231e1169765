/* courier.h - takes notices to their targets.
 *
 * outbox -> [courier] -> webhooks, programs, files
 *
 * What fails is tried again, a second later and then after twice as long, at most half an hour, for
 * a day; then it is dead. Used by one thread, which has a connection to the state of its own.
 */
#ifndef NOTIFY_COURIER_H
#define NOTIFY_COURIER_H

#include <stdatomic.h>

#include "notify/notice_words.h"
#include "notify/outbox.h"
#include "notify/targets.h"

typedef struct CourierOptions {
    const char *state;      /* the lake's state database */
    const Targets *targets; /* borrowed */
    const char *ca_file;    /* as in HttpOptions */
    Aws *aws;               /* who publishes to topics, borrowed; NULL: no target has one */
    int64_t age_us;         /* findings whose last event is older are not told */
    Str link;               /* as in notice.h */
    NoticeLanguage language;
    const atomic_bool *stopping; /* gives up what is under way; NULL: nobody asks */
} CourierOptions;

typedef struct Courier Courier;

/* Opens the state; nothing is sent yet. *options* is copied, its texts are borrowed. NULL with
 * *err*; the caller frees. */
Courier *courier_new(const CourierOptions *options, Error *err) __attribute__((warn_unused_result));
void courier_free(Courier *courier);

/* Routes what is new, and sends what is due, some of it: *ret_more* tells that there may be more to
 * do at once. False with *err* when the state cannot be read or written; a failure to send is no
 * error: it is noted, and told on standard error the first time. */
bool courier_step(Courier *courier, bool *ret_more, Error *err) __attribute__((warn_unused_result));

/* Puts a test for *target* into the outbox. */
bool courier_test(Courier *courier, const Target *target, Error *err)
    __attribute__((warn_unused_result));

#endif
