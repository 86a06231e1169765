/* new_lake.h - empty lakes for tests, below the test's folder. */
#ifndef SUPPORT_NEW_LAKE_H
#define SUPPORT_NEW_LAKE_H

#include "decode/batch.h"
#include "lake/lake.h"

/* A lake of its own at each call; the caller closes it. */
Lake *new_lake(void);

/* As new_lake, its state knowing two versions of rule r1 ("One", high) as 1 and 2, and r2 ("Two",
 * low) as 3. */
Lake *new_lake_with_rules(void);

/* Adds a signal of *rule* at *hour* to the findings; its event is "event-HOUR". */
void new_lake_find(Lake *lake, int64_t rule, int hour, const char *principal, int64_t seq);

#define NEW_LAKE_HOUR_US (INT64_C(3600) * 1000000)

/* Commits *batch*, of the object with ID 1, to *lake* as one part, and frees it. */
void new_lake_store(Lake *lake, Batch *batch);

/* The number that a query of the state gives. */
int64_t new_lake_ask(Lake *lake, const char *sql);

#endif
