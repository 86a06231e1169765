/* sql_progress.h - one line on a terminal that says how far a long query is, and goes away.
 *
 * Nothing is drawn before half a second, nor where standard error is no terminal. Used by one
 * thread.
 */
#ifndef SQL_PROGRESS_H
#define SQL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct SqlProgress {
    int64_t started_us; /* 0: nothing runs */
    int64_t drawn_us;
    unsigned width; /* of what is drawn; 0: nothing is */
} SqlProgress;

enum { SQL_PROGRESS_BYTES = 128 };

/* A query begins. */
void sql_progress_start(SqlProgress *progress);

/* Draws the line when it is due; *percent* of -1 is not known. */
void sql_progress_tick(SqlProgress *progress, int percent);

/* Takes the line away; nothing is drawn until the next start. */
void sql_progress_end(SqlProgress *progress);

/* The line's text for a terminal of *width* columns. */
Str sql_progress_text(int64_t elapsed_us, int percent, unsigned width,
                      char ret[SQL_PROGRESS_BYTES]);

#endif
