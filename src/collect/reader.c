#include "collect/reader.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

enum {
    PATH_BYTES_MAX = 1 << 16,
    WAIT_US = 200000,
    PUMP_EVERY = 8,
    HEADER_BYTES = 100,
    PAUSE_US = 1000
};

/* An object of S3 that is asked for. */
typedef struct Ahead {
    size_t index; /* in the list */
    const S3Bucket *bucket;
    RequestCall *call; /* NULL with the trouble: it could not be asked for */
    Buf key;
    Error trouble;
} Ahead;

struct Reader {
    const ObjectList *list;
    Aws *aws;
    const atomic_bool *stopping;
    RequestLine *line; /* made when the first object of S3 comes */
    size_t next, end;  /* of the range: what is read next */
    size_t asked;      /* [next, asked) are asked for, as far as they are of S3 */
    Ahead *ahead;      /* a ring of *slots* */
    size_t slots, first, count;
    unsigned since_pump;   /* objects that were read since the last one */
    uint64_t ahead_bytes;  /* that the listing says of what is asked for */
    const char *folder;    /* of the last local file, as the list has it; NULL: none */
    int folder_fd;         /* it, open; -1 when it cannot be */
    const char *bucket_of; /* the folder of the last object of S3, and its bucket */
    const S3Bucket *bucket;
    Buf path;
    Buf bytes;
    HttpReply headers; /* of the object of S3 that was read last; no body */
};

Reader *reader_new(const ObjectList *list, Aws *aws, const atomic_bool *stopping, Error *err)
{
    Reader *reader = mem_calloc(1, sizeof *reader, err);
    if (!reader)
        return NULL;
    reader->list = list;
    reader->aws = aws;
    reader->stopping = stopping;
    reader->folder_fd = -1;
    reader->path = buf_init(PATH_BYTES_MAX);
    reader->bytes = buf_init(READER_OBJECT_BYTES_MAX);
    reader->slots = aws && aws_parallel(aws) > 1 ? (size_t)aws_parallel(aws) : 1;
    reader->ahead = mem_calloc(reader->slots, sizeof *reader->ahead, err);
    if (reader->ahead)
        return reader;
    reader_free(reader);
    return NULL;
}

static Ahead *ahead_at(const Reader *reader, size_t number)
{
    assert(reader->slots);
    return &reader->ahead[(reader->first + number) % reader->slots];
}

static void drop_first(Reader *reader)
{
    Ahead *ahead = ahead_at(reader, 0);
    reader->ahead_bytes -= object_list_at(reader->list, ahead->index)->bytes;
    request_free(ahead->call);
    buf_free(&ahead->key);
    *ahead = (Ahead){.index = 0};
    reader->first = (reader->first + 1) % reader->slots;
    reader->count--;
}

void reader_free(Reader *reader)
{
    if (!reader)
        return;
    while (reader->count)
        drop_first(reader);
    request_line_free(reader->line);
    file_close_folder(reader->folder_fd);
    buf_free(&reader->path);
    buf_free(&reader->bytes);
    buf_free(&reader->headers.headers);
    mem_free(reader->ahead);
    mem_free(reader);
}

void reader_begin(Reader *reader, size_t first, size_t end)
{
    while (reader->count)
        drop_first(reader);
    reader->next = first;
    reader->asked = first;
    reader->end = end;
}

bool reader_has_next(const Reader *reader)
{
    return reader->next < reader->end;
}

/* The bucket of an object; those of a folder follow each other. */
static const S3Bucket *find_bucket(Reader *reader, const ObjectRef *object, Error *err)
{
    Str name, key;
    if (reader->bucket_of == object->folder)
        return reader->bucket;
    if (!s3_split(str_of(object->folder), &name, &key, err))
        return NULL;
    reader->bucket = aws_bucket(reader->aws, reader->line, name, err);
    reader->bucket_of = reader->bucket ? object->folder : NULL;
    return reader->bucket;
}

/* The object's key, and its etag as it is sent. */
static bool put_key(const ObjectRef *object, Buf *ret, Buf *ret_etag, Error *err)
{
    Str bucket, key;
    BUF_AUTO Buf uri = buf_init(PATH_BYTES_MAX);
    return object_list_path(object, &uri, err) && s3_split(buf_str(&uri), &bucket, &key, err) &&
           buf_append_str(ret, key, err) &&
           (!object->etag[0] || buf_printf(ret_etag, err, "\"%s\"", object->etag));
}

static bool ask(Reader *reader, Ahead *ahead, Error *err)
{
    const ObjectRef *object = object_list_at(reader->list, ahead->index);
    BUF_AUTO Buf etag = buf_init(PATH_BYTES_MAX);
    if (!reader->aws)
        return error_set(err, ERROR_USAGE, "nothing is known of AWS here");
    if (!reader->line)
        reader->line = aws_line(reader->aws, err);
    ahead->bucket = reader->line ? find_bucket(reader, object, err) : NULL;
    if (!ahead->bucket || !put_key(object, &ahead->key, &etag, err))
        return false;
    ahead->call =
        s3_get_start(ahead->bucket, reader->line, buf_str(&ahead->key), buf_str(&etag), err);
    return ahead->call != NULL;
}

static bool has_room(const Reader *reader)
{
    return reader->count < reader->slots &&
           (reader->count == 0 || reader->ahead_bytes < READER_AHEAD_BYTES);
}

/* Asks for what comes next, as far as there is room. */
static void ask_ahead(Reader *reader)
{
    for (; reader->asked < reader->end && has_room(reader); reader->asked++) {
        const ObjectRef *object = object_list_at(reader->list, reader->asked);
        if (!object->etag || object->carried)
            continue;
        Ahead *ahead = ahead_at(reader, reader->count);
        *ahead = (Ahead){.index = reader->asked, .key = buf_init(PATH_BYTES_MAX)};
        reader->count++;
        reader->ahead_bytes += object->bytes;
        Error trouble = {0};
        if (!ask(reader, ahead, &trouble))
            ahead->trouble = trouble;
    }
}

/* Pumps until *call* is done. A pump looks at every request under way, so it is done for several
 * objects at a time: when nothing is at hand it waits a little for more than one answer. */
static ReaderResult await(Reader *reader, const RequestCall *call, Error *err)
{
    bool due = ++reader->since_pump >= PUMP_EVERY;
    if ((due || !request_done(call)) && !request_pump(reader->line, 0, err))
        return READER_FAILED;
    if (due)
        reader->since_pump = 0;
    while (!request_done(call)) {
        if (reader->stopping && atomic_load(reader->stopping))
            return READER_STOPPED;
        if (reader->count >= PUMP_EVERY)
            clock_sleep_us(PAUSE_US);
        if (!request_pump(reader->line, WAIT_US, err))
            return READER_FAILED;
    }
    return READER_READ;
}

static void keep_headers(Reader *reader, RequestCall *call)
{
    Buf *headers = &request_reply(call)->headers;
    buf_free(&reader->headers.headers);
    reader->headers.headers = *headers;
    *headers = buf_init(headers->max);
}

Str reader_metadata(const Reader *reader, Str name)
{
    char header[HEADER_BYTES];
    int len = snprintf(header, sizeof header, "x-amz-meta-%.*s", STR_ARG(name));
    if (len < 0 || len >= (int)sizeof header)
        return (Str){NULL, 0};
    return http_reply_header(&reader->headers, str_of(header));
}

static ReaderResult take_body(Reader *reader, Ahead *ahead, ReaderObject *ret, Error *err)
{
    if (!ahead->call) {
        *err = ahead->trouble;
        return READER_UNREADABLE;
    }
    ReaderResult result = await(reader, ahead->call, err);
    if (result != READER_READ)
        return result;
    if (s3_get_end(ahead->bucket, reader->line, ahead->call, buf_str(&ahead->key), &reader->bytes,
                   err)) {
        keep_headers(reader, ahead->call);
        object_list_etag(ret->listed, ret->etag);
        ret->modified_us = ret->listed->modified_ns / 1000;
        return READER_READ;
    }
    return request_line_is_dead(reader->line) ? READER_FAILED : READER_UNREADABLE;
}

/* The object that was asked for first; it is the next one. */
static ReaderResult take_ahead(Reader *reader, ReaderObject *ret, Error *err)
{
    ReaderResult result = take_body(reader, ahead_at(reader, 0), ret, err);
    drop_first(reader);
    return result;
}

/* Files of a folder follow each other, so it stays open for the next one. */
static ReaderResult take_file(Reader *reader, ReaderObject *ret, Error *err)
{
    const ObjectRef *object = ret->listed;
    FileInfo info;
    if (reader->folder != object->folder) {
        file_close_folder(reader->folder_fd);
        reader->folder_fd = file_open_folder(object->folder);
        reader->folder = object->folder;
    }
    const char *path = reader->path.ptr;
    bool ok = reader->folder_fd < 0
                  ? file_read(path, &reader->bytes, &info, err)
                  : file_read_in(reader->folder_fd, object->name, path, &reader->bytes, &info, err);
    if (!ok)
        return READER_UNREADABLE;
    object_list_file_etag(info.bytes, info.modified_ns, ret->etag);
    ret->modified_us = info.modified_ns / 1000;
    return READER_READ;
}

static ReaderResult take_carried(ReaderObject *ret)
{
    ret->bytes = ret->listed->carried->bytes;
    ret->refusal = ret->listed->carried->refusal;
    object_list_etag(ret->listed, ret->etag);
    return READER_READ;
}

ReaderResult reader_next(Reader *reader, ReaderObject *ret, Error *err)
{
    reader->headers.headers.len = 0;
    *ret = (ReaderObject){.listed = object_list_at(reader->list, reader->next)};
    if (!object_list_path(ret->listed, &reader->path, err))
        return READER_FAILED;
    ret->path = buf_str(&reader->path);
    ask_ahead(reader);
    reader->next++;
    if (ret->listed->carried)
        return take_carried(ret);
    ReaderResult result =
        ret->listed->etag ? take_ahead(reader, ret, err) : take_file(reader, ret, err);
    ret->bytes = buf_str(&reader->bytes);
    return result;
}
