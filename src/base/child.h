/* child.h - another program run for what it prints, within bounds.
 *
 * No shell: the words are the program's name, which is looked up in PATH, and its arguments. It has
 * this process's environment and standard error, nothing to read, and no other open file of ours.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/buf.h"

/* Runs *words* (NULL behind the last) and appends its standard output to *output*, which is
 * reserved at its ceiling at once, so that no copies of it are left behind. ERROR_ACCESS: it cannot
 * be run, or ended with another status than 0; ERROR_BUSY: it took longer than *timeout_us*;
 * ERROR_LIMIT: it printed more than fits. After the last two it is killed. Messages name the
 * program, not its arguments and not what it printed. */
bool child_run(char *const *words, int64_t timeout_us, Buf *output, Error *err)
    __attribute__((warn_unused_result));

#endif
