/* hostile.h - ugly input, mixed into a trail when asked for: one file of each kind.
 *
 * What attackers and broken machines write: torn and nested gzip, bombs, text that is no JSON or
 * no UTF-8, numbers and keys beyond what parsers expect, values that attack terminals and
 * spreadsheets. All of it lies beside the good files, under AWS's own names.
 */
#ifndef GENERATE_HOSTILE_H
#define GENERATE_HOSTILE_H

#include "generate/trail.h"

/* How many kinds there are, what one is called ("invalid UTF-8 in a value"), and how many readable
 * records its file holds. */
size_t hostile_kind_count(void);
const char *hostile_kind_name(size_t kind);
int hostile_kind_records(size_t kind);

/* Writes a file of every kind, named by the trail's account and region of rank 0, and adds to
 * *report*; its events are the readable records. */
bool hostile_plant(const Trail *trail, const TrailOptions *options, TrailReport *report, Error *err)
    __attribute__((warn_unused_result));

#endif
