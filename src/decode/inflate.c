#include "decode/inflate.h"

#define ZLIB_CONST /* next_in points to const */
#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "decode/object.h"

enum { CAP_MIN = 1 << 20 };

typedef enum { SOURCE_FRESH, SOURCE_PLAIN, SOURCE_GZIP, SOURCE_END } Source;

struct Inflate {
    InflateLimits limits;
    struct libdeflate_decompressor *whole;
    z_stream stream;
    bool stream_ready;
    Source source;
    Str bytes;
    size_t used; /* of bytes */
    char *window;
    size_t cap; /* without padding */
    size_t len;
    InflateReport report;
};

Inflate *inflate_new(const InflateLimits *limits, Error *err)
{
    Inflate *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->limits = *limits;
    self->whole = libdeflate_alloc_decompressor();
    if (!self->whole) {
        error_set(err, ERROR_LIMIT, "out of memory for the inflater");
        inflate_free(self);
        return NULL;
    }
    return self;
}

void inflate_free(Inflate *self)
{
    if (!self)
        return;
    if (self->whole)
        libdeflate_free_decompressor(self->whole);
    if (self->stream_ready)
        inflateEnd(&self->stream);
    mem_free(self->window);
    mem_free(self);
}

static bool is_gzip(Str bytes, size_t at)
{
    return bytes.len - at >= 2 && (unsigned char)bytes.ptr[at] == 0x1f &&
           (unsigned char)bytes.ptr[at + 1] == 0x8b;
}

void inflate_start(Inflate *self, Str bytes)
{
    if (self->cap > INFLATE_KEPT_BYTES_MAX) {
        mem_free(self->window);
        self->window = NULL;
        self->cap = 0;
    }
    self->bytes = bytes;
    self->used = 0;
    self->len = 0;
    self->source = SOURCE_FRESH;
    self->report = (InflateReport){.rest = {bytes.ptr + bytes.len, 0}};
}

InflateReport inflate_report(const Inflate *self)
{
    return self->report;
}

/* Room for *cap* bytes and the padding, at most window_max. */
static bool make_room(Inflate *self, size_t cap, Error *err)
{
    if (cap > self->limits.window_max)
        cap = self->limits.window_max;
    if (cap <= self->cap)
        return true;
    char *grown = mem_realloc(self->window, cap + RECORD_PADDING, err);
    if (!grown)
        return false;
    self->window = grown;
    self->cap = cap;
    return true;
}

static void finish(Inflate *self, unsigned flags, const char *problem)
{
    self->source = SOURCE_END;
    self->report.flags |= flags;
    self->report.problem = problem;
    self->report.rest = str_slice(self->bytes, self->used, self->bytes.len);
}

/* Behind a gzip member: another one, nothing, zeros that pad, or garbage. True for another. */
static bool another_member(Inflate *self)
{
    if (self->used == self->bytes.len) {
        finish(self, 0, NULL);
        return false;
    }
    if (is_gzip(self->bytes, self->used)) {
        self->report.flags |= OBJECT_SEVERAL_MEMBERS;
        return true;
    }
    size_t at = self->used;
    while (at < self->bytes.len && !self->bytes.ptr[at])
        at++;
    if (at == self->bytes.len) {
        self->report.padding = at - self->used;
        self->used = at;
        finish(self, 0, NULL);
    } else {
        finish(self, OBJECT_TRAILING_GARBAGE, "bytes behind the end of the gzip data");
    }
    return false;
}

/* What the gzip trailer claims, within reason: deflate cannot do more than 1,032 to 1. */
static size_t size_hint(Str bytes)
{
    if (bytes.len < 18)
        return CAP_MIN;
    const unsigned char *trailer = (const unsigned char *)bytes.ptr + bytes.len - 4;
    size_t claimed =
        trailer[0] | (size_t)trailer[1] << 8 | (size_t)trailer[2] << 16 | (size_t)trailer[3] << 24;
    size_t possible = bytes.len * 1032;
    return claimed < possible ? claimed : possible;
}

/* Inflates everything into the window. *ret_done* false: it does not fit, or is broken, and the
 * stream must do it. */
static bool inflate_whole(Inflate *self, bool *ret_done, Error *err)
{
    *ret_done = false;
    if (!make_room(self, size_hint(self->bytes), err) || !make_room(self, CAP_MIN, err))
        return false;
    for (;;) {
        size_t took = 0, gave = 0;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            self->whole, self->bytes.ptr + self->used, self->bytes.len - self->used,
            self->window + self->len, self->cap - self->len, &took, &gave);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE && self->cap < self->limits.window_max) {
            if (!make_room(self, self->cap * 2, err))
                return false;
            continue;
        }
        if (result != LIBDEFLATE_SUCCESS)
            return true;
        self->used += took;
        self->len += gave;
        self->report.members++;
        if (!another_member(self)) {
            *ret_done = true;
            return true;
        }
    }
}

static bool start_stream(Inflate *self, Error *err)
{
    self->used = 0;
    self->len = 0;
    self->report.flags = 0;
    self->report.members = 1;
    int result = self->stream_ready ? inflateReset2(&self->stream, 15 + 16)
                                    : inflateInit2(&self->stream, 15 + 16);
    if (result != Z_OK)
        return error_set(err, ERROR_LIMIT, "zlib could not begin (%d)", result);
    self->stream_ready = true;
    return true;
}

/* Bytes that may still be given out before a ceiling is passed. */
static uint64_t allowance(const Inflate *self)
{
    const InflateLimits *limits = &self->limits;
    uint64_t by_ratio = (uint64_t)self->bytes.len * limits->ratio_max;
    if (by_ratio < limits->ratio_floor)
        by_ratio = limits->ratio_floor;
    uint64_t most = by_ratio < limits->total_max ? by_ratio : limits->total_max;
    return most > self->report.inflated ? most - self->report.inflated : 0;
}

static void stream_failed(Inflate *self, int result)
{
    const char *text = self->stream.msg ? self->stream.msg : "";
    if (result == Z_BUF_ERROR)
        finish(self, OBJECT_TRUNCATED, "the gzip data ends early");
    else if (strstr(text, "check"))
        finish(self, OBJECT_BAD_CHECKSUM, "the gzip data does not match its checksum");
    else
        finish(self, OBJECT_BROKEN, "the gzip data is broken");
}

/* Inflates into the window until it is full, *most* bytes came, or all is done. */
static void run_stream(Inflate *self, size_t most)
{
    z_stream *stream = &self->stream;
    size_t target = self->len + most;
    while (self->len < target && self->source == SOURCE_GZIP) {
        size_t left = self->bytes.len - self->used;
        uInt offered = left > 1u << 30 ? 1u << 30 : (uInt)left;
        uInt room = (uInt)(target - self->len);
        stream->next_in = (const Bytef *)self->bytes.ptr + self->used;
        stream->avail_in = offered;
        stream->next_out = (Bytef *)self->window + self->len;
        stream->avail_out = room;
        int result = inflate(stream, Z_NO_FLUSH);
        self->used += offered - stream->avail_in;
        self->len += room - stream->avail_out;
        if (result == Z_STREAM_END) {
            if (another_member(self) && inflateReset(stream) == Z_OK)
                self->report.members++;
        } else if (result != Z_OK || (!left && stream->avail_out)) {
            stream_failed(self, result == Z_OK ? Z_BUF_ERROR : result);
        }
    }
}

static bool first_window(Inflate *self, Error *err)
{
    if (!is_gzip(self->bytes, 0)) {
        self->source = SOURCE_PLAIN;
        return true;
    }
    bool done;
    if (!inflate_whole(self, &done, err))
        return false;
    if (done)
        return true;
    self->source = SOURCE_GZIP;
    return start_stream(self, err);
}

static bool more_gzip(Inflate *self, Error *err)
{
    uint64_t allowed = allowance(self);
    if (!make_room(self, self->limits.window_max, err))
        return false;
    size_t room = self->cap - self->len;
    run_stream(self, allowed < room ? (size_t)allowed : room);
    if (self->source == SOURCE_GZIP && allowed <= room)
        finish(self, OBJECT_REFUSED, "the gzip data inflates beyond the ceiling");
    return true;
}

static bool more_plain(Inflate *self, Error *err)
{
    size_t left = self->bytes.len - self->used;
    if (!make_room(self, self->len + left, err))
        return false;
    size_t room = self->cap - self->len;
    size_t take = left < room ? left : room;
    if (take)
        memcpy(self->window + self->len, self->bytes.ptr + self->used, take);
    self->used += take;
    self->len += take;
    if (self->used == self->bytes.len)
        finish(self, 0, NULL);
    return true;
}

bool inflate_next(Inflate *self, size_t keep, Str *ret_window, size_t *ret_fresh, bool *ret_last,
                  Error *err)
{
    if (!make_room(self, CAP_MIN, err))
        return false;
    if (keep && keep < self->len)
        memmove(self->window, self->window + self->len - keep, keep);
    self->len = keep;
    if (self->source == SOURCE_FRESH && !first_window(self, err))
        return false;
    if (self->source == SOURCE_GZIP && !more_gzip(self, err))
        return false;
    if (self->source == SOURCE_PLAIN && !more_plain(self, err))
        return false;
    *ret_fresh = self->len - keep;
    self->report.inflated += *ret_fresh;
    memset(self->window + self->len, 0, RECORD_PADDING);
    *ret_window = (Str){self->window, self->len};
    *ret_last = self->source == SOURCE_END;
    return true;
}

size_t inflate_room(const Inflate *self)
{
    return self->cap;
}

void inflate_exchange(Inflate *self, char **buffer, size_t *cap)
{
    char *window = self->window;
    size_t window_cap = self->cap;
    self->window = *buffer;
    self->cap = *cap;
    self->len = 0;
    *buffer = window;
    *cap = window_cap;
}
