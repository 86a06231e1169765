#include "detect/document.h"

#include <string.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "detect/derived.h"
#include "detect/fold.h"
#include "detect/steps.h"
#include "detect/tree_memo.h"

enum { ARENA_BYTES_MAX = 256 << 20, SCRATCH_BYTES_MAX = 64 << 20 };

struct Document {
    const Json *root; /* the event, or NULL when it is a view that nobody wanted whole yet */
    const RecordView *view;
    Arena *arena;
    TreeMemo *identities; /* trees of userIdentity */
    const Json *identity; /* of the event before and perhaps this one */
    Buf scratch, folded;
    RegexScratch *regex;
    uint64_t known; /* members below that were looked at */
    const Json *members[SLOT_MEMBERS];
    bool extra_known, derived_known;
    const Json *extra, *derived;
    DocumentDerive derive;
    void *derive_context;
};

Document *document_new(Error *err)
{
    Document *document = mem_calloc(1, sizeof *document, err);
    if (!document)
        return NULL;
    document->scratch = document->folded = buf_init(SCRATCH_BYTES_MAX);
    document->arena = arena_new(ARENA_BYTES_MAX, err);
    document->identities = document->arena ? tree_memo_new(err) : NULL;
    document->regex = document->identities ? regex_scratch_new(err) : NULL;
    if (document->regex)
        return document;
    document_free(document);
    return NULL;
}

void document_free(Document *document)
{
    if (!document)
        return;
    buf_free(&document->scratch);
    buf_free(&document->folded);
    regex_scratch_free(document->regex);
    arena_free(document->arena);
    tree_memo_free(document->identities);
    mem_free(document);
}

static void begin(Document *document)
{
    if (arena_used(document->arena))
        arena_reset(document->arena);
    document->known = 0;
    document->root = NULL;
    document->view = NULL;
    document->extra_known = false;
    document->derived_known = !document->derive;
    if (tree_memo_settle(document->identities))
        document->identity = NULL;
    document->extra = document->derived = NULL;
}

void document_set_tree(Document *document, const Json *root)
{
    begin(document);
    document->identity = NULL;
    document->root = root;
}

void document_set_next(Document *document, const RecordView *view)
{
    begin(document);
    document->view = view;
    if (!(view->same & SLOT_BIT(S_USER_IDENTITY)))
        document->identity = NULL;
}

void document_set_view(Document *document, const RecordView *view)
{
    document_set_next(document, view);
    document->identity = NULL;
}

void document_set_derive(Document *document, DocumentDerive derive, void *context)
{
    document->derive = derive;
    document->derive_context = context;
}

/* What decides the values at a path: a member's text, or several of what is derived. */
static uint64_t needs_of(Str path, uint32_t segment, Slot slot)
{
    Str rest = str_slice(path, segment + 1, path.len);
    if (slot != SLOT_NONE)
        return SLOT_BIT(slot);
    return str_equal(str_slice(path, 0, segment), STR("derived"))
               ? derived_needs(str_slice(rest, 0, str_find_byte(rest, '.', 0)))
               : 0;
}

const FieldPath *document_path(Str text, Arena *arena, Error *err)
{
    FieldPath *path = arena_alloc(arena, sizeof *path, err);
    const char *copy = path ? arena_text(arena, text, err) : NULL;
    if (!copy)
        return NULL;
    uint32_t segment = (uint32_t)str_find_byte(text, '.', 0);
    Slot slot = slot_of_member(str_slice(text, 0, segment));
    *path = (FieldPath){.text = {copy, text.len},
                        .slot = slot,
                        .segment = segment,
                        .needs = needs_of(text, segment, slot)};
    return path;
}

static const Json *read(Document *document, Str text)
{
    static const JsonLimits LIMITS = {.depth_max = JSON_DEPTH_MAX, .duplicates_allowed = true};
    ERROR_UNREAD(ignored);
    return json_read(text, &LIMITS, document->arena, &ignored);
}

/* The view's text of a member with quotes, read as JSON: for texts with escapes. */
static const Json *read_escaped(Document *document, Str text)
{
    ERROR_UNREAD(ignored);
    char *quoted = arena_alloc(document->arena, text.len + 2, &ignored);
    if (!quoted)
        return NULL;
    quoted[0] = quoted[text.len + 1] = '"';
    memcpy(quoted + 1, text.ptr, text.len);
    return read(document, (Str){quoted, text.len + 2});
}

static Json *new_value(Document *document, JsonType type, Str text)
{
    ERROR_UNREAD(ignored);
    Json *value = arena_calloc(document->arena, 1, sizeof *value, &ignored);
    if (value) {
        value->type = type;
        value->text = value->raw = text;
    }
    return value;
}

static const Json *read_flag(Document *document, uint8_t flag)
{
    return flag > 1 ? NULL : new_value(document, flag ? JSON_TRUE : JSON_FALSE, STR(""));
}

static const Json *read_time(Document *document)
{
    char text[TIMESTAMP_TEXT_BYTES];
    ERROR_UNREAD(ignored);
    timestamp_format(document->view->event_time, text);
    const char *copy = arena_text(document->arena, str_of(text), &ignored);
    return copy ? new_value(document, JSON_STRING, str_of(copy)) : NULL;
}

static bool is_absent(const RecordView *view, Slot slot)
{
    return !(FIELDS[SLOT_FIELDS[slot]].flags & FIELD_NULL_USUAL) ||
           str_has_name(view->absent, FIELDS[SLOT_FIELDS[slot]].member);
}

static const Json *read_slot(Document *document, Slot slot)
{
    const RecordView *view = document->view;
    const RecordValue *value = &view->values[slot];
    Str text = {value->ptr, value->len};
    FieldType type = FIELDS[SLOT_FIELDS[slot]].type;
    if (type == FIELD_TIME)
        return read_time(document);
    if (type == FIELD_BOOL)
        return read_flag(document, slot == S_READ_ONLY ? view->read_only : view->management);
    if (!(view->present & SLOT_BIT(slot)))
        return is_absent(view, slot) ? NULL : new_value(document, JSON_NULL, STR("null"));
    if (slot == S_USER_IDENTITY && !document->identity)
        document->identity = tree_memo_read(document->identities, view->identity, text);
    if (slot == S_USER_IDENTITY && document->identity)
        return document->identity;
    if (type != FIELD_STRING)
        return read(document, text);
    return value->flags & VALUE_ESCAPED ? read_escaped(document, text)
                                        : new_value(document, JSON_STRING, text);
}

static const Json *member_of(Document *document, Slot slot)
{
    if (!(document->known & SLOT_BIT(slot))) {
        document->known |= SLOT_BIT(slot);
        document->members[slot] = read_slot(document, slot);
    }
    return document->members[slot];
}

static const Json *extra_of(Document *document)
{
    ERROR_UNREAD(ignored);
    Str text = document->view->extra;
    if (document->extra_known)
        return document->extra;
    document->extra_known = true;
    char *braced = text.len ? arena_alloc(document->arena, text.len + 2, &ignored) : NULL;
    if (!braced)
        return NULL;
    braced[0] = '{';
    memcpy(braced + 1, text.ptr, text.len);
    braced[text.len + 1] = '}';
    document->extra = read(document, (Str){braced, text.len + 2});
    return document->extra;
}

static const Json *derived_of(Document *document)
{
    if (!document->derived_known) {
        document->derived_known = true;
        document->derived = read(document, document->derive(document->derive_context, document));
    }
    return document->derived;
}

uint64_t document_touched(Document *document)
{
    const Json *extra = document->view && document->view->extra.len ? extra_of(document) : NULL;
    uint64_t touched = 0;
    for (const Json *member = extra ? extra->first : NULL; member; member = member->next) {
        Slot slot = slot_of_member(str_slice(member->name, 0, str_find_byte(member->name, '.', 0)));
        touched |= slot == SLOT_NONE ? 0 : SLOT_BIT(slot);
    }
    return touched;
}

static void add(Found *found, const Json *value)
{
    if (found->count < DOCUMENT_FOUND_MAX)
        found->values[found->count++] = value;
}

/* Values at *path* below *node* ("sigma", section 13). */
static void find_below(const Json *node, Str path, int depth, Found *found)
{
    if (depth > DOCUMENT_DEPTH_MAX || found->count == DOCUMENT_FOUND_MAX)
        return;
    if (node->type == JSON_ARRAY)
        for (const Json *each = node->first; each; each = each->next)
            find_below(each, path, depth + 1, found);
    if (node->type != JSON_OBJECT)
        return;
    const Json *exact = json_member(node, path);
    if (exact) {
        add(found, exact);
        return;
    }
    for (size_t dot = str_find_byte(path, '.', 0); dot < path.len;
         dot = str_find_byte(path, '.', dot + 1)) {
        const Json *child = json_member(node, str_slice(path, 0, dot));
        if (child)
            find_below(child, str_slice(path, dot + 1, path.len), depth + 1, found);
    }
}

/* A member of a view by its name: of the event's own, or of what no column takes. */
static const Json *root_member(Document *document, Str name)
{
    if (str_equal(name, STR("derived")) && document->derive)
        return derived_of(document);
    const Json *extra = document->view->extra.len ? extra_of(document) : NULL;
    const Json *value = extra ? json_member(extra, name) : NULL;
    Slot slot = value ? SLOT_NONE : slot_of_member(name);
    return slot < SLOT_MEMBERS ? member_of(document, slot) : value;
}

static void find_in_view(Document *document, const FieldPath *path, Found *found)
{
    Str text = path->text;
    if (!document->view->extra.len && path->slot < SLOT_MEMBERS) {
        const Json *value = member_of(document, path->slot);
        if (value && path->segment == text.len)
            add(found, value);
        else if (value)
            find_below(value, str_slice(text, path->segment + 1, text.len), 0, found);
        return;
    }
    if (path->segment == text.len || document->view->extra.len) {
        const Json *exact = root_member(document, text);
        if (exact) {
            add(found, exact);
            return;
        }
    }
    for (size_t dot = path->segment; dot < text.len; dot = str_find_byte(text, '.', dot + 1)) {
        const Json *child = root_member(document, str_slice(text, 0, dot));
        if (child)
            find_below(child, str_slice(text, dot + 1, text.len), 0, found);
        if (!document->view->extra.len)
            return;
    }
}

/* A tree may bring its own member `derived`, as samples of rules do. */
static void find_in_tree(Document *document, const FieldPath *path, Found *found)
{
    Str first = str_slice(path->text, 0, path->segment);
    find_below(document->root, path->text, 0, found);
    if (found->count || !document->derive || !str_equal(first, STR("derived")))
        return;
    const Json *own = derived_of(document);
    if (own && path->segment == path->text.len)
        add(found, own);
    else if (own)
        find_below(own, str_slice(path->text, path->segment + 1, path->text.len), 0, found);
}

const Json *document_member(Document *document, Str name)
{
    return document->view ? root_member(document, name) : json_member(document->root, name);
}

static bool add_each(void *context, const Json *value)
{
    add(context, value);
    return false;
}

void document_find(Document *document, const FieldPath *path, Found *ret)
{
    ret->count = 0;
    if (path->steps)
        steps_any(path, document, add_each, ret);
    else if (document->view)
        find_in_view(document, path, ret);
    else if (document->root)
        find_in_tree(document, path, ret);
}

Str document_text(Document *document, Str path)
{
    uint32_t segment = (uint32_t)str_find_byte(path, '.', 0);
    const FieldPath asked = {
        .text = path, .slot = slot_of_member(str_slice(path, 0, segment)), .segment = segment};
    Found found;
    document_find(document, &asked, &found);
    const Json *value = found.count ? found.values[0] : NULL;
    return value && (value->type == JSON_STRING || value->type == JSON_NUMBER) ? value->text
                                                                               : STR("");
}

static void append_member(Json *object, Json ***last, const Json *value, Str name, Arena *arena)
{
    ERROR_UNREAD(ignored);
    Json *copy = value ? arena_alloc(arena, sizeof *copy, &ignored) : NULL;
    if (!copy)
        return;
    *copy = *value;
    copy->name = name;
    copy->next = NULL;
    **last = copy;
    *last = &copy->next;
    object->count++;
}

const Json *document_root(Document *document)
{
    if (document->root || !document->view)
        return document->root;
    Json *root = new_value(document, JSON_OBJECT, STR(""));
    Json **last = root ? &root->first : NULL;
    const Json *extra = document->view->extra.len ? extra_of(document) : NULL;
    for (int slot = 0; root && slot < SLOT_MEMBERS; slot++) {
        Str name = FIELDS[SLOT_FIELDS[slot]].member;
        if (name.len && (!extra || !json_member(extra, name)))
            append_member(root, &last, member_of(document, (Slot)slot), name, document->arena);
    }
    for (const Json *member = extra && root ? extra->first : NULL; member; member = member->next)
        append_member(root, &last, member, member->name, document->arena);
    document->root = root;
    return root;
}

Arena *document_arena(Document *document)
{
    return document->arena;
}

Buf *document_scratch(Document *document)
{
    document->scratch.len = 0;
    return &document->scratch;
}

Str document_fold(Document *document, Str text)
{
    ERROR_UNREAD(ignored);
    if (fold_is_folded(text))
        return text;
    document->folded.len = 0;
    return fold_append(&document->folded, text, &ignored) ? buf_str(&document->folded) : text;
}

RegexScratch *document_regex(Document *document)
{
    return document->regex;
}
