#include "collect/push_source.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/gunzip.h"
#include "base/hash.h"
#include "base/http_listen.h"
#include "base/http_server.h"
#include "base/json.h"
#include "base/mem.h"
#include "collect/push_delivery.h"

enum {
    BODIES_MAX = 256 << 20,
    ARENA_BYTES_MAX = 512 << 20,
    CONNECTIONS_MAX = 64,
    IDLE_S = 60,
    WAVE_DELIVERIES = 64,
    KEY_BYTES_MAX = 4096,
    NAME_BYTES = 128,
    BEHIND_BYTES = 40,
    ANSWER_BYTES_MAX = 4096,
    TOLD_MAX = 20,
    LINE_BYTES = 400,
};

/* A delivery that waits for its answer: one that came, then one whose objects are listed. */
typedef struct Waiting {
    HttpExchange *exchange; /* NULL: its client gave up */
    char id[PUSH_ID_MAX + 1];
    size_t first, count; /* of the wave's objects */
    bool unstored;       /* its findings could not be stored now */
} Waiting;

/* An object of the wave. */
typedef struct Carried {
    char name[NAME_BYTES];
    char etag[OBJECT_ETAG_BYTES];
} Carried;

struct PushSource {
    PushSourceOptions options;
    HttpServer *server;
    ObjectList *list; /* of the wave; the caller's */
    Arena *arena;     /* of one delivery */
    Buf key;          /* that deliveries have to know; empty: nothing */
    Buf waiting;      /* Waiting each: those that are listed, then those that came */
    size_t listed;    /* how many of them are listed */
    Buf carried;      /* Carried each */
    int told;
    PushSourceTally tally;
};

static Waiting *waiting_at(const PushSource *source, size_t index)
{
    return &((Waiting *)(void *)source->waiting.ptr)[index];
}

static size_t waiting_count(const PushSource *source)
{
    return source->waiting.len / sizeof(Waiting);
}

static Carried *carried_at(const PushSource *source, size_t index)
{
    return &((Carried *)(void *)source->carried.ptr)[index];
}

/* ---- answers ---- */

/* As Firehose wants them: the request's id, the time, and why not. */
static void answer(HttpExchange *exchange, unsigned status, Str id, const char *why)
{
    Error ignored = {0};
    BUF_AUTO Buf body = buf_init(ANSWER_BYTES_MAX);
    bool ok = buf_append_str(&body, STR("{\"requestId\":"), &ignored) &&
              json_append_string(&body, id, &ignored) &&
              buf_printf(&body, &ignored, ",\"timestamp\":%" PRId64, clock_now_us() / 1000) &&
              (!why || (buf_append_str(&body, STR(",\"errorMessage\":"), &ignored) &&
                        json_append_string(&body, str_of(why), &ignored))) &&
              buf_append_byte(&body, '}', &ignored);
    const HttpAnswer answer = {status, "application/json", ok ? buf_str(&body) : STR("")};
    http_exchange_answer(exchange, &answer);
}

/* The id of the header, or nothing when it is none. */
static Str id_of(const HttpExchange *exchange)
{
    Str id = http_exchange_header(exchange, "X-Amz-Firehose-Request-Id");
    return push_delivery_is_id(id) ? id : STR("");
}

static void refuse(PushSource *source, HttpExchange *exchange, unsigned status, const char *why)
{
    Str id = id_of(exchange);
    char line[LINE_BYTES];
    source->tally.refused++;
    answer(exchange, status, id, why);
    if (!source->options.tell || source->told++ >= TOLD_MAX)
        return;
    snprintf(line, sizeof line, "refused a delivery%s%.*s: %s", id.len ? " " : "", STR_ARG(id),
             why);
    source->options.tell(source->options.context, line);
}

/* ---- what comes ---- */

/* Equal in a time that does not tell where they differ. */
static bool knows_key(const PushSource *source, Str said)
{
    Str key = buf_str(&source->key);
    unsigned differs = said.len != key.len;
    for (size_t i = 0; i < key.len; i++)
        differs |= (unsigned char)key.ptr[i] ^ (unsigned char)(i < said.len ? said.ptr[i] : 0);
    return differs == 0;
}

/* Called by the server. What is no delivery is refused at once. */
static void take(void *context, HttpExchange *exchange)
{
    PushSource *source = context;
    Error err = {0};
    Waiting waiting = {.exchange = exchange};
    if (!str_equal(http_exchange_method(exchange), STR("POST")))
        refuse(source, exchange, 405, "only POST is taken");
    else if (source->key.len &&
             !knows_key(source, http_exchange_header(exchange, "X-Amz-Firehose-Access-Key")))
        refuse(source, exchange, 401, "X-Amz-Firehose-Access-Key is not the key of this endpoint");
    else if (!str_equal(http_exchange_header(exchange, "X-Amz-Firehose-Protocol-Version"),
                        STR("1.0")))
        refuse(source, exchange, 400, "X-Amz-Firehose-Protocol-Version is not 1.0");
    else if (!id_of(exchange).len)
        refuse(source, exchange, 400, "X-Amz-Firehose-Request-Id is missing or no name");
    else if (!buf_append(&source->waiting, &waiting, sizeof waiting, &err))
        refuse(source, exchange, 503, err.text);
}

/* Called by the server: the client gave up, or was answered. */
static void drop(void *context, HttpExchange *exchange)
{
    PushSource *source = context;
    for (size_t i = 0; i < waiting_count(source); i++)
        if (waiting_at(source, i)->exchange == exchange)
            waiting_at(source, i)->exchange = NULL;
}

/* Lists *bytes* under the delivery's name and what stands *behind* it; *refusal*: they are only
 * kept aside. */
static bool carry(PushSource *source, Waiting *waiting, Str bytes, const char *behind,
                  const char *refusal, Error *err)
{
    Carried carried;
    if (!bytes.len)
        return true;
    snprintf(carried.name, sizeof carried.name, "firehose/%s%s", waiting->id, behind);
    object_list_carried_etag(bytes, carried.etag);
    waiting->count++;
    return buf_append(&source->carried, &carried, sizeof carried, err) &&
           object_list_add_carried(source->list, carried.name, bytes, refusal, err);
}

static bool read_delivery(PushSource *source, const HttpExchange *exchange, PushDelivery *ret,
                          Error *err)
{
    BUF_AUTO Buf inflated = buf_init(PUSH_BODY_MAX);
    Str body = http_exchange_body(exchange);
    arena_reset(source->arena);
    if (str_equal_nocase(http_exchange_header(exchange, "Content-Encoding"), STR("gzip"))) {
        if (!gunzip(body, &inflated, err))
            return error_context(err, "%s", "the body");
        const char *copy = arena_text(source->arena, buf_str(&inflated), err);
        if (!copy)
            return false;
        body = (Str){copy, inflated.len};
    }
    return push_delivery_read(body, source->arena, ret, err) &&
           (str_equal(ret->request_id, id_of(exchange)) ||
            error_set(err, ERROR_INPUT, "the body's requestId is not the header's"));
}

/* Keeps findings aside that cannot be read. */
static bool set_aside(PushSource *source, Waiting *waiting, const NotificationFindings *findings,
                      size_t number, Error *err)
{
    char behind[BEHIND_BYTES], line[LINE_BYTES];
    snprintf(behind, sizeof behind, "/finding-%zu", number);
    snprintf(line, sizeof line, "%s%s is set aside: %.250s", findings->name, behind, findings->bad);
    if (source->options.tell && source->told++ < TOLD_MAX)
        source->options.tell(source->options.context, line);
    return carry(source, waiting, findings->text, behind, findings->bad, err);
}

static bool store_findings(PushSource *source, Waiting *waiting, const PushDelivery *delivery,
                           Error *err)
{
    char name[NAME_BYTES];
    Error why = {0};
    size_t count = delivery->findings_count;
    snprintf(name, sizeof name, "firehose/%s", waiting->id);
    NotificationFindings *all = arena_calloc(source->arena, count + 1, sizeof *all, err);
    for (size_t i = 0; all && i < count; i++)
        all[i] = (NotificationFindings){
            name, delivery->findings[i],
            source->options.take_findings ? NULL : "findings are not taken here"};
    bool taken = all && count && source->options.take_findings;
    waiting->unstored = taken && !source->options.take_findings(source->options.context, all, count,
                                                                source->arena, &why);
    if (waiting->unstored && source->options.tell)
        source->options.tell(source->options.context, why.text);
    bool ok = all != NULL;
    for (size_t i = 0; ok && i < count; i++)
        ok = !all[i].bad || waiting->unstored || set_aside(source, waiting, &all[i], i + 1, err);
    return ok;
}

/* Lists what a delivery carries. One that cannot be read is refused, and the others go on. */
static bool list_delivery(PushSource *source, Waiting *waiting, Error *err)
{
    PushDelivery delivery = {0};
    Error why = {0};
    waiting->first = source->carried.len / sizeof(Carried);
    if (!waiting->exchange)
        return true;
    if (!read_delivery(source, waiting->exchange, &delivery, &why)) {
        refuse(source, waiting->exchange, why.kind == ERROR_INPUT ? 400 : 413, why.text);
        waiting->exchange = NULL;
        return true;
    }
    snprintf(waiting->id, sizeof waiting->id, "%.*s", STR_ARG(delivery.request_id));
    source->tally.deliveries++;
    source->tally.records += delivery.count;
    bool ok = carry(source, waiting, delivery.text, "", NULL, err);
    for (size_t i = 0; ok && i < delivery.packed_count; i++) {
        char behind[BEHIND_BYTES];
        snprintf(behind, sizeof behind, "/%zu", i + 1);
        ok = carry(source, waiting, delivery.packed[i], behind, NULL, err);
    }
    return ok && store_findings(source, waiting, &delivery, err);
}

bool push_source_next(PushSource *source, ObjectList *list, int64_t wait_us, bool *ret_any,
                      Error *err)
{
    int64_t until_us = clock_monotonic_us() + wait_us;
    if (!push_source_settle(source, err))
        return false;
    int64_t left_us;
    while (!waiting_count(source) && (left_us = until_us - clock_monotonic_us()) > 0)
        if (!http_server_run(source->server, left_us, err))
            return false;
    for (int i = 0; waiting_count(source) && i < WAVE_DELIVERIES; i++)
        if (!http_server_run(source->server, 0, err))
            return false;
    *ret_any = waiting_count(source) > 0;
    source->list = list;
    for (; source->listed < waiting_count(source); source->listed++)
        if (!list_delivery(source, waiting_at(source, source->listed), err))
            return false;
    return true;
}

/* ---- what became of it ---- */

static bool all_in(const PushSource *source, const Waiting *waiting, bool *ret, Error *err)
{
    *ret = !waiting->unstored;
    for (size_t i = 0; *ret && i < waiting->count; i++) {
        const Carried *carried = carried_at(source, waiting->first + i);
        if (!source->options.is_in(source->options.context, STR("firehose"), str_of(carried->name),
                                   str_of(carried->etag), ret, err))
            return false;
    }
    return true;
}

static bool settle_one(PushSource *source, Waiting *waiting, Error *err)
{
    bool done;
    HttpExchange *exchange = waiting->exchange;
    if (!all_in(source, waiting, &done, err))
        return false;
    waiting->exchange = NULL;
    if (!exchange)
        return true;
    source->tally.done += done;
    answer(exchange, done ? 200 : 503, str_of(waiting->id), done ? NULL : "it did not come in");
    return true;
}

bool push_source_settle(PushSource *source, Error *err)
{
    size_t listed = source->listed;
    for (size_t i = 0; i < listed; i++)
        if (!settle_one(source, waiting_at(source, i), err))
            return false;
    /* What came since then is listed next. */
    size_t rest = source->waiting.len - listed * sizeof(Waiting);
    if (listed)
        memmove(source->waiting.ptr, source->waiting.ptr + listed * sizeof(Waiting), rest);
    source->waiting.len = rest;
    source->carried.len = 0;
    source->listed = 0;
    return !listed || http_server_run(source->server, 0, err);
}

/* ---- opening ---- */

/* What is open to others has to be encrypted, and to know who delivers. */
static bool check_safety(const PushSource *source, const HttpListen *at, Error *err)
{
    const PushSourceOptions *options = &source->options;
    if (at->tls && !(options->certificate_file && options->key_file))
        return error_set(err, ERROR_USAGE,
                         "https needs push.certificate and push.key, files in PEM");
    if (at->is_local)
        return true;
    if (!at->tls)
        return error_set(err, ERROR_USAGE,
                         "http at %s would be open to others: https, or 127.0.0.1 behind a proxy "
                         "that ends TLS",
                         at->address);
    return source->key.len > 0 ||
           error_set(err, ERROR_USAGE, "%s is open to others: push.access_key_file is needed",
                     at->address);
}

static bool read_key(PushSource *source, Error *err)
{
    const char *path = source->options.access_key_file;
    if (!path)
        return true;
    if (!file_read(path, &source->key, NULL, err))
        return error_context(err, "push.access_key_file");
    while (source->key.len && (unsigned char)source->key.ptr[source->key.len - 1] <= ' ')
        source->key.len--;
    return source->key.len > 0 ||
           error_set(err, ERROR_USAGE, "push.access_key_file %.200s is empty", path);
}

static bool listen_at(PushSource *source, Error *err)
{
    HttpListen at;
    HttpServerOptions options = {.address = at.address,
                                 .body_max = PUSH_BODY_MAX,
                                 .bodies_max = BODIES_MAX,
                                 .connections_max = CONNECTIONS_MAX,
                                 .idle_s = IDLE_S,
                                 .take = take,
                                 .drop = drop,
                                 .context = source};
    if (!http_listen_read(source->options.url, &at, err) || !read_key(source, err) ||
        !check_safety(source, &at, err))
        return false;
    options.port = at.port;
    options.certificate_file = at.tls ? source->options.certificate_file : NULL;
    options.key_file = at.tls ? source->options.key_file : NULL;
    source->server = http_server_open(&options, err);
    return source->server != NULL;
}

PushSource *push_source_open(const PushSourceOptions *options, Error *err)
{
    PushSource *source = mem_calloc(1, sizeof *source, err);
    if (!source)
        return NULL;
    source->options = *options;
    source->key = buf_init(KEY_BYTES_MAX);
    source->waiting = buf_init(2 * (size_t)CONNECTIONS_MAX * sizeof(Waiting));
    source->carried = buf_init(2 * (size_t)CONNECTIONS_MAX * PUSH_RECORDS_MAX * sizeof(Carried));
    source->arena = arena_new(ARENA_BYTES_MAX, err);
    if (source->arena && listen_at(source, err))
        return source;
    push_source_free(source);
    return NULL;
}

void push_source_free(PushSource *source)
{
    if (!source)
        return;
    http_server_free(source->server);
    arena_free(source->arena);
    if (source->key.ptr)
        hash_wipe(source->key.ptr, source->key.len);
    buf_free(&source->key);
    buf_free(&source->waiting);
    buf_free(&source->carried);
    mem_free(source);
}

uint16_t push_source_port(const PushSource *source)
{
    return http_server_port(source->server);
}

const PushSourceTally *push_source_tally(const PushSource *source)
{
    return &source->tally;
}
