#include "dry_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "known_objects.h"
#include "setup.h"

enum {
    WAVE_OBJECTS = 200000,
    /* What bench/NOTES.md measured on two cores: of stored bytes a worker and second, and of small
     * objects of a bucket a second. */
    WORKER_BYTES_S = 12 << 20,
    OBJECTS_S = 1500
};

/* Dollars of S3 Standard in us-east-1, November 2026: a request, and a byte that leaves AWS. */
static const double LIST_PRICE = 0.005 / 1000;
static const double GET_PRICE = 0.0004 / 1000;
static const double LEAVING_PRICE = 0.09 / 1e9;

typedef struct Estimate {
    Lake *lake; /* NULL: there is none, and nothing is in */
    uint64_t listed, already_in, objects, bytes;
    uint64_t remote, remote_bytes; /* of these in buckets */
} Estimate;

static void count_object(Estimate *estimate, const ObjectRef *object)
{
    estimate->objects++;
    estimate->bytes += object->bytes;
    if (object->etag) {
        estimate->remote++;
        estimate->remote_bytes += object->bytes;
    }
}

/* Counts what a list holds; those that are in are taken off it. */
static bool count_listed(Estimate *estimate, ObjectList *list, Error *err)
{
    uint64_t known = 0;
    estimate->listed += object_list_count(list);
    if (estimate->lake && !known_objects_leave_out(estimate->lake, list, &known, err))
        return false;
    estimate->already_in += known;
    for (size_t i = 0; i < object_list_count(list); i++)
        count_object(estimate, object_list_at(list, i));
    return true;
}

static bool count_all(Estimate *estimate, Sources *sources, Error *err)
{
    ObjectList *list = object_list_new(err);
    bool more = list != NULL, ok = more;
    while (ok && more)
        ok = sources_next(sources, list, WAVE_OBJECTS, &more, err) &&
             count_listed(estimate, list, err);
    object_list_free(list);
    return ok;
}

/* Seconds: the slower of reading and of asking counts. */
static double seconds_of(const Estimate *estimate, int64_t jobs)
{
    double reading = (double)estimate->bytes / ((double)WORKER_BYTES_S * (double)jobs);
    double asking = (double)estimate->remote / OBJECTS_S;
    return reading > asking ? reading : asking;
}

static void print_count(const char *words, uint64_t count, uint64_t bytes)
{
    char number[AMOUNT_TEXT_BYTES], size[AMOUNT_TEXT_BYTES];
    amount_count(count, number);
    amount_bytes(bytes, size);
    printf("%-20s %12s  %s\n", words, number, size);
}

/* Requests and money, when there is a bucket. */
static void print_requests(const Estimate *estimate, const S3SourceTally *tally)
{
    char number[AMOUNT_TEXT_BYTES], size[AMOUNT_TEXT_BYTES];
    uint64_t requests = tally->requests + estimate->remote;
    amount_count(requests, number);
    printf("%-20s %12s  about US$ %.4f (listing 0.005, reading 0.0004 for 1,000, us-east-1)\n",
           "requests", number,
           (double)tally->requests * LIST_PRICE + (double)estimate->remote * GET_PRICE);
    amount_bytes(estimate->remote_bytes, size);
    printf("%-20s %12s  free within the region; about US$ %.2f where it leaves AWS (0.09 a GB)\n",
           "transfer", size, (double)estimate->remote_bytes * LEAVING_PRICE);
}

static void print_text(const Estimate *estimate, const S3SourceTally *tally, int64_t jobs)
{
    char number[AMOUNT_TEXT_BYTES];
    amount_count(estimate->listed + tally->archived, number);
    printf("%-20s %12s\n", "objects listed", number);
    amount_count(estimate->already_in, number);
    printf("%-20s %12s\n", "  already in", number);
    print_count("  to ingest", estimate->objects, estimate->bytes);
    if (tally->archived)
        print_count("  archived", tally->archived, tally->archived_bytes);
    if (tally->requests)
        print_requests(estimate, tally);
    printf("%-20s %10.0f s  with %" PRId64 " workers of 12 MiB a second each%s\n", "time about",
           seconds_of(estimate, jobs), jobs,
           tally->requests ? ", at most 1,500 objects a second" : "");
}

static void print_json(const Estimate *estimate, const S3SourceTally *tally, int64_t jobs)
{
    printf("{\"objects_listed\":%" PRIu64 ",\"objects_already_in\":%" PRIu64
           ",\"objects_to_ingest\":%" PRIu64 ",\"bytes_to_ingest\":%" PRIu64
           ",\"objects_archived\":%" PRIu64 ",\"bytes_archived\":%" PRIu64 ",",
           estimate->listed + tally->archived, estimate->already_in, estimate->objects,
           estimate->bytes, tally->archived, tally->archived_bytes);
    printf("\"requests\":%" PRIu64 ",\"requests_usd\":%.6f,\"transfer_usd\":%.4f,"
           "\"seconds\":%.0f}\n",
           tally->requests + estimate->remote,
           (double)tally->requests * LIST_PRICE + (double)estimate->remote * GET_PRICE,
           (double)estimate->remote_bytes * LEAVING_PRICE, seconds_of(estimate, jobs));
}

bool dry_run(const CommandLine *line, Lake *lake, Sources *sources, Error *err)
{
    Estimate estimate = {.lake = lake};
    int64_t jobs = config_number(command_config(line), CONFIG_INGEST_JOBS);
    bool ok = count_all(&estimate, sources, err);
    const S3SourceTally tally = sources_tally(sources);
    if (jobs < 1)
        jobs = pool_processors();
    if (ok && strcmp(command_text(line, "format", "text"), "json") == 0)
        print_json(&estimate, &tally, jobs);
    else if (ok)
        print_text(&estimate, &tally, jobs);
    return ok;
}
