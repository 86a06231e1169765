#include "lake/ledger_head.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include "lake/depot.h"
#include "lake/ledger_file.h"
#include "lake/state.h"

enum {
    LINE_BYTES_MAX = 4096,
    NAME_BYTES = 256,
    TIMEOUT_US = 10000000, /* of a notification */
    REPLY_BYTES_MAX = 64 << 10
};

static const char SETTING[] = "ledger.head";
#define PLACE_NAME STR("ledger_head")

/* A head, signed. */
typedef struct Head {
    int64_t n, at_us;
    char hash[2 * HASH_SHA256_BYTES + 1];
    char signature[2 * SIGNING_SIGNATURE_BYTES + 1];
    Buf text; /* JSON */
} Head;

/* How a kind of place is told. */
typedef struct HeadKind {
    const char *scheme;
    bool remote; /* over a net: not more often than every hour, and it may fail */
    bool lost;   /* a failure is never the command's */
    bool (*open)(Lake *lake, const LedgerHeadOptions *options, Error *err);
    bool (*tell)(Lake *lake, const Head *head, Error *err);
} HeadKind;

struct LedgerHeads {
    const HeadKind *kind;
    char *place; /* owned, as the next two */
    char *ca_file;
    Depot *depot; /* of a bucket */
    void (*untold)(const char *why);
    int64_t told_us; /* by the monotonic clock; 0: not yet */
    bool failing;    /* the last time it could not be told, which was said */
};

/* ---- the kinds ---- */

static bool open_file(Lake *lake, const LedgerHeadOptions *options, Error *err)
{
    (void)lake;
    return options->lock_days == 0 ||
           error_set(err, ERROR_USAGE, "%s: only a bucket (s3://BUCKET/PREFIX) can be locked",
                     SETTING);
}

static bool open_bucket(Lake *lake, const LedgerHeadOptions *options, Error *err)
{
    const DepotOptions depot = {.place = options->place,
                                .setting = SETTING,
                                .lock_days = options->lock_days,
                                .aws = lake->aws,
                                .writes = true};
    lake->heads->depot = depot_open(&depot, err);
    return lake->heads->depot != NULL;
}

static bool tell_file(Lake *lake, const Head *head, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    return buf_printf(&line, err, "%.*s\t%s\n", STR_ARG(buf_str(&head->text)), head->signature) &&
           ledger_file_append(lake->heads->place, buf_str(&line), err);
}

/* "UUID/20261127T100000Z-42-HASH.json": nothing is overwritten, and the name says all. */
static bool tell_bucket(Lake *lake, const Head *head, Error *err)
{
    char at[SIGV4_TIME_BYTES], name[NAME_BYTES];
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    sigv4_time(head->at_us, at);
    snprintf(name, sizeof name, "%s/%s-%" PRId64 "-%s.json", lake->uuid, at, head->n, head->hash);
    const Str names[2] = {str_of(name), str_of(name)};
    if (!buf_printf(&line, err, "%.*s\t%s\n", STR_ARG(buf_str(&head->text)), head->signature))
        return false;
    DepotWriter *writer = depot_writer_open(lake->heads->depot, err);
    bool ok = writer && depot_put(writer, names, buf_str(&line), err) && depot_sync(writer, err);
    depot_writer_free(writer);
    return ok;
}

static bool post(const char *url, const HttpOptions *options, Str body, Error *err)
{
    const HttpHeader type = {STR("content-type"), STR("application/json")};
    const HttpRequest request = {.method = STR("POST"),
                                 .url = url,
                                 .headers = &type,
                                 .header_count = 1,
                                 .body = body,
                                 .reply_max = REPLY_BYTES_MAX,
                                 .timeout_us = TIMEOUT_US};
    HttpClient *client = http_client_new(options, err);
    HttpCall *call = client ? http_start(client, &request, err) : NULL;
    bool ok = call && http_await(client, call, err);
    int status = ok ? http_call_reply(call)->status : 0;
    http_call_free(call);
    http_client_free(client);
    return ok && ((status >= 200 && status < 300) ||
                  error_set(err, ERROR_ACCESS, "the answer was HTTP %d, 2xx is expected", status));
}

/* The head as one JSON object, with the signature of what it is without that member. */
static bool tell_url(Lake *lake, const Head *head, Error *err)
{
    const HttpOptions options = {.ca_file = lake->heads->ca_file, .parallel = 1};
    BUF_AUTO Buf body = buf_init(LINE_BYTES_MAX);
    Str text = str_slice(buf_str(&head->text), 0, head->text.len - 1);
    return buf_printf(&body, err, "%.*s,\"signature\":\"%s\"}", STR_ARG(text), head->signature) &&
           post(lake->heads->place, &options, buf_str(&body), err);
}

static const HeadKind KINDS[] = {
    {"s3://", true, false, open_bucket, tell_bucket},
    {"https://", true, true, open_file, tell_url},
    {"http://", true, true, open_file, tell_url},
    {"", false, false, open_file, tell_file},
};

static const HeadKind *kind_of(const char *place)
{
    const HeadKind *kind = KINDS;
    while (!str_starts(str_of(place), str_of(kind->scheme)))
        kind++;
    return kind;
}

/* ---- opening ---- */

static char *copy(const char *text, Error *err)
{
    return mem_text(text, strlen(text), err);
}

bool ledger_head_open(Lake *lake, const LedgerHeadOptions *options, Error *err)
{
    if (!options->place[0])
        return true;
    LedgerHeads *heads = lake->heads = mem_calloc(1, sizeof *heads, err);
    if (!heads)
        return false;
    heads->kind = kind_of(options->place);
    heads->untold = options->untold;
    heads->place = copy(options->place, err);
    if (!heads->place || (options->ca_file && options->ca_file[0] &&
                          !(heads->ca_file = copy(options->ca_file, err))))
        return false;
    return heads->kind->open(lake, options, err);
}

void ledger_head_close(LedgerHeads *heads)
{
    if (!heads)
        return;
    depot_free(heads->depot);
    mem_free(heads->place);
    mem_free(heads->ca_file);
    mem_free(heads);
}

/* ---- telling ---- */

static bool make(const Lake *lake, int64_t n, const uint8_t hash[HASH_SHA256_BYTES], Head *ret,
                 Error *err)
{
    char at[TIMESTAMP_TEXT_BYTES], key[2 * SIGNING_KEY_BYTES + 1];
    uint8_t signature[SIGNING_SIGNATURE_BYTES];
    JsonWriter to = {&ret->text, err, true};
    ret->n = n;
    ret->at_us = clock_now_us() / 1000000 * 1000000;
    timestamp_format(ret->at_us, at);
    hash_hex(hash, HASH_SHA256_BYTES, ret->hash);
    hash_hex(ledger_pair(lake)->public, SIGNING_KEY_BYTES, key);
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "lake", str_of(lake->uuid));
    json_write_int(&to, "n", n);
    json_write_text(&to, "hash", str_of(ret->hash));
    json_write_text(&to, "at", str_of(at));
    json_write_text(&to, "key", str_of(key));
    json_write_close(&to, '}');
    if (!to.ok || !signing_sign(ledger_pair(lake), buf_str(&ret->text), signature, err))
        return false;
    hash_hex(signature, sizeof signature, ret->signature);
    return true;
}

/* Whether the place is the one that was told last: another one has to be told all anew. */
static bool is_same_place(const Lake *lake, const uint8_t place[HASH_SHA256_BYTES])
{
    Error ignored = {0};
    uint8_t last[HASH_SHA256_BYTES];
    return state_get(lake->db, PLACE_NAME, last, sizeof last, &ignored) &&
           memcmp(last, place, sizeof last) == 0;
}

static bool is_due(const Lake *lake, int64_t n, int64_t told, bool last)
{
    const LedgerHeads *heads = lake->heads;
    int64_t every_us = INT64_C(1000000) * LEDGER_HEAD_EVERY_S;
    if (!heads->kind->remote)
        return n > told || !file_exists(heads->place);
    return n > told &&
           (last || !heads->told_us || clock_monotonic_us() - heads->told_us >= every_us);
}

/* A failure that is no reason to end: said once, and again at the end. */
static bool leave(LedgerHeads *heads, bool last, Error *err)
{
    if (heads->untold && (last || !heads->failing))
        heads->untold(err->text);
    heads->failing = true;
    error_clear(err);
    return true;
}

bool ledger_head_tell(Lake *lake, int64_t n, const uint8_t hash[HASH_SHA256_BYTES], bool last,
                      int64_t *told, Error *err)
{
    LedgerHeads *heads = lake->heads;
    uint8_t place[HASH_SHA256_BYTES];
    if (!heads)
        return true;
    hash_sha256(heads->place, strlen(heads->place), place);
    if (!is_due(lake, n, is_same_place(lake, place) ? *told : -1, last))
        return true;
    Head head = {.text = buf_init(LINE_BYTES_MAX)};
    bool ok = make(lake, n, hash, &head, err) && heads->kind->tell(lake, &head, err);
    buf_free(&head.text);
    if (!ok && !heads->depot)
        error_context(err, "%s", SETTING);
    if (!ok)
        return heads->kind->lost || (heads->kind->remote && !last) ? leave(heads, last, err)
                                                                   : false;
    heads->told_us = clock_monotonic_us();
    heads->failing = false;
    *told = n;
    return state_set(lake->db, PLACE_NAME, (Str){(const char *)place, sizeof place}, err);
}

/* ---- reading ---- */

bool ledger_head_can_read(const char *place)
{
    return !kind_of(place)->lost;
}

/* What is read into. */
typedef struct Reading {
    const Lake *lake;
    Buf *out;
} Reading;

/* The name of a head as a line. */
static bool read_name(void *context, const DepotEntry *entry, Error *err)
{
    const Reading *reading = context;
    Str rest = str_base_name(entry->name), hash;
    size_t first = str_find_byte(rest, '-', 0), second = str_find_byte(rest, '-', first + 1);
    uint64_t n;
    if (second == rest.len || !str_to_u64(str_slice(rest, first + 1, second), &n) || n > INT64_MAX)
        return true; /* none of ours */
    hash = str_slice(rest, second + 1, str_find_byte(rest, '.', second));
    return buf_printf(reading->out, err, "{\"lake\":\"%s\",\"n\":%" PRIu64 ",\"hash\":\"%.*s\"}\n",
                      reading->lake->uuid, n, STR_ARG(hash));
}

static bool read_bucket(Lake *lake, const char *place, Buf *ret, Error *err)
{
    char below[NAME_BYTES];
    Reading reading = {lake, ret};
    const DepotOptions options = {.place = place, .setting = SETTING, .aws = lake->aws};
    Depot *depot = depot_open(&options, err);
    snprintf(below, sizeof below, "%s/", lake->uuid);
    bool ok = depot && depot_list(depot, str_of(below), read_name, &reading, err);
    depot_free(depot);
    return ok;
}

bool ledger_head_read(Lake *lake, const char *place, Buf *ret, Error *err)
{
    if (!ledger_head_can_read(place))
        return error_set(err, ERROR_USAGE,
                         "heads that were posted cannot be read again: name a file of what was"
                         " received");
    if (depot_is_remote(place))
        return read_bucket(lake, place, ret, err);
    return file_read(place, ret, NULL, err);
}
