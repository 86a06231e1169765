#include <stdlib.h>

#include "base/timestamp.h"
#include "cloud/credentials_source.h"
#include "cloud/profiles_files.h"

enum { PATH_BYTES_MAX = 4096 };

static CredentialsVerdict absent(Error *why, const char *reason)
{
    error_set(why, ERROR_ACCESS, "%s", reason);
    return CREDENTIALS_ABSENT;
}

static Str variable(const char *name)
{
    return str_of(getenv(name));
}

CredentialsVerdict credentials_environment(CredentialsSearch *search,
                                           const CredentialsProfile *profile, Credentials *ret,
                                           Error *why)
{
    Str access_key = variable("AWS_ACCESS_KEY_ID"), secret_key = variable("AWS_SECRET_ACCESS_KEY");
    Str expiration = variable("AWS_CREDENTIAL_EXPIRATION");
    int64_t expires_us = INT64_MAX;
    (void)profile;
    if (search->given)
        return absent(why, "not asked, a profile is given");
    if (!access_key.len)
        return absent(why, "AWS_ACCESS_KEY_ID is not set");
    if (!secret_key.len)
        error_set(why, ERROR_ACCESS, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    else if (expiration.len && !timestamp_parse(expiration, &expires_us))
        error_set(why, ERROR_ACCESS, "AWS_CREDENTIAL_EXPIRATION '%.*s' is no time",
                  STR_ARG(str_slice(expiration, 0, TIMESTAMP_TEXT_BYTES)));
    else if (credentials_keep(ret, access_key, secret_key, variable("AWS_SESSION_TOKEN"), why)) {
        ret->expires_us = expires_us;
        return CREDENTIALS_FOUND;
    }
    return CREDENTIALS_FAILED;
}

/* Appends "'PATH'" with a NUL behind it; the usual name where there is no path. */
static const char *name_file(ProfilesFile file, Buf *ret)
{
    ERROR_UNREAD(unread);
    if (profiles_path(file, ret, &unread) && buf_append_byte(ret, '\0', &unread))
        return ret->ptr;
    return file == PROFILES_CONFIG ? "~/.aws/config" : "~/.aws/credentials";
}

/* Keys of one file alone: the id of one and the secret of the other are no pair. */
static CredentialsVerdict ask_file(const CredentialsSearch *search, ProfilesFile file, Str name,
                                   Credentials *ret, Error *why)
{
    const Profiles *profiles = search->profiles;
    Str access_key = profiles_get_from(profiles, file, name, STR("aws_access_key_id"));
    Str secret_key = profiles_get_from(profiles, file, name, STR("aws_secret_access_key"));
    Str token = profiles_get_from(profiles, file, name, STR("aws_session_token"));
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    const char *where = name_file(file, &path);
    if (!access_key.len) {
        error_set(why, ERROR_ACCESS, "'%s' has no aws_access_key_id", where);
        return CREDENTIALS_ABSENT;
    }
    if (!secret_key.len)
        error_set(why, ERROR_ACCESS, "profile '%.*s' in '%s' has no aws_secret_access_key",
                  STR_ARG(name), where);
    else if (credentials_keep(ret, access_key, secret_key, token, why))
        return CREDENTIALS_FOUND;
    else
        error_context(why, "profile '%.*s' in '%s'", STR_ARG(name), where);
    return CREDENTIALS_FAILED;
}

CredentialsVerdict credentials_credentials_file(CredentialsSearch *search,
                                                const CredentialsProfile *profile, Credentials *ret,
                                                Error *why)
{
    return ask_file(search, PROFILES_CREDENTIALS, profile->name, ret, why);
}

CredentialsVerdict credentials_config_file(CredentialsSearch *search,
                                           const CredentialsProfile *profile, Credentials *ret,
                                           Error *why)
{
    return ask_file(search, PROFILES_CONFIG, profile->name, ret, why);
}
