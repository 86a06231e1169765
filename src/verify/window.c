#include "verify/window.h"

#include <string.h>

#include "base/mem.h"
#include "base/pool.h"

enum { LOGS_A_JOB = 8, JOBS_QUEUED = 256, KEY_BYTES_MAX = 1 << 16 };

/* A run of log files of one digest. */
typedef struct LogJob {
    Window *window;
    const DigestLog *logs;
    size_t count;
    LogCheck *ret;
} LogJob;

typedef struct Note {
    VerifyEvent event;
    const WindowSlot *slot; /* NULL: of none */
} Note;

struct Window {
    const VerifyOptions *options;
    Coverage *coverage;
    VerifyReport *report;
    Pool *pool;
    int threads;
    FileCheck **checks; /* one a thread */
    Error *errors;      /* one a thread: the first failure */
    WindowSlot slots[WINDOW_DIGESTS];
    size_t count;
    Note *notes;
    size_t note_count, note_cap;
    LogJob *jobs;
    size_t job_count, job_cap;
};

void window_free(Window *window)
{
    if (!window)
        return;
    pool_free(window->pool);
    for (int i = 0; window->checks && i < window->threads; i++)
        file_check_free(window->checks[i]);
    for (size_t i = 0; i < WINDOW_DIGESTS; i++) {
        file_check_digest_free(&window->slots[i].check);
        buf_free(&window->slots[i].bucket);
        buf_free(&window->slots[i].key);
        mem_free(window->slots[i].logs);
    }
    mem_free(window->checks);
    mem_free(window->errors);
    mem_free(window->notes);
    mem_free(window->jobs);
    mem_free(window);
}

static bool make_threads(Window *window, Error *err)
{
    const VerifyOptions *options = window->options;
    window->threads = options->jobs > 0 ? options->jobs : pool_processors();
    window->checks = mem_calloc((size_t)window->threads, sizeof *window->checks, err);
    window->errors = mem_calloc((size_t)window->threads, sizeof *window->errors, err);
    if (!window->checks || !window->errors)
        return false;
    for (int i = 0; i < window->threads; i++) {
        window->checks[i] = file_check_new(options->store, options->keys, err);
        if (!window->checks[i])
            return false;
    }
    window->pool = pool_new(window->threads, JOBS_QUEUED, err);
    return window->pool != NULL;
}

Window *window_new(const VerifyOptions *options, Coverage *coverage, VerifyReport *report,
                   Error *err)
{
    Window *window = mem_calloc(1, sizeof *window, err);
    if (!window)
        return NULL;
    window->options = options;
    window->coverage = coverage;
    window->report = report;
    bool ok = true;
    for (size_t i = 0; ok && i < WINDOW_DIGESTS; i++) {
        WindowSlot *slot = &window->slots[i];
        slot->window = window;
        slot->bucket = slot->key = buf_init(KEY_BYTES_MAX);
        ok = file_check_digest_init(&slot->check, err);
    }
    if (ok && make_threads(window, err))
        return window;
    window_free(window);
    return NULL;
}

/* Waits for the jobs; false with the first failure of a thread. */
static bool wait_for_jobs(Window *window, Error *err)
{
    pool_wait(window->pool);
    for (int i = 0; i < window->threads; i++)
        if (window->errors[i].kind != ERROR_NONE) {
            *err = window->errors[i];
            return false;
        }
    return true;
}

static void run_digest(void *argument, int worker)
{
    WindowSlot *slot = argument;
    Window *window = slot->window;
    Error problem = {0};
    if (!file_check_digest(window->checks[worker], buf_str(&slot->bucket), buf_str(&slot->key),
                           slot->backfill, &slot->check, &problem))
        window->errors[worker] = problem;
}

static void run_logs(void *argument, int worker)
{
    LogJob *job = argument;
    Window *window = job->window;
    Error problem = {0};
    if (!file_check_logs(window->checks[worker], job->logs, job->count, job->ret, &problem))
        window->errors[worker] = problem;
}

static void empty(Window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        mem_free(window->slots[i].logs);
        window->slots[i].logs = NULL;
    }
    window->count = 0;
}

bool window_load(Window *window, const Catalogue *catalogue, const Chain *chain, size_t at,
                 size_t count, Error *err)
{
    empty(window);
    for (size_t i = 0; i < count && i < WINDOW_DIGESTS; i++) {
        WindowSlot *slot = &window->slots[window->count++];
        const DigestPlace *place = &chain->places[at - i];
        slot->bucket.len = 0;
        slot->backfill = place->backfill;
        if (!buf_append_str(&slot->bucket, catalogue_home(catalogue, place->home)->bucket, err) ||
            !catalogue_key(catalogue, chain, place, &slot->key, err))
            return false;
    }
    for (size_t i = 0; i < window->count; i++)
        pool_run(window->pool, run_digest, &window->slots[i]);
    return wait_for_jobs(window, err);
}

bool window_load_one(Window *window, Str bucket, Str key, bool backfill, Error *err)
{
    WindowSlot *slot = &window->slots[0];
    empty(window);
    slot->bucket.len = slot->key.len = 0;
    slot->backfill = backfill;
    if (!buf_append_str(&slot->bucket, bucket, err) || !buf_append_str(&slot->key, key, err))
        return false;
    window->count = 1;
    pool_run(window->pool, run_digest, slot);
    return wait_for_jobs(window, err);
}

WindowSlot *window_find(Window *window, Str bucket, Str key)
{
    for (size_t i = 0; i < window->count; i++)
        if (str_equal(buf_str(&window->slots[i].key), key) &&
            str_equal(buf_str(&window->slots[i].bucket), bucket))
            return &window->slots[i];
    return NULL;
}

/* Room for one more element of *size* bytes; NULL with *err*. */
static void *grow(void *array, size_t count, size_t *cap, size_t size, Error *err)
{
    if (count < *cap)
        return array;
    size_t more = *cap ? *cap * 2 : 64;
    void *grown = mem_realloc(array, more * size, err);
    if (grown)
        *cap = more;
    return grown;
}

bool window_note(Window *window, const VerifyEvent *event, const WindowSlot *slot, Error *err)
{
    Note *notes = grow(window->notes, window->note_count, &window->note_cap, sizeof *notes, err);
    if (!notes)
        return false;
    window->notes = notes;
    notes[window->note_count++] = (Note){*event, slot};
    return true;
}

static bool is_valid_digest(const Note *note)
{
    return note->event.kind == VERIFY_DIGEST && note->event.verdict == VERDICT_VALID;
}

/* Cuts the logs of *slot* into jobs. */
static bool plan_logs(Window *window, WindowSlot *slot, Error *err)
{
    const Digest *digest = &slot->check.digest;
    slot->logs = mem_calloc(digest->log_count + 1, sizeof *slot->logs, err);
    if (!slot->logs)
        return false;
    for (size_t at = 0; at < digest->log_count; at += LOGS_A_JOB) {
        size_t left = digest->log_count - at;
        LogJob *jobs = grow(window->jobs, window->job_count, &window->job_cap, sizeof *jobs, err);
        if (!jobs)
            return false;
        window->jobs = jobs;
        jobs[window->job_count++] = (LogJob){.window = window,
                                             .logs = &digest->logs[at],
                                             .count = left < LOGS_A_JOB ? left : LOGS_A_JOB,
                                             .ret = &slot->logs[at]};
    }
    return true;
}

static bool check_logs(Window *window, Error *err)
{
    window->job_count = 0;
    for (size_t i = 0; i < window->note_count; i++) {
        const Note *note = &window->notes[i];
        if (is_valid_digest(note) &&
            !plan_logs(window, &window->slots[note->slot - window->slots], err))
            return false;
    }
    for (size_t i = 0; i < window->job_count; i++)
        pool_run(window->pool, run_logs, &window->jobs[i]);
    return wait_for_jobs(window, err);
}

static void count(VerifyCount *to, Verdict verdict)
{
    if (verdict == VERDICT_VALID)
        to->valid++;
    else
        to->invalid++;
}

static void count_event(VerifyReport *report, const VerifyEvent *event)
{
    if (event->kind == VERIFY_DIGEST)
        count(event->backfill ? &report->backfill_digests : &report->digests, event->verdict);
    else if (event->kind == VERIFY_LOG)
        count(&report->logs, event->verdict);
    else if (event->kind == VERIFY_GAP)
        report->gaps++;
    else if (event->kind == VERIFY_REMARK)
        report->remarks[event->remark]++;
}

static bool tell(Window *window, const VerifyEvent *event, Error *err)
{
    const VerifyOptions *options = window->options;
    count_event(window->report, event);
    return options->event(options->context, event, err);
}

static bool tell_logs(Window *window, const Note *note, Error *err)
{
    const Digest *digest = &note->slot->check.digest;
    for (size_t i = 0; i < digest->log_count; i++) {
        const LogCheck *check = &note->slot->logs[i];
        const DigestLog *log = &digest->logs[i];
        const VerifyEvent event = {.kind = VERIFY_LOG,
                                   .verdict = check->verdict,
                                   .backfill = note->event.backfill,
                                   .chain = note->event.chain,
                                   .bucket = log->bucket,
                                   .key = log->key,
                                   .detail = check->detail};
        if (!tell(window, &event, err) ||
            !coverage_add_log(window->coverage, log->bucket, log->key, err))
            return false;
        if (!str_equal(log->hash_algorithm, STR("SHA-256"))) {
            VerifyEvent remark = event;
            remark.kind = VERIFY_REMARK;
            remark.remark = REMARK_ALGORITHM;
            remark.detail = "";
            if (!tell(window, &remark, err))
                return false;
        }
    }
    return true;
}

bool window_flush(Window *window, Error *err)
{
    bool ok = check_logs(window, err);
    for (size_t i = 0; ok && i < window->note_count; i++) {
        Note *note = &window->notes[i];
        if (note->slot) {
            note->event.bucket = buf_str(&note->slot->bucket);
            note->event.key = buf_str(&note->slot->key);
            if (note->event.kind == VERIFY_DIGEST)
                note->event.detail = note->slot->check.detail;
        }
        ok = tell(window, &note->event, err) &&
             (!is_valid_digest(note) || tell_logs(window, note, err));
    }
    window->note_count = 0;
    return ok;
}
