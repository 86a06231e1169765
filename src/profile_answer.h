/* profile_answer.h - answers `spoor summary`: the screen of an entity, or the table of many. */
#ifndef PROFILE_ANSWER_H
#define PROFILE_ANSWER_H

#include "base/command.h"

/* Answers what *line* asks over the lake in *folder*, or the configuration's when it is NULL.
 * ERROR_USAGE for what cannot be asked; ERROR_INPUT when nothing has to do with an entity. */
bool profile_answer_run(const CommandLine *line, const char *folder, Error *err)
    __attribute__((warn_unused_result));

/* Prints the statements instead. */
bool profile_answer_show(const CommandLine *line, Error *err) __attribute__((warn_unused_result));

/* ERROR_USAGE when the options do not go together; nothing is opened. */
bool profile_answer_check(const CommandLine *line, Error *err) __attribute__((warn_unused_result));

#endif
