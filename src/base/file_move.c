#include "base/file_move.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/file.h"

bool file_move(const char *from, const char *to, Error *err)
{
    if (file_exists(to))
        return error_set(err, ERROR_ACCESS, "'%s' is there already", to);
    if (fault_due(FAULT_DURABLE) || rename(from, to) != 0)
        return error_errno(err, "cannot rename '%s' to '%s'", from, to);
    return true;
}
