#include "verify/object_metadata.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

enum { NAME_BYTES_MAX = 1 << 16, FILE_BYTES_MAX = 1 << 30 };

struct ObjectMetadata {
    Buf text; /* the tree borrows from it */
    Arena *arena;
    const Json **members; /* in the order of their names */
    size_t count;
};

void object_metadata_free(ObjectMetadata *self)
{
    if (!self)
        return;
    buf_free(&self->text);
    arena_free(self->arena);
    mem_free(self->members);
    mem_free(self);
}

static int compare_members(const void *a, const void *b)
{
    return str_compare((*(const Json *const *)a)->name, (*(const Json *const *)b)->name);
}

static bool read_members(ObjectMetadata *self, const char *path, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = 8, .duplicates_allowed = true};
    if (!file_read(path, &self->text, NULL, err))
        return false;
    const Json *tree = json_read(buf_str(&self->text), &LIMITS, self->arena, err);
    if (!tree)
        return error_context(err, "%s", path);
    if (tree->type != JSON_OBJECT)
        return error_set(err, ERROR_INPUT, "%s: no JSON object of keys and their metadata", path);
    self->members = mem_calloc(tree->count + 1, sizeof *self->members, err);
    if (!self->members)
        return false;
    for (const Json *member = tree->first; member; member = member->next)
        self->members[self->count++] = member;
    qsort(self->members, self->count, sizeof *self->members, compare_members);
    return true;
}

ObjectMetadata *object_metadata_read(const char *path, Error *err)
{
    ObjectMetadata *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->text = buf_init(FILE_BYTES_MAX);
    self->arena = arena_new((size_t)8 * FILE_BYTES_MAX, err);
    if (self->arena && read_members(self, path, err))
        return self;
    object_metadata_free(self);
    return NULL;
}

/* The metadata of *name*, or NULL. */
static const Json *find_member(const ObjectMetadata *self, Str name)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(self->members[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->count && str_equal(self->members[low]->name, name) ? self->members[low]
                                                                          : NULL;
}

static void copy_text(const Json *object, Str name, char *ret, size_t max)
{
    Str text = json_text(json_member(object, name), STR(""));
    size_t len = text.len <= max ? text.len : 0;
    memcpy(ret, text.ptr, len);
    ret[len] = 0;
}

bool object_metadata_find(const ObjectMetadata *self, Str bucket, Str key, StoreMetadata *ret,
                          Error *err)
{
    BUF_AUTO Buf name = buf_init(NAME_BYTES_MAX);
    if (!buf_printf(&name, err, "%.*s/%.*s", STR_ARG(bucket), STR_ARG(key)))
        return false;
    const Json *found = find_member(self, buf_str(&name));
    if (!found)
        found = find_member(self, key);
    copy_text(found, STR("signature"), ret->signature, STORE_SIGNATURE_MAX);
    copy_text(found, STR("signature-algorithm"), ret->signature_algorithm, STORE_TEXT_MAX);
    copy_text(found, STR("backfill-generation-timestamp"), ret->backfill_at, STORE_TEXT_MAX);
    return true;
}
