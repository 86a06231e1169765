#include "query/worker_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"

enum { HEADER_BYTES = 8, NUMBER_BYTES = 8, FIELDS_MAX = 16 * NUMBER_BYTES };

/* Bytes of the fields, by kind. */
static const size_t CEILINGS[WORKER_KINDS] = {
    [WORKER_OPEN] = 4 * WORKER_TEXT_MAX + FIELDS_MAX,
    [WORKER_QUERY] = WORKER_STATEMENT_MAX + FIELDS_MAX,
    [WORKER_OUTPUT] = WORKER_OUTPUT_MAX,
    [WORKER_PROGRESS] = NUMBER_BYTES,
    [WORKER_DONE] = WORKER_TEXT_MAX + FIELDS_MAX,
};

static bool put_number(Buf *out, uint64_t number, Error *err)
{
    return buf_append(out, &number, sizeof number, err);
}

static bool put_text(Buf *out, Str text, Error *err)
{
    return put_number(out, text.len, err) && buf_append_str(out, text, err);
}

/* Room for the header, which end_message fills. */
static bool begin_message(Buf *out, size_t *ret_at, Error *err)
{
    static const char HEADER[HEADER_BYTES];
    *ret_at = out->len;
    return buf_append(out, HEADER, sizeof HEADER, err);
}

static bool end_message(Buf *out, size_t at, WorkerKind kind, Error *err)
{
    size_t len = out->len - at - HEADER_BYTES;
    if (len > CEILINGS[kind])
        return error_set(err, ERROR_LIMIT, "the statement is longer than %d MiB",
                         WORKER_STATEMENT_MAX >> 20);
    const uint32_t header[2] = {(uint32_t)kind, (uint32_t)len};
    memcpy(out->ptr + at, header, sizeof header);
    return true;
}

bool worker_put_opening(const WorkerOpening *opening, Buf *out, Error *err)
{
    size_t at;
    return begin_message(out, &at, err) && put_text(out, opening->lake, err) &&
           put_text(out, opening->source, err) && put_text(out, opening->temp, err) &&
           put_text(out, opening->zone, err) && put_number(out, (uint64_t)opening->since_us, err) &&
           put_number(out, (uint64_t)opening->until_us, err) &&
           put_number(out, opening->memory_bytes, err) && put_number(out, opening->threads, err) &&
           put_number(out, opening->temp_bytes, err) && end_message(out, at, WORKER_OPEN, err);
}

bool worker_put_query(const WorkerQuery *query, Buf *out, Error *err)
{
    size_t at;
    return begin_message(out, &at, err) && put_text(out, query->sql, err) &&
           put_number(out, query->format, err) && put_number(out, query->width, err) &&
           put_number(out, query->wide, err) && put_number(out, query->rows_max, err) &&
           put_number(out, query->read_max, err) && end_message(out, at, WORKER_QUERY, err);
}

bool worker_put_done(const WorkerDone *done, Buf *out, Error *err)
{
    size_t at;
    return begin_message(out, &at, err) && put_number(out, done->error, err) &&
           put_text(out, done->text, err) && put_number(out, done->culprit_at, err) &&
           put_number(out, done->culprit_end, err) && put_number(out, done->rows, err) &&
           put_number(out, done->days, err) && put_number(out, done->files, err) &&
           put_number(out, done->bytes, err) && put_number(out, done->all_days, err) &&
           put_number(out, done->all_files, err) && put_number(out, done->all_bytes, err) &&
           end_message(out, at, WORKER_DONE, err);
}

bool worker_put_progress(uint64_t percent, Buf *out, Error *err)
{
    size_t at;
    return begin_message(out, &at, err) && put_number(out, percent, err) &&
           end_message(out, at, WORKER_PROGRESS, err);
}

bool worker_put_output(Str bytes, Buf *out, Error *err)
{
    size_t at;
    return begin_message(out, &at, err) && buf_append_str(out, bytes, err) &&
           end_message(out, at, WORKER_OUTPUT, err);
}

/* Fields being read; `bad` stays once it is true. */
typedef struct Fields {
    Str left;
    bool bad;
} Fields;

static Str take(Fields *fields, uint64_t len)
{
    fields->bad = fields->bad || len > fields->left.len;
    if (fields->bad)
        return STR("");
    Str taken = str_slice(fields->left, 0, (size_t)len);
    fields->left = str_slice(fields->left, (size_t)len, fields->left.len);
    return taken;
}

static uint64_t get_number(Fields *fields)
{
    uint64_t number = 0;
    Str bytes = take(fields, NUMBER_BYTES);
    if (!fields->bad)
        memcpy(&number, bytes.ptr, sizeof number);
    return number;
}

static Str get_text(Fields *fields)
{
    return take(fields, get_number(fields));
}

static bool ended_well(const Fields *fields, Error *err)
{
    return (!fields->bad && fields->left.len == 0) ||
           error_set(err, ERROR_INPUT, "a message's fields do not fill it");
}

bool worker_get_opening(Str text, WorkerOpening *ret, Error *err)
{
    Fields fields = {text, false};
    ret->lake = get_text(&fields);
    ret->source = get_text(&fields);
    ret->temp = get_text(&fields);
    ret->zone = get_text(&fields);
    ret->since_us = (int64_t)get_number(&fields);
    ret->until_us = (int64_t)get_number(&fields);
    ret->memory_bytes = get_number(&fields);
    ret->threads = get_number(&fields);
    ret->temp_bytes = get_number(&fields);
    return ended_well(&fields, err);
}

bool worker_get_query(Str text, WorkerQuery *ret, Error *err)
{
    Fields fields = {text, false};
    ret->sql = get_text(&fields);
    ret->format = get_number(&fields);
    ret->width = get_number(&fields);
    ret->wide = get_number(&fields);
    ret->rows_max = get_number(&fields);
    ret->read_max = get_number(&fields);
    return ended_well(&fields, err);
}

bool worker_get_progress(Str text, uint64_t *ret_percent, Error *err)
{
    Fields fields = {text, false};
    *ret_percent = get_number(&fields);
    return ended_well(&fields, err) &&
           (*ret_percent <= 100 || error_set(err, ERROR_INPUT, "more than 100 percent"));
}

bool worker_get_done(Str text, WorkerDone *ret, Error *err)
{
    Fields fields = {text, false};
    ret->error = get_number(&fields);
    ret->text = get_text(&fields);
    ret->culprit_at = get_number(&fields);
    ret->culprit_end = get_number(&fields);
    ret->rows = get_number(&fields);
    ret->days = get_number(&fields);
    ret->files = get_number(&fields);
    ret->bytes = get_number(&fields);
    ret->all_days = get_number(&fields);
    ret->all_files = get_number(&fields);
    ret->all_bytes = get_number(&fields);
    return ended_well(&fields, err) &&
           (ret->error <= ERROR_USAGE || error_set(err, ERROR_INPUT, "an unknown kind of error"));
}

bool worker_send(int socket, Str bytes, Error *err)
{
    for (size_t at = 0; at < bytes.len;) {
        ssize_t sent = fault_due(FAULT_SYSCALL)
                           ? -1
                           : send(socket, bytes.ptr + at, bytes.len - at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return error_errno(err, "cannot send a message");
        at += (size_t)sent;
    }
    return true;
}

typedef struct Source {
    int socket;
    const WorkerWait *wait;
} Source;

/* Reads *len* bytes; fewer only at the end: *ret_got*. */
static bool read_all(Source from, char *bytes, size_t len, size_t *ret_got, Error *err)
{
    *ret_got = 0;
    while (*ret_got < len) {
        if (from.wait && !from.wait->wait(from.wait->context, err))
            return false;
        ssize_t got =
            fault_due(FAULT_SYSCALL) ? -1 : read(from.socket, bytes + *ret_got, len - *ret_got);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno != ECONNRESET)
            return error_errno(err, "cannot receive a message");
        if (got <= 0)
            return true;
        *ret_got += (size_t)got;
    }
    return true;
}

bool worker_receive(int socket, const WorkerWait *wait, WorkerKind *ret_kind, Buf *fields,
                    bool *ret_end, Error *err)
{
    const Source from = {socket, wait};
    uint32_t header[2];
    size_t got;
    fields->len = 0;
    *ret_end = false;
    if (!read_all(from, (char *)header, sizeof header, &got, err))
        return false;
    if (got < sizeof header) {
        *ret_end = true;
        return true;
    }
    if (header[0] >= WORKER_KINDS || header[1] > CEILINGS[header[0]])
        return error_set(err, ERROR_INPUT, "no message of a query worker");
    *ret_kind = (WorkerKind)header[0];
    if (!buf_reserve(fields, header[1], err) || !read_all(from, fields->ptr, header[1], &got, err))
        return false;
    fields->len = got;
    *ret_end = got < header[1];
    return true;
}
