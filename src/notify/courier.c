#include "notify/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "findings/finding_workflow.h"
#include "notify/flight.h"
#include "notify/packing.h"

enum {
    ROUTED_MAX = 200, /* notices in one step */
    /* Messages looked at for one target: those on their way are due as well. */
    DUE_MAX = 2 * FLIGHT_OF_TARGET,
    ARENA_BYTES_MAX = 64 << 20,
    BUNDLE_BYTES_MAX = 4096,
    MINUTES_AT = 11 /* of "2026-11-24 19:35:00 KST" */
};

static const int64_t WAIT_US = 50000;  /* for one of those on their way */
static const int64_t STEP_US = 500000; /* a step at most, but for who is slow to note */
static const int64_t AGAIN_FIRST_US = INT64_C(1000000);
static const int64_t AGAIN_LAST_US = INT64_C(1800000000);
static const int64_t GIVE_UP_US = INT64_C(86400000000);

struct Courier {
    CourierOptions options;
    Db *db;
    SendingWith with;
    Flight *flight;
    Arena *arena; /* of one message */
};

Courier *courier_new(const CourierOptions *options, Error *err)
{
    Courier *courier = mem_calloc(1, sizeof *courier, err);
    if (!courier)
        return NULL;
    courier->options = *options;
    courier->with = (SendingWith){options->language, options->ca_file, options->aws};
    courier->arena = arena_new(ARENA_BYTES_MAX, err);
    courier->db = courier->arena ? db_open(options->state, DB_READ_WRITE, err) : NULL;
    courier->flight =
        courier->db ? flight_new(options->targets, &courier->with, options->stopping, err) : NULL;
    if (courier->flight)
        return courier;
    courier_free(courier);
    return NULL;
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

/* Writes a message and lets it go. */
static bool start(Courier *courier, Sending *sending, Error *err)
{
    Notice notice;
    if (!make_message(courier, &sending->delivery, &notice, err)) {
        sending->never_again = err->kind == ERROR_USAGE;
        return false;
    }
    return sending_write(sending, &notice, err) && flight_go(courier->flight, sending, err);
}

static void begin(Courier *courier, const OutboxDelivery *due, const Target *target)
{
    Error err = {0};
    Sending *sending = flight_begin(courier->flight, due, target);
    if (!start(courier, sending, &err))
        flight_put_down(sending, &err);
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

/* Notes all that are back, in one transaction; *ret_any*: there were some. */
static bool note_back(Courier *courier, bool *ret_any, Error *err)
{
    int at = 0;
    const Sending *sending = flight_back(courier->flight, &at);
    *ret_any = sending != NULL;
    if (!sending)
        return true;
    bool ok = db_begin(courier->db, err);
    for (; ok && sending; sending = flight_back(courier->flight, &at))
        ok = note(courier, sending, err);
    ok = ok && db_commit(courier->db, err);
    if (!ok)
        db_rollback(courier->db);
    flight_clear(courier->flight);
    return ok;
}

void courier_free(Courier *courier)
{
    Error ignored = {0};
    bool any;
    if (!courier)
        return;
    if (courier->flight) { /* what was taken is not sent again */
        flight_land(courier->flight);
        if (!note_back(courier, &any, &ignored))
            log_tell(LOG_WARN, "notify", "%s; what was just sent is sent again", ignored.text);
    }
    flight_free(courier->flight);
    db_close(courier->db);
    arena_free(courier->arena);
    mem_free(courier);
}

/* Makes messages of what is due, in one transaction. */
static bool pack_due(Courier *courier, Error *err)
{
    bool any = false;
    if (!outbox_any_loose(courier->db, clock_now_us(), &any, err))
        return false;
    if (!any)
        return true;
    if (!db_begin(courier->db, err))
        return false;
    if (packing_run(courier->db, courier->options.targets, clock_now_us(), err) &&
        db_commit(courier->db, err))
        return true;
    db_rollback(courier->db);
    return false;
}

/* Begins to send what is due for a target, as far as there is room; adds to *count* how much. */
static bool fill_target(Courier *courier, const Target *target, int *count, Error *err)
{
    OutboxDelivery due[DUE_MAX];
    const OutboxAsked asked = {target->name, clock_now_us(), DUE_MAX};
    int found, room = flight_room(courier->flight, target);
    if (!room)
        return true;
    if (!outbox_due(courier->db, &asked, due, &found, err))
        return false;
    for (int i = 0; i < found && room && !is_stopping(courier); i++) {
        if (flight_has(courier->flight, due[i].id))
            continue;
        begin(courier, &due[i], target);
        room--;
        ++*count;
    }
    return true;
}

/* The same for all targets; what waits for one that the configuration does not name is dead. */
static bool fill(Courier *courier, int *ret_count, Error *err)
{
    char name[OUTBOX_NAME_BYTES] = "";
    bool any = true;
    *ret_count = 0;
    while (outbox_next_target(courier->db, name, &any, err)) {
        if (!any)
            return true;
        const Target *target = targets_find(courier->options.targets, str_of(name));
        if (target && !fill_target(courier, target, ret_count, err))
            return false;
        if (!target && !outbox_bury(courier->db, name,
                                    STR("notify.targets has none of that name any more"), err))
            return false;
    }
    return false;
}

/* Sends what is due and notes what came back; *ret_any*: something of that happened. */
static bool send_some(Courier *courier, bool *ret_any, Error *err)
{
    int begun = 0;
    bool back = false;
    bool ok = pack_due(courier, err) && fill(courier, &begun, err) &&
              flight_wait(courier->flight, WAIT_US, err) && note_back(courier, &back, err);
    *ret_any = begun > 0 || back;
    return ok;
}

bool courier_step(Courier *courier, bool *ret_more, Error *err)
{
    int routed = 0;
    int64_t end = clock_monotonic_us() + STEP_US;
    bool any = true, ok = route_new(courier, &routed, err);
    while (ok && any && !is_stopping(courier) && clock_monotonic_us() < end)
        ok = send_some(courier, &any, err);
    *ret_more = ok && (any || routed == ROUTED_MAX || flight_count(courier->flight) > 0);
    return ok;
}

bool courier_test(Courier *courier, const Target *target, Error *err)
{
    char id[37];
    return hash_uuid(id, err) && outbox_add_notice(courier->db, STR("test"), str_of(id),
                                                   str_of(target->name), clock_now_us(), err);
}
