/* source_name.h - what kind of source a name of the command line stands for. Any thread. */
#ifndef SOURCE_NAME_H
#define SOURCE_NAME_H

#include <stdbool.h>

/* s3://BUCKET..., sqs://..., and "-". */
bool source_name_is_bucket(const char *name);
bool source_name_is_queue(const char *name);
bool source_name_is_input(const char *name);

/* The path in PATH or dir:PATH, out of *name*; NULL for sources of any other kind. */
const char *source_name_path(const char *name);

#endif
