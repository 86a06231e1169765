/* prove_print.h - what spoor prove found, for people, or as a document that can be checked without
 * this program (docs/prove.md). Everything goes to standard output. */
#ifndef PROVE_PRINT_H
#define PROVE_PRINT_H

#include "verify/proof.h"

typedef struct ProvePrint {
    bool json;
    Str event_id;
    bool any; /* a proof was printed */
} ProvePrint;

/* Prints one proof, with what stands before the first. */
bool prove_print_proof(ProvePrint *self, const Proof *proof, Error *err)
    __attribute__((warn_unused_result));

/* Ends what was begun. */
void prove_print_end(const ProvePrint *self);

#endif
