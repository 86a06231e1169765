/* The files of profiles are found where the environment says that they are. */
#include "cloud/profiles_files.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/support.h"

enum { PATH_MAX_BYTES = 4096 };

static int set_up(void **state)
{
    (void)state;
    unsetenv("AWS_CONFIG_FILE");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    unsetenv("AWS_PROFILE");
    unsetenv("AWS_DEFAULT_PROFILE");
    return setenv("HOME", support_folder(), 1);
}

static int tear_down(void **state)
{
    (void)state;
    support_folder_end();
    return 0;
}

static void write_file(const char *name, const char *text)
{
    char path[PATH_MAX_BYTES];
    Error err = {0};
    snprintf(path, sizeof path, "%s/.aws", getenv("HOME"));
    support_ok(file_make_folders(path, &err), &err);
    snprintf(path, sizeof path, "%s/%s", getenv("HOME"), name);
    support_ok(file_replace(path, str_of(text), &err), &err);
}

static void assert_region(const char *expected)
{
    Error err = {0};
    Profiles *profiles = profiles_load(NULL, NULL, &err);
    support_ok(profiles != NULL, &err);
    Str region = profiles_get(profiles, SECTION_PROFILE, STR("default"), STR("region"));
    assert_true(str_equal(region, str_of(expected)));
    profiles_free(profiles);
}

static void files_lie_below_home_or_where_variables_say(void **state)
{
    (void)state;
    assert_region("");
    write_file(".aws/config", "[default]\nregion = of-config\n");
    assert_region("of-config");
    write_file(".aws/credentials", "[default]\nregion = of-credentials\n");
    assert_region("of-credentials");
    write_file("other", "[default]\nregion = of-other\n");
    setenv("AWS_SHARED_CREDENTIALS_FILE", "~/other", 1);
    assert_region("of-other");
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
    assert_region("of-config");
    unsetenv("HOME");
    assert_region("");
    setenv("AWS_CONFIG_FILE", "~/other", 1);
    Error err = {0};
    assert_null(profiles_load(NULL, NULL, &err));
    assert_string_equal(err.text, "HOME is not set, so there is no ~/.aws");
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
    Error err = {0};
    char expected[PATH_MAX_BYTES];
    (void)state;
    snprintf(expected, sizeof expected, "'%s' is not a regular file", getenv("HOME"));
    setenv("AWS_CONFIG_FILE", "~", 1);
    assert_null(profiles_load(NULL, NULL, &err));
    assert_string_equal(err.text, expected);
    assert_int_equal(err.kind, ERROR_ACCESS);
}

static void paths_below_the_folder_are_made(void **state)
{
    Error err = {0};
    BUF_AUTO Buf path = buf_init(PATH_MAX_BYTES);
    (void)state;
    setenv("HOME", "/home/me", 1);
    support_ok(profiles_path_below(STR("sso/cache"), &path, &err), &err);
    assert_true(str_equal(buf_str(&path), STR("/home/me/.aws/sso/cache")));
    path.len = 0;
    support_ok(profiles_path(PROFILES_CREDENTIALS, &path, &err), &err);
    assert_true(str_equal(buf_str(&path), STR("/home/me/.aws/credentials")));
}

static void the_profile_is_the_first_that_is_said(void **state)
{
    (void)state;
    assert_true(str_equal(profiles_chosen(NULL), STR("default")));
    setenv("AWS_DEFAULT_PROFILE", "older", 1);
    assert_true(str_equal(profiles_chosen(NULL), STR("older")));
    setenv("AWS_PROFILE", "mine", 1);
    assert_true(str_equal(profiles_chosen(NULL), STR("mine")));
    assert_true(str_equal(profiles_chosen("given"), STR("given")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_lie_below_home_or_where_variables_say, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paths_below_the_folder_are_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_profile_is_the_first_that_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
