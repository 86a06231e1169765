#include "sources.h"

#include <stdio.h>

#include "base/timestamp.h"
#include "collect/folder.h"

enum { TOLD_MAX = 10 };

typedef struct Troubles {
    const char *command;
    int count;
} Troubles;

static void tell_trouble(void *context, const char *path, const Error *trouble)
{
    Troubles *troubles = context;
    if (troubles->count++ < TOLD_MAX)
        fprintf(stderr, "spoor %s: left out '%s': %s\n", troubles->command, path, trouble->text);
}

typedef struct DayRange {
    int32_t first;
    int32_t last;
} DayRange;

/* An object of day D holds events of D and of the end of the day before. */
static bool in_range(const ObjectRef *object, void *context)
{
    const DayRange *range = context;
    return object->day == OBJECT_DAY_NONE ||
           (object->day >= range->first && object->day <= range->last);
}

static bool limit_range(const CommandLine *line, ObjectList *list, Error *err)
{
    int64_t since, until;
    if (!command_range(line, &since, &until, err))
        return false;
    DayRange range = {since == INT64_MIN ? INT32_MIN : timestamp_day(since),
                      until == INT64_MAX ? INT32_MAX : timestamp_day(until - 1) + 1};
    object_list_filter(list, in_range, &range);
    return true;
}

bool sources_list(const CommandLine *line, const char *command, ObjectList *list, int *ret_troubles,
                  Error *err)
{
    Troubles troubles = {.command = command};
    for (int i = 0; i < command_argument_count(line); i++)
        if (!folder_list(list, command_argument(line, i), tell_trouble, &troubles, err))
            return error_context(err, "source %d", i + 1);
    *ret_troubles = troubles.count;
    if (!limit_range(line, list, err))
        return false;
    object_list_sort(list);
    return true;
}
