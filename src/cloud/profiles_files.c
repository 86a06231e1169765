#include "cloud/profiles_files.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"

enum { FILE_BYTES_MAX = 16 << 20, PATH_BYTES_MAX = 4096 };

/* Where a file is: as the variable says, else below ~/.aws. */
static const struct {
    const char *variable, *name;
} FILES[] = {[PROFILES_CONFIG] = {"AWS_CONFIG_FILE", "config"},
             [PROFILES_CREDENTIALS] = {"AWS_SHARED_CREDENTIALS_FILE", "credentials"}};

static Str variable(const char *name)
{
    return str_of(getenv(name));
}

static bool append_home(Buf *ret, Error *err)
{
    Str home = variable("HOME");
    return home.len ? buf_append_str(ret, home, err)
                    : error_set(err, ERROR_USAGE, "HOME is not set, so there is no ~/.aws");
}

bool profiles_path_below(Str name, Buf *ret, Error *err)
{
    return append_home(ret, err) && buf_append_str(ret, STR("/.aws/"), err) &&
           buf_append_str(ret, name, err);
}

bool profiles_path(ProfilesFile file, Buf *ret, Error *err)
{
    Str given = variable(FILES[file].variable);
    if (!given.len)
        return profiles_path_below(str_of(FILES[file].name), ret, err);
    if (str_equal(given, STR("~")) || str_starts(given, STR("~/")))
        return append_home(ret, err) && buf_append_str(ret, str_slice(given, 1, given.len), err);
    return buf_append_str(ret, given, err);
}

static bool add_file(Profiles *profiles, ProfilesFile file, Error *err)
{
    BUF_AUTO Buf path = buf_init(PATH_BYTES_MAX);
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    if (!variable(FILES[file].variable).len && !variable("HOME").len)
        return true;
    if (!profiles_path(file, &path, err) || !buf_append_byte(&path, '\0', err))
        return false;
    if (!file_exists(path.ptr))
        return true;
    bool ok =
        file_read(path.ptr, &text, NULL, err) &&
        (profiles_add(profiles, file, buf_str(&text), err) || error_context(err, "'%s'", path.ptr));
    if (text.cap)
        hash_wipe(text.ptr, text.cap);
    return ok;
}

Profiles *profiles_load(ProfilesTrouble trouble, void *context, Error *err)
{
    Profiles *profiles = profiles_new(trouble, context, err);
    if (profiles && add_file(profiles, PROFILES_CONFIG, err) &&
        add_file(profiles, PROFILES_CREDENTIALS, err))
        return profiles;
    profiles_free(profiles);
    return NULL;
}

Str profiles_chosen(const char *given)
{
    Str name = given ? str_of(given) : variable("AWS_PROFILE");
    if (!name.len)
        name = variable("AWS_DEFAULT_PROFILE");
    return name.len ? name : STR("default");
}
