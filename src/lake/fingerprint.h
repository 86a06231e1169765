/* fingerprint.h - what makes a record the same as another, sorted and compared by merging.
 *
 * A fingerprint is a keyed hash of (recipientAccountId, eventID) and one of the content (see
 * decode/batch.h). Same identity and content: a duplicate. Same identity, other content: a
 * conflict, which is kept. Runs are files of sorted fingerprints, one section per day of
 * eventtime (docs/formats/fingerprint-run.md):
 *
 *   bytes 0-7    "SPORRUN1"
 *   bytes 8-15   number of fingerprints in the file, little-endian
 *   bytes 16-23  XXH3 of all that follows the header, little-endian
 *   bytes 24-31  zero
 *   then         16 bytes a fingerprint: identity, content, little-endian
 *
 * Invariants: 1. within a section, fingerprints ascend by (identity, content) and none occurs
 * twice. 2. sections do not overlap and fill the file. Functions here have no shared state.
 */
#ifndef LAKE_FINGERPRINT_H
#define LAKE_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/file_map.h"

enum { FINGERPRINT_HEADER_BYTES = 32 };

typedef struct Fingerprint {
    uint64_t identity;
    uint64_t content;
} Fingerprint;

/* A record's fingerprint and its row in the batch. */
typedef struct FingerprintRow {
    Fingerprint print;
    uint32_t row;
} FingerprintRow;

/* What is known of a record. A greater verdict wins over a smaller one. The last two come from
 * filters alone (drops.h), of a record that is new or a conflict: dropped, or quarantined as a
 * function failed on it. */
typedef enum {
    VERDICT_NEW,
    VERDICT_CONFLICT,
    VERDICT_DUPLICATE,
    VERDICT_DROPPED,
    VERDICT_REFUSED
} Verdict;

enum { VERDICTS = VERDICT_REFUSED + 1 };

/* Judges records of one identity whose content differs: true makes *row* a duplicate of one with
 * the content *other* all the same. */
typedef struct FingerprintJudge {
    bool (*same)(const void *context, uint32_t row, uint64_t other);
    const void *context;
} FingerprintJudge;

enum { FINGERPRINT_JUDGED_MAX = 16 }; /* others of an identity that are judged, to either side */

/* By identity, then content: < 0, 0, > 0. */
int fingerprint_order(Fingerprint a, Fingerprint b);

/* Sorts *rows* by identity, content, row. *scratch* has room for as many. */
void fingerprint_sort(FingerprintRow *rows, FingerprintRow *scratch, size_t count);

/* Compares sorted rows among themselves: the first of equals is new, the others duplicates; the
 * first of one identity is new, those with other content conflicts, unless *judge*, which may be
 * NULL, says otherwise of one of the two. *verdicts* has one byte per entry of *rows*, all
 * VERDICT_NEW before. */
void fingerprint_compare_within(const FingerprintRow *rows, size_t count,
                                const FingerprintJudge *judge, uint8_t *verdicts);

/* Raises *verdicts* by what the sorted *run* holds; *judge* may be NULL. */
void fingerprint_compare(const FingerprintRow *rows, size_t count, const Fingerprint *run,
                         size_t run_count, const FingerprintJudge *judge, uint8_t *verdicts);

/* As fingerprint_compare against another part's sorted rows; returns how many verdicts rose. */
size_t fingerprint_compare_rows(const FingerprintRow *rows, size_t count,
                                const FingerprintRow *others, size_t other_count,
                                const FingerprintJudge *judge, uint8_t *verdicts);

/* A run file being written: sections one after the other. */
typedef struct FingerprintWriter {
    uint64_t entries;
    Buf bytes; /* header and body; the owner frees it with buf_free */
} FingerprintWriter;

/* An empty writer for at most *entries_max* fingerprints. */
FingerprintWriter fingerprint_writer(uint64_t entries_max);

/* Appends one fingerprint; the caller keeps invariant 1. */
bool fingerprint_write(FingerprintWriter *writer, Fingerprint print, Error *err)
    __attribute__((warn_unused_result));

/* Writes header and body to *path* and makes the file durable (not its folder's entry). */
bool fingerprint_write_file(FingerprintWriter *writer, const char *path, Error *err)
    __attribute__((warn_unused_result));

/* Opens a run file and checks magic, count and size. *verify* also checks the sum. */
bool fingerprint_open(FileMap *ret, const char *path, bool verify, Error *err)
    __attribute__((warn_unused_result));

/* The section of *count* entries at *offset* bytes of an open run; ERROR_INPUT when it does not
 * lie inside. */
bool fingerprint_section(const FileMap *map, uint64_t offset, uint64_t count,
                         const Fingerprint **ret, Error *err) __attribute__((warn_unused_result));

#endif
