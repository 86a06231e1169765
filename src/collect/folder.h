/* folder.h - lists the log objects of local files and folders. */
#ifndef COLLECT_FOLDER_H
#define COLLECT_FOLDER_H

#include "collect/object_list.h"

/* Called for each path that cannot be looked at; the listing goes on. */
typedef void (*FolderTrouble)(void *context, const char *path, const Error *trouble);

/* Adds all regular files at or below *path* under their absolute paths, but for
 * list-public-keys.json and s3-object-metadata.json, which lie beside copied buckets. ERROR_ACCESS
 * when *path* itself cannot be read. */
bool folder_list(ObjectList *list, const char *path, FolderTrouble trouble, void *context,
                 Error *err) __attribute__((warn_unused_result));

#endif
