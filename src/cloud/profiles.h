/* profiles.h - the shared files of AWS's tools: ~/.aws/config and ~/.aws/credentials.
 *
 * In: the texts of both files. Out: settings of a profile, an sso-session or a group of services,
 * by name. In the config file sections are [default], [profile NAME], [sso-session NAME] and
 * [services NAME], in the credentials file [NAME]; what the latter says of a profile goes before
 * the former ("Lake Formation, Glue, Lambda, S3", section 12; AWS SDKs and Tools Reference Guide,
 * "Shared config and credentials files").
 *
 * Names of settings have no case; a later line replaces an earlier one; settings below another one
 * (indented) have its name and a dot before theirs. Lines that are none of this are passed over and
 * told. Values may be secrets: profiles_free wipes them, and no message holds one.
 *
 * Filled by one thread, then only read.
 */
#ifndef CLOUD_PROFILES_H
#define CLOUD_PROFILES_H

#include "base/buf.h"

typedef enum { PROFILES_CONFIG, PROFILES_CREDENTIALS } ProfilesFile;

typedef enum { SECTION_PROFILE, SECTION_SSO_SESSION, SECTION_SERVICES } SectionKind;

typedef struct Profiles Profiles;

/* Called for a line that is passed over; *line* counts from 1. NULL: nobody is told. */
typedef void (*ProfilesTrouble)(void *context, ProfilesFile file, size_t line, const char *problem);

/* No settings; the caller frees. NULL with *err*. */
Profiles *profiles_new(ProfilesTrouble trouble, void *context, Error *err)
    __attribute__((warn_unused_result));
void profiles_free(Profiles *profiles);

/* Adds the settings of a file's text, which is not needed afterwards. ERROR_LIMIT beyond what such
 * files hold. */
bool profiles_add(Profiles *profiles, ProfilesFile file, Str text, Error *err)
    __attribute__((warn_unused_result));

/* Whether a section of this kind and name is there. */
bool profiles_has(const Profiles *profiles, SectionKind kind, Str name);

/* The value of *setting* in a section, "" when it is set to nothing; no ptr when it is not set. */
Str profiles_get(const Profiles *profiles, SectionKind kind, Str name, Str setting);

/* As profiles_get, of a profile, and only what *file* says of it. */
Str profiles_get_from(const Profiles *profiles, ProfilesFile file, Str name, Str setting);

#endif
