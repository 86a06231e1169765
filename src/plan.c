#include "plan.h"

#include <string.h>

#include "base/mem.h"

/* Stored bytes of one record by experience: 130 in large gzip files, 300 in small ones; plain
 * files hold 1,500. What a group turns out to be only moves the border between two parts. */
enum {
    RECORD_BYTES_LARGE = 130,
    RECORD_BYTES_SMALL = 320,
    SMALL_OBJECT_BYTES = 8192,
    RECORD_BYTES_PLAIN = 1500,
    GROUP_OBJECTS_MAX = 4096,
    GROUPS_BYTES_MAX = 1 << 30
};

struct Plan {
    Buf groups; /* PlanGroup each */
};

static uint64_t guess_records(const ObjectRef *object)
{
    Str name = str_of(object->name);
    uint64_t size = !str_ends(name, STR(".gz"))          ? RECORD_BYTES_PLAIN
                    : object->bytes < SMALL_OBJECT_BYTES ? RECORD_BYTES_SMALL
                                                         : RECORD_BYTES_LARGE;
    return 1 + object->bytes / size;
}

static bool add_group(Plan *plan, size_t first, size_t end, Error *err)
{
    PlanGroup group = {first, end};
    return first == end || buf_append(&plan->groups, &group, sizeof group, err);
}

Plan *plan_new(const ObjectList *list, uint32_t part_rows, Error *err)
{
    Plan *plan = mem_calloc(1, sizeof *plan, err);
    if (!plan)
        return NULL;
    plan->groups = buf_init(GROUPS_BYTES_MAX);
    size_t count = object_list_count(list);
    size_t first = 0;
    uint64_t records = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const ObjectRef *object = object_list_at(list, i);
        uint64_t more = guess_records(object);
        int64_t days = (int64_t)object->day - object_list_at(list, first)->day;
        if (i > first && (records + more > part_rows || days >= PLAN_DAYS_MAX ||
                          i - first == GROUP_OBJECTS_MAX)) {
            ok = add_group(plan, first, i, err);
            first = i;
            records = 0;
        }
        records += more;
    }
    if (ok && add_group(plan, first, count, err))
        return plan;
    plan_free(plan);
    return NULL;
}

void plan_free(Plan *plan)
{
    if (!plan)
        return;
    buf_free(&plan->groups);
    mem_free(plan);
}

size_t plan_count(const Plan *plan)
{
    return plan->groups.len / sizeof(PlanGroup);
}

PlanGroup plan_group(const Plan *plan, size_t index)
{
    PlanGroup group;
    memcpy(&group, plan->groups.ptr + index * sizeof group, sizeof group);
    return group;
}
