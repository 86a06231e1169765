/* macros.h - macros of the engine that functions' templates use (function.h): what Athena means
 * where the engine's own functions mean something else. Their names begin with "athena_", so that
 * no user's text can name them: names.h knows only the catalog's and function.h's names. */
#ifndef NATIVES_MACROS_H
#define NATIVES_MACROS_H

#include "base/engine.h"

/* Makes all macros in *engine*, before it is locked. */
bool macros_create(Engine *engine, Error *err) __attribute__((warn_unused_result));

#endif
