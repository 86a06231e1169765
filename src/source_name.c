#include "source_name.h"

#include <string.h>

#include "collect/page_source.h"
#include "push_sources.h"

bool source_name_is_bucket(const char *name)
{
    return str_starts(str_of(name), STR("s3://"));
}

bool source_name_is_queue(const char *name)
{
    return str_starts(str_of(name), STR("sqs://"));
}

bool source_name_is_input(const char *name)
{
    return str_equal(str_of(name), STR("-"));
}

const char *source_name_path(const char *name)
{
    if (source_name_is_bucket(name) || source_name_is_queue(name) || source_name_is_input(name) ||
        page_source_is(str_of(name)) || push_sources_is(name))
        return NULL;
    return str_starts(str_of(name), STR("dir:")) ? name + strlen("dir:") : name;
}
