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

/* The list being cut. */
typedef struct Cutting {
    Plan *plan;
    const ObjectList *list;
    const PlanOptions *options;
    size_t first;   /* of the group that is being filled */
    uint64_t left;  /* not in groups yet */
    uint64_t taken; /* by the group */
} Cutting;

static uint64_t share_at(const Cutting *cutting, size_t index)
{
    return share_of(object_list_at(cutting->list, index), cutting->options->part_rows);
}

/* Ends the group in front of the object *end*. */
static bool end_group(Cutting *cutting, size_t end, Error *err)
{
    PlanGroup group = {cutting->first, end};
    cutting->first = end;
    cutting->left -= cutting->taken;
    cutting->taken = 0;
    return group.first == end || buf_append(&cutting->plan->groups, &group, sizeof group, err);
}

/* Where the day of the object *first* ends; *ret_share*: what the whole day takes. */
static size_t find_day_end(const Cutting *cutting, size_t first, uint64_t *ret_share)
{
    size_t end = first, count = object_list_count(cutting->list);
    int32_t day = object_list_at(cutting->list, first)->day;
    for (*ret_share = 0; end < count && object_list_at(cutting->list, end)->day == day; end++)
        *ret_share += share_at(cutting, end);
    return end;
}

/* How large a group may be when *rest* of its day is not in groups yet: as large as the others. */
static uint64_t day_share(uint64_t rest, uint64_t fit)
{
    uint64_t count = rest > WHOLE ? (rest + WHOLE - 1) / WHOLE : 1;
    uint64_t even = (rest + count - 1) / count;
    return even < fit ? even : fit;
}

/* A day of its own, in groups of about the same size; the last one stays open. */
static bool cut_day(Cutting *cutting, size_t first, size_t end, uint64_t share, Error *err)
{
    int jobs = cutting->options->jobs;
    uint64_t most = day_share(share, group_share(cutting->left, jobs));
    for (size_t i = first; i < end; i++) {
        uint64_t more = share_at(cutting, i);
        if (i > cutting->first && cutting->taken + more > most) {
            share -= cutting->taken;
            if (!end_group(cutting, i, err))
                return false;
            most = day_share(share, group_share(cutting->left, jobs));
        }
        cutting->taken += more;
    }
    return true;
}

/* A day that does not fit into the group begins one: its files are then its own, but for the rows
 * of the day before that were delivered after midnight. */
static bool cut_groups(Cutting *cutting, Error *err)
{
    size_t end, count = object_list_count(cutting->list);
    for (size_t i = 0; i < count; i++)
        cutting->left += share_at(cutting, i);
    for (size_t first = 0; first < count; first = end) {
        uint64_t share, fit = group_share(cutting->left, cutting->options->jobs);
        int64_t days = (int64_t)object_list_at(cutting->list, first)->day -
                       object_list_at(cutting->list, cutting->first)->day;
        end = find_day_end(cutting, first, &share);
        if (days < PLAN_DAYS_MAX && cutting->taken + share <= fit)
            cutting->taken += share;
        else if (!end_group(cutting, first, err) || !cut_day(cutting, first, end, share, err))
            return false;
    }
    return end_group(cutting, count, err);
}

Plan *plan_new(const ObjectList *list, const PlanOptions *options, Error *err)
{
    Plan *plan = mem_calloc(1, sizeof *plan, err);
    if (!plan)
        return NULL;
    plan->groups = buf_init(GROUPS_BYTES_MAX);
    Cutting cutting = {.plan = plan, .list = list, .options = options};
    if (cut_groups(&cutting, err))
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
