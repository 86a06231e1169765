#include "lake/claim.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "lake/layout.h"

enum { RUNS_BYTES_MAX = 256 << 20 };

struct Claim {
    ClaimTable *table;
    Claim *next; /* in the table's list, ascending by seq */
    const ClaimDay *days;
    size_t day_count;
    int64_t seq;
    int users;   /* other threads that compare with this claim's rows */
    Buf lost_to; /* int64_t each: seqs of claims in flight that this one lost records to */
    Buf added;   /* ClaimRun each, staged */
    Buf removed; /* int64_t each, staged ids */
};

struct ClaimTable {
    Lake *lake;
    pthread_mutex_t lock;   /* protects all below, and the claims' next, users */
    pthread_cond_t changed; /* a claim ended, or a user left one */
    Claim *in_flight;
    int64_t next_seq;
    Buf failed; /* int64_t each: claims that ended without a commit */
    Buf runs;   /* ClaimRun each, ascending by (day, id) */
};

static ClaimRun *run_items(const ClaimTable *table, size_t *count)
{
    *count = table->runs.len / sizeof(ClaimRun);
    return (ClaimRun *)(void *)table->runs.ptr;
}

/* Index of the first run that is not before (day, id). */
static size_t run_position(const ClaimTable *table, int32_t day, int64_t id)
{
    size_t high;
    const ClaimRun *runs = run_items(table, &high);
    size_t low = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const ClaimRun *run = &runs[middle];
        if (run->day < day || (run->day == day && run->id < id))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool insert_run(ClaimTable *table, const ClaimRun *run, Error *err)
{
    if (!buf_reserve(&table->runs, sizeof *run, err))
        return false;
    size_t count;
    ClaimRun *runs = run_items(table, &count);
    size_t at = run_position(table, run->day, run->id);
    memmove(&runs[at + 1], &runs[at], (count - at) * sizeof *runs);
    runs[at] = *run;
    table->runs.len += sizeof *run;
    return true;
}

static void delete_run(ClaimTable *table, int64_t id)
{
    size_t count;
    ClaimRun *runs = run_items(table, &count);
    for (size_t i = 0; i < count; i++)
        if (runs[i].id == id) {
            memmove(&runs[i], &runs[i + 1], (count - i - 1) * sizeof *runs);
            table->runs.len -= sizeof *runs;
            return;
        }
}

static bool load_runs(ClaimTable *table, Error *err)
{
    DbStatement *statement = db_statement(
        table->lake->db, "SELECT id, day, offset, entries, path FROM runs ORDER BY day, id", err);
    bool row = statement != NULL;
    while (row && db_next(statement, &row, err)) {
        if (!row)
            return true;
        Str text = db_text(statement, 4);
        ClaimRun run = {.id = db_int(statement, 0),
                        .day = (int32_t)db_int(statement, 1),
                        .offset = (uint64_t)db_int(statement, 2),
                        .entries = (uint64_t)db_int(statement, 3)};
        if (text.len >= sizeof run.path)
            return error_set(err, ERROR_INPUT, "the state names a run with too long a path");
        memcpy(run.path, text.ptr, text.len);
        if (!insert_run(table, &run, err))
            return false;
    }
    return false;
}

ClaimTable *claim_table_new(Lake *lake, Error *err)
{
    int64_t last;
    ClaimTable *table = mem_calloc(1, sizeof *table, err);
    if (!table)
        return NULL;
    table->lake = lake;
    pthread_mutex_init(&table->lock, NULL);
    pthread_cond_init(&table->changed, NULL);
    table->failed = buf_init(RUNS_BYTES_MAX);
    table->runs = buf_init(RUNS_BYTES_MAX);
    bool ok = load_runs(table, err) &&
              db_get_int(lake->db, "SELECT max(seq) FROM commits", 0, &last, err);
    if (!ok) {
        claim_table_free(table);
        return NULL;
    }
    table->next_seq = last + 1;
    lake->claims = table;
    return table;
}

void claim_table_free(ClaimTable *table)
{
    if (!table)
        return;
    assert(!table->in_flight);
    if (table->lake->claims == table)
        table->lake->claims = NULL;
    pthread_cond_destroy(&table->changed);
    pthread_mutex_destroy(&table->lock);
    buf_free(&table->failed);
    buf_free(&table->runs);
    mem_free(table);
}

/* What a claim is compared with: taken under the lock, used without it. */
typedef struct Opponents {
    Buf claims; /* Claim * each; their users count was raised */
    Buf runs;   /* ClaimRun each, of the claim's days */
} Opponents;

static bool gather(ClaimTable *table, const Claim *claim, Opponents *opponents, Error *err)
{
    size_t count;
    const ClaimRun *runs = run_items(table, &count);
    for (size_t d = 0; d < claim->day_count; d++) {
        size_t at = run_position(table, claim->days[d].day, INT64_MIN);
        for (; at < count && runs[at].day == claim->days[d].day; at++)
            if (!buf_append(&opponents->runs, &runs[at], sizeof runs[at], err))
                return false;
    }
    for (Claim *other = table->in_flight; other && claim->day_count; other = other->next) {
        if (!buf_append(&opponents->claims, &other, sizeof other, err))
            return false;
        other->users++;
    }
    return true;
}

/* Every claim in flight, and the one that comes, may fail: room for that is made before. */
static bool reserve_failures(ClaimTable *table, Error *err)
{
    size_t count = 1;
    for (const Claim *claim = table->in_flight; claim; claim = claim->next)
        count++;
    return buf_reserve(&table->failed, count * sizeof(int64_t), err);
}

/* Takes a number and joins the list; claims that came before are the opponents. */
static bool enlist(ClaimTable *table, Claim *claim, Opponents *opponents, Error *err)
{
    pthread_mutex_lock(&table->lock);
    bool ok = reserve_failures(table, err) && gather(table, claim, opponents, err);
    claim->seq = table->next_seq;
    table->next_seq += ok;
    Claim **end = &table->in_flight;
    while (*end)
        end = &(*end)->next;
    if (ok)
        *end = claim;
    pthread_mutex_unlock(&table->lock);
    return ok;
}

static void leave(ClaimTable *table, Opponents *opponents)
{
    size_t count = opponents->claims.len / sizeof(Claim *);
    pthread_mutex_lock(&table->lock);
    for (size_t i = 0; i < count; i++) {
        Claim *other;
        memcpy(&other, opponents->claims.ptr + i * sizeof other, sizeof other);
        other->users--;
    }
    pthread_cond_broadcast(&table->changed);
    pthread_mutex_unlock(&table->lock);
}

static bool compare_run(const ClaimTable *table, const ClaimRun *run, const ClaimDay *day,
                        Error *err)
{
    char path[LAYOUT_PATH_BYTES];
    FileMap map = {0};
    const Fingerprint *prints;
    if (!layout_path(path, err, table->lake->folder, "%s", run->path) ||
        !fingerprint_open(&map, path, false, err))
        return false;
    bool ok = fingerprint_section(&map, run->offset, run->entries, &prints, err);
    if (ok)
        fingerprint_compare(day->rows, day->count, prints, run->entries, day->judge, day->verdicts);
    else
        error_context(err, "'%s'", path);
    file_map_close(&map);
    return ok;
}

static const ClaimDay *find_day(const Claim *claim, int32_t day)
{
    for (size_t d = 0; d < claim->day_count; d++)
        if (claim->days[d].day == day)
            return &claim->days[d];
    return NULL;
}

static bool compare_runs(const ClaimTable *table, const Claim *claim, const Opponents *opponents,
                         Error *err)
{
    size_t count = opponents->runs.len / sizeof(ClaimRun);
    for (size_t i = 0; i < count; i++) {
        ClaimRun run;
        memcpy(&run, opponents->runs.ptr + i * sizeof run, sizeof run);
        if (!compare_run(table, &run, find_day(claim, run.day), err))
            return false;
    }
    return true;
}

static bool compare_claims(Claim *claim, const Opponents *opponents, Error *err)
{
    size_t count = opponents->claims.len / sizeof(Claim *);
    for (size_t i = 0; i < count; i++) {
        Claim *other;
        size_t lost = 0;
        memcpy(&other, opponents->claims.ptr + i * sizeof other, sizeof other);
        for (size_t d = 0; d < claim->day_count; d++) {
            const ClaimDay *mine = &claim->days[d];
            const ClaimDay *theirs = find_day(other, mine->day);
            if (theirs)
                lost += fingerprint_compare_rows(mine->rows, mine->count, theirs->rows,
                                                 theirs->count, mine->judge, mine->verdicts);
        }
        if (lost && !buf_append(&claim->lost_to, &other->seq, sizeof other->seq, err))
            return false;
    }
    return true;
}

static void free_claim(Claim *claim)
{
    buf_free(&claim->lost_to);
    buf_free(&claim->added);
    buf_free(&claim->removed);
    mem_free(claim);
}

Claim *claim_take(ClaimTable *table, const ClaimDay *days, size_t day_count, Error *err)
{
    Opponents opponents = {buf_init(RUNS_BYTES_MAX), buf_init(RUNS_BYTES_MAX)};
    Claim *claim = mem_calloc(1, sizeof *claim, err);
    if (!claim)
        return NULL;
    *claim = (Claim){.table = table,
                     .days = days,
                     .day_count = day_count,
                     .lost_to = buf_init(RUNS_BYTES_MAX),
                     .added = buf_init(RUNS_BYTES_MAX),
                     .removed = buf_init(RUNS_BYTES_MAX)};
    for (size_t d = 0; d < day_count; d++) {
        memset(days[d].verdicts, VERDICT_NEW, days[d].count);
        fingerprint_compare_within(days[d].rows, days[d].count, days[d].judge, days[d].verdicts);
    }
    bool enlisted = enlist(table, claim, &opponents, err);
    bool ok = enlisted && compare_runs(table, claim, &opponents, err) &&
              compare_claims(claim, &opponents, err);
    leave(table, &opponents);
    buf_free(&opponents.claims);
    buf_free(&opponents.runs);
    if (ok)
        return claim;
    if (enlisted)
        claim_end(claim, false);
    else
        free_claim(claim);
    return NULL;
}

int64_t claim_seq(const Claim *claim)
{
    return claim->seq;
}

static bool contains(const Buf *seqs, int64_t seq)
{
    size_t count = seqs->len / sizeof seq;
    for (size_t i = 0; i < count; i++) {
        int64_t item;
        memcpy(&item, seqs->ptr + i * sizeof item, sizeof item);
        if (item == seq)
            return true;
    }
    return false;
}

static bool winner_failed(const Claim *claim)
{
    size_t count = claim->lost_to.len / sizeof(int64_t);
    for (size_t i = 0; i < count; i++) {
        int64_t seq;
        memcpy(&seq, claim->lost_to.ptr + i * sizeof seq, sizeof seq);
        if (contains(&claim->table->failed, seq))
            return true;
    }
    return false;
}

bool claim_await_turn(Claim *claim)
{
    ClaimTable *table = claim->table;
    pthread_mutex_lock(&table->lock);
    while (table->in_flight != claim && !winner_failed(claim))
        pthread_cond_wait(&table->changed, &table->lock);
    bool ok = !winner_failed(claim);
    pthread_mutex_unlock(&table->lock);
    return ok;
}

bool claim_lake_turn(const Lake *lake, Claim **ret, Error *err)
{
    Claim *claim = lake->claims ? claim_take(lake->claims, NULL, 0, err) : NULL;
    if (lake->claims && !claim)
        return false;
    *ret = claim;
    return !claim || claim_await_turn(claim); /* who claims nothing loses nothing */
}

bool claim_add_run(Claim *claim, const ClaimRun *run, Error *err)
{
    /* The list of live runs must not fail after the commit, so its room is made here. */
    pthread_mutex_lock(&claim->table->lock);
    bool ok = buf_reserve(&claim->table->runs, claim->added.len + sizeof *run, err);
    pthread_mutex_unlock(&claim->table->lock);
    return ok && buf_append(&claim->added, run, sizeof *run, err);
}

bool claim_remove_run(Claim *claim, int64_t run_id, Error *err)
{
    return buf_append(&claim->removed, &run_id, sizeof run_id, err);
}

static void place_run(ClaimTable *table, const ClaimRun *run)
{
    size_t count;
    ClaimRun *runs = run_items(table, &count);
    size_t at = run_position(table, run->day, run->id);
    assert(table->runs.cap - table->runs.len >= sizeof *run);
    memmove(&runs[at + 1], &runs[at], (count - at) * sizeof *runs);
    runs[at] = *run;
    table->runs.len += sizeof *run;
}

/* Removals first: the state may give a removed run's id to a new one. */
static void apply_runs(ClaimTable *table, const Claim *claim)
{
    size_t removed = claim->removed.len / sizeof(int64_t);
    size_t added = claim->added.len / sizeof(ClaimRun);
    for (size_t i = 0; i < removed; i++) {
        int64_t id;
        memcpy(&id, claim->removed.ptr + i * sizeof id, sizeof id);
        delete_run(table, id);
    }
    for (size_t i = 0; i < added; i++) {
        ClaimRun run;
        memcpy(&run, claim->added.ptr + i * sizeof run, sizeof run);
        place_run(table, &run);
    }
}

/* Failed numbers matter only to claims that are in flight now; enlist made room for them. */
static void note_failure(ClaimTable *table, int64_t seq)
{
    if (!table->in_flight) {
        table->failed.len = 0;
        return;
    }
    assert(table->failed.cap - table->failed.len >= sizeof seq);
    memcpy(table->failed.ptr + table->failed.len, &seq, sizeof seq);
    table->failed.len += sizeof seq;
}

void claim_end(Claim *claim, bool committed)
{
    if (!claim)
        return;
    ClaimTable *table = claim->table;
    pthread_mutex_lock(&table->lock);
    while (claim->users > 0)
        pthread_cond_wait(&table->changed, &table->lock);
    Claim **at = &table->in_flight;
    while (*at != claim)
        at = &(*at)->next;
    *at = claim->next;
    if (committed)
        apply_runs(table, claim);
    else
        note_failure(table, claim->seq);
    pthread_cond_broadcast(&table->changed);
    pthread_mutex_unlock(&table->lock);
    free_claim(claim);
}

size_t claim_runs(ClaimTable *table, int32_t day, ClaimRun *ret, size_t max)
{
    size_t found = 0;
    size_t count;
    pthread_mutex_lock(&table->lock);
    const ClaimRun *runs = run_items(table, &count);
    for (size_t at = run_position(table, day, INT64_MIN); at < count && runs[at].day == day; at++)
        if (found++ < max)
            ret[found - 1] = runs[at];
    pthread_mutex_unlock(&table->lock);
    return found;
}
