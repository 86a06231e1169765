#include <stdio.h>

#include "cloud/credentials_source.h"
#include "cloud/profiles_files.h"

enum { REASON_BYTES = 95, PATH_BYTES_MAX = 4096 };

/* In the order of the chain. */
static const struct {
    const char *name;
    CredentialsAsk ask;
    bool of_profile; /* asked too for the source of a role */
} SOURCES[] = {
    {"environment", credentials_environment, false},
    {"role", credentials_role, false},
    {"web identity", credentials_web, true},
    {"sso", credentials_sso, true},
    {"credentials file", credentials_credentials_file, true},
    {"credential_process", credentials_process, true},
    {"config file", credentials_config_file, true},
    {"container", credentials_container, false},
    {"instance metadata", credentials_instance, false},
};

enum { SOURCES_COUNT = sizeof SOURCES / sizeof *SOURCES, FIRST_OF_PROFILE = 1 };

/* Says behind *all* why a source did not do. */
static void add_reason(char all[ERROR_TEXT_MAX], const char *name, const Error *why)
{
    size_t used = strlen(all);
    snprintf(all + used, ERROR_TEXT_MAX - used, "%s%s: %.*s", used ? "; " : "", name, REASON_BYTES,
             why->text);
}

/* A profile that was asked for by name and is nowhere is a mistake, not a reason to go on. */
static bool check_profile(const CredentialsSearch *search, Error *err)
{
    BUF_AUTO Buf paths = buf_init(PATH_BYTES_MAX);
    ERROR_UNREAD(unread);
    if (!search->named || profiles_has(search->profiles, SECTION_PROFILE, search->profile))
        return true;
    bool ok = profiles_path(PROFILES_CONFIG, &paths, &unread) &&
              buf_append_str(&paths, STR("' nor in '"), &unread) &&
              profiles_path(PROFILES_CREDENTIALS, &paths, &unread);
    return error_set(err, ERROR_USAGE, "profile '%.*s' is neither in '%.*s'",
                     STR_ARG(search->profile),
                     STR_ARG(ok ? buf_str(&paths)
                                : STR("~/.aws/config' nor in "
                                      "'~/.aws/credentials")));
}

static CredentialsVerdict ask(size_t at, CredentialsSearch *search,
                              const CredentialsProfile *profile, Credentials *ret, Error *why)
{
    error_clear(why);
    CredentialsVerdict verdict = SOURCES[at].ask(search, profile, ret, why);
    if (verdict == CREDENTIALS_FOUND)
        ret->origin = SOURCES[at].name;
    else if (verdict == CREDENTIALS_FAILED)
        error_context(why, "%s", SOURCES[at].name);
    else if (why->kind == ERROR_BUSY)
        search->unreachable = true;
    return verdict;
}

bool credentials_search(CredentialsSearch *search, Credentials *ret, Error *err)
{
    const CredentialsProfile chosen = {.name = search->profile, .chosen = true};
    char reasons[ERROR_TEXT_MAX] = "";
    for (size_t i = 0; i < SOURCES_COUNT; i++) {
        if (i == FIRST_OF_PROFILE && !check_profile(search, err))
            return false;
        CredentialsVerdict verdict = ask(i, search, &chosen, ret, err);
        if (verdict != CREDENTIALS_ABSENT)
            return verdict == CREDENTIALS_FOUND || error_context(err, "credentials");
        add_reason(reasons, SOURCES[i].name, err);
    }
    return error_set(err, ERROR_ACCESS, "no credentials for AWS: %s", reasons);
}

CredentialsVerdict credentials_search_profile(CredentialsSearch *search,
                                              const CredentialsProfile *profile, Credentials *ret,
                                              Error *why)
{
    for (size_t i = 0; i < SOURCES_COUNT; i++) {
        CredentialsVerdict verdict =
            SOURCES[i].of_profile ? ask(i, search, profile, ret, why) : CREDENTIALS_ABSENT;
        if (verdict != CREDENTIALS_ABSENT)
            return verdict;
    }
    error_set(why, ERROR_ACCESS,
              "profile '%.*s' has neither keys, nor credential_process, nor a login",
              STR_ARG(profile->name));
    return CREDENTIALS_ABSENT;
}
