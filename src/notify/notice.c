#include "notify/notice.h"

#include <stdio.h>

#include "base/json.h"
#include "findings/finding.h"

enum { VALUES_MAX = 32, SHOWN_MAX = 4, VALUE_BYTES_MAX = 100, FACT_BYTES_MAX = 4096 };

const char *notice_kind(const Notice *notice)
{
    return notice->member_count ? "group"
           : notice->alarm.len  ? "alarm"
           : notice->reopened   ? "reopened"
                                : "finding";
}

Str notice_who(const Notice *notice)
{
    if (notice->principal.len || !notice->fact_count || notice->facts[0].kind != FACT_PRINCIPALS)
        return notice->principal;
    return notice->facts[0].text;
}

/* Different values of one kind, and how often each came. */
typedef struct Values {
    struct Value {
        Str text;
        int count;
    } list[VALUES_MAX];
    int count;
    int others; /* that had no room */
} Values;

typedef struct Gathering {
    Values values[NOTICE_FACTS_MAX];
    Arena *arena;
    bool has_principal; /* the finding itself */
} Gathering;

static bool add_value(Gathering *to, NoticeFactKind kind, Str text, Error *err)
{
    Values *values = &to->values[kind];
    text = str_slice(text, 0, VALUE_BYTES_MAX);
    if (!text.len)
        return true;
    for (int i = 0; i < values->count; i++)
        if (str_equal(values->list[i].text, text)) {
            values->list[i].count++;
            return true;
        }
    if (values->count == VALUES_MAX) {
        values->others++;
        return true;
    }
    const char *kept = arena_text(to->arena, text, err);
    if (!kept)
        return false;
    values->list[values->count++] = (struct Value){{kept, text.len}, 1};
    return true;
}

static bool take_event(void *context, const FindingEvent *event, Error *err)
{
    Gathering *to = context;
    return (to->has_principal || add_value(to, FACT_PRINCIPALS, event->principal, err)) &&
           add_value(to, FACT_CALLS, event->event_name, err) &&
           add_value(to, FACT_ADDRESSES, event->address, err) &&
           add_value(to, FACT_REGIONS, event->region, err) &&
           add_value(to, FACT_ERRORS, event->error_code, err);
}

/* Takes out the most frequent one; of equals the first. */
static struct Value take_most(Values *values)
{
    int most = 0;
    for (int i = 1; i < values->count; i++)
        if (values->list[i].count > values->list[most].count)
            most = i;
    struct Value taken = values->list[most];
    values->count--;
    for (int i = most; i < values->count; i++)
        values->list[i] = values->list[i + 1];
    return taken;
}

static bool write_values(Values *values, Buf *to, Error *err)
{
    bool ok = true;
    for (int i = 0; ok && i < SHOWN_MAX && values->count; i++) {
        struct Value value = take_most(values);
        ok = buf_printf(to, err, "%s%.*s", i ? ", " : "", STR_ARG(value.text)) &&
             (value.count == 1 || buf_printf(to, err, " (%d)", value.count));
    }
    int left = values->count + values->others;
    return ok && (!left || buf_printf(to, err, ", +%d", left));
}

static bool add_facts(Gathering *from, Notice *notice, Error *err)
{
    for (int kind = 0; kind < NOTICE_FACTS_MAX; kind++) {
        BUF_AUTO Buf text = buf_init(FACT_BYTES_MAX);
        if (!from->values[kind].count)
            continue;
        if (!write_values(&from->values[kind], &text, err))
            return false;
        const char *kept = arena_text(from->arena, buf_str(&text), err);
        if (!kept)
            return false;
        notice->facts[notice->fact_count++] = (NoticeFact){(NoticeFactKind)kind, {kept, text.len}};
    }
    return true;
}

/* What the rule says of itself, out of its text: its description and tags. */
static bool read_rule(Str rule_text, Arena *arena, Notice *ret, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    const Json *rule = json_read(rule_text, &LIMITS, arena, err);
    const Json *tags = json_member(rule, STR("tags"));
    ret->description = json_text(json_member(rule, STR("description")), STR(""));
    if (tags && tags->type == JSON_ARRAY)
        for (const Json *tag = tags->first; tag && ret->tag_count < NOTICE_TAGS_MAX;
             tag = tag->next)
            ret->tags[ret->tag_count++] = json_text(tag, STR(""));
    return rule != NULL;
}

static bool make_link(Str before, Str id, Arena *arena, Str *ret, Error *err)
{
    BUF_AUTO Buf link = buf_init(FACT_BYTES_MAX);
    if (!before.len)
        return true;
    if (!buf_append_str(&link, before, err) || !buf_append_str(&link, id, err))
        return false;
    const char *kept = arena_text(arena, buf_str(&link), err);
    *ret = (Str){kept, link.len};
    return kept != NULL;
}

bool notice_of_finding(Db *db, Str id, Str link, Arena *arena, Notice *ret, Error *err)
{
    Finding finding;
    Gathering *gathered = arena_calloc(arena, 1, sizeof *gathered, err);
    if (!gathered || !finding_get(db, id, arena, &finding, err))
        return false;
    gathered->arena = arena;
    gathered->has_principal = finding.principal.len > 0;
    *ret = (Notice){.id = finding.id,
                    .title = finding.rule_title,
                    .level_name = finding.level,
                    .rule_id = finding.rule_id,
                    .account = finding.account,
                    .principal = finding.principal,
                    .first_us = finding.first_us,
                    .last_us = finding.last_us,
                    .count = finding.count,
                    .provisional = finding.provisional,
                    .settles_us = finding.settles_us};
    (void)rule_level_read(finding.level, &ret->level);
    ret->suppressed = str_equal(finding.workflow, STR("SUPPRESSED"));
    snprintf(ret->key, sizeof ret->key, "finding/%.*s", STR_ARG(finding.id));
    return read_rule(finding.rule_text, arena, ret, err) &&
           make_link(link, finding.id, arena, &ret->link, err) &&
           finding_events(db, finding.id, take_event, gathered, err) &&
           add_facts(gathered, ret, err);
}
