#include "findings/finding_story.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "findings/asff.h"
#include "findings/finding_resource.h"
#include "findings/finding_workflow.h"

enum {
    RELATED_MAX = 50,
    TAGS_MAX = 200,
    TEXT_BYTES_MAX = 1 << 20,
    IDS_BYTES_MAX = 256 << 20,
    DOCUMENT_BYTES_MAX = 32 << 20,
    EACH_BYTES_MAX = 256 << 20
};

typedef struct Loading {
    Db *db;
    Arena *arena;
    const Finding *finding;
    Rule *rule;
    StoryMatch *matches;
    size_t count;
    StoryState *state;
} Loading;

static bool keep(Arena *arena, Str *text, Error *err)
{
    const char *copy = arena_text(arena, *text, err);
    *text = (Str){copy, text->len};
    return copy != NULL;
}

/* ---- the rule ---- */

static Str rule_text(const Yaml *tree, const char *name)
{
    const Yaml *member = yaml_member(tree, name);
    return member && yaml_is_scalar(member) ? member->text : STR("");
}

static bool read_tags(Loading *loading, const Yaml *tags, Error *err)
{
    Str *list = arena_calloc(loading->arena, TAGS_MAX, sizeof *list, err);
    uint32_t count = 0;
    if (!list)
        return false;
    for (const Yaml *tag = tags->first; tag && count < TAGS_MAX; tag = tag->next)
        if (yaml_is_scalar(tag))
            list[count++] = tag->text;
    loading->rule->tags = (RuleTexts){list, count};
    return true;
}

/* What the rule said, in the version that matched last. */
static bool read_rule(Loading *loading, Error *err)
{
    const Yaml *tree = NULL;
    Rule *rule = loading->rule;
    YamlReader *reader = yaml_open(loading->finding->rule_text, "the rule of a finding", err);
    bool ok = reader && yaml_next(reader, loading->arena, &tree, err);
    yaml_close(reader);
    if (!ok)
        return false;
    *rule = (Rule){.kind = loading->finding->group_by.ptr ? RULE_CORRELATION : RULE_DETECTION,
                   .id = loading->finding->rule_id,
                   .title = loading->finding->rule_title,
                   .description = rule_text(tree, "description"),
                   .tree = tree};
    (void)rule_level_read(loading->finding->level, &rule->level);
    const Yaml *tags = tree ? yaml_member(tree, "tags") : NULL;
    return !tags || tags->kind != YAML_LIST || read_tags(loading, tags, err);
}

/* ---- its events ---- */

/* ["a","b"] as "a, b". */
static bool join_lists(Loading *loading, Str lists, Str *ret, Error *err)
{
    BUF_AUTO Buf text = buf_init(TEXT_BYTES_MAX);
    const Json *names =
        lists.len ? json_read(lists, &JSON_LIMITS_DEFAULT, loading->arena, err) : NULL;
    bool ok = !lists.len || names;
    for (const Json *each = names ? names->first : NULL; ok && each; each = each->next)
        ok = (!text.len || buf_append_str(&text, STR(STORY_BETWEEN), err)) &&
             buf_append_str(&text, json_text(each, STR("")), err);
    *ret = buf_str(&text);
    return ok && keep(loading->arena, ret, err);
}

static bool take_event(void *context, const FindingEvent *event, Error *err)
{
    Loading *loading = context;
    Str lists = event->threat_lists;
    if (loading->count == FINDING_EVENTS_MAX)
        return true;
    StoryMatch *match = &loading->matches[loading->count++];
    *match = (StoryMatch){.rule = loading->rule,
                          .time_us = event->time_us,
                          .event_id = event->event_id,
                          .event_source = event->event_source,
                          .event_name = event->event_name,
                          .region = event->region,
                          .account = event->account,
                          .principal = event->principal,
                          .address = event->address,
                          .error_code = event->error_code};
    Str *texts[] = {&match->event_id, &match->event_source, &match->event_name,
                    &match->region,   &match->account,      &match->principal,
                    &match->address,  &match->error_code,   &lists};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!keep(loading->arena, texts[i], err))
            return false;
    return join_lists(loading, lists, &match->threat_lists, err);
}

/* The call that an imported finding tells of, where no event of the lake explains it. */
static bool read_call(Loading *loading, StoryMatch *match, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    const Json *body = json_read(loading->finding->body, &LIMITS, loading->arena, err);
    const Json *call = json_path(body, STR("Action.AwsApiCallAction"));
    match->event_name = json_text(json_member(call, STR("Api")), STR(""));
    match->event_source = json_text(json_member(call, STR("ServiceName")), STR(""));
    match->address = json_text(json_path(call, STR("RemoteIpDetails.IpAddressV4")), STR(""));
    return body != NULL;
}

static bool read_events(Loading *loading, Error *err)
{
    const Finding *finding = loading->finding;
    loading->matches =
        arena_calloc(loading->arena, FINDING_EVENTS_MAX, sizeof *loading->matches, err);
    if (!loading->matches || !finding_events(loading->db, finding->id, take_event, loading, err))
        return false;
    if (loading->count)
        return true;
    loading->count = 1;
    loading->matches[0] = (StoryMatch){.rule = loading->rule,
                                       .time_us = finding->first_us,
                                       .region = finding->region,
                                       .account = finding->account,
                                       .principal = finding->principal};
    return !finding->body.ptr || read_call(loading, &loading->matches[0], err);
}

/* ---- what people did, and what is related ---- */

static bool take_note(void *context, const FindingChange *change, Error *err)
{
    Loading *loading = context;
    if (!change->note.len || str_equal(change->author, STR("spoor")))
        return true;
    loading->state->note = change->note;
    loading->state->note_author = change->author;
    loading->state->note_us = change->at_us;
    return keep(loading->arena, &loading->state->note, err) &&
           keep(loading->arena, &loading->state->note_author, err);
}

/* How the other finding is called in ASFF. */
static bool put_related(Loading *loading, DbStatement *row, StoryRelated *ret, Error *err)
{
    Str region = story_region(db_text(row, 2));
    Str account = story_account(db_text(row, 1), db_text(row, 3));
    BUF_AUTO Buf product = buf_init(TEXT_BYTES_MAX);
    BUF_AUTO Buf id = buf_init(TEXT_BYTES_MAX);
    bool ours = db_is_null(row, 5);
    bool ok = ours ? asff_append_product(region, account, &product, err) &&
                         asff_append_id(region, account, db_text(row, 0), &id, err)
                   : buf_append_str(&product, db_text(row, 4), err) &&
                         buf_append_str(&id, db_text(row, 5), err);
    *ret = (StoryRelated){buf_str(&product), buf_str(&id)};
    return ok && keep(loading->arena, &ret->product_arn, err) &&
           keep(loading->arena, &ret->id, err);
}

static bool read_related(Loading *loading, Error *err)
{
    StoryRelated *list = arena_calloc(loading->arena, RELATED_MAX, sizeof *list, err);
    size_t count = 0;
    bool row = true, ok = true;
    DbStatement *select =
        list ? db_statement(loading->db,
                            "SELECT f.id, f.account, f.region, f.principal, f.product_arn,"
                            " f.given_id FROM finding_related r JOIN finding_rows f ON f.id ="
                            " r.other WHERE r.finding = ? ORDER BY f.shown_severity DESC, f.last_us"
                            " DESC, f.id LIMIT 50",
                            err)
             : NULL;
    if (!select)
        return false;
    db_bind_text(select, 1, loading->finding->id);
    while ((ok = db_next(select, &row, err)) && row)
        if (!put_related(loading, select, &list[count++], err)) {
            db_reset(select);
            return false;
        }
    loading->state->related = list;
    loading->state->related_count = count;
    return ok;
}

static bool read_state(Loading *loading, Error *err)
{
    const Finding *finding = loading->finding;
    StoryResource *resources;
    StoryState *state = loading->state;
    *state = (StoryState){.count = (uint64_t)finding->count,
                          .severity = finding->severity,
                          .confidence = finding->confidence,
                          .provisional = finding->provisional,
                          .workflow = finding->workflow,
                          .record_state = finding->record_state,
                          .user_fields = finding->user_fields,
                          .created_us = finding->created_us,
                          .updated_us = finding->updated_us};
    if (!finding_resource_list(loading->db, finding->id, loading->arena, &resources,
                               &state->resource_count, err))
        return false;
    state->resources = resources;
    return finding_workflow_each(loading->db, finding->id, take_note, loading, err) &&
           read_related(loading, err);
}

/* Pointers to the matches, as a story has them. */
static const StoryMatch **point(const Loading *loading, Error *err)
{
    const StoryMatch **list = arena_calloc(loading->arena, loading->count, sizeof *list, err);
    for (size_t i = 0; list && i < loading->count; i++)
        list[i] = &loading->matches[i];
    return list;
}

bool finding_story_load(Db *db, Str id, Arena *arena, Finding *ret_finding, Story *ret, Error *err)
{
    Loading loading = {.db = db, .arena = arena, .finding = ret_finding};
    loading.rule = arena_calloc(arena, 1, sizeof *loading.rule, err);
    loading.state = loading.rule ? arena_calloc(arena, 1, sizeof *loading.state, err) : NULL;
    if (!loading.state || !finding_get(db, id, arena, ret_finding, err) ||
        !read_rule(&loading, err) || !read_events(&loading, err) || !read_state(&loading, err))
        return false;
    Str region = ret_finding->region.len ? ret_finding->region : loading.matches[0].region;
    Str account = ret_finding->account.len ? ret_finding->account : loading.matches[0].account;
    const StoryMatch **matches = point(&loading, err);
    *ret = (Story){.rule = loading.rule,
                   .matches = matches,
                   .count = loading.count,
                   .account = story_account(account, loading.matches[0].principal),
                   .region = story_region(region),
                   .partition = story_partition(story_region(region)),
                   .subject =
                       ret_finding->group_by.ptr ? ret_finding->group_by : ret_finding->principal,
                   .first_us = ret_finding->first_us,
                   .last_us = ret_finding->last_us,
                   .state = loading.state};
    snprintf(ret->id, sizeof ret->id, "%.*s", STR_ARG(ret_finding->id));
    return matches != NULL;
}

/* ---- as ASFF ---- */

/* Members that people and rules may have changed: ours stand in their place. */
static bool is_ours(Str name)
{
    static const char *const NAMES[] = {"Severity",       "Confidence", "Workflow",
                                        "RecordState",    "Note",       "UserDefinedFields",
                                        "RelatedFindings"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (str_equal(name, str_of(NAMES[i])))
            return true;
    return false;
}

/* The object *from* without the members that are ours, not closed. */
static bool copy_rest(const Json *from, bool ours, Buf *out, Error *err)
{
    bool ok = true;
    for (const Json *each = from->first; ok && each; each = each->next)
        if (is_ours(each->name) == ours && !each->shadowed)
            ok = (out->len && out->ptr[out->len - 1] == '{') || buf_append_byte(out, ',', err)
                     ? json_append_string(out, each->name, err) && buf_append_byte(out, ':', err) &&
                           buf_append_str(out, each->raw, err)
                     : false;
    return ok;
}

static bool has_note(const Json *given, const Story *story)
{
    return json_member(given, STR("Note")) && !story->state->note.len;
}

bool finding_story_asff(const Finding *finding, const Story *story, Arena *arena, Buf *out,
                        Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    BUF_AUTO Buf mine = buf_init(TEXT_BYTES_MAX * 4);
    if (!finding->body.ptr)
        return asff_append(story, out, err);
    if (!asff_append(story, &mine, err))
        return false;
    const Json *given = json_read(finding->body, &LIMITS, arena, err);
    const Json *ours = given ? json_read(buf_str(&mine), &LIMITS, arena, err) : NULL;
    if (!ours || !buf_append_byte(out, '{', err) || !copy_rest(given, false, out, err) ||
        !copy_rest(ours, true, out, err))
        return false;
    if (has_note(given, story) && (!buf_append_str(out, STR(",\"Note\":"), err) ||
                                   !buf_append_str(out, json_member(given, STR("Note"))->raw, err)))
        return false;
    return buf_append_byte(out, '}', err);
}

bool finding_story_document(Db *db, Str id, Arena *arena, Buf *out, Error *err)
{
    Finding finding;
    Story story;
    return finding_story_load(db, id, arena, &finding, &story, err) &&
           finding_story_asff(&finding, &story, arena, out, err);
}

static const Json *read_document(Db *db, Str id, Arena *arena, Buf *text, Error *err)
{
    static const JsonLimits LIMITS = {JSON_DEPTH_MAX, true};
    arena_reset(arena);
    text->len = 0;
    return finding_story_document(db, id, arena, text, err)
               ? json_read(buf_str(text), &LIMITS, arena, err)
               : NULL;
}

bool finding_story_each(Db *db, const FindingQuery *query, FindingStoryTake take, void *context,
                        Error *err)
{
    BUF_AUTO Buf ids = buf_init(IDS_BYTES_MAX);
    BUF_AUTO Buf text = buf_init(DOCUMENT_BYTES_MAX);
    Arena *arena = arena_new(EACH_BYTES_MAX, err);
    bool ok = arena && finding_ids(db, query, &ids, err);
    for (size_t at = 0; ok && at < ids.len; at += FINDING_ID_BYTES - 1) {
        Str id = str_slice(buf_str(&ids), at, at + FINDING_ID_BYTES - 1);
        const Json *finding = read_document(db, id, arena, &text, err);
        ok = finding && take(context, id, finding, err);
    }
    arena_free(arena);
    return ok;
}
