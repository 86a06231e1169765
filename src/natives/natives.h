/* natives.h - functions in C that the engine calls for what its SQL cannot say. Their names begin
 * with "athena_" as macros' do (macros.h). Called by the engine's threads, several at once: nothing
 * is shared. */
#ifndef NATIVES_NATIVES_H
#define NATIVES_NATIVES_H

#include "base/engine.h"

/* Registers all of them in *engine*, before it is locked. */
bool natives_register(Engine *engine, Error *err) __attribute__((warn_unused_result));

#endif
