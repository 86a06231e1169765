/* profiles_files.h - the files of profiles where the environment says that they are.
 *
 * AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/config and ~/.aws/credentials; '~'
 * is HOME. A file that is missing says nothing.
 */
#ifndef CLOUD_PROFILES_FILES_H
#define CLOUD_PROFILES_FILES_H

#include "cloud/profiles.h"

/* Both files' settings; the caller frees with profiles_free. NULL with *err*: a file that is there
 * cannot be read. *trouble* as in profiles_new. */
Profiles *profiles_load(ProfilesTrouble trouble, void *context, Error *err)
    __attribute__((warn_unused_result));

/* Appends the path of *file*, or of *name* below ~/.aws for the other function. ERROR_USAGE when it
 * depends on HOME, which is not set. */
bool profiles_path(ProfilesFile file, Buf *ret, Error *err) __attribute__((warn_unused_result));
bool profiles_path_below(Str name, Buf *ret, Error *err) __attribute__((warn_unused_result));

/* The profile that counts: *given*, which may be NULL, else AWS_PROFILE, else AWS_DEFAULT_PROFILE,
 * else "default". */
Str profiles_chosen(const char *given);

#endif
