#include "lake/merge_choose.h"

size_t merge_choose(const uint64_t *sizes, size_t count, bool open)
{
    size_t most = open ? MERGE_OPEN_FILES : MERGE_CLOSED_FILES;
    size_t taken = 0;
    uint64_t sum = 0;
    if (count <= most)
        return 0;
    for (; taken < count - most / 2 || (taken < count && sizes[taken] <= sum); taken++)
        sum += sizes[taken];
    return taken;
}
