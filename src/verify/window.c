#include "verify/window.h"

#include <string.h>

#include "base/mem.h"
#include "base/pool.h"

enum {
    JOBS_A_THREAD = 8, /* so many, that all threads end at about the same time */
    SLICE_MAX = 64,    /* files of a job */
    JOBS_QUEUED = 256,
    KEY_BYTES_MAX = 1 << 16
};

/* Some of the window's digests or logs, for one thread. */
typedef struct Slice {
    Window *window;
    size_t from, to;
} Slice;

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
    LogCheck *logs; /* of all valid digests of the notes */
    size_t log_count, log_cap;
    Slice *slices;
    size_t slice_cap;
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
    }
    mem_free(window->checks);
    mem_free(window->errors);
    mem_free(window->notes);
    mem_free(window->logs);
    mem_free(window->slices);
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

static void run_digests(void *argument, int worker)
{
    const Slice *slice = argument;
    Window *window = slice->window;
    Error problem = {0};
    for (size_t i = slice->from; i < slice->to; i++) {
        WindowSlot *slot = &window->slots[i];
        if (!file_check_digest(window->checks[worker], buf_str(&slot->bucket), buf_str(&slot->key),
                               slot->backfill, &slot->check, &problem))
            window->errors[worker] = problem;
    }
}

static void run_logs(void *argument, int worker)
{
    const Slice *slice = argument;
    Window *window = slice->window;
    Error problem = {0};
    if (!file_check_logs(window->checks[worker], &window->logs[slice->from],
                         slice->to - slice->from, &problem))
        window->errors[worker] = problem;
}

/* Lets all threads do *job* on *count* files and waits for them. */
static bool share(Window *window, PoolJob job, size_t count, Error *err)
{
    size_t jobs = (size_t)window->threads * JOBS_A_THREAD, used = 0;
    size_t size = (count + jobs - 1) / jobs;
    size = size > SLICE_MAX ? SLICE_MAX : size;
    if (!count)
        return true;
    Slice *slices =
        mem_grow(window->slices, count / size + 1, &window->slice_cap, sizeof *slices, err);
    if (!slices)
        return false;
    window->slices = slices;
    for (size_t from = 0; from < count; from += size) {
        slices[used] = (Slice){window, from, from + size < count ? from + size : count};
        pool_run(window->pool, job, &slices[used++]);
    }
    return wait_for_jobs(window, err);
}

bool window_load(Window *window, const Catalogue *catalogue, const Chain *chain, size_t at,
                 size_t count, Error *err)
{
    window->count = 0;
    for (size_t i = 0; i < count && i < WINDOW_DIGESTS; i++) {
        WindowSlot *slot = &window->slots[window->count++];
        const DigestPlace *place = &chain->places[at - i];
        slot->bucket.len = 0;
        slot->backfill = place->backfill;
        if (!buf_append_str(&slot->bucket, catalogue_home(catalogue, place->home)->bucket, err) ||
            !catalogue_key(catalogue, chain, place, &slot->key, err))
            return false;
    }
    return share(window, run_digests, window->count, err);
}

bool window_load_one(Window *window, Str bucket, Str key, bool backfill, Error *err)
{
    WindowSlot *slot = &window->slots[0];
    slot->bucket.len = slot->key.len = 0;
    slot->backfill = backfill;
    if (!buf_append_str(&slot->bucket, bucket, err) || !buf_append_str(&slot->key, key, err))
        return false;
    window->count = 1;
    return share(window, run_digests, 1, err);
}

WindowSlot *window_find(Window *window, Str bucket, Str key)
{
    for (size_t i = 0; i < window->count; i++)
        if (str_equal(buf_str(&window->slots[i].key), key) &&
            str_equal(buf_str(&window->slots[i].bucket), bucket))
            return &window->slots[i];
    return NULL;
}

bool window_note(Window *window, const VerifyEvent *event, const WindowSlot *slot, Error *err)
{
    Note *notes =
        mem_grow(window->notes, window->note_count + 1, &window->note_cap, sizeof *notes, err);
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

/* Puts the logs of *slot* behind those of the digests before. */
static bool add_logs(Window *window, WindowSlot *slot, Error *err)
{
    const Digest *digest = &slot->check.digest;
    LogCheck *logs = mem_grow(window->logs, window->log_count + digest->log_count + 1,
                              &window->log_cap, sizeof *logs, err);
    if (!logs)
        return false;
    window->logs = logs;
    slot->first_log = window->log_count;
    for (size_t i = 0; i < digest->log_count; i++) {
        LogCheck *check = &logs[window->log_count++];
        check->log = &digest->logs[i];
        check->verdict = VERDICT_VALID;
        check->noted = false;
        check->detail[0] = 0;
    }
    return true;
}

static bool check_logs(Window *window, Error *err)
{
    window->log_count = 0;
    for (size_t i = 0; i < window->note_count; i++) {
        const Note *note = &window->notes[i];
        if (is_valid_digest(note) &&
            !add_logs(window, &window->slots[note->slot - window->slots], err))
            return false;
    }
    return share(window, run_logs, window->log_count, err);
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
        const LogCheck *check = &window->logs[note->slot->first_log + i];
        const DigestLog *log = check->log;
        const VerifyEvent event = {.kind = VERIFY_LOG,
                                   .verdict = check->verdict,
                                   .backfill = note->event.backfill,
                                   .chain = note->event.chain,
                                   .bucket = log->bucket,
                                   .key = log->key,
                                   .detail = check->detail};
        window->report->logs_noted += check->noted;
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
