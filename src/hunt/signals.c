#include "hunt/signals.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"

enum { HELD_BYTES = 1 << 20, LINE_BYTES_MAX = 64 << 20, PATH_BYTES = 512 };

struct SignalFile {
    const CorrelationPaths *paths;
    const FieldPath **fields; /* of the paths, by their index */
    Arena *arena;
    FILE *file;
    char path[PATH_BYTES];
    Buf held;
};

static bool read_paths(SignalFile *file, Error *err)
{
    size_t count = correlation_sql_path_count(file->paths);
    file->fields = arena_alloc(file->arena, (count + 1) * sizeof *file->fields, err);
    bool ok = file->fields != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        file->fields[i] = document_path(correlation_sql_path(file->paths, i), file->arena, err);
        ok = file->fields[i] != NULL;
    }
    return ok;
}

SignalFile *signals_open(const CorrelationPaths *paths, const char *folder, int number, Error *err)
{
    SignalFile *file = mem_calloc(1, sizeof *file, err);
    if (!file)
        return NULL;
    snprintf(file->path, sizeof file->path, "%s/signals-%d.jsonl", folder, number);
    file->paths = paths;
    file->held = buf_init(LINE_BYTES_MAX);
    file->arena = arena_new(1 << 20, err);
    bool ok = file->arena && read_paths(file, err);
    if (ok) {
        file->file = fopen(file->path, "wxe");
        ok = file->file || error_errno(err, "cannot make '%s'", file->path);
    }
    if (ok)
        return file;
    Error second = {0};
    if (!signals_close(file, &second))
        error_clear(&second);
    return NULL;
}

/* They stand in a temporary folder. */
static bool fail_write(const SignalFile *file, Error *err)
{
    return error_errno(err, "cannot write the signals that are correlated to '%s' (TMPDIR)",
                       file->path);
}

static bool flush(SignalFile *file, Error *err)
{
    bool ok =
        !file->held.len || fwrite(file->held.ptr, 1, file->held.len, file->file) == file->held.len;
    file->held.len = 0;
    return ok || fail_write(file, err);
}

static bool put_path(SignalFile *file, size_t index, Document *document, Error *err)
{
    Str text;
    return correlation_sql_text(document, file->fields[index], &text, err) &&
           (!text.ptr || (buf_printf(&file->held, err, ",\"p%zu\":", index) &&
                          json_append_string(&file->held, text, err)));
}

bool signals_add(SignalFile *file, const Rule *rule, uint64_t event, int64_t time_us,
                 Document *document, Error *err)
{
    bool ok = buf_printf(&file->held, err, "{\"r\":%u,\"e\":%" PRIu64 ",\"t\":%" PRId64,
                         rule->index, event, time_us);
    for (size_t i = 0; ok && i < correlation_sql_path_count(file->paths); i++)
        ok = !correlation_sql_needs(file->paths, rule, i) || put_path(file, i, document, err);
    return ok && buf_printf(&file->held, err, "}\n") &&
           (file->held.len < HELD_BYTES || flush(file, err));
}

bool signals_close(SignalFile *file, Error *err)
{
    bool ok = true;
    if (!file)
        return true;
    if (file->file) {
        ok = flush(file, err);
        if (fclose(file->file) != 0 && ok)
            ok = fail_write(file, err);
    }
    buf_free(&file->held);
    arena_free(file->arena);
    mem_free(file);
    return ok;
}
