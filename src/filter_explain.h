/* filter_explain.h - what each filter of a set does to the events of a file, in words. */
#ifndef FILTER_EXPLAIN_H
#define FILTER_EXPLAIN_H

#include "base/command.h"
#include "filter/filter_set.h"

/* Prints it for each event of the file *path*, "-" for the standard input. False with *err*:
 * ERROR_INPUT when the file holds none. */
bool filter_explain(const CommandLine *line, const FilterSet *set, const char *path, Error *err)
    __attribute__((warn_unused_result));

#endif
