/* audit_seal.h - who made a document: its hash, signed by the ledger's key of a lake.
 *
 * A seal is a JSON object beside the document (docs/report.md). The signature is Ed25519 over the
 * lines "spoor-seal 1", lake, file, sha256 and at.
 */
#ifndef AUDIT_SEAL_H
#define AUDIT_SEAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "lake/lake.h"

/* Appends the seal of *document*, which is stored as *name*, by the key in the lake's *folder*.
 * ERROR_ACCESS when the key cannot be read. */
bool audit_seal_make(const char *folder, Str document, Str name, Buf *ret, Error *err)
    __attribute__((warn_unused_result));

typedef struct AuditSeal {
    Str lake, file, sha256, key, at; /* as it says */
} AuditSeal;

/* Reads a seal into *arena*, and whether it is one of *document*: the hash is, and the signature
 * fits the key that it names. False with *err*, ERROR_INPUT, which says what does not fit. */
bool audit_seal_check(Str document, Str seal, Arena *arena, AuditSeal *ret, Error *err)
    __attribute__((warn_unused_result));

/* Whether *key*, in hexadecimal, is one that the lake's ledger was or is signed with. */
bool audit_seal_is_of(Lake *lake, Str key, bool *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
