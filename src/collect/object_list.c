#include "collect/object_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { NAMES_BYTES_MAX = 1 << 30, EARLY_MINUTES = 15 };

struct ObjectList {
    Arena *names;
    Buf objects; /* ObjectRef each */
    const char *last_folder;
};

ObjectList *object_list_new(Error *err)
{
    ObjectList *list = mem_calloc(1, sizeof *list, err);
    if (!list)
        return NULL;
    list->objects = buf_init((size_t)OBJECTS_MAX * sizeof(ObjectRef));
    list->names = arena_new(NAMES_BYTES_MAX, err);
    if (list->names)
        return list;
    object_list_free(list);
    return NULL;
}

void object_list_free(ObjectList *list)
{
    if (!list)
        return;
    buf_free(&list->objects);
    arena_free(list->names);
    mem_free(list);
}

static ObjectRef *items(const ObjectList *list)
{
    return (ObjectRef *)(void *)list->objects.ptr;
}

/* "YYYY" month and day out of *text* at fixed places; false unless all are digits of a date. */
static bool read_day(Str text, size_t month_at, size_t day_at, int32_t *ret)
{
    uint64_t year, month, day;
    if (!str_to_u64(str_slice(text, 0, 4), &year) ||
        !str_to_u64(str_slice(text, month_at, month_at + 2), &month) ||
        !str_to_u64(str_slice(text, day_at, day_at + 2), &day) || month < 1 || month > 12 ||
        day < 1 || day > 31 || year < 1970)
        return false;
    *ret = timestamp_day_of((int)year, (int)month, (int)day);
    return true;
}

/* Where the name behind the last slash begins. */
static size_t name_at(Str path)
{
    size_t name = path.len;
    while (name > 0 && path.ptr[name - 1] != '/')
        name--;
    return name;
}

/* What follows the "YYYYMMDDT" of the first date in the name *file*; *ret* is that day. Empty
 * without one. */
static Str find_time(Str file, int32_t *ret)
{
    for (size_t at = str_find_byte(file, '_', 0); at + 10 <= file.len;
         at = str_find_byte(file, '_', at + 1)) {
        Str digits = str_slice(file, at + 1, at + 10);
        if (digits.len == 9 && digits.ptr[8] == 'T' && read_day(digits, 4, 6, ret))
            return str_slice(file, at + 10, file.len);
    }
    return (Str){NULL, 0};
}

int32_t object_list_day(Str path)
{
    int32_t day = OBJECT_DAY_NONE;
    size_t name = name_at(path);
    Str folder = str_slice(path, 0, name);
    if (folder.len >= 12) {
        Str tail = str_slice(folder, folder.len - 12, folder.len);
        if (tail.ptr[0] == '/' && tail.ptr[5] == '/' && tail.ptr[8] == '/' &&
            read_day(str_slice(tail, 1, tail.len), 5, 8, &day))
            return day;
    }
    return find_time(str_slice(path, name, path.len), &day).ptr ? day : OBJECT_DAY_NONE;
}

bool object_list_is_early(Str path)
{
    int32_t day;
    uint64_t minutes;
    Str time = find_time(str_slice(path, name_at(path), path.len), &day);
    return time.len >= 5 && time.ptr[4] == 'Z' && str_starts(time, STR("00")) &&
           str_to_u64(str_slice(time, 2, 4), &minutes) && minutes <= EARLY_MINUTES;
}

static const char *keep_folder(ObjectList *list, Str folder, Error *err)
{
    if (!list->last_folder || !str_equal(folder, str_of(list->last_folder)))
        list->last_folder = arena_text(list->names, folder, err);
    return list->last_folder;
}

/* The arena rounds each allocation to 16 bytes; names are packed into it one by one all the same,
 * because an S3 log name has 70 characters. */
static bool add(ObjectList *list, Str path, ObjectRef *object, Error *err)
{
    size_t name = name_at(path);
    object->day = object_list_day(path);
    object->early = object_list_is_early(path);
    object->folder = keep_folder(list, str_slice(path, 0, name ? name - 1 : 0), err);
    object->name = arena_text(list->names, str_slice(path, name, path.len), err);
    return object->folder && object->name &&
           buf_append(&list->objects, object, sizeof *object, err);
}

bool object_list_add(ObjectList *list, const char *path, uint64_t bytes, int64_t modified_ns,
                     Error *err)
{
    ObjectRef object = {.bytes = bytes, .modified_ns = modified_ns};
    return add(list, str_of(path), &object, err);
}

bool object_list_add_remote(ObjectList *list, const char *uri, Str etag, uint64_t bytes,
                            int64_t modified_us, Error *err)
{
    ObjectRef object = {.bytes = bytes, .modified_ns = modified_us * 1000};
    if (etag.len >= 2 && etag.ptr[0] == '"' && etag.ptr[etag.len - 1] == '"')
        etag = str_slice(etag, 1, etag.len - 1);
    object.etag = arena_text(list->names, str_slice(etag, 0, OBJECT_ETAG_BYTES - 1), err);
    return object.etag && add(list, str_of(uri), &object, err);
}

void object_list_carried_etag(Str bytes, char ret[OBJECT_ETAG_BYTES])
{
    uint8_t hash[HASH_SHA256_BYTES];
    hash_sha256(bytes.ptr, bytes.len, hash);
    hash_hex(hash, OBJECT_ETAG_BYTES / 2 - 1, ret);
}

bool object_list_add_carried(ObjectList *list, const char *uri, Str bytes, const char *refusal,
                             Error *err)
{
    char etag[OBJECT_ETAG_BYTES];
    ObjectRef object = {.bytes = bytes.len};
    ObjectCarried *carried = arena_calloc(list->names, 1, sizeof *carried, err);
    const char *copy = carried ? arena_text(list->names, bytes, err) : NULL;
    if (!copy)
        return false;
    object_list_carried_etag(bytes, etag);
    carried->bytes = (Str){copy, bytes.len};
    carried->refusal = refusal ? arena_text(list->names, str_of(refusal), err) : NULL;
    object.carried = carried;
    object.etag = arena_text(list->names, str_of(etag), err);
    return object.etag && (carried->refusal || !refusal) && add(list, str_of(uri), &object, err);
}

void object_list_file_etag(uint64_t bytes, int64_t modified_ns, char ret[OBJECT_ETAG_BYTES])
{
    snprintf(ret, OBJECT_ETAG_BYTES, "%" PRIu64 "-%" PRId64, bytes, modified_ns);
}

void object_list_etag(const ObjectRef *object, char ret[OBJECT_ETAG_BYTES])
{
    if (object->etag)
        snprintf(ret, OBJECT_ETAG_BYTES, "%s", object->etag);
    else
        object_list_file_etag(object->bytes, object->modified_ns, ret);
}

/* Names of carried objects, and where they are from. */
static const struct {
    const char *start, *source;
} CARRIED[] = {{"sqs:", "sqs"},
               {"-", "stdin"},
               {"cloudtrail:", "cloudtrail"},
               {"logs:", "logs"},
               {"firehose", "firehose"}};

Str object_list_source(const ObjectRef *object)
{
    for (size_t i = 0; object->carried && i < sizeof CARRIED / sizeof *CARRIED; i++)
        if (str_starts(str_of(object->folder), str_of(CARRIED[i].start)))
            return str_of(CARRIED[i].source);
    return object->etag ? STR("s3") : STR("file");
}

void object_list_clear(ObjectList *list)
{
    list->objects.len = 0;
    list->last_folder = NULL;
    arena_reset(list->names);
}

static int compare_objects(const void *left, const void *right)
{
    const ObjectRef *a = left;
    const ObjectRef *b = right;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->early != b->early)
        return a->early ? -1 : 1;
    int order = a->folder == b->folder ? 0 : strcmp(a->folder, b->folder);
    return order ? order : strcmp(a->name, b->name);
}

void object_list_sort(ObjectList *list)
{
    size_t count = object_list_count(list);
    ObjectRef *objects = items(list);
    size_t kept = 0;
    if (count)
        qsort(objects, count, sizeof *objects, compare_objects);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare_objects(&objects[kept - 1], &objects[i]) != 0)
            objects[kept++] = objects[i];
    list->objects.len = kept * sizeof *objects;
}

size_t object_list_count(const ObjectList *list)
{
    return list->objects.len / sizeof(ObjectRef);
}

const ObjectRef *object_list_at(const ObjectList *list, size_t index)
{
    return &items(list)[index];
}

void object_list_filter(ObjectList *list, bool (*keep)(const ObjectRef *object, void *context),
                        void *context)
{
    size_t count = object_list_count(list);
    ObjectRef *objects = items(list);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (keep(&objects[i], context))
            objects[kept++] = objects[i];
    list->objects.len = kept * sizeof *objects;
}

bool object_list_path(const ObjectRef *object, Buf *ret, Error *err)
{
    ret->len = 0;
    return buf_append_str(ret, str_of(object->folder), err) && buf_append_byte(ret, '/', err) &&
           buf_append_str(ret, str_of(object->name), err) && buf_text(ret, err) != NULL;
}
