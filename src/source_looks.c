#include "source_looks.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "lake/claim.h"
#include "lake/receipt.h"
#include "lake/state.h"
#include "push_sources.h"
#include "source_name.h"

enum { ROOT_BYTES_MAX = 1 << 16, VALUE_BYTES_MAX = 1 << 17 };

typedef struct Look {
    const char *name; /* as it was given */
    Buf root;
    int64_t listed, waiting;
    int64_t newest_us; /* of what was listed; 0: no object says */
} Look;

struct SourceLooks {
    Lake *lake;
    Look *looks;
    int count;
    bool noted; /* since the last write */
    uint64_t round;
    uint64_t messages; /* that were dealt with at the last write */
    Buf path;
};

/* Whether keys of the source begin with its name and a slash: not those of one file, nor those
 * below a prefix of a bucket, which may end anywhere. */
static bool takes_slash(Str root, bool is_file)
{
    Str rest = str_slice(root, strlen("s3://"), root.len);
    bool prefix = str_starts(root, STR("s3://")) && str_find_byte(rest, '/', 0) < rest.len;
    return !is_file && !prefix && !str_equal(root, STR("cloudtrail:")) &&
           root.ptr[root.len - 1] != '/';
}

/* A path that cannot be looked at gets no root: listing it tells why. */
static bool read_root(Look *look, Error *err)
{
    Error ignored = {0};
    FileInfo info = {.is_folder = true};
    const char *path = source_name_path(look->name);
    char *real = path ? file_real_path(path, &ignored) : NULL;
    if (push_sources_is(look->name)) /* as push_source.h calls what is delivered */
        return buf_append_str(&look->root, STR("firehose/"), err);
    bool ok = (path && (!real || !file_info(real, &info, &ignored))) ||
              buf_append_str(&look->root, str_of(real ? real : look->name), err);
    mem_free(real);
    return ok && (!look->root.len || !takes_slash(buf_str(&look->root), !info.is_folder) ||
                  buf_append_byte(&look->root, '/', err));
}

SourceLooks *source_looks_new(Lake *lake, const SourceList *list, Error *err)
{
    int count = source_list_count(list);
    SourceLooks *looks = mem_calloc(1, sizeof *looks, err);
    if (!looks)
        return NULL;
    *looks = (SourceLooks){.lake = lake, .path = buf_init(ROOT_BYTES_MAX)};
    looks->looks = mem_calloc((size_t)count + 1, sizeof *looks->looks, err);
    bool ok = looks->looks != NULL;
    for (int i = 0; ok && i < count; i++) {
        Look *look = &looks->looks[looks->count++];
        *look = (Look){.name = source_list_at(list, i)->name, .root = buf_init(ROOT_BYTES_MAX)};
        ok = read_root(look, err);
    }
    if (ok)
        return looks;
    source_looks_free(looks);
    return NULL;
}

void source_looks_free(SourceLooks *looks)
{
    if (!looks)
        return;
    for (int i = 0; i < looks->count; i++)
        buf_free(&looks->looks[i].root);
    mem_free(looks->looks);
    buf_free(&looks->path);
    mem_free(looks);
}

/* The source of an object, whose path is looks->path then; *ret* is NULL when a queue announced it.
 */
static bool find_look(SourceLooks *looks, const ObjectRef *object, Look **ret, Error *err)
{
    *ret = NULL;
    if (!object_list_path(object, &looks->path, err))
        return false;
    for (int i = 0; i < looks->count && !*ret; i++)
        if (looks->looks[i].root.len &&
            str_starts(buf_str(&looks->path), buf_str(&looks->looks[i].root)))
            *ret = &looks->looks[i];
    return true;
}

/* ---- writing ---- */

static bool write_look(const SourceLooks *looks, const Look *look, const Sources *sources,
                       Error *err)
{
    BUF_AUTO Buf key = buf_init(ROOT_BYTES_MAX), value = buf_init(VALUE_BYTES_MAX);
    QueueSourceTally messages = sources_messages(sources, look->name);
    return buf_append_str(&key, STR("source:"), err) &&
           buf_append_str(&key, buf_str(&look->root), err) &&
           buf_printf(&value, err,
                      "{\"listed\":%" PRId64 ",\"waiting\":%" PRId64 ",\"newest_us\":%" PRId64
                      ",\"looked_us\":%" PRId64,
                      look->listed, look->waiting, look->newest_us, clock_now_us()) &&
           buf_printf(&value, err,
                      ",\"received\":%" PRIu64 ",\"deleted\":%" PRIu64 ",\"left\":%" PRIu64
                      ",\"set_aside\":%" PRIu64 "}",
                      messages.received, messages.deleted, messages.left, messages.set_aside) &&
           state_set(looks->lake->db, buf_str(&key), buf_str(&value), err);
}

static bool write_all(SourceLooks *looks, const Sources *sources, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < looks->count; i++)
        ok = !looks->looks[i].root.len || write_look(looks, &looks->looks[i], sources, err);
    QueueSourceTally messages = sources_messages(sources, NULL);
    looks->noted = false;
    looks->messages = messages.deleted + messages.left;
    return ok;
}

/* Whether something is to be written. */
static bool is_news(const SourceLooks *looks, const Sources *sources)
{
    QueueSourceTally messages = sources_messages(sources, NULL);
    return looks->noted || messages.deleted + messages.left != looks->messages;
}

static bool settle(SourceLooks *looks, const Sources *sources, const ObjectList *list, Error *err)
{
    for (size_t i = 0; i < object_list_count(list); i++) {
        const ObjectRef *object = object_list_at(list, i);
        char etag[OBJECT_ETAG_BYTES];
        ReceiptMatch match;
        Look *look;
        object_list_etag(object, etag);
        if (!find_look(looks, object, &look, err) ||
            !receipt_find(looks->lake, object_list_source(object), buf_str(&looks->path),
                          str_of(etag), &match, err))
            return false;
        if (look)
            look->waiting += match != RECEIPT_SAME;
    }
    return !is_news(looks, sources) || write_all(looks, sources, err);
}

bool source_looks_settle(SourceLooks *looks, const Sources *sources, const ObjectList *list,
                         Error *err)
{
    Claim *turn;
    if (!claim_lake_turn(looks->lake, &turn, err))
        return false;
    bool ok = settle(looks, sources, list, err);
    claim_end(turn, false);
    return ok;
}

bool source_looks_note(SourceLooks *looks, const Sources *sources, const ObjectList *list,
                       Error *err)
{
    uint64_t round = sources_round(sources);
    for (int i = 0; round != looks->round && i < looks->count; i++)
        looks->looks[i].listed = looks->looks[i].waiting = 0;
    looks->noted |= round != looks->round || object_list_count(list) > 0;
    looks->round = round;
    for (size_t i = 0; i < object_list_count(list); i++) {
        const ObjectRef *object = object_list_at(list, i);
        Look *look;
        if (!find_look(looks, object, &look, err))
            return false;
        if (!look)
            continue;
        look->listed++;
        if (object->modified_ns / 1000 > look->newest_us)
            look->newest_us = object->modified_ns / 1000;
    }
    return true;
}
