/* trail.h - a made-up trail as AWS would lay it out: files of an account, a region and a day.
 *
 * A trail is cut into units (account x region x day). Each unit depends on the seed and its own
 * number alone, so any number of threads in any order gives the same files. A Trail is made by one
 * thread and then only read; trail_write_unit may run in several threads at once, each with its
 * own TrailWriter.
 */
#ifndef GENERATE_TRAIL_H
#define GENERATE_TRAIL_H

#include "generate/cast.h"

typedef struct TrailOptions {
    const char *folder;
    uint64_t events; /* without duplicates */
    int days;
    int accounts;
    int regions;
    uint64_t seed;
    int64_t end_us;           /* the first moment after the last day */
    uint32_t events_per_file; /* 0: what five minutes hold */
    bool shuffle_identity;    /* every record has another principal than the one before */
    bool no_duplicates;
} TrailOptions;

/* What was written. */
typedef struct TrailReport {
    uint64_t objects;
    uint64_t events; /* different ones */
    uint64_t duplicates;
    uint64_t bytes;
    uint64_t inflated_bytes;
} TrailReport;

typedef struct Trail Trail;
typedef struct TrailWriter TrailWriter;

/* Plans a trail; *options* must outlive it. ERROR_USAGE when a number is out of range. */
Trail *trail_new(const TrailOptions *options, Error *err) __attribute__((warn_unused_result));
void trail_free(Trail *trail);
const Cast *trail_cast(const Trail *trail);
size_t trail_unit_count(const Trail *trail);

/* Scratch memory of one thread. */
TrailWriter *trail_writer_new(Error *err) __attribute__((warn_unused_result));
void trail_writer_free(TrailWriter *writer);

/* Writes all files of a unit and adds to *report*. */
bool trail_write_unit(const Trail *trail, TrailWriter *writer, size_t unit, TrailReport *report,
                      Error *err) __attribute__((warn_unused_result));

/* Where a file goes. */
typedef struct TrailPlace {
    const char *account;
    const char *region;
    const char *tag;    /* "CloudTrail", or another of AWS's folder names */
    const char *ending; /* ".json.gz" */
    int64_t time_us;    /* of delivery */
} TrailPlace;

/* Writes *bytes* as a file of the trail under its full name, folders included. */
bool trail_write_object(const Trail *trail, const TrailPlace *place, Str bytes, Random *random,
                        Error *err) __attribute__((warn_unused_result));

/* Compresses *body* into the writer's memory; the result lives until the next call. */
bool trail_compress(TrailWriter *writer, Str body, Str *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
