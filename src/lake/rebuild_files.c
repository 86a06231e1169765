#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/timestamp.h"
#include "lake/layout.h"
#include "lake/parquet_inspect.h"
#include "lake/rebuild_job.h"

static RebuildFile *items(const RebuildJob *job, size_t *ret_count)
{
    *ret_count = job->files.len / sizeof(RebuildFile);
    return (RebuildFile *)(void *)job->files.ptr;
}

/* "SEQ-UUID..." at the begin of a file's name: its commit. False when it is none of ours. */
static bool name_seq(Str name, int64_t *ret)
{
    uint64_t seq;
    size_t dash = str_find_byte(name, '-', 0);
    if (dash >= name.len || !str_to_u64(str_slice(name, 0, dash), &seq) || seq > INT64_MAX / 2)
        return false;
    *ret = (int64_t)seq;
    return true;
}

static void raise_seq(RebuildJob *job, int64_t seq)
{
    if (seq >= job->seq)
        job->seq = seq + 1;
}

static bool keep_text(RebuildJob *job, Str text, Str *ret, Error *err)
{
    const char *copy = arena_text(job->arena, text, err);
    *ret = (Str){copy, text.len};
    return copy != NULL;
}

bool rebuild_files_inspect(RebuildJob *job, RebuildFile *file, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    ParquetInspection found;
    if (!layout_path(path, err, job->lake->folder, "%.*s", STR_ARG(file->path)) ||
        !parquet_inspect(path, &found, err))
        return false;
    file->rows = found.rows;
    file->bytes = found.bytes;
    file->time_min = found.time_min;
    file->time_max = found.time_max;
    file->day = timestamp_day(found.time_min);
    bool ok = keep_text(job, buf_str(&found.summary), &file->summary, err) &&
              keep_text(job, buf_str(&found.note), &file->note, err);
    parquet_inspect_free(&found);
    return ok;
}

/* A file that is not whole: a writer that was killed left it, unless it is published. */
static bool refuse(RebuildJob *job, RebuildFile *file, Error *err)
{
    if (err->kind != ERROR_INPUT)
        return false;
    if (file->fate == REBUILD_PUBLISHED)
        return error_context(err, "a published data file is damaged; bring it back from a copy, or "
                                  "remove it to rebuild without its events");
    error_clear(err);
    file->fate = REBUILD_LEFT;
    job->report->broken++;
    return true;
}

static bool take_file(RebuildJob *job, const char *path, const FileInfo *info, Error *err)
{
    RebuildFile file = {.modified_us = info->modified_ns / 1000};
    Str ending = STR(".parquet");
    if (!keep_text(job, str_of(path + strlen(job->lake->folder) + 1), &file.path, err))
        return false;
    Str name = str_of(strrchr(file.path.ptr, '/') + 1);
    bool ours = str_ends(name, ending) && name_seq(name, &file.seq);
    if (!ours) {
        job->report->broken++;
        return true;
    }
    file.name = str_slice(name, 0, name.len - ending.len);
    raise_seq(job, file.seq);
    file.fate = published_has(&job->published, file.path) ? REBUILD_PUBLISHED
                : file.seq > job->published.commit_seq    ? REBUILD_NEWER
                                                          : REBUILD_LEFT;
    if (file.fate == REBUILD_LEFT)
        job->report->superseded++;
    else if (!rebuild_files_inspect(job, &file, err) && !refuse(job, &file, err))
        return false;
    return buf_append(&job->files, &file, sizeof file, err);
}

static bool visit_data(void *context, const char *path, const FileInfo *info, Error *err)
{
    return take_file(context, path, info, err);
}

/* Names of other files hold commits too: none is to be used again. */
static bool visit_name(void *context, const char *path, const FileInfo *info, Error *err)
{
    int64_t seq;
    (void)info;
    (void)err;
    if (name_seq(str_of(strrchr(path, '/') + 1), &seq))
        raise_seq(context, seq);
    return true;
}

static bool walk(RebuildJob *job, const char *folder, FileVisit visit, Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    return layout_path(path, err, job->lake->folder, "%s", folder) &&
           (!file_exists(path) || file_walk(path, visit, NULL, job, err));
}

/* ---- which files stand for others ---- */

static int compare_names(const void *a, const void *b)
{
    return str_compare((*(RebuildFile *const *)a)->name, (*(RebuildFile *const *)b)->name);
}

static int compare_newest_first(const void *a, const void *b)
{
    const RebuildFile *left = *(RebuildFile *const *)a;
    const RebuildFile *right = *(RebuildFile *const *)b;
    if (left->seq != right->seq)
        return left->seq > right->seq ? -1 : 1;
    return str_compare(left->name, right->name);
}

/* Files by name, and those that were merged, newest first. */
typedef struct Merges {
    RebuildFile **by_name;
    size_t count;
    RebuildFile **merged;
    size_t merged_count;
} Merges;

static RebuildFile *find(const Merges *merges, Str name)
{
    RebuildFile key = {.name = name};
    RebuildFile *pointer = &key;
    RebuildFile **found =
        bsearch(&pointer, merges->by_name, merges->count, sizeof(RebuildFile *), compare_names);
    return found ? *found : NULL;
}

/* The next word of *rest*; empty at the end. */
static Str next_name(Str *rest)
{
    size_t space = str_find_byte(*rest, ' ', 0);
    Str name = str_slice(*rest, 0, space);
    *rest = str_slice(*rest, space < rest->len ? space + 1 : rest->len, rest->len);
    return name;
}

static bool has_all_inputs(const Merges *merges, const RebuildFile *file)
{
    for (Str rest = file->note; rest.len;) {
        const RebuildFile *input = find(merges, next_name(&rest));
        if (!input || input->fate == REBUILD_LEFT)
            return false;
    }
    return true;
}

/* Either a merged file counts or its inputs do. While all inputs are there they do: the merge may
 * have ended before its commit, and the rows are the same. Newest merges come first, so that
 * inputs which are merged files themselves are decided after what was made of them. */
static void choose(const Merges *merges, RebuildFile *file, bool replaced, RebuildReport *report)
{
    if (!replaced && has_all_inputs(merges, file)) {
        file->fate = REBUILD_LEFT;
        report->superseded++;
        return;
    }
    for (Str rest = file->note; rest.len;) {
        RebuildFile *input = find(merges, next_name(&rest));
        if (!input || input->fate == REBUILD_LEFT)
            continue;
        input->fate = REBUILD_LEFT;
        report->superseded++;
    }
}

static bool list_merges(RebuildJob *job, Merges *merges, Error *err)
{
    size_t count;
    RebuildFile *files = items(job, &count);
    merges->by_name = arena_calloc(job->arena, count + 1, sizeof *merges->by_name, err);
    merges->merged = arena_calloc(job->arena, count + 1, sizeof *merges->merged, err);
    if (!merges->by_name || !merges->merged)
        return false;
    merges->count = count;
    for (size_t i = 0; i < count; i++) {
        merges->by_name[i] = &files[i];
        if (files[i].fate == REBUILD_NEWER && files[i].note.len)
            merges->merged[merges->merged_count++] = &files[i];
    }
    qsort(merges->by_name, count, sizeof(RebuildFile *), compare_names);
    qsort(merges->merged, merges->merged_count, sizeof(RebuildFile *), compare_newest_first);
    return true;
}

static bool decide(RebuildJob *job, Merges *merges, Error *err)
{
    if (!list_merges(job, merges, err))
        return false;
    for (size_t i = 0; i < merges->merged_count; i++)
        choose(merges, merges->merged[i], merges->merged[i]->fate == REBUILD_LEFT, job->report);
    return true;
}

/* ---- what is published and not there ---- */

static bool stands_for(const Merges *merges, Str name)
{
    for (size_t i = 0; i < merges->merged_count; i++) {
        if (merges->merged[i]->fate == REBUILD_LEFT)
            continue;
        for (Str rest = merges->merged[i]->note; rest.len;)
            if (str_equal(next_name(&rest), name))
                return true;
    }
    return false;
}

static void count_missing(RebuildJob *job, const Merges *merges)
{
    for (size_t i = 0; i < job->published.file_count; i++) {
        Str path = job->published.files[i];
        Str name = str_base_name(path);
        if (str_ends(name, STR(".parquet")))
            name.len -= 8;
        if (find(merges, name) || stands_for(merges, name))
            continue;
        if (job->report->missing++ == 0)
            snprintf(job->report->first_missing, sizeof job->report->first_missing, "%.*s",
                     (int)(path.len < 299 ? path.len : 299), path.ptr);
    }
}

static int compare_files(const void *a, const void *b)
{
    const RebuildFile *left = a;
    const RebuildFile *right = b;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    if (left->fate != right->fate)
        return left->fate < right->fate ? -1 : 1;
    if (left->seq != right->seq)
        return left->seq < right->seq ? -1 : 1;
    return str_compare(left->name, right->name);
}

bool rebuild_files(RebuildJob *job, Error *err)
{
    size_t count;
    Merges merges = {0};
    raise_seq(job, job->published.commit_seq);
    if (!walk(job, "cloudtrail/data", visit_data, err) ||
        !walk(job, "fingerprints", visit_name, err) || !walk(job, "quarantine", visit_name, err) ||
        !walk(job, "objects/data", visit_name, err) || !decide(job, &merges, err))
        return false;
    count_missing(job, &merges);
    RebuildFile *files = items(job, &count);
    if (count)
        qsort(files, count, sizeof *files, compare_files);
    return true;
}
