/* finding_source.h - findings of other products that come while logs are read: by queue and push.
 *
 * queue_source, push_source -> [finding_source] -> findings/finding_import -> the state
 *
 * Belongs to the thread that reads the sources, with a connection to the state of its own.
 */
#ifndef FINDING_SOURCE_H
#define FINDING_SOURCE_H

#include "base/config.h"
#include "collect/notification.h"

typedef struct FindingSource FindingSource;

/* Nothing is opened before the first findings come. NULL with *err*; the caller frees. */
FindingSource *finding_source_open(const Config *config, const char *folder, Error *err)
    __attribute__((warn_unused_result));
void finding_source_free(FindingSource *source);

/* A NotificationTake: stores all of *list* in one transaction, as spoor findings import does. */
bool finding_source_take(FindingSource *source, NotificationFindings *list, size_t count,
                         Arena *arena, Error *err) __attribute__((warn_unused_result));

#endif
