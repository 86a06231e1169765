/* alarm_files.h - metric filters and alarms that come from AWS, and go there: `spoor alarms import`
 * and `export`. */
#ifndef ALARM_FILES_H
#define ALARM_FILES_H

#include "base/command.h"
#include "lake/lake.h"

/* Writes YAML of the answers of AWS's CLI that the command line names. */
bool alarm_files_import(const CommandLine *line, Lake *none, Error *err)
    __attribute__((warn_unused_result));

/* Writes what alarms.path names as a template of CloudFormation. */
bool alarm_files_export(const CommandLine *line, Lake *none, Error *err)
    __attribute__((warn_unused_result));

#endif
