/* retain_held.h - which of some records a legal hold names, by the records themselves.
 *
 * hold -> [retain_held] -> retain_signals, retain_findings
 *
 * A signal tells one account and one principal of its record; a hold may name another one of it. So
 * long as the lake has the record, and it has it so long as the hold is in force, it is asked.
 */
#ifndef LAKE_RETAIN_HELD_H
#define LAKE_RETAIN_HELD_H

#include "base/engine.h"
#include "lake/lake.h"

/* Makes the temporary tables "due_records" (object_id, record_index, day), which the caller fills,
 * and "held_records" (object_id, record_index), empty. */
bool retain_held_begin(Lake *lake, Error *err) __attribute__((warn_unused_result));

/* Fills "held_records" with those of "due_records" that the lake has and a hold names. */
bool retain_held_find(Lake *lake, Engine *engine, Error *err) __attribute__((warn_unused_result));

/* Drops both. */
bool retain_held_end(Lake *lake, Error *err) __attribute__((warn_unused_result));

#endif
