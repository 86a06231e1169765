#include <string.h>

#include "base/content.h"
#include "base/file.h"
#include "base/mem.h"
#include "watch/alarm_set_state.h"

enum {
    ARENA_BYTES_MAX = 256 << 20,
    LIST_BYTES_MAX = 1 << 24,
    FILE_BYTES_MAX = 8 << 20,
    PATH_BYTES_MAX = 4096,
    DAY_S = 86400,
    THURSDAY = 3 /* 1970-01-01 */
};

/* What alarms.path calls the set that ships. */
static const char SHIPPED[] = "cis", SHIPPED_FILE[] = "alarms/cis.yml";

static const void *item_of(const Buf *list, size_t index)
{
    const void *item;
    memcpy(&item, list->ptr + index * sizeof item, sizeof item);
    return item;
}

size_t alarm_set_filter_count(const AlarmSet *set)
{
    return set->filters.len / sizeof(MetricFilter *);
}

const MetricFilter *alarm_set_filter(const AlarmSet *set, size_t index)
{
    return item_of(&set->filters, index);
}

size_t alarm_set_count(const AlarmSet *set)
{
    return set->alarms.len / sizeof(Alarm *);
}

const Alarm *alarm_set_at(const AlarmSet *set, size_t index)
{
    return item_of(&set->alarms, index);
}

size_t alarm_set_mute_count(const AlarmSet *set)
{
    return set->mutes.len / sizeof(AlarmMute *);
}

const AlarmMute *alarm_set_mute(const AlarmSet *set, size_t index)
{
    return item_of(&set->mutes, index);
}

const RuleSet *alarm_set_patterns(const AlarmSet *set)
{
    return set->patterns;
}

static size_t index_of(const AlarmSet *set, Str name)
{
    size_t index = 0;
    while (index < alarm_set_count(set) && !str_equal(alarm_set_at(set, index)->name, name))
        index++;
    return index;
}

const Alarm *alarm_set_find(const AlarmSet *set, Str name)
{
    size_t index = index_of(set, name);
    return index < alarm_set_count(set) ? alarm_set_at(set, index) : NULL;
}

/* ---- what composite alarms name ---- */

/* An ARN stands for the name behind ":alarm:". */
Str alarm_set_name(Str reference)
{
    static const char MARK[] = ":alarm:";
    for (size_t i = 0; str_starts(reference, STR("arn:")) && i + sizeof MARK <= reference.len; i++)
        if (memcmp(reference.ptr + i, MARK, sizeof MARK - 1) == 0)
            return str_slice(reference, i + sizeof MARK - 1, reference.len);
    return reference;
}

static bool is_known(const AlarmSet *set, const Alarm *alarm, Str name, Error *err)
{
    return alarm_set_find(set, alarm_set_name(name)) ||
           error_set(err, ERROR_INPUT,
                     "the composite alarm '%.*s' (line %u) names '%.*s', which is no alarm here",
                     STR_ARG(alarm->name), alarm->line, STR_ARG(str_slice(name, 0, 255)));
}

/* Whether all that *alarm* names stands in the first *placed* alarms. */
static bool is_placed(const AlarmSet *set, const Alarm *alarm, size_t placed)
{
    bool ok = !alarm->suppressor.len || index_of(set, alarm_set_name(alarm->suppressor)) < placed;
    for (size_t i = 0; ok && alarm->rule && i < alarm_rule_count(alarm->rule); i++)
        ok = index_of(set, alarm_set_name(alarm_rule_name(alarm->rule, i))) < placed;
    return ok;
}

static bool resolve(AlarmSet *set, Alarm *alarm, Error *err)
{
    size_t count = alarm->rule ? alarm_rule_count(alarm->rule) : 0;
    bool ok = !alarm->suppressor.len || is_known(set, alarm, alarm->suppressor, err);
    alarm->children = arena_calloc(set->arena, count + 1, sizeof *alarm->children, err);
    ok = ok && alarm->children;
    for (size_t i = 0; ok && i < count; i++)
        ok = is_known(set, alarm, alarm_rule_name(alarm->rule, i), err);
    return ok;
}

/* Puts each alarm behind those that it names. */
static bool put_in_order(AlarmSet *set, Error *err)
{
    Alarm **list = (Alarm **)(void *)set->alarms.ptr;
    size_t count = alarm_set_count(set);
    for (size_t placed = 0; placed < count; placed++) {
        size_t next = placed;
        while (next < count && !is_placed(set, list[next], placed))
            next++;
        if (next == count)
            return error_set(err, ERROR_INPUT,
                             "the composite alarm '%.*s' (line %u) names itself, or others that "
                             "name it",
                             STR_ARG(list[placed]->name), list[placed]->line);
        Alarm *moved = list[next];
        memmove(list + placed + 1, list + placed, (next - placed) * sizeof(Alarm *));
        list[placed] = moved;
    }
    return true;
}

static bool finish(AlarmSet *set, Error *err)
{
    bool ok = ruleset_finish(set->patterns, err);
    for (size_t i = 0; ok && i < alarm_set_count(set); i++)
        ok = resolve(set, (Alarm *)(void *)((Alarm **)(void *)set->alarms.ptr)[i], err);
    ok = ok && put_in_order(set, err);
    for (size_t i = 0; ok && i < alarm_set_count(set); i++) {
        Alarm *alarm = ((Alarm **)(void *)set->alarms.ptr)[i];
        for (size_t k = 0; alarm->rule && k < alarm_rule_count(alarm->rule); k++)
            alarm->children[k] = index_of(set, alarm_set_name(alarm_rule_name(alarm->rule, k)));
        alarm->suppressor_index = index_of(set, alarm_set_name(alarm->suppressor));
    }
    return ok;
}

/* ---- the life of a set ---- */

static AlarmSet *new_set(Error *err)
{
    AlarmSet *set = mem_calloc(1, sizeof *set, err);
    if (!set)
        return NULL;
    atomic_init(&set->references, 1);
    set->filters = set->alarms = set->mutes = buf_init(LIST_BYTES_MAX);
    set->arena = arena_new(ARENA_BYTES_MAX, err);
    set->patterns = set->arena ? ruleset_new(NULL, err) : NULL;
    if (set->patterns)
        return set;
    alarm_set_free(set);
    return NULL;
}

AlarmSet *alarm_set_keep(AlarmSet *set)
{
    if (set)
        atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void alarm_set_free(AlarmSet *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < alarm_set_mute_count(set); i++)
        zoneinfo_free(alarm_set_mute(set, i)->zone);
    ruleset_free(set->patterns);
    buf_free(&set->filters);
    buf_free(&set->alarms);
    buf_free(&set->mutes);
    arena_free(set->arena);
    mem_free(set);
}

/* ---- files ---- */

static bool is_file(Str path)
{
    return str_ends(path, STR(".yml")) || str_ends(path, STR(".yaml"));
}

static bool add_file(AlarmSet *set, const char *path, Error *err)
{
    BUF_AUTO Buf text = buf_init(FILE_BYTES_MAX);
    return file_read(path, &text, NULL, err) && alarm_set_add_text(set, buf_str(&text), path, err);
}

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    (void)info;
    return !is_file(str_of(path)) || add_file(context, path, err);
}

static bool add_shipped(AlarmSet *set, Error *err)
{
    for (const ContentFile *file = CONTENT_FILES; file->path; file++)
        if (strcmp(file->path, SHIPPED_FILE) == 0)
            return alarm_set_add_text(set, (Str){(const char *)file->bytes, file->len}, SHIPPED,
                                      err);
    return error_set(err, ERROR_SYSTEM, "the program carries no %s", SHIPPED_FILE);
}

static bool add_path(AlarmSet *set, Str item, Error *err)
{
    BUF_AUTO Buf copy = buf_init(PATH_BYTES_MAX);
    if (str_equal(item, str_of(SHIPPED)))
        return add_shipped(set, err);
    if (!buf_append_str(&copy, item, err))
        return false;
    const char *path = buf_text(&copy, err);
    if (!path)
        return false;
    return is_file(item) ? add_file(set, path, err) : file_walk(path, visit, NULL, set, err);
}

AlarmSet *alarm_set_open(const Config *config, Error *err)
{
    AlarmSet *set = new_set(err);
    Str item;
    bool ok = set != NULL;
    for (size_t i = 0; ok && config_item(config, CONFIG_ALARMS_PATH, i, &item); i++)
        ok = add_path(set, item, err);
    if (ok && finish(set, err))
        return set;
    alarm_set_free(set);
    (void)error_context(err, "alarms.path");
    return NULL;
}

AlarmSet *alarm_set_read(Str text, const char *file, Error *err)
{
    AlarmSet *set = new_set(err);
    if (set && alarm_set_add_text(set, text, file, err) && finish(set, err))
        return set;
    alarm_set_free(set);
    return NULL;
}

bool alarm_set_check(Str text, const char *file, Error *err)
{
    AlarmSet *set = new_set(err);
    bool ok = set && alarm_set_add_text(set, text, file, err);
    alarm_set_free(set);
    return ok;
}

bool alarm_set_is_wanted(const Config *config)
{
    Str item;
    return config_item(config, CONFIG_ALARMS_PATH, 0, &item);
}

void alarm_set_stamp(const Config *config, FileStamp *stamp)
{
    Str item;
    for (size_t i = 0; config_item(config, CONFIG_ALARMS_PATH, i, &item); i++) {
        BUF_AUTO Buf copy = buf_init(PATH_BYTES_MAX);
        Error ignored = {0};
        const char *path = buf_append_str(&copy, item, &ignored) ? buf_text(&copy, &ignored) : NULL;
        if (path && !str_equal(item, str_of(SHIPPED)))
            file_stamp_add(stamp, path, is_file);
    }
}

/* ---- mute windows ---- */

static bool names(const AlarmMute *mute, Str name)
{
    for (uint32_t i = 0; i < mute->alarm_count; i++)
        if (str_matches(mute->alarms[i], name))
            return true;
    return false;
}

/* Whether the window may begin on that day. */
static bool is_day(const AlarmMute *mute, int64_t day)
{
    int64_t weekday = (day + THURSDAY) % 7;
    weekday += weekday < 0 ? 7 : 0;
    return (mute->days >> weekday & 1) && day >= mute->first_day && day <= mute->last_day;
}

static bool is_open(const AlarmMute *mute, int64_t at_s)
{
    int64_t local = at_s + zoneinfo_offset(mute->zone, at_s * 1000000);
    int64_t second = local % DAY_S + (local % DAY_S < 0 ? DAY_S : 0);
    int64_t day = (local - second) / DAY_S;
    if (mute->from_s < mute->to_s)
        return is_day(mute, day) && second >= mute->from_s && second < mute->to_s;
    return (is_day(mute, day) && second >= mute->from_s) ||
           (is_day(mute, day - 1) && second < mute->to_s);
}

const AlarmMute *alarm_set_muted(const AlarmSet *set, Str name, int64_t at_s)
{
    for (size_t i = 0; i < alarm_set_mute_count(set); i++) {
        const AlarmMute *mute = alarm_set_mute(set, i);
        if (names(mute, name) && is_open(mute, at_s))
            return mute;
    }
    return NULL;
}
