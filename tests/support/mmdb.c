#include "support/mmdb.h"

#include <stdio.h>

#include "support/support.h"

void mmdb_write(const char *path, const char *type, const char *lines)
{
    char command[1024];
    snprintf(command, sizeof command, "python3 '%s/tests/support/mmdb' '%s' '%s'", TEST_SOURCE_DIR,
             path, type);
    FILE *pipe = popen(command, "w");
    assert_non_null(pipe);
    assert_true(fputs(lines, pipe) >= 0);
    assert_int_equal(pclose(pipe), 0);
}
