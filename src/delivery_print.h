/* delivery_print.h - how late the logs of each source come, for `spoor status`. */
#ifndef DELIVERY_PRINT_H
#define DELIVERY_PRINT_H

#include "lake/lake.h"

/* Prints a line, or an element of a JSON array, for each source whose logs say when they were
 * delivered (lake/delivery_lag.h). False with *err*. */
bool delivery_print(Lake *lake, bool json, Error *err) __attribute__((warn_unused_result));

#endif
