#include "lineage/lineage_json.h"

#include "base/json_write.h"
#include "base/timestamp.h"
#include "lineage/lineage_words.h"

enum { SENTENCES_BYTES_MAX = 1 << 16 };

static void put_time(JsonWriter *to, const char *name, int64_t time_us)
{
    char text[TIMESTAMP_TEXT_BYTES];
    if (time_us == INT64_MIN || time_us == INT64_MAX)
        return;
    timestamp_format(time_us, text);
    json_write_text(to, name, str_of(text));
}

static void put_flag(JsonWriter *to, const char *name, bool flag)
{
    json_write_value(to, name, flag ? STR("true") : STR("false"));
}

static void put_event(JsonWriter *to, const char *name, const LineageEvent *event)
{
    if (!event)
        return;
    json_write_open(to, name, '{');
    put_time(to, "time", event->time_us);
    for (int i = 0; i < LINEAGE_TEXTS; i++)
        if (LINEAGE_EVENT_JSON[i][0])
            json_write_some(to, LINEAGE_EVENT_JSON[i], event->text[i]);
    json_write_close(to, '}');
}

static void put_gap(JsonWriter *to, const LineageGap *gap)
{
    if (!gap)
        return;
    json_write_open(to, "missing", '{');
    json_write_text(to, "event", str_of(gap->names));
    json_write_text(to, "source", str_of(gap->source));
    json_write_some(to, "issued_key", gap->key);
    json_write_some(to, "role", gap->role);
    json_write_some(to, "account", gap->account);
    json_write_some(to, "shared_event", gap->shared);
    put_time(to, "from", gap->from_us);
    put_time(to, "until", gap->until_us);
    put_flag(to, "others_of_that_hour", gap->has_others);
    json_write_close(to, '}');
}

static void put_notes(JsonWriter *to, const LineageNode *node)
{
    if (!node->note_count)
        return;
    json_write_open(to, "notes", '[');
    for (uint32_t i = 0; i < node->note_count; i++) {
        const LineageNote *note = &node->notes[i];
        const Str texts[] = {note->about, note->first, note->second};
        json_write_open(to, NULL, '{');
        json_write_text(to, "kind", str_of(LINEAGE_NOTE_WORDS[note->kind]));
        json_write_text(to, "text", str_of(note->text));
        json_write_some(to, "column", str_of(note->column));
        json_write_texts(to, "about", texts, sizeof texts / sizeof *texts);
        json_write_close(to, '}');
    }
    json_write_close(to, ']');
}

static void put_action(JsonWriter *to, const LineageAction *action)
{
    json_write_open(to, NULL, '{');
    json_write_text(to, "source", action->source);
    json_write_text(to, "name", action->name);
    json_write_int(to, "calls", action->calls);
    json_write_int(to, "failed", action->failed);
    json_write_int(to, "denied", action->denied);
    put_time(to, "first", action->first_us);
    put_time(to, "last", action->last_us);
    json_write_close(to, '}');
}

static void put_deeds(JsonWriter *to, const LineageDeeds *did)
{
    if (!did)
        return;
    json_write_open(to, "did", '{');
    json_write_int(to, "calls", did->calls);
    json_write_int(to, "failed", did->failed);
    json_write_int(to, "denied", did->denied);
    if (did->calls) {
        put_time(to, "first", did->first_us);
        put_time(to, "last", did->last_us);
    }
    json_write_open(to, "actions", '[');
    for (size_t i = 0; i < did->count; i++)
        put_action(to, &did->actions[i]);
    json_write_close(to, ']');
    put_flag(to, "more", did->more);
    json_write_close(to, '}');
}

static void put_node(JsonWriter *to, const LineageTree *tree, uint32_t number)
{
    const LineageNode *node = &tree->nodes[number];
    json_write_open(to, NULL, '{');
    json_write_int(to, "node", number);
    if (node->parent != LINEAGE_NONE) {
        json_write_int(to, "parent", node->parent);
        json_write_text(to, "proof", str_of(LINEAGE_PROOF_WORDS[node->proof]));
    }
    json_write_text(to, "kind", str_of(LINEAGE_KIND_WORDS[node->kind]));
    json_write_text(to, "name", node->name);
    json_write_some(to, "known_by", str_of(node->how));
    json_write_some(to, "key", node->key);
    json_write_some(to, "account", node->account);
    put_event(to, "handed_by", node->handed);
    put_event(to, "handed_by_in_other_account", node->shared);
    put_event(to, "seen", node->seen);
    put_gap(to, node->gap);
    put_notes(to, node);
    put_deeds(to, node->did);
    json_write_close(to, '}');
}

/* The events between what was asked for and who it was. */
static void put_chain(JsonWriter *to, const LineageTree *tree)
{
    json_write_open(to, "chain", '[');
    for (uint32_t i = 0; i != LINEAGE_NONE; i = tree->nodes[i].parent)
        if (tree->nodes[i].handed)
            json_write_text(to, NULL, tree->nodes[i].handed->text[LINEAGE_ID]);
    json_write_close(to, ']');
}

static void put_who(JsonWriter *to, const LineageTree *tree)
{
    const LineageNode *head = &tree->nodes[lineage_tree_head(tree, 0)];
    json_write_open(to, "who", '{');
    json_write_text(to, "kind", str_of(LINEAGE_KIND_WORDS[head->kind]));
    json_write_text(to, "name", head->name);
    json_write_some(to, "known_by", str_of(head->how));
    put_flag(to, "complete", lineage_tree_is_whole(tree, 0));
    json_write_close(to, '}');
}

static void put_caller(JsonWriter *to, const LineageCaller *caller)
{
    if (!caller)
        return;
    json_write_int(to, "calls", caller->calls);
    put_time(to, "first", caller->first_us);
    put_time(to, "last", caller->last_us);
}

static void put_act(JsonWriter *to, const LineageAct *act)
{
    json_write_text(to, "act", str_of(act->words));
    put_flag(to, "worked", act->worked);
    json_write_some(to, "remark", str_of(act->remark));
    if (act->because != UINT32_MAX)
        json_write_int(to, "because_of_entry", act->because);
}

static void put_entry(JsonWriter *to, const LineageAnswer *answer, const LineageEntry *entry)
{
    json_write_open(to, NULL, '{');
    put_event(to, "event", entry->event);
    if (answer->story && entry->act != LINEAGE_NONE)
        put_act(to, &answer->story->acts[entry->act]);
    put_caller(to, entry->caller);
    put_who(to, entry->tree);
    put_chain(to, entry->tree);
    json_write_open(to, "nodes", '[');
    for (uint32_t i = 0; i < entry->tree->count; i++)
        put_node(to, entry->tree, i);
    json_write_close(to, ']');
    json_write_close(to, '}');
}

/* What is said of an instance, line by line. */
static void put_story(JsonWriter *to, const LineageStory *story)
{
    BUF_AUTO Buf lines = buf_init(SENTENCES_BYTES_MAX);
    LineagePut words = {&lines, to->err, to->ok};
    if (!story)
        return;
    lineage_words_story(&words, story);
    to->ok = words.ok;
    json_write_open(to, "says", '[');
    Str text = buf_str(&lines);
    for (size_t at = 0; at < text.len; at = str_find_byte(text, '\n', at) + 1)
        json_write_text(to, NULL, str_slice(text, at, str_find_byte(text, '\n', at)));
    json_write_close(to, ']');
}

bool lineage_json_write(const LineageAnswer *answer, Buf *out, Error *err)
{
    JsonWriter to = {out, err, true};
    json_write_open(&to, NULL, '{');
    json_write_text(&to, "asked", answer->asked);
    json_write_text(&to, "kind", str_of(LINEAGE_ASK_WORDS[answer->kind]));
    put_flag(&to, "more", answer->more);
    json_write_open(&to, "entries", '[');
    for (size_t i = 0; i < answer->count; i++)
        put_entry(&to, answer, &answer->entries[i]);
    json_write_close(&to, ']');
    put_story(&to, answer->story);
    json_write_close(&to, '}');
    return to.ok && buf_append_byte(out, '\n', err);
}
