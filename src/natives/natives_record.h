/* natives_record.h - athena_record(columns): the record that a row was made of, as JSON.
 *
 * A function over all columns that a record is made of, in the order of the field table; NULL where
 * a column is. The engine reads all of them for it. Called by several threads at once.
 */
#ifndef NATIVES_NATIVES_RECORD_H
#define NATIVES_NATIVES_RECORD_H

#include "base/engine.h"

/* Registers it. */
bool natives_record_register(Engine *engine, Error *err) __attribute__((warn_unused_result));

#endif
