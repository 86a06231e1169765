/* athena.h - Athena's SQL over no tables, for tests: what statements of constants give. */
#ifndef TESTS_SUPPORT_ATHENA_H
#define TESTS_SUPPORT_ATHENA_H

#include "base/buf.h"

/* Appends the answer to *sql*: values of a row parted by " | ", rows by "; ", NULL as NULL; or
 * "error: ..." with the error's words. The engine is made at the first call. */
void athena_answer(Str sql, Buf *out);

/* Appends the engine's SQL of *sql*, or "error: ...". Tables may be named. */
void athena_written(Str sql, Buf *out);

/* Appends what the engine plans for the scans of *sql*, or "error: ...". */
void athena_planned(Str sql, Buf *out);

/* Ends the engine. */
void athena_end(void);

#endif
