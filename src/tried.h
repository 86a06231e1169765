/* tried.h - what ingest tries on every record and derives of it: one set, which may be replaced.
 *
 * detect, derive -> [tried] -> pipeline. A Tried is shared by reference count. Who works takes the
 * newest from the holder while nothing of the records read before is held (TriedUse): a record is
 * tried by one set, its derived members come of the same, and a set is freed when the last has left
 * it.
 *
 * Invariants
 *   1. What a holder holds is tied: its rules are known to the lake's state.
 *   2. The correlations that are watched change when all who work have taken the newest set: those
 *      that go have seen all signals of their set, those that come get none of an older one, which
 *      may lack what they look at. Who uses them has the turn to commit (lake/claim.h) or is a
 * writer alone.
 *   3. All sets of a holder have rules, or none has; the same holds for the column `derived` and
 * for metric filters.
 */
#ifndef TRIED_H
#define TRIED_H

#include "detect/derived.h"
#include "detection.h"
#include "filter/filter_run.h"
#include "lake/drops.h"
#include "lake/quarantine.h"
#include "redact/redact_batch.h"
#include "redact/redact_value.h"
#include "watch/meter.h"
#include "watch/watch.h"

typedef struct Tried Tried;
typedef struct TriedHolder TriedHolder;

/* What a set is made of; NULL: nothing of that kind. */
typedef struct TriedPieces {
    RuleSet *rules;
    Derive *derive; /* NULL only without rules and filters */
    AlarmSet *alarms;
    FilterSet *filters;
} TriedPieces;

/* A set of its own references to *pieces*, with one reference; *writes_derived*: it fills the
 * column `derived`. NULL with *err*. */
Tried *tried_new(const TriedPieces *pieces, bool writes_derived, Error *err)
    __attribute__((warn_unused_result));

/* Makes rules and filters known to the state of *lake*, a writer's, which outlives the set. With
 * the turn to commit. False with *err*: the set cannot be used, for instance as a filter masks what
 * a correlation groups by (redaction_check.h). */
bool tried_tie(Tried *tried, Lake *lake, Error *err) __attribute__((warn_unused_result));

/* One reference less; the last one frees. NULL is fine. */
void tried_release(Tried *tried);

/* What it is made of; NULL: none. They live as long as it. */
const TriedPieces *tried_pieces(const Tried *tried);
DetectionRules *tried_detection(const Tried *tried);

/* A holder that takes over the caller's reference to *tried*, tied to *lake*, and watches its
 * correlations; NULL with *err*, the reference is then still the caller's. The caller frees with
 * tried_holder_free; NULL is fine. */
TriedHolder *tried_holder_new(Tried *tried, Lake *lake, Error *err)
    __attribute__((warn_unused_result));
void tried_holder_free(TriedHolder *holder);

/* A reference to the newest set; the caller releases it. Any thread. */
Tried *tried_holder_get(TriedHolder *holder);

/* Puts in the next set, tied, and takes over the caller's reference. With the turn to commit. */
void tried_holder_replace(TriedHolder *holder, Tried *next);

/* Whether the newest set's correlations are watched; if not, whether they can be: nobody works with
 * an older set any more. Any thread. */
bool tried_holder_is_settled(TriedHolder *holder);
bool tried_holder_can_settle(TriedHolder *holder);

/* Watches the newest set's correlations, if they can be and are not yet; those of other rules are
 * evaluated before they go. With the turn to commit. False with *err*: they go on. */
bool tried_holder_settle(TriedHolder *holder, Error *err) __attribute__((warn_unused_result));

/* Evaluates the correlations that are watched. With the turn to commit. */
bool tried_holder_evaluate(TriedHolder *holder, Error *err) __attribute__((warn_unused_result));

/* What correlations came to, those of sets before included. With the turn to commit. */
WatchReport tried_holder_report(TriedHolder *holder);

/* One worker's use of a holder. Zero-initialised but for *holder*, which may be NULL: nothing is
 * tried then. */
typedef struct TriedUse {
    TriedHolder *holder;
    uint64_t number; /* of the set among those of the holder, from 1; 0: none was taken */
    Tried *tried;
    Detection *detection; /* NULL: no rules */
    Meter *meter;         /* NULL: no metric filters */
    FilterRun *filters;   /* NULL: none */
    Derived *derived;     /* of *filters* */
    Buf marks;            /* DropMark of each record that was tried since drops were forgotten */
    Buf masks;            /* and the redactions in force for it, a uint64_t */
    Buf changed;          /* and the functions that changed it, a uint64_t */
    RedactBatch *redact;  /* NULL: nothing is hidden or changed */
    RedactWork *pieces;   /* hides in what goes to the quarantine; NULL as well */
    bool redacted;        /* what is held was redacted */
    Buf why;              /* of the last record that a function failed on */
    const Derive *column; /* what fills the column `derived`; NULL: nothing does */
} TriedUse;

/* Takes the newest set, if it is another one; only while nothing found or derived is held. Costs
 * next to nothing when it is the same. False with *err*: memory. */
bool tried_use_newest(TriedUse *use, Error *err) __attribute__((warn_unused_result));

/* What the filters say of the record *view*, which became the last row of *batch* and was tried
 * with rules before; *detected*: it raised a signal. The row becomes what functions make of the
 * record, and gets its sample_factor. *ret_why*, one line until the next record, is why it is not
 * to be stored but to be quarantined; NULL else. False with *err*. */
bool tried_use_filter(TriedUse *use, const RecordView *view, bool detected, Batch *batch,
                      const char **ret_why, Error *err) __attribute__((warn_unused_result));

/* Hides in the rows of *batch*, all that were tried since drops were forgotten, what redactions
 * say. False with *err*. */
bool tried_use_redact(TriedUse *use, Batch *batch, Error *err) __attribute__((warn_unused_result));

/* Makes of *raw*, the bytes of *piece*, which are set apart, what may be kept: all of them, a
 * record in which something is hidden, or nothing when they are no record and filters hide
 * something; its reason says so. It lives until the next call. */
bool tried_use_piece(TriedUse *use, QuarantinePiece *piece, Str *raw, Error *err)
    __attribute__((warn_unused_result));

/* What they said so far, and nothing any more. */
DropMarks tried_use_drops(const TriedUse *use);
void tried_use_forget_drops(TriedUse *use);

/* Leaves the set. */
void tried_use_end(TriedUse *use);

#endif
