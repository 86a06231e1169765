/* ledger_head.h - the ledger's head where this host cannot rewrite it (ledger.head): a line of a
 * file, an object of a bucket, or a notification.
 *
 * ledger_file -> [ledger_head] -> (verify/ledger_check.h compares)
 *
 * docs/formats/ledger.md, "The head outside". A head tells number and hash of the newest entry, so
 * a later one says all that those before it said: what could not be told is told with the next.
 * Used by the thread that has the turn, or a writer that is alone.
 */
#ifndef LAKE_LEDGER_HEAD_H
#define LAKE_LEDGER_HEAD_H

#include "lake/ledger.h"

enum {
    LEDGER_HEAD_EVERY_S = 3600
}; /* in the midst of a run, of a place that is asked over a net */

typedef struct LedgerHeads LedgerHeads;

typedef struct LedgerHeadOptions {
    const char *place;   /* a path, s3://BUCKET/PREFIX, or http: and https: */
    int64_t lock_days;   /* of a bucket, as in DepotOptions */
    const char *ca_file; /* of https, as in HttpOptions; copied */
    /* Told why a head could not be told this time; NULL: nobody is. */
    void (*untold)(const char *why);
} LedgerHeadOptions;

/* Names the place into lake->heads; "": none. A bucket needs lake_use_aws before. ERROR_USAGE when
 * it is no place, or days are given that it cannot lock. */
bool ledger_head_open(Lake *lake, const LedgerHeadOptions *options, Error *err)
    __attribute__((warn_unused_result));
void ledger_head_close(LedgerHeads *heads);

/* Tells the head, entry *n* with its hash, unless *told*, the entry that was told last, says that
 * it was. In the midst of a run (not *last*) what fails over a net is told by the options' function
 * and left to the next time; so is a notification always. *told* is set to *n* when it was told. */
bool ledger_head_tell(Lake *lake, int64_t n, const uint8_t hash[HASH_SHA256_BYTES], bool last,
                      int64_t *told, Error *err) __attribute__((warn_unused_result));

/* Whether heads can be read again from *place*: not what was posted. */
bool ledger_head_can_read(const char *place);

/* Appends the heads that lie at *place*, as lines that ledger_file_head reads: those of the lake
 * alone, or, of a file, all. Of a bucket what the names of all versions say, which nobody who may
 * not delete versions can hide. */
bool ledger_head_read(Lake *lake, const char *place, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
