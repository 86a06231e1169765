#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "collect/queue_source_state.h"

enum {
    NAMES_BYTES_MAX = 256 << 20,
    WANTS_MAX = 1 << 20,
    EVENTS_BYTES = 4 << 20, /* of one carried object, about */
    EVENTS_BYTES_MAX = EVENTS_BYTES + (4 << 20),
    WAVE_BYTES = 48 << 20, /* of events that are carried */
    WAVE_US = 5000000,     /* a wave ends that long after its first message */
    PUMP_US = 200000,
    TOLD_MAX = 10,
    LINE_BYTES = 600,
    URI_BYTES = SQS_NAME_BYTES + 128
};

void queue_source_tell(QueueSource *source, const char *line)
{
    if (source->options.tell && source->told++ < TOLD_MAX)
        source->options.tell(source->options.context, line);
}

QueueSource *queue_source_open(const QueueSourceOptions *options, Error *err)
{
    QueueSource *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return NULL;
    source->options = *options;
    source->held = buf_init((size_t)QUEUE_MESSAGES_MAX * 2 * sizeof(Held));
    source->wants = buf_init((size_t)WANTS_MAX * sizeof(Want));
    source->events = buf_init(EVENTS_BYTES_MAX);
    pthread_mutex_init(&source->lock, NULL);
    source->names = arena_new(NAMES_BYTES_MAX, err);
    source->scratch = source->names ? arena_new(NOTIFICATION_ARENA_BYTES, err) : NULL;
    source->line = source->scratch ? aws_line(options->aws, err) : NULL;
    if (source->line && sqs_find(&source->queue, options->aws, source->line, options->uri, err))
        return source;
    queue_source_free(source);
    return NULL;
}

static void drop_extends(QueueSource *source)
{
    for (int i = 0; i < QUEUE_CALLS_MAX; i++) {
        sqs_free(source->extends[i]);
        source->extends[i] = NULL;
    }
}

/* Forgets the wave. */
static void drop_wave(QueueSource *source)
{
    drop_extends(source);
    for (size_t i = 0; i < want_count(source); i++)
        request_free(want_at(source, i)->call);
    source->held.len = source->wants.len = source->events.len = 0;
    source->wave_bytes = 0;
    source->wave_until_us = 0;
    arena_reset(source->names);
}

void queue_source_free(QueueSource *source)
{
    if (!source)
        return;
    if (source->names)
        drop_wave(source);
    request_line_free(source->line);
    arena_free(source->names);
    arena_free(source->scratch);
    buf_free(&source->held);
    buf_free(&source->wants);
    buf_free(&source->events);
    pthread_mutex_destroy(&source->lock);
    mem_free(source);
}

/* ---- what messages say ---- */

/* One more object to wait for; its texts live as long as the wave. */
static bool add_want(QueueSource *source, const char *uri, Str kind, Str etag, Error *err)
{
    Want want = {.uri = uri, .source = kind};
    Str kept = str_slice(etag, 0, OBJECT_ETAG_BYTES - 1);
    memcpy(want.etag, kept.ptr, kept.len);
    return buf_append(&source->wants, &want, sizeof want, err);
}

const char *queue_source_message_uri(const QueueSource *source, Str id, Error *err)
{
    char uri[URI_BYTES];
    snprintf(uri, sizeof uri, "%s/%.*s", source->queue.name, STR_ARG(str_slice(id, 0, 100)));
    return arena_text(source->names, str_of(uri), err);
}

/* Lists the events that were gathered. */
static bool end_events(QueueSource *source, Error *err)
{
    if (!source->events.len)
        return true;
    Want *want = want_at(source, source->events_want);
    if (!buf_append_str(&source->events, STR("]}"), err))
        return false;
    Str bytes = buf_str(&source->events);
    object_list_carried_etag(bytes, want->etag);
    if (!object_list_add_carried(source->list, want->uri, bytes, NULL, err))
        return false;
    source->events.len = 0;
    return true;
}

/* Puts the event that a message carries behind those before. */
static bool take_event(QueueSource *source, Held *held, Str event, Error *err)
{
    if (source->events.len >= EVENTS_BYTES && !end_events(source, err))
        return false;
    bool first = !source->events.len;
    if (first) {
        const char *uri = queue_source_message_uri(source, held->id, err);
        if (!uri || !add_want(source, uri, STR("sqs"), STR(""), err))
            return false;
        source->events_want = want_count(source) - 1;
    }
    held->first = source->events_want;
    held->count = 1;
    source->wave_bytes += event.len;
    return buf_append_str(&source->events, first ? STR("{\"Records\":[") : STR(","), err) &&
           buf_append_str(&source->events, event, err);
}

static bool take_objects(QueueSource *source, Held *held, const Notification *said, int64_t sent_us,
                         Error *err)
{
    for (size_t i = 0; i < said->count; i++) {
        const NotificationObject *object = &said->objects[i];
        const char *uri = arena_text(source->names, str_of(object->uri), err);
        if (!uri || !add_want(source, uri, STR("s3"), object->etag, err))
            return false;
        Want *want = want_at(source, want_count(source) - 1);
        want->bytes = object->bytes;
        want->modified_us = sent_us;
    }
    held->count = said->count;
    return true;
}

static bool keep_text(QueueSource *source, Str *text, Error *err)
{
    const char *copy = arena_text(source->names, *text, err);
    *text = (Str){copy, text->len};
    return copy != NULL;
}

/* What the message says, as wants; why it says nothing, as its refusal. */
static bool read_body(QueueSource *source, Held *held, const SqsMessage *message, Error *err)
{
    Error why = {0};
    Notification said;
    arena_reset(source->scratch);
    if (!notification_read(message->body, source->scratch, &said, &why)) {
        held->refusal = arena_text(source->names, str_of(why.text), err);
        return held->refusal != NULL;
    }
    if (said.kind == NOTIFICATION_EVENT)
        return take_event(source, held, said.event, err);
    if (said.kind == NOTIFICATION_FINDINGS)
        return queue_source_findings_keep(source, held, said.event, err);
    return take_objects(source, held, &said, message->sent_us, err);
}

static bool take_message(void *context, const SqsMessage *message, Error *err)
{
    QueueSource *source = context;
    Held held = {.id = message->id,
                 .receipt = message->receipt,
                 .receives = message->receives,
                 .first = want_count(source)};
    int64_t now = clock_monotonic_us();
    held.until_us = now + source->options.visible_s * INT64_C(1000000);
    if (!source->wave_until_us)
        source->wave_until_us = now + WAVE_US;
    source->tally.received++;
    if (!keep_text(source, &held.id, err) || !keep_text(source, &held.receipt, err) ||
        !read_body(source, &held, message, err))
        return false;
    if (held.refusal || held.receives > QUEUE_RECEIVES_MAX) {
        held.body = message->body;
        source->wave_bytes += held.body.len;
        if (!keep_text(source, &held.body, err))
            return false;
    }
    return buf_append(&source->held, &held, sizeof held, err);
}

/* ---- receiving ---- */

static bool is_stopping(const QueueSource *source)
{
    return atomic_load(&source->stopping);
}

static bool receive(QueueSource *source, int calls, int wait_s, Error *err)
{
    const QueueReceive asked = {.calls = calls,
                                .wait_s = wait_s,
                                .visible_s = source->options.visible_s,
                                .take = take_message,
                                .context = source};
    return queue_calls_receive(&source->queue, source->line, &asked, &source->stopping, err);
}

static bool wave_is_full(const QueueSource *source)
{
    return held_count(source) >= QUEUE_MESSAGES_MAX || source->wave_bytes >= WAVE_BYTES ||
           clock_monotonic_us() >= source->wave_until_us;
}

/* Messages until none comes, or the wave is full. */
static bool receive_wave(QueueSource *source, int wait_s, Error *err)
{
    size_t before = 0;
    bool ok = receive(source, 1, wait_s, err);
    while (ok && held_count(source) > before && !is_stopping(source) && !wave_is_full(source)) {
        before = held_count(source);
        ok = receive(source, QUEUE_CALLS_MAX, 1, err);
    }
    return ok && end_events(source, err);
}

/* ---- what is in already, and what S3 says of the rest ---- */

static bool look_up(QueueSource *source, Want *want, Error *err)
{
    return source->options.is_in(source->options.context, want->source, str_of(want->uri),
                                 str_of(want->etag), &want->match, err);
}

/* Asks S3 for what the object is now. Who cannot be asked is not asked: reading it tells why. */
static void start_head(QueueSource *source, Want *want)
{
    ERROR_UNREAD(ignored);
    Str bucket, key;
    if (!s3_split(str_of(want->uri), &bucket, &key, &ignored))
        return;
    want->bucket = aws_bucket(source->options.aws, source->line, bucket, &ignored);
    if (want->bucket)
        want->call = s3_head_start(want->bucket, source->line, key, &ignored);
}

static bool end_head(QueueSource *source, Want *want, Error *err)
{
    ERROR_UNREAD(ignored);
    S3Object object;
    bool known = request_done(want->call) && s3_head_end(want->call, &object, &ignored);
    if (known) {
        Str etag = object.etag;
        if (etag.len >= 2 && etag.ptr[0] == '"')
            etag = str_slice(etag, 1, etag.len - 1);
        snprintf(want->etag, sizeof want->etag, "%.*s",
                 STR_ARG(str_slice(etag, 0, OBJECT_ETAG_BYTES - 1)));
        want->bytes = object.bytes;
        want->modified_us = object.modified_us;
    }
    request_free(want->call);
    want->call = NULL;
    return !known || look_up(source, want, err);
}

/* A message says which version came with it; when the lake has another one, or when that version
 * could not be read before, the one that is there now counts. */
static bool must_ask(const Held *held, const Want *want)
{
    return str_equal(want->source, STR("s3")) && want->match != QUEUE_SAME &&
           (want->match == QUEUE_OTHER || held->receives > 1 || !want->etag[0]);
}

static bool look_up_all(QueueSource *source, Error *err)
{
    for (size_t i = 0; i < want_count(source); i++)
        if (!look_up(source, want_at(source, i), err))
            return false;
    return true;
}

/* Ends the HEADs of wants [first, end). */
static bool end_heads(QueueSource *source, size_t first, size_t end, Error *err)
{
    for (size_t i = first; i < end; i++) {
        Want *want = want_at(source, i);
        while (want->call && !request_done(want->call) && !is_stopping(source))
            if (!request_pump(source->line, PUMP_US, err))
                return false;
        if (want->call && !end_head(source, want, err))
            return false;
    }
    return true;
}

static bool ask_s3(QueueSource *source, Error *err)
{
    size_t asked = 0, first = 0;
    for (size_t i = 0; i < held_count(source) && !is_stopping(source); i++) {
        const Held *held = held_at(source, i);
        for (size_t j = held->first; j < held->first + held->count; j++) {
            Want *want = want_at(source, j);
            if (want->call || !must_ask(held, want))
                continue;
            start_head(source, want);
            if (++asked % (size_t)aws_parallel(source->options.aws))
                continue;
            if (!end_heads(source, first, j + 1, err))
                return false;
            first = j + 1;
        }
    }
    return end_heads(source, first, want_count(source), err);
}

/* ---- listing ---- */

static bool is_in(const QueueSource *source, const Held *held)
{
    bool in = !held->unstored;
    for (size_t i = 0; i < held->count; i++)
        in = in && want_at(source, held->first + i)->match == QUEUE_SAME;
    return in;
}

/* The message becomes the object that it waits for. */
static bool set_aside(QueueSource *source, Held *held, Error *err)
{
    const char *uri = queue_source_message_uri(source, held->id, err);
    if (!uri || !object_list_add_carried(source->list, uri, held->body, held->refusal, err) ||
        !add_want(source, uri, STR("sqs"), STR(""), err))
        return false;
    held->first = want_count(source) - 1;
    held->count = 1;
    object_list_carried_etag(held->body, want_at(source, held->first)->etag);
    char line[LINE_BYTES];
    snprintf(line, sizeof line, "message %s is set aside: %.300s", uri, held->refusal);
    queue_source_tell(source, line);
    return true;
}

/* Why a message that came so often is set aside: the first object that is not in. */
static bool give_up(QueueSource *source, Held *held, Error *err)
{
    char reason[LINE_BYTES] = "";
    for (size_t i = 0; i < held->count; i++) {
        const Want *want = want_at(source, held->first + i);
        if (want->match == QUEUE_SAME)
            continue;
        snprintf(reason, sizeof reason, "received %" PRIu64 " times, and this did not come in: %s",
                 held->receives, want->uri);
        break;
    }
    held->refusal = arena_text(source->names, str_of(reason), err);
    return held->refusal != NULL;
}

static bool list_wants(QueueSource *source, const Held *held, Error *err)
{
    for (size_t i = 0; i < held->count; i++) {
        const Want *want = want_at(source, held->first + i);
        if (want->match != QUEUE_SAME && str_equal(want->source, STR("s3")) &&
            !object_list_add_remote(source->list, want->uri, str_of(want->etag), want->bytes,
                                    want->modified_us, err))
            return false;
    }
    return true;
}

static bool list_wave(QueueSource *source, Error *err)
{
    for (size_t i = 0; i < held_count(source); i++) {
        Held *held = held_at(source, i);
        bool too_often = held->receives > QUEUE_RECEIVES_MAX && held->count &&
                         !is_in(source, held) &&
                         str_equal(want_at(source, held->first)->source, STR("s3"));
        if (too_often && !give_up(source, held, err))
            return false;
        if (held->refusal ? !set_aside(source, held, err) : !list_wants(source, held, err))
            return false;
    }
    return true;
}

/* ---- afterwards ---- */

static bool delete_held(QueueSource *source, Error *err)
{
    QueueDeleted deleted = {.count = 0};
    size_t count = 0;
    arena_reset(source->scratch);
    Str *receipts = arena_calloc(source->scratch, held_count(source) + 1, sizeof *receipts, err);
    for (size_t i = 0; receipts && i < held_count(source); i++) {
        const Held *held = held_at(source, i);
        if (!is_in(source, held))
            continue;
        receipts[count++] = held->receipt;
        source->tally.set_aside += held->refusal != NULL;
    }
    bool ok = receipts &&
              queue_calls_delete(&source->queue, source->line, receipts, count, &deleted, err);
    source->tally.deleted += deleted.count;
    if (deleted.why.kind != ERROR_NONE)
        queue_source_tell(source, deleted.why.text);
    return ok;
}

/* With the lock held. */
static bool settle(QueueSource *source, Error *err)
{
    drop_extends(source);
    bool ok = look_up_all(source, err) && delete_held(source, err);
    source->tally.left = source->tally.received - source->tally.deleted;
    drop_wave(source);
    return ok;
}

bool queue_source_settle(QueueSource *source, Error *err)
{
    pthread_mutex_lock(&source->lock);
    bool ok = settle(source, err);
    pthread_mutex_unlock(&source->lock);
    return ok;
}

bool queue_source_next(QueueSource *source, ObjectList *list, int wait_s, bool *ret_any, Error *err)
{
    pthread_mutex_lock(&source->lock);
    source->list = list;
    bool ok = settle(source, err) && receive_wave(source, wait_s, err) &&
              look_up_all(source, err) && ask_s3(source, err) &&
              queue_source_findings_store(source, err) && list_wave(source, err);
    *ret_any = held_count(source) > 0;
    pthread_mutex_unlock(&source->lock);
    return ok;
}

/* ---- meanwhile ---- */

/* Up to ten messages whose visibility is half over. */
static void start_extend(QueueSource *source, SqsCall **ret)
{
    Str receipts[SQS_BATCH_MAX];
    ERROR_UNREAD(ignored);
    size_t count = 0;
    int64_t now = clock_monotonic_us(), whole = source->options.visible_s * INT64_C(1000000);
    for (size_t i = 0; i < held_count(source) && count < SQS_BATCH_MAX; i++) {
        Held *held = held_at(source, i);
        if (held->until_us - now > whole / 2)
            continue;
        held->until_us = now + whole;
        receipts[count++] = held->receipt;
    }
    if (count)
        *ret = sqs_extend_start(&source->queue, source->line, receipts, count,
                                source->options.visible_s, &ignored);
}

static void end_extend(QueueSource *source, SqsCall **call)
{
    bool failed[SQS_BATCH_MAX];
    Error why = {0}, err = {0};
    if (!sqs_batch_end(*call, failed, &why, &err))
        queue_source_tell(source, err.text);
    else if (why.kind != ERROR_NONE)
        queue_source_tell(source, why.text);
    sqs_free(*call);
    *call = NULL;
}

void queue_source_tick(QueueSource *source, bool stopping)
{
    ERROR_UNREAD(ignored);
    bool busy = false;
    if (stopping)
        atomic_store(&source->stopping, true);
    if (pthread_mutex_trylock(&source->lock) != 0)
        return;
    for (int i = 0; i < QUEUE_CALLS_MAX; i++) {
        if (source->extends[i] && sqs_done(source->extends[i]))
            end_extend(source, &source->extends[i]);
        if (!source->extends[i])
            start_extend(source, &source->extends[i]);
        busy |= source->extends[i] != NULL;
    }
    if (busy && !request_pump(source->line, 0, &ignored))
        drop_extends(source);
    pthread_mutex_unlock(&source->lock);
}

const QueueSourceTally *queue_source_tally(const QueueSource *source)
{
    return &source->tally;
}
