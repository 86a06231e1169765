/* verdict.h - what a check of a file says, and what is remarked beside ("CloudTrail digest files
 * and validation", sections 6 and 7). */
#ifndef VERIFY_VERDICT_H
#define VERIFY_VERDICT_H

/* Of a digest or log file: the AWS CLI's categories. */
typedef enum {
    VERDICT_VALID,
    VERDICT_NOT_FOUND,
    VERDICT_FORMAT,    /* cannot be inflated or read */
    VERDICT_MOVED,     /* a digest that says it lies elsewhere */
    VERDICT_NO_KEY,    /* no public key of its fingerprint */
    VERDICT_BAD_KEY,   /* that key cannot be loaded */
    VERDICT_SIGNATURE, /* the signature does not fit, or is missing */
    VERDICT_HASH,      /* a log whose hash is another one */
    VERDICT_TRAILING,  /* bytes behind the gzip data */
    VERDICT_UNREADABLE /* the store gave an error: permission, network */
} Verdict;

enum { VERDICT_COUNT = VERDICT_UNREADABLE + 1 };

/* Where the AWS CLI sees nothing: none of these changes a verdict. */
typedef enum {
    REMARK_PREVIOUS_HASH,      /* the digest before has another hash than its successor says */
    REMARK_PREVIOUS_SIGNATURE, /* or another signature */
    REMARK_NOT_CONTIGUOUS,  /* the digest before ends at another time than its successor starts */
    REMARK_ALGORITHM,       /* a digest or log file names an algorithm that is not CloudTrail's */
    REMARK_KEY_TIME,        /* the public key was not valid at the digest's end */
    REMARK_KEY_FINGERPRINT, /* the public key's MD5 is not its fingerprint */
    REMARK_SIGNATURE_INFERRED, /* no object metadata: the successor's copy of the signature counts
                                */
    REMARK_DIGEST_UNREACHED,   /* a digest file that nothing leads to */
    REMARK_DIGEST_OVERDUE,     /* logs were delivered long after the newest digest's end */
    REMARK_LOG_NOT_LISTED,     /* a log file of a time that digests cover, listed by none */
    REMARK_LOG_NOT_COVERED,    /* a log file of a time that no digest covers */
} Remark;

enum { REMARK_COUNT = REMARK_LOG_NOT_COVERED + 1 };

/* The name in JSON, such as "not_found". */
const char *verdict_name(Verdict verdict);
const char *verdict_remark_name(Remark remark);

/* What stands behind "INVALID: " in text. */
const char *verdict_words(Verdict verdict);

/* One sentence for people. */
const char *verdict_remark_words(Remark remark);

#endif
