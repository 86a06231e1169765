#include "notify/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/timestamp.h"
#include "findings/finding_workflow.h"
#include "notify/packing.h"
#include "notify/sending.h"

enum {
    ROUTED_MAX = 200, /* notices in one step */
    SENT_MAX = 16,    /* messages in one step, all at a time */
    ARENA_BYTES_MAX = 64 << 20,
    BUNDLE_BYTES_MAX = 4096,
    MINUTES_AT = 11 /* of "2026-11-24 19:35:00 KST" */
};

static const int64_t PUMP_US = 200000;
static const int64_t AGAIN_FIRST_US = INT64_C(1000000);
static const int64_t AGAIN_LAST_US = INT64_C(1800000000);
static const int64_t GIVE_UP_US = INT64_C(86400000000);

struct Courier {
    CourierOptions options;
    Db *db;
    HttpClient *http;
    SendingWith with;
    Pool *pool;       /* sends what takes long; NULL: no target is of such a kind */
    Arena *arena;     /* of one message */
    Sending *sending; /* SENT_MAX */
    OutboxDelivery *due;
};

/* Threads for what waits for its receiver, if there is such a target. */
static bool open_pool(Courier *courier, Error *err)
{
    bool any = false;
    for (int i = 0; i < targets_count(courier->options.targets); i++)
        any |= targets_at(courier->options.targets, i)->is_slow;
    if (any)
        courier->pool = pool_new(SENT_MAX, SENT_MAX, err);
    return !any || courier->pool;
}

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
    courier->with = (SendingWith){options->language, options->ca_file, options->aws};
    courier->db = courier->http ? db_open(options->state, DB_READ_WRITE, err) : NULL;
    if (courier->db && open_pool(courier, err))
        return courier;
    courier_free(courier);
    return NULL;
}

void courier_free(Courier *courier)
{
    if (!courier)
        return;
    pool_free(courier->pool);
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
static bool make_test(const Courier *courier, const OutboxNotice *from, Notice *ret, Error *err)
{
    NoticeLanguage language = courier->options.language;
    const char *id = arena_text(courier->arena, str_of(from->subject), err);
    *ret = (Notice){.id = str_of(id ? id : ""),
                    .title = str_of(notice_words_text(language, WORD_TEST_TITLE)),
                    .description = str_of(notice_words_text(language, WORD_TEST_TEXT)),
                    .level = LEVEL_INFORMATIONAL,
                    .level_name = STR("informational"),
                    .first_us = from->at_us,
                    .last_us = from->at_us};
    snprintf(ret->key, sizeof ret->key, "test/%.40s", from->subject);
    return id != NULL;
}

/* What a row of the outbox tells, its texts in the courier's arena. */
static bool make_notice(Courier *courier, const OutboxNotice *from, Notice *ret, Error *err)
{
    if (strcmp(from->kind, "test") == 0)
        return make_test(courier, from, ret, err);
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

/* Puts a delivery out, at once or as the target's pace says. */
static bool put_out(Courier *courier, const OutboxNotice *from, const Target *target,
                    const TargetAsked *asked, Error *err)
{
    BUF_AUTO Buf bundle = buf_init(BUNDLE_BYTES_MAX);
    const PaceAsked paced = {.level = asked->level,
                             .rule = asked->alarm.len ? asked->alarm : asked->rule_id,
                             .account = asked->account,
                             .principal = asked->principal,
                             .minute = asked->minute};
    OutboxWait wait = {.now_us = clock_now_us()};
    if (!pace_of(&target->pace, &paced, &wait.wait_us, &bundle, err))
        return false;
    wait.bundle = buf_str(&bundle);
    return outbox_add(courier->db, from->id, str_of(target->name), &wait, err);
}

/* A delivery for each target that a route sends it to; of a finding that is gone none. */
static bool route(Courier *courier, const OutboxNotice *from, Error *err)
{
    Notice notice;
    Error gone = {0};
    bool ok = true;
    arena_reset(courier->arena);
    if (!make_notice(courier, from, &notice, &gone)) {
        if (gone.kind == ERROR_USAGE)
            return true;
        *err = gone;
        return false;
    }
    if (clock_now_us() - notice.last_us > courier->options.age_us || notice.suppressed)
        return true;
    const TargetAsked asked = {.alarm = notice.alarm,
                               .level = notice.level,
                               .rule_id = notice.rule_id,
                               .rule_title = notice.title,
                               .account = notice.account,
                               .principal = notice.principal,
                               .tags = notice.tags,
                               .tag_count = notice.tag_count,
                               .minute = minute_now()};
    for (int i = 0; ok && i < targets_count(courier->options.targets); i++)
        if (targets_take(courier->options.targets, i, &asked))
            ok = put_out(courier, from, targets_at(courier->options.targets, i), &asked, err);
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

/* The notices of one message as they are gathered. */
typedef struct Gathering {
    Courier *courier;
    Notice *list; /* PACKING_NOTICES_MAX */
    int count;
    bool any_suppressed;
} Gathering;

/* What is gone, or was suppressed since it was put out, is not told any more. */
static bool gather(void *context, const OutboxDelivery *delivery, Error *err)
{
    Gathering *to = context;
    Error gone = {0};
    Notice *notice = &to->list[to->count];
    if (to->count == PACKING_NOTICES_MAX)
        return true;
    if (!make_notice(to->courier, &delivery->notice, notice, &gone)) {
        if (gone.kind == ERROR_USAGE)
            return true;
        *err = gone;
        return false;
    }
    to->any_suppressed |= notice->suppressed;
    to->count += !notice->suppressed;
    return true;
}

/* What a message tells: one notice, or a group of them. ERROR_USAGE when nothing is left of it. */
static bool make_message(Courier *courier, const OutboxDelivery *head, Notice *ret, Error *err)
{
    arena_reset(courier->arena);
    Gathering all = {.courier = courier};
    all.list = arena_calloc(courier->arena, PACKING_NOTICES_MAX, sizeof *all.list, err);
    if (!all.list || !outbox_message(courier->db, head->id, gather, &all, err))
        return false;
    if (!all.count)
        return error_set(err, ERROR_USAGE, "%s",
                         all.any_suppressed ? "its finding was suppressed" : "its finding is gone");
    const NoticeGroup group = {all.list, all.count, head->notice.id};
    *ret = all.list[0];
    return all.count == 1 ||
           notice_of_group(&group, courier->options.language, courier->arena, ret, err);
}

static void send_slowly(void *argument, int worker)
{
    (void)worker;
    sending_run(argument);
}

/* Begins to send a message that is written: files at once, calls and what takes long beside. */
static bool start(Courier *courier, Sending *sending, Error *err)
{
    Notice notice;
    if (!make_message(courier, &sending->delivery, &notice, err)) {
        sending->never_again = err->kind == ERROR_USAGE;
        return false;
    }
    if (!sending_write(sending, &notice, err))
        return false;
    if (sending_is_call(sending))
        return sending_call(sending, courier->http, err);
    if (sending->target->is_slow)
        pool_run(courier->pool, send_slowly, sending);
    else
        sending_run(sending);
    return true;
}

static void begin(Courier *courier, Sending *sending, const OutboxDelivery *due)
{
    Error err = {0};
    sending_begin(sending, due, &courier->with,
                  targets_find(courier->options.targets, str_of(due->target)));
    if (!sending->target) {
        sending->never_again = true;
        error_set(&sending->why, ERROR_USAGE, "notify.targets has none of that name any more");
    } else if (!start(courier, sending, &err)) {
        sending->why = err;
    }
}

/* Waits for all answers, unless somebody asks for the end: what is under way then is sent again. */
static bool await_all(Courier *courier, int count, Error *err)
{
    bool ok = true;
    for (bool open = true; ok && open && !is_stopping(courier);) {
        open = false;
        for (int i = 0; i < count; i++)
            open |= courier->sending[i].call && !http_call_done(courier->sending[i].call);
        ok = !open || http_pump(courier->http, PUMP_US, err);
    }
    if (courier->pool)
        pool_wait(courier->pool);
    for (int i = 0; i < count; i++)
        if (courier->sending[i].call && http_call_done(courier->sending[i].call))
            sending_answered(&courier->sending[i]);
    return ok;
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

static bool note_told(void *context, const OutboxDelivery *delivery, Error *err)
{
    const Courier *courier = context;
    const OutboxNotice *notice = &delivery->notice;
    return strcmp(notice->kind, "test") == 0 || strcmp(notice->kind, "alarm") == 0 ||
           finding_workflow_told(courier->db, str_of(notice->subject), str_of(delivery->target),
                                 clock_now_us(), err);
}

/* Notes what became of one; what was given up half-way stays as it was. */
static bool note(Courier *courier, const Sending *sending, Error *err)
{
    int64_t now = clock_now_us(), message = sending->delivery.id;
    if (sending->sent)
        return outbox_message(courier->db, message, note_told, courier, err) &&
               outbox_sent(courier->db, message, now, err);
    if (sending->why.kind == ERROR_NONE)
        return true;
    int64_t due = again_us(sending, now);
    tell_failure(sending, !due);
    return outbox_failed(courier->db, message, str_of(sending->why.text), due, err);
}

static bool note_all(Courier *courier, int count, Error *err)
{
    bool ok = db_begin(courier->db, err);
    for (int i = 0; ok && i < count; i++)
        ok = note(courier, &courier->sending[i], err);
    if (ok && db_commit(courier->db, err))
        return true;
    db_rollback(courier->db);
    return false;
}

/* Makes messages of what is due, in one transaction. */
static bool pack_due(Courier *courier, Error *err)
{
    if (!db_begin(courier->db, err))
        return false;
    if (packing_run(courier->db, courier->options.targets, clock_now_us(), err) &&
        db_commit(courier->db, err))
        return true;
    db_rollback(courier->db);
    return false;
}

static bool send_due(Courier *courier, int *ret_count, Error *err)
{
    bool any = false;
    *ret_count = 0;
    if (!outbox_any_due(courier->db, clock_now_us(), &any, err))
        return false;
    if (!any)
        return true;
    if (!pack_due(courier, err) ||
        !outbox_due(courier->db, clock_now_us(), courier->due, SENT_MAX, ret_count, err))
        return false;
    int due = *ret_count;
    for (*ret_count = 0; *ret_count < due && !is_stopping(courier); ++*ret_count)
        begin(courier, &courier->sending[*ret_count], &courier->due[*ret_count]);
    bool ok =
        await_all(courier, *ret_count, err) && (!*ret_count || note_all(courier, *ret_count, err));
    for (int i = 0; i < *ret_count; i++)
        sending_end(&courier->sending[i]);
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
