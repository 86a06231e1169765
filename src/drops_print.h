/* drops_print.h - what each filter dropped, spared and hid, for the reports of ingest and status.
 */
#ifndef DROPS_PRINT_H
#define DROPS_PRINT_H

#include "lake/lake.h"

/* Whether a filter did something with objects from *first_object* on. */
bool drops_print_is_due(Lake *lake, int64_t first_object, bool *ret, Error *err)
    __attribute__((warn_unused_result));

/* Prints on standard output, of objects from *first_object* on, a line for each filter that did
 * something, or with *json* the elements of an array. */
bool drops_print(Lake *lake, int64_t first_object, bool json, Error *err)
    __attribute__((warn_unused_result));

/* Tells in the log which filters dropped records between the two times, and which hid something in
 * records, when some did: what asks the lake about then does not see that. */
bool drops_tell(Lake *lake, int64_t since_us, int64_t until_us, Error *err)
    __attribute__((warn_unused_result));

#endif
