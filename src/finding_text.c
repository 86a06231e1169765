#include "finding_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/cell.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "finding_more.h"
#include "findings/finding_workflow.h"

enum { LINE_BYTES_MAX = 4 << 20, RULE_BYTES_MAX = 16 << 20, ID_SHOWN = 12, TITLE_SHOWN = 46 };

/* One member of a finding, under the name that CSV and JSON give it. */
typedef enum {
    MEMBER_TEXT,
    MEMBER_TIME,
    MEMBER_COUNT,
    MEMBER_GROUP, /* a JSON object, null of a detection */
    MEMBER_VALUE, /* a number, null of a detection */
    MEMBER_SMALL, /* an int from 0, null below */
    MEMBER_TRUTH, /* true or false */
} MemberKind;

static const struct {
    const char *name;
    MemberKind kind;
    size_t offset;
} MEMBERS[] = {
    {"id", MEMBER_TEXT, offsetof(Finding, id)},
    {"level", MEMBER_TEXT, offsetof(Finding, level)},
    {"rule_id", MEMBER_TEXT, offsetof(Finding, rule_id)},
    {"rule_title", MEMBER_TEXT, offsetof(Finding, rule_title)},
    {"account", MEMBER_TEXT, offsetof(Finding, account)},
    {"principal", MEMBER_TEXT, offsetof(Finding, principal)},
    {"first_seen", MEMBER_TIME, offsetof(Finding, first_us)},
    {"last_seen", MEMBER_TIME, offsetof(Finding, last_us)},
    {"count", MEMBER_COUNT, offsetof(Finding, count)},
    {"episode", MEMBER_TEXT, offsetof(Finding, episode)},
    {"kind", MEMBER_TEXT, offsetof(Finding, kind)},
    {"group_by", MEMBER_GROUP, offsetof(Finding, group_by)},
    {"value", MEMBER_VALUE, offsetof(Finding, value)},
    {"workflow", MEMBER_TEXT, offsetof(Finding, workflow)},
    {"assignee", MEMBER_TEXT, offsetof(Finding, assignee)},
    {"severity", MEMBER_SMALL, offsetof(Finding, severity)},
    {"severity_label", MEMBER_TEXT, offsetof(Finding, severity_label)},
    {"confidence", MEMBER_SMALL, offsetof(Finding, confidence)},
    {"product", MEMBER_TEXT, offsetof(Finding, product)},
    {"record_state", MEMBER_TEXT, offsetof(Finding, record_state)},
    {"region", MEMBER_TEXT, offsetof(Finding, region)},
    {"created", MEMBER_TIME, offsetof(Finding, created_us)},
    {"updated", MEMBER_TIME, offsetof(Finding, updated_us)},
    {"given_id", MEMBER_TEXT, offsetof(Finding, given_id)},
    {"user_fields", MEMBER_GROUP, offsetof(Finding, user_fields)},
    {"provisional", MEMBER_TRUTH, offsetof(Finding, provisional)},
};

enum { MEMBER_COUNT_ALL = sizeof MEMBERS / sizeof *MEMBERS };

static int64_t number_at(const Finding *finding, size_t offset)
{
    int64_t number;
    memcpy(&number, (const char *)finding + offset, sizeof number);
    return number;
}

static Str text_at(const Finding *finding, size_t offset)
{
    Str text;
    memcpy(&text, (const char *)finding + offset, sizeof text);
    return text;
}

static bool put_text_of(const Finding *finding, size_t offset, Buf *out, Error *err)
{
    return buf_append_str(out, text_at(finding, offset), err);
}

static bool put_time(const Finding *finding, size_t offset, Buf *out, Error *err)
{
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_format(number_at(finding, offset), text);
    return buf_append_str(out, str_of(text), err);
}

static bool put_count(const Finding *finding, size_t offset, Buf *out, Error *err)
{
    return buf_printf(out, err, "%" PRId64, number_at(finding, offset));
}

static bool put_value(const Finding *finding, size_t offset, Buf *out, Error *err)
{
    (void)offset;
    return !finding->group_by.ptr || buf_printf(out, err, "%.10g", finding->value);
}

static bool put_small(const Finding *finding, size_t offset, Buf *out, Error *err)
{
    int number;
    memcpy(&number, (const char *)finding + offset, sizeof number);
    return number < 0 || buf_printf(out, err, "%d", number);
}

static bool put_truth(const Finding *finding, size_t offset, Buf *out, Error *err)
{
    bool truth;
    memcpy(&truth, (const char *)finding + offset, sizeof truth);
    return buf_append_str(out, truth ? STR("true") : STR("false"), err);
}

/* How a kind is written; whether its text stands in JSON as it is, and empty for null. */
static const struct {
    bool (*put)(const Finding *finding, size_t offset, Buf *out, Error *err);
    bool bare;
} KINDS[] = {[MEMBER_TEXT] = {put_text_of, false}, [MEMBER_TIME] = {put_time, false},
             [MEMBER_COUNT] = {put_count, true},   [MEMBER_GROUP] = {put_text_of, true},
             [MEMBER_VALUE] = {put_value, true},   [MEMBER_SMALL] = {put_small, true},
             [MEMBER_TRUTH] = {put_truth, true}};

/* A member as plain text. */
static bool put_plain(const Finding *finding, size_t member, Buf *out, Error *err)
{
    return KINDS[MEMBERS[member].kind].put(finding, MEMBERS[member].offset, out, err);
}

/* A member as a value of JSON. */
static bool put_json_value(const Finding *finding, size_t member, Buf *out, Error *err)
{
    BUF_AUTO Buf cell = buf_init(LINE_BYTES_MAX);
    if (!put_plain(finding, member, &cell, err))
        return false;
    if (!KINDS[MEMBERS[member].kind].bare)
        return json_append_string(out, buf_str(&cell), err);
    return buf_append_str(out, cell.len ? buf_str(&cell) : STR("null"), err);
}

static bool put_csv(const Finding *finding, Buf *line, Error *err)
{
    BUF_AUTO Buf cell = buf_init(LINE_BYTES_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < MEMBER_COUNT_ALL; i++) {
        cell.len = 0;
        ok = (i == 0 || buf_append_byte(line, ',', err)) && put_plain(finding, i, &cell, err) &&
             cell_csv(buf_str(&cell),
                      KINDS[MEMBERS[i].kind].bare && MEMBERS[i].kind != MEMBER_GROUP, line, err);
    }
    return ok && buf_append_byte(line, '\n', err);
}

/* The members of a finding as those of a JSON object, without braces. */
static bool put_json(const Finding *finding, Buf *line, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < MEMBER_COUNT_ALL; i++)
        ok = buf_printf(line, err, "%s\"%s\":", i ? "," : "", MEMBERS[i].name) &&
             put_json_value(finding, i, line, err);
    return ok;
}

/* What the hits of a correlation share, for people: "name value, name value". */
static bool put_group(const Finding *finding, Buf *out, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = 2, .duplicates_allowed = true};
    Arena *arena = arena_new(RULE_BYTES_MAX, err);
    const Json *group = arena ? json_read(finding->group_by, &LIMITS, arena, err) : NULL;
    bool ok = group != NULL;
    for (const Json *each = ok ? group->first : NULL; ok && each; each = each->next)
        ok = buf_append_str(out, each == group->first ? STR("") : STR(", "), err) &&
             buf_append_str(out, each->name, err) && buf_append_byte(out, ' ', err) &&
             buf_append_str(out, json_text(each, STR("")), err);
    arena_free(arena);
    return ok;
}

/* *text*, visible, cut or filled to *width* columns. */
static bool put_cell(Buf *line, Str text, size_t width, Error *err)
{
    BUF_AUTO Buf visible = buf_init(LINE_BYTES_MAX);
    if (!cell_visible(text, &visible, err))
        return false;
    bool cut = cell_width(buf_str(&visible)) > width;
    Str shown = cut ? cell_cut(buf_str(&visible), width - 1) : buf_str(&visible);
    bool ok = buf_append_str(line, shown, err) && (!cut || buf_append_str(line, STR("…"), err));
    for (size_t used = cell_width(shown) + cut; ok && used < width; used++)
        ok = buf_append_byte(line, ' ', err);
    return ok && buf_append(line, "  ", 2, err);
}

/* Whom it is about: the principal, else what the hits of a correlation share. */
static bool put_subject(const Finding *finding, size_t width, Buf *line, Error *err)
{
    BUF_AUTO Buf group = buf_init(LINE_BYTES_MAX);
    if (finding->principal.len || !finding->group_by.ptr)
        return put_cell(line, finding->principal, width, err);
    return put_group(finding, &group, err) && put_cell(line, buf_str(&group), width, err);
}

static bool put_title(const Finding *finding, Buf *line, Error *err)
{
    BUF_AUTO Buf title = buf_init(LINE_BYTES_MAX);
    return buf_append_str(&title, finding->provisional ? STR("provisional: ") : STR(""), err) &&
           buf_append_str(&title, finding->rule_title, err) &&
           put_cell(line, buf_str(&title), TITLE_SHOWN, err);
}

static bool put_row(const FindingWriter *writer, const Finding *finding, Buf *line, Error *err)
{
    char last[TIMESTAMP_TEXT_BYTES], count[24];
    size_t used = ID_SHOWN + 8 + 10 + 6 + 23 + TITLE_SHOWN + 6 * 2;
    size_t rest = writer->columns > used + 20 ? writer->columns - used : 20;
    timestamp_format_zone(finding->last_us, last);
    snprintf(count, sizeof count, "%6" PRId64, finding->count);
    return put_cell(line, str_slice(finding->id, 0, ID_SHOWN), ID_SHOWN, err) &&
           put_cell(line, finding->level, 8, err) && put_cell(line, finding->workflow, 10, err) &&
           put_cell(line, str_of(count), 6, err) && put_cell(line, str_of(last), 23, err) &&
           put_title(finding, line, err) && put_subject(finding, rest, line, err);
}

/* A line without the blanks at its end. */
static bool write_line(Buf *line, FILE *out, Error *err)
{
    while (line->len && line->ptr[line->len - 1] == ' ')
        line->len--;
    return (fwrite(line->ptr, 1, line->len, out) == line->len && fputc('\n', out) != EOF) ||
           error_errno(err, "cannot write the findings");
}

static bool write_heading(const FindingWriter *writer, Error *err)
{
    if (writer->format == FINDING_TABLE)
        fprintf(writer->out, "%-*s  %-8s  %-10s  %6s  %-23s  %-*s  %s\n", ID_SHOWN, "id", "level",
                "workflow", "count", "last seen", TITLE_SHOWN, "rule", "principal");
    for (size_t i = 0; writer->format == FINDING_CSV && i < MEMBER_COUNT_ALL; i++)
        fprintf(writer->out, "%s%s", MEMBERS[i].name, i + 1 < MEMBER_COUNT_ALL ? "," : "\n");
    return !ferror(writer->out) || error_errno(err, "cannot write the findings");
}

bool finding_text_take(void *context, const Finding *finding, Error *err)
{
    FindingWriter *writer = context;
    BUF_AUTO Buf line = buf_init(LINE_BYTES_MAX);
    if (writer->printed == writer->limit) {
        writer->left++;
        return true;
    }
    if (writer->printed++ == 0 && !write_heading(writer, err))
        return false;
    if (writer->format == FINDING_TABLE)
        return put_row(writer, finding, &line, err) && write_line(&line, writer->out, err);
    if (writer->format == FINDING_JSONL)
        return buf_append_byte(&line, '{', err) && put_json(finding, &line, err) &&
               buf_append_byte(&line, '}', err) && write_line(&line, writer->out, err);
    if (!put_csv(finding, &line, err))
        return false;
    line.len--; /* its line feed */
    return write_line(&line, writer->out, err);
}

/* ---- one in full ---- */

typedef struct Events {
    Buf *out;
    bool json;
    bool who; /* each says its principal: they share none */
    int64_t count;
} Events;

static bool put_event_json(const FindingEvent *event, int64_t number, Buf *out, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    const struct {
        const char *name;
        Str text;
    } TEXTS[] = {{"eventID", event->event_id},     {"eventSource", event->event_source},
                 {"eventName", event->event_name}, {"sourceIPAddress", event->address},
                 {"awsRegion", event->region},     {"errorCode", event->error_code},
                 {"principal", event->principal}};
    timestamp_format(event->time_us, time);
    bool ok = buf_printf(out, err, "%s{\"eventTime\":\"%s\"", number ? "," : "", time);
    for (size_t i = 0; ok && i < sizeof TEXTS / sizeof *TEXTS; i++)
        ok = buf_printf(out, err, ",\"%s\":", TEXTS[i].name) &&
             (TEXTS[i].text.len ? json_append_string(out, TEXTS[i].text, err)
                                : buf_append_str(out, STR("null"), err));
    ok = ok && buf_append_str(out, STR(",\"threatLists\":"), err) &&
         buf_append_str(out, event->threat_lists.len ? event->threat_lists : STR("[]"), err);
    return ok && buf_printf(out, err, ",\"object_id\":%" PRId64 ",\"record_index\":%" PRId64 "}",
                            event->object_id, event->record_index);
}

static bool put_event_line(const FindingEvent *event, bool who, Buf *out, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(event->time_us, time);
    return buf_printf(out, err, "  ") && put_cell(out, str_of(time), 23, err) &&
           put_cell(out, event->event_name, 30, err) && put_cell(out, event->address, 18, err) &&
           put_cell(out, event->error_code, 22, err) && cell_visible(event->event_id, out, err) &&
           (!who || !event->principal.len ||
            (buf_append_str(out, STR("  "), err) && cell_visible(event->principal, out, err))) &&
           buf_append_byte(out, '\n', err);
}

static bool take_event(void *context, const FindingEvent *event, Error *err)
{
    Events *events = context;
    return events->json ? put_event_json(event, events->count++, events->out, err)
                        : put_event_line(event, events->who, events->out, err);
}

/* "heading  text" where there is one; a list gives a line each. */
static bool put_member(Buf *out, const Json *rule, const char *name, const char *heading,
                       Error *err)
{
    const Json *member = json_member(rule, str_of(name));
    bool list = member && member->type == JSON_ARRAY;
    const Json *text = list ? member->first : member;
    bool ok = true;
    for (const char *words = heading; ok && text; words = "", text = list ? text->next : NULL)
        ok = buf_printf(out, err, "%-16s", words) &&
             cell_visible(json_text(text, STR("")), out, err) && buf_append_byte(out, '\n', err);
    return ok;
}

/* Of a correlation: what its hits share, and what was compared. */
static bool put_shared(Buf *out, const Finding *finding, Error *err)
{
    BUF_AUTO Buf group = buf_init(LINE_BYTES_MAX);
    return !finding->group_by.ptr ||
           (put_group(finding, &group, err) && buf_printf(out, err, "\n%-16s", "group") &&
            cell_visible(buf_str(&group), out, err) &&
            buf_printf(out, err, "\n%-16s%.10g", "value", finding->value));
}

static bool put_provisional(Buf *out, const Finding *finding, Error *err)
{
    char until[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(finding->settles_us, until);
    return !finding->provisional ||
           buf_printf(out, err, "%-16suntil %s: more events of its time may come\n", "provisional",
                      until);
}

static bool put_heading(Buf *out, const Finding *finding, Error *err)
{
    char first[TIMESTAMP_TEXT_BYTES], last[TIMESTAMP_TEXT_BYTES];
    timestamp_format_zone(finding->first_us, first);
    timestamp_format_zone(finding->last_us, last);
    return cell_visible(finding->rule_title, out, err) &&
           buf_printf(out, err, " (%.*s)\n\n%-16s%.*s\n%-16s", STR_ARG(finding->level), "finding",
                      STR_ARG(finding->id), "rule") &&
           cell_visible(finding->rule_id, out, err) && buf_printf(out, err, "\n%-16s", "account") &&
           cell_visible(finding->account, out, err) &&
           buf_printf(out, err, "\n%-16s", "principal") &&
           cell_visible(finding->principal.len ? finding->principal : STR("of each event, below"),
                        out, err) &&
           put_shared(out, finding, err) &&
           buf_printf(out, err, "\n%-16s%s\n%-16s%s\n%-16s%" PRId64 "\n%-16s%.*s", "first seen",
                      first, "last seen", last, "signals", finding->count, "workflow",
                      STR_ARG(finding->workflow)) &&
           (!finding->assignee.len ||
            (buf_append_str(out, STR(", "), err) && cell_visible(finding->assignee, out, err))) &&
           buf_append_byte(out, '\n', err) && put_provisional(out, finding, err);
}

/* ---- what people did with it ---- */

/* "RESOLVED, for bob: a note" */
static bool put_change_words(Buf *out, const FindingChange *change, Error *err)
{
    const char *between = change->workflow.len ? ", for " : "for ";
    Str whom = change->assignee.len ? change->assignee : STR("nobody");
    bool ok = buf_append_str(out, change->workflow, err);
    if (ok && change->assignee.ptr)
        ok = buf_printf(out, err, "%s", between) && cell_visible(whom, out, err);
    if (!ok || !change->note.len)
        return ok;
    bool alone = !change->workflow.len && !change->assignee.ptr;
    return buf_printf(out, err, "%s", alone ? "" : ": ") && cell_visible(change->note, out, err);
}

static bool put_change_line(Events *events, const FindingChange *change, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    Buf *out = events->out;
    timestamp_format_zone(change->at_us, time);
    return (events->count || buf_printf(out, err, "\nhistory\n")) && buf_printf(out, err, "  ") &&
           put_cell(out, str_of(time), 23, err) && put_cell(out, change->author, 16, err) &&
           put_change_words(out, change, err) && buf_append_byte(out, '\n', err);
}

static bool put_change_json(Events *events, const FindingChange *change, Error *err)
{
    char time[TIMESTAMP_TEXT_BYTES];
    JsonWriter to = {events->out, err, true};
    timestamp_format(change->at_us, time);
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "at", str_of(time));
    json_write_text(&to, "author", change->author);
    json_write_some(&to, "workflow", change->workflow);
    if (change->assignee.ptr)
        json_write_text(&to, "assignee", change->assignee);
    json_write_some(&to, "note", change->note);
    json_write_close(&to, '}');
    return to.ok;
}

static bool take_change(void *context, const FindingChange *change, Error *err)
{
    Events *events = context;
    bool ok =
        events->json ? put_change_json(events, change, err) : put_change_line(events, change, err);
    events->count++;
    return ok;
}

/* Which threat lists hold addresses of its events; nothing when none does. */
static bool put_lists(Db *db, const Finding *finding, Buf *out, Error *err)
{
    BUF_AUTO Buf lists = buf_init(LINE_BYTES_MAX);
    if (!finding_lists(db, finding->id, &lists, err))
        return false;
    return !lists.len ||
           (buf_printf(out, err, "%-16s", "threat lists") &&
            cell_visible(buf_str(&lists), out, err) && buf_append_byte(out, '\n', err));
}

static bool put_text(Db *db, const Finding *finding, const Json *rule, Buf *out, Error *err)
{
    Events events = {.out = out, .who = !finding->principal.len}, changes = {.out = out};
    return put_heading(out, finding, err) && finding_more_heading(finding, out, err) &&
           put_lists(db, finding, out, err) && buf_append_byte(out, '\n', err) &&
           put_member(out, rule, "description", "what it is", err) &&
           put_member(out, rule, "severity_reason", "why this level", err) &&
           put_member(out, rule, "falsepositives", "may be", err) &&
           put_member(out, rule, "response", "what to do", err) &&
           put_member(out, rule, "tags", "tags", err) &&
           finding_workflow_each(db, finding->id, take_change, &changes, err) &&
           buf_printf(out, err, "\nevents%s\n",
                      finding->count > FINDING_EVENTS_MAX ? " (the first ones kept)" : "") &&
           finding_events(db, finding->id, take_event, &events, err) &&
           finding_more_text(db, finding, out, err);
}

/* What the rule says, without its samples. */
static bool put_rule(Buf *out, const Json *rule, Error *err)
{
    bool first = true, ok = buf_append_byte(out, '{', err);
    for (const Json *member = rule->first; ok && member; member = member->next) {
        if (str_equal(member->name, STR("samples")))
            continue;
        ok = (first || buf_append_byte(out, ',', err)) &&
             json_append_string(out, member->name, err) && buf_append_byte(out, ':', err) &&
             json_append(out, member, err);
        first = false;
    }
    return ok && buf_append_byte(out, '}', err);
}

static bool put_object(Db *db, const Finding *finding, const Json *rule, Buf *out, Error *err)
{
    Events events = {.out = out, .json = true}, changes = events;
    return buf_append_byte(out, '{', err) && put_json(finding, out, err) &&
           buf_printf(out, err, ",\"rule\":") && put_rule(out, rule, err) &&
           buf_printf(out, err, ",\"history\":[") &&
           finding_workflow_each(db, finding->id, take_change, &changes, err) &&
           buf_printf(out, err, "],\"events\":[") &&
           finding_events(db, finding->id, take_event, &events, err) &&
           buf_append_byte(out, ']', err) && finding_more_json(db, finding, out, err) &&
           buf_printf(out, err, "}\n");
}

bool finding_text_show(Db *db, const Finding *finding, bool json, FILE *out, Error *err)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    BUF_AUTO Buf text = buf_init(RULE_BYTES_MAX);
    Arena *arena = arena_new(RULE_BYTES_MAX, err);
    const Json *rule = arena ? json_read(finding->rule_text, &LIMITS, arena, err) : NULL;
    bool ok = rule && (json ? put_object : put_text)(db, finding, rule, &text, err);
    arena_free(arena);
    if (!ok)
        return false;
    return fwrite(text.ptr, 1, text.len, out) == text.len ||
           error_errno(err, "cannot write the finding");
}
