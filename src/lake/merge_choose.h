/* merge_choose.h - which of a day's small files a merge takes. Pure; no shared state.
 *
 * Commits may come every few seconds, so a merge must not write a whole day again for a handful
 * of small files. It takes the smallest ones, so many that half of the number allowed stays, and
 * then each larger one that is no larger than all before it together. Of a day of 17,280 equal
 * files a byte is then written again twice.
 */
#ifndef LAKE_MERGE_CHOOSE_H
#define LAKE_MERGE_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MERGE_OPEN_FILES = 64, /* of a day whose events still come */
    MERGE_CLOSED_FILES = 2,
};

/* How many of the *count* files, from the smallest on, are to be merged; *sizes* ascend. 0: there
 * are few enough. */
size_t merge_choose(const uint64_t *sizes, size_t count, bool open);

#endif
