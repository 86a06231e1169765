/* derive_holder.h - where the current Derive is, for threads that work while it is replaced.
 *
 * Workers take a reference for a batch and release it; whoever reloads puts the new set in.
 */
#ifndef DERIVE_DERIVE_HOLDER_H
#define DERIVE_DERIVE_HOLDER_H

#include "derive/derive.h"

typedef struct DeriveHolder DeriveHolder;

/* A holder that takes over the caller's reference to *derive*; NULL with *err*, the reference is
 * then still the caller's. The caller frees with derive_holder_free; NULL is fine. */
DeriveHolder *derive_holder_new(Derive *derive, Error *err) __attribute__((warn_unused_result));
void derive_holder_free(DeriveHolder *holder);

/* A reference to the current set; the caller releases it. Any thread. */
Derive *derive_holder_get(DeriveHolder *holder);

/* Reloads by derive_reload and puts the outcome in; false with *err* when the old set stays because
 * a changed file can't be read. One thread at a time. *ret_changed tells whether there is a new
 * one; it may be NULL. */
bool derive_holder_reload(DeriveHolder *holder, const Config *config, bool *ret_changed, Error *err)
    __attribute__((warn_unused_result));

#endif
