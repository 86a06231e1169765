/* engine_value.h - writes one value of the engine's vectors as text or JSON. Internal to base. */
#ifndef BASE_ENGINE_VALUE_H
#define BASE_ENGINE_VALUE_H

#include <duckdb.h>

#include "base/engine.h"

/* Appends the value at *row* of *vector*. Nesting deeper than 64 is ERROR_LIMIT. */
bool engine_value_write(duckdb_vector vector, idx_t row, EngineForm form, Buf *out, Error *err)
    __attribute__((warn_unused_result));

/* The type's word as SQL writes it ("VARCHAR", "STRUCT"). */
const char *engine_value_type_name(duckdb_type type);

/* As engine_value_write for a vector of VARCHAR, which then is not asked for its type. */
bool engine_value_write_text(duckdb_vector vector, idx_t row, EngineForm form, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
