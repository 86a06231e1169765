#include "export/export_groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/gzip.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum {
    GROUPS_MAX = 1 << 14,
    SLOTS = 2 * GROUPS_MAX,
    GZIP_LEVEL = 6,
    NAME_BYTES_MAX = 1024,
    GROUP_BYTES_MAX = 1 << 30,
    LINE_BYTES_MAX = 512 << 20,
    ARENA_BYTES_MAX = 1 << 30,
    UNIQUE_LETTERS = 16,
    DATE_LETTERS = 10
};

static const int64_t DELIVERY_US = INT64_C(300000000); /* CloudTrail's files of five minutes */

typedef struct Group {
    Buf key;  /* the beginning of its files' names */
    Buf body; /* of the next file */
    uint64_t events;
    int64_t last_us; /* of these events */
} Group;

struct ExportGroups {
    ExportFolder *folder;
    const ExportFormat *format;
    const ExportHow *how;
    Gzip *gzip;
    Arena *arena; /* of one record */
    Buf line;     /* that has begun */
    Buf key;
    Group *list;     /* GROUPS_MAX */
    uint32_t *slots; /* SLOTS; index + 1 of a group by the hash of its key, 0: free */
    uint32_t count;
    uint64_t held;   /* bytes in the groups */
    uint64_t number; /* of the next file */
};

ExportGroups *export_groups_new(ExportFolder *folder, const ExportFormat *format,
                                const ExportHow *how, Error *err)
{
    ExportGroups *groups = mem_calloc(1, sizeof *groups, err);
    if (!groups)
        return NULL;
    *groups = (ExportGroups){.folder = folder, .format = format, .how = how, .number = 1};
    groups->line = buf_init(LINE_BYTES_MAX);
    groups->key = buf_init(NAME_BYTES_MAX);
    groups->list = mem_calloc(GROUPS_MAX, sizeof *groups->list, err);
    groups->slots = groups->list ? mem_calloc(SLOTS, sizeof *groups->slots, err) : NULL;
    groups->arena = groups->slots ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    groups->gzip = groups->arena ? gzip_new(GZIP_LEVEL, err) : NULL;
    if (groups->gzip)
        return groups;
    export_groups_free(groups);
    return NULL;
}

/* Forgets all groups; what they hold is lost or written. */
static void clear(ExportGroups *groups)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        buf_free(&groups->list[i].key);
        buf_free(&groups->list[i].body);
    }
    groups->count = 0;
    groups->held = 0;
    memset(groups->slots, 0, SLOTS * sizeof *groups->slots);
}

void export_groups_free(ExportGroups *groups)
{
    if (!groups)
        return;
    if (groups->slots)
        clear(groups);
    buf_free(&groups->line);
    buf_free(&groups->key);
    gzip_free(groups->gzip);
    arena_free(groups->arena);
    mem_free(groups->list);
    mem_free(groups->slots);
    mem_free(groups);
}

/* "20261124T1005Z_" and letters made of what the file holds: the same events, the same name. The
 * folder's day is that of the events, and so is the name's. */
static bool put_trail_name(const Group *group, Buf *name, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES], last[TIMESTAMP_TEXT_BYTES], hex[2 * HASH_SHA256_BYTES + 1];
    uint8_t sha256[HASH_SHA256_BYTES];
    int64_t late = group->last_us + DELIVERY_US;
    timestamp_format(late - late % DELIVERY_US, text);
    timestamp_format(group->last_us, last);
    if (memcmp(text, last, DATE_LETTERS) != 0)
        snprintf(text, sizeof text, "%.10s 23:59", last);
    hash_sha256(group->body.ptr, group->body.len, sha256);
    hash_hex(sha256, sizeof sha256, hex);
    return buf_printf(name, err, "%.4s%.2s%.2sT%.2s%.2sZ_%.*s", text, text + 5, text + 8, text + 11,
                      text + 14, UNIQUE_LETTERS, hex);
}

static bool put_name(ExportGroups *groups, const Group *group, Buf *name, Error *err)
{
    return buf_append_str(name, buf_str(&group->key), err) &&
           (groups->format->is_trail ? put_trail_name(group, name, err)
                                     : buf_printf(name, err, "%05" PRIu64, groups->number++)) &&
           buf_append_str(name, str_of(groups->format->ending), err);
}

/* Writes what a group holds as a file. */
static bool flush(ExportGroups *groups, Group *group, Error *err)
{
    BUF_AUTO Buf name = buf_init(NAME_BYTES_MAX);
    if (!group->events)
        return true;
    groups->held -= group->body.len;
    if (!buf_append_str(&group->body, str_of(groups->format->tail), err) ||
        !put_name(groups, group, &name, err))
        return false;
    Str bytes = buf_str(&group->body);
    if ((groups->format->packed && !gzip_pack(groups->gzip, bytes, &bytes, err)) ||
        !export_folder_put(groups->folder, buf_str(&name), bytes, group->events, err))
        return false;
    buf_free(&group->body);
    group->body = buf_init(GROUP_BYTES_MAX);
    group->events = 0;
    group->last_us = 0;
    return true;
}

static bool flush_all(ExportGroups *groups, Error *err)
{
    for (uint32_t i = 0; i < groups->count; i++)
        if (!flush(groups, &groups->list[i], err))
            return false;
    clear(groups);
    return true;
}

/* The group of the key; a new one when there is none. */
static Group *find(ExportGroups *groups, Error *err)
{
    Str key = buf_str(&groups->key);
    size_t at = hash_fast64(key.ptr, key.len) % SLOTS;
    for (; groups->slots[at]; at = (at + 1) % SLOTS)
        if (str_equal(buf_str(&groups->list[groups->slots[at] - 1].key), key))
            return &groups->list[groups->slots[at] - 1];
    Group *group = &groups->list[groups->count];
    *group = (Group){.key = buf_init(NAME_BYTES_MAX), .body = buf_init(GROUP_BYTES_MAX)};
    if (!buf_append_str(&group->key, key, err)) {
        buf_free(&group->key);
        return NULL;
    }
    groups->slots[at] = ++groups->count;
    return group;
}

static bool put(ExportGroups *groups, Group *group, const ExportEvent *event, Error *err)
{
    const ExportFormat *format = groups->format;
    size_t before = group->body.len;
    int64_t time_us;
    if (!buf_append_str(&group->body, str_of(group->events ? format->between : format->head),
                        err) ||
        !format->put(event, groups->how, &group->body, err))
        return false;
    group->events++;
    groups->held += group->body.len - before;
    if (timestamp_parse(event->time, &time_us) && time_us > group->last_us)
        group->last_us = time_us;
    return group->body.len < format->bytes_max || flush(groups, group, err);
}

static bool take_record(ExportGroups *groups, Str text, Error *err)
{
    ExportEvent event;
    arena_reset(groups->arena);
    groups->key.len = 0;
    if (!export_event_read(text, groups->arena, &event, err) ||
        !groups->format->key(&event, &groups->key, err))
        return false;
    Group *group = find(groups, err);
    if (!group || !put(groups, group, &event, err))
        return false;
    return (groups->held < EXPORT_HELD_MAX && groups->count < GROUPS_MAX) || flush_all(groups, err);
}

bool export_groups_take(ExportGroups *groups, Str bytes, Error *err)
{
    while (bytes.len) {
        size_t end = str_find_byte(bytes, '\n', 0);
        if (!buf_append_str(&groups->line, str_slice(bytes, 0, end), err))
            return false;
        if (end == bytes.len)
            return true;
        if (!take_record(groups, buf_str(&groups->line), err))
            return false;
        groups->line.len = 0;
        bytes = str_slice(bytes, end + 1, bytes.len);
    }
    return true;
}

bool export_groups_end(ExportGroups *groups, Error *err)
{
    if (groups->line.len)
        return error_set(err, ERROR_INPUT, "the last record is not whole");
    return flush_all(groups, err);
}
