/* The files of AWS's tools. The first byte chooses which: whatever it says, settings are found, and
 * a section that is there stays so. */
#include <assert.h>
#include <stdint.h>

#include "cloud/profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(void *context, ProfilesFile file, size_t line, const char *problem)
{
    const size_t *size = context;
    assert(problem && line >= 1 && line <= *size);
    (void)file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    Error err = {0};
    ProfilesFile file = data[0] % 2 ? PROFILES_CONFIG : PROFILES_CREDENTIALS;
    Str text = {(const char *)data + 1, size - 1};
    Profiles *profiles = profiles_new(check_line, &size, &err);
    assert(profiles);
    bool ok = true;
    for (int time = 0; ok && time < 2; time++)
        ok = profiles_add(profiles, file, text, &err);
    Str value = profiles_get(profiles, SECTION_PROFILE, STR("default"), STR("region"));
    Str of_file = profiles_get_from(profiles, file, STR("default"), STR("region"));
    assert(ok || err.kind == ERROR_LIMIT);
    assert(str_equal(value, of_file) && value.len <= text.len);
    assert(!value.ptr || profiles_has(profiles, SECTION_PROFILE, STR("default")));
    profiles_free(profiles);
    return 0;
}
