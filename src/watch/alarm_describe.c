#include "watch/alarm_describe.h"

#include <stdio.h>
#include <string.h>

#include "base/cell.h"
#include "base/mem.h"
#include "watch/alarm_describe_state.h"
#include "watch/alarm_set.h"

enum {
    ARENA_BYTES_MAX = 512 << 20,
    ITEMS_BYTES_MAX = 64 << 20,
    ITEM_BYTES_MAX = 1 << 20,
    REMARKS_BYTES_MAX = 64 << 20,
    LINE_BYTES_MAX = 1 << 16,
    REASON_BYTES = 700,
    ACTIONS_BYTES_MAX = 4 << 20
};

struct AlarmDescribe {
    void (*tell)(void *context, const char *line);
    void *context;
    Arena *arena;
    Buf items;   /* AlarmItem each */
    Buf remarks; /* comments, a line each */
    Buf actions; /* Action each */
};

/* Whom AWS told. */
typedef struct Action {
    Str arn;
    int64_t count; /* of alarms */
} Action;

static const struct {
    const char *list, *word;
} KINDS[DESCRIBED_KINDS] = {[DESCRIBED_FILTER] = {"metric_filters", "metric filter"},
                            [DESCRIBED_ALARM] = {"alarms", "alarm"},
                            [DESCRIBED_COMPOSITE] = {"composite_alarms", "composite alarm"}};

static AlarmItem *items(const AlarmDescribe *describe)
{
    return (AlarmItem *)(void *)describe->items.ptr;
}

static size_t item_count(const AlarmDescribe *describe)
{
    return describe->items.len / sizeof(AlarmItem);
}

AlarmDescribe *alarm_describe_new(void (*tell)(void *context, const char *line), void *context,
                                  Error *err)
{
    AlarmDescribe *describe = mem_calloc(1, sizeof *describe, err);
    if (!describe)
        return NULL;
    describe->tell = tell;
    describe->context = context;
    describe->items = buf_init(ITEMS_BYTES_MAX);
    describe->remarks = buf_init(REMARKS_BYTES_MAX);
    describe->actions = buf_init(ACTIONS_BYTES_MAX);
    describe->arena = arena_new(ARENA_BYTES_MAX, err);
    if (describe->arena)
        return describe;
    alarm_describe_free(describe);
    return NULL;
}

void alarm_describe_free(AlarmDescribe *describe)
{
    if (!describe)
        return;
    arena_free(describe->arena);
    buf_free(&describe->items);
    buf_free(&describe->remarks);
    buf_free(&describe->actions);
    mem_free(describe);
}

/* ---- what is told ---- */

/* Tells a line, and keeps it as a comment. */
static bool remark(AlarmDescribe *describe, Buf *line, Error *err)
{
    BUF_AUTO Buf visible = buf_init((size_t)LINE_BYTES_MAX * 4);
    if (!cell_visible(buf_str(line), &visible, err) ||
        !buf_printf(&describe->remarks, err, "# %.*s\n", STR_ARG(buf_str(&visible))))
        return false;
    const char *text = buf_text(&visible, err);
    if (text)
        describe->tell(describe->context, text);
    return text != NULL;
}

/* *why*, of an item: what is lost of it, or that it is left out. */
static bool remark_item(AlarmDescribe *describe, const AlarmItem *item, const char *why, Error *err)
{
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    return buf_printf(&line, err, "%.200s: %s '%.*s' %s", item->file, KINDS[item->kind].word,
                      STR_ARG(str_slice(item->name, 0, str_utf8_prefix(item->name, 600))), why) &&
           remark(describe, &line, err);
}

static bool leave_out(AlarmDescribe *describe, AlarmItem *item, const char *why, Error *err)
{
    char line[REASON_BYTES + 32];
    snprintf(line, sizeof line, "is left out: %.*s", REASON_BYTES, why);
    item->left_out = arena_text(describe->arena, str_of(why), err);
    return item->left_out && remark_item(describe, item, line, err);
}

/* ---- reading ---- */

static bool add_item(AlarmDescribe *describe, Described kind, const Json *json, const char *file,
                     Error *err)
{
    static const char *const NAMES[DESCRIBED_KINDS] = {"filterName", "AlarmName", "AlarmName"};
    const AlarmItem item = {.kind = kind,
                            .json = json,
                            .file = file,
                            .name = json_text(json_member(json, str_of(NAMES[kind])), STR(""))};
    return buf_append(&describe->items, &item, sizeof item, err);
}

/* What an element of a list without a name is; false: nothing that is known. */
static bool kind_of(const Json *json, Described *ret)
{
    bool filter = json_member(json, STR("filterName")) != NULL;
    bool alarm = json_member(json, STR("AlarmName")) != NULL;
    bool rule = json_member(json, STR("AlarmRule")) != NULL;
    *ret = filter ? DESCRIBED_FILTER : rule ? DESCRIBED_COMPOSITE : DESCRIBED_ALARM;
    return filter || alarm;
}

static bool add_list(AlarmDescribe *describe, const Json *list, const char *file, Error *err)
{
    bool ok = true;
    int number = 1;
    for (const Json *each = list->first; ok && each; each = each->next, number++) {
        Described kind;
        ok = kind_of(each, &kind)
                 ? add_item(describe, kind, each, file, err)
                 : error_set(err, ERROR_INPUT,
                             "%s: a metric filter (with filterName) or an alarm (with AlarmName) "
                             "expected, '%.*s' found as element %d",
                             file, STR_ARG(str_slice(each->raw, 0, str_utf8_prefix(each->raw, 60))),
                             number);
    }
    return ok;
}

static bool is_list(const Json *value)
{
    return value && value->type == JSON_ARRAY;
}

static bool add_answer(AlarmDescribe *describe, const Json *top, const char *file, Error *err)
{
    static const char *const LISTS[] = {"metricFilters", "MetricAlarms", "CompositeAlarms"};
    bool ok = true, any = false;
    for (size_t i = 0; ok && i < sizeof LISTS / sizeof *LISTS; i++) {
        const Json *list = json_member(top, str_of(LISTS[i]));
        any |= is_list(list);
        ok = !is_list(list) || add_list(describe, list, file, err);
    }
    if (ok && !any)
        return error_set(err, ERROR_INPUT,
                         "%s: an answer of aws logs describe-metric-filters or aws cloudwatch "
                         "describe-alarms expected, with metricFilters, MetricAlarms or "
                         "CompositeAlarms",
                         file);
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    bool cut = json_member(top, STR("nextToken")) || json_member(top, STR("NextToken"));
    return ok && (!cut ||
                  (buf_printf(&line, err,
                              "%.200s: the answer goes on behind it: it holds a NextToken", file) &&
                   remark(describe, &line, err)));
}

bool alarm_describe_add(AlarmDescribe *describe, Str text, const char *file, Error *err)
{
    const JsonLimits limits = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    const char *name = arena_text(describe->arena, str_of(file), err);
    const char *copy = name ? arena_text(describe->arena, text, err) : NULL;
    if (!copy)
        return false;
    const Json *top = json_read((Str){copy, text.len}, &limits, describe->arena, err);
    if (!top)
        return error_context(err, "%s", file);
    return is_list(top) ? add_list(describe, top, name, err) : add_answer(describe, top, name, err);
}

/* ---- names ---- */

/* The filter, or else the alarm of either kind, that is carried under *name*. */
static const AlarmItem *find_carried(const AlarmDescribe *describe, bool filter, Str name)
{
    for (size_t i = 0; i < item_count(describe); i++) {
        const AlarmItem *each = &items(describe)[i];
        if ((each->kind == DESCRIBED_FILTER) == filter && each->text.ptr && !each->left_out &&
            str_equal(each->name, name))
            return each;
    }
    return NULL;
}

/* ---- one item ---- */

/* Its YAML, if a set would take it; else why not. */
static bool make(AlarmDescribe *describe, AlarmItem *item, Error *err)
{
    Error why = {0};
    BUF_AUTO Buf yaml = buf_init(ITEM_BYTES_MAX);
    const char *refusal = alarm_describe_refusal(item);
    if (refusal)
        return leave_out(describe, item, refusal, err);
    if (!buf_printf(&yaml, err, "%s:\n", KINDS[item->kind].list))
        return false;
    size_t head = yaml.len;
    if (!alarm_describe_item(item, &yaml, err))
        return false;
    if (!alarm_set_check(buf_str(&yaml), "", &why)) { /* ":LINE: REASON" */
        const char *reason = strstr(why.text, ": ");
        return leave_out(describe, item, reason ? reason + 2 : why.text, err);
    }
    Str text = str_slice(buf_str(&yaml), head, yaml.len);
    item->text = (Str){arena_text(describe->arena, text, err), text.len};
    return item->text.ptr != NULL;
}

static bool is_same(const AlarmItem *a, const AlarmItem *b)
{
    return json_equal(json_member(a->json, STR("filterPattern")),
                      json_member(b->json, STR("filterPattern"))) &&
           json_equal(json_member(a->json, STR("metricTransformations")),
                      json_member(b->json, STR("metricTransformations")));
}

/* A filter's name is its own only within a log group; here all logs are one. */
static bool name_filter(AlarmDescribe *describe, AlarmItem *item, Error *err)
{
    const AlarmItem *before = find_carried(describe, true, item->name);
    if (!before)
        return true;
    if (is_same(before, item))
        return leave_out(describe, item,
                         "another log group has the same one, and a record counts once", err);
    BUF_AUTO Buf name = buf_init(ITEM_BYTES_MAX);
    Str group = json_text(json_member(item->json, STR("logGroupName")), STR("another group"));
    if (!buf_printf(&name, err, "%.*s in %.*s", STR_ARG(item->name), STR_ARG(group)))
        return false;
    const char *copy = arena_text(describe->arena, buf_str(&name), err);
    if (copy && find_carried(describe, true, buf_str(&name)))
        return leave_out(describe, item, "there is one of that name already", err);
    item->name = (Str){copy, name.len};
    return copy && remark_item(describe, item, "has a name that tells it from another one", err);
}

static bool take_filter(AlarmDescribe *describe, AlarmItem *item, Error *err)
{
    if (!name_filter(describe, item, err) || (!item->left_out && !make(describe, item, err)))
        return false;
    if (item->left_out)
        return true;
    const Json *made = json_member(item->json, STR("metricTransformations"))->first;
    item->space = json_text(json_member(made, STR("metricNamespace")), STR(""));
    item->metric = json_text(json_member(made, STR("metricName")), STR(""));
    item->unit = json_text(json_member(made, STR("unit")), STR("None"));
    const Json *transformed = json_member(item->json, STR("applyOnTransformedLogs"));
    return !transformed || transformed->type != JSON_TRUE ||
           remark_item(describe, item,
                       "applies to transformed logs there, and to records as they are here", err);
}

static const AlarmItem *filter_of(const AlarmDescribe *describe, const AlarmItem *alarm)
{
    for (size_t i = 0; i < item_count(describe); i++) {
        const AlarmItem *each = &items(describe)[i];
        if (each->kind == DESCRIBED_FILTER && !each->left_out &&
            str_equal(each->space, alarm->space) && str_equal(each->metric, alarm->metric))
            return each;
    }
    return NULL;
}

static bool lacks_filter(AlarmDescribe *describe, AlarmItem *item, Error *err)
{
    BUF_AUTO Buf why = buf_init(LINE_BYTES_MAX);
    if (!buf_printf(&why, err, "no metric filter here makes the metric '%.*s' of '%.*s'",
                    STR_ARG(item->metric), STR_ARG(item->space)))
        return false;
    const char *text = buf_text(&why, err);
    return text && leave_out(describe, item, text, err);
}

static bool take_alarm(AlarmDescribe *describe, AlarmItem *item, Error *err)
{
    item->space = json_text(alarm_describe_member(item, "Namespace"), STR(""));
    item->metric = json_text(alarm_describe_member(item, "MetricName"), STR(""));
    item->unit = json_text(alarm_describe_member(item, "Unit"), STR(""));
    const AlarmItem *filter = filter_of(describe, item);
    if (find_carried(describe, false, item->name))
        return leave_out(describe, item, "there is one of that name already", err);
    if (item->space.len && !filter)
        return lacks_filter(describe, item, err);
    return make(describe, item, err) &&
           (item->left_out || !item->unit.len || !filter || str_equal(item->unit, filter->unit) ||
            remark_item(describe, item,
                        "asks for another unit than its metric has; units are not looked at here",
                        err));
}

/* What a composite alarm names is looked at when all are read. */
static bool take_composite(AlarmDescribe *describe, AlarmItem *item, Error *err)
{
    Error ignored = {0};
    if (find_carried(describe, false, item->name))
        return leave_out(describe, item, "there is one of that name already", err);
    if (!make(describe, item, err))
        return false;
    if (item->left_out)
        return true;
    item->suppressor =
        alarm_set_name(json_text(alarm_describe_member(item, "ActionsSuppressor"), STR("")));
    item->rule = alarm_rule_read(json_text(alarm_describe_member(item, "AlarmRule"), STR("")),
                                 describe->arena, &ignored);
    return item->rule || leave_out(describe, item, ignored.text, err);
}

/* ---- all of them ---- */

static bool take_all(AlarmDescribe *describe, Error *err)
{
    static bool (*const TAKE[DESCRIBED_KINDS])(AlarmDescribe * describe, AlarmItem * item,
                                               Error * err) = {[DESCRIBED_FILTER] = take_filter,
                                                               [DESCRIBED_ALARM] = take_alarm,
                                                               [DESCRIBED_COMPOSITE] =
                                                                   take_composite};
    bool ok = true;
    for (int kind = 0; kind < DESCRIBED_KINDS; kind++)
        for (size_t i = 0; ok && i < item_count(describe); i++) {
            AlarmItem *item = &items(describe)[i];
            ok = (int)item->kind != kind || TAKE[kind](describe, item, err);
        }
    return ok;
}

/* The first alarm that a composite one names and that is not *carried*; empty: there is none. */
static Str missing_of(const AlarmDescribe *describe, const AlarmItem *item)
{
    for (size_t i = 0; i < alarm_rule_count(item->rule); i++) {
        Str name = alarm_set_name(alarm_rule_name(item->rule, i));
        if (!find_carried(describe, false, name))
            return name;
    }
    return item->suppressor.len && !find_carried(describe, false, item->suppressor)
               ? item->suppressor
               : STR("");
}

/* Leaves composite alarms out that name what is not carried, until none does. */
static bool resolve(AlarmDescribe *describe, Error *err)
{
    bool ok = true;
    for (bool changed = true; ok && changed;) {
        changed = false;
        for (size_t i = 0; ok && i < item_count(describe); i++) {
            AlarmItem *item = &items(describe)[i];
            Str missing = item->rule && !item->left_out ? missing_of(describe, item) : STR("");
            BUF_AUTO Buf why = buf_init(LINE_BYTES_MAX);
            if (!missing.len)
                continue;
            const char *text =
                buf_printf(&why, err, "it names '%.*s', which is not here", STR_ARG(missing))
                    ? buf_text(&why, err)
                    : NULL;
            ok = text && leave_out(describe, item, text, err);
            changed = true;
        }
    }
    return ok;
}

/* ---- whom they told ---- */

static bool count_action(AlarmDescribe *describe, Str arn, Error *err)
{
    Action *list = (Action *)(void *)describe->actions.ptr;
    size_t count = describe->actions.len / sizeof *list;
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i].arn, arn)) {
            list[i].count++;
            return true;
        }
    const Action action = {arn, 1};
    return buf_append(&describe->actions, &action, sizeof action, err);
}

static bool count_actions(AlarmDescribe *describe, const AlarmItem *item, Error *err)
{
    static const char *const LISTS[] = {"AlarmActions", "OKActions", "InsufficientDataActions"};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof LISTS / sizeof *LISTS; i++) {
        const Json *list = json_member(item->json, str_of(LISTS[i]));
        for (const Json *each = is_list(list) ? list->first : NULL; ok && each; each = each->next)
            ok = count_action(describe, json_text(each, STR("")), err);
    }
    return ok;
}

static bool remark_actions(AlarmDescribe *describe, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < item_count(describe); i++)
        if (!items(describe)[i].left_out)
            ok = count_actions(describe, &items(describe)[i], err);
    const Action *list = (const Action *)(const void *)describe->actions.ptr;
    for (size_t i = 0; ok && i < describe->actions.len / sizeof *list; i++) {
        BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
        ok = buf_printf(&line, err,
                        "the action %.*s, named %lld time%s, is not carried: notify.routes say who "
                        "is told",
                        STR_ARG(list[i].arn), (long long)list[i].count,
                        list[i].count == 1 ? "" : "s") &&
             remark(describe, &line, err);
    }
    return ok;
}

/* ---- writing ---- */

static bool put_list(const AlarmDescribe *describe, Described kind, Buf *out, int64_t *ret,
                     Error *err)
{
    bool ok = true;
    *ret = 0;
    for (size_t i = 0; ok && i < item_count(describe); i++) {
        const AlarmItem *item = &items(describe)[i];
        if (item->kind != kind || item->left_out)
            continue;
        ok = (*ret || buf_printf(out, err, "%s:\n", KINDS[kind].list)) &&
             buf_append_str(out, item->text, err);
        ++*ret;
    }
    return ok;
}

/* That what is written can be read: composite alarms may name each other in a circle. */
static bool check(Str yaml, Error *err)
{
    AlarmSet *set = alarm_set_read(yaml, "what was read", err);
    alarm_set_free(set);
    return set != NULL;
}

bool alarm_describe_write(AlarmDescribe *describe, Buf *out, AlarmDescribeTally *ret, Error *err)
{
    BUF_AUTO Buf yaml = buf_init(out->max);
    bool ok = take_all(describe, err) && resolve(describe, err) && remark_actions(describe, err) &&
              put_list(describe, DESCRIBED_FILTER, &yaml, &ret->filters, err) &&
              put_list(describe, DESCRIBED_ALARM, &yaml, &ret->alarms, err) &&
              put_list(describe, DESCRIBED_COMPOSITE, &yaml, &ret->composites, err) &&
              check(buf_str(&yaml), err);
    ret->left_out = (int64_t)item_count(describe) - ret->filters - ret->alarms - ret->composites;
    return ok && buf_append_str(out, buf_str(&describe->remarks), err) &&
           buf_append_str(out, buf_str(&yaml), err);
}
