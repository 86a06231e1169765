/* file_check.h - reads one digest file and checks it by itself; reads one log file and hashes it.
 *
 * "CloudTrail digest files and validation", section 6, steps 4 and 6. One thread owns a FileCheck.
 */
#ifndef VERIFY_FILE_CHECK_H
#define VERIFY_FILE_CHECK_H

#include "decode/digest.h"
#include "verify/public_keys.h"
#include "verify/store.h"
#include "verify/verdict.h"

enum { FILE_CHECK_DIGEST_MAX = 256 << 20, DETAIL_BYTES = 256 };

/* What is known of a digest file. Texts of *digest* borrow from *inflated* and *arena*. */
typedef struct DigestCheck {
    Verdict verdict;
    char detail[DETAIL_BYTES]; /* why, for people; empty when nothing is to be said */
    bool signature_awaited;    /* all is well but for the signature, which nobody gave yet */
    bool has_document;         /* *digest* is filled */
    Digest digest;
    StoreMetadata metadata;
    const PublicKey *key;
    Buf inflated;
    Arena *arena;
} DigestCheck;

/* Makes an empty check; the caller ends it with file_check_digest_free. */
bool file_check_digest_init(DigestCheck *check, Error *err) __attribute__((warn_unused_result));
void file_check_digest_free(DigestCheck *check);

/* What a thread needs to read files. */
typedef struct FileCheck FileCheck;

/* Borrows *store* and *keys*. NULL with *err*; the caller frees. */
FileCheck *file_check_new(const Store *store, const PublicKeys *keys, Error *err)
    __attribute__((warn_unused_result));
void file_check_free(FileCheck *self);

/* Reads the digest at bucket and key into *ret* and checks all but what its neighbours say. False
 * with *err* only when memory ran out. */
bool file_check_digest(FileCheck *self, Str bucket, Str key, bool backfill, DigestCheck *ret,
                       Error *err) __attribute__((warn_unused_result));

/* Settles a check whose signature was awaited: *signature*, hexadecimal, is it; empty: unknown. */
bool file_check_digest_sign(DigestCheck *check, Str signature, Error *err)
    __attribute__((warn_unused_result));

/* A log file that a digest lists, and what is known of it. */
typedef struct LogCheck {
    const DigestLog *log;
    Verdict verdict;
    bool noted; /* by what was noted of it alone: its bytes are not to be had */
    char detail[DETAIL_BYTES];
} LogCheck;

/* Checks *count* log files, filling in verdict and detail. False as above. */
bool file_check_logs(FileCheck *self, LogCheck *logs, size_t count, Error *err)
    __attribute__((warn_unused_result));

/* The bucket that the digest file <root>/<key> names, into *ret*. False with *err* when it is none.
 */
bool file_check_bucket(const char *root, Str key, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
