#include "notify/hub_push.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "notify/hub_document.h"

enum { ARENA_BYTES_MAX = 1 << 30 };

static const int64_t TIMEOUT_US = INT64_C(8000000);
static const int64_t PAUSE_FIRST_US = INT64_C(2000000);
static const int64_t PAUSE_LAST_US = INT64_C(300000000);

/* A finding of the call under way. */
typedef struct Item {
    const HubRow *row;
    HubDocument document;
    bool asked; /* it is part of the call */
    bool ends;  /* it is never tried again */
    bool told;  /* why it was not taken, with all others */
    Error why;  /* it was not taken */
} Item;

struct HubPush {
    HubPushOptions options;
    Db *db;
    Arena *arena; /* of a step */
    HubRow rows[SECURITY_HUB_BATCH_MAX];
    Item items[SECURITY_HUB_BATCH_MAX];
    int count;
    int64_t pause_us, quiet_until_us; /* after a call that failed as a whole */
    HubPushTally tally;
};

HubPush *hub_push_open(const HubPushOptions *options, Error *err)
{
    HubPush *push = mem_calloc(1, sizeof *push, err);
    if (!push)
        return NULL;
    push->options = *options;
    push->arena = arena_new(ARENA_BYTES_MAX, err);
    push->db = push->arena ? db_open(options->state, DB_READ_WRITE, err) : NULL;
    if (push->db)
        return push;
    hub_push_free(push);
    return NULL;
}

void hub_push_free(HubPush *push)
{
    if (!push)
        return;
    db_close(push->db);
    arena_free(push->arena);
    mem_free(push);
}

const HubPushTally *hub_push_tally(const HubPush *push)
{
    return &push->tally;
}

Db *hub_push_db(const HubPush *push)
{
    return push->db;
}

/* ---- the call ---- */

/* The documents of what is due; false when the state fails. */
static bool make_documents(HubPush *push, Error *err)
{
    for (int i = 0; i < push->count; i++) {
        Item *item = &push->items[i];
        *item = (Item){.row = &push->rows[i]};
        if (hub_document_make(push->db, item->row, &push->options, push->arena, &item->document,
                              &item->why))
            continue;
        item->ends = item->why.kind == ERROR_INPUT;
        if (!item->ends) {
            *err = item->why;
            return false;
        }
    }
    return true;
}

/* Those for one region, as many as a call takes; false when there are none. */
static bool gather(HubPush *push, SecurityHubBatch *batch, Buf *ret, Error *err)
{
    bool ok = buf_append_byte(ret, '[', err);
    for (int i = 0; ok && i < push->count; i++) {
        Item *item = &push->items[i];
        const HubDocument *document = &item->document;
        if (item->why.kind != ERROR_NONE || document->gone ||
            ret->len + document->text.len + 2 > SECURITY_HUB_BATCH_BYTES_MAX)
            continue;
        if (!batch->region.ptr)
            batch->region = document->region;
        if (!str_equal(batch->region, document->region))
            continue;
        ok = (ret->len == 1 || buf_append_byte(ret, ',', err)) &&
             buf_append_str(ret, document->text, err);
        item->asked = true;
    }
    return ok && buf_append_byte(ret, ']', err);
}

/* One that was not taken. */
static void take_refusal(void *context, Str id, Str code, Str message)
{
    HubPush *push = context;
    for (int i = 0; i < push->count; i++) {
        Item *item = &push->items[i];
        if (!item->asked || !str_equal(item->document.id, id))
            continue;
        item->ends = str_equal(code, STR("InvalidInput"));
        error_set(&item->why, item->ends ? ERROR_INPUT : ERROR_BUSY, "%.*s: %.*s",
                  STR_ARG(str_slice(code, 0, 60)), STR_ARG(str_slice(message, 0, 400)));
    }
}

/* After a call that failed as a whole the next one waits; it is told once until it has passed. */
static void fail_all(HubPush *push, const Error *why)
{
    if (!push->pause_us)
        log_tell(LOG_WARN, "securityhub", "%s; it is tried again", why->text);
    push->pause_us = !push->pause_us                      ? PAUSE_FIRST_US
                     : push->pause_us * 2 < PAUSE_LAST_US ? push->pause_us * 2
                                                          : PAUSE_LAST_US;
    push->quiet_until_us = clock_monotonic_us() + push->pause_us;
    for (int i = 0; i < push->count; i++)
        if (push->items[i].asked) {
            push->items[i].why = *why;
            push->items[i].told = true;
        }
}

static bool ask(HubPush *push, Error *err)
{
    Error why = {0};
    BUF_AUTO Buf findings = buf_init(SECURITY_HUB_BATCH_BYTES_MAX);
    SecurityHubBatch batch = {.timeout_us = TIMEOUT_US, .refused = take_refusal, .context = push};
    if (!gather(push, &batch, &findings, err))
        return false;
    if (!batch.region.ptr)
        return true;
    batch.findings = buf_str(&findings);
    if (security_hub_import(push->options.aws, &batch, &why))
        push->pause_us = 0;
    else
        fail_all(push, &why);
    return true;
}

/* ---- what became of it ---- */

static bool note_failure(HubPush *push, const Item *item, Error *err)
{
    bool dead;
    if (!hub_outbox_failed(push->db, item->row, item->ends, str_of(item->why.text), &dead, err))
        return false;
    push->tally.dead += dead;
    push->tally.failed += !dead;
    if (dead || (!item->told && !item->row->tries))
        log_tell(dead ? LOG_ERROR : LOG_WARN, "securityhub", "finding %.12s: %s%s",
                 item->row->finding, item->why.text,
                 dead ? "; given up: spoor findings push sends it" : "; it is tried again");
    return true;
}

static bool note(HubPush *push, const Item *item, Error *err)
{
    if (item->document.gone) {
        push->tally.dropped++;
        return hub_outbox_drop(push->db, item->row, err);
    }
    if (item->why.kind != ERROR_NONE)
        return note_failure(push, item, err);
    push->tally.taken += item->asked;
    return !item->asked ||
           hub_outbox_sent(push->db, item->row, clock_now_us(), item->document.said_us, err);
}

static bool note_all(HubPush *push, Error *err)
{
    bool ok = db_begin(push->db, err);
    for (int i = 0; ok && i < push->count; i++)
        ok = note(push, &push->items[i], err);
    if (ok && db_commit(push->db, err))
        return true;
    db_rollback(push->db);
    return false;
}

bool hub_push_step(HubPush *push, bool *ret_more, Error *err)
{
    *ret_more = false;
    if (clock_monotonic_us() < push->quiet_until_us)
        return true;
    arena_reset(push->arena);
    if (!hub_outbox_due(push->db, clock_now_us(), push->rows, SECURITY_HUB_BATCH_MAX, &push->count,
                        err))
        return false;
    if (!push->count)
        return true;
    bool ok = make_documents(push, err) && ask(push, err) && note_all(push, err);
    *ret_more = ok && clock_monotonic_us() >= push->quiet_until_us;
    return ok;
}
