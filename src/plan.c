#include "plan.h"

#include <string.h>

#include "base/mem.h"

/* Stored bytes by experience: a gzip file's first record takes 780, each further one 130, as it is
 * like those before; plain files hold 1,500. Guessing too few ends a group in a small part, and
 * guessing too many makes all parts smaller. */
enum {
    FIRST_BYTES_MORE = 650,
    RECORD_BYTES_PACKED = 130,
    RECORD_BYTES_PLAIN = 1500,
    GROUP_OBJECTS_MAX = 16384,
    GROUPS_BYTES_MAX = 1 << 30
};

/* Work is counted in shares: WHOLE is what one part takes. Towards the end groups shrink to
 * TAIL_MIN, so that all workers end at about the same time. */
enum { WHOLE = 1 << 20, TAIL_MIN = WHOLE / 4, RECORDS_MAX = 1 << 30 };

struct Plan {
    Buf groups; /* PlanGroup each */
};

static uint64_t guess_records(const ObjectRef *object)
{
    bool packed = str_ends(str_of(object->name), STR(".gz"));
    uint64_t more = object->bytes > FIRST_BYTES_MORE ? object->bytes - FIRST_BYTES_MORE : 0;
    uint64_t records =
        1 + (packed ? more / RECORD_BYTES_PACKED : object->bytes / RECORD_BYTES_PLAIN);
    return records < RECORDS_MAX ? records : RECORDS_MAX;
}

/* What *object* takes of a part: of its records or of its objects, whichever is more. */
static uint64_t share_of(const ObjectRef *object, uint32_t part_rows)
{
    uint64_t by_records = guess_records(object) * WHOLE / part_rows;
    return by_records > WHOLE / GROUP_OBJECTS_MAX ? by_records : WHOLE / GROUP_OBJECTS_MAX;
}

/* How large the next group may be when *left* is still to be planned: one worker takes it, and as
 * much is left for each of them. */
static uint64_t group_share(uint64_t left, int jobs)
{
    uint64_t share = jobs > 1 ? left / ((uint64_t)jobs + 1) : WHOLE;
    return share < TAIL_MIN ? TAIL_MIN : share > WHOLE ? WHOLE : share;
}

static bool add_group(Plan *plan, size_t first, size_t end, Error *err)
{
    PlanGroup group = {first, end};
    return first == end || buf_append(&plan->groups, &group, sizeof group, err);
}

static bool cut_groups(Plan *plan, const ObjectList *list, const PlanOptions *options, Error *err)
{
    size_t count = object_list_count(list);
    size_t first = 0;
    uint64_t left = 0, taken = 0;
    for (size_t i = 0; i < count; i++)
        left += share_of(object_list_at(list, i), options->part_rows);
    for (size_t i = 0; i < count; i++) {
        const ObjectRef *object = object_list_at(list, i);
        uint64_t more = share_of(object, options->part_rows);
        int64_t days = (int64_t)object->day - object_list_at(list, first)->day;
        if (i > first &&
            (taken + more > group_share(left, options->jobs) || days >= PLAN_DAYS_MAX)) {
            if (!add_group(plan, first, i, err))
                return false;
            first = i;
            left -= taken;
            taken = 0;
        }
        taken += more;
    }
    return add_group(plan, first, count, err);
}

Plan *plan_new(const ObjectList *list, const PlanOptions *options, Error *err)
{
    Plan *plan = mem_calloc(1, sizeof *plan, err);
    if (!plan)
        return NULL;
    plan->groups = buf_init(GROUPS_BYTES_MAX);
    if (cut_groups(plan, list, options, err))
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
