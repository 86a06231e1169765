/* shell_history.h - the statements of earlier shells, one a line in a private file.
 *
 * $XDG_STATE_HOME/spoor/history, else ~/.local/state/spoor/history, mode 0600. A line break inside
 * a statement is written as \n, a backslash as two. Shells that run at once append to it; one that
 * begins cuts it to the last SHELL_HISTORY_MAX. A home that cannot be written is no failure: then
 * there is no history. Thread safe: nothing is shared.
 */
#ifndef SHELL_HISTORY_H
#define SHELL_HISTORY_H

#include "base/buf.h"

enum { SHELL_HISTORY_MAX = 1000, SHELL_HISTORY_PATH_BYTES = 4096 };

/* Where the file is; false when there is no home. */
bool shell_history_path(char ret[SHELL_HISTORY_PATH_BYTES]);

/* Calls *each* with the statements of the file, the oldest first; *entry* lives during the call. */
void shell_history_load(const char *path, void (*each)(void *context, Str entry), void *context);

/* Appends a statement. */
void shell_history_add(const char *path, Str entry);

#endif
