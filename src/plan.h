/* plan.h - cuts a sorted list of objects into groups, each the work of one part worker at a time.
 *
 * A group holds objects of at most three neighbouring days, so that its part writes at most five
 * data files, and about as many records as one part takes. A day that does not fit into the group
 * before begins one, and becomes several of about the same size when it holds more. With several
 * workers the last groups are smaller, down to a quarter of a part: nobody waits long for the last
 * one.
 */
#ifndef PLAN_H
#define PLAN_H

#include "collect/object_list.h"

enum { PLAN_DAYS_MAX = 3 };

/* Objects [first, end) of the list. */
typedef struct PlanGroup {
    size_t first;
    size_t end;
} PlanGroup;

typedef struct PlanOptions {
    uint32_t part_rows; /* records of one part, about; above 0 */
    int jobs;           /* workers that share the groups */
} PlanOptions;

typedef struct Plan Plan;

/* Plans *list*, which is sorted; the caller frees with plan_free. */
Plan *plan_new(const ObjectList *list, const PlanOptions *options, Error *err)
    __attribute__((warn_unused_result));
void plan_free(Plan *plan);

/* How many groups there are, and one of them. */
size_t plan_count(const Plan *plan);
PlanGroup plan_group(const Plan *plan, size_t index);

#endif
