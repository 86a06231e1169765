/* content.h - the files of the folder content/, which the binary carries in itself.
 *
 * Made at build time by scripts/embed, in the order of their paths.
 */
#ifndef BASE_CONTENT_H
#define BASE_CONTENT_H

#include <stddef.h>

typedef struct ContentFile {
    const char *path; /* below content/, "queries/root-activity.sql" */
    const unsigned char *bytes;
    size_t len;
} ContentFile;

/* Ends with an entry whose path is NULL. */
extern const ContentFile CONTENT_FILES[];

#endif
