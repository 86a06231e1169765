#include "notify/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/http.h"
#include "base/log.h"
#include "base/mail.h"
#include "base/mem.h"
#include "base/tcp_send.h"
#include "base/timestamp.h"
#include "findings/finding_workflow.h"
#include "notify/notice_format.h"
#include "notify/notice_mail.h"
#include "notify/notice_syslog.h"

enum {
    ROUTED_MAX = 200, /* notices in one step */
    SENT_MAX = 16,    /* deliveries in one step, all at a time */
    BODY_BYTES_MAX = 1 << 20,
    REPLY_BYTES_MAX = 1 << 16,
    OUTPUT_BYTES_MAX = 1 << 16,
    ARENA_BYTES_MAX = 64 << 20,
    SIGNATURE_BYTES = 7 + 2 * HASH_SHA256_BYTES + 1,
    HEADERS = 4,
    MINUTES_AT = 11 /* of "2026-11-24 19:35:00 KST" */
};

static const int64_t SECOND_US = 1000000;
static const int64_t TIMEOUT_US = INT64_C(8000000);
static const int64_t PUMP_US = 200000;
static const int64_t AGAIN_FIRST_US = INT64_C(1000000);
static const int64_t AGAIN_LAST_US = INT64_C(1800000000);
static const int64_t GIVE_UP_US = INT64_C(86400000000);

/* A delivery under way. */
typedef struct Sending {
    OutboxDelivery delivery;
    const Target *target;
    Buf body;
    char signature[SIGNATURE_BYTES], moment[24];
    HttpCall *call; /* NULL: it is no call, or has ended */
    bool sent, never_again;
    Error why;
} Sending;

struct Courier {
    CourierOptions options;
    Db *db;
    HttpClient *http;
    Arena *arena;     /* of one notice */
    Sending *sending; /* SENT_MAX */
    OutboxDelivery *due;
};

Courier *courier_new(const CourierOptions *options, Error *err)
{
    const HttpOptions http = {.ca_file = options->ca_file, .parallel = SENT_MAX};
    Courier *courier = mem_calloc(1, sizeof *courier, err);
    if (!courier)
        return NULL;
    courier->options = *options;
    courier->sending = mem_calloc(SENT_MAX, sizeof *courier->sending, err);
    courier->due = courier->sending ? mem_calloc(SENT_MAX, sizeof *courier->due, err) : NULL;
    courier->arena = courier->due ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    courier->http = courier->arena ? http_client_new(&http, err) : NULL;
    courier->db = courier->http ? db_open(options->state, DB_READ_WRITE, err) : NULL;
    if (courier->db)
        return courier;
    courier_free(courier);
    return NULL;
}

void courier_free(Courier *courier)
{
    if (!courier)
        return;
    http_client_free(courier->http);
    db_close(courier->db);
    arena_free(courier->arena);
    mem_free(courier->sending);
    mem_free(courier->due);
    mem_free(courier);
}

static bool is_stopping(const Courier *courier)
{
    return courier->options.stopping && atomic_load(courier->options.stopping);
}

/* ---- notices ---- */

/* A notice that tells of nothing. */
static void make_test(const Courier *courier, const OutboxNotice *from, Notice *ret)
{
    NoticeLanguage language = courier->options.language;
    *ret = (Notice){.id = str_of(from->subject),
                    .title = str_of(notice_words_text(language, WORD_TEST_TITLE)),
                    .description = str_of(notice_words_text(language, WORD_TEST_TEXT)),
                    .level = LEVEL_INFORMATIONAL,
                    .level_name = STR("informational"),
                    .first_us = from->at_us,
                    .last_us = from->at_us};
    snprintf(ret->key, sizeof ret->key, "test/%.40s", from->subject);
}

/* What a row of the outbox tells, its texts in the courier's arena. */
static bool make_notice(Courier *courier, const OutboxNotice *from, Notice *ret, Error *err)
{
    arena_reset(courier->arena);
    if (strcmp(from->kind, "test") == 0) {
        make_test(courier, from, ret);
        return true;
    }
    if (strcmp(from->kind, "alarm") == 0)
        return notice_of_alarm(courier->db, str_of(from->subject), courier->arena, ret, err);
    if (!notice_of_finding(courier->db, str_of(from->subject), courier->options.link,
                           courier->arena, ret, err))
        return false;
    if (strcmp(from->kind, "reopened") == 0) { /* a message of its own, each time */
        ret->reopened = true;
        snprintf(ret->key + strlen(ret->key), sizeof ret->key - strlen(ret->key), "/%" PRId64,
                 from->id);
    }
    return true;
}

/* ---- routing ---- */

static int minute_now(void)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(clock_now_us(), text);
    const char *at = text + MINUTES_AT;
    return ((at[0] - '0') * 10 + at[1] - '0') * 60 + (at[3] - '0') * 10 + at[4] - '0';
}

/* A delivery for each target that a route sends it to; of a finding that is gone none. */
static bool route(Courier *courier, const OutboxNotice *from, Error *err)
{
    Notice notice;
    Error gone = {0};
    int64_t now = clock_now_us();
    bool ok = true;
    if (!make_notice(courier, from, &notice, &gone)) {
        if (gone.kind == ERROR_USAGE)
            return true;
        *err = gone;
        return false;
    }
    if (now - notice.last_us > courier->options.age_us || notice.suppressed)
        return true;
    const TargetAsked asked = {.alarm = notice.alarm,
                               .level = notice.level,
                               .rule_id = notice.rule_id,
                               .rule_title = notice.title,
                               .account = notice.account,
                               .principal = notice.principal,
                               .minute = minute_now()};
    for (int i = 0; ok && i < targets_count(courier->options.targets); i++)
        if (targets_take(courier->options.targets, i, &asked))
            ok = outbox_add(courier->db, from->id,
                            str_of(targets_at(courier->options.targets, i)->name), now, err);
    return ok;
}

/* Routes notices in one transaction; *ret_count* is how many. */
static bool route_new(Courier *courier, int *ret_count, Error *err)
{
    OutboxNotice notice;
    bool any = false, ok = outbox_next(courier->db, &notice, &any, err);
    *ret_count = 0;
    if (!ok || !any)
        return ok;
    if (!db_begin(courier->db, err))
        return false;
    while (ok && any && *ret_count < ROUTED_MAX) {
        ok = outbox_next(courier->db, &notice, &any, err);
        if (ok && any) {
            ok = route(courier, &notice, err) && outbox_routed(courier->db, notice.id, err);
            ++*ret_count;
        }
    }
    if (ok && db_commit(courier->db, err))
        return true;
    db_rollback(courier->db);
    return false;
}

/* ---- sending ---- */

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

static bool post(Courier *courier, Sending *sending, const Notice *notice, Error *err)
{
    HttpHeader headers[HEADERS] = {{STR("Content-Type"), STR("application/json; charset=utf-8")},
                                   {STR("Idempotency-Key"), str_of(notice->key)}};
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
    sending->call = http_start(courier->http, &request, err);
    return sending->call != NULL;
}

static bool run_program(const Courier *courier, Sending *sending, const Notice *notice, Error *err)
{
    char *words[TARGET_WORDS_MAX] = {NULL};
    BUF_AUTO Buf output = buf_init(OUTPUT_BYTES_MAX);
    size_t count = 0;
    if (!notice_format_words(sending->target, notice, courier->options.language, &sending->body,
                             err))
        return false;
    for (size_t at = 0; at < sending->body.len; at += strlen(sending->body.ptr + at) + 1)
        words[count++] = sending->body.ptr + at;
    sending->sent = child_run(words, TIMEOUT_US, &output, err);
    return sending->sent;
}

static bool send_mail(const Courier *courier, Sending *sending, const Notice *notice, Error *err)
{
    const Target *target = sending->target;
    if (!notice_mail_message(target, notice, courier->options.language, &sending->body, err))
        return false;
    const Mail message = {.server = &target->address,
                          .tls = target->tls,
                          .or_clear = target->address.is_local,
                          .ca_file = courier->options.ca_file,
                          .user = target->user,
                          .password = target->secret.ptr,
                          .from = target->from,
                          .to = target->to,
                          .message = buf_str(&sending->body),
                          .timeout_us = TIMEOUT_US};
    sending->sent = mail_send(&message, err);
    return sending->sent;
}

static bool send_syslog(const Courier *courier, Sending *sending, const Notice *notice, Error *err)
{
    char host[ADDRESS_HOST_BYTES];
    const TcpSend how = {.to = &sending->target->address,
                         .tls = sending->target->tls,
                         .ca_file = courier->options.ca_file,
                         .timeout_us = TIMEOUT_US};
    address_own_name(host);
    sending->sent =
        notice_syslog_frame(notice, courier->options.language, str_of(host), &sending->body, err) &&
        tcp_send(&how, buf_str(&sending->body), err);
    return sending->sent;
}

/* The subject is English: it has to be ASCII. */
static bool publish(const Courier *courier, Sending *sending, const Notice *notice, Error *err)
{
    BUF_AUTO Buf subject = buf_init(BODY_BYTES_MAX);
    if (!notice_format_head(notice, NOTICE_ENGLISH, &subject, err) ||
        !notice_format_text(notice, courier->options.language, &sending->body, err))
        return false;
    const SnsMessage message = {.subject = buf_str(&subject),
                                .text = buf_str(&sending->body),
                                .key = str_of(notice->key),
                                .group = notice->id};
    sending->sent =
        sns_publish(courier->options.aws, &sending->target->topic, &message, TIMEOUT_US, err);
    return sending->sent;
}

static bool append(const Courier *courier, Sending *sending, const Notice *notice, Error *err)
{
    sending->sent = notice_format_body(sending->target, notice, courier->options.language,
                                       &sending->body, err) &&
                    file_append(sending->target->path, buf_str(&sending->body), err);
    return sending->sent;
}

/* How the kinds are sent that wait for no answer over HTTP. */
static bool (*const SENDERS[TARGET_KINDS])(const Courier *courier, Sending *sending,
                                           const Notice *notice, Error *err) = {
    [TARGET_EXEC] = run_program,   [TARGET_FILE] = append, [TARGET_SMTP] = send_mail,
    [TARGET_SYSLOG] = send_syslog, [TARGET_SNS] = publish,
};

static bool start(Courier *courier, Sending *sending, Error *err)
{
    Notice notice;
    if (!make_notice(courier, &sending->delivery.notice, &notice, err)) {
        sending->never_again = err->kind == ERROR_USAGE; /* its finding is gone */
        return false;
    }
    if (SENDERS[sending->target->kind])
        return SENDERS[sending->target->kind](courier, sending, &notice, err);
    return notice_format_body(sending->target, &notice, courier->options.language, &sending->body,
                              err) &&
           post(courier, sending, &notice, err);
}

static void begin(Courier *courier, Sending *sending, const OutboxDelivery *due)
{
    *sending = (Sending){.delivery = *due, .body = buf_init(BODY_BYTES_MAX)};
    sending->target = targets_find(courier->options.targets, str_of(due->target));
    if (sending->target) {
        (void)start(courier, sending, &sending->why);
        return;
    }
    sending->never_again = true;
    error_set(&sending->why, ERROR_USAGE, "notify.targets has none of that name any more");
}

/* What a receiver answered. */
static void take_answer(Sending *sending)
{
    if (!http_call_ok(sending->call, &sending->why))
        return;
    int status = http_call_reply(sending->call)->status;
    sending->sent = status >= 200 && status < 300;
    if (!sending->sent)
        error_set(&sending->why, ERROR_BUSY, "it answered with status %d%s", status,
                  status >= 300 && status < 400 ? ", and redirects are not followed" : "");
}

/* Waits for all answers, unless somebody asks for the end: what is under way then is sent again. */
static bool await_all(Courier *courier, int count, Error *err)
{
    for (bool open = true; open && !is_stopping(courier);) {
        open = false;
        for (int i = 0; i < count; i++)
            open |= courier->sending[i].call && !http_call_done(courier->sending[i].call);
        if (open && !http_pump(courier->http, PUMP_US, err))
            return false;
    }
    for (int i = 0; i < count; i++)
        if (courier->sending[i].call && http_call_done(courier->sending[i].call))
            take_answer(&courier->sending[i]);
    return true;
}

static int64_t again_us(const Sending *sending, int64_t now)
{
    int64_t wait = AGAIN_FIRST_US;
    for (int64_t i = 0; i < sending->delivery.tries && wait < AGAIN_LAST_US; i++)
        wait *= 2;
    if (sending->never_again || now - sending->delivery.made_us >= GIVE_UP_US)
        return 0;
    return now + (wait < AGAIN_LAST_US ? wait : AGAIN_LAST_US);
}

static void tell_failure(const Sending *sending, bool dead)
{
    if (dead || !sending->delivery.tries)
        log_tell(dead ? LOG_ERROR : LOG_WARN, "notify", "target '%s': %s%s",
                 sending->delivery.target, sending->why.text,
                 dead ? "; given up: spoor notify replay sends it" : "; it is tried again");
}

/* Notes what became of one; what was given up half-way stays as it was. */
static bool note(const Courier *courier, const Sending *sending, Error *err)
{
    int64_t now = clock_now_us();
    if (sending->sent)
        return outbox_sent(courier->db, sending->delivery.id, now, err) &&
               (strcmp(sending->delivery.notice.kind, "test") == 0 ||
                strcmp(sending->delivery.notice.kind, "alarm") == 0 ||
                finding_workflow_told(courier->db, str_of(sending->delivery.notice.subject),
                                      str_of(sending->delivery.target), now, err));
    if (sending->why.kind == ERROR_NONE)
        return true;
    int64_t due = again_us(sending, now);
    tell_failure(sending, !due);
    return outbox_failed(courier->db, sending->delivery.id, str_of(sending->why.text), due, err);
}

static bool note_all(const Courier *courier, int count, Error *err)
{
    bool ok = db_begin(courier->db, err);
    for (int i = 0; ok && i < count; i++)
        ok = note(courier, &courier->sending[i], err);
    if (ok && db_commit(courier->db, err))
        return true;
    db_rollback(courier->db);
    return false;
}

static bool send_due(Courier *courier, int *ret_count, Error *err)
{
    if (!outbox_due(courier->db, clock_now_us(), courier->due, SENT_MAX, ret_count, err))
        return false;
    int due = *ret_count;
    for (*ret_count = 0; *ret_count < due && !is_stopping(courier); ++*ret_count)
        begin(courier, &courier->sending[*ret_count], &courier->due[*ret_count]);
    bool ok =
        await_all(courier, *ret_count, err) && (!*ret_count || note_all(courier, *ret_count, err));
    for (int i = 0; i < *ret_count; i++) {
        http_call_free(courier->sending[i].call);
        buf_free(&courier->sending[i].body);
    }
    return ok;
}

bool courier_step(Courier *courier, bool *ret_more, Error *err)
{
    int routed = 0, sent = 0;
    bool ok = route_new(courier, &routed, err) && send_due(courier, &sent, err);
    *ret_more = ok && (routed == ROUTED_MAX || sent == SENT_MAX);
    return ok;
}

bool courier_test(Courier *courier, const Target *target, Error *err)
{
    char id[37];
    return hash_uuid(id, err) && outbox_add_notice(courier->db, STR("test"), str_of(id),
                                                   str_of(target->name), clock_now_us(), err);
}
