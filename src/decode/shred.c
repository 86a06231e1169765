#include "decode/shred.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "decode/repair.h"
#include "decode/text.h"

/* The tree of a record of 4 MiB may take 130 MiB; then it is cut, and takes a half of that. */
enum { ARENA_MAX = 112 << 20, TEXT_MAX = 64 << 20 };

struct Shredder {
    Arena *arena;
    Buf repaired; /* the record's text after repair */
    Buf extra, absent, altered;
    RecordView view;
    bool time_read;
    Error *err; /* of the call under way */
};

Shredder *shred_new(Error *err)
{
    Shredder *shredder = mem_calloc(1, sizeof *shredder, err);
    if (!shredder)
        return NULL;
    shredder->repaired = buf_init(TEXT_MAX * (size_t)6);
    shredder->extra = buf_init(TEXT_MAX * (size_t)6);
    shredder->absent = buf_init(TEXT_MAX);
    shredder->altered = buf_init(TEXT_MAX);
    shredder->arena = arena_new(ARENA_MAX, err);
    if (!shredder->arena) {
        shred_free(shredder);
        return NULL;
    }
    return shredder;
}

void shred_free(Shredder *shredder)
{
    if (!shredder)
        return;
    arena_free(shredder->arena);
    buf_free(&shredder->repaired);
    buf_free(&shredder->extra);
    buf_free(&shredder->absent);
    buf_free(&shredder->altered);
    mem_free(shredder);
}

static bool add_comma(Shredder *shredder, Buf *list)
{
    return !list->len || buf_append_byte(list, ',', shredder->err);
}

/* A member may not look like our own marks: such a name gets one more underscore. */
static bool looks_like_mark(Str name)
{
    size_t bars = 0;
    while (bars < name.len && name.ptr[bars] == '_')
        bars++;
    Str rest = str_slice(name, bars, name.len);
    return bars && (str_equal(rest, STR("absent")) || str_equal(rest, STR("altered")));
}

static bool keep_in_extra(Shredder *shredder, Str name, Str raw)
{
    Buf *extra = &shredder->extra;
    BUF_AUTO Buf marked = buf_init(64);
    if (looks_like_mark(name) && name.len < 60) {
        if (!buf_append_byte(&marked, '_', shredder->err) ||
            !buf_append_str(&marked, name, shredder->err))
            return false;
        name = buf_str(&marked);
    }
    return add_comma(shredder, extra) && json_append_string(extra, name, shredder->err) &&
           buf_append_byte(extra, ':', shredder->err) && buf_append_str(extra, raw, shredder->err);
}

static bool note_absent(Shredder *shredder, Str member)
{
    return add_comma(shredder, &shredder->absent) &&
           json_append_string(&shredder->absent, member, shredder->err);
}

static bool note_altered(Shredder *shredder, const char *what, Str name)
{
    char text[160];
    name = str_slice(name, 0, str_utf8_prefix(name, 100));
    size_t len = strlen(what);
    memcpy(text, what, len);
    memcpy(text + len, name.ptr, name.len);
    Str whole = {text, len + name.len};
    return add_comma(shredder, &shredder->altered) &&
           json_append_string(&shredder->altered, whole, shredder->err);
}

static void set_value(Shredder *shredder, Slot slot, Str text, uint32_t flags)
{
    shredder->view.present |= SLOT_BIT(slot);
    shredder->view.values[slot] = (RecordValue){text.ptr, (uint32_t)text.len, flags};
}

/* U+FFFD for every NUL, which not every engine takes; the original goes to `extra`. */
static bool without_nul(Shredder *shredder, Str text, Str *ret)
{
    char *copy = arena_alloc(shredder->arena, text.len * 3, shredder->err);
    if (!copy)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i]) {
            copy[len++] = text.ptr[i];
        } else {
            memcpy(copy + len, "\xef\xbf\xbd", 3);
            len += 3;
        }
    }
    *ret = (Str){copy, len};
    return true;
}

static bool take_text(Shredder *shredder, Slot slot, const Json *member)
{
    Str text = member->text;
    switch (member->type) {
    case JSON_STRING:
        if (text.len == 0 || !memchr(text.ptr, 0, text.len)) {
            set_value(shredder, slot, text, 0);
            return true;
        }
        if (!without_nul(shredder, text, &text))
            return false;
        set_value(shredder, slot, text, 0);
        break;
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
        set_value(shredder, slot, member->raw, 0);
        break;
    default:
        break;
    }
    return keep_in_extra(shredder, member->name, member->raw);
}

static bool take_json(Shredder *shredder, Slot slot, const Json *member)
{
    if (member->type != JSON_NULL) {
        set_value(shredder, slot, member->raw, VALUE_LOOSE);
        return true;
    }
    bool usual = FIELDS[SLOT_FIELDS[slot]].flags & FIELD_NULL_USUAL;
    return usual || keep_in_extra(shredder, member->name, member->raw);
}

static bool take_bool(Shredder *shredder, Slot slot, const Json *member)
{
    uint8_t *value = slot == S_READ_ONLY ? &shredder->view.read_only : &shredder->view.management;
    bool yes =
        member->type == JSON_TRUE || str_equal_nocase(json_text(member, STR("")), STR("true"));
    bool no =
        member->type == JSON_FALSE || str_equal_nocase(json_text(member, STR("")), STR("false"));
    if (yes || no) {
        *value = yes;
        shredder->view.present |= SLOT_BIT(slot);
        if (member->type != JSON_STRING)
            return true;
    }
    return keep_in_extra(shredder, member->name, member->raw);
}

static bool take_time(Shredder *shredder, const Json *member)
{
    int64_t *time = &shredder->view.event_time;
    bool text = member->type == JSON_STRING || member->type == JSON_NUMBER;
    if (member->type == JSON_STRING && text_time(member->text, time)) {
        shredder->time_read = true;
        return true;
    }
    shredder->time_read = text && text_time_any(member->text, time);
    return keep_in_extra(shredder, member->name, member->raw);
}

static bool has_shadowed(const Json *value)
{
    for (const Json *child = value->first; child; child = child->next)
        if (child->shadowed || has_shadowed(child))
            return true;
    return false;
}

static bool take_group(Shredder *shredder, Slot slot, const Json *member, JsonType type)
{
    if (member->type != type || member->raw.len > RECORD_STRUCT_BYTES_MAX)
        return keep_in_extra(shredder, member->name, member->raw);
    Str raw = member->raw;
    if (has_shadowed(member)) {
        Buf text = buf_init(TEXT_MAX);
        bool ok = json_append(&text, member, shredder->err);
        char *copy = ok ? arena_text(shredder->arena, buf_str(&text), shredder->err) : NULL;
        raw.ptr = copy;
        raw.len = text.len;
        buf_free(&text);
        if (!copy || !note_altered(shredder, "duplicate:", member->name))
            return false;
    }
    set_value(shredder, slot, raw, 0);
    return true;
}

static bool take_member(Shredder *shredder, const Json *member)
{
    Slot slot = slot_of_member(member->name);
    if (member->shadowed)
        return note_altered(shredder, "duplicate:", member->name);
    if (slot == SLOT_NONE)
        return keep_in_extra(shredder, member->name, member->raw);
    switch (FIELDS[SLOT_FIELDS[slot]].type) {
    case FIELD_JSON:
        return take_json(shredder, slot, member);
    case FIELD_BOOL:
        return take_bool(shredder, slot, member);
    case FIELD_TIME:
        return take_time(shredder, member);
    case FIELD_STRUCT:
        return take_group(shredder, slot, member, JSON_OBJECT);
    case FIELD_LIST:
        return take_group(shredder, slot, member, JSON_ARRAY);
    default:
        return take_text(shredder, slot, member);
    }
}

/* A column whose own member is missing takes the text of another one, and says so. */
static bool fill_text(Shredder *shredder, const Json *record, Slot slot, Str other)
{
    Str member = FIELDS[SLOT_FIELDS[slot]].member;
    const Json *value = json_path(record, other);
    if (json_member(record, member) || !value || value->type != JSON_STRING || !value->text.len ||
        memchr(value->text.ptr, 0, value->text.len))
        return true;
    set_value(shredder, slot, value->text, 0);
    return note_absent(shredder, member);
}

/* Aggregated records ("CloudTrail event record", section 10) name things their own way. */
static bool fill_aliases(Shredder *shredder, const Json *record)
{
    const Json *window = json_path(record, STR("timeWindow.windowStart"));
    if (!json_member(record, STR("eventTime")) && window && window->type == JSON_STRING &&
        text_time_any(window->text, &shredder->view.event_time)) {
        shredder->time_read = true;
        if (!note_absent(shredder, STR("eventTime")))
            return false;
    }
    return fill_text(shredder, record, S_EVENT_ID, STR("eventId")) &&
           fill_text(shredder, record, S_RECIPIENT_ACCOUNT_ID, STR("accountId"));
}

static bool note_missing(Shredder *shredder, const Json *record)
{
    for (unsigned slot = 0; slot < SLOT_MEMBERS; slot++) {
        const Field *field = &FIELDS[SLOT_FIELDS[slot]];
        if ((field->flags & FIELD_NULL_USUAL) && !json_member(record, field->member) &&
            !note_absent(shredder, field->member))
            return false;
    }
    return true;
}

static void begin(Shredder *shredder, Error *err)
{
    arena_reset(shredder->arena);
    shredder->repaired.len = shredder->extra.len = 0;
    shredder->absent.len = shredder->altered.len = 0;
    shredder->view.present = shredder->view.same = 0;
    shredder->view.read_only = shredder->view.management = 2;
    shredder->time_read = false;
    shredder->err = err;
}

static const JsonLimits LIMITS = {.depth_max = RECORD_DEPTH_MAX, .duplicates_allowed = true};

/* Reads the tree, after repair when need be. NULL with *err* filled. */
static const Json *read_tree(Shredder *shredder, Str raw)
{
    Error strict;
    bool cut = raw.len > RECORD_BYTES_MAX;
    if (!cut) {
        const Json *tree = json_read(raw, &LIMITS, shredder->arena, &strict);
        if (tree)
            return tree;
        cut = arena_used(shredder->arena) > ARENA_MAX / 3;
        arena_reset(shredder->arena);
    }
    if (!repair_record(raw, cut, &shredder->repaired, &shredder->altered, shredder->err))
        return NULL;
    return json_read(buf_str(&shredder->repaired), &LIMITS, shredder->arena, shredder->err);
}

bool shred_record(Shredder *shredder, Str raw, const RecordView **ret_view, const char **ret_reason,
                  Error *err)
{
    begin(shredder, err);
    *ret_view = &shredder->view;
    *ret_reason = NULL;
    const Json *record = read_tree(shredder, raw);
    if (!record)
        return false;
    if (record->type != JSON_OBJECT) {
        *ret_reason = "the record is not a JSON object";
        return true;
    }
    for (const Json *member = record->first; member; member = member->next)
        if (!take_member(shredder, member))
            return false;
    if (!fill_aliases(shredder, record) || !note_missing(shredder, record))
        return false;
    if (!shredder->time_read)
        *ret_reason = "the record has no readable eventTime";
    shredder->view.extra = buf_str(&shredder->extra);
    shredder->view.absent = buf_str(&shredder->absent);
    shredder->view.altered = buf_str(&shredder->altered);
    return true;
}
