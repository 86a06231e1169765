/* redaction_key.h - the key of hashes that redactions put in place of values: from a file, or from
 * KMS, which decrypts what the file holds ("Decrypt", kms:Decrypt).
 */
#ifndef REDACTION_KEY_H
#define REDACTION_KEY_H

#include "base/config.h"
#include "base/file_stamp.h"
#include "redact/redact_verb.h"

typedef struct RedactionKey {
    RedactKey key; /* empty: the configuration names none */
    Buf bytes;
} RedactionKey;

/* Reads the key that redact.key names. *ret* is the caller's to wipe in any case. ERROR_INPUT says
 * what is wrong with the file, ERROR_USAGE with the id. */
bool redaction_key_read(const Config *config, RedactionKey *ret, Error *err)
    __attribute__((warn_unused_result));

/* Overwrites and frees it. */
void redaction_key_wipe(RedactionKey *key);

/* Adds to *stamp* how the file looks. */
void redaction_key_stamp(const Config *config, FileStamp *stamp);

#endif
