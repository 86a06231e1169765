/* rebuild.h - makes a lost state anew from what the lake's own files hold.
 *
 * docs/formats/rebuild.md says what is recovered and what is not. The new state is built beside
 * the old one and put in place in the end; the old one is kept aside. Nothing else is removed or
 * changed, so an interrupted rebuild is run again from the start. The caller is the only writer.
 *
 * Invariants: 1. every event that was in a live part is in a live part of the new state, once.
 * 2. no commit number and object id that a file names is used again. 3. for each object, read =
 * kept + duplicate + dropped + quarantined, and the kept ones are its rows.
 */
#ifndef LAKE_REBUILD_H
#define LAKE_REBUILD_H

#include "base/engine.h"
#include "lake/lake.h"

typedef struct RebuildReport {
    uint64_t files;      /* data files that are live again */
    uint64_t events;     /* their rows */
    uint64_t bytes;      /* their size */
    uint64_t newer;      /* of the files, those that were not published yet */
    uint64_t rewritten;  /* of the files, those written anew with a part of another's rows */
    uint64_t superseded; /* data files left out: merged away, or expired */
    uint64_t repeated;   /* data files left out: all their events are in others */
    uint64_t broken;     /* data files left out: not whole, and never published */
    uint64_t missing;    /* data files that are published and not there: their events are lost */
    uint64_t receipts;   /* objects whose receipt came back */
    uint64_t nameless;   /* objects of which only the records are known */
    uint64_t pieces;     /* quarantined pieces that came back */
    uint64_t loose;      /* quarantine files that do not say what they hold */
    char aside[64];      /* name of the old state below the lake; "": there was none */
    char trouble[300];   /* why nothing that is published could be read; "": it could */
    char first_missing[300];
} RebuildReport;

typedef struct RebuildOptions {
    const char *folder; /* of the lake */
    Engine *engine;     /* not locked */
    bool force;         /* also when the state is whole */
} RebuildOptions;

/* Rebuilds the state and publishes what is live. ERROR_ACCESS when the state is whole and force is
 * not set; ERROR_INPUT when a published data file is damaged: it must be brought back or removed
 * first. */
bool rebuild_lake(const RebuildOptions *options, RebuildReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
