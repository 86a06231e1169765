/* log.h - one line per event on standard error, key=value, for cmd_*, pipeline, watch and web.
 *
 * `level=warn at=2026-11-24T10:35:00Z stage=collect message="..."`. Lines of several threads do
 * not mix: each is one write. The level is the only mutable state; it is set before threads start.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

/* Lines below *level* are not written; LOG_INFO at the start. */
void log_set_level(LogLevel level);

/* Writes one line; *stage* is the folder's or command's name. Control characters and quotes of
 * the message are escaped; it is cut at 4,000 bytes. */
void log_line(LogLevel level, const char *stage, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
