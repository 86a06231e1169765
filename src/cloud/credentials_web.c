#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "cloud/credentials_source.h"

enum { TOKEN_BYTES_MAX = 20000, PATH_BYTES_MAX = 4096 };

/* Of the environment, where that counts, else of the profile. */
static Str find(const CredentialsSearch *search, const CredentialsProfile *profile,
                const char *variable, Str name)
{
    Str value = profile->chosen && !search->given ? str_of(getenv(variable)) : STR("");
    return value.len ? value : profiles_get(search->profiles, SECTION_PROFILE, profile->name, name);
}

/* The file is read each time: who wrote it replaces it before the token expires. */
static bool read_token(Str path, Buf *ret, Error *err)
{
    BUF_AUTO Buf name = buf_init(PATH_BYTES_MAX);
    return buf_append_str(&name, path, err) && buf_append_byte(&name, '\0', err) &&
           file_read(name.ptr, ret, NULL, err) &&
           (str_trim(buf_str(ret)).len ||
            error_set(err, ERROR_ACCESS, "'%s' holds no token", name.ptr));
}

CredentialsVerdict credentials_web(CredentialsSearch *search, const CredentialsProfile *profile,
                                   Credentials *ret, Error *why)
{
    Str path = find(search, profile, "AWS_WEB_IDENTITY_TOKEN_FILE", STR("web_identity_token_file"));
    CredentialsRole role = {
        .role_arn = find(search, profile, "AWS_ROLE_ARN", STR("role_arn")),
        .session_name = find(search, profile, "AWS_ROLE_SESSION_NAME", STR("role_session_name")),
        .duration_s = profiles_get(search->profiles, SECTION_PROFILE, profile->name,
                                   STR("duration_seconds"))};
    Buf token = buf_init(TOKEN_BYTES_MAX);
    if (!path.len) {
        error_set(why, ERROR_ACCESS, "there is no web_identity_token_file");
        return CREDENTIALS_ABSENT;
    }
    if (!role.role_arn.len) {
        error_set(why, ERROR_USAGE, "there is a token file, but no AWS_ROLE_ARN or role_arn");
        return CREDENTIALS_FAILED;
    }
    bool ok = read_token(path, &token, why);
    role.token = str_trim(buf_str(&token));
    ok = ok && credentials_sts(search, &role, NULL, ret, why);
    if (token.cap)
        hash_wipe(token.ptr, token.cap);
    buf_free(&token);
    return ok ? CREDENTIALS_FOUND : CREDENTIALS_FAILED;
}
