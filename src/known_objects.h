/* known_objects.h - takes the objects off a list that are in the lake already. */
#ifndef KNOWN_OBJECTS_H
#define KNOWN_OBJECTS_H

#include "collect/object_list.h"
#include "lake/lake.h"

/* Removes those of which a receipt has the same etag; *ret_count* is how many. By the thread that
 * reads the state. */
bool known_objects_leave_out(Lake *lake, ObjectList *list, uint64_t *ret_count, Error *err)
    __attribute__((warn_unused_result));

#endif
