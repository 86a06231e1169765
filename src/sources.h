/* sources.h - what commands read: files and folders named on the command line. */
#ifndef SOURCES_H
#define SOURCES_H

#include "base/command.h"
#include "collect/object_list.h"

/* Adds the objects of all arguments to *list*, those delivered outside --since, --until and --last
 * left out; the list is sorted. Paths that could not be looked at are told on standard error and
 * counted. *command* is what messages call the program. */
bool sources_list(const CommandLine *line, const char *command, ObjectList *list, int *ret_troubles,
                  Error *err) __attribute__((warn_unused_result));

#endif
