#include "lake/rebuild.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "lake/layout.h"
#include "lake/ledger_file.h"
#include "lake/publication.h"
#include "lake/publish.h"
#include "lake/rebuild_job.h"
#include "lake/state.h"

enum { ARENA_BYTES_MAX = 1 << 30, FILES_BYTES_MAX = 512 << 20 };

/* Whether the state is there, ours, and not damaged. */
static bool is_whole(const char *folder)
{
    ERROR_UNREAD(ignored);
    char path[LAYOUT_PATH_BYTES];
    int64_t faults = 1;
    if (!layout_path(path, &ignored, folder, "state.db") || !file_exists(path))
        return false;
    Db *db = state_open(path, DB_READ_ONLY, &ignored);
    bool ok = db &&
              db_get_int(db, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'", 1,
                         &faults, &ignored) &&
              faults == 0;
    db_close(db);
    return ok;
}

static bool check_needed(const RebuildOptions *options, Error *err)
{
    return options->force || !is_whole(options->folder) ||
           error_set(err, ERROR_ACCESS,
                     "the state of '%s' is whole, and a rebuilt one knows less; say --force to "
                     "make it anew all the same",
                     options->folder);
}

static bool read_published(RebuildJob *job, Error *err)
{
    const char *trouble;
    if (!published_read(job->lake, &PUBLICATION_CLOUDTRAIL, job->arena, &job->published, &trouble,
                        err))
        return false;
    if (trouble && !job->report->trouble[0])
        snprintf(job->report->trouble, sizeof job->report->trouble, "%.*s",
                 (int)sizeof job->report->trouble - 1, trouble);
    return true;
}

static bool insert_commit(RebuildJob *job, Error *err)
{
    DbStatement *insert = db_statement(
        job->lake->db, "INSERT INTO commits (seq, kind, at_us) VALUES (?, 'rebuild', ?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, job->seq);
    db_bind_int(insert, 2, clock_now_us());
    return db_run(insert, err);
}

static bool run(RebuildJob *job, Error *err)
{
    return rebuild_receipts(job, err) && read_published(job, err) && rebuild_files(job, err) &&
           insert_commit(job, err) && rebuild_days(job, err) && rebuild_objects(job, err) &&
           ledger_file_rebuild(job->lake, job->engine, err) &&
           lake_put_in_place(job->lake, job->report->aside, err) && publish_anew(job->lake, err);
}

bool rebuild_lake(const RebuildOptions *options, RebuildReport *ret, Error *err)
{
    RebuildJob job = {
        .engine = options->engine, .report = ret, .files = buf_init(FILES_BYTES_MAX), .seq = 1};
    *ret = (RebuildReport){0};
    if (!check_needed(options, err))
        return false;
    job.lake = lake_open_beside(options->folder, err);
    job.arena = job.lake ? arena_new(ARENA_BYTES_MAX, err) : NULL;
    bool ok = job.arena && run(&job, err);
    buf_free(&job.files);
    arena_free(job.arena);
    lake_close(job.lake);
    return ok;
}
