/* macros.h - macros of the engine that functions' templates use (function.h): what Athena means
 * where the engine's own functions mean something else. Their names begin with "athena_", so that
 * no user's text can name them: names.h knows only the catalog's and function.h's names. */
#ifndef NATIVES_MACROS_H
#define NATIVES_MACROS_H

#include "base/engine.h"

/* Makes the macros that *sql* names in *engine*, unless they are there: making all of them takes as
 * long as starting the engine. ERROR_SYSTEM with the engine's words. */
bool macros_create(Engine *engine, Str sql, Error *err) __attribute__((warn_unused_result));

#endif
