/* case_bundle.h - a case: events, the receipts of their objects, findings about them, who was
 * behind them, a page to read and the hashes of all of it.
 *
 * exporting (the SQL of users) + lineage -> [case_bundle] -> export/
 */
#ifndef CASE_BUNDLE_H
#define CASE_BUNDLE_H

#include "exporting.h"

/* Writes the case *name* into exporting->out, a new folder; what came of it is in its manifest,
 * which the caller writes. */
bool case_bundle_write(Exporting *exporting, Str name, Error *err)
    __attribute__((warn_unused_result));

#endif
