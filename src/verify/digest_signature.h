/* digest_signature.h - a digest that a lake kept, checked with the signature that is known of it:
 * from the metadata of its object, or from a digest that follows and repeats it. Used by one
 * thread. */
#ifndef VERIFY_DIGEST_SIGNATURE_H
#define VERIFY_DIGEST_SIGNATURE_H

#include "verify/file_check.h"
#include "verify/store_lake.h"

/* The signature that counted. */
typedef struct DigestSignature {
    Buf text;            /* hexadecimal; empty when none is known */
    bool from_successor; /* a digest that follows gave it */
} DigestSignature;

/* Reads the digest at *place* by *files*, which is over the store of *kept*, and checks it.
 * False with *err* when the state cannot be read or memory ran out. */
bool digest_signature_check(StoreLake *kept, FileCheck *files, const LakePlace *place,
                            DigestCheck *ret, DigestSignature *ret_signature, Error *err)
    __attribute__((warn_unused_result));

#endif
