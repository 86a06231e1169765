/* s3_folder.h - what a folder of a bucket is, by its name alone.
 *
 * The layouts are those of s3_source.h; nothing is asked. Any thread.
 */
#ifndef COLLECT_S3_FOLDER_H
#define COLLECT_S3_FOLDER_H

#include <stdint.h>

#include "base/str.h"

typedef enum {
    S3_FOLDER_PATH, /* on the way to folders of days: look what is in it */
    S3_FOLDER_DAY,  /* holds the objects of one day */
    S3_FOLDER_FLAT, /* anything: list all below it */
    S3_FOLDER_OTHER /* another service's, or outside of the days that are wanted: leave it out */
} S3FolderKind;

typedef struct S3Days {
    int32_t first, last; /* that are wanted */
} S3Days;

/* Judges *prefix*, which ends with a slash, below the prefix of *start* bytes that was asked for.
 * *ret_day* is the day of S3_FOLDER_DAY, else OBJECT_DAY_NONE. *ret_service* is what
 * S3_FOLDER_OTHER is of, empty when it is outside of the days. */
S3FolderKind s3_folder_kind(Str prefix, size_t start, S3Days wanted, int32_t *ret_day,
                            Str *ret_service);

#endif
