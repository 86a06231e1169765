#include "pipeline.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "collect/reader.h"
#include "decode/object.h"
#include "decode/rebuild.h"
#include "derive/derive_batch.h"
#include "evaluation_pace.h"
#include "interrupt.h"
#include "known_objects.h"
#include "lake/part.h"
#include "lake/publish.h"
#include "plan.h"
#include "progress.h"

enum {
    PART_OBJECTS_MAX = 16384,
    BATCH_BYTES_MAX = 96 << 20,
    NAMES_BYTES_MAX = 64 << 20,
    PART_ROWS_SLACK = 16384, /* a part ends after the object that fills it */
};

/* One ingest: what the workers share. */
typedef struct Ingest {
    const IngestOptions *options;
    ClaimTable *claims;
    Plan *plan;
    atomic_size_t next_group;
    atomic_int_least64_t next_object_id;
    atomic_bool stopping;
    Progress progress;
    EvaluationPace pace;
    pthread_mutex_t lock; /* protects the three below */
    IngestReport report;
    Error failure; /* the first one */
    int64_t published_us;
} Ingest;

/* One part worker and all it owns. */
typedef struct Worker {
    Ingest *ingest;
    Decoder *decoder;
    Batch *batch;
    PartStore *store;
    TriedUse tried; /* what the records at hand are tried with */
    QuarantineSet quarantine;
    Receipt *receipts; /* PART_OBJECTS_MAX */
    size_t receipt_count;
    Arena *names; /* keys of the receipts */
    Reader *reader;
} Worker;

/* Keeps the first failure and lets all workers end. Returns false. */
static bool fail(Ingest *ingest, const Error *err)
{
    pthread_mutex_lock(&ingest->lock);
    if (ingest->failure.kind == ERROR_NONE)
        ingest->failure = *err;
    pthread_mutex_unlock(&ingest->lock);
    atomic_store(&ingest->stopping, true);
    return false;
}

static void count_part(Worker *worker, const PartResult *part)
{
    Ingest *ingest = worker->ingest;
    IngestReport more = {.records_kept = part->kept,
                         .records_duplicate = part->duplicate,
                         .records_dropped = part->dropped,
                         .records_conflicting = part->conflicting,
                         .pieces_quarantined = quarantine_count(&worker->quarantine),
                         .signals = part->signals,
                         .signals_packed = part->packed,
                         .lake_bytes = part->bytes,
                         .files = part->files,
                         .parts = 1};
    for (size_t i = 0; i < worker->receipt_count; i++) {
        const Receipt *receipt = &worker->receipts[i];
        if (receipt->state == RECEIPT_PARTIAL)
            continue; /* counted when it is whole */
        more.ingested += receipt->state != RECEIPT_QUARANTINED;
        more.quarantined += receipt->state == RECEIPT_QUARANTINED;
        more.incomplete += receipt->state == RECEIPT_INCOMPLETE;
        more.records_read += receipt->read;
        more.records_quarantined += receipt->quarantined;
        more.bytes += receipt->bytes;
        more.inflated_bytes += receipt->inflated_bytes;
    }
    pthread_mutex_lock(&ingest->lock);
    ingest_report_add(&ingest->report, &more);
    pthread_mutex_unlock(&ingest->lock);
}

static bool publish(const IngestOptions *options, Error *err)
{
    return (!options->before_publish || options->before_publish(options->before_context, err)) &&
           publish_between(options->lake, err);
}

static bool evaluate(Ingest *ingest, uint64_t signals, Error *err)
{
    int64_t started_us = clock_monotonic_us();
    if (!tried_holder_evaluate(ingest->options->tried, err))
        return false;
    evaluation_pace_note(&ingest->pace, signals, clock_monotonic_us() - started_us);
    return true;
}

/* Evaluates correlations and publishes when the last time is old enough; one worker at a time takes
 * the turn. *rests* when there is nothing to read at the moment. */
static bool do_what_is_due(Ingest *ingest, bool rests, Error *err)
{
    const IngestOptions *options = ingest->options;
    int64_t now = clock_monotonic_us();
    pthread_mutex_lock(&ingest->lock);
    uint64_t signals = ingest->report.signals_packed;
    bool publishes = now - ingest->published_us >= options->publish_us;
    if (publishes)
        ingest->published_us = now;
    pthread_mutex_unlock(&ingest->lock);
    bool evaluates = options->tried && evaluation_pace_take(&ingest->pace, signals, rests);
    if (!evaluates && !publishes)
        return true;
    Claim *claim = claim_take(ingest->claims, NULL, 0, err);
    bool ok = claim && claim_await_turn(claim) && (!evaluates || evaluate(ingest, signals, err)) &&
              (!publishes || publish(options, err));
    claim_end(claim, ok);
    return ok;
}

static bool check_disk(const Ingest *ingest, Error *err)
{
    uint64_t left;
    uint64_t least = ingest->options->free_bytes_min;
    if (!file_free_bytes(ingest->options->lake->folder, &left, err))
        return false;
    return left >= least || error_set(err, ERROR_LIMIT,
                                      "the disk of '%s' has %" PRIu64
                                      " MiB left, less than ingest.free_min (%" PRIu64
                                      " MiB): make room and run the same command again",
                                      ingest->options->lake->folder, left >> 20, least >> 20);
}

/* Commits what the worker holds as one part. Receipts stay for the caller to forget. */
static bool commit_held(Worker *worker, Error *err)
{
    PartResult result;
    if (!tried_use_redact(&worker->tried, worker->batch, err))
        return false;
    PartInput input = {.batch = worker->batch,
                       .receipts = worker->receipts,
                       .receipt_count = worker->receipt_count,
                       .quarantine = &worker->quarantine,
                       .drops = tried_use_drops(&worker->tried)};
    if (worker->tried.detection)
        input.signals = detection_hits(worker->tried.detection);
    if (worker->tried.meter)
        input.metrics = meter_hits(worker->tried.meter);
    const Derive *derive = worker->tried.column;
    if (!check_disk(worker->ingest, err) || !object_decoder_flush(worker->decoder, err) ||
        (derive && !derive_batch(derive, worker->batch, err)) ||
        !part_commit(worker->store, &input, &result, err))
        return false;
    count_part(worker, &result);
    batch_reset(worker->batch);
    quarantine_reset(&worker->quarantine);
    if (worker->tried.detection)
        detection_reset(worker->tried.detection);
    if (worker->tried.meter)
        meter_reset(worker->tried.meter);
    tried_use_forget_drops(&worker->tried);
    return do_what_is_due(worker->ingest, false, err) && tried_use_newest(&worker->tried, err);
}

/* Ends the part, if there is one, and starts a new one. */
static bool end_part(Worker *worker, Error *err)
{
    if (worker->receipt_count == 0)
        return true;
    if (!commit_held(worker, err))
        return false;
    arena_reset(worker->names);
    worker->receipt_count = 0;
    return true;
}

static bool part_is_full(const Worker *worker)
{
    return worker->batch->rows >= worker->ingest->options->part_rows || batch_full(worker->batch) ||
           worker->receipt_count == PART_OBJECTS_MAX || quarantine_is_full(&worker->quarantine) ||
           digest_set_full(part_store_digests(worker->store));
}

/* The decoder's hook: an object holds more than a part takes. What is there is committed with a
 * partial receipt, which the object's last commit replaces. */
static bool take_full_batch(void *context, Batch *batch, Error *err)
{
    Worker *worker = context;
    Receipt *receipt = &worker->receipts[worker->receipt_count - 1];
    receipt->state = RECEIPT_PARTIAL;
    receipt->row_end = batch->rows;
    receipt->read += receipt->row_end - receipt->row_first;
    if (!commit_held(worker, err))
        return false;
    worker->receipts[0] = *receipt;
    worker->receipts[0].row_first = 0;
    worker->receipt_count = 1;
    return true;
}

/* The decoder's hook: a piece was set apart. An object may hold more of them than a part takes. */
static bool take_piece(void *context, const QuarantineItem *item, Error *err)
{
    Worker *worker = context;
    if (quarantine_is_full(&worker->quarantine) && !take_full_batch(worker, worker->batch, err))
        return false;
    Receipt *receipt = &worker->receipts[worker->receipt_count - 1];
    QuarantinePiece piece = {.object_id = receipt->object_id,
                             .record_index = item->record_index,
                             .offset = item->offset,
                             .bytes = item->raw_bytes,
                             .stored = !item->instead_of_stored};
    Str kept = item->raw;
    snprintf(piece.reason, sizeof piece.reason, "%s", item->reason);
    if (!tried_use_piece(&worker->tried, &piece, &kept, err))
        return false;
    if (!receipt->reason[0])
        snprintf(receipt->reason, sizeof receipt->reason, "%s", item->reason);
    return quarantine_add(&worker->quarantine, &piece, kept, err);
}

/* A function of the filters failed on the record of *row*, the last one: kept aside as JSON. */
static bool refuse_row(Worker *worker, uint32_t row, const char *why, Error *err)
{
    BUF_AUTO Buf raw = buf_init(QUARANTINE_SET_MAX);
    if (!rebuild_alone(worker->batch, row, &raw, err))
        return false;
    const QuarantineItem item = {.record_index = worker->batch->record_index[row],
                                 .reason = why,
                                 .raw = buf_str(&raw),
                                 .raw_bytes = raw.len,
                                 .instead_of_stored = true};
    return take_piece(worker, &item, err);
}

/* The decoder's hook: the record became the batch's last row. */
static bool take_record(void *context, const RecordView *view, Error *err)
{
    Worker *worker = context;
    Detection *detection = worker->tried.detection;
    Meter *meter = worker->tried.meter;
    uint32_t row = worker->batch->rows - 1;
    size_t hits = detection ? detection_hits(detection).count : 0;
    if ((detection && !detection_take(detection, view, row, err)) ||
        (meter && !meter_take(meter, view, row, err)))
        return false;
    const char *why;
    bool detected = detection && detection_hits(detection).count > hits;
    if (!tried_use_filter(&worker->tried, view, detected, worker->batch, &why, err) ||
        (why && !refuse_row(worker, row, why, err)))
        return false;
    bool full = (detection && detection_is_full(detection)) || (meter && meter_is_full(meter));
    return !full || take_full_batch(worker, worker->batch, err);
}

/* The decoder's hook: the hash of an object of this part is known. */
static bool take_hash(void *context, int64_t object_id, const uint8_t sha256[HASH_SHA256_BYTES],
                      Error *err)
{
    Worker *worker = context;
    (void)err;
    for (size_t i = worker->receipt_count; i-- > 0;)
        if (worker->receipts[i].object_id == object_id)
            return memcpy(worker->receipts[i].sha256, sha256, HASH_SHA256_BYTES) != NULL;
    return true;
}

/* Opens a receipt for the object; NULL with *err*. */
static Receipt *open_receipt(Worker *worker, const ReaderObject *object, Error *err)
{
    Receipt *receipt = &worker->receipts[worker->receipt_count];
    const char *key = arena_text(worker->names, object->path, err);
    if (!key)
        return NULL;
    *receipt = (Receipt){
        .object_id = atomic_fetch_add(&worker->ingest->next_object_id, 1),
        .source = object_list_source(object->listed),
        .key = str_of(key),
        .bytes = object->bytes.len,
        .modified_us = object->modified_us,
        .row_first = worker->batch->rows,
    };
    memcpy(receipt->etag, object->etag, sizeof object->etag);
    worker->receipt_count++;
    return receipt;
}

/* A digest is kept whole, with the signature that S3 has beside it. */
static bool keep_digest(Worker *worker, const Receipt *receipt, Str bytes, Error *err)
{
    DigestSet *digests = part_store_digests(worker->store);
    const DigestBeside beside = {
        reader_metadata(worker->reader, STR("signature")),
        reader_metadata(worker->reader, STR("signature-algorithm")),
        reader_metadata(worker->reader, STR("backfill-generation-timestamp"))};
    return digest_set_add(digests, receipt->object_id, receipt->source, receipt->key, bytes, err) &&
           (!beside.signature.len || digest_set_beside(digests, &beside, err));
}

static bool decode_object(Worker *worker, const ReaderObject *object, Error *err)
{
    ObjectReport report;
    Receipt *receipt = open_receipt(worker, object, err);
    if (!receipt || !part_store_keep(worker->store, receipt, object->bytes, err))
        return false;
    int64_t id = receipt->object_id;
    if (object->refusal
            ? !object_refuse(worker->decoder, object->bytes, object->refusal, id, &report, err)
            : !object_decode(worker->decoder, object->bytes, id, worker->batch, &report, err))
        return false;
    receipt = &worker->receipts[worker->receipt_count - 1]; /* a full batch may have moved it */
    receipt_fill(receipt, &report);
    receipt->row_end = worker->batch->rows;
    atomic_fetch_add(&worker->ingest->progress.records, report.records_read);
    return report.kind != OBJECT_DIGEST || keep_digest(worker, receipt, object->bytes, err);
}

/* An object that cannot be read is counted and left for the next run; the others go on. */
static void note_unreadable(Ingest *ingest, const Error *trouble)
{
    pthread_mutex_lock(&ingest->lock);
    if (ingest->report.unreadable++ == 0)
        snprintf(ingest->report.first_unreadable, sizeof ingest->report.first_unreadable, "%.*s",
                 (int)sizeof ingest->report.first_unreadable - 1, trouble->text);
    pthread_mutex_unlock(&ingest->lock);
}

static bool ingest_next(Worker *worker, Error *err)
{
    ReaderObject object;
    Error trouble = {0};
    ReaderResult result = reader_next(worker->reader, &object, &trouble);
    if (result == READER_STOPPED)
        return true;
    if (result == READER_FAILED) {
        *err = trouble;
        return false;
    }
    atomic_fetch_add(&worker->ingest->progress.objects, 1);
    atomic_fetch_add(&worker->ingest->progress.bytes, object.listed->bytes);
    if (result == READER_UNREADABLE) {
        note_unreadable(worker->ingest, &trouble);
        return true;
    }
    return decode_object(worker, &object, err) ||
           error_context(err, "'%.*s'", STR_ARG(object.path));
}

static bool ingest_group(Worker *worker, PlanGroup group, Error *err)
{
    reader_begin(worker->reader, group.first, group.end);
    while (reader_has_next(worker->reader) && !atomic_load(&worker->ingest->stopping)) {
        if (!ingest_next(worker, err))
            return false;
        if (part_is_full(worker) && !end_part(worker, err))
            return false;
    }
    return end_part(worker, err);
}

static void close_worker(Worker *worker)
{
    object_decoder_free(worker->decoder);
    batch_free(worker->batch);
    part_store_free(worker->store);
    tried_use_end(&worker->tried);
    quarantine_free(&worker->quarantine);
    mem_free(worker->receipts);
    arena_free(worker->names);
    reader_free(worker->reader);
}

static bool open_worker(Worker *worker, Ingest *ingest, Error *err)
{
    const IngestOptions *options = ingest->options;
    DecoderHooks hooks = {.context = worker,
                          .batch_full = take_full_batch,
                          .quarantine = take_piece,
                          .hashed = take_hash};
    *worker = (Worker){
        .ingest = ingest, .tried = {.holder = options->tried}, .quarantine = quarantine_new()};
    if (!tried_use_newest(&worker->tried, err))
        return false;
    if (worker->tried.detection || worker->tried.meter ||
        worker->tried.filters) /* one set has if another one has */
        hooks.record = take_record;
    worker->names = arena_new(NAMES_BYTES_MAX, err);
    worker->receipts =
        worker->names ? mem_calloc(PART_OBJECTS_MAX, sizeof *worker->receipts, err) : NULL;
    worker->decoder = worker->receipts ? object_decoder_new(NULL, &hooks, err) : NULL;
    worker->batch = worker->decoder ? batch_new(options->part_rows + PART_ROWS_SLACK,
                                                BATCH_BYTES_MAX, options->lake->secret, err)
                                    : NULL;
    worker->store = worker->batch ? part_store_new(options->lake, ingest->claims, err) : NULL;
    worker->reader =
        worker->store ? reader_new(options->listed, options->aws, &ingest->stopping, err) : NULL;
    return worker->reader != NULL;
}

static void run_worker(void *argument, int number)
{
    Ingest *ingest = argument;
    Worker worker;
    Error err = {0};
    (void)number;
    bool ok = open_worker(&worker, ingest, &err);
    while (ok && !atomic_load(&ingest->stopping)) {
        size_t next = atomic_fetch_add(&ingest->next_group, 1);
        if (next >= plan_count(ingest->plan))
            break;
        ok = ingest_group(&worker, plan_group(ingest->plan, next), &err);
    }
    if (!ok)
        fail(ingest, &err);
    close_worker(&worker);
}

/* Takes the objects off the list that are in already; a new lake need not be asked for each. */
static bool skip_known(Ingest *ingest, bool new_lake, Error *err)
{
    ObjectList *listed = ingest->options->listed;
    size_t count = object_list_count(listed);
    uint64_t known = 0;
    if (!new_lake && !ingest->options->again &&
        !known_objects_leave_out(ingest->options->lake, listed, &known, err))
        return false;
    for (size_t i = 0; i < object_list_count(listed); i++)
        atomic_fetch_add(&ingest->progress.bytes_all, object_list_at(listed, i)->bytes);
    pthread_mutex_lock(&ingest->lock);
    ingest->report.listed += count;
    ingest->report.already_in += known;
    pthread_mutex_unlock(&ingest->lock);
    return true;
}

static void stop(void *context, bool timed_out)
{
    Ingest *ingest = context;
    (void)timed_out;
    atomic_store(&ingest->stopping, true);
    merging_stop(ingest->options->merging);
}

static void tick(void *context)
{
    Ingest *ingest = context;
    pthread_mutex_lock(&ingest->lock);
    IngestReport so_far = ingest->report;
    pthread_mutex_unlock(&ingest->lock);
    merging_note(ingest->options->merging, &so_far);
    if (ingest->options->tick)
        ingest->options->tick(ingest->options->context, &so_far, atomic_load(&ingest->stopping));
    if (ingest->options->show_progress)
        progress_show(&ingest->progress);
    reload_look(ingest->options->reload, false);
}

static void hang_up(void *context)
{
    Ingest *ingest = context;
    if (ingest->options->anew && ingest->options->anew(ingest->options->context))
        stop(ingest, false);
    else
        reload_look(ingest->options->reload, true);
}

/* Records are guessed from sizes; room is left so that a group which holds more of them is one part
 * all the same, and no small one beside it. */
static uint32_t planned_rows(const IngestOptions *options)
{
    uint32_t rows = options->part_rows - options->part_rows / 5;
    return rows ? rows : 1;
}

/* Ingests what the list holds. */
static bool run_wave(Ingest *ingest, bool new_lake, Error *err)
{
    const IngestOptions *options = ingest->options;
    const PlanOptions planned = {planned_rows(options), options->jobs};
    if (!skip_known(ingest, new_lake, err))
        return false;
    if (!object_list_count(options->listed))
        return true;
    ingest->plan = plan_new(options->listed, &planned, err);
    atomic_store(&ingest->next_group, 0);
    Pool *pool = ingest->plan ? pool_new(options->jobs, options->jobs, err) : NULL;
    for (int i = 0; pool && i < options->jobs; i++)
        pool_run(pool, run_worker, ingest);
    pool_free(pool);
    plan_free(ingest->plan);
    ingest->plan = NULL;
    return pool != NULL;
}

/* Wave after wave, as long as the source has some. */
static bool run_waves(Ingest *ingest, bool new_lake, Error *err)
{
    const IngestOptions *options = ingest->options;
    bool more = false;
    do {
        if (options->next && !options->next(options->context, options->listed, &more, err))
            return false;
        atomic_store(&ingest->progress.more, more);
        if (!run_wave(ingest, new_lake, err))
            return false;
        new_lake = false;
        if (more && !do_what_is_due(ingest, true, err))
            return false;
    } while (more && !atomic_load(&ingest->stopping));
    return true;
}

static bool run_workers(Ingest *ingest, bool new_lake, Error *err)
{
    const IngestOptions *options = ingest->options;
    const InterruptCalls calls = {.stop = stop,
                                  .tick = tick,
                                  .reload = options->reload || options->anew ? hang_up : NULL,
                                  .context = ingest};
    Interrupt *interrupt = interrupt_start(&calls, 0, err);
    bool ok = interrupt && reload_start(options->reload, ingest->claims, err) &&
              merging_start(options->merging, ingest->claims, err) &&
              run_waves(ingest, new_lake, err);
    merging_end(options->merging);
    merging_note(options->merging, &ingest->report);
    reload_end(options->reload);
    ingest->report.interrupted = interrupt_end(interrupt);
    if (options->show_progress && ok) {
        progress_show(&ingest->progress);
        fputc('\n', stderr);
    }
    return ok;
}

/* After the workers: publishes what is not published yet, with no other writer left. */
static bool publish_rest(Ingest *ingest, Error *err)
{
    return ingest->report.parts + ingest->report.days_merged == 0 ||
           publish_lake(ingest->options->lake, err);
}

static bool run_ingest(Ingest *ingest, Error *err)
{
    int64_t next_id;
    if (!receipt_next_id(ingest->options->lake, &next_id, err))
        return false;
    atomic_store(&ingest->next_object_id, next_id);
    ingest->claims = claim_table_new(ingest->options->lake, err);
    if (!ingest->claims || !run_workers(ingest, next_id == 1, err))
        return false;
    if (ingest->failure.kind != ERROR_NONE)
        return error_set(err, ingest->failure.kind, "%s", ingest->failure.text);
    return publish_rest(ingest, err) &&
           (!ingest->options->tried || (tried_holder_settle(ingest->options->tried, err) &&
                                        tried_holder_evaluate(ingest->options->tried, err)));
}

bool pipeline_ingest(const IngestOptions *options, IngestReport *ret, Error *err)
{
    Ingest ingest = {.options = options,
                     .progress.started_us = clock_monotonic_us(),
                     .published_us = clock_monotonic_us()};
    evaluation_pace_begin(&ingest.pace, options->evaluate_us);
    pthread_mutex_init(&ingest.lock, NULL);
    bool ok = run_ingest(&ingest, err);
    claim_table_free(ingest.claims);
    evaluation_pace_end(&ingest.pace);
    pthread_mutex_destroy(&ingest.lock);
    *ret = ingest.report;
    ret->waiting =
        ret->listed - ret->ingested - ret->already_in - ret->quarantined - ret->unreadable;
    ret->seconds = (double)(clock_monotonic_us() - ingest.progress.started_us) / 1e6;
    return ok;
}
