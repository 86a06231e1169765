/* beside.h - what lies beside the digests of a lake that is written: their keys and signatures,
 * taken in time, also by an ingest that has no end. */
#ifndef BESIDE_H
#define BESIDE_H

#include "cloud/aws.h"
#include "lake/lake.h"

typedef struct Beside {
    Lake *lake;     /* a writer's */
    Aws *aws;       /* who asks CloudTrail for keys; NULL: nobody does */
    int64_t ask_us; /* not before that, by the monotonic clock, after it could not be asked */
} Beside;

/* Keeps what is new beside the folders of buckets, asks for keys that are missing, and checks the
 * signatures that can be checked now; *ret_any*: some were. What is left out is told on standard
 * error. By the thread that has the turn to commit, or a writer alone. */
bool beside_keep(Beside *self, bool *ret_any, Error *err) __attribute__((warn_unused_result));

#endif
