/* backup.h - one consistent copy of a lake and its state, and back.
 *
 * A copy holds the state, every file that the state names, and what is published. The writer's
 * lock is held while it is made, so nothing changes; readers go on. The state is copied last: a
 * folder without state.db is no copy.
 */
#ifndef LAKE_BACKUP_H
#define LAKE_BACKUP_H

#include "lake/lake.h"

typedef struct BackupReport {
    uint64_t files;
    uint64_t bytes;
} BackupReport;

/* Copies *lake* (a writer's) into *folder*, which must not exist or be empty. */
bool backup_make(Lake *lake, const char *folder, BackupReport *ret, Error *err)
    __attribute__((warn_unused_result));

/* Copies the backup in *from* into *folder*, which must not exist or be empty. Each data file must
 * have the size that the state says. What is published names the old place until it is published
 * again. */
bool backup_restore(const char *from, const char *folder, BackupReport *ret, Error *err)
    __attribute__((warn_unused_result));

#endif
