#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

static char folder[64];

void support_ok(bool ok, const Error *err)
{
    if (!ok)
        fail_msg("unexpected error (%s): %s", error_kind_name(err->kind), err->text);
}

const char *support_folder(void)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/spoor-test-XXXXXX");
        if (!mkdtemp(folder))
            fail_msg("no temporary folder could be made");
    }
    return folder;
}

void support_folder_end(void)
{
    Error err = {0};
    if (folder[0] && !file_remove_tree(folder, &err))
        fail_msg("%s", err.text);
    folder[0] = '\0';
}

const char *support_real_data(void)
{
    const char *path = getenv("SPOOR_TEST_DATA");
    return path && path[0] && file_exists(path) ? path : NULL;
}

void support_read(const char *path_below_tests, Buf *buf)
{
    char path[512];
    Error err = {0};
    snprintf(path, sizeof path, "%s/tests/%s", TEST_SOURCE_DIR, path_below_tests);
    support_ok(file_read(path, buf, NULL, &err), &err);
}
