#include "notify/sending.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mail.h"
#include "base/tcp_send.h"
#include "notify/notice_format.h"
#include "notify/notice_mail.h"
#include "notify/notice_syslog.h"

enum {
    BODY_BYTES_MAX = 2 << 20,
    REPLY_BYTES_MAX = 1 << 16,
    OUTPUT_BYTES_MAX = 1 << 16,
    HEADERS = 4
};

static const int64_t SECOND_US = 1000000;
static const int64_t TIMEOUT_US = INT64_C(8000000);

void sending_begin(Sending *sending, const OutboxDelivery *delivery, const SendingWith *with,
                   const Target *target)
{
    *sending = (Sending){.delivery = *delivery,
                         .with = with,
                         .target = target,
                         .body = buf_init(BODY_BYTES_MAX),
                         .subject = buf_init(BODY_BYTES_MAX)};
}

void sending_end(Sending *sending)
{
    http_call_free(sending->call);
    buf_free(&sending->body);
    buf_free(&sending->subject);
}

/* ---- over HTTP ---- */

static bool write_body(Sending *sending, const Notice *notice, Error *err)
{
    return notice_format_body(sending->target, notice, sending->with->language, &sending->body,
                              err);
}

/* What a receiver can check: HMAC-SHA256 of "SECONDS.BODY" with the shared secret. */
static bool sign(Sending *sending, Error *err)
{
    uint8_t mac[HASH_SHA256_BYTES];
    BUF_AUTO Buf text = buf_init(BODY_BYTES_MAX + sizeof sending->moment + 1);
    snprintf(sending->moment, sizeof sending->moment, "%" PRId64, clock_now_us() / SECOND_US);
    if (!buf_printf(&text, err, "%s.", sending->moment) ||
        !buf_append_str(&text, buf_str(&sending->body), err))
        return false;
    hash_hmac_sha256(sending->target->secret, buf_str(&text), mac);
    snprintf(sending->signature, sizeof sending->signature, "sha256=");
    hash_hex(mac, sizeof mac, sending->signature + strlen(sending->signature));
    return true;
}

bool sending_call(Sending *sending, HttpClient *http, Error *err)
{
    HttpHeader headers[HEADERS] = {{STR("Content-Type"), STR("application/json; charset=utf-8")},
                                   {STR("Idempotency-Key"), str_of(sending->key)}};
    size_t count = 2;
    if (sending->target->kind == TARGET_WEBHOOK && sending->target->secret.len) {
        if (!sign(sending, err))
            return false;
        headers[count++] = (HttpHeader){STR("X-Spoor-Timestamp"), str_of(sending->moment)};
        headers[count++] = (HttpHeader){STR("X-Spoor-Signature"), str_of(sending->signature)};
    }
    const HttpRequest request = {.method = STR("POST"),
                                 .url = sending->target->url,
                                 .headers = headers,
                                 .header_count = count,
                                 .body = buf_str(&sending->body),
                                 .reply_max = REPLY_BYTES_MAX,
                                 .timeout_us = TIMEOUT_US};
    sending->call = http_start(http, &request, err);
    return sending->call != NULL;
}

void sending_answered(Sending *sending)
{
    if (!http_call_ok(sending->call, &sending->why))
        return;
    int status = http_call_reply(sending->call)->status;
    sending->sent = status >= 200 && status < 300;
    if (!sending->sent)
        error_set(&sending->why, ERROR_BUSY, "it answered with status %d%s", status,
                  status >= 300 && status < 400 ? ", and redirects are not followed" : "");
}

/* ---- programs ---- */

static bool write_words(Sending *sending, const Notice *notice, Error *err)
{
    return notice_format_words(sending->target, notice, sending->with->language, &sending->body,
                               err);
}

static bool run_program(Sending *sending, Error *err)
{
    char *words[TARGET_WORDS_MAX] = {NULL};
    BUF_AUTO Buf output = buf_init(OUTPUT_BYTES_MAX);
    size_t count = 0;
    for (size_t at = 0; at < sending->body.len; at += strlen(sending->body.ptr + at) + 1)
        words[count++] = sending->body.ptr + at;
    return child_run(words, TIMEOUT_US, &output, err);
}

/* ---- mail ---- */

static bool write_mail(Sending *sending, const Notice *notice, Error *err)
{
    return notice_mail_message(sending->target, notice, sending->with->language, &sending->body,
                               err);
}

static bool send_mail(Sending *sending, Error *err)
{
    const Target *target = sending->target;
    const Mail message = {.server = &target->address,
                          .tls = target->tls,
                          .or_clear = target->address.is_local,
                          .ca_file = sending->with->ca_file,
                          .user = target->user,
                          .password = target->secret.ptr,
                          .from = target->from,
                          .to = target->to,
                          .message = buf_str(&sending->body),
                          .timeout_us = TIMEOUT_US};
    return mail_send(&message, err);
}

/* ---- syslog ---- */

static bool write_frame(Sending *sending, const Notice *notice, Error *err)
{
    char host[ADDRESS_HOST_BYTES];
    address_own_name(host);
    return notice_syslog_frame(notice, sending->with->language, str_of(host), &sending->body, err);
}

static bool send_frame(Sending *sending, Error *err)
{
    const TcpSend how = {.to = &sending->target->address,
                         .tls = sending->target->tls,
                         .ca_file = sending->with->ca_file,
                         .timeout_us = TIMEOUT_US};
    return tcp_send(&how, buf_str(&sending->body), err);
}

/* ---- topics ---- */

/* The subject is English: it has to be ASCII. */
static bool write_publication(Sending *sending, const Notice *notice, Error *err)
{
    return notice_format_head(notice, NOTICE_ENGLISH, &sending->subject, err) &&
           notice_format_text(notice, sending->with->language, &sending->body, err);
}

static bool publish(Sending *sending, Error *err)
{
    const SnsMessage message = {.subject = buf_str(&sending->subject),
                                .text = buf_str(&sending->body),
                                .key = str_of(sending->key),
                                .group = str_of(sending->about)};
    return sns_publish(sending->with->aws, &sending->target->topic, &message, TIMEOUT_US, err);
}

/* ---- files ---- */

static bool append(Sending *sending, Error *err)
{
    return file_append(sending->target->path, buf_str(&sending->body), err);
}

/* ---- all kinds ---- */

/* How a kind's message is written, and sent; what is not sent here is a call over HTTP. */
static const struct {
    bool (*write)(Sending *sending, const Notice *notice, Error *err);
    bool (*send)(Sending *sending, Error *err);
} KINDS[TARGET_KINDS] = {
    [TARGET_WEBHOOK] = {write_body, NULL},       [TARGET_SLACK] = {write_body, NULL},
    [TARGET_TEAMS] = {write_body, NULL},         [TARGET_PAGERDUTY] = {write_body, NULL},
    [TARGET_EXEC] = {write_words, run_program},  [TARGET_FILE] = {write_body, append},
    [TARGET_SMTP] = {write_mail, send_mail},     [TARGET_SYSLOG] = {write_frame, send_frame},
    [TARGET_SNS] = {write_publication, publish},
};

bool sending_write(Sending *sending, const Notice *notice, Error *err)
{
    snprintf(sending->key, sizeof sending->key, "%s", notice->key);
    snprintf(sending->about, sizeof sending->about, "%.*s", STR_ARG(notice->id));
    return KINDS[sending->target->kind].write(sending, notice, err);
}

bool sending_is_call(const Sending *sending)
{
    return !KINDS[sending->target->kind].send;
}

void sending_run(Sending *sending)
{
    sending->sent = KINDS[sending->target->kind].send(sending, &sending->why);
}
