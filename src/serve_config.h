/* serve_config.h - the configuration that a service runs with, and the one that comes next.
 *
 * SIGHUP -> [serve_config] -> cmd_serve opens all anew
 *
 * serve_config_look is called by the thread that takes signals, the others by the main thread when
 * no other runs.
 */
#ifndef SERVE_CONFIG_H
#define SERVE_CONFIG_H

#include "base/command.h"

typedef struct ServeConfig ServeConfig;

/* *line*, the one that was parsed at the start, is in force; it is borrowed. NULL with *err*; the
 * caller frees. */
ServeConfig *serve_config_new(const CommandLine *line, Error *err)
    __attribute__((warn_unused_result));
void serve_config_free(ServeConfig *self);

/* The one in force, borrowed until the next is taken. */
const CommandLine *serve_config_line(const ServeConfig *self);

/* Reads spoor.yml again. True when it says something else, or a secret or certificate that it names
 * was written since: that one is taken next. One that cannot be read is told and forgotten. */
bool serve_config_look(ServeConfig *self);

/* Whether one is to be taken next. */
bool serve_config_is_due(const ServeConfig *self);

/* The next one is in force, its zone of display and level of log too, and the one before is kept.
 * False with *err* when it cannot be: it is forgotten, and nothing has changed. */
bool serve_config_take(ServeConfig *self, Error *err) __attribute__((warn_unused_result));

/* The one before is in force again and the newer one forgotten; false when there is none. */
bool serve_config_go_back(ServeConfig *self);

#endif
