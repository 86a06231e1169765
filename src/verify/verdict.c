#include "verify/verdict.h"

static const struct {
    const char *name;
    const char *words;
} VERDICTS[VERDICT_COUNT] =
    {
        [VERDICT_VALID] = {"valid", "valid"},
        [VERDICT_NOT_FOUND] = {"not_found", "not found"},
        [VERDICT_FORMAT] = {"invalid_format", "invalid format"},
        [VERDICT_MOVED] = {"moved", "has been moved from its original location"},
        [VERDICT_NO_KEY] = {"public_key_not_found", "public key not found"},
        [VERDICT_BAD_KEY] = {"public_key_unusable", "public key cannot be loaded"},
        [VERDICT_SIGNATURE] = {"signature_failed", "signature verification failed"},
        [VERDICT_HASH] = {"hash_differs", "hash value doesn't match"},
        [VERDICT_TRAILING] = {"trailing_data", "unexpected data after end of compressed stream"},
        [VERDICT_UNREADABLE] = {"unreadable", "cannot be read"},
},
  REMARKS[REMARK_COUNT] = {
      [REMARK_PREVIOUS_HASH] = {"previous_hash_differs",
                                "its hash is not what the digest after it says"},
      [REMARK_PREVIOUS_SIGNATURE] = {"previous_signature_differs",
                                     "its signature is not what the digest after it says"},
      [REMARK_NOT_CONTIGUOUS] = {"not_contiguous",
                                 "it does not end where the digest after it starts"},
      [REMARK_ALGORITHM] = {"algorithm_unknown",
                            "it names an algorithm that CloudTrail does not use"},
      [REMARK_KEY_TIME] = {"key_not_valid_then", "its public key was not valid at that time"},
      [REMARK_KEY_FINGERPRINT] = {"key_fingerprint_differs",
                                  "the MD5 of its public key is not the key's fingerprint"},
      [REMARK_SIGNATURE_INFERRED] =
          {"signature_inferred",
           "without object metadata, the copy of its signature in the digest after it counts"},
      [REMARK_DIGEST_UNREACHED] = {"digest_unreached", "no digest leads to it"},
      [REMARK_DIGEST_OVERDUE] = {"digest_overdue",
                                 "the newest digest; logs were delivered long after its end"},
      [REMARK_LOG_NOT_LISTED] = {"log_not_listed",
                                 "valid digests cover its time, and none lists it"},
      [REMARK_LOG_NOT_COVERED] = {"log_not_covered", "no valid digest covers its time"},
};

const char *verdict_name(Verdict verdict)
{
    return VERDICTS[verdict].name;
}

const char *verdict_words(Verdict verdict)
{
    return VERDICTS[verdict].words;
}

const char *verdict_remark_name(Remark remark)
{
    return REMARKS[remark].name;
}

const char *verdict_remark_words(Remark remark)
{
    return REMARKS[remark].words;
}
