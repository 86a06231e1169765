#include "export/export_folder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/timestamp.h"

enum { PATH_BYTES = 4096, LIST_BYTES_MAX = 1 << 30, PIECE_BYTES = 1 << 20 };

struct ExportFolder {
    char *path;
    Buf files; /* of the manifest: objects of JSON */
    ExportCount count;
    bool made; /* by us */
};

/* Ends a walk at the first file. */
static bool find_any(void *context, const char *path, const FileInfo *info, Error *err)
{
    (void)path;
    (void)info;
    (void)err;
    *(bool *)context = true;
    return false;
}

static bool check_empty(const char *path, Error *err)
{
    bool any = false;
    Error ended = {0};
    if (!file_exists(path))
        return true;
    if (!file_walk(path, find_any, NULL, &any, &ended) && !any)
        return error_set(err, ended.kind, "%s", ended.text);
    return !any || error_set(err, ERROR_USAGE, "'%s' is not empty: name a new folder", path);
}

ExportFolder *export_folder_new(const char *path, Error *err)
{
    bool made = !file_exists(path);
    if (!check_empty(path, err) || !file_make_folders(path, err))
        return NULL;
    ExportFolder *folder = mem_calloc(1, sizeof *folder, err);
    if (!folder)
        return NULL;
    folder->files = buf_init(LIST_BYTES_MAX);
    folder->made = made;
    folder->path = mem_text(path, strlen(path), err);
    if (folder->path)
        return folder;
    export_folder_free(folder);
    return NULL;
}

void export_folder_free(ExportFolder *folder)
{
    if (!folder)
        return;
    if (folder->made && folder->path)
        rmdir(folder->path); /* unless something is in it */
    buf_free(&folder->files);
    mem_free(folder->path);
    mem_free(folder);
}

ExportCount export_folder_count(const ExportFolder *folder)
{
    return folder->count;
}

char *export_folder_path(const ExportFolder *folder, Str name, Error *err)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/%.*s", folder->path, STR_ARG(name));
    if (len >= (int)sizeof path) {
        error_set(err, ERROR_LIMIT, "the folder's path is too long");
        return NULL;
    }
    return mem_text(path, (size_t)len, err);
}

/* What the manifest says of a file. */
typedef struct Entry {
    Str name;
    uint64_t bytes, events;
    const uint8_t *sha256;
} Entry;

static bool note(ExportFolder *folder, const Entry *entry, Error *err)
{
    char hex[2 * HASH_SHA256_BYTES + 1];
    hash_hex(entry->sha256, HASH_SHA256_BYTES, hex);
    if (folder->files.len && !buf_append_byte(&folder->files, ',', err))
        return false;
    BUF_AUTO Buf text = buf_init(LIST_BYTES_MAX);
    JsonWriter to = {&text, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "name", entry->name);
    json_write_int(&to, "events", (int64_t)entry->events);
    json_write_int(&to, "bytes", (int64_t)entry->bytes);
    json_write_text(&to, "sha256", str_of(hex));
    json_write_close(&to, '}');
    folder->count.files++;
    folder->count.bytes += entry->bytes;
    folder->count.events += entry->events;
    return to.ok && buf_append_str(&folder->files, buf_str(&text), err);
}

static bool make_folder_of(char *path, Error *err)
{
    char *slash = strrchr(path, '/');
    *slash = '\0';
    bool ok = file_exists(path) || file_make_folders(path, err);
    *slash = '/';
    return ok;
}

bool export_folder_put(ExportFolder *folder, Str name, Str bytes, uint64_t events, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    FileWriter file = {.fd = -1};
    MEM_AUTO char *path = export_folder_path(folder, name, err);
    if (!path || !make_folder_of(path, err) || !file_create(&file, path, err))
        return false;
    if (!file_write(&file, bytes.ptr, bytes.len, err)) {
        file_abandon(&file);
        return false;
    }
    hash_sha256(bytes.ptr, bytes.len, sha256);
    const Entry entry = {name, bytes.len, events, sha256};
    return file_close(&file, err) && note(folder, &entry, err);
}

/* The SHA-256 of a file of any size. */
static bool hash_file(const char *path, uint64_t size, uint8_t *ret, Error *err)
{
    MEM_AUTO char *piece = mem_alloc(PIECE_BYTES, err);
    HashSha256 *hash = piece ? hash_sha256_new(err) : NULL;
    bool ok = hash != NULL;
    for (uint64_t at = 0; ok && at < size; at += PIECE_BYTES) {
        size_t len = size - at < PIECE_BYTES ? (size_t)(size - at) : PIECE_BYTES;
        ok = file_read_at(path, at, piece, len, err);
        if (ok)
            hash_sha256_add(hash, piece, len);
    }
    hash_sha256_end(hash, ok ? ret : NULL);
    return ok;
}

bool export_folder_add(ExportFolder *folder, Str name, uint64_t events, Error *err)
{
    uint8_t sha256[HASH_SHA256_BYTES];
    FileInfo info;
    MEM_AUTO char *path = export_folder_path(folder, name, err);
    if (!path || !file_info(path, &info, err) || !hash_file(path, info.bytes, sha256, err))
        return false;
    const Entry entry = {name, info.bytes, events, sha256};
    return note(folder, &entry, err);
}

static void write_time(JsonWriter *to, const char *name, int64_t us)
{
    char text[TIMESTAMP_TEXT_BYTES], zoned[TIMESTAMP_TEXT_BYTES];
    timestamp_format(us, text);
    snprintf(zoned, sizeof zoned, "%.10sT%.8sZ", text, text + 11);
    json_write_text(to, name, str_of(zoned));
}

bool export_folder_end(ExportFolder *folder, const ExportAsked *asked, Error *err)
{
    BUF_AUTO Buf text = buf_init(2 * (size_t)LIST_BYTES_MAX);
    BUF_AUTO Buf files = buf_init(2 * (size_t)LIST_BYTES_MAX);
    JsonWriter to = {&text, err, true};
    MEM_AUTO char *path = export_folder_path(folder, STR("manifest.json"), err);
    if (!path || !buf_printf(&files, err, "[") ||
        !buf_append_str(&files, buf_str(&folder->files), err) || !buf_printf(&files, err, "]"))
        return false;
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "made_by", STR("spoor " SPOOR_VERSION));
    write_time(&to, "made_at", clock_now_us());
    json_write_text(&to, "format", str_of(asked->format));
    json_write_text(&to, "where", asked->condition);
    if (asked->since_us != INT64_MIN)
        write_time(&to, "since", asked->since_us);
    if (asked->until_us != INT64_MAX)
        write_time(&to, "until", asked->until_us);
    json_write_int(&to, "events", (int64_t)folder->count.events);
    json_write_int(&to, "bytes", (int64_t)folder->count.bytes);
    json_write_value(&to, "files", buf_str(&files));
    json_write_close(&to, '}');
    return to.ok && buf_append_byte(&text, '\n', err) && file_replace(path, buf_str(&text), err) &&
           file_sync_disk(path, err);
}
