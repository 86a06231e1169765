#include "cloud/profiles.h"

#include <stdio.h>

#include "support/support.h"

static char told[1000];

static void note(void *context, ProfilesFile file, size_t line, const char *problem)
{
    size_t used = strlen(told);
    (void)context;
    snprintf(told + used, sizeof told - used, "%s %zu: %s\n",
             file == PROFILES_CONFIG ? "config" : "credentials", line, problem);
}

static Profiles *made(const char *config, const char *credentials)
{
    Error err = {0};
    Profiles *profiles = profiles_new(note, NULL, &err);
    told[0] = 0;
    support_ok(profiles != NULL, &err);
    support_ok(profiles_add(profiles, PROFILES_CONFIG, str_of(config), &err), &err);
    support_ok(profiles_add(profiles, PROFILES_CREDENTIALS, str_of(credentials), &err), &err);
    return profiles;
}

static void assert_setting(const Profiles *profiles, SectionKind kind, const char *name,
                           const char *setting, const char *value)
{
    Str found = profiles_get(profiles, kind, str_of(name), str_of(setting));
    if (!value)
        assert_null(found.ptr);
    else if (!found.ptr || !str_equal(found, str_of(value)))
        fail_msg("%s of %s is '%.*s', not '%s'", setting, name, STR_ARG(found), value);
}

static void sections_and_settings_are_found(void **state)
{
    Profiles *profiles =
        made("[default]\nregion = eu-west-1\n\n[profile dev]\nrole_arn=arn:aws:iam::1:role/r\n"
             "source_profile = default\n[profile \"two words\"]\r\nREGION = us-east-1\r\n"
             "[sso-session corp]\nsso_region = eu-central-1\n[services local]\nx = y\n"
             "s3 =\n  endpoint_url = http://localhost:9000\n",
             "[default]\naws_access_key_id = AKIA\naws_secret_access_key = a/b+c=d\n[only]\n");
    (void)state;
    assert_setting(profiles, SECTION_PROFILE, "default", "region", "eu-west-1");
    assert_setting(profiles, SECTION_PROFILE, "default", "aws_secret_access_key", "a/b+c=d");
    assert_setting(profiles, SECTION_PROFILE, "dev", "role_arn", "arn:aws:iam::1:role/r");
    assert_setting(profiles, SECTION_PROFILE, "two words", "region", "us-east-1");
    assert_setting(profiles, SECTION_SSO_SESSION, "corp", "sso_region", "eu-central-1");
    assert_setting(profiles, SECTION_PROFILE, "corp", "sso_region", NULL);
    assert_setting(profiles, SECTION_PROFILE, "local", "x", NULL);
    assert_setting(profiles, SECTION_SERVICES, "local", "s3.endpoint_url", "http://localhost:9000");
    assert_setting(profiles, SECTION_PROFILE, "dev", "region", NULL);
    assert_true(profiles_has(profiles, SECTION_PROFILE, STR("only")));
    assert_false(profiles_has(profiles, SECTION_PROFILE, STR("Only")));
    assert_string_equal(told, "");
    profiles_free(profiles);
    profiles_free(NULL);
}

static void later_lines_and_the_credentials_file_go_before(void **state)
{
    Profiles *profiles = made("[profile a]\nregion=1\nregion=2\n[profile b]\nx=1\n[profile "
                              "a]\naws_access_key_id=config\n",
                              "[a]\naws_access_key_id=credentials\n");
    Error err = {0};
    (void)state;
    assert_setting(profiles, SECTION_PROFILE, "a", "region", "2");
    assert_setting(profiles, SECTION_PROFILE, "a", "aws_access_key_id", "credentials");
    Str of_file = profiles_get_from(profiles, PROFILES_CONFIG, STR("a"), STR("aws_access_key_id"));
    assert_true(str_equal(of_file, STR("config")));
    assert_null(profiles_get_from(profiles, PROFILES_CREDENTIALS, STR("a"), STR("region")).ptr);
    /* in whatever order the files are read */
    support_ok(profiles_add(profiles, PROFILES_CONFIG,
                            STR("[profile a]\naws_access_key_id=again\n"), &err),
               &err);
    assert_setting(profiles, SECTION_PROFILE, "a", "aws_access_key_id", "credentials");
    profiles_free(profiles);
}

static void comments_and_settings_below_others_are_read(void **state)
{
    Profiles *profiles = made("# first\n[default] ; the usual one\ns3 =\n  max_concurrent_requests "
                              "= 20\n\taddressing_style = path\n"
                              "region = us-east-1 # near\noutput = json;x\n; last\nempty =\n",
                              "");
    (void)state;
    assert_setting(profiles, SECTION_PROFILE, "default", "s3.max_concurrent_requests", "20");
    assert_setting(profiles, SECTION_PROFILE, "default", "s3.addressing_style", "path");
    assert_setting(profiles, SECTION_PROFILE, "default", "region", "us-east-1");
    assert_setting(profiles, SECTION_PROFILE, "default", "output", "json;x");
    assert_setting(profiles, SECTION_PROFILE, "default", "empty", "");
    assert_string_equal(told, "");
    profiles_free(profiles);
}

static void lines_that_are_none_are_told_without_what_they_hold(void **state)
{
    Profiles *profiles = made(
        "lost = 1\n[default\nx = 1\n[default] more\n[default]\njust words\n = value\nregion = r\n",
        "[default]\nsecret words\n");
    (void)state;
    assert_string_equal(told, "config 1: a setting before the first section\n"
                              "config 2: a section is [name], alone on its line\n"
                              "config 4: a section is [name], alone on its line\n"
                              "config 6: a setting is NAME = VALUE\n"
                              "config 7: a setting is NAME = VALUE\n"
                              "credentials 2: a setting is NAME = VALUE\n");
    assert_setting(profiles, SECTION_PROFILE, "default", "region", "r");
    assert_setting(profiles, SECTION_PROFILE, "default", "x", NULL);
    profiles_free(profiles);
}

static void many_settings_are_kept_and_too_many_refused(void **state)
{
    enum { MANY = 20000 };
    Error err = {0};
    BUF_AUTO Buf text = buf_init(64 << 20);
    (void)state;
    for (int i = 0; i < MANY; i++)
        support_ok(buf_printf(&text, &err, "[profile p%d]\nkey = value-%d\n", i, i), &err);
    Profiles *profiles = profiles_new(NULL, NULL, &err);
    support_ok(profiles && profiles_add(profiles, PROFILES_CONFIG, buf_str(&text), &err), &err);
    assert_setting(profiles, SECTION_PROFILE, "p19999", "key", "value-19999");
    assert_setting(profiles, SECTION_PROFILE, "p0", "key", "value-0");
    for (int i = 0; i < 2; i++)
        support_ok(profiles_add(profiles, PROFILES_CONFIG, buf_str(&text), &err) ||
                       err.kind == ERROR_LIMIT,
                   &err);
    assert_int_equal(err.kind, ERROR_LIMIT);
    profiles_free(profiles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_and_settings_are_found),
        cmocka_unit_test(later_lines_and_the_credentials_file_go_before),
        cmocka_unit_test(comments_and_settings_below_others_are_read),
        cmocka_unit_test(lines_that_are_none_are_told_without_what_they_hold),
        cmocka_unit_test(many_settings_are_kept_and_too_many_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
