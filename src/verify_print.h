/* verify_print.h - what spoor verify found, as text in the layout of the AWS CLI, or as JSON.
 *
 * "CloudTrail digest files and validation", section 7. Everything goes to standard output.
 */
#ifndef VERIFY_PRINT_H
#define VERIFY_PRINT_H

#include "verify/verify.h"

typedef struct VerifyPrint {
    bool json;
    bool verbose;   /* valid files too */
    bool lake;      /* what was ingested is verified */
    bool originals; /* and the lake has a folder of them (lake/originals.h) */
    int64_t since_us, until_us;
    bool any;            /* an element of the JSON array was written */
    const Chain *untold; /* the chain of what follows, until something does */
    Buf text;            /* of the line under way */
} VerifyPrint;

/* Begins (in JSON: the member "entries" of an object that the caller has opened); the caller ends
 * it with verify_print_end, which frees. */
void verify_print_start(VerifyPrint *self);

/* Prints one event; *context* is a VerifyPrint. */
bool verify_print_event(void *context, const VerifyEvent *event, Error *err)
    __attribute__((warn_unused_result));

/* Prints the summary; NULL *report* only frees. */
bool verify_print_end(VerifyPrint *self, const VerifyReport *report, Error *err)
    __attribute__((warn_unused_result));

#endif
