#include "cloud/credentials_source.h"

/* The longest way from a role over roles to keys. */
enum { CHAIN_MAX = 8, SESSION_MIN = 2, SESSION_MAX = 64, DURATION_MIN = 900, DURATION_MAX = 43200 };

/* Where a role's keys come from when no profile has them: credential_source. */
static const struct {
    const char *name;
    CredentialsAsk ask;
} PLACES[] = {{"Environment", credentials_environment},
              {"EcsContainer", credentials_container},
              {"Ec2InstanceMetadata", credentials_instance}};

static Str setting(const CredentialsSearch *search, const CredentialsProfile *profile, Str name)
{
    return profiles_get(search->profiles, SECTION_PROFILE, profile->name, name);
}

static CredentialsVerdict fail(Error *why, const CredentialsProfile *profile, const char *problem)
{
    error_set(why, ERROR_USAGE, "profile '%.*s' %s", STR_ARG(profile->name), problem);
    return CREDENTIALS_FAILED;
}

static bool has_role(const CredentialsSearch *search, const CredentialsProfile *profile)
{
    return setting(search, profile, STR("role_arn")).len &&
           !setting(search, profile, STR("web_identity_token_file")).len;
}

static bool has_keys(const CredentialsSearch *search, Str name)
{
    return profiles_get(search->profiles, SECTION_PROFILE, name, STR("aws_access_key_id")).len != 0;
}

static bool is_session_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = str_lower(name.ptr[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !memchr("_+=,.@-", c, 7))
            return false;
    }
    return name.len >= SESSION_MIN && name.len <= SESSION_MAX;
}

/* What STS is told of the role; a value that it would refuse is refused here, with its name. */
static CredentialsVerdict read_role(const CredentialsSearch *search,
                                    const CredentialsProfile *profile, CredentialsRole *ret,
                                    Error *why)
{
    uint64_t seconds;
    *ret = (CredentialsRole){.role_arn = setting(search, profile, STR("role_arn")),
                             .session_name = setting(search, profile, STR("role_session_name")),
                             .external_id = setting(search, profile, STR("external_id")),
                             .duration_s = setting(search, profile, STR("duration_seconds"))};
    if (setting(search, profile, STR("mfa_serial")).len)
        return fail(why, profile,
                    "has mfa_serial, and nobody is here to type a code: take a role that needs "
                    "none, or put the keys of 'aws sts assume-role' into the environment");
    if (ret->session_name.len && !is_session_name(ret->session_name))
        return fail(why, profile,
                    "has a role_session_name that is not 2 to 64 letters, digits and _+=,.@-");
    if (ret->duration_s.len && (!str_to_u64(ret->duration_s, &seconds) || seconds < DURATION_MIN ||
                                seconds > DURATION_MAX))
        return fail(why, profile, "has a duration_seconds that is not 900 to 43200");
    return CREDENTIALS_FOUND;
}

static CredentialsVerdict ask_place(CredentialsSearch *search, const CredentialsProfile *profile,
                                    Str place, Credentials *ret, Error *why)
{
    /* what the environment says counts here even when the profile was given */
    CredentialsSearch named = *search;
    named.given = false;
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (str_equal_nocase(place, str_of(PLACES[i].name)))
            return PLACES[i].ask(&named, profile, ret, why);
    return fail(why, profile,
                "has a credential_source that is not Environment, EcsContainer or "
                "Ec2InstanceMetadata");
}

/* Refuses a way that comes back to a profile, or is too long. */
static bool check_way(const CredentialsProfile *source, Error *why)
{
    int length = 0;
    for (const CredentialsProfile *at = source->below; at; at = at->below) {
        if (str_equal(at->name, source->name))
            return error_set(why, ERROR_USAGE, "profile '%.*s' is its own source_profile",
                             STR_ARG(source->name));
        if (++length > CHAIN_MAX)
            return error_set(why, ERROR_USAGE, "more than %d profiles name each other as sources",
                             CHAIN_MAX);
    }
    return true;
}

/* A profile with keys gives these, even to itself; one with only a role takes that on first. */
static CredentialsVerdict ask_source(CredentialsSearch *search, const CredentialsProfile *profile,
                                     Str name, Credentials *ret, Error *why)
{
    const CredentialsProfile source = {.name = name, .below = profile};
    if (!profiles_has(search->profiles, SECTION_PROFILE, name)) {
        error_set(why, ERROR_USAGE,
                  "profile '%.*s' has the source_profile '%.*s', which is nowhere",
                  STR_ARG(profile->name), STR_ARG(name));
        return CREDENTIALS_FAILED;
    }
    if (has_keys(search, name) || !has_role(search, &source))
        return credentials_search_profile(search, &source, ret, why);
    return check_way(&source, why) ? credentials_role(search, &source, ret, why)
                                   : CREDENTIALS_FAILED;
}

static CredentialsVerdict ask_keys(CredentialsSearch *search, const CredentialsProfile *profile,
                                   Credentials *ret, Error *why)
{
    Str source = setting(search, profile, STR("source_profile"));
    Str place = setting(search, profile, STR("credential_source"));
    if (!source.len == !place.len)
        return fail(why, profile,
                    source.len ? "has both source_profile and credential_source"
                               : "has role_arn, but neither source_profile nor credential_source");
    return source.len ? ask_source(search, profile, source, ret, why)
                      : ask_place(search, profile, place, ret, why);
}

CredentialsVerdict credentials_role(CredentialsSearch *search, const CredentialsProfile *profile,
                                    Credentials *ret, Error *why)
{
    CredentialsRole role;
    Credentials keys = {.expires_us = 0};
    if (!has_role(search, profile)) {
        error_set(why, ERROR_ACCESS, "profile '%.*s' has no role_arn", STR_ARG(profile->name));
        return CREDENTIALS_ABSENT;
    }
    CredentialsVerdict verdict = read_role(search, profile, &role, why);
    if (verdict == CREDENTIALS_FOUND)
        verdict = ask_keys(search, profile, &keys, why);
    bool ok = verdict == CREDENTIALS_FOUND && credentials_sts(search, &role, &keys, ret, why);
    credentials_wipe(&keys);
    return ok ? CREDENTIALS_FOUND : CREDENTIALS_FAILED;
}
