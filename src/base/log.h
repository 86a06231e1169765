/* log.h - one line per event on standard error, for cmd_*, pipeline, watch and web.
 *
 * A person at a terminal reads sentences, "spoor ingest: left out 'a': ..."; of a service they are
 * key=value, `level=warn at=2026-11-24T10:35:00Z stage=collect message="..."`. Lines of several
 * threads do not mix: each is one write. Level and form are the only mutable state; they are set
 * before threads start.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

/* Lines below *level* are not written; LOG_INFO at the start. */
void log_set_level(LogLevel level);

/* The same for "debug", "info", "warn" or "error"; another name changes nothing. */
void log_set_level_named(const char *name);

/* Whether log_tell writes key=value; at the start it writes sentences. */
void log_set_lines(bool lines);

/* Tells one thing: a sentence behind "spoor COMMAND: " ("spoor: " when *command* is NULL, nothing
 * when it is empty), or a line whose stage is the command. Control characters are shown as '?',
 * quotes of a line are escaped; it is cut at 4,000 bytes. */
void log_tell(LogLevel level, const char *command, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
