/* sending.h - one message on its way to one target: written, then sent.
 *
 * notice -> [sending] -> webhooks, mail servers, syslog, topics, programs, files
 *
 * Written by the courier's thread, while the notice lives. Then either a call over HTTP is begun,
 * which the courier waits for, or the message is sent by whoever has time, on any thread.
 */
#ifndef NOTIFY_SENDING_H
#define NOTIFY_SENDING_H

#include "base/http.h"
#include "notify/notice.h"
#include "notify/outbox.h"
#include "notify/targets.h"

enum { SENDING_MOMENT_BYTES = 24, SENDING_SIGNATURE_BYTES = 80 };

/* What all messages are sent with; borrowed. */
typedef struct SendingWith {
    NoticeLanguage language;
    const char *ca_file; /* as in HttpOptions */
    Aws *aws;            /* who publishes to topics */
} SendingWith;

typedef struct Sending {
    OutboxDelivery delivery; /* that stands for the message */
    const SendingWith *with;
    const Target *target;
    Buf body, subject;
    char key[NOTICE_KEY_BYTES], about[OUTBOX_SUBJECT_BYTES];
    char moment[SENDING_MOMENT_BYTES], signature[SENDING_SIGNATURE_BYTES];
    HttpCall *call; /* NULL: it is no call, or was not begun */
    bool sent, never_again;
    Error why;
} Sending;

/* A message for *target*, nothing of it written; sending_end frees what it gets. */
void sending_begin(Sending *sending, const OutboxDelivery *delivery, const SendingWith *with,
                   const Target *target);
void sending_end(Sending *sending);

/* Writes what the notice says as the target takes it. */
bool sending_write(Sending *sending, const Notice *notice, Error *err)
    __attribute__((warn_unused_result));

/* Whether it is sent by a call over HTTP: begun at once, answered later. */
bool sending_is_call(const Sending *sending);
bool sending_call(Sending *sending, HttpClient *http, Error *err)
    __attribute__((warn_unused_result));

/* Takes the answer of a call that is done: `sent`, or `why` not. */
void sending_answered(Sending *sending);

/* Sends any other message, and waits for it, seconds at most: `sent`, or `why` not. */
void sending_run(Sending *sending);

#endif
