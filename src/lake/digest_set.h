/* digest_set.h - the digest files of a part: kept whole, with the log files that they list.
 *
 * pipeline -> [digest_set] -> commit -> (the state's tables `digests`, `digest_logs`)
 *
 * A digest names logs by bucket and key. Where they lie in the source follows from where the digest
 * itself lies: its path ends with its own key, what is before is the bucket's place, and other
 * buckets lie beside it. A digest that lies elsewhere than it says lists nothing. Signatures are
 * not checked here ("CloudTrail digest files and validation", sections 3 and 6).
 *
 * One worker owns a DigestSet; digest_set_insert is called by the thread that has the turn.
 */
#ifndef LAKE_DIGEST_SET_H
#define LAKE_DIGEST_SET_H

#include "lake/lake.h"

enum {
    DIGEST_SET_STORED_MAX = 16 << 20,   /* bytes of one digest file as stored; a larger one is
                                         * remembered as such and lists nothing */
    DIGEST_SET_INFLATED_MAX = 48 << 20, /* the same, inflated */
    DIGEST_SET_FULL_BYTES = 32 << 20,   /* of all together: the part ends then */
};

typedef struct DigestSet DigestSet;

/* An empty set; the caller frees. NULL with *err*. */
DigestSet *digest_set_new(Error *err) __attribute__((warn_unused_result));
void digest_set_free(DigestSet *self);

/* Forgets all digests. */
void digest_set_reset(DigestSet *self);

/* Whether the part should be committed before more are added. */
bool digest_set_full(const DigestSet *self);

/* Adds the digest file *stored* (copied, gzip or plain) of a receipt: its id, source and key. One
 * that cannot be read is added with the reason and lists nothing. False with *err* only when memory
 * ran out. */
bool digest_set_add(DigestSet *self, int64_t object_id, Str source, Str key, Str stored, Error *err)
    __attribute__((warn_unused_result));

/* What S3 has beside a digest file ("CloudTrail digest files and validation", section 3). */
typedef struct DigestBeside {
    Str signature, signature_algorithm, backfill_at; /* empty: nothing */
} DigestBeside;

/* Adds that to the digest that was added last (copied). */
bool digest_set_beside(DigestSet *self, const DigestBeside *beside, Error *err)
    __attribute__((warn_unused_result));

/* Inserts all inside the caller's transaction. An object id that is there already is replaced. */
bool digest_set_insert(const DigestSet *self, Lake *lake, int64_t commit_seq, Error *err)
    __attribute__((warn_unused_result));

#endif
