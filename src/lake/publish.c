#include "lake/publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "lake/catalog.h"
#include "lake/layout.h"
#include "lake/ledger_file.h"
#include "lake/object_table.h"
#include "lake/publication.h"

enum {
    ARENA_BYTES_MAX = 512 << 20,
    META_BYTES_MAX = 64 << 20,
    POINTER_BYTES_MAX = 4096,
    FORMER_MAX = 20, /* metadata files that stay listed */
};

const PublishPolicy PUBLISH_POLICY_DEFAULT = {
    .age_min_ms = 3600000, .age_max_ms = 24 * 3600000, .count_max = 200};

/* What a publication holds open. */
typedef struct Job {
    Publication publication;
    Db *catalog;
    Buf pointer; /* URI of the current metadata; empty: none */
    Buf former;  /* its text; publication.meta borrows from it */
} Job;

static void close_job(Job *job)
{
    db_close(job->catalog);
    arena_free(job->publication.arena);
    buf_free(&job->publication.rows);
    buf_free(&job->pointer);
    buf_free(&job->former);
}

static bool open_job(Job *job, Lake *lake, const IcebergTable *table, Error *err)
{
    char location[LAYOUT_PATH_BYTES + 64];
    *job = (Job){.publication = {.lake = lake,
                                 .table = table,
                                 .since = -1,
                                 .rows = buf_init(META_BYTES_MAX)},
                 .pointer = buf_init(POINTER_BYTES_MAX),
                 .former = buf_init(META_BYTES_MAX)};
    Publication *publication = &job->publication;
    snprintf(location, sizeof location, "file://%s/%s", lake->folder, table->name);
    publication->arena = arena_new(ARENA_BYTES_MAX, err);
    const char *copy =
        publication->arena ? arena_text(publication->arena, str_of(location), err) : NULL;
    publication->location = str_of(copy);
    job->catalog = copy ? catalog_open(lake->folder, err) : NULL;
    return job->catalog && catalog_get(job->catalog, table->name, &job->pointer, err);
}

/* Reads what is published. */
static bool load_former(Job *job, Error *err)
{
    Publication *publication = &job->publication;
    IcebergMeta *meta = &publication->meta;
    if (job->pointer.len == 0)
        return true;
    if (!publication_read(publication, buf_str(&job->pointer), &job->former, err) ||
        !iceberg_read(buf_str(&job->former), publication->arena, meta, err))
        return false;
    if (meta->snapshot_count)
        publication->since = meta->snapshots[meta->snapshot_count - 1].commit_seq;
    return true;
}

/* Forgets the former snapshots, so that all live parts are published anew. */
static void start_over(Publication *publication)
{
    publication->since = -1;
    publication->meta.snapshot_count = 0;
    publication->meta.log_count = 0;
}

static bool read_counts(Publication *publication, const PublicationSql *sql, PublicationCount *ret,
                        Error *err)
{
    bool row;
    DbStatement *select = publication_select(publication, sql, err);
    if (!select || !db_next(select, &row, err))
        return false;
    *ret = (PublicationCount){db_int(select, 0), db_int(select, 1), db_int(select, 2),
                              db_int(select, 3)};
    db_reset(select);
    return true;
}

#define COUNTS(which)                                                                              \
    PUBLICATION_SQL("SELECT count(*), coalesce(sum(rows), 0), coalesce(sum(bytes), 0),"            \
                    " count(DISTINCT day) FROM ",                                                  \
                    " WHERE " which)
#define CAME "(added_seq > ?1 AND added_seq <= ?2 AND (removed_seq IS NULL OR removed_seq > ?2))"
#define WENT "(added_seq <= ?1 AND removed_seq > ?1 AND removed_seq <= ?2)"
#define LIVE "(?1 IS NOT NULL AND added_seq <= ?2 AND (removed_seq IS NULL OR removed_seq > ?2))"

/* What the snapshot changes, and what it holds. */
typedef struct Change {
    PublicationCount came;
    PublicationCount went;
    PublicationCount total;
    int64_t days; /* that it touches */
} Change;

static bool read_change(Publication *publication, Change *ret, Error *err)
{
    static const PublicationSql CAME_SQL = COUNTS(CAME), WENT_SQL = COUNTS(WENT);
    static const PublicationSql LIVE_SQL = COUNTS(LIVE), EITHER_SQL = COUNTS(CAME " OR " WENT);
    PublicationCount either;
    bool ok = read_counts(publication, &CAME_SQL, &ret->came, err) &&
              read_counts(publication, &WENT_SQL, &ret->went, err) &&
              read_counts(publication, &LIVE_SQL, &ret->total, err) &&
              read_counts(publication, &EITHER_SQL, &either, err);
    ret->days = ok ? either.days : 0;
    return ok;
}

/* ---- the next snapshot ---- */

static const char *operation_of(const Change *change)
{
    if (change->went.files == 0)
        return "append";
    if (change->came.files == 0)
        return "delete";
    return change->came.rows == change->went.rows ? "replace" : "overwrite";
}

static bool put_count(Buf *out, const char *files, const char *rows, const char *bytes,
                      const PublicationCount *count, Error *err)
{
    return buf_printf(out, err,
                      ",\"%s\":\"%" PRId64 "\",\"%s\":\"%" PRId64 "\",\"%s\":\"%" PRId64 "\"",
                      files, count->files, rows, count->rows, bytes, count->bytes);
}

static bool put_summary(Publication *publication, const Change *change, Error *err)
{
    BUF_AUTO Buf text = buf_init(POINTER_BYTES_MAX);
    bool ok = buf_printf(&text, err,
                         "{\"operation\":\"%s\",\"engine-name\":\"spoor\",\"engine-version\":\"%s\""
                         ",\"spoor.commit-seq\":\"%" PRId64
                         "\",\"changed-partition-count\":\"%" PRId64 "\"",
                         operation_of(change), SPOOR_VERSION, publication->until, change->days);
    if (ok && change->came.files)
        ok = put_count(&text, "added-data-files", "added-records", "added-files-size",
                       &change->came, err);
    if (ok && change->went.files)
        ok = put_count(&text, "deleted-data-files", "deleted-records", "removed-files-size",
                       &change->went, err);
    ok = ok &&
         put_count(&text, "total-data-files", "total-records", "total-files-size", &change->total,
                   err) &&
         buf_printf(&text, err,
                    ",\"total-delete-files\":\"0\",\"total-position-deletes\":\"0\""
                    ",\"total-equality-deletes\":\"0\"}");
    const char *copy = ok ? arena_text(publication->arena, buf_str(&text), err) : NULL;
    publication->next.summary = str_of(copy);
    return copy != NULL;
}

static bool begin_snapshot(Publication *publication, const Change *change, Error *err)
{
    const IcebergMeta *meta = &publication->meta;
    int64_t now_ms = clock_now_us() / 1000;
    uint64_t id = 0;
    while (id == 0) {
        if (!hash_random(&id, sizeof id, err))
            return false;
        id &= INT64_MAX;
    }
    publication->next = (IcebergSnapshot){
        .id = (int64_t)id,
        .parent_id = meta->snapshot_count ? meta->snapshots[meta->snapshot_count - 1].id : -1,
        .sequence = meta->last_sequence + 1,
        .at_ms = now_ms > meta->updated_ms ? now_ms : meta->updated_ms + 1, /* always ascends */
        .commit_seq = publication->until};
    return hash_uuid(publication->uuid, err) && put_summary(publication, change, err);
}

/* A copy of *count* items of *size* bytes with room for one more. */
static void *copy_longer(Publication *publication, const void *items, size_t count, size_t size,
                         Error *err)
{
    void *copy = arena_alloc(publication->arena, (count + 1) * size, err);
    if (copy && count)
        memcpy(copy, items, count * size);
    return copy;
}

/* Makes the table's schema the current one, if it is not yet. */
static bool choose_schema(Publication *publication, Error *err)
{
    IcebergMeta *meta = &publication->meta;
    BUF_AUTO Buf text = buf_init(META_BYTES_MAX);
    if (meta->schema_count) {
        size_t last = meta->schema_count - 1;
        if (!iceberg_schema(&text, publication->table, (int)last, err))
            return false;
        if (str_equal(buf_str(&text), meta->schemas[last]))
            return true;
        text.len = 0;
    }
    if (!iceberg_schema(&text, publication->table, (int)meta->schema_count, err))
        return false;
    Str *schemas =
        copy_longer(publication, meta->schemas, meta->schema_count, sizeof *schemas, err);
    const char *copy = schemas ? arena_text(publication->arena, buf_str(&text), err) : NULL;
    if (!copy)
        return false;
    schemas[meta->schema_count++] = str_of(copy);
    meta->schemas = schemas;
    return true;
}

static bool write_list(Publication *publication, Error *err)
{
    BUF_AUTO Buf bytes = buf_init(META_BYTES_MAX);
    char name[128];
    const IcebergSnapshot *next = &publication->next;
    ManifestListOwner owner = {next->id, next->parent_id, next->sequence};
    const ManifestRow *rows = (const ManifestRow *)(const void *)publication->rows.ptr;
    snprintf(name, sizeof name, "snap-%" PRId64 "-1-%s.avro", next->id, publication->uuid);
    return manifest_list_write(publication->table, &owner, rows,
                               publication->rows.len / sizeof *rows, &bytes, err) &&
           publication_write(publication, name, buf_str(&bytes), &publication->next.manifest_list,
                             err);
}

/* ---- the next metadata file ---- */

static bool is_kept(const PublishPolicy *policy, const IcebergSnapshot *snapshot, size_t newer,
                    int64_t now_ms)
{
    int64_t age_ms = now_ms - snapshot->at_ms;
    return age_ms < policy->age_min_ms ||
           (age_ms <= policy->age_max_ms && newer < policy->count_max);
}

/* Drops the oldest snapshots as the policy says and appends the next one. */
static bool extend_history(Publication *publication, const PublishPolicy *policy, Error *err)
{
    IcebergMeta *meta = &publication->meta;
    size_t first = 0;
    size_t count = meta->snapshot_count;
    while (first < count &&
           !is_kept(policy, &meta->snapshots[first], count - first, publication->next.at_ms))
        first++;
    count -= first;
    IcebergSnapshot *kept =
        copy_longer(publication, count ? meta->snapshots + first : NULL, count, sizeof *kept, err);
    if (!kept)
        return false;
    publication->next.schema_id = (int64_t)meta->schema_count - 1;
    kept[count] = publication->next;
    meta->snapshots = kept;
    meta->snapshot_count = count + 1;
    meta->last_sequence = publication->next.sequence;
    return true;
}

static bool extend_log(Job *job, int64_t former_ms, Error *err)
{
    IcebergMeta *meta = &job->publication.meta;
    IcebergLogEntry *log =
        copy_longer(&job->publication, meta->log, meta->log_count, sizeof *log, err);
    if (!log)
        return false;
    log[meta->log_count++] = (IcebergLogEntry){former_ms, buf_str(&job->pointer)};
    size_t over = meta->log_count > FORMER_MAX ? meta->log_count - FORMER_MAX : 0;
    meta->log = log + over;
    meta->log_count -= over;
    return true;
}

/* "00007-UUID.metadata.json": one above the number of the file before. */
static uint64_t next_version(const Job *job)
{
    uint64_t version = 0;
    Str name = str_base_name(buf_str(&job->pointer));
    size_t dash = str_find_byte(name, '-', 0);
    return str_to_u64(str_slice(name, 0, dash), &version) ? version + 1 : 0;
}

static bool write_metadata(Job *job, const PublishPolicy *policy, Str *ret_uri, Error *err)
{
    Publication *publication = &job->publication;
    IcebergMeta *meta = &publication->meta;
    BUF_AUTO Buf text = buf_init(META_BYTES_MAX);
    char name[96];
    int64_t former_ms = meta->updated_ms;
    bool continues = meta->snapshot_count > 0;
    if (!extend_history(publication, policy, err) ||
        (continues && !extend_log(job, former_ms, err)))
        return false;
    meta->updated_ms = publication->next.at_ms;
    meta->location = publication->location;
    snprintf(name, sizeof name, "%05" PRIu64 "-%s.metadata.json", next_version(job),
             publication->uuid);
    return iceberg_write(publication->table, meta, &text, err) &&
           publication_write(publication, name, buf_str(&text), ret_uri, err);
}

/* ---- the pointers ---- */

static bool folder_path(const Publication *publication, const char *name,
                        char path[LAYOUT_PATH_BYTES], Error *err)
{
    return layout_path(path, err, publication->lake->folder, "%s/metadata%s%s",
                       publication->table->name, *name ? "/" : "", name);
}

/* The hint for readers without a catalog: the metadata file's name without its ending, and no
 * line end ("parquet-iceberg", section 13.5). */
static bool write_hint(const Publication *publication, Str pointer, Error *err)
{
    BUF_AUTO Buf before = buf_init(POINTER_BYTES_MAX);
    char path[LAYOUT_PATH_BYTES];
    Str name = str_base_name(pointer);
    Str ending = STR(".metadata.json");
    if (str_ends(name, ending))
        name.len -= ending.len;
    if (!folder_path(publication, "version-hint.text", path, err))
        return false;
    if (file_exists(path) && !file_read(path, &before, NULL, err))
        return false;
    return str_equal(buf_str(&before), name) || file_replace(path, name, err);
}

static bool insert_publication(const Job *job, const IcebergSnapshot *snapshot, Error *err)
{
    DbStatement *insert =
        db_statement(job->publication.lake->db,
                     "INSERT OR IGNORE INTO publications"
                     " (snapshot_id, commit_seq, at_us, metadata_path, table_name)"
                     " VALUES (?, ?, ?, ?, ?)",
                     err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, snapshot->id);
    db_bind_int(insert, 2, snapshot->commit_seq);
    db_bind_int(insert, 3, snapshot->at_ms * 1000);
    db_bind_text(insert, 4, str_base_name(buf_str(&job->pointer)));
    db_bind_text(insert, 5, str_of(job->publication.table->name));
    return db_run(insert, err);
}

/* Makes the state's list of kept snapshots equal to the metadata's. */
static bool note_snapshots(const Job *job, Error *err)
{
    Lake *lake = job->publication.lake;
    const IcebergMeta *meta = &job->publication.meta;
    if (meta->snapshot_count == 0)
        return true;
    const IcebergSnapshot *current = &meta->snapshots[meta->snapshot_count - 1];
    DbStatement *update = db_statement(lake->db,
                                       "UPDATE publications SET expired = 1 WHERE expired = 0 AND"
                                       " snapshot_id <> ?1 AND (at_us < ?2 OR commit_seq > ?3)"
                                       " AND table_name = ?4",
                                       err);
    if (!update)
        return false;
    db_bind_int(update, 1, current->id);
    db_bind_int(update, 2, meta->snapshots[0].at_ms * 1000);
    db_bind_int(update, 3, current->commit_seq);
    db_bind_text(update, 4, str_of(job->publication.table->name));
    return db_run(update, err) && insert_publication(job, current, err);
}

/* What follows the swap; repeated by the next publication when it was interrupted. */
static bool settle(const Job *job, Error *err)
{
    if (job->pointer.len == 0)
        return true;
    return write_hint(&job->publication, buf_str(&job->pointer), err) && note_snapshots(job, err);
}

static bool swap(Job *job, Str uri, Error *err)
{
    char folder[LAYOUT_PATH_BYTES];
    if (!folder_path(&job->publication, "", folder, err) || !file_sync_folder(folder, err) ||
        !catalog_swap(job->catalog, job->publication.table->name, buf_str(&job->pointer), uri, err))
        return false;
    Buf former = job->pointer; /* the log borrows from it until here */
    job->pointer = buf_init(POINTER_BYTES_MAX);
    bool ok = buf_append_str(&job->pointer, uri, err);
    buf_free(&former);
    return ok;
}

static bool write_snapshot(Job *job, const Change *change, const PublishPolicy *policy, Error *err)
{
    Publication *publication = &job->publication;
    Str uri;
    if (publication->meta.uuid.len == 0) {
        char uuid[37];
        const char *copy =
            hash_uuid(uuid, err) ? arena_text(publication->arena, (Str){uuid, 36}, err) : NULL;
        if (!copy)
            return false;
        publication->meta.uuid = str_of(copy);
    }
    return choose_schema(publication, err) && begin_snapshot(publication, change, err) &&
           publication_manifests(publication, err) && write_list(publication, err) &&
           write_metadata(job, policy, &uri, err) && swap(job, uri, err);
}

/* Reads what is published; *anew*: what cannot be read is replaced by a new table. */
static bool load(Job *job, bool anew, Error *err)
{
    if (load_former(job, err))
        return true;
    if (!anew || err->kind != ERROR_INPUT)
        return false;
    error_clear(err);
    job->publication.meta = (IcebergMeta){0};
    return true;
}

/* Whether what was published is of no use as a base: the lake was moved, or an older state was
 * brought back. */
static bool is_stale(const Publication *publication)
{
    const IcebergMeta *meta = &publication->meta;
    return (meta->uuid.len && !str_equal(meta->location, publication->location)) ||
           publication->since > publication->until;
}

static bool write_when_due(Job *job, const PublishPolicy *policy, bool always, bool anew,
                           Error *err)
{
    Change change;
    Publication *publication = &job->publication;
    if (!db_get_int(publication->lake->db, "SELECT max(seq) FROM commits", 0, &publication->until,
                    err))
        return false;
    anew = anew || is_stale(publication);
    if (anew)
        start_over(publication);
    if (!read_change(publication, &change, err))
        return false;
    bool due = always || anew || change.came.files || change.went.files;
    return !due || write_snapshot(job, &change, policy, err);
}

/* When a publication is due, and what stays. */
typedef struct Terms {
    const PublishPolicy *policy;
    bool always;  /* also when nothing changed */
    bool anew;    /* without regard to what was published before */
    bool between; /* the run goes on */
} Terms;

static bool attempt(Lake *lake, const IcebergTable *table, const Terms *terms, Error *err)
{
    Job job;
    bool ok = open_job(&job, lake, table, err) && load(&job, terms->anew, err) &&
              write_when_due(&job, terms->policy, terms->always, terms->anew, err) &&
              settle(&job, err);
    close_job(&job);
    return ok;
}

static bool publish_table(Lake *lake, const IcebergTable *table, const Terms *terms, Error *err)
{
    Terms anew = *terms;
    anew.anew = true;
    if (attempt(lake, table, terms, err))
        return true;
    if (err->kind != ERROR_INPUT || terms->anew)
        return false;
    error_clear(err);
    return attempt(lake, table, &anew, err);
}

/* Receipts come first: who rebuilds a state from what is published then knows the objects of all
 * published events. The ledger's entries are then outside of the state, too. */
static bool publish_tables(Lake *lake, const Terms *terms, Error *err)
{
    return object_table_refresh(lake, err) &&
           publish_table(lake, &PUBLICATION_OBJECTS, terms, err) &&
           publish_table(lake, &PUBLICATION_CLOUDTRAIL, terms, err) &&
           ledger_file_write(lake, !terms->between, err);
}

bool publish_now(Lake *lake, const PublishPolicy *policy, bool always, Error *err)
{
    return publish_tables(lake, &(Terms){.policy = policy, .always = always}, err);
}

bool publish_anew(Lake *lake, Error *err)
{
    return publish_tables(lake, &(Terms){&PUBLISH_POLICY_DEFAULT, true, true, false}, err);
}

bool publish_lake(Lake *lake, Error *err)
{
    return publish_now(lake, &PUBLISH_POLICY_DEFAULT, false, err);
}

bool publish_between(Lake *lake, Error *err)
{
    return publish_tables(lake, &(Terms){.policy = &PUBLISH_POLICY_DEFAULT, .between = true}, err);
}

bool publish_released_seq(Lake *lake, const char *table, int64_t *ret_seq, Error *err)
{
    bool row;
    DbStatement *select = db_statement(lake->db,
                                       "SELECT coalesce(min(commit_seq), 0) FROM publications"
                                       " WHERE expired = 0 AND table_name = ?",
                                       err);
    if (!select)
        return false;
    db_bind_text(select, 1, str_of(table));
    if (!db_next(select, &row, err))
        return false;
    *ret_seq = row ? db_int(select, 0) : 0;
    db_reset(select);
    return true;
}
